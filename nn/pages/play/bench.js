// The bench: a formula that one types becomes a graph and a stepper while one types; its numbers are turned, descended, foretold.
// @ts-check

import { backward, forward, text } from "../stepper.js";
import { button, lossCurve, make, num, shape, slider } from "./dom.js";
import { describe, nodesOf, numberOf, plain } from "./graph.js";
import { FormulaError } from "./lexer.js";
import { readFormula } from "./parser.js";
import { mark } from "./predict.js";
import { showStepper } from "./stage.js";
import { readFormulas } from "./systems.js";

export const EXAMPLES = [
  ["one neuron", "σ(w x + b)"],
  ["its cross-entropy", "E = −t log o − (1−t) log(1−o); o = σ(net); net = w x + b; x = 2; t = 1"],
  ["squared error", "E = ½(o − t)²; o = σ(w x + b); x = 1.5; t = 0.4"],
  ["two layers", "E = ½(o − t)²; o = σ(v_1 h_1 + v_2 h_2 + c); h_1 = σ(w_11 x_1 + w_12 x_2 + b_1); h_2 = σ(w_21 x_1 + w_22 x_2 + b_2); x_1 = 0.5; x_2 = -1; t = 1"],
  ["softmax", "E = −log(e^z_1/(e^z_1 + e^z_2 + e^z_3))"],
  ["a parabola", "(x − 3)² + 1"],
  ["used twice", "x·tanh x + x²"],
];
const MOST_NODES = 300, MOST_SLIDERS = 40;
const STARTS = [0.5, -0.8, 0.3, 1.2, -0.4, 0.9, -1.1, 0.7];
const GIVEN = new Set(["x", "t", "y", "X", "T", "ŷ"]);

