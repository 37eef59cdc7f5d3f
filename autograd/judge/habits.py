"""What backward() does beyond one graph: called again, from two results, along deep chains; and values at 0 and far out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd.judge.experiments import (
    CONVENTION,
    LIMIT,
    MISSING,
    RIGHT,
    WRONG,
    Sketch,
    Use,
    at_point,
    figure,
    single,
    two_levels,
)
from autograd.judge.operations import HARD, close, truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.judge.examination import Examination

DEEP = 10_000


def second_backward(exam: Examination, first: Use, second: Use) -> None:
    """What backward() does when it is called again: every way is somebody's convention, and is said."""
    sketch, x, y = two_levels(first, second)
    sketch.backward(y)
    sketch.read(x)
    sketch.backward(y)
    sketch.read(x)
    result = exam.bench.run(sketch.steps)
    if said := exam.failure(result):
        exam.say(f"second {exam.backward}", LIMIT, f"{said}: the graph is good for one call")
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
        words = f"changes slopes: {figure(once)} becomes {figure(twice)}"
    exam.say(f"second {exam.backward}", CONVENTION, words.replace("backward()", exam.backward))


def shared_part(exam: Examination, first: Use, second: Use) -> None:
    """A node of which two results were computed, each with its own backward()."""
    sketch = Sketch()
    x, c, d, last = sketch.leaf(1.7), sketch.leaf(2.6), sketch.leaf(0.9), sketch.leaf(0.8)
    shared = sketch.apply(first.operation.name, x, c)
    one = sketch.apply(first.operation.name, shared, d)
    two = sketch.apply(second.operation.name, shared, last)
    sketch.backward(one)
    sketch.read(x)
    sketch.backward(two)
    sketch.read(x)
    result = exam.bench.run(sketch.steps)
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
        exam.say(f"{exam.backward} of two results", WRONG, remark)


def unreached(exam: Examination, first: Use, second: Use) -> None:
    """A leaf that the result does not depend on, and the numbers of leaves."""
    sketch, x, y = two_levels(first, second)
    other = sketch.leaf(4.2)
    sketch.backward(y)
    sketch.read(other, x)
    result = exam.bench.run(sketch.steps)
    if said := exam.failure(result):
        exam.say("a leaf that is not reached", WRONG, said)
        return
    (data, grad), (x_data, _) = result["reads"][0]
    if grad:
        remark = f"it has the slope {figure(grad)}, and nothing depends on it: do values share what should be their own?"
        exam.say("a leaf that is not reached", WRONG, remark)
    elif not (close(data, 4.2) and close(x_data, 1.7)):
        exam.say("a leaf", WRONG, f"{exam.backward} changes its number, from 1.7 to {figure(x_data)}")
    else:
        exam.say("a leaf that is not reached", RIGHT)


def zero_grad(exam: Examination, first: Use, second: Use) -> None:
    sketch, x, y = two_levels(first, second)
    sketch.backward(y)
    sketch.zero(x)
    sketch.read(x)
    result = exam.bench.run(sketch.steps)
    if result["error"] and result["error"]["kind"] == "AttributeError":
        return  # most have none: optimisers set slopes to 0
    if said := exam.failure(result):
        exam.say("zero_grad", WRONG, said)
    elif grad := result["reads"][0][0][1]:
        exam.say("zero_grad", WRONG, f"the slope stays {figure(grad)}")
    else:
        exam.say("zero_grad", RIGHT)


def doubling(exam: Examination, first: Use, second: Use) -> None:
    """Whether work grows with the nodes, or with the ways through them."""
    add = next((u for u in (first, second) if u.operation.meaning == "add"), None)
    if add is None:
        return
    visits = []
    for times in (5, 11):
        sketch = Sketch()
        y = sketch.leaf(1.0)
        for _ in range(times):
            y = sketch.apply(add.operation.name, y, y)
        sketch.backward(y)
        result = exam.bench.run(sketch.steps)
        if result["error"]:
            return
        visits.append(result["visits"])
    if visits[0] and visits[1] > 20 * visits[0]:
        remark = "y = y + y, again and again: a node is visited once for each way to it, 2ⁿ times for n steps"
        exam.say("many ways", LIMIT, remark)


