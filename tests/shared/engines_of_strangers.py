"""Engines as other people write them, in several hands, and mistakes planted in them, each with the words that name it.

ENGINES are right. MISTAKES are (hand, kind, what stands there, what stands there instead, words that the judge should say);
they are texts put in place of texts, and share nothing with what is tested.
"""

# ruff: noqa: E501 a mistake a line

CLOSURES = """
import math

class Value:
    def __init__(self, data, _children=(), _op=''):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), '+')
        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), '*')
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def __pow__(self, n):
        assert isinstance(n, (int, float))
        out = Value(self.data ** n, (self,), 'pow')
        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad
        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,), 'tanh')
        def _backward():
            self.grad += (1 - t ** 2) * out.grad
        out._backward = _backward
        return out

    def exp(self):
        x = self.data
        out = Value(math.exp(x), (self,), 'exp')
        def _backward():
            self.grad += out.data * out.grad
        out._backward = _backward
        return out

    def relu(self):
        out = Value(self.data if self.data > 0 else 0.0, (self,), 'relu')
        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out

    def sigmoid(self):
        x = self.data
        s = 1 / (1 + math.exp(-x))
        out = Value(s, (self,), 'sigmoid')
        def _backward():
            self.grad += s * (1 - s) * out.grad
        out._backward = _backward
        return out

    def zero_grad(self):
        self.grad = 0.0

    def backward(self):
        topo, visited = [], set()
        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()

    def __neg__(self): return self * -1
    def __radd__(self, other): return self + other
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return (-self) + other
    def __rmul__(self, other): return self * other
    def __truediv__(self, other): return self * other ** -1
    def __rtruediv__(self, other): return other * self ** -1
"""

SLOPES_KEPT = """
import math

class Value:
    __slots__ = ('data', 'grad', '_children', '_local_grads')

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0
        self._children = children
        self._local_grads = local_grads

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, other): return Value(self.data**other, (self,), (other * self.data**(other-1),))
    def log(self): return Value(math.log(self.data), (self,), (1/self.data,))
    def exp(self): return Value(math.exp(self.data), (self,), (math.exp(self.data),))
    def relu(self): return Value(max(0, self.data), (self,), (float(self.data > 0),))
    def __neg__(self): return self * -1
    def __radd__(self, other): return self + other
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return other + (-self)
    def __rmul__(self, other): return self * other
    def __truediv__(self, other): return self * other**-1
    def __rtruediv__(self, other): return other * self**-1

    def backward(self):
        topo = []
        visited = set()
        def build_topo(v):
            if v not in visited:
                visited.add(v)
                for child in v._children:
                    build_topo(child)
                topo.append(v)
        build_topo(self)
        self.grad = 1
        for v in reversed(topo):
            for child, local_grad in zip(v._children, v._local_grads):
                child.grad += local_grad * v.grad
"""

TAPE = """
import math

TAPE = []

class Var:
    def __init__(self, value):
        self.value = float(value)
        self.grad = 0.0

def record(value, *pairs):
    out = Var(value)
    TAPE.append((out, pairs))
    return out

def lift(x):
    return x if isinstance(x, Var) else Var(x)

def _add(a, b):
    a, b = lift(a), lift(b)
    return record(a.value + b.value, (a, 1.0), (b, 1.0))

def _sub(a, b):
    a, b = lift(a), lift(b)
    return record(a.value - b.value, (a, 1.0), (b, -1.0))

def _mul(a, b):
    a, b = lift(a), lift(b)
    return record(a.value * b.value, (a, b.value), (b, a.value))

def _div(a, b):
    a, b = lift(a), lift(b)
    return record(a.value / b.value, (a, 1.0 / b.value), (b, -a.value / b.value ** 2))

def _pow(a, b):
    a, b = lift(a), lift(b)
    z = a.value ** b.value
    return record(z, (a, b.value * a.value ** (b.value - 1)), (b, z * math.log(a.value) if a.value > 0 else 0.0))

Var.__add__, Var.__sub__, Var.__mul__, Var.__truediv__, Var.__pow__ = _add, _sub, _mul, _div, _pow
Var.__radd__ = lambda self, other: _add(other, self)
Var.__rsub__ = lambda self, other: _sub(other, self)
Var.__rmul__ = lambda self, other: _mul(other, self)
Var.__rtruediv__ = lambda self, other: _div(other, self)
Var.__neg__ = lambda self: record(-self.value, (self, -1.0))

def sin(x): return record(math.sin(x.value), (x, math.cos(x.value)))
def cos(x): return record(math.cos(x.value), (x, -math.sin(x.value)))
def sqrt(x):
    root = math.sqrt(x.value)
    return record(root, (x, 0.5 / root))

def tanh(x):
    z = math.tanh(x.value)
    return record(z, (x, 1 - z * z))

def backward(loss):
    for out, _ in TAPE:
        out.grad = 0.0
    loss.grad = 1.0
    for out, pairs in reversed(TAPE):
        for node, slope in pairs:
            node.grad += slope * out.grad
"""

