"""Names that people type at the first guess, who come from PyTorch, NumPy, JAX, Keras or micrograd: what to type here.

They are not there: hasattr says so, and completion does not offer them. The error that Python raises for them tells the way.
"""

from __future__ import annotations

from autograd.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Guess:
    """Stands where a class has no attribute: an AttributeError that says what to type. One that somebody sets is there."""

    def __init__(self, name: str, way: str) -> None:
        self.name, self.way = name, way

    def __get__(self, instance: object, owner: type) -> object:
        raise AttributeError(f"{owner.__name__!r} has no {self.name!r}: {self.way}", name=self.name, obj=instance)

    def __repr__(self) -> str:
        return f"<not here: {self.way}>"


class Switch(Guess):
    """The same for what people set, and nothing would follow from it: setting it is told the way, too."""

    def __set__(self, instance: object, x: object) -> None:
        self.__get__(instance, type(instance))


def add_guesses(owner: type, ways: Mapping[str, str]) -> None:
    """Let a class answer for names that it has not.

    ways: what to type instead, by names with blanks between
    """
    for names, way in ways.items():
        for name in names.split():
            setattr(owner, name, Guess(name, way))
    owner.__dir__ = _without_guesses  # type: ignore[method-assign, assignment]


def _without_guesses(x: object) -> list[str]:
    from inspect import getattr_static  # which takes as long to load as all of the engine

    return [name for name in object.__dir__(x) if not isinstance(getattr_static(x, name, None), Guess)]


def missing(module: str, name: str, ways: Mapping[str, str]) -> AttributeError:
    """The error for what a module has not."""
    way = next((way for names, way in ways.items() if name in names.split()), "")
    return AttributeError(f"module {module!r} has no attribute {name!r}" + (f": {way}" if way else ""), name=name)


OF_VALUE = {
    "requires_grad_ retain_grad": "every leaf has a gradient; x.detach() and no_grad() leave one out",
    "zero_grad": "x.grad = 0.0 does it, and model.zero_grad() for all parameters",
    "numel": "a Value is one number; len(model.parameters()) counts those of a model",
    "numpy tolist cpu": "x.data is the plain number",
    "val value": "x.data is the number, x.grad its gradient",
    "gradient": "x.grad is the gradient after y.backward(), and gradient(y, x) gives one that can be differentiated again",
    "grad_fn": "x.op is the operation that it came from, x.inputs what it was computed from",
    "is_leaf": "a leaf is what came from nothing: x.op is None",
    "register_hook": "trace(y) shows what flows back over each edge, and x.grad is there after backward() for every node",
    "shape size T reshape": "a Value is one number; several stand in a list",
    "sum mean prod": "a Value is one number; autograd has sum, mean and prod of a list of them",
    "softmax": "it takes several numbers: autograd.softmax([x1, x2])",
    "dot matmul": "autograd.dot(ws, xs, b) is the sum of products of two lists",
    "square pow": "x ** 2",
    "clamp": "x.clip(low, high)",
    "clone": "x + 0.0 is a node of its own, and copy.deepcopy(x) a graph of its own",
    "to cuda": "numbers are floats on the processor; autograd.compile makes a graph fast",
    "draw show plot": "nn.draw(y) draws the graph of y",
}
OF_AUTOGRAD = {
    "tensor Tensor Variable Parameter array": "Value(2.0, label='x') is one number; several stand in a list",
    "zeros ones": "[Value(0.0) for _ in range(n)] are n of them",
    "numpy np": "functions of Values are autograd's own: from autograd import exp, log, dot; np.exp(Value) works, too",
    "jit": "autograd.compile(y, inputs) makes a program of a graph",
    "vmap": "autograd.compile(y, inputs) runs all rows of a batch at once",
    "backward": "y.backward()",
    "elementwise_grad egrad": "grad(f) of a function of one number; jacobian for several outputs",
    "jacrev jacfwd": "jacobian(f) gives a row for each output and a column for each input",
    "make_vjp make_jvp": "vjp(f, point, vector) and jvp(f, point, vector)",
    "gradcheck check_grads": "check_gradients(f, *point) compares with difference quotients",
    "Function custom_vjp custom_jvp primitive defvjp": "Primitive(name, value, partial) is an operation of one's own",
    "stop_gradient": "x.detach()",
    "enable_grad set_grad_enabled inference_mode": "no_grad() is there: with autograd.no_grad(): ...",
    "matmul mm einsum inner": "dot(ws, xs, b) is the sum of products of two lists; a matrix times a vector is one dot a row",
    "pow square power": "x ** n",
    "add subtract multiply divide mul sub div": "the signs + - * / do it",
    "arcsin arccos arctan arctan2 arcsinh arccosh arctanh": "PyTorch's other spelling: asin, acos, atan, atan2, asinh, ...",
    "max min": "maximum(x, y) and minimum(x, y); Python's own max and min take Values, too",
    "clamp where": "clip(x, low, high), or an if of Python's: the graph is what ran",
    "manual_seed seed random": "what is drawn takes a seed of its own: nn.MLP(2, [8, 1], seed=0), nn.fit(..., seed=0)",
    "optim": "import nn; nn.optim.Adam(model.parameters())",
    "nn Module MLP Neuron Layer Linear": "import nn; nn.MLP(2, [16, 16, 1])",
    "draw draw_dot make_dot show plot step_through": "import nn; nn.draw(y), nn.step_through(y)",
    "engine": "from autograd import Value",
}  # fmt: skip


add_guesses(Value, OF_VALUE)
Value.requires_grad = Switch("requires_grad", "every leaf has a gradient; an optimiser moves what it is given, and no other")  # type: ignore[attr-defined]
