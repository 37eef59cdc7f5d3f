// Backpropagation, one node at a time: the page behind nn.step_through.
//
// mount(element, data) fills an element with a drawing, its controls and a panel. `data` is the graph: for every node its
// name, value, operation, inputs and partial derivatives. The page computes all numbers itself, from the leaves: VALUES says
// what each operation computes, and the partials come as trees over the same operations, so no derivative is written here.

// ------------------------------------------------------------------------------------------------ what operations compute

const sum = (xs) => xs.reduce((a, b) => a + b, 0);
const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

// erfc: its series near 0, and beyond that Lentz's continued fraction (DLMF 7.6.1 and 7.9.2).
function erf(x) {
  if (Math.abs(x) > 2) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
  if (x === 0) return x; // with its sign
  let term = x, total = x;
  for (let n = 1; n < 80; n++) {
    term *= -x * x / n;
    total += term / (2 * n + 1);
  }
  return 2 / Math.sqrt(Math.PI) * total;
}

function erfc(x) {
  if (Number.isNaN(x)) return x;
  if (x < 2) return 1 - erf(x);
  if (x > 28) return 0;
  let fraction = 0;
  for (let k = 120; k > 0; k--) fraction = k / 2 / (x + fraction);
  return gauss(x) / (x + fraction) / Math.sqrt(Math.PI);
}

// exp(-x²) with the square split, so that no digit of the exponent is lost
function gauss(x) {
  if (!(Math.abs(x) < 30)) return Number.isNaN(x) ? x : 0;
  const near = Math.round(x * 2 ** 20) / 2 ** 20;
  return Math.exp(-near * near) * Math.exp(-(x - near) * (x + near));
}

function gaussian(x, n) {
  let before = 0, hermite = 1;
  for (let k = 0; k < n; k++) [before, hermite] = [hermite, 2 * x * hermite - 2 * k * before];
  return Math.abs(x) < 30 ? (n % 2 ? -1 : 1) * hermite * gauss(x) : gauss(x);
}

function power(x, y) {
  if (Math.abs(x) === 1 && !Number.isFinite(y)) return Number.isNaN(y) ? (x === 1 ? 1 : NaN) : 1; // as IEEE 754 has it
  return x === 1 ? 1 : Math.pow(x, y);
}

function logsumexp(xs) {
  const top = Math.max(...xs);
  if (!Number.isFinite(top)) return top;
  const at = xs.indexOf(top);
  return top + Math.log1p(sum(xs.map((x, i) => (i === at ? 0 : Math.exp(x - top)))));
}

// x as a number near 1 and a power of two
function parts(x) {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  const e = Math.max(-1022, Math.min(1023, Math.ceil(Math.log2(Math.abs(x)))));
  return [x / 2 ** e, e];
}

// The sum of products, over divisor ** n and times 2 ** shift: no overflow and no underflow on the way.
function sumOfProducts(products, divisor = 1, n = 0, shift = 0) {
  const terms = [];
  for (const factors of products) {
    let mantissa = 1, exponent = shift;
    for (const [m, e] of factors.map(parts)) { mantissa *= m; exponent += e; }
    mantissa /= divisor ** n;
    if (mantissa !== 0) terms.push([mantissa, exponent]);
  }
  const largest = Math.max(...terms.map(([, e]) => e));
  const total = sum(terms.map(([m, e]) => m * 2 ** (e - largest)));
  const half = Math.trunc(largest / 2);
  return total === 0 ? 0 : total * 2 ** half * 2 ** (largest - half);
}

// x**y differentiated i times in x and j times in y: Leibniz' rule, with each way to leave m of the i factors out.
function powerSlope(x, y, i, j) {
  if (i + j === 1) {
    const direct = power(x, y - i);
    if (direct !== 0 && Number.isFinite(direct) && (i || x !== 0)) return i ? y * direct : direct * Math.log(x);
  }
  if (x < 0 && x > -Infinity && !Number.isInteger(y) && Math.abs(y) !== Infinity) return NaN;
  const exponent = y - i, root = power(Math.abs(x), exponent / 8), negative = x < 0 || Object.is(x, -0);
  const sign = negative && Math.abs((Math.abs(y % 2) + i) % 2) === 1 ? -1 : 1;
  const products = [];
  for (let m = 0, ways = 1; m <= Math.min(i, j); ways *= j - m, m++) {
    if (j > m && x === 0 && exponent >= 0) continue;
    for (let bits = 0; bits < 2 ** i; bits++) {
      const left = [...Array(i).keys()].filter((l) => bits >> l & 1);
      if (left.length !== i - m || left.includes(y)) continue;
      products.push([sign * ways, ...left.map((l) => y - l), ...Array(j - m).fill(Math.log(x)), ...Array(8).fill(root)]);
    }
  }
  return sumOfProducts(products);
}

// x / hypot(x, y)**k differentiated i times in x and j times in y: a polynomial, over a power of the length.
function ray(x, y, k, i, j) {
  const r = Math.hypot(x, y);
  if (r === 0) return 0;
  if (i + j === 0 && r > 1e-290 && r < 1e290) return k === 1 ? x / r : x / r / r;
  let terms = new Map([["1,0", 1]]), n = k;
  for (let step = 0; step < i + j; step++) {
    const found = new Map(), add = (a, b, c) => found.set(`${a},${b}`, (found.get(`${a},${b}`) ?? 0) + c);
    for (const [key, c] of terms) {
      const [a, b] = key.split(",").map(Number);
      if (step < i) { add(a + 1, b, (a - n) * c); add(a - 1, b + 2, a * c); }
      else { add(a, b + 1, (b - n) * c); add(a + 2, b - 1, b * c); }
    }
    terms = new Map([...found].filter(([, c]) => c !== 0));
    n += 2;
  }
  const e = parts(Math.max(Math.abs(x), Math.abs(y)))[1], scaled = (u) => u * 2 ** -Math.trunc(e / 2) * 2 ** (Math.trunc(e / 2) - e);
  const products = [...terms].map(([key, c]) => {
    const [a, b] = key.split(",").map(Number);
    return [c, ...Array(a).fill(x), ...Array(b).fill(y)];
  });
  return sumOfProducts(products, Math.hypot(scaled(x), scaled(y)), n, -e * n);
}

function dot(xs) {
  const n = Math.floor(xs.length / 2);
  let total = xs.length % 2 ? xs[xs.length - 1] : 0;
  for (let i = 0; i < n; i++) total += xs[i] * xs[n + i];
  return total;
}

// The n-th derivative of the sine at πx, and that of sin(πx)/(πx)
function sineOfPi(x, n) {
  const near = Math.round(x), angle = Math.PI * (x - near);
  const found = n % 2 ? Math.cos(angle) : Math.sin(angle);
  return (Math.abs(near % 2) + Math.floor(n / 2)) % 2 ? -found : found;
}

function sincSlope(x, n) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? x : 0;
  const t = Math.PI * x;
  if (Math.abs(t) < n + 1) {
    let total = 0;
    for (let j = n + 29; j >= Math.floor((n + 1) / 2); j--) {
      let term = (j % 2 ? -1 : 1) / (2 * j + 1);
      for (let m = 2 * j - n; m > 0; m--) term *= t / m;
      total += term;
    }
    return Math.PI ** n * total;
  }
  let slope = VALUES.sinc(x);
  for (let j = 1; j <= n; j++) slope = (Math.PI ** (j - 1) * sineOfPi(x, j) - j * slope) / x;
  return slope;
}

function mod(x, y) {
  const rest = x % y;
  if (rest === 0) return y < 0 ? -0 : 0;
  return rest < 0 === y < 0 ? rest : rest + y;
}

function floorDivide(x, y) {
  if (y === 0) return x * (1 / y);
  const rest = x % y;
  const quotient = (x - rest) / y - (rest !== 0 && rest < 0 !== y < 0 ? 1 : 0);
  const floor = Math.floor(quotient);
  return quotient === 0 ? (x / y < 0 || Object.is(x / y, -0) ? -0 : 0) : quotient - floor > 0.5 ? floor + 1 : floor;
}

function roundToEven(x) {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return x - floor < 0.5 ? (floor === 0 && x < 0 ? -0 : floor) : floor === -1 ? -0 : floor + 1;
  return floor % 2 ? (floor === -1 ? -0 : floor + 1) : floor;
}

const half = (x) => Math.exp(-0.5 * Math.abs(x));
const larger = (x, y) => (x >= y || Number.isNaN(x) ? x : y);
const smaller = (x, y) => (x <= y || Number.isNaN(x) ? x : y);

