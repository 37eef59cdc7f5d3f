"""The matrices that a lecturer would write, and how a program shows them: source, script, equations, explain()."""

import ast
import itertools
import re
import shutil
import subprocess

import pytest
from compiled_graphs import (
    APPLICATIONS,
    GRAPHS,
    agree,
    applied,
    batch,
    by_name,
    by_rows,
    by_script,
    classifier,
    convolution,
    every_graph,
    leaves,
    np,
    outputs,
    random_order,
    relu_hinge,
    tanh_net,
)
from walks import walked

import autograd as ag
import nn
from autograd import Value
from autograd.program.array_functions import array_functions


def structure(program):
    """(statements for arrays, for the gradient, matrix products in place, those of the forward pass and of dH, of dW)."""
    text = program.explain()
    lets, stores = map(int, re.search(r"4\. statements +(\d+) for arrays, (\d+) for the gradient", text).groups())
    return (
        lets,
        stores,
        text.partition("in place")[2].count("np.matmul"),
        program.source.count("@"),
        program.source.count("outer("),
    )


def big_classifier():
    return classifier(64, 32, 10)


def three_layers():
    model, x, t = nn.MLP(6, [5, 4, 3], activation="sigmoid", seed=0), leaves(6), leaves(3, 1)
    o = model(x)
    return ag.logsumexp(o) - ag.dot(t, o), [*x, *t], model.parameters()


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (relu_hinge, (14, 7, 3 + 1 + 3, 3 + 1, 3)),  # dH of a single output is a column times a row, and no product
        (big_classifier, (12, 4, 2 + 1 + 2, 2 + 1, 2)),
        (tanh_net, (12, 6, 3 + 2 + 3, 3 + 2, 3)),
        (three_layers, (17, 6, 3 + 2 + 3, 3 + 2, 3)),
    ],
)
def test_every_layer_is_one_matrix_product_each_way(graph, expected):
    """One product forward, one for what is below, one for the weights; and as many statements as by hand."""
    assert structure(ag.compile(*graph())) == expected


@pytest.mark.parametrize("widths", [(4, 3), (16, 16), (40, 7)])
def test_the_number_of_statements_does_not_grow_with_the_widths(widths):
    """A wide net has the statements of a narrow one."""

    def program(a, b):
        model, x, t = nn.MLP(a + 1, [a, b, 2], activation="tanh", seed=0), leaves(a + 1), leaves(2, 1)
        loss = ag.sum([(o - each) ** 2 for o, each in zip(model(x), t)])
        return ag.compile(loss, [*x, *t], model.parameters())

    assert structure(program(*widths)) == structure(program(2, 3))


NEURONS = {
    "dot": ag.dot,
    "sum of products": lambda w, x, b: sum(wi * xi for wi, xi in zip(w, x)) + b,
    "sum from b on": lambda w, x, b: sum((wi * xi for wi, xi in zip(w, x)), b),
    "factors turned": lambda w, x, b: sum((xi * wi for wi, xi in zip(w, x)), b),
    "one sum": lambda w, x, b: ag.sum([b, *(wi * xi for wi, xi in zip(w, x))]),
    "with minus signs": lambda w, x, b: b - sum(-wi * xi for wi, xi in zip(w, x)),
    "from behind": lambda w, x, b: sum(wi * xi for wi, xi in reversed(list(zip(w, x)))) + b,
}


def written_as(neuron):
    model, x, t = nn.MLP(2, [16, 16, 1], seed=0), leaves(2), Value(1.0)
    h = x
    for layer in model.layers:
        h = [NEURONS[neuron](n.w, h, n.b) for n in layer.neurons]
        h = h if layer is model.layers[-1] else [each.relu() for each in h]
    return ag.compile((1.0 - t * h[0]).relu(), {"X": x, "T": [t]}, model.parameters())


@pytest.mark.parametrize("neuron", NEURONS)
def test_however_a_neuron_is_written_the_program_is_the_same(neuron):
    """Sums of products in Python's loops give, word for word, what dot nodes give."""
    assert written_as(neuron).source == written_as("dot").source


def test_weights_are_views_of_the_vector_of_parameters():
    """In the order of model.parameters() nothing is looked up; weights in random order are."""
    assert "theta[at" not in ag.compile(*tanh_net()).source
    assert "theta[at" in ag.compile(*random_order()).source


def test_a_shared_weight_gets_what_all_its_places_give():
    """A convolution's weights, of which each is in many rows, are added up over the places and over the batch."""
    y, x, w = convolution()
    X = batch(3, len(x))
    agree(ag.compile(y, x, w).value_and_grad(X)[1], by_rows(y, x, X, w)[1].mean(0))


# ---------------------------------------------------------------------------------------------------------- to be read


