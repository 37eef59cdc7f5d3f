"""How many random cases a test tries: a few in every run, always the same ones, and as many as you like in a long one.

EXAMPLES=100000 python -m pytest tests/autograd/test_random_programs.py     a long run, other cases each time
"""

import os

from hypothesis import settings

OF_EVERY_DAY = 200  # of the cheapest test of programs; a test that takes longer asks for fewer
EXAMPLES = int(os.environ.get("EXAMPLES", OF_EVERY_DAY))


def examples(n):
    """So many cases in every run, and as many times more in a long one as EXAMPLES is more than that of every day."""
    random = "EXAMPLES" in os.environ
    return settings(deadline=None, derandomize=not random, max_examples=max(1, n * EXAMPLES // OF_EVERY_DAY))
