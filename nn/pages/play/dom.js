// What the screens of play.html are made of: elements, drawings, sliders, and plots with round numbers on their axes.
// @ts-check

import { roundNumbers, shape as draw, text } from "../stepper.js";

/**
 * An element with what it holds; words are shown, never run.
 * @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node | string)} inside @returns {any}
 */
export function make(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...inside);
  return made;
}

/** A shape of a drawing. @type {(parent: any, tag: string, attributes: Record<string, any>, words?: string) => any} */
export const shape = draw;

/** A drawing of 480 by so many units, of which a phone shows three in four pixels: letters are 16 high and more. @param {number} height @param {string} label */
export const drawing = (height, label, width = 480) =>
  shape(null, "svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "figure" });

/** A number in a sentence. @param {number} x @param {number} [digits] */
export const num = (x, digits = 3) => text(x, digits);
/** With its sign in brackets, behind a sign. @param {number} x @param {number} [digits] */
export const held = (x, digits = 3) => (num(x, digits).startsWith("−") || num(x, digits).includes("·") ? `(${num(x, digits)})` : num(x, digits));

/** Words whose formulas do not break where a line ends: a factor stays at its ×, a number at its name, η ∂L/∂w at its w. @param {string} words */
export const together = (words) => words.replaceAll("/∂", "/\u2060∂").replaceAll(" − η ∂", "\u00a0−\u00a0η\u00a0∂").replace(/ × /g, "\u00a0×\u00a0").replace(/(?<=\b\p{L}) = (?=[\d−])/gu, "\u00a0=\u00a0");

/**
 * A slider with its name and its number, as wide as a thumb.
 * @param {{ name: string, low: number, high: number, step?: number, value: number, label?: string, write?: (x: number) => string, set: (x: number) => void }} options
 */
export function slider({ name, low, high, step = 0.01, value, label = name, write = (x) => num(x), set }) {
  const output = make("output", {}, write(value));
  const input = make("input", { type: "range", min: low, max: high, step, value, "aria-label": label, "aria-valuetext": write(value) });
  const show = (/** @type {number} */ x) => { output.textContent = write(x); input.setAttribute("aria-valuetext", write(x)); };
  input.addEventListener("input", () => { show(Number(input.value)); set(Number(input.value)); });
  const element = make("label", { class: "slider" }, make("b", {}, name), input, output);
  return { element, input, move: (/** @type {number} */ x) => { input.value = String(x); show(x); } };
}

/** @param {string} words @param {() => void} press @param {Record<string, any>} [more] */
export const button = (words, press, more = {}) => make("button", { type: "button", onclick: press, ...more }, words);

/**
 * A place for curves: axes from low to high, with round numbers.
 * @param {any} svg @param {{ left?: number, right?: number, top?: number, bottom?: number, across: [number, number], up: [number, number], names: [string, string] }} options
 */
export function plot(svg, { left = 58, right = 466, top = 16, bottom = 318, across: [x0, x1], up: [y0, y1], names }) {
  const x = (/** @type {number} */ a) => left + ((a - x0) / (x1 - x0)) * (right - left);
  const y = (/** @type {number} */ b) => bottom - ((b - y0) / (y1 - y0)) * (bottom - top);
  const axes = shape(svg, "g", { class: "axes" });
  shape(axes, "path", { d: `M${left} ${top}V${bottom}H${right}`, class: "axis" });
  for (const a of roundNumbers(x0, x1, 6)) shape(axes, "text", { x: x(a), y: bottom + 21, "text-anchor": "middle" }, num(a));
  for (const b of roundNumbers(y0, y1, 4)) {
    shape(axes, "path", { d: `M${left} ${y(b)}H${right}`, class: "grid" });
    shape(axes, "text", { x: left - 8, y: y(b) + 5, "text-anchor": "end" }, num(b));
  }
  shape(axes, "text", { x: right, y: bottom + 42, "text-anchor": "end", class: "name" }, names[0]);
  shape(axes, "text", { x: left + 8, y: top + 20, class: "name" }, names[1]);
  return { x, y, left, right, top, bottom };
}

/** A path through points; what is no number is left out. @param {[number, number][]} points */
export function line(points) {
  let pen = "M";
  return points.map(([a, b]) => {
    if (!Number.isFinite(a) || !Number.isFinite(b)) { pen = "M"; return ""; }
    const piece = `${pen}${a.toFixed(1)} ${b.toFixed(1)}`;
    pen = "L";
    return piece;
  }).join("");
}

/** A small curve of losses, which begins at the left and needs no axis but its ends. @param {any} svg @param {number[]} losses @param {number} width @param {number} height */
export function lossCurve(svg, losses, width, height) {
  svg.replaceChildren();
  svg.toggleAttribute("hidden", losses.length < 2);
  const finite = losses.filter(Number.isFinite), high = Math.max(...finite, 1e-12), low = Math.min(0, ...finite);
  const x = (/** @type {number} */ i) => 10 + (i / Math.max(losses.length - 1, 10)) * (width - 20);
  const y = (/** @type {number} */ e) => height - 10 - ((e - low) / (high - low || 1)) * (height - 52);
  shape(svg, "path", { d: `M10 ${y(0)}H${width - 10}`, class: "axis" });
  shape(svg, "path", { d: line(losses.map((e, i) => [x(i), y(Math.min(e, high))])), class: "curve" });
  const now = losses[losses.length - 1];
  if (Number.isFinite(now)) shape(svg, "circle", { cx: x(losses.length - 1), cy: y(now), r: 6, class: "dot" });
  shape(svg, "text", { x: 10, y: 18 }, `after ${losses.length - 1} step${losses.length === 2 ? "" : "s"}: ${num(now, 4)}`);
}

/** Whether the reader wants no motion. */
export const still = () => Boolean(globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches);
