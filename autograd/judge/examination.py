"""An engine, examined experiment by experiment: operations one at a time, then what backward() does between them.

First each operation alone, where only its own rule counts; then under another operation, which shows whether it takes the
slope from above; then beside another use of its input. Graphs of several operations are made of those that are right so far,
so that what they show is backward()'s. What calls an operation that is wrong goes wrong with it, and is not blamed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from autograd.calculus import gradient
from autograd.judge import walks
from autograd.judge.operations import (
    HARD,
    PAIRS,
    POWERS,
    SIGNS,
    Operation,
    close,
    name_slope,
    name_value,
    points_of,
    spelled,
    truth,
    written_slopes,
)
from autograd.judge.process import say_failure
from autograd.value import Value
from autograd.writing.numbers import number

RIGHT, WRONG, LIMIT, MISSING, CONVENTION, UNREAD = "right", "wrong", "limit", "missing", "convention", "unread"
UNSUPPORTED = ("TypeError", "AttributeError", "AssertionError", "NotImplementedError", "ValueError")
BASIC = "__add__ __mul__ __sub__ __truediv__ add mul sub div".split()  # that graphs of several operations are made of
DEEP = 10_000
BESIDE = 1.3  # a number that is no other one of the battery


class Bench(Protocol):
    """Where experiments run; see process.py."""

    def run(self, steps: Sequence[Sequence[Any]]) -> dict[str, Any]: ...
    def has(self, names: Sequence[str]) -> list[str]: ...


class EngineRow(NamedTuple):
    """One thing that was examined.

    name: what it is; verdict: right, wrong, limit, missing, convention or unread; remark: what is to be said of it
    """

    name: str
    verdict: str
    remark: str = ""


class Sketch:
    """The steps of an experiment, written down: each method gives the place of what it computes."""

    def __init__(self) -> None:
        self.steps: list[list[Any]] = []
        self.count = 0

    def _made(self, *step: Any) -> int:
        self.steps.append(list(step))
        self.count += 1
        return self.count - 1

    def leaf(self, x: float) -> int:
        return self._made("leaf", x)

    def number(self, x: float) -> int:
        return self._made("number", x)

    def apply(self, name: str, *inputs: int) -> int:
        return self._made("apply", name, list(inputs))

    def backward(self, y: int) -> None:
        self.steps.append(["backward", y])

    def read(self, *places: int) -> None:
        self.steps.append(["read", list(places)])

    def zero(self, x: int) -> None:
        self.steps.append(["zero", x])

    def double(self, name: str, x: int, times: int) -> int:
        return self._made("double", name, x, times)

    def repeat(self, name: str, inputs: Sequence[int], times: int) -> int:
        return self._made("repeat", name, list(inputs), times)

    def sum(self, *places: int) -> int:
        return self._made("sum", list(places))


class Measured(NamedTuple):
    """One operation at one point: inputs, result, the slopes of those inputs that are values, and the right ones."""

    at: tuple[float, ...]
    z: float
    slopes: tuple[float, ...]
    right_z: float
    right: tuple[float, ...]


class Use(NamedTuple):
    """An operation in one of its uses: of values alone, or with a plain number on one side.

    sides: which inputs are values; name: the method that Python calls for it
    """

    operation: Operation
    sides: tuple[int, ...]

    @property
    def name(self) -> str:
        own = self.operation.name
        return own.replace("__", "__r", 1) if self.sides == (1,) else own

    @property
    def shown(self) -> str:
        return f"`{self.name}`"

    @property
    def is_plain(self) -> bool:
        return len(self.sides) == self.operation.arity

    @property
    def with_number(self) -> str:
        """Where the plain number is, in words."""
        return "" if self.is_plain else f"with a plain number on the {'left' if self.sides == (1,) else 'right'}"


class Fault(NamedTuple):
    """What is wrong with a use of an operation; calls are the methods that computed it.

    general: what to say of backward() where this is wrong with every operation
    """

    use: Use
    remark: str
    calls: frozenset[str]
    general: str = ""


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
            self.say("operations", UNREAD, "the class has no operator or method that has a name of an operation")
        elif not (self._begins_rightly() and self._examine_operations() and self._examine_habits()):
            self.say("all else", UNREAD, "it shows when this is mended")

    def say(self, name: str, verdict: str, remark: str = "") -> None:
        """Note what was found."""
        self.rows.append(EngineRow(name, verdict, remark))

    def failure(self, result: dict[str, Any]) -> str:
        """What happened in place of an answer, in words; nothing where there is an answer."""
        error = result["error"]
        return say_failure(error["kind"], error["text"], self.seconds) if error else ""

    # ---------------------------------------------------------------------------------------------- before any operation

    def _begins_rightly(self) -> bool:
        """Whether a new value has the slope 0, or none."""
        sketch = Sketch()
        sketch.read(sketch.leaf(2.5))
        result = self.bench.run(sketch.steps)
        if said := self.failure(result):
            self.say("a value", UNREAD, said)
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

    # ------------------------------------------------------------------------------------------------- operations, alone

    def _uses(self) -> list[Use]:
        uses = []
        for operation in self.operations:
            uses.append(Use(operation, tuple(range(operation.arity))))
            if operation.arity == 2:
                uses.append(Use(operation, (0,)))
                if operation.name.startswith("__"):
                    uses.append(Use(operation, (1,)))
        return uses

    def _points(self, use: Use) -> list[tuple[float, ...]]:
        if use.operation.meaning == "pow" and use.sides == (0,):
            return list(POWERS)
        return list(points_of(use.operation)) if use.operation.arity == 1 else list(PAIRS)

    def _single(self, use: Use, at: Sequence[float]) -> tuple[Sketch, list[int], int]:
        """An operation on new values and numbers: what is written down so far, the places of values, and of the result."""
        sketch = Sketch()
        places = [sketch.leaf(x) if i in use.sides else sketch.number(_short(x)) for i, x in enumerate(at)]
        y = sketch.apply(use.operation.name, *places)
        return sketch, [places[i] for i in use.sides], y

    def _examine_operations(self) -> bool:
        """Whether there is something right to go on with."""
        for use in self._uses():
            self._measure(use)
        if self._seed_is_wrong():
            return False
        simple = [use for use in self.measured if not self.calls[use] - {use.name}]
        for use in simple:
            self._judge_alone(use, self.measured[use])
        if self._fails_from_here_on() or self._walk_is_wrong() or self._is_wrong_under() or self._is_wrong_beside():
            self._tell_operations()
            return False
        for use, measured in self.measured.items():
            if use not in simple:
                self._judge_alone(use, measured)
        self._tell_operations()
        return bool(self.good)

    def _measure(self, use: Use) -> None:
        found: list[Measured] = []
        calls: set[str] = set()
        for at in self._points(use):
            sketch, leaves, y = self._single(use, at)
            sketch.read(y)
            sketch.backward(y)
            sketch.read(*leaves, y)
            result = self.bench.run(sketch.steps)
            calls |= self.names & set(result["calls"])
            if result["error"]:
                self._note_failure(use, at, result, frozenset(calls))
                return
            z = result["reads"][0][0][0]
            if z is None:
                self._fault(use, f"{use.shown} gives nothing that has a number", frozenset(calls))
                return
            after = result["reads"][1][-1][0]
            if after is not None and not close(after, z):
                general = "it changes the number of the result"
                self._fault(use, f"{use.shown}: {self.backward} changes its number", frozenset(calls), general)
                return
            right_z, right = truth(use.operation, at)
            slopes = tuple(pair[1] or 0.0 for pair in result["reads"][1][:-1])
            found.append(Measured(tuple(at), z, slopes, right_z, tuple(right[i] for i in use.sides)))
        self.measured[use], self.calls[use] = found, frozenset(calls)

    def _note_failure(self, use: Use, at: Sequence[float], result: dict[str, Any], calls: frozenset[str]) -> None:
        error, said = result["error"], self.failure(result)
        in_backward = error["step"] > use.operation.arity
        optional = not use.is_plain or use.operation.meaning == "pow"
        if error["kind"] in UNSUPPORTED and optional and not in_backward:
            self.missing[use] = said
            return
        where = f"in {self.backward}, " if in_backward else ""
        self._fault(use, f"{_at(use, at)}: {where}{said}", calls, f"it raises {error['kind']}" if in_backward else "")

    def _fault(self, use: Use, remark: str, calls: frozenset[str], general: str = "") -> None:
        self.faults.append(Fault(use, remark, calls, general))

    def _seed_is_wrong(self) -> bool:
        """Whether all slopes are off by one factor: what backward() begins with in place of 1."""
        found = [
            (m.z, right, slope, side, len(use.sides))
            for use, rows in self.measured.items()
            if use.operation.is_known and use.is_plain and not self.calls[use] - {use.name}
            for m in rows
            if close(m.z, m.right_z)
            for side, (right, slope) in enumerate(zip(m.right, m.slopes))
            if right
        ]
        names = {use.operation.name for use in self.measured if not self.calls[use] - {use.name}}
        if len(found) < 3 or len(names) < 2 or all(close(right, slope) for _, right, slope, _, _ in found):
            return False
        times = found[0][2] / found[0][1]
        seeds: list[tuple[str, Callable[[float, float, int, int], float]]] = [
            ("all slopes stay 0: it has to begin with 1 as the slope of the result itself", lambda z, r, side, n: 0.0),
            ("it begins with the number of the result as its slope: it begins with 1", lambda z, r, side, n: z * r),
            (
                f"it begins with {number(times, 6)[0]} as the slope of the result: it begins with 1",
                lambda z, r, side, n: times * r,
            ),
            (UNDER["added"].format("each operation"), lambda z, r, side, n: 1.0 + r),
            ("each operation divides by its own slope, and should multiply by it", lambda z, r, side, n: 1.0 / r),
            (walks.LEFT, lambda z, r, side, n: r if side == 0 else 0.0),
            (walks.RIGHT, lambda z, r, side, n: r if side == n - 1 else 0.0),
        ]
        for words, seed in seeds:
            if all(close(seed(z, right, side, n), slope) for z, right, slope, side, n in found):
                self.say(self.backward, WRONG, words)
                return True
        return False

    def _judge_alone(self, use: Use, measured: list[Measured]) -> None:
        calls, operation = self.calls[use], use.operation
        off = [m for m in measured if not close(m.z, m.right_z)]
        if off and operation.is_known:
            slip = name_value(operation, [(m.at, m.z) for m in measured])
            right = f"{_at(use, off[0].at)} gives {_figure(off[0].z)}, and is {_figure(off[0].right_z)}"
            number_words = f" {use.with_number}" if use.with_number else ""
            self._fault(use, f"{right}{number_words}{f': what it computes is {slip}' if slip else ''}", calls)
            return
        rows = measured if operation.is_known else [own for m in measured if (own := self._by_own_values(use, m))]
        bad = [k for k in range(len(use.sides)) if any(not close(m.slopes[k], m.right[k]) for m in rows)]
        if bad:
            self._fault(use, self._slope_remark(use, rows, bad), calls)
        elif rows:
            self.good.append((use, calls))

    def _by_own_values(self, use: Use, m: Measured) -> Measured | None:
        """A measured point with the slope that the engine's own values have there; None where they have none."""
        h = 1e-4
        zs = []
        for x in (m.at[0] - h, m.at[0] + h):
            sketch, _, y = self._single(use, [x])
            sketch.read(y)
            result = self.bench.run(sketch.steps)
            if result["error"] or result["reads"][0][0][0] is None:
                return None
            zs.append(result["reads"][0][0][0])
        slope = (zs[1] - zs[0]) / (2.0 * h)
        # what differences leave open is nobody's mistake
        return m._replace(right_z=m.z, right=(m.slopes[0] if abs(slope - m.slopes[0]) < 1e-5 else slope,))

    def _slope_remark(self, use: Use, rows: list[Measured], bad: list[int]) -> str:
        operation = use.operation
        right_texts = written_slopes(operation) if operation.is_known else []
        slips = {}
        for k in bad:
            samples = [(m.at, m.z, m.right[k], m.slopes[k]) for m in rows]
            slips[k] = name_slope(operation, samples)
        if operation.arity == 2 and len(bad) == 2 and all(any(slip) for slip in slips.values()):
            swapped = all(close(m.slopes[0], m.right[1]) and close(m.slopes[1], m.right[0]) for m in rows)
            if swapped:
                if operation.meaning == "mul":
                    return f"{use.shown} gives each factor its own value as slope; they are swapped"
                return (
                    f"{use.shown} gives its left input the slope of the right one, and the other way round; they are swapped"
                )
        parts = []
        for k in bad:
            m = next(m for m in rows if not close(m.slopes[k], m.right[k]))
            text, words = slips[k]
            side = use.sides[k]
            whose = use.shown if operation.arity == 1 else f"{use.shown}: for the {('left', 'right')[side]} input"
            if not (text or words) or not right_texts:
                of = "of" if operation.arity == 1 else f"for the {('left', 'right')[side]} input of"
                parts.append(
                    f"{use.shown}: the slope {of} {_at(use, m.at)} is {_figure(m.right[k])}, and this one says"
                    f" {_figure(m.slopes[k])}"
                )
                continue
            right = right_texts[side]
            named = " with z the result" if "z" in right + text else ""
            is_right = (
                f"{whose}{' has' if operation.arity == 1 else ''} the slope {'' if operation.arity == 1 else 'is '}{right}"
            )
            if text:
                parts.append(f"{is_right}{named}, this is {text}{f' ({words})' if words else ''}")
            else:
                parts.append(f"{is_right}{named}: {words}")
        number_words = f", {use.with_number}" if use.with_number else ""
        return "; ".join(parts) + number_words

    # ------------------------------------------------------------------------------------------ operations, among others

    def _carrier(self) -> tuple[Use, float] | None:
        """Something that stands above an operation with a slope that is not 1, and a number for its other side."""
        for name, x in (("__mul__", 3.0), ("mul", 3.0), ("__truediv__", 0.4), ("div", 0.4), ("__sub__", 0.4)):
            for use, _ in self.good:
                if use.operation.name == name and use.is_plain:
                    return use, x
        return None

    def _is_wrong_under(self) -> bool:
        """Whether none of the operations takes what comes from above; where only some do not, these are noted."""
        slips: dict[Use, frozenset[str]] = {}
        tested = 0
        for use, _ in self.good:
            if not use.is_plain and any(u.operation is use.operation and u.is_plain for u, _ in self.good):
                continue
            carrier = self._carrier() or next(((u, 0.0) for u, _ in self.good if u.operation.arity == 1), None)
            if carrier is None:
                return False
            found = self._under(use, *carrier)
            if found is None:
                continue
            tested += 1
            if found:
                slips[use] = found
        if not slips:
            return False
        common = frozenset.intersection(*slips.values())
        if common and len(slips) == tested > 1:
            self.say(self.backward, WRONG, UNDER[next(kind for kind in UNDER if kind in common)].format("each operation"))
            return True
        for use, kinds in slips.items():
            kind = next(kind for kind in UNDER if kind in kinds)
            self._fault(use, UNDER[kind].format(use.shown), dict(self.good)[use])
        self.good = [(use, calls) for use, calls in self.good if use not in slips]
        return False

    def _under(self, use: Use, above: Use, x: float) -> frozenset[str] | None:
        """How an operation fails under another one: keys of UNDER, none for not at all; None where nothing is known."""
        slips: set[str] | None = None
        fails = False
        for at, z, slopes, _, _ in self.measured[use][:4]:
            sketch, leaves, y = self._single(use, at)
            if above.operation.arity == 2:
                # the operation on the right of a minus, whose slope is 1 on its left
                c = sketch.leaf(x)
                pair, side = ((c, y), 1) if above.operation.meaning == "sub" else ((y, c), 0)
                top = sketch.apply(above.operation.name, *pair)
                g = truth(above.operation, (x, z) if side else (z, x))[1][side]
            else:
                top = sketch.apply(above.operation.name, y)
                g = truth(above.operation, (z,))[1][0]
            sketch.backward(top)
            sketch.read(*leaves)
            result = self.bench.run(sketch.steps)
            if result["error"] or not math.isfinite(g):
                return None
            measured = [pair[1] or 0.0 for pair in result["reads"][0]]
            right = slopes  # as they are alone
            if all(close(m, g * r) for m, r in zip(measured, right)):
                continue
            fails = True
            could = {
                kind for kind, rule in UNDER_RULES.items() if all(close(m, rule(g, r)) for m, r in zip(measured, right))
            }
            slips = could if slips is None else slips & could
        if not fails:
            return frozenset()
        return frozenset(slips or {"unknown"})

    def _is_wrong_beside(self) -> bool:
        """Whether no operation keeps what its input has from elsewhere; where only some do not, these are noted."""
        joins = self._joins()
        if not joins:
            return False
        join = joins[0]
        lost: dict[Use, list[int]] = {}
        tested = 0
        for use, _ in self.good:
            if not use.is_plain:
                continue
            sides = [side for side in range(use.operation.arity) if self._loses(use, side, join)]
            tested += 1
            if sides:
                lost[use] = sides
        if len(lost) == tested > 1:
            self.say(self.backward, WRONG, walks.LAST)
            return True
        for use, sides in lost.items():
            whose = "its input"
            if use.operation.arity == 2 and len(sides) == 1:
                whose = f"its {('left', 'right')[sides[0]]} input"
            remark = (
                f"{use.shown} overwrites the slope of {whose} (= instead of +=): a value that is used elsewhere, too,"
                " keeps only the last contribution"
            )
            self._fault(use, remark, dict(self.good)[use])
        self.good = [(use, calls) for use, calls in self.good if use not in lost]
        return False

    def _loses(self, use: Use, side: int, join: Use) -> bool:
        """Whether one of the inputs of an operation has its contribution alone, though it is used elsewhere, too."""
        off = False
        for at, z, slopes, _, _ in self.measured[use][:4]:
            sketch, leaves, y = self._single(use, at)
            x = leaves[side]
            top = sketch.apply(join.operation.name, y, x)
            sketch.backward(top)
            sketch.read(x)
            result = self.bench.run(sketch.steps)
            if result["error"]:
                return False
            _, (through, direct) = truth(join.operation, (z, at[side]))
            grad = result["reads"][0][0][1] or 0.0
            if close(grad, through * slopes[side] + direct):
                continue
            if not close(grad, through * slopes[side]):
                return False
            off = True
        return off

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
        tried = [use for use in self._uses() if use not in self.missing]
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
            self._fault(first.use, f"{first.remark}; all that was tried later failed likewise", first.calls)
        else:
            self.say(self.backward, WRONG, f"{first.general}, with all that was tried: {first.remark}")
        return True

    # --------------------------------------------------------------------------------------------------- backward() itself

    def _examine_habits(self) -> bool:
        """Graphs of several operations, made of those that are right; whether all could be examined."""
        plain = self._joins()
        if not plain:
            self.say(self.backward, UNREAD, "no operation of two values is right, of which graphs could be made")
            return True
        first, second = plain[0], plain[1] if len(plain) > 1 else plain[0]
        if not self._order_is_right(first, second):
            return False
        for examine in (
            self._second_backward,
            self._shared_part,
            self._unreached,
            self._zero_grad,
            self._doubling,
            self._deep_chain,
            self._sum_of_values,
        ):
            examine(first, second)
        self._extremes()
        return True

    def _walk_is_wrong(self) -> bool:
        """Whether one slip of backward() explains all graphs: then it is no operation's own."""
        plain = self._joins()
        if not plain:
            return False
        measured, wrong = self._walk(plain[0], plain[1] if len(plain) > 1 else plain[0])
        if isinstance(wrong, str) or wrong is None:
            return False
        told = list(walks.explanations(measured))
        if len(told) != 1:
            return False
        if told[0] == walks.LEVEL and self._goes_on(plain[0]):
            told = [walks.UPWARDS]
        name, should, grad = wrong
        where = f"in {name} a slope is {_figure(should)}, and this one says {_figure(grad)}"
        self.say(self.backward, WRONG, f"{told[0].replace('backward()', self.backward)}: {where}")
        return True

    def _goes_on(self, join: Use) -> bool:
        """Whether a second backward() reaches a level further: then the first one came there too early."""
        sketch, x, y = self._two_levels(join, join)
        sketch.backward(y)
        sketch.backward(y)
        sketch.read(x)
        result = self.bench.run(sketch.steps)
        return not result["error"] and bool(result["reads"][0][0][1])

    def _joins(self) -> list[Use]:
        """The operations of two values that are right, of which graphs are made."""
        return [u for name in BASIC for u, _ in self.good if u.operation.name == name and u.is_plain]

    def _walk(
        self, first: Use, second: Use
    ) -> tuple[list[tuple[walks.Graph, Sequence[int], Sequence[float]]], str | tuple[str, float, float] | None]:
        """What the graphs gave, and the first that is wrong: where, what it should be, and is; or what happened instead."""
        measured: list[tuple[walks.Graph, Sequence[int], Sequence[float]]] = []
        wrong: tuple[str, float, float] | None = None
        for name, sketch, leaves in _graphs(first.operation.name, second.operation.name):
            graph = _as_graph(sketch, spelled())
            sketch.backward(sketch.count - 1)
            sketch.read(*leaves)
            result = self.bench.run(sketch.steps)
            if said := self.failure(result):
                return measured, f"in {name}: {said}"
            grads = [pair[1] or 0.0 for pair in result["reads"][0]]
            right = walks.right(graph)
            measured.append((graph, leaves, grads))
            for i, grad in zip(leaves, grads):
                if wrong is None and not close(grad, right[i]):
                    wrong = name, right[i], grad
        return measured, wrong

    def _order_is_right(self, first: Use, second: Use) -> bool:
        measured, wrong = self._walk(first, second)
        if wrong is None:
            self.say("values used twice, in any order", RIGHT)
        elif isinstance(wrong, str):
            self.say(self.backward, WRONG, wrong)
        else:
            name, should, grad = wrong
            told = list(walks.explanations(measured))
            where = f"in {name} a slope is {_figure(should)}, and this one says {_figure(grad)}"
            self.say(self.backward, WRONG, f"{told[0]}: {where}" if len(told) == 1 else where)
        return wrong is None

    def _second_backward(self, first: Use, second: Use) -> None:
        """What backward() does when it is called again: every way is somebody's convention, and is said."""
        sketch, x, y = self._two_levels(first, second)
        sketch.backward(y)
        sketch.read(x)
        sketch.backward(y)
        sketch.read(x)
        result = self.bench.run(sketch.steps)
        if said := self.failure(result):
            self.say(f"second {self.backward}", LIMIT, f"{said}: the graph is good for one call")
            return
        once, twice = (read[0][1] or 0.0 for read in result["reads"])
        if close(twice, 2.0 * once):
            words = "adds up: the second backward() doubles the slopes of leaves, as in PyTorch"
        elif close(twice, once):
            words = "starts anew: the second backward() leaves the slopes as they were"
        elif close(twice, 3.0 * once):
            words = (
                "adds up in inner nodes, too, as in micrograd: the second backward() over the same graph gives a leaf two"
                " levels down three times its slope; set all slopes to 0, or compute anew"
            )
        else:
            words = f"changes slopes: {_figure(once)} becomes {_figure(twice)}"
        self.say(f"second {self.backward}", CONVENTION, words.replace("backward()", self.backward))

    def _two_levels(self, first: Use, second: Use) -> tuple[Sketch, int, int]:
        sketch = Sketch()
        x, c, d = sketch.leaf(1.7), sketch.leaf(2.6), sketch.leaf(0.9)
        return sketch, x, sketch.apply(first.operation.name, sketch.apply(second.operation.name, x, c), d)

    def _shared_part(self, first: Use, second: Use) -> None:
        """A node of which two results were computed, each with its own backward()."""
        sketch = Sketch()
        x, c, d, e = sketch.leaf(1.7), sketch.leaf(2.6), sketch.leaf(0.9), sketch.leaf(0.8)
        shared = sketch.apply(first.operation.name, x, c)
        one = sketch.apply(first.operation.name, shared, d)
        two = sketch.apply(second.operation.name, shared, e)
        sketch.backward(one)
        sketch.read(x)
        sketch.backward(two)
        sketch.read(x)
        result = self.bench.run(sketch.steps)
        if result["error"]:
            return
        before, after = (read[0][1] or 0.0 for read in result["reads"])
        z, (inner, _) = truth(first.operation, (1.7, 2.6))
        alone = inner * truth(second.operation, (z, 0.8))[1][0]
        if close(before, after) and not close(before, alone):
            remark = (
                "a node that one call has visited is not visited by the next one, from another result: is the set of"
                " visited nodes kept between calls?"
            )
            self.say(f"{self.backward} of two results", WRONG, remark)

    def _unreached(self, first: Use, second: Use) -> None:
        """A leaf that the result does not depend on, and the numbers of leaves."""
        sketch, x, y = self._two_levels(first, second)
        other = sketch.leaf(4.2)
        sketch.backward(y)
        sketch.read(other, x)
        result = self.bench.run(sketch.steps)
        if said := self.failure(result):
            self.say("a leaf that is not reached", WRONG, said)
            return
        (data, grad), (x_data, _) = result["reads"][0]
        if grad:
            remark = (
                f"it has the slope {_figure(grad)}, and nothing depends on it: do values share what should be their own?"
            )
            self.say("a leaf that is not reached", WRONG, remark)
        elif not (close(data, 4.2) and close(x_data, 1.7)):
            self.say("a leaf", WRONG, f"{self.backward} changes its number, from 1.7 to {_figure(x_data)}")
        else:
            self.say("a leaf that is not reached", RIGHT)

    def _zero_grad(self, first: Use, second: Use) -> None:
        sketch, x, y = self._two_levels(first, second)
        sketch.backward(y)
        sketch.zero(x)
        sketch.read(x)
        result = self.bench.run(sketch.steps)
        if result["error"] and result["error"]["kind"] == "AttributeError":
            return  # most have none: optimisers set slopes to 0
        if said := self.failure(result):
            self.say("zero_grad", WRONG, said)
        elif grad := result["reads"][0][0][1]:
            self.say("zero_grad", WRONG, f"the slope stays {_figure(grad)}")
        else:
            self.say("zero_grad", RIGHT)

    def _doubling(self, first: Use, second: Use) -> None:
        """Whether work grows with the nodes, or with the ways through them."""
        add = next((u for u in (first, second) if u.operation.meaning == "add"), None)
        if add is None:
            return
        visits = []
        for times in (5, 11):
            sketch = Sketch()
            x = sketch.leaf(1.0)
            y = sketch.double(add.operation.name, x, times)
            sketch.backward(y)
            sketch.read(x)
            result = self.bench.run(sketch.steps)
            if result["error"]:
                return
            visits.append(result["visits"])
        if visits[0] and visits[1] > 20 * visits[0]:
            remark = "y = y + y, again and again: a node is visited once for each way to it, 2ⁿ times for n steps"
            self.say("many ways", LIMIT, remark)

    def _deep_chain(self, first: Use, second: Use) -> None:
        add = next((u for u in (first, second) if u.operation.meaning == "add"), first)
        sketch = Sketch()
        x, c = sketch.leaf(1.0), sketch.leaf(1.0)
        y = sketch.repeat(add.operation.name, [x, c], DEEP)
        sketch.backward(y)
        sketch.read(x)
        result = self.bench.run(sketch.steps)
        name = f"a chain of {DEEP:,} operations"
        if said := self.failure(result):
            self.say(name, LIMIT, said)
        elif add.operation.meaning != "add" or close(result["reads"][0][0][1] or 0.0, 1.0):
            self.say(name, RIGHT)
        else:
            self.say(name, WRONG, f"the slope is 1, and this one says {_figure(result['reads'][0][0][1] or 0.0)}")

    def _sum_of_values(self, first: Use, second: Use) -> None:
        """Python's sum, which begins with the plain number 0."""
        if "__add__" not in self.there or any(f.use.operation.meaning == "add" for f in self.faults):
            return
        sketch = Sketch()
        leaves = [sketch.leaf(x) for x in (1.5, 2.5, -0.5)]
        y = sketch.sum(*leaves)
        sketch.backward(y)
        sketch.read(*leaves, y)
        result = self.bench.run(sketch.steps)
        if said := self.failure(result):
            self.say("sum() of a list", MISSING, said)
        elif [round(pair[1] or 0.0, 6) for pair in result["reads"][0][:-1]] != [1.0, 1.0, 1.0]:
            self.say("sum() of a list", WRONG, "each slope is 1, and these are not")
        else:
            self.say("sum() of a list", RIGHT)

    def _extremes(self) -> None:
        """0 and ±1000, negative bases and exponents that are 0: what raises, overflows, or is a convention."""
        for use, _ in self.good:
            operation = use.operation
            if operation.arity == 1 and operation.is_known:
                self._at_hard_points(use, [(x,) for x in HARD])
            elif operation.meaning == "pow" and use.sides == (0,):
                self._at_hard_points(use, [(-2.0, 3.0), (-1.5, 2.0), (0.0, 2.0), (0.0, 1.0), (1.5, 0.0)])

    def _at_hard_points(self, use: Use, points: Sequence[tuple[float, ...]]) -> None:
        told: list[tuple[str, str]] = []
        for at in points:
            z, slopes = truth(use.operation, at)
            sketch, leaves, y = self._single(use, at)
            sketch.read(y)
            sketch.backward(y)
            sketch.read(*leaves)
            result = self.bench.run(sketch.steps)
            if said := self.failure(result):
                if math.isnan(z):
                    continue
                is_it = f"its value is {_figure(z)}" + (f" and its slope {_figure(slopes[0])}" if math.isfinite(z) else "")
                told.append((LIMIT, f"{_at(use, at)}: {said}; {is_it}"))
                continue
            got, slope = result["reads"][0][0][0], result["reads"][1][0][1] or 0.0
            if got is not None and not close(got, z) and math.isfinite(z):
                told.append((LIMIT, f"{_at(use, at)} gives {_figure(got)}, and is {_figure(z)}"))
            elif not close(slope, slopes[0]) and math.isfinite(slopes[0]):
                if at == (0.0,) and use.operation.meaning in ("relu", "abs"):
                    told.append(
                        (
                            CONVENTION,
                            f"its slope at 0, a kink, is {_figure(slope)} here, and {_figure(slopes[0])} in PyTorch",
                        )
                    )
                else:
                    told.append(
                        (LIMIT, f"{_at(use, at)} has the slope {_figure(slopes[0])}, and this one says {_figure(slope)}")
                    )
        for verdict in (LIMIT, CONVENTION):
            remarks = [remark for kind, remark in told if kind == verdict]
            if remarks:
                self.say(f"{use.name} at 0 and far out", verdict, "; ".join(remarks))


