"""The simulated students of benchmarks/marking.py, some of them, as a test: they share no code with the marker."""

import functools

import pytest
from benchmark_programs import program
from long_runs import many

from autograd.mark.working import Worth

students = program("marking")
CLEAN = students.CLEAN
simulate = functools.cache(students.simulate)


@pytest.mark.parametrize("seed", range(many(60)))
def test_the_first_line_called_wrong_is_that_of_the_planted_mistake(seed):
    """Whatever the network, the digits and the habits of the student."""
    outcome = simulate(seed)
    assert outcome.found, outcome.story


def test_guesses_at_planted_mistakes_are_right_or_missing():
    """Of sixty at most one is wrong."""
    guesses = [simulate(seed).guess for seed in range(many(60))]
    assert guesses.count("wrong") <= 1
    assert guesses.count("right") >= len(guesses) * 5 / 6


@pytest.mark.parametrize("seed", range(CLEAN, CLEAN + max(20, many(60))))
def test_no_line_of_a_clean_sheet_is_called_wrong(seed):
    """Rounding, cutting off and leaving out are no mistakes."""
    outcome = simulate(seed)
    assert not outcome.verdicts["wrong"], outcome.story


def test_a_marker_that_allows_nothing_for_rounding_fails_on_clean_sheets(monkeypatch):
    """The test above can fail."""
    monkeypatch.setattr("autograd.mark.readings.Step.worth", lambda step, values, *_: Worth(step.value(values), 0.0))
    assert any(students.simulate(seed).verdicts["wrong"] for seed in range(CLEAN, CLEAN + 20))
