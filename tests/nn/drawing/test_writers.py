"""A drawing in every format, laid out by Debian's dot and by graphviz-pure; what stands in it, never where."""

import base64
import html
import math
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import page_numbers
import pytest
from long_runs import part

import nn
from autograd import Value
from autograd.display.colours import mix
from autograd.graph import paths_between
from autograd.value import constant
from nn.cli.tour import two_layer_network
from nn.drawing.colours import THEMES, strength
from nn.drawing.picture import pretty, shorten

graphviz = pytest.importorskip("graphviz")
ENGINES = ("dot", "graphviz-pure")
find = shutil.which
BESIDE = str(Path(sys.executable).parent)
SVG = "{http://www.w3.org/2000/svg}"
GRAPHVIZ_OWN = {"svg", "g", "title", "text", "polygon", "polyline", "path", "ellipse", "defs", "linearGradient", "stop"}

# What a label may be, and how it is drawn.
LABELS = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "</text><a xlink:href='javascript:alert(1)'>": "</text><a xlink:href='javascript:alert(1)'>",
    '" onload="alert(1)': '" onload="alert(1)',
    "<B>bold</B>": "<B>bold</B>",
    "a & b": "a & b",
    "&amp;&lt;&#60;": "&amp;&lt;&#60;",
    'it\'s "quoted"': 'it\'s "quoted"',
    "|{left|right}|": "|{left|right}|",
    "[a](b){c}": "[a](b){c}",
    r"\N\G\l\r\E\T\H": r"\N\G\l\r\E\T\H",
    "ends in a backslash\\": "ends in a backslash\\",
    r"\input{/etc/passwd}": r"\input{/etc/passwd}",
    "% $ # _ ^ ~ ` '": "% $ # _ ^ ~ ` '",
    "two\nlines\tand\x00\x1b[0m": "two lines and [0m",
    r"$\theta_{12}$": "θ₁₂",
    r"\hat y": "ŷ",
    "w_11": "w₁₁",
    "w_1,10,3": "w₁,₁₀,₃",
    "x^2": "x²",
    "α β Ω ∂ ∇": "α β Ω ∂ ∇",
    "损失函数": "损失函数",
    "🎯 loss": "🎯 loss",
    "שלום עולם": "שלום עולם",
    "graph -> n1; n1 [shape=box]": "graph -> n1; n1 [shape=box]",
    "#quot;#60;": "#quot;#60;",
    "start" + "." * 300 + "end": "start" + "." * 300 + "end",
}
NOT_IN_PDFLATEX = ("损", "🎯", "ש")


@pytest.fixture(autouse=True)
def _binary_stays(monkeypatch):
    """The graphviz package forgets after each test which program we told it to run."""
    from graphviz.backend import dot_command

    monkeypatch.setattr(dot_command, "DOT_BINARY", dot_command.DOT_BINARY)


def hide(monkeypatch, *programs):
    monkeypatch.setattr(shutil, "which", lambda name, *a, **k: None if name in programs else find(name, *a, **k))


@pytest.fixture(params=ENGINES)
def engine(request, monkeypatch):
    """The program that lays out, the other one being hidden."""
    if not find(request.param) and not find(request.param, path=BESIDE):
        pytest.skip(f"{request.param} is not installed")
    hide(monkeypatch, *set(ENGINES) - {request.param})
    return request.param


@pytest.fixture
def any_engine():
    if not any(find(name) or find(name, path=BESIDE) for name in ENGINES):
        pytest.skip("no Graphviz is installed")


@pytest.fixture
def loss():
    _, loss = two_layer_network()
    loss.backward()
    return loss


def labelled(*labels):
    """A differentiated graph whose leaves have these labels, drawn with names on the arrows, too."""
    leaves = [Value(2.0 + i, label=label) for i, label in enumerate(labels)]
    y = leaves[0] * leaves[0]
    for leaf in leaves[1:]:
        y = y * leaf
    y.backward()
    return nn.draw(y, depth="operation", local="both")


