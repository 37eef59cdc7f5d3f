// The sixth screen: a whole network, which does nothing else. It is trained on points in front of the reader; it stops
// anywhere, and its gradient for any point is stepped through.
// @ts-check

import { repeating, zeroLine } from "../stepper.js";
import { button, lossCurve, make, num, shape, slider, still } from "./dom.js";
import { showStepper } from "./stage.js";
import { DATA, OPTIMISERS, leavesFor, lossAndGradient, net, points, says } from "./training.js";

const REACH = 2, CELLS = 36, SMALL = 18, MOST_STEPS = 4000;

/** @param {string} words @param {string[]} options @param {string} value @param {(value: string) => void} set */
function choice(words, options, value, set) {
  const select = make("select", { "aria-label": words, onchange: () => set(select.value) }, ...options.map((each) => make("option", { value: each, selected: each === value }, each)));
  return make("label", { class: "choice" }, make("span", {}, words), select);
}

/** @param {import("./lexer.js").Book} book @returns {import("./story.js").Screen} */
export function network(book) {
  const set = { data: "moons", layers: 1, hidden: 4, activation: "tanh", rate: 0.5, optimiser: "momentum" };
  let seed = 3, cloud = points(set.data), model = net(book, set.layers, set.hidden, set.activation, seed), theta = [...model.start], losses = /** @type {number[]} */ ([]);
  let move = OPTIMISERS[set.optimiser](set.rate), chosen = 0, looked = -1;
  /** @type {ReturnType<typeof lossAndGradient>} */
  let now;

  const say = make("p", { class: "say", "aria-live": "polite" }), steps = make("div", { class: "steps" });
  const curve = shape(null, "svg", { viewBox: "0 0 300 130", class: "losses", role: "img", "aria-label": "The loss after each step" });
  const plane = make("canvas", { width: CELLS, height: CELLS, "aria-hidden": "true" }), over = shape(null, "svg", { viewBox: `0 0 ${CELLS} ${CELLS}`, class: "points", role: "img" });
  const wires = shape(null, "svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true", class: "wires" }), neurons = make("div", { class: "neurons" });
  const left = make("div", { class: "net" }, wires, neurons), right = make("div", { class: "plane" }, plane, over);

  const across = (/** @type {number} */ x) => ((x + REACH) / (2 * REACH)) * CELLS, down = (/** @type {number} */ y) => ((REACH - y) / (2 * REACH)) * CELLS;
  const colours = () => {
    const look = getComputedStyle(document.documentElement);
    return ["--class0", "--class1"].map((name) => Number.parseInt(look.getPropertyValue(name).trim().slice(1), 16) || 0);
  };

  /** @param {any} canvas @param {number} n @param {number[]} sure from −1 to 1 @param {number[]} both */
  function paint(canvas, n, sure, both) {
    const context = canvas.getContext("2d"), picture = context.createImageData(n, n);
    sure.forEach((s, k) => {
      const rgb = both[s > 0 ? 1 : 0];
      picture.data.set([rgb >> 16, (rgb >> 8) & 255, rgb & 255, 30 + 170 * Math.min(1, Math.abs(s))], 4 * k);
    });
    context.putImageData(picture, 0, 0);
  }

  function look() {
    const both = colours(), out = /** @type {number[]} */ ([]), small = model.h.flat().map(() => /** @type {number[]} */ ([]));
    for (let j = 0; j < CELLS; j++) for (let i = 0; i < CELLS; i++) {
      const said = says(model, theta, -REACH + ((i + 0.5) / CELLS) * 2 * REACH, REACH - ((j + 0.5) / CELLS) * 2 * REACH);
      out.push(said.a);
      if (i % 2 === 0 && j % 2 === 0) said.h.forEach((h, k) => small[k].push(set.activation === "sigmoid" ? 2 * h - 1 : set.activation === "relu" ? h / 2 : h));
    }
    paint(plane, CELLS, out.map((x) => Math.tanh(x / 2)), both);
    over.querySelector(".border").setAttribute("d", zeroLine(out, CELLS));
    neurons.querySelectorAll("canvas").forEach((/** @type {any} */ canvas, /** @type {number} */ k) => paint(canvas, SMALL, small[k], both));
    const most = Math.max(...model.weights.flat(2).map((k) => Math.abs(theta[k])), 1e-9);
    wires.querySelectorAll("path").forEach((/** @type {any} */ wire) => {
      const w = theta[Number(wire.dataset.weight)];
      wire.setAttribute("class", w < 0 ? "below" : "above");
      wire.style.strokeWidth = `${(0.8 + (6 * Math.abs(w)) / most).toFixed(2)}px`;
    });
  }

  function tell() {
    over.setAttribute("aria-label", `The plane: ${now.right} of ${cloud.length} points on the right side of the boundary`);
    lossCurve(curve, losses, 300, 130);
    const [a, b, c] = cloud[chosen];
    say.textContent = `${now.right} of ${cloud.length} points right, loss ${num(now.loss, 4)}. Ringed: point (${num(a, 2)}, ${num(b, 2)}) of the ${c ? "squares" : "circles"}; the net gives it ${Math.round(100 / (1 + Math.exp(says(model, theta, a, b).a * (c ? -1 : 1))))} % for that.`;
    over.querySelectorAll(".point").forEach((/** @type {any} */ point, /** @type {number} */ i) => point.classList.toggle("chosen", i === chosen));
  }

  function measure() { now = lossAndGradient(model, theta, cloud); }

  function step(times = 1) {
    for (let n = 0; n < times; n++) {
      const change = move(now.gradient);
      theta = theta.map((p, k) => p + change[k]);
      measure();
      losses.push(now.loss);
    }
  }

  function stop() {
    running.stop();
    say.setAttribute("aria-live", "polite");
  }

  const playing = button("▶ Play", () => {
    if (running.on()) { stop(); tell(); return; }
    say.setAttribute("aria-live", "off");
    steps.replaceChildren();
    running.start(() => {
      const start = performance.now();
      do step(); while (performance.now() - start < 14 && losses.length < MOST_STEPS);
      look();
      tell();
      if (losses.length >= MOST_STEPS || !Number.isFinite(now.loss)) stop();
    }, still() ? 400 : 60);
  }, { class: "play" }), running = repeating(playing, "▶ Play", "⏸ Pause");

  function restart() {
    stop();
    cloud = points(set.data);
    model = net(book, set.layers, set.hidden, set.activation, seed);
    theta = [...model.start];
    move = OPTIMISERS[set.optimiser](set.rate);
    chosen %= cloud.length;
    looked = -1;
    measure();
    losses = [now.loss];
    steps.replaceChildren();
    lay();
    look();
    tell();
  }

  /** The drawing, which stays the same while numbers change. */
  function lay() {
    over.replaceChildren();
    shape(over, "path", { class: "border" });
    cloud.forEach(([a, b, c], i) => {
      const [x, y] = [across(a), down(b)];
      const point = c ? shape(over, "rect", { x: x - 0.62, y: y - 0.62, width: 1.24, height: 1.24, class: "point one" }) : shape(over, "circle", { cx: x, cy: y, r: 0.72, class: "point" });
      point.addEventListener("click", (/** @type {Event} */ event) => { event.stopPropagation(); pick(i); });
    });
    neurons.replaceChildren();
    wires.replaceChildren();
    const row = (/** @type {number} */ i, /** @type {number} */ n) => (100 * (i + 0.5)) / n;
    const wire = (/** @type {number} */ x1, /** @type {number} */ y1, /** @type {number} */ x2, /** @type {number} */ y2, /** @type {number} */ weight) =>
      shape(wires, "path", { d: `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`, "data-weight": weight, "vector-effect": "non-scaling-stroke" });
    const put = (/** @type {any} */ element, /** @type {number} */ x, /** @type {number} */ y) => {
      element.style.left = `${x}%`;
      element.style.top = `${y}%`;
      neurons.append(element);
    };
    const sizes = [2, ...model.h.map((column) => column.length), 1], along = (/** @type {number} */ k) => 9 + (81 * k) / (sizes.length - 1);
    model.weights.forEach((layer, k) => layer.forEach((weights, i) => weights.forEach((weight, j) =>
      wire(along(k) + (k ? 0 : 3), row(j, sizes[k]), along(k + 1), row(i, sizes[k + 1]), weight))));
    ["x₁", "x₂"].forEach((name, j) => put(make("span", { class: "input" }, name), 9, row(j, 2)));
    model.h.forEach((column, k) => column.forEach((node, i) => put(make("button", { type: "button", class: "neuron", "aria-label": `step the gradient of neuron ${i + 1}${model.h.length > 1 ? ` of layer ${k + 1}` : ""}`,
      onclick: () => visit(node) }, make("canvas", { width: SMALL, height: SMALL })), along(k + 1), row(i, column.length))));
    put(make("button", { type: "button", class: "neuron out", "aria-label": `step the gradient of the output, ${model.graph.nodes[model.out].name}`, onclick: () => visit(-1) }, model.graph.nodes[model.out].name), 90, 50);
  }

  function pick(/** @type {number} */ i) {
    chosen = i;
    tell();
    if (steps.firstChild) open(looked < 0 ? model.out : looked);
  }

  /** To the stepper with the keyboard, too; Escape closes it and leads back. @param {number} node */
  function visit(node) {
    const from = /** @type {any} */ (document.activeElement);
    looked = node;
    open(node < 0 ? model.out : node);
    const head = steps.querySelector("h3");
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
    steps.onkeydown = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      steps.replaceChildren();
      from?.focus();
    };
  }

  /** The stepper of this net, with its weights as they are, for the ringed point. @param {number} node */
  function open(node) {
    stop();
    const leaves = leavesFor(model, theta, cloud[chosen]), [a, b, y] = cloud[chosen];
    const graph = { ...model.graph, nodes: model.graph.nodes.map((each, i) => (leaves[i] === undefined ? each : { ...each, value: leaves[i] })) };
    const name = graph.nodes[node].name, place = make("div", {});
    steps.replaceChildren(make("h3", {}, `The gradient at ${name}, for the point (${num(a, 2)}, ${num(b, 2)}) with y = ${y}`),
      make("p", { class: "muted" }, `This is the net as it was stopped, all of it. It says ŷ = σ(${graph.nodes[model.out].name}), and L = −y log ŷ − (1−y) log(1−ŷ). Press Play: forward to L, then back. The training adds up what comes back for every point.`), place);
    const app = showStepper(place, graph, { kept: new Set([...model.x, model.y, ...model.h.flat(), model.out]), folded: true, moving: () => model.parameters });
    app.choose(node);
    steps.scrollIntoView({ block: "nearest", behavior: still() ? "auto" : "smooth" });
  }

  right.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const frame = right.getBoundingClientRect(), x = ((event.clientX - frame.left) / frame.width) * 2 * REACH - REACH, y = REACH - ((event.clientY - frame.top) / frame.height) * 2 * REACH;
    const far = cloud.map(([a, b]) => Math.hypot(a - x, b - y));
    pick(far.indexOf(Math.min(...far)));
  });
  const fresh = (/** @type {keyof typeof set} */ key) => (/** @type {any} */ value) => { /** @type {any} */ (set)[key] = value; restart(); };
  const settings = make("div", { class: "row" },
    choice("points", DATA, set.data, fresh("data")), choice("activation", ["tanh", "relu", "sigmoid"], set.activation, fresh("activation")),
    choice("optimiser", Object.keys(OPTIMISERS), set.optimiser, fresh("optimiser")));
  const count = (/** @type {"layers" | "hidden"} */ key, /** @type {string} */ name, /** @type {number} */ high) => slider({ name, low: 1, high, step: 1, value: set[key], write: (x) => String(x), set: fresh(key) });
  const depth = count("layers", "layers", 3), width = count("hidden", "neurons", 8);
  const rate = slider({ name: "η", low: 0.05, high: 2, step: 0.05, value: set.rate, label: "the learning rate η", set: (x) => { set.rate = x; move = OPTIMISERS[set.optimiser](x); } });
  restart();
  globalThis.matchMedia?.("(prefers-color-scheme: dark)").addEventListener("change", look);
  return { title: "A whole network does nothing else", say, more: curve, below: steps, picture: make("div", { class: "lab" }, left, right),
    under: make("div", { class: "settings" }, settings, make("div", { class: "sliders" }, depth.element, width.element, rate.element)),
    controls: [make("div", { class: "row told" }, playing, button("One step", () => { stop(); step(); look(); tell(); }), button("New weights", () => { seed++; restart(); })),
      make("div", { class: "row" }, button("Next point", () => pick((chosen + 1) % cloud.length)), button("Step its gradient", () => visit(-1)))],
    words: ["Every line is a weight, every square a neuron as you saw it. For each point slopes are multiplied along paths, and added up; then all weights step downhill.",
      "Stop anywhere, click a neuron, and step through its gradient for the ringed point."] };
}
