"""Graphs that have no matrix form, and the derivative that tells whether one that was found is right."""

import autograd as ag
from autograd import Value, dot


def convolution():
    """Three sums of products over windows of four numbers, with the same two weights."""
    k, x = [Value(0.3, "k_1"), Value(-0.4, "k_2")], [Value(0.25 * i, f"x_{i}") for i in range(1, 5)]
    return ag.sum([dot(k, x[i : i + 2]).tanh() for i in range(3)])


def twice_the_same_input():
    w, x = [Value(0.3, "w_1"), Value(0.4, "w_2")], Value(0.5, "x")
    return dot(w, [x, x]).tanh()


def local(u, v, stops):
    """∂u/∂v with the other quantities held fixed: the sum over the ways from u to v that meet none of stops."""
    total, ways = 0.0, [(u, 1.0)]
    while ways:
        node, product = ways.pop()
        if node is v:
            total += product
        elif node.inputs and (node is u or node not in stops):
            slopes = node.op.slopes(node.data, [x.data for x in node.inputs])
            ways += [(x, product * s) for x, s in zip(node.inputs, slopes)]
    return total
