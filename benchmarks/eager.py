"""chalkgrad beside micrograd, xad and torch, operation by operation: speed, memory, depth and import time from one run.

    python benchmarks/eager.py [--quick] [--json]

chain     10,000 mixed operations one after the other, some operands constants: build and backward
moons     micrograd's demo: 100 points, MLP 2-16-16-1, relu, hinge loss + L2; one full-batch loss and gradient
gpt       a GPT of 4,192 parameters in plain Python, one name: on the class that it brings along, and on chalkgrad
memory    bytes per operation of a chain of 1,000,000, once built and at the most during backward
depth     the longest chain that can be differentiated under Python's own recursion limit
import    what `import autograd` takes beyond starting Python

All libraries compute the same formula in the same order from the same numbers, and are first checked to agree on its value
and its gradients; measuring.py says how time is taken. The garbage collector runs as it does for everybody, since most of
the time of a library that leaves cycles behind is spent there; two more rows say what remains with it off. The last block
holds the figures against the goals of this project. The exit code says whether the benchmark ran, not how it came out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import chain
import letters
import moons
from libraries import IMPORTS, KINDS, find
from measuring import (
    DEEP,
    Worker,
    find_chalkgrad,
    largest_difference,
    machine,
    milliseconds,
    ratio,
    run_seconds,
    table,
    take_turns,
    times,
)

OPERATIONS = 10_000
AGREEMENT = 1e-9  # relative
NO_GC = ", no gc"
TIMED_IMPORTS = ("chalkgrad", "micrograd", "xad")  # torch's takes a second, and nobody wonders


class Rounds(NamedTuple):
    chain: int
    moons: int
    gpt: int
    imports: int


FULL, QUICK = Rounds(15, 15, 15, 40), Rounds(3, 3, 3, 10)


# ------------------------------------------------------------------------------------------------------------------ speed


def race(runners: dict[str, tuple[Worker, Sequence[Any]]], rounds: int) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """What is said of a race, and each runner's seconds, after a check that all give the same numbers.

    runners: by name, each a process of its own and its workload
    """
    results = [worker.ask(workload) for worker, workload in runners.values()]
    difference = largest_difference(results)
    if difference > AGREEMENT:
        raise SystemExit(f"they disagree: some number differs by {difference:.1e} of itself, so times mean nothing")
    seconds = take_turns({name: partial(worker.ask, "turn") for name, (worker, _) in runners.items()}, rounds)
    for worker, _ in runners.values():
        worker.close()
    return {"numbers": len(results[0]), "difference": difference, "rounds": rounds}, seconds


def race_libraries(names: Sequence[str], workload: Sequence[Any], rounds: int) -> dict[str, Any]:
    """Each library's times and how they compare; those with the garbage collector off are compared with each other."""
    runners = {name: (Worker("worker.py", name), workload) for name in names}
    without = [name for name in names if name in ("chalkgrad", "micrograd")]
    runners |= {name + NO_GC: (Worker("worker.py", name, "no-gc"), workload) for name in without}
    run, seconds = race(runners, rounds)

    def compare(name: str) -> dict[str, float | None]:
        how = NO_GC if name.endswith(NO_GC) else ""
        return best_and_median(seconds[name]) | {
            "micrograd_takes_times": ratio(seconds, "micrograd" + how, name),
            "takes_times_chalkgrad": ratio(seconds, name, "chalkgrad" + how),
        }

    return run | {"libraries": {name: compare(name) for name in seconds}}


def best_and_median(seconds: Sequence[float]) -> dict[str, float | None]:
    return {"best_seconds": min(seconds), "median_seconds": statistics.median(seconds)}


def race_chain(names: Sequence[str], rounds: int) -> dict[str, Any]:
    work = f"{OPERATIONS:,} operations, build and backward\n  {chain.make_chain(OPERATIONS).describe()}"
    return {"work": work} | race_libraries(names, ["chain", OPERATIONS], rounds)


def race_moons(names: Sequence[str], rounds: int) -> dict[str, Any]:
    X, y, source = moons.make_data()
    work = f"{len(X)} points ({source}), MLP 2-16-16-1, hinge loss + L2"
    return {"work": work} | race_libraries(names, ["moons", X, y], rounds)


def race_gpt(rounds: int) -> dict[str, Any]:
    """One program in three ways."""
    run, seconds = race({way: (Worker("worker.py", "chalkgrad"), ["gpt", way]) for way in letters.WAYS}, rounds)
    ways = {
        way: best_and_median(taken) | {"own_class_takes_times": ratio(seconds, "its own class", way)}
        for way, taken in seconds.items()
    }
    work = f"4,192 parameters in plain Python, loss and gradient of the name {letters.NAME}"
    return {"work": work} | run | {"ways": ways}


def print_race(title: str, run: dict[str, Any], notes: dict[str, str]) -> None:
    print(f"\n{title}: {run['work']}")
    print(f"  all agree: {run['numbers']} numbers (value, gradient), largest relative difference {run['difference']:.1e}")
    heads = ("its own class ÷ it",) if "ways" in run else ("micrograd ÷ it", "it ÷ chalkgrad")
    rows = []
    for name, found in (run.get("ways") or run["libraries"]).items():
        best, median, *ratios = found.values()
        rows.append((name, milliseconds(best), milliseconds(median), *map(times, ratios), notes.get(name, "")))
    print(table((f"{run['rounds']} rounds", "best", "median", *heads, ""), rows))


# ------------------------------------------------------------------------------------------------- memory, depth, import


