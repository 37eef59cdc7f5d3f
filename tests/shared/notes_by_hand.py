r"""What would be right where the five public pages are wrong, and why: computed with nothing but floats and differences.

Of each wrong statement of notes_truth.py: what would be right in its place, what is written, and what both are to come to.
Names are numbers, drawn at random; derivatives are differences of neighbours. None of it knows the checker.
"""

from math import exp, isclose, log
from random import Random


def slope(f, x, h=1e-6):
    return (f(x + h) - f(x - h)) / (2.0 * h)


def sigmoid(x):
    return 1.0 / (1.0 + exp(-x))


_RANDOM = Random(5)
t, o, y, p, x, x1, x2, z = (_RANDOM.uniform(0.2, 0.8) for _ in range(8))
n1, n0, w = 0.3, -0.4, 0.7
o1 = exp(n1) / (exp(n1) + exp(n0))
o0, t1, t0 = 1.0 - o1, t, 1.0 - t
s = sigmoid(x)
q = [0.2, 0.5, 0.3]  # softmax, of which the second is the right class


def bce(o):
    return -t * log(o) - (1 - t) * log(1 - o)


def half(prediction):
    return 0.5 * (prediction - y) ** 2


def near(value, digits):
    """A number as it is rounded, or cut off, to so many decimals."""
    return lambda written: -0.51 * 10**-digits < value - written < 1.01 * 10**-digits


def of(value):
    return lambda written: isclose(value, written, rel_tol=1e-6)


SECOND = sigmoid(0.3925)
DW0 = -o0 * o1 * x1  # of o_0 by w_11, by hand: ∂o_0/∂net_1 times x_1

