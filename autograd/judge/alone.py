"""Operations one at a time, where only their own rules count: values, slopes, and what backward() begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.judge import walks
from autograd.judge.among import ADDED
from autograd.judge.experiments import WRONG, Measured, Use, at_point, figure, single
from autograd.judge.operations import PAIRS, POWERS, close, name_slope, name_value, points_of, truth, written_slopes
from autograd.writing.numbers import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.judge.examination import Examination

UNSUPPORTED = ("TypeError", "AttributeError", "AssertionError", "NotImplementedError", "ValueError")


def uses(exam: Examination) -> Iterator[Use]:
    """Each operation on values alone, and with a plain number on the right and on the left."""
    for operation in exam.operations:
        yield Use(operation, tuple(range(operation.arity)))
        if operation.arity == 2:
            yield Use(operation, (0,))
            if operation.name.startswith("__"):
                yield Use(operation, (1,))


def _points(use: Use) -> list[tuple[float, ...]]:
    if use.operation.meaning == "pow" and use.sides == (0,):
        return list(POWERS)
    return list(points_of(use.operation)) if use.operation.arity == 1 else list(PAIRS)


def measure(exam: Examination, use: Use) -> None:
    found: list[Measured] = []
    calls: set[str] = set()
    for at in _points(use):
        sketch, leaves, y = single(use, at)
        sketch.read(y)
        sketch.backward(y)
        sketch.read(*leaves, y)
        result = exam.bench.run(sketch.steps)
        calls |= exam.names & set(result["calls"])
        if result["error"]:
            _note_failure(exam, use, at, result, frozenset(calls))
            return
        z = result["reads"][0][0][0]
        if z is None:
            exam.fault(use, f"{use.shown} gives nothing that has a number", frozenset(calls))
            return
        after = result["reads"][1][-1][0]
        if after is not None and not close(after, z):
            general = "it changes the number of the result"
            exam.fault(use, f"{use.shown}: {exam.backward} changes its number", frozenset(calls), general)
            return
        right_z, right = truth(use.operation, at)
        slopes = tuple(pair[1] or 0.0 for pair in result["reads"][1][:-1])
        found.append(Measured(tuple(at), z, slopes, right_z, tuple(right[i] for i in use.sides)))
    exam.measured[use], exam.calls[use] = found, frozenset(calls)


def _note_failure(exam: Examination, use: Use, at: Sequence[float], result: dict[str, Any], calls: frozenset[str]) -> None:
    error, said = result["error"], exam.failure(result)
    in_backward = error["step"] > use.operation.arity
    optional = not use.is_plain or use.operation.meaning == "pow"
    if error["kind"] in UNSUPPORTED and optional and not in_backward:
        exam.missing[use] = said
        return
    where = f"in {exam.backward}, " if in_backward else ""
    exam.fault(use, f"{at_point(use, at)}: {where}{said}", calls, f"it raises {error['kind']}" if in_backward else "")


def seed_is_wrong(exam: Examination) -> bool:
    """Whether all slopes are off by one factor: what backward() begins with in place of 1."""
    found = [
        (m.z, right, slope, side, len(use.sides))
        for use, rows in exam.measured.items()
        if use.operation.is_known and use.is_plain and not exam.calls[use] - {use.name}
        for m in rows
        if close(m.z, m.right_z)
        for side, (right, slope) in enumerate(zip(m.right, m.slopes))
        if right
    ]
    names = {use.operation.name for use in exam.measured if not exam.calls[use] - {use.name}}
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
        (ADDED.format("each operation"), lambda z, r, side, n: 1.0 + r),
        ("each operation divides by its own slope, and should multiply by it", lambda z, r, side, n: 1.0 / r),
        (walks.LEFT, lambda z, r, side, n: r if side == 0 else 0.0),
        (walks.RIGHT, lambda z, r, side, n: r if side == n - 1 else 0.0),
    ]
    for words, seed in seeds:
        if all(close(seed(z, right, side, n), slope) for z, right, slope, side, n in found):
            exam.say(exam.backward, WRONG, words)
            return True
    return False


def judge_alone(exam: Examination, use: Use, measured: list[Measured]) -> None:
    calls, operation = exam.calls[use], use.operation
    off = [m for m in measured if not close(m.z, m.right_z)]
    if off and operation.is_known:
        slip = name_value(operation, [(m.at, m.z) for m in measured])
        right = f"{at_point(use, off[0].at)} gives {figure(off[0].z)}, and is {figure(off[0].right_z)}"
        number_words = f" {use.with_number}" if use.with_number else ""
        exam.fault(use, f"{right}{number_words}{f': what it computes is {slip}' if slip else ''}", calls)
        return
    rows = measured if operation.is_known else [own for m in measured if (own := _by_own_values(exam, use, m))]
    bad = [k for k in range(len(use.sides)) if any(not close(m.slopes[k], m.right[k]) for m in rows)]
    if bad:
        exam.fault(use, _slope_remark(use, rows, bad), calls)
    elif rows:
        exam.good.append((use, calls))


def _by_own_values(exam: Examination, use: Use, m: Measured) -> Measured | None:
    """A measured point with the slope that the engine's own values have there; None where they have none."""
    h = 1e-4
    zs = []
    for x in (m.at[0] - h, m.at[0] + h):
        sketch, _, y = single(use, [x])
        sketch.read(y)
        result = exam.bench.run(sketch.steps)
        if result["error"] or result["reads"][0][0][0] is None:
            return None
        zs.append(result["reads"][0][0][0])
    slope = (zs[1] - zs[0]) / (2.0 * h)
    # what differences leave open is nobody's mistake
    return m._replace(right_z=m.z, right=(m.slopes[0] if abs(slope - m.slopes[0]) < 1e-5 else slope,))


def _slope_remark(use: Use, rows: list[Measured], bad: list[int]) -> str:
    """What is wrong with the slopes of some inputs; each may be a usual slip."""
    slips = {k: name_slope(use.operation, [(m.at, m.z, m.right[k], m.slopes[k]) for m in rows]) for k in bad}
    both = len(bad) == 2 and all(map(any, slips.values()))
    if both and all(close(m.slopes[0], m.right[1]) and close(m.slopes[1], m.right[0]) for m in rows):
        if use.operation.meaning == "mul":
            return f"{use.shown} gives each factor its own value as slope; they are swapped"
        return f"{use.shown} gives its left input the slope of the right one, and the other way round; they are swapped"
    parts = [_input_remark(use, rows, k, *slips[k]) for k in bad]
    return "; ".join(parts) + (f", {use.with_number}" if use.with_number else "")


def _input_remark(use: Use, rows: list[Measured], k: int, text: str, words: str) -> str:
    """The same of one input; text, words: of the slip, where it is a usual one."""
    operation, side = use.operation, use.sides[k]
    input_of = "" if operation.arity == 1 else f"for the {('left', 'right')[side]} input"
    if not (text or words) or not operation.is_known:
        m = next(m for m in rows if not close(m.slopes[k], m.right[k]))
        where = f"{f'{input_of} ' if input_of else ''}of {at_point(use, m.at)}"
        return f"{use.shown}: the slope {where} is {figure(m.right[k])}, and this one says {figure(m.slopes[k])}"
    right = written_slopes(operation)[side]
    is_right = f"{use.shown}: {input_of} the slope is {right}" if input_of else f"{use.shown} has the slope {right}"
    if "z" in right + text:
        is_right += " with z the result"
    if not text:
        return f"{is_right}: {words}"
    return f"{is_right}, this is {text}{f' ({words})' if words else ''}"
