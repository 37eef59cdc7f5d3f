"""What formulas say of vectors whose entries are names: powers, cases, matrices and products beside plain Python's sums."""

from __future__ import annotations

import math

import pytest
from numpy.random import default_rng

from autograd import FormulaError, Value, gradient, parse

X, W, B = (0.7, -1.3, 2.1), (0.4, 1.6, -0.9), 0.25
DOT = math.fsum(w * x for w, x in zip(W, X))


def named(**families: tuple[float, ...]) -> dict[str, Value]:
    return {f"{base}_{i}": Value(v, label=f"{base}_{i}") for base, vs in families.items() for i, v in enumerate(vs, 1)}


READ = {  # in LaTeX and in plain text; what it comes to
    r"e^{\sum_i x_i}": math.exp(sum(X)),
    r"\sum_i e^{x_i}": sum(map(math.exp, X)),
    r"\log \sum_i e^{x_i}": math.log(sum(map(math.exp, X))),
    r"\sum_i e^{-x_i^2}": sum(math.exp(-x * x) for x in X),
    r"\sum_i 2^{e^{x_i}}": sum(2 ** math.exp(x) for x in X),
    r"\frac{e^{x_2}}{\sum_j e^{x_j}}": math.exp(X[1]) / sum(map(math.exp, X)),
    r"Σ_i e^(w_i x_i)": sum(math.exp(w * x) for w, x in zip(W, X)),
    r"\begin{cases} x_1 & x_1 > 0 \\ 0 & \text{otherwise} \end{cases}": 0.7,
    r"\begin{cases} x_2 & \text{if } x_2 > 0 \\ 0.01 x_2 & \text{otherwise} \end{cases}": -0.013,
    r"\begin{bmatrix} w_1 & w_2 \end{bmatrix} \begin{bmatrix} x_1 \\ x_2 \end{bmatrix}": W[0] * X[0] + W[1] * X[1],
    r"\begin{pmatrix} w_1 & w_2 & w_3 \end{pmatrix} x": DOT,
    "w·x + b": DOT + B,
    r"w \cdot x + b": DOT + B,
    r"\mathbf{w} \cdot \mathbf{x} + b": DOT + B,
    "σ(w·x + b)": 1.0 / (1.0 + math.exp(-DOT - B)),
}


@pytest.mark.parametrize("text", READ)
def test_a_formula_over_entries_comes_to_what_plain_sums_come_to(text: str) -> None:
    """Letters count in powers, too; cases and matrices are read where a number comes out; w·x is the product of vectors."""
    assert parse(text, {**named(x=X, w=W), "b": Value(B, label="b")}).data == pytest.approx(READ[text], rel=1e-12)


def test_the_slope_of_a_sum_of_powers_is_softmax() -> None:
    """The derivative of the logarithm of Σ e^{x_i} by x_k is e^{x_k} over that sum, for vectors of two to six entries."""
    rng = default_rng(7)
    for n in range(2, 7):
        xs = tuple(rng.normal(size=n).tolist())
        names = named(x=xs)
        slopes = gradient(parse(r"\log \sum_{i} e^{x_i}", names), *names.values())
        whole = sum(map(math.exp, xs))
        assert [s.data for s in slopes] == pytest.approx([math.exp(x) / whole for x in xs], rel=1e-12)


def test_a_name_is_what_it_says_though_its_index_is_a_size() -> None:
    """x_n is the name x_n where there is one, though n is a number, too."""
    names = {**named(x=X), "x_n": Value(9.0, label="x_n"), "n": 2}
    assert parse(r"\sum_{i=1}^{2} x_i + x_n", names).data == pytest.approx(X[0] + X[1] + 9.0)


REFUSED = {  # what cannot be read, with the way out
    "max_i x_i": r"max\(x_1, x_2\)",
    r"\sum_{i=1}^{2} \max_j x_j": r"max\(x_1, x_2\)",
    r"\begin{bmatrix} w_1 & w_2 \end{bmatrix}": "a matrix|a vector",
    r"w \cdot v": "v is not known",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_read_says_the_way_out(text: str) -> None:
    """An index below max, an array where a number is expected, a vector of which nothing is known."""
    with pytest.raises(FormulaError, match=REFUSED[text]):
        parse(text, named(x=X, w=W))


def test_vectors_of_two_lengths_have_no_product() -> None:
    """w·x is refused where w has three entries and x two."""
    with pytest.raises(FormulaError):
        parse("w·x", named(w=W, x=X[:2]))


def test_a_case_that_letters_decide_is_it_alone():
    """What stands in another case may have no number there."""
    text = r"\sum_{i=1}^{2} \begin{cases} \frac{x_1}{i - 1} & \text{if } i \neq 1 \\ x_2 & \text{otherwise} \end{cases}"
    assert parse(text, {"x_1": Value(3.0), "x_2": Value(5.0)}).data == 8.0
