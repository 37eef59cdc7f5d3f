// Backpropagation, one node at a time: the page behind nn.step_through.
//
// mount(element, data) fills an element with a drawing, its controls and a panel. `data` is the graph: for every node its
// name, value, operation, inputs and partial derivatives. The page computes all numbers itself, from the leaves.

const HTML = `
<div class="app beside" role="region" aria-label="Backpropagation, step by step">
  ${toolbar("Steps", "Step", `
    <select class="depth" aria-label="What is a box">
      <option value="operation">every operation</option>
      <option value="neuron">folded to neurons</option>
      <option value="layer">folded to layers</option>
      <option value="own" hidden>opened one by one</option>
    </select>
    <select class="speed" aria-label="How fast it plays">
      <option value="2800">slow</option><option value="1400" selected>at ease</option><option value="600">fast</option><option value="250">very fast</option>
    </select>
    <select class="way" aria-label="The right way, or a wrong one">
      <option value="">the right way</option>
      <option value="overwrite">wrong: = instead of +=</option>
      <option value="order">wrong: nodes in the wrong order</option>
      <option value="no zero_grad">wrong: zero_grad forgotten</option>
    </select>`)}
  <div class="folds" role="group" aria-label="What is drawn">
    <div class="chips"></div>
    <label class="check constants" hidden><input type="checkbox" checked> constants</label>${ZOOM}
  </div>
  <div class="stage" tabindex="0" role="group" aria-label="The graph; click a node to look at it" aria-keyshortcuts="+ - 0"></div>
  <div class="panel" tabindex="0" role="group" aria-label="What happens here">
    <div class="now" aria-live="polite"></div>
    <div class="node-info"></div>
  </div>
  <div class="tools">
    <section class="downhill" aria-label="Descend">${DESCEND}</section>
    <section class="foretell" aria-label="Predict">${PREDICT}</section>
  </div>
  <details class="all"><summary>All steps as a table</summary><div class="table"></div></details>
</div>`;

