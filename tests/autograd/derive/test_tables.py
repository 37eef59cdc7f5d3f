"""Tables of derivatives: what is printed, read back and worked out at random points, is what SymPy finds."""

import itertools
import random
import re
from functools import cache, partial
from types import SimpleNamespace

import pytest
import sympy
from boards import two_classes
from derivation_reader import computed
from long_runs import part

import autograd as ag
from autograd import Value, derivative_tensor, derivatives, label, sigmoid
from autograd.graph import nodes
from autograd.value import constant
from autograd.writing.names import text_name

# ------------------------------------------------------------------------------------------------ reading a table back

LOWERED, RAISED = "₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹"


def matrices(text):
    """The cells of each matrix under the same letter: in names, in formulas, in numbers; a row of them per line."""
    found = []
    for line in text.splitlines():
        if re.match(r"\S* += ", line):
            found.append([])
            line = line.partition("= ")[2]
        found[-1].append(re.split(r"\s{2,}", line.strip().removeprefix("[").removesuffix("]").strip()))
    return found


def below(name):
    """The variables of ∂³f/∂x²∂y, each as often as it stands there: x, x, y."""
    parts = re.findall(f"∂([^∂]+?)([{RAISED}]?)(?=∂|$)", name.strip().partition("/")[2])
    return [x for x, times in parts for _ in range(RAISED.index(times) if times else 1)]


def tensors(board, inputs):
    """The text of each derivative that is printed, by the output's number and those of the inputs in ascending order."""
    found, n = {}, len(inputs)
    blocks = board.text.split("\n\n")
    for i, block in enumerate(blocks):
        if board.order == 1:
            tables = matrices(block)
            rows = tables[0 if n > 4 else 1]
            rows = [row[1:] for row in rows[1:]] if n > 4 else rows
            found |= {(k, j): cell for k, row in enumerate(rows) for j, cell in enumerate(row)}
        elif board.order == 2:
            tables = matrices(block)
            rows = [row[1:] for row in tables[0][1:]] if n > 4 else tables[1]
            found |= {(i, j, k): cell for j, row in enumerate(rows) for k, cell in enumerate(row)}
        else:
            for line in block.splitlines():
                if line.startswith("∂"):
                    name, formula = re.sub("   [0-9]+ entries$", "", line).split(" = ")[:2]
                    found[i, *sorted(inputs.index(x) for x in below(name))] = formula
    return found


def value_at(printed, index, names):
    """What the entry at a place comes to; a place that a symmetric matrix calls by its name is looked up there."""
    text = printed.get(index, "0").strip()
    if place := re.fullmatch(r"\(?H.*([₀-₉])([₀-₉])\)?", text):
        text = printed[index[0], *(LOWERED.index(c) - 1 for c in place.groups())]
    return computed(text, {text_name(name): number for name, number in names.items()}.__getitem__)


# ----------------------------------------------------------------------------------------------------- against SymPy

IN_SYMPY = SimpleNamespace(
    **{name: getattr(sympy, name) for name in "exp log sin cos tanh atan sqrt cosh erf".split()},
    sigmoid=lambda x: 1 / (1 + sympy.exp(-x)),
    softplus=lambda x: sympy.log(1 + sympy.exp(x)),
)

