// A recorded training, epoch by epoch: the page behind nn.play_training.

// mountPlayer(element, data) plays a recorded training. `data` holds the layers' shapes and, for every record, all parameters
// and their gradients; what the net says about the plane is computed here.

const NEURONS = 12;

export function mountPlayer(element, data) {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}${PLAYER_STYLE}</style>${PLAYER_HTML}`;
  const $ = (selector) => root.querySelector(selector);
  const numbers = (list) => list.map((x) => Number(fromText(x)));
  const shortened = (words, n) => (words.length > n ? `${words.slice(0, Math.max(n - 1, 1))}…` : words);
  const largest = (list) => list.reduce((a, x) => (Number.isFinite(x) && Math.abs(x) > a ? Math.abs(x) : a), 0);

  const { layers, epochs, plane } = data;
  const parameters = unpack(data.parameters, Float64Array), gradients = unpack(data.gradients, Float32Array);
  const size = parameters.length / epochs.length, last = epochs.length - 1;
  const at = (list, k) => list.subarray(k * size, (k + 1) * size);
  const loss = numbers(data.loss), validation = numbers(data.valLoss);
  const strongest = { weights: largest(parameters), gradients: largest(gradients) };

  // The state: which record is shown, what the lines stand for, which neuron is looked at and which one was clicked.
  let position = 0, shown = "weights", looked = null, clicked = null;
  const ground = plane ? planeOf($, data, () => at(parameters, position)) : null;
  const curve = lossOf($, data, { loss, validation, seek: (k) => { play(false); go(k); } });

  // ---------------------------------------------------------------------------------------------------- the network

  // Columns of neurons; each knows its place among the parameters. Column 0 is the inputs.
  /** @type {any[][]} */
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
    const epoch = epochs[position], right = ground?.paint() ?? "";
    curve.mark(position);
    colourNetwork();
    tell();
    ground?.readout();
    const facts = [];
    if (epoch > 0) facts.push(`loss ${text(loss[epoch - 1], 5)}`);
    if (epoch > 0 && validation.length) facts.push(`validation loss ${text(validation[epoch - 1], 5)}`);
    for (const [name, list] of Object.entries(data.metrics)) if (epoch > 0) facts.push(`${name} ${text(Number(fromText(list[epoch - 1])), 4)}`);
    if (right) facts.push(right);
    const said = $(".said");
    said.setAttribute("aria-live", playing.on() ? "off" : "polite"); // while it plays, every epoch would be too much to hear
    said.replaceChildren(make("b", epoch === 0 ? "At the start" : `Epoch ${epoch}`), `: ${facts.join(" · ") || "the net as it was before training"}`);
    tellPosition($, position, last, `epoch ${epoch} of ${data.all}`, `epoch ${epoch} of ${data.all}`);
  }

  function go(to) {
    position = Math.max(0, Math.min(last, to));
    show();
  }

  const still = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;

  const playing = repeating($(".play"), "▶ Play", "⏸ Pause");
  function play(on) {
    const before = playing.on();
    playing.stop();
    if (on && last > 0) {
      const pause = Math.min(Math.max(9000 / last, 70), 600);
      playing.start(() => (position < last ? go(position + 1) : play(false)), still ? Math.max(pause, 600) : pause);
      go(position === last ? 0 : position + 1);
    } else if (before) show();
  }

  function lay() {
    ground?.lay();
    curve.lay();
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
    if (plane.kind !== "values" && ground.some) plane.classes.forEach((name, c) => {
      const line = make("span"), svg = shape(line, "svg", { viewBox: "-7 -7 14 14", "aria-hidden": "true" });
      shape(svg, "path", { d: SHAPES[c % SHAPES.length], fill: classColour(c) });
      line.append(/^[−+]?\d+$/.test(name) ? `class ${name}` : name);
      $(".plane-view .legend").append(line);
    });
  } else $(".plane-view").replaceChildren(make("p", `The net takes ${layers[0].allIn} input${layers[0].allIn === 1 ? "" : "s"}: a decision boundary is drawn for two.`, "muted"));
  const places = () => ({ Home: 0, ArrowLeft: position - 1, ArrowRight: position + 1, End: last });
  steer($, $(".app"), places, (to) => { play(false); go(to); }, () => play(!playing.on()));
  for (const what of ["weights", "gradients"]) $(`.${what}`).addEventListener("click", () => choice(what));
  lay();
  themed($(".app"), show);
  let before = $(".app").clientWidth;
  new ResizeObserver(() => {
    const width = $(".app").clientWidth;
    if (width && width !== before) { before = width; lay(); }
  }).observe($(".app"));
  return { go, play, choose, state: () => ({ position, epoch: epochs[position], outputs: ground?.outputs() ?? null }) };
}