PATHS = """
from math import exp, log as ln

class Scalar:
    def __init__(self, val, parents=None):
        self.val = val
        self.d = 0
        self.parents = parents or []

    def __add__(self, o):
        if not isinstance(o, Scalar): o = Scalar(o)
        return Scalar(self.val + o.val, [(self, 1), (o, 1)])
    __radd__ = __add__

    def __sub__(self, o):
        if not isinstance(o, Scalar): o = Scalar(o)
        return Scalar(self.val - o.val, [(self, 1), (o, -1)])

    def __rsub__(self, o):
        return Scalar(o) - self

    def __mul__(self, o):
        if not isinstance(o, Scalar): o = Scalar(o)
        return Scalar(self.val * o.val, [(self, o.val), (o, self.val)])
    __rmul__ = __mul__

    def __truediv__(self, o):
        if not isinstance(o, Scalar): o = Scalar(o)
        return Scalar(self.val / o.val, [(self, 1 / o.val), (o, -self.val / o.val ** 2)])

    def exp(self):
        e = exp(self.val)
        return Scalar(e, [(self, e)])

    def log(self):
        return Scalar(ln(self.val), [(self, 1 / self.val)])

    def square(self):
        return Scalar(self.val ** 2, [(self, 2 * self.val)])

    def sigmoid(self):
        s = 1 / (1 + exp(-self.val))
        return Scalar(s, [(self, s * (1 - s))])

    def backprop(self, g=1):
        self.d += g
        for parent, slope in self.parents:
            parent.backprop(g * slope)
"""

DATACLASS = """
from __future__ import annotations
import math
from dataclasses import dataclass, field
from typing import Callable

@dataclass(eq=False)
class Node:
    value: float
    gradient: float = 0.0
    inputs: list[Node] = field(default_factory=list)
    pull: Callable[[float], list[float]] = lambda g: []

    def __add__(self, other: Node) -> Node:
        other = as_node(other)
        return Node(self.value + other.value, inputs=[self, other], pull=lambda g: [g, g])

    def __sub__(self, other: Node) -> Node:
        other = as_node(other)
        return Node(self.value - other.value, inputs=[self, other], pull=lambda g: [g, -g])

    def __mul__(self, other: Node) -> Node:
        other = as_node(other)
        return Node(self.value * other.value, inputs=[self, other], pull=lambda g: [g * other.value, g * self.value])

    def __truediv__(self, other: Node) -> Node:
        other = as_node(other)
        return Node(
            self.value / other.value,
            inputs=[self, other],
            pull=lambda g: [g / other.value, -g * self.value / (other.value * other.value)],
        )

    def __rsub__(self, other): return as_node(other) - self
    def __radd__(self, other): return as_node(other) + self
    def __rmul__(self, other): return as_node(other) * self
    def __rtruediv__(self, other): return as_node(other) / self

    def log(self) -> Node:
        return Node(math.log(self.value), inputs=[self], pull=lambda g: [g / self.value])

    def tanh(self) -> Node:
        z = math.tanh(self.value)
        return Node(z, inputs=[self], pull=lambda g: [g * (1.0 - z * z)])

    def sin(self) -> Node:
        return Node(math.sin(self.value), inputs=[self], pull=lambda g: [g * math.cos(self.value)])

    def backward(self) -> None:
        order = self._sorted()
        for node in order:
            node.gradient = 0.0
        self.gradient = 1.0
        for node in order:
            for child, slope in zip(node.inputs, node.pull(node.gradient)):
                child.gradient += slope

    def _sorted(self) -> list[Node]:
        uses, todo = {}, [self]
        seen = {id(self)}
        while todo:
            node = todo.pop()
            for child in node.inputs:
                uses[id(child)] = uses.get(id(child), 0) + 1
                if id(child) not in seen:
                    seen.add(id(child))
                    todo.append(child)
        order, ready = [], [self]
        while ready:
            node = ready.pop()
            order.append(node)
            for child in node.inputs:
                uses[id(child)] -= 1
                if uses[id(child)] == 0:
                    ready.append(child)
        return order

def as_node(x):
    return x if isinstance(x, Node) else Node(x)
"""