TABLE = {
    "the note's": lambda m, x, y, z: x**2 + 2 * x * y + z,
    "a sum": lambda m, x, y: x + y,
    "a product": lambda m, x, y, z: x * y * z,
    "a power of each": lambda m, x, y: x**3 * y**2 + x**-2,
    "a half power": lambda m, x, y: x**2.5 * y,
    "a fraction": lambda m, x, y: (x + y) ** 2 / (3 + x - y),
    "a fraction of numbers": lambda m, x, y: x / 3 + 0.1 * x * y / 7,
    "small numbers": lambda m, x, y: 1e-7 * x**3 + 1e9 * x * y * y,
    "a power with both": lambda m, x, y: x**y,
    "a number to a power": lambda m, x: 2**x,
    "half a square": lambda m, x, y: 0.5 * (x - y) ** 2,
    "exp and sin": lambda m, x, y: m.exp(x * y) * m.sin(x),
    "sin of cos": lambda m, x, y: m.sin(m.cos(x * y)),
    "a bell": lambda m, x, y: m.exp(-(x * x + y * y) / 2),
    "a distance": lambda m, x, y: m.sqrt(x * x + y * y),
    "an angle": lambda m, x, y: m.atan(y / x),
    "a logarithm": lambda m, x, y, z: m.log(x * x + y) * z,
    "a neuron": lambda m, w, x, b: m.sigmoid(w * x + b),
    "tanh": lambda m, x, y: y * m.tanh(x),
    "softplus": lambda m, x, y: m.softplus(x * y),
    "erf and cosh": lambda m, x, y: m.erf(x) * m.cosh(y),
    "a probability": lambda m, x, y: m.exp(x) / (m.exp(x) + m.exp(y)),
    "an entropy": lambda m, t, o: -t * m.log(o) - (1 - t) * m.log(3 - o),
    "an input unused": lambda m, x, y: m.sin(x),
    "a constant": lambda m, x, y: 3 + 0 * x,
    "five inputs": lambda m, a, b, c, d, k: a * b + c * d * k + m.exp(a),
    "six inputs": lambda m, a, b, c, d, k, x: m.sin(a * b) / x + c * d**2 * k,
    "polar coordinates": lambda m, r, t: [r * m.cos(t), r * m.sin(t)],
    "three outputs": lambda m, x, y: [x * y, x + y, m.sin(x * x)],
}


def names_of(f):
    return f.__code__.co_varnames[1 : f.__code__.co_argcount]


@cache
def by_sympy(name, order):
    """The derivatives of one order as functions of a point, by output and inputs in ascending order."""
    f = TABLE[name]
    symbols = sympy.symbols(names_of(f), positive=True)
    ys = f(IN_SYMPY, *symbols)
    found = {}
    for i, y in enumerate(ys if isinstance(ys, list) else [ys]):
        for index in itertools.combinations_with_replacement(range(len(symbols)), order):
            slope = sympy.diff(y, *(symbols[j] for j in index))
            found[i, *index] = sympy.lambdify(symbols, slope, "math")
    return found


def points(n, seed=0, several=4):
    rng = random.Random(seed)
    return [[rng.uniform(0.3, 1.7) for _ in range(n)] for _ in range(several)]


LONG = {
    "sin of cos",
    "a fraction",
    "a probability",
    "an angle",
    "tanh",
    "softplus",
}  # of the fourth order, nobody reads them
CASES = part(
    [
        (name, order)
        for name, f in TABLE.items()
        for order in (1, 2, 3, 4)
        if order < 4 or (len(names_of(f)) < 3 and name not in LONG)
    ],
    29,
)


@cache
def board_of(name, order):
    """The table of a function's derivatives at a point, and the point."""
    (point,) = points(len(names_of(TABLE[name])), seed=1, several=1)
    return derivatives(partial(TABLE[name], ag), *point, order=order, digits=16), point


@pytest.mark.parametrize(("name", "order"), CASES)
def test_what_is_printed_is_what_sympy_finds(name, order):
    """Each entry's text, read back and worked out at random points, is SymPy's derivative there."""
    inputs = names_of(TABLE[name])
    board, _ = board_of(name, order)
    printed = tensors(board, inputs)
    for index, true in by_sympy(name, order).items():
        for mirrored in {(index[0], *places) for places in itertools.permutations(index[1:])} if order < 3 else {index}:
            for point in points(len(inputs)):
                got = value_at(printed, mirrored, dict(zip(inputs, point)))
                assert got == pytest.approx(true(*point), rel=1e-9, abs=1e-9), printed.get(mirrored)


