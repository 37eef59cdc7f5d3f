"""The bench on which an engine is tried: how its class spells things, and experiments of a few steps.

This file imports nothing of ours, since it is run as a program, too: in a process of its own, it loads somebody's file and
answers experiments, one a line of JSON, each with a line. A file called autograd.py is in nobody's way there.

An experiment is a list of steps. Those that compute put what they gave onto a list, where later steps find it by its place:

    ["leaf", 2.0]  ["number", 3.0]  ["apply", "__mul__", [0, 1]]  ["repeat", "__add__", [2, 0], 1000]
    ["double", "__add__", 0, 12]  ["sum", [0, 1]]  ["zero", 0]  ["backward", 2]  ["read", [0, 1, 2]]
"""

from __future__ import annotations

import ast
import io
import json
import operator
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

VALUES = ("data", "value", "val", "v", "x", "number", "num", "item", "_data", "_value")
GRADS = ("grad", "gradient", "g", "d", "dx", "derivative", "adjoint", "adj", "delta", "bar", "der", "deriv", "_grad")
BACKWARDS = """backward backprop back_prop backpropagate back_propagate backpropagation backward_pass run_backward back
    backwards propagate compute_gradients compute_grads compute_grad calc_grad""".split()
CLASSES = ("Value", "Scalar", "Var", "Variable", "Tensor", "Node", "Number")
OPERATORS: dict[str, Callable[..., Any]] = {
    "__add__": operator.add,
    "__sub__": operator.sub,
    "__mul__": operator.mul,
    "__truediv__": operator.truediv,
    "__pow__": operator.pow,
    "__neg__": operator.neg,
    "__abs__": operator.abs,
}
SHOWN = 200  # characters of a message of somebody's engine


class EngineError(ValueError):
    """What is no engine that could be tried; the message says why."""


class Engine(NamedTuple):
    """How a class spells what all engines have.

    make: a number to a value; names: what stands beside the class; value, grad: attributes; backward: a method's name, or a
    function's; seeded: whether it wants the 1 that it begins with
    """

    cls: type
    make: Callable[[float], Any]
    names: Mapping[str, Any]
    value: str
    grad: str
    backward: str
    seeded: bool

    def apply(self, name: str, arguments: Sequence[Any]) -> Any:
        """What an operator, a method or a function gives."""
        if name in OPERATORS:
            return OPERATORS[name](*arguments)
        if hasattr(self.cls, name):
            first, *rest = arguments
            return getattr(first, name)(*rest)
        return self.names[name](*arguments)

    def differentiate(self, y: Any) -> None:
        """Run backward."""
        seed = [1.0] if self.seeded else []
        if hasattr(self.cls, self.backward):
            getattr(y, self.backward)(*seed)
        else:
            self.names[self.backward](y, *seed)

    def has(self, names: Sequence[str]) -> list[str]:
        """Which of these names the class, or what stands beside it, has."""
        own = [name for name in names if callable(getattr(self.cls, name, None)) and name not in vars(object)]
        beside = [n for n in names if n not in own and not n.startswith("_") and self._is_function(n)]
        return own + beside

    def _is_function(self, name: str) -> bool:
        """Whether a function beside the class takes its values, and gives one; those of the module math do not."""
        function = self.names.get(name)
        if not callable(function):
            return False
        try:
            return isinstance(function(self.make(0.5)), self.cls)
        except Exception:
            return False


# ------------------------------------------------------------------------------------------------------------- its spelling


def find_engine(
    names: Mapping[str, Any], wanted: str = "", value: str = "", grad: str = "", backward: str = "", home: str = ""
) -> Engine:
    """The engine in a module's names.

    wanted: the name of its class, else found by trying; value, grad, backward: of what it has, else found by trying
    home: the module's own name, whose classes come before those that it imports

    Raises EngineError, which says what is missing.
    """
    if wanted:
        cls = names.get(wanted)
        if not isinstance(cls, type):
            there = ", ".join(n for n, c in names.items() if isinstance(c, type)) or "none"
            raise EngineError(f"there is no class {wanted}: the classes are {there}")
        return spelling(cls, names, value, grad, backward)
    classes = {name: c for name, c in names.items() if isinstance(c, type) and c.__module__ != "builtins"}
    order = sorted(classes, key=lambda n: (classes[n].__module__ != home, n not in CLASSES))
    reasons: dict[str, str] = {}
    for name in order:
        try:
            return spelling(classes[name], names, value, grad, backward)
        except EngineError as error:
            reasons[name] = str(error)
    if not classes:
        raise EngineError("there is no class in it")
    first = "; ".join(f"{name}: {why}" for name, why in list(reasons.items())[:3])
    raise EngineError(f"no class in it has a number and its slope ({first})")