METHODS = """
class Number:
    count = 0
    def __init__(self, x):
        self.x, self.g, self.rule, self.args = x, 0.0, None, ()
        Number.count += 1
        self.id = Number.count

    def add(self, o): return Number.made(self.x + o.x, (self, o), lambda g: (g, g))
    def sub(self, o): return Number.made(self.x - o.x, (self, o), lambda g: (g, -g))
    def mul(self, o): return Number.made(self.x * o.x, (self, o), lambda g: (g * o.x, g * self.x))
    def div(self, o): return Number.made(self.x / o.x, (self, o), lambda g: (g / o.x, -g * self.x / o.x ** 2))
    def square(self): return Number.made(self.x * self.x, (self,), lambda g: (2 * self.x * g,))
    def abs(self): return Number.made(abs(self.x), (self,), lambda g: (g if self.x > 0 else -g,))

    @staticmethod
    def made(x, args, rule):
        n = Number(x)
        n.args, n.rule = args, rule
        return n

    def backward(self):
        seen, todo = {}, [self]
        while todo:
            n = todo.pop()
            if n.id not in seen:
                seen[n.id] = n
                todo += n.args
        self.g = 1.0
        for i in sorted(seen, reverse=True):
            n = seen[i]
            if n.rule:
                for a, s in zip(n.args, n.rule(n.g)):
                    a.g += s
"""

FUNCTIONS_OF_NUMPY = """
import numpy as np

class Tensor:
    def __init__(self, data, requires=None):
        self.data = np.array(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self._ctx = requires

    @staticmethod
    def wrap(x): return x if isinstance(x, Tensor) else Tensor(x)
    def __add__(self, o):
        o = Tensor.wrap(o)
        return Tensor(self.data + o.data, ((self, o), lambda g: (g, g)))
    def __mul__(self, o):
        o = Tensor.wrap(o)
        return Tensor(self.data * o.data, ((self, o), lambda g: (g * o.data, g * self.data)))
    def __neg__(self): return self * -1.0
    def __sub__(self, o): return self + (-Tensor.wrap(o))
    __radd__, __rmul__ = __add__, __mul__
    def relu(self): return Tensor(np.maximum(self.data, 0), ((self,), lambda g: (g * (self.data > 0),)))
    def exp(self):
        z = np.exp(self.data)
        return Tensor(z, ((self,), lambda g: (g * z,)))
    def leaky_relu(self, slope=0.1):
        return Tensor(np.where(self.data > 0, self.data, slope * self.data),
                      ((self,), lambda g: (g * np.where(self.data > 0, 1.0, slope),)))

    def backward(self, grad=None):
        order, seen = [], set()
        stack = [(self, False)]
        while stack:
            t, done = stack.pop()
            if done:
                order.append(t)
            elif id(t) not in seen:
                seen.add(id(t))
                stack.append((t, True))
                if t._ctx:
                    stack += [(p, False) for p in t._ctx[0]]
        self.grad = np.ones_like(self.data) if grad is None else grad
        for t in order[::-1]:
            if t._ctx:
                for p, s in zip(t._ctx[0], t._ctx[1](t.grad)):
                    p.grad = p.grad + s
"""

