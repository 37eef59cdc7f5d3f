"""One person's claims on a sheet, marked: numbers by judging.py, formulas by comparing.py, and what is said of both.

The members of a chain are parted first: those that are functions of what they name are compared as such, and of the others
the value counts. Then each line gets its row: a verdict, guesses at the mistake, and what else there is to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from autograd.formula.lexer import FormulaError
from autograd.formula.measures import free_variables
from autograd.mark.claims import Claim, Piece
from autograd.mark.comparing import Check, Comparison
from autograd.mark.forms import figure
from autograd.mark.guessing import Guesser
from autograd.mark.judging import Judge, Judgement, with_lines
from autograd.mark.mistakes import show_with
from autograd.mark.numerals import Number
from autograd.mark.report import Diagnosis, Row, share_of_marks
from autograd.mark.rounding import MOST_DIGITS, Interval, usually_kept
from autograd.mark.slips import find_slips
from autograd.mark.working import Member, Near
from autograd.rewriting import expand
from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.mark.worksheet import Worksheet


def _in_order(sheet: Worksheet) -> list[Value]:
    """The lines in the order of the sheet; but what a line needs comes before it, and what repeats it right behind."""
    again: dict[Value, list[Value]] = {}
    for name in sheet.lines:
        again.setdefault(sheet.formulas[sheet.leaves[name]], []).append(sheet.leaves[name])
    order: dict[Value, None] = {}
    for name in sheet.lines:
        stack = [sheet.leaves[name]]
        while stack:
            leaf = stack[-1]
            waiting = [q for q in free_variables(sheet.formulas.get(leaf, leaf)) if q is not leaf and q not in order]
            if waiting:
                stack += waiting[::-1]
            else:
                order[stack.pop()] = None
                stack += [line for line in again.get(leaf, ()) if line not in order]
    return list(order)


class Said(NamedTuple):
    """What is said of a line: the verdict, the lines whose mistakes it rests on, guesses at its own, and remarks."""

    verdict: str
    sources: Sequence[Value]
    diagnoses: list[Diagnosis]
    remarks: list[str]


class Marker:
    """Marks one person's claims on a sheet."""

    def __init__(self, sheet: Worksheet, claims: Mapping[Value, Claim], unread: Mapping[Value, FormulaError]) -> None:
        self.sheet, self.unread = sheet, unread
        self.comparison = Comparison(sheet.formulas, sheet.context)
        self.order = _in_order(sheet)
        self.claims = claims
        self.kept = usually_kept(claim.number for claim in claims.values() if claim.number is not None)
        self.checks: dict[Value, list[Check]] = {}
        self.workings: dict[Value, list[Member]] = {}  # the members whose value counts, but for a number at the end
        self.routes: dict[Value, list[Value]] = {}  # those that are functions, and right
        self.numbers: dict[Value, Number] = {}
        for leaf in self.order:
            if leaf in claims:
                self._part(leaf, claims[leaf])
        self.verdicts: dict[Value, str] = {}  # of lines that end in a formula
        self.sources: dict[Value, list[Value]] = {}
        self.wrong_formulas: dict[Value, Value] = {}
        self._mark_formulas()
        self.judge = self._judge()
        if cut_off := [leaf for leaf, judged in self.judge.judged.items() if judged.truncated]:  # then others may be so, too
            self.judge = self._judge(cut_off)

    @cached_property
    def guesser(self) -> Guesser:
        return Guesser(self.judge, self.sheet.context)

    def _judge(self, cut_off: Sequence[Value] = ()) -> Judge:
        sheet, read = self.sheet, (self.numbers, self.workings, self.routes, self.wrong_formulas)
        return Judge(self.order, sheet.right, sheet.formulas, *read, cut_off)

    def _part(self, leaf: Value, claim: Claim) -> None:
        """The members of a chain: functions are compared as such, and of the others the value counts."""
        functions, others = self.comparison.part(leaf, claim.pieces)
        self.checks[leaf] = self.comparison.chain(leaf, functions)
        self.routes[leaf] = [piece.graph for piece, check in zip(functions, self.checks[leaf]) if check.right]
        last = claim.pieces[-1]
        if last in others:
            self.numbers[leaf] = self._work_out(leaf, last)
        self.workings[leaf] = [Member(piece) for piece in others if piece is not last]

    def _work_out(self, leaf: Value, piece: Piece) -> Number:
        """What stands at the end of a line, a number or a formula with numbers put in, as the number that it comes to."""
        if piece.formula is None and piece.number is not None:
            return piece.number
        member, sheet = Member(piece), self.sheet
        if (alone := member.number) is not None:
            return alone
        own = with_lines(sheet.formulas, {x: number.value for x, number in self.numbers.items()})
        off = {x: sheet.right[x] - own[x] for x, number in self.numbers.items()}
        held = {x: Interval(min(0.0, by), max(0.0, by)) for x, by in off.items() if abs(by) <= self.numbers[x].unit}
        worth = member.worth(own, held, Near(leaf, sheet.formulas, own, sheet.right, kept=self.kept))
        return Number(worth.value, 2.0 * worth.error_bound, MOST_DIGITS + 1)

    def _mark_formulas(self) -> None:
        for leaf in self.order:
            claim = self.claims.get(leaf)
            if claim is None or leaf in self.numbers:
                continue
            formula = claim.pieces[-1].graph
            if self.checks[leaf][-1].right:
                self.verdicts[leaf] = "right" if all(self.checks[leaf]) else "wrong"
                continue
            theirs = {**self.sheet.formulas, **self.wrong_formulas}
            self.verdicts[leaf] = "wrong"
            if self.wrong_formulas and self.comparison.differ(formula, self.sheet.formulas[leaf], theirs) is None:
                below = expand(self.sheet.formulas[leaf], theirs, lambda x: False)[1]
                self.verdicts[leaf] = "carried"
                self.sources[leaf] = [x for x in self.wrong_formulas if x in below]
            self.wrong_formulas[leaf] = formula

    def row(self, name: str, worth: float, carried: float, digits: int) -> Row:
        """What becomes of a line: what it is worth, what one gets that is carried, and how many digits are asked for."""
        leaf = self.sheet.leaves[name]
        claim, true = self.claims.get(leaf), self.sheet.right[leaf]
        if leaf in self.unread:
            error = self.unread[leaf]
            return Row(name, error.text, "unread", true, remarks=(_say_in_words(error),), worth=worth)
        if claim is None:
            return Row(name, "", "blank", true, worth=worth)
        if leaf in self.numbers:
            said = self._judge_number(leaf, claim, digits)
            judged = self.judge.judged[leaf]
            own, tolerance = judged.own, judged.tolerance
        else:
            said, own, tolerance = self._judge_formula(leaf), None, None
        marks = worth * share_of_marks(said.verdict, carried)
        sources = tuple(self.sheet.name_of(x) for x in said.sources)
        diagnoses = tuple({guess.sentence: guess for guess in said.diagnoses[::-1]}.values())[::-1]  # each once
        remarks = tuple(dict.fromkeys(said.remarks))
        return Row(name, claim.text, said.verdict, true, own, tolerance, diagnoses, sources, remarks, marks, worth)

    def _judge_number(self, leaf: Value, claim: Claim, digits: int) -> Said:
        """What is said of a line that ends in a number."""
        number, judged = self.numbers[leaf], self.judge.judged[leaf]
        verdict, sources, true = judged.verdict, judged.used, self.sheet.right[leaf]
        diagnoses: list[Diagnosis] = []
        remarks: list[str] = []
        found = find_slips(leaf, self.judge, claim.pieces[-1].text)
        exact = abs(number.value - true) <= 1e-12 * abs(true)
        if verdict != "wrong" and number.digits < digits and not exact:
            verdict, sources = "wrong", ()
            remarks.append(f"Too few digits: at least {digits} are wanted")
        elif verdict == "wrong":
            diagnoses, found = found[:1] or self._guesses(leaf), found[1:]
        remarks += [*(slip.sentence for slip in found), *self._about(leaf, number, judged)]
        if failed := [check for check in self.checks[leaf] if not check]:
            verdict = "wrong"
        return Said(verdict, sources, [*diagnoses, *_guesses_at(failed)], [*remarks, *map(_without_guess, failed)])

    def _judge_formula(self, leaf: Value) -> Said:
        """What is said of a line that ends in a formula."""
        verdict, sources = self.verdicts[leaf], self.sources.get(leaf, ())
        failed = [] if verdict == "carried" else [check for check in self.checks[leaf] if not check]
        remarks = [_without_guess(check) for check in failed]
        astray = self.judge.astray(leaf)
        if astray or (failed and verdict == "right"):
            verdict = "wrong"
        comes_to = f"is not what this comes to, {figure(self.sheet.right[leaf])}"
        return Said(verdict, sources, _guesses_at(failed), [*remarks, *(f"{member.text} {comes_to}" for member in astray)])

    def _about(self, leaf: Value, number: Number, judged: Judgement) -> Iterator[str]:
        """What a number's row says besides a guess."""
        if judged.truncated:
            yield "Cut off, not rounded"
        if not judged.follows:
            yield f"Right, but not from your numbers: they give {figure(judged.own)}"
        own_way = judged.readings[0].wrong and abs(judged.own - self.sheet.right[leaf]) > 0.5 * number.unit
        if judged.verdict == "wrong" and own_way:
            yield f"Your own numbers give {figure(judged.own)}"

    def _guesses(self, leaf: Value) -> list[Diagnosis]:
        found = []
        written = {x: self.claims[x].pieces[-1].text for x in self.numbers}
        for mistake, reading, value in self.guesser.guesses(leaf):
            show = show_with({**self.judge.persons_numbers, **reading.values}, written)
            found.append(Diagnosis(mistake.kind, mistake.tell(show), value))
        return found


def _guesses_at(failed: Sequence[Check]) -> list[Diagnosis]:
    """What formulas that are not right may have gone wrong by."""
    return [Diagnosis(check.kind, check.diagnosis, None) for check in failed if check.diagnosis]


def _without_guess(check: Check) -> str:
    """A check in words, but for the guess, which stands before it."""
    return str(check._replace(diagnosis=""))


def _say_in_words(error: FormulaError) -> str:
    """Why a claim cannot be read, and where."""
    rest = " ".join(error.text[error.position :].split())
    if len(rest) > 20:
        rest = f"{rest[:20]}…"
    where = f"at {rest}" if rest else "at its end"
    return f"This cannot be read, {where}: {error.reason}"
