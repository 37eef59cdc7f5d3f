"""How much tests try: a little, and the same every time; in a long run more, and something else each time.

    LONG=100 python -m pytest tests/test_fuzzing.py     a hundred times as many cases, drawn anew

Every test that makes up its cases takes their number, and their seeds, from here. LONG=1 draws anew without making more.
"""

import os
import random

from hypothesis import settings

LONG = int(os.environ.get("LONG", "0"))
# where seeds begin; processes of pytest-xdist that share a run agree on it
FIRST = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID")).randrange(2**60) if LONG else 0


def many(n):
    """So many times what n is in an ordinary run."""
    return round(n * max(1, LONG))


def seeds(n, start=0):
    """Whole numbers, one for each case: from start on, in a long run from anywhere."""
    return range(FIRST + start, FIRST + start + many(n))


def examples(n=100):
    """Hypothesis's settings for a property that is tried with n cases."""
    return settings(deadline=None, derandomize=not LONG, max_examples=many(n))