export const VALUES = {
  add: (x, y) => x + y, sub: (x, y) => x - y, mul: (x, y) => x * y, div: (x, y) => x / y, neg: (x) => -x, pow: power,
  exp: Math.exp, expm1: Math.expm1, log: Math.log, log2: Math.log2, log10: Math.log10, log1p: Math.log1p,
  sqrt: Math.sqrt, cbrt: Math.cbrt, sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos,
  atan: Math.atan, atan2: Math.atan2, sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, asinh: Math.asinh,
  acosh: Math.acosh, atanh: Math.atanh, hypot: Math.hypot, erf, erfc,
  sigmoid, softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  relu: (x) => (x <= 0 ? 0 : x), leaky_relu: (x, slope) => (x > 0 ? x : slope * x),
  elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)), gelu: (x) => x * (0.5 * erfc(-x * Math.SQRT1_2)),
  silu: (x) => (x >= 0 ? x / (1 + Math.exp(-x)) : x * half(x) / (1 + half(x) ** 2) * half(x)),
  softsign: (x) => (Math.abs(x) === Infinity ? Math.sign(x) : x / (1 + Math.abs(x))),
  sinc: (x) => (x === 0 ? 1 : Math.abs(x) === Infinity ? 0 : sineOfPi(x, 0) / Math.PI / x), sinc_slope: sincSlope,
  floor: Math.floor, round: roundToEven, mod, floor_divide: floorDivide,
  abs: Math.abs, sign: Math.sign, maximum: larger, minimum: smaller, clip: (x, low, high) => smaller(larger(x, low), high),
  sum: (...xs) => sum(xs), dot: (...xs) => dot(xs), logsumexp: (...xs) => logsumexp(xs),
  select: (i, ...xs) => xs[i] ?? NaN, equal: (x, y) => (x === y ? 1 : x !== x || y !== y ? NaN : 0),
  greater: (x, y) => (x > y ? 1 : x <= y ? 0 : NaN),
  sigmoid_slope: (z, x) => half(2 * x) / (1 + half(2 * x)) ** 2,
  tanh_slope: (z, x) => 4 * half(4 * x) / (1 + half(4 * x)) ** 2,
  silu_bend: (x) => x * half(x) / (1 + half(x) ** 2) ** 2 * half(x),
  one_minus_square: (x) => (1 - x) * (1 + x), gaussian, ray,
  power_slope: powerSlope,
};

// A tree is a number, "z", "x0", "x1", ... or [operation, ...trees].
export function evaluate(tree, z, xs) {
  if (Array.isArray(tree)) return VALUES[tree[0]](...tree.slice(1).map((branch) => evaluate(branch, z, xs)));
  if (tree === "z") return z;
  return typeof tree === "string" && tree[0] === "x" ? xs[Number(tree.slice(1))] : Number(fromText(tree));
}

const fromText = (x) => ({ inf: Infinity, "-inf": -Infinity, nan: NaN })[x] ?? x;

// -------------------------------------------------------------------------------------------------------- the two passes

// Every node's value from the leaves' values.
export function forward(graph, leaves) {
  const values = graph.nodes.map((node, i) => leaves[i] ?? Number(fromText(node.value)));
  for (const i of graph.forward) {
    const node = graph.nodes[i];
    if (!node.recorded) values[i] = VALUES[node.op](...node.inputs.map((x) => values[x]));
  }
  return values;
}

// The first operation above a node whose numbers the page cannot compute anew, if there is one.
export function recordedAbove(graph, start) {
  const above = new Set([start]);
  for (const i of graph.forward) {
    const node = graph.nodes[i];
    if (!node.inputs.some((x) => above.has(x))) continue;
    if (node.recorded) return node.op;
    above.add(i);
  }
  return null;
}

// The steps back, right or in one of the wrong ways: "overwrite", "order", "no zero_grad".
export function backward(graph, values, wrong = "") {
  const grads = graph.nodes.map((node) =>
    wrong === "no zero_grad" && node.kind === "leaf" ? Number(fromText(node.grad)) : 0);
  grads[graph.output] += 1;
  const start = [...grads];
  const order = wrong === "order" ? graph.firstReached : [...graph.forward].reverse();
  const steps = [];
  for (const i of order) {
    const node = graph.nodes[i], xs = node.inputs.map((x) => values[x]), upstream = grads[i];
    node.inputs.forEach((x, slot) => {
      if (graph.nodes[x].kind === "constant") return;
      const local = evaluate(node.partials[slot], values[i], xs);
      const contribution = upstream * local, before = grads[x];
      grads[x] = wrong === "overwrite" ? contribution : before + contribution;
      steps.push({ pass: "backward", node: i, input: x, slot, local, upstream, contribution, before, total: grads[x] });
    });
  }
  return { steps, grads, start };
}

// Every way from a node up to the output, with the product of the local derivatives along it; they add up to its gradient.
export function ways(graph, values, from, most = 40) {
  const users = graph.nodes.map(() => []);
  for (const i of graph.forward) graph.nodes[i].inputs.forEach((x, slot) => users[x].push([i, slot]));
  const found = [], open = [{ at: from, names: [graph.nodes[from].name], product: 1 }];
  while (open.length && found.length < most) {
    const way = open.pop();
    if (way.at === graph.output) found.push(way);
    else for (const [i, slot] of users[way.at]) {
      const node = graph.nodes[i];
      const local = evaluate(node.partials[slot], values[i], node.inputs.map((x) => values[x]));
      open.push({ at: i, names: [...way.names, node.name], product: way.product * local });
    }
  }
  return { found, all: open.length === 0 };
}

const RAISED = Object.fromEntries([..."-−0123456789"].map((c, i) => [c, "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹"[i]]));
const raised = (exponent) => [...String(exponent)].map((c) => RAISED[c]).join("");

// A number as autograd/writing/numbers.py writes it: six significant digits, a tie to the even one, a true minus sign.
export function text(x, digits = 6) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "∞" : "−∞";
  let [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  const exact = x.toExponential(60).split("e")[0];
  if (/[13579]$/.test(mantissa) && /^50*$/.test(exact.slice(mantissa.length))) mantissa = exact.slice(0, mantissa.length);
  const fixed = Number(exponent) >= -4 && Number(exponent) < digits;
  const written = fixed ? String(Number(`${mantissa}e${exponent}`)) : `${Number(mantissa)}·10${raised(Number(exponent))}`;
  return written.replaceAll("-", "−");
}

const times = (x) => (x === "1" ? "as much" : `${x} times as much`);
const plain = (x) => x.replace(/[()]/g, "");
const bracketed = (x) => (x.startsWith("−") ? `(${x})` : x);
const held = (x) => (x.includes("·") ? `(${x})` : bracketed(x)); // a power of 10 is a product
const fill = (template, words) => template
  .replace(/\{(\d+)\}/g, (_, i) => words[Number(i)])
  .replace(/\^([-−]?\d+)(?![\d.])/g, (_, exponent) => raised(exponent))
  .replace(/ \+ \(−([^()\s]*)\)(?=\s|\)|$)/g, " − $1") // as Python writes a + (−2)
  .replace(/\(\((−[^()\s]*)\)\)/g, "($1)"); // relu((−2)): one pair of brackets is enough

// --------------------------------------------------------------------------------------------------------------- the page

const STYLE = `
:host { all: initial; display: block; }
.app { --paper:#fff; --ink:#1c2733; --muted:#5f6c7b; --line:#9aa7b5; --box:#fff; --part:#f4f6f9; --edge:#ccd4dd;
  --now:#d9650b; --done:#2563c9; --now-soft:#fdebdc; --done-soft:#e3edfb; --wrong:#b3261e;
  font: 15px/1.45 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: var(--ink); background: var(--paper);
  padding: 12px 16px 16px; border-radius: 8px; box-sizing: border-box; }
@media screen { .app.dark { --paper:#14181f; --ink:#eef2f6; --muted:#a9b5c3; --line:#76849a; --box:#1f2630;
  --part:#1a2029; --edge:#3d4859; --now:#f58a3c; --done:#5b9bf8; --now-soft:#4a3020; --done-soft:#1f3350; --wrong:#ff8a80; } }
.app * { box-sizing: border-box; }
.bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 10px; }
button, select { font: inherit; color: var(--ink); background: var(--part); border: 1px solid var(--edge); border-radius: 6px;
  padding: 5px 11px; min-height: 34px; cursor: pointer; }
.bar select { flex: 0 1 auto; max-width: 250px; }
.now ul { margin: 2px 0; padding-left: 18px; font-size: .93em; }
button:hover { border-color: var(--line); }
button:disabled { opacity: .45; cursor: default; }
button.play { background: var(--done); border-color: var(--done); color: var(--paper); font-weight: 600; min-width: 96px; }
:focus-visible { outline: 3px solid var(--now); outline-offset: 2px; }
input[type=range] { accent-color: var(--done); }
.bar input[type=range] { flex: 1 1 160px; min-width: 120px; }
.count { color: var(--muted); font-variant-numeric: tabular-nums; min-width: 96px; }
.stage { overflow: auto; max-height: 80vh; border: 1px solid var(--edge); border-radius: 8px; background: var(--paper); }
.stage svg { display: block; width: 100%; height: auto; max-height: 62vh; }
.panel { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 16px; margin-top: 12px; }
@media (max-width: 720px) { .panel { grid-template-columns: minmax(0, 1fr); } }
.now { border-left: 4px solid var(--now); padding: 2px 0 2px 12px; min-height: 9.5em; }
.now.forward { border-color: var(--done); }
h3 { font-size: 1.05em; margin: 0 0 4px; }
p { margin: 4px 0; }
.math { font-family: "Cambria Math", "STIX Two Math", Georgia, serif; font-size: 1.08em; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.wrong { color: var(--wrong); }
.node-info { font-size: .95em; overflow-wrap: anywhere; }
.node-info label { display: grid; grid-template-columns: auto 1fr auto; gap: 8px; align-items: center; }
.node-info ul { margin: 4px 0; padding-left: 18px; }
.tangent { width: 100%; max-width: 320px; height: auto; display: block; }
details { margin-top: 10px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9em; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 2px 12px 2px 0; white-space: nowrap; border-bottom: 1px solid var(--edge); }
tr.current td { background: var(--now-soft); }
.g-node { cursor: pointer; }
.stage .graph > polygon { fill: var(--paper); stroke: none; }
.stage .cluster path, .stage .cluster polygon { fill: var(--part); stroke: var(--edge); }
.stage text { fill: var(--ink); }
.stage .cluster text, .stage .edge text, .stage .graph > text { fill: var(--muted); }
.stage .node path { fill: var(--box); stroke: var(--line); stroke-width: 1; }
.stage .edge path { stroke: var(--line); stroke-width: 1; }
.stage .edge polygon { fill: var(--line); stroke: var(--line); }
.stage .waiting text.number { opacity: 0; }
.stage .known path { fill: var(--done-soft); stroke: var(--done); }
.stage .reached path { fill: var(--now-soft); stroke: var(--now); stroke-width: 1.6; }
.stage .node.active path { stroke: var(--now); stroke-width: 4; }
.stage .node.active.going path { stroke: var(--done); }
.stage .node.chosen path { stroke-dasharray: 5 3; stroke-width: 2.5; }
.stage .node.differs path { stroke: var(--wrong); stroke-dasharray: 2 3; stroke-width: 3; }
.stage .edge.active path { stroke: var(--now); stroke-width: 4.5; }
.stage .edge.active polygon { fill: var(--now); stroke: var(--now); }
.stage .edge.active.going path { stroke: var(--done); }
.stage .edge.active.going polygon { fill: var(--done); stroke: var(--done); }
@media (prefers-reduced-motion: no-preference) { .stage { scroll-behavior: smooth; } .stage path { transition: fill .25s, stroke .25s; } }
@media print { .bar, .panel, summary { display: none; } details { display: block; } .stage svg { max-height: none; } }
`;