def deep_chain(exam: Examination, first: Use, second: Use) -> None:
    add = next((u for u in (first, second) if u.operation.meaning == "add"), first)
    sketch = Sketch()
    x, c = sketch.leaf(1.0), sketch.leaf(1.0)
    y = sketch.repeat(add.operation.name, [x, c], DEEP)
    slopes, said = exam.slopes(sketch, y, x)
    name = f"a chain of {DEEP:,} operations"
    if said:
        exam.say(name, LIMIT, said)
    elif add.operation.meaning != "add" or close(slopes[0], 1.0):
        exam.say(name, RIGHT)
    else:
        exam.say(name, WRONG, f"the slope is 1, and this one says {figure(slopes[0])}")


def sum_of_values(exam: Examination, first: Use, second: Use) -> None:
    """Python's sum, which begins with the plain number 0."""
    if "__add__" not in exam.there or any(f.use.operation.meaning == "add" for f in exam.faults):
        return
    sketch = Sketch()
    leaves = [sketch.leaf(x) for x in (1.5, 2.5, -0.5)]
    y = sketch.sum(*leaves)
    slopes, said = exam.slopes(sketch, y, *leaves)
    if said:
        exam.say("sum() of a list", MISSING, said)
    elif [round(slope, 6) for slope in slopes] != [1.0, 1.0, 1.0]:
        exam.say("sum() of a list", WRONG, "each slope is 1, and these are not")
    else:
        exam.say("sum() of a list", RIGHT)


def extremes(exam: Examination) -> None:
    """0 and ±1000, negative bases and exponents that are 0: what raises, overflows, or is a convention."""
    for use, _ in exam.good:
        operation = use.operation
        if operation.arity == 1 and operation.is_known:
            _at_hard_points(exam, use, [(x,) for x in HARD])
        elif operation.meaning == "pow" and use.sides == (0,):
            _at_hard_points(exam, use, [(-2.0, 3.0), (-1.5, 2.0), (0.0, 2.0), (0.0, 1.0), (1.5, 0.0)])


def _at_hard_points(exam: Examination, use: Use, points: Sequence[tuple[float, ...]]) -> None:
    told = [_at_hard_point(exam, use, at) for at in points]
    for verdict in (LIMIT, CONVENTION):
        remarks = [remark for kind, remark in told if kind == verdict]
        if remarks:
            exam.say(f"{use.name} at 0 and far out", verdict, "; ".join(remarks))


def _at_hard_point(exam: Examination, use: Use, at: tuple[float, ...]) -> tuple[str, str]:
    """What is to be said of an operation at a point, and what kind of thing that is; RIGHT for nothing."""
    z, slopes = truth(use.operation, at)
    sketch, leaves, y = single(use, at)
    sketch.read(y)
    sketch.backward(y)
    sketch.read(*leaves)
    result = exam.bench.run(sketch.steps)
    if said := exam.failure(result):
        if math.isnan(z):
            return RIGHT, ""
        is_it = f"its value is {figure(z)}" + (f" and its slope {figure(slopes[0])}" if math.isfinite(z) else "")
        return LIMIT, f"{at_point(use, at)}: {said}; {is_it}"
    got, slope = result["reads"][0][0][0], result["reads"][1][0][1] or 0.0
    if got is not None and not close(got, z) and math.isfinite(z):
        return LIMIT, f"{at_point(use, at)} gives {figure(got)}, and is {figure(z)}"
    if close(slope, slopes[0]) or not math.isfinite(slopes[0]):
        return RIGHT, ""
    if at == (0.0,) and use.operation.meaning in ("relu", "abs"):
        return CONVENTION, f"its slope at 0, a kink, is {figure(slope)} here, and {figure(slopes[0])} in PyTorch"
    return LIMIT, f"{at_point(use, at)} has the slope {figure(slopes[0])}, and this one says {figure(slope)}"


HABITS = (second_backward, shared_part, unreached, zero_grad, doubling, deep_chain, sum_of_values)
