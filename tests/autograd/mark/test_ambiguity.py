"""What numbers of an exercise would not show: two mistakes that come to the same digits."""

import pytest

import autograd as ag
from autograd import Value, Worksheet


def product(w, x):
    return Worksheet(z=Value(w, "w") * Value(x, "x"))


def neuron_sheet(w, x, b=0.3):
    z = Value(w, "w") * Value(x, "x") + Value(b, "b")
    return Worksheet(z=z, o=ag.sigmoid(z))


# a sheet, the line, what it prints rightly and wrongly, and words of the mistake that nobody could see
HIDDEN = [
    (lambda: product(2.0, 2.0), "z", 2.0 * 2.0, 2.0 + 2.0, "added w and x"),
    (lambda: product(3.0, 1.5), "z", 3.0 * 1.5, 3.0 + 1.5, "added w and x"),
    (lambda: product(0.7, 1.0), "z", 0.7 * 1.0, 0.7, "left out the factor x"),
    (lambda: neuron_sheet(0.7, 0.4, b=0.0), "z", 0.7 * 0.4 + 0.0, 0.7 * 0.4, "left out the bias b"),
    (lambda: neuron_sheet(0.0, 0.4), "z", 0.0 * 0.4 + 0.3, 0.3, "left out the term w·x"),
    (lambda: neuron_sheet(0.5, -0.6), "o", 0.5, 0.5, "σ of −(z)"),
    (lambda: Worksheet(L=(Value(1.7, "o") - Value(0.7, "t")) ** 2), "L", 1.0**2, 1.0, "did not square"),
    (lambda: Worksheet(u=Value(0.4, "w") - Value(1.0, "eta") * Value(0.3, "g")), "u", 0.4 - 0.3, 0.4 - 0.3, "learning rate"),
    (
        lambda: Worksheet(z=Value(0.6, "w_1") * Value(0.3, "x_1") + Value(0.6, "w_2") * Value(0.8, "x_2")),
        "z", 0.6 * 0.3 + 0.6 * 0.8, 0.6 * 0.3 + 0.6 * 0.8, "w₂ = 0.6; here it is w₁",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("made", "line", "right", "wrong", "words"), HIDDEN, ids=[str(i) for i in range(len(HIDDEN))])
def test_an_audit_names_a_mistake_that_the_numbers_hide(made, line, right, wrong, words):
    """The line, the mistake in words, and the digits that both ways print."""
    assert f"{right:.5g}" == f"{wrong:.5g}"
    found = [each for each in made().audit() if words in each.mistake and not each.other]
    assert [(each.line, each.digits) for each in found][:1] == [(line, f"{right:.5g}")]
    assert str(found[0]).startswith(f"{line}: ")
    assert "the right way" in str(found[0])
    assert f"{right:.5g}" in str(found[0])


def test_an_audit_names_two_mistakes_that_look_the_same():
    """With w = x both factors left out print the same."""
    found = [{each.mistake, each.other} for each in product(0.7, 0.7).audit() if each.other]
    assert {"You left out the factor x = 0.7", "You left out the factor w = 0.7"} in found


def test_an_audit_finds_nothing_where_the_numbers_are_uneven():
    """The same lines with other numbers."""
    assert product(0.37, 0.83).audit() == []
    assert neuron_sheet(0.37, 0.83, b=0.21).audit() == []


def test_an_audit_depends_on_the_digits():
    """To three digits 2 · 1.001 is 2, to five it is not."""
    sheet = product(1.001, 2.0)
    words = "left out the factor w"
    assert f"{1.001 * 2:.3g}" == "2" != f"{1.001 * 2:.5g}"
    assert [each for each in sheet.audit(3) if words in each.mistake and not each.other]
    assert not [each for each in sheet.audit(5) if words in each.mistake and not each.other]


def test_ambiguities_come_one_by_one():
    """The first is there without the others; together they are the audit."""
    sheet = product(1.0, 2.0)
    assert next(sheet.ambiguities()) == sheet.audit()[0]
    assert list(sheet.ambiguities(4)) == sheet.audit(4)
