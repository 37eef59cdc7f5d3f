"""The list of all pages beside each of them, made once.

Sphinx and the theme would make its three hundred entries anew for each of three hundred pages, most of the time of a build.
Here they are made for the first page, as if it were none of them; for each page the links are turned to where it stands, and
the entries on the way down to it are marked as current, and open.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

LINK = re.compile(r'<a class="(?:current )?reference internal" href="([^"]*)">')
ENTRY = re.compile(
    r'<li class="toctree-l(?P<level>\d+)(?P<kind>[^"]*)">'
    r'<a class="reference internal" href="(?P<page>[^"]*)">(?P<title>.*?)</a>'
    r'(?:(?P<switch><input aria-label="[^"]*" )(?P<icon>class="toctree-checkbox".*?</label>)<ul>)?'
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Come before the theme, which asks for the list, and after it."""
    navigation = Navigation()
    app.connect("html-page-context", navigation.lend, priority=400)
    app.connect("html-page-context", navigation.mark, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Navigation:
    """The list of pages, from the first time that it is asked for."""

    def __init__(self) -> None:
        self.pages = ""

    def lend(self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
        """Let the theme have the same list for each page: with links from the top of the site, and nothing marked."""
        if "toctree" in context:
            write: Callable[..., str] = context["toctree"]
            context["toctree"] = lambda **how: self._list_from(write, app.builder.get_target_uri(page), how)

    def _list_from(self, write: Callable[..., str], page: str, how: dict[str, Any]) -> str:
        def from_the_top(link: re.Match[str]) -> str:
            there = page if link[1] == "#" else posixpath.normpath(posixpath.join(posixpath.dirname(page), link[1]))
            return f'<a class="reference internal" href="{there}">'

        if not self.pages:
            unmarked = re.sub(r'<ul class="current">', "<ul>", re.sub(r'(<li class="[^"]*?) current', r"\1", write(**how)))
            self.pages = LINK.sub(from_the_top, unmarked)
        return self.pages

    def mark(self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
        """Turn what the theme has made of the list to a page."""
        if context.get("furo_navigation_tree"):
            context["furo_navigation_tree"] = turned(context["furo_navigation_tree"], app.builder.get_target_uri(page))


def turned(pages: str, page: str) -> str:
    """The list of pages as one of them has it."""
    way: list[int] = []  # where the entries begin that are current, the last one first
    level = 0
    for entry in reversed(list(ENTRY.finditer(pages))):
        if entry["page"] == page or int(entry["level"]) < level:  # itself, or what the one before stands under
            way.append(entry.start())
            level = int(entry["level"])

    def turn(entry: re.Match[str]) -> str:
        itself, current = entry["page"] == page, entry.start() in way
        kind = (" current" if current else "") + entry["kind"]
        kind += " current-page" if itself and entry.start() == way[0] else ""
        link = (
            'current reference internal" href="#'
            if itself
            else f'reference internal" href="{relative_uri(page, entry["page"])}'
        )
        text = f'<li class="toctree-l{entry["level"]}{kind}"><a class="{link}">{entry["title"]}</a>'
        if entry["switch"]:
            text += entry["switch"] + ('checked="" ' if current else "") + entry["icon"]
            text += '<ul class="current">' if current and not itself else "<ul>"
        return text

    whole = ENTRY.sub(turn, pages)
    return whole.replace("<ul>", '<ul class="current">', 1) if way else whole
