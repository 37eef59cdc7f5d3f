// The story in six screens: from one weight to a whole network. Every number in it is computed, by the pass of the stepper.
// @ts-check

import { repeating } from "../stepper.js";
import { button, drawing, held, line, lossCurve, make, num, plot, shape, slider, together } from "./dom.js";
import { descend, model } from "./model.js";

const NEURON = "L = ½(ŷ − y)²; ŷ = σ(a); a = w x + b";
const FIXED = { x: 1.5, b: -0.6, y: 0.4 };
const LOW = -3, HIGH = 4;
const STARTS = [{ w: 4, b: 2 }, { w: -0.5, b: -3 }, { w: 4.5, b: -3.5 }, { w: 0, b: 2.5 }];

/** @typedef {{ title: string, words: (string | Node)[], controls: Node[], picture: Node, say?: Node, more?: Node, under?: Node, below?: Node }} Screen */
/** @typedef {import("./lexer.js").Book} Book */

/** A line that says what happened, for everybody and for screen readers. */
const saying = () => make("p", { class: "say", "aria-live": "polite" });
const range = (/** @type {number} */ low, /** @type {number} */ high, n = 120) => Array.from({ length: n + 1 }, (_, i) => low + ((high - low) * i) / n);

/** A box with a name and a number. @param {any} svg @param {number} x @param {number} y @param {string} name @param {string} kind @param {number} [width] */
function box(svg, x, y, name, kind = "", width = 84) {
  const group = shape(svg, "g", { class: `box ${kind}`, transform: `translate(${x} ${y})` });
  shape(group, "rect", { x: -width / 2, y: -27, width, height: 54, rx: 8 });
  shape(group, "text", { y: -6, "text-anchor": "middle", class: "name" }, name);
  return shape(group, "text", { y: 17, "text-anchor": "middle", class: "value" }, "");
}

/** An arrow, with a word above it. @param {any} svg @param {[number, number]} from @param {[number, number]} to @param {string} kind */
function arrow(svg, from, to, kind = "") {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]], size = Math.hypot(dx, dy), [ux, uy] = [dx / size, dy / size];
  const group = shape(svg, "g", { class: `arrow ${kind}` }), end = [to[0] - 9 * ux, to[1] - 9 * uy];
  shape(group, "path", { d: `M${from[0]} ${from[1]}L${end[0]} ${end[1]}` });
  shape(group, "polygon", { points: `${to[0]},${to[1]} ${end[0] - 5 * uy},${end[1] + 5 * ux} ${end[0] + 5 * uy},${end[1] - 5 * ux}` });
  return group;
}

/** 1. Turn a weight. @param {Book} book @returns {Screen} */
function turn(book) {
  const neuron = model(book, NEURON), svg = drawing(372, "One neuron, and its loss at each weight that was tried"), say = saying();
  const values = [box(svg, 34, 34, "x", "given", 54), box(svg, 136, 34, "a = w·x + b", "now", 114), box(svg, 255, 34, "ŷ = σ(a)", "now", 88), box(svg, 355, 34, "L", "now", 76), box(svg, 438, 34, "y", "given", 54)];
  for (const [from, to] of [[61, 79], [193, 211], [299, 317]]) arrow(svg, [from, 34], [to, 34], "forward");
  arrow(svg, [411, 34], [393, 34], "forward");
  const { x, y, bottom } = plot(svg, { top: 84, bottom: 312, across: [LOW, HIGH], up: [0, 0.2], names: ["w", "L"] });
  const seen = shape(svg, "path", { class: "curve" }), stem = shape(svg, "path", { class: "stem" }), dot = shape(svg, "circle", { r: 9, class: "dot" });
  const tried = new Map();
  let before = 0, least = Infinity;
  const show = (/** @type {number} */ w) => {
    const now = neuron.at({ ...FIXED, w });
    [FIXED.x, now.value("a"), now.value("ŷ"), now.loss, FIXED.y].forEach((value, i) => { values[i].textContent = num(value); });
    for (const at of tried.size ? range(before, w, 24) : [w]) tried.set(Math.round(at * 20), [at, neuron.at({ ...FIXED, w: at }).loss]);
    before = w;
    least = Math.min(least, now.loss);
    seen.setAttribute("d", line([...tried].sort(([a], [b]) => a - b).map(([, [a, e]]) => [x(a), y(e)])));
    stem.setAttribute("d", `M${x(w)} ${bottom}V${y(now.loss)}`);
    dot.setAttribute("cx", x(w));
    dot.setAttribute("cy", y(now.loss));
    say.textContent = together(now.loss < 0.0004 ? `There: with w = ${num(w)} the neuron says ${num(now.value("ŷ"))}, and the loss is as good as 0.`
      : `L = ${num(now.loss)}. ${tried.size > 30 ? `The smallest so far: ${num(least)}.` : "Turn w, and see what the loss does."}`);
  };
  const knob = slider({ name: "w", low: LOW, high: HIGH, step: 0.05, value: 2.5, label: "the weight w", set: show });
  show(2.5);
  return { title: "Turn a weight", picture: svg, say, controls: [knob.element], words: [
    "One neuron: it multiplies x by its weight w, adds b, and squeezes the sum a between 0 and 1. That is ŷ, its guess; y is the truth. The loss L is how far apart they are, squared and halved.",
    "Turn w until the loss is smallest. You see the curve only where you have been: nor does a network know more."] };
}

