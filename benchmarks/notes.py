"""How well pages of notes are judged: mistakes found and missed, right rows called wrong, and how long a page takes.

python benchmarks/notes.py             pages in many hands, and all mistakes that can be planted in them; misses are listed
python benchmarks/notes.py --quick     a part of it
python benchmarks/notes.py --pages FOLDER      the five public pages of tests/shared/notes_truth.py, if they lie there
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "shared"))

import notes_pages
import notes_truth

from autograd.notes.judging import Page
from autograd.notes.report import check_notes
from autograd.notes.statements import find_parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pages", type=Path)
    options = parser.parse_args()
    if options.pages:
        judge_public(options.pages)
        return
    pages = [(name, notes_pages.text_of(lines)) for name, lines in notes_pages.pages()]
    judge_right(f"on {len(pages)} pages", pages)
    seeds = range(1 if options.quick else 5)
    judge_right("with other letters", (page for seed in seeds for page in notes_pages.renamed(seed)))
    judge_planted(40 if options.quick else 10_000)
    lines = [line for _, page in list(notes_pages.pages())[::3] for line in page][:40]
    start = time.perf_counter()
    check_notes(notes_pages.text_of(lines))
    print(f"a page of forty lines: {time.perf_counter() - start:.2f} s")


def judge_right(which: str, pages: Iterable[tuple[str, str]]) -> None:
    """Pages on which nothing is wrong."""
    rows = wrong = 0
    for name, text in pages:
        report = check_notes(text)
        rows += len(report.rows)
        wrong += len(report.wrong)
        for row in report.wrong:
            print(f"called wrong, and right: {name}, {row.text}: {row.remark}")
    print(f"{rows} right rows {which}: {wrong} called wrong")


def judge_planted(most: int) -> None:
    """Pages with one mistake each."""
    found, missed, elsewhere, beside, mended, offered = Counter[str](), Counter[str](), 0, 0, 0, 0
    for name, kind, line, text in notes_pages.planted(most=most):
        report = check_notes(text)
        hit = [row for row in report.wrong if row.line == line]
        elsewhere += len(report.wrong) - len(hit)
        mended += any(row.mended for row in hit)
        beside += len(report.rows) - 1
        asked = [row for row in report.rows if row.line == line and "it reads as right if" in row.remark]
        offered += bool(asked)
        (found if hit else missed)[kind] += not asked
        if not hit and not asked:
            row = next((row for row in report.rows if row.line == line), None)
            said = f"{row.text} ({row.verdict}: {row.remark})" if row else "not a row any more"
            print(f"missed: {name}, {kind}: {said}")
        elif hit and not any(row.mended for row in hit):
            print(f"not named: {name}, {kind}: {hit[0].text}: {hit[0].remark}")
    total = sum(found.values()) + sum(missed.values())
    print(f"{total} planted mistakes: {sum(found.values())} found, {sum(missed.values())} missed")
    print(f"{offered} lost hats, which a scanner may have lost: what would be right is offered")
    print(f"what would be right is named for {mended} of them")
    print(f"{beside} right rows beside them: {elsewhere} called wrong")
    for kind in sorted({*found, *missed}):
        print(f"    {kind:10} {found[kind]} of {found[kind] + missed[kind]}")


def judge_public(folder: Path) -> None:
    """The public pages against what was found by hand."""
    counts: Counter[tuple[str, str]] = Counter()
    for path in sorted(folder.iterdir()):
        name = path.name[:3]
        if name not in notes_truth.TRUTH:
            continue
        start = time.perf_counter()
        page = Page(path.read_text(encoding="utf-8"))
        took = time.perf_counter() - start
        places: Counter[int] = Counter()
        said = {}
        for row in page.rows:
            if row.place > 1 or any(len(part.formulas) > 1 or part.goes_on for part in find_parts(row)):
                places[row.line] += 1
                said[row.line, places[row.line]] = page.judgements.get(row)
        for line, place, verdict, why in notes_truth.rows(name):
            judgement = said.get((line, place))
            word = judgement.verdict if judgement else "unread"
            counts[verdict, word] += 1
            if (verdict == "W") != (word == "wrong"):
                print(f"{name} line {line}.{place}: by hand {verdict} {why}; here {word}")
        print(f"{name}: {took:.1f} s")
    rows = sum(counts.values())
    read = rows - sum(n for (_, word), n in counts.items() if word == "unread")
    wrong = sum(n for (verdict, _), n in counts.items() if verdict == "W")
    alarms = sum(n for (verdict, word), n in counts.items() if verdict != "W" and word == "wrong")
    print(f"{rows} rows, {read} read; {wrong} wrong, {counts['W', 'wrong']} found; {alarms} others called wrong")


if __name__ == "__main__":
    main()
