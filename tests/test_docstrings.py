"""Docstrings are a reference: what is public is explained, every argument named, and every example gives what it says."""

import doctest
import importlib
import inspect
import pkgutil
import pydoc
import re
import shutil
from types import FunctionType, ModuleType

import pytest

import autograd
import nn

MODULES = [
    importlib.import_module(f"{package.__name__}.{found.name}")
    for package in (autograd, nn)
    for found in pkgutil.iter_modules(package.__path__)
    if found.name != "__main__"
] + [autograd, nn]

# What an example needs beside Python's own library, by the name of the docstring that it stands in.
NEEDS = {
    "autograd.Program": "numpy",
    "autograd.compile": "numpy",
    "autograd.derivation": "sympy",
    "autograd.mathml": "latex2mathml",
    "nn.answer_boxes": "anywidget",
    "nn.data.breast_cancer": "sklearn",
    "nn.data.digits": "sklearn",
    "nn.data.iris": "sklearn",
    "nn.data.wine": "sklearn",
    "nn.from_torch": "torch",
    "nn.plot_boundary": "matplotlib",
    "nn.plot_function": "matplotlib",
    "nn.plot_histograms": "matplotlib",
    "nn.plot_loss": "matplotlib",
    "nn.plot_attention": "matplotlib",
    "nn.plot_surface": "matplotlib",
    "nn.step_through": "graphviz",
    "nn.to_jax": "jax",
    "nn.to_onnx": "onnx",
    "nn.to_torch": "torch",
}

# Classes that nobody calls: what makes them explains the arguments.
MADE_BY = {
    "autograd.AnomalyError": "detect_anomaly",
    "autograd.Board": "derivation",
    "autograd.Derivation": "derivation",
    "autograd.Derivatives": "derivatives",
    "autograd.Descent": "descent",
    "autograd.EngineReport": "judge_engine",
    "autograd.Exercise": "exercise",
    "autograd.LostGradientWarning": "math",
    "autograd.Marking": "Worksheet.mark",
    "autograd.Program": "compile",
    "autograd.Sheet": "derivation",
    "nn.History": "fit",
}


def public_names():
    """Every public name with what it stands for, modules gone through."""
    for name in [*autograd.__all__, "abs", "compile", "sum"]:
        yield f"autograd.{name}", getattr(autograd, name)
    for name in nn.__all__:
        thing = getattr(nn, name)
        if not isinstance(thing, ModuleType):
            yield f"nn.{name}", thing
            continue
        for inner, own in vars(thing).items():
            ours = (getattr(own, "__module__", None) or "").startswith(thing.__name__)
            here = ours and getattr(own, "__name__", "") == inner
            if here and not inner.startswith("_"):
                yield f"nn.{name}.{inner}", own


def methods(owner):
    """The public methods and properties of a class; those that it inherits are told where they are defined."""
    for home in owner.__mro__:
        if home is owner or (home.__module__.startswith(("autograd.", "nn.")) and home not in PUBLIC.values()):
            for name, found in vars(home).items():
                if not name.startswith("_") and isinstance(found, (FunctionType, property, classmethod, staticmethod)):
                    yield name, found if isinstance(found, property) else getattr(owner, name)


PUBLIC = dict(public_names())
METHODS = {f"{name}.{method}": own for name, c in PUBLIC.items() if inspect.isclass(c) for method, own in methods(c)}
EVERYTHING = PUBLIC | METHODS


def parameters(name):
    """The arguments that a caller may pass; those of an operation, and of Value's methods for it, are in its formula."""
    thing = EVERYTHING[name]
    if isinstance(thing, (autograd.Primitive, dict, property)):
        return []
    names = list(inspect.signature(thing).parameters)
    bound = name in METHODS and isinstance(thing, FunctionType)  # its first one is the object itself
    return [each for each in names[bound:] if not each.startswith("_")]


def examples():
    """Every docstring with examples in it, as (its public name or its place, the test); public ones bring all they need."""
    finder, parser = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestParser()
    seen = set()
    for name, thing in EVERYTHING.items():
        text = inspect.getdoc(thing) or ""
        if ">>>" in text and (name in PUBLIC or text not in seen):
            seen.add(text)
            yield name, parser.get_doctest(text, {"__name__": "__main__"}, name, None, None)
    for module in MODULES:
        for test in finder.find(module, module.__name__):
            if test.examples and inspect.cleandoc(test.docstring) not in seen:
                yield test.name, test


def sentence_in(text):
    """Whether the first line of a docstring is a sentence: of at least two words, with a full stop."""
    first = text.partition("\n")[0]
    return len(first.split()) > 1 and first.endswith(".")


