"""A worksheet of one neuron, as the files of the red pen have it; a title and the like may stand above, more lines below."""

import math

NEURON = """
[given]
w = 0.5
x = 2
t = 1
[lines]
z = "w x"
o = "σ(z)"
E = "½(o − t)²"
"""


def neuron_by_hand(z=1.0):
    """Its lines in plain arithmetic, going on from a number for z; dw is ∂E/∂w."""
    o = 1 / (1 + math.exp(-z))
    return {"z": z, "o": o, "E": 0.5 * (o - 1) ** 2, "dw": (o - 1) * o * (1 - o) * 2}
