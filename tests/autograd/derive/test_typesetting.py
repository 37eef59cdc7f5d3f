"""Boards where they are read: set by pdflatex, opened in a browser, rendered by KaTeX and MathJax.

The judges are those programs themselves. A board of every kind has to come through them without a complaint, with nothing
cut off, and with labels as they were typed.
"""

import html
import json
import os
import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from boards import AS_TYPED, CORPUS, board_of
from derivation_reader import boards_of
from long_runs import part

from autograd import Board, Value, latex, mathml
from autograd.display.board import Line, figure, write_name

# --------------------------------------------------------------------------------------------------------------- pdflatex

PAPER = 57.0  # points from the text to the edge of the paper, 2 cm


def one_document(names):
    """The documents of boards as one, which says in its log where each begins."""
    documents = [board_of(name).document().partition("\\begin{document}\n") for name in names]
    bodies = [
        f"\\clearpage\\typeout{{=== board {i}}}\n{rest.removesuffix(chr(92) + 'end{document}' + chr(10))}"
        for i, (_, _, rest) in enumerate(documents)
    ]
    widest, _, _ = max(documents, key=lambda document: "landscape" in document[0])  # a wide board turns its paper
    return f"{widest}\\begin{{document}}\n{''.join(bodies)}\\end{{document}}\n"


def by_board(names, log):
    """What the log says about each board."""
    parts = re.split(r"=== board (\d+)\n", log)[1:]
    return {names[int(i)]: said for i, said in zip(parts[::2], parts[1::2])}


@pytest.fixture(scope="module")
def typeset(pdflatex):
    """All boards in one document: the exit status, and what was said about each board."""
    names = list(CORPUS)
    status, log = pdflatex(one_document(names))
    return status, by_board(names, log), log


def test_every_board_is_set_by_pdflatex(typeset):
    """No error, no command that is not known, no sign that the fonts lack."""
    status, said, log = typeset
    wrong = {name: re.findall(r"^!.*|^l\.\d+.*|Missing character.*", text, re.MULTILINE) for name, text in said.items()}
    assert {name: messages for name, messages in wrong.items() if messages} == {}
    assert "Undefined control sequence" not in log
    assert status == 0, log[-2000:]
    assert list(said) == list(CORPUS)


def test_nothing_is_cut_off_on_paper(typeset):
    """No line reaches over the edge of the page, to the right or below."""
    _, said, _ = typeset
    over = {
        name: [float(x) for x in re.findall(r"Overfull \\hbox \(([\d.]+)pt", text) if float(x) > PAPER]
        + re.findall(r"Overfull \\vbox.*", text)
        for name, text in said.items()
    }
    assert {name: messages for name, messages in over.items() if messages} == {}


def test_a_long_board_goes_over_several_pages(pdflatex):
    """Lines that do not fit on a page stand on the next one; none is lost below the edge."""
    long = Board([Line(write_name(f"y_{i}"), figure(float(i))) for i in range(1, 121)])
    status, log = pdflatex(long.document())
    assert status == 0
    assert "Overfull \\vbox" not in log
    assert int(re.search(r"\((\d+) pages?", log)[1]) > 1


# ---------------------------------------------------------------------------------------------------------------- MathML


def characters(text):
    """Letters and signs, without blanks, brackets and dots, each sign as it is typed."""
    text = re.sub(r"[\s\u00a0\u200b\u2061\u2062()⋅·]", "", text)
    return text.translate(dict(zip(map(ord, "−∖∼∣ˆ∧"), "-\\~|^^")))


@pytest.mark.parametrize("each", AS_TYPED)
def test_a_label_is_shown_as_it_was_typed(each, latex2mathml):
    """In MathML it is its own characters: no backslash before a sign, no name of a command."""
    shown = "".join(ElementTree.fromstring(mathml(latex(2 * Value(1.0, each)))).itertext())
    assert characters(shown) == characters(f"2{each}")


# -------------------------------------------------------------------------------------------------------------- a browser


