// A net layer by layer: the page behind nn.step_through for graphs of modules, however many numbers they have.
//
// mountLayers(element, data) fills an element with the drawing of a model, a box for each layer. Forward and backward go from
// box to box; a box shows its numbers and their gradients as vectors and matrices, and opens into what it is made of; a number
// in them shows how it was computed, down to the leaves. `data` has the graph in arrays of integers and no number but those of
// the leaves: all else is computed here.

const LOWERED = "₀₁₂₃₄₅₆₇₈₉";
const lowered = (indices) => indices.map((i) => [...String(i)].map((c) => LOWERED[c]).join("")).join(indices.some((i) => i > 9) ? "," : "");

/** @param {any} element @param {any} data @param {(state: any) => void} [changed] */
export function mountLayers(element, data, changed = () => {}) {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.innerHTML = `<style>${STYLE}${LAYERS_STYLE}</style>${LAYERS_HTML}`;
  const $ = (selector) => root.querySelector(selector);
  const setDrawing = zoomable($);
  const graph = expandGraph(data);
  let values = forward(graph, {}), grads = gradients(graph, values), times = 0; // how often they were computed anew
  const arrays = data.arrays.map((array) => ({ ...array, ids: unpack(array.ids, Int32Array) }));

  const names = new Map(Object.entries(data.names).map(([i, name]) => [Number(i), name]));
  const homes = new Map(); // the array in which a node is, and its place there
  for (const array of arrays) array.ids.forEach((i, place) => {
    if (i < 0) return;
    homes.set(i, [array, place]);
    if (array.named && !names.has(i)) names.set(i, array.name + lowered(indicesOf(array, place)));
  });
  const name = (i) => names.get(i) ?? (graph.nodes[i].kind === "constant" ? text(values[i], 4) : graph.nodes[i].inputs.length ? `${graph.nodes[i].op} no. ${i}` : `leaf no. ${i}`);
  const output = name(graph.output);

  // Downhill: the parameters move, and all numbers are computed anew.
  const learn = arrays.filter((array) => array.parameters).flatMap((array) => [...array.ids].filter((i) => i >= 0)), leaves = {};
  const added = graph.forward.find((i) => graph.nodes[i].recorded);
  const it = { graph, words: { name, output }, wrong: "", predicting: false, run: { values, grads }, moving: () => learn,
    play: (on) => play(on), go: (to) => go(to), show: () => show(), get position() { return position; }, turn, next, named: (i) => names.has(i),
    refusal: (i) => (added === undefined ? "" : recordedAbove(graph, i)) };
  function turn(given, to = position) {
    Object.assign(leaves, given);
    position = to;
    values = forward(graph, leaves);
    grads = gradients(graph, values);
    times++;
    it.run = { values, grads };
    show();
  }

  it.asking = wordsToForetell(it);

  // Of the next box one number is to be foretold: always the same one, until something is computed anew.
  let asked = { stamp: "", step: null };
  function next() {
    const place = position + 1, stamp = `${trail.join()} ${place} ${times}`;
    if (place > steps()) return null;
    const at = unitAt(place), ahead = place <= view().order.length;
    if (asked.stamp !== stamp) asked = { stamp, step: stepToForetell(it, arrays, ahead, view().units[at], place) };
    return asked.step;
  }

  function indicesOf(array, place) {
    const found = [];
    for (const n of [...array.shape].reverse()) { found.unshift((place % n) + 1); place = Math.floor(place / n); }
    return array.shape.length > 1 || array.shape[0] > 1 ? found.slice(array.flat ? 1 : 0) : [];
  }

  // The state: which drawing is open, how far it is stepped, which box and which number are looked at.
  let trail = [0], position = 0, looked = null, chosen = null, boxes = {};
  const view = () => data.views[trail.at(-1)];
  const steps = () => 2 * view().order.length;

  function unfold() {
    boxes = {};
    const drawing = drawingOf(view().svg);
    keepLegible(drawing);
    setDrawing(drawing);
    for (const group of root.querySelectorAll(".stage g.node")) boxes[group.querySelector("title").textContent] = group;
    for (const title of root.querySelectorAll(".stage title")) title.remove();
    for (const [key, unit] of Object.entries(view().units)) {
      const box = boxes[key];
      box.classList.add("g-node");
      for (const [attribute, word] of [["tabindex", "0"], ["role", "button"]]) box.setAttribute(attribute, word);
      nameByWords(box, unit.opens !== null);
      box.addEventListener("click", () => look(key));
      box.addEventListener("dblclick", () => open(key));
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        if (event.key === "Enter" && looked === key) open(key);
        else look(key);
        event.preventDefault();
        event.stopPropagation();
      });
    }
    const path = $(".path");
    path.replaceChildren();
    trail.forEach((place, depth) => {
      const last = depth === trail.length - 1, step = make(last ? "b" : "button", data.views[place].title);
      if (!last) step.addEventListener("click", () => back(depth));
      if (depth) path.append("▸");
      path.append(step);
    });
    $(".slider").max = steps();
  }

  function open(key) {
    const place = view().units[key]?.opens;
    if (place === null || place === undefined) return;
    play(false);
    const done = position === steps();
    trail.push(place);
    [looked, position] = [null, 0];
    unfold();
    if (done) position = steps();
    show();
    $(".stage").focus({ preventScroll: true });
  }

  function back(depth) {
    play(false);
    const done = position === steps();
    const left = trail[depth + 1];
    trail = trail.slice(0, depth + 1);
    [looked, position] = [null, done ? 2 * view().order.length : 0];
    unfold();
    show();
    const from = Object.keys(boxes).find((key) => view().units[key]?.opens === left); // where one came from
    (boxes[from] ?? $(".stage")).focus({ preventScroll: true });
  }

  // What is known by now: up to where forward and backward have come in this drawing.
  const unitAt = (p) => (p < 1 ? null : p <= view().order.length ? view().order[p - 1] : view().order[steps() - p]);
  const forwardDone = (key) => { const k = view().order.indexOf(key); return k < 0 || position > k; };
  const backwardDone = (key) => { const k = view().order.indexOf(key); return k >= 0 && position > steps() - 1 - k; };

  function show() {
    const here = unitAt(position), n = view().order.length;
    for (const [key, box] of Object.entries(boxes)) {
      const marks = { known: forwardDone(key) && key in view().units, reached: backwardDone(key), active: key === here, chosen: key === looked, going: position <= n };
      for (const [word, on] of Object.entries(marks)) box.classList.toggle(word, Boolean(on));
    }
    tell(here);
    if (here) scrollTo($(".stage"), boxes[here].getBoundingClientRect());
    drawArrays();
    tellScalar();
    downhill();
    foretell();
    tellPosition($, position, steps(), `step ${position} of ${steps()}`, $(".now h3").textContent);
    changed({ position, leaves: {} });
  }

  const size = (ids, numbers) => Math.hypot(...Array.from(ids).filter((i) => i >= 0).map((i) => numbers[i]));

  function tell(here) {
    const now = $(".now"), n = view().order.length;
    now.className = `now ${position <= n ? "forward" : "backward"}`;
    now.replaceChildren();
    if (!here) {
      now.append(make("h3", "Press Play."), make("p", `First the numbers go forward, layer by layer, to ${output}${it.predicting ? "" : ` = ${text(values[graph.output], 5)}`}. ` +
        "Then the gradient comes back through the same layers. Click a layer to see its numbers; click it again, or press Enter, to open it."));
      return;
    }
    const unit = view().units[here], ahead = position <= n;
    now.append(make("h3", `${ahead ? "Forward" : "Backward"}: ${unit.name}`), make("p", unit.said, "muted"));
    for (const a of unit.results) {
      const array = arrays[a], many = array.shape.join(" × ");
      now.append(make("p", ahead ? `${array.name}: ${many} numbers, ‖${array.name}‖ = ${text(size(array.ids, values), 4)}`
        : `∂${output}/∂${array.name}: ${many} numbers, of length ${text(size(array.ids, grads), 4)}`, "math"));
    }
    const parameters = unit.arrays.map((a) => arrays[a]).filter((array) => array.parameters);
    if (!ahead && parameters.length) {
      const length = Math.hypot(...parameters.map((array) => size(array.ids, grads)));
      now.append(make("p", `its parameters ${parameters.map((array) => array.name).join(", ")}: gradient of length ${text(length, 4)}`, "math"));
    }
    if (position === n) now.append(make("p", `That is the result. Now back: ∂${output}/∂${output} = 1.`, "muted"));
    if (position === steps()) now.append(make("p", "Done: every number has its gradient.", "muted"));
  }

  // ------------------------------------------------------------------------------------------------- vectors and matrices

  function look(key) {
    if (looked === key && view().units[key].opens !== null) { open(key); return; }
    looked = looked === key ? null : key;
    chosen = null;
    show();
  }

  function drawArrays() {
    const key = looked ?? unitAt(position), place = $(".arrays"), stamp = `${trail.join()} ${key} ${forwardDone(key)} ${backwardDone(key)} ${$(".app").className} ${place.clientWidth} ${times}`;
    if (place.dataset.shown === stamp) return;
    place.dataset.shown = stamp;
    const stops = () => [...place.querySelectorAll("canvas, button, summary")], held = stops().indexOf(root.activeElement);
    place.replaceChildren();
    if (view().units[key]) fill(place, key);
    if (held < 0) return;
    stops()[held]?.focus({ preventScroll: true }); // what had the keyboard's focus is drawn anew
    if (!place.contains(root.activeElement)) $(".stage").focus({ preventScroll: true });
  }

  function fill(place, key) {
    const unit = view().units[key];
    const head = make("h3", unit.name);
    if (unit.opens !== null) {
      const button = make("button", `open ${unit.name}`, "link");
      button.addEventListener("click", () => open(key));
      head.append(" ", button);
    }
    place.append(head);
    const put = (a, into) => {
      const array = arrays[a], block = make("div", "", "array"), maps = make("div", "", "maps");
      block.append(make("h4", `${array.name} — ${sizeOf(array)}${array.parameters ? ", parameters" : ""}`), maps);
      maps.append(map(array, values, "values", forwardDone(key) || array.parameters));
      maps.append(map(array, grads, "gradients", backwardDone(key)));
      into.append(block);
    };
    const shown = unit.opens === null ? unit.arrays : unit.results; // what is inside stands in the drawing inside
    for (const a of shown) if (arrays[a].named) put(a, place);
    const between = shown.filter((a) => !arrays[a].named);
    if (!between.length) return;
    const details = make("details");
    details.append(make("summary", between.length === shown.length ? "its numbers" : "the steps between"));
    details.addEventListener("toggle", () => { if (details.open && details.childElementCount === 1) for (const a of between) put(a, details); });
    details.open = between.length === shown.length;
    place.append(details);
  }

  const sizeOf = (array) => (array.flat ? `${array.ids.filter((i) => i >= 0).length} number${array.ids.length > 1 ? "s" : ""}` : array.shape.join(" × "));

  // One array as a picture: a cell for each number, violet below zero and gold above, the stronger the larger.
  function map(array, numbers, what, known) {
    const figure = make("figure"), width = array.shape.at(-1), height = array.ids.length / width, blocks = array.shape.length > 2 ? array.shape[0] : 1;
    if (!known) {
      figure.append(make("figcaption", `${what}: not yet`));
      return figure;
    }
    const own = Array.from(array.ids).filter((i) => i >= 0).map((i) => numbers[i]).filter(Number.isFinite);
    const most = own.reduce((a, x) => Math.max(a, Math.abs(x)), 0), room = Math.min($(".arrays").clientWidth - 4, 420);
    const gap = blocks > 1 ? 6 : 0, rows = height / blocks; // heads stand side by side
    const cell = Math.max(3, Math.min(22, Math.floor((room - gap * (blocks - 1)) / width / blocks), Math.floor(340 / rows)));
    const canvas = make("canvas");
    Object.assign(canvas, { width: blocks * (width * cell + gap) - gap, height: rows * cell, tabIndex: 0 });
    canvas.setAttribute("role", "application");
    const colours = getComputedStyle($(".app")), ink = (property) => colours.getPropertyValue(property).trim();
    const pen = canvas.getContext("2d");
    let cursor = 0;
    const paint = () => {
      pen.globalAlpha = 1;
      pen.fillStyle = ink("--paper");
      pen.fillRect(0, 0, canvas.width, canvas.height);
      array.ids.forEach((i, at) => {
        const row = Math.floor(at / width), x = (at % width) * cell + Math.floor(row / rows) * (width * cell + gap), y = (row % rows) * cell;
        if (i < 0) { pen.globalAlpha = 0.35; pen.fillStyle = ink("--edge"); }
        else {
          pen.globalAlpha = most ? Math.sqrt(Math.min(1, Math.abs(numbers[i]) / most)) : 0;
          pen.fillStyle = ink(numbers[i] < 0 ? "--negative" : "--positive");
        }
        pen.fillRect(x, y, cell - (cell > 5 ? 1 : 0), cell - (cell > 5 ? 1 : 0));
        if (i >= 0 && i === chosen) { pen.globalAlpha = 1; pen.lineWidth = 2; pen.strokeStyle = ink("--ink"); pen.strokeRect(x + 1, y + 1, cell - 2, cell - 2); }
      });
    };
    const say = () => {
      const i = array.ids[cursor];
      canvas.setAttribute("aria-label", i < 0 ? "nothing here" : `${name(i)}, ${what === "values" ? "value" : "gradient"} ${text(numbers[i], 4)}`);
    };
    const pick = (at) => {
      if (at < 0 || at >= array.ids.length || array.ids[at] < 0) return;
      cursor = at;
      say();
      choose(array.ids[at]);
      paint();
    };
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect(), x = ((event.clientX - box.left) / box.width) * canvas.width, y = ((event.clientY - box.top) / box.height) * canvas.height;
      const block = Math.min(blocks - 1, Math.floor(x / (width * cell + gap))), column = Math.floor((x - block * (width * cell + gap)) / cell);
      pick((block * rows + Math.min(rows - 1, Math.floor(y / cell))) * width + Math.min(width - 1, column));
    });
    canvas.addEventListener("keydown", (event) => {
      const row = cursor - (cursor % width);
      let [to, by] = { ArrowLeft: [cursor - 1, -1], ArrowRight: [cursor + 1, 1], ArrowUp: [cursor - width, -width], ArrowDown: [cursor + width, width],
        Home: [row, 1], End: [row + width - 1, -1], Enter: [cursor, 0] }[event.key] ?? [];
      if (to === undefined) return;
      while (by && to >= 0 && to < array.ids.length && array.ids[to] < 0) to += by;
      pick(to);
      event.preventDefault();
      event.stopPropagation();
    });
    say();
    paint();
    figure.append(make("figcaption", `${what}, up to ${text(most, 3)} in size`), canvas);
    return figure;
  }

  // --------------------------------------------------------------------------------------------------------- one number

  function choose(i) {
    chosen = i;
    tellScalar();
  }

  function link(i, words = name(i)) {
    const button = make("button", words, "link");
    button.addEventListener("click", () => { choose(i); $(".arrays").dataset.shown = ""; drawArrays(); $(".scalar").focus({ preventScroll: true }); });
    return button;
  }

  function tellScalar() {
    if (it.predicting && position < steps()) {
      $(".scalar").replaceChildren(make("p", "While numbers are to be foretold, this shows none. At the end it says how each was computed.", "muted"));
      return;
    }
    tellNumber(it, $(".scalar"), chosen, link);
  }

  // ----------------------------------------------------------------------------------------------------- all together

  function go(to) {
    position = Math.max(0, Math.min(steps(), to));
    looked = null;
    show();
  }

  const playing = repeating($(".play"), "▶ Play", "⏸ Pause");
  function play(on) {
    playing.stop();
    if (!on) return;
    go(position === steps() ? 0 : position + 1);
    playing.start(() => position < steps() && go(position + 1), 1400);
  }

  const places = () => ({ Home: 0, ArrowLeft: position - 1, ArrowRight: position + 1, End: steps() });
  steer($, data.alone ? document : $(".app"), places, (to) => { play(false); go(to); }, () => play(!playing.on()));
  (data.alone ? document : $(".app")).addEventListener("keydown", (event) => {
    if ((event.key === "Escape" || event.key === "Backspace") && trail.length > 1) { back(trail.length - 2); event.preventDefault(); }
  });
  const downhill = descender(it, $), foretell = predictor(it, $);
  unfold();
  themed($(".app"), () => { $(".arrays").dataset.shown = ""; drawArrays(); });
  show();
  return { go, play, open, back, choose, look, change: () => {}, state: () => ({ position, leaves: {}, trail: [...trail], values, grads, chosen }) };
}