// The controls that both pages have; steer() says what they do.
const toolbar = (steps, step, more = "") => `
  <div class="bar" role="toolbar" aria-label="${steps}">
    <button class="play" aria-keyshortcuts="Space">▶ Play</button>
    <button class="first" aria-label="To the start" title="To the start (Home)">|◀</button>
    <button class="previous" title="Arrow left">◀ Back</button>
    <button class="next" title="Arrow right">Next ▶</button>
    <button class="last" aria-label="To the end" title="To the end (End)">▶|</button>
    <input class="slider" type="range" min="0" step="1" value="0" aria-label="${step}">
    <span class="count"></span>${more}
  </div>`;

const HTML = `
<div class="app" role="region" aria-label="Backpropagation, step by step">
  ${toolbar("Steps", "Step", `
    <select class="depth" aria-label="What is a box">
      <option value="operation">every operation</option>
      <option value="neuron">folded to neurons</option>
      <option value="layer">folded to layers</option>
    </select>
    <select class="way" aria-label="The right way, or a wrong one">
      <option value="">the right way</option>
      <option value="overwrite">wrong: = instead of +=</option>
      <option value="order">wrong: nodes in the wrong order</option>
      <option value="no zero_grad">wrong: zero_grad forgotten</option>
    </select>`)}
  <div class="stage" tabindex="0" aria-label="The graph; click a node to look at it"></div>
  <div class="panel">
    <div class="now" aria-live="polite"></div>
    <div class="node-info"></div>
  </div>
  <details><summary>All steps as a table</summary><div class="table"></div></details>
</div>`;

function make(tag, words = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = words; // names are data: they are shown, never run
  if (className) made.className = className;
  return made;
}

function shape(parent, tag, attributes, words) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (words !== undefined) made.textContent = words;
  parent?.append(made);
  return made;
}

