"""The JavaScript of the pages in node: whoever lacks it skips what needs it."""

import json
import pathlib
import shutil
import subprocess

import pytest

import nn
from nn.pages import page

HERE = pathlib.Path(__file__).parent


def write_modules(folder):
    """The modules of play.html in a folder, beside the script that all pages share, from which they import."""
    shutil.copytree(pathlib.Path(nn.__file__).parent / "pages" / "play", folder / "play")
    (folder / "stepper.js").write_text(page.script(), encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    return folder / "play"


def node(script, *arguments, data=None):
    """What a script of tests/shared writes, read as JSON; data: what it is given on standard input, as JSON."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("no node runs the JavaScript of pages here")
    command = [program, HERE / script, *map(str, arguments)]
    done = subprocess.run(command, input=json.dumps(data), capture_output=True, encoding="utf-8", check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