@pytest.mark.parametrize(("name", "order"), CASES)
def test_entries_have_their_numbers_at_the_point(name, order):
    """.entries holds one formula for each derivative, inputs in ascending order, whose number is SymPy's at the point."""
    board, point = board_of(name, order)
    truth = {index: true(*point) for index, true in by_sympy(name, order).items()}
    assert {index: entry.data for index, entry in board.entries.items()} == pytest.approx(truth, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("name", "order"), CASES)
def test_values_are_those_of_derivative_tensor(name, order):
    """.values is nested as derivative_tensor's result is, and equal to it to the last bit."""
    board, point = board_of(name, order)
    assert board.values == derivative_tensor(partial(TABLE[name], ag), order)(*point)


@pytest.mark.parametrize(("name", "order"), [case for case in CASES if case[1] > 2])
def test_a_list_counts_every_entry_once(name, order):
    """The entries that are counted, and those said to be 0, are all n to the power of the order."""
    n = len(names_of(TABLE[name]))
    for block in board_of(name, order)[0].text.split("\n\n"):
        lines = block.splitlines()
        counted = sum(int(re.findall("([0-9]+) entries$", line)[0]) if "entries" in line else 1 for line in lines[:-1])
        zeros = re.search("the other ([0-9]+) of|all ([0-9]+) entries", lines[-1])
        last = re.search("([0-9]+) entries$", lines[-1])
        rest = next(filter(None, zeros.groups())) if zeros else last[1] if last else 1
        assert counted + int(rest) == n**order


# -------------------------------------------------------------------------------------------------- as it is written


def note(x, y, z):
    return x**2 + 2 * x * y + z


def test_the_jacobian_of_the_lecture_note():
    """A row of names, and below it the formulas."""
    assert derivatives(note).text == "J = [∂f/∂x  ∂f/∂y  ∂f/∂z]\n  = [2·x + 2·y  2·x  1]"


def test_the_hessian_of_the_lecture_note():
    """Rows and columns are inputs, the mixed derivatives on both sides of the diagonal."""
    assert derivatives(note, order=2).text.splitlines() == [
        "H = [∂²f/∂x²   ∂²f/∂x∂y  ∂²f/∂x∂z]",
        "    [∂²f/∂y∂x  ∂²f/∂y²   ∂²f/∂y∂z]",
        "    [∂²f/∂z∂x  ∂²f/∂z∂y  ∂²f/∂z² ]",
        "  = [2  2  0]",
        "    [2  0  0]",
        "    [0  0  0]",
    ]


def test_the_sum_of_the_lecture_note():
    """x + y has the Jacobian [1 1], and a Hessian of zeros."""
    assert matrices(derivatives(lambda x, y: x + y).text)[1] == [["1", "1"]]
    assert matrices(derivatives(lambda x, y: x + y, order=2).text)[1] == [["0", "0"], ["0", "0"]]


def test_the_softmax_jacobian_of_the_lecture_note():
    """Rows are outputs and columns inputs, in the names of the outputs: o₁(1 − o₁), −o₁o₀; −o₀o₁, o₀(1 − o₀)."""
    names, formulas = matrices(derivatives(*two_classes()).text)
    assert names == [["∂o₁/∂net₁", "∂o₁/∂net₀"], ["∂o₀/∂net₁", "∂o₀/∂net₀"]]
    assert formulas == [["o₁·(1 − o₁)", "−o₁·o₀"], ["−o₀·o₁", "o₀·(1 − o₀)"]]


