"""The operations on plain floats, by IEEE 754: nothing here raises, and no digit is lost that could be kept.

Where Python's own function raises stands what the standard has: log(0) is -inf, 1/0 is inf, sqrt(-1) is nan. And where the
formula of a textbook would overflow, or subtract nearly equal numbers, stands another one that does not.

Names: x, y inputs; z output; i, j, k, n whole numbers, given as floats.
"""

from __future__ import annotations

import itertools
import math
from math import inf, nan

ROOT_HALF = math.sqrt(0.5)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any


def closed(function: Callable[[float], float], poles: dict[float, float] | None = None) -> Callable[[float], float]:
    """function, with infinity or nan where Python's raises; poles says where it is infinite."""

    def everywhere(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.copysign(inf, x)
        except ValueError:
            return poles.get(x, nan) if poles else nan

    return everywhere


def divide(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return x * math.copysign(inf, y)


def power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0.0 and y % 2.0 == 1.0 else inf
    except ValueError:  # a root of a negative number, or a negative power of zero
        return nan if x else math.copysign(inf, x if y % 2.0 == 1.0 else 1.0)


exp, expm1 = closed(math.exp), closed(math.expm1)
log, log2, log10 = (closed(function, {0.0: -inf}) for function in (math.log, math.log2, math.log10))
log1p = closed(math.log1p, {-1.0: -inf})
sqrt = closed(math.sqrt)
sin, cos, tan, asin, acos = map(closed, (math.sin, math.cos, math.tan, math.asin, math.acos))
sinh, acosh = closed(math.sinh), closed(math.acosh)
atanh = closed(math.atanh, {1.0: inf, -1.0: -inf})


def cosh(x: float) -> float:
    return _cosh(math.fabs(x))  # beyond the floats it is inf on both sides


_cosh = closed(math.cosh)


def sigmoid(x: float) -> float:  # never exponentiates a large number
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0.0 else (e := math.exp(x)) / (1.0 + e)


def sigmoid_slope(z: float, x: float) -> float:
    e = math.exp(-math.fabs(x))
    return e / (1.0 + e) ** 2


def silu(x: float) -> float:
    if x >= 0.0:
        return x / (1.0 + math.exp(-x))
    half = math.exp(0.5 * x)  # its square would lose its digits, below -708, before x could multiply it
    return x * half / (1.0 + half * half) * half


def silu_bend(x: float) -> float:
    half = math.exp(-0.5 * math.fabs(x))
    return x * half / (1.0 + half * half) ** 2 * half


def tanh_slope(z: float, x: float) -> float:
    e = math.exp(-2.0 * math.fabs(x))
    return 4.0 * e / (1.0 + e) ** 2


def gaussian(x: float, n: float) -> float:
    if not math.fabs(x) < 30.0:
        return 0.0 * x if math.isnan(x) else 0.0  # nan stays nan
    near = round(x * 2.0**20) / 2.0**20  # near * near is exact, so that no digit of the exponent is lost
    g: float = hermite(x, n) * math.exp(-near * near) * math.exp(-(x - near) * (x + near))
    return -g if n % 2.0 else g


def hermite(x: Any, n: float) -> Any:
    """The Hermite polynomial H_n, of a float or a Value: H' = 2x H - 2k H of the order before (DLMF 18.9.1)."""
    before, found = 0.0, 1.0
    for k in range(int(n)):
        before, found = found, 2.0 * x * found - 2.0 * k * before
    return found


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


def power_terms(i: int, j: int) -> Iterator[tuple[float, tuple[int, ...], int]]:
    """d/dx^i dy^j of x**y as terms c (y - l1)(y - l2) ... x**(y - i) ln(x)**k, in the form (c, (l1, l2, ...), k).

    x**y gives y(y - 1)...(y - i + 1) x**(y - i), and Leibniz' rule the rest.
    """
    for m in range(min(i, j) + 1):
        for left in itertools.combinations(range(i), i - m):
            yield float(math.comb(j, m) * math.factorial(m)), left, j - m


def power_slope(x: float, y: float, i: float, j: float) -> float:
    if i + j == 1.0:  # the short way, where it does not leave the floats
        near = power(x, y - i)
        if 0.0 < math.fabs(near) < inf and (i or x):
            return y * near if i else near * log(x)
    if -inf < x < 0.0 and not (y.is_integer() or math.isinf(y)):
        return nan
    exponent, log_x = y - i, log(x)
    root = power(math.fabs(x), 0.125 * exponent)  # its eighth power may lie beyond the floats
    sign = -1.0 if math.copysign(1.0, x) < 0.0 and (y % 2.0 + i) % 2.0 == 1.0 else 1.0
    return _sum_of_products(
        [sign * c, *(y - u for u in left), *[log_x] * k, *[root] * 8]
        for c, left, k in power_terms(int(i), int(j))
        if y not in left and not (k and x == 0.0 and exponent >= 0.0)
    )


def ray_terms(k: int, i: int, j: int) -> tuple[dict[tuple[int, int], int], int]:
    """d/dx^i dy^j of x/r**k, r = hypot(x, y), as {(a, b): c} and n: the sum of c x**a y**b, over r**n."""
    terms, n = {(1, 0): 1}, k
    for in_x in [True] * i + [False] * j:
        found: dict[tuple[int, int], int] = {}
        for (a, b), c in terms.items():  # in x it is ((a - n) x**(a+1) y**b + a x**(a-1) y**(b+2)) / r**(n+2)
            exponent, up, down = (a, (a + 1, b), (a - 1, b + 2)) if in_x else (b, (a, b + 1), (a + 2, b - 1))
            for key, times in ((up, exponent - n), (down, exponent)):
                found[key] = found.get(key, 0) + times * c
        terms, n = {key: c for key, c in found.items() if c}, n + 2
    return terms, n


def ray(x: float, y: float, k: float, i: float, j: float) -> float:
    r = math.hypot(x, y)
    if r == 0.0:
        return 0.0
    if not (i or j) and 1e-290 < r < 1e290:
        return x / r if k == 1.0 else x / r / r
    terms, n = ray_terms(int(k), int(i), int(j))
    e = math.frexp(max(math.fabs(x), math.fabs(y)))[1]  # r 2**-e is about 1
    near = math.hypot(math.ldexp(x, -e), math.ldexp(y, -e))
    return _sum_of_products(([c, *[x] * a, *[y] * b] for (a, b), c in terms.items()), [near] * n, -e * n)


def softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-math.fabs(x)))


