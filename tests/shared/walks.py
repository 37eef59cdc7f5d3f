"""A table walked within one test: all rows that fail are told, and not a thousand items are collected, set up and counted.

    assert failures(check, rows) == {}

check is a function with assertions, called with a row as its arguments; a row that is no tuple is its only argument.
"""


def failures(check, rows):
    """What fails, by row, in words. For rows that take a moment, parametrize: those can be run one by one."""
    found = {}
    for row in rows:
        try:
            check(*(row if isinstance(row, tuple) else (row,)))
        except Exception as error:
            found[row] = f"{type(error).__name__}: {error}"
    return found
