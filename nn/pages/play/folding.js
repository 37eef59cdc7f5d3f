// A graph folded to the nodes that are worth a box: everything else stands in the one box that uses it.
// @ts-check

import { drawGraph, quotient } from "../stepper.js";

/**
 * The box of each node: its own for those that are kept, else that of its users, where these have one in common.
 * @param {any} graph @param {Set<number>} kept @returns {number[]}
 */
export function boxesOf(graph, kept) {
  const users = graph.nodes.map(() => /** @type {number[]} */ ([])), box = graph.nodes.map((/** @type {any} */ _, /** @type {number} */ i) => i);
  for (const i of graph.forward) for (const x of graph.nodes[i].inputs) users[x].push(i);
  const topDown = [...graph.forward].reverse(), leaves = box.filter((/** @type {number} */ i) => graph.nodes[i].kind !== "computed");
  for (const i of [...topDown, ...leaves]) {
    const above = new Set(users[i].map((/** @type {number} */ user) => box[user]));
    if (!kept.has(i) && i !== graph.output && above.size === 1) [box[i]] = above;
  }
  return box;
}

/**
 * The drawing of the folded graph, as stepper.js takes it; null where folding leaves nothing out.
 * @param {any} graph @param {Set<number>} kept @param {boolean} [down] @param {number} [pixels]
 */
export function foldedView(graph, kept, down = false, pixels = 0) {
  const box = boxesOf(graph, kept), drawn = [...new Set(box)].filter((i) => graph.nodes[i].kind !== "constant");
  if (drawn.length < 3 || drawn.length > 0.8 * graph.nodes.filter((/** @type {any} */ node) => node.kind !== "constant").length) return null;
  const made = quotient(graph, box), drawing = drawGraph(made, down, pixels);
  return { svg: drawing.svg, places: made.places.map((/** @type {number} */ k) => drawing.places[k]),
    shown: Object.fromEntries(Object.entries(drawing.shown).map(([key, k]) => [key, made.order[/** @type {any} */ (k)]])) };
}
