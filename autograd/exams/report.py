"""The report on a class: marks, and what the class has misunderstood, as a table and as a picture."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.display.colours import css
from autograd.mark.answers import Problem
from autograd.mark.classes import Class
from autograd.mark.mistakes import KINDS
from autograd.mark.report import Marking

BAR, ROW, LEFT, RIGHT = 260, 26, 8, 90  # sizes of the picture in pixels
STYLE = f"""<style>.cg-bars{{{css("light")}}}@media(prefers-color-scheme:dark){{.cg-bars{{{css("dark")}}}}}
.cg-bars text{{font:14px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}}
.cg-bars rect{{fill:var(--wrong)}}</style>"""
MOST_BARS = 12
KINDLESS = "a mistake of which nothing else is known"


class ExamClass(Class):
    """The marked sheets of an exam.

    missing: people who handed in nothing; files: what people's files are called, but for the ending
    """

    def __init__(
        self,
        markings: Mapping[str, Marking],
        problems: Sequence[Problem] = (),
        title: str = "",
        missing: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(markings, problems, title)
        self.missing, self.files = list(missing), dict(files or {})

    @property
    def misunderstandings(self) -> list[tuple[str, list[str]]]:
        """Each kind of mistake in words, with the people who made it somewhere, the commonest first."""
        who: dict[str, dict[str, None]] = {}
        for person, marking in self:
            for row in marking:
                if row.verdict == "wrong":
                    kinds = {each.kind for each in row.diagnoses}
                    kind = kinds.pop() if len(kinds) == 1 else ""
                    who.setdefault(KINDS.get(kind, KINDLESS), {})[person] = None
        order = sorted(who.items(), key=lambda item: (item[0] == KINDLESS, -len(item[1])))
        return [(words, list(people)) for words, people in order]

    @property
    def text(self) -> str:
        """The table for a terminal, with what was misunderstood below."""
        blocks = [super().text]
        if found := self.misunderstandings[:MOST_BARS]:
            rows = [f"{len(people)} of {len(self)}: {words}" for words, people in found]
            blocks.append("What was misunderstood, and by how many\n" + "\n".join(rows))
        if self.missing:
            blocks.append(f"Nothing came from {', '.join(self.missing)}.")
        return "\n\n".join(blocks)

    @property
    def data(self) -> dict[str, Any]:
        """Everything, as dictionaries and lists."""
        kinds = [{"what": words, "count": len(who), "people": who} for words, who in self.misunderstandings]
        return super().data | {"misunderstandings": kinds, "missing": self.missing}

    @property
    def picture(self) -> str:
        """How many people made each kind of mistake, as bars, in SVG."""
        found, most = self.misunderstandings[:MOST_BARS], max(len(self), 1)
        longest = max((len(words) for words, _ in found), default=0)
        width, height = max(BAR + LEFT + RIGHT, LEFT * 2 + 8 * longest), ROW * 2 * max(len(found), 1) + 8
        rows = []
        for i, (words, people) in enumerate(found):
            y, length = 2 * ROW * i, BAR * len(people) / most
            rows.append(
                f'<text x="{LEFT}" y="{y + 18}">{html.escape(words)}</text>'
                f'<rect x="{LEFT}" y="{y + 25}" width="{length:.1f}" height="14" rx="2"/>'
                f'<text x="{LEFT + length + 8:.1f}" y="{y + 37}">{len(people)} of {len(self)}</text>'
            )
        body = "".join(rows) or f'<text x="{LEFT}" y="18">No mistake.</text>'
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        what = "How many people made each kind of mistake"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="cg-bars" {size} role="img" style="max-width:100%;height:auto">'
            f"<title>{what}</title>{STYLE}{body}</svg>\n"
        )

    def _more_html(self) -> str:
        parts = []
        if found := self.misunderstandings:
            cells = "".join(
                f"<tr><td>{len(people)} of {len(self)}</td><td>{html.escape(words)}</td>"
                f"<td>{html.escape(', '.join(people))}</td></tr>"
                for words, people in found
            )
            parts.append(f"<h3>What was misunderstood</h3>{self.picture}<table><tbody>{cells}</tbody></table>")
        if self.missing:
            parts.append(f"<p>Nothing came from {html.escape(', '.join(self.missing))}.</p>")
        return "".join(parts)
