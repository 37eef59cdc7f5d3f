"""Whatever a stranger sends: an answer or a documented error, soon, in bounded memory, and nothing of it is run.

LONG=100 python -m pytest tests/test_fuzzing.py     a million inputs, other texts each time
"""

import gc
import io
import json
import random
import resource
import signal
import sys
import traceback
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from html.parser import HTMLParser

import pytest
from hostile_texts import KINDS, hostile_text, plausible_formula
from long_runs import part, seeds
from walks import failures

import autograd as ag
import nn
from autograd import FormulaError, Value, Worksheet, check_notes, mark_files, parse
from autograd.display.mathml import mathml
from autograd.formula.systems import read_formulas
from autograd.formula.writing import write_formula
from autograd.mark.sheets import sheet_from
from autograd.mark.texts import SheetError
from autograd.notes.report import NotesError
from autograd.writing.names import readings
from nn.cli.main import main

INPUTS = 10_000  # of all readers together; each has a share
HANGS_AFTER = 2.0  # seconds of this process's own time; what takes so long is taken to hang
WAITS_AFTER = 60.0  # seconds on the clock, for what waits for somebody
MEMORY = 2**30  # bytes that all inputs of a reader may take together
ENOUGH = 20  # failures, of which one run tells
MAKES_PYTHON = "sympy.polys.monomials"  # of how many variables a polynomial has, and of nothing else
FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "socket.connect", "shutil.")

_watched = False


class Hang(BaseException):
    """No Exception, so that nothing on the way takes it for an error of its own."""


def _watch(event, arguments):
    """Refuse what a reader has no business with: programs, and Python that comes from no file."""
    if _watched and event in ("exec", "compile") and sys._getframe(1).f_globals.get("__name__") != MAKES_PYTHON:
        name = str(getattr(arguments[0], "co_filename", arguments[-1]))
        if name.startswith("<") and not name.startswith("<frozen"):
            raise AssertionError(f"{event} {arguments!r}: something of the text was run")
    if _watched and event.startswith(FORBIDDEN):
        raise AssertionError(f"{event} {arguments!r}: something of the text was run")


sys.addaudithook(_watch)


@contextmanager
def guarded(watched=True):
    """What happens inside does not hang; nor, if it is watched, run anything."""
    global _watched  # noqa: PLW0603

    def hang(*_):
        raise Hang("this hangs")

    timers = ((signal.SIGPROF, signal.ITIMER_PROF, HANGS_AFTER), (signal.SIGALRM, signal.ITIMER_REAL, WAITS_AFTER))
    before = [signal.signal(kind, hang) for kind, *_ in timers]
    for _, timer, seconds in timers:
        signal.setitimer(timer, seconds)
    _watched = watched
    try:
        yield
    finally:
        _watched = False
        for (kind, timer, _), handler in zip(timers, before):
            signal.setitimer(timer, 0.0)
            signal.signal(kind, handler)


