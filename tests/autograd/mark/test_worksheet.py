"""Marking numbers: each line from the numbers that the same person wrote before it."""

import math
import pickle

import pytest

from autograd import Value, Worksheet, exercise, gradient, sigmoid


def neuron():
    """One sigmoid neuron with half the squared error, and one step of gradient descent."""
    w, x, b, t, eta = (Value(v, n) for n, v in {"w": 0.4, "x": 0.7, "b": 0.3, "t": 0.9, "eta": 0.2}.items())
    z = w * x + b
    o = sigmoid(z)
    E = (o - t) ** 2 / 2
    lines = {"z": z, "o": o, "E": E, "e": gradient(E, o)[0], "s": o * (1 - o), "d": gradient(E, z)[0]}
    lines |= {"dw": gradient(E, w)[0], "db": gradient(E, b)[0], "w'": w - eta * gradient(E, w)[0]}
    return Worksheet(lines)


def by_hand(digits=4, **changed):
    """The same in plain Python, as a person does it who goes on from what is written; changed: lines done otherwise."""
    w, x, b, t, eta = 0.4, 0.7, 0.3, 0.9, 0.2
    rules = {
        "z": lambda n: w * x + b,
        "o": lambda n: 1 / (1 + math.exp(-n["z"])),
        "E": lambda n: (n["o"] - t) ** 2 / 2,
        "e": lambda n: n["o"] - t,
        "s": lambda n: n["o"] * (1 - n["o"]),
        "d": lambda n: n["e"] * n["s"],
        "dw": lambda n: n["d"] * x,
        "db": lambda n: n["d"],
        "w'": lambda n: w - eta * n["dw"],
    }
    held, written = {}, {}
    for name, rule in rules.items():
        written[name] = f"{changed.get(name, rule)(held):.{digits}f}"
        held[name] = float(written[name])
    return written


SHEET = neuron()

MISTAKES = {  # on which line, how it was worked out there, and the kind of mistake that this is
    "a sign": ("d", lambda n: -n["e"] * n["s"], "sign"),
    "the difference the wrong way round": ("e", lambda n: 0.9 - n["o"], "swapped"),
    "+ for ×": ("d", lambda n: n["e"] + n["s"], "operation"),
    "the bias": ("z", lambda n: 0.4 * 0.7, "bias"),
    "σ′ left out": ("d", lambda n: n["e"], "derivative"),
    "σ′ at z": ("s", lambda n: n["z"] * (1 - n["z"]), "derivative"),
    "½ left out": ("E", lambda n: (n["o"] - 0.9) ** 2, "half"),
    "not squared": ("E", lambda n: (n["o"] - 0.9) / 2, "square"),
    "up the slope": ("w'", lambda n: 0.4 + 0.2 * n["dw"], "ascent"),
    "without the rate": ("w'", lambda n: 0.4 - n["dw"], "rate"),
    "σ not applied": ("o", lambda n: n["z"], "function"),
    "tanh for σ": ("o", lambda n: math.tanh(n["z"]), "function"),
    "e^−z with the sign lost": ("o", lambda n: 1 / (1 + math.exp(n["z"])), "sign"),
    "the point moved": ("E", lambda n: (n["o"] - 0.9) ** 2 / 2 * 10, "decimal point"),
    "the input left out": ("dw", lambda n: n["d"], "factor"),
}


@pytest.mark.parametrize("digits", [4, 5, 6, 8])
def test_what_is_worked_out_from_written_numbers_is_right_or_rounded(digits):
    """Rounding on the way is no mistake, however many digits are written."""
    verdicts = SHEET.mark(by_hand(digits)).verdicts
    assert set(verdicts.values()) <= {"right", "rounded"}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_called_wrong_once_and_carried_after_that(name):
    """The line of the mistake is wrong, and nothing before or after it."""
    line, rule, _ = MISTAKES[name]
    marking = SHEET.mark(by_hand(6, **{line: rule}))
    assert marking.first_wrong == line
    assert [row.name for row in marking if row.verdict == "wrong"] == [line]


@pytest.mark.parametrize("name", MISTAKES)
def test_the_kind_of_mistake_is_guessed(name):
    """Six digits are enough to tell the common mistakes of this sheet apart."""
    line, rule, kind = MISTAKES[name]
    assert [guess.kind for guess in SHEET.mark(by_hand(6, **{line: rule}))[line].diagnoses] == [kind]


def test_the_value_of_a_guess_is_what_the_mistake_comes_to():
    """A diagnosis says the number that it leads to, unrounded."""
    guess = SHEET.mark(by_hand(6, d=lambda n: n["e"]))["d"].diagnoses[0]
    assert guess.value == pytest.approx(float(by_hand(6)["e"]), abs=1e-12)


