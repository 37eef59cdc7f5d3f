// What a page calls the nodes of a graph, and their formulas with the numbers in them.

function wordsOf(graph) {
  const name = (i) => graph.nodes[i].name, formula = (i) => graph.nodes[i].formula;
  const bare = (i) => /^[\p{L}\p{M}\p{N}_′'’…]+(\([^()]*\))?$/u.test(name(i)); // w₁, σ(a); of w·x all is meant, not w
  const d = (i) => `∂${bare(i) ? name(i) : `(${name(i)})`}`;
  return {
    name, formula, d, output: name(graph.output),
    slope: (of, by) => `${d(of)}/${d(by)}`,
    numbers: (i, values) => fill(graph.nodes[i].template, graph.nodes[i].inputs.map((x) => held(text(values[x])))),
    partial: (i, slot) => graph.nodes[i].formulas[slot], used: (i) => graph.nodes[i].inputs,
    nameless: (i) => plain(name(i)) === plain(formula(i)), // called by its formula
  };
}