UNDER = {
    "left out": "{} leaves out the slope from above: its own slope is to be multiplied by that of its result",
    "added": "{} adds the slope from above to its own, and should multiply them",
    "as it is": "{} hands on the slope from above as it is",
    "square": "{} multiplies by the slope from above twice",
    "negative": "{} changes the sign of the slope from above",
    "begun with 1": "{} has a slope that begins with 1, and only the result's does: elsewhere it begins with 0",
    "zero": "what goes into {} gets no slope where it is not the last operation",
    "divided": "{} divides by the slope from above, and should multiply",
    "unknown": "{} gives wrong slopes where it is not the last operation",
}
UNDER_RULES: dict[str, Callable[[float, float], float]] = {
    "left out": lambda g, r: r,
    "added": lambda g, r: g + r,
    "as it is": lambda g, r: g,
    "square": lambda g, r: g * g * r,
    "negative": lambda g, r: -g * r,
    "begun with 1": lambda g, r: (g + 1.0) * r,
    "zero": lambda g, r: 0.0,
    "divided": lambda g, r: r / g if g else math.nan,
}


def _graphs(p: str, q: str) -> list[tuple[str, Sketch, list[int]]]:
    """Graphs in which values are used twice, of two operations; the last node is the result."""
    found = []

    def add(name: str, build: Callable[[Sketch], list[int]]) -> None:
        sketch = Sketch()
        found.append((name, sketch, build(sketch)))

    def same(s: Sketch) -> list[int]:
        x = s.leaf(1.7)
        s.apply(q, x, x)
        return [x]

    def diamond(s: Sketch) -> list[int]:
        x, c, d = s.leaf(1.7), s.leaf(0.6), s.leaf(2.3)
        s.apply(q, s.apply(p, x, c), s.apply(q, x, d))
        return [x, c, d]

    def order(turned: bool) -> Callable[[Sketch], list[int]]:
        def build(s: Sketch) -> list[int]:
            x, k, m = s.leaf(1.7), s.leaf(0.6), s.leaf(2.3)
            b = s.apply(q, x, k)
            c = s.apply(p, b, m)
            s.apply(p, *((c, b) if turned else (b, c)))
            return [x, k, m]

        return build

    def long(turned: bool) -> Callable[[Sketch], list[int]]:
        def build(s: Sketch) -> list[int]:
            x, k, m = s.leaf(1.1), s.leaf(0.6), s.leaf(2.3)
            b = s.apply(p, x, k)
            c = s.apply(q, b, m)
            d = s.apply(p, c, k)
            e = s.apply(q, *((b, d) if turned else (d, b)))
            s.apply(p, *((c, e) if turned else (e, c)))
            return [x, k, m]

        return build

    def equal(s: Sketch) -> list[int]:
        x, y, k, m = s.leaf(1.5), s.leaf(1.5), s.leaf(0.7), s.leaf(0.7)
        s.apply(q, s.apply(p, x, k), s.apply(p, y, m))
        return [x, y, k, m]

    add("a value with itself", same)
    add("a diamond", diamond)
    add("a value used by two nodes, one of which uses the other", order(False))
    add("a value used by two nodes, one of which uses the other", order(True))
    add("a longer graph", long(False))
    add("a longer graph", long(True))
    add("a graph with equal numbers", equal)
    return found


def _as_graph(sketch: Sketch, names: dict[str, Operation]) -> walks.Graph:
    """The graph that an experiment builds, with the right local slopes."""
    nodes: list[walks.Node] = []
    for what, *rest in sketch.steps:
        if what == "leaf":
            nodes.append(walks.Node((), (), rest[0]))
        else:
            xs = [Value(nodes[i].data) for i in rest[1]]
            y = names[rest[0]].function(*xs)
            nodes.append(walks.Node(tuple(rest[1]), tuple(s.data for s in gradient(y, *xs)), y.data))
    return nodes


def _short(x: float) -> float | int:
    """A whole number as an int, as people write it beside a value."""
    return int(x) if x == int(x) else x


def _figure(x: float) -> str:
    return number(x, 5)[0]


def _at(use: Use, at: Sequence[float]) -> str:
    """An operation at a point, as one would write it."""
    operation = use.operation
    numbers = [_figure(x) for x in at]
    if operation.arity == 1:
        return f"{operation.meaning}({numbers[0]})"
    left, right = (f"({n})" if n.startswith("−") else n for n in numbers)
    return f"{left} {SIGNS[operation.meaning]} {right}"
