// What operations compute, and the two passes over a graph: the numbers of every page, worked out by the page itself.
//
// VALUES says what each operation computes; partial derivatives come as trees over the same operations, so that no derivative
// is written here. The files of this folder are one script, joined by page.py: none imports another.

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
export const raised = (exponent) => [...String(exponent)].map((c) => RAISED[c]).join("");

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
