// A graph folded to the nodes that are worth a box: everything else stands in the one box that uses it.
// @ts-check

import { view } from "./layout.js";

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
 * @param {any} graph @param {Set<number>} kept @param {boolean} [down]
 */
export function foldedView(graph, kept, down = false) {
  const box = boxesOf(graph, kept), own = [...new Set(box)].sort((a, b) => a - b), place = new Map(own.map((i, k) => [i, k]));
  const drawn = own.filter((i) => graph.nodes[i].kind !== "constant");
  if (drawn.length < 3 || drawn.length > 0.8 * graph.nodes.filter((/** @type {any} */ node) => node.kind !== "constant").length) return null;
  /** @type {Map<number, Set<number>>} */
  const inputs = new Map(own.map((i) => [i, new Set()]));
  graph.nodes.forEach((/** @type {any} */ node, /** @type {number} */ i) => {
    for (const x of node.inputs ?? []) if (box[x] !== box[i]) inputs.get(box[i])?.add(/** @type {number} */ (place.get(box[x])));
  });
  const nodes = own.map((i) => ({ ...graph.nodes[i], ...(graph.nodes[i].kind === "computed" ? { inputs: [.../** @type {Set<number>} */ (inputs.get(i))] } : {}) }));
  const forward = nodes.map((_, k) => k).filter((k) => nodes[k].kind === "computed");
  const drawing = view({ nodes, forward, output: place.get(graph.output) }, down);
  return { svg: drawing.svg, places: box.map((i) => drawing.places[/** @type {number} */ (place.get(i))]),
    shown: Object.fromEntries(Object.entries(drawing.shown).map(([key, k]) => [key, own[k]])) };
}