def test_carried_lines_say_what_they_rest_on_and_what_their_numbers_give():
    """.sources are the lines with the wrong numbers, .own what these lead to, .true what is right."""
    written = by_hand(6, d=lambda n: -n["e"] * n["s"])
    row = SHEET.mark(written)["dw"]
    assert row.verdict == "carried"
    assert row.sources == ("d",)
    assert row.own == pytest.approx(float(written["d"]) * 0.7)
    assert row.true == SHEET.values["dw"].data


def test_who_goes_on_with_the_right_number_after_a_mistake_is_right():
    """A slip of the pen on one line leaves the others alone."""
    written = by_hand(6) | {"s": "0.9999"}
    verdicts = SHEET.mark(written).verdicts
    assert verdicts.pop("s") == "wrong"
    assert set(verdicts.values()) <= {"right", "rounded"}


def test_who_goes_on_with_what_should_have_come_out_of_a_wrong_number_is_carried():
    """o is wrong; on s a slip of the pen; what follows goes on from what s should have been with that o."""
    o = 0.5
    s = o * (1 - o)
    e = o - 0.9
    written = {"z": "0.58", "o": "0.5000", "e": f"{e:.4f}", "s": "0.7300", "d": f"{e * s:.4f}"}
    verdicts = SHEET.mark(written).verdicts
    assert (verdicts["o"], verdicts["e"], verdicts["s"], verdicts["d"]) == ("wrong", "carried", "wrong", "carried")


def test_lines_may_be_missing():
    """A line is marked from the nearest ones that have a number."""
    marking = SHEET.mark({"o": "0.641067", "dw": "-0.041706"})
    assert marking.verdicts["z"] == "blank"
    right = (0.641067 - 0.9) * 0.641067 * (1 - 0.641067) * 0.7
    assert marking["dw"].own == pytest.approx(right)
    assert marking["dw"].verdict == "right"


def test_a_number_written_twice_stands_in_for_the_line_it_repeats():
    """Only db = d is written: what follows is marked from it."""
    marking = SHEET.mark({"db": "0.1", "dw": "0.07"})
    assert marking.verdicts["db"] == "wrong"
    assert (marking["dw"].verdict, marking["dw"].sources) == ("carried", ("db",))


def test_an_exact_number_adds_no_tolerance():
    """0.5800 is z exactly, so that o must be right to its own digits, but for e^−z, put down as 0.5599."""
    by_key = 1 / (1 + 0.5599) - 1 / (1 + math.exp(-0.58))
    assert SHEET.mark({"z": "0.58", "o": "0.6411"})["o"].tolerance == pytest.approx(0.5e-4 + abs(by_key), rel=1e-3)
    assert SHEET.mark({"z": "0.58", "o": "0.6413"})["o"].verdict == "wrong"


def test_rounding_reaches_as_far_as_it_can_move_the_result():
    """e written with two decimals moves d by up to half a unit times s."""
    row = SHEET.mark({"o": "0.641067", "e": "-0.26", "s": "0.230100", "d": "-0.059826"})["d"]
    assert row.verdict == "rounded"
    held = abs((1 / (1 + math.exp(-0.58)) - 0.9) + 0.26)  # the unrounded number behind −0.26
    assert row.tolerance == pytest.approx(0.5e-6 + held * 0.2301, rel=1e-3)


def test_digits_may_be_cut_off():
    """0.6410 is the right number without its fifth digit: no mistake, but said."""
    row = SHEET.mark({"z": "0.58", "o": "0.6410"})["o"]
    assert row.verdict == "rounded"
    assert "Cut off" in row.remark


def test_where_one_line_is_cut_off_others_may_be():
    """A person who cuts digits off holds up to a whole unit more than is written."""
    cut = {"o": "0.641", "e": "-0.258", "s": "0.230", "d": "-0.059"}
    assert "wrong" not in SHEET.mark(cut).verdicts.values()


def test_what_is_right_but_does_not_follow_is_right_and_said():
    """The right number below wrong ones is no mistake; that it does not follow is remarked on."""
    row = SHEET.mark({"o": "0.8", "e": "-0.1", "s": "0.16", "d": "-0.059580"})["d"]
    assert row.verdict == "right"
    assert "not from your numbers: they give −0.016" in row.remark
    own = SHEET.mark({"o": "0.8", "e": "-0.1", "s": "0.16", "d": "-0.016"})["d"]
    assert own.verdict == "carried"


def test_where_nothing_fits_nothing_is_said():
    """A number out of the air has no diagnosis."""
    marking = SHEET.mark(by_hand(6) | {"d": "-0.038127"})
    assert marking["d"].verdict == "wrong"
    assert marking["d"].diagnoses == ()


# ---------------------------------------------------------------------------------------------------------------- marks


