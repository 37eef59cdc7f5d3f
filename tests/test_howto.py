"""The how-to pages: what stands in them runs, one block after the other as a reader would, and prints what stands below."""

import importlib.util
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from long_runs import thorough

PAGES = pathlib.Path(__file__).parent.parent / "docs" / "howto"
BLOCK = re.compile(
    r"(?:<!-- (?P<notes>.*?) -->\n)?"
    r"```(?P<language>python|sh)\n(?P<code>.*?)```\n"
    r"(?:\n(?P<output>(?: {4}[^\n]*\n|\n(?= {4}))+))?",
    re.DOTALL,
)
PROGRAMS = {"torchrun": ["-m", "torch.distributed.run"], "python": []}
MKDIR = f"""mkdir() {{ "{sys.executable}" -c 'import os, sys; os.makedirs(sys.argv[2], exist_ok=True)' "$@"; }}
"""  # which PATH may lack
BESIDE = {"first-hours"}  # pages whose code runs as well, and which are no how-to
RUNS_FILES = {"past-one-machine"}  # they start other programs, for which files are written


def blocks(page):
    """The blocks of a page: (what its notes say, language, code, the lines that it prints, or None)."""
    folder = PAGES.parent if page in BESIDE else PAGES
    for found in BLOCK.finditer((folder / f"{page}.md").read_text(encoding="utf-8")):
        output = found["output"] and [line.removeprefix("    ") for line in found["output"].splitlines()]
        yield (
            dict(re.findall(r"(file|needs|exit):? (\S+?)(?:,|$)", found["notes"] or "")),
            found["language"],
            found["code"],
            output,
        )


def call(line, capsys, code=0):
    """A line of shell that ends with this code, and what it prints; chalkgrad is called in this process."""
    from nn.cli.main import main

    word, *arguments = shlex.split(line)
    if word == "chalkgrad":
        assert main(arguments) == code, line
        return capsys.readouterr().out
    bash = shutil.which("bash") or shutil.which("bash", path=os.defpath) or pytest.skip("no bash runs command lines here")
    command = [sys.executable, *PROGRAMS[word], *arguments] if word in PROGRAMS else [bash, "-c", MKDIR + line]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(page, capsys):
    names, missing = {}, ""
    for notes, language, code, output in blocks(page):
        needs = notes.get("needs", "")
        if "file" in notes:
            pathlib.Path(notes["file"]).write_text(code, encoding="utf-8")
        if needs and importlib.util.find_spec(needs) is None:
            missing = needs
        elif missing and language == "sh":  # of the file that stands above
            missing = ""
        elif language == "sh":
            printed = "".join(call(line, capsys, int(notes.get("exit", 0))) for line in code.splitlines())
            assert output is None or printed.splitlines() == output
        elif "file" not in notes:
            exec(code, names)
            printed = capsys.readouterr().out
            assert output is None or printed.splitlines() == output


@pytest.mark.parametrize("page", sorted({path.stem for path in PAGES.glob("*.md")} - RUNS_FILES - {"index"} | BESIDE))
def test_a_page_does_what_it_says(page, tmp_path, monkeypatch, capsys):
    """In an empty folder, with nothing but the page."""
    for library in ("numpy", "sympy", "matplotlib", "graphviz"):
        pytest.importorskip(library)
    if page == "draw-for-a-paper" and not shutil.which("dot"):
        pytest.skip("no Graphviz lays out graphs here")
    monkeypatch.chdir(tmp_path)
    run(page, capsys)


@thorough
@pytest.mark.external
@pytest.mark.parametrize("page", sorted(RUNS_FILES))
def test_programs_of_several_processes_lose_what_one_machine_loses(page, tmp_path, monkeypatch, capsys):
    """Eight devices of JAX and two processes of PyTorch, where these are installed."""
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(PAGES.parent.parent), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    run(page, capsys)


def test_every_page_is_in_the_list_of_pages():
    """Once in its table, once in the navigation."""
    listed = (PAGES / "index.md").read_text(encoding="utf-8")
    pages = sorted(path.stem for path in PAGES.glob("*.md") if path.stem != "index")
    assert sorted(re.findall(r"\]\(([\w-]+)\.md\)", listed)) == pages
    assert sorted(listed.partition(":hidden:")[2].split()[:-1]) == pages
