"""The documentation site: the README, the course, a reference of every public name, the code itself.

    python -m pip install ".[docs]"
    python -m sphinx -W --keep-going -b html docs docs/_build/html

and open docs/_build/html/index.html. It needs no network, neither to be built nor to be read: mathematics is MathML, and
there is no script from elsewhere. Nothing is executed: notebooks show the outputs that are stored in them.

_ext/contents.toml which names and files there are, and their order
_ext/reference.py  a page for each public name, and the command line
_ext/listing.py    the code, file by file
_ext/annotated.py  the engine with its prose beside its code
_ext/pages.py      writes all these, README and the notebooks, before the build
_ext/navigation.py the list of all pages beside each
_ext/house.py      the house's docstrings as reStructuredText
_ext/formulas.py   LaTeX as MathML
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

from contents import public_names  # noqa: E402
from house import rst  # noqa: E402
from listing import source_of  # noqa: E402
from reference import link_from  # noqa: E402

import autograd  # noqa: E402
import nn  # noqa: E402

project = "chalkgrad"
author = "The chalkgrad founders"
project_copyright = f"2026, {author}"
version = release = autograd.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.linkcode", "sphinx_copybutton", "formulas", "navigation", "pages"]
exclude_patterns = ["_build", "lite"]
highlight_language = "text"  # what is not said to be Python is what Python prints
smartquotes = False  # reduction="mean"
trim_doctest_flags = True

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 140
toc_object_entries = True
toc_object_entries_show_parents = "hide"
linkcode_resolve = source_of

nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # it would come from another server
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
myst_enable_extensions = ["dollarmath", "amsmath", "attrs_inline", "deflist", "html_image"]
myst_heading_anchors = 3
myst_update_mathjax = False

html_theme = "furo"
pygments_dark_style = "a11y-high-contrast-dark"  # as the light one of furo
html_title = "chalkgrad"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f4fa8", "color-brand-content": "#1f4fa8"},
    "dark_css_variables": {
        "color-brand-primary": "#8ab4f8",
        "color-brand-content": "#8ab4f8",
        "color-foreground-muted": "#949aa2",
        "color-background-primary": "#14181f",
        "color-background-secondary": "#1a2029",
    },
}
copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True


def setup(app: Any) -> None:
    """Read every docstring by the rules of the house; put the page that is played with beside the others."""
    app.connect("autodoc-process-docstring", _house)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-bases", _bases)
    app.connect("build-finished", _play)


def _play(app: Any, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        nn.play().save(Path(app.outdir) / "play.html")


def _house(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    arguments = None
    if inspect.isclass(thing):
        try:
            arguments = set(inspect.signature(thing).parameters)
        except ValueError:
            arguments = set()
    lines[:] = rst("\n".join(lines), link_from(name), arguments).split("\n")


def _bases(app: Any, name: str, thing: type, options: Any, bases: list[Any]) -> None:
    """The nearest base class that has a page: SGD is an Optimizer, whatever stands between."""
    pages = [each for each in public_names().values() if inspect.isclass(each)]
    bases[:] = [next((each for each in base.__mro__ if each in pages), base) for base in bases]


def _skip(app: Any, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """Fields of a tuple are told in its docstring; "Alias for field number 0" says nothing more."""
    return True if (getattr(thing, "__doc__", None) or "").startswith("Alias for field number") else None
