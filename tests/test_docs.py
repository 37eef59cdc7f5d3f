"""The documentation site: it builds without a warning, every public name has its page, and every link leads somewhere."""

import ast
import html.parser
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

import pytest
from annotated import annotated, parts
from contents import files, groups, public_names
from house import first_sentence, rst
from long_runs import only_thorough, part, thorough
from once import made_once

import autograd

ROOT = pathlib.Path(__file__).parent.parent
MADE = {ROOT / "docs" / name for name in ("index.md", "idea.md")}  # they lead to pages that the build makes
TEXTS = [
    path
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md")),
        *sorted({*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "howto").glob("*.md")} - MADE),
    )
    if path.exists()
] + sorted((ROOT / "notebooks").glob("*.ipynb"))
MODULES = sorted(path for folder in ("autograd", "nn") for path in (ROOT / folder).rglob("*.py"))


# ---------------------------------------------------------------------------------------------------------- docstrings


@pytest.mark.parametrize(
    ("docstring", "written"),
    [
        ("The sum of (o - t)**2.", [r"The sum of (o - t)\*\*2."]),
        ("|o - t|, x_ and `y * z`.", [r"\|o - t\|, x\_ and \ ``y * z``\ ."]),
        ("One.\n\n    z = x*y\n\n    w = |z|", ["One.", ".. code-block:: text", "   z = x*y", "   w = |z|"]),
        ("One.\n\n>>> 1 + 1\n2\n\n>>> 3\n3", ["One.", ".. code-block:: pycon", "   >>> 1 + 1", "   2", "   >>> 3", "   3"]),
        ("One.\n\ny: what\n    it is\nIn words.", ["One.", ":Arguments:", "   ``y``", "      what it is", "In words."]),
        ("One.\n\nx, y: two; z: one", ["One.", ":Arguments:", *"   ``x``, ``y``/      two/   ``z``/      one".split("/")]),
        ("One.\n\nx and what is raised: as in f", ["One.", ":Arguments:", "   ``x`` and what is raised", "      as in f"]),
        ("One. Raises TypeError for z.", ["One.", r":Raises: \ ``TypeError``\  for z."]),
        (
            "One. Raises KeyError. Source: A, B: C (1990).",
            ["One.", r":Raises: \ ``KeyError``\ .", ":Source: A, B: C (1990)."],
        ),
        ("One.\n\n- 1 is less.", ["One.", r"\- 1 is less."]),
        ("One.\n\nSource: A. B, C (1990).", ["One.", ":Source: A. B, C (1990)."]),
    ],
)
def test_each_part_of_a_docstring_becomes_what_it_is(docstring, written):
    """Arguments, what is raised, sources, examples, code; and signs that mean something in reStructuredText are escaped."""
    assert [line for line in rst(docstring).split("\n") if line] == written


def test_what_a_class_is_not_called_with_is_an_attribute():
    """The same lines tell arguments of a class and attributes of its objects."""
    docstring = "One.\n\nrows: what there is"
    assert ":Attributes:" in rst(docstring, arguments={"y"})
    assert ":Arguments:" in rst(docstring, arguments={"rows"})


def test_names_are_links_once_and_only_where_they_cannot_be_words():
    """In backticks, by their spelling, and behind "as in"; not "mean" in a sentence, nor in the title of a book."""
    names = {"mse", "mean", "nn.draw", "squared_error", "Derivatives"}
    written = rst(
        "The mean, as in mse. Like squared_error and `mean`; squared_error, see nn.draw.\n\nSource: The Derivatives.",
        lambda name: name if name in names else None,
    )
    assert re.findall("<(.*?)>", written) == ["mse", "squared_error", "mean", "nn.draw"]


def test_a_first_sentence_ends_at_its_full_stop():
    """What a table says of a name, over a line's end and not over a sentence's."""
    assert (
        first_sentence("The value of f\nat 0.5, and more. Raises no error.\n\nMore.") == "The value of f at 0.5, and more."
    )


