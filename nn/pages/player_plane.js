// The player's plane: what the net says about each place, the border between classes, and the points.

const CELLS = 80;

// now() gives the parameters of the record that is shown.
function planeOf($, data, now) {
  const { layers, plane } = data;
  const [x0, x1] = plane.across, [y0, y1] = plane.up;
  const points = plane.points.map(([a, b, target]) => ({ row: [a, b], target }));
  const cell = (i, low, high) => low + ((i + 0.5) / CELLS) * (high - low);
  let canvas, border, outputs = null;

  function lay() {
    const width = Math.max($(".plane").clientWidth, 240), left = 38, bottom = 38, slope = (y1 - y0) / (x1 - x0);
    const w = Math.min(width - left - 8, 620), h = Math.min(slope > 0.4 && slope < 2.5 ? w * slope : w * 0.8, 460);
    const across = slope > 0.4 && slope < 2.5 ? h / slope : w, start = left + (w - across) / 2;
    const right = (x) => start + ((x - x0) / (x1 - x0)) * across, down = (y) => 6 + ((y1 - y) / (y1 - y0)) * h;
    const svg = shape(null, "svg", { viewBox: `0 0 ${width} ${h + bottom + 6}`, role: "img" });
    canvas = make("canvas");
    Object.assign(canvas, { width: CELLS, height: CELLS });
    canvas.setAttribute("aria-hidden", "true");
    for (const [side, length, all] of /** @type {[string, number, number][]} */ ([["left", start, width], ["width", across, width], ["top", 6, h + bottom + 6], ["height", h, h + bottom + 6]]))
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
        fill: values ? valueColour(point.target) : classColour(c), transform: `translate(${right(point.row[0])} ${down(point.row[1])})` });
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
    const weights = now(), look = getComputedStyle($(".app")), rgb = [];
    for (let c = 0; c < 7; c++) rgb.push(Number.parseInt(look.getPropertyValue(`--class${c}`).trim().slice(1), 16));
    const context = canvas.getContext("2d"), picture = context.createImageData(CELLS, CELLS);
    outputs = [];
    for (let j = 0; j < CELLS; j++) for (let i = 0; i < CELLS; i++) {
      const h = predict(layers, weights, [cell(i, x0, x1), cell(j, y0, y1)]), to = 4 * ((CELLS - 1 - j) * CELLS + i);
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
      const h = predict(layers, weights, point.row), hit = h.every(Number.isFinite) && verdict(h)[0] === Math.round(point.target);
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
    const h = predict(layers, now(), row);
    const says = plane.kind === "values" ? "" : h.every(Number.isFinite) ? `: class ${plane.classes[verdict(h)[0]]}` : ": no class";
    $(".readout").textContent = `At (${text(row[0], 4)}, ${text(row[1], 4)}) the output is ` +
      `${h.length > 1 ? `(${h.map((x) => text(x, 4)).join(", ")})` : text(h[0], 4)}${says}.`;
  }

  return { lay, paint, readout: () => readout(pointed), outputs: () => outputs, some: points.length > 0 };
}
