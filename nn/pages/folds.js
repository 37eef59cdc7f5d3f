// What stands in one box: neurons, layers and modules, which Python names, and softmax, which the graph tells. Each is opened and
// closed by itself.

// What can be a box: its name, the group around it, and the nodes in it. graph.groups has those of Python, node.group the innermost.
function groupsOf(graph) {
  const groups = (graph.groups ?? []).map(({ name, kind, parent }) => ({ name, kind, parent, nodes: [] }));
  const own = graph.nodes.map((node) => node.group ?? -1);
  for (const found of softmaxes(graph)) {
    const around = own[found.at(-1)];
    const inside = found.filter((i) => own[i] === around);
    for (const i of inside) own[i] = groups.length;
    groups.push({ name: inside.some((i) => graph.nodes[i].op === "exp") ? "softmax" : "log softmax", kind: "function", parent: around, nodes: [] });
  }
  const chains = own.map((g) => {
    const chain = [];
    for (; g >= 0; g = groups[g].parent) chain.unshift(g);
    return chain; // from the outermost to the innermost
  });
  chains.forEach((chain, i) => { for (const g of chain) groups[g].nodes.push(i); });
  return { groups, chains };
}

const usersOf = (graph) => {
  const users = graph.nodes.map(() => []);
  for (const i of graph.forward) for (const x of graph.nodes[i].inputs) users[x].push(i);
  return users;
};

// log softmax: numbers less the logarithm of the sum of their powers, and what is shifted in front; softmax: the powers of these.
function softmaxes(graph) {
  const users = usersOf(graph), is = (i, op) => graph.nodes[i].op === op;
  const found = [];
  for (const total of graph.forward.filter((i) => is(i, "logsumexp"))) {
    const terms = graph.nodes[total].inputs;
    const logs = users[total].filter((i) => is(i, "sub") && graph.nodes[i].inputs[1] === total && terms.includes(graph.nodes[i].inputs[0]));
    if (!logs.length) continue;
    const inner = new Set([total, ...logs]);
    const shifted = terms.filter((x) => graph.nodes[x].kind === "computed" && is(x, "sub") && users[x].every((i) => inner.has(i))
      && graph.nodes[graph.nodes[x].inputs[1]].kind === "constant");
    const powers = logs.flatMap((i) => (users[i].length && users[i].every((k) => is(k, "exp")) ? users[i] : []));
    found.push([...new Set([...shifted, total, ...logs, ...powers])].sort((a, b) => a - b));
  }
  return found;
}

// The box of each node: the outermost group around it that is closed, as a negative number, else its own.
const boxesOf = (chains, closed) => chains.map((chain, i) => {
  const g = chain.find((each) => closed.has(each));
  return g === undefined ? i : -1 - g;
});

/**
 * The graph of boxes, as the layout takes it. box: for each node whose box it is in; about: name and sign of boxes that are no node.
 * @param {any} graph @param {number[]} box @param {(box: number) => any} [about]
 * @returns {any} null where boxes use one another in a circle: then `circle` has them
 */
export function quotient(graph, box, about = (b) => graph.nodes[b]) {
  const members = new Map();
  box.forEach((b, i) => { if (!members.has(b)) members.set(b, []); members.get(b).push(i); });
  const inputs = new Map([...members.keys()].map((b) => [b, new Set()]));
  for (const i of layout.visits(graph)) for (const x of graph.nodes[i].inputs ?? []) if (box[x] !== box[i]) inputs.get(box[i]).add(box[x]);
  const order = [], left = new Map([...inputs].map(([b, from]) => [b, from.size])), users = new Map([...inputs.keys()].map((b) => [b, []]));
  for (const [b, from] of inputs) for (const x of from) users.get(x).push(b);
  const ready = [...left.keys()].filter((b) => left.get(b) === 0);
  for (let b; (b = ready.shift()) !== undefined; ) {
    order.push(b);
    for (const user of users.get(b)) { left.set(user, left.get(user) - 1); if (left.get(user) === 0) ready.push(user); }
  }
  if (order.length < members.size) return { circle: [...members.keys()].filter((b) => !order.includes(b)) };
  const place = new Map(order.map((b, k) => [b, k]));
  const nodes = order.map((b) => ({ ...about(b), inputs: [...inputs.get(b)].map((x) => place.get(x)) }));
  const forward = [...nodes.keys()].filter((k) => nodes[k].kind === "computed");
  return { nodes, forward, output: place.get(box[graph.output]), order, members, places: box.map((b) => place.get(b)) };
}

// neuron 1: h₁₁
const titleOf = ({ name }, results) => (results.length === 1 && results[0].length <= 12 ? `${name}: ${results[0]}` : name);

// The drawing with some groups closed, as stepper.js takes it, laid out here.
function closedView(graph, { groups, chains }, closed, down, pixels, constants = true) {
  const drawn = (node) => (node.labelled && constants ? { ...node, drawn: true, said: `${node.name} = ${text(Number(fromText(node.value)))}` } : node);
  const users = usersOf(graph);
  const shut = new Set(closed);
  for (;;) {
    const box = boxesOf(chains, shut);
    const inside = (b) => groups[-1 - b].nodes.filter((i) => box[i] === b && graph.nodes[i].kind === "computed");
    const results = (b) => inside(b).filter((i) => i === graph.output || users[i].some((user) => box[user] !== b));
    const made = quotient(graph, box, (b) => (b >= 0 ? drawn(graph.nodes[b])
      : { kind: inside(b).length ? "computed" : "leaf", name: titleOf(groups[-1 - b], results(b).map((i) => graph.nodes[i].name)), symbol: "⊞", formula: "", inputs: [] }));
    if (made.circle) { // a module that is called on its own results cannot be one box
      const open = made.circle.filter((b) => b < 0);
      for (const b of open) shut.delete(-1 - b);
      continue;
    }
    const drawing = drawGraph(made, down, pixels), shown = {};
    for (const [key, k] of Object.entries(drawing.shown)) {
      const b = made.order[k], found = b >= 0 ? [b] : results(b);
      if (found.length === 1) [shown[key]] = found; // else a box of many results, which shows none
    }
    return { svg: drawing.svg, places: made.places.map((k) => drawing.places[k]), shown, closed: shut };
  }
}

