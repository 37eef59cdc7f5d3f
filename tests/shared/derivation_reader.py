"""Lines of a derivation, read as a student reads them and computed from the numbers of the graph.

The numbers are the engine's: data and gradients after backward(), and for ∂u/∂v between two quantities the sum over the ways
that meet no other. What no node of the graph is, such as the ŷ₁ … ŷₙ that the page calls the entries of a softmax, is read
from its formula and differentiated in numbers. What the lines say is read by a grammar of its own
(tests/shared/formula_judges.py).
"""

import itertools
import re

from formula_judges import DIGITS, HIGH, LOW, TextReader
from mpmath import mp, mpf
from without_matrices import local

from autograd.display.board import math
from autograd.graph import nodes
from autograd.writing.names import text_name

INDEX = "₀-₉ⱼₘᵢᵣₛₙₚ"
NAME = rf"[A-Za-zŷα-ωΑ-Ω]+(?:_[A-Za-z]+)?(?:⁽[¹²³⁴-⁹]⁾)?[{INDEX}]*"
UNDER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class LineReader(TextReader):
    """One side of a line. names: a function from a printed name, or ∂u/∂v, or (∂u/∂v), to its number."""

    TOKENS = re.compile(
        rf"(?P<blank> +)|(?P<one>1[ᵢⱼₘ]₌[₀-₉]+)|(?P<held>\(∂{NAME}/∂{NAME}\))|(?P<partial>∂{NAME}/∂{NAME})"
        rf"|(?P<series>Σ[ⱼₘᵢᵣₛₙₚ]₌[₀-₉]+[⁰¹²³⁴-⁹]+)|(?P<ten>10[⁻⁰¹²³⁴-⁹]+)|(?P<raised>⁻?[⁰¹²³⁴-⁹]+)"
        rf"|(?P<function>[A-Za-zσ][A-Za-z_0-9]*(?=\())|(?P<number>\d+(?:\.\d+)?|[½⅓⅔])|(?P<name>{NAME})"
        r"|(?P<sign>[-−+·/^()|,\[\]><=])"
    )

    def atom(self):
        if self.peek("one"):
            letter, number = re.fullmatch("1(.)₌([₀-₉]+)", self.take("one")).groups()
            return lambda at: mpf(at[letter] == int(number.translate(LOW)))
        if self.peek("ten"):
            power = int(self.take("ten")[2:].translate(HIGH))
            return lambda at: mpf(10) ** power
        if self.peek("held", "partial"):
            return self.named(self.take("held", "partial"))
        return super().atom()

    def named(self, name):
        return lambda at: mpf(self.names(with_numbers(name, at)))


def with_numbers(name, at):
    """A name with the numbers that the letters below it stand for."""
    return re.sub(rf"(?<=[^\W\d_])[{INDEX}]+|(?<=⁾)[{INDEX}]+", lambda m: "".join(_low(c, at) for c in m[0]), name)


def _low(c, at):
    return str(at[c]).translate(UNDER) if c in at else c


def read(text, names, at):
    """What a formula comes to, where its letters stand for these numbers."""
    return LineReader(text, names).whole(at)


def computed(text, names, **at):
    """What a line comes to, where its letters stand for these numbers."""
    with mp.workdps(DIGITS):
        return float(read(text, names, at))


class Known:
    """What the names on a sheet stand for: numbers and gradients of the nodes of the graph, after backward()."""

    def __init__(self, y, derived):
        graph = derived.graph
        for node in nodes(y):
            node.grad = 0.0
        y.backward()
        self.nodes = {text_name(leaf.label): node for leaf, node in graph.originals.items()}
        assert len(self.nodes) == len(graph.originals), "two quantities have one name"
        formulas = graph.page.formulas.items()
        self.formulas = {text_name(leaf.label): math(formula, digits=DIGITS).text for leaf, formula in formulas}
        self.slopes = {
            text_name(v.label): a.data for v, a in getattr(derived, "adjoints", {}).items() if v not in graph.originals
        }
        outside = [text_name(graph.name(x)) for x in getattr(derived, "xs", []) if graph.leaf(x) is None]
        assert len({*self.nodes, *outside}) == len(self.nodes) + len(outside), "two quantities have one name"
        self.slopes |= dict.fromkeys(outside, 0.0)
        self.y, self.stops = text_name(graph.y.label), {y, *graph.originals.values()}
        self.nodes.setdefault(self.y, y)

    def __call__(self, name):
        if "∂" not in name:
            return self.nodes[name].data if name in self.nodes else read(self.formulas[name], self, {})
        u, v = re.fullmatch(r"\(?∂(.+)/∂(.+?)\)?", name).groups()
        if u == self.y and not name.startswith("(") and (v in self.slopes or v in self.nodes):
            return self.slopes[v] if v in self.slopes else self.nodes[v].grad
        if u not in self.nodes or v not in self.nodes:
            return self.slope(u, v)
        return local(self.nodes[u], self.nodes[v], self.stops)

    def slope(self, u, v):
        """∂u/∂v by the formula of u, in numbers."""
        return mp.diff(lambda moved: read(self.formulas[u], lambda name: moved if name == v else self(name), {}), self(v))


def boards_of(board):
    return [board, *(inner for each in board.boards for inner in boards_of(each))]


def whole_lines(board):
    """(left, right, reason) of each line; what goes over several rows put together, and with the left side that it has.

    Lines of which a part is left out, as dots in them say, are left out.
    """
    found = []
    for line in board.lines:
        left, right = line.left.text, line.right.text
        if line.relation.text != "=":
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.relation.text} {right}", line.reason.text)
        elif right:
            found.append((left or found[-1][0], right, line.reason.text))
    return [(left, right, reason) for left, right, reason in found if "⋯" not in right]


def indices_of(lines):
    """All that the letters of these lines run through: what stands behind for."""
    ranges = dict(re.findall(r"([ijm]) = 1(?: … |, )(\d+)", " ".join(reason for _, _, reason in lines)))
    letters = [letter.translate(str.maketrans("ijm", "ᵢⱼₘ")) for letter in ranges]
    return [dict(zip(letters, choice)) for choice in itertools.product(*(range(1, int(n) + 1) for n in ranges.values()))]


def lines_with_numbers(board, known):
    """For each side of each line of a board and those inside: left, text, what it comes to, and what it should come to."""
    for each in boards_of(board):
        lines = whole_lines(each)
        for left, right, _ in lines:
            for at in indices_of(lines):
                expected = float(known(with_numbers(left, at)))
                for text in right.split(" = "):
                    yield with_numbers(left, at), text, computed(text, known, **at), expected


def names_used(text, known, at):
    """The names in one side of a line, where its letters stand for these numbers, each that a Σ goes through too."""
    used = []

    def look_up(name):
        used.append(name)
        return known(name)

    computed(text, look_up, **at)
    return used


def used_too_early(sheet, known):
    """(left, text, name) for each derivative of y that a line uses, but no board above has found; or to find itself."""
    found, early = set(), []
    for board in boards_of(sheet):
        lines = whole_lines(board)
        whole = [(with_numbers(left, at), text, at) for left, text, _ in lines for at in indices_of(lines)]
        for left, sides, at in whole:
            used = [name for text in sides.split(" = ") for name in names_used(text, known, at)]
            early += [
                (left, sides, name)
                for name in used
                if name.startswith(f"∂{known.y}/∂") and (name == left or name not in found)
            ]
        found |= {left for left, _, _ in whole}
    return early
