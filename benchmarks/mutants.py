"""Mutants: faults planted one by one in the code, and whether a test notices.

    python benchmarks/mutants.py engine|table|judgement|notes|training|models [--sample N] [--seed N] [--files …] [--again]

The faults are those of mutmut (pip install "mutmut>=3.8"): a constant that is one more, a + that is a −, a < that is a <=,
an argument that is None. mutmut's own runner plants them in functions; but an operation here is a row of a table, which is
made when Python imports it, and an operator of Value a function inside a function that was called once. So this file plants
the same faults everywhere:

    in a function     Python forks, with the tests collected; in the child each function made of that code gets the faulty
                      code, and the tests that pass through the line are run, quick ones first, until one fails
    in what import    a process of its own imports the faulty text, and runs the tests of the part, until one fails
    makes

PyTorch and JAX are hidden: what holds only beside them does not hold for most people. Tests that start a program, such as
a browser, are left out. A sample is drawn with a seed, so
that figures can be had again. What survives is shown as a difference; --again tries the survivors of the last run once
more, after tests were added. The results are in mutants/PART.jsonl, or PART-FILES.jsonl.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import functools
import gc
import hashlib
import importlib
import importlib.abc
import importlib.util
import inspect
import itertools
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PARTS = {
    "engine": (
        "value graph calculus autograd/functions conversions modes check",
        "test_value test_conversions test_modes test_functions test_check test_calculus test_graph test_threads"
        " test_primitives test_program_calls test_losses",
    ),
    "table": (
        "primitives table",
        "test_value test_functions test_primitives test_extremes test_notation test_table test_formula test_formula_reading",
    ),
    "judgement": (
        "mark/judging mistakes sheets forms points rounding working mark/comparing marker worksheet",
        "test_mistakes test_judging test_worksheet test_forms test_points test_rounding test_values_first test_comparing"
        " test_lecture_sheet"
        " test_claims test_staged_working test_marking test_marking_students test_marking_hands",
    ),
    "notes": (
        "notes/judging equality notes/comparing reckoning substituting shapes ranks scanning timeline cancelling mending",
        "test_equality test_notes test_pages_of_strangers test_ways_of_writing test_small_parts",
    ),
    "training": (
        "losses optimizer optimizers adam schedules fit train/training batches history resuming steps",
        "test_losses test_losses_by_hand test_optim test_optim_papers test_optim_saving test_training_by_hand test_training"
        " test_training_texts test_batches test_resuming test_threads",
    ),
    "models": ("attention gpt normalisation recurrent", "test_vectors test_texts"),
}
TREES = ("autograd", "nn")
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
HIDDEN = ("torch", "jax", "onnx", "onnxruntime")
PYTEST = ["-q", "-x", "-s", "-m", "not external", "-W", "ignore::pytest.PytestAssertRewriteWarning", "--rootdir", str(ROOT)]
PYTEST += "-p no:cacheprovider -p no:randomly -p no:xdist".split()
MEMORY = 6 << 30
NOWHERE = "no function is alive that is made of this code"


class Mutant(NamedTuple):
    file: str
    line: int
    text: str  # the file with the fault
    change: str  # the lines that differ

    @property
    def key(self) -> tuple[str, str]:
        return self.file, self.change


@functools.cache
def path_of(file: str) -> Path:
    """Where a file stands, in autograd/ or nn/ or in a folder of them; its name has its folder where two are called so."""
    found = [path for tree in TREES for path in (ROOT / tree).rglob(f"{file}.py")]
    if len(found) != 1:
        raise SystemExit(f"{file}.py is {' or '.join(str(path.relative_to(ROOT)) for path in found) or 'nowhere'}")
    return found[0]


def named(file: str) -> str:
    return str(path_of(file).relative_to(ROOT))


def module_of(file: str) -> str:
    return ".".join(path_of(file).relative_to(ROOT).with_suffix("").parts)


@functools.cache
def source_of(file: str) -> str:
    """The text of a file as it was when this process began with it, whoever edits it meanwhile."""
    return path_of(file).read_text(encoding="utf-8")


def mutants_of(file: str, pick: random.Random | None, count: int) -> tuple[list[Mutant], int]:
    """Some of the faults that mutmut knows for a file, and how many there are."""
    from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
    from mutmut.mutation.file_mutation import create_mutations

    source = source_of(file)
    module, mutations, *_ = create_mutations(f"{file}.py", source)
    spans = MetadataWrapper(module, unsafe_skip_copy=True).resolve(WhitespaceInclusivePositionProvider)
    starts = [0, *itertools.accumulate(map(len, source.splitlines(keepends=True)))]

    def faulty(right: Any, wrong: Any) -> str:
        span = spans[right]
        first, last = (starts[at.line - 1] + at.column for at in (span.start, span.end))
        if source[first:last] == module.code_for_node(right):
            return source[:first] + module.code_for_node(wrong) + source[last:]
        return str(module.deep_replace(right, wrong).code)  # type: ignore[union-attr]  # which takes a second

    prose = _prose(ast.parse(source))
    order = list(range(len(mutations)))
    if pick is not None:
        pick.shuffle(order)
    found: dict[str, Mutant] = {}
    left_out = 0
    for i in order:
        if count and len(found) == count:
            break
        text = faulty(mutations[i].original_node, mutations[i].mutated_node)
        changed = list(difflib.unified_diff(source.splitlines(), text.splitlines(), n=0, lineterm=""))[2:]
        line = int(changed[0].split()[1].lstrip("-").split(",")[0]) if changed else 0
        try:
            compile(text, file, "exec")
        except SyntaxError:
            changed = []
        if changed and line not in prose:
            found.setdefault("\n".join(changed), Mutant(file, line, text, "\n".join(changed)))
        else:
            left_out += 1
    return list(found.values()), len(mutations) - left_out


def _prose(tree: ast.Module) -> set[int]:
    """Lines that mypy or help() reads, and no program: blocks under TYPE_CHECKING, docs of rows that stand on their own."""
    return {
        line
        for node in ast.walk(tree)
        for inside in ([*node.body] if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) else [])
        for line in range(inside.lineno, (inside.end_lineno or 0) + 1)
    } | {node.lineno for node in tree.body if isinstance(node, ast.Assign) and "TYPE_CHECKING" in ast.unparse(node)}


# -------------------------------------------------------------------------------------------------- planting in functions


def planted_pairs(file: str, text: str) -> list[tuple[CodeType, CodeType]] | None:
    """The pieces of code that differ, as (right, faulty); None if what import itself runs is among them."""
    path = path_of(file)
    pairs: list[tuple[CodeType, CodeType]] = []

    def walk(right: CodeType, wrong: CodeType, in_function: bool) -> bool:
        inner, other = ([c for c in code.co_consts if isinstance(c, CodeType)] for code in (right, wrong))
        same = len(inner) == len(other) and [c.co_name for c in inner] == [c.co_name for c in other]
        differs = not same or _own(right) != _own(wrong)
        if differs and not in_function:
            return False
        if same:
            for a, b in zip(inner, other):
                if a != b:
                    function = bool(a.co_flags & inspect.CO_NEWLOCALS)  # and not the body of a class
                    if a.co_name in COMPREHENSIONS:
                        function = in_function
                    if not walk(a, b, function):
                        return False
        if in_function:
            pairs.append((right, wrong))
        return right.co_freevars == wrong.co_freevars

    right, wrong = (compile(t, str(path), "exec", dont_inherit=True) for t in (source_of(file), text))
    return pairs if walk(right, wrong, False) else None


def _own(code: CodeType) -> tuple[Any, ...]:
    consts = [(type(c), repr(c)) for c in code.co_consts if not isinstance(c, CodeType)]
    return code.co_code, consts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars


class Living:
    """Our functions that are alive once the tests are collected, and what keeps their results."""

    def __init__(self) -> None:
        gc.unfreeze()  # the tests are frozen once they are collected, and what is frozen is not listed
        gc.collect()
        alive = gc.get_objects()
        ours = tuple(str(ROOT / tree) for tree in TREES)
        self.functions = [f for f in alive if isinstance(f, FunctionType) and f.__code__.co_filename.startswith(ours)]
        self.caches: list[Any] = [each for each in alive if type(each).__name__ == "_lru_cache_wrapper"]
        gc.freeze()  # children leave these pages alone


def plant(pairs: Sequence[tuple[CodeType, CodeType]], living: Living) -> bool:
    """Give every living function that is made of right code the faulty one; whether there is any."""

    def place(code: CodeType) -> tuple[Any, ...]:
        return code.co_qualname, code.co_firstlineno, *code.co_positions()

    faulty = {(place(right), right.co_filename): wrong for right, wrong in pairs}
    lines = {right.co_firstlineno for right, _ in pairs}
    found = False
    for f in living.functions:
        if f.__code__.co_firstlineno in lines:
            wrong = faulty.get((place(f.__code__), f.__code__.co_filename))
            if wrong is not None:
                f.__code__, found = wrong, True
    for cache in living.caches:  # what was kept was computed by right code
        cache.cache_clear()
    return found


class Tests:
    """A plugin of pytest: with the tests collected, it tries each mutant in a child of its own."""

    def __init__(
        self, mutants: Sequence[Mutant], imported: dict[str, set[int]], tests: Sequence[str], longest: float, log: Log
    ) -> None:
        self.mutants, self.imported, self.tests, self.longest, self.log = mutants, imported, tests, longest, log
        self.failed = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed = report.nodeid

    def pytest_runtestloop(self, session: Any) -> bool:
        items = {item.nodeid: item for item in session.items}
        self.living = Living()
        passing, took = self.remembered(items)
        quick = sorted((name for name in items if took[name] <= self.longest), key=took.__getitem__)
        print(f"{len(items)} tests in {sum(took.values()):.0f} s", flush=True)
        for mutant in self.mutants:
            start = time.time()
            pairs = planted_pairs(mutant.file, mutant.text)
            lines = passing.get(mutant.file, {})
            through = lines.get(mutant.line) or _near(lines, mutant)
            if pairs is None or mutant.line in self.imported[mutant.file]:
                how, end = "import", alone(mutant, self.tests, quick)
            elif not through:
                how, end = "function", "no test"
            else:
                chosen = [items[name] for name in sorted(through, key=took.__getitem__) if took[name] <= self.longest]
                limit = 20 + 2 * int(sum(took[item.nodeid] for item in chosen))
                how, end = "function", _told(lambda: self.tried(pairs, chosen), limit) or "timeout"  # noqa: B023
                if end == NOWHERE:
                    how, end = "import", alone(mutant, self.tests, quick)
            self.log.add(mutant, how, end, time.time() - start)
        return True

    def run(self, items: Sequence[Any]) -> Iterator[tuple[Any, float]]:
        for item, following in zip(items, [*items[1:], None]):
            start = time.time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            yield item, time.time() - start
            if self.failed:
                return

    def remembered(self, items: dict[str, Any]) -> Any:
        """What is measured; kept in a file for as long as neither the code nor a test changes."""
        import pytest

        files = [path_of(f) for f in sorted(self.imported)] + [ROOT / test for test in self.tests]
        key = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
        path = self.log.path.with_name(f"covered-{key}.json")
        if not path.exists():
            found = _told(lambda: self.measured(items))
            if not isinstance(found, list):
                raise pytest.UsageError(f"the tests do not pass without a fault: {found}")
            path.write_text(json.dumps(found))
        passing, took = json.loads(path.read_text())
        return {f: {int(n): tests for n, tests in lines.items()} for f, lines in passing.items()}, took

    def measured(self, items: dict[str, Any]) -> tuple[dict[str, dict[int, list[str]]], dict[str, float]]:
        """For each file and line the tests that pass through it, and how long each takes."""
        files = {str(path_of(file)): file for file in self.imported}
        cov = _coverage(files.values())
        names = iter(items)
        took: dict[str, float] = {}
        cov.start()
        cov.switch_context(first := next(names, ""))
        for item, seconds in self.run(list(items.values())):
            took[item.nodeid] = seconds
            cov.switch_context(next(names, first))
        cov.stop()
        if self.failed:
            raise SystemExit(self.failed)
        data = cov.get_data()
        return {
            files[f]: {n: [*filter(None, c)] for n, c in data.contexts_by_lineno(f).items()} for f in data.measured_files()
        }, took

    def tried(self, pairs: Sequence[tuple[CodeType, CodeType]], items: Sequence[Any]) -> str:
        if not plant(pairs, self.living):
            return NOWHERE
        for _ in self.run(items):
            pass
        return self.failed or "survived"


def _near(lines: dict[int, list[str]], mutant: Mutant) -> list[str]:
    """The tests of the line before, where a statement goes over several."""
    return next((lines[n] for n in range(mutant.line, mutant.line - 6, -1) if lines.get(n)), [])


def _coverage(files: Collection[str]) -> Any:
    import coverage

    return coverage.Coverage(data_file=None, config_file=False, include=[str(path_of(f)) for f in files])


def _told(tell: Any, limit: int = 36000) -> Any:
    """What tell() gives, in a child; None if that ends, or does not end."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        child = os.fork()
        if not child:
            signal.alarm(2 * limit)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            try:
                told.write_text(json.dumps(tell()))
            except BaseException as error:
                told.write_text(json.dumps(f"stopped by {error!r}"))
            os._exit(0)
        os.waitpid(child, 0)
        return json.loads(told.read_text()) if told.exists() else None


