// What the player computes and marks on its axes: a net's outputs, where they change sides, and round numbers.

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
