"""A compiled program as one file of C99 that needs libm alone: `cc -O2 program.c -lm`.

The statements are those of source.py, for one row of a batch: each array is a loop over its rows, and which rows of others
it reads is worked out where they go up in even steps, else looked up in a table. `main` prints value and gradient for the
numbers that the graph was recorded with. Over a batch they are added up by who calls.
"""

from __future__ import annotations

import math

from autograd.program import expressions as ex
from autograd.program.array_functions import DEFINITIONS
from autograd.program.lowering import LARGEST, RECIPROCAL
from autograd.program.source import flat
from autograd.program.statements import in_turn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from autograd.program.statements import Statements

OF_LIBM = "exp expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh".split()
OF_LIBM += "asinh acosh atanh hypot erf erfc floor pow".split()
OTHER_NAMES = {"abs": "fabs", "round": "nearbyint"}
FUNCTIONS = {  # as in array_functions.py
    "sigmoid": "double e = exp(-fabs(x)); return (x >= 0.0 ? 1.0 : e) / (1.0 + e);",
    "sigmoid_slope": "return x * (1.0 - x);",
    "tanh_slope": "return 1.0 - x * x;",
    "one_minus_square": "return (1.0 - x) * (1.0 + x);",
    "softplus": "return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x)));",
    "relu": "return x <= 0.0 ? 0.0 : x;",
    "gelu": "return x * (0.5 * erfc(x * -sqrt(0.5)));",
    "sign": "return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0 * x;",
    "softsign": "return fabs(x) < INFINITY ? x / (1.0 + fabs(x)) : x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;",
    "silu": "double h = exp(-0.5 * fabs(x)); return x >= 0.0 ? x / (1.0 + h * h) : x * h / (1.0 + h * h) * h;",
    "silu_bend": "double h = exp(-0.5 * fabs(x)), s = 1.0 + h * h; return x * h / (s * s) * h;",
    "leaky_relu": "return x > 0.0 ? x : y * x;",
    "elu": "return x > 0.0 ? x : y * expm1(x);",
    "maximum": "return x >= y || x != x ? x : y;",
    "minimum": "return x <= y || x != x ? x : y;",
    "greater": "return x > y ? 1.0 : x <= y ? 0.0 : x - y;",
    "equal": "return x == y ? 1.0 : x < y || x > y ? 0.0 : x - y;",
    "gaussian": (  # the y-th derivative of exp(-x²)
        "if (!(fabs(x) < 30.0)) return x != x ? x : 0.0; "
        "double near = nearbyint(x * 1048576.0) / 1048576.0, before = 0.0, now = 1.0; "
        "for (int k = 0; k < (int)y; k++) { double next = 2.0 * x * now - 2.0 * k * before; before = now; now = next; } "
        "return ((int)y % 2 ? -now : now) * exp(-near * near) * exp(-(x - near) * (x + near));"
    ),
    "clip": "double low = x >= y || x != x ? x : y; return low <= z || low != low ? low : z;",
}
ALONG = {  # of n numbers
    LARGEST: (
        "static double largest(const double *x, int n) {\n    double top = x[0];\n"
        "    for (int i = 1; i < n; i++) if (x[i] > top || x[i] != x[i]) top = x[i];\n"
        "    return fabs(top) == INFINITY ? 0.0 : top;\n}"
    ),
    "logsumexp": (
        "static double logsumexp(const double *x, int n) {\n    double top = largest(x, n), total = 0.0;\n"
        "    for (int i = 0; i < n; i++) total += exp(x[i] - top);\n    return top + log(total);\n}"
    ),
}
PLACE = """static int place(double index, int n) {  /* which of n items; -1 for none */
    return index >= 0.0 && index < n && index == floor(index) ? (int)index : -1;
}"""
SELECT = """static double choose(double index, const double *x, int n) {
    int k = place(index, n);
    return k < 0 ? NAN : x[k];
}"""
MOST_IN_A_LINE = 12