# ------------------------------------------------------------------------------------------------ planting before import


class Faulty(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Gives Python the faulty text where it looks for the file."""

    def __init__(self, file: str, text: str) -> None:
        self.name, self.path, self.text = module_of(file), str(path_of(file)), text

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name == self.name:
            return importlib.util.spec_from_file_location(name, self.path, loader=self)
        return None

    def get_filename(self, fullname: str) -> str:
        return self.path

    def get_data(self, path: str | bytes) -> bytes:
        return self.text.encode()


def alone(mutant: Mutant, files: Sequence[str], tests: Sequence[str]) -> str:
    """What becomes of a mutant that is there when the tests are collected."""
    task = json.dumps([mutant.file, mutant.text, list(files), list(tests)])
    try:
        command = [sys.executable, __file__, "--alone"]
        done = subprocess.run(command, input=task, capture_output=True, text=True, cwd=ROOT, timeout=900, check=False)
    except subprocess.TimeoutExpired:
        return "timeout"
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return "survived" if done.returncode == 0 else (failed or ["killed by import"])[0]


def run_alone() -> int:
    file, text, files, tests = json.load(sys.stdin)
    rank = {name: i for i, name in enumerate(tests)}
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.meta_path.insert(0, Faulty(file, text))
    _prepare()
    import pytest

    class Quick:
        def pytest_collection_modifyitems(self, items: list[Any]) -> None:
            items[:] = sorted((item for item in items if item.nodeid in rank), key=lambda item: rank[item.nodeid])

    return int(pytest.main([*PYTEST, *files], plugins=[Quick()]))


class Hidden(importlib.abc.MetaPathFinder):
    """Finds no PyTorch; None in sys.modules would do, if SciPy did not look for its Tensor there."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"{name} is hidden from the tests of mutants", name=name)


def _prepare() -> None:
    sys.meta_path.insert(0, Hidden())
    sys.path.insert(0, str(ROOT))
    sys.dont_write_bytecode = True
    from hypothesis import Phase, settings

    settings.register_profile(
        "mutants", phases=[Phase.explicit, Phase.generate], database=None, derandomize=True, deadline=None
    )
    settings.load_profile("mutants")


# ------------------------------------------------------------------------------------------------------------------- main


class Log:
    """What became of each mutant, on a file and on the screen."""

    def __init__(self, path: Path) -> None:
        self.path, self.counts, self.begun = path, Counter[tuple[str, str]](), path.with_suffix(".part")
        path.parent.mkdir(exist_ok=True)
        self.begun.write_text("")

    def add(self, mutant: Mutant, how: str, end: str, seconds: float) -> None:
        survived = end in ("survived", "no test")
        self.counts[mutant.file, "survived" if survived else "killed"] += 1
        of = {"file": mutant.file, "line": mutant.line, "change": mutant.change}
        row = of | {"how": how, "end": end, "seconds": round(seconds, 2)}
        with self.begun.open("a") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        if survived:
            print(f"\n{named(mutant.file)}, {end} ({seconds:.1f} s)\n{mutant.change}", flush=True)

    def end(self) -> None:
        """What a run leaves that came to its end; until then the last one's results are there."""
        self.begun.replace(self.path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Plants faults in the code, one by one, and runs the tests.")
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--sample", type=int, default=60, help="so many faults a file (60); 0: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", nargs="+", help="only these files of the part")
    parser.add_argument("--tests", nargs="+", help="only these files of tests")
    parser.add_argument("--longest", type=float, default=3600.0, help="leave out tests that take more seconds")
    parser.add_argument("--again", action="store_true", help="the survivors of the last run")
    chosen = parser.parse_args()
    files, names = (each.split() for each in PARTS[chosen.part])
    files = chosen.files or files
    found = [next((ROOT / "tests").rglob(f"{name}.py")) for name in names]
    tests = chosen.tests or [str(path.relative_to(ROOT)) for path in found]
    path = ROOT / "mutants" / f"{'-'.join([chosen.part, *(chosen.files or ())]).replace('/', '.')}.jsonl"
    os.chdir(ROOT)

    _prepare()
    cov = _coverage(files)
    cov.start()
    for file in files:
        importlib.import_module(module_of(file))
    cov.stop()
    imported = {f: _inside_functions(path_of(f), cov.get_data().lines(str(path_of(f))) or []) for f in files}

    if chosen.again:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        wanted = {(row["file"], _bare(row["change"])) for row in rows if row["end"] in ("survived", "no test")}
        files = sorted({file for file, _ in wanted})
    mutants: list[Mutant] = []
    for file in files:
        some, of = mutants_of(
            file, None if chosen.again else random.Random(chosen.seed), 0 if chosen.again else chosen.sample
        )
        if chosen.again:
            some = [m for m in some if (file, _bare(m.change)) in wanted]
        mutants += some
        print(f"{named(file)}: {len(some)} of {of} mutants", flush=True)

    import pytest

    log = Log(path)
    pytest.main([*PYTEST, *tests], plugins=[Tests(mutants, imported, tests, chosen.longest, log)])
    if sum(log.counts.values()) == len(mutants):
        log.end()
    print()
    for file in files:
        killed, survived = log.counts[file, "killed"], log.counts[file, "survived"]
        print(f"{named(file)}: {killed} of {killed + survived} killed, {100 * killed / max(killed + survived, 1):.1f} %")


def _bare(change: str) -> str:
    """A difference without its line numbers."""
    return "\n".join(line for line in change.splitlines() if not line.startswith("@@"))


def _inside_functions(path: Path, lines: Collection[int]) -> set[int]:
    """Of the lines that import runs those inside a function, which runs with the fault only where import does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [
        (node.body[0].lineno, node.end_lineno or 0)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {line for line in lines if any(first <= line <= last for first, last in bodies)}


if __name__ == "__main__":
    if sys.argv[1:] == ["--alone"]:
        sys.exit(run_alone())
    main()