@pytest.fixture(autouse=True, scope="module")
def bounded(tmp_path_factory):
    """What is loaded when it is first needed is loaded, and from then on memory has a bound."""
    global FOLDER  # noqa: PLW0603
    FOLDER = tmp_path_factory.mktemp("files")
    warm_up()
    gc.collect()
    gc.freeze()  # what other tests have left is not gone through again and again, at the cost of these inputs
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm", encoding="ascii") as pages:
        now = int(pages.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    gc.unfreeze()


def texts(share, salt):
    """So many of the inputs; half of them nearly formulas."""
    for seed in seeds(max(20, INPUTS * share)):
        chance = random.Random(f"{salt} {seed}")
        text = hostile_text(chance) if chance.random() < 0.5 else plausible_formula(chance, ["w", "x", "z", "o", "w_1"])
        if chance.random() < 0.2:
            text = hostile_text(chance, 3) + text
        yield chance, text


def tried(what, share, documented=()):
    """Give every text of a share to what reads it; then say of which it failed, and where.

    what: takes a text and a random.Random
    documented: the errors that it may raise, and which can be shown
    """
    failures = []
    for chance, text in texts(share, what.__name__):
        state = chance.getstate()
        try:
            try:
                what(text, chance)
            except Hang:  # on a busy machine all is slow now and then: what hangs does so again
                chance.setstate(state)
                what(text, chance)
        except documented as error:
            str(error).encode("utf-8", "replace")
        except (Exception, Hang) as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            told = f"{type(error).__name__}: {error}"[:500]
            failures.append(f"{ascii(text)[:500]}: {told} ({place.filename}, line {place.lineno})")
            if len(failures) == ENOUGH:
                break
    assert not failures, f"{what.__name__} of\n" + "\n".join(failures)


# ---------------------------------------------------------------------------------------------------------------- reading


def sheet():
    w, x, t = Value(0.5, "w"), Value(-2.0, "x"), Value(1.0, "t")
    z = w * x
    o = ag.sigmoid(z)
    E = (o - t) ** 2 / 2
    return Worksheet(z=z, o=o, E=E, dw=ag.gradient(E, w)[0])


SHEET = sheet()
NAMES = {"w": Value(0.5), "x": 2.0, "w_1": Value(0.3), "σ": Value(1.0)}


def read_formula(text, chance):
    y = parse(text) if chance.random() < 0.5 else parse(text, NAMES)
    with suppress(ValueError):  # too long for a page
        mathml(ag.latex(y))
        write_formula(y)


def read_several(text, chance):
    read_formulas("; ".join([text, plausible_formula(chance, ["w", "x"]), f"a = {text}"]))


def mark_a_line(text, chance):
    marking = SHEET.mark({chance.choice(SHEET.lines): text})
    shown = str(marking), marking.html(), marking.json, marking.csv
    assert all(shown)


def read_a_sheet(text, chance):
    other = plausible_formula(chance, ["w", "x"])
    lines = chance.choice([json.dumps(text), f'"{text}"', f"'{text}'", f'"""{text}"""', text])
    sheet_from(f'[given]\nw = 0.5\nx = {chance.choice(["2", text, "-1.5"])}\n[lines]\nz = "{other}"\no = {lines}\n')


def page(text, chance):
    """A page of notes with a text somewhere in it."""
    other = plausible_formula(chance, ["w", "x"])
    return chance.choice(
        [
            f"$$z = {text}$$\nso $\\frac{{dz}}{{dw}} = {other}$\n",
            f"z = {other}\ndz/dw = {text}\n = {text}\n",
            f"\\begin{{aligned}} z &= {text} \\\\ &= {other} \\end{{aligned}}",
            f"# {text}\n$$\\begin{{bmatrix}} {text} \\\\ {other} \\end{{bmatrix}} = W^T {text}$$\n{text}",
            json.dumps({"cells": [{"cell_type": "markdown", "source": [text, f"$z = {other}$"]}]}),
            text,
        ]
    )


def read_a_page(text, chance):
    report = check_notes(page(text, chance))
    assert harmful(report.html()) == []
    assert report.text
    json.dumps(report.data)


def damaged(content, text, chance):
    """What was saved, with something else in one place."""
    whole = where = json.loads(json.dumps(content))
    while True:
        places = list(where) if isinstance(where, dict) else range(len(where))
        at = chance.choice(places) if places else None
        if at is None or not isinstance(where[at], (dict, list)) or not where[at] or chance.random() < 0.1:
            break
        where = where[at]
    way = chance.random()
    if at is None or way < 0.1:
        where.update({text: 1.0}) if isinstance(where, dict) else where.append(text)
    elif way < 0.2:
        del where[at]
    else:
        n = chance.choice([chance.uniform(-9, 9), 10**400, -1, 0, 10**9, 0.5, float("nan"), float("-inf"), 1e308])
        where[at] = chance.choice([text, n, n, None, [], {}, [text], {text: text}, [n, n], True])
    return whole


def read_a_saved_file(text, chance):
    """A net and a training."""
    name, read = chance.choice([*SAVED.items()])
    content = json.dumps(damaged(json.loads((FOLDER / name).read_text("utf-8")), text, chance))
    cut = content if chance.random() < 0.8 else content[: chance.randrange(len(content))]
    path = FOLDER / "damaged.json"
    path.write_text(chance.choice([cut, cut, cut, text]), encoding="utf-8", errors="replace")
    read(path)


def type_a_command(text, chance):
    command = chance.choice(["grad", "step", "draw", "hessian"])
    given = chance.choice([[], ["x=2", "w=0.5"], [f"x={text}"], ["--wrt", text], ["--of", text], [text], ["--json"]])
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), suppress(SystemExit):
        assert main([command, text, *given]) in (0, 1)
    assert "Traceback" not in said.getvalue()


