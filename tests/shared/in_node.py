"""The JavaScript of the pages in node: whoever lacks it skips what needs it."""

import json
import pathlib
import shutil
import subprocess

import pytest

import nn

PAGES = pathlib.Path(nn.__file__).parent / "pages"
HERE = pathlib.Path(__file__).parent


def node(script, *arguments, data=None):
    """What a script of tests/shared writes, read as JSON; data: what it is given on standard input, as JSON."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("no node runs the JavaScript of pages here")
    command = [program, HERE / script, *map(str, arguments)]
    done = subprocess.run(command, input=json.dumps(data), capture_output=True, encoding="utf-8", check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
