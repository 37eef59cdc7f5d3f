// Graphs in the page: nodes over the table of operations, and what the stepper is given of them.
//
// The table comes from Python, with values for operations that a person has added as trees over the others. What each of the
// library's own computes stands in stepper.js, and no derivative is written anywhere here.
// @ts-check

import { VALUES, evaluate, raised, text } from "../stepper.js";

/** @typedef {{ op: string | null, inputs: Node[], data: number, label: string }} Node a leaf has op null, a number "constant" */

/** What each operation computes. @type {Record<string, (...xs: any[]) => any>} */
const functions = VALUES;

/** @param {number} data @param {string} [label] @returns {Node} */
export const variable = (data, label = "") => ({ op: null, inputs: [], data, label });
/** @param {number} data @returns {Node} */
export const constant = (data) => ({ op: "constant", inputs: [], data, label: "" });
/** An operation of nodes and numbers. @param {string} op @param {...(Node | number)} inputs @returns {Node} */
export function apply(op, ...inputs) {
  const nodes = inputs.map((x) => (typeof x === "number" ? constant(x) : x));
  return { op, inputs: nodes, data: functions[op](...nodes.map((x) => x.data)), label: "" };
}

/** The graph of a tree, over nodes in the places x0, x1, ... @param {any} tree @param {Node[]} xs @returns {Node} */
export function grow(tree, xs) {
  if (Array.isArray(tree)) return apply(tree[0], ...tree.slice(1).map((branch) => grow(branch, xs)));
  return /^x\d/.test(tree) ? xs[Number(tree.slice(1))] : constant(numberOf(tree));
}

/** What is added in Python is computed here, too. @param {any} table */
export function learn(table) {
  for (const [name, row] of Object.entries(table))
    if (row.definition !== undefined) functions[name] = (/** @type {number[]} */ ...xs) => evaluate(row.definition, NaN, xs);
}

/** Every node behind an output, each after its inputs. @param {Node} output */
export function nodesOf(output) {
  /** @type {(Node | null)[]} */
  const stack = [output];
  const seen = new Set(), order = new Set();
  while (stack.length) {
    const node = stack.pop() ?? null;
    if (node === null) {
      const done = /** @type {Node} */ (stack.pop());
      for (const x of done.inputs) order.add(x);
      order.add(done);
    } else if (node.inputs.length && !seen.has(node)) {
      seen.add(node);
      stack.push(node, null);
      for (const x of [...node.inputs].reverse()) if (x.inputs.length && !seen.has(x)) stack.push(x);
    }
  }
  order.add(output);
  return /** @type {Node[]} */ ([...order]);
}

/** @param {Node} output */
export const leavesOf = (output) => nodesOf(output).filter((node) => !node.inputs.length);

const SUM = 0, NEGATION = 2, PRODUCT = 3, POWER = 4, ATOM = 5;

/** How tightly a text holds together: its signs outside of brackets tell. @param {string} written */
export function levelOf(written) {
  let inside = "", outside = written;
  while (outside !== inside) [inside, outside] = [outside, outside.replace(/\([^()]*\)|\[[^[\]]*\]|\|[^|]*\|/gu, "")];
  if (/^[-−]/u.test(outside)) return NEGATION;
  if (outside.includes(" ")) return SUM;
  return /[·/×]/u.test(outside) ? PRODUCT : /[\^⁻⁰¹²³⁴-⁹]/u.test(outside) ? POWER : ATOM;
}

/** @param {string} written */
const tidy = (written) => written
  .replace(/\^(\d+)(?![\d.])/gu, (_, n) => raised(n))
  .replace(/ \+ −/gu, " − ");

/** A template with its places filled, and brackets where they are needed. @param {any} row @param {string[]} words */
const write = (row, words) => tidy(row.template.replace(/\{(\d+)\}/g, (/** @type {string} */ _, /** @type {string} */ i) =>
  (levelOf(words[+i]) >= row.places[+i] ? words[+i] : `(${words[+i]})`)));

/** A local derivative in the names of the nodes. @param {string} template @param {string} z @param {string[]} words */
function writeSlope(template, z, words) {
  const alone = /^\{(z|\d+)\}$/.test(template);
  const filled = template.replace(/\{(z|\d+)\}/g, (place, key, at) => {
    const word = key === "z" ? z : words[Number(key)], before = template[at - 1], behind = template[at + place.length];
    const held = alone || ((before === "(" || before === " ") && (behind === ")" || behind === ","));
    return held || levelOf(word) === ATOM ? word : `(${word})`;
  });
  const less = filled.replace(/\^\(\(?(−?[\d.]+)\)? − 1\)/gu, (_, n) => {
    const power = text(Number(n.replace("−", "-")) - 1);
    return power === "1" ? "" : power.startsWith("−") ? `^(${power})` : `^${power}`;
  });
  return tidy(less);
}

/** The row of an operation for so many inputs. @param {any} table @param {string} op @param {number} n */
export const rowOf = (table, op, n) => ({ ...table[op], ...(table[op].sizes ? table[op].sizes[n] : {}) });

const LONG = 26;

/**
 * A graph as stepper.js has it, without its drawing. What has no name is called by its formula, or where that is long, by its
 * place: no two are called the same.
 * @param {any} table @param {Node} output @param {(label: string) => string} pretty
 */
export function describe(table, output, pretty) {
  const order = nodesOf(output), place = new Map(order.map((node, i) => [node, i]));
  /** @type {string[]} */
  const names = [];
  /** @type {any[]} */
  const nodes = [];
  let unnamed = 0;
  for (const node of order) {
    const kind = node.op === "constant" ? "constant" : node.inputs.length ? "computed" : "leaf";
    /** @type {any} */
    const entry = { kind, value: plain(node.data), grad: 0 };
    if (kind !== "computed") entry.name = pretty(node.label) || text(node.data);
    else {
      const row = rowOf(table, /** @type {string} */ (node.op), node.inputs.length);
      const inputs = node.inputs.map((x) => /** @type {number} */ (place.get(x))), words = inputs.map((i) => names[i]);
      const formula = write(row, words);
      entry.name = pretty(node.label) || (formula.length <= LONG ? formula : `${row.symbol} ${++unnamed}`);
      Object.assign(entry, { op: node.op, symbol: row.symbol, nary: row.arity === null, inputs, template: row.template, formula,
        recorded: false, partials: row.partials,
        formulas: row.formulas.map((/** @type {string} */ each) => writeSlope(each, entry.name, words)) });
    }
    names.push(entry.name);
    nodes.push(entry);
  }
  const forward = order.filter((node) => node.inputs.length).map((node) => /** @type {number} */ (place.get(node)));
  return { nodes, output: order.length - 1, forward, firstReached: firstReached(order, place) };
}

/** A number as it stands in a description, where infinities are words. @param {number | string} x */
export const numberOf = (x) => (typeof x === "number" ? x : x === "inf" ? Infinity : x === "-inf" ? -Infinity : NaN);
/** @param {number} x */
export const plain = (x) => (Number.isFinite(x) ? x : x > 0 ? "inf" : x < 0 ? "-inf" : "nan");

/** The wrong order: that in which a walk down from the output first comes upon them. @param {Node[]} order @param {Map<Node, number>} place */
function firstReached(order, place) {
  const found = new Set(), stack = [order[order.length - 1]];
  for (let node; (node = stack.pop()); ) {
    if (!node.inputs.length || found.has(node)) continue;
    found.add(node);
    stack.push(...[...node.inputs].reverse());
  }
  return [...found].map((node) => /** @type {number} */ (place.get(node)));
}