def parsed(svg):
    return ET.fromstring(svg)


def texts(root):
    return [(each.text or "").replace("\xa0", " ").strip() for each in root.iter(f"{SVG}text")]


def written(root, text):
    """How often a text stands in a drawing; with a backslash in it, it may be in several pieces."""
    return "".join(texts(root)).count(text) if "\\" in text else texts(root).count(text)


def groups(root, kind):
    return [each for each in root.iter(f"{SVG}g") if each.get("class") == kind]


# ------------------------------------------------------------------------------------------------------------------- SVG


@pytest.mark.parametrize("depth", ["operation", "neuron", "layer"])
def test_boxes_arrows_and_parts_reach_the_svg(engine, loss, depth):
    """As many nodes, edges and clusters as the picture has, and every text of it."""
    drawing = nn.draw(loss, depth=depth, local="value")
    root = parsed(drawing.svg)
    parts = {part for each in drawing.picture.boxes if each.part for part in each.part.around()}
    assert len(groups(root, "node")) == len(drawing.picture.boxes)
    assert len(groups(root, "edge")) == len(drawing.picture.arrows)
    assert len(groups(root, "cluster")) == len(parts) == {"operation": 6, "neuron": 3, "layer": 1}[depth]
    wanted = [text for each in drawing.picture.boxes for text in (each.symbol, each.title, *each.lines)]
    wanted += [arrow.text for arrow in drawing.picture.arrows] + [part.name for part in parts]
    assert not Counter(filter(None, wanted)) - Counter(texts(root))


def test_clusters_nest_as_the_parts_do(engine, loss):
    """A cluster in the DOT opens in the one around it."""
    source = nn.draw(loss, depth="operation").dot.source
    depth, nesting = 0, []
    for line in source.splitlines():
        if "subgraph cluster_" in line:
            depth += 1
            nesting.append(depth)
        elif line.strip() == "}" and depth and "rank" not in line:
            depth -= 1
    assert nesting == [1, 2, 3, 3, 2, 3]


@pytest.mark.parametrize("label", part(LABELS, 7), ids=repr)
def test_a_label_in_svg_is_text_and_nothing_else(engine, label):
    """It is there as it is drawn, long ones in full in the title; no element or attribute comes out of it."""
    shown = LABELS[label]
    assert pretty(label) == shown
    root = parsed(labelled(label, "other").svg)
    assert written(root, shorten(shown))
    assert any(shown in (each.text or "") for each in root.iter(f"{SVG}title"))
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= GRAPHVIZ_OWN
    for each in root.iter():
        assert not [name for name in each.attrib if name.startswith("on") or "href" in name]


@pytest.mark.parametrize("label", part(LABELS, 7), ids=repr)
def test_a_label_on_an_arrow_or_a_constant(engine, label):
    """Local derivatives and constants show it just as well."""
    c = constant(3.0)
    c.label = label
    y = Value(2.0, label=label) * Value(5.0, label="b") + c
    root = parsed(nn.draw(y, local="formula").svg)
    assert written(root, shorten(LABELS[label])) >= 2
    assert written(root, shorten(f"{LABELS[label]} = 3"))


@pytest.mark.parametrize("key", ["<b>&", 'a"b', r"\N", "{x|y}", "损失"])
def test_the_name_of_a_part_is_text_and_nothing_else(engine, key):
    """A module is called as it is in a dict of somebody's."""

    class Holder(nn.Module):
        def __init__(self):
            self.nets = {key: nn.MLP(1, [1], seed=0)}

        def __call__(self, x):
            return self.nets[key](x)

    root = parsed(nn.draw(Holder()([1.0])).svg)
    assert written(root, f"nets.{key}")
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= GRAPHVIZ_OWN


@pytest.mark.parametrize("label", ["", "   ", "\n\t", "\x00"])
def test_a_label_that_shows_nothing(engine, label):
    """A box without a name: its value and its gradient remain."""
    drawing = labelled(label, "b")
    assert {"2", "grad 12"} <= set(texts(parsed(drawing.svg)))


