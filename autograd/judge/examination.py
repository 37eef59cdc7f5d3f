"""An engine, examined experiment by experiment: operations one at a time, then what backward() does between them.

First each operation alone, where only its own rule counts; then under another operation, which shows whether it takes the
slope from above; then beside another use of its input. Graphs of several operations are made of those that are right so far,
so that what they show is backward()'s. What calls an operation that is wrong goes wrong with it, and is not blamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.judge import habits, walks
from autograd.judge.alone import judge_alone, measure, seed_is_wrong, uses
from autograd.judge.among import is_wrong_beside, is_wrong_under
from autograd.judge.experiments import (
    MISSING,
    RIGHT,
    UNEXAMINED,
    WRONG,
    Bench,
    EngineRow,
    Fault,
    Measured,
    Sketch,
    Use,
    as_graph,
    figure,
    graphs,
    two_levels,
)
from autograd.judge.operations import close, spelled
from autograd.judge.process import say_failure
from autograd.writing.numbers import number

BASIC = "__add__ __mul__ __sub__ __truediv__ add mul sub div".split()  # that graphs of several operations are made of


class Examination:
    """All experiments on one engine; rows has what was found.

    bench: where it runs; seconds: what an experiment may take there
    """

    def __init__(self, bench: Bench, seconds: float, backward: str = "backward") -> None:
        self.bench, self.seconds, self.backward = bench, seconds, f"{backward}()"
        self.rows: list[EngineRow] = []
        names = spelled()
        reflected = [f"__r{n[2:]}" for n in names if n.startswith("__")]
        self.names = {*names, *reflected}
        self.there = set(bench.has([*names, *reflected]))
        self.operations = [names[n] for n in names if n in self.there]
        self.faults: list[Fault] = []
        self.missing: dict[Use, str] = {}
        self.good: list[tuple[Use, frozenset[str]]] = []
        self.measured: dict[Use, list[Measured]] = {}
        self.calls: dict[Use, frozenset[str]] = {}
        if not self.operations:
            self.say("operations", UNEXAMINED, "the class has no operator or method that has a name of an operation")
        elif not (self._begins_rightly() and self._examine_operations() and self._examine_habits()):
            self.say("all else", UNEXAMINED, "it shows when this is mended")

    def say(self, name: str, verdict: str, remark: str = "") -> None:
        """Note what was found."""
        self.rows.append(EngineRow(name, verdict, remark))

    def failure(self, result: dict[str, Any]) -> str:
        """What happened in place of an answer, in words; nothing where there is an answer."""
        error = result["error"]
        return say_failure(error["kind"], error["text"], self.seconds) if error else ""

    def slopes(self, sketch: Sketch, y: int, *xs: int) -> tuple[list[float], str]:
        """The slopes of some values after backward() from one, 0 for none; or what happened instead, in words."""
        sketch.backward(y)
        sketch.read(*xs)
        result = self.bench.run(sketch.steps)
        return [grad or 0.0 for _, grad in result["reads"][-1]] if not result["error"] else [], self.failure(result)

    def _begins_rightly(self) -> bool:
        """Whether a new value has the slope 0, or none."""
        sketch = Sketch()
        sketch.read(sketch.leaf(2.5))
        result = self.bench.run(sketch.steps)
        if said := self.failure(result):
            self.say("a value", UNEXAMINED, said)
            return False
        grad = result["reads"][0][0][1]
        if grad:
            self.say(
                "a value",
                WRONG,
                f"a new value has the slope {number(grad, 6)[0]}, and contributions are added to it: it is 0",
            )
            return False
        return True

    def _examine_operations(self) -> bool:
        """Whether there is something right to go on with."""
        for use in uses(self):
            measure(self, use)
        if seed_is_wrong(self):
            return False
        simple = [use for use in self.measured if not self.calls[use] - {use.name}]
        for use in simple:
            judge_alone(self, use, self.measured[use])
        if self._fails_from_here_on() or self._walk_is_wrong() or is_wrong_under(self) or is_wrong_beside(self):
            self._tell_operations()
            return False
        for use, measured in self.measured.items():
            if use not in simple:
                judge_alone(self, use, measured)
        self._tell_operations()
        return bool(self.good)

    def fault(self, use: Use, remark: str, calls: frozenset[str], general: str = "") -> None:
        self.faults.append(Fault(use, remark, calls, general))

    def _tell_operations(self) -> None:
        """The rows of the operations: what is wrong by itself, with what goes wrong because of it."""
        faulty = {fault.use.name for fault in self.faults}
        roots = [fault for fault in self.faults if not (fault.calls & faulty) - {fault.use.name}] or self.faults
        root_names = {fault.use.name for fault in roots}
        told = set()
        for fault in roots:
            if fault.use.name in told:
                continue
            told.add(fault.use.name)
            others = [f.use for f in self.faults if f.use.name not in root_names and fault.use.name in f.calls]
            behind = ", ".join(dict.fromkeys(f"`{u.name}`" for u in others))
            self.say(fault.use.name, WRONG, fault.remark + (f". Wrong with it: {behind}" if behind else ""))
        self.good = [(use, calls) for use, calls in self.good if not calls & faulty and use.name not in faulty]
        shown = {fault.use.name for fault in self.faults}
        for use, _ in self.good:
            if use.name not in shown:
                shown.add(use.name)
                self.say(use.name, RIGHT)
        for where in dict.fromkeys(use.with_number for use in self.missing):
            uses = [use for use in self.missing if use.with_number == where]
            side = where.rpartition(" ")[2]
            those = ", ".join(use.shown for use in uses)
            what = f"none can stand on the {side}, in {those}" if where else f"in {those}"
            name = "plain numbers" if where else "values as exponents"
            self.say(name, MISSING, f"{what}: {self.missing[uses[0]]}")

    def _fails_from_here_on(self) -> bool:
        """Whether from one operation on backward() fails in one way: it is its own fault, or what it keeps is broken."""
        tried = [use for use in uses(self) if use not in self.missing]
        failed = {fault.use: fault for fault in self.faults if fault.general}
        last = failed.get(tried[-1]) if tried else None
        if last is None:
            return False
        same = len(tried)
        while same and (fault := failed.get(tried[same - 1])) is not None and fault.general == last.general:
            same -= 1
        if len(tried) - same < 2:
            return False
        first = failed[tried[same]]
        self.faults = [fault for fault in self.faults if fault.use in tried[:same]]
        if same:
            self.fault(first.use, f"{first.remark}; all that was tried later failed likewise", first.calls)
        else:
            self.say(self.backward, WRONG, f"{first.general}, with all that was tried: {first.remark}")
        return True

    def _examine_habits(self) -> bool:
        """Graphs of several operations, made of those that are right; whether all could be examined."""
        plain = self.joins()
        if not plain:
            self.say(self.backward, UNEXAMINED, "no operation of two values is right, of which graphs could be made")
            return True
        first, second = [*plain, *plain][:2]
        if not self._order_is_right(first, second):
            return False
        for examine in habits.HABITS:
            examine(self, first, second)
        habits.extremes(self)
        return True

    def _walk_is_wrong(self) -> bool:
        """Whether one slip of backward() explains all graphs: then it is no operation's own."""
        plain = self.joins()
        if not plain:
            return False
        first, second = [*plain, *plain][:2]
        measured, wrong = self._walk(first, second)
        told = list(walks.explanations(measured)) if wrong else []
        if len(told) != 1:
            return False
        if told[0] == walks.LEVEL and self._goes_on(first):
            told = [walks.UPWARDS]
        self.say(self.backward, WRONG, f"{told[0].replace('backward()', self.backward)}: {wrong}")
        return True

    def _goes_on(self, join: Use) -> bool:
        """Whether a second backward() reaches a level further: then the first one came there too early."""
        sketch, x, y = two_levels(join, join)
        sketch.backward(y)
        return any(self.slopes(sketch, y, x)[0])

    def joins(self) -> list[Use]:
        """The operations of two values that are right, of which graphs are made."""
        return [u for name in BASIC for u, _ in self.good if u.operation.name == name and u.is_plain]

    def _walk(self, first: Use, second: Use) -> tuple[list[tuple[walks.Graph, Sequence[int], Sequence[float]]], str]:
        """What the graphs gave, and the first slope that is wrong, in words; nothing of them where one gives no answer."""
        measured: list[tuple[walks.Graph, Sequence[int], Sequence[float]]] = []
        wrong = ""
        for name, sketch, leaves in graphs(first.operation.name, second.operation.name):
            graph = as_graph(sketch, spelled())
            grads, said = self.slopes(sketch, sketch.count - 1, *leaves)
            if said:
                return [], f"in {name}: {said}"
            right = walks.right(graph)
            measured.append((graph, leaves, grads))
            for i, grad in zip(leaves, grads):
                if not wrong and not close(grad, right[i]):
                    wrong = f"in {name} a slope is {figure(right[i])}, and this one says {figure(grad)}"
        return measured, wrong

    def _order_is_right(self, first: Use, second: Use) -> bool:
        measured, wrong = self._walk(first, second)
        if not wrong:
            self.say("values used twice, in any order", RIGHT)
            return True
        told = list(walks.explanations(measured))
        self.say(self.backward, WRONG, f"{told[0]}: {wrong}" if len(told) == 1 else wrong)
        return False