# page, line, place: what would be right, whether a number is it, what is written, what would be right as a number
WRONG = {
    ("000", 17, 1): ("−t/o + (1−t)/(1−o)", of(slope(bce, o)), -t / o - (1 - t) / (1 - o), -t / o + (1 - t) / (1 - o)),
    ("000", 124, 1): ("∂o_0/∂net_1 · ∂net_1/∂w_11 + …", of(DW0), -o0 * o1 - x1, -o0 * o1 * x1 + 0.0),
    ("000", 130, 1): (
        "… (−θ_0 θ_1) x_1",
        of(-t1 * (1 - o1) * x1 + t0 * o1 * x1),
        -t1 * (1 - o1) * x1 + t0 * x1,
        -t1 * (1 - o1) * x1 - t0 / o0 * (-o0 * o1) * x1,
    ),
    ("001", 11, 1): (
        "−[y/ŷ − (1−y)/(1−ŷ)]",
        of(-y / p + (1 - y) / (1 - p)),
        -(y / p + (1 - y) / (1 - p)),
        -(y / p - (1 - y) / (1 - p)),
    ),
    ("001", 16, 4): (
        "−[y/ŷ − (1−y)/(1−ŷ)] ŷ(1−ŷ) x",
        of((p - y) * x),
        -(y / p + (1 - y) / (1 - p)) * p * (1 - p) * x,
        -(y / p - (1 - y) / (1 - p)) * p * (1 - p) * x,
    ),
    ("001", 20, 1): ("θ_old + α[y − σ(θᵀx)]·x", of(w - 0.1 * (p - y) * x), w - 0.1 * (y - p) * x, w + 0.1 * (y - p) * x),
    ("001", 59, 1): ("1.13", near(exp(0.12), 2), 1.27, 1.13),
    ("001", 61, 1): ("18.38, or 1.27 among the terms", near(3.49 + 11.47 + 2.18 + 1.24, 2), 18.41, 18.38),
    ("001", 90, 1): (
        "−y_1 log ŷ_1 − (1 − y_1) log(1 − ŷ_1)",
        of(bce(o)),
        -t * log(o) - t * log(o),
        -t * log(o) - (1 - t) * log(1 - o),
    ),
    ("002", 27, 1): ("a − y", of((-y / p + (1 - y) / (1 - p)) * p * (1 - p)), p * y, p - y),
    ("003", 3, 1): ("0.274811, with 0.01", near(0.5 * (0.751365 - 0.01) ** 2, 5), 0.27987, 0.27481),
    ("003", 11, 1): ("∂L/∂ŷ", of(slope(half, p)), -(p - y), p - y),
    ("003", 27, 1): (
        "−(1 + e^{−x})^{−2} · (−e^{−x})",
        of(slope(sigmoid, x)),
        (1 + exp(-x)) ** -2 * -exp(-x),
        -((1 + exp(-x)) ** -2) * -exp(-x),
    ),
    ("003", 29, 1): ("σ(x)(1 − σ(x))", of(slope(sigmoid, x)), s, s * (1 - s)),
    ("003", 46, 1): ("dL/dz = dL/da · da/dz", of(3.0 * 5.0), 3.0, 15.0),
    ("003", 50, 1): ("a^{(2)}(1 − a^{(2)})", near(0.751365 * (1 - 0.751365), 6), 0.138499 * (1 - 0.751365), 0.186816),
    ("003", 52, 1): ("0.741365", near(0.138499, 6), 0.7413565 * 0.186816 - 1e-6, 0.741365 * 0.186816),
    ("003", 92, 1): ("0.596884", near(SECOND, 6), 0.596889, 0.596884),
    ("003", 94, 1): ("0.596884", near(SECOND, 6), 0.596889, 0.596884),
    ("003", 130, 1): (
        "(ŷ − y)·a(1 − a)",
        of(slope(lambda z: half(sigmoid(z)), z)),
        (y - sigmoid(z)) * slope(sigmoid, z),
        (sigmoid(z) - y) * slope(sigmoid, z),
    ),
    ("003", 150, 1): ("0.40 in front", near(0.40 * 0.138499, 6), 0.45 * 0.138499, 0.055400),
    ("003", 158, 1): ("σ′(z^{(1)})", near(0.40 * 0.138499 * 0.241301, 6), 0.241300, 0.013368),
    ("003", 162, 1): ("0.015039, or with 0.240614", near(0.062325 * 0.241300, 7), 0.0149974, 0.0150390),
    ("003", 168, 1): ("0.0006684", near(0.013368 * 0.05, 7), 0.0006689, 0.0006684),
    ("003", 174, 1): ("0.0007487", near(0.014974 * 0.05, 7), 0.0006684 + 0.007487, 0.0007487),
    ("003", 174, 2): ("0.0014974", near(0.014974 * 0.10, 7), 0.0013368 + 0.0014974, 0.0014974),
    ("003", 178, 1): ("0.014996", near(0.45 * 0.138499 * SECOND * (1 - SECOND), 6), 0.014974, 0.014996),
    ("003", 204, 1): ("0.246257", near(0.25 - 0.5 * 0.007487, 6), 0.249626, 0.246256),
    ("003", 206, 1): ("0.292513", near(0.30 - 0.5 * 0.014974, 6), 0.299251, 0.292513),
    ("003", 217, 1): (
        "0.14966 and 0.343316",
        near(0.37073, 5),
        0.19966 * 0.05 + 0.199332 * 0.10 + 0.345316,
        0.14966 * 0.05 + 0.199332 * 0.10 + 0.343316 - 1e-6,
    ),
    ("003", 219, 1): (
        "0.249626",
        near(0.249626 * 0.05 + 0.299251 * 0.10 + 0.342513, 4),
        1.249626 * 0.05 + 0.299251 * 0.10 + 0.342513,
        0.3849,
    ),
    ("003", 221, 1): ("0.591635", near(sigmoid(0.37073), 6), 0.591862, 0.591635),
    ("003", 223, 1): ("0.596088", near(sigmoid(0.38919), 6), 0.595952, 0.596087),
    ("003", 225, 1): (
        "0.358917 · 0.591862 + …",
        near(0.986705, 5),
        0.358917 + 0.591862 + 0.40866 * 0.595952 + 0.530735,
        0.358917 * 0.591862 + 0.40866 * 0.595952 + 0.530735,
    ),
    ("003", 225, 2): ("0.98671", near(0.358917 * 0.591862 + 0.40866 * 0.595952 + 0.530735, 5), 0.98615, 0.98670),
    ("003", 227, 1): ("0.728327", near(sigmoid(0.98615), 6), 0.727083, 0.728327),
    ("004", 66, 1): (
        "l for i in ŷ_l and exp(a)_l: at i = 1, l = 2",
        of(q[0]),
        -1 / q[0] * (q[0] - q[0] ** 2),
        -1 / q[1] * -q[1] * q[0],
    ),
    ("004", 118, 1): ("−(1_{(l=1)} − ŷ_1), …", of(q[0]), 0.0 - q[0], -(0.0 - q[0])),
    ("004", 191, 1): ("∂L/∂y · ∂y/∂a_3", of(3.0 * 5.0 * 7.0), 11.0 * 7.0, 3.0 * 5.0 * 7.0),
    ("004", 217, 1): ("∇_{w_k}, and h_{k−1} throughout", of(2.0 * 0.5), 2.0 * 0.25, 2.0 * 0.5),
}
