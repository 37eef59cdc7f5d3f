// A recorded training, epoch by epoch: the page behind nn.play_training.

// ---------------------------------------------------------------------------------------------------- the training player
//
// mountPlayer(element, data) plays a recorded training. `data` holds the layers' shapes and, for every record, all parameters
// and their gradients; what the net says about the plane is computed here.

const CELLS = 80, NEURONS = 12;

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
