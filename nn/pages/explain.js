// What the stepper says: of a step, in words and in mathematics; of a node that is looked at; all steps as a table.
//
// `it` is the stepper: its graph, its words, and where it is.

function tellStep(it, now) {
  const { graph, words, run, position, wrong } = it, { name, slope, output } = words;
  const step = it.step(), math = (line) => make("p", line, "math");
  now.className = `now ${step?.pass ?? "forward"}`;
  now.replaceChildren();
  if (!step) {
    now.append(make("h3", "Press Play."),
      make("p", `First the numbers go forward, from the inputs to ${output}. Then the gradient comes back: from ${output}, ` +
        "edge by edge, each node learns how much the result would change if it changed a little."));
    return;
  }
  if (step.pass === "forward") {
    now.append(make("h3", `Forward: ${name(step.node)}`),
      ...(words.nameless(step.node) ? [] : [math(`${name(step.node)} = ${words.formula(step.node)}`)]),
      math(`= ${words.numbers(step.node, run.values)} = ${text(step.value)}`));
    if (position === run.forward)
      now.append(make("p", `That is the result. Now back: ${slope(graph.output, graph.output)} = 1, and everything else starts at 0.`, "muted"));
    return;
  }
  const z = name(step.node), x = name(step.input), formulaHere = graph.nodes[step.node].formulas[step.slot];
  const [up, local, part, before, total] =
    [step.upstream, step.local, step.contribution, step.before, step.total].map((number) => text(number));
  const equals = formulaHere === local ? "" : `${formulaHere} = `, sought = slope(graph.output, step.input);
  now.append(make("h3", `Backward: from ${z} to ${x}`),
    math(`${slope(step.node, step.input)} = ${equals}${local}`),
    make("p", "upstream × local derivative = contribution", "muted"),
    math(`${bracketed(up)} × ${bracketed(local)} = ${part}`),
    ...(wrong === "overwrite"
      ? [make("p", "wrong: the old total is overwritten", "wrong"), math(`${sought} = ${part}`)]
      : [make("p", "old total + contribution = new total", "muted"), math(`${sought}:  ${before} + ${bracketed(part)} = ${total}`)]),
    make("p", `If ${x} grows a little, ${z} grows ${times(local)}` +
      (step.node === graph.output ? "." : `, and ${output} ${times(up)} as ${z}.`), "muted"));
  if (position < run.all.length) return;
  const apart = [...graph.nodes.keys()].filter(it.differs);
  if (!wrong) now.append(make("p", "Done: every node has its gradient.", "muted"));
  else if (apart.length) now.append(make("p", "Here the numbers part from the right ones: " + apart.map((i) =>
    `${slope(graph.output, i)} = ${text(run.grads[i], 4)}, right is ${text(run.right[i], 4)}`).join("; ") + ".", "wrong"));
  else now.append(make("p", wrong === "no zero_grad" ? "There was no gradient before this pass, so the wrong way gives the right numbers."
    : "On this graph the wrong way happens to give the right numbers.", "muted"));
}

// Where the graph is folded, one stop may be several steps: all of them, a line each.
function tellTogether(it, now, steps, open) {
  const { graph, words } = it, list = make("ul"), details = make("details");
  for (const s of steps.slice(-12)) list.append(make("li", s.pass === "forward" ? `${words.name(s.node)} = ${text(s.value)}`
    : `${words.slope(graph.output, s.input)}: ${text(s.before)} + ${bracketed(text(s.upstream))} × ${bracketed(text(s.local))} = ${text(s.total)}`));
  details.open = open;
  details.append(make("summary", steps.length > 12 ? `The last 12 of ${steps.length} steps here:` : `The ${steps.length} steps here:`, "muted"), list);
  now.append(details);
}

// The node that was clicked: what it is, what flows in and out, the ways to the output; a leaf can be dragged.
function tellNode(it, info, grads, known, reached) {
  const { graph, words, run, chosen } = it;
  if (chosen === null) {
    info.replaceChildren(make("p", "Click a node to see what flows in and out of it. A leaf can be changed there.", "muted"));
    return;
  }
  const node = graph.nodes[chosen];
  if (info.dataset.node !== String(chosen)) {
    info.dataset.node = chosen;
    info.replaceChildren(make("h3", node.name), make("div", "", "facts"));
    if (node.kind === "leaf") info.append(it.refusal(chosen) ? make("p", it.refusal(chosen), "muted") : nudge(it, chosen));
  }
  const facts = info.querySelector(".facts"), secret = it.predicting;
  facts.replaceChildren();
  if (secret && node.kind === "computed" && !known.has(chosen)) {
    facts.append(make("p", `= ${words.formula(chosen)}`, "math"), make("p", "its number is still to be foretold", "muted"));
    return;
  }
  if (node.kind === "computed") facts.append(make("p", `= ${words.formula(chosen)} = ${words.numbers(chosen, run.values)}`, "math"));
  facts.append(make("p", `value ${text(run.values[chosen])}, ` +
    (reached.has(chosen) ? `gradient ${text(grads[chosen])} by now` : "no gradient yet")));
  const inward = (secret ? run.all.slice(0, it.position) : run.all).filter((s) => s.pass === "backward" && s.input === chosen);
  if (inward.length) {
    const list = make("ul");
    for (const s of inward) list.append(make("li", `from ${words.name(s.node)}: ${text(s.upstream, 4)} × ${text(s.local, 4)} = ${text(s.contribution, 4)}`));
    facts.append(make("p", "What comes back to it:", "muted"), list);
  }
  const { found, all } = ways(graph, run.values, chosen);
  if (!secret && found.length && chosen !== graph.output) {
    const list = make("ul");
    for (const way of found.slice(0, 6)) list.append(make("li", `${way.names.join(" → ")}: ${text(way.product, 4)}`));
    const total = text(found.reduce((a, way) => a + way.product, 0), 4);
    const more = found.length > 6 ? ` (6 of ${found.length}${all ? "" : " and more"} shown)` : "";
    facts.append(make("p", `Its ways to ${words.output}${more}, which add up to ${all ? total : "its gradient"}:`, "muted"), list);
  }
}

function tableOfSteps(it) {
  const { graph, words, run } = it, { name, formula, slope } = words;
  const made = make("table"), head = make("tr"), body = make("tbody"), top = make("thead");
  for (const title of ["step", "what", "local derivative", "upstream × local = contribution", "before + contribution = total"])
    head.append(make("th", title));
  run.all.forEach((s, i) => {
    const row = make("tr");
    const cells = s.pass === "forward"
      ? [i + 1, `${words.nameless(s.node) ? "" : `${name(s.node)} = `}${formula(s.node)} = ${words.numbers(s.node, run.values)} = ${text(s.value)}`, "", "", ""]
      : [i + 1, slope(graph.output, s.input),
        `${slope(s.node, s.input)} = ${graph.nodes[s.node].formulas[s.slot]}`,
        `${text(s.upstream)} × ${bracketed(text(s.local))} = ${text(s.contribution)}`,
        `${text(s.before)} + ${bracketed(text(s.contribution))} = ${text(s.total)}`];
    row.append(...cells.map((cell) => make("td", String(cell))));
    body.append(row);
  });
  top.append(head);
  made.append(top, body);
  return made;
}