def test_titles_in_svg_are_names(engine, loss):
    """A pointer over a box or an arrow, or a screen reader, gets names and numbers instead of keys."""
    titles = [each.text or "" for each in parsed(nn.draw(loss, depth="layer").svg).iter(f"{SVG}title")]
    assert "L 0.2748 grad 1" in titles
    assert any(title.startswith("layer 1 2 → 2 · σ") and "→ layer 2" in title for title in titles)
    assert not any(re.match(r"n\d+\b|cluster", title) for title in titles)


def test_the_legend_is_there_with_gradients_only(engine):
    """Before any backward() a note stands in its place."""
    _, loss = two_layer_network()
    before = texts(parsed(nn.draw(loss).svg))
    loss.backward()
    after = texts(parsed(nn.draw(loss).svg))
    assert "gradient" not in before
    assert "no gradients yet: call backward() first" in before
    assert {"gradient", "−1", "1"} <= set(after)
    assert "no gradients yet: call backward() first" not in after


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_gradients_that_are_no_numbers_are_drawn(engine, bad):
    """The picture is made, and the legend is that of the finite ones."""
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    y = a * b
    y.backward()
    a.grad = y.grad = bad
    found = texts(parsed(nn.draw(y).svg))
    assert f"grad {page_numbers.written(bad)}" in found
    assert "gradient" in found


def test_only_infinite_gradients(engine):
    """A scale without an end is left out."""
    a = Value(1.0, label="a")
    a.grad = math.inf
    assert "gradient" not in texts(parsed(nn.draw(a).svg))


def test_the_dark_theme(engine, loss):
    """Another paper, another ink, and the same text."""
    light, dark = (parsed(nn.draw(loss, theme=theme).svg) for theme in ("light", "dark"))
    papers = [root.find(f"{SVG}g/{SVG}polygon").get("fill") for root in (light, dark)]
    assert papers == [THEMES["light"]["paper"], THEMES["dark"]["paper"]]
    inks = [{each.get("fill") for each in root.iter(f"{SVG}text")} for root in (light, dark)]
    assert not inks[0] & inks[1]
    assert texts(light) == texts(dark)


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_legible_on_every_shade(theme):
    """Ink on paper, on parts and on the strongest boxes has the contrast that WCAG 2 asks of text, 4.5 to 1."""
    colours = THEMES[theme]

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(a, b):
        dark, light = sorted((luminance(a), luminance(b)))
        return (light + 0.05) / (dark + 0.05)

    shades = [mix(colours["box"], colours[sign], 0.42) for sign in ("negative", "positive")]
    for background in (colours["paper"], colours["box"], colours["part"], colours["inner"], *shades):
        assert contrast(colours["ink"], background) >= 4.5
    for background in (colours["paper"], colours["box"], colours["part"], colours["inner"]):
        assert contrast(colours["muted"], background) >= 4.5


@pytest.mark.parametrize("direction", ["right", "down"])
def test_the_direction_of_a_drawing(engine, loss, direction):
    """Wider than high to the right, higher than wide downwards; with the same nodes."""
    root = parsed(nn.draw(loss, depth="layer", direction=direction).svg)
    _, _, width, height = map(float, root.get("viewBox").split())
    assert (width > height) == (direction == "right")
    assert len(groups(root, "node")) == 10


def test_highlights_in_the_svg(engine):
    """What is on the path has a stronger outline than what is not."""
    model, loss = two_layer_network()
    loss.backward()
    path = paths_between(loss, model.layers[0].neurons[0].w[0])
    root = parsed(nn.draw(loss, depth="operation", highlight=path).svg)
    outlines = [each.find(f"{SVG}path") for each in groups(root, "node")]
    strong = [each for each in outlines if each is not None and float(each.get("stroke-width", "1")) > 2]
    assert len(strong) == len(path)