def test_every_line_is_worth_a_mark_and_carried_ones_get_it():
    """Full marks for what follows from a mistake."""
    marking = SHEET.mark(by_hand(6, e=lambda n: 0.9 - n["o"]))
    assert (marking.score, marking.out_of) == (8.0, 9.0)


def test_marks_and_what_carried_lines_get_can_be_chosen():
    """marks= by line, carried= as a part."""
    written = by_hand(6, dw=lambda n: n["d"])
    marking = SHEET.mark(written, marks={"dw": 3, "w'": 2}, carried=0.5)
    assert (marking.out_of, marking.score) == (12.0, 8.0)
    assert SHEET.mark(written, marks=0.5).out_of == 4.5


@pytest.mark.parametrize("marks", [-1, math.inf, math.nan, True, {"z": "2"}])
def test_marks_that_are_none_are_refused(marks):
    """A line is worth a number from 0 on."""
    with pytest.raises((ValueError, TypeError)):
        SHEET.mark({}, marks=marks)


# --------------------------------------------------------------------------------------------------------------- sheets


def test_a_sheet_knows_its_lines_what_is_given_and_its_steps():
    """Leaves are given; each step is in terms of the lines before it, however gradient computed it."""
    assert SHEET.lines == ["z", "o", "E", "e", "s", "d", "dw", "db", "w'"]
    assert SHEET.given == {"w": 0.4, "x": 0.7, "b": 0.3, "t": 0.9, "eta": 0.2}
    assert SHEET.steps["d"] == "e·s"
    assert SHEET.steps["db"] == "d"
    assert SHEET.steps["w'"] == "w − η·dw"


def test_lists_make_numbered_lines():
    """h=[h1, h2] is h_1 and h_2; W of lists is W_12."""
    x = Value(2.0, "x")
    sheet = Worksheet(h=[x * 2, x * 3], W=[[x + 1, x + 2]])
    assert sheet.lines == ["h_1", "h_2", "W_11", "W_12"]


def test_one_value_may_stand_on_two_lines():
    """The second is the first over again."""
    x = Value(2.0, "x")
    y = x * 3
    sheet = Worksheet(y=y, again=y)
    assert sheet.mark({"y": "5", "again": "5"}).verdicts == {"y": "wrong", "again": "carried"}


def test_a_sheet_of_a_labelled_graph_has_all_of_backpropagation():
    """Forward lines, each ∂L/∂u from the output on, and the updated parameters."""
    w, x, t = Value(0.5, "w"), Value(2.0, "x"), Value(1.0, "t")
    z = w * x
    z.label = "z"
    L = (z.sigmoid() - t) ** 2
    L.label = "L"
    sheet = Worksheet.of(L, rate=0.1)
    assert sheet.lines[:3] == ["z", "L", "∂L/∂z"]
    assert {"∂L/∂w", "∂L/∂x", "w'"} <= set(sheet.lines)
    (slope,) = gradient(L, w)
    assert sheet.values["w'"].data == pytest.approx(0.5 - 0.1 * slope.data)


def test_names_are_compared_as_mathematics():
    """w_1, w1 and w₁ are one name."""
    x = Value(2.0, "x")
    sheet = Worksheet({"z_1": x * 3})
    for name in ("z1", "z_1", "z_{1}", "z₁"):
        assert sheet.mark({name: "6"}).verdicts == {"z_1": "right"}


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (Worksheet, ValueError, "nothing to be worked out"),
        (lambda: Worksheet(x=Value(1.0)), ValueError, "nothing to be worked out"),
        (lambda: Worksheet(z="0.5"), TypeError, "a line is a Value"),
        (lambda: Worksheet({"z1": Value(1.0) * 2, "z_1": Value(1.0) * 3}), ValueError, "are one name"),
        (lambda: Worksheet({"": Value(1.0) * 2}), TypeError, "lines have names"),
        (lambda: Worksheet.of(3.0), TypeError, "the Value to be differentiated"),
        (lambda: Worksheet.of(Value(1.0) * 2), ValueError, "has a label"),
        (lambda: SHEET.mark({"q": "1"}), LookupError, "no line of this worksheet"),
        (lambda: SHEET.mark({"dwb": "1"}), LookupError, "is dw meant"),
        (lambda: SHEET.mark({"w": "0.4"}), LookupError, "is given"),
        (lambda: SHEET.mark("0.58"), ValueError, "is no answer"),
        (lambda: SHEET.mark(None), TypeError, "claims go by line"),
        (lambda: SHEET.mark(["0.58"]), TypeError, "claims go by line"),
        (lambda: SHEET.mark({1: "0.58"}), LookupError, "1 is no line"),
        (lambda: SHEET.read("z", "0.58 q"), ValueError, "on the line z"),
        (lambda: SHEET.mark({"z": "1", " z": "2"}), (ValueError, LookupError), ""),
        (lambda: SHEET.mark({"z": "1"})["q"], KeyError, "no line of this worksheet"),
    ],
)
def test_bad_input_is_refused_with_the_way_out(make, error, says):
    """Each error says what is wrong in words."""
    with pytest.raises(error, match=says or None):
        make()


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("0.58 q", "at q", "q is not known here"),
        ("(0.58", "at (0.58", "never closed"),
        ("0.5 +", "at its end", "is expected"),
        ("w·x + §", "at §", "'§'"),
    ],
)
def test_what_cannot_be_read_costs_its_own_line_alone(text, where, why):
    """The row keeps what was written and says why and where; the other lines are marked as if it were blank."""
    claims = by_hand(6)
    marking = SHEET.mark({**claims, "z": text})
    assert marking.verdicts == {**SHEET.mark({**claims, "z": ""}).verdicts, "z": "unread"}
    row = marking["z"]
    assert (row.claim, row.marks, row.right) == (text, 0.0, "")
    assert where in row.remark
    assert why in row.remark
    assert marking.summary.endswith("Cannot be read: z.")
    assert text in marking.text


