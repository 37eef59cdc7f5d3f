"""Whatever a stranger sends: an answer or a documented error, soon, and nothing of it is run.

INPUTS=1000000 python -m pytest tests/test_fuzzing.py     a long run, other texts each time
"""

import json
import os
import random
import signal
import sys
from contextlib import contextmanager, suppress
from html.parser import HTMLParser

import pytest
from hostile_texts import hostile_text, plausible_formula

import autograd as ag
import nn
from autograd import FormulaError, Value, Worksheet, mark_files, parse
from autograd.display.mathml import mathml
from autograd.formula.systems import read_formulas
from autograd.mark.files import SheetError, sheet_from

INPUTS = int(os.environ.get("INPUTS", "10000"))
FIRST = random.randrange(2**60) if "INPUTS" in os.environ else 0
HANGS_AFTER = 20.0  # seconds; what takes so long is taken to hang
FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "socket.connect", "shutil.")

_watched = False


def _watch(event, arguments):
    """Refuse what a reader has no business with: programs, and Python that comes from no file."""
    if _watched and event in ("exec", "compile"):
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
        raise TimeoutError("this hangs")

    before = signal.signal(signal.SIGALRM, hang)
    signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER)
    _watched = watched
    try:
        yield
    finally:
        _watched = False
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def texts(share, salt):
    """So many of the inputs, each with its seed; half of them nearly formulas."""
    for seed in range(FIRST, FIRST + max(20, int(INPUTS * share))):
        chance = random.Random(f"{salt} {seed}")
        text = hostile_text(chance) if chance.random() < 0.5 else plausible_formula(chance, ["w", "x", "z", "o", "w_1"])
        if chance.random() < 0.2:
            text = hostile_text(chance, 3) + text
        yield chance, text


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
    mathml(ag.latex(y))
    ag.formula.written(y)


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


def read_a_net(text, chance):
    saved = {"format": "chalkgrad parameters", "version": 1, "parameters": {"w_11": 1.0, "b_1": 0.5}}
    where = chance.choice([saved, saved["parameters"]])
    where[chance.choice([*where, text])] = chance.choice([text, chance.uniform(-9, 9), None, [text], {text: text}, True])
    whole = json.dumps(saved)
    PATH.write_text(whole if chance.random() < 0.7 else whole[: chance.randrange(len(whole))], encoding="utf-8")
    nn.Layer(1, 1).load(PATH)


def warm_up():
    """Load what is loaded when it is first needed: that runs Python of libraries, some of it made on the spot."""
    for text in ("w x + 1", "sin(w)^2/3", "(", "0.25"):
        for reader in (read_formula, read_several, mark_a_line, read_a_sheet):
            for seed in range(8):
                with suppress(ValueError):
                    reader(text, random.Random(seed))
    shown(labelled("q", random.Random(0)))


READERS = {  # what reads, the errors that it documents, and its share of the inputs
    read_formula: (FormulaError, 0.6),
    read_several: (FormulaError, 0.1),
    mark_a_line: ((), 0.05),
    read_a_sheet: (SheetError, 0.1),
    read_a_net: ((ValueError, KeyError, TypeError), 0.05),
}
PATH = None


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_an_answer_or_a_documented_error(reader, tmp_path):
    """And the error can be shown."""
    global PATH  # noqa: PLW0603
    PATH = tmp_path / "net.json"
    documented, share = READERS[reader]
    warm_up()
    for chance, text in texts(share, reader.__name__):
        try:
            with guarded():
                reader(text, chance)
        except documented as error:
            str(error).encode("utf-8", "replace")
        except Exception as error:
            raise AssertionError(f"{reader.__name__} of {text!r}: {type(error).__name__}: {error}") from error


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


def test_a_class_of_strangers(tmp_path):
    """Each file costs itself alone: the honest one has its marks, and the report holds nothing that a browser would run."""
    warm_up()
    for i, (chance, text) in enumerate(texts(0.03, "class")):
        folder = tmp_path / str(i)
        folder.mkdir()
        (folder / "honest.txt").write_text("z = -1.0\no = 0.27\nE = 0.27", encoding="utf-8")
        for k in range(2):
            ending, content = answers(text, chance)
            (folder / f"other{k}.{ending}").write_text(content, encoding="utf-8", errors="replace", newline="")
        with guarded():
            found = mark_files(DESK(tmp_path), [folder])
            page = found.html()
        assert found["honest"].score == 3.0, text
        assert harmful(page) == [], text
        found.text.encode("utf-8")


def DESK(folder):
    path = folder / "sheet.toml"
    if not path.exists():
        path.write_text('[given]\nw = 0.5\nx = -2\n[lines]\nz = "w x"\no = "σ(z)"\nE = "½(o − 1)²"\n', encoding="utf-8")
    return path


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
    munderover msqrt mroot mtable mtr mtd mspace mstyle mpadded menclose semantics annotation del ins mark bdi
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
    """A graph as pages, and as sources for other programs."""
    drawing = nn.draw(y)
    pages = [ag.trace(y)._repr_html_()]
    with suppress(ValueError):  # too long for a page
        pages += [mathml(ag.latex(y)), ag.derivation(y).html()]
    pages += [nn.step_through(y)._repr_html_()] * stepper
    return pages, [str(drawing.dot), drawing.mermaid, drawing.text]


def test_labels_of_strangers_stay_text():
    """In traces, derivations, steppers and drawings: a page consists of what it consists of with harmless labels."""
    warm_up()
    harmless = harmful(shown(labelled("q", random.Random(0)))[0][-1])  # the stepper's script is ours
    for i, (chance, text) in enumerate(texts(0.005, "labels")):
        y = labelled(text, chance)
        with guarded(watched=False):  # SymPy makes Python of polynomials
            pages, _ = shown(y, stepper := i % 10 == 0)
        if stepper:
            assert harmful(pages.pop()) == harmless, text
        assert not any(map(harmful, pages)), text
