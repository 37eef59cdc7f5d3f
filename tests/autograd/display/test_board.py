"""Boards: how lines of mathematics come out as text, LaTeX, HTML and files."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from boards import CORPUS, board_of
from walks import failures, walked

import autograd as ag
from autograd import Board, Value, latex, mathml
from autograd.display.board import NOTHING, Line, Math, figure, join, math, symbol, words, write_name

EQUAL = Math("=", "=")


def line(left="", right="", why="", relation=EQUAL):
    """A line whose LaTeX is its text."""
    return Line(Math(left, left), Math(right, right), words(why), relation)


# -------------------------------------------------------------------------------------------------------------- text


def test_the_signs_of_equality_stand_under_each_other():
    """Left sides are filled up to the longest of them; one that is empty goes on from the line above."""
    assert Board([line("y", "a + b"), line("", "c"), line("∂y/∂x", "1")]).text.splitlines() == [
        "y     = a + b",
        "      = c",
        "∂y/∂x = 1",
    ]


def test_reasons_stand_in_a_column():
    """They begin three blanks after the longest line that has one."""
    lines = [line("y", "a", "first"), line("", "a much longer one"), line("", "b + c + d", "second")]
    assert Board(lines).text.splitlines() == ["y = a           first", "  = a much longer one", "  = b + c + d   second"]


def test_nothing_hangs_at_the_end_of_a_line():
    """Lines without a reason are not filled up with blanks."""
    text = Board([line("y", "a", "why"), line("", "b"), line("u", "", "what it is"), line("a remark")]).text
    assert [row for row in text.splitlines() if row != row.rstrip()] == []


def test_a_very_long_line_does_not_push_the_reasons_away():
    """Its own reason follows it, and the others stay where they can be read."""
    rows = Board([line("y", "x" * 200, "long"), line("", "z", "short")]).text.splitlines()
    assert rows[0] == f"y = {'x' * 200}   long"
    assert rows[1].index("short") < 100


def test_a_right_side_of_several_rows_stands_under_itself():
    """A matrix is indented by what stands left of it, and its reason is beside its first row."""
    assert Board([line("H", "[1  2]\n[3  4]", "symmetric"), line("", "0")]).text.splitlines() == [
        "H = [1  2]   symmetric",
        "    [3  4]",
        "  = 0",
    ]


def test_another_relation():
    """A line may say ≈ for =."""
    assert Board([line("e", "2.718", relation=Math("≈", r"\approx"))]).text == "e ≈ 2.718"
    assert r"e &\approx 2.718" in Board([line("e", "2.718", relation=Math("≈", r"\approx"))]).latex


def test_boards_follow_each_other_under_their_titles():
    """A blank line stands between them, and a line under each title."""
    board = Board([line("y", "1")], "All", [Board([line("a", "2")], "One"), Board([line("b", "3")])])
    assert board.text == "All\n───\n\ny = 1\n\nOne\n───\n\na = 2\n\nb = 3"


def test_an_empty_board_is_empty():
    """There is nothing to show."""
    assert Board().text == ""
    assert Board().html() == ""


# -------------------------------------------------------------------------------------------------------------- LaTeX


def test_latex_is_aligned_at_the_signs():
    """A row for each line, an & at the sign, and two before the reason, which is set as text."""
    rows = Board([line("y", "a", "a 50 % rule"), line("", "b"), line("z")]).latex.splitlines()
    assert rows[0] == r"\begin{aligned}"
    assert rows[-1] == r"\end{aligned}"
    assert re.sub(r" \\\\(\[\w+\])?$", "", rows[1]).startswith("y &= a && ")
    assert re.sub(r" \\\\(\[\w+\])?$", "", rows[2]).strip() == "&= b"
    assert rows[3] == "z &"


@walked(CORPUS)
def test_what_begins_ends(kind):
    """In the LaTeX of every kind of board, environments and braces close in the order in which they open."""
    written, opened = board_of(kind).latex, []
    for what, name in re.findall(r"\\(begin|end|left|right)(\{\w+\})?", written):
        if what in ("begin", "left"):
            opened.append((what, name))
        else:
            assert opened.pop() == ({"end": "begin", "right": "left"}[what], name)
    bare = re.sub(r"\\[\\{}]", "", written)
    assert (opened, bare.count("{")) == ([], bare.count("}"))


@pytest.mark.parametrize("nested", [False, True])
def test_a_title_is_in_every_form(nested, tmp_path, latex2mathml):
    """Text, LaTeX, HTML, and each kind of file begin with it, whether the lines are the board's own or those inside."""
    lines = [line("y", "1")]
    board = Board(title="Forward", boards=[Board(lines)]) if nested else Board(lines, "Forward")
    files = [board.save(tmp_path / f"board{ending}").read_text("utf-8") for ending in (".tex", ".txt", ".md", ".html")]
    forms = [board.text, board.latex, board.html(), *files]
    assert ["Forward" in form for form in forms] == [True] * 7


