// The graph of a layered page: from arrays of integers to nodes, and the gradient in each.

function unpack(words, Kind) {
  const bytes = Uint8Array.from(atob(words), (c) => c.charCodeAt(0));
  return new Kind(bytes.buffer);
}

// The graph as the passes take it: nodes with their operation, inputs and partial derivatives.
export function expandGraph(data) {
  const kinds = unpack(data.nodes, Int32Array), inputs = unpack(data.inputs, Int32Array), numbers = unpack(data.leaves, Float64Array);
  let at = 0, leaf = 0;
  /** @type {any[]} */
  const nodes = Array.from(kinds, (k) => {
    if (k < 0) return { kind: k === -1 ? "leaf" : "constant", value: numbers[leaf++], inputs: [] };
    const kind = data.kinds[k], own = Array.from(inputs.subarray(at, at + kind.n));
    at += kind.n;
    return { kind: "computed", op: kind.op, symbol: kind.symbol, template: kind.template, partials: kind.partials, formulas: kind.formulas, inputs: own };
  });
  for (const [i, { value, partials }] of Object.entries(data.recorded)) Object.assign(nodes[i], { value: Number(fromText(value)), partials, recorded: true });
  const order = [...nodes.keys()].filter((i) => nodes[i].kind === "computed"), users = nodes.map(() => []);
  for (const i of order) nodes[i].inputs.forEach((x, slot) => users[x].push([i, slot]));
  return { nodes, output: data.output, forward: order, users };
}

// The gradient of the output in every node.
export function gradients(graph, values) {
  const grads = new Float64Array(graph.nodes.length);
  grads[graph.output] = 1;
  for (let k = graph.forward.length - 1; k >= 0; k--) {
    const i = graph.forward[k], node = graph.nodes[i], up = grads[i];
    if (up === 0) continue;
    const xs = node.inputs.map((x) => values[x]);
    node.inputs.forEach((x, slot) => {
      if (graph.nodes[x].kind !== "constant") grads[x] += up * evaluate(node.partials[slot], values[i], xs);
    });
  }
  return grads;
}