def test_the_columns_of_a_net(engine):
    """A circle for each neuron, a line for each weight, and a scale of weights."""
    model = nn.MLP(3, [4, 2], activation="tanh", seed=0)
    root = parsed(nn.draw(model, [0.5, -1.0, 2.0]).svg)
    assert len([each for each in groups(root, "node") if each.find(f"{SVG}ellipse") is not None]) == 9
    assert len(groups(root, "edge")) == 3 * 4 + 4 * 2
    assert {"inputs", "layer 1 · tanh", "layer 2 · linear", "weights", "−1", "h₂₂"} <= set(texts(root))


# ------------------------------------------------------------------------------------------------------------------ colours


def test_strength_has_the_sign_and_grows_with_the_size():
    """From -1 to 1, 0 for 0 and for what is no number."""
    assert [strength(g, 4.0) for g in (4.0, 1.0, 0.0, -1.0, -4.0)] == [1.0, 0.5, 0.0, -0.5, -1.0]
    assert [strength(g, 4.0) for g in (None, math.nan, math.inf, -math.inf)] == [0.0, 0.0, 1.0, -1.0]
    assert strength(1.0, 0.0) == 0.0


def test_mixing_colours():
    """Share 0 is the one, share 1 the other."""
    assert [mix("#000000", "#ff8000", share) for share in (0.0, 0.5, 1.0)] == ["#000000", "#804000", "#ff8000"]


def test_negative_is_violet_and_positive_is_gold():
    """Leaves are tinted by the sign of their gradient, the stronger the larger it is."""
    a, b, c = (Value(x, label=name) for x, name in ((1.0, "a"), (1.0, "b"), (0.1, "c")))
    y = a - b + 0.01 * c
    y.backward()
    fills = dict(re.findall(r"<B>(\w)</B>.*?fillcolor=\"(#\w+)\"", nn.draw(y).dot.source))

    def warmth(colour):
        return int(colour[1:3], 16) - int(colour[5:7], 16)

    assert warmth(fills["a"]) > warmth(fills["c"]) > 0 > warmth(fills["b"])


# ---------------------------------------------------------------------------------------------------------------------- DOT


def test_dot_is_a_digraph_that_people_can_change(engine, loss):
    """.svg and save() draw what was added to .dot, and the caller's own pipe() works as well."""
    drawing = nn.draw(loss, depth="layer")
    assert isinstance(drawing.dot, graphviz.Digraph)
    nodes_before = len(groups(parsed(drawing.svg), "node"))
    drawing.dot.node("mine", "my remark")
    drawing.dot.edge("mine", "n0")
    root = parsed(drawing.svg)
    assert "my remark" in texts(root)
    assert len(groups(root, "node")) == nodes_before + 1
    assert b"my remark" in drawing.dot.pipe(format="svg")
    assert Path(graphviz.backend.dot_command.DOT_BINARY).name == engine


@pytest.mark.parametrize("label", LABELS, ids=range(len(LABELS)))
def test_the_label_is_whole_in_the_dot_file(label, tmp_path):
    """Read back by either engine it is the same picture; here its text is compared."""
    drawing = labelled(label, "b")
    source = drawing.save(tmp_path / "drawing.dot").read_text(encoding="utf-8")
    assert source == drawing.dot.source
    assert shorten(LABELS[label]) in html.unescape(re.sub("<[^>]*>", "", source))


# ------------------------------------------------------------------------------------------------------------------ Mermaid


def test_mermaid_has_every_box_arrow_and_part(loss):
    """A line each, and parts as subgraphs that open and close."""
    drawing = nn.draw(loss, depth="neuron", direction="down")
    lines = drawing.mermaid.splitlines()
    assert lines[0] == "flowchart TB"
    assert len([line for line in lines if re.match(r' *n\d+[(\[]"', line)]) == len(drawing.picture.boxes)
    assert len([line for line in lines if " -->" in line]) == len(drawing.picture.arrows)
    assert sum("subgraph" in line for line in lines) == sum(line.strip() == "end" for line in lines) == 3


