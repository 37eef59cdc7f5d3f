"""Nets that do the same at many places, with the same weights: texts, windows, sequences. Each program is its graph.

The oracle is the graph itself: its leaves are given a row's numbers, forward() and backward() do the rest.
"""

import random
from collections import Counter

import pytest
from compiled_graphs import agree, by_lists, by_script, engine, np, on_engines, ready
from long_runs import seeds

import autograd as ag
import nn
from autograd import Value
from autograd.graph import nodes
from autograd.program.plan import RolledPlan
from autograd.program.recipes import NotRolled
from autograd.value import with_siblings


class Places:
    """A random net over a list of vectors, with its loss, inputs and parameters."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.n, self.width, self.parameters, self.given = rng.randint(2, 5), rng.choice([2, 4]), [], {}
        self.vocabulary = rng.randint(2, 5)
        x = self.embedded() if rng.random() < 0.6 else self.numbers("X", self.n, self.width)
        for _ in range(rng.randint(1, 3)):
            x = rng.choice([self.attention, self.attention, self.mlp, self.norm, self.window, self.mixed, self.recurrent])(x)
        self.outputs = [a for row in x for a in row]
        self.loss = self.losses(x)
        if rng.random() < 0.3:
            self.loss = self.loss + 0.01 * ag.sum([p * p for p in self.parameters])
        if rng.random() < 0.2:
            rng.shuffle(self.parameters)

    def w(self, *shape):
        made = [Value(self.rng.uniform(-0.7, 0.7)) for _ in range(shape[-1])]
        if len(shape) > 1:
            return [self.w(*shape[1:]) for _ in range(shape[0])]
        self.parameters += made
        return made

    def numbers(self, name, n, width):
        x = [[Value(self.rng.uniform(-1.0, 1.0)) for _ in range(width)] for _ in range(n)]
        self.given[name] = [each for row in x for each in row]
        return x

    def tokens(self, name):
        self.given[name] = [Value(float(self.rng.randrange(self.vocabulary))) for _ in range(self.n)]
        return self.given[name]

    def embedded(self):
        table, x = self.w(self.vocabulary, self.width), self.tokens("I")
        x = [[ag.select(token, column) for column in zip(*table, strict=True)] for token in x]
        if self.rng.random() < 0.6:
            x = [
                [a + b for a, b in zip(row, place, strict=True)]
                for row, place in zip(x, self.w(self.n, self.width), strict=True)
            ]
        return x

    def mapped(self, x, out=None, bias=None):
        W = self.w(out or self.width, len(x[0]))
        b = self.w(len(W)) if (self.rng.random() < 0.5 if bias is None else bias) else [0.0] * len(W)
        plus = self.rng.random() < 0.3
        return [[sum((p * q for p, q in zip(row, v, strict=True)), c) if plus else ag.dot(row, v, c)
                 for row, c in zip(W, b, strict=True)] for v in x]  # fmt: skip

    def attention(self, x):
        heads, causal, n = self.rng.choice([1, 2]), self.rng.random() < 0.7, len(x)
        q, k, v = (self.mapped(x) for _ in range(3))
        d, way, out = self.width // heads, self.rng.random(), []
        for t in range(n):
            first = max(0, t - 1) if way < 0.1 else 0
            seen, row = range(first, t + 1 if causal else n), []
            for h in range(heads):
                part = slice(h * d, h * d + d)
                scores = [ag.dot(q[t][part], k[s][part]) / d**0.5 for s in seen]
                scores = [ag.tanh(s) for s in scores] if 0.2 < way < 0.3 else scores
                shares = scores if 0.3 < way < 0.4 else ag.softmax(scores)
                row += [ag.dot(shares, [v[s][i] for s in seen]) for i in range(*part.indices(self.width))]
                if way > 0.9:
                    row[-1] = row[-1] + ag.dot(shares, ag.log_softmax(scores))
            out.append(row)
        out = self.mapped(out)
        return (
            [[a + b for a, b in zip(r, s, strict=True)] for r, s in zip(out, x, strict=True)]
            if self.rng.random() < 0.5
            else out
        )

    def mlp(self, x):
        bend = self.rng.choice([ag.tanh, ag.relu, ag.gelu, ag.silu, ag.sigmoid, lambda y: y * y, ag.softplus])
        return self.mapped([[bend(z) for z in row] for row in self.mapped(x, 3)])

    def norm(self, x):
        gain = self.w(self.width) if self.rng.random() < 0.5 else [1.0] * self.width
        if self.rng.random() < 0.5:
            x = [[a - ag.mean(row) for a in row] for row in x]
        return [[a / ag.sqrt(ag.dot(row, row) / len(row) + 0.1) * g for a, g in zip(row, gain, strict=True)] for row in x]

    def window(self, x):
        size = self.rng.randint(1, min(2, len(x)))
        W = self.w(self.width, size * self.width)
        flat = [[a for row in x[i : i + size] for a in row] for i in range(len(x) - size + 1)]
        return [[ag.tanh(ag.dot(row, v)) for row in W] for v in flat]

    def mixed(self, x):
        """Each place with what came before it, or with the mean of that."""
        if self.rng.random() < 0.5:
            return [[a + 0.5 * b for a, b in zip(row, x[t - 1], strict=True)] if t else row for t, row in enumerate(x)]
        return [[ag.mean([x[s][i] for s in range(t + 1)]) for i in range(self.width)] for t in range(len(x))]

    def recurrent(self, x):
        W, U, h, out = self.w(self.width, self.width), self.w(self.width, self.width), [0.0] * self.width, []
        for v in x:
            h = [ag.tanh(ag.dot(a, v) + ag.dot(b, h)) for a, b in zip(W, U, strict=True)]
            out.append(h)
        return out

    def losses(self, x):
        way = self.rng.randrange(4)
        if way == 0:
            return ag.mean([a * a for row in x for a in row])
        if way == 1:
            return ag.logsumexp([ag.sum(row) for row in x]) - 0.5 * x[-1][0]
        scores = self.mapped(x, self.vocabulary)
        if way == 2 and len(x) == self.n:
            return nn.losses.cross_entropy(scores, self.tokens("T"))
        return -ag.mean([ag.log_softmax(row)[0] for row in scores])

    def batch(self, rows):
        def number(name):
            return float(self.rng.randrange(self.vocabulary)) if name in "IT" else self.rng.uniform(-1.0, 1.0)

        return [np.array([[number(name) for _ in leaves] for _ in range(rows)]) for name, leaves in self.given.items()]


@pytest.mark.parametrize("seed", seeds(40))
def test_a_program_over_places_is_its_graph(seed):
    """Value and gradient of a batch, again for another one, and values alone."""
    case = Places(seed)
    program = ag.compile(case.loss, case.given, case.parameters, reduction=case.rng.choice(["mean", "sum"]))
    reduce = getattr(np, program.reduction)
    for rows in (3, 1, 4):
        arrays = case.batch(rows)
        values, slopes = by_lists(case.loss, case.given, case.parameters, arrays)
        largest = max(np.abs(values).max(), np.abs(slopes).max(initial=0.0))
        for given in (arrays, [program.batch(*arrays)]):
            value, found = program.value_and_grad(*given)
            agree(value, reduce(values), largest)
            agree(found, reduce(slopes, axis=0), largest)
        agree(program(*arrays), values, largest)


@pytest.mark.parametrize("seed", seeds(15, 3))  # with some, of these, that do all places at once
def test_batches_that_come_again_give_what_they_gave(seed):
    """What is known of a batch is not taken for what is known of another, nor for what the parameters were before."""
    case = Places(seed)
    program = ag.compile(case.loss, case.given, case.parameters)
    several = [case.batch(2) for _ in range(3)]
    ready = [program.batch(*several[0]), program.batch(*several[1])]
    for turn in range(8):
        k = case.rng.randrange(3)
        given = [ready[k]] if k < 2 else several[k]
        theta = program.theta * (1.0 + 0.1 * turn)
        value, found = program.value_and_grad(*given, theta=theta)
        fresh, slopes = ag.compile(case.loss, case.given, case.parameters).value_and_grad(*several[k], theta=theta)
        agree([value, *found], [fresh, *slopes], max(abs(fresh), np.abs(slopes).max(initial=0.0)))


def test_the_arrays_of_a_batch_that_is_ready_stay_what_they_are():
    """They are copies, which nobody can write into."""
    case = Places(0)
    program, arrays = ag.compile(case.loss, case.given, case.parameters), case.batch(2)
    ready = program.batch(*arrays)
    before = program.value_and_grad(ready)[0]
    for array in arrays:
        array[:] = 0.0
    assert program.value_and_grad(ready)[0] == before
    for array in ready.arrays.values():
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0.0


@pytest.mark.parametrize("seed", seeds(15))
def test_several_outputs_over_places_are_their_graphs(seed):
    """What is computed at all places, and the loss behind; and the slopes of each by the parameters, row by row."""
    case = Places(seed)
    outputs = [case.loss, *case.rng.sample(case.outputs, min(4, len(case.outputs))), case.loss]
    program, arrays = ag.compile(outputs, case.given, case.parameters), case.batch(3)
    values, slopes = zip(*(by_lists(y, case.given, case.parameters, arrays) for y in outputs), strict=True)
    agree(program(*arrays), np.transpose(values), np.abs(values).max())
    agree(program.jacobian(*arrays, wrt="parameters"), np.swapaxes(slopes, 0, 1), np.abs(slopes).max(initial=0.0))
    agree(by_script(program, *arrays), np.transpose(values), np.abs(values).max())


def test_what_is_not_done_at_once_is_known_not_to_be():
    """A graph is rolled up, or refused for a reason: nothing else goes wrong on the way; and many are rolled up."""
    reasons = Counter()
    for seed in range(40):
        case = Places(seed)
        try:
            RolledPlan([case.loss], case.parameters, case.given, True, with_siblings(nodes(case.loss)))
        except NotRolled as reason:
            reasons[str(reason)] += 1
    assert reasons.total() < 30, reasons


@pytest.mark.parametrize(("library", "seed"), on_engines(range(6)))
def test_a_program_over_places_on_every_engine(library, seed):
    """The same source in other libraries' words, and as a file of its own."""
    case = Places(seed)
    program, arrays = ag.compile(case.loss, case.given, case.parameters), case.batch(3)
    values, slopes = by_lists(case.loss, case.given, case.parameters, arrays)
    array = engine(library)
    value, found = ready(library)(program.function(library))(array(program.theta), *map(array, arrays))
    agree(float(value), values.mean())
    agree(np.asarray(found), slopes.mean(0))
    value, found = by_script(program, *arrays)
    agree(value, values.mean())
    agree(found, slopes.mean(0))