def read_a_label(text, chance):
    for name, indices in readings(text):
        assert name
        assert indices
    y = labelled(text, chance)
    with suppress(ValueError):  # too long to be written
        write_formula(y)
    nn.draw(y).text.encode("utf-8", "replace")


def save_all():
    """Genuine files, in FOLDER."""
    model = nn.MLP(2, [2, 1], seed=0)
    model.save(FOLDER / "net.json")
    trained(epochs=1).save(FOLDER / "training.json")


def trained(**options):
    model = nn.MLP(2, [2, 1], seed=0)
    adam = nn.optim.Adam(model.parameters(), lr=0.01)
    schedule = nn.optim.StepLR(adam, step_size=1)
    return nn.fit(
        model, [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1.0, 0.0, 1.0], loss="mse", optimizer=adam, scheduler=schedule,
        batch_size=2, seed=0, progress=False, compiled=False, **options,
    )  # fmt: skip


SAVED = {
    "net.json": lambda path: nn.MLP(2, [2, 1]).load(path),
    "training.json": lambda path: trained(epochs=2, resume=path),
}


def warm_up():
    """Load what is loaded when it is first needed: that runs Python of libraries, some of it made on the spot."""
    for text in ("w x + 1", "sin(w)^2/3", "(", "0.25"):
        for reader in (read_formula, read_several, mark_a_line, read_a_sheet, read_a_page, type_a_command):
            for seed in range(8):
                with suppress(ValueError):
                    reader(text, random.Random(seed))
    shown(labelled("q", random.Random(0)))
    save_all()
    for name, read in SAVED.items():
        read(FOLDER / name)


READERS = {  # what reads, the errors that it documents, and its share of the inputs
    read_formula: (FormulaError, 0.5),
    read_several: (FormulaError, 0.1),
    mark_a_line: ((), 0.05),
    read_a_sheet: (SheetError, 0.1),
    read_a_page: (NotesError, 0.1),
    read_a_saved_file: ((ValueError, KeyError), 0.07),
    read_a_label: ((), 0.03),
    type_a_command: ((), 0.02),
}
FOLDER = None


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_an_answer_or_a_documented_error(reader):
    """And the error can be shown."""
    documented, share = READERS[reader]

    def guarded_reader(text, chance):
        with guarded():
            reader(text, chance)

    tried(guarded_reader, share, documented)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_a_piece_over_and_over(reader):
    """Hundreds and thousands of each piece show what grows too fast."""
    documented, _ = READERS[reader]
    expected = documented if isinstance(documented, tuple) else (documented,)

    def read(piece):
        for times in (300, 3000):
            with guarded(), suppress(*expected):
                reader(piece * times, random.Random(0))

    assert failures(read, part([piece for kind in KINDS for piece in kind], 20)) == {}


# ---------------------------------------------------------------------------------------------------------------- a class


