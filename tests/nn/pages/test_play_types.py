"""The modules of play.html are typed: TypeScript reads their JSDoc and finds nothing; without it this is skipped."""

import shutil
import subprocess

import pytest

from nn.pages import page

SETTINGS = (
    "--allowJs --noEmit --strict --target esnext --module esnext --moduleResolution bundler --lib esnext,dom,dom.iterable"
)


def test_every_module_asks_to_be_checked(modules):
    """Each says what it is for in its first line, and // @ts-check."""
    files = sorted(modules.glob("*.js"))
    assert len(files) > 12
    for file in files:
        head = file.read_text(encoding="utf-8").splitlines()[:12]
        assert head[0].startswith("// ")
        assert "// @ts-check" in head


@pytest.mark.external
def test_types_agree(modules):
    """tsc --strict finds no error in them."""
    if shutil.which("tsc") is None:
        pytest.skip("no TypeScript checks modules here: npm install -g typescript")
    command = ["tsc", *SETTINGS.split(), *map(str, modules.glob("*.js"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


@pytest.mark.external
def test_the_joined_script_is_checked_as_it_stands_in_a_page(tmp_path):
    """Joined, its files call one another rightly: no name twice, none that nobody defines, no argument too many."""
    if shutil.which("tsc") is None:
        pytest.skip("no TypeScript checks modules here: npm install -g typescript")
    (tmp_path / "page.js").write_text(page.script(), encoding="utf-8")
    command = ["tsc", *SETTINGS.replace("--strict", "--checkJs --strict false").split(), str(tmp_path / "page.js")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0