// options.moving: which leaves go downhill, as a function; by default those that graph.parameters names, else all.
/** @param {any} element @param {any} graph @param {(state: any) => void} [changed] @param {{ moving?: () => number[] }} [options] */
export function mount(element, graph, changed = () => {}, { moving } = {}) {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}</style>${HTML}`;
  const $ = (selector) => root.querySelector(selector);
  const words = wordsOf(graph), { name } = words, setDrawing = zoomable($);

  const NARROW = 600; // pixels: below that a graph runs from top to bottom

  // A box comes into view, the other end of its edge as far as there is room, and of what these are joined with as much as fits.
  function follow(here, there = here) {
    const joined = Object.keys(edges).map((way) => way.split("->")).flatMap(([x, i]) => (x === here || x === there ? [i] : i === here || i === there ? [x] : []));
    const rects = [here, there, ...joined].map((key) => boxes[key]?.getBoundingClientRect()).filter(Boolean);
    return scrollTo($(".stage"), rects[0], rects.slice(1, 2), rects.slice(2));
  }

  // The drawing, laid out here, or by Graphviz where the graph is large. Groups are named by <title>: boxes n0, arrows n0->n5.
  const tree = groupsOf(graph), sizes = new Map();
  const views = tree.groups.some(({ kind }) => kind === "function") ? {} : graph.views ?? {}; // in which softmax is no box
  for (const depth of Object.keys(DEPTHS)) {
    const size = views[depth] ? new Set(views[depth].places).size : countBoxes(graph, tree.chains, closedAt(tree.groups, depth));
    if ((views[depth] || !Object.keys(views).length) && ![...sizes.values()].includes(size)) sizes.set(depth, size);
  }
  const depths = [...sizes.keys()], narrow = () => $(".stage").clientWidth > 0 && $(".stage").clientWidth < NARROW;
  let view, boxes, edges, lines, opens, letters, closed = new Set(), folded = false;
  function fold(depth) {
    $(".depth").value = depth;
    if (depth !== "own") closed = closedAt(tree.groups, depth);
    const drawn = views[depth];
    view = drawn || closedView(graph, tree, closed, narrow(), $(".stage").clientWidth - 20, $(".constants input").checked);
    closed = view.closed ?? closed;
    [boxes, edges, lines] = [{}, {}, {}];
    const drawing = drawingOf(view.svg);
    $(".stage").replaceChildren(drawing);
    for (const group of root.querySelectorAll(".stage g.node, .stage g.edge")) {
      const key = group.querySelector("title").textContent.replace(/:[^-]*/g, "");
      if (group.classList.contains("node")) boxes[key] = group;
      else (edges[key] ??= []).push(group);
    }
    for (const title of root.querySelectorAll(".stage title")) title.remove();
    opens = {};
    const worn = [...graph.nodes.keys()].filter((i) => graph.nodes[i].kind !== "constant").map(boxOf);
    folded = new Set(worn).size < worn.length;
    tree.chains.forEach((chain, i) => { const g = chain.find((each) => closed.has(each)); if (g !== undefined && graph.nodes[i].kind !== "constant") opens[boxOf(i)] = g; });
    for (const [key, box] of Object.entries(boxes)) {
      const i = view.shown[key], g = opens[key];
      if (i === undefined && g === undefined) continue;
      if (i !== undefined) {
        const [value, grad] = [...box.querySelectorAll("text")].slice(-2);
        lines[key] = { node: i, value, grad };
        box.dataset.name = name(i);
      } else nameByWords(box, true);
      box.classList.add(i === undefined ? "g-group" : "g-node");
      for (const [attribute, word] of [["tabindex", "0"], ["role", "button"]]) box.setAttribute(attribute, word);
      const press = () => (i === undefined ? toggle(g) : choose(i));
      box.addEventListener("click", press);
      if (g !== undefined) box.addEventListener("dblclick", () => toggle(g));
      if (g !== undefined) box.querySelector(".symbol")?.addEventListener("click", (event) => { event.stopPropagation(); toggle(g); });
      box.addEventListener("keydown", (event) => {
        const around = g === undefined ? tree.chains[i].at(-1) : tree.groups[g].parent; // the open group that it stands in
        if (event.key !== "Enter" && event.key !== " " && event.key !== "+" && event.key !== "-") return;
        if (event.key === "-") { if (around >= 0) toggle(around); }
        else if (g !== undefined && event.key !== " " && (event.key === "+" || it.chosen === i)) toggle(g);
        else press();
        event.preventDefault();
        event.stopPropagation();
      });
    }
    const constants = Object.keys(boxes).filter((key) => graph.nodes.every((node, i) => boxOf(i) !== key || node.kind === "constant"));
    for (const key of constants) for (const part of [boxes[key], ...Object.entries(edges).flatMap(([way, found]) => (way.startsWith(`${key}->`) ? found : []))])
      part.classList.add("constant");
    $(".constants").hidden = drawn ? !constants.length : !graph.nodes.some(({ labelled }, i) => labelled && !tree.chains[i].some((g) => closed.has(g)));
    if (!drawn) frameGroups(drawing, tree, closed, boxOf, boxes, toggle);
    letters = keepLegible(drawing); // with the frames, which make it larger
    setDrawing(drawing);
    foldBar($(".chips"), tree, closed, toggle);
    $(".folds").classList.toggle("empty", !$(".chips").childElementCount && $(".constants").hidden);
    if (it.position === 0) follow(boxOf(graph.forward[0] ?? graph.output));
  }

  // Folded as far as needed for a reader to take it in.
  function foldToFew() {
    const few = FEW[narrow() ? "narrow" : "wide"], depth = depths.find((each) => sizes.get(each) <= few);
    if (depth === undefined && tree.groups.length) foldOneByOne(closedToFew(graph, tree, few));
    else fold(depth ?? depths.at(-1));
  }

  function foldOneByOne(groups) {
    closed = groups;
    $(".depth option[value=own]").hidden = false;
    $(".depth").hidden = false;
    fold("own");
  }

  // A group that was one box is opened, or the other way round.
  function toggle(g) {
    const inside = (k) => k === g || (k >= 0 && inside(tree.groups[k].parent));
    if (closed.has(g)) {
      closed.delete(g);
      tree.groups.forEach(({ parent }, k) => { if (parent === g) closed.add(k); });
    } else {
      for (const k of [...closed]) if (inside(k)) closed.delete(k);
      closed.add(g);
    }
    const held = root.activeElement?.closest(".stage") && root.activeElement !== $(".stage"); // the keyboard is at a box that is drawn anew
    foldOneByOne(closed);
    show();
    if (held) (boxes[boxOf(tree.groups[g].nodes.find((i) => boxes[boxOf(i)]?.hasAttribute("tabindex")))] ?? $(".stage")).focus();
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
  const leaves = {}, own = graph.parameters ?? [...graph.nodes.keys()].filter((i) => graph.nodes[i].kind === "leaf");
  let refused = "";
  const it = { graph, words, leaves, run: null, wrong: "", position: 0, chosen: null, predicting: false,
    moving: moving ?? (() => own), refusal, turn, go, play, show, step: () => it.run.all[it.position - 1], next: () => it.run.all[it.position],
    differs: (i) => graph.nodes[i].kind !== "constant" && !Object.is(it.run.grads[i], it.run.right[i]) };

  // Why a leaf cannot be changed here; empty for one that can.
  function refusal(i) {
    const op = recordedAbove(graph, i);
    return op ? `${name(i)} cannot be changed here: it leads to ${op}, an operation that was added in Python, ` +
      "and a page cannot compute its numbers anew." : "";
  }

  function compute() {
    const values = forward(graph, leaves);
    const steps = graph.forward.map((i) => ({ pass: "forward", node: i, value: values[i] }));
    const back = backward(graph, values, it.wrong);
    it.run = { values, ...back, forward: steps.length, all: [...steps, ...back.steps] };
    it.run.right = it.wrong ? backward(graph, values).grads : back.grads;
    $(".slider").max = it.run.all.length;
    it.position = Math.min(it.position, it.run.all.length);
  }

  // Other numbers in some leaves, or with undefined their own again.
  function turn(given, position = it.position) {
    for (const [i, x] of Object.entries(given)) if (x === undefined) delete leaves[i]; else leaves[i] = x;
    it.position = position;
    compute();
    show();
  }

  function show() {
    const { run, position, wrong } = it, taken = run.all.slice(0, position), step = taken.at(-1), n = run.forward;
    const grads = position >= n ? [...run.start] : [];
    const reached = new Set(position >= n ? [graph.output] : []);
    for (const s of taken.slice(n)) { grads[s.input] = s.total; reached.add(s.input); }
    const known = new Set(taken.slice(0, n).map((s) => s.node));
    for (const [key, { node, value, grad }] of Object.entries(lines)) {
      value.textContent = graph.nodes[node].kind !== "computed" || known.has(node) ? text(run.values[node], 4) : "";
      grad.textContent = reached.has(node) ? `grad ${text(grads[node], 4)}` : "";
      nameByWords(boxes[key], key in opens);
    }
    const marks = Object.fromEntries(Object.keys(boxes).map((key) => [key, new Set()]));
    graph.nodes.forEach((node, i) => {
      const mark = marks[boxOf(i)];
      if (!mark) return;
      if (known.has(i)) mark.add("known");
      if (reached.has(i)) mark.add("reached");
      if (i === it.chosen) mark.add("chosen");
      if (wrong && position === run.all.length && it.differs(i)) mark.add("differs");
    });
    for (const i of step ? [step.node, step.input ?? step.node] : []) marks[boxOf(i)]?.add("active");
    for (const [key, box] of Object.entries(boxes)) {
      for (const word of ["known", "reached", "chosen", "differs", "active"]) box.classList.toggle(word, marks[key].has(word));
      box.classList.toggle("going", step?.pass === "forward");
    }
    const seen = step && follow(boxOf(step.input ?? step.node), boxOf(step.node));
    showFlow(it, edges, arrows, edge, letters, seen);
    tellStep(it, $(".now"));
    if (refused) $(".now").append(make("p", refused, "wrong"));
    if (step) together();
    tellNode(it, $(".node-info"), grads, known, reached);
    downhill();
    foretell();
    tellPosition($, position, run.all.length, `step ${position} of ${run.all.length}`, $(".now h3").textContent);
    for (const [i, row] of [...root.querySelectorAll("tbody tr")].entries()) row.classList.toggle("current", i === position - 1);
    changed({ position, leaves: { ...leaves } });
  }

  // Where the graph is folded, one stop may be several steps: all of them are told.
  function together() {
    const { all } = it.run, here = stop(all[it.position - 1]);
    let first = it.position - 1;
    while (first > 0 && stop(all[first - 1]) === here) first--;
    if (folded && it.position - first > 1) tellTogether(it, $(".now"), all.slice(first, it.position), !narrow());
  }

  function choose(i) {
    it.chosen = it.chosen === i ? null : i;
    $(".node-info").dataset.node = "";
    show();
  }

  const table = () => $(".table").replaceChildren(tableOfSteps(it));

  function go(to) {
    it.position = Math.max(0, Math.min(it.run.all.length, to));
    show();
  }

  // The next place to stop in a direction: every step, or where graphs are folded every box and arrow.
  function along(direction) {
    const { all } = it.run;
    let to = it.position + direction;
    if (!folded || it.predicting) return to;
    while (to > 0 && to < all.length && stop(all[to - 1]) === stop(all[to])) to += direction;
    return to;
  }

  const playing = repeating($(".play"), "▶ Play", "⏸ Pause");
  function play(on) {
    playing.stop();
    if (!on) return;
    if (it.position === it.run.all.length) go(0);
    go(along(1));
    playing.start(() => it.position < it.run.all.length && go(along(1)), Number($(".speed").value));
  }

  const places = () => ({ Home: 0, ArrowLeft: along(-1), ArrowRight: along(1), End: it.run.all.length });
  const keys = graph.alone ? document : $(".app"); // a page of its own listens everywhere
  steer($, keys, places, (to) => { play(false); go(to); }, () => play(!playing.on()));
  $(".speed").addEventListener("change", () => { if (playing.on()) play(true); });
  $(".way").addEventListener("change", () => { it.wrong = $(".way").value; compute(); table(); show(); });
  $(".depth").addEventListener("change", () => { fold($(".depth").value); show(); });
  for (const option of [...$(".depth").options]) if (option.value !== "own" && !depths.includes(option.value)) option.remove();
  $(".depth").hidden = depths.length < 2;
  $(".constants input").addEventListener("change", () => {
    $(".stage").classList.toggle("bare", !$(".constants input").checked);
    fold($(".depth").value);
    show();
  });
  $(".all").addEventListener("toggle", table);
  themed($(".app"));
  $(".app").classList.toggle("alone", Boolean(graph.alone)); // a page of its own has the whole screen
  const above = new ResizeObserver(() => $(".app").style.setProperty("--above", `${$(".stage").offsetTop - $(".app").offsetTop}px`));
  for (const place of [".bar", ".folds"]) above.observe($(place));
  globalThis.addEventListener?.("beforeprint", () => { table(); $(".all").open = true; });
  const downhill = descender(it, $), foretell = predictor(it, $);
  compute();
  foldToFew();
  table();
  show();
  const change = (given) => {
    for (const i of Object.keys(leaves)) delete leaves[i];
    refused = Object.keys(given).map((i) => refusal(Number(i))).filter(Boolean).join(" ");
    for (const [i, x] of Object.entries(given)) if (!refusal(Number(i))) leaves[i] = Number(x);
    compute();
    show();
  };
  return { go, play, choose, change, state: () => ({ position: it.position, chosen: it.chosen, leaves, ...it.run }) };
}
