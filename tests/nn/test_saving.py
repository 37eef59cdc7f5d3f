"""Whatever saves itself refuses a name that promises something else, and leaves no file behind."""

import ast
import pathlib

import pytest

import nn
from autograd import Value, Worksheet, derivation, exercise, label, mark_files
from autograd.display.files import save
from nn.cli.main import main

ROOT = pathlib.Path(nn.__file__).parent.parent
WRONG = [
    "a.bmp",
    "a.png.exe",
    "a",
    ".html",
    "a.htm",
    "a.jpg",
    "a.docx",
    "a.",
    "a.html.zip",
    "a.JSONL",
    "a.pkl",
    "a.pt",
    "a.xlsx",
]


def neuron():
    w, x, b = Value(0.5), Value(2.0), Value(-1.0)
    y = (w * x + b).sigmoid()
    label(w=w, x=x, b=b, y=y)
    return y, w


def trained():
    model = nn.MLP(2, [2, 1], seed=0)
    return model, nn.fit(model, *nn.data.xor(), epochs=2, record=True, progress=False)


def classroom(folder):
    sheet, answers = folder / "sheet.toml", folder / "ada.txt"
    sheet.write_text('[given]\nx = 3.0\n[lines]\ny = "x^2"', encoding="utf-8")
    answers.write_text("y = 9.0", encoding="utf-8")
    return mark_files(sheet, [answers])


SAVERS = {  # what saves itself, made in a folder, with a suffix that it has
    "a drawing": (lambda folder: nn.draw(neuron()[0]).save, ".mmd"),
    "a stepper": (lambda folder: nn.step_through(neuron()[0]).save, ".html"),
    "a training": (lambda folder: nn.play_training(trained()[1]).save, ".html"),
    "a derivation": (lambda folder: derivation(*neuron()).save, ".tex"),
    "a marking": (lambda folder: Worksheet({"y": neuron()[0]}).mark({"y": "1.0"}).save, ".csv"),
    "a class": (lambda folder: classroom(folder).save, ".json"),
    "an exercise": (lambda folder: exercise("neuron", seed=0).save, ".toml"),
    "a model": (lambda folder: trained()[0].save, ".json"),
    "an ONNX model": (lambda folder: lambda path: nn.to_onnx(trained()[0], path), ".onnx"),
}


@pytest.mark.parametrize("what", SAVERS)
def test_a_file_is_never_written_under_a_name_of_another_kind(what, tmp_path):
    """Every wrong suffix raises ValueError with those there are, and the name; a right one is written, in capitals too."""
    make, right = SAVERS[what]
    write = make(tmp_path)
    before = sorted(tmp_path.iterdir())
    for name in WRONG:
        with pytest.raises(ValueError, match=r"is saved as (\.\w+(, )?)+, not as") as error:
            write(tmp_path / name)
        assert repr(name) in str(error.value)
    assert sorted(tmp_path.iterdir()) == before
    if what == "an ONNX model":
        pytest.importorskip("onnx")
    for name in (f"right{right}", f"RIGHT{right.upper()}"):
        write(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 0


COMMANDS = {
    "step --html": ["step", "y = w*x", "w=2", "x=3", "--html"],
    "step --draw": ["step", "y = w*x", "w=2", "x=3", "--draw"],
    "derive --save": ["derive", "y = w*x", "w=2", "x=3", "--save"],
    "draw --save": ["draw", "y = w*x", "w=2", "x=3", "--save"],
    "exercise --save": ["exercise", "neuron", "--seed", "3", "--save"],
    "train --save": ["train", "xor", "--layers", "2", "--epochs", "1", "--no-progress", "--save"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_refuses_a_wrong_suffix(command, tmp_path, monkeypatch, capsys):
    """Exit code 1, the suffixes in one sentence, and no file."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.bmp", "a", "a.xyz"):
        assert main([*COMMANDS[command], name]) == 1
        assert f"not as {name!r}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


WRITES_ITSELF = {  # with the reason why not by way of autograd/display/files.py
    "autograd/display/files.py": "it is the place",
    "nn/cli/tour.py": "pictures of the tour, under names of its own",
}


def test_there_is_one_place_that_writes_files():
    """No other file of the packages opens one for writing, so that none can forget to look at its suffix."""
    found = set()
    for path in [*ROOT.glob("autograd/*.py"), *ROOT.glob("nn/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            written = name == "open" and any(isinstance(a, ast.Constant) and "w" in str(a.value) for a in node.args[1:])
            if name in ("write_text", "write_bytes", "NamedTemporaryFile") or written:
                found.add(path.relative_to(ROOT).as_posix())
    assert found <= set(WRITES_ITSELF), found - set(WRITES_ITSELF)


def test_nothing_is_left_of_a_writer_that_fails(tmp_path):
    """The content is made before the file is."""

    def fails():
        raise RuntimeError("no engine")

    with pytest.raises(RuntimeError, match="no engine"):
        save(tmp_path / "a.svg", "a drawing", {".svg": fails})
    assert list(tmp_path.iterdir()) == []