# ------------------------------------------------------------------------------------------------------------- MathML


class Reader(HTMLParser):
    """What a browser finds in a page: its tags, and the text in each kind of them."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self.open = [], {}, []
        self.feed(page)

    def handle_starttag(self, tag, _):
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        for tag in self.open:
            self.texts[tag] = self.texts.get(tag, "") + data


AWKWARD_TITLES = ["<script>alert(1)</script>", "</title><b>", 'a "quote" & more', "</h2></body>", "100 % <of> it", "&amp;"]


@pytest.mark.parametrize("title", [*AWKWARD_TITLES, "TITLE", "BODY", "the BODY of a TITLE"])
def test_titles_are_escaped_in_html(title, latex2mathml, tmp_path):
    """The heading of the board and the title of the page are the title's characters, and no markup comes of them."""
    page = Board([line("y", "1")], title).save(tmp_path / "board.html").read_text(encoding="utf-8")
    found = Reader(page)
    assert (found.texts["title"], found.texts["h2"]) == (title, title)
    plain = Reader(Board([line("y", "1")], "plain").save(tmp_path / "plain.html").read_text(encoding="utf-8"))
    assert found.tags == plain.tags


def test_each_line_is_a_row(latex2mathml):
    """A row has three cells, for the left side, the right side with its sign, and the reason; empty ones are empty."""
    page = Board([line("y", "1", "why"), line("", "2"), line("z")]).html()
    rows = ElementTree.fromstring(page).findall("tr")
    cells = [["".join(cell.itertext()).replace("\xa0", " ") for cell in row] for row in rows]
    assert cells == [["y", "=1", "why"], ["", "=2", ""], ["z", "", ""]]


PLAIN = [kind for kind in CORPUS if kind != "titles"]  # whose titles are words


@walked(PLAIN)
def test_a_board_shows_itself(kind):
    """In print and in the interpreter as text, in Jupyter as LaTeX between double dollars."""
    shown = board_of(kind)
    assert str(shown) == repr(shown) == shown.text
    assert shown._repr_latex_() == f"$$\n{shown.latex}\n$$"
    assert len(re.findall(r"(?<!\\)\$", shown._repr_latex_())) == 4


def test_html_is_well_formed(latex2mathml):
    """The HTML of every kind of board is XML, too: nothing in it is an error, and no command of LaTeX is left."""

    def check(kind):
        page = ElementTree.fromstring(f"<body>{board_of(kind).html()}</body>")
        text = "".join(page.itertext())
        assert not page.findall(".//{*}merror")
        assert "undefined" not in text
        assert "\\" not in text or kind == "the label \\"  # which is what its author typed

    assert failures(check, PLAIN) == {}


def test_mathml_is_well_formed(latex2mathml):
    """The LaTeX of every kind of board makes one <math> element."""

    def check(kind):
        assert ElementTree.fromstring(mathml(board_of(kind).latex)).tag == "{http://www.w3.org/1998/Math/MathML}math"

    assert failures(check, PLAIN) == {}