@pytest.mark.parametrize("label", LABELS, ids=range(len(LABELS)))
def test_mermaid_has_no_special_character_of_a_label(label):
    """Each is written by its number, so that the text read back is the label's."""
    quoted = re.findall(r'[(\[|]"(.*?)"[)\]|]', labelled(label, "b").mermaid)
    pieces = [piece for text in quoted for piece in text.split("<br/>")]
    assert not [piece for piece in pieces if re.search(r"[<>\"'&|{}\[\]()`\\$%;]", re.sub(r"#\d+;", "", piece))]
    assert LABELS[label] in [re.sub(r"#(\d+);", lambda m: chr(int(m[1])), piece) for piece in pieces]


# --------------------------------------------------------------------------------------------------------------------- TikZ


def compiled(program, drawing, folder):
    """Run LaTeX on the drawing; return what it says. Where the class for single pictures is missing, on an article."""
    if not find(program) or not find("kpsewhich"):
        pytest.skip(f"{program} is not installed")

    def has(file):
        return subprocess.run(["kpsewhich", file], capture_output=True, check=False).stdout

    if not has("tikz.sty"):
        pytest.skip("LaTeX has no tikz.sty: apt-get install texlive-pictures")
    path = drawing.save(folder / "drawing.tex")
    if not has("standalone.cls"):
        article = r"\documentclass{article}\usepackage{tikz}"
        text = path.read_text(encoding="utf-8").replace(r"\documentclass[tikz]{standalone}", article)
        assert article in text
        path.write_text(text, encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", path.name]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0, said[-2000:]
    assert path.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
    return said


@pytest.mark.parametrize("program", ["pdflatex", "lualatex"])
def test_every_label_compiles_in_latex(any_engine, program, tmp_path):
    """All in one picture; pdflatex has no Chinese, no Hebrew, no emoji."""
    labels = [label for label in LABELS if program == "lualatex" or not label.startswith(NOT_IN_PDFLATEX)]
    said = compiled(program, labelled(*labels), tmp_path)
    assert "passwd" not in re.sub(r"textbf.*", "", said)


@pytest.mark.parametrize("depth", ["operation", "neuron", "layer", "columns"])
def test_a_net_compiles_in_latex(engine, depth, tmp_path):
    """At every depth, with clusters, arrows and a legend, from either layout."""
    model, loss = two_layer_network()
    loss.backward()
    drawing = nn.draw(model, [0.05, 0.1]) if depth == "columns" else nn.draw(loss, depth=depth, theme="dark", local="both")
    compiled("pdflatex", drawing, tmp_path)


def test_tikz_has_every_box_arrow_and_part(engine, loss):
    """A node for each box, a line for each arrow, a frame for each part, swatches for the scale."""
    drawing = nn.draw(loss, depth="neuron")
    lines = drawing.tikz.splitlines()
    assert sum("-{Latex" in line for line in lines) == len(drawing.picture.arrows)
    assert sum("align=center" in line for line in lines) == len(drawing.picture.boxes)
    assert sum("rounded corners=5pt" in line for line in lines) == 3
    assert sum("low.east) rectangle" in line for line in lines) == 7
    assert r"\textbf{h$_{11}$}" in drawing.tikz


# --------------------------------------------------------------------------------------------------------------------- text


def test_the_outline_tells_the_whole_graph():
    """From the result down to its inputs, each node once, without any Graphviz."""
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    c = a * b
    y = c + c
    y.label = "y"
    y.backward()
    drawing = nn.draw(y)
    assert str(drawing) == drawing.text
    assert drawing.text.splitlines() == [
        "+ y: 12, grad 1",
        "├─ × a·b: 6, grad 2",
        "│  ├─ a: 2, grad 6",
        "│  └─ b: 3, grad 4",
        "└─ × a·b (shown above)",
    ]
    assert repr(drawing) == "<Drawing of 4 boxes and 4 arrows>"


def test_the_outline_of_a_deep_chain():
    """Hundreds of nodes in a row are told without recursion, and the note comes last."""
    y = Value(1.0, label="x")
    for _ in range(1_200):
        y = y.sin()
    lines = nn.draw(y, depth="operation").text.splitlines()
    assert len(lines) == 1_202
    assert lines[-1] == "no gradients yet: call backward() first"


@pytest.mark.parametrize("label", LABELS, ids=range(len(LABELS)))
def test_the_outline_has_the_label_on_one_line(label):
    """Control characters of a label cannot reach a terminal."""
    lines = labelled(label, "b").text.splitlines()
    assert any(LABELS[label] in line for line in lines)
    assert all(character.isprintable() for line in lines for character in line)


# ------------------------------------------------------------------------------------------------------------------ Jupyter


def test_jupyter_gets_one_image(engine, loss):
    """An <img> with the SVG in it and an alternative text, which an untrusted notebook shows, too."""
    shown = nn.draw(loss)._repr_html_()
    match = re.fullmatch(r'<img style="[^"<>]*" alt="([^"<>]*)" src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)">', shown)
    assert match
    assert "L: 0.2748, grad 1" in html.unescape(match[1])
    assert parsed(base64.b64decode(match[2])).tag == f"{SVG}svg"


@pytest.mark.parametrize("label", LABELS, ids=range(len(LABELS)))
def test_a_label_in_the_alternative_text(any_engine, label):
    """It cannot leave its attribute."""
    shown = labelled(label, "b")._repr_html_()
    assert shown.count("<") == shown.count(">") == 1
    assert shown.count('"') == 6


# ------------------------------------------------------------------------------------------------------------------- saving

BEGINNINGS = {
    ".svg": b"<svg", ".png": b"\x89PNG", ".dot": b"digraph", ".gv": b"digraph", ".mmd": b"flowchart",
    ".tex": b"\\documentclass", ".txt": b"\xc3\x97 L: 0.2748",
}  # fmt: skip


@pytest.mark.parametrize("suffix", BEGINNINGS)
@pytest.mark.parametrize(("change", "kind"), [(str.lower, str), (str.upper, Path)])
def test_a_drawing_is_saved_by_its_suffix(engine, loss, tmp_path, suffix, change, kind):
    """As text or bytes of that format, whatever the case of the suffix and whether the path is a str or a Path."""
    path = kind(tmp_path / f"picture{change(suffix)}")
    assert nn.draw(loss).save(path) == Path(path)
    assert Path(path).read_bytes().startswith(BEGINNINGS[suffix])


def test_pdf_comes_from_dot_alone(engine, loss, tmp_path):
    """graphviz-pure writes none: the error says which program does, and no file is left."""
    path = tmp_path / "picture.pdf"
    if engine == "dot":
        assert nn.draw(loss).save(path).read_bytes().startswith(b"%PDF")
        return
    with pytest.raises(RuntimeError, match=r"could not make pdf .* Graphviz's own dot \(https://graphviz.org/download\)"):
        nn.draw(loss).save(path)
    assert not path.exists()


def test_more_dots_per_inch_make_a_larger_png(engine, loss):
    """Twice the dots, twice the width."""
    widths = [int.from_bytes(nn.draw(loss).png(dpi=dpi)[16:20], "big") for dpi in (72, 144)]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.02)


