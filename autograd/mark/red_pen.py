"""The marked page: the sheet as it was handed in, and the red pen on it."""

from __future__ import annotations

import html
from collections.abc import Sequence

from autograd.display.colours import themed
from autograd.mark.verdicts import signs, words
from autograd.writing.names import text_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.mark.report import Marking, Row


SIGNS = signs("right", "rounded", "carried", "wrong", "blank", "unread")
WORDS = words(*SIGNS)
MOST_LANES = 8
STYLE = (
    themed(".cg-sheet")
    + """
.cg-sheet{color:var(--ink);background:var(--box);border:1px solid var(--edge);border-radius:6px;padding:14px 18px 12px;
max-width:72em;box-sizing:border-box;overflow-x:auto;font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.cg-sheet h3{margin:0 0 8px;font-size:1.1em}
.cg-sheet p{margin:10px 0 0;font-weight:600}
.cg-sheet table{border-collapse:collapse;width:100%;margin:0;border:0;font:inherit;color:inherit;table-layout:auto!important}
.cg-sheet tr{background:none!important;border:0}
.cg-sheet th,.cg-sheet td{text-align:left!important;vertical-align:top!important}
.cg-sheet th{font-weight:600;color:var(--muted);font-size:.82em;border:0;border-bottom:1px solid var(--edge);
padding:2px 10px 4px 0;background:none;white-space:nowrap}
.cg-sheet td{border:0;border-bottom:1px solid var(--edge);padding:5px 12px 5px 0;background:none;font-size:1em}
.cg-sheet td.n,.cg-sheet th.n{padding-left:7px}
.cg-sheet td.n{font:italic 1.08em "STIX Two Math",Cambria,"Times New Roman",serif;white-space:nowrap}
.cg-sheet td.c,.cg-sheet td.t{font-variant-numeric:tabular-nums;white-space:nowrap}
.cg-sheet td.c.long{white-space:normal;min-width:13em;overflow-wrap:anywhere}
.cg-sheet td.t{color:var(--muted)}
.cg-sheet td.v{white-space:nowrap;font-weight:600}
.cg-sheet td.v b{display:inline-block;width:1.25em;text-align:left;font-size:1.15em;line-height:1}
.cg-sheet td.v span{font-weight:400}
.cg-sheet td.v span.many{display:block;padding-left:1.5em;white-space:normal}
.cg-sheet td.r{min-width:13em}
.cg-sheet th.m,.cg-sheet td.m{text-align:right!important}
.cg-sheet th.m{padding-right:0}
.cg-sheet td.m{white-space:nowrap;font-variant-numeric:tabular-nums;color:var(--muted);padding-right:0}
.cg-sheet .right td.v,.cg-sheet .rounded td.v{color:var(--right)}
.cg-sheet .right td.r,.cg-sheet .rounded td.r,.cg-sheet .blank td{color:var(--muted)}
.cg-sheet .wrong td.v,.cg-sheet .wrong td.r,.cg-sheet .unread td.v,.cg-sheet .unread td.r{color:var(--wrong)}
.cg-sheet .carried td.v,.cg-sheet .carried td.r{color:var(--carried)}
.cg-sheet .wrong td.c span{border:2px solid var(--wrong);border-radius:50%/60%;padding:0 6px;margin:-2px -8px;
display:inline-block}
.cg-sheet .wrong td.c.long span{border-radius:8px}
.cg-sheet td.l{position:relative;width:13px;min-width:13px;padding:0;border-bottom:0}
.cg-sheet td.l i{position:absolute;left:6px;border-left:2px solid var(--carried);top:0;bottom:0}
.cg-sheet td.l i.from{top:1em}
.cg-sheet td.l i.to{bottom:auto;height:1em}
.cg-sheet td.l u{position:absolute;left:6px;right:0;top:1em;border-top:2px solid var(--carried)}
.cg-sheet td.l u.over{left:0}
.cg-sheet td.l u.end::after{content:"";position:absolute;right:-1px;top:-6px;border:5px solid transparent;border-right:0;
border-left:7px solid var(--carried)}
@media screen and (max-width:700px){
.cg-sheet thead{display:none}
.cg-sheet tr{display:grid;grid-template-columns:var(--lanes,) auto minmax(0,1fr) auto;border-bottom:1px solid var(--edge)}
.cg-sheet td{border:0;padding:0 0 5px 7px;grid-column:-4/-1}
.cg-sheet td.n{grid-area:1/-4;padding-top:5px}
.cg-sheet td.v{grid-area:1/-3/auto/-1;padding-top:5px;text-align:right!important;white-space:normal}
.cg-sheet td.m{grid-area:1/-2;padding-top:5px}
.cg-sheet tr:has(.m) td.v{grid-column-end:-2}
.cg-sheet td.c,.cg-sheet td.c.long{grid-row:2;min-width:0;white-space:normal;overflow-wrap:anywhere}
.cg-sheet td.t{grid-row:3}
.cg-sheet td.t::before{content:"right: "}
.cg-sheet td.r{grid-row:4}
.cg-sheet td.l{grid-row:1/5;grid-column:auto}
.cg-sheet td.l i{bottom:-1px}
.cg-sheet td.c:has(span:empty),.cg-sheet td.t:empty,.cg-sheet td.r:empty,.cg-sheet .right td.t{display:none}
}
@media print{.cg-sheet{border:0;padding:0;max-width:none}.cg-sheet tr{break-inside:avoid}}
"""
)