def docstrings(path):
    """Every docstring of a file, by the line that it belongs to."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
            yield getattr(node, "lineno", 1), ast.get_docstring(node)


def words(text):
    """A text without what only joins its parts, in one line or in the other."""
    text = re.sub(r"\b(Arguments|Attributes|Raises|Sources?|and)\b|<BLANKLINE>", "", text)
    return re.sub(r"[\s`:;,]", "", text)


def test_a_docstring_says_the_same_in_restructuredtext():
    """No word and no sign of any docstring is lost or changed, and nothing in it is an error."""
    core = pytest.importorskip("docutils.core", reason="the docs extra is not installed")
    settings = {"report_level": 1, "halt_level": 1, "file_insertion_enabled": False, "syntax_highlight": "none"}
    differing = []
    for path in part(MODULES):
        for line, docstring in docstrings(path):
            text = rst(docstring)
            shown = core.publish_doctree(text, settings_overrides=settings).astext()
            if words(shown) != words(docstring):
                differing.append((path.relative_to(ROOT).as_posix(), line))
    assert differing == []


# ------------------------------------------------------------------------------------------------------------- groups


def test_every_public_name_stands_in_a_group():
    """A new public name is given a place in docs/_ext/contents.toml, and a name that is gone is taken out of it."""
    assert sorted(name for group in groups() for name in group.names) == sorted(public_names())


def test_the_table_that_tells_derivatives_apart_is_right():
    """Each of its examples gives what stands beside it."""
    x = autograd.Value(2.0, "x")
    names = {**vars(autograd), "x": x, "f": lambda x: x**3, "g": lambda x, y: [x * y, x + y]}
    rows = [row for group in groups() for row in group.choice]
    assert len(rows) > 5
    for code, _, _, gives in rows:
        y = x**3
        autograd.label(y=y)
        names["y"] = y
        *first, last = code.split("; ")
        for statement in first:
            exec(statement, names)
        assert str(eval(last, names)) == gives, code


def test_every_file_stands_in_the_tour_of_the_code():
    """The tour names every file of both packages once."""
    named = [module for _, modules in files() for module in modules]
    there = [path.relative_to(ROOT).as_posix().removesuffix(".py").replace("/", ".") for path in MODULES]
    assert sorted(named) == sorted(name for name in there if not name.endswith(("__init__", "__main__")))


@pytest.mark.parametrize("path", sorted((ROOT / "autograd").glob("*.py")), ids=lambda path: path.name)
def test_annotated_source_is_the_whole_file(path):
    """Prose and code together are all its words; the code of a part begins in the line of the file that it says."""
    text = path.read_text(encoding="utf-8")
    shown = list(parts(text))
    assert [text.splitlines()[part.start - 1] for part in shown if part.code] == [
        part.code.split("\n")[0] for part in shown if part.code
    ]
    together = "\n".join(f"{part.prose}\n{part.code}" for part in shown)
    assert sorted(words_of(together)) == sorted(words_of(text))


def words_of(text):
    """The words of a file, without quotes and signs of comments."""
    return re.findall(r"\w+", text)


@pytest.mark.parametrize(
    ("prose", "line", "is_wide"),
    [
        ("What it is.", "x = 1", False),
        ("What it is.", "x = " + " + ".join("1" * 40), True),
        ("What it is, in " + "so " * 60 + "many words.", "x = 1", False),
        ("What it is:\n\n    " + "an example, " * 5 + "\n\nAnd so on.", "x = 1", True),
        ("What it is.\n\n>>> " + "f(1)." * 20, "x = 1", True),
        ("What it is.\n\nx: " + "what it holds, " * 9, "x = 1", False),
    ],
)
def test_prose_stands_above_code_that_would_be_cut_off_beside_it(prose, line, is_wide):
    """Where lines of code or of examples are long; prose itself goes on in the next line."""
    rows = annotated(f'"""{prose}"""\n\n{line}\n', lambda name: None)
    assert [row.split()[3:] for row in rows.split("\n") if "annotated" in row] == [["wide"] if is_wide else []]


@thorough
def test_each_file_stands_once_in_the_navigation():
    """An annotated page stands below its file, whose lines it shows."""
    pytest.importorskip("pygments", reason="the docs extra is not installed")
    from listing import code

    below = {page.removesuffix(".rst"): re.findall(r"(?m)^   (?:.*<)?([\w.-]+)>?$", text) for page, text in code()}
    files_of_code = [module for _, modules in files() for module in modules]
    assert [entry for entry in below["code/index"] if entry in files_of_code] == files_of_code
    beside = [page.removeprefix("code/") for page in below if page.endswith("-annotated")]
    assert beside != []
    assert set(beside).isdisjoint(below["code/index"])
    for page in beside:
        assert page in below[f"code/{page.removesuffix('-annotated')}"]


# --------------------------------------------------------------------------------------------------------------- the site


class Page(html.parser.HTMLParser):
    """A page as its links, its anchors, and its text outside of code."""

    NOT_PROSE = ("pre", "code", "script", "style", "svg", "math", "title")
    VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors, self.loaded, self.prose, self.names = [], {""}, [], [], {}
        self.open, self.entry = [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.update(attributes[key] for key in ("id", "name") if attributes.get(key))
        self.links += [attributes[key] for key in ("href", "src") if attributes.get(key)]
        if tag in ("script", "img", "link", "iframe"):
            self.loaded += [attributes[key] for key in ("href", "src") if attributes.get(key)]
        if tag == "dt" and "sig" in (attributes.get("class") or "").split():
            self.entry = attributes.get("id") or self.entry  # a function that can be called in several ways has several
            self.names.setdefault(self.entry, "")
        if tag not in self.VOID:
            self.open.append((tag, "sig" in (attributes.get("class") or "").split()))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        signature = any(signature for _, signature in self.open)
        if self.entry and not signature:
            self.names[self.entry] += data
        if not signature and not any(tag in self.NOT_PROSE for tag, _ in self.open):
            self.prose.append(data)


def build(folder):
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", str(folder / "doctrees")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    done = subprocess.run(
        [*command, "docs", str(folder / "html")], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The pages of the site, by their path; it is built once, as conf.py says, and a warning is an error."""
    missing = [name for name in ("sphinx", "furo", "myst_nb", "sphinx_copybutton") if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"the site is built by {', '.join(missing)}: pip install '.[docs]'")
    only_thorough()
    folder = made_once(tmp_path_factory, "docs", build)
    return {
        path.relative_to(folder / "html").as_posix(): Page(path.read_text(encoding="utf-8"))
        if path.suffix == ".html"
        else None
        for path in sorted((folder / "html").rglob("*"))
        if path.is_file()
    }