def spelling(
    cls: type, names: Mapping[str, Any] | None = None, value: str = "", grad: str = "", backward: str = ""
) -> Engine:
    """How a class spells what all engines have. Raises EngineError, which says what is missing."""
    names = names or {}
    make, data = _find_maker(cls, value)
    sample = make(2.5)
    backward = backward or next(_backwards(cls, names), "")
    if not backward:
        raise EngineError("it has no backward()")
    engine = Engine(cls, make, names, data, grad, backward, False)
    given = grad or next((name for name in GRADS if name != data and _is_slope(sample, name)), "")
    engine = engine._replace(grad=given or _changed(engine))
    if not hasattr(sample, engine.grad):
        raise EngineError(f"its values have no {engine.grad or 'grad'}")
    if not (hasattr(cls, backward) or callable(names.get(backward))):
        raise EngineError(f"it has no {backward}()")
    return engine._replace(seeded=_wants_seed(engine))


def _find_maker(cls: type, value: str) -> tuple[Callable[[float], Any], str]:
    """How a value is made of a number, and the attribute that it is in."""
    ways: list[Callable[[float], Any]] = [cls, lambda x: cls(data=x), lambda x: cls(value=x)]
    ways += [lambda x: cls(x, ()), lambda x: cls(x, []), lambda x: cls(x, "x"), lambda x: cls(x, (), ())]
    why = ""
    for way in ways:
        try:
            both = way(2.5), way(-1.25)
        except Exception as error:
            why = why or f"{cls.__name__}(2.5) raises {_said(error)}"
            continue
        for name in [value] if value else dict.fromkeys((*VALUES, *_attributes(both[0]))):
            if [_plain(getattr(v, name, None)) for v in both] == [2.5, -1.25]:
                return way, name
        why = f"{cls.__name__}(2.5) has no {value or 'attribute'} that is 2.5"
    raise EngineError(why)


def _attributes(thing: Any) -> Iterator[str]:
    for name in dir(thing):
        if not name.startswith("__"):
            yield name


def _plain(thing: Any) -> Any:
    """A number, or None."""
    if thing is None or isinstance(thing, (str, bytes)) or callable(thing):
        return None
    try:
        return float(thing)
    except Exception:
        return None


def _is_slope(value: Any, name: str) -> bool:
    if not hasattr(value, name) or callable(getattr(value, name)):
        return False
    return getattr(value, name) is None or _plain(getattr(value, name)) is not None


def _backwards(cls: type, names: Mapping[str, Any]) -> Iterator[str]:
    own = [name for name in dir(cls) if callable(getattr(cls, name, None))]
    yield from (name for name in BACKWARDS if name in own)
    yield from (name for name in own if "backw" in name.lower() and not name.startswith("_"))
    yield from (name for name in BACKWARDS if callable(names.get(name)))


def _changed(engine: Engine) -> str:
    """The attribute of a leaf that backward changes."""
    for operation in engine.has(list(OPERATORS)):
        try:
            x, y = engine.make(2.5), engine.make(1.5)
            before = {name: _plain(getattr(x, name)) for name in _attributes(x)}
            z = engine.apply(operation, [x, y] if operation not in ("__neg__", "__abs__") else [x])
            engine.differentiate(z)
            now = {name: _plain(getattr(x, name)) for name in _attributes(x)}
        except Exception:
            continue
        found = [name for name in now if now[name] is not None and now[name] != before.get(name)]
        if found:
            return found[0]
    return ""


