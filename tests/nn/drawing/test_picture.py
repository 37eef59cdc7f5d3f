"""How names and numbers look in a drawing, and what a picture knows about itself."""

import math

import pytest

from autograd import Value
from nn.drawing.picture import Arrow, Box, Picture, name, number, pretty, shorten


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (2.0, 4, "2"),
        (-0.7413650695, 4, "−0.7414"),
        (-0.7413650695, 2, "−0.74"),
        (123456.0, 4, "1.235·10⁵"),
        (1e-9, 4, "1·10⁻⁹"),
        (-1.5e300, 3, "−1.5·10³⁰⁰"),
        (1e100, 4, "1·10¹⁰⁰"),
        (math.nan, 4, "nan"),
        (math.inf, 4, "∞"),
        (-math.inf, 4, "−∞"),
    ],
)
def test_numbers_have_so_many_significant_digits(x, digits, text):
    """A true minus sign, no needless zeros, nothing lost at the ends of the range."""
    assert number(x, digits) == text


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("w_11", "w₁₁"),
        ("w_{11}", "w₁₁"),
        ("w_1,10,3", "w₁,₁₀,₃"),
        ("x_i", "xᵢ"),
        ("x_{ij}", "xᵢⱼ"),
        ("x^2", "x²"),
        ("x^{-1}", "x⁻¹"),
        ("w_{qz}", "w_qz"),  # no such letters below the line
        ("x^{ab}", "x^{ab}"),
        ("my_value", "my_value"),
        ("loss_total_2", "loss_total₂"),
        ("__init__", "__init__"),
        (r"$\theta_{12}$", "θ₁₂"),
        (r"\theta_1", "θ₁"),
        (r"\hat y", "ŷ"),
        (r"\hat{y}_1", "ŷ₁"),
        (r"\bar\alpha", r"\barα"),
        (r"\N\G\l", r"\N\G\l"),
        (r"\unknown", r"\unknown"),
        ("θ", "θ"),
        ("权重", "权重"),
        ("🎯", "🎯"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("שלום", "שלום"),
        ("a\nb\tc\r\x00\x1b[31md", "a b c [31md"),
        ("a\u202eb", "a b"),
        ("  a   b ", "a b"),
        ("", ""),
        ("   ", ""),
        ("\t\n", ""),
        ("$", "$"),
        ("5$ and 6$", "5$ and 6$"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_labels_as_they_are_drawn(label, text):
    """Subscripts, Greek and accents as on paper; the rest as it is, on one line, without control characters."""
    assert pretty(label) == text


@pytest.mark.parametrize(
    ("text", "short"), [("a" * 40, "a" * 40), ("a" * 20 + "x" * 300 + "b" * 19, "a" * 20 + "…" + "b" * 19)]
)
def test_a_long_text_keeps_both_ends(text, short):
    """Above 40 characters an ellipsis stands for the middle."""
    assert shorten(text) == short


@pytest.mark.parametrize(
    ("label", "formula", "text"),
    [("w_1", "a + b", "w₁"), ("", "a + b", "a + b"), ("  ", "a + b", "a + b"), ("", "a" * 25, ""), ("", "", "")],
)
def test_a_node_is_called_by_its_label_or_a_short_formula(label, formula, text):
    """A label that shows nothing counts as none."""
    assert name(Value(1.0, label=label), formula) == text


def test_the_strongest_gradient_is_the_largest_finite_one():
    """nan and inf do not spoil the scale of the others."""
    grads = [0.5, -2.0, math.nan, math.inf, -math.inf, None]
    picture = Picture([Box(f"n{i}", "leaf", "", "", [], grad) for i, grad in enumerate(grads)])
    picture.arrows = [Arrow("n0", "n1", flow=grad) for grad in (*grads, 3.0)]
    assert (picture.strongest, picture.strongest_flow) == (2.0, 3.0)


def test_without_gradients_nothing_is_strong():
    """An empty picture and one before any backward() have strength 0, and no highlights."""
    for picture in (Picture(), Picture([Box("n0", "leaf", "", "x", [])], [Arrow("n0", "n0")])):
        assert (picture.strongest, picture.strongest_flow, picture.has_highlights) == (0.0, 0.0, False)
