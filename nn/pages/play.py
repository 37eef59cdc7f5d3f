"""`play`: backpropagation as one page that needs no Python: a story in six screens, and a bench for formulas that one types.

The page is written in ES modules, in the folder play/ and in stepper.js; here they are joined into one offline file, each
in a scope of its own. What they know of operations and formulas is written out by play_data.py when the page is built.
"""

from __future__ import annotations

import html
import os
import re
from importlib import resources
from pathlib import Path
from typing import Any

from autograd.display.colours import css
from autograd.display.files import save
from nn.pages import page

PALETTE = f":root{{{css('light')}}}@media (prefers-color-scheme:dark){{:root{{{css('dark')}}}}}"
TITLE = "Press play: backpropagation, alive"
_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE)


def play(formula: str = "") -> Play:
    """The page on which backpropagation is played with, from a first weight to a network, in Jupyter or as a file.

    formula: one or several formulas that stand on the bench when the page opens, as autograd.parse reads them

    The last line of a cell shows it; `.save("play.html")` writes one file that works offline anywhere. The page reads
    formulas as the library does, and knows every operation, one that you have added with Primitive(..., definition=...) too.

    Raises FormulaError for a formula that cannot be read.

    >>> import nn
    >>> nn.play("h = σ(a); a = w x + b")
    <Play: save it as .html, or show it in Jupyter>
    """
    if formula:
        from autograd.formula.systems import read_formulas  # `import nn` takes a third longer with it

        read_formulas(formula)
    return Play(formula)


class Play:
    """What play gives: it shows itself in Jupyter, and saves itself as a page."""

    def __init__(self, formula: str) -> None:
        self.formula = formula

    def html(self) -> str:
        """The whole page."""
        from nn.pages.play_data import grammar, table

        data = {"grammar": grammar(), "table": table(), "formula": self.formula}
        body = (
            f"<style>{PALETTE}{_source('play/play.css')}</style><main></main>"
            f'<script type="application/json" id="data">{page.for_script(data)}</script>'
            f"<script>{bundle('play/start.js')}\n"
            'const data = JSON.parse(document.getElementById("data").textContent);\n'
            'play_start.start(document.querySelector("main"), data);</script>'
        )
        return page.page(TITLE, body)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write one HTML file that works offline; return its path. Raises ValueError for a path that is not .html."""
        return save(path, "the page", {".html": self.html})

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self.html())}" sandbox="allow-scripts" title="{TITLE}"'
            ' style="width:100%;height:680px;border:0"></iframe>'
        )

    def __repr__(self) -> str:
        return "<Play: save it as .html, or show it in Jupyter>"


def _source(name: str) -> str:
    return page.script() if name == "stepper.js" else resources.files("nn.pages").joinpath(name).read_text(encoding="utf-8")


def bundle(entry: str) -> str:
    """A module and all that it imports, as one script: each in a scope of its own, known by its path."""
    written: dict[str, str] = {}
    _add(entry, written, ())
    return "\n".join(written.values())


def _add(name: str, written: dict[str, str], importers: tuple[str, ...]) -> None:
    if name in importers:
        raise ValueError(f"{name} and {importers[-1]} import each other")
    if name not in written:
        source = _source(name)
        for match in _IMPORT.finditer(source):
            _add(_resolve(name, match[2]), written, (*importers, name))
        written[name] = _scoped(name, source)


def _resolve(importer: str, path: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(importer), path)).replace(os.sep, "/")


def _scoped(name: str, source: str) -> str:
    """A module as a function that is called at once, and gives what the module exports."""

    def taken(match: re.Match[str]) -> str:
        names = re.sub(r"\bas\b", ":", " ".join(match[1].split()))
        return f"const {{ {names} }} = {_identifier(_resolve(name, match[2]))};"

    exports: list[Any] = _EXPORT.findall(source)
    body = page.without_exports(_IMPORT.sub(taken, source))
    return f"const {_identifier(name)} = (() => {{\n{body}\nreturn {{ {', '.join(exports)} }};\n}})();"


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name.removesuffix(".js"))