@pytest.fixture(scope="module")
def saved(tmp_path_factory, latex2mathml):
    """The page of each board, and the boards of which there is none, with the reason."""
    folder = tmp_path_factory.mktemp("pages")
    pages, failed = {}, {}
    for i, name in enumerate(CORPUS):
        try:
            pages[name] = board_of(name).save(folder / f"{i}.html")
        except Exception as error:
            failed[name] = repr(error)
    return pages, failed


def test_every_board_is_saved_as_a_page(saved):
    """There is MathML for all of them."""
    assert saved[1] == {}


LOOK = """() => {
    const width = document.documentElement.clientWidth, all = [...document.querySelectorAll("math")];
    const bright = (colour) => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data[0];
    };
    const paper = Object.assign(document.createElement("div"), { style: "color: Canvas" });
    document.body.append(paper);
    const found = {
        maths: all.length,
        empty: all.filter((math) => !(math.getBoundingClientRect().width > 0)).length,
        errors: document.querySelectorAll("merror").length,
        wide: document.scrollingElement.scrollWidth - width,
        // what a box does not show, and cannot be scrolled to: above, left of, or below it
        hidden: all.filter((math) => {
            const box = math.closest("table.board");
            const inner = math.getBoundingClientRect(), outer = box.getBoundingClientRect();
            const reach = outer.left - box.scrollLeft + box.scrollWidth;
            const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
            return inner.left < outer.left - 1 || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1
                || inner.right > reach + 1 || (inner.right > outer.right + 1 && !scrolls);
        }).map((math) => math.textContent),
        cramped: [...document.querySelectorAll("table.board")]
            .filter((box) => box.scrollHeight > box.clientHeight + 1).length,
        below: [...document.querySelectorAll("td.reason:not(:empty)")].map((reason) =>
            reason.getBoundingClientRect().top >= reason.previousElementSibling.getBoundingClientRect().bottom - 1),
        ink: [...new Set(all.map((math) => bright(getComputedStyle(math).color)))],
        paper: bright(getComputedStyle(paper).color),
        commands: all.flatMap((math) => math.textContent.match(/\\\\[a-zA-Z]+|\\\\[%_&#{}$]/g) ?? []),
    };
    paper.remove();
    return found;
}"""


@pytest.fixture(scope="module", params=part([("light", 500), ("dark", 500), ("light", 1100)], 2), ids=str)
def looked(request, tabs, saved):
    """What is found on the page of each board, in one color scheme and width, and what the pages said and asked for."""
    scheme, width = request.param
    page = tabs.take({"width": width, "height": 700}, scheme)
    said, asked = page.said, page.asked
    found, (pages, _) = {}, saved
    for name, path in pages.items():
        page.goto(path.as_uri())
        found[name] = page.evaluate(LOOK)
    tabs.give_back(page)
    return request.param, found, said, [url for url in asked if url not in {path.as_uri() for path in pages.values()}]


def where(looked, what):
    """For each board where it is not empty or 0, what was found."""
    return {name: found[what] for name, found in looked[1].items() if found[what]}


def test_a_page_has_all_lines_of_its_board(looked):
    """There is a <math> element for each side and each reason, and none of them is empty or an error."""
    for name, found in looked[1].items():
        lines = [line for each in boards_of(board_of(name)) for line in each.lines]
        assert found["maths"] == sum(bool(piece.latex) for line in lines for piece in line[:3]) >= len(lines), name
    assert where(looked, "empty") == where(looked, "errors") == {}


def test_nothing_runs_out_of_reach(looked):
    """The page is never wider than the window; what is wider scrolls in its own box, and nothing is cut off in height."""
    assert {name: wide for name, wide in where(looked, "wide").items() if wide > 0} == {}
    assert where(looked, "hidden") == {}
    assert where(looked, "cramped") == {}


def test_a_reason_stands_beside_its_line_and_below_it_where_there_is_no_room(looked):
    """In a narrow window nobody has to scroll to find out why."""
    (_, width), found, *_ = looked
    assert any(page["below"] for page in found.values())
    assert {below for page in found.values() for below in page["below"]} == {width < 700}


