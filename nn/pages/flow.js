// What flows along the edges: a value forward, in blue; a gradient back, in orange; the wider the larger, dashed below zero.
//
// Numbers of very different size are to be told apart: the width goes with the root. While an edge is used, its local
// derivative stands on it.

const THIN = 1.2, WIDE = 6;

const widthOfFlow = (x, most) => (Number.isFinite(x) && most > 0 ? THIN + (WIDE - THIN) * Math.sqrt(Math.min(1, Math.abs(x) / most)) : THIN);

function flowAlong(arrows, x, most) {
  for (const path of arrows.flatMap((arrow) => [...arrow.querySelectorAll("path")])) {
    path.style.strokeWidth = `${widthOfFlow(x, most).toFixed(2)}px`;
    path.style.strokeDasharray = x < 0 ? "7 4" : "none";
  }
}

function noFlow(arrows) {
  for (const arrow of arrows) {
    arrow.classList.remove("active", "going", "sent", "returned");
    for (const path of arrow.querySelectorAll("path")) path.style.strokeWidth = path.style.strokeDasharray = "";
  }
}

// Ways off an edge for what is written on it, the shortest first.
const ASIDE = Array.from({ length: 41 * 29 }, (_, k) => [6 * ((k % 41) - 20), 6 * (Math.floor(k / 41) - 14)])
  .sort(([x1, y1], [x2, y2]) => Math.hypot(x1, y1) - Math.hypot(x2, y2));
const ALONG = Array.from({ length: 19 }, (_, k) => (k + 1) / 20).sort((a, b) => Math.abs(a - 0.5) - Math.abs(b - 0.5)); // parts of its length, from the middle

// A few words on an edge, or as near to it as they stand free: on no box, no other words and no head of an arrow, and if possible where one looks.
function writeOn(arrow, words, size, seen) {
  const path = arrow.querySelector("path"), graph = arrow.parentNode, length = path.getTotalLength();
  const taken = [...graph.querySelectorAll(".node, .cluster text, .edge text, .edge polygon")].map((each) => each.getBBox());
  const top = shape(graph, "g", { class: "edge said" });
  const ground = shape(top, "rect", { rx: 3 }), line = shape(top, "text", { class: "local", "font-size": size, "text-anchor": "middle" }, words), { y: above, width, height } = line.getBBox();
  const points = ALONG.map((part) => path.getPointAtLength(part * length)), spare = 2, w = width / 2 + spare, h = height / 2 + spare;
  const within = (x, y, area) => x - w >= area.left && x + w <= area.right && y - h >= area.top && y + h <= area.bottom;
  const free = (x, y) => taken.every((box) => x + w <= box.x || x - w >= box.x + box.width || y + h <= box.y || y - h >= box.y + box.height);
  const scale = graph.getScreenCTM().inverse(), inGraph = ({ left, right, top: high, bottom }) => {
    const [from, to] = [new DOMPoint(left, high), new DOMPoint(right, bottom)].map((point) => point.matrixTransform(scale));
    return { left: from.x, top: from.y, right: to.x, bottom: to.y };
  };
  for (const area of [seen, graph.ownerSVGElement.getBoundingClientRect()].map(inGraph)) for (const [dx, dy] of ASIDE) for (const point of points) {
    const [x, y] = [point.x + dx, point.y + dy];
    if (!within(x, y, area) || !free(x, y)) continue;
    for (const [side, where] of Object.entries({ x: x - w, y: y - h, width: 2 * w, height: 2 * h })) ground.setAttribute(side, where);
    line.setAttribute("x", x);
    line.setAttribute("y", y - above - height / 2);
    return;
  }
  top.remove(); // the panel says it, too
}

// All edges at a place: what was sent forward until now, what has come back, and what is on its way. seen: where one looks.
function showFlow(it, edges, arrowsOf, arrowOf, letters, seen) {
  const { graph, run, position } = it, taken = run.all.slice(0, position), step = taken.at(-1);
  const largest = (numbers) => numbers.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
  const forth = largest(run.values), back = largest(run.all.slice(run.forward).map((s) => s.contribution));
  for (const arrows of Object.values(edges)) {
    noFlow(arrows);
    arrows[0].parentNode.querySelector(".said")?.remove();
  }
  for (const s of taken) {
    if (s.pass === "forward") for (const x of new Set(graph.nodes[s.node].inputs)) {
      for (const arrow of arrowsOf(x, s.node)) arrow.classList.add("sent");
      flowAlong(arrowsOf(x, s.node), run.values[x], forth);
    } else {
      const arrow = arrowOf(s);
      if (!arrow) continue;
      arrow.classList.remove("sent");
      arrow.classList.add("returned");
      flowAlong([arrow], s.contribution, back);
    }
  }
  if (step?.pass === "backward") {
    const arrow = arrowOf(step);
    if (!arrow) return;
    arrow.classList.add("active");
    writeOn(arrow, `× ${bracketed(text(step.local, 4))}`, letters, seen);
  } else if (step) for (const x of new Set(graph.nodes[step.node].inputs))
    for (const arrow of arrowsOf(x, step.node)) arrow.classList.add("active", "going");
}