/** 2. The slope as a tangent. @param {Book} book @returns {Screen} */
function tangent(book) {
  const neuron = model(book, NEURON), svg = drawing(372, "The loss over the weight, with its tangent"), say = saying();
  const { x, y, top, bottom } = plot(svg, { top: 14, bottom: 312, across: [LOW, HIGH], up: [0, 0.2], names: ["w", "L"] });
  shape(svg, "path", { class: "curve", d: line(range(LOW, HIGH).map((w) => [x(w), y(neuron.at({ ...FIXED, w }).loss)])) });
  const clip = shape(shape(svg, "clipPath", { id: "plot-of-the-tangent" }), "rect", { x: x(LOW), y: top, width: x(HIGH) - x(LOW), height: bottom - top });
  const straight = shape(svg, "path", { class: "tangent", "clip-path": `url(#${clip.parentNode.id})` }), rise = shape(svg, "path", { class: "rise" });
  const dot = shape(svg, "circle", { r: 9, class: "dot" }), words = shape(svg, "text", { class: "slope", y: 40 });
  const show = (/** @type {number} */ w) => {
    const now = neuron.at({ ...FIXED, w }), slope = now.grad("w"), on = (/** @type {number} */ to) => y(now.loss + slope * (to - w)), step = 0.5;
    const really = neuron.at({ ...FIXED, w: w + 0.1 }).loss - now.loss;
    straight.setAttribute("d", `M${x(LOW)} ${on(LOW)}L${x(HIGH)} ${on(HIGH)}`);
    rise.setAttribute("d", w + step <= HIGH ? `M${x(w)} ${y(now.loss)}H${x(w + step)}V${on(w + step)}` : "");
    dot.setAttribute("cx", x(w));
    dot.setAttribute("cy", y(now.loss));
    words.textContent = `∂L/∂w = ${num(slope)}`;
    words.setAttribute("x", String(slope > 0 ? x(LOW) + 40 : x(HIGH))); // where the tangent is low
    words.setAttribute("text-anchor", slope > 0 ? "start" : "end");
    const way = Math.abs(slope) < 0.002 ? "Here it is nearly flat: w has little say." : slope > 0 ? "Uphill to the right: turn w down." : "Downhill to the right: turn w up.";
    say.textContent = together(`${way} If w grows by 0.1, L changes by about ${held(slope)} × 0.1 = ${num(slope * 0.1)}; really by ${num(really)}.`);
  };
  const knob = slider({ name: "w", low: LOW, high: HIGH, step: 0.05, value: 1.5, label: "the weight w", set: show });
  show(1.5);
  return { title: "The slope is a tangent", picture: svg, say, controls: [knob.element], words: [
    "Near any one place a curve is nearly straight. That straight line is the tangent, and how steep it is, the derivative ∂L/∂w: by how much L grows for each bit that w grows.",
    "So one number says which way to turn w, without trying."] };
}

