// One number of the page of layers: how it was computed, what it sends back, and what comes back to it.

const MOST_SHOWN = 16; // terms of a sum, or uses of a number, that are written

// An operation on many numbers: a sum of products by its first and last ones.
function inShort(node, name) {
  const n = Math.floor(node.inputs.length / 2), product = (i) => `${name(node.inputs[i])}·${name(node.inputs[n + i])}`;
  if (node.op !== "dot") return `${node.op} of ${name(node.inputs[0])}, ${name(node.inputs[1])}, … (${node.inputs.length} numbers)`;
  const bias = node.inputs.length % 2 ? ` + ${name(node.inputs.at(-1))}` : "";
  return `${product(0)} + ${product(1)} + … + ${product(n - 1)}${bias}`;
}

// The local derivative of a node by one of its inputs.
const localOf = ({ graph, run: { values } }, i, slot) =>
  evaluate(graph.nodes[i].partials[slot], values[i], graph.nodes[i].inputs.map((x) => values[x]));

function tellNumber(it, place, chosen, link) {
  const { graph, words: { name, output }, run: { values, grads } } = it;
  place.replaceChildren();
  if (chosen === null) {
    place.append(make("p", "Click a number in a vector to see how it was computed, and what comes back to it.", "muted"));
    return;
  }
  const node = graph.nodes[chosen], list = make("ul"), users = graph.users[chosen];
  const sent = (i, slot) => {
    const local = localOf(it, i, slot);
    return `${bracketed(text(grads[i], 4))} × ${bracketed(text(local, 4))} = ${text(grads[i] * local, 4)}`;
  };
  place.append(make("h3", name(chosen)), make("p", `value ${text(values[chosen])}, gradient ∂${output}/∂${name(chosen)} = ${text(grads[chosen])}`));
  if (node.inputs.length) {
    const numbers = node.inputs.map((x) => held(text(values[x], 4)));
    const written = node.template ? fill(node.template, node.inputs.map(name)) : inShort(node, name);
    place.append(make("p", `= ${written}`, "math"));
    if (node.template) place.append(make("p", `= ${fill(node.template, numbers)} = ${text(values[chosen])}`, "math"));
    node.inputs.slice(0, MOST_SHOWN).forEach((x, slot) => {
      const item = make("li");
      item.append(link(x), ` = ${text(values[x], 4)}`);
      if (graph.nodes[x].kind !== "constant") item.append(`, gets ${sent(chosen, slot)}`);
      list.append(item);
    });
    if (node.inputs.length > MOST_SHOWN) list.append(make("li", `and ${node.inputs.length - MOST_SHOWN} more`));
    place.append(make("p", "It is computed from, and sends back to each gradient × local derivative:", "muted"), list);
  }
  if (!users.length || node.kind === "constant") return;
  const into = make("ul");
  for (const [i, slot] of users.slice(0, MOST_SHOWN)) {
    const item = make("li");
    item.append("from ", link(i), `: ${sent(i, slot)}`);
    into.append(item);
  }
  if (users.length > MOST_SHOWN) into.append(make("li", `and from ${users.length - MOST_SHOWN} more`));
  place.append(make("p", "What comes back to it, which adds up to its gradient:", "muted"), into);
}
