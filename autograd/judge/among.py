"""Operations among others: under another one, does each take the slope from above; beside another use, does it add?"""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd.judge import walks
from autograd.judge.experiments import WRONG, Use, single
from autograd.judge.operations import close, truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.judge.examination import Examination

ADDED = "{} adds the slope from above to its own, and should multiply them"
UNKNOWN = "{} gives wrong slopes where it is not the last operation"
UNDER: dict[str, Callable[[float, float], float]] = {  # what comes out, of the slope from above and the right one
    "{} leaves out the slope from above: its own slope is to be multiplied by that of its result": lambda g, r: r,
    ADDED: lambda g, r: g + r,
    "{} hands on the slope from above as it is": lambda g, r: g,
    "{} multiplies by the slope from above twice": lambda g, r: g * g * r,
    "{} changes the sign of the slope from above": lambda g, r: -g * r,
    "{} has a slope that begins with 1, and only the result's does: elsewhere it begins with 0": lambda g, r: (g + 1.0) * r,
    "what goes into {} gets no slope where it is not the last operation": lambda g, r: 0.0,
    "{} divides by the slope from above, and should multiply": lambda g, r: r / g if g else math.nan,
}


def _carrier(exam: Examination) -> tuple[Use, float] | None:
    """Something that stands above an operation with a slope that is not 1, and a number for its other side."""
    for name, x in (("__mul__", 3.0), ("mul", 3.0), ("__truediv__", 0.4), ("div", 0.4), ("__sub__", 0.4)):
        for use, _ in exam.good:
            if use.operation.name == name and use.is_plain:
                return use, x
    return None


def is_wrong_under(exam: Examination) -> bool:
    """Whether none of the operations takes what comes from above; where only some do not, these are noted."""
    slips: dict[Use, frozenset[str]] = {}
    tested = 0
    for use, _ in exam.good:
        if not use.is_plain and any(u.operation is use.operation and u.is_plain for u, _ in exam.good):
            continue
        carrier = _carrier(exam) or next(((u, 0.0) for u, _ in exam.good if u.operation.arity == 1), None)
        if carrier is None:
            return False
        found = _under(exam, use, *carrier)
        if found is None:
            continue
        tested += 1
        if found:
            slips[use] = found
    if not slips:
        return False
    common = frozenset.intersection(*slips.values())
    if common and len(slips) == tested > 1:
        exam.say(exam.backward, WRONG, _first(common).format("each operation"))
        return True
    for use, kinds in slips.items():
        exam.fault(use, _first(kinds).format(use.shown), dict(exam.good)[use])
    exam.good = [(use, calls) for use, calls in exam.good if use not in slips]
    return False


def _first(kinds: frozenset[str]) -> str:
    return next(kind for kind in (*UNDER, UNKNOWN) if kind in kinds)


def _under(exam: Examination, use: Use, above: Use, x: float) -> frozenset[str] | None:
    """How an operation fails under another one, in words; none for not at all, None where nothing is known."""
    slips = frozenset(UNDER)
    fails = False
    for at, z, alone, _, _ in exam.measured[use][:4]:
        sketch, leaves, y = single(use, at)
        if above.operation.arity == 2:
            # the operation on the right of a minus, whose slope is 1 on its left
            c = sketch.leaf(x)
            pair, side = ((c, y), 1) if above.operation.meaning == "sub" else ((y, c), 0)
            top = sketch.apply(above.operation.name, *pair)
            g = truth(above.operation, (x, z) if side else (z, x))[1][side]
        else:
            top = sketch.apply(above.operation.name, y)
            g = truth(above.operation, (z,))[1][0]
        measured, said = exam.slopes(sketch, top, *leaves)
        if said or not math.isfinite(g):
            return None
        if not all(close(m, g * r) for m, r in zip(measured, alone)):
            fails = True
            slips &= {kind for kind, rule in UNDER.items() if all(close(m, rule(g, r)) for m, r in zip(measured, alone))}
    if not fails:
        return frozenset()
    return slips or frozenset([UNKNOWN])


def is_wrong_beside(exam: Examination) -> bool:
    """Whether no operation keeps what its input has from elsewhere; where only some do not, these are noted."""
    joins = exam.joins()
    if not joins:
        return False
    join = joins[0]
    lost: dict[Use, list[int]] = {}
    tested = 0
    for use, _ in exam.good:
        if not use.is_plain:
            continue
        sides = [side for side in range(use.operation.arity) if _loses(exam, use, side, join)]
        tested += 1
        if sides:
            lost[use] = sides
    if len(lost) == tested > 1:
        exam.say(exam.backward, WRONG, walks.LAST)
        return True
    for use, sides in lost.items():
        whose = "its input"
        if use.operation.arity == 2 and len(sides) == 1:
            whose = f"its {('left', 'right')[sides[0]]} input"
        remark = (
            f"{use.shown} overwrites the slope of {whose} (= instead of +=): a value that is used elsewhere, too,"
            " keeps only the last contribution"
        )
        exam.fault(use, remark, dict(exam.good)[use])
    exam.good = [(use, calls) for use, calls in exam.good if use not in lost]
    return False


def _loses(exam: Examination, use: Use, side: int, join: Use) -> bool:
    """Whether one of the inputs of an operation has its contribution alone, though it is used elsewhere, too."""
    off = False
    for at, z, slopes, _, _ in exam.measured[use][:4]:
        sketch, leaves, y = single(use, at)
        x = leaves[side]
        top = sketch.apply(join.operation.name, y, x)
        grads, said = exam.slopes(sketch, top, x)
        if said:
            return False
        _, (through, direct) = truth(join.operation, (z, at[side]))
        (grad,) = grads
        if close(grad, through * slopes[side] + direct):
            continue
        if not close(grad, through * slopes[side]):
            return False
        off = True
    return off