class CPrinter:
    """Statements in C; inputs: the lists of inputs, by name."""

    def __init__(self, statements: Statements, inputs: Mapping[str, object]) -> None:
        self._statements = statements
        self._tables: dict[str, tuple[str, Sequence[Any]]] = {}
        self._arrays: list[str] = []
        self._used: set[str] = set()
        self._body: list[str] = []
        self._names = {array: array.name for array in statements.arrays}
        for array in statements.arrays:
            if array.kind == "leaf" and array.what in inputs:
                self._names[array] = f"in_{array.what}" if str(array.what).isascii() else f"in_{array.number}"

    def source(self, theta: Sequence[float], inputs: Mapping[str, Sequence[float]], gradient: bool) -> str:
        """The file.

        theta, inputs: the numbers that main works with; gradient: whether the program gives one
        """
        s = self._statements
        for step in in_turn(s, [*s.values, *s.stores]):
            if isinstance(step, ex.Let):
                self._arrays.append(f"static double {self._names[step.array]}[{len(step.array)}];")
                self._write(self._names[step.array], len(step.array), step.what)
            elif isinstance(step, (ex.Outer, ex.Total, ex.Scatter)):
                self._store(step)
        count = 0
        for e in s.values:
            n = _rows(e)
            self._loop(n, f"values[{count} + i] = {self._element(e, n)};")
            count += n
        leaves = {str(array.what): array for array in s.arrays if array.kind == "leaf"}
        given = [self._names[leaves[name]] for name in inputs]
        results = ["double *values", *(["double weight", "double *gradient"] if gradient else [])]
        arguments = ", ".join([*(f"const double *{name}" for name in ["theta", *given]), *results])
        what = "values, and adds weight times the gradient to what is in gradient" if gradient else "values"
        own = {name: body for name, body in FUNCTIONS.items() if name in self._used}
        used = [f"static double {name}({_arguments(name)}) {{ {body} }}" for name, body in own.items()]
        used += [text for name, text in ALONG.items() if name in self._used]
        used += [text for name, text in (("place", PLACE), ("select", SELECT)) if name in self._used]
        seed = ["    const double seed[1] = {weight};"] if gradient else []
        numbers = [_constants(f"main_{name}", some) for name, some in zip(["theta", *given], [theta, *inputs.values()])]
        call = ", ".join([*(f"main_{name}" for name in ["theta", *given]), "values", *(["1.0", "gradient"] * gradient)])
        lines = [
            f"/* {what[0].upper()}{what[1:]}: for one row. Build with: cc -O2 program.c -lm */", "",
            "#include <math.h>", "#include <stdio.h>", "", *used, "", *self._constants(), *self._arrays, "",
            f"void program({arguments}) {{", *seed, *self._body, "}", "",
            *numbers, f"static double values[{max(count, 1)}]{f', gradient[{max(len(theta), 1)}]' * gradient};", "",
            "int main(void) {", f"    program({call});",
            f'    for (int i = 0; i < {count}; i++) printf("%.17g\\n", values[i]);',
            *([f'    for (int i = 0; i < {len(theta)}; i++) printf("%.17g\\n", gradient[i]);'] if gradient else []),
            "    return 0;", "}", "",
        ]  # fmt: skip
        return "\n".join(lines)

    # ---- numbers, and places

    def _table(self, numbers: Sequence[Any]) -> str:
        stem = "c" if isinstance(numbers[0], float) else "at"
        return self._tables.setdefault(repr(numbers), (f"{stem}{len(self._tables) + 1}", numbers))[0]

    def _constants(self) -> list[str]:
        return [
            _constants(name, some, "double" if isinstance(some[0], float) else "int") for name, some in self._tables.values()
        ]

    def _at(self, rows: Sequence[int], i: str = "i") -> str:
        """The place of row i: worked out, or looked up."""
        rows = list(map(int, rows))
        step = rows[1] - rows[0] if len(rows) > 1 else 0
        if all(row == rows[0] + step * k for k, row in enumerate(rows)):
            if not step:
                return str(rows[0])
            along = i if step == 1 else f"{step} * ({i})"
            return f"{rows[0]} + {along}" if rows[0] else along
        return f"{self._table(rows)}[{i}]"

    def _at_both(self, table: Sequence[Sequence[int]], i: str = "i") -> str:
        """The place in row i and column j of a table."""
        rows = [list(map(int, row)) for row in table]
        down = rows[1][0] - rows[0][0] if len(rows) > 1 else 0
        along = rows[0][1] - rows[0][0] if len(rows[0]) > 1 else 0
        if all(x == rows[0][0] + down * k + along * j for k, row in enumerate(rows) for j, x in enumerate(row)):
            return f"{rows[0][0]} + {down} * {i} + {along} * j"
        return f"{self._table([x for row in rows for x in row])}[{i} * {len(rows[0])} + j]"

    # ---- expressions

    def _loop(self, n: int, *lines: str) -> None:
        self._body += [f"    for (int i = 0; i < {n}; i++) {{", *(f"        {line}" for line in lines), "    }"]

    def _element(self, e: ex.Expression, n: int) -> str:
        """Row i of an expression of n rows, or of one for all."""
        match e:
            case ex.View(array, rows):
                return f"{self._names[array]}[{self._at(rows[:1] if e.is_one else rows)}]"
            case ex.Number(x):
                return _number(x)
            case ex.Column(numbers):
                return f"{self._table(list(map(float, numbers)))}[i]"
            case ex.Product(factors):
                return " * ".join(
                    f"({self._element(f, n)})" if isinstance(f, ex.Sum) else self._element(f, n) for f in factors
                )
            case ex.Sum(terms):
                return "(" + " + ".join(self._element(term, n) for term in terms) + ")"
            case ex.Function(name, arguments):
                return self._call(name, [self._element(x, n) for x in arguments])
        own = _rows(e)
        name = f"t{len(self._arrays) + 1}"
        self._arrays.append(f"static double {name}[{own}];")
        self._write(name, own, e)
        return f"{name}[{'i' if own > 1 else '0'}]"

    def _call(self, name: str, arguments: list[str]) -> str:
        inside = ", ".join(arguments)
        if name == RECIPROCAL:
            return f"(1.0 / ({inside}))"
        if name in ALONG:
            self._used |= {name, LARGEST}
            return f"{name}((const double[]){{{inside}}}, {len(arguments)})"
        if name == "select":
            self._used |= {"place", name}
            return f"choose({arguments[0]}, (const double[]){{{', '.join(arguments[1:])}}}, {len(arguments) - 1})"
        if name in OF_LIBM or name in OTHER_NAMES:
            return f"{OTHER_NAMES.get(name, name)}({inside})"
        if name not in FUNCTIONS:
            raise ValueError(f"{name} has no C here: the script in Python has it")
        self._used.add(name)
        return f"{name}({inside})"

    def _write(self, to: str, n: int, e: ex.Expression) -> None:
        """A loop that fills an array with an expression."""
        match e:
            case ex.Matmul():
                m, copies = len(e.operand.rows) // e.copies, e.copies
                factors = [f"{self._names[e.operand.array]}[{self._at(e.operand.rows, f'j * {copies} + i % {copies}')}]"]
                if e.array is not None:
                    factors.append(f"{self._names[e.array]}[{self._at_both(e.places, f'(i / {copies})')}]")
                if e.coefficients is not None:
                    table = self._table([float(c) for row in e.coefficients for c in row])
                    factors.append(f"{table}[i / {copies} * {m} + j]")
                self._sum(to, n, m, factors)
            case ex.Contract(operands, coefficients):
                m, numbers = len(coefficients[0]), [float(c) for row in coefficients for c in row]
                factors = [f"{self._names[array]}[{self._at_both(table)}]" for array, table in operands]
                if len(set(numbers)) > 1:
                    factors.append(f"{self._table(numbers)}[i * {m} + j]")
                elif numbers[0] != 1.0 or not factors:
                    factors.append(_number(numbers[0]))
                self._sum(to, n, m, factors)
            case ex.Fold(name, operand, results):
                self._used |= {name, LARGEST}
                m = len(operand.rows) // results
                at = self._at(operand.rows, f"j * {results} + i")
                fill = f"for (int j = 0; j < {m}; j++) x[j] = {self._names[operand.array]}[{at}];"
                self._loop(n, f"double x[{m}];", fill, f"{to}[i] = {name}(x, {m});")
            case ex.Gather(which, array, rows):
                m = self._choose(which, rows)
                at = self._at([row for some in rows for row in some], f"i * {m} + k")
                self._loop(n, self._choice, f"{to}[i] = k < 0 ? NAN : {self._names[array]}[{at}];")
            case ex.Placed(which, what, rows, size):
                m = self._choose(which, rows)
                at = self._at([row for some in rows for row in some], f"i * {m} + k")
                self._loop(size, f"{to}[i] = 0.0;")
                self._loop(len(rows), self._choice, f"if (k >= 0) {to}[{at}] += {self._element(what, len(rows))};")
            case ex.Parts(pieces, size):
                self._loop(size, f"{to}[i] = 0.0;")
                for some, piece in pieces:
                    self._loop(len(some), f"{to}[{self._at(some)}] += {self._element(piece, len(some))};")
            case _:
                self._loop(n, f"{to}[i] = {self._element(e, n)};")

    def _sum(self, to: str, n: int, m: int, factors: list[str]) -> None:
        add = f"for (int j = 0; j < {m}; j++) total += {' * '.join(factors)};"
        self._loop(n, "double total = 0.0;", add, f"{to}[i] = total;")

    def _choose(self, which: ex.View, rows: Sequence[Sequence[int]]) -> int:
        """Of how many items an index chooses; _choice is the line that finds which."""
        self._used.add("place")
        self._choice = f"int k = place({self._element(which, len(rows))}, {len(rows[0])});"
        return len(rows[0])

    # ---- the gradient

    def _store(self, store: ex.Store) -> None:
        places = flat(store.places)
        match store:
            case ex.Outer(_, left, right, _, copies):
                n = len(right.rows) // copies
                a = f"{self._names[left.array]}[{self._at(left.rows, f'i / {n} * {copies} + j')}]"
                b = f"{self._names[right.array]}[{self._at(right.rows, f'i % {n} * {copies} + j')}]"
                add = f"for (int j = 0; j < {copies}; j++) gradient[{self._at(places)}] += {a} * {b};"
                self._loop(len(places), add)
            case ex.Total(_, what):
                self._loop(len(places), f"gradient[{self._at(places)}] += {self._element(what, len(places))};")
            case ex.Scatter(_, which, what, rows):
                m = self._choose(which, rows)
                at = self._at([places[row] for some in rows for row in some], f"i * {m} + k")
                self._loop(len(rows), self._choice, f"if (k >= 0) gradient[{at}] += {self._element(what, len(rows))};")


