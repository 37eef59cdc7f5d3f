"""The modules of play.html are typed: TypeScript's compiler reads their JSDoc and finds nothing; without it this is skipped."""

import shutil
import subprocess

import pytest
from in_node import PAGES

MODULES = sorted((PAGES / "play").glob("*.js"))
SETTINGS = (
    "--allowJs --noEmit --strict --target esnext --module esnext --moduleResolution bundler --lib esnext,dom,dom.iterable"
)


def test_every_module_asks_to_be_checked():
    """Each says what it is for in its first line, and // @ts-check."""
    assert len(MODULES) > 12
    for module in MODULES:
        head = module.read_text(encoding="utf-8").splitlines()[:12]
        assert head[0].startswith("// ")
        assert "// @ts-check" in head


@pytest.mark.external
def test_types_agree():
    """tsc --strict finds no error in them."""
    if shutil.which("tsc") is None:
        pytest.skip("no TypeScript checks modules here: npm install -g typescript")
    done = subprocess.run(["tsc", *SETTINGS.split(), *map(str, MODULES)], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0
