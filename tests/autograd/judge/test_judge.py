"""Engines of strangers are judged: right ones get no word, and a planted mistake is named."""

import random
import sys
import types

import pytest
from engines_of_strangers import ENGINES, MISTAKES
from faulty_engines import ABOUT, behaviour, faults
from long_runs import many, part, seeds

from autograd import Value, judge_engine
from autograd.judge.bench import EngineError, find_engine
from nn.cli.main import parser

COMMANDS = next(action for action in parser()._actions if action.dest == "command").choices


@pytest.fixture
def judge(monkeypatch):
    """judge(source) is the report on the engine in a source, which runs here."""

    def report(source, **options):
        module = types.ModuleType("somebody")
        monkeypatch.setitem(sys.modules, "somebody", module)
        exec(source, vars(module))
        return judge_engine(find_engine(vars(module), home="somebody").cls, **options)

    return report


@pytest.fixture
def judge_file(tmp_path):
    """judge_file(source) is the report on a file, which runs in a process of its own."""

    def report(source, **options):
        (tmp_path / "homework.py").write_text(source, encoding="utf-8")
        return judge_engine(tmp_path / "homework.py", **options)

    return report


@pytest.mark.parametrize("hand", ENGINES)
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_no_right_engine_is_accused(hand, judge):
    """Ten engines in ten hands, none of which has a mistake."""
    if hand == "NumPy":
        pytest.importorskip("numpy")
    report = judge(ENGINES[hand])
    assert report.wrong == []
    assert report.counts["right"] > 5
    assert "values used twice, in any order" in [row.name for row in report if row.verdict == "right"]


@pytest.mark.parametrize("hand", dict.fromkeys(hand for hand, *_ in MISTAKES))
def test_planted_mistakes_are_named(hand, judge):
    """In one sentence that says what it is; an operation that is right is not called wrong."""
    missed = []
    for _, kind, old, new, words in part([mistake for mistake in MISTAKES if mistake[0] == hand]):
        assert old in ENGINES[hand], kind
        said = [f"{row.name}: {row.remark}" for row in judge(ENGINES[hand].replace(old, new)).wrong]
        if len(said) != 1 or not all(word in said[0] for word in words):
            missed.append((kind, said))
    assert missed == []


HELPERS = {"init", "backward", "backprop", "build", "build_topo", "record", "lift", "_sorted", "made", "as_node"}
OTHERWISE = {"_div": "truediv"}


@pytest.mark.external
@pytest.mark.parametrize("hand", part(ABOUT, 3))
def test_faults_anywhere_are_found_where_they_are(hand, judge_file, judge):
    """A random fault of those that can be planted: found if it shows in random programs, and in that operation alone."""
    draw = random.Random(seeds(1)[0])
    spelled, operations = ABOUT[hand]
    planted = list(faults(ENGINES[hand]))
    right = behaviour(ENGINES[hand], spelled, operations)
    silent, elsewhere, n = [], [], 0
    for where, source in draw.sample(planted, min(many(12), len(planted))):
        home = where.partition(".")[0].strip("_")
        if home == "zero_grad":
            continue
        report = judge_file(source, seconds=3.0) if hand == "tape" else judge(source)
        said = {row.name.strip("_").removesuffix("()") for row in report.wrong}
        n += 1
        if not said and behaviour(source, spelled, operations) != right:
            silent += [] if any(row.verdict == "missing" and home in row.remark for row in report) else [(where, source)]
        if said and not said <= {home, OTHERWISE.get(f"_{home}")} and not {home, f"_{home}"} & HELPERS:
            elsewhere.append((where, report.text))
    assert len(silent) + len(elsewhere) <= 0.05 * n, (silent, elsewhere)


def test_own_values_are_right():
    """The class that this library is made of."""
    report = judge_engine(Value)
    assert report
    assert report.wrong == []


def test_a_mistake_that_nobody_knows_gets_its_numbers(judge):
    """No slip fits: where it is, what it should be, and what is said."""
    (row,) = judge(ENGINES["closures"].replace("1 - t ** 2", "0.9 - t ** 3 / 7")).wrong
    assert row.name == "tanh"
    assert row.remark == "`tanh`: the slope of tanh(0.7) is 0.63474, and this one says 0.86846"


CONVENTIONS = {
    "closures": "in inner nodes, too, as in micrograd",
    "paths": "doubles",
    "dataclass": "starts anew",
    "none at first": "starts anew",
}


@pytest.mark.parametrize("hand", CONVENTIONS)
def test_the_second_backward_is_a_convention(hand, judge):
    """It is said which one, and not called wrong."""
    (row,) = [row for row in judge(ENGINES[hand]) if row.name.startswith("second")]
    assert row.verdict == "convention"
    assert CONVENTIONS[hand] in row.remark


def test_what_was_not_examined_is_said(judge):
    """Where backward() itself is wrong, nobody knows what else is."""
    report = judge(ENGINES["slopes kept"].replace("reversed(topo)", "topo"))
    assert [row.name for row in report if row.verdict == "not examined"] == ["all else"]
    assert "? not examined: all else: it shows when this is mended" in report.text.splitlines()
    assert not any(row.verdict == "not examined" for row in judge(ENGINES["slopes kept"]))