def _rows(e: ex.Expression) -> int:
    """How many rows an expression has by itself."""
    match e:
        case ex.View():
            return 1 if e.is_one else len(e.rows)
        case ex.Column(numbers):
            return len(numbers)
        case ex.Product(parts) | ex.Sum(parts) | ex.Function(_, parts):
            return max(map(_rows, parts), default=1)
        case ex.Matmul():
            return len(e.coefficients or e.places) * e.copies
        case ex.Contract():
            return len(e.coefficients)
        case ex.Fold():
            return e.results
        case ex.Gather():
            return len(e.rows)
        case ex.Parts() | ex.Placed():
            return e.size
    return 1


def _arguments(name: str) -> str:
    count = DEFINITIONS[name].__code__.co_argcount
    return ", ".join(f"double {x}" for x in "xyz"[:count])


def _number(x: float) -> str:
    if math.isfinite(x):
        return repr(x) if x >= 0.0 and math.copysign(1.0, x) > 0.0 else f"({x!r})"
    return "NAN" if math.isnan(x) else "INFINITY" if x > 0.0 else "(-INFINITY)"


def _constants(name: str, numbers: Sequence[Any], kind: str = "double") -> str:
    texts = [str(x) if kind == "int" else _number(float(x)) for x in numbers] or ["0"]
    lines = [", ".join(texts[k : k + MOST_IN_A_LINE]) for k in range(0, len(texts), MOST_IN_A_LINE)]
    return f"static const {kind} {name}[] = {{\n    " + ",\n    ".join(lines) + "};"