def a_gpt(layers=1, places=4, heads=2):
    model = nn.GPT(5, 4, heads, layers, places, seed=0)
    tokens, targets = ([Value(float((i * k) % 5)) for i in range(places)] for k in (1, 3))
    return ag.compile(nn.losses.cross_entropy(model(tokens), targets), {"X": tokens, "T": targets}, model.parameters())


def test_a_transformer_stands_on_a_page():
    """Every layer is one matrix product for all places, attention two, and longer texts make no longer program."""
    program, longer = a_gpt(), a_gpt(places=7)
    assert len(program.source.splitlines()) == len(longer.source.splitlines()) <= 80
    assert program.source.count("outer(") == 5
    assert program.source.count("gathered(") == 2
    assert "equal(" not in program.source


def test_a_program_is_the_same_whenever_it_is_compiled():
    """To the letter, also that for NumPy in place: who gets whose memory is no matter of chance."""
    assert len({a_gpt().explain() for _ in range(4)}) == 1


def test_softmaxes_of_one_number_each_are_not_one_of_all():
    """At the first place each head looks at one number alone: heads do not share a sum, in the source for any library."""
    case = Places(1138047255132678835)  # two heads that look at three places
    plan = RolledPlan([case.loss], case.parameters, case.given, False, with_siblings(nodes(case.loss)))
    arrays = {name: array.T for name, array in zip(case.given, case.batch(3), strict=True)}
    theta = np.array([p.data for p in case.parameters])
    agree(plan.run(arrays, theta)[0], plan.by_graph(arrays, theta)[0])