def test_pages_are_silent(looked):
    """Nothing is on the console, and nothing is asked of the network."""
    *_, said, asked = looked
    assert (said, asked) == ([], [])


def test_pages_can_be_read_in_either_color_scheme(looked):
    """Dark ink on light paper, or the other way round, for reasons too."""
    (scheme, _), found, *_ = looked
    for name, page in found.items():
        assert (page["paper"] < 70) == (scheme == "dark"), name
        assert all(abs(ink - page["paper"]) > 120 for ink in page["ink"]), name


def test_no_command_is_left_in_a_page(looked):
    """No LaTeX shows through: neither a name of a command nor a backslash before a sign."""
    found = where(looked, "commands")
    found.pop("the label \\", None)  # its backslash is what its author typed
    assert found == {}


def test_a_matrix_with_names_at_its_edge_has_its_rules(tabs, saved):
    """The names are set apart from the entries by lines, as on paper."""
    page = tabs.take({"width": 1280, "height": 720})
    page.goto(saved[0]["five inputs"].as_uri())
    borders = page.evaluate("""() => {
        const cells = [...document.querySelector("mtable").querySelectorAll("mtd")].map((cell) => getComputedStyle(cell));
        return [cells[0].borderBottomStyle, cells[0].borderRightStyle];
    }""")
    tabs.give_back(page)
    assert borders == ["solid", "solid"]


# ---------------------------------------------------------------------------------------------------- KaTeX and MathJax

# Reads [[name, LaTeX], ...] and writes for each what KaTeX and MathJax make of it: an error, or MathML.
RENDER = r"""
const katex = require("katex"), given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const attempt = (make) => { try { return { mathml: make() }; } catch (error) { return { error: error.message }; } };
require("mathjax").init({ loader: { load: ["input/tex", "output/svg"] } }).then((MathJax) => {
    const found = given.map(([name, latex]) => [name, {
        katex: attempt(() => katex.renderToString(latex, { displayMode: true, throwOnError: true, strict: false,
            output: "mathml" })),
        mathjax: attempt(() => {
            const drawn = MathJax.startup.adaptor.outerHTML(MathJax.tex2svg(latex, { display: true }));
            const wrong = drawn.match(/data-mjx-error="([^"]*)"/);
            if (wrong) throw new Error(wrong[1]);
            return MathJax.tex2mml(latex, { display: true });
        }),
    }]);
    process.stdout.write(JSON.stringify(Object.fromEntries(found)));
});
"""


@pytest.fixture(scope="module")
def rendered():
    """rendered({name: LaTeX}) gives for each name what KaTeX and MathJax make of it."""
    packages = os.environ.get("CHALKGRAD_NODE_MODULES")
    if not packages:
        pytest.skip("CHALKGRAD_NODE_MODULES names no folder with katex and mathjax@3: npm install katex mathjax@3")
    if not shutil.which("node"):
        pytest.skip("no node runs KaTeX and MathJax here: apt-get install nodejs")

    def render(written):
        done = subprocess.run(
            ["node", "-e", RENDER],
            input=json.dumps(list(written.items())).encode(),
            env={**os.environ, "NODE_PATH": packages},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return json.loads(done.stdout)

    return render


def test_katex_and_mathjax_render_every_board(rendered):
    """Neither meets a command that it does not know, or anything else that is wrong."""
    found = rendered({name: board_of(name).latex for name in CORPUS})
    assert {name: each for name, each in found.items() if any("error" in made for made in each.values())} == {}


def test_katex_and_mathjax_show_labels_as_they_were_typed(rendered):
    """As in MathML: the characters of the label, and no command."""
    found = rendered({each: latex(2 * Value(1.0, each)) for each in AS_TYPED})
    shown = {}
    for each, by in found.items():
        for program, made in by.items():
            text = re.sub(r"(?s)<annotation.*?</annotation>|<[^>]*>", "", made.get("mathml", made.get("error", "")))
            if characters(html.unescape(text)) != characters(f"2{each}"):
                shown[each, program] = text
    assert shown == {}