def put_together(size):
    """What the printed program calls beside the operations of the table."""

    def spread(x, n):
        return np.broadcast_to(x + np.zeros((1, 1)), (n, size))

    return {
        "outer": lambda x, y: (x @ y.T).reshape(-1),
        "total": lambda x, n: spread(x, n).sum(1),
        "joined": lambda *pieces: np.concatenate(pieces),
        "spread": spread,
        "rows": lambda *values: np.concatenate([spread(value, 1) for value in values]),
        "zero": np.zeros(1),
    }


@every_graph
def test_the_source_is_python_and_says_what_is_computed(graph):
    """Run as it is printed, over array_functions(numpy), it gives the sum of values and gradients."""
    y, inputs, parameters = GRAPHS[graph]()
    program = ag.compile(y, inputs, parameters)
    (function,) = ast.parse(program.source).body
    assert [a.arg for a in function.args.args] == ["theta", "seed", "X"]
    X = batch(5, len(inputs))
    space = {**array_functions(np), **put_together(len(X))}
    space |= {name: np.asarray(table) for name, table in program._plan("gradient").tables.items()}
    exec(program.source, space)
    values, slopes = by_rows(y, inputs, X, parameters)
    value, found = space[function.name](program.theta, np.array([1.0]), X.T)
    agree(value[0], values)
    agree(found, slopes.sum(0))


@walked(list(itertools.product(GRAPHS, ["mean", "sum"])))
def test_the_script_runs_by_itself(graph, reduction):
    """Nothing is needed beside the file, and it gives value and gradient, or the outputs of each row."""
    y, inputs, parameters = GRAPHS[graph]()
    program, X = ag.compile(y, inputs, parameters, reduction=reduction), batch(5, len(inputs))
    space = {}
    exec(program.script, space)
    name = "value_and_gradient" if parameters else "values"
    value, *slopes = np.atleast_1d(found) if isinstance(found := space[name](program.theta, X), np.ndarray) else found
    agree(value, program.value(X) if parameters else program(X)[0])
    if parameters:
        agree(slopes[0], program.value_and_grad(X)[1])


@pytest.mark.parametrize("outputs", [2, 3])
def test_the_script_of_several_outputs(outputs):
    """A row of outputs for each row."""
    x, w = leaves(2), leaves(2, 1)
    program = ag.compile([ag.tanh(w[0] * x[0] + w[1] * x[1] + k) for k in range(outputs)], x, w)
    X = batch(4, 2)
    agree(by_script(program, X), program(X))


@every_graph
def test_explain_names_every_array(graph):
    """The passes, and each array that the source works out with the number of its rows."""
    program = ag.compile(*GRAPHS[graph]())
    text = program.explain()
    assert [text.index(word) for word in ("1. recorded", "2. lowered", "3. grouped", "4. statements")] == sorted(
        text.index(word) for word in ("1. recorded", "2. lowered", "3. grouped", "4. statements")
    )
    assert program.source in text
    (line,) = re.findall(r"3\. grouped.*", text)
    named = dict(re.findall(r"(\w+) \((\d+)\)", line))
    assigned = set(re.findall(r"^    (d?[ZHm]\w+) = ", program.source, re.MULTILINE))
    assert assigned <= set(named)
    assert len(named) == int(re.search(r"grouped +(\d+) arrays", line)[1])