def _wants_seed(engine: Engine) -> bool:
    import inspect

    method = getattr(engine.cls, engine.backward, None)
    function = method or engine.names[engine.backward]
    try:
        needed = [
            p
            for p in inspect.signature(function).parameters.values()
            if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        return False
    return len(needed) > 1


# -------------------------------------------------------------------------------------------------------------- experiments


def experiment(engine: Engine, steps: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Run the steps of an experiment.

    The result has reads (for each: the number and the slope of each value), calls (the functions of the class that computed
    something), visits (how many functions ran in backward), and error: None, or its step, kind and text.
    """
    own = {f.__code__: name for name, f in engine.names.items() if hasattr(f, "__code__")}
    for name in reversed(dir(engine.cls)):  # of several names for one function __add__ comes before __radd__
        if (code := getattr(getattr(engine.cls, name, None), "__code__", None)) is not None:
            own[code] = name
    calls: dict[str, None] = {}
    visits = 0
    forward = True

    def watch(frame: Any, event: str, _: Any) -> None:
        nonlocal visits
        if event == "call":
            if forward and frame.f_code in own:
                calls[own[frame.f_code]] = None
            visits += not forward

    made: list[Any] = []
    reads: list[list[Any]] = []
    found: dict[str, Any] = {"reads": reads, "calls": calls, "visits": 0, "error": None}
    before = sys.getprofile()
    at = 0
    try:
        for k, (what, *rest) in enumerate(steps):
            at = k
            if what == "read":
                reads.append([[_number(made[i], engine), _number(getattr(made[i], engine.grad), engine)] for i in rest[0]])
                continue
            forward = what != "backward"
            if what in ("apply", "backward", "double"):
                sys.setprofile(watch)
            try:
                result = _step(engine, made, what, rest)
            finally:
                sys.setprofile(before)
            if what not in ("backward", "zero"):
                made.append(result)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        found["error"] = {"step": at, "kind": type(error).__name__, "text": _text(error)}
    finally:
        while made:  # the youngest first: a long chain is freed without recursion where somebody's class allows
            made.pop()
    found["calls"], found["visits"] = list(calls), visits
    return found


def _step(engine: Engine, made: list[Any], what: str, rest: list[Any]) -> Any:
    if what == "leaf":
        return engine.make(rest[0])
    if what == "number":
        return rest[0]
    if what == "apply":
        return engine.apply(rest[0], [made[i] for i in rest[1]])
    if what == "repeat":
        first, *others = [made[i] for i in rest[1]]
        for _ in range(rest[2]):
            first = engine.apply(rest[0], [first, *others])
        return first
    if what == "double":
        y = made[rest[1]]
        for _ in range(rest[2]):
            y = engine.apply(rest[0], [y, y])
        return y
    if what == "sum":
        return sum(made[i] for i in rest[0])
    if what == "zero":
        return made[rest[0]].zero_grad()
    if what == "backward":
        return engine.differentiate(made[rest[0]])
    raise ValueError(f"no step is called {what}")


def _number(thing: Any, engine: Engine) -> float | None:
    """A number as a float, also of a value that a slope may be; None for none."""
    for _ in range(3):
        if not isinstance(thing, engine.cls):
            break
        thing = getattr(thing, engine.value)
    if thing is None:
        return None
    try:
        return float(thing)
    except OverflowError:
        return float("inf") if thing > 0 else float("-inf")


def _text(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = ""
    return " ".join(text.split())[:SHOWN]


def _said(error: BaseException) -> str:
    text = _text(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


# ------------------------------------------------------------------------------------------------------ a process of its own


def load(path: str, definitions: bool) -> dict[str, Any]:
    """The names of somebody's file, run as a module.

    definitions: whether only imports, classes, functions and plain constants are run, and nothing that would train a net
    """
    import importlib.util
    import types

    name = os.path.splitext(os.path.basename(path))[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    with open(path, "rb") as file:
        source = importlib.util.decode_source(file.read())
    tree = ast.parse(source, path)
    if definitions:
        kept = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
        tree.body = [node for node in tree.body if isinstance(node, kept) or _is_constant(node)]
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    exec(compile(tree, path, "exec"), vars(module))
    return vars(module)


def _is_constant(node: ast.stmt) -> bool:
    """An assignment of something written out: x = 3, names = [], not x = train()."""
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and not any(isinstance(n, ast.Call) for n in ast.walk(node))


class Counted(io.TextIOBase):
    """Where somebody's print goes: it is counted, and its beginning kept."""

    def __init__(self) -> None:
        self.count, self.start = 0, ""

    def write(self, text: str) -> int:
        self.count += len(text)
        self.start = (self.start + text[:SHOWN])[:SHOWN]
        return len(text)


def serve(path: str, definitions: bool, memory: int, spelled: list[str]) -> None:
    """Load a file and answer experiments, one a line, until there are no more."""
    _limit(memory)
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 as long as this process lives
    printed = Counted()
    sys.stdout = printed
    forks = [0]
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lambda: forks.__setitem__(0, forks[0] + 1), after_in_child=lambda: os._exit(0))

    def answer(data: dict[str, Any]) -> None:
        answers.write(json.dumps({**data, "printed": printed.start, "forks": forks[0]}) + "\n")
        answers.flush()

    engine = None
    try:
        names = load(path, definitions)
        wanted, value, grad, backward = spelled
        home = os.path.splitext(os.path.basename(path))[0]
        engine = find_engine(names, wanted, value, grad, backward, home)
        about = [engine.cls.__name__, engine.value, engine.grad, engine.backward]
        answer({"engine": about})
    except EngineError as error:
        answer({"failed": "engine", "text": str(error)})
    except BaseException as error:
        answer({"failed": type(error).__name__, "text": _text(error)})
    if engine is None:
        return
    for line in requests:
        asked = json.loads(line)
        if "has" in asked:
            answer({"has": engine.has(asked["has"])})
        else:
            answer(experiment(engine, asked["steps"]))


def _limit(memory: int) -> None:
    """Limits on memory and on processor time, where the system has such."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, 300), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            continue


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    serve(asked["path"], asked["definitions"], asked["memory"], asked["spelled"])
    sys.stdout = sys.__stdout__
    os._exit(0)  # whatever threads somebody's file has left
