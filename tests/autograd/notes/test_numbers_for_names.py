"""A formula of names with numbers for them behind it: which number is whose, and that one is nobody's where that is open."""

from walks import walked

from autograd import check_notes
from autograd.notes.substituting import numbers_for_names

PAIRS = [
    ("a (1 − a)", "0.6 (1 − 0.6)", {"a": 0.6}),
    ("g·(1-a)", r"0.6 \cdot (1 - 0.7)", {"g": 0.6, "a": 0.7}),
    ("w x + b", "0.5·2 + 1", {"w": 0.5, "x": 2.0, "b": 1.0}),
    ("w x", "(0.5)(2)", {"w": 0.5, "x": 2.0}),
    ("wx", "0.5 × 2", {"w": 0.5, "x": 2.0}),
    ("2w", "2·0.5", {"w": 0.5}),
    ("w_1 x_1 + w_2 x_2", "0.1·0.2 + .3·0.4", {"w_1": 0.1, "x_1": 0.2, "w_2": 0.3, "x_2": 0.4}),
    ("wx", "0.52", {}),  # 0.5 and 2, or 0 and .52
    ("2w", "20.5", {}),
    ("w x + b", "0.5·2 − 1", {}),
    ("w x", "0.5·2·3", {}),
]


@walked(PAIRS)
def test_each_name_has_the_number_in_its_place(formula, text, found):
    """Brackets and signs of multiplication may be others; numbers that run together are none."""
    assert {name: number.value for name, number in numbers_for_names(formula, text)} == found


def test_many_names_in_a_row_have_no_number_among_them():
    """However many ways there would be to share out its digits, none is tried."""
    assert numbers_for_names(r"softmax tanh .5 _ \infty", 41 * "9") == []
    assert check_notes(rf"softmax tanh .5 _ \infty (-8)^(1/3) = {41 * '9'}").rows
