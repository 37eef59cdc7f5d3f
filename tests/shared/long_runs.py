"""How much tests try: a part, and the same every time; all there is, as before a release; in a long run more, drawn anew.

    python -m pytest                                   a part: the first cases of a generator, some rows of a long table
    LONG=1 python -m pytest                            all there is, the same every time; .ci/run does it
    LONG=100 python -m pytest tests/test_fuzzing.py    a hundred times as many cases, drawn anew

Every test that makes up its cases takes their number, and their seeds, from here; so does one that takes long.
"""

import math
import os
import random

import pytest
from hypothesis import settings

LONG = int(os.environ.get("LONG") or 0)
# where seeds begin; processes of pytest-xdist that share a run agree on it
FIRST = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID")).randrange(2**60) if LONG > 1 else 0
PART = 5  # of so many cases one is tried

thorough = pytest.mark.skipif(not LONG, reason="it takes long, and LONG=1 runs it")


def many(n):
    """n in a thorough run, so many times that in a long one, and a part of it otherwise."""
    return round(n * LONG) if LONG else math.ceil(n / PART)


def seeds(n, start=0):
    """Whole numbers, one for each case: from start on, in a long run from anywhere."""
    return range(FIRST + start, FIRST + start + many(n))


def examples(n=100):
    """Hypothesis's settings for a property that is tried with n cases."""
    return settings(deadline=None, derandomize=LONG < 2, max_examples=many(n))


def only_thorough():
    """Skip, said by a fixture that takes long to make."""
    if not LONG:
        pytest.skip("it takes long, and LONG=1 runs it")


def part(rows, n=None):
    """Rows of a table that are alike but take long: all, or n of them at even distances, the first among them."""
    rows = list(rows)
    n = len(rows) if LONG else min(len(rows), many(len(rows)) if n is None else n)
    return [rows[i * len(rows) // n] for i in range(n)]
