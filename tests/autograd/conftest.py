"""What the tests of autograd share."""

import pytest

from autograd import PRIMITIVES, Primitive


@pytest.fixture
def plant():
    """Primitive, whose new rows leave the table again when the test is over."""
    before = set(PRIMITIVES)
    yield Primitive
    for name in set(PRIMITIVES) - before:
        del PRIMITIVES[name]
