"""How a number was worked out: the numbers that stand before it, as in 0.062325·0.2413 = 0.0149974.

Two things can go wrong there, whatever the result: what stands there does not come to it; or one of the numbers is none of
those that belong there, such as 0.2413 where another neuron's 0.240613 should stand.
"""

from __future__ import annotations

from autograd.claims import NUMBERS, written_number
from autograd.comparing import figure
from autograd.marking import Diagnosis
from autograd.mistakes import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograd.claims import Claim, Number, Piece
    from autograd.judging import Judge, Step
    from autograd.value import Value

MOST_COPIES = 2  # wrong ones that are still told apart
OF_FORMULAS = (0.5, 1.0, 2.0, 4.0)  # numbers that a formula brings along


def slips_in_working(claim: Claim, step: Step, judge: Judge) -> list[Diagnosis]:
    """What is wrong in the numbers before a result; numbers that were copied wrongly first.

    claim: the whole chain; step: what was to be worked out; judge: who knows this person's numbers
    """
    found: list[Diagnosis] = []
    result = claim.number
    assert result is not None
    for piece in claim.working:
        reached = piece.number.value
        found += [Diagnosis("miscopied", sentence, reached) for sentence in _miscopied(piece, step, judge)]
        if not _comes_to(reached, result):
            sentence = f"{piece.text} comes to {figure(reached)}, not {claim.pieces[-1].text}"
            found.append(Diagnosis("arithmetic", sentence, reached))
    return found


def _comes_to(reached: float, result: Number) -> bool:
    """Whether a result is a number, rounded or with digits cut off."""
    off = abs(reached - result.value)
    cut_off = result.digits > 1 and 0.0 <= abs(reached) - abs(result.value) < result.unit and reached * result.value >= 0.0
    return bool(off <= 0.5 * result.unit + 1e-12 * abs(reached) or cut_off)


def _miscopied(piece: Piece, step: Step, judge: Judge) -> list[str]:
    """The numbers in a piece of working that are none of those that belong there, each with the one that is missing."""
    texts = NUMBERS.findall(piece.text)
    literals = [(text, number) for text in texts if (number := written_number(text)) is not None]
    numbers = judge.persons_numbers
    expected = [x for x in step.order if not x.inputs and x.op is None]
    if len(literals) < 2:
        return []
    pairs = sorted(
        (abs(number.value - numbers.get(x, x.data)), i, j)
        for i, (_, number) in enumerate(literals)
        for j, x in enumerate(expected)
        if _is_copy(number, x, numbers, judge)
    )
    over, missing = dict(enumerate(literals)), dict(enumerate(expected))
    for _, i, j in pairs:
        if i in over and j in missing:
            del over[i], missing[j]
    if len(over) > len(missing):
        over = {i: literal for i, literal in over.items() if literal[1].value not in OF_FORMULAS}
    if len(over) != len(missing) or len(over) > MOST_COPIES:
        return []
    return [_told(*literal, x, numbers, judge) for literal, x in zip(over.values(), missing.values())]


def _told(text: str, number: Number, right: Value, numbers: Mapping[Value, float], judge: Judge) -> str:
    it_is = [x for x in judge.formulas if x is not right and _is_copy(number, x, numbers, judge)]
    it_is = [x for x in it_is if number.digits > 1 or judge.formulas[x] is x]
    names = {text_of(x) for x in _without_doubles(it_is, judge)}
    more = f"; it is {names.pop()}" if len(names) == 1 else ""
    return f"{text} stands where {text_of(right)} = {figure(numbers.get(right, right.data))} belongs{more}"


def _without_doubles(xs: Sequence[Value], judge: Judge) -> list[Value]:
    """Without lines that are another of them over again."""
    return [x for x in xs if judge.formulas[x] is x or judge.formulas[x] not in xs]


def _is_copy(number: Number, x: Value, numbers: Mapping[Value, float], judge: Judge) -> bool:
    """Whether a number that was written is that of a quantity, to fewer digits perhaps."""
    held = [
        (judge.numbers[line].value, judge.numbers[line].unit)
        for line in (x, *judge.same.get(x, ()))
        if line in judge.numbers
    ]
    for value, unit in held or [(numbers.get(x, x.data), 0.0)]:
        off = abs(number.value - value)
        if off <= 0.5 * (number.unit + unit) * (1.0 + 1e-9) or (number.digits > 2 and off < number.unit):
            return True
    return False
