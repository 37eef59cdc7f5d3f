// A formula with numbers: what every figure of the story computes by. It is the stepper's forward and backward pass.
// @ts-check

import { backward, forward } from "../stepper.js";
import { describe, nodesOf } from "./graph.js";
import { readFormulas } from "./systems.js";

/** @typedef {import("./graph.js").Node} Node */

/** @param {import("./lexer.js").Book} book @param {Node} output */
export function modelOf(book, output) {
  const graph = describe(book.table, output, book.textName), order = nodesOf(output);
  const place = new Map(order.map((node, i) => /** @type {[string, number]} */ ([node.label, i])).filter(([label]) => label));
  const index = (/** @type {string} */ name) => /** @type {number} */ (place.get(name));
  /** Values, gradients and slopes of one by another, with these numbers in the leaves. @param {Record<string, number>} numbers */
  function at(numbers) {
    const leaves = Object.fromEntries(Object.entries(numbers).filter(([name]) => place.has(name)).map(([name, x]) => [index(name), x]));
    const values = forward(graph, leaves), { grads } = backward(graph, values);
    return {
      loss: values[graph.output],
      value: (/** @type {string} */ name) => values[index(name)],
      grad: (/** @type {string} */ name) => grads[index(name)],
      slope: (/** @type {string} */ of, /** @type {string} */ by) => backward({ ...graph, output: index(of) }, values).grads[index(by)],
    };
  }
  return { graph, at, names: order.filter((node) => node.op === null && node.label).map((node) => node.label) };
}

/** @param {import("./lexer.js").Book} book @param {string} text */
export const model = (book, text) => modelOf(book, readFormulas(book, text).results[0]);

/**
 * One step downhill: θ − η ∂L/∂θ for each θ.
 * @param {Record<string, number>} numbers @param {string[]} moving @param {(name: string) => number} grad @param {number} rate
 */
export const descend = (numbers, moving, grad, rate) =>
  ({ ...numbers, ...Object.fromEntries(moving.map((name) => [name, numbers[name] - rate * grad(name)])) });