def pages(site):
    return {path: page for path, page in site.items() if page is not None}


def test_every_public_name_has_a_page_that_describes_it(site):
    """A page of its own, with a signature and at least a few words."""
    described = {}
    for path, page in pages(site).items():
        if path.startswith("reference/"):
            described |= {name: text for name, text in page.names.items() if name}
    assert [name for name in public_names() if len(described.get(name, "").split()) < 3] == []


def test_a_class_shows_its_public_methods(site):
    """Every public method that has a docstring stands below its class."""
    shown = {name for path, page in pages(site).items() if path.startswith("reference/") for name in page.names}
    missing = []
    for name, thing in public_names().items():
        if isinstance(thing, type) and not issubclass(thing, BaseException):
            for member, method in vars(thing).items():
                told = not member.startswith("_") and getattr(method, "__doc__", None) and not isinstance(method, str)
                if told and callable(method) and f"{name}.{member}" not in shown and not hasattr(autograd, member):
                    missing.append(f"{name}.{member}")
    assert missing == []


def test_every_group_links_to_its_names(site):
    """The page of a group has a link to the page of each name in it."""
    for group in groups():
        targets = {link.partition("#")[2] for link in site[f"reference/{group.page}.html"].links}
        assert [name for name in group.names if name not in targets] == []


def test_every_link_and_anchor_of_the_site_resolves(site):
    """No link inside the site leads to a page, a file or a place in a page that is not there."""
    broken = set()
    for path, page in pages(site).items():
        for link in page.links:
            where = urllib.parse.urlsplit(link)
            if where.scheme or where.netloc:
                continue
            target = (
                os.path.normpath(os.path.join(os.path.dirname(path), urllib.parse.unquote(where.path)))
                if where.path
                else path
            )
            anchors = site[target].anchors if site.get(target) else {""}
            known = target in site and (site[target] is None or urllib.parse.unquote(where.fragment) in anchors)
            if not known:
                broken.add((path, link))
    assert broken == set()


