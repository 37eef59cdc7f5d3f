"""A table walked within one test: all rows that fail are told, and not a thousand items are collected, set up and counted.

    assert failures(check, rows) == {}

    @walked(rows)
    def test_what_holds_of_each(a, b):
        ...

check is a function with assertions, called with a row as its arguments; a row that is no tuple is its only argument.
"""

import pytest


def failures(check, rows):
    """What fails, by row, in words. For rows that take a moment, parametrize: those can be run one by one."""
    found = {}
    for row in rows:
        try:
            check(*(row if isinstance(row, tuple) else (row,)))
        except (Exception, pytest.fail.Exception) as error:
            found[repr(row)] = f"{type(error).__name__}: {error}"
    return found


def walked(rows):
    """The test of one row as a test of all rows."""

    def decorate(check):
        def test():
            found = failures(check, rows)
            if found:
                pytest.fail(f"{len(found)} of {len(rows)} rows\n" + "\n".join(map(": ".join, found.items())), pytrace=False)

        test.__name__, test.__qualname__, test.__doc__ = check.__name__, check.__name__, check.__doc__
        test.__module__ = check.__module__
        return test

    return decorate
