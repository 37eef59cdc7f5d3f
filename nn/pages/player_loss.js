// The player's loss: its curve over the epochs, with a mark at the one that is shown; a press there goes to that epoch.

function lossOf($, data, { loss, validation, seek }) {
  const { epochs } = data;
  let lossPlace, cursor, marks = [];

  function lay() {
    const width = Math.max($(".loss").clientWidth, 240), height = data.plane ? 190 : 300, left = 52, right = 12, top = 8, bottom = 38;
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
    const pick = (event) => {
      const box = svg.getBoundingClientRect(), x = ((event.clientX - box.left) * width) / box.width;
      const wanted = ((x - left) / (width - left - right)) * n;
      seek(epochs.reduce((best, e, k) => (Math.abs(e - wanted) < Math.abs(epochs[best] - wanted) ? k : best), 0));
    };
    svg.addEventListener("pointerdown", pick);
    svg.addEventListener("pointermove", (event) => event.buttons === 1 && pick(event));
    $(".loss").replaceChildren(svg);
    $(".loss-title").textContent = data.lossName ? `Loss: ${data.lossName}` : "Loss";
    $(".loss-note").textContent = `Each epoch's loss is the mean over its batches, each taken before its step.${log ? " Logarithmic axis." : ""}`;
    const legend = $(".loss-legend");
    legend.replaceChildren();
    if (validation.length) for (const [words, kind] of [["training", "curve"], ["validation", "curve validation"]]) sample(legend, words, kind);
  }

  function mark(position) {
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

  return { lay, mark };
}