def test_a_minus_behind_a_sign_is_no_subtraction(latex2mathml):
    """In = −1, (−1) and 2·(−1) the minus is a prefix, without the blanks of one between two numbers."""
    for formula in ("= -1", "(-1)", r"2 \cdot -1", "= -x + 1"):
        root = ElementTree.fromstring(mathml(formula))
        minus = [mo for mo in root.iter() if mo.text == "−"]
        assert [mo.get("form") for mo in minus] == ["prefix"], formula


@pytest.mark.parametrize("title", ["Forward", *AWKWARD_TITLES, "50 % of_it & #1 {~^\\} $"])
def test_a_title_is_shown_as_it_is_in_mathml(title, latex2mathml):
    """In the LaTeX of the board, which Jupyter shows, too: its own characters, and no sign of LaTeX's."""
    whole = ElementTree.fromstring(mathml(Board([line("y", "1")], title).latex))
    shown = "".join(whole.itertext()).removesuffix("y=1").translate(dict(zip(map(ord, "\xa0∖∼∧"), " \\~^")))
    assert shown == title


@pytest.mark.parametrize("missing", ["latex2mathml", "latex2mathml.converter"])
def test_without_latex2mathml_the_error_says_what_to_install(missing, monkeypatch, tmp_path):
    """mathml(), .html() and .save("....html") name the extra, and no file is left; everything else works."""
    monkeypatch.setitem(sys.modules, missing, None)
    if missing == "latex2mathml":
        monkeypatch.delitem(sys.modules, "latex2mathml.converter", raising=False)
    board = Board([line("y", "1")])
    path = tmp_path / "board.html"
    for call in (lambda: mathml("x"), board.html, lambda: board.save(path)):
        with pytest.raises(ImportError, match=r'pip install "chalkgrad\[math\]"'):
            call()
    assert not path.exists()
    assert board.save(tmp_path / "board.tex").exists()


# -------------------------------------------------------------------------------------------------------------- files


def test_a_tex_file_is_a_document(tmp_path):
    """It has a preamble, a section for each title with every character escaped, and the lines as a display."""
    board = Board([line("y", "1")], "50 % of_it & #1", [Board([line("z", "2")])])
    text = board.save(tmp_path / "board.tex").read_text(encoding="utf-8")
    assert text.startswith(r"\documentclass")
    assert r"50 \% of\_it \& \#1}" in text
    assert text.count(r"\begin{document}") == text.count(r"\end{document}") == 1
    assert "y &= 1" in text
    assert "z &= 2" in text


def test_a_text_file_is_the_text(tmp_path):
    """With a newline at its end, in UTF-8."""
    board = Board([line("∂y/∂x", "½")])
    assert board.save(tmp_path / "board.txt").read_bytes().decode("utf-8").replace("\r\n", "\n") == f"{board.text}\n"


def test_a_markdown_file_has_displays(tmp_path):
    """A heading for each title, and each block between double dollars on lines of their own."""
    board = Board([line("y", "1")], "All", [Board([line("z", "2")], "Next")])
    text = board.save(tmp_path / "board.md").read_text(encoding="utf-8")
    assert re.findall(r"^## .*", text, re.MULTILINE) == ["## All", "## Next"]
    assert len(re.findall(r"^\$\$$", text, re.MULTILINE)) == 4


def test_a_page_needs_nothing_else(latex2mathml, tmp_path):
    """A saved page has no script, and no address to load anything from."""
    page = board_of("the neuron").save(tmp_path / "board.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<script" not in page
    assert re.findall(r"\b(?:src|href)\s*=|url\(|@import", page) == []


def test_save_gives_the_path(tmp_path):
    """As a Path, whether a text or a Path was given; the file is written over."""
    board = Board([line("y", "1")])
    assert board.save(str(tmp_path / "a.txt")) == Path(tmp_path / "a.txt")
    assert Board([line("y", "2")]).save(tmp_path / "a.txt").read_text(encoding="utf-8").strip() == "y = 2"


@pytest.mark.parametrize("name", ["board.pdf", "board", "board.tex.gz", ".tex", "board.png"])
def test_another_ending_is_refused(name, tmp_path):
    """The error lists the endings that there are, and no file is written."""
    with pytest.raises(ValueError, match=rf"saved as \.tex, \.html, \.txt, \.md, not as '{re.escape(name)}'"):
        Board([line("y", "1")]).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path):
    """OSError, as for any file."""
    with pytest.raises(OSError, match="nowhere"):
        Board([line("y", "1")]).save(tmp_path / "nowhere" / "board.txt")