def test_the_scores_of_a_transformer_are_one_array():
    """All outputs of all places, as a metric asks for them, are a matrix product; so is the gradient of each row's loss."""
    model, rng = nn.GPT(5, 4, 2, 1, 4, seed=0), np.random.default_rng(0)
    tokens = [Value(float(i)) for i in range(4)]
    scores = ag.compile([y for row in model(tokens) for y in row], {"X": tokens}, model.parameters())
    X = rng.integers(0, 5, (3, 4)).astype(float)
    agree(scores(X), [[y.data for row in model(x) for y in row] for x in X.tolist()])
    assert len(scores.source.splitlines()) < 50
    assert "value = spread(" in scores.source
    program, T = a_gpt(), rng.integers(0, 5, (3, 4)).astype(float)
    each = [program.value_and_grad(X[i : i + 1], T[i : i + 1])[1] for i in range(3)]
    agree(program.per_sample_gradients(X, T), each)


def test_the_hessian_of_a_transformer_times_a_vector_is_over_all_places_at_once():
    """It is the gradient of the slope along the vector, rolled up like any gradient, and what differences say it is."""
    program, rng = a_gpt(places=5), np.random.default_rng(1)
    X, T = (rng.integers(0, 5, (3, 5)).astype(float) for _ in range(2))
    theta = program.theta * 10.0
    vector = rng.normal(size=len(theta))
    found = program.hvp(vector, X, T, theta=theta)
    assert program._directional()._plan("gradient").rolled
    ahead, behind = (program.value_and_grad(X, T, theta=theta + h * vector)[1] for h in (1e-5, -1e-5))
    np.testing.assert_allclose(found, (ahead - behind) / 2e-5, rtol=1e-6, atol=1e-6 * np.abs(found).max())


