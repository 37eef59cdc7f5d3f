"""What the library does, as one line of JSON: tests run it in this Python and in a browser's, and compare the two.

Some of it with Python's own library alone, the rest where SymPy, latex2mathml and a Graphviz to draw with are there.
"""

import contextlib
import importlib.util
import io
import json
import re
import sys

import autograd
import nn
from autograd import Value, Worksheet, derivation, gradient, hessian, label, log, parse, sigmoid, trace
from nn.cli.main import main


def neuron():
    w, x, b, t = Value(0.5, label="w"), Value(2.0, label="x"), Value(-1.0, label="b"), Value(1.0, label="t")
    o = sigmoid(w * x + b)
    loss = -t * log(o) - (1 - t) * log(1 - o)
    label(o=o, E=loss)
    return w, o, loss


def every_operation():
    """The value and the partial derivatives of each row of the table."""
    results = {}
    for name, operation in autograd.PRIMITIVES.items():
        xs = [0.3, 0.7, 0.2, 0.4, 0.6][: operation.arity or 4]
        if name == "select":
            xs[0] = 1.0  # an index
        z = operation(*xs)
        results[name] = [z, *operation.slopes(z, xs)]
    return results


def core():
    w, o, loss = neuron()
    loss.backward()
    (slope,) = gradient(loss, w)
    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    X, y = nn.data.moons(20, noise=0.1, seed=1)
    history = nn.fit(model, X, y, loss="bce_with_logits", optimizer="adam", lr=0.1, epochs=5, batch_size=7, progress=False,
                     compiled=False)  # fmt: skip
    sheet = Worksheet(o=o, E=loss, dE_do=gradient(loss, o)[0], dE_dw=slope)
    marked = sheet.mark({"o": "0.5000", "E": "0.6931", "dE_do": "-t/o - (1-t)/(1-o)", "dE_dw": "1.0"})
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(["exercise", "two layers", "--seed", "3", "--answers"])
    return {
        "operations": every_operation(),
        "backward": [loss.data, w.grad, o.grad],
        "second": gradient(slope, w)[0].data,
        "hessian": hessian(lambda x, y: autograd.exp(x * y) + autograd.sin(x) / y)(0.3, 0.7),
        "parse": parse(r"\frac{1}{1 + e^{-w x}}", {"w": w, "x": 0.3}).data,
        "trace": str(trace(loss)),
        "marking": str(marked),
        "page": len(marked._repr_html_()),
        "fit": [history.loss, [p.data for p in model.parameters()]],
        "curve": history.curve(),
        "exercise": [code, said.getvalue()],
        "drawing": [nn.draw(loss).text, nn.draw(loss).mermaid],
    }


def bare():
    _, _, loss = neuron()
    return {"shown": nn.draw(loss)._repr_html_(), "stepper": in_short(nn.step_through(loss))}


def in_short(steps):
    return [sorted(steps.data["views"]), len(steps.data["nodes"]), steps._repr_html_().count("<script>")]


def full():
    w, _, loss = neuron()
    derived = derivation(loss, w)
    loss.backward()
    drawing = nn.draw(loss)
    steps = nn.step_through(loss)
    return {
        "derivation": derived.text,
        "latex": derived.latex,
        "mathml": derived.html(),
        "boxes": len(re.findall('class="node"', drawing.svg)),
        "titles": sorted(re.findall("<title>(.*?)</title>", drawing.svg)),
        "picture": drawing.tikz.count("\\node"),
        "stepper": in_short(steps),
    }


print(json.dumps({"platform": sys.platform, **core(), **(full if importlib.util.find_spec("sympy") else bare)()}))
