"""The program as one file of C: built by the compiler of this machine, and run; the oracle is the graph."""

import random
import shutil
import subprocess

import pytest
from compiled_graphs import agree, np
from long_runs import seeds

import autograd as ag
import nn
from autograd import Value

CC = shutil.which("cc")
FUNCTIONS = [ag.tanh, ag.relu, ag.sigmoid, ag.gelu, ag.silu, ag.softplus, ag.exp, ag.sin, ag.sqrt, ag.log, ag.erf]
needs_cc = pytest.mark.skipif(CC is None, reason="a compiler of C, called cc, builds these")


def numbers_of(program, folder):
    """What the built file prints."""
    (folder / "program.c").write_text(program.script("c"), encoding="utf-8")
    strict = ["-std=c99", "-pedantic", "-Wall", "-Werror"]
    subprocess.run([CC, *strict, folder / "program.c", "-o", folder / "program", "-lm"], check=True)
    done = subprocess.run([folder / "program"], capture_output=True, text=True, check=True)
    return np.array([float(line) for line in done.stdout.split()])


def is_its_graph(loss, inputs, parameters, folder):
    """Value and gradient, by the file and by backward()."""
    found = numbers_of(ag.compile(loss, inputs, parameters), folder)
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    agree(found, [loss.data, *(p.grad for p in parameters)], np.abs(found).max())


def step(rng, index, a, b, *rest):
    """Something of five numbers."""
    ways = [
        lambda: a * b + rng.uniform(-2.0, 2.0),
        lambda: ag.dot(rest, [b, a, b], a),
        lambda: a / (1.5 + b * b) - rest[0],
        lambda: rng.choice(FUNCTIONS)(0.5 + a * a),
        lambda: ag.maximum(a, b) + ag.clip(rest[0], -1.0, 0.5) + abs(rest[1]),
        lambda: ag.softmax([a, b, *rest])[1] + ag.logsumexp([a, rest[0]]),
        lambda: ag.select(index, rest) * b,
    ]
    return ag.tanh(rng.choice(ways)())


@needs_cc
@pytest.mark.parametrize("seed", seeds(12))
def test_a_net_in_c_is_its_graph(seed, tmp_path):
    """Random nets: functions, products, quotients, softmax, choices by an index, weights used again, plain numbers."""
    rng = random.Random(seed)
    x, w = ([Value(rng.uniform(-1.5, 1.5)) for _ in range(n)] for n in (3, 8))
    index = Value(float(rng.randrange(3)))
    have = [*x, *w]
    for _ in range(12):
        have.append(step(rng, index, *(rng.choice(have) for _ in range(5))))
    is_its_graph(ag.sum(have[-4:]) * 0.1, {"X": x, "I": [index]}, w, tmp_path)


@needs_cc
@pytest.mark.parametrize("layers", [1, 2])
def test_a_transformer_in_c_is_its_graph(layers, tmp_path):
    """Attention, norms, and letters that are looked up."""
    model = nn.GPT(5, 4, 2, layers, 4, seed=0)
    tokens, targets = ([Value(float((i * k) % 5)) for i in range(4)] for k in (1, 3))
    is_its_graph(
        nn.losses.cross_entropy(model(tokens), targets), {"int": tokens, "T": targets}, model.parameters(), tmp_path
    )


@needs_cc
def test_several_outputs_in_c_are_their_graphs(tmp_path):
    """They are printed one after the other."""
    w, x = [Value(0.5), Value(-2.0)], [Value(1.0), Value(3.0)]
    outputs = [ag.tanh(ag.dot(w, x)), x[0] * w[1], ag.exp(x[1])]
    agree(numbers_of(ag.compile(outputs, {"X": x}, w), tmp_path), [y.data for y in outputs])


def test_what_c_has_no_word_for_is_named():
    """As is a language that nobody writes; the script in Python stays a string."""
    w, x = Value(0.5), Value(1.0)
    program = ag.compile(ag.sinc(w * x), [x], [w])
    with pytest.raises(ValueError, match="sinc has no C"):
        program.script("c")
    with pytest.raises(ValueError, match='"python" or in "c", not'):
        program.script("fortran")
    assert program.script("python") == program.script
    assert isinstance(program.script, str)