def test_a_loss_of_parameters_and_plain_numbers_needs_no_inputs():
    """One name of a GPT, with its letters as plain numbers: there is one row, and no array."""
    model = nn.GPT(5, 4, 2, 1, 6, seed=0)
    loss = nn.losses.cross_entropy(model([0, 3, 1, 1]), [3, 1, 1, 0])
    program = ag.compile(loss, parameters=model.parameters())
    value, found = program.value_and_grad()
    loss.backward()
    agree(value, loss.data)
    agree(found, [p.grad for p in model.parameters()])
    agree(program(), [loss.data])
    agree(by_script(program)[1], found)
    assert repr(program) == "Program(1 output; 256 parameters)"


def test_layers_add_lines():
    """Each block of a Transformer has as many lines as the one before."""
    one, two, three = (len(a_gpt(layers).source.splitlines()) for layers in (1, 2, 3))
    assert three - two == two - one


def test_what_is_infinite_at_a_later_place_is_hidden_from_the_earlier_ones():
    """Padding multiplies by 0 what the graph leaves out: where that is no number, each place is worked out alone."""
    x, w = [Value(0.5), Value(2.0), Value(1.0)], [Value(0.3), Value(0.2)]
    scores = [[w[0] * x[t] * x[s] * w[1] for s in range(t + 1)] for t in range(3)]
    outputs = [ag.dot(ag.softmax(scores[t]), [w[1] * x[s] for s in range(t + 1)]) for t in range(3)]
    program = ag.compile(outputs[0] * outputs[0] + ag.tanh(outputs[1]), {"X": x}, w)
    arrays = [np.array([[0.5, 2.0, 1.0], [0.5, 2.0, np.inf], [0.1, 1e308, 1.0]])]
    values, slopes = by_lists(program.ys[0], {"X": x}, w, arrays)
    agree(program(*arrays), values)
    value, found = program.value_and_grad(*arrays)
    agree(value, values.mean())
    agree(found, slopes.mean(0))
