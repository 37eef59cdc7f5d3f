"""Forward and backward, one step at a time."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_runs import examples

from autograd import Value, Walk, dot, label, logsumexp, sigmoid, trace


def network():
    """The fourth lecture note's output neuron on given hidden activations."""
    w1, w2, b = Value(0.40, "w_211"), Value(0.45, "w_212"), Value(0.60, "b_21")
    h1, h2 = Value(0.593269992, "h_11"), Value(0.596884378, "h_12")
    a = dot([w1, w2], [h1, h2], b)
    o = sigmoid(a)
    loss = 0.5 * (o - 0.01) ** 2
    label(a=a, o=o, L=loss)
    return loss, [w1, w2, b, h1, h2]


def test_totals_equal_grad_exactly():
    """The last total of every node is, to the last bit, what backward() leaves in .grad."""
    loss, leaves = network()
    steps = trace(loss)
    loss.backward()
    totals = {step.input: step.total for step in steps.backward}
    assert {node: node.grad for node in totals} == totals
    assert set(leaves) <= set(totals)
    assert steps.grads[loss] == 1.0


def test_a_trace_touches_nothing():
    """Neither gradients nor labels change."""
    loss, leaves = network()
    trace(loss)
    assert [x.grad for x in (*leaves, loss)] == [0.0] * 6


def test_each_step_says_old_plus_new():
    """upstream × local = contribution, before + contribution = total, for a node that is used three times."""
    x = Value(3.0, "x")
    steps = [step for step in trace(x * x + x).backward if step.input is x]
    assert [(s.upstream, s.local, s.contribution, s.before, s.total) for s in steps] == [
        (1.0, 1.0, 1.0, 0.0, 1.0),
        (1.0, 3.0, 3.0, 1.0, 4.0),
        (1.0, 3.0, 3.0, 4.0, 7.0),
    ]


def test_a_node_is_visited_when_its_gradient_is_complete():
    """Its upstream is the final total of its gradient."""
    loss, _ = network()
    steps = trace(loss)
    for step in steps.backward:
        assert step.upstream == steps.grads[step.node]


def test_local_derivatives_come_as_formulas():
    """The rules write themselves in the names of the nodes."""
    loss, _ = network()
    formulas = {(s.name, s.input_name): s.formula for s in trace(loss).backward}
    assert formulas["o", "a"] == "o·(1 − o)"
    assert formulas["a", "w_211"] == "h₁₁"
    assert formulas["a", "h_12"] == "w₂₁₂"
    assert formulas["a", "b_21"] == "1"


def test_constants_are_shown_and_not_differentiated():
    """2·x has a step for x and none for 2."""
    x = Value(5.0, "x")
    steps = trace(2 * x)
    assert [s.formula for s in steps.forward] == ["2·x"]
    assert [s.input for s in steps.backward] == [x]


def test_names_and_brackets():
    """Nodes without a label are numbered; negative numbers and longer labels are bracketed."""
    x = Value(2.0, "x + 1")
    assert [s.formula for s in trace(x * -3.0 - -1.0).forward] == ["(x + 1)·(−3)", "v1 − (−1)"]


def test_rows_are_plain_data():
    """They go through JSON, one for each step."""
    loss, _ = network()
    steps = trace(loss)
    rows = json.loads(json.dumps(steps.rows()))
    assert len(rows) == len(steps) == len(list(steps))
    assert {row["pass"] for row in rows} == {"forward", "backward"}
    assert rows[1] == {"pass": "forward", "name": "o", "formula": "σ(a)", "numbers": "σ(1.10591)", "value": loss_value("o")}


def loss_value(name):
    loss, _ = network()
    return next(step.value for step in trace(loss).forward if step.name == name)


def test_a_leaf_has_no_steps():
    """There is nothing to compute, and its gradient is one."""
    x = Value(1.0, "x")
    assert len(trace(x)) == 0
    assert trace(x).grads == {x: 1.0}


@pytest.mark.parametrize("y", [3.0, None, "x", [Value(1.0)]])
def test_only_values_have_a_trace(y):
    """Anything else is a TypeError that says so."""
    with pytest.raises(TypeError, match="graph of a Value"):
        trace(y)


MAKERS = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: (a - b).tanh(),
    lambda a, b: dot([a, b], [b, a], 0.5),
    lambda a, b: logsumexp([a, b, a]),
    lambda a, b: a.relu() - 0.25 * b,
]