def test_the_softmax_jacobian_in_latex():
    """The same as a bmatrix of fractions, and a bmatrix of formulas."""
    names = re.findall(r"\\begin\{bmatrix\} (.*?) \\end\{bmatrix\}", derivatives(*two_classes()).latex)
    assert names == [
        r"\frac{\partial o_{1}}{\partial \mathrm{net}_{1}} & \frac{\partial o_{1}}{\partial \mathrm{net}_{0}} \\ "
        r"\frac{\partial o_{0}}{\partial \mathrm{net}_{1}} & \frac{\partial o_{0}}{\partial \mathrm{net}_{0}}",
        r"o_{1} (1 - o_{1}) & -o_{1} o_{0} \\ -o_{0} o_{1} & o_{0} (1 - o_{0})",
    ]


def test_orders_from_the_third_on_are_lists():
    """Each derivative that is not 0 stands there once, with the number of its entries; then how many are 0."""
    assert derivatives(lambda x, y: x**3 * y**2, order=3).text.splitlines() == [
        "∂³f/∂x³   = 6·y²",
        "∂³f/∂x²∂y = 12·x·y   3 entries",
        "∂³f/∂x∂y² = 6·x²     3 entries",
        "the other entry is 0",
    ]


def test_the_fourth_order():
    """Counts are those of the permutations: 4 of xxxy, 6 of xxyy, and 6 of 16 that are 0."""
    lines = [re.split(" += | {3,}", line) for line in derivatives(lambda x, y: x**3 * y**2, order=4).text.splitlines()]
    assert [[part.strip() for part in line if part.strip()] for line in lines] == [
        ["∂⁴f/∂x³∂y", "12·y", "4 entries"],
        ["∂⁴f/∂x²∂y²", "12·x", "6 entries"],
        ["the other 6 of 16 entries are 0"],
    ]


def test_a_tensor_of_zeros_says_so():
    """One line for each output, with its name."""
    assert derivatives(note, order=3).text == "f: all 27 entries are 0"
    assert derivatives(lambda x, y: [x, y], order=3).text == "f₁: all 8 entries are 0\n\nf₂: all 8 entries are 0"


def test_one_entry_is_no_plural():
    """A single entry that is 0 is not "all 1 entries"."""
    assert "1 entries" not in derivatives(lambda x: x * 2, order=3).text


def test_long_entries_of_a_symmetric_matrix_stand_there_once():
    """Below the diagonal they are called by their place above it; short ones are written twice."""
    rows = matrices(derivatives(lambda x, y, z: ag.exp(x * y) * ag.sin(x) + y * z, order=2).text)[1]
    assert rows[1][0] == "H₁₂"
    assert rows[0][1] != "H₁₂"
    assert rows[1][2] == rows[2][1] == "1"
    assert derivatives(lambda x, y: ag.exp(x * y) * ag.sin(x), order=2).latex.count("H_{12}") == 1


def test_a_place_is_named_apart_on_a_board_with_several_matrices():
    """What one Hessian calls the entry above its diagonal, the next one does not call its own."""
    texts = derivatives(lambda x, y: [ag.exp(x * y) * ag.sin(x), ag.sin(x * y) * x], order=2).text.split("\n\n")
    first, second = (matrices(text)[1][1][0] for text in texts)
    assert first != second


def test_a_hessian_for_each_output():
    """A function with several outputs has a matrix for each of them, with its number."""
    text = derivatives(lambda x, y: [x * y, x + y], order=2).text
    first, second = text.split("\n\n")
    assert first.startswith("H₁ = [∂²f₁/∂x²   ∂²f₁/∂x∂y]")
    assert second.startswith("H₂ = [∂²f₂/∂x²   ∂²f₂/∂x∂y]")
    assert [matrices(block)[1] for block in (first, second)] == [[["0", "1"], ["1", "0"]], [["0", "0"], ["0", "0"]]]


