"""Files are written whole or not at all, and read only where they are ordinary ones of a bearable size."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest
from long_runs import many

from autograd.display import files
from autograd.display.files import DEEPEST, FileError, clean, read_bytes, read_json, write

KILLS = many(10)  # LONG=100 kills a thousand times


def parts(folder):
    return [path.name for path in folder.iterdir() if path.name.endswith(".part")]


def test_text_and_bytes_are_written_and_the_path_is_given(tmp_path):
    """Text in UTF-8, with line ends as they are; and a file that is there is replaced."""
    path = tmp_path / "a file.txt"
    for content, expected in (("é\r\n", b"\xc3\xa9\r\n"), (b"\x00\xff", b"\x00\xff"), ("", b"")):
        assert write(path, content) == path
        assert path.read_bytes() == expected
    assert write(str(path), "x", "utf-8-sig").read_bytes() == b"\xef\xbb\xbfx"
    assert [each.name for each in tmp_path.iterdir()] == ["a file.txt"]


def test_what_no_encoding_has_becomes_a_question_mark(tmp_path):
    """A name of a file may hold half of a pair of surrogates; a report about it is written all the same."""
    assert write(tmp_path / "report", "\ud800!").read_bytes() == b"?!"
    assert clean("\udcffä") == "?ä"


def test_permissions_stay_what_they_are(tmp_path):
    """A new file has those that the process gives, an old one keeps its own."""
    path, plain = tmp_path / "new", tmp_path / "plain"
    plain.write_text("as always")
    write(path, "1")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    path.chmod(0o640)
    write(path, "2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    """What it leads to is written, though that is not there yet."""
    (tmp_path / "deep").mkdir()
    link, goal = tmp_path / "link", tmp_path / "deep" / "goal"
    link.symlink_to(goal)
    for text in ("1", "2"):
        write(link, text)
        assert link.is_symlink()
        assert goal.read_text() == text
    assert parts(tmp_path) == parts(tmp_path / "deep") == []


def test_what_is_no_file_is_written_through_or_refused(tmp_path):
    """A pipe, as a device, is not replaced by a file; a folder is an error that names it."""
    pipe, found = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    write(pipe, "through")
    reader.join()
    assert found == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with pytest.raises(IsADirectoryError, match=re.escape(tmp_path.name)):
        write(tmp_path, "x")


@pytest.mark.parametrize("where", ["none/file", "file/below"])
def test_a_place_that_is_not_there(tmp_path, where):
    """The error names the file that was asked for, and nothing else."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError) as error:  # noqa: PT011  (what it is depends on the system)
        write(tmp_path / where, "x")
    assert error.value.filename == str(tmp_path / where)
    assert ".part" not in str(error.value)


@pytest.mark.parametrize("function", ["fsync", "replace", "chmod"])
def test_whatever_fails_the_old_file_stays(tmp_path, monkeypatch, function):
    """And nothing is left behind."""
    path = tmp_path / "file"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, function, fail)
    with pytest.raises(OSError, match=r"No space left on device: '.*/file'$"):
        write(path, "new")
    assert path.read_text() == "old"
    assert parts(tmp_path) == []


@pytest.mark.external
def test_a_disk_that_is_full(tmp_path):
    """Where no more bytes can be written, the old file stays."""
    path = tmp_path / "file"
    path.write_text("old")
    program = (
        "import resource\nfrom autograd.display.files import write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"write({str(path)!r}, 'x' * 100_000)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "OSError" in done.stderr
    assert path.read_text() == "old"
    assert parts(tmp_path) == []


@pytest.mark.external
def test_a_process_that_is_killed_leaves_the_old_file_or_the_new_one(tmp_path):
    """Whenever that happens; and what it leaves behind is cleared away by somebody who writes there later."""
    path = tmp_path / "file"
    program = (
        "import itertools, sys\nfrom autograd.display.files import write\nprint(flush=True)\n"
        f"for n in itertools.count():\n    write({str(path)!r}, f'{{n}} ' * 50_000)"
    )
    for k in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
            child.stdout.readline()
            time.sleep(0.01 + 0.003 * (k % 20))
            child.send_signal(signal.SIGKILL)
        if path.exists():
            numbers = path.read_text().split()
            assert len(numbers) == 50_000
            assert len(set(numbers)) == 1
    for name in parts(tmp_path):
        os.utime(tmp_path / name, (0, 0))
    write(path, "the last")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_what_others_are_writing_is_left_alone(tmp_path):
    """Only parts of this file that are old are cleared away."""
    theirs = [tmp_path / name for name in (".file.0.part", ".other.0.part", ".file.x")]
    for path in theirs:
        path.write_text("")
    os.utime(theirs[1], (0, 0))
    write(tmp_path / "file", "x")
    assert all(path.exists() for path in theirs)
    assert files.ABANDONED >= 60.0


# ---------------------------------------------------------------------------------------------------------------- reading


def test_an_ordinary_file_is_read_up_to_its_limit(tmp_path):
    """One byte more is refused."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_bytes(path, 5) == b"12345"
    with pytest.raises(FileError, match="longer than the 4 bytes"):
        read_bytes(path, 4)


def test_pipes_devices_folders_and_links_to_themselves(tmp_path):
    """None is waited for, none read without end."""
    pipe, zero, loop = tmp_path / "pipe", tmp_path / "zero", tmp_path / "loop"
    os.mkfifo(pipe)
    zero.symlink_to("/dev/zero")
    loop.symlink_to(loop)
    for path in (pipe, zero):
        with pytest.raises(FileError, match="a pipe or a device"):
            read_bytes(path, 10)
    for path in (loop, tmp_path, tmp_path / "none"):
        with pytest.raises(OSError, match=re.escape(str(path))):
            read_bytes(path, 10)


# ---- JSON of strangers


@pytest.mark.parametrize(
    "content", ["[" * 100_000, '{"a":' * 100_000, b"\xef\xbb\xbf[[", '"' + "[" * 9, "{", "", b"\xff\xfe\x00"]
)
def test_what_is_no_json_is_a_value_error(content):
    """Brackets in brackets by thousands among it."""
    with pytest.raises(ValueError, match=r"."):
        read_json(content)


@pytest.mark.parametrize(
    "said",
    [
        {"a": [1, 2.5, {"b": None}], "c": "["},
        ["[" * 1000, "}" * 1000, 'a " quote [[[', "a \\ [[", "\x1b[31m" * 500],  # brackets in strings are letters
        [[1], [2]] * 1000,
        "[" * 1000,
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_json_is_read_as_json_reads_it(said, encoding):
    """As text and as bytes, however these are written."""
    text = json.dumps(said, ensure_ascii=False)
    assert read_json(text) == read_json(text.encode(encoding)) == said


def test_json_may_be_so_deep_and_no_deeper():
    """Whatever the limit on recursion is; with a high one, Python's own reader would end the process."""
    assert read_json("[" * DEEPEST + "]" * DEEPEST)
    program = "import sys; sys.setrecursionlimit(10**6); from autograd.display.files import *; read_json('[' * 100_000)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"autograd.display.files.FileError: {files.TOO_DEEP}"
