// A small net that is trained in the page: one graph of one point, run forward and backward for every point.
// @ts-check

import { backward, forward } from "../stepper.js";
import { apply, describe, nodesOf, variable } from "./graph.js";

/** @typedef {[number, number, number]} Point a place, and its class, 0 or 1 */

/** Numbers from 0 to 1, the same for the same seed (Park and Miller, 1988). @param {number} seed */
export function chance(seed) {
  let state = (seed % 2147483646) + 1;
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let i = 0; i < 8; i++) next();
  return next;
}

/** @type {Record<string, (at: number, one: boolean, wobble: () => number) => [number, number]>} */
const SHAPES = {
  moons: (at, one) => (one ? [0.5 - Math.cos(at * Math.PI), 0.25 - Math.sin(at * Math.PI)] : [Math.cos(at * Math.PI) - 0.5, Math.sin(at * Math.PI) - 0.25]),
  circles: (at, one) => [(one ? 0.5 : 1.35) * Math.cos(2 * Math.PI * at), (one ? 0.5 : 1.35) * Math.sin(2 * Math.PI * at)],
  corners: (at, one, wobble) => {
    const right = at < 0.5 ? 1 : -1, x = 0.35 + 0.85 * wobble(), y = 0.35 + 0.85 * wobble();
    return [right * x, (one ? -right : right) * y];
  },
  spirals: (at, one) => [(one ? 1 : -1) * (0.15 + 1.3 * at) * Math.cos(at * 4.6), (one ? 1 : -1) * (0.15 + 1.3 * at) * Math.sin(at * 4.6)],
};
export const DATA = Object.keys(SHAPES);

/** Points of two classes. @param {string} name @param {number} [n] @param {number} [seed] @returns {Point[]} */
export function points(name, n = 60, seed = 4) {
  const random = chance(seed), normal = () => Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: n }, (_, i) => {
    const one = i % 2 === 1, [x, y] = SHAPES[name]((Math.floor(i / 2) + 0.5) / (n / 2), one, random);
    return [x + 0.1 * normal(), y + 0.1 * normal(), Number(one)];
  });
}

const SCALE = 1.6; // of the first weights, over the root of how many inputs there are

/**
 * The graph of a net on one point: two inputs, hidden layers, one output, and the cross-entropy of σ of what that adds up. w_kij is the weight
 * in layer k of neuron i for input j.
 * @param {import("./lexer.js").Book} book @param {number} layers @param {number} width @param {string} activation @param {number} seed
 */
export function net(book, layers, width, activation, seed) {
  const random = chance(seed), weight = (/** @type {string} */ name, /** @type {number} */ n) => variable(((random() * 2 - 1) * SCALE) / Math.sqrt(n), name);
  const x = [variable(0, "x_1"), variable(0, "x_2")], y = variable(0, "y"), parameters = /** @type {import("./graph.js").Node[]} */ ([]);
  const weights = /** @type {number[][][]} */ ([]), columns = [x];
  const neuron = (/** @type {number} */ k, /** @type {number} */ i) => {
    const below = columns[k - 1], w = below.map((_, j) => weight(`w_{${k}${i}${j + 1}}`, below.length)), b = k > layers ? variable(0, `b_{${k}${i}}`) : weight(`b_{${k}${i}}`, below.length);
    (weights[k - 1] ??= []).push(w.map((_, j) => parameters.length + j));
    parameters.push(...w, b);
    return apply("dot", ...w, ...below, b);
  };
  for (let k = 1; k <= layers; k++) columns.push(Array.from({ length: width }, (_, i) => {
    const a = neuron(k, i + 1), h = apply(activation, a);
    a.label = `a_{${k}${i + 1}}`;
    h.label = `h_{${k}${i + 1}}`;
    return h;
  }));
  const out = neuron(layers + 1, 1), loss = apply("sub", apply("softplus", out), apply("mul", y, out)); // −y log σ(a) − (1−y) log(1−σ(a))
  out.label = `a_{${layers + 1}1}`;
  loss.label = "L";
  const graph = describe(book.table, loss, book.textName), order = nodesOf(loss), index = new Map(order.map((node, i) => [node, i]));
  const at = (/** @type {any} */ node) => /** @type {number} */ (index.get(node));
  return { graph, weights, parameters: parameters.map(at), start: parameters.map((p) => p.data), x: x.map(at), y: at(y), out: at(out), h: columns.slice(1).map((column) => column.map(at)) };
}

/** @typedef {ReturnType<typeof net>} Net */

/** The numbers of all leaves for one point. @param {Net} net @param {number[]} theta @param {Point} point */
export function leavesFor(net, theta, [x1, x2, y]) {
  /** @type {Record<number, number>} */
  const leaves = { [net.x[0]]: x1, [net.x[1]]: x2, [net.y]: y };
  net.parameters.forEach((p, k) => { leaves[p] = theta[k]; });
  return leaves;
}

/** The mean loss over points, and its gradient: the backward pass of each, added up. @param {Net} net @param {number[]} theta @param {Point[]} data */
export function lossAndGradient(net, theta, data) {
  const gradient = theta.map(() => 0);
  let loss = 0, right = 0;
  for (const point of data) {
    const values = forward(net.graph, leavesFor(net, theta, point)), { grads } = backward(net.graph, values);
    loss += values[net.graph.output] / data.length;
    right += Number(values[net.out] > 0 === point[2] > 0.5);
    net.parameters.forEach((p, k) => { gradient[k] += grads[p] / data.length; });
  }
  return { loss, gradient, right };
}

/** What the output and each hidden neuron say at a place. @param {Net} net @param {number[]} theta @param {number} x1 @param {number} x2 */
export function says(net, theta, x1, x2) {
  const values = forward(net.graph, leavesFor(net, theta, [x1, x2, 0]));
  return { a: values[net.out], h: net.h.flat().map((i) => values[i]) };
}

/** How steps are taken: each gives the change of θ from its gradient. @type {Record<string, (rate: number) => (gradient: number[]) => number[]>} */
export const OPTIMISERS = {
  "gradient descent": (rate) => (gradient) => gradient.map((g) => -rate * g),
  momentum: (rate) => {
    let speed = /** @type {number[]} */ ([]);
    return (gradient) => (speed = gradient.map((g, k) => 0.9 * (speed[k] ?? 0) - rate * g));
  },
  adam: (rate) => { // Kingma and Ba, 2015
    let m = /** @type {number[]} */ ([]), v = /** @type {number[]} */ ([]), n = 0;
    return (gradient) => {
      n++;
      m = gradient.map((g, k) => 0.9 * (m[k] ?? 0) + 0.1 * g);
      v = gradient.map((g, k) => 0.999 * (v[k] ?? 0) + 0.001 * g * g);
      return gradient.map((_, k) => (-0.1 * rate * (m[k] / (1 - 0.9 ** n))) / (Math.sqrt(v[k] / (1 - 0.999 ** n)) + 1e-8));
    };
  },
};