# ------------------------------------------------------------------------------------------------------------- pieces


@pytest.mark.parametrize(
    ("piece", "text", "latex"),
    [
        (lambda: figure(-0.25), "−0.25", "-0.25"),
        (lambda: figure(1e-9, 3), "1·10⁻⁹", "10^{-9}"),
        (lambda: figure(2 / 3, 4), "0.6667", "0.6667"),
        (lambda: write_name("w_11"), "w₁₁", "w_{11}"),
        (lambda: write_name("theta"), "θ", r"\theta"),
        (lambda: symbol(ag.sigmoid), "σ", r"\sigma"),
        (lambda: symbol(ag.erf), "erf", r"\operatorname{erf}"),
        (lambda: words(""), "", ""),
        (lambda: math(Value(2.0, "x") * Value(3.0, "y")), "x·y", "x y"),
        (lambda: math(Value(2.0, "x") * Value(3.0, "y"), numbers=True), "2·3", r"2 \cdot 3"),
        (lambda: join([write_name("x"), figure(2.0)], " = "), "x = 2", "x = 2"),
        (lambda: join([write_name("x"), write_name("y")], ", ", r",\;"), "x, y", r"x,\;y"),
        (lambda: join([], ", "), "", ""),
        (lambda: NOTHING, "", ""),
    ],
)
def test_a_piece_is_written_twice(piece, text, latex):
    """As plain text, and as LaTeX that means the same."""
    assert piece() == Math(text, latex)


def test_labels_do_not_break_out_of_latex():
    """A label that begins like an indicator 1_{...} but is none is text, with its braces escaped."""
    for awkward in ("1_{x", "1_{a}b{", "{", "}", "a{b", "$", "a$b", "\\", "x\\", "%", "^", "~"):
        written = latex(2 * Value(1.0, awkward))
        bare = re.sub(r"\\[\\{}]", "", written.replace(r"\textbackslash", ""))
        assert bare.count("{") == bare.count("}"), awkward
        assert re.search(r"(?<!\\)[$%~]", written) is None, awkward


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\operatorname{atan2}(y, x)", "<mtext>atan2</mtext>"),
        (r"\operatorname{ReLU}(x)", "<mi>ReLU</mi>"),
        (r"a \\[3pt] b", "<mtr>"),
        (r"\frac{\partial E}{\partial w}", "<mi>&#x02202;</mi>"),
    ],
)
def test_mathml_says_what_latex_does(latex, said, latex2mathml):
    """Names with digits, space between rows, rows on their own, ∂ as a letter: nothing of LaTeX is left in the text."""
    written = mathml(latex)
    assert said in written
    assert "3pt]" not in written
    assert "\\" not in written


FOREIGN = [r"\text{</svg><script>x</script>}", r"\text{\left<b>}", r"\hbox{<img src=x>}", r"\href{y}{x}"]


@pytest.mark.parametrize("latex", FOREIGN)
def test_mathematics_holds_no_tag_of_its_writers(latex, latex2mathml):
    """Words that look like tags stay words, and a link is none; a comparison is one."""
    page = ag.mathml(rf"{latex} < 2")
    assert set(re.findall(r"<(\w+)", page)) <= {"math", "mrow", "mtext", "mstyle", "mi", "mn", "mo"}
    assert "href" not in page
    assert "<mo>&#x0003C;</mo>" in page
