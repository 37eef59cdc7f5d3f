"""The table of operations: what each one computes, how it varies, how it is written.

One row per operation, like the back cover of a calculus book, and nothing else in this package knows a derivative.
A row gives

    its value      a function of plain floats, following IEEE 754: it never raises, log(0) is -inf, sqrt(-1) is nan
    its partials   one per input, each a float or a function of (z, *inputs), where z is the output
    its notation   a short symbol for drawings, and how to write it around its operands

A partial is written in the table's own operations and in + - * over whatever it is given. Called on floats it gives the
slope (that is what `Value.backward` does); called on Values it gives a graph of the slope, which has partials of its own,
and so on to any order; called on Values that wear names it gives the formula.

Two habits keep derivatives of every order right to the last digits. A partial is a product wherever it can be, since a
difference of nearly equal numbers has no digits left: where the page says z(1 - z), the row computes the same number
from x. And a kink is written with `greater`, whose own slope is zero, so that a graph never freezes the branch it took.

Names in this file: x, y inputs; z output; c, n, k constants; everything below `the shapes that derivatives take` is there
for the partials above it.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from math import inf, nan

from autograd.writing.notation import (
    ATOM,
    NEGATION,
    OPERATOR,
    POWER,
    PRODUCT,
    RAISED,
    SUM,
    Notation,
    beside,
    bracketed,
    call,
    in_power,
    infix,
    latex_form,
    plus,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, ClassVar, overload

    from autograd.value import Value


class _Table(dict[str, "Primitive"]):
    """Every operation by its name; a row that you add with Primitive(...) is in it from then on.

    >>> from autograd import PRIMITIVES
    >>> PRIMITIVES["hypot"], PRIMITIVES["hypot"].arity, PRIMITIVES["hypot"](3.0, 4.0)
    (<primitive hypot>, 2, 5.0)
    """


PRIMITIVES = _Table()
LATEX_NAMES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}


class Primitive:
    """One operation, stated once; calling it computes it, on numbers as on Values.

    name: its name in PRIMITIVES, in repr and in error messages
    value: function of plain floats that gives a float
    partials: one per input, in order: a float where the slope is constant, else a function of (output, *inputs)
        written in operations that work on floats and Values alike
    notation: how it is written; name(x, y) where nothing is said
    doc: what help() says of it, a sentence or more
    points: inputs at which help() shows value and slopes, in examples; numbers, or tuples where there are several inputs
    nary: the operation takes any number of inputs; value is then given one sequence of floats, and there is one
        partial, a function of (output, sequence of inputs) that gives all slopes
    definition: the operation in simpler ones, a function of its inputs: what derivation(op) starts from
    page: what formulas show in its place, a function of its inputs; for operations that only compute more exactly

    A new operation is one row, and everything reads it: operators, backward, gradients of any order, the checker, the
    drawings. Its partials may use any function of this package, itself included:

    >>> import math
    >>> from autograd import Primitive, Value, check_gradients, cos, gradient
    >>> chirp = Primitive("chirp", lambda x: math.sin(x * x), lambda z, x: 2 * x * cos(x * x))
    >>> bool(check_gradients(chirp, 0.7, order=3))
    True
    >>> x = Value(0.7, label="x")
    >>> chirp(x), gradient(chirp(x), x)[0]
    (Value(0.4706), Value(1.2353))

    Raises ValueError for the name of an operation that this package is made of.
    """

    # What to do with arguments that are not all plain floats. autograd.value sets it: the table itself knows no graph.
    apply: ClassVar[Callable[[Primitive, tuple[Any, ...]], Any]]

    def __init__(
        self,
        name: str,
        value: Callable[..., float],
        *partials: float | Callable[..., Any],
        notation: Notation | None = None,
        doc: str = "",
        nary: bool = False,
        definition: Callable[..., Any] | None = None,
        page: Callable[..., Any] | None = None,
        points: Sequence[float | tuple[float, ...]] = (),
    ) -> None:
        if name in _BUILT_IN:
            raise ValueError(f"{name!r} is an operation of autograd's own; give the new one another name")
        if not partials or not callable(value) or (nary and len(partials) != 1):
            raise ValueError(
                f"{name!r} needs a function for its value and a partial derivative per input (one for all, if nary)"
            )
        self.name, self.value, self.definition, self.page = name, value, definition, page
        self.partials = tuple(p if callable(p) else float(p) for p in partials)
        self.arity = None if nary else len(partials)
        self.notation = notation or Notation(
            name, lambda *xs: f"{name}({', '.join(xs)})", latex=call(LATEX_NAMES.get(name, name))
        )
        self.doc, self.points = doc, points
        PRIMITIVES[name] = self

    if TYPE_CHECKING:

        @overload
        def __call__(self, *inputs: float) -> float: ...  # type: ignore[overload-overlap]
        @overload
        def __call__(self, *inputs: Value | float) -> Value: ...

    def __call__(self, *inputs):  # type: ignore[no-untyped-def]
        for x in inputs:
            if x.__class__ is not float:
                return self.apply(inputs)
        return self.value(*inputs) if self.arity else self.value(inputs)

    def slopes(self, z: Any, inputs: Sequence[Any]) -> Sequence[Any]:
        """The partial derivative in each input, at output z: numbers for numbers, Values for Values.

        z: the output
        inputs: what it was computed from, in order

        >>> from autograd import hypot
        >>> hypot.slopes(5.0, (3.0, 4.0))
        [0.6, 0.8]
        """
        if self.arity is None:
            all_of_them: Sequence[Any] = self.partials[0](z, inputs)  # type: ignore[operator]
            return all_of_them
        return [p if p.__class__ is float else p(z, *inputs) for p in self.partials]  # type: ignore[operator]

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Primitive], tuple[str]]:
        return _named, (self.name,)


class _Help:
    """The __doc__ of Primitive, which the class has as written; that of an operation is made when somebody asks."""

    def __init__(self, of_the_class: str | None) -> None:
        self.of_the_class = of_the_class

    def __get__(self, op: Primitive | None, owner: type[Primitive]) -> str | None:
        if op is None:
            return self.of_the_class
        from autograd.formula.help import description  # it takes as long to load as the rest of the package

        return description(op)


Primitive.__doc__ = _Help(Primitive.__doc__)  # type: ignore[assignment]
_BUILT_IN: frozenset[str] = frozenset()


def _named(name: str) -> Primitive:
    if name == CONSTANT.name:
        return CONSTANT
    if name not in PRIMITIVES:
        raise LookupError(f"no operation {name!r} here: run the line that defines Primitive({name!r}, ...) first")
    return PRIMITIVES[name]


# ------------------------------------------------------------------------------------ values that Python will not give


def ieee(function: Callable[[float], float], poles: dict[float, float] | None = None) -> Callable[[float], float]:
    """function, with infinity or nan where Python's raises; poles says where it is infinite."""

    def closed(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.copysign(inf, x)
        except ValueError:
            return poles.get(x, nan) if poles else nan

    return closed


def _divide(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return x * math.copysign(inf, y)


def _power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0.0 and y % 2.0 == 1.0 else inf
    except ValueError:  # a root of a negative number, or a negative power of zero
        return nan if x else math.copysign(inf, x if y % 2.0 == 1.0 else 1.0)


_exp = ieee(math.exp)
_log = ieee(math.log, {0.0: -inf})
_cosh = ieee(math.cosh)


def _sigmoid(x: float) -> float:  # never exponentiates a large number
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0.0 else (e := math.exp(x)) / (1.0 + e)


def _sigmoid_slope(z: float, x: float) -> float:
    e = math.exp(-math.fabs(x))
    return e / (1.0 + e) ** 2


def _silu(x: float) -> float:
    if x >= 0.0:
        return x / (1.0 + math.exp(-x))
    half = math.exp(0.5 * x)  # its square would lose its digits, below -708, before x could multiply it
    return x * half / (1.0 + half * half) * half


def _silu_bend(x: float) -> float:
    half = math.exp(-0.5 * math.fabs(x))
    return x * half / (1.0 + half * half) ** 2 * half


def _tanh_slope(z: float, x: float) -> float:
    e = math.exp(-2.0 * math.fabs(x))
    return 4.0 * e / (1.0 + e) ** 2


def _gaussian(x: float, n: float) -> float:
    if not math.fabs(x) < 30.0:
        return 0.0 * x if math.isnan(x) else 0.0  # nan stays nan
    near = round(x * 2.0**20) / 2.0**20  # near * near is exact, so that no digit of the exponent is lost
    g = math.exp(-near * near) * math.exp(-(x - near) * (x + near))
    before, hermite = 0.0, 1.0  # Hermite polynomials: H' = 2x H - 2k H of the order before (DLMF 18.9.1)
    for k in range(int(n)):
        before, hermite = hermite, 2.0 * x * hermite - 2.0 * k * before
    return -hermite * g if n % 2.0 else hermite * g


def _sum_of_products(products: Iterable[Sequence[float]], over: Sequence[float] = (), shift: int = 0) -> float:
    """The sum of products, divided by what is in over, times 2**shift: no overflow and no underflow on the way."""
    terms = []
    for factors in products:
        mantissa, exponent = 1.0, shift
        for x in factors:
            m, e = math.frexp(x)
            mantissa, exponent = mantissa * m, exponent + e
        for x in over:
            m, e = math.frexp(x)
            mantissa, exponent = mantissa / m, exponent - e
        if mantissa:
            m, e = math.frexp(mantissa)
            terms.append((m, exponent + e))
    largest = max((e for _, e in terms), default=0)
    total = sum(math.ldexp(m, max(e - largest, -2000)) for m, e in terms)
    try:
        return math.ldexp(total, largest)
    except OverflowError:
        return math.copysign(inf, total)


def _power_terms(i: int, j: int) -> Iterator[tuple[float, tuple[int, ...], int]]:
    """d/dx^i dy^j of x**y as terms c (y - l1)(y - l2) ... x**(y - i) ln(x)**k, in the form (c, (l1, l2, ...), k).

    x**y gives y(y - 1)...(y - i + 1) x**(y - i), and Leibniz' rule the rest.
    """
    for m in range(min(i, j) + 1):
        for left in itertools.combinations(range(i), i - m):
            yield float(math.comb(j, m) * math.factorial(m)), left, j - m


def _power_slope(x: float, y: float, i: float, j: float) -> float:
    if i + j == 1.0:  # the short way, where it does not leave the floats
        power = _power(x, y - i)
        if 0.0 < math.fabs(power) < inf and (i or x):
            return y * power if i else power * _log(x)
    if -inf < x < 0.0 and not (y.is_integer() or math.isinf(y)):
        return nan
    exponent, log_x = y - i, _log(x)
    root = _power(math.fabs(x), 0.125 * exponent)  # its eighth power may lie beyond the floats
    sign = -1.0 if math.copysign(1.0, x) < 0.0 and (y % 2.0 + i) % 2.0 == 1.0 else 1.0
    return _sum_of_products(
        [sign * c, *(y - u for u in left), *[log_x] * k, *[root] * 8]
        for c, left, k in _power_terms(int(i), int(j))
        if y not in left and not (k and x == 0.0 and exponent >= 0.0)
    )


def _ray_terms(k: int, i: int, j: int) -> tuple[dict[tuple[int, int], int], int]:
    """d/dx^i dy^j of x/r**k, r = hypot(x, y), as {(a, b): c} and n: the sum of c x**a y**b, over r**n."""
    terms, n = {(1, 0): 1}, k
    for in_x in [True] * i + [False] * j:
        found: dict[tuple[int, int], int] = {}
        for (a, b), c in terms.items():  # in x it is ((a - n) x**(a+1) y**b + a x**(a-1) y**(b+2)) / r**(n+2)
            power, up, down = (a, (a + 1, b), (a - 1, b + 2)) if in_x else (b, (a, b + 1), (a + 2, b - 1))
            for key, times in ((up, power - n), (down, power)):
                found[key] = found.get(key, 0) + times * c
        terms, n = {key: c for key, c in found.items() if c}, n + 2
    return terms, n


def _ray(x: float, y: float, k: float, i: float, j: float) -> float:
    r = math.hypot(x, y)
    if r == 0.0:
        return 0.0
    if not (i or j) and 1e-290 < r < 1e290:
        return x / r if k == 1.0 else x / r / r
    terms, n = _ray_terms(int(k), int(i), int(j))
    e = math.frexp(max(math.fabs(x), math.fabs(y)))[1]  # r 2**-e is about 1
    near = math.hypot(math.ldexp(x, -e), math.ldexp(y, -e))
    return _sum_of_products(([c, *[x] * a, *[y] * b] for (a, b), c in terms.items()), [near] * n, -e * n)


def _sign(x: float) -> float:
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x * 0.0


def _maximum(x: float, y: float) -> float:
    return x if x >= y or math.isnan(x) else y  # nan wins


def _minimum(x: float, y: float) -> float:
    return x if x <= y or math.isnan(x) else y


def _clip(x: float, low: float, high: float) -> float:
    return _minimum(_maximum(x, low), high)


def _dot(inputs: Sequence[float]) -> float:
    n = len(inputs) // 2
    total = inputs[-1] if len(inputs) % 2 else 0.0
    for w, x in zip(inputs[:n], inputs[n : 2 * n], strict=True):
        total += w * x
    return total


def _logsumexp(xs: Sequence[float]) -> float:
    top = max(range(len(xs)), key=xs.__getitem__, default=-1)
    if top < 0 or math.isinf(xs[top]):
        return nan if any(map(math.isnan, xs)) else xs[top] if xs else -inf
    rest = [math.exp(x - xs[top]) for i, x in enumerate(xs) if i != top]  # e^0 = 1 stays apart, for log1p
    return xs[top] + math.log1p(sum(rest))


# -------------------------------------------------------------------------- partials that do not fit on the row's line


def _power_in_x(z: Any, x: Any, y: Any) -> Any:
    """y x**(y - 1) in its simplest form; a known zero times a power is zero even where the power is infinite."""
    if y.__class__ is not float:
        return power_slope(x, y, 1.0, 0.0)
    if y in (0.0, 1.0):
        return y
    if y == 2.0:
        return y * x
    return _power_slope(x, y, 1.0, 0.0) if x.__class__ is float else y * pow(x, y - 1.0)


def _logsumexp_slopes(z: Any, xs: Sequence[Any]) -> list[Any]:
    """softmax(xs), as exp(x - z); from the differences to the largest number, where those have more digits."""
    if z.__class__ is float:
        top = max(xs)
        if top and -inf < top < inf:
            xs = [x - top for x in xs]
            z = _logsumexp(xs)
        return [math.exp(x - z) for x in xs]  # x <= z
    top = max(x.data if hasattr(x, "op") else x for x in xs)
    if top and -inf < top < inf:
        xs = shifted(xs, top)
        z = logsumexp_of(*xs)
    return [exp(x - z) for x in xs]


def shifted(xs: Sequence[Any], c: float) -> list[Any]:
    """x - c for each x, marked: any other constant would give the same softmax, see autograd/program/lowering.py."""
    found = [sub(x, c) for x in xs]
    for x in found:
        if x.__class__ is not float:
            x.__dict__["_shifted"] = True
    return found


def _tie(x: Any, y: Any) -> Any:
    """1 where x > y, 0 where x < y, a half where they are equal."""
    return 0.5 + 0.5 * (greater(x, y) - greater(y, x))


def _leaky_slope(x: Any, below: Any) -> Any:
    above = greater(x, 0.0)
    return above + (1.0 - above) * below


def _gelu_slope(z: Any, x: Any) -> Any:
    return 0.5 * erfc(x * -ROOT_HALF) + x * (NORMAL * gaussian(x * ROOT_HALF, 0.0))


def _atan_slope(z: Any, x: Any) -> Any:
    cosine = div(1.0, hypot(1.0, x))  # of the angle z; never squares x
    return cosine * cosine


def _dot_partials(z: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    n = len(inputs) // 2  # w1 ... wn, x1 ... xn, b  ->  x1 ... xn, w1 ... wn, 1
    return (*inputs[n : 2 * n], *inputs[:n], 1.0) if len(inputs) % 2 else (*inputs[n:], *inputs[:n])


def _write_dot(*xs: str) -> str:
    n = len(xs) // 2
    return plus(*(f"{w}·{x}" for w, x in zip(xs[:n], xs[n : 2 * n], strict=True)), *xs[2 * n :])


def _write_dot_latex(*xs: str) -> str:
    n = len(xs) // 2
    return plus(*(beside(w, x) for w, x in zip(xs[:n], xs[n : 2 * n], strict=True)), *xs[2 * n :])


def _write_logsumexp(*xs: str) -> str:
    return r"\log" + bracketed(plus(*(f"e^{{{x}}}" for x in xs)))


def _write_over(x: str, y: str) -> str:
    return f"{x}/({y})" if y.startswith("∂") else f"{x}/{y}"


def _write_power(x: str, y: str) -> str:
    """With the exponent raised, if it is a whole number."""
    return x + (y.translate(RAISED) if y.lstrip("-−").isdigit() else "^" + y)


def _write_ray(x: str, y: str, k: str, i: str, j: str) -> str:
    if not (k + i + j).isdigit():  # places to be filled in
        return f"ray({x}, {y}, {k}, {i}, {j})"
    terms, n = _ray_terms(int(k), int(i), int(j))
    tops = []
    for (a, b), c in terms.items():
        powers = [_write_power(base, str(m)).removesuffix("¹") for base, m in ((x, a), (y, b)) if m]
        tops.append("·".join(([f"(−{-c})" if c < 0 else str(c)] if c != 1 or not powers else []) + powers))
    length = _write_power(f"hypot({x}, {y})", str(n)).removesuffix("¹")
    return f"{tops[0] if len(tops) == 1 else bracketed(plus(*tops))}/{length}"


def _write_power_slope(x: str, y: str, i: str, j: str) -> str:
    if not (i + j).isdigit():
        return f"power_slope({x}, {y}, {i}, {j})"
    power = _write_power(x, y if i == "0" else f"({y} − {i})")
    terms = []
    for c, left, k in _power_terms(int(i), int(j)):
        factors = ([f"{c:.0f}"] if c != 1.0 else []) + [f"({y} − {u})" if u else y for u in left]
        terms.append("·".join([*factors, power, *([_write_power(f"log({x})", str(k)).removesuffix("¹")] if k else [])]))
    return terms[0] if len(terms) == 1 else f"({plus(*terms)})"


def _power_slope_page(x: Any, y: Any, i: Any, j: Any) -> Any:
    terms = []
    for c, left, k in _power_terms(int(i.data), int(j.data)):
        factors = [y - float(u) if u else y for u in left] + [pow(x, y - i.data) if i.data else pow(x, y)]
        factors += [pow(log(x), float(k)) if k > 1 else log(x)] * bool(k)
        terms.append(_product_of(c, factors))
    return functools.reduce(add, terms)


def _ray_page(x: Any, y: Any, k: Any, i: Any, j: Any) -> Any:
    terms, n = _ray_terms(int(k.data), int(i.data), int(j.data))
    powers = [
        (c, [pow(base, float(m)) if m > 1 else base for base, m in ((x, a), (y, b)) if m]) for (a, b), c in terms.items()
    ]
    top = functools.reduce(add, [_product_of(float(c), factors) for c, factors in powers])
    if n % 2:
        return div(top, pow(hypot(x, y), float(n)) if n > 1 else hypot(x, y))
    return div(top, pow(x * x + y * y, n / 2) if n > 2 else x * x + y * y)


def _product_of(c: float, factors: Sequence[Any]) -> Any:
    if not factors:
        return c
    product = functools.reduce(mul, factors)
    return product if c == 1.0 else neg(product) if c == -1.0 else c * product


def _gaussian_page(x: Any, n: Any) -> Any:
    """(-1)^n H_n(x) e^(-x²), with the Hermite polynomials H written out."""
    before, hermite = 0.0, 1.0
    for k in range(int(n.data)):
        before, hermite = hermite, 2.0 * x * hermite - 2.0 * k * before
    return (-1.0) ** int(n.data) * hermite * exp(-pow(x, 2.0))


LOG2_E, LOG10_E, ROOT_HALF = 1.0 / math.log(2.0), 1.0 / math.log(10.0), math.sqrt(0.5)
NORMAL, TWO_OVER_ROOT_PI = 1.0 / math.sqrt(2.0 * math.pi), 2.0 / math.sqrt(math.pi)

# ------------------------------------------------------------------------------------------------------------ the table
# Wide on purpose: a row is read across. Sources: DLMF chapters 4 and 7 for the elementary functions and erf.
# ruff: noqa: E501, PLW0108  (a row may name one further down)
# fmt: off

cos: Primitive; cosh: Primitive; div: Primitive; gaussian: Primitive; greater: Primitive; hypot: Primitive; minimum: Primitive  # noqa: E702
one_minus_square: Primitive; power_slope: Primitive; ray: Primitive; sigmoid_slope: Primitive; sign: Primitive; silu_bend: Primitive; tanh_slope: Primitive  # noqa: E702

#                               value                            partials, of (z, *inputs)
add        = Primitive("add",        operator.add,                    1.0, 1.0,                                           notation=Notation("+", plus, SUM, (SUM, OPERATOR), latex_form(plus, SUM, (SUM, OPERATOR))), doc="x + y.")
sub        = Primitive("sub",        operator.sub,                    1.0, -1.0,                                          notation=infix(" − ", SUM, latex=latex_form("{} - {}", SUM, (SUM, PRODUCT))), doc="x - y.")
mul        = Primitive("mul",        operator.mul,                    lambda z, x, y: y, lambda z, x, y: x,               notation=infix("·", PRODUCT, "×", latex_form(beside, PRODUCT, (NEGATION, POWER))), doc="x y.")
div        = Primitive("div",        _divide,                         lambda z, x, y: div(1.0, y), lambda z, x, y: -div(z, y), notation=Notation("÷", _write_over, PRODUCT, (NEGATION, POWER), latex_form(r"\frac{{{}}}{{{}}}", POWER)), doc="x / y; 1/0 is inf and 0/0 nan.")
neg        = Primitive("neg",        operator.neg,                    -1.0,                                               notation=Notation("−", "−{}", NEGATION, PRODUCT, latex_form("-{}", NEGATION, PRODUCT)), doc="-x.")
pow        = Primitive("pow",        _power,                          _power_in_x, lambda z, x, y: power_slope(x, y, 0.0, 1.0),                notation=Notation("xʸ", _write_power, POWER, ATOM, latex_form(in_power, POWER, (ATOM, SUM))), doc="x to the power y; 0**0 is 1, a root of a negative number nan. At x = 0 the slope in y is 0 for y >= 0 (as in torch).")

exp        = Primitive("exp",        _exp,                            lambda z, x: z,                                     notation=Notation("exp", "exp({})", latex=latex_form("e^{{{}}}", POWER)), doc="The exponential function, e to the power x; inf where that is beyond all floats, from x = 710 on.", points=(0.0, 1.0, 1000.0))
expm1      = Primitive("expm1",      ieee(math.expm1),                lambda z, x: exp(x),                                notation=Notation("expm1", "(exp({}) − 1)", latex=latex_form("e^{{{}}} - 1", SUM)), page=lambda x: exp(x) - 1.0, doc="exp(x) - 1, right to the last digits for small x too, where the difference has none left.", points=(0.0, 1e-12))
log        = Primitive("log",        _log,                            lambda z, x: div(1.0, x),                           doc="The natural logarithm of x; log(0) is -inf, and that of a negative number nan.", points=(2.0, 0.0))
log2       = Primitive("log2",       ieee(math.log2, {0.0: -inf}),    lambda z, x: div(LOG2_E, x),                        notation=Notation("log2", "log2({})", latex=latex_form(lambda x: rf"\log_{{2}}{bracketed(x)}", POWER)), definition=lambda x: div(log(x), math.log(2.0)), doc="The logarithm of x to base 2, log(x) / log(2); log2(0) is -inf, and that of a negative number nan.", points=(8.0, 0.0))
log10      = Primitive("log10",      ieee(math.log10, {0.0: -inf}),   lambda z, x: div(LOG10_E, x),                       notation=Notation("log10", "log10({})", latex=latex_form(lambda x: rf"\log_{{10}}{bracketed(x)}", POWER)), definition=lambda x: div(log(x), math.log(10.0)), doc="The logarithm of x to base 10, log(x) / log(10); log10(0) is -inf, and that of a negative number nan.", points=(100.0, 0.0))
log1p      = Primitive("log1p",      ieee(math.log1p, {-1.0: -inf}),  lambda z, x: div(1.0, 1.0 + x),                     notation=Notation("log1p", lambda x: f"log({plus('1', x)})", ATOM, NEGATION, latex_form(lambda x: rf"\log{bracketed(plus('1', x))}", POWER, NEGATION)), page=lambda x: log(1.0 + x), doc="log(1 + x), right to the last digits for small x too; log1p(-1) is -inf, and nan follows below.", points=(1.0, 1e-12, -1.0))
sqrt       = Primitive("sqrt",       ieee(math.sqrt),                 lambda z, x: div(0.5, z),                           notation=Notation("√", "sqrt({})", latex=latex_form(r"\sqrt{{{}}}", POWER)), definition=lambda x: pow(x, 0.5), doc="The square root of x; nan below 0. Its slope at 0 is inf.", points=(4.0, 0.0, -1.0))
cbrt       = Primitive("cbrt",       math.cbrt,                       lambda z, x: 1.0 / 3.0 * pow(z, -2.0),              notation=Notation("∛", "cbrt({})", latex=latex_form(r"\sqrt[3]{{{}}}", POWER)), doc="The cube root of x, negative numbers included. Its slope at 0 is inf.", points=(8.0, -8.0, 0.0))

sin        = Primitive("sin",        ieee(math.sin),                  lambda z, x: cos(x),                                doc="The sine of x, an angle in radians.", points=(0.0, 1.0))
cos        = Primitive("cos",        ieee(math.cos),                  lambda z, x: -sin(x),                               doc="The cosine of x, an angle in radians.", points=(0.0, 1.0))
tan        = Primitive("tan",        ieee(math.tan),                  lambda z, x: 1.0 + z * z,                           definition=lambda x: div(sin(x), cos(x)), doc="The tangent of x, an angle in radians.", points=(0.0, 1.0))
asin       = Primitive("asin",       ieee(math.asin),                 lambda z, x: div(1.0, sqrt(one_minus_square(x))),   doc="The angle in radians, from -π/2 to π/2, whose sine is x; nan outside -1 to 1. Its slope at both ends is inf.", points=(0.5, 1.0))
acos       = Primitive("acos",       ieee(math.acos),                 lambda z, x: div(-1.0, sqrt(one_minus_square(x))),  doc="The angle in radians, from 0 to π, whose cosine is x; nan outside -1 to 1. Its slope at both ends is -inf.", points=(0.5, 1.0))
atan       = Primitive("atan",       math.atan,                       _atan_slope,                                        doc="The angle in radians, from -π/2 to π/2, whose tangent is x.", points=(1.0, -1.0))
atan2      = Primitive("atan2",      math.atan2,                      lambda z, y, x: ray(x, y, 2.0, 0.0, 0.0), lambda z, y, x: -ray(y, x, 2.0, 0.0, 0.0), doc="The angle in radians, from -π to π, of the point (x, y), given as atan2(y, x); its slopes at the origin are 0.", points=((1.0, 1.0), (1.0, -1.0), (0.0, 0.0)))
sinh       = Primitive("sinh",       ieee(math.sinh),                 lambda z, x: cosh(x),                               definition=lambda x: div(exp(x) - exp(-x), 2.0), doc="The hyperbolic sine of x, (exp(x) - exp(-x)) / 2.", points=(0.0, 1.0))
cosh       = Primitive("cosh",       lambda x: _cosh(math.fabs(x)),   lambda z, x: sinh(x),                               definition=lambda x: div(exp(x) + exp(-x), 2.0), doc="The hyperbolic cosine of x, (exp(x) + exp(-x)) / 2.", points=(0.0, 1.0))
tanh       = Primitive("tanh",       math.tanh,                       lambda z, x: tanh_slope(z, x),                      definition=lambda x: div(exp(x) - exp(-x), exp(x) + exp(-x)), doc="The hyperbolic tangent of x, sinh(x) / cosh(x): an activation with outputs from -1 to 1.", points=(0.0, 0.5, 20.0))
asinh      = Primitive("asinh",      math.asinh,                      lambda z, x: div(1.0, hypot(1.0, x)),               doc="The inverse of sinh.", points=(0.0, 1.0))
acosh      = Primitive("acosh",      ieee(math.acosh),                lambda z, x: div(1.0, sqrt(x - 1.0) * sqrt(x + 1.0)), doc="The inverse of cosh, from 0 on; nan below 1. Its slope at 1 is inf.", points=(2.0, 1.0))
atanh      = Primitive("atanh",      ieee(math.atanh, {1.0: inf, -1.0: -inf}), lambda z, x: div(1.0, one_minus_square(x)), doc="The inverse of tanh; infinite at -1 and 1, and nan beyond.", points=(0.5, 1.0))
hypot      = Primitive("hypot",      math.hypot,                      lambda z, x, y: ray(x, y, 1.0, 0.0, 0.0), lambda z, x, y: ray(y, x, 1.0, 0.0, 0.0),  page=lambda x, y: sqrt(x * x + y * y), doc="The length of (x, y), without overflow on the way; its slopes at the origin are 0.", points=((3.0, 4.0), (3e200, 4e200), (0.0, 0.0)))
erf        = Primitive("erf",        math.erf,                        lambda z, x: TWO_OVER_ROOT_PI * gaussian(x, 0.0),   doc="The error function, 2/√π times the integral of exp(-t²) from 0 to x.", points=(0.0, 0.5))
erfc       = Primitive("erfc",       math.erfc,                       lambda z, x: -TWO_OVER_ROOT_PI * gaussian(x, 0.0),  doc="1 - erf(x), right to the last digits for large x too, where the difference has none left.", points=(0.0, 6.0))

sigmoid    = Primitive("sigmoid",    _sigmoid,                        lambda z, x: sigmoid_slope(z, x),                   notation=Notation("σ", "σ({})", latex=latex_form(lambda x: r"\sigma" + bracketed(x), POWER)), definition=lambda x: pow(1.0 + exp(-x), -1.0), doc="The logistic function σ(x) = 1 / (1 + exp(-x)), never overflowing: an activation with outputs from 0 to 1.", points=(0.0, 2.0, -1000.0))
softplus   = Primitive("softplus",   lambda x: max(x, 0.0) + math.log1p(math.exp(-math.fabs(x))), lambda z, x: sigmoid(x),      definition=lambda x: log(1.0 + exp(x)), doc="log(1 + exp(x)), a smooth relu, never overflowing; its slope is the sigmoid σ. In PyTorch: torch.nn.functional.softplus.", points=(0.0, 1000.0))
relu       = Primitive("relu",       lambda x: 0.0 if x <= 0.0 else x, lambda z, x: greater(z, 0.0),                      notation=Notation("ReLU", "relu({})", latex=call("ReLU")), doc="The rectified linear unit: x above 0, else 0; its slope at 0 is 0 (as in torch).", points=(2.0, -2.0, 0.0))
leaky_relu = Primitive("leaky_relu", lambda x, slope: x if x > 0.0 else slope * x, lambda z, x, slope: _leaky_slope(x, slope), lambda z, x, slope: minimum(x, 0.0), notation=Notation("LeakyReLU", "leaky_relu({}, {})"), doc="x above 0, else slope * x; its slope at 0 is that of the left side (as in torch).")
elu        = Primitive("elu",        lambda x, alpha: x if x > 0.0 else alpha * math.expm1(x), lambda z, x, alpha: _leaky_slope(x, alpha * exp(minimum(x, 0.0))), lambda z, x, alpha: expm1(minimum(x, 0.0)), notation=Notation("ELU", "elu({}, {})"), doc="x above 0, else alpha * (exp(x) - 1); its slope at 0 is alpha (as in torch).")
gelu       = Primitive("gelu",       lambda x: x * (0.5 * math.erfc(x * -ROOT_HALF)), _gelu_slope,                        notation=Notation("GELU", "gelu({})"), doc="x times the normal distribution function of x (Hendrycks and Gimpel 2016), the exact form. In PyTorch: torch.nn.functional.gelu.", points=(0.0, 1.0, -1.0))
silu       = Primitive("silu",       _silu,                           lambda z, x: sigmoid(x) + silu_bend(x),             notation=Notation("SiLU", "silu({})"), definition=lambda x: x * sigmoid(x), doc="x σ(x) with σ the sigmoid, also called swish. In PyTorch: torch.nn.functional.silu.", points=(0.0, 1.0, -1.0))
abs        = Primitive("abs",        math.fabs,                       lambda z, x: sign(x),                               notation=Notation("|·|", "|{}|", latex=latex_form(r"\left|{}\right|")), doc="The absolute value of x; its slope at 0 is 0 (as in torch).", points=(-2.0, 0.0))
sign       = Primitive("sign",       _sign,                           0.0,                                                doc="The sign of x: -1, 0 or 1; its slope is 0 everywhere (as in torch).", points=(-2.0, 0.0))
maximum    = Primitive("maximum",    _maximum,                        lambda z, x, y: _tie(x, y), lambda z, x, y: _tie(y, x), notation=Notation("max", "max({}, {})", latex=call("max")), doc="The larger of x and y, nan if either is; where both are equal each gets half of the slope (as in torch).", points=((3.0, 2.0), (2.0, 2.0)))
minimum    = Primitive("minimum",    _minimum,                        lambda z, x, y: _tie(y, x), lambda z, x, y: _tie(x, y), notation=Notation("min", "min({}, {})"), doc="The smaller of x and y, nan if either is; where both are equal each gets half of the slope (as in torch).", points=((3.0, 2.0), (2.0, 2.0)))
clip       = Primitive("clip",       _clip,                           lambda z, x, low, high: (1.0 - greater(low, x)) * (1.0 - greater(x, high)), lambda z, x, low, high: greater(low, x) * greater(high, low), lambda z, x, low, high: greater(maximum(x, low), high), doc="x, not below low and not above high; its slope at a bound is 1 (as in torch).")

sum_of     = Primitive("sum",        sum,                             lambda z, xs: (1.0,) * len(xs),                     notation=Notation("Σ", plus, SUM, OPERATOR, latex_form(plus, SUM, OPERATOR)), nary=True, doc="x1 + ... + xn as a single node.")
dot_of     = Primitive("dot",        _dot,                            _dot_partials,                                      notation=Notation("w·x", _write_dot, SUM, POWER, latex_form(_write_dot_latex, SUM, POWER)), nary=True, doc="w1 x1 + ... + wn xn + b as a single node, of inputs w1 ... wn, x1 ... xn and, if their number is odd, b.")
logsumexp_of = Primitive("logsumexp", _logsumexp,                     _logsumexp_slopes,                                  notation=Notation("log Σ exp", lambda *xs: f"logsumexp({', '.join(xs)})", latex=latex_form(_write_logsumexp, POWER)), nary=True, doc="log(exp(x1) + ... + exp(xn)) as a single node, never overflowing.")

# ---------------------------------------------------------------------------------------- the shapes that derivatives take
greater    = Primitive("greater",    lambda x, y: 1.0 if x > y else 0.0 if x <= y else nan, 0.0, 0.0,                     notation=Notation(">", "[{} > {}]", latex=latex_form(r"\mathbf{{1}}_{{{} > {}}}")), doc="1 where x > y, else 0: the slope of a kink, itself flat.")
sigmoid_slope = Primitive("sigmoid_slope", _sigmoid_slope,            0.0, lambda s, z, x: s * tanh(-0.5 * x),            notation=Notation("σ′", "{0}·(1 − {0})", PRODUCT, ATOM), page=lambda z, x: z * (1.0 - z), doc="z (1 - z) where z = sigmoid(x), computed from x, which alone it varies with.")
tanh_slope = Primitive("tanh_slope", _tanh_slope,                     0.0, lambda s, z, x: -2.0 * s * tanh(x),                  notation=Notation("tanh′", "1 − {0}²", SUM, ATOM), page=lambda z, x: 1.0 - pow(z, 2.0), doc="1 - z**2 where z = tanh(x), computed from x, which alone it varies with.")
silu_bend  = Primitive("silu_bend",  _silu_bend,                      lambda b, x: sigmoid_slope(sigmoid(x), x) + b * tanh(-0.5 * x), notation=Notation("xσ′", lambda x: f"{x}·σ({x})·(1 − σ({x}))", PRODUCT, ATOM), page=lambda x: x * sigmoid(x) * (1.0 - sigmoid(x)), doc="x z (1 - z) where z = sigmoid(x): what silu varies by, beside z itself.")
one_minus_square = Primitive("one_minus_square", lambda x: (1.0 - x) * (1.0 + x), lambda z, x: -2.0 * x,                  notation=Notation("1 − x²", "1 − {}²", SUM, ATOM), page=lambda x: 1.0 - pow(x, 2.0), doc="1 - x**2, right near x = 1 too.")
gaussian   = Primitive("gaussian",   _gaussian,                       lambda z, x, n: gaussian(x, n + 1.0), 0.0,          notation=Notation("e^−x²", lambda x, n: f"exp(−{x}²)" if n == "0" else f"d{n.translate(RAISED)}/d{x}{n.translate(RAISED)} exp(−{x}²)", PRODUCT, ATOM), page=_gaussian_page, doc="n-th derivative of exp(-x**2) in x, for a whole number n.")
power_slope = Primitive("power_slope", _power_slope,                  lambda z, x, y, i, j: power_slope(x, y, i + 1.0, j), lambda z, x, y, i, j: power_slope(x, y, i, j + 1.0), 0.0, 0.0, notation=Notation("∂xʸ", _write_power_slope, PRODUCT, ATOM), page=_power_slope_page, doc="The derivative of x**y, i times in x and j times in y, for whole numbers i and j. At x = 0 a term with log(x) is 0 for y >= i.")
ray        = Primitive("ray",        _ray,                            lambda z, x, y, k, i, j: ray(x, y, k, i + 1.0, j), lambda z, x, y, k, i, j: ray(x, y, k, i, j + 1.0), 0.0, 0.0, 0.0, notation=Notation("x/rᵏ", _write_ray, PRODUCT, ATOM), page=_ray_page, doc="x / hypot(x, y)**k for k = 1 or 2, differentiated i times in x and j times in y, and 0 at the origin: how lengths and angles vary.")

# fmt: on
_BUILT_IN = frozenset(PRIMITIVES)

CONSTANT: Primitive = object.__new__(Primitive)  # the `op` of a plain number in an expression; no row: nothing is computed
CONSTANT.name, CONSTANT.arity, CONSTANT.partials, CONSTANT.notation = "constant", 0, (), Notation("", "")
CONSTANT.definition, CONSTANT.page, CONSTANT.points = None, None, ()
CONSTANT.doc = """The operation of a plain number in an expression: drawn, never differentiated.

>>> from autograd import CONSTANT, Value
>>> (Value(2.0) * 3).inputs[1].op is CONSTANT
True
"""