NONE_AT_FIRST = """
import math

class Value:
    def __init__(self, data, op=None, args=()):
        self.data, self.grad, self.op, self.args = data, None, op, args

    def __add__(self, o): return Value(self.data + o.data, 'add', (self, o))
    def __mul__(self, o): return Value(self.data * o.data, 'mul', (self, o))
    def __sub__(self, o): return Value(self.data - o.data, 'sub', (self, o))
    def exp(self): return Value(math.exp(self.data), 'exp', (self,))

    def backward(self):
        order = []
        def visit(v):
            if all(v is not other for other in order):
                for a in v.args:
                    visit(a)
                order.append(v)
        visit(self)
        grads = {id(v): 0.0 for v in order}
        grads[id(self)] = 1.0
        for v in order[::-1]:
            g = grads[id(v)]
            match v.op:
                case 'add': slopes = [g, g]
                case 'sub': slopes = [g, -g]
                case 'mul': slopes = [g * v.args[1].data, g * v.args[0].data]
                case 'exp': slopes = [g * v.data]
                case _: slopes = []
            for a, s in zip(v.args, slopes):
                grads[id(a)] += s
        for v in order:
            v.grad = grads[id(v)]
"""

PUSHING = """
class Op:
    def backward(self, g): raise NotImplementedError

class Leaf(Op):
    pass

class V:
    def __init__(self, v, src=()):
        self.v, self.adj, self.src, self.waiting = v, 0.0, src, 0
        for s, _ in src:
            s.waiting += 1

    def __add__(self, o): return V(self.v + o.v, [(self, 1.0), (o, 1.0)])
    def __mul__(self, o): return V(self.v * o.v, [(self, o.v), (o, self.v)])
    def __sub__(self, o): return V(self.v - o.v, [(self, 1.0), (o, -1.0)])
    def __neg__(self): return V(-self.v, [(self, -1.0)])

    def backward(self, seed):
        self.adj = seed
        below, todo = {}, [self]
        while todo:
            n = todo.pop()
            for s, _ in n.src:
                below[s] = below.get(s, 0) + 1
                if below[s] == 1:
                    todo.append(s)
        todo = [self]
        while todo:
            n = todo.pop()
            for s, d in n.src:
                s.adj += n.adj * d
                below[s] -= 1
                if below[s] == 0:
                    todo.append(s)
"""

HIGHER = """
import math

class Value:
    \"\"\"Slopes are Values, too.\"\"\"
    def __init__(self, data, rule=None, args=()):
        self.data, self.grad, self.rule, self.args = data, None, rule, args

    def __add__(self, o): return Value(self.data + num(o).data, lambda g, a, b: (g, g), (self, num(o)))
    def __mul__(self, o): return Value(self.data * num(o).data, lambda g, a, b: (g * b, g * a), (self, num(o)))
    def __neg__(self): return self * -1
    def __sub__(self, o): return self + -num(o)
    def __pow__(self, n): return Value(self.data ** n, lambda g, a: (g * n * a ** (n - 1),), (self,))
    def __truediv__(self, o): return self * num(o) ** -1
    __radd__, __rmul__ = __add__, __mul__
    def __rsub__(self, o): return num(o) - self
    def cos(self): return Value(math.cos(self.data), lambda g, a: (g * -a.sin(),), (self,))
    def sin(self): return Value(math.sin(self.data), lambda g, a: (g * a.cos(),), (self,))

    def backward(self):
        order, seen = [], set()
        def visit(v):
            if id(v) in seen: return
            seen.add(id(v))
            for a in v.args: visit(a)
            order.append(v)
        visit(self)
        grads = {id(self): Value(1.0)}
        for v in reversed(order):
            if v.rule is None or id(v) not in grads: continue
            for a, g in zip(v.args, v.rule(grads[id(v)], *v.args)):
                grads[id(a)] = grads[id(a)] + g if id(a) in grads else g
        for v in order:
            v.grad = grads.get(id(v), Value(0.0))

def num(x): return x if isinstance(x, Value) else Value(x)
"""