def answers(text, chance):
    """A file of answers with a text somewhere in it, and how its name ends."""
    ending = chance.choice(["txt", "md", "toml", "json", "csv"])
    quoted = json.dumps(text)
    return ending, chance.choice(
        {
            "txt": [f"name = {text}\nz = -1.0\no = {text}", text],
            "md": [f"| z | {text} |\n| o | 0.27 |\n| E | {text} |", f"- z = {text}\n- o = 0.27"],
            "toml": [f"z = {text}", f"z = {quoted}\no = [{quoted}, 0.27]", text],
            "json": [json.dumps({"name": text, "z": text, "o": [text, text], text: 1}), f'{{"z": {text}}}', text],
            "csv": [f"name,z,o\n{text},-1.0,{text}", f"{text},z;o\n{text}", text],
        }[ending]
    )


SHEET_OF_A_CLASS = '[given]\nw = 0.5\nx = -2\n[lines]\nz = "w x"\no = "σ(z)"\nE = "½(o − 1)²"\n'


def test_a_class_of_strangers(tmp_path):
    """Each file costs itself alone: the honest one has its marks, and the report holds nothing that a browser would run."""
    folder, sheet = tmp_path / "answers", tmp_path / "sheet.toml"
    folder.mkdir()
    sheet.write_text(SHEET_OF_A_CLASS, encoding="utf-8")
    (folder / "honest.txt").write_text("z = -1.0\no = 0.27\nE = 0.27", encoding="utf-8")

    def mark_a_class(text, chance):
        for old in folder.glob("other*"):
            old.unlink()
        for k in range(2):
            ending, content = answers(text, chance)
            (folder / f"other{k}.{ending}").write_text(content, encoding="utf-8", errors="replace", newline="")
        with guarded():
            found = mark_files(sheet, [folder])
            page = found.html()
        assert found["honest"].score == 3.0
        assert harmful(page) == []
        found.text.encode("utf-8")

    tried(mark_a_class, 0.025)


# ---------------------------------------------------------------------------------------------------------------- writing


class Tags(HTMLParser):
    """What a page consists of."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attributes)
        self.attributes.update(
            "href=javascript:" for name, x in attributes if name in ("href", "src") and "script:" in (x or "")
        )


OURS = set(
    """
    style div table thead tbody tr th td span p h1 h2 h3 details summary pre a b i em strong sub sup svg g path line
    circle text title defs marker rect polygon ellipse tspan html head meta body main section ul ol li code small br hr
    caption input label button output figure figcaption img math mrow mi mo mn msub msup msubsup mfrac mtext mover munder
    munderover msqrt mroot mtable mtr mtd mspace mstyle mpadded menclose semantics annotation del ins mark bdi u
    """.split()
)


def harmful(page):
    """The tags and attributes of a page that none of ours has."""
    tags = Tags()
    tags.feed(page)
    tags.close()
    return sorted(tags.tags - OURS) + sorted(name for name in tags.attributes if name.startswith(("on", "href=")))


def labelled(text, chance):
    """A small graph, some of whose nodes wear a text."""
    w, x = Value(0.5, text), Value(2.0, chance.choice(["x", text]))
    z = w * x
    z.label = chance.choice(["z", text + "'"])
    return ag.tanh(z) + w


def shown(y, stepper=True):
    """A graph as pages; the last one is the stepper, if that is asked for."""
    pages = [ag.trace(y)._repr_html_(), nn.draw(y).svg]
    with suppress(ValueError):  # too long for a page
        pages += [mathml(ag.latex(y)), ag.derivation(y).html()]
    if stepper:
        pages.append(nn.step_through(y)._repr_html_())
    return pages


def test_labels_of_strangers_stay_text():
    """In traces, derivations, steppers and drawings: a page consists of what it consists of with harmless labels."""
    harmless = harmful(shown(labelled("q", random.Random(0)))[-1])  # the stepper's script is ours

    def show_a_label(text, chance):
        y = labelled(text, chance)
        with guarded(watched=False):  # dot is a program
            pages = shown(y, stepper := chance.random() < 0.1)
        if stepper:
            assert harmful(pages.pop()) == harmless
        assert not any(map(harmful, pages))

    tried(show_a_label, 0.005)