def gelu(x: float) -> float:
    return x * (0.5 * math.erfc(x * -ROOT_HALF))


def softsign(x: float) -> float:
    return math.copysign(1.0, x) if math.isinf(x) else x / (1.0 + math.fabs(x))


def sinc(x: float) -> float:
    if x == 0.0 or not math.isfinite(x):
        return 1.0 if x == 0.0 else 0.0 if math.isinf(x) else x
    return _sine_of_pi(x, 0) / math.pi / x


def _sine_of_pi(x: float, n: int) -> float:
    """The n-th derivative of the sine, at πx: 0 at every whole number, to the last digit elsewhere."""
    near = round(x)
    angle = math.pi * (x - near)
    found = (math.sin, math.cos)[n % 2](angle)
    return -found if (near + n // 2) % 2 else found


def sinc_slope(x: float, n: float) -> float:
    if not math.isfinite(x):
        return 0.0 if math.isinf(x) else x
    k, t = int(n), math.pi * x
    if math.fabs(t) < k + 1.0:  # the series of sin(t)/t, differentiated term by term
        terms = (
            (-1.0) ** j * t ** (2 * j - k) / ((2 * j + 1) * math.factorial(2 * j - k)) for j in range((k + 1) // 2, k + 30)
        )
        return math.pi**k * math.fsum(terms)
    slope = sinc(x)
    for j in range(1, k + 1):  # the j-th derivative of x sinc(x) π = sin(πx)
        slope = (math.pi ** (j - 1) * _sine_of_pi(x, j) - j * slope) / x
    return slope


def floor(x: float) -> float:
    return x // 1.0 if math.isfinite(x) else x


def round_to_even(x: float) -> float:
    return round(x, 0) if math.isfinite(x) else x


def mod(x: float, y: float) -> float:
    return x % y if y else nan


def floor_divide(x: float, y: float) -> float:
    return x // y if y else x * math.copysign(inf, y)


def relu(x: float) -> float:
    return 0.0 if x <= 0.0 else x  # nan stays nan


def leaky_relu(x: float, slope: float) -> float:
    return x if x > 0.0 else slope * x


def elu(x: float, alpha: float) -> float:
    return x if x > 0.0 else alpha * math.expm1(x)


def greater(x: float, y: float) -> float:
    return 1.0 if x > y else 0.0 if x <= y else nan


def equal(x: float, y: float) -> float:
    return 1.0 if x == y else nan if math.isnan(x) or math.isnan(y) else 0.0


def select(inputs: Sequence[float]) -> float:
    index, *xs = inputs
    return xs[int(index)] if 0.0 <= index < len(xs) and index == int(index) else nan


def sign(x: float) -> float:
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x * 0.0


def maximum(x: float, y: float) -> float:
    return x if x >= y or math.isnan(x) else y  # nan wins


def minimum(x: float, y: float) -> float:
    return x if x <= y or math.isnan(x) else y


def clip(x: float, low: float, high: float) -> float:
    return minimum(maximum(x, low), high)


def dot(inputs: Sequence[float]) -> float:
    n = len(inputs) // 2
    total = inputs[-1] if len(inputs) % 2 else 0.0
    for w, x in zip(inputs[:n], inputs[n : 2 * n], strict=True):
        total += w * x
    return total


def logsumexp(xs: Sequence[float]) -> float:
    top = max(range(len(xs)), key=xs.__getitem__, default=-1)
    if top < 0 or math.isinf(xs[top]):
        return nan if any(map(math.isnan, xs)) else xs[top] if xs else -inf
    rest = [math.exp(x - xs[top]) for i, x in enumerate(xs) if i != top]  # e^0 = 1 stays apart, for log1p
    return xs[top] + math.log1p(sum(rest))