def unnamed(names, text):
    """The arguments that a docstring says nothing of; in its examples they do not count."""
    prose = " ".join(part for part in doctest.DocTestParser().parse(text) if isinstance(part, str))
    return [name for name in names if not re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", prose)]


def test_what_is_public_begins_with_a_sentence():
    """The first line of every public docstring says what it is."""
    assert [name for name, thing in EVERYTHING.items() if not sentence_in(inspect.getdoc(thing) or "")] == []


def test_every_argument_is_explained():
    """A docstring names each argument; that of a class made by something else names what makes it."""
    missing = {}
    for name, thing in EVERYTHING.items():
        wanted = [MADE_BY[name]] if name in MADE_BY else parameters(name)
        if unexplained := unnamed(wanted, inspect.getdoc(thing) or ""):
            missing[name] = unexplained
    assert missing == {}


def test_every_public_name_has_an_example():
    """A reference page shows what a name is good for."""
    assert [name for name, thing in PUBLIC.items() if ">>>" not in (thing.__doc__ or "")] == []


@pytest.mark.parametrize(("name", "example"), [pytest.param(name, test, id=name) for name, test in examples()])
def test_the_examples_are_right(name, example, tmp_path, monkeypatch):
    """Every example gives what it says; that of a public name by itself, in a Python that has imported nothing."""
    for needed in [library for of, library in NEEDS.items() if name == of or name.startswith(f"{of}.")]:
        pytest.importorskip(needed, reason=f"the example uses {needed}")
        if needed == "graphviz" and not any(map(shutil.which, ("dot", "graphviz-pure"))):
            pytest.skip("the example lays out a drawing, and there is no program dot")
    monkeypatch.chdir(tmp_path)
    before = set(autograd.PRIMITIVES)
    said = []
    try:
        doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    finally:
        for added in set(autograd.PRIMITIVES) - before:
            del autograd.PRIMITIVES[added]
    assert said == [], "".join(said)
    assert list(tmp_path.iterdir()) == [], "an example leaves a file behind"


def test_an_operation_is_described_from_its_row():
    """Its sentence, its slope as a formula, and value and slope at each of its points; in a kink, too."""
    assert autograd.relu.__doc__.splitlines() == [
        "The rectified linear unit: x above 0, else 0; its slope at 0 is 0 (as in torch).",
        "",
        "Its slope is d/dx relu(x) = [relu(x) > 0], where a bracket [ ] is 1 if what it says is true, else 0.",
        "",
        ">>> from autograd import Value, gradient, relu",
        ">>> x = Value(2.0)",
        ">>> relu(x), gradient(relu(x), x)",
        "(Value(2.0), [Value(1.0)])",
        ">>> x = Value(-2.0)",
        ">>> relu(x), gradient(relu(x), x)",
        "(Value(0.0), [Value(0.0)])",
        ">>> x = Value(0.0)",
        ">>> relu(x), gradient(relu(x), x)",
        "(Value(0.0), [Value(0.0)])",
    ]
    with autograd.no_grad():
        assert "[Value(1.0)]" in autograd.relu.__doc__
    assert "∂/∂y atan2(y, x) = x/(x² + y²) and ∂/∂x atan2(y, x) = −y/(y² + x²)" in autograd.atan2.__doc__


def test_an_operation_of_ones_own_is_described_like_those_of_the_table():
    """Slopes and examples follow from the row; without points, its sentence is all there is."""
    cube = autograd.Primitive("cube", lambda x: x**3, lambda z, x: 3 * x * x, doc="x cubed.", points=(2.0,))
    bare = autograd.Primitive("bare", lambda x: x, 1.0, doc="x itself.")
    del autograd.PRIMITIVES["cube"], autograd.PRIMITIVES["bare"]
    assert "Its slope is d/dx cube(x) = 3·x²." in cube.__doc__
    assert "(Value(8.0), [Value(12.0)])" in cube.__doc__
    assert bare.__doc__ == "x itself."
    assert "x cubed." in pydoc.render_doc(cube)


def test_the_tables_above_speak_of_what_there_is():
    """No library is asked for, and no maker named, for something that is gone."""
    assert [name for name in [*NEEDS, *MADE_BY] if name not in PUBLIC] == []


def test_a_poor_docstring_is_seen():
    """The tests above can fail: no sentence, an argument that nobody explains, a number that is wrong."""
    assert not sentence_in("the square")
    assert unnamed(["x", "rate"], "The square of x.\n\n>>> rate = 2\n") == ["rate"]
    test = doctest.DocTestParser().get_doctest(">>> 2 * 2\n5\n", {}, "planted", None, None)
    said = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert "Expected:\n    5\nGot:\n    4\n" in "".join(said)
