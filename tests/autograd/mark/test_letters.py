"""Other letters for the same: the letters of the course are meant by z, net, o, t, E and w_new, where each is one thing."""

import re

import pytest
from drawn_exercises import task

from autograd import Value, Worksheet, gradient, sigmoid
from autograd.mark.letters import other_letters
from autograd.mark.levels import LEVELS

SAME = {"a": ["z", "net"], "ŷ": ["o"], "y": ["t"], "L": ["E"]}


def in_other_letters(text, pick):
    """A name or a formula with each letter of the course put into another one; derivatives and indices as they are."""
    return re.sub(r"(?<![^\W_\d])(a|ŷ|y|L)(?![^\W_\d])", lambda m: SAME[m[0]][pick % len(SAME[m[0]])], text)


@pytest.mark.parametrize("pick", [0, 1])
@pytest.mark.parametrize("kind", ["neuron", "two inputs", "two layers", "softmax", "recurrent", "embedding", "rmsnorm"])
def test_sheets_are_read_in_other_letters(kind, pick):
    """Every line named in them, with its formula in them, and the right number: all is right, under its own name."""
    shown = task(kind)
    written = [
        f"{in_other_letters(name, pick)} = {in_other_letters(shown.sheet.steps[name], pick)} = {number}"
        for name, number in shown.answers.items()
    ]
    assert len({line.partition(" =")[0] for line in written} - set(shown.lines)) > len(shown.lines) / 3
    marking = shown.sheet.mark("\n".join(written))
    assert marking.verdicts == dict.fromkeys(shown.lines, "right")


def test_what_is_zero_has_other_letters_too():
    """A number of 0 is no missing one."""
    x, w = Value(0.0, "x"), Value(0.5, "w")
    a = w * x
    sheet = Worksheet({"a": a, "ŷ": sigmoid(a)})
    assert sheet.mark("z = 0\no = σ(z) = 0.5").verdicts == {"a": "right", "ŷ": "right"}
    assert sheet.mark({"a": "0", "ŷ": r"σ(\mathrm{net}) = 0.5"}).verdicts == {"a": "right", "ŷ": "right"}


@pytest.mark.parametrize("new", ["w_new", "w^new", "w_{new}", "w^{(new)}", "wⁿᵉʷ", "w'", "w′"])
def test_what_is_new_is_called_so(new):
    """A prime is how the course writes it; other ways mean the same, and the other way round on a sheet that has these."""
    shown = task("neuron")
    if "(" not in new:  # that is a layer
        assert shown.sheet.line_named(new) == "w'"
        assert Worksheet({"w_new": Value(1.0, "w") * Value(2.0, "x")}).line_named(new) == "w_new"
    else:
        with pytest.raises(LookupError):
            shown.sheet.line_named(new)


def test_a_letter_with_two_meanings_has_its_own():
    """Where o, z or E stand on the sheet, they mean what stands there; and a sheet that is no net has no such letters."""
    x, y, t = Value(0.5, "x"), Value(0.8, "y"), Value(0.3, "t")
    a = x * 2
    z = a + 1
    guess = sigmoid(z)
    sheet = Worksheet({"a": a, "z": z, "ŷ": guess, "o": guess * t, "L": (guess * t - y) ** 2})
    assert (sheet.line_named("z"), sheet.line_named("o"), sheet.line_named("E")) == ("z", "o", "L")
    assert sheet.mark({"z": "a + 1"})["z"].verdict == "right"
    with pytest.raises(LookupError):
        sheet.line_named("net")
    plain = Worksheet({"a": x * y, "L": x * y + y})
    with pytest.raises(LookupError):
        plain.line_named("z")
    assert plain.mark({"L": "a + t"})["L"].verdict == "unread"


def test_letters_side_by_side_are_no_other_letters():
    """0.62 to is no 0.62·t·o; 2E-3 is a number, and exp(t) a function of t."""
    sheet = task("neuron").sheet
    marking = sheet.mark({"a": f"{sheet.true['a']:.4f} to four digits", "ŷ": "2E-3"})
    assert (marking["a"].verdict, marking["ŷ"].verdict) == ("right", "wrong")
    assert sheet.mark({"ŷ": "1/(1 + exp(-z))", "∂L/∂a": "ot"}).verdicts["∂L/∂a"] == "unread"
    assert sheet.mark({"ŷ": "1/(1 + exp(-z))"})["ŷ"].verdict == "right"


def test_no_name_is_told_that_does_not_stand_there():
    """Messages name what is on the sheet."""
    remark = task("neuron").sheet.mark({"ŷ": "σ(q)"})["ŷ"].remark
    assert " z" not in remark
    assert "net" not in remark


@pytest.mark.parametrize("kind", LEVELS)
def test_other_letters_mean_one_thing(kind):
    """Each is no name of the sheet, and belongs to one that is."""
    names = tuple(task(kind).sheet.readable)
    own = other_letters(names)
    keys = set(own.values())
    assert set(own).isdisjoint(keys)


def test_slopes_may_be_worked_out_in_other_letters():
    """∂E/∂w of a sheet on which it is no line."""
    w, x, y = Value(0.5, "w"), Value(0.6, "x"), Value(0.8, "y")
    a = w * x
    guess = sigmoid(a)
    L = (guess - y) ** 2 / 2
    sheet = Worksheet({"a": a, "ŷ": guess, "L": L, "w'": w - 0.1 * gradient(L, w)[0]})
    assert sheet.mark({"w'": "w - 0.1 ∂E/∂w"})["w'"].verdict == "right"
    assert sheet.mark({"w'": "w - 0.1 ∂E/∂o ∂o/∂z x"})["w'"].verdict == "right"
