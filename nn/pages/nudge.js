// A leaf that is turned: a slider, and the result as a function of it with the tangent that its gradient draws.

function nudge(it, i) {
  const { graph, words } = it, start = Number(fromText(graph.nodes[i].value)), span = Math.max(1, Math.abs(start));
  const part = make("div", "", "nudge"), label = make("label", "change it"), value = make("span", text(it.leaves[i] ?? start, 4));
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: start - span, max: start + span, step: span / 200, value: it.leaves[i] ?? start });
  slider.setAttribute("aria-label", `change ${words.name(i)}`);
  const at = forward(graph, it.leaves), slope = backward(graph, at).grads[i], y0 = at[graph.output], x0 = at[i];
  const plot = document.createElement("div"), told = make("p", "", "muted"), back = make("button", "as it was");
  const draw = () => {
    const x = it.leaves[i] ?? start, y = it.run.values[graph.output], guess = y0 + slope * (x - x0);
    value.textContent = text(x, 4);
    told.textContent = `${words.output} = ${text(y, 5)}; the gradient at ${text(x0, 4)} predicted ${text(guess, 5)}`;
    plot.replaceChildren(tangent((t) => forward(graph, { ...it.leaves, [i]: t })[graph.output],
      start - span, start + span, x0, y0, slope, x, y));
  };
  slider.addEventListener("input", () => { it.turn({ [i]: Number(slider.value) }); draw(); });
  back.addEventListener("click", () => { slider.value = String(start); it.turn({ [i]: undefined }); draw(); });
  label.append(slider, value);
  part.append(label, told, plot, back);
  queueMicrotask(draw);
  return part;
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
  add("line", { x1: right(low), y1: clip(low), x2: right(high), y2: clip(high), stroke: "var(--backward)", "stroke-width": 2, "stroke-dasharray": "6 4" });
  add("circle", { cx: right(x0), cy: down(y0), r: 4, fill: "var(--paper)", stroke: "var(--backward)", "stroke-width": 2 });
  add("circle", { cx: right(x), cy: down(y), r: 4.5, fill: "var(--ink)" });
  return svg;
}
