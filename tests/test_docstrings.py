"""Docstrings are a reference: what is public is explained, every argument named, and every example gives what it says."""

import doctest
import importlib
import inspect
import pkgutil
import re
from types import ModuleType

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
    "autograd.mathml": "latex2mathml",
    "nn.data.breast_cancer": "sklearn",
    "nn.data.digits": "sklearn",
    "nn.data.iris": "sklearn",
    "nn.data.wine": "sklearn",
    "nn.draw": "graphviz",
    "nn.from_torch": "torch",
    "nn.plot_boundary": "matplotlib",
    "nn.plot_function": "matplotlib",
    "nn.plot_histograms": "matplotlib",
    "nn.plot_loss": "matplotlib",
    "nn.plot_surface": "matplotlib",
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
    "autograd.Exercise": "exercise",
    "autograd.LostGradientWarning": "math",
    "autograd.Marking": "mark",
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
            if getattr(own, "__module__", "") == thing.__name__ and getattr(own, "__name__", "") == inner:
                if not inner.startswith("_"):
                    yield f"nn.{name}.{inner}", own


def members(owner):
    """The public methods and properties of a class, those that it inherits from classes of ours too."""
    for name in dir(owner):
        found = inspect.getattr_static(owner, name)
        ours = any(name in vars(c) for c in owner.__mro__ if c.__module__.partition(".")[0] in ("autograd", "nn"))
        if ours and not name.startswith("_") and (callable(found) or isinstance(found, (property, classmethod, staticmethod))):
            yield name, getattr(owner, name) if not isinstance(found, property) else found


PUBLIC = dict(public_names())
METHODS = {f"{name}.{m}": own for name, c in PUBLIC.items() if inspect.isclass(c) for m, own in members(c)}
EVERYTHING = PUBLIC | METHODS


def parameters(thing):
    """The arguments that a caller may pass; those of an operation stand in its formula."""
    if isinstance(thing, (autograd.Primitive, dict, property)) or (inspect.isclass(thing) and issubclass(thing, Warning)):
        return []
    names = [name for name in inspect.signature(thing).parameters if not name.startswith("_")]
    return [name for name in names if name not in ("self", "cls")]


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
    return len(first.split()) > 1 and first.endswith((".", ")"))


def unnamed(names, text):
    """The arguments that a docstring says nothing of."""
    return [name for name in names if not re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text)]


@pytest.mark.parametrize("name", EVERYTHING)
def test_what_is_public_begins_with_a_sentence(name):
    """The first line of every public docstring says what it is."""
    assert sentence_in(inspect.getdoc(EVERYTHING[name]) or ""), f"{name} has no sentence to begin with"


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_argument_is_explained(name):
    """A docstring names each argument; that of a class made by something else names what makes it."""
    thing, text = EVERYTHING[name], inspect.getdoc(EVERYTHING[name]) or ""
    assert unnamed([MADE_BY[name]] if name in MADE_BY else parameters(thing), text) == []


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_an_example(name):
    """A reference page shows what a name is good for."""
    assert ">>>" in (PUBLIC[name].__doc__ or "")


@pytest.mark.parametrize(("name", "example"), [pytest.param(name, test, id=name) for name, test in examples()])
def test_the_examples_are_right(name, example, tmp_path, monkeypatch):
    """Every example gives what it says; that of a public name by itself, in a Python that has imported nothing."""
    for needed in {NEEDS[of] for of in NEEDS if name == of or name.startswith(f"{of}.")}:
        pytest.importorskip(needed)
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


def test_a_poor_docstring_is_seen():
    """The tests above can fail: no sentence, an argument that nobody explains, a number that is wrong."""
    assert not sentence_in("the square") and not sentence_in("")
    assert unnamed(["x", "rate"], "The square of x.") == ["rate"]
    test = doctest.DocTestParser().get_doctest(">>> 2 * 2\n5\n", {}, "planted", None, None)
    said = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert "Expected:\n    5\nGot:\n    4\n" in "".join(said)
