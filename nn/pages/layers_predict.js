// What is to be foretold on the page of layers: of the box that comes next one number, a value or the gradient that it gets.
//
// A number that many others lead to would be asked too much of a person: of a long sum all but its last term is told, and of
// a gradient to which many edges bring their part, all but the last edge.

// What can be asked of a box: numbers that it computes; on the way back those and its parameters.
function askable(it, arrays, ahead, unit) {
  const { graph } = it, inside = (list) => list.flatMap((a) => [...arrays[a].ids].filter((i) => i >= 0));
  const asked = (i) => (ahead ? graph.nodes[i].inputs.length > 0 : graph.users[i].length > 0 && graph.nodes[i].kind !== "constant");
  const results = inside(unit.results).filter(asked), named = results.filter((i) => graph.nodes[i].inputs.every((x) => it.named(x)));
  if (ahead) return named.length ? named : results.length ? results : inside(unit.arrays).filter(asked);
  const parameters = inside(unit.arrays.filter((a) => arrays[a].parameters)).filter(asked);
  return parameters.length ? parameters : results;
}

// The step that is to be foretold, as those of the stepper are; a sentence where a box has nothing to ask for.
function stepToForetell(it, arrays, ahead, unit, turn) {
  const { graph, run: { values, grads } } = it, found = askable(it, arrays, ahead, unit);
  if (!found.length && !ahead && [...unit.results].some((a) => arrays[a].ids.includes(graph.output)))
    return { nothing: `∂${it.words.output}/∂${it.words.output} = 1: there the way back begins.` };
  if (!found.length) return { nothing: `In ${unit.name} nothing is computed${ahead ? "" : " that a gradient comes back to"}: on to the next box.` };
  const i = found[(7 * turn + Math.floor(found.length / 2)) % found.length]; // not always the first
  if (ahead) return { pass: "forward", node: i, value: values[i] };
  const brought = graph.users[i].map(([user, slot]) => ({ node: user, slot, upstream: grads[user], local: localOf(it, user, slot) }))
    .map((each) => ({ ...each, contribution: each.upstream * each.local }));
  const last = brought.findLast(({ contribution }) => contribution !== 0) ?? brought.at(-1);
  const before = brought.reduce((all, each) => (each === last ? all : all + each.contribution), 0);
  return { pass: "backward", input: i, ...last, before, total: before + last.contribution };
}

// The names and formulas that the question is asked in: what nobody named is written as its formula, or as its number.
function wordsToForetell(it) {
  const { graph, words: { name, output }, named } = it, halfOf = ({ inputs }) => Math.floor(inputs.length / 2);
  const bare = (i) => (named(i) || graph.nodes[i].kind === "constant" ? name(i) : held(text(it.run.values[i])));
  const inBrackets = (of) => (/^[\p{L}\p{M}\p{N}_^,′'’…⁽⁾]+$/u.test(of) ? of : `(${of})`);
  const called = (i) => {
    const { template, inputs } = graph.nodes[i];
    return !named(i) && template ? fill(template, inputs.map(bare)) : bare(i);
  };
  const lastTwo = (node) => [node.inputs[halfOf(node) - 1], node.inputs[2 * halfOf(node) - 1]];
  function formula(i) {
    const node = graph.nodes[i], { op, template, inputs } = node;
    if (template) return fill(template, inputs.map(bare));
    if (op !== "dot") return inShort(node, bare);
    const [a, b] = lastTwo(node); // of a long sum of products the last one, and all others as a number
    return `${text(it.run.values[i] - it.run.values[a] * it.run.values[b])} + ${bare(a)}·${bare(b)}`;
  }
  function partial(i, slot) {
    const node = graph.nodes[i], { op, formulas, inputs } = node, n = halfOf(node);
    if (op === "dot") return slot < 2 * n ? bare(inputs[(slot + n) % (2 * n)]) : "1";
    return formulas?.[slot] ? fill(formulas[slot].replaceAll("{z}", () => called(i)), inputs.map(bare)) : "";
  }
  return { name: called, output, formula, partial, nameless: (i) => !named(i),
    used: (i) => (graph.nodes[i].op === "dot" && !graph.nodes[i].template ? lastTwo(graph.nodes[i]) : graph.nodes[i].inputs),
    slope: (of, by) => `∂${inBrackets(called(of))}/∂${inBrackets(called(by))}` };
}