/** 3. A chain of slopes multiplies. @param {Book} book @returns {Screen} */
function chain(book) {
  const neuron = model(book, NEURON), svg = drawing(340, "From w over the sum a and the guess ŷ to L: a nudge runs forward, slopes multiply backward"), say = saying();
  const names = ["w", "a", "ŷ", "L"], xs = [52, 178, 304, 428], values = names.map((name, i) => box(svg, xs[i], 150, name, "now", 84));
  const slopes = xs.slice(1).map((x, i) => {
    arrow(svg, [xs[i] + 42, 150], [x - 42, 150], "forward");
    arrow(svg, [x, 92], [xs[i] + 18, 92], "back");
    return shape(svg, "text", { x: (x + xs[i]) / 2 + 8, y: 78, "text-anchor": "middle", class: "slope" });
  });
  shape(svg, "text", { x: 240, y: 34, "text-anchor": "middle", class: "muted" }, "how much each grows for each bit of the one before");
  shape(svg, "text", { x: 240, y: 226, "text-anchor": "middle", class: "muted" }, "what becomes of a nudge of w by 0.01");
  const grown = xs.map((x) => shape(svg, "text", { x, y: 254, "text-anchor": "middle", class: "nudge" }));
  const product = shape(svg, "text", { x: 240, y: 310, "text-anchor": "middle", class: "slope big" });
  const show = (/** @type {number} */ w) => {
    const now = neuron.at({ ...FIXED, w }), next = neuron.at({ ...FIXED, w: w + 0.01 });
    const value = (/** @type {typeof now} */ at, /** @type {string} */ name) => (name === "L" ? at.loss : at.value(name));
    names.forEach((name, i) => {
      values[i].textContent = num(value(now, name));
      grown[i].textContent = `${value(next, name) < value(now, name) ? "" : "+"}${num(value(next, name) - value(now, name), 2)}`;
    });
    const local = [now.slope("a", "w"), now.slope("ŷ", "a"), now.slope("L", "ŷ")];
    slopes.forEach((words, i) => { words.textContent = `× ${held(local[i])}`; });
    product.textContent = `∂L/∂w = ${local.map((x) => held(x)).join(" × ")} = ${num(now.grad("w"))}`;
    say.textContent = together(`The nudge of 0.01 makes L grow by ${num(next.loss - now.loss)}: about 0.01 × ${held(now.grad("w"))}.`);
  };
  const knob = slider({ name: "w", low: LOW, high: HIGH, step: 0.05, value: 1, label: "the weight w", set: show });
  show(1);
  return { title: "A chain of slopes multiplies", picture: svg, say, controls: [knob.element], words: [
    "Nudge w, and the nudge runs forward: the sum a grows by 1.5 times as much, ŷ by some part of that, L by a part of that again.",
    "Going back from L, each node needs to know one slope only, its own. Multiply them along the way: that is the chain rule, and all of backpropagation along one path."] };
}