@examples(60)
@given(st.lists(st.tuples(st.sampled_from(MAKERS), st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=25))
def test_random_graphs_agree_with_backward(recipe):
    """Whatever the graph, totals are what backward() computes, bit for bit."""
    pool = [Value(0.7), Value(-1.3), Value(2.1)]
    for make, i, j in recipe:
        pool.append(make(pool[i % len(pool)], pool[j % len(pool)]).tanh())
    y = pool[-1]
    grads = trace(y).grads
    y.backward()
    assert {node: node.grad for node in grads} == grads


# ------------------------------------------------------------------------------------------------ the wrong ways


def twice_used():
    """The loss of a node that is used twice, and the node."""
    x = Value(3.0, "x")
    h = x * 2.0
    h.label = "h"
    return h * h + h, x, h


def test_overwriting_keeps_the_last_contribution_alone():
    """With = for +=, the gradient of a node that is used three times is one of its three parts."""
    y, _, h = twice_used()
    wrong = trace(y, wrong="overwrite")
    contributions = [step.contribution for step in wrong.backward if step.input is h]
    assert contributions == [1.0, 6.0, 6.0]
    assert wrong.grads[h] == 6.0
    assert trace(y).grads[h] == 13.0


def test_the_wrong_order_loses_what_comes_too_late():
    """A node that is visited before all that uses it passes on only what it has got by then."""
    x = Value(3.0, "x")
    h = x * 2.0
    y = h + (h * 5.0) * 1.0
    right, wrong = trace(y), trace(y, wrong="order")
    assert right.grads[x] == 12.0
    assert wrong.grads[x] == 2.0
    assert wrong.grads[h] == right.grads[h] == 6.0


def test_forgetting_zero_grad_starts_from_the_old_gradient():
    """Leaves keep what they hold, computed nodes start afresh."""
    y, x, h = twice_used()
    y.backward()
    wrong = trace(y, wrong="no zero_grad")
    assert wrong.grads[x] == 52.0
    assert wrong.grads[h] == 13.0
    assert trace(y).grads[x] == 26.0


def test_the_right_way_has_no_differences():
    """Two traces differ where their final gradients do, node by node."""
    y, x, h = twice_used()
    assert trace(y).differences(trace(y)) == []
    wrong = trace(y).differences(trace(y, wrong="overwrite"))
    assert [(node, here, there) for node, _, here, there in wrong] == [(x, 26.0, 12.0), (h, 13.0, 6.0)]


def test_a_wrong_way_that_is_not_known():
    """The error lists the ways there are."""
    with pytest.raises(ValueError, match="'overwrite', 'order', 'no zero_grad'"):
        trace(Value(1.0) * 2, wrong="way")


# ------------------------------------------------------------------------------------------------ walking by hand


def test_a_walk_takes_every_step_in_both_directions():
    """next() gives all steps in order and then None; previous() leads back to the start."""
    loss, _ = network()
    walk = Walk(loss)
    steps = list(walk.trace)
    assert [walk.next() for _ in steps] == steps
    assert walk.next() is None
    assert [walk.previous() for _ in steps] == [*steps[-2::-1], None]
    assert walk.previous() is None
    assert walk.position == 0


def test_a_walk_knows_what_is_known_by_now():
    """Values fill in on the way forward, gradients on the way back; the final ones are those of backward()."""
    loss, leaves = network()
    walk = Walk(loss)
    assert set(walk.values) == {node for node in walk.trace.names if not node.inputs}
    assert walk.grads == {}
    walk.run_to(loss)
    assert walk.values[loss] == loss.data
    assert walk.grads[loss] == 1.0
    assert walk.grads[leaves[0]] == 0.0
    while walk.next():
        pass
    loss.backward()
    assert {x: walk.grads[x] for x in leaves} == {x: x.grad for x in leaves}


def test_run_to_stops_at_a_node_and_run_until_at_a_condition():
    """run_to stops at each contribution to the node; run_until where the condition holds, and None says it never did."""
    y, _, h = twice_used()
    walk = Walk(y)
    assert walk.run_to(h).value == 6.0
    assert [walk.run_to(h).total for _ in range(3)] == [1.0, 7.0, 13.0]
    assert walk.run_to(h) is None
    walk = Walk(y)
    assert walk.run_until(lambda step: getattr(step, "contribution", 0.0) > 5.0).contribution == 6.0
    assert walk.run_until(lambda step: False) is None
    assert walk.position == len(walk.steps)


def test_a_walk_prints_its_step_and_what_it_watches():
    """The line of the step, and value and gradient of the nodes watched, or that they are not known yet."""
    w, x = Value(0.5, "w"), Value(2.0, "x")
    o = (w * x).sigmoid()
    o.label = "o"
    walk = Walk(o, watch=[o, w])
    assert str(walk).splitlines() == [
        "step 0 of 5",
        "watch     o: value not yet, gradient not yet",
        "watch     w: value 0.5, gradient not yet",
    ]
    walk.run_to(w)
    assert str(walk).splitlines() == [
        "step 4 of 5",
        "backward  ∂v1/∂w = x = 2",
        "          0.196612 × 2 = 0.393224",
        "          0 + 0.393224 = 0.393224",
        "watch     o: value 0.731059, gradient 1",
        "watch     w: value 0.5, gradient 0.393224",
    ]


def test_only_nodes_of_the_graph_are_watched():
    """Watching another Value is a ValueError."""
    with pytest.raises(ValueError, match="nothing to watch"):
        Walk(Value(1.0) * 2, watch=[Value(3.0)])


def test_the_html_table_shows_labels_as_text():
    """A label cannot mean anything but itself in Jupyter."""
    x = Value(1.0, "<script>alert(1)</script>")
    html = trace(x * 2)._repr_html_()
    assert "<script>" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;·2") == 1
    assert html.count("<table>") == 2


@pytest.mark.parametrize(
    ("wrong", "said"), [("overwrite", "∂y/∂x comes out as 3, and is 6"), ("no zero_grad", "∂y/∂x comes out as 12, and is 6")]
)
def test_a_trace_taken_the_wrong_way_says_what_comes_of_it(wrong, said):
    """In print and in Jupyter; the right way says nothing of the kind."""
    x = Value(3.0, label="x")
    y = x * x
    y.label = "y"
    y.backward()
    for text in (str(trace(y, wrong=wrong)), trace(y, wrong=wrong)._repr_html_()):
        assert said in text
    assert "comes out" not in str(trace(y))