def test_the_site_needs_no_network(site):
    """No script, style or picture comes from elsewhere."""
    elsewhere = {link for page in pages(site).values() for link in page.loaded if urllib.parse.urlsplit(link).netloc}
    assert elsewhere == set()


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("dropout", "howto/dropout"),
        ("save model", "howto/save-and-load"),
        ("nan", "howto/find-a-nan"),
        ("exam", "howto/set-an-exam"),
        ("onnx", "howto/take-a-net-elsewhere"),
    ],
)
def test_the_search_finds_what_people_look_for(site, tmp_path_factory, words, page):
    """The page that answers has all these words in its title, which the search lists before others."""
    index = (made_once(tmp_path_factory, "docs", build) / "html" / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(index.removeprefix("Search.setIndex(").rstrip(")"))
    place = found["docnames"].index(page)
    for word in words.split():
        pages = found["titleterms"][word]
        assert place in (pages if isinstance(pages, list) else [pages]), word


def test_no_markup_is_left_in_the_text(site):
    """Neither reStructuredText nor Markdown shows through."""
    markup = re.compile(r"``|(?<![\w)\]}*])\*\*\w|:param|:py:|:math:|:doc:|\]\([^)]|^\.\. ")
    left = {(path, text.strip()) for path, page in pages(site).items() for text in page.prose if markup.search(text)}
    assert left == set()


def test_the_command_line_page_has_every_command(site):
    """What the parser knows stands there."""
    from reference import parser

    helped = {line.split()[0] for line in parser().format_help().splitlines() if re.match(r"    \w", line)}
    anchors = site["reference/command-line.html"].anchors
    assert {command for command in helped if f"chalkgrad-{command}" not in anchors} == set()


def test_every_public_name_has_an_example(site):
    """A docstring of a public name has an example, which the tests of docstrings run."""
    from reference import description

    assert [name for name in public_names() if ">>>" not in description(name)] == []


# --------------------------------------------------------------------------------------------------------------- the texts


LINK = re.compile(r'(\]\(|\]: |(?:src|srcset|href)=")(?!\w+:|#|//)([^)\s"#]+)(#[^)\s"]*)?')
CODE = re.compile(r"(?ms)^```.*?^```|(?<=\n\n)(?: {4}[^\n]*(?:\n|\Z)|\n)+|`[^`\n]+`")


def links(text):
    """The relative links of a text in Markdown, HTML included: (path, what follows from the # on)."""
    return [(found[2], found[3] or "") for found in LINK.finditer(without_code(text))]


def without_code(text):
    """A text in Markdown without what stands in it as code, where brackets are no links."""
    return CODE.sub(lambda code: " " * len(code[0]), text)


def markdown_of(path):
    """The Markdown in a file, which may be a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")


def headings(text):
    """The anchors of the headings in a text, as GitHub makes them."""
    titles = re.findall(r"(?m)^#+ +(.*)$", re.sub(r"(?ms)^```.*?^```", "", text))
    return {"-".join(re.sub(r"[^\w\s-]", "", title.lower()).split(" ")) for title in titles}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_of_the_texts_lead_to_files_that_are_there(path):
    """A relative link names a file of the project, and a heading in it; any other has the form of one."""
    text = markdown_of(path)
    for target, fragment in links(text):
        there = path.parent / target
        assert there.exists(), f"{target} is not there"
        if fragment and there.suffix == ".md":
            assert fragment[1:] in headings(there.read_text(encoding="utf-8")), f"{target} has no heading {fragment}"
    plain = without_code(text)
    for fragment in re.findall(r"\]\(#([^)\s]+)\)", plain):
        assert fragment in headings(text), f"no heading #{fragment}"
    for link in re.findall(r"\]\((\w+:[^)\s]+)\)|(?:src|href)=\"(\w+:[^\"]+)\"", plain):
        address = urllib.parse.urlsplit("".join(link))
        assert address.scheme in ("https", "mailto"), link
        assert address.scheme == "mailto" or re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?", address.netloc), link


def test_links_are_seen_in_markdown_and_in_html_but_not_in_code():
    """What finds the links finds them."""
    text = 'a [b](c.md#d) and <img src="e.png">, `[f](g)`, [h](https://i.org) and [j](#k)\n\n    [l](m)\n'
    assert links(text) == [("c.md", "#d"), ("e.png", "")]
    assert LINK.search("[h](https://i.org)") is None