/** 4. Two paths add. @param {Book} book @returns {Screen} */
function paths(book) {
  const sum = model(book, "L = p + q; p = 3w; q = w²"), svg = drawing(330, "Two paths lead from w to L, and the slopes come back on both"), say = saying();
  const at = { w: [60, 150], p: [232, 62], q: [232, 238], L: [418, 150] }, open = { p: true, q: true };
  const ends = /** @type {[("w" | "p" | "q" | "L"), ("w" | "p" | "q" | "L")][]} */ ([["w", "p"], ["w", "q"], ["p", "L"], ["q", "L"]]);
  const arrows = ends.map(([a, b]) => arrow(svg, [at[b][0] - 44, at[b][1] - (at[b][1] - at[a][1]) * 0.16], [at[a][0] + 46, at[a][1] + (at[b][1] - at[a][1]) * 0.16], "back"));
  const slopes = ends.map(([a, b]) => shape(svg, "text", { x: (at[a][0] + at[b][0]) / 2 + (a === "w" ? -14 : 14), y: (at[a][1] + at[b][1]) / 2 + (b === "p" || a === "p" ? -14 : 26), "text-anchor": "middle", class: "slope" }));
  const values = /** @type {const} */ (["w", "p", "q", "L"]).map((name) => box(svg, at[name][0], at[name][1], { w: "w", p: "p = 3w", q: "q = w²", L: "L = p + q" }[name], "now", name === "L" ? 110 : 88));
  const result = shape(svg, "text", { x: 240, y: 312, "text-anchor": "middle", class: "slope big" });
  let w = 1.2;
  const show = () => {
    const now = sum.at({ w }), locals = ends.map(([a, b]) => now.slope(b, a)), next = sum.at({ w: w + 1e-4 }), before = sum.at({ w: w - 1e-4 });
    ["w", "p", "q", "L"].forEach((name, i) => { values[i].textContent = num(now.value(name)); });
    ends.forEach(([a, b], i) => {
      const shown = open[a === "w" ? /** @type {"p" | "q"} */ (b) : /** @type {"p" | "q"} */ (a)];
      slopes[i].textContent = `× ${held(locals[i])}`;
      for (const part of [arrows[i], slopes[i]]) part.classList.toggle("off", !shown);
    });
    const along = { p: locals[0] * locals[2], q: locals[1] * locals[3] }, taken = /** @type {const} */ (["p", "q"]).filter((name) => open[name]);
    const total = taken.reduce((all, name) => all + along[name], 0);
    result.textContent = `∂L/∂w = ${taken.map((name) => held(along[name])).join(" + ") || "nothing"}${taken.length === 2 ? ` = ${num(total)}` : ""}`;
    const measured = (next.loss - before.loss) / 2e-4;
    say.textContent = together(taken.length === 2 ? `Measured by nudging w: ${num(measured)}. It is the sum.`
      : `Measured by nudging w: ${num(measured)}, not ${num(total)}. A path is forgotten: that is the bug of writing = for +=.`);
  };
  const knob = slider({ name: "w", low: -3, high: 2, step: 0.05, value: w, label: "the weight w", set: (x) => { w = x; show(); } });
  const path = (/** @type {"p" | "q"} */ name, /** @type {string} */ words) => {
    const input = make("input", { type: "checkbox", checked: true, onchange: () => { open[name] = input.checked; show(); } });
    return make("label", { class: "check" }, input, words);
  };
  show();
  return { title: "Two paths add", picture: svg, say, controls: [knob.element, make("div", { class: "row" }, path("p", "the path through p"), path("q", "the path through q"))], words: [
    "Here w is used twice. A nudge of it reaches L on both paths, so both count.",
    "Multiply along each path, add where paths meet: these two rules are all there is. Forget a path, and the slope is wrong."] };
}