# -------------------------------------------------------------------------------------------------------- nothing installed


@pytest.fixture
def nothing(monkeypatch):
    """A machine with the package graphviz and no program that lays out."""
    hide(monkeypatch, *ENGINES)


def test_without_an_engine_the_dot_text_and_what_to_install(nothing, loss):
    """The cell shows a sentence and the DOT text, escaped."""
    drawing = nn.draw(loss)
    shown = drawing._repr_html_()
    assert "no Graphviz was found" in shown
    assert "pip install &quot;chalkgrad[draw]&quot;" in shown
    assert html.escape(drawing.dot.source) in shown
    assert "<img" not in shown


@pytest.mark.parametrize("form", ["svg", "tikz"])
def test_without_an_engine_pictures_are_an_error(nothing, loss, form):
    """It says what to install."""
    with pytest.raises(RuntimeError, match=r'no Graphviz was found .*pip install "chalkgrad\[draw\]"'):
        getattr(nn.draw(loss), form)


@pytest.mark.parametrize("suffix", [".dot", ".gv", ".mmd", ".txt"])
def test_without_an_engine_text_formats_are_saved(nothing, loss, tmp_path, suffix):
    """They need no layout."""
    assert nn.draw(loss).save(tmp_path / f"picture{suffix}").read_bytes().startswith(BEGINNINGS[suffix])