def measure_memory(name: str) -> dict[str, Any]:
    """Bytes per operation and depth of one library."""
    worker = Worker("worker.py", name, "memory")
    try:
        found: dict[str, Any] = worker.ask("memory")
    except RuntimeError as error:
        found = {"error": str(error)}
    worker.close()
    return found


def print_memory(memory: dict[str, dict[str, Any]]) -> None:
    print(f"\nmemory: resident bytes per operation (its node, and its constant if any) of a chain of {DEEP:,}")
    print("depth: the longest chain differentiated under Python's own recursion limit")
    rows = [
        (name, "–", "–", "–", found["error"][:50])
        if "error" in found
        else (
            name,
            f"{found['built']:.0f} B",
            f"{found['peak']:.0f} B",
            f"{found['deepest']:,}" + " and more" * (found["deepest"] == DEEP),
            "" if found["operations"] == DEEP else f"memory at {found['operations']:,}, limit raised",
        )
        for name, found in memory.items()
    ]
    print(table(("", "built", "peak of backward", "depth", ""), rows))


def measure_imports(names: Sequence[str], rounds: int) -> dict[str, Any]:
    """Seconds that each import takes beyond a bare Python: best over best, and the median within the rounds."""
    turns = {"": lambda: run_seconds("pass")}
    turns |= {name: lambda module=IMPORTS[name]: run_seconds(f"import {module}") for name in names}
    seconds = take_turns(turns, rounds)  # its first round writes the bytecode
    bare = seconds.pop("")
    return {
        "rounds": rounds,
        "bare_seconds": statistics.median(bare),
        "libraries": {
            name: {
                "best_seconds": min(taken) - min(bare),
                "median_seconds": statistics.median(a - b for a, b in zip(taken, bare)),
            }
            for name, taken in seconds.items()
        },
    }


def print_imports(imports: dict[str, Any]) -> None:
    print(f"\nimport: beyond a bare Python ({milliseconds(imports['bare_seconds'])}), {imports['rounds']} rounds")
    rows = [
        (f"import {IMPORTS[name]}", milliseconds(found["best_seconds"]), milliseconds(found["median_seconds"]))
        for name, found in imports["libraries"].items()
    ]
    print(table(("", "best", "median"), rows))


# ------------------------------------------------------------------------------------------------------------------ goals


def goals(report: dict[str, Any]) -> list[dict[str, Any]]:
    """What was hoped for, what was measured, and whether the one is the other; None where it could not be measured."""

    def speed(run: str) -> float | None:
        ratio: float | None = report[run]["libraries"]["chalkgrad"]["micrograd_takes_times"]
        return ratio

    gpt = report["gpt"]["ways"]
    memory, seconds = report["memory"]["chalkgrad"], report["imports"]["libraries"]["chalkgrad"]["median_seconds"]
    rows: list[tuple[str, str, float | None, float]] = [
        ("chain, times as fast as micrograd", ">=", speed("chain"), 4.0),
        ("moons, times as fast as micrograd", ">=", speed("moons"), 45.0),
        ("gpt as written, times as fast as its own class", ">=", gpt["as written"]["own_class_takes_times"], 5.0),
        ("gpt with dot, times as fast as its own class", ">=", gpt["with dot"]["own_class_takes_times"], 15.0),
        ("bytes per node, built", "<=", memory.get("built"), 200.0),
        ("bytes per node, peak of backward", "<=", memory.get("peak"), 260.0),
        ("deepest chain", ">=", memory.get("deepest"), 1_000_000.0),
        ("import autograd, ms", "<=", seconds * 1e3, 10.0),
    ]
    return [
        {
            "what": what,
            "goal": f"{sign} {goal:,.0f}",
            "measured": found,
            "met": None if found is None else found >= goal if sign == ">=" else found <= goal,
        }
        for what, sign, found, goal in rows
    ]


def print_goals(found: list[dict[str, Any]]) -> None:
    print("\ngoals of this project")
    verdict = {True: "met", False: "missed", None: "not measured"}
    rows = [
        (row["what"], row["goal"], "–" if row["measured"] is None else f"{row['measured']:,.1f}", verdict[row["met"]])
        for row in found
    ]
    print(table(("chalkgrad", "goal", "measured", ""), rows))


# ------------------------------------------------------------------------------------------------------------ all in turn


def measure(rounds: Rounds, show: bool) -> dict[str, Any]:
    """The whole report; shown part by part as it is measured, if show."""
    report: dict[str, Any] = {"machine": machine() | {"chalkgrad": find_chalkgrad()}}
    names = [name for name in KINDS if find(name)]
    report["missing"] = {name: f"not installed (pip install {name})" for name in KINDS if name not in names}
    if show:
        print(", ".join(f"{what} {text}" for what, text in report["machine"].items()))
        for name, why in report["missing"].items():
            print(f"{name}: {why}")

    def part(name: str, found: Any, show_part: Callable[[Any], None]) -> None:
        report[name] = found
        if show:
            show_part(found)
            sys.stdout.flush()

    part("chain", race_chain(names, rounds.chain), lambda run: print_race("chain", run, {}))
    part("moons", race_moons(names, rounds.moons), lambda run: print_race("moons", run, {"torch": "batched: on tensors"}))
    part("gpt", race_gpt(rounds.gpt), lambda run: print_race("gpt", run, {}))
    part("memory", {name: measure_memory(name) for name in names}, print_memory)
    part("imports", measure_imports([name for name in TIMED_IMPORTS if name in names], rounds.imports), print_imports)
    part("goals", goals(report), print_goals)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a first look in half the time")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    options = parser.parse_args()
    report = measure(QUICK if options.quick else FULL, show=not options.json)
    if options.json:
        print(json.dumps(report, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