/** 5. Step downhill. @param {Book} book @returns {Screen} */
function downhill(book) {
  const bowl = model(book, "L = ½(w + b − 1)² + ½(2w + b − 3)²"), svg = drawing(372, "The loss over w and b as a map; the less colour, the lower"), say = saying();
  const W = /** @type {[number, number]} */ ([-1, 5]), B = /** @type {[number, number]} */ ([-4, 3]);
  const { x, y, left, right, top, bottom } = plot(svg, { top: 12, bottom: 318, across: W, up: B, names: ["w", "b"] });
  const height = (/** @type {number} */ w, /** @type {number} */ b) => bowl.at({ w, b }).loss;
  const N = 84, M = 64, canvas = make("canvas", { width: N, height: M }), ink = canvas.getContext("2d"), map = ink.createImageData(N, M);
  for (let i = 0; i < N; i++) for (let j = 0; j < M; j++) {
    const e = height(W[0] + ((i + 0.5) / N) * (W[1] - W[0]), B[1] - ((j + 0.5) / M) * (B[1] - B[0]));
    map.data.set([118, 132, 154, 255 * Math.min(0.85, Math.floor(1.6 * Math.log2(1 + 12 * e)) * 0.06)], 4 * (j * N + i));
  }
  ink.putImageData(map, 0, 0);
  const picture = shape(null, "image", { href: canvas.toDataURL(), x: left, y: top, width: right - left, height: bottom - top, preserveAspectRatio: "none" });
  svg.insertBefore(picture, svg.firstChild);
  const trail = shape(svg, "path", { class: "trail" }), dots = shape(svg, "g", {}), ahead = shape(svg, "path", { class: "tangent" }), dot = shape(svg, "circle", { r: 9, class: "dot back" });
  const curve = shape(null, "svg", { viewBox: "0 0 300 130", class: "losses", role: "img", "aria-label": "The loss after each step" });
  let at = /** @type {Record<string, number>} */ (STARTS[0]), rate = 0.1, way = [at], turn = 0;
  const pin = (/** @type {number} */ z, /** @type {number} */ low, /** @type {number} */ high) => Math.max(low - 60, Math.min(high + 60, Number.isFinite(z) ? z : high));
  const place = (/** @type {Record<string, number>} */ p) => /** @type {[number, number]} */ ([pin(x(p.w), left, right), pin(y(p.b), top, bottom)]);
  const show = () => {
    const now = bowl.at(at), next = descend(at, ["w", "b"], now.grad, rate), [px, py] = place(at), [qx, qy] = place(next);
    trail.setAttribute("d", line(way.map(place)));
    dots.replaceChildren();
    for (const each of way.slice(-60)) shape(dots, "circle", { cx: place(each)[0], cy: place(each)[1], r: 3, class: "trace" });
    dot.setAttribute("cx", px);
    dot.setAttribute("cy", py);
    ahead.setAttribute("d", `M${px} ${py}L${qx} ${qy}`);
    lossCurve(curve, way.map((p) => height(p.w, p.b)), 300, 130);
    const grown = way.length > 1 && now.loss > height(way[way.length - 2].w, way[way.length - 2].b);
    say.textContent = together(now.loss < 1e-4 ? `Down: w = ${num(at.w)}, b = ${num(at.b)}, L = ${num(now.loss)}.`
      : grown ? `L went up to ${num(now.loss)}: the step was too long. Take a smaller η.`
      : `w − η ∂L/∂w = ${num(at.w)} − ${num(rate)} × ${held(now.grad("w"))} = ${num(next.w)}, and the same for b. L = ${num(now.loss)}.`);
  };
  const step = () => {
    if (way.length > 400 || !(Math.abs(at.w) < 1e6)) return false;
    at = descend(at, ["w", "b"], bowl.at(at).grad, rate);
    way.push(at);
    show();
    return !(bowl.at(at).loss < 1e-5);
  };
  const restart = (/** @type {Record<string, number>} */ from) => { playing.stop(); at = from; way = [at]; show(); };
  const again = button("▶ Again and again", () => (playing.on() ? playing.stop() : playing.start(step, 90)));
  const playing = repeating(again, "▶ Again and again", "⏸ Stop");
  svg.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const frame = svg.getBoundingClientRect(), a = ((event.clientX - frame.left) / frame.width) * 480, b = ((event.clientY - frame.top) / frame.height) * 372;
    if (a > left && a < right && b > top && b < bottom) restart({ w: W[0] + ((a - left) / (right - left)) * (W[1] - W[0]), b: B[0] + ((bottom - b) / (bottom - top)) * (B[1] - B[0]) });
  });
  const knob = slider({ name: "η", low: 0.01, high: 0.35, step: 0.01, value: rate, label: "the learning rate η", set: (value) => { rate = value; show(); } });
  show();
  return { title: "Step downhill, again and again", picture: svg, say, more: curve,
    controls: [knob.element, make("div", { class: "row" }, button("Step", () => { playing.stop(); step(); }), again, button("Start again", () => restart(way[0])), button("Elsewhere", () => restart(STARTS[++turn % STARTS.length])))], words: [
      "Two numbers to turn now, w and b. The more colour a place of the map has, the higher its loss. The gradient points uphill, so step against it: w − η ∂L/∂w, b − η ∂L/∂b.",
      "η says how long a step is. Too small is slow; beyond 0.29 the steps leap across the valley, higher each time. Click the map to start elsewhere."] };
}

export const SCREENS = [turn, tangent, chain, paths, downhill];