def test_other_numbers_make_another_sheet_and_leave_the_first_alone():
    """Drawn numbers are put on a page that is there: marks, slopes and Values are those of a sheet written with them."""
    first, second = (exercise("two layers", seed).sheet for seed in (1, 2))
    written = Worksheet(second.values)
    assert first.given != second.given == written.given
    assert first.true != second.true == pytest.approx(written.true, rel=1e-12)
    assert second.steps == written.steps
    claims = {
        "a_11": "0.5",
        "ŷ": "σ(a_21)",
        "∂L/∂w_111": "∂L/∂ŷ·∂ŷ/∂a_21·∂a_21/∂h_11·∂h_11/∂a_11·x_1",
        "∂L/∂b_11": "da_21/dh_12",
    }
    assert second.mark(claims).as_dicts() == written.mark(claims).as_dicts()
    assert {name: value.data for name, value in second.values.items()} == pytest.approx(second.true, rel=1e-12)


def test_a_marking_can_be_pickled():
    """A marked class can be kept."""
    marking = SHEET.mark(by_hand(6, e=lambda n: 0.9 - n["o"]))
    assert pickle.loads(pickle.dumps(marking)).verdicts == marking.verdicts


@pytest.mark.parametrize("claim", ["0.3333", "-0.9568", "0.5·0.5 = 0.3333"])
def test_a_formula_that_fills_pages_is_marked_all_the_same(claim):
    """A deep net without labels on the way: what would be too long to be shown is said to be so."""
    x, b = Value(0.3, "x"), Value(0.2, "b")
    y = x
    for _ in range(14):
        y = (y * y + b * y).tanh() + b
    sheet = Worksheet(y=y)
    with pytest.raises(ValueError, match="too long for a page"):
        assert sheet.steps
    assert sheet.mark({"y": claim})["y"].verdict == "wrong"
    assert sheet.mark({"y": f"{sheet.true['y']:.4f}"})["y"].verdict == "right"


TYPED = {  # what is typed into a cell, and what each line comes to
    "as on paper": ("z = 2·0.5 − 0.4 = 0.6\n\n# then\no ≈ 0.6457", {"z": "right", "o": "right"}),
    "spelled as in pictures": ("y₁ = 4\ny_2 = 8.5", {"y_1": "right", "y_2": "wrong"}),
    "a chain that goes on": ("z = 2·0.5 − 0.4\n  = 0.7\no =", {"z": "wrong", "o": "blank"}),
    "nothing yet": ("z =\no =\n", {"z": "blank", "o": "blank"}),
    "two in a row": ("z = 0.6; o = 0.1", {"z": "right", "o": "wrong"}),
}
UNTYPED = {
    "z 0.6": r"^line 1: 'z 0\.6' is no answer: write the line's name, =, and what came out$",
    "z = 0.6\nz = 0.7": "^z has two claims$",
    "u = 0.6": "^u is no line of this worksheet",
}


def test_a_text_is_marked_as_its_lines_are():
    """What one types as on paper, a line for each answer, is marked as the same claims by name."""
    x = Value(0.5, label="x")
    z = 2 * x - 0.4
    sheet = Worksheet(z=z, o=sigmoid(z), y_1=x * 8, y_2=x + 9)
    for text, verdicts in TYPED.values():
        assert verdicts.items() <= sheet.mark(text).verdicts.items(), text
    for text, message in UNTYPED.items():
        with pytest.raises((ValueError, LookupError), match=message):
            sheet.mark(text)
