"""How long an exam for a large class takes: a thousand sheets drawn, written, marked and handed back.

    python benchmarks/exams.py [--people N]

Everybody has numbers of their own; everybody hands in a file, every third one with a wrong sign in the first line. The
seconds are those of the clock and of one core. What draws is shared by all sheets of one kind, so the first takes longest
(autograd/mark/kind_numbers.py).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from measuring import find_chalkgrad, table

T = TypeVar("T")
KINDS = ("neuron", "two layers", "softmax", "attention")


def main() -> None:
    parser = argparse.ArgumentParser(description="How long an exam for a large class takes.")
    parser.add_argument("--people", type=int, default=1000, help="how many there are (%(default)s)")
    people = parser.parse_args().people
    find_chalkgrad()
    rows = [(kind, *(f"{clock:.1f} ({core:.1f})" for clock, core in run(kind, people))) for kind in KINDS]
    print(table((f"{people:,} people, seconds (of one core)", "drawn", "written", "marked", "handed back"), rows))


def run(kind: str, people: int) -> list[tuple[float, float]]:
    from autograd import exam, mark_exam
    from autograd.exams.returned import hand_back

    seconds: list[tuple[float, float]] = []

    def timed(do: Callable[[], T]) -> T:
        clock, core = time.perf_counter(), time.process_time()
        made = do()
        seconds.append((time.perf_counter() - clock, time.process_time() - core))
        return made

    with tempfile.TemporaryDirectory() as folder:
        made = timed(lambda: exam(kind, [f"Person {i}" for i in range(people)], seed=1))
        timed(lambda: made.save(folder))
        answers = Path(folder, "answers")
        answers.mkdir()
        for i, sheet in enumerate(made.sheets):
            written = dict(made.task(sheet).answers)
            if i % 3 == 0:
                first = next(iter(written))
                written[first] = f"{-float(written[first])}"
            (answers / f"{sheet.code}.txt").write_text("".join(f"{x} = {y}\n" for x, y in written.items()), encoding="utf-8")
        marked = timed(lambda: mark_exam(folder, [answers]))
        timed(lambda: hand_back(marked, folder))
        assert len(marked) == people, "somebody was not marked"
    return seconds


if __name__ == "__main__":
    main()