def write_page(marking: Marking) -> str:
    """The rows as a table in HTML; in the margin a line leads from each mistake to all that follows from it."""
    rows = marking.rows
    lanes = _lanes(rows)
    with_marks = any(row.worth != 1.0 or row.marks not in (0.0, 1.0) for row in rows)
    heads = ['<th class="n">line</th>', "<th>written</th>", "<th>mark</th>", "<th>right</th>", "<th>remark</th>"]
    if wide := max(map(len, lanes), default=0):
        heads.insert(0, f'<th colspan="{wide}"></th>')
    if with_marks:
        heads.append('<th class="m">marks</th>')
    body = "".join(_write_row(row, margin, with_marks) for row, margin in zip(rows, lanes))
    title = f"<h3>{html.escape(marking.title)}</h3>" if marking.title else ""
    margin_width = f' style="--lanes:repeat({wide},13px)"' if wide else ""
    return (
        f'<style>{STYLE}</style><div class="cg-sheet">{title}<table{margin_width}><thead><tr>{"".join(heads)}</tr></thead>'
        f"<tbody>{body}</tbody></table><p>{html.escape(marking.summary)}</p></div>"
    )


def _write_row(row: Row, margin: Sequence[str], with_marks: bool) -> str:
    """A row of the table, behind its cells of the margin."""
    written = html.escape(" ".join(row.claim.split()) if "\n" not in row.claim else row.claim).replace("\n", "<br>")
    size = "c long" if len(row.claim) > 24 else "c"
    verdict = f'<b aria-hidden="true">{SIGNS[row.verdict]}</b>{WORDS[row.verdict]}'
    if sources := ", ".join(map(text_name, row.sources)):
        many = " class=many" if len(sources) > 12 else ""
        verdict += f" <span{many}>from {html.escape(sources)}</span>"
    cells = [
        *margin,
        f'<td class="n">{html.escape(text_name(row.name))}</td><td class="{size}"><span>{written}</span></td>',
        f'<td class="v">{verdict}</td><td class="t">{html.escape(row.right)}</td>',
        f'<td class="r">{html.escape(row.remark)}</td>',
    ]
    if with_marks:
        cells.append(f'<td class="m">{write_mark(row.marks)} / {write_mark(row.worth)}</td>')
    return f'<tr class="{row.verdict}">{"".join(cells)}</tr>'


def _lanes(rows: Sequence[Row]) -> list[list[str]]:
    """The cells of the margin: a lane for each mistake, from its row down to the last that rests on it."""
    place = {row.name: i for i, row in enumerate(rows)}
    ends: dict[int, list[int]] = {}
    for i, row in enumerate(rows):
        for source in row.sources:
            if source in place and place[source] < i:
                ends.setdefault(place[source], []).append(i)
    lanes: list[tuple[int, list[int]]] = sorted(ends.items())[:MOST_LANES]
    columns: list[list[tuple[int, list[int]]]] = []
    for start, ends_here in sorted(lanes, key=lambda lane: lane[0] - lane[1][-1]):
        free = next((c for c in columns if all(start > e[-1] or ends_here[-1] < s for s, e in c)), None)
        if free is None:
            columns.append([(start, ends_here)])
        else:
            free.append((start, ends_here))
    cells: list[list[str]] = [[] for _ in rows]
    for i in range(len(rows)):
        across = ""  # a line to the right, that crosses the lanes behind it
        for column in columns:
            lane = next(((s, e) for s, e in column if s <= i <= e[-1]), None)
            inner = '<u class="over"></u>' if across else ""
            if lane is not None:
                start, ends_here = lane
                way = "from" if i == start else "to" if i == ends_here[-1] else ""
                inner += f'<i class="{way}"></i>' if way else "<i></i>"
                if i == start or i in ends_here:
                    inner += "<u></u>"
                    across = "end" if i in ends_here else across or "start"
            cells[i].append(f'<td class="l">{inner}</td>')
        if across == "end" and cells[i]:
            last = cells[i][-1]
            cells[i][-1] = last.replace('<u class="over">', '<u class="over end">').replace("<u>", '<u class="end">')
    return cells


def write_mark(x: float) -> str:
    return f"{x:.2f}".rstrip("0").rstrip(".")