def test_more_than_four_inputs_have_their_names_at_the_edge():
    """The table gets a row and a column of names, and no matrix of names before it."""
    (table,) = matrices(derivatives(lambda a, b, c, d, e: a * b + c * d * e).text)
    assert table == [["∂/∂a", "∂/∂b", "∂/∂c", "∂/∂d", "∂/∂e"], ["f", "b", "a", *table[1][3:]]]
    (table,) = matrices(derivatives(lambda a, b, c, d, e: a * b + c * d * e, order=2).text)
    assert table[0] == [row[0] for row in table[1:]] == ["∂/∂a", "∂/∂b", "∂/∂c", "∂/∂d", "∂/∂e"]
    assert [row[1:] for row in table[1:]][2] == ["0", "0", "0", "e", "d"]


def test_the_columns_stand_under_each_other():
    """Every row of a matrix is as wide as the others, and its cells begin where theirs do."""
    for order, f in itertools.product((1, 2), [TABLE["three outputs"], TABLE["exp and sin"], TABLE["a neuron"]]):
        for block in derivatives(partial(f, ag), order=order).text.split("\n\n"):
            rows = [line.partition("[")[2].removesuffix("]") for line in block.splitlines()]
            starts = [[m.start() for m in re.finditer(r"(?<=\s\s)\S|^\S", row)] for row in rows]
            for k in range(0, len(rows), half := len(rows) // 2):
                assert len({len(row) for row in rows[k : k + half]}) == 1
                assert starts[k : k + half] == [starts[k]] * half


# ------------------------------------------------------------------------------------------------------------ numbers


def test_numbers_follow_the_formulas():
    """With numbers=True the same matrix is there once more, at the point, to the digits that were asked for."""
    board = derivatives(TABLE["polar coordinates"].__get__(ag), 2.0, 0.5, numbers=True, digits=4)
    assert matrices(board.text)[2] == [["0.8776", "−0.9589"], ["0.4794", "1.755"]]
    board = derivatives(lambda x, y: ag.exp(x * y), 0.5, 2.0, order=2, numbers=True)
    assert matrices(board.text)[2] == [["10.8731", "5.43656"], ["5.43656", "0.67957"]]


def test_numbers_in_a_list_follow_on_the_line():
    """∂³f/∂x³ = 6·y² = 24, while what has no names in it is not repeated."""
    lines = derivatives(lambda x, y: x**3 * y**2 + y**3, 1, 2, order=3, numbers=True).text.splitlines()
    assert [re.sub(" {2,}", " ", line) for line in lines] == [
        "∂³f/∂x³ = 6·y² = 24",
        "∂³f/∂x²∂y = 12·x·y = 24 3 entries",
        "∂³f/∂x∂y² = 6·x² = 6 3 entries",
        "∂³f/∂y³ = 6",
    ]


def test_numbers_for_many_inputs():
    """The numbers come in brackets below the table with names at its edge."""
    _, numbers = matrices(derivatives(lambda *x: x[0] * x[1] + x[5] * x[2] * x[4], *range(1, 7), numbers=True).text)
    assert numbers == [["2", "1", "30", "0", "18", "15"]]


def test_a_matrix_of_numbers_is_not_repeated():
    """Where the formulas are numbers, there is nothing to add."""
    assert derivatives(note, 1, 2, 3, order=2, numbers=True).text == derivatives(note, order=2).text


def test_no_numbers_without_a_point():
    """numbers=True asks for the numbers at the point, and where there is none, formulas come alone."""
    assert derivatives(note, numbers=True).text == derivatives(note).text


@pytest.mark.parametrize("point", [(), (1, 2, 3), (0.0, 0.0, 0.0), (-1e9, 5, 0.25)])
def test_the_formulas_do_not_depend_on_the_point(point):
    """They hold everywhere, and come without a point as well."""
    assert [derivatives(note, *point, order=order).text for order in (1, 2, 3)] == [
        derivatives(note, order=order).text for order in (1, 2, 3)
    ]


# ----------------------------------------------------------------------------------------------- quantities with labels


def squares():
    """y = h·sin(h) with h = x²."""
    x = Value(0.8, "x")
    h = x * x
    y = h * ag.sin(h)
    label(h=h, y=y)
    return [y], [x], {"x": 0.8, "h": h.data}, lambda x: [x**2 * sympy.sin(x**2)]


def two_ways():
    """L = k·h with h = x·y and k = h + x: two ways lead from h to L."""
    x, y = Value(0.7, "x"), Value(1.3, "y")
    h = x * y
    k = h + ag.exp(x)
    loss = k * h
    label(h=h, k=k, L=loss)
    names = {"x": 0.7, "y": 1.3, "h": h.data, "k": k.data}
    return [loss], [x, y], names, lambda x, y: [(x * y + sympy.exp(x)) * x * y]


def note_softmax():
    """Two probabilities, each of which is a quantity in the derivatives of the other."""
    o, nets = two_classes()
    names = {"o_1": o[0].data, "o_0": o[1].data}

    def f(a, b):
        return [sympy.exp(net) / (sympy.exp(a) + sympy.exp(b)) for net in (a, b)]

    return o, nets, names, f


def second_output_inside_the_first():
    """p = q² + x, where q = sin(x) is an output, too."""
    x = Value(0.6, "x")
    q = ag.sin(x)
    p = q * q + x
    label(p=p, q=q)
    return [p, q], [x], {"x": 0.6, "q": q.data, "p": p.data}, lambda x: [sympy.sin(x) ** 2 + x, sympy.sin(x)]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("make", [squares, two_ways, note_softmax, second_output_inside_the_first])
def test_formulas_speak_of_quantities(make, order):
    """What is printed in the names of labelled quantities comes to SymPy's derivative in the inputs alone."""
    ys, xs, names, f = make()
    symbols = sympy.symbols([x.label for x in xs])
    printed = tensors(derivatives(ys, xs, order=order, digits=16), [text_name(x.label) for x in xs])
    for i, y in enumerate(f(*symbols)):
        for index in itertools.combinations_with_replacement(range(len(xs)), order):
            true = sympy.diff(y, *(symbols[j] for j in index)).subs(dict(zip(symbols, (x.data for x in xs))))
            got = value_at(printed, (i, *index), names)
            assert got == pytest.approx(float(true), rel=1e-9), printed.get((i, *index))


@pytest.mark.parametrize("make", [squares, two_ways, note_softmax, second_output_inside_the_first])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_formulas_and_numbers_of_quantities_agree(make, order):
    """The formula of an entry is worth what .values says stands there."""
    ys, xs, *_ = make()
    board = derivatives(ys, xs, order=order)
    for (i, *index), entry in board.entries.items():
        there = board.values[i]
        for j in index:
            there = there[j]
        assert entry.data == pytest.approx(there, rel=1e-9)


def test_quantities_keep_their_names():
    """Formulas go down to the nearest labels: dy/dx is written in h and x, dy/dh in h alone."""
    (y,), (x,), *_ = squares()
    h = next(node for node in nodes(y) if node.label == "h")
    assert derivatives(y, x).text.splitlines()[-1] == "  = [2·(h·cos(h) + sin(h))·x]"
    assert derivatives(y, h).text == "J = [∂y/∂h]\n  = [h·cos(h) + sin(h)]"


# --------------------------------------------------------------------------------------------------- what is passed in


def test_lists_and_single_values_come_to_the_same():
    """Inputs may be given one by one, as lists, or mixed."""
    o, (a, b) = two_classes()
    texts = {derivatives(o, *xs).text for xs in [(a, b), ([a, b],), ((a,), b), ([a], [b])]}
    assert len(texts) == 1
    assert derivatives(tuple(o), a, b).text in texts


def test_what_has_no_label_gets_a_name():
    """Inputs are x₁, x₂, ... and the output f; of several, f₁, f₂, ..."""
    a, b = Value(2.0), Value(3.0)
    assert derivatives(a * b, a, b).text == "J = [∂f/∂x₁  ∂f/∂x₂]\n  = [x₂  x₁]"
    assert derivatives([a * b, a], a, b).text.splitlines()[:2] == ["J = [∂f₁/∂x₁  ∂f₁/∂x₂]", "    [∂f₂/∂x₁  ∂f₂/∂x₂]"]


def test_a_name_means_one_quantity_in_all_of_a_table():
    """Inputs of one label are told apart, and alike for all outputs; one without a label has its name at the edge, too."""
    w, v = Value(3.0, "w"), Value(2.0, "w")
    L, M = w * v * v, v * v * w
    label(L=L, M=M)
    names, formulas = matrices(derivatives([L, M], w, v).text)
    assert names == [["∂L/∂w⁽¹⁾", "∂L/∂w⁽²⁾"], ["∂M/∂w⁽¹⁾", "∂M/∂w⁽²⁾"]]
    assert formulas == [["(w⁽²⁾)²", "2·w⁽¹⁾·w⁽²⁾"]] * 2
    u, x = Value(1.0), Value(2.0, "x_2")
    K = w * x * u
    K.label = "K"
    names, formulas = matrices(derivatives(K, w, u, x).text)
    assert names == [["∂K/∂w", "∂K/∂x", "∂K/∂x₂"]]
    assert formulas == [["x·x₂", "w·x₂", "x·w"]]


def test_a_function_of_any_number_of_arguments_needs_a_point():
    """The point says how many there are, and they are called x₁, x₂, ..."""
    assert derivatives(lambda *x: x[0] * x[1], 2, 3).text == "J = [∂f/∂x₁  ∂f/∂x₂]\n  = [x₂  x₁]"


def test_an_argument_may_be_a_list():
    """Its numbers are inputs of their own, with the argument's name and their places; lists of lists have two."""
    board = derivatives(lambda w, b: w[0] * w[1] + b, [2.0, 3.0], 5.0)
    assert board.text == "J = [∂f/∂w₁  ∂f/∂w₂  ∂f/∂b]\n  = [w₂  w₁  1]"
    assert board.values == derivative_tensor(lambda w, b: w[0] * w[1] + b, 1)([2.0, 3.0], 5.0) == [3.0, 2.0, 1.0]
    rows = matrices(derivatives(lambda W: W[0][1] * W[1][0], [[1.0, 2.0], [3.0, 4.0]]).text)
    assert rows == [[["∂f/∂W₁₁", "∂f/∂W₁₂", "∂f/∂W₂₁", "∂f/∂W₂₂"]], [["0", "W₂₁", "W₁₂", "0"]]]


def test_a_function_of_one_letter_keeps_its_name():
    """def g(x) has ∂g/∂x, and with several outputs g₁, g₂."""

    def g(x):
        return x * x

    def h(x):
        return x, x * x

    assert derivatives(g).text == "J = [∂g/∂x]\n  = [2·x]"
    assert derivatives(h).text.startswith("J = [∂h₁/∂x]\n    [∂h₂/∂x]")


def test_an_argument_with_a_default_is_no_input():
    """It keeps its default, unless the point has a number for it, too."""

    def f(x, k=3.0):
        return k * x * x

    assert derivatives(f).text == "J = [∂f/∂x]\n  = [6·x]"
    assert derivatives(f, 2.0, 5.0).values == [20.0, 4.0]


def test_an_operation_of_the_table_is_a_function():
    """derivatives(sigmoid, 0.5) is σ·(1 − σ) of its one input."""
    board = derivatives(sigmoid, 0.5)
    assert board.text == "J = [∂f/∂x₁]\n  = [σ(x₁)·(1 − σ(x₁))]"
    assert board.values == derivative_tensor(sigmoid, 1)(0.5)


def test_what_does_not_depend_on_an_input_has_the_derivative_0():
    """An input that is nowhere in the graph has a column of zeros."""
    x, elsewhere = Value(2.0, "x"), Value(5.0, "u")
    assert matrices(derivatives(x * x, x, elsewhere).text)[1] == [["2·x", "0"]]
    assert derivatives(x * x, x, elsewhere, order=2).values == [[2.0, 0.0], [0.0, 0.0]]


def test_an_output_that_is_a_number():
    """A function may give a plain number, alone or among others."""
    assert matrices(derivatives(lambda x: 3.0).text)[1] == [["0"]]
    assert derivatives(lambda x: [x, 3.0], 1.0).values == [[1.0], [0.0]]


def test_an_input_varies_with_itself_by_1():
    """dx/dx is 1, and all further derivatives are 0."""
    x = Value(2.0, "x")
    assert [derivatives(x, x, order=order).values for order in (1, 2)] == [[1.0], [[0.0]]]


def test_the_graph_stays_as_it_is():
    """Numbers, gradients and labels of all nodes are what they were."""
    o, nets = two_classes()
    everything = nodes(*o)
    everything[0].grad = 0.25
    before = [(node.data, node.grad, node.label) for node in everything]
    for order in (1, 2, 3):
        derivatives(o, nets, order=order, numbers=True)
    assert [(node.data, node.grad, node.label) for node in nodes(*o)] == before


X = Value(1.0, "x")
WRONG = {
    "a number": (lambda: derivatives(3.0, X), TypeError, "taken with respect to Values, and 3.0 is none"),
    "a text": (lambda: derivatives("x**2", X), TypeError, "'x\\*\\*2' is none"),
    "a number as input": (lambda: derivatives(X * X, 3.0), TypeError, "3.0 is none"),
    "a number among outputs": (lambda: derivatives([X * X, 3.0], X), TypeError, "3.0 is none"),
    "no inputs": (lambda: derivatives(X * X), ValueError, r"derivatives\(y, x1, x2, ...\) needs the Values"),
    "an empty list of inputs": (lambda: derivatives(X * X, []), ValueError, "needs the Values"),
    "no outputs": (lambda: derivatives([], X), ValueError, None),
    "a function that gives none": (lambda: derivatives(lambda x: []), ValueError, None),
    "order 0": (lambda: derivatives(X * X, X, order=0), ValueError, "1, 2, 3, ..., not 0"),
    "order -1": (lambda: derivatives(X * X, X, order=-1), ValueError, "not -1"),
    "order 1.0": (lambda: derivatives(X * X, X, order=1.0), ValueError, "not 1.0"),
    "order True": (lambda: derivatives(X * X, X, order=True), ValueError, "not True"),
    "order '2'": (lambda: derivatives(X * X, X, order="2"), ValueError, "not '2'"),
    "unknown arguments": (
        lambda: derivatives(lambda *xs: xs[0]),
        ValueError,
        r"pass a point, as in derivatives\(f, 1.0, 2.0",
    ),
    "no arguments": (lambda: derivatives(lambda: 3.0), ValueError, "pass a point"),
    "a text in the point": (lambda: derivatives(lambda x: x, "1"), TypeError, "not with the text '1'"),
    "an empty list in the point": (lambda: derivatives(lambda xs: 3.0, []), ValueError, None),
    "a text in a list": (lambda: derivatives(lambda xs: xs[0], ["1"]), TypeError, "not with the text '1'"),
    "too few numbers": (lambda: derivatives(lambda x, y: x, 1.0), TypeError, "y"),
    "a function without return": (lambda: derivatives(lambda x: None), TypeError, "forget to return"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name):
    """Each is an error of the kind that the docstring promises, and says what to pass."""
    call, kind, message = WRONG[name]
    with pytest.raises(kind, match=message):
        call()


def test_a_constant_may_be_an_input():
    """Its label is its name, and nothing varies with it."""
    x, c = Value(2.0, "x"), constant(3.0)
    c.label = "c"
    assert derivatives(x * c, x).text.splitlines()[-1] == "  = [c]"
