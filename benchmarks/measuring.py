"""How the benchmarks measure: in turns, each library in a process of its own, and against what was hoped for.

A machine that is busy with something else for a second must not decide who is faster. So the libraries take turns, A B C A B
C ..., and what counts is the ratio of two times taken in the same round; the median of these ratios is reported, beside each
library's best and median time. A turn is as many steps as fit into a fifth of a second, and counts with their mean.

Each library has a process of its own, started once, that does nothing while it is not its turn. In one process they would
change each other's times: Python's garbage collector walks everything that is loaded, so that loading torch alone makes
micrograd, whose graphs are full of cycles, half as slow again.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

DEEP = 1_000_000  # operations of the chain that memory is measured at,
SHALLOW = 100_000  # and for a library that cannot go so deep


def find_chalkgrad() -> str:
    """Make `import autograd` mean ours, from any working directory; says where it comes from.

    HIPS's package has the same name. Ours is known by its table of primitives; nothing is imported to find out.
    """
    spec = importlib.util.find_spec("autograd")
    if spec and any(Path(place, "primitives.py").exists() for place in spec.submodule_search_locations or ()):
        return "as installed"
    sys.path.insert(0, str(ROOT))
    return "from this source tree"


def let_openblas_choose() -> None:
    """Take away, for this process and those that it starts, what would make NumPy run an older machine's kernel.

    To be called before NumPy is imported. Where these are set, matrix products take a third longer, ours and those by hand.
    """
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)


# ------------------------------------------------------------------------------------------------------------ in turns


def take_turns(turns: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """The seconds that each turn gives in each round, after one round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in turns}
    for counts in (False, *[True] * rounds):
        for name, turn in turns.items():
            taken = turn()
            if counts:
                seconds[name].append(taken)
    return seconds


def ratio(seconds: dict[str, list[float]], slower: str, faster: str) -> float | None:
    """How many times as long the one takes as the other: the median over the rounds. None if either was not measured."""
    if slower not in seconds or faster not in seconds:
        return None
    return statistics.median(a / b for a, b in zip(seconds[slower], seconds[faster]))


def largest_difference(results: Iterable[Sequence[float]]) -> float:
    """The largest relative difference between a number of the first result and the one in its place in another."""
    first, *others = results
    pairs = [(a, b) for other in others for a, b in zip(first, other, strict=True)]
    return max((abs(a - b) / max(abs(a), abs(b)) for a, b in pairs if a != b), default=0.0)


# --------------------------------------------------------------------------------------------------- in a fresh process


def environment() -> dict[str, str]:
    """The environment for a fresh process: it finds the same packages, and keeps compiled bytecode as Python does."""
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ours = [str(ROOT)] if str(ROOT) in sys.path else []
    theirs = [kept["PYTHONPATH"]] if kept.get("PYTHONPATH") else []
    return kept | {"PYTHONPATH": os.pathsep.join(ours + theirs)}


class Worker:
    """A script of this folder in a fresh process: it answers each line of JSON with another."""

    def __init__(self, script: str, *arguments: str, **variables: str) -> None:
        command = [sys.executable, str(HERE / script), *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=environment() | variables, stdin=pipe, stdout=pipe, text=True)

    def ask(self, question: object) -> Any:
        """Its answer. Raises RuntimeError if the process has died; it has said why on the error stream."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        with contextlib.suppress(BrokenPipeError):
            stdin.write(json.dumps(question) + "\n")
            stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError(f"the process ended with code {self.process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        """End the process and wait for it."""
        self.process.communicate()


def start_all(script: str, names: Iterable[str], question: object) -> Iterator[tuple[str, Worker, Any]]:
    """Each library in a process of its own, with its answer; where that is a sentence, the library is left out."""
    for name in names:
        worker = Worker(script, "serve", name)
        answer = worker.ask(question)
        if isinstance(answer, str):
            print(f"{name} is left out: {answer}", file=sys.stderr)
            worker.close()
        else:
            yield name, worker, answer


def next_question() -> Any:
    """What a script that is a Worker is asked next; None when nobody asks any more."""
    line = sys.stdin.readline()
    return json.loads(line) if line else None


def say(answer: object) -> None:
    """Answer the question."""
    print(json.dumps(answer), flush=True)


def mean_time(call: Callable[[], object], seconds: float) -> float:
    """The mean time of as many calls as fit into so many seconds."""
    calls, began = 0, time.perf_counter()
    while (taken := time.perf_counter() - began) < seconds or not calls:
        call()
        calls += 1
    return taken / calls


def run_seconds(statement: str) -> float:
    """How long a fresh Python takes for one statement, its start and end included."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-P", "-c", statement], env=environment(), check=True)  # -P: this folder aside
    return time.perf_counter() - start


def kernel() -> str:
    """The name of the kernel that NumPy's matrix products run on."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "unknown (pip install threadpoolctl)"
    found = [each for each in threadpool_info() if each["internal_api"] == "openblas"]
    return f"{found[0]['architecture']}, {found[0]['num_threads']} threads" if found else "not OpenBLAS"


def resident_bytes() -> tuple[int, int]:
    """The memory that this process holds now, and the most it has held.

    Linux says both. Elsewhere the most stands for both, which is the same while memory only grows.
    """
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return most, most
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Vm")}
    return kilobytes["VmRSS"] * 1024, kilobytes["VmHWM"] * 1024


# ----------------------------------------------------------------------------------------------------------- on the page


def machine() -> dict[str, Any]:
    """What a reader needs to compare with another run."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
    }


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Aligned columns: the first to the left, numbers to the right."""
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(["", line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in lines
    )


def times(x: float | None) -> str:
    """A ratio, with as many digits as a noisy machine can give."""
    return "–" if x is None else f"{x:.0f}×" if x >= 100 else f"{x:.1f}×" if x >= 10 else f"{x:.2f}×"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"
