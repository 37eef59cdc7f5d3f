"""select in compiled programs: tokens are inputs, a table is looked up at once, and its gradient scattered back."""

import random

import pytest
from compiled_graphs import ENGINES, agree, agree_with_graph, by_lists, by_script, engine, leaves, np, ready
from long_runs import seeds

import autograd as ag
from autograd import Value, gradient, select
from autograd.graph import nodes


def tables(rng, rows, width):
    return [[Value(rng.gauss(0.0, 1.0)) for _ in range(width)] for _ in range(rows)]


def a_net_of_tokens(seed):
    """Tokens look into one or two tables of numbers; more is chosen from what was computed, from inputs, from numbers."""
    rng = random.Random(seed)
    size, width, positions = rng.randint(2, 5), rng.randint(1, 3), rng.randint(1, 4)
    first, second = tables(rng, size, width), tables(rng, size, width)
    tokens, index, x = [Value(float(rng.randrange(size))) for _ in range(positions)], Value(1.0), leaves(1, seed)
    vectors = []
    for token in tokens:
        e = [select(token, column) for column in zip(*first, strict=True)]
        more = [select(token, column) for column in zip(*(second if rng.random() < 0.6 else first), strict=True)]
        vectors.append([rng.choice([ag.tanh, lambda y: y * x[0], lambda y: y])(a) + b for a, b in zip(e, more, strict=True)])
    scores = [ag.dot(vectors[0], v, rng.choice([0.0, x[0]])) for v in vectors]
    loss = ag.logsumexp(scores) + ag.sum([y * y for v in vectors for y in v])
    for _ in range(rng.randint(0, 3)):
        pool = [*scores, *first[0], *x, 1.5, -0.5]
        loss = loss + select(index, [rng.choice(pool) for _ in range(3)]) * rng.choice([1.0, x[0], scores[0]])
    given = {"T": tokens, "I": [index], "X": x}
    there = set(nodes(loss))
    parameters = [p for p in (p for row in first + second for p in row) if p in there]

    def batch(rows):
        T = [[float(rng.randrange(size)) for _ in tokens] for _ in range(rows)]
        return [
            np.array(T),
            np.array([[float(rng.randrange(3))] for _ in range(rows)]),
            np.full((rows, 1), 0.3) * rng.random(),
        ]

    return loss, given, parameters, batch


@pytest.mark.parametrize("seed", seeds(12))
def test_a_program_of_tokens_is_its_graph(seed):
    """Value, gradient, the gradient of each row, and the script, for a batch of other tokens than were recorded."""
    loss, given, parameters, batch = a_net_of_tokens(seed)
    arrays = batch(5)
    values, slopes = by_lists(loss, given, parameters, arrays)
    program = ag.compile(loss, given, parameters)
    value, found = program.value_and_grad(*arrays)
    agree(value, values.mean())
    agree(found, slopes.mean(0))
    agree(program(*arrays), values)
    agree(program.per_sample_gradients(*arrays), slopes)
    value, found = by_script(program, *arrays)
    agree(value, values.mean())
    agree(found, slopes.mean(0))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("library", ENGINES)
def test_a_program_of_tokens_on_every_engine(library, seed):
    """The same source, in other libraries' words; JAX's under jit."""
    array = engine(library)
    loss, given, parameters, batch = a_net_of_tokens(seed)
    arrays = batch(4)
    values, slopes = by_lists(loss, given, parameters, arrays)
    program = ag.compile(loss, given, parameters)
    value, found = ready(library)(program.function(library))(array(program.theta), *map(array, arrays))
    agree(float(value), values.mean())
    agree(np.asarray(found), slopes.mean(0))


def test_a_table_is_looked_up_in_one_go_and_scattered_back():
    """A lookup of every token in every column is one statement, and so is its gradient; no matrix of 0 and 1 is made."""
    tokens, table = [Value(0.0), Value(1.0)], tables(random.Random(0), 3, 2)
    loss = ag.sum([select(t, column).tanh() for t in tokens for column in zip(*table, strict=True)])
    program = ag.compile(loss, tokens, [p for row in table for p in row])
    assert (program.source.count("gathered("), program.source.count("scattered(")) == (1, 1)
    assert "equal(" not in program.source
    assert r"\theta\left[X\right]" in program.equations or r"\theta\left[X_{" in program.equations


def test_second_derivatives_of_a_program_of_tokens():
    """A Hessian times a vector, against gradients of gradients."""
    loss, given, parameters, batch = a_net_of_tokens(1)
    arrays = batch(1)
    by_lists(loss, given, parameters, arrays)
    first = gradient(loss, *parameters)
    vector = [0.5 - 0.1 * i for i in range(len(parameters))]
    along = ag.dot(first, vector)
    along.forward()
    expected = [s.data for s in gradient(along, *parameters)]
    agree(ag.compile(loss, given, parameters).hvp(vector, *arrays), expected)


def test_a_batch_with_a_token_that_there_is_not():
    """It is named, with its row and its column."""
    tokens, table = [Value(0.0), Value(1.0)], [Value(1.0), Value(2.0), Value(3.0)]
    program = ag.compile(ag.sum([select(t, table) for t in tokens]), {"T": tokens}, table)
    with pytest.raises(ValueError, match=r"row 1 of T holds 3 in column 0, an index into 3 items, counted from 0"):
        program.value_and_grad([[0.0, 1.0], [3.0, 0.0]])
    with pytest.raises(ValueError, match=r"row 0 of T holds 0.5 in column 1"):
        program([[0.0, 0.5], [2.0, 0.0]])


@pytest.mark.parametrize("other", [lambda a: a, lambda a: 2.0 * a, lambda a: 5.0])
def test_an_index_that_turns_out_to_be_a_plain_number(other):
    """0·x + 1 varies in the graph, and is 1 in the program: nothing is left to look up by row."""
    a, b, x = Value(1.5), Value(-2.0), Value(1.0)
    loss = select(0.0 * x + 1.0, [b, other(a)]) + a * x
    agree_with_graph(ag.compile(loss, {"X": [x]}, [a, b]), [[3.0], [4.0]])