// Which groups are closed at a depth: all neurons, or all layers; what is a function is one box at each.
const DEPTHS = { operation: ["function"], neuron: ["function", "neuron"], layer: ["function", "neuron", "layer"] };
const FEW = { wide: 70, narrow: 14 }; // boxes that a reader takes in: at first a drawing is folded until there are fewer
const countBoxes = (graph, chains, closed) =>
  new Set(boxesOf(chains, closed).filter((_, i) => graph.nodes[i].kind !== "constant")).size;
const closedAt = (groups, depth) => new Set(groups.flatMap(({ kind }, g) => (DEPTHS[depth].includes(kind) ? [g] : [])));

// The groups to close so that few boxes are left: of modules within modules the innermost, or those around these, and so on.
function closedToFew(graph, { groups, chains }, few) {
  const around = groups.map(() => 0);
  for (const chain of chains) chain.forEach((g, depth) => { around[g] = depth; });
  for (let depth = Math.max(0, ...around); ; depth--) {
    const closed = new Set(groups.flatMap(({ kind }, g) => (around[g] === depth || DEPTHS.layer.includes(kind) ? [g] : [])));
    if (depth === 0 || countBoxes(graph, chains, closed) <= few) return closed;
  }
}

const MOST_CHIPS = 12;

// A button for each group that is not inside of a closed one: it opens or closes it.
function foldBar(place, { groups }, closed, toggle) {
  const hidden = (g) => g >= 0 && (closed.has(g) || hidden(groups[g].parent));
  const all = [...groups.keys()].filter((g) => !hidden(groups[g].parent));
  const there = all.length > MOST_CHIPS ? all.filter((g) => groups[g].kind !== "neuron") : all;
  place.replaceChildren();
  for (const g of there.slice(0, MOST_CHIPS)) {
    const { name, kind, parent } = groups[g], whole = kind === "neuron" && parent >= 0 ? `${groups[parent].name}, ${name}` : name;
    const chip = make("button", `${closed.has(g) ? "⊞" : "⊟"} ${whole}`);
    chip.dataset.group = g;
    chip.setAttribute("aria-expanded", String(!closed.has(g)));
    chip.setAttribute("aria-label", `${whole}, ${closed.has(g) ? "one box: open it" : "open: make it one box"}`);
    chip.addEventListener("click", () => { toggle(g); place.querySelector(`[data-group="${g}"]`)?.focus(); });
    place.append(chip);
  }
  const rest = all.length - Math.min(there.length, MOST_CHIPS);
  if (rest) place.append(Object.assign(make("span", `and ${rest} more`, "muted"), { title: "they open in the drawing" }));
}

// A frame with its name around each group that is open, where nothing else stands within.
function frameGroups(drawing, { groups }, closed, boxOf, boxes, toggle) {
  const bounds = new Map(Object.entries(boxes).map(([key, box]) => [key, box.getBBox()]));
  const graph = drawing.querySelector(".graph"), around = (g) => (g < 0 ? 0 : 1 + around(groups[g].parent));
  const [x, y, width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  let least = [x, y, x + width, y + height];
  const depth = (g) => Math.max(0, ...groups.flatMap((each, k) => (each.parent === g && !closed.has(k) ? [1 + depth(k)] : [])));
  for (const g of [...groups.keys()].filter((k) => !closed.has(k)).sort((a, b) => around(b) - around(a))) {
    const own = new Set(groups[g].nodes.map(boxOf).filter((key) => bounds.has(key))), rects = [...own].map((key) => bounds.get(key));
    if (rects.length < 2 || rects.some(({ width }) => width === 0)) continue;
    const pad = 7 + 7 * depth(g), head = 20 * (1 + depth(g));
    const [left, top] = [Math.min(...rects.map((r) => r.x)) - pad, Math.min(...rects.map((r) => r.y)) - head];
    const [right, bottom] = [Math.max(...rects.map((r) => r.x + r.width)) + pad, Math.max(...rects.map((r) => r.y + r.height)) + pad];
    const strange = [...bounds].some(([key, r]) => !own.has(key) && r.x < right && r.x + r.width > left && r.y < bottom && r.y + r.height > top);
    if (strange) continue;
    const frame = shape(null, "g", { class: "cluster" });
    shape(frame, "rect", { x: left, y: top, width: right - left, height: bottom - top, rx: 10 });
    const name = shape(frame, "text", { x: left + 9, y: top + 15, "font-size": 15 }, `⊟ ${groups[g].name}`);
    name.addEventListener("click", () => toggle(g));
    graph.prepend(frame);
    least = [Math.min(least[0], left), Math.min(least[1], top), Math.max(least[2], right), Math.max(least[3], bottom)];
  }
  drawing.setAttribute("viewBox", [least[0] - 2, least[1] - 2, least[2] - least[0] + 4, least[3] - least[1] + 4].join(" "));
}