/** @param {import("./lexer.js").Book} book @param {string} first */
export function bench(book, first) {
  const box = make("textarea", { id: "formula", rows: 2, spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-describedby": "formula-says" });
  const says = make("div", { id: "formula-says", class: "says", "aria-live": "polite" }), place = make("div", { class: "stepper-place" });
  const numbers = make("div", { class: "numbers" }), losses = /** @type {number[]} */ ([]);
  const curve = shape(null, "svg", { viewBox: "0 0 300 130", class: "losses", role: "img", "aria-label": "The loss after each step downhill" });
  /** @type {Map<string, number>} */
  const kept = new Map();
  /** @type {Set<string>} */
  const stay = new Set();
  /** @type {any} */
  let graph = null;
  /** @type {any} */
  let app = null;
  let leaves = /** @type {{ name: string, i: number, base: string, move: (x: number) => void }[]} */ ([]), signature = "", rate = 0.5, timer = 0;

  // ---- typing

  function read() {
    const written = box.value;
    box.rows = Math.min(6, Math.max(2, written.split("\n").length, Math.ceil(written.length / Math.max(20, box.clientWidth / 10))));
    try {
      const { results, numbered, unknown } = readFormulas(book, written), output = results[0], order = nodesOf(output);
      if (order.length > MOST_NODES) throw new FormulaError(written, 0, `this formula has ${order.length} nodes, and the page draws up to ${MOST_NODES}`);
      const used = new Set(order);
      [...unknown].forEach(([name, leaf], n) => { leaf.data = kept.get(name) ?? STARTS[n % STARTS.length]; });
      for (const [name, leaf] of numbered) if (kept.has(name) && kept.get(`${name}=`) === leaf.data) leaf.data = kept.get(name) ?? leaf.data; else { kept.set(`${name}=`, leaf.data); kept.delete(name); }
      show(describe(book.table, output, book.textName), order);
      const others = results.slice(1).map((y) => book.textName(y.label) || "a formula without a name"), idle = [...unknown.values(), ...numbered.values()].filter((leaf) => !used.has(leaf));
      says.className = "says";
      const run = [...unknown.keys()].find((name) => /^[a-z]{2}$/.test(name) && !GIVEN.has(name)); // wx, as it stands on paper
      says.replaceChildren(run ? make("p", { class: "muted" }, `${run} is read as one name; with a blank between, ${[...run].join(" ")}, it is a product.`) : "",
        results.length > 1 ? make("p", { class: "muted" }, `Shown is ${graph.nodes[graph.output].name}; ${others.join(", ")} ${others.length > 1 ? "stand" : "stands"} beside it.`) : "",
        idle.length && results.length < 2 ? make("p", { class: "muted" }, `${idle.map((leaf) => book.textName(leaf.label)).join(", ")}: used nowhere.`) : "");
      place.classList.remove("stale");
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error;
      refuse(written, error);
    }
  }

  /** The text once more, with the place marked, and the sentence under it. @param {string} written @param {FormulaError} error */
  function refuse(written, error) {
    const at = error.position, sign = [...written.slice(at)][0] ?? "", shown = sign === "\n" || !sign ? " " : sign;
    const start = written.lastIndexOf("\n", at - 1) + 1, end = written.indexOf("\n", at) < 0 ? written.length : written.indexOf("\n", at);
    says.className = `says ${error.beyond ? "beyond" : "wrong"}`;
    says.replaceChildren(make("p", { class: "place", "aria-hidden": "true" }, written.slice(start, at), make("mark", {}, shown), written.slice(at + sign.length, Math.max(end, at))),
      make("p", { class: "reason" }, `${written.trim() ? `At place ${[...written.slice(0, at)].length + 1}: ` : ""}${error.reason}.`));
    place.classList.add("stale");
  }

  /** @param {any} found @param {import("./graph.js").Node[]} order */
  function show(found, order) {
    const now = JSON.stringify([found.nodes.map((/** @type {any} */ { name, kind, op, inputs, value }) => [name, kind, op, inputs, kind === "constant" ? value : 0]), place.clientWidth < 600]);
    graph = found;
    leaves = order.flatMap((node, i) => (node.op === null ? [{ name: book.textName(node.label), i, base: book.nameKey(node.label).base, label: node.label, move: () => {} }] : []));
    if (now !== signature || !app) {
      signature = now;
      app = showStepper(place, graph, { changed: follow, kept: worthABox(order), folded: order.length > 24 });
      if (!ask.hidden) question();
    } else app.change(values());
    sliders();
    restartLosses();
  }

  /** What has a box where the graph is folded: formulas with a name, and numbers that are given. @param {import("./graph.js").Node[]} order */
  const worthABox = (order) => new Set(order.flatMap((node, i) => (node.label && (node.inputs.length || GIVEN.has(book.nameKey(node.label).base)) ? [i] : [])));

  /** The numbers of all leaves, by their places. */
  const values = () => Object.fromEntries(leaves.map(({ i }) => [i, numberOf(graph.nodes[i].value)]));
  const run = () => {
    const found = forward(graph, values());
    return { loss: found[graph.output], grads: backward(graph, found).grads };
  };

  // ---- numbers

  function sliders() {
    numbers.replaceChildren();
    for (const leaf of leaves.slice(0, MOST_SLIDERS)) {
      const x = numberOf(graph.nodes[leaf.i].value), reach = Number.isFinite(x) ? Math.max(3, Math.ceil(Math.abs(x) * 2)) : 3;
      const knob = slider({ name: leaf.name || "the number", low: -reach, high: reach, step: reach / 300, value: x, set: (value) => { turn(leaf, value); restartLosses(); } });
      const exact = make("input", { type: "text", inputmode: "decimal", value: text(x), "aria-label": `${leaf.name}, as a number`, onchange: () => {
        const value = Number(exact.value.replace("−", "-").replace(",", "."));
        if (exact.value.trim() && Number.isFinite(value)) { turn(leaf, value); knob.move(value); restartLosses(); }
        exact.value = text(numberOf(graph.nodes[leaf.i].value));
      } });
      knob.element.querySelector("output").replaceWith(exact);
      knob.input.addEventListener("input", () => { exact.value = text(Number(knob.input.value), 4); });
      leaf.move = (value) => { knob.move(value); exact.value = text(value, 4); };
      const moves = make("input", { type: "checkbox", checked: learns(leaf), "aria-label": `${leaf.name} moves downhill`, onchange: () => {
        stay.delete(leaf.name); stay.delete(`+${leaf.name}`);
        stay.add(moves.checked ? `+${leaf.name}` : leaf.name);
      } });
      numbers.append(make("div", { class: "number" }, knob.element, make("label", { class: "check", title: "moves downhill" }, moves, "↓")));
    }
    if (leaves.length > MOST_SLIDERS) numbers.append(make("p", { class: "muted" }, `and ${leaves.length - MOST_SLIDERS} more: click them in the drawing.`));
  }

  /** Whether a leaf is stepped downhill: not what is given, x and t, unless there is nothing else. @param {typeof leaves[0]} leaf */
  function learns(leaf) {
    if (stay.has(leaf.name)) return false;
    return stay.has(`+${leaf.name}`) || !GIVEN.has(leaf.base) || leaves.every(({ base }) => GIVEN.has(base));
  }

  /** @param {any} leaf @param {number} value */
  function set(leaf, value) {
    graph.nodes[leaf.i].value = plain(value);
    kept.set(leaf.label, value);
  }
  /** @param {any} leaf @param {number} value */
  function turn(leaf, value) {
    stop();
    set(leaf, value);
    app.change(values());
  }

  // ---- downhill

  function restartLosses() {
    losses.splice(0, losses.length, run().loss);
    drawLosses("");
  }
  const told = make("p", { class: "say", "aria-live": "polite" });
  /** @param {string} words */
  function drawLosses(words) {
    lossCurve(curve, losses, 300, 130);
    told.textContent = words;
  }
  function descend() {
    const moving = leaves.filter(learns), { grads, loss } = run();
    for (const leaf of moving) set(leaf, numberOf(graph.nodes[leaf.i].value) - rate * grads[leaf.i]);
    for (const leaf of moving) leaf.move(numberOf(graph.nodes[leaf.i].value));
    app.change(values());
    app.go(0);
    losses.push(run().loss);
    const now = losses[losses.length - 1], name = graph.nodes[graph.output].name;
    drawLosses(!moving.length ? "Nothing moves: tick ↓ beside a number." : now > loss ? `${name} went up, from ${num(loss, 4)} to ${num(now, 4)}: the step was too long, take a smaller η.` : now === loss ? `${name} stays ${num(now, 4)}.` : `${name}: ${num(loss, 4)} → ${num(now, 4)}.`);
    return Number.isFinite(now) && now <= loss;
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    often.textContent = "▶ 25 times";
  }
  const often = button("▶ 25 times", () => {
    if (timer) return stop();
    let left = 25;
    often.textContent = "⏸ Stop";
    timer = Number(setInterval(() => { if (!descend() || --left === 0) stop(); }, 120));
  });
  const knob = slider({ name: "η", low: -3, high: 1, step: 0.05, value: Math.log10(rate), label: "the learning rate η", write: (x) => num(10 ** x, 2), set: (x) => { rate = 10 ** x; } });

  // ---- foretell

  const score = { right: 0, asked: 0, row: 0 };
  const ask = make("div", { class: "ask", hidden: true }), asked = make("p", { class: "question" }), answer = make("input", { type: "text", inputmode: "text", autocomplete: "off", "aria-label": "the next number" });
  const marked = make("p", { class: "say", "aria-live": "polite" }), tally = make("p", { class: "muted tally" });
  const next = () => {
    const { all, position } = app.state();
    return all[position];
  };
  /** What the next step is about. @param {any} step */
  function about(step) {
    const name = (/** @type {number} */ i) => graph.nodes[i].name, top = name(graph.output), d = (/** @type {number} */ i) => (/^[\p{L}\p{M}\p{N}_′]+$/u.test(name(i)) ? `∂${name(i)}` : `∂(${name(i)})`);
    const { values: at } = app.state();
    const inputs = graph.nodes[step.node].inputs.map((/** @type {number} */ i) => /** @type {[string, number]} */ ([name(i), at[i]]));
    const shown = (/** @type {[string, number]} */ [of, x]) => (of === text(x) ? of : `${of} = ${text(x)}`);
    if (step.pass === "forward") return { name: name(step.node), inputs, ask: `Forward: what is ${name(step.node) === graph.nodes[step.node].formula ? "" : `${name(step.node)} = `}${graph.nodes[step.node].formula}?`, hint: inputs.map(shown).join(", ") };
    return { name: `∂${top}/${d(step.input)}`, inputs, ask: `Back: along the edge from ${name(step.node)} to ${name(step.input)}, what does ∂${top}/${d(step.input)} come to?`,
      hint: `upstream ${text(step.upstream)}; ${d(step.node)}/${d(step.input)} = ${graph.nodes[step.node].formulas[step.slot]}; with ${inputs.map(shown).filter((/** @type {string} */ each) => each.includes("=")).join(", ")}${graph.nodes[step.node].op.match(/sigmoid|tanh|exp|sqrt|tan/) ? `, ${name(step.node)} = ${text(at[step.node])}` : ""}${step.before ? `; there already: ${text(step.before)}` : ""}` };
  }
  function question() {
    const step = next();
    if (!step) {
      asked.replaceChildren("That was the last number. ", button("From the start", () => { app.go(0); question(); }));
      answer.hidden = true;
      return;
    }
    const what = about(step);
    asked.replaceChildren(make("b", {}, what.ask), make("br"), make("span", { class: "muted" }, what.hint));
    answer.hidden = false;
    answer.value = "";
  }
  let pending = -1;
  function follow() {
    if (app && !ask.hidden && app.state().position !== pending) { pending = app.state().position; question(); }
  }
  function judge() {
    const step = next();
    if (!step || !answer.value.trim()) return;
    let guess = NaN;
    try {
      const y = readFormula(book, answer.value, new Map());
      guess = y.data;
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error;
      marked.textContent = `${answer.value} is no number here: ${error.reason}.`;
      return;
    }
    const { right, say } = mark(answer.value, guess, step, about(step));
    score.asked++;
    score.right += Number(right);
    score.row = right ? score.row + 1 : 0;
    marked.className = `say ${right ? "right" : "wrong"}`;
    marked.textContent = `${right ? "✓" : "✗"} ${say}`;
    tally.textContent = `${score.right} of ${score.asked} right${score.row > 2 ? `, ${score.row} in a row` : ""}`;
    if (right) { pending = app.state().position + 1; app.go(pending); question(); }
    else answer.select();
  }
  answer.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter") judge(); });
  const reveal = button("Show it", () => {
    const step = next();
    if (!step) return;
    score.asked++;
    score.row = 0;
    marked.className = "say";
    marked.textContent = `${about(step).name} = ${text(step.pass === "forward" ? step.value : step.total)}`;
    tally.textContent = `${score.right} of ${score.asked} right`;
    pending = app.state().position + 1;
    app.go(pending);
    question();
  });
  const predicting = make("input", { type: "checkbox", role: "switch", onchange: () => {
    ask.hidden = !predicting.checked;
    if (predicting.checked) { pending = app.state().position; question(); answer.focus(); }
  } });
  ask.append(asked, make("div", { class: "row" }, answer, button("Mark it", judge), reveal), marked, tally);

  // ---- all together

  let waiting = 0;
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = Number(setTimeout(read, 90)); });
  const examples = make("div", { class: "chips", role: "group", "aria-label": "Examples" }, ...EXAMPLES.map(([name, formula]) =>
    button(name, () => { box.value = formula; kept.clear(); read(); })));
  const element = make("section", { class: "bench", id: "bench", "aria-labelledby": "bench-title" },
    make("h2", { id: "bench-title" }, "Your own formula"),
    make("p", { class: "lead" }, "Type it as on paper. It becomes a graph while you type; each of its numbers can be turned, stepped through, and foretold."),
    make("label", { class: "typed", for: "formula" }, "Formula, or several with ; between them"), box, says, examples, place,
    make("div", { class: "cards" },
      make("section", { class: "card", "aria-label": "Numbers" }, make("h3", {}, "Numbers"), make("p", { class: "muted" }, "Turn them here. What is ticked ↓ moves downhill."), numbers),
      make("section", { class: "card", "aria-label": "Descend" }, make("h3", {}, "Descend"), make("p", { class: "muted" }, "Each ticked number θ becomes θ − η ∂/∂θ, and all starts again."), knob.element,
        make("div", { class: "row" }, button("Descend", () => { stop(); descend(); }, { class: "play" }), often), curve, told),
      make("section", { class: "card", "aria-label": "Predict" }, make("h3", {}, "Predict"), make("label", { class: "check" }, predicting, "Ask me for each number before it is shown"), ask)));
  let wide = 0;
  new ResizeObserver(() => { // from one column to two, or back, the graph is laid out anew
    const here = Number(place.clientWidth < 600);
    if (place.clientWidth && here !== wide && app) { wide = here; read(); }
  }).observe(place);
  box.value = (first || EXAMPLES[1][1]);
  return { element, start: () => { wide = Number(place.clientWidth < 600); read(); } };
}