// Buttons, slider and keys. keys: what listens for them; places(): where each key goes from here; go(to), playing a switch.
function steer($, keys, places, go, playing) {
  $(".play").addEventListener("click", playing);
  for (const [button, key] of [[".first", "Home"], [".previous", "ArrowLeft"], [".next", "ArrowRight"], [".last", "End"]])
    $(button).addEventListener("click", () => go(places()[key]));
  $(".slider").addEventListener("input", () => go(Number($(".slider").value)));
  keys.addEventListener("keydown", (event) => {
    const target = event.composedPath()[0];
    if (target.matches?.("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = places()[event.key];
    if (to !== undefined) go(to);
    else if (event.key === " " && !target.matches?.("button, summary")) playing();
    else return;
    event.preventDefault();
  });
}

// What the controls say of the place where one is.
function tellPosition($, position, last, count, spoken) {
  $(".slider").value = position;
  $(".slider").setAttribute("aria-valuetext", spoken);
  $(".count").textContent = count;
  $(".first").disabled = $(".previous").disabled = position === 0;
  $(".last").disabled = $(".next").disabled = position === last;
}

// Light or dark: as JupyterLab's theme is, and elsewhere as the reader's system asks for.
function themed(app, changed = () => {}) {
  const system = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  const look = () => {
    const light = document.body.dataset.jpThemeLight;
    app.classList.toggle("dark", light === undefined ? Boolean(system?.matches) : light === "false");
    changed();
  };
  system?.addEventListener("change", look);
  new MutationObserver(look).observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  look();
}

export function mount(element, graph, changed = () => {}) {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}</style>${HTML}`;
  const $ = (selector) => root.querySelector(selector);
  const name = (i) => graph.nodes[i].name;
  const bare = (i) => /^[\p{L}\p{M}\p{N}_′'’…]+(\([^()]*\))?$/u.test(name(i)); // w₁, σ(net); of w·x all is meant, not w
  const d = (i) => `∂${bare(i) ? name(i) : `(${name(i)})`}`;
  const output = name(graph.output);

  const LEAST = 0.75; // pixels for a unit of the drawing, whose smallest letters are 10 units high
  function follow(box) {
    const stage = $(".stage"), frame = stage.getBoundingClientRect(), here = box.getBoundingClientRect();
    const away = (low, high, least, most) => (low < least || high > most ? (low + high - least - most) / 2 : 0);
    stage.scrollBy(
      away(here.left, here.right, frame.left, frame.right),
      away(here.top, here.bottom, frame.top, frame.bottom),
    );
  }

  // The drawing at one depth: Graphviz names groups by <title>, boxes n0, n1, ... and arrows n0->n5.
  let view, boxes, edges, lines;
  function fold(depth) {
    view = graph.views[depth];
    [boxes, edges, lines] = [{}, {}, {}];
    const drawing = new DOMParser().parseFromString(view.svg, "image/svg+xml").documentElement;
    drawing.removeAttribute("width");
    drawing.removeAttribute("height");
    const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
    drawing.style.minWidth = `${LEAST * width}px`; // then the stage scrolls, and follows the step
    drawing.style.minHeight = `${LEAST * height}px`;
    $(".stage").replaceChildren(document.importNode(drawing, true));
    for (const group of root.querySelectorAll(".stage g.node, .stage g.edge")) {
      const key = group.querySelector("title").textContent.replace(/:[^-]*/g, "");
      if (group.classList.contains("node")) boxes[key] = group;
      else (edges[key] ??= []).push(group);
    }
    for (const title of root.querySelectorAll(".stage title")) title.remove();
    for (const [key, i] of Object.entries(view.shown)) {
      const [value, grad] = [...boxes[key].querySelectorAll("text")].slice(-2);
      lines[key] = { node: i, value, grad };
      const box = boxes[key];
      box.classList.add("g-node");
      for (const [attribute, word] of [["tabindex", "0"], ["role", "button"], ["aria-label", name(i)]]) box.setAttribute(attribute, word);
      box.addEventListener("click", () => choose(i));
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        choose(i);
        event.preventDefault();
        event.stopPropagation();
      });
    }
  }
  const boxOf = (i) => view.places[i];
  const arrows = (x, i) => edges[`${boxOf(x)}->${boxOf(i)}`] ?? [];
  const edge = (step) => {
    const same = graph.nodes[step.node].inputs.map((x, slot) => [x, slot]).filter(([x]) => x === step.input);
    const found = arrows(step.input, step.node);
    return found[same.findIndex(([, slot]) => slot === step.slot)] ?? found[0];
  };
  const stop = (step) => (step ? `${step.pass} ${boxOf(step.node)} ${step.pass === "forward" ? "" : boxOf(step.input)}` : "");

  // The state: what the leaves hold, which way is gone, how many steps have been taken, which node is looked at.
  const leaves = {};
  let wrong = "", position = 0, chosen = null, timer = null, refused = "", run;

  // Why a leaf cannot be changed here; empty for one that can.
  function refusal(i) {
    const op = recordedAbove(graph, i);
    return op ? `${name(i)} cannot be changed here: it leads to ${op}, an operation that was added in Python, ` +
      "and a page cannot compute its numbers anew." : "";
  }

  function compute() {
    const values = forward(graph, leaves);
    const steps = graph.forward.map((i) => ({ pass: "forward", node: i, value: values[i] }));
    const back = backward(graph, values, wrong);
    run = { values, ...back, forward: steps.length, all: [...steps, ...back.steps] };
    run.right = wrong ? backward(graph, values).grads : back.grads;
    $(".slider").max = run.all.length;
    position = Math.min(position, run.all.length);
  }

  function numbers(i) {
    const node = graph.nodes[i];
    return fill(node.template, node.inputs.map((x) => held(text(run.values[x]))));
  }

  const formula = (i) => graph.nodes[i].formula;
  const nameless = (i) => plain(name(i)) === plain(formula(i)); // called by its formula
  const differs = (i) => graph.nodes[i].kind !== "constant" && !Object.is(run.grads[i], run.right[i]);

  function show() {
    const taken = run.all.slice(0, position), step = taken.at(-1), n = run.forward;
    const grads = position >= n ? [...run.start] : [];
    const reached = new Set(position >= n ? [graph.output] : []);
    for (const s of taken.slice(n)) { grads[s.input] = s.total; reached.add(s.input); }
    const known = new Set(taken.slice(0, n).map((s) => s.node));
    for (const { node, value, grad } of Object.values(lines)) {
      value.textContent = graph.nodes[node].kind !== "computed" || known.has(node) ? text(run.values[node], 4) : "";
      grad.textContent = reached.has(node) ? `grad ${text(grads[node], 4)}` : "";
    }
    const marks = Object.fromEntries(Object.keys(boxes).map((key) => [key, new Set()]));
    graph.nodes.forEach((node, i) => {
      const mark = marks[boxOf(i)];
      if (known.has(i)) mark.add("known");
      if (reached.has(i)) mark.add("reached");
      if (i === chosen) mark.add("chosen");
      if (wrong && position === run.all.length && differs(i)) mark.add("differs");
    });
    for (const i of step ? [step.node, step.input ?? step.node] : []) marks[boxOf(i)].add("active");
    for (const [key, box] of Object.entries(boxes)) {
      for (const word of ["known", "reached", "chosen", "differs", "active"]) box.classList.toggle(word, marks[key].has(word));
      box.classList.toggle("going", step?.pass === "forward");
    }
    for (const groups of Object.values(edges)) for (const group of groups) group.classList.remove("active", "going");
    if (step?.pass === "backward") edge(step)?.classList.add("active");
    else if (step) for (const x of new Set(graph.nodes[step.node].inputs))
      for (const group of arrows(x, step.node)) group.classList.add("active", "going");
    tell(step);
    if (refused) $(".now").append(make("p", refused, "wrong"));
    if (step) together($(".now"));
    if (step) follow(boxes[boxOf(step.input ?? step.node)]);
    look(grads, reached);
    tellPosition($, position, run.all.length, `step ${position} of ${run.all.length}`, $(".now h3").textContent);
    for (const [i, row] of [...root.querySelectorAll("tbody tr")].entries()) row.classList.toggle("current", i === position - 1);
    changed({ position, leaves: { ...leaves } });
  }

  // Where the graph is folded, one stop may be several steps: all of them, a line each.
  function together(now) {
    const here = stop(run.all[position - 1]);
    let first = position - 1;
    while (first > 0 && stop(run.all[first - 1]) === here) first--;
    const steps = run.all.slice(first, position);
    if (view === graph.views.operation || steps.length < 2) return;
    const list = make("ul");
    for (const s of steps.slice(-12)) list.append(make("li", s.pass === "forward" ? `${name(s.node)} = ${text(s.value)}`
      : `${d(graph.output)}/${d(s.input)}: ${text(s.before)} + ${bracketed(text(s.upstream))} × ${bracketed(text(s.local))} = ${text(s.total)}`));
    now.append(make("p", steps.length > 12 ? `The last 12 of ${steps.length} steps here:` : `The ${steps.length} steps here:`, "muted"), list);
  }

  // What happens in this step, in words and in mathematics.
  function tell(step) {
    const now = $(".now"), math = (words) => make("p", words, "math");
    now.className = `now ${step?.pass ?? "forward"}`;
    now.replaceChildren();
    if (!step) {
      now.append(make("h3", "Press Play."),
        make("p", `First the numbers go forward, from the inputs to ${output}. Then the gradient comes back: from ${output}, ` +
          "edge by edge, each node learns how much the result would change if it changed a little."));
      return;
    }
    if (step.pass === "forward") {
      now.append(make("h3", `Forward: ${name(step.node)}`), 
        ...(nameless(step.node) ? [] : [math(`${name(step.node)} = ${formula(step.node)}`)]),
        math(`= ${numbers(step.node)} = ${text(step.value)}`));
      if (position === run.forward)
        now.append(make("p", `That is the result. Now back: ${d(graph.output)}/${d(graph.output)} = 1, and everything else starts at 0.`, "muted"));
      return;
    }
    const z = name(step.node), x = name(step.input), formulaHere = graph.nodes[step.node].formulas[step.slot];
    const [up, local, part, before, total] =
      [step.upstream, step.local, step.contribution, step.before, step.total].map((number) => text(number));
    const equals = formulaHere === local ? "" : `${formulaHere} = `;
    now.append(make("h3", `Backward: from ${z} to ${x}`),
      math(`${d(step.node)}/${d(step.input)} = ${equals}${local}`),
      make("p", "upstream × local derivative = contribution", "muted"),
      math(`${bracketed(up)} × ${bracketed(local)} = ${part}`),
      ...(wrong === "overwrite"
        ? [make("p", "wrong: the old total is overwritten", "wrong"), math(`${d(graph.output)}/${d(step.input)} = ${part}`)]
        : [make("p", "old total + contribution = new total", "muted"),
          math(`${d(graph.output)}/${d(step.input)}:  ${before} + ${bracketed(part)} = ${total}`)]),
      make("p", `If ${x} grows a little, ${z} grows ${times(local)}` +
        (step.node === graph.output ? "." : `, and ${output} ${times(up)} as ${z}.`), "muted"));
    if (position === run.all.length) {
      const apart = [...graph.nodes.keys()].filter(differs);
      if (!wrong) now.append(make("p", "Done: every node has its gradient.", "muted"));
      else if (apart.length) now.append(make("p", "Here the numbers part from the right ones: " + apart.map((i) =>
        `${d(graph.output)}/${d(i)} = ${text(run.grads[i], 4)}, right is ${text(run.right[i], 4)}`).join("; ") + ".", "wrong"));
      else now.append(make("p", wrong === "no zero_grad" ? "There was no gradient before this pass, so the wrong way gives the right numbers."
        : "On this graph the wrong way happens to give the right numbers.", "muted"));
    }
  }

  // The node that was clicked: what it is, what flows in and out, the ways to the output; a leaf can be dragged.
  function look(grads, reached) {
    const info = $(".node-info");
    if (chosen === null) {
      info.replaceChildren(make("p", "Click a node to see what flows in and out of it. A leaf can be changed there.", "muted"));
      return;
    }
    const node = graph.nodes[chosen];
    if (info.dataset.node !== String(chosen)) {
      info.dataset.node = chosen;
      info.replaceChildren(make("h3", node.name), make("div", "", "facts"));
      if (node.kind === "leaf") info.append(refusal(chosen) ? make("p", refusal(chosen), "muted") : nudge(chosen));
    }
    const facts = info.querySelector(".facts");
    facts.replaceChildren();
    if (node.kind === "computed") facts.append(make("p", `= ${formula(chosen)} = ${numbers(chosen)}`, "math"));
    facts.append(make("p", `value ${text(run.values[chosen])}, ` +
      (reached.has(chosen) ? `gradient ${text(grads[chosen])} by now` : "no gradient yet")));
    const inward = run.all.filter((s) => s.pass === "backward" && s.input === chosen);
    if (inward.length) {
      const list = make("ul");
      for (const s of inward) list.append(make("li", `from ${name(s.node)}: ${text(s.upstream, 4)} × ${text(s.local, 4)} = ${text(s.contribution, 4)}`));
      facts.append(make("p", "What comes back to it:", "muted"), list);
    }
    const { found, all } = ways(graph, run.values, chosen);
    if (found.length && chosen !== graph.output) {
      const list = make("ul");
      for (const way of found.slice(0, 6)) list.append(make("li", `${way.names.join(" → ")}: ${text(way.product, 4)}`));
      const total = text(found.reduce((a, way) => a + way.product, 0), 4);
      const more = found.length > 6 ? ` (6 of ${found.length}${all ? "" : " and more"} shown)` : "";
      facts.append(make("p", `Its ways to ${output}${more}, which add up to ${all ? total : "its gradient"}:`, "muted"), list);
    }
  }

  function nudge(i) {
    const start = Number(fromText(graph.nodes[i].value)), span = Math.max(1, Math.abs(start));
    const part = make("div", "", "nudge"), label = make("label", "change it"), value = make("span", text(start, 4));
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: start - span, max: start + span, step: span / 200, value: start });
    slider.setAttribute("aria-label", `change ${name(i)}`);
    const at = forward(graph, leaves), slope = backward(graph, at).grads[i], y0 = at[graph.output], x0 = at[i];
    const plot = document.createElement("div"), words = make("p", "", "muted"), back = make("button", "as it was");
    const draw = () => {
      const x = leaves[i] ?? start, y = run.values[graph.output], guess = y0 + slope * (x - x0);
      value.textContent = text(x, 4);
      words.textContent = `${output} = ${text(y, 5)}; the gradient at ${text(x0, 4)} predicted ${text(guess, 5)}`;
      plot.replaceChildren(tangent((t) => forward(graph, { ...leaves, [i]: t })[graph.output],
        start - span, start + span, x0, y0, slope, x, y));
    };
    const set = (x) => { leaves[i] = x; compute(); show(); draw(); };
    slider.addEventListener("input", () => set(Number(slider.value)));
    back.addEventListener("click", () => { slider.value = start; delete leaves[i]; compute(); show(); draw(); });
    label.append(slider, value);
    part.append(label, words, plot, back);
    queueMicrotask(draw);
    return part;
  }

  function choose(i) {
    chosen = chosen === i ? null : i;
    $(".node-info").dataset.node = "";
    show();
  }

  function table() {
    const made = make("table"), head = make("tr"), body = make("tbody");
    for (const words of ["step", "what", "local derivative", "upstream × local = contribution", "before + contribution = total"])
      head.append(make("th", words));
    run.all.forEach((s, i) => {
      const row = make("tr"), z = name(s.node);
      const cells = s.pass === "forward"
        ? [i + 1, `${nameless(s.node) ? "" : `${z} = `}${formula(s.node)} = ${numbers(s.node)} = ${text(s.value)}`, "", "", ""]
        : [i + 1, `${d(graph.output)}/${d(s.input)}`,
          `${d(s.node)}/${d(s.input)} = ${graph.nodes[s.node].formulas[s.slot]}`,
          `${text(s.upstream)} × ${bracketed(text(s.local))} = ${text(s.contribution)}`,
          `${text(s.before)} + ${bracketed(text(s.contribution))} = ${text(s.total)}`];
      row.append(...cells.map((cell) => make("td", String(cell))));
      body.append(row);
    });
    const top = make("thead");
    top.append(head);
    made.append(top, body);
    $(".table").replaceChildren(made);
  }

  function go(to) {
    position = Math.max(0, Math.min(run.all.length, to));
    show();
  }

  // The next place to stop in a direction: every step, or where graphs are folded every box and arrow.
  function along(direction) {
    let to = position + direction;
    if (view === graph.views.operation) return to;
    while (to > 0 && to < run.all.length && stop(run.all[to - 1]) === stop(run.all[to])) to += direction;
    return to;
  }

  function play(on) {
    clearInterval(timer);
    timer = null;
    if (on) {
      if (position === run.all.length) go(0);
      go(along(1));
      timer = setInterval(() => (position < run.all.length ? go(along(1)) : play(false)), 1400);
    }
    $(".play").textContent = timer ? "⏸ Pause" : "▶ Play";
  }

  const places = () => ({ Home: 0, ArrowLeft: along(-1), ArrowRight: along(1), End: run.all.length });
  const keys = graph.alone ? document : $(".app"); // a page of its own listens everywhere
  steer($, keys, places, (to) => { play(false); go(to); }, () => play(!timer));
  $(".way").addEventListener("change", () => { wrong = $(".way").value; compute(); table(); show(); });
  $(".depth").addEventListener("change", () => { fold($(".depth").value); show(); });
  for (const option of [...$(".depth").options]) if (!graph.views[option.value]) option.remove();
  $(".depth").hidden = $(".depth").options.length < 2;
  $("details").addEventListener("toggle", table);
  themed($(".app"));
  globalThis.addEventListener?.("beforeprint", () => { table(); $("details").open = true; });
  fold($(".depth").value);
  compute();
  table();
  show();
  const change = (given) => {
    for (const i of Object.keys(leaves)) delete leaves[i];
    refused = Object.keys(given).map((i) => refusal(Number(i))).filter(Boolean).join(" ");
    for (const [i, x] of Object.entries(given)) if (!refusal(Number(i))) leaves[i] = Number(x);
    compute();
    show();
  };
  return { go, play, choose, change, state: () => ({ position, leaves, ...run }) };
}

// The result as a function of one leaf, and the tangent that its gradient draws.
function tangent(f, low, high, x0, y0, slope, x, y) {
  const width = 320, height = 150, pad = 10;
  const xs = Array.from({ length: 61 }, (_, i) => low + ((high - low) * i) / 60), ys = xs.map(f);
  const finite = [...ys, y].filter(Number.isFinite);
  let [bottom, top] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 0];
  const margin = Math.max(1, Math.abs(top));
  if (top - bottom < 1e-12 * margin) [bottom, top] = [bottom - margin, top + margin];
  const right = (t) => pad + ((t - low) / (high - low)) * (width - 2 * pad);
  const down = (t) => height - pad - ((t / 2 - bottom / 2) / (top / 2 - bottom / 2)) * (height - 2 * pad);
  const svg = shape(null, "svg", { viewBox: `0 0 ${width} ${height}`, class: "tangent", role: "img",
    "aria-label": "the result as a function of this leaf, with its tangent" });
  const add = (tag, attributes) => { // where there is such a place
    if (Object.values(attributes).every((value) => typeof value === "string" || Number.isFinite(value))) shape(svg, tag, attributes);
  };
  const points = xs.map((t, i) => (Number.isFinite(ys[i]) ? `${right(t)},${down(ys[i])}` : "")).filter(Boolean).join(" ");
  add("polyline", { points, fill: "none", stroke: "var(--ink)", "stroke-width": 2 });
  const clip = (t) => Math.max(-height, Math.min(2 * height, down(y0 + slope * (t - x0))));
  add("line", { x1: right(low), y1: clip(low), x2: right(high), y2: clip(high), stroke: "var(--now)", "stroke-width": 2, "stroke-dasharray": "6 4" });
  add("circle", { cx: right(x0), cy: down(y0), r: 4, fill: "var(--paper)", stroke: "var(--now)", "stroke-width": 2 });
  add("circle", { cx: right(x), cy: down(y), r: 4.5, fill: "var(--ink)" });
  return svg;
}

export default { render };

// The widget form: what happens here is told to Python, and the other way round.
function render({ model, el }) {
  const app = mount(el, model.get("data"), ({ position, leaves }) => {
    if (position === model.get("position") && JSON.stringify(leaves) === JSON.stringify(model.get("leaves"))) return;
    model.set("position", position);
    model.set("leaves", leaves);
    model.save_changes();
  });
  model.on("change:position", () => app.state().position !== model.get("position") && app.go(model.get("position")));
  model.on("change:leaves", () => JSON.stringify(app.state().leaves) !== JSON.stringify(model.get("leaves")) && app.change(model.get("leaves")));
  app.go(model.get("position"));
}

// ---------------------------------------------------------------------------------------------------- the training player
//
// mountPlayer(element, data) plays a recorded training. `data` holds the layers' shapes and, for every record, all parameters
// and their gradients; what the net says about the plane is computed here.

// What a net gives for one row. parameters: neuron by neuron its weights, then its bias if it has one, from place `at` on.
export function predict(layers, parameters, row, at = 0) {
  let h = row;
  for (const { nin, nout, bias, activation } of layers) {
    const outputs = [], g = scalarActivation(activation);
    for (let i = 0; i < nout; i++) {
      let a = 0;
      for (let j = 0; j < nin; j++) a += parameters[at + j] * h[j];
      at += nin;
      if (bias) a += parameters[at++];
      outputs.push(g(a));
    }
    h = outputs;
    if (activation.endsWith("softmax")) {
      const total = logsumexp(h);
      h = h.map((a) => (activation === "softmax" ? Math.exp(a - total) : a - total));
    }
  }
  return h;
}

function scalarActivation(name) {
  if (name === "linear" || name.endsWith("softmax")) return (a) => a;
  if (name === "leaky_relu") return (a) => VALUES.leaky_relu(a, 0.01);
  return name === "elu" ? (a) => VALUES.elu(a, 1) : VALUES[name];
}

// Where numbers on an n by n grid pass through 0, as an SVG path in units of a cell (marching squares).
export function zeroLine(numbers, n) {
  const path = [];
  const between = (a, b) => a / (a - b);
  for (let y = 0; y + 1 < n; y++) for (let x = 0; x + 1 < n; x++) {
    const [a, b, c, d] = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([i, j]) => numbers[(y + j) * n + x + i]);
    if (![a, b, c, d].every(Number.isFinite)) continue;
    const ends = [];
    if (a > 0 !== b > 0) ends.push([x + between(a, b), y]);
    if (b > 0 !== c > 0) ends.push([x + 1, y + between(b, c)]);
    if (c > 0 !== d > 0) ends.push([x + 1 - between(c, d), y + 1]);
    if (d > 0 !== a > 0) ends.push([x, y + 1 - between(d, a)]);
    for (let i = 0; i + 1 < ends.length; i += 2)
      path.push(`M${ends[i].map((t) => (t + 0.5).toFixed(3)).join(" ")}L${ends[i + 1].map((t) => (t + 0.5).toFixed(3)).join(" ")}`);
  }
  return path.join("");
}

// Round numbers from low to high, about n of them.
export function roundNumbers(low, high, n) {
  const raw = (high - low) / n, power10 = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power10).find((s) => s >= raw * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}

const CELLS = 80, NEURONS = 12;

// One shape for each class, around the origin, about 10 units across.
const SHAPES = [
  "M4.6 0A4.6 4.6 0 1 1 -4.6 0A4.6 4.6 0 1 1 4.6 0Z", "M-4.2 -4.2H4.2V4.2H-4.2Z", "M0 -5.6L5.2 4H-5.2Z", "M0 -5.8L4.8 0L0 5.8L-4.8 0Z",
  "M-1.8 -5.2H1.8V-1.8H5.2V1.8H1.8V5.2H-1.8V1.8H-5.2V-1.8H-1.8Z", "M0 5.6L5.2 -4H-5.2Z", "M0 -6L1.6 -1.9L5.8 -1.8L2.5 .9L3.6 5L0 2.6L-3.6 5L-2.5 .9L-5.8 -1.8L-1.6 -1.9Z",
  "M-2.2 -5H2.2L5 -2.2V2.2L2.2 5H-2.2L-5 2.2V-2.2Z",
];

const PLAYER_STYLE = `
.player { container-type: inline-size; max-width: 1440px; margin: 0 auto;
  --class0:#2563c9; --class1:#d9650b; --class2:#00875f; --class3:#b4528e; --class4:#2b9cc4; --class5:#a08a00; --class6:#6b7280; }
@media screen { .player.dark { --class0:#5b9bf8; --class1:#f58a3c; --class2:#2fc08f; --class3:#dc8fbd;
  --class4:#6fd0f2; --class5:#e6d54a; --class6:#a9b5c3; } }
.player .count { min-width: 120px; text-align: right; }
.player .said { margin: 0 0 10px; min-height: 1.45em; font-variant-numeric: tabular-nums; }
.player .said b { font-weight: 650; }
.views { display: grid; grid-template-columns: minmax(0, 10fr) minmax(0, 11fr); gap: 14px 28px; align-items: start; }
.views > div { display: grid; gap: 14px; min-width: 0; }
.views h3 { margin: 0; }
.head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; justify-content: space-between; min-height: 34px; }
.views svg { display: block; width: 100%; height: auto; overflow: visible; }
.views svg text { fill: var(--muted); font: 12px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
.views p { font-size: .9em; }
.plane { position: relative; }
.plane canvas { position: absolute; }
.plane svg { position: relative; }
.frame { fill: none; stroke: var(--edge); }
.border { fill: none; stroke: var(--ink); stroke-width: 2; }
.point { stroke: var(--paper); stroke-width: 1; }
.point.missed { stroke: var(--ink); stroke-width: 2; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; color: var(--muted); }
.legend span { display: inline-flex; gap: 6px; align-items: center; }
.legend svg { width: 14px; height: 14px; flex: none; }
.legend svg.stroke { width: 30px; }
.loss svg { cursor: pointer; touch-action: pan-y; }
.loss .grid { stroke: var(--edge); stroke-width: 1; opacity: .7; }
.curve { fill: none; stroke: var(--done); stroke-width: 2; stroke-linejoin: round; }
.curve.validation { stroke: var(--now); stroke-dasharray: 6 4; }
.player .loss text.name { fill: var(--ink); }
.cursor { stroke: var(--ink); stroke-width: 1.5; }
.mark { fill: var(--done); stroke: var(--paper); stroke-width: 2; }
.mark.validation { fill: var(--now); }
.switch { display: inline-flex; }
.switch button { border-radius: 0; padding: 3px 12px; min-height: 30px; }
.switch button:first-child { border-radius: 6px 0 0 6px; border-right: 0; }
.switch button:last-child { border-radius: 0 6px 6px 0; }
.switch button[aria-pressed=true] { background: var(--done); border-color: var(--done); color: var(--paper); font-weight: 600; }
.weight { stroke: var(--now); fill: none; stroke-linecap: butt; }
.weight.below { stroke: var(--done); stroke-dasharray: 7 4; }
.weight.none { stroke: var(--edge); stroke-dasharray: none; }
.looked .weight:not(.own) { opacity: .08 !important; }
.neuron { cursor: pointer; outline: none; }
.neuron .body { fill: var(--box); stroke: var(--line); stroke-width: 1.5; }
.neuron .tint { fill: var(--now); }
.neuron .tint.below { fill: var(--done); }
.player .neuron text.sign { fill: var(--ink); font-size: 13px; font-weight: 700; text-anchor: middle; pointer-events: none; }
.neuron:hover .body, .neuron.chosen .body { stroke: var(--ink); stroke-width: 2.5; }
.neuron:focus-visible .body { stroke: var(--now); stroke-width: 4; }
.player .net text.side { fill: var(--ink); }
.player .net text.title { fill: var(--ink); font-weight: 600; }
.told { border-left: 4px solid var(--edge); padding: 2px 0 2px 12px; min-height: 5.2em; font-size: .92em; }
.told ul { list-style: none; margin: 4px 0 0; padding: 0; columns: 13em; column-gap: 20px; font-variant-numeric: tabular-nums; }
.told li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 8px; break-inside: avoid; }
.told li span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@container (max-width: 760px) { .views { grid-template-columns: minmax(0, 1fr); } .player .count { text-align: left; }
  .bar input[type=range] { flex-basis: 100%; order: 2; } }
@media print { .player { padding: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .switch { display: none; } .views > div > section { break-inside: avoid; } }
`;

const PLAYER_HTML = `
<div class="app player" role="region" aria-label="Training, epoch by epoch">
  ${toolbar("Epochs", "Epoch")}
  <p class="said" aria-live="polite"></p>
  <div class="views">
    <div>
      <section class="plane-view"><div class="head"><h3>Decision boundary</h3><div class="legend"></div></div>
        <div class="plane"></div><p class="muted readout"></p></section>
      <section><div class="head"><h3 class="loss-title">Loss</h3><div class="legend loss-legend"></div></div>
        <div class="loss"></div><p class="muted loss-note"></p></section>
    </div>
    <section>
      <div class="head"><h3>Network</h3><div class="switch" role="group" aria-label="What the lines show">
        <button class="weights" aria-pressed="true">weights</button><button class="gradients" aria-pressed="false">gradients</button></div></div>
      <div class="net"></div><div class="legend net-legend"></div><p class="muted net-note"></p>
      <div class="told"></div>
    </section>
  </div>
</div>`;

export function mountPlayer(element, data) {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}${PLAYER_STYLE}</style>${PLAYER_HTML}`;
  const $ = (selector) => root.querySelector(selector);
  const bytes = (written) => Uint8Array.from(atob(written), (c) => c.charCodeAt(0)).buffer;
  const numbers = (list) => list.map((x) => Number(fromText(x)));
  const shortened = (words, n) => (words.length > n ? `${words.slice(0, Math.max(n - 1, 1))}…` : words);
  const largest = (list) => list.reduce((a, x) => (Number.isFinite(x) && Math.abs(x) > a ? Math.abs(x) : a), 0);

  const { layers, epochs, plane } = data;
  const parameters = new Float64Array(bytes(data.parameters)), gradients = new Float32Array(bytes(data.gradients));
  const size = parameters.length / epochs.length, last = epochs.length - 1;
  const at = (list, k) => list.subarray(k * size, (k + 1) * size);
  const loss = numbers(data.loss), validation = numbers(data.valLoss);
  const strongest = { weights: largest(parameters), gradients: largest(gradients) };
  const colour = (c) => `var(--class${c % 7})`;

  // The state: which record is shown, what the lines stand for, which neuron is looked at and which one was clicked.
  let position = 0, shown = "weights", looked = null, clicked = null, timer = null, outputs = null;

  // ------------------------------------------------------------------------------------------------------ the plane

  const [x0, x1] = plane?.across ?? [0, 1], [y0, y1] = plane?.up ?? [0, 1];
  const points = (plane?.points ?? []).map(([a, b, target]) => ({ row: [a, b], target }));
  const cell = (i, low, high) => low + ((i + 0.5) / CELLS) * (high - low);
  let canvas, border;

  function layPlane() {
    const width = Math.max($(".plane").clientWidth, 240), left = 38, bottom = 38, slope = (y1 - y0) / (x1 - x0);
    const w = Math.min(width - left - 8, 620), h = Math.min(slope > 0.4 && slope < 2.5 ? w * slope : w * 0.8, 460);
    const across = slope > 0.4 && slope < 2.5 ? h / slope : w, start = left + (w - across) / 2;
    const right = (x) => start + ((x - x0) / (x1 - x0)) * across, down = (y) => 6 + ((y1 - y) / (y1 - y0)) * h;
    const svg = shape(null, "svg", { viewBox: `0 0 ${width} ${h + bottom + 6}`, role: "img" });
    canvas = make("canvas");
    Object.assign(canvas, { width: CELLS, height: CELLS });
    canvas.setAttribute("aria-hidden", "true");
    for (const [side, length, all] of [["left", start, width], ["width", across, width], ["top", 6, h + bottom + 6], ["height", h, h + bottom + 6]])
      canvas.style[side] = `${100 * length / all}%`;
    for (const x of roundNumbers(x0, x1, across / 70)) shape(svg, "text", { x: right(x), y: h + 22, "text-anchor": "middle" }, text(x));
    for (const y of roundNumbers(y0, y1, h / 60)) shape(svg, "text", { x: start - 6, y: down(y) + 4, "text-anchor": "end" }, text(y));
    shape(svg, "text", { x: start + across / 2, y: h + 40, "text-anchor": "middle" }, data.inputs[0]);
    shape(svg, "text", { x: 0, y: 0, transform: `translate(${start - 28} ${6 + h / 2}) rotate(-90)`, "text-anchor": "middle" }, data.inputs[1]);
    border = shape(svg, "path", { class: "border", "vector-effect": "non-scaling-stroke",
      transform: `translate(${start} ${6 + h}) scale(${across / CELLS} ${-h / CELLS})` });
    shape(svg, "rect", { class: "frame", x: start, y: 6, width: across, height: h });
    for (const point of points) {
      const c = Math.round(point.target), values = plane.kind === "values";
      point.mark = shape(svg, "path", { class: "point", d: SHAPES[values ? 0 : c % SHAPES.length],
        fill: values ? valueColour(point.target) : colour(c), transform: `translate(${right(point.row[0])} ${down(point.row[1])})` });
    }
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect(), scale = width / box.width;
      const a = x0 + (((event.clientX - box.left) * scale - start) / across) * (x1 - x0);
      const b = y1 - (((event.clientY - box.top) * scale - 6) / h) * (y1 - y0);
      readout(a >= x0 && a <= x1 && b >= y0 && b <= y1 ? [a, b] : null);
    });
    svg.addEventListener("pointerleave", () => readout(null));
    $(".plane").replaceChildren(canvas, svg);
  }

  const valueColour = (y) => `color-mix(in srgb, ${y < plane.threshold ? "var(--class0)" : "var(--class1)"} ` +
    `${Math.round(100 * Math.min(Math.abs(y - plane.threshold) / plane.half, 1))}%, var(--box))`;

  // What an output says: [class, how sure from 0 to 1].
  function verdict(h) {
    if (plane.kind !== "several") {
      const t = (h[0] - plane.threshold) / (plane.soft ? 2 : plane.half);
      return [t > 0 ? 1 : 0, plane.soft ? Math.abs(Math.tanh(t)) : Math.min(Math.abs(t), 1)];
    }
    const top = Math.max(...h), c = h.indexOf(top), lead = top - Math.max(...h.filter((_, i) => i !== c));
    return [c, plane.soft ? Math.tanh(lead / 2) : Math.min(Math.max(lead, 0), 1)];
  }

  function paint() {
    const now = at(parameters, position), look = getComputedStyle($(".app")), rgb = [];
    for (let c = 0; c < 7; c++) rgb.push(Number.parseInt(look.getPropertyValue(`--class${c}`).trim().slice(1), 16));
    const context = canvas.getContext("2d"), picture = context.createImageData(CELLS, CELLS);
    outputs = [];
    for (let j = 0; j < CELLS; j++) for (let i = 0; i < CELLS; i++) {
      const h = predict(layers, now, [cell(i, x0, x1), cell(j, y0, y1)]), to = 4 * ((CELLS - 1 - j) * CELLS + i);
      outputs.push(h);
      if (!h.every(Number.isFinite)) continue; // stays blank
      const [c, sure] = verdict(h), mixed = rgb[c % 7];
      picture.data.set([mixed >> 16, (mixed >> 8) & 255, mixed & 255, 255 * (0.07 + 0.5 * sure)], to);
    }
    context.putImageData(picture, 0, 0);
    const lead = (h, c) => h[c] - Math.max(...h.filter((_, i) => i !== c));
    border.setAttribute("d", plane.kind === "values" ? "" : plane.kind === "one"
      ? zeroLine(outputs.map((h) => h[0] - plane.threshold), CELLS)
      : outputs[0].map((_, c) => zeroLine(outputs.map((h) => lead(h, c)), CELLS)).join(""));
    let right = 0;
    for (const point of points) {
      const h = predict(layers, now, point.row), hit = h.every(Number.isFinite) && verdict(h)[0] === Math.round(point.target);
      if (hit) right++;
      if (plane.kind !== "values") point.mark.classList.toggle("missed", !hit);
    }
    const words = plane.kind === "values" || !points.length ? "" : `${right} of ${points.length} points right`;
    $(".plane svg").setAttribute("aria-label", `The plane of ${data.inputs[0]} and ${data.inputs[1]}: ${words || "the model's output"}`);
    return words;
  }

  let pointed = null;
  function readout(row) {
    pointed = row;
    const base = plane.kind === "values" ? "The shade is the output of the model." : points.length
      ? "Points on the wrong side are ringed." : "Give play_training X and y to draw points.";
    const some = points.length < plane.allPoints ? ` ${points.length} of ${plane.allPoints} points are drawn.` : "";
    if (!row) { $(".readout").textContent = `${base}${some} Point at a place to read the output there.`; return; }
    const h = predict(layers, at(parameters, position), row);
    const says = plane.kind === "values" ? "" : h.every(Number.isFinite) ? `: class ${plane.classes[verdict(h)[0]]}` : ": no class";
    $(".readout").textContent = `At (${text(row[0], 4)}, ${text(row[1], 4)}) the output is ` +
      `${h.length > 1 ? `(${h.map((x) => text(x, 4)).join(", ")})` : text(h[0], 4)}${says}.`;
  }

  // ------------------------------------------------------------------------------------------------------- the loss

  let lossPlace, cursor, marks = [];

  function layLoss() {
    const width = Math.max($(".loss").clientWidth, 240), height = plane ? 190 : 300, left = 52, right = 12, top = 8, bottom = 38;
    const finite = [...loss, ...validation].filter(Number.isFinite), n = Math.max(loss.length, 1);
    let low = Math.min(...finite), high = Math.max(...finite);
    const log = low > 0 && high / low > 100;
    if (!finite.length) [low, high] = [0, 1];
    if (!log) [low, high] = low >= 0 && low < 0.5 * high ? [0, high] : [low, high];
    if (high - low < 1e-300) [low, high] = [low - 1, high + 1];
    const scale = log ? Math.log10 : (x) => x, from = scale(low), to = scale(high) + (scale(high) - scale(low)) * 0.04;
    const across = (epoch) => left + (epoch / n) * (width - left - right);
    const down = (x) => top + ((to - scale(x)) / (to - from)) * (height - top - bottom);
    const svg = shape(null, "svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
    let levels = roundNumbers(from, to, 4);
    if (log) {
      const every = Math.max(1, Math.ceil((to - from) / 5)), first = Math.ceil(from - 1e-9);
      levels = Array.from({ length: Math.floor((to - first) / every) + 1 }, (_, i) => 10 ** (first + i * every));
    }
    for (const y of levels) {
      shape(svg, "line", { class: "grid", x1: left, x2: width - right, y1: down(y), y2: down(y) });
      shape(svg, "text", { x: left - 7, y: down(y) + 4, "text-anchor": "end" }, text(y, 3));
    }
    for (const x of roundNumbers(0, n, Math.min(8, n)).filter(Number.isInteger))
      shape(svg, "text", { x: across(x), y: height - bottom + 16, "text-anchor": "middle" }, text(x));
    shape(svg, "text", { x: left + (width - left - right) / 2, y: height - 5, "text-anchor": "middle" }, "epoch");
    cursor = shape(svg, "line", { class: "cursor", y1: top, y2: height - bottom });
    marks = [];
    for (const [list, kind] of [[loss, "curve"], [validation, "curve validation"]]) {
      let pen = "M", path = "";
      list.forEach((y, i) => {
        if (!Number.isFinite(y)) { pen = "M"; return; }
        path += `${pen}${across(i + 1).toFixed(1)} ${down(y).toFixed(1)}`;
        pen = "L";
      });
      if (!path) continue;
      shape(svg, "path", { class: kind, d: path });
      marks.push([list, shape(svg, "circle", { class: kind.replace("curve", "mark"), r: 5.5 })]);
    }
    lossPlace = { across, down };
    const seek = (event) => {
      const box = svg.getBoundingClientRect(), x = ((event.clientX - box.left) * width) / box.width;
      const wanted = ((x - left) / (width - left - right)) * n;
      play(false);
      go(epochs.reduce((best, e, k) => (Math.abs(e - wanted) < Math.abs(epochs[best] - wanted) ? k : best), 0));
    };
    svg.addEventListener("pointerdown", seek);
    svg.addEventListener("pointermove", (event) => event.buttons === 1 && seek(event));
    $(".loss").replaceChildren(svg);
    $(".loss-title").textContent = data.lossName ? `Loss: ${data.lossName}` : "Loss";
    $(".loss-note").textContent = `Each epoch's loss is the mean over its batches, each taken before its step.${log ? " Logarithmic axis." : ""}`;
    const legend = $(".loss-legend");
    legend.replaceChildren();
    if (validation.length) for (const [words, kind] of [["training", "curve"], ["validation", "curve validation"]]) sample(legend, words, kind);
  }

  function sample(legend, words, kind, attributes = {}) {
    const line = make("span"), svg = shape(line, "svg", { viewBox: "0 0 30 14", class: "stroke", "aria-hidden": "true" });
    shape(svg, "path", { d: "M0 7H30", class: kind, ...attributes });
    line.append(words);
    legend.append(line);
  }

  function markLoss() {
    const epoch = epochs[position], x = lossPlace.across(epoch);
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    for (const [list, mark] of marks) {
      const y = list[epoch - 1];
      mark.setAttribute("visibility", Number.isFinite(y) ? "visible" : "hidden");
      if (Number.isFinite(y)) { mark.setAttribute("cx", x); mark.setAttribute("cy", lossPlace.down(y)); }
    }
    $(".loss svg").setAttribute("aria-label", `The loss over ${loss.length} epochs, at epoch ${epoch}`);
  }

  // ---------------------------------------------------------------------------------------------------- the network

  // Columns of neurons; each knows its place among the parameters. Column 0 is the inputs.
  const columns = [Array.from({ length: Math.min(layers[0].nin, NEURONS) }, (_, i) => ({ column: 0, i, name: data.inputs[i] }))];
  let place = 0;
  layers.forEach((layer, k) => {
    const neurons = [];
    for (let i = 0; i < layer.nout; i++) {
      const name = k + 1 < layers.length ? `neuron ${i + 1}` : data.outputs[i] ?? (layer.allOut > 1 ? `output ${i + 1}` : "output");
      if (i < NEURONS) neurons.push({ column: k + 1, i, name, place, layer });
      place += layer.nin + (layer.bias ? 1 : 0);
    }
    columns.push(neurons);
  });
  const all = columns.flat();
  let lines = [];

  function layNetwork() {
    const width = Math.max($(".net").clientWidth, 260), top = 44;
    const counts = [layers[0].allIn, ...layers.map((layer) => layer.allOut)];
    const rows = Math.max(...counts.map((n) => (n > NEURONS ? NEURONS + 1 : n)));
    const gap = Math.max(29, Math.min(52, 400 / rows)), height = top + Math.max(rows * gap, plane ? 240 : 200), radius = Math.min(12, gap / 2 - 3);
    const room = Math.floor((width * 0.2) / 6.6), sides = [columns[0], columns.at(-1)].map((column) =>
      Math.max(...column.map((neuron) => shortened(neuron.name, room).length)) * 6.6 + 12);
    const left = sides[0] + radius, right = width - sides[1] - radius;
    const x = (k) => left + (k / layers.length) * (right - left);
    const svg = shape(null, "svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": `The network: ${data.model}` });
    const under = shape(svg, "g", {}), over = shape(svg, "g", {});
    columns.forEach((column, k) => {
      const n = counts[k] > column.length ? column.length + 1 : column.length, start = top + (height - top - n * gap) / 2 + gap / 2;
      column.forEach((neuron, i) => Object.assign(neuron, { x: x(k), y: start + i * gap }));
      if (n > column.length) shape(over, "text", { x: x(k), y: start + column.length * gap + 4, "text-anchor": "middle" }, `+ ${counts[k] - column.length} more`);
      const narrow = (right - left) / layers.length < 84, end = k === layers.length;
      const title = k === 0 ? ["inputs", ""] : [narrow ? `${k}` : `layer ${k}`, layers[k - 1].activation.replace("_", " ")];
      const anchor = narrow && k === 0 ? "end" : narrow && end ? "start" : "middle", nudge = { end: 12, start: -12, middle: 0 }[anchor];
      shape(over, "text", { class: "title", x: x(k) + nudge, y: 13, "text-anchor": anchor }, title[0]);
      shape(over, "text", { x: x(k) + nudge, y: 29, "text-anchor": anchor }, title[1]);
    });
    lines = [];
    for (const neuron of all) {
      if (neuron.layer) columns[neuron.column - 1].forEach((source, j) => lines.push({ neuron, source, place: neuron.place + j,
        line: shape(under, "path", { class: "weight", d: `M${source.x} ${source.y}L${neuron.x} ${neuron.y}` }) }));
      const group = neuron.group = shape(over, "g", { class: "neuron", role: "button", tabindex: -1, transform: `translate(${neuron.x} ${neuron.y})` });
      shape(group, "circle", { class: "body", r: radius });
      if (neuron.layer?.bias) {
        neuron.tint = shape(group, "circle", { class: "tint", r: radius - 1 });
        neuron.sign = shape(group, "text", { class: "sign", y: 4.5 });
      }
      if (neuron.column === 0) shape(group, "text", { class: "side", x: -radius - 7, y: 4, "text-anchor": "end" }, shortened(neuron.name, room));
      if (neuron.column === layers.length) shape(group, "text", { class: "side", x: radius + 7, y: 4 }, shortened(neuron.name, room));
      group.addEventListener("pointerenter", () => look(neuron));
      group.addEventListener("pointerleave", () => look(clicked));
      group.addEventListener("focus", () => look(neuron));
      group.addEventListener("blur", () => look(clicked));
      group.addEventListener("click", () => choose(neuron));
      group.addEventListener("keydown", (event) => {
        const next = all[all.indexOf(neuron) + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0)];
        if (event.key === "Enter") choose(neuron);
        else if (next && next !== neuron) { group.setAttribute("tabindex", -1); next.group.setAttribute("tabindex", 0); next.group.focus(); }
        else return;
        event.preventDefault();
      });
    }
    (clicked ?? all[0]).group.setAttribute("tabindex", 0);
    $(".net").replaceChildren(svg);
  }

  function choose(neuron) {
    clicked = clicked === neuron ? null : neuron;
    for (const other of all) other.group.setAttribute("aria-pressed", other === clicked);
    look(neuron);
  }

  function look(neuron) {
    looked = neuron;
    for (const { line, neuron: to, source } of lines) line.classList.toggle("own", to === neuron || source === neuron);
    for (const other of all) other.group.classList.toggle("chosen", other === clicked || other === neuron);
    $(".net").classList.toggle("looked", neuron !== null);
    tell();
  }

  function colourNetwork() {
    const now = at(shown === "weights" ? parameters : gradients, position), most = strongest[shown] || 1;
    // Gradients differ by powers of ten: their root is drawn, so that small ones are seen.
    const strength = (x) => (shown === "weights" ? Math.abs(x) / most : Math.sqrt(Math.abs(x) / most));
    for (const { line, place: p } of lines) {
      const x = now[p], known = Number.isFinite(x), t = known ? Math.min(strength(x), 1) : 0;
      line.setAttribute("class", `weight${known ? (x < 0 ? " below" : "") : " none"}${line.classList.contains("own") ? " own" : ""}`);
      line.style.strokeWidth = `${(0.6 + 6 * t).toFixed(2)}px`;
      line.style.opacity = (0.3 + 0.7 * t).toFixed(2);
    }
    for (const neuron of all) {
      const x = neuron.layer?.bias ? now[neuron.place + neuron.layer.nin] : Number.NaN, known = Number.isFinite(x);
      if (neuron.tint) {
        neuron.tint.setAttribute("class", `tint${x < 0 ? " below" : ""}`);
        neuron.tint.style.opacity = known ? (0.75 * Math.min(strength(x), 1)).toFixed(2) : 0;
        neuron.sign.textContent = known && x !== 0 ? (x < 0 ? "−" : "+") : "";
      }
      neuron.group.setAttribute("aria-label", (neuron.column ? `layer ${neuron.column}, ${neuron.name}` : `input ${neuron.name}`) +
        (known ? `, ${shown === "weights" ? "bias" : "gradient of the bias"} ${text(x, 4)}` : ""));
    }
    const none = shown === "gradients" && position === 0, what = shown === "weights" ? "weight" : "gradient";
    $(".net-note").textContent = none ? "At the start, before any step, there is no gradient yet."
      : `The thickest line of the run is ${text(most, 3)}${shown === "gradients" ? "; width grows with the root. Gradients are those of the epoch's last step" : ""}. ` +
        `Circles show the ${shown === "weights" ? "bias" : "gradient of the bias"} in the same way.`;
    const legend = $(".net-legend");
    legend.replaceChildren();
    sample(legend, `${what} above 0`, "weight", { "stroke-width": 4 });
    sample(legend, `${what} below 0`, "weight below", { "stroke-width": 4 });
  }

  // The numbers of the neuron that is looked at.
  function tell() {
    const told = $(".told");
    told.replaceChildren();
    if (!looked) {
      told.append(make("p", "Point at a neuron, or Tab to the network and go ↑ ↓, to read its numbers. Click it to keep them here.", "muted"));
      return;
    }
    const { layer, column, name } = looked, weights = at(parameters, position), slopes = at(gradients, position);
    const list = make("ul"), head = make("b", column === 0 ? `Input ${name}` : `Layer ${column}, ${name}`);
    const add = (label, p) => {
      const item = make("li"), words = make("span", label);
      words.title = label;
      const slope = Number.isFinite(slopes[p]) || position > 0 ? ` (gradient ${text(slopes[p], 3)})` : "";
      item.append(words, make("span", `${text(weights[p], 4)}${slope}`));
      list.append(item);
    };
    const from = (source) => (source.column === 0 ? source.name : `neuron ${source.i + 1}`);
    if (layer) {
      for (const source of columns[column - 1]) add(`weight from ${from(source)}`, looked.place + source.i);
      if (layer.bias) add("bias", looked.place + layer.nin);
    } else for (const neuron of columns[1]) add(`weight to ${neuron.name}`, neuron.place + looked.i);
    told.append(head, list);
    const drawn = columns[layer ? column - 1 : 1].length, there = layer ? layer.allIn : layers[0].allOut;
    if (there > drawn) told.append(make("p", `and ${there - drawn} weights more`, "muted"));
  }

  // --------------------------------------------------------------------------------------------------- all together

  function show() {
    const epoch = epochs[position], right = plane ? paint() : "";
    markLoss();
    colourNetwork();
    tell();
    if (plane) readout(pointed);
    const facts = [];
    if (epoch > 0) facts.push(`loss ${text(loss[epoch - 1], 5)}`);
    if (epoch > 0 && validation.length) facts.push(`validation loss ${text(validation[epoch - 1], 5)}`);
    for (const [name, list] of Object.entries(data.metrics)) if (epoch > 0) facts.push(`${name} ${text(Number(fromText(list[epoch - 1])), 4)}`);
    if (right) facts.push(right);
    const said = $(".said");
    said.setAttribute("aria-live", timer ? "off" : "polite"); // while it plays, every epoch would be too much to hear
    said.replaceChildren(make("b", epoch === 0 ? "At the start" : `Epoch ${epoch}`), `: ${facts.join(" · ") || "the net as it was before training"}`);
    tellPosition($, position, last, `epoch ${epoch} of ${data.all}`, `epoch ${epoch} of ${data.all}`);
  }

  function go(to) {
    position = Math.max(0, Math.min(last, to));
    show();
  }

  const still = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;

  function play(on) {
    const before = timer;
    clearInterval(timer);
    timer = null;
    if (on && last > 0) {
      const pause = Math.min(Math.max(9000 / last, 70), 600);
      timer = setInterval(() => (position < last ? go(position + 1) : play(false)), still ? Math.max(pause, 600) : pause);
      go(position === last ? 0 : position + 1);
    } else if (before) show();
    $(".play").textContent = timer ? "⏸ Pause" : "▶ Play";
  }

  function lay() {
    if (plane) layPlane();
    layLoss();
    layNetwork();
    look(looked);
    show();
  }

  function choice(what) {
    shown = what;
    for (const name of ["weights", "gradients"]) $(`.${name}`).setAttribute("aria-pressed", name === what);
    colourNetwork();
  }

  $(".slider").max = last;
  if (plane) {
    const title = { values: "Output over the plane", one: "Decision boundary", several: "Decision boundaries" }[plane.kind];
    $(".plane-view h3").textContent = title;
    if (plane.kind !== "values" && points.length) plane.classes.forEach((name, c) => {
      const line = make("span"), svg = shape(line, "svg", { viewBox: "-7 -7 14 14", "aria-hidden": "true" });
      shape(svg, "path", { d: SHAPES[c % SHAPES.length], fill: colour(c) });
      line.append(/^[−+]?\d+$/.test(name) ? `class ${name}` : name);
      $(".plane-view .legend").append(line);
    });
  } else $(".plane-view").replaceChildren(make("p", `The net takes ${layers[0].allIn} input${layers[0].allIn === 1 ? "" : "s"}: a decision boundary is drawn for two.`, "muted"));
  const places = () => ({ Home: 0, ArrowLeft: position - 1, ArrowRight: position + 1, End: last });
  steer($, $(".app"), places, (to) => { play(false); go(to); }, () => play(!timer));
  for (const what of ["weights", "gradients"]) $(`.${what}`).addEventListener("click", () => choice(what));
  lay();
  themed($(".app"), show);
  let before = $(".app").clientWidth;
  new ResizeObserver(() => {
    const width = $(".app").clientWidth;
    if (width && width !== before) { before = width; lay(); }
  }).observe($(".app"));
  return { go, play, choose, state: () => ({ position, epoch: epochs[position], outputs }) };
}
