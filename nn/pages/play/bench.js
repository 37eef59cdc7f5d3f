// The bench: a formula that one types becomes a graph and a stepper while one types; its numbers are turned here, and descended and foretold in the stepper.
// @ts-check

import { text } from "../stepper.js";
import { askedFor } from "./asked.js";
import { button, make, slider } from "./dom.js";
import { describe, nodesOf, numberOf, plain } from "./graph.js";
import { FormulaError } from "./lexer.js";
import { showStepper } from "./stage.js";
import { readFormulas } from "./systems.js";

export const EXAMPLES = [
  ["one neuron", "σ(w x + b)"],
  ["its cross-entropy", "L = −y log ŷ − (1−y) log(1−ŷ); ŷ = σ(a); a = w x + b; x = 2; y = 1"],
  ["squared error", "L = ½(ŷ − y)²; ŷ = σ(w x + b); x = 1.5; y = 0.4"],
  ["two layers", "L = ½(ŷ − y)²; ŷ = σ(w_211 h_11 + w_212 h_12 + b_21); h_11 = σ(w_111 x_1 + w_112 x_2 + b_11); h_12 = σ(w_121 x_1 + w_122 x_2 + b_12); x_1 = 0.5; x_2 = -1; y = 1"],
  ["softmax", "L = −log(e^a_1/(e^a_1 + e^a_2 + e^a_3))"],
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
  const numbers = make("div", { class: "numbers" });
  /** @type {Map<string, number>} */
  const kept = new Map();
  /** @type {Set<string>} */
  const stay = new Set();
  /** @type {any} */
  let graph = null;
  /** @type {any} */
  let app = null;
  let leaves = /** @type {{ name: string, i: number, base: string, move: (x: number) => void }[]} */ ([]), signature = "";

  // ---- typing

  function read() {
    const written = box.value;
    box.rows = Math.min(6, Math.max(2, written.split("\n").length, Math.ceil(written.length / Math.max(20, box.clientWidth / 10))));
    try {
      const asked = askedFor(book, written), { results, numbered, unknown } = readFormulas(book, asked?.text ?? written), output = results[0], order = nodesOf(output);
      if (order.length > MOST_NODES) throw new FormulaError(written, 0, `this formula has ${order.length} nodes, and the page draws up to ${MOST_NODES}`);
      const used = new Set(order), isCalled = (/** @type {string} */ label, /** @type {string} */ name) => Boolean(label) && book.nameKey(label).id === book.nameKey(name).id;
      const sought = asked ? order.findIndex((node) => isCalled(node.label, asked.by)) : -1;
      if (asked && (sought < 0 || (asked.of && !isCalled(output.label, asked.of)))) readFormulas(book, written); // which says what it cannot do
      [...unknown].forEach(([name, leaf], n) => { leaf.data = kept.get(name) ?? STARTS[n % STARTS.length]; });
      for (const [name, leaf] of numbered) if (kept.has(name) && kept.get(`${name}=`) === leaf.data) leaf.data = kept.get(name) ?? leaf.data; else { kept.set(`${name}=`, leaf.data); kept.delete(name); }
      show(describe(book.table, output, book.textName), order);
      const others = results.slice(1).map((y) => book.textName(y.label) || "a formula without a name"), idle = [...unknown.values(), ...numbered.values()].filter((leaf) => !used.has(leaf));
      says.className = "says";
      const run = [...unknown.keys()].find((name) => /^[a-z]{2}$/.test(name) && !GIVEN.has(name)); // wx, as it stands on paper
      says.replaceChildren(run ? make("p", { class: "muted" }, `${run} is read as one name; with a blank between, ${[...run].join(" ")}, it is a product.`) : "",
        results.length > 1 ? make("p", { class: "muted" }, `Shown is ${graph.nodes[graph.output].name}; ${others.join(", ")} ${others.length > 1 ? "stand" : "stands"} beside it.`) : "",
        idle.length && results.length < 2 ? make("p", { class: "muted" }, `${idle.map((leaf) => book.textName(leaf.label)).join(", ")}: used nowhere.`) : "");
      if (asked) look(sought);
      place.classList.remove("stale");
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error;
      refuse(written, error);
    }
  }

  /** The gradient that is asked for: at the end of the steps, with its node looked at. @param {number} sought */
  function look(sought) {
    if (app.state().chosen !== sought) app.choose(sought);
    app.go(Infinity);
    const { name } = graph.nodes[sought], { grads } = app.state(), output = graph.nodes[graph.output].name;
    says.append(make("p", {}, `∂${/^[\p{L}\p{M}\p{N}_′]+$/u.test(output) ? output : `(${output})`}/∂${name} = ${text(grads[sought])}, as the steps below work it out.`));
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
      app = showStepper(place, graph, { changed: follow, moving: () => leaves.filter(learns).map(({ i }) => i), kept: worthABox(order), folded: order.length > 24 });
    } else app.change(values());
    sliders();
  }

  /** What has a box where the graph is folded: formulas with a name, and numbers that are given. @param {import("./graph.js").Node[]} order */
  const worthABox = (order) => new Set(order.flatMap((node, i) => (node.label && (node.inputs.length || GIVEN.has(book.nameKey(node.label).base)) ? [i] : [])));

  /** The numbers of all leaves, by their places. */
  const values = () => Object.fromEntries(leaves.map(({ i }) => [i, numberOf(graph.nodes[i].value)]));

  // ---- numbers

  function sliders() {
    numbers.replaceChildren();
    for (const leaf of leaves.slice(0, MOST_SLIDERS)) {
      const x = numberOf(graph.nodes[leaf.i].value), reach = Number.isFinite(x) ? Math.max(3, Math.ceil(Math.abs(x) * 2)) : 3;
      const knob = slider({ name: leaf.name || "the number", low: -reach, high: reach, step: reach / 300, value: x, set: (value) => { turn(leaf, value); } });
      const exact = make("input", { type: "text", inputmode: "decimal", value: text(x), "aria-label": `${leaf.name}, as a number`, onchange: () => {
        const value = Number(exact.value.replace("−", "-").replace(",", "."));
        if (exact.value.trim() && Number.isFinite(value)) { turn(leaf, value); knob.move(value); }
        exact.value = text(numberOf(graph.nodes[leaf.i].value));
      } });
      knob.element.querySelector("output").replaceWith(exact);
      knob.input.addEventListener("input", () => { exact.value = text(Number(knob.input.value), 4); });
      leaf.move = (value) => { knob.move(value); exact.value = text(value, 4); };
      const moves = make("input", { type: "checkbox", checked: learns(leaf), "aria-label": `${leaf.name} moves downhill`, onchange: () => {
        stay.delete(leaf.name); stay.delete(`+${leaf.name}`);
        stay.add(moves.checked ? `+${leaf.name}` : leaf.name);
        app.change(values());
      } });
      numbers.append(make("div", { class: "number" }, knob.element, make("label", { class: "check", title: "moves downhill" }, moves, "↓")));
    }
    if (leaves.length > MOST_SLIDERS) numbers.append(make("p", { class: "muted" }, `and ${leaves.length - MOST_SLIDERS} more: click them in the drawing.`));
  }

  /** Whether a leaf is stepped downhill: not what is given, x and y, unless there is nothing else. @param {typeof leaves[0]} leaf */
  function learns(leaf) {
    if (stay.has(leaf.name)) return false;
    return stay.has(`+${leaf.name}`) || !GIVEN.has(leaf.base) || leaves.every(({ base }) => GIVEN.has(base));
  }

  /** @param {any} leaf @param {number} value */
  function set(leaf, value) {
    graph.nodes[leaf.i].value = plain(value);
    kept.set(leaf.label, value);
    rewrite(leaf.label, value);
  }

  /** Where the text says x = 2, it says what x is turned to. @param {string} label @param {number} value */
  function rewrite(label, value) {
    if (!kept.has(`${label}=`) || !Number.isFinite(value)) return;
    const short = Number(value.toPrecision(4)), words = String(short).replace("-", "−");
    box.value = box.value.replace(/[^;\n]+/gu, (/** @type {string} */ piece) => {
      const parts = /^(\s*)(.+?)(\s*=\s*)[-−+]?[\d.,]+(?:e[-+]?\d+)?(\s*)$/u.exec(piece);
      return parts && book.nameKey(parts[2]).id === book.nameKey(label).id ? `${parts[1]}${parts[2]}${parts[3]}${words}${parts[4]}` : piece;
    });
    kept.set(`${label}=`, short);
  }
  /** @param {any} leaf @param {number} value */
  function turn(leaf, value) {
    set(leaf, value);
    app.change(values());
  }

  /** What is stepped downhill in the stepper moves its sliders here. @param {{ leaves: Record<number, number> }} state */
  function follow({ leaves: turned }) {
    for (const leaf of leaves) {
      const x = turned[leaf.i];
      if (x === undefined || Object.is(x, numberOf(graph.nodes[leaf.i].value))) continue;
      set(leaf, x);
      leaf.move(x);
    }
  }

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
      make("section", { class: "card", "aria-label": "Numbers" }, make("h3", {}, "Numbers"), make("p", { class: "muted" }, "Turn them here. What is ticked ↓ moves downhill."), numbers)));
  let wide = 0;
  new ResizeObserver(() => { // from one column to two, or back, the graph is laid out anew
    const here = Number(place.clientWidth < 600);
    if (place.clientWidth && here !== wide && app) { wide = here; read(); }
  }).observe(place);
  box.value = (first || EXAMPLES[1][1]);
  return { element, start: () => { wide = Number(place.clientWidth < 600); read(); } };
}
