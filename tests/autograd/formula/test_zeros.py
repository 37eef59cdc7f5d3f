"""What a formula means does not hang on the numbers of its names: a name that is 0 is no missing one."""

from walks import walked

from autograd import Value, parse
from autograd.graph import nodes

NAMES = [f"{letter}_{i}" for letter in "xw" for i in (1, 2, 3)]
NAMES += [f"W_{i}{j}" for i in (1, 2) for j in (1, 2, 3)] + ["x", "y", "b", "theta", "net", "h", "∂E/∂w", "w'", "ŷ"]
FORMULAS = r"""Σ_i w_i x_i + b
\sum_{i=1}^{3} (x_i - y)^2
x_1 + … + x_3
\prod_{j=1}^3 x_j
Σ_{j} W_{1j} x_j
\sum_{i \neq 2} x_i
‖w‖²
w^T w
w_1 x_1 + w_2·x_2
θ x + b
\theta\,x
σ(net)
\sigma(\mathrm{net})
hy + xb
∂E/∂w·x
w' - b
-ŷ log(h)
\hat{y} + y
2x
x^y
|x|
max(x, y)""".splitlines()


def shape(y):
    """Its operations and names, in order."""
    return [node.op.name if node.op else node.label for node in nodes(y)]


@walked(FORMULAS)
def test_a_formula_of_zeros_is_read_as_any_other(formula):
    """With a number of 0 for every name, and for one after the other."""
    expected = shape(parse(formula, {name: Value(1.5, name) for name in NAMES}))
    assert shape(parse(formula, {name: Value(0.0, name) for name in NAMES})) == expected
    for zero in NAMES:
        assert shape(parse(formula, {name: Value(1.5 * (name != zero), name) for name in NAMES})) == expected, zero
