"""What others bring along: their numbers, arrays, nodes and names; and what of a graph is lost on the way to them."""
