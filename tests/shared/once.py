"""What takes long to build is built once in a run of the tests, however many processes share that run.

    folder = made_once(tmp_path_factory, "site", build)

gives a folder that build(folder) has filled: in the process that asks first. The others wait, and fare as that one did.
"""

import os
import time

import pytest

LONGEST = 600.0  # seconds that anybody waits for another process


def made_once(tmp_path_factory, name, make):
    """The folder of that name, which make(folder) fills; a skip or an error of make is everybody's."""
    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent  # the folder of each process lies in that of the run
    folder, outcome = run / name, run / f"{name}.outcome"
    try:
        folder.mkdir()
    except FileExistsError:
        wait_for(outcome)
    else:
        try:
            make(folder)
        except pytest.skip.Exception as skipped:
            tell(outcome, f"skipped: {skipped}")
        except BaseException as error:
            tell(outcome, f"failed: {error!r}")
            raise
        else:
            tell(outcome, "made")
    how, _, why = outcome.read_text(encoding="utf-8").partition(": ")
    if how == "skipped":
        pytest.skip(why)
    assert how == "made", f"{name} failed in another process: {why}"
    return folder


def tell(outcome, text):
    """Write a file that is not there before it is whole."""
    half = outcome.with_suffix(".half")
    half.write_text(text, encoding="utf-8")
    half.rename(outcome)


def wait_for(outcome):
    until = time.monotonic() + LONGEST
    while not outcome.exists():
        assert time.monotonic() < until, f"nobody has made {outcome.stem} in {LONGEST:.0f} seconds"
        time.sleep(0.1)
