// Backpropagation, one node at a time: the page behind nn.step_through.
//
// mount(element, data) fills an element with a drawing, its controls and a panel. `data` is the graph: for every node its
// name, value, operation, inputs and partial derivatives. The page computes all numbers itself, from the leaves.

const HTML = `
<div class="app" role="region" aria-label="Backpropagation, step by step">
  ${toolbar("Steps", "Step", `
    <select class="depth" aria-label="What is a box">
      <option value="operation">every operation</option>
      <option value="neuron">folded to neurons</option>
      <option value="layer">folded to layers</option>
    </select>
    <select class="way" aria-label="The right way, or a wrong one">
      <option value="">the right way</option>
      <option value="overwrite">wrong: = instead of +=</option>
      <option value="order">wrong: nodes in the wrong order</option>
      <option value="no zero_grad">wrong: zero_grad forgotten</option>
    </select>`)}
  <div class="stage" tabindex="0" aria-label="The graph; click a node to look at it"></div>
  <div class="panel">
    <div class="now" aria-live="polite"></div>
    <div class="node-info"></div>
  </div>
  <details><summary>All steps as a table</summary><div class="table"></div></details>
</div>`;

export function mount(element, graph, changed = () => {}) {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}</style>${HTML}`;
  const $ = (selector) => root.querySelector(selector);
  const name = (i) => graph.nodes[i].name;
  const bare = (i) => /^[\p{L}\p{M}\p{N}_′'’…]+(\([^()]*\))?$/u.test(name(i)); // w₁, σ(net); of w·x all is meant, not w
  const d = (i) => `∂${bare(i) ? name(i) : `(${name(i)})`}`;
  const output = name(graph.output);

  const LEAST = 0.75; // pixels for a unit of the drawing, whose smallest letters are 10 units high
  function follow(box) {
    const stage = $(".stage"), frame = stage.getBoundingClientRect(), here = box.getBoundingClientRect();
    const away = (low, high, least, most) => (low < least || high > most ? (low + high - least - most) / 2 : 0);
    stage.scrollBy(
      away(here.left, here.right, frame.left, frame.right),
      away(here.top, here.bottom, frame.top, frame.bottom),
    );
  }

  // The drawing at one depth: Graphviz names groups by <title>, boxes n0, n1, ... and arrows n0->n5.
  let view, boxes, edges, lines;
  function fold(depth) {
    view = graph.views[depth];
    [boxes, edges, lines] = [{}, {}, {}];
    const drawing = new DOMParser().parseFromString(view.svg, "image/svg+xml").documentElement;
    drawing.removeAttribute("width");
    drawing.removeAttribute("height");
    const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
    drawing.style.minWidth = `${LEAST * width}px`; // then the stage scrolls, and follows the step
    drawing.style.minHeight = `${LEAST * height}px`;
    $(".stage").replaceChildren(document.importNode(drawing, true));
    for (const group of root.querySelectorAll(".stage g.node, .stage g.edge")) {
      const key = group.querySelector("title").textContent.replace(/:[^-]*/g, "");
      if (group.classList.contains("node")) boxes[key] = group;
      else (edges[key] ??= []).push(group);
    }
    for (const title of root.querySelectorAll(".stage title")) title.remove();
    for (const [key, i] of Object.entries(view.shown)) {
      const [value, grad] = [...boxes[key].querySelectorAll("text")].slice(-2);
      lines[key] = { node: i, value, grad };
      const box = boxes[key];
      box.classList.add("g-node");
      for (const [attribute, word] of [["tabindex", "0"], ["role", "button"], ["aria-label", name(i)]]) box.setAttribute(attribute, word);
      box.addEventListener("click", () => choose(i));
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        choose(i);
        event.preventDefault();
        event.stopPropagation();
      });
    }
  }
  const boxOf = (i) => view.places[i];
  const arrows = (x, i) => edges[`${boxOf(x)}->${boxOf(i)}`] ?? [];
  const edge = (step) => {
    const same = graph.nodes[step.node].inputs.map((x, slot) => [x, slot]).filter(([x]) => x === step.input);
    const found = arrows(step.input, step.node);
    return found[same.findIndex(([, slot]) => slot === step.slot)] ?? found[0];
  };
  const stop = (step) => (step ? `${step.pass} ${boxOf(step.node)} ${step.pass === "forward" ? "" : boxOf(step.input)}` : "");

  // The state: what the leaves hold, which way is gone, how many steps have been taken, which node is looked at.
  const leaves = {};
  let wrong = "", position = 0, chosen = null, timer = null, refused = "", run;

  // Why a leaf cannot be changed here; empty for one that can.
  function refusal(i) {
    const op = recordedAbove(graph, i);
    return op ? `${name(i)} cannot be changed here: it leads to ${op}, an operation that was added in Python, ` +
      "and a page cannot compute its numbers anew." : "";
  }

  function compute() {
    const values = forward(graph, leaves);
    const steps = graph.forward.map((i) => ({ pass: "forward", node: i, value: values[i] }));
    const back = backward(graph, values, wrong);
    run = { values, ...back, forward: steps.length, all: [...steps, ...back.steps] };
    run.right = wrong ? backward(graph, values).grads : back.grads;
    $(".slider").max = run.all.length;
    position = Math.min(position, run.all.length);
  }

  function numbers(i) {
    const node = graph.nodes[i];
    return fill(node.template, node.inputs.map((x) => held(text(run.values[x]))));
  }

  const formula = (i) => graph.nodes[i].formula;
  const nameless = (i) => plain(name(i)) === plain(formula(i)); // called by its formula
  const differs = (i) => graph.nodes[i].kind !== "constant" && !Object.is(run.grads[i], run.right[i]);

  function show() {
    const taken = run.all.slice(0, position), step = taken.at(-1), n = run.forward;
    const grads = position >= n ? [...run.start] : [];
    const reached = new Set(position >= n ? [graph.output] : []);
    for (const s of taken.slice(n)) { grads[s.input] = s.total; reached.add(s.input); }
    const known = new Set(taken.slice(0, n).map((s) => s.node));
    for (const { node, value, grad } of Object.values(lines)) {
      value.textContent = graph.nodes[node].kind !== "computed" || known.has(node) ? text(run.values[node], 4) : "";
      grad.textContent = reached.has(node) ? `grad ${text(grads[node], 4)}` : "";
    }
    const marks = Object.fromEntries(Object.keys(boxes).map((key) => [key, new Set()]));
    graph.nodes.forEach((node, i) => {
      const mark = marks[boxOf(i)];
      if (known.has(i)) mark.add("known");
      if (reached.has(i)) mark.add("reached");
      if (i === chosen) mark.add("chosen");
      if (wrong && position === run.all.length && differs(i)) mark.add("differs");
    });
    for (const i of step ? [step.node, step.input ?? step.node] : []) marks[boxOf(i)].add("active");
    for (const [key, box] of Object.entries(boxes)) {
      for (const word of ["known", "reached", "chosen", "differs", "active"]) box.classList.toggle(word, marks[key].has(word));
      box.classList.toggle("going", step?.pass === "forward");
    }
    for (const groups of Object.values(edges)) for (const group of groups) group.classList.remove("active", "going");
    if (step?.pass === "backward") edge(step)?.classList.add("active");
    else if (step) for (const x of new Set(graph.nodes[step.node].inputs))
      for (const group of arrows(x, step.node)) group.classList.add("active", "going");
    tell(step);
    if (refused) $(".now").append(make("p", refused, "wrong"));
    if (step) together($(".now"));
    if (step) follow(boxes[boxOf(step.input ?? step.node)]);
    look(grads, reached);
    tellPosition($, position, run.all.length, `step ${position} of ${run.all.length}`, $(".now h3").textContent);
    for (const [i, row] of [...root.querySelectorAll("tbody tr")].entries()) row.classList.toggle("current", i === position - 1);
    changed({ position, leaves: { ...leaves } });
  }

  // Where the graph is folded, one stop may be several steps: all of them, a line each.
  function together(now) {
    const here = stop(run.all[position - 1]);
    let first = position - 1;
    while (first > 0 && stop(run.all[first - 1]) === here) first--;
    const steps = run.all.slice(first, position);
    if (view === graph.views.operation || steps.length < 2) return;
    const list = make("ul");
    for (const s of steps.slice(-12)) list.append(make("li", s.pass === "forward" ? `${name(s.node)} = ${text(s.value)}`
      : `${d(graph.output)}/${d(s.input)}: ${text(s.before)} + ${bracketed(text(s.upstream))} × ${bracketed(text(s.local))} = ${text(s.total)}`));
    now.append(make("p", steps.length > 12 ? `The last 12 of ${steps.length} steps here:` : `The ${steps.length} steps here:`, "muted"), list);
  }

  // What happens in this step, in words and in mathematics.
  function tell(step) {
    const now = $(".now"), math = (words) => make("p", words, "math");
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
        ...(nameless(step.node) ? [] : [math(`${name(step.node)} = ${formula(step.node)}`)]),
        math(`= ${numbers(step.node)} = ${text(step.value)}`));
      if (position === run.forward)
        now.append(make("p", `That is the result. Now back: ${d(graph.output)}/${d(graph.output)} = 1, and everything else starts at 0.`, "muted"));
      return;
    }
    const z = name(step.node), x = name(step.input), formulaHere = graph.nodes[step.node].formulas[step.slot];
    const [up, local, part, before, total] =
      [step.upstream, step.local, step.contribution, step.before, step.total].map((number) => text(number));
    const equals = formulaHere === local ? "" : `${formulaHere} = `;
    now.append(make("h3", `Backward: from ${z} to ${x}`),
      math(`${d(step.node)}/${d(step.input)} = ${equals}${local}`),
      make("p", "upstream × local derivative = contribution", "muted"),
      math(`${bracketed(up)} × ${bracketed(local)} = ${part}`),
      ...(wrong === "overwrite"
        ? [make("p", "wrong: the old total is overwritten", "wrong"), math(`${d(graph.output)}/${d(step.input)} = ${part}`)]
        : [make("p", "old total + contribution = new total", "muted"),
          math(`${d(graph.output)}/${d(step.input)}:  ${before} + ${bracketed(part)} = ${total}`)]),
      make("p", `If ${x} grows a little, ${z} grows ${times(local)}` +
        (step.node === graph.output ? "." : `, and ${output} ${times(up)} as ${z}.`), "muted"));
    if (position === run.all.length) {
      const apart = [...graph.nodes.keys()].filter(differs);
      if (!wrong) now.append(make("p", "Done: every node has its gradient.", "muted"));
      else if (apart.length) now.append(make("p", "Here the numbers part from the right ones: " + apart.map((i) =>
        `${d(graph.output)}/${d(i)} = ${text(run.grads[i], 4)}, right is ${text(run.right[i], 4)}`).join("; ") + ".", "wrong"));
      else now.append(make("p", wrong === "no zero_grad" ? "There was no gradient before this pass, so the wrong way gives the right numbers."
        : "On this graph the wrong way happens to give the right numbers.", "muted"));
    }
  }

  // The node that was clicked: what it is, what flows in and out, the ways to the output; a leaf can be dragged.
  function look(grads, reached) {
    const info = $(".node-info");
    if (chosen === null) {
      info.replaceChildren(make("p", "Click a node to see what flows in and out of it. A leaf can be changed there.", "muted"));
      return;
    }
    const node = graph.nodes[chosen];
    if (info.dataset.node !== String(chosen)) {
      info.dataset.node = chosen;
      info.replaceChildren(make("h3", node.name), make("div", "", "facts"));
      if (node.kind === "leaf") info.append(refusal(chosen) ? make("p", refusal(chosen), "muted") : nudge(chosen));
    }
    const facts = info.querySelector(".facts");
    facts.replaceChildren();
    if (node.kind === "computed") facts.append(make("p", `= ${formula(chosen)} = ${numbers(chosen)}`, "math"));
    facts.append(make("p", `value ${text(run.values[chosen])}, ` +
      (reached.has(chosen) ? `gradient ${text(grads[chosen])} by now` : "no gradient yet")));
    const inward = run.all.filter((s) => s.pass === "backward" && s.input === chosen);
    if (inward.length) {
      const list = make("ul");
      for (const s of inward) list.append(make("li", `from ${name(s.node)}: ${text(s.upstream, 4)} × ${text(s.local, 4)} = ${text(s.contribution, 4)}`));
      facts.append(make("p", "What comes back to it:", "muted"), list);
    }
    const { found, all } = ways(graph, run.values, chosen);
    if (found.length && chosen !== graph.output) {
      const list = make("ul");
      for (const way of found.slice(0, 6)) list.append(make("li", `${way.names.join(" → ")}: ${text(way.product, 4)}`));
      const total = text(found.reduce((a, way) => a + way.product, 0), 4);
      const more = found.length > 6 ? ` (6 of ${found.length}${all ? "" : " and more"} shown)` : "";
      facts.append(make("p", `Its ways to ${output}${more}, which add up to ${all ? total : "its gradient"}:`, "muted"), list);
    }
  }

  function nudge(i) {
    const start = Number(fromText(graph.nodes[i].value)), span = Math.max(1, Math.abs(start));
    const part = make("div", "", "nudge"), label = make("label", "change it"), value = make("span", text(start, 4));
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: start - span, max: start + span, step: span / 200, value: start });
    slider.setAttribute("aria-label", `change ${name(i)}`);
    const at = forward(graph, leaves), slope = backward(graph, at).grads[i], y0 = at[graph.output], x0 = at[i];
    const plot = document.createElement("div"), words = make("p", "", "muted"), back = make("button", "as it was");
    const draw = () => {
      const x = leaves[i] ?? start, y = run.values[graph.output], guess = y0 + slope * (x - x0);
      value.textContent = text(x, 4);
      words.textContent = `${output} = ${text(y, 5)}; the gradient at ${text(x0, 4)} predicted ${text(guess, 5)}`;
      plot.replaceChildren(tangent((t) => forward(graph, { ...leaves, [i]: t })[graph.output],
        start - span, start + span, x0, y0, slope, x, y));
    };
    const set = (x) => { leaves[i] = x; compute(); show(); draw(); };
    slider.addEventListener("input", () => set(Number(slider.value)));
    back.addEventListener("click", () => { slider.value = start; delete leaves[i]; compute(); show(); draw(); });
    label.append(slider, value);
    part.append(label, words, plot, back);
    queueMicrotask(draw);
    return part;
  }

  function choose(i) {
    chosen = chosen === i ? null : i;
    $(".node-info").dataset.node = "";
    show();
  }

  function table() {
    const made = make("table"), head = make("tr"), body = make("tbody");
    for (const words of ["step", "what", "local derivative", "upstream × local = contribution", "before + contribution = total"])
      head.append(make("th", words));
    run.all.forEach((s, i) => {
      const row = make("tr"), z = name(s.node);
      const cells = s.pass === "forward"
        ? [i + 1, `${nameless(s.node) ? "" : `${z} = `}${formula(s.node)} = ${numbers(s.node)} = ${text(s.value)}`, "", "", ""]
        : [i + 1, `${d(graph.output)}/${d(s.input)}`,
          `${d(s.node)}/${d(s.input)} = ${graph.nodes[s.node].formulas[s.slot]}`,
          `${text(s.upstream)} × ${bracketed(text(s.local))} = ${text(s.contribution)}`,
          `${text(s.before)} + ${bracketed(text(s.contribution))} = ${text(s.total)}`];
      row.append(...cells.map((cell) => make("td", String(cell))));
      body.append(row);
    });
    const top = make("thead");
    top.append(head);
    made.append(top, body);
    $(".table").replaceChildren(made);
  }

  function go(to) {
    position = Math.max(0, Math.min(run.all.length, to));
    show();
  }

  // The next place to stop in a direction: every step, or where graphs are folded every box and arrow.
  function along(direction) {
    let to = position + direction;
    if (view === graph.views.operation) return to;
    while (to > 0 && to < run.all.length && stop(run.all[to - 1]) === stop(run.all[to])) to += direction;
    return to;
  }

  function play(on) {
    clearInterval(timer);
    timer = null;
    if (on) {
      if (position === run.all.length) go(0);
      go(along(1));
      timer = setInterval(() => (position < run.all.length ? go(along(1)) : play(false)), 1400);
    }
    $(".play").textContent = timer ? "⏸ Pause" : "▶ Play";
  }

  const places = () => ({ Home: 0, ArrowLeft: along(-1), ArrowRight: along(1), End: run.all.length });
  const keys = graph.alone ? document : $(".app"); // a page of its own listens everywhere
  steer($, keys, places, (to) => { play(false); go(to); }, () => play(!timer));
  $(".way").addEventListener("change", () => { wrong = $(".way").value; compute(); table(); show(); });
  $(".depth").addEventListener("change", () => { fold($(".depth").value); show(); });
  for (const option of [...$(".depth").options]) if (!graph.views[option.value]) option.remove();
  $(".depth").hidden = $(".depth").options.length < 2;
  $("details").addEventListener("toggle", table);
  themed($(".app"));
  globalThis.addEventListener?.("beforeprint", () => { table(); $("details").open = true; });
  fold($(".depth").value);
  compute();
  table();
  show();
  const change = (given) => {
    for (const i of Object.keys(leaves)) delete leaves[i];
    refused = Object.keys(given).map((i) => refusal(Number(i))).filter(Boolean).join(" ");
    for (const [i, x] of Object.entries(given)) if (!refusal(Number(i))) leaves[i] = Number(x);
    compute();
    show();
  };
  return { go, play, choose, change, state: () => ({ position, leaves, ...run }) };
}

// The result as a function of one leaf, and the tangent that its gradient draws.
function tangent(f, low, high, x0, y0, slope, x, y) {
  const width = 320, height = 150, pad = 10;
  const xs = Array.from({ length: 61 }, (_, i) => low + ((high - low) * i) / 60), ys = xs.map(f);
  const finite = [...ys, y].filter(Number.isFinite);
  let [bottom, top] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 0];
  const margin = Math.max(1, Math.abs(top));
  if (top - bottom < 1e-12 * margin) [bottom, top] = [bottom - margin, top + margin];
  const right = (t) => pad + ((t - low) / (high - low)) * (width - 2 * pad);
  const down = (t) => height - pad - ((t / 2 - bottom / 2) / (top / 2 - bottom / 2)) * (height - 2 * pad);
  const svg = shape(null, "svg", { viewBox: `0 0 ${width} ${height}`, class: "tangent", role: "img",
    "aria-label": "the result as a function of this leaf, with its tangent" });
  const add = (tag, attributes) => { // where there is such a place
    if (Object.values(attributes).every((value) => typeof value === "string" || Number.isFinite(value))) shape(svg, tag, attributes);
  };
  const points = xs.map((t, i) => (Number.isFinite(ys[i]) ? `${right(t)},${down(ys[i])}` : "")).filter(Boolean).join(" ");
  add("polyline", { points, fill: "none", stroke: "var(--ink)", "stroke-width": 2 });
  const clip = (t) => Math.max(-height, Math.min(2 * height, down(y0 + slope * (t - x0))));
  add("line", { x1: right(low), y1: clip(low), x2: right(high), y2: clip(high), stroke: "var(--now)", "stroke-width": 2, "stroke-dasharray": "6 4" });
  add("circle", { cx: right(x0), cy: down(y0), r: 4, fill: "var(--paper)", stroke: "var(--now)", "stroke-width": 2 });
  add("circle", { cx: right(x), cy: down(y), r: 4.5, fill: "var(--ink)" });
  return svg;
}