ENGINES = {
    "closures": CLOSURES,
    "slopes kept": SLOPES_KEPT,
    "tape": TAPE,
    "paths": PATHS,
    "dataclass": DATACLASS,
    "methods": METHODS,
    "NumPy": FUNCTIONS_OF_NUMPY,
    "none at first": NONE_AT_FIRST,
    "pushing": PUSHING,
    "higher": HIGHER,
}

MISTAKES = [
    # the slopes of operations
    ("closures", "product swapped", "+= other.data * out.grad\n            other.grad += self.data * out.grad",
     "+= self.data * out.grad\n            other.grad += other.data * out.grad", ["__mul__", "its own value", "swapped"]),
    ("slopes kept", "product swapped", "(other.data, self.data)", "(self.data, other.data)", ["__mul__", "own value", "swapped"]),
    ("tape", "product swapped", "(a, b.value), (b, a.value)", "(a, a.value), (b, b.value)", ["_mul", "own value", "swapped"]),
    ("paths", "product swapped", "[(self, o.val), (o, self.val)]", "[(self, self.val), (o, o.val)]", ["mul__", "swapped"]),
    ("dataclass", "product swapped", "[g * other.value, g * self.value]", "[g * self.value, g * other.value]", ["swapped"]),
    ("closures", "tanh of the input", "1 - t ** 2", "1 - self.data ** 2", ["tanh", "1 − z²", "1 − x²"]),
    ("dataclass", "tanh of the input", "1.0 - z * z", "1.0 - self.value ** 2", ["tanh", "1 − z²", "1 − x²"]),
    ("tape", "tanh of the input", "1 - z * z", "1 - x.value * x.value", ["tanh", "1 − z²", "1 − x²"]),
    ("closures", "tanh without square", "1 - t ** 2", "1 - t", ["tanh", "1 − z²", "this is 1 − z"]),
    ("closures", "tanh with plus", "1 - t ** 2", "1 + t ** 2", ["tanh", "1 + z²"]),
    ("closures", "exp of the input", "out.data * out.grad\n        out._backward = _backward\n        return out\n\n    def relu",
     "x * out.grad\n        out._backward = _backward\n        return out\n\n    def relu", ["exp", "slope z", "this is x"]),
    ("slopes kept", "exp as a power", "(math.exp(self.data),))", "(self.data * math.exp(self.data - 1),))",
     ["exp", "x·exp(x − 1)"]),
    ("slopes kept", "log as log", "(1/self.data,)", "(1/math.log(self.data),)", ["log", "1/x", "this is 1/z"]),
    ("dataclass", "log without one over", "g / self.value]", "g * self.value]", ["log", "1/x", "this is x"]),
    ("closures", "relu everywhere", "(out.data > 0) * out.grad", "1.0 * out.grad", ["relu", "this is 1"]),
    ("slopes kept", "relu the other way", "float(self.data > 0)", "float(self.data < 0)", ["relu", "[x < 0]"]),
    ("closures", "relu gives its value", "(out.data > 0) * out.grad", "out.data * out.grad", ["relu", "this is z"]),
    ("closures", "sigmoid of the input", "s * (1 - s) * out", "x * (1 - x) * out", ["sigmoid", "x·(1 − x)"]),
    ("paths", "sigmoid with plus", "(self, s * (1 - s))", "(self, s * (1 + s))", ["sigmoid", "z·(1 + z)"]),
    ("closures", "sigmoid turned", "s * (1 - s) * out", "s * (s - 1) * out", ["sigmoid", "sign"]),
    ("tape", "cos without sign", "-math.sin(x.value)", "math.sin(x.value)", ["cos", "sign"]),
    ("dataclass", "sin is itself", "math.cos(self.value)", "math.sin(self.value)", ["sin", "cos(x)", "this is"]),
    ("tape", "root", "0.5 / root", "0.5 * root", ["sqrt", "1/(2·z)"]),
    ("paths", "square without two", "2 * self.val)", "self.val)", ["square", "2·x", "this is x"]),
    ("methods", "square without two", "2 * self.x * g", "self.x * g", ["square", "2·x", "this is x"]),
    ("tape", "difference without sign", "(a, 1.0), (b, -1.0)", "(a, 1.0), (b, 1.0)", ["sub", "right input", "sign"]),
    ("paths", "difference without sign", "(o, -1)", "(o, 1)", ["__sub__", "right input", "sign"]),
    ("methods", "difference turned", "(g, -g))\n    def mul", "(-g, g))\n    def mul", ["sub", "swapped"]),
    ("tape", "quotient without sign", "-a.value / b.value ** 2", "a.value / b.value ** 2", ["div", "right input", "sign"]),
    ("paths", "quotient without square", "-self.val / o.val ** 2", "-self.val / o.val", ["truediv", "right", "−z/b", "this is −z"]),
    ("dataclass", "quotient without sign", "-g * self.value /", "g * self.value /", ["truediv", "right input", "sign"]),
    ("methods", "quotient without numerator", "-g * self.x / o.x ** 2", "-g / o.x ** 2", ["div", "right input", "−1/b²"]),
    ("closures", "power keeps its exponent", "n * self.data ** (n - 1)", "n * self.data ** n", ["__pow__", "b·a^b"]),
    ("slopes kept", "power without factor", "other * self.data**(other-1)", "self.data**(other-1)", ["__pow__", "a^(b − 1)"]),
    ("slopes kept", "power one too low", "other * self.data**(other-1)", "(other-1) * self.data**(other-1)",
     ["__pow__", "(b − 1)·a^(b − 1)"]),
    ("tape", "log of the exponent", "z * math.log(a.value) if", "z * math.log(b.value) if", ["pow", "right", "log(b)"]),
    # values
    ("tape", "minus is plus", "record(a.value - b.value", "record(a.value + b.value", ["sub", "what it computes is a + b"]),
    ("paths", "left minus", "return Scalar(o) - self", "return self - Scalar(o)", ["__rsub__", "what it computes is b − a"]),
    ("closures", "left minus", "return (-self) + other", "return self - other", ["__rsub__", "b − a"]),
    ("dataclass", "left quotient", "as_node(other) / self", "self / as_node(other)", ["__rtruediv__", "b/a"]),
    ("slopes kept", "relu is abs", "max(0, self.data)", "abs(self.data)", ["relu", "|x|"]),
    # the slope from above
    ("closures", "above left out", "(1 - t ** 2) * out.grad", "(1 - t ** 2)", ["tanh", "leaves out the slope from above"]),
    ("dataclass", "above left out", "[g * (1.0 - z * z)]", "[1.0 - z * z]", ["tanh", "leaves out the slope from above"]),
    ("slopes kept", "above left out everywhere", "local_grad * v.grad", "local_grad",
     ["backward", "each operation leaves out the slope from above"]),
    ("tape", "above left out everywhere", "slope * out.grad", "slope", ["backward", "each operation leaves out the slope"]),
    ("slopes kept", "above added", "local_grad * v.grad", "(local_grad + v.grad)", ["backward", "adds the slope from above"]),
    ("methods", "above left out", "(g * o.x, g * self.x)", "(o.x, self.x)", ["mul", "leaves out the slope from above"]),
    # = and +=
    ("closures", "overwrites, product", "self.grad += other.data * out.grad\n            other.grad += self.data",
     "self.grad = other.data * out.grad\n            other.grad = self.data", ["__mul__", "= instead of +="]),
    ("closures", "overwrites, tanh", "self.grad += (1 - t", "self.grad = (1 - t", ["tanh", "= instead of +="]),
    ("closures", "overwrites, all", "grad +=", "grad =", ["backward", "last contribution", "= instead of +="]),
    ("slopes kept", "overwrites, all", "child.grad +=", "child.grad =", ["backward", "last contribution"]),
    ("dataclass", "overwrites, all", "child.gradient += slope", "child.gradient = slope", ["backward", "last contribution"]),
    ("tape", "overwrites, all", "node.grad += slope", "node.grad = slope", ["backward", "last contribution"]),
    ("paths", "overwrites, all", "self.d += g", "self.d = g", ["last contribution"]),
    ("pushing", "overwrites, all", "s.adj += n.adj", "s.adj = n.adj", ["backward", "last contribution"]),
    # backward itself
    ("closures", "no beginning", "self.grad = 1.0\n", "pass\n", ["backward", "all slopes stay 0"]),
    ("slopes kept", "no beginning", "self.grad = 1\n", "pass\n", ["backward", "all slopes stay 0"]),
    ("dataclass", "begins with its value", "self.gradient = 1.0\n", "self.gradient = self.value\n",
     ["backward", "the number of the result"]),
    ("tape", "begins with two", "loss.grad = 1.0", "loss.grad = 2.0", ["backward", "begins with 2"]),
    ("closures", "upwards", "reversed(topo)", "topo", ["backward", "from the inputs to the result"]),
    ("slopes kept", "upwards", "reversed(topo)", "topo", ["backward", "from the inputs to the result"]),
    ("tape", "upwards", "reversed(TAPE)", "TAPE", ["backward", "direct inputs of the result"]),
    ("closures", "visited again and again", "if v not in visited:", "if True:", ["backward", "passed on twice"]),
    ("closures", "depth first", """                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1.0
        for v in reversed(topo):""", """                topo.append(v)
                for child in v._prev:
                    build(child)
        build(self)
        self.grad = 1.0
        for v in topo:""", ["backward", "before all of it has arrived"]),
    ("slopes kept", "depth first", """                for child in v._children:
                    build_topo(child)
                topo.append(v)
        build_topo(self)
        self.grad = 1
        for v in reversed(topo):""", """                topo.append(v)
                for child in v._children:
                    build_topo(child)
        build_topo(self)
        self.grad = 1
        for v in topo:""", ["backward", "before all of it has arrived"]),
    ("pushing", "level by level", "if below[s] == 0:", "if s not in todo:", ["backward"]),
    ("slopes kept", "inputs in a dict", "zip(v._children, v._local_grads)", "dict(zip(v._children, v._local_grads)).items()",
     ["backward", "whose two inputs are the same value"]),
    ("methods", "in the order of making", "sorted(seen, reverse=True)", "sorted(seen)", ["backward", "from the inputs to the result"]),
    ("closures", "equal numbers", "    def zero_grad", """    def __eq__(self, other): return self.data == other.data
    def __hash__(self): return hash(self.data)
    def zero_grad""", ["backward", "equal numbers"]),
    ("closures", "a set that is kept", "    def backward(self):\n        topo, visited = [], set()",
     "    def backward(self, visited=set()):\n        topo = []", ["backward", "kept between calls"]),
    ("closures", "slopes begin with 1", "self.grad = 0.0\n        self._backward", "self.grad = 1.0\n        self._backward",
     ["new value has the slope 1"]),
    ("closures", "zero_grad does nothing", "def zero_grad(self):\n        self.grad = 0.0", "def zero_grad(self):\n        pass",
     ["zero_grad", "stays"]),
    ("closures", "changes numbers", "        self.grad = 1.0\n        for", "        self.grad = 1.0\n        self.data = 0.0\n        for",
     ["changes the number"]),
    ("slopes kept", "right inputs alone", "zip(v._children, v._local_grads)", "list(zip(v._children, v._local_grads))[-1:]", ["right input"]),
    ("closures", "no visiting", "                for child in v._prev:\n                    build(child)\n", "", ["backward", "direct inputs"]),
    ("closures", "backward raises", "            v._backward()", "            v._backward(v.grad)", ["backward", "TypeError"]),
]  # fmt: skip
