"""One library at work, in a process of its own; eager.py starts it and asks, in lines of JSON, and is answered in the same.

`worker.py LIBRARY`, told a workload, ["chain", operations], ["moons", points, labels] or ["gpt", way], answers with the
value and the gradients; then with the seconds of a step, as often as it is asked. `worker.py LIBRARY no-gc` does so with the
garbage collector off while time is taken. `worker.py LIBRARY memory` answers how long a chain the library can differentiate
and what memory that takes.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import chain
import moons
from libraries import KINDS, find
from measuring import DEEP, SHALLOW, next_question, resident_bytes, say

TURN_SECONDS = 0.2
STACK_BYTES = 512 * 2**20

Step = Callable[[], tuple[float, list[Any]]]


def serve(library: Any, collecting: bool) -> None:
    """Answer until eager.py has gone."""
    step, gradient = make_step(library, *next_question())
    value, xs = step()
    say([value, *gradient(library, xs)])
    steps = max(1, int(TURN_SECONDS / turn(step, 1)))  # not the very first, in which some library warms up
    while next_question():
        say(turn(step, steps) if collecting else turn_without_collector(step, steps))


def make_step(library: Any, workload: str, *given: Any) -> tuple[Step, Callable[[Any, list[Any]], list[float]]]:
    if workload == "gpt":
        import letters

        return letters.step(*given), lambda library, xs: library.gradient(xs)
    if workload == "moons":
        return moons.step(library, *given), moons.gradient
    return chain.step(chain.make_chain(*given), library), lambda library, xs: library.gradient(xs)


def turn(step: Step, steps: int) -> float:
    """Seconds of a step, the mean of several."""
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - start) / steps


def turn_without_collector(step: Step, steps: int) -> float:
    """The same, rubbish being collected between the steps and not counted."""
    total = 0.0
    for _ in range(steps):
        gc.disable()
        total += turn(step, 1)
        gc.enable()
        gc.collect()
    return total / steps


# ------------------------------------------------------------------------------------------------------ memory and depth


def answer_memory(library: Any) -> dict[str, float]:
    """At the full depth if it can; else how deep it can, and the memory of a shorter chain with the limit raised."""
    if can_differentiate(library, 1_000):
        return memory(library, DEEP) | {"deepest": DEEP}
    deepest = deepest_below(library, 1_000)
    return on_big_stack(lambda: memory(library, SHALLOW)) | {"deepest": deepest}


def memory(library: Any, n: int) -> dict[str, float]:
    """Bytes per operation of a chain: once built, and the most while it is differentiated."""
    work = chain.make_chain(n)
    gc.collect()
    before, _ = resident_bytes()
    _xs, y = chain.build(work, library)
    built, _ = resident_bytes()
    library.backward(y)
    _, most = resident_bytes()
    return {"operations": n, "built": (built - before) / n, "peak": (most - before) / n}


def can_differentiate(library: Any, n: int) -> bool:
    try:
        chain.step(chain.make_chain(n), library)()
    except RecursionError:
        return False
    return True


def deepest_below(library: Any, n: int) -> int:
    """The longest chain below n that it can differentiate, by halving."""
    low = 0
    while n - low > 1:
        middle = (low + n) // 2
        low, n = (middle, n) if can_differentiate(library, middle) else (low, middle)
    return low


# --------------------------------------------------------------------------------------------------------- the process


def on_big_stack(function: Callable[[], Any]) -> Any:
    """What function gives on a thread that may recurse a million calls deep, as micrograd's backward does."""
    sys.setrecursionlimit(DEEP)
    threading.stack_size(STACK_BYTES)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def main(name: str, mode: str = "") -> None:
    find(name)
    if mode == "memory":
        next_question()
        say(answer_memory(KINDS[name]()))
    else:  # the library wakes up on the thread it works on: torch counts its threads there
        on_big_stack(lambda: serve(KINDS[name](), mode != "no-gc"))


if __name__ == "__main__":
    main(*sys.argv[1:])