@pytest.fixture
def no_package(monkeypatch):
    """A machine without the package graphviz."""
    monkeypatch.setitem(sys.modules, "graphviz", None)


@pytest.mark.parametrize("form", ["dot", "svg", "tikz"])
def test_without_the_package_an_error_names_the_extra(no_package, loss, form):
    """An ImportError, as for a missing package."""
    with pytest.raises(ImportError, match=r'through the package graphviz: .*pip install "chalkgrad\[draw\]"'):
        getattr(nn.draw(loss), form)


def test_without_the_package_the_outline_remains(no_package, loss):
    """The cell shows it with the sentence; Mermaid and text need nothing."""
    drawing = nn.draw(loss)
    shown = drawing._repr_html_()
    assert "pip install &quot;chalkgrad[draw]&quot;" in shown
    assert html.escape(drawing.text) in shown
    assert drawing.mermaid.startswith("flowchart")


BROKEN = ["this is } no DOT {", "}", "} }", "} more", "} // a comment\n", "{", "n1 -> -> n2", "n1 [label=",
          "/* no end", "subgraph {\n", "n1 -- n2", "} edge {", "n1 $ n2", "# no\n} graph", "n1 [label=<<B>"]  # fmt: skip


@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize("end", ["", "\n"], ids=["in a line with what follows", "in a line of its own"])
@pytest.mark.parametrize("broken", part(BROKEN, 5))
def test_an_engine_that_fails_says_why(engine, loss, broken, end, place):
    """However the DOT text was broken, what the program complains of is in the error, in one line."""
    drawing = nn.draw(loss)
    drawing.dot.body.insert(0 if place == "first" else len(drawing.dot.body), broken + end)
    with pytest.raises(RuntimeError, match=rf"^{engine} could not make svg of this drawing \(.*rror.*\)$"):
        _ = drawing.svg


@pytest.mark.parametrize("text", ['"no end', 'n1 [label="no end', "n1 [label=<<B>x</I>>]", "n1 [label=<&nosuch;>]"])
def test_texts_that_are_broken_are_said(engine, loss, text):
    """One that has no end, one whose tags do not match, one with an entity that HTML lacks."""
    drawing = nn.draw(loss)
    drawing.dot.body.append(text)
    with pytest.raises(RuntimeError, match=rf"^{engine} could not make svg of this drawing \(.*rror.*\)$"):
        _ = drawing.svg


@pytest.mark.parametrize("more", ["// } no end", "# }\n", 'n1 [label="} {"]', "n1 [label=<} {>]", "/* } */", "{ n1; n2 }"])
def test_braces_that_end_nothing_break_nothing(engine, loss, more):
    """In a comment, in a text, around some nodes."""
    drawing = nn.draw(loss)
    drawing.dot.body.append(more)
    assert len(groups(parsed(drawing.svg), "node")) == len(drawing.picture.boxes)


def test_labels_that_look_like_data_reach_no_program(engine):
    """A label is never an argument or a file name: the program is given DOT on its input alone."""
    drawing = labelled("-o/x", "; rm -rf /", "$(id)")
    assert {"-o/x", "; rm -rf /", "$(id)"} <= set(texts(parsed(drawing.svg)))


@pytest.mark.parametrize("label", ["]", "]]", "]]>", "a]", "\\]", "["])
def test_brackets_are_drawn(engine, label):
    """Also where a label begins with one, at which Graphviz stumbles."""
    assert label.replace(">", "&gt;") in nn.draw(Value(0.5, label) * 2).svg