def balanced(text):
    """Whether braces close in turn, and what begins ends."""
    depth = 0
    for sign in re.sub(r"\\[{}]", "", text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    environments = []
    for way, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if way == "begin":
            environments.append(name)
        elif not environments or environments.pop() != name:
            return False
    lefts = len(re.findall(r"\\left(?![a-z])", text))
    return depth == 0 and not environments and lefts == len(re.findall(r"\\right(?![a-z])", text))


@walked([*GRAPHS, *APPLICATIONS])
def test_equations_are_well_formed(graph):
    """Braces, brackets and environments are closed, and each line has one place to be aligned at."""
    y, x, w = GRAPHS[graph]() if graph in GRAPHS else applied(graph)[:3]
    program = ag.compile(y, x, w)
    text = program.equations
    assert balanced(text)
    lines = text.splitlines()[1:-1]
    assert {line.count("&=") for line in lines} == {1}
    assert program._repr_latex_() == f"$$\n{text}\n$$"


@pytest.mark.external
def test_every_equation_is_set_by_pdflatex(tmp_path):
    """No error, and no command that is not known."""
    if not shutil.which("pdflatex"):
        pytest.skip("no pdflatex sets documents here: apt-get install texlive-latex-base")
    made = [GRAPHS[name]() for name in GRAPHS] + [applied(name)[:3] for name in APPLICATIONS]
    shown = [rf"\[{ag.compile(*each).equations}\]" for each in made]
    preamble = "\\documentclass{article}\\usepackage{amsmath,amssymb}\\setcounter{MaxMatrixCols}{99}\\begin{document}\n"
    (tmp_path / "equations.tex").write_text(preamble + "\n\n".join(shown) + "\n\\end{document}\n", encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "equations.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    log = done.stdout.decode("utf-8", "replace")
    assert re.findall(r"^!.*|^l\.\d+.*|Missing character.*", log, re.MULTILINE) == []
    assert done.returncode == 0, log[-2000:]


def test_the_equations_of_a_net_are_those_of_the_lecture():
    """Each layer is W H + b, and the gradients of its weights and biases are products with what came in, and sums."""
    text = by_name(*_classifier_in_parts()).equations
    for equation in (
        r"A_{1} &= W_{1} \, X + b_{1} \\",
        r"H_{1} &= \mathrm{relu}\left(A_{1}\right) \\",
        r"A_{2} &= W_{2} \, H_{1} + b_{2} \\",
        r"\nabla_{H_{1}} &= W_{2}^{\top} \, \nabla_{A_{2}} \\",
        r"\nabla_{W_{1}} &= \nabla_{A_{1}} \, X^{\top} \\",
        r"\nabla_{b_{1}} &= \nabla_{A_{1}} \, \mathbf{1} \\",
        r"\nabla_{W_{2}} &= \nabla_{A_{2}} \, H_{1}^{\top} \\",
        r"\nabla_{b_{2}} &= \nabla_{A_{2}} \, \mathbf{1}",
    ):
        assert equation in text


def _classifier_in_parts():
    loss, inputs, parameters = classifier()
    return loss, inputs[:5], inputs[5:], parameters


def test_repr_says_what_goes_in_and_comes_out():
    """The outputs, the inputs by name, and the parameters."""
    assert repr(by_name(*_classifier_in_parts())) == "Program(1 output of X: 5, T: 3; 39 parameters)"
    assert repr(ag.compile(*outputs())) == "Program(9 outputs of X: 3; 26 parameters)"


def test_a_program_without_parameters_can_be_read():
    """There is nothing to be worked out in place, and explain() does not announce it."""
    x = leaves(2)
    explained = ag.compile(ag.tanh(x[0] * x[1]), x).explain()
    assert "tanh(" in explained
    assert "in place" not in explained


def test_coefficients_stand_in_the_equations():
    """2 w1 x1 + 3 w2 x2 is not W X."""
    x, w = leaves(2), leaves(2, 1)
    weighed, plain = (2.0 * w[0] * x[0] + 3.0 * w[1] * x[1]).tanh(), (w[0] * x[0] + w[1] * x[1]).tanh()
    first, second = (ag.compile(y, x, w).equations.splitlines()[1] for y in (weighed, plain))
    assert first.startswith("A_{1} &=")
    assert first != second


@pytest.mark.parametrize(("reduction", "weight"), [("mean", r"\tfrac{1}{B}"), ("sum", "")])
def test_equations_say_what_a_row_counts_for(reduction, weight):
    """1/B for a mean; nothing for a sum."""
    x, t, w = leaves(1), leaves(1, 1), leaves(1, 2)
    written = ag.compile(-ag.tanh(w[0] * x[0]) * t[0], {"X": x, "T": t}, w, reduction=reduction).equations
    assert (r"\tfrac{1}{B}" in written) == bool(weight)
    assert "s_{1}" not in written


def test_a_parameter_has_one_equation():
    """What comes to it from several places is one sum."""
    x, w = leaves(1), leaves(1, 1)
    lines = ag.compile(2.0 * w[0] * x[0] + w[0], x, w).equations.splitlines()
    assert len([line for line in lines if line.startswith(r"\nabla")]) == 1


def test_an_input_may_have_the_name_of_the_size_of_a_batch():
    """B is an input then, in the script and in the equations."""
    a, b, w = (ag.Value(number) for number in (1.0, 2.0, 0.5))
    program = ag.compile(w * a - b, {"A": [a], "B": [b]}, [w])
    value, gradient = by_script(program, np.array([[1.0], [2.0]]), np.array([[3.0], [5.0]]))
    assert (value, gradient.tolist()) == (-3.25, [1.5])
    assert r"\tfrac{1}{B}" not in program.equations


def test_the_script_says_what_it_needs():
    """NumPy and Python alone, or an operation of the user's own."""
    x, w = ag.Value(1.0), ag.Value(0.5)
    plain = ag.compile(ag.gelu(w * x) * ag.erf(x), [x], [w]).script
    assert "autograd" not in plain
    own = ag.Primitive("scripted", lambda xs: xs[0] * xs[1], lambda z, xs: [xs[1], xs[0]], nary=True)
    try:
        script = ag.compile(own(w, x), [x], [w]).script
        assert "in NumPy with scripted of autograd's table" in script
        space = {"__name__": "script"}
        exec(script, space)
        assert space["value_and_gradient"](np.array([0.5]), np.array([[4.0]])) == (2.0, [4.0])
    finally:
        del ag.PRIMITIVES["scripted"]
