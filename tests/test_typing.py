"""Types are true: what checkers are told of the public names is what these give. mypy reads the same file, too."""

import warnings

import typed_program


def test_what_checkers_are_told_is_what_there_is():
    """Of a program as a stranger writes it: subclasses of Module, gradients, losses, programs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that it trains by the graph
        wrong = [(value, said) for value, said in typed_program.said_and_true() if not isinstance(value, said)]
    assert wrong == []
