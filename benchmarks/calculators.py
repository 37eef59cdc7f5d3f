"""Formulas as trees, worked out in decimals as on a pocket calculator: every operation rounded, or only what is written.

A formula is a tree of Nodes. A stage of a working is a tree too, in which more and more is a number: one that is held by the
person, and a text of it that stands on the page. So what is written is always what was worked with, up to the digits.
"""

from __future__ import annotations

import ast
import decimal
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

decimal.getcontext().prec = 40

PREFIXES = ("x", "w", "v", "b", "c", "t", "eta")  # of what is given
Held = dict[str, Decimal]
Leaf = Callable[["Node"], Decimal]
Step = Callable[[Decimal], Decimal]


class Node(NamedTuple):
    """A formula.

    op: name (parts: its identifier) · number (its value, its text) · alias (a name for a formula that has no line, the
        formula) · "+" of terms, "*" of factors · "/" and "**" of two · neg and functions of one · lost, of a name whose
        sign gets lost when its number is put down
    """

    op: str
    parts: tuple[Any, ...]

    @property
    def inner(self) -> tuple[Node, ...]:
        return () if self.op in ("name", "number") else self.parts[1:] if self.op == "alias" else self.parts

    def with_inner(self, inner: Sequence[Node]) -> Node:
        head = self.parts[: len(self.parts) - len(self.inner)]
        return Node(self.op, (*head, *inner)) if self.inner else self


def name(identifier: str) -> Node:
    return Node("name", (identifier,))


def number(value: Decimal | int, text: str = "") -> Node:
    return Node("number", (Decimal(value), text or str(value)))


def negative(node: Node) -> Node:
    return node.parts[0] if node.op == "neg" else Node("neg", (node,))


ONE, TWO = number(1), number(2)


SILENT = ("name", "number", "alias", "neg", "lost")  # what takes no key of a calculator


def read(formula: str) -> Node:
    """The tree of a formula of marking.py; a minus goes to the front of its product."""

    def walk(part: ast.AST) -> Node:
        match part:
            case ast.Expression(body):
                return walk(body)
            case ast.Name(identifier):
                return name(identifier)
            case ast.Constant(value):
                return number(Decimal(str(value)))
            case ast.UnaryOp(ast.USub(), operand):
                return negative(walk(operand))
            case ast.Call(ast.Name(function), [argument]):
                return Node(function, (walk(argument),))
            case ast.BinOp(left, op, right):
                a, b = walk(left), walk(right)
                if isinstance(op, ast.Add | ast.Sub):
                    b = negative(b) if isinstance(op, ast.Sub) else b
                    return Node("+", (*(a.parts if a.op == "+" else (a,)), b))
                if isinstance(op, ast.Pow):
                    return Node("**", (a, b))
                if a.op == "neg":  # -t*log(o) is -(t*log(o))
                    return negative(join(op, a.parts[0], b))
                return join(op, a, b)
        raise ValueError(f"no formula of a sheet: {formula}")

    def join(op: ast.operator, a: Node, b: Node) -> Node:
        if isinstance(op, ast.Div):
            return Node("/", (a, b))
        return Node("*", (*(a.parts if a.op == "*" else (a,)), b))

    return walk(ast.parse(formula, mode="eval"))


def in_python(node: Node) -> str:
    """The formula for Python to work out."""
    match node.op, [in_python(each) for each in node.inner]:
        case "name", _:
            return str(node.parts[0])
        case "number", _:
            return str(node.parts[0])
        case "alias", [text]:
            return text
        case "neg" | "lost", [text]:
            return f"(-{text})"
        case "+" | "*" | "/" | "**", texts:
            return f"({node.op.join(texts)})"
        case function, texts:
            return f"{function}({texts[0]})"
    raise AssertionError(node)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for each in node.inner:
        yield from nodes(each)


def count_operations(node: Node) -> int:
    return sum(each.op not in SILENT for each in nodes(node))


def changed(node: Node, change: Callable[[Node], Sequence[Node]]) -> Iterator[Node]:
    """The formula with one of its parts changed, in all ways; what has no line is not gone into."""
    yield from change(node)
    for i, each in enumerate(node.inner if node.op != "alias" else ()):
        for other in changed(each, change):
            yield node.with_inner([*node.inner[:i], other, *node.inner[i + 1 :]])


