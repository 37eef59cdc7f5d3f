"""What is released: one version everywhere, the same bytes from the same sources, and no page that a build made."""

import hashlib
import pathlib
import re
import tarfile

import pytest

import autograd

ROOT = pathlib.Path(__file__).parent.parent


def text_of(name):
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"no {name} beside the tests")
    return path.read_text(encoding="utf-8")


def test_version_and_date_are_the_same_everywhere():
    """The package says the version; the newest heading of the changes and the citation say it too, and when."""
    version, date = re.search(r"(?m)^## (\S+) \((\d{4}-\d\d-\d\d)\)$", text_of("CHANGELOG.md")).groups()
    assert version == autograd.__version__
    citation = text_of("CITATION.cff")
    assert f"version: {version}\ndate-released: {date}\n" in citation
    assert 'dynamic = ["version"]' in text_of("pyproject.toml")


def test_what_is_built_twice_is_the_same(tmp_path, monkeypatch):
    """To the last byte; the sources have what a reader needs, and no page that the site wrote itself."""
    builder = pytest.importorskip(
        "hatchling.builders.sdist", reason="packages are built by hatchling: pip install hatchling"
    )
    text_of("pyproject.toml")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764374400")
    sums = set()
    for i in range(2):
        (path,) = builder.SdistBuilder(str(ROOT)).build(directory=str(tmp_path / str(i)), versions=["standard"])
        sums.add(hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest())
    assert len(sums) == 1
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "autograd/value.py",
        "docs/conf.py",
        "docs/readme/film-dark.gif",
    } <= names
    assert {name for name in names if re.match(r"docs/(code|reference|course|project|_build)/", name)} == set()