def test_limits_and_gaps_are_not_wrong(judge):
    """What overflows, what is too deep, what numbers cannot stand beside: said, each under its own word."""
    report = judge(ENGINES["slopes kept"])
    by_verdict = {verdict: [row for row in report if row.verdict == verdict] for verdict in ("limit", "missing")}
    assert any("10,000" in row.name and "RecursionError" in row.remark for row in by_verdict["limit"])
    assert any("exp" in row.name and "exp(1000): it raises OverflowError" in row.remark for row in by_verdict["limit"])
    assert any("`__rpow__`" in row.remark for row in by_verdict["missing"])
    assert any("2ⁿ" in row.remark for row in judge(ENGINES["paths"]))


def test_what_goes_wrong_because_of_another_is_not_blamed(judge):
    """Subtraction, division and the sign are made of products here: one is wrong, and the others are named behind it."""
    report = judge(
        ENGINES["closures"].replace("self.grad += other.data * out.grad", "self.grad += 2 * other.data * out.grad")
    )
    (row,) = report.wrong
    assert row.name == "__mul__"
    assert "it is twice that" in row.remark
    assert "`__neg__`" in row.remark.partition("Wrong with it: ")[2]


def test_a_report_is_text_and_data(judge):
    """The same rows in both."""
    report = judge(ENGINES["closures"].replace("1 - t ** 2", "1 - self.data ** 2"))
    assert not report
    assert report.text.splitlines()[0] == "✗ wrong: `tanh` has the slope 1 − z² with z the result, this is 1 − x²"
    assert report.text.splitlines()[-1] == report.summary
    assert report.text.splitlines()[0] in COMMANDS["judge"].description  # its help shows it
    assert report.data["counts"]["wrong"] == 1
    assert report.data["rows"][0].keys() == {"line", "written", "verdict", "remark", "there", "should"}


# -------------------------------------------------------------------------------------------------- a process of its own


@pytest.mark.external
def test_a_file_runs_in_a_process_of_its_own(judge_file):
    """With the same report; what it prints is seen nowhere but in a remark."""
    source = "print('hello' * 100)\n" + ENGINES["tape"].replace("1 - z * z", "1 + z * z")
    report = judge_file(source)
    assert [row.name for row in report.wrong] == ["tanh"]
    assert any("it prints: 'hellohello" in row.remark for row in report)
    assert "somebody" not in sys.modules or "homework" not in sys.modules


BAD_HABITS = {  # what a method does, and the words for it
    "while True: pass": "does not end within",
    "import os; os._exit(0)": "ends the whole of Python",
    "raise SystemExit": "leaves Python",
    "input('number? ')": "asks for input()",
    "return self.tanh()": "RecursionError",
    "return 'text'": "",
}


@pytest.mark.external
@pytest.mark.parametrize("habit", part(BAD_HABITS, 3))
def test_a_bad_habit_costs_a_sentence(habit, judge_file):
    """The operation that loops or exits is named, and all others are judged as ever."""
    source = ENGINES["closures"].replace(
        "        t = math.tanh(self.data)\n", f"        {habit}\n        t = math.tanh(self.data)\n"
    )
    report = judge_file(source, seconds=1.5)
    (row,) = report.wrong
    assert row.name == "tanh"
    assert BAD_HABITS[habit] in row.remark
    assert {"__mul__", "relu"} <= {row.name for row in report if row.verdict == "right"}


@pytest.mark.external
@pytest.mark.parametrize(
    "top", part(["while True: pass", "raise SystemExit", "x = input()", "1 / 0", "import os; os.fork()"], 2)
)
def test_a_file_that_does_more_than_define(top, judge_file):
    """Its classes and functions are run alone, where the whole of it does not end well."""
    report = judge_file(ENGINES["closures"] + f"\n{top}\n", seconds=1.0)
    assert report.wrong == []
    assert any(row.name in ("the file", "fork") for row in report)


@pytest.mark.external
def test_what_is_no_engine_says_so(judge_file, tmp_path):
    """Which class there is, and what it lacks; a file that Python cannot read; one that is not there."""
    with pytest.raises(EngineError, match="no class in it"):
        judge_file("x = 3")
    with pytest.raises(EngineError, match="Sum: it has no backward"):
        judge_file("class Sum:\n    def __init__(self, data): self.data = data")
    with pytest.raises(EngineError, match="SyntaxError"):
        judge_file("class Value(:")
    with pytest.raises(EngineError, match="there is no class Valeu: the classes are Value"):
        judge_file(ENGINES["closures"], name="Valeu")
    with pytest.raises(OSError, match="nowhere"):
        judge_engine(tmp_path / "nowhere.py")


@pytest.mark.external
def test_other_spellings_are_found_or_named(judge_file):
    """A number and a slope of any name; where trying does not find them, they are named."""
    source = ENGINES["slopes kept"].replace("backward(self)", "run(self)").replace("grad'", "dLd'").replace(".grad", ".dLd")
    source = source.replace("self.data", "self.q").replace("other.data", "other.q").replace("'data'", "'q'")
    with pytest.raises(EngineError, match="no backward"):
        judge_file(source)
    assert judge_file(source, backward="run").wrong == []
    assert judge_file(source, value="q", grad="dLd", backward="run").wrong == []
