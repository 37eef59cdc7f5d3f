"""Formulas, three ways: written once as text, Python works them out in plain floats, SymPy as functions, we as graphs."""

import math

import pytest
from hypothesis import strategies as st

import autograd as ag
from autograd import Value
from autograd import primitives as ops
from autograd.value import constant

NAMES = "abcd"
FUNCTIONS = {
    "exp": (ag.exp, math.exp),
    "tanh": (ag.tanh, math.tanh),
    "sigmoid": (ag.sigmoid, lambda x: 1 / (1 + math.exp(-x))),
    "relu": (ag.relu, lambda x: max(x, 0.0)),
    "hypot": (ag.hypot, math.hypot),
    "clip": (ag.clip, lambda x, low, high: min(max(x, low), high)),
    "total": (ops.sum_of, lambda *xs: sum(xs)),
}
SMALL = st.sampled_from(["1.0", "2.0", "0.5", "3.0"])
FLOATS = st.floats(-2.0, 2.0).map(lambda x: round(x, 3))


def trees(names, numbers=SMALL, calls=True):
    """Formulas as Python writes them, none of them large."""
    grown = lambda inner: st.one_of(  # noqa: E731
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]}/(2.0 + {t[1]}*{t[1]}))"),
        inner.map(lambda x: f"(-{x})"),
        *(
            [
                st.tuples(st.sampled_from(["tanh", "sigmoid", "relu"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
                inner.map(lambda x: f"exp(tanh({x}))"),
                st.tuples(inner, inner).map(lambda t: f"hypot({t[0]}, {t[1]})"),
                inner.map(lambda x: f"clip({x}, -1.0, 1.0)"),
                st.lists(inner, min_size=2, max_size=3).map(lambda xs: f"total({', '.join(xs)})"),
            ]
            * calls
        ),
    )
    return st.recursive(st.sampled_from(list(names)) | numbers, grown, max_leaves=8)


def as_graph(text, values):
    found = eval(text, {name: f for name, (f, _) in FUNCTIONS.items()} | values)
    return found if isinstance(found, Value) else constant(found)


def in_plain_numbers(text, numbers):
    return eval(text, {name: f for name, (_, f) in FUNCTIONS.items()} | numbers)


def labelled(numbers):
    return {name: Value(x, label=name) for name, x in numbers.items()}


def near(x):
    return pytest.approx(x, rel=1e-9, abs=1e-12)


TREES = trees(NAMES)
POINTS = st.fixed_dictionaries(dict.fromkeys(NAMES, FLOATS))