def rewritten(node: Node, rule: Callable[[Node], Node]) -> Node:
    """The formula with the rule applied to each of its parts, the innermost first."""
    return rule(node.with_inner([rewritten(each, rule) for each in node.inner]))


def exponential(x: Decimal) -> Decimal:
    return x.exp()


def hyperbolic_tangent(x: Decimal) -> Decimal:
    return 1 - 2 / ((2 * x).exp() + 1)


FUNCTIONS: dict[str, Callable[[Decimal], Decimal]] = {
    "exp": exponential,
    "log": lambda x: x.ln(),
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "tanh": hyperbolic_tangent,
    "relu": lambda x: max(x, Decimal(0)),
}


def work_out(node: Node, leaf: Leaf, after: Step) -> Decimal:
    """The number of a formula; `after` is what becomes of the result of each operation."""
    if node.op in ("name", "number"):
        return leaf(node)
    numbers = [work_out(each, leaf, after) for each in node.inner]
    if node.op == "alias":
        return numbers[0]
    if node.op in ("neg", "lost"):
        return -numbers[0]
    result = numbers[0]
    if node.op in FUNCTIONS:
        return after(FUNCTIONS[node.op](result))
    for x in numbers[1:]:
        if node.op == "+":
            result += x
        elif node.op == "*":
            result *= x
        elif node.op == "/":
            result /= x
        else:
            result **= x
        result = after(result)
    return result


class Digits(NamedTuple):
    """So many of them, after the point or from the first that is not 0."""

    size: int
    significant: bool

    def unit(self, x: Decimal) -> Decimal:
        """What the last digit of a number is worth."""
        return Decimal(1).scaleb((x.adjusted() + 1 if self.significant and x else 0) - self.size)

    def round(self, x: Decimal) -> Decimal:
        rounded = x.quantize(self.unit(x), decimal.ROUND_HALF_UP)
        return rounded.quantize(self.unit(rounded), decimal.ROUND_HALF_UP)  # 0.99996 is 1.000


class Arithmetic(NamedTuple):
    kept: Digits
    written: Digits  # no more than are kept
    every_key: bool  # each operation is rounded, not only what is written
    goes_on: str  # from line to line with what is "written", "kept" or "unrounded"
    shows_kept: bool  # in the working

    def after(self, x: Decimal) -> Decimal:
        return self.kept.round(x) if self.every_key else x

    def hold(self, x: Decimal) -> Decimal:
        """What stays of a result."""
        x = self.after(x)
        return x if self.goes_on == "unrounded" else (self.written if self.goes_on == "written" else self.kept).round(x)


def draw_arithmetic(rng: random.Random) -> Arithmetic:
    kept, significant = rng.choice((3, 4, 4, 4, 5, 5, 6)), rng.random() < 0.5
    written = max(3, kept - rng.choice((0, 0, 0, 1, 2)))
    goes_on = rng.choice(("written", "kept", "unrounded"))
    every_key = rng.random() < 0.5
    shows_kept = rng.random() < 0.5
    return Arithmetic(Digits(kept, significant), Digits(written, significant), every_key, goes_on, shows_kept)


def reach(node: Node, held: Held, digits: Digits, units: Mapping[str, Decimal]) -> Decimal:
    """What roundings, of each operation and of each number that is no given one, can change at most, to first order.

    digits: of each result on the way; units: what the last digit of each number is worth
    """

    def run(moved: int, by: int) -> tuple[Decimal, int]:
        count = 0

        def move(x: Decimal, unit: Decimal | None = None) -> Decimal:
            nonlocal count
            count += 1
            return x + by * (unit or digits.unit(x)) / 2 if count == moved else x

        def leaf(each: Node) -> Decimal:
            if each.op == "number":
                return Decimal(each.parts[0])
            x = held[each.parts[0]]
            return x if is_given(each.parts[0]) else move(x, units[each.parts[0]])

        return work_out(node, leaf, move), count

    middle, moves = run(0, 0)
    return sum((max(abs(run(i, by)[0] - middle) for by in (1, -1)) for i in range(1, moves + 1)), Decimal(0))


def is_given(identifier: str) -> bool:
    return re.fullmatch(r"([a-z]+)\d*", identifier) is not None and letters_of(identifier) in PREFIXES


def letters_of(identifier: str) -> str:
    return re.sub(r"\d.*", "", identifier)
