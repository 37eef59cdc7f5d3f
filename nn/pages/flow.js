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

// A few words in the middle of an edge, on top of everything.
function writeOn(arrow, words, size) {
  const path = arrow.querySelector("path"), { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
  const top = shape(arrow.parentNode, "g", { class: "edge said" });
  shape(top, "text", { class: "local", x, y: y - 4, "font-size": size, "text-anchor": "middle" }, words);
}

// All edges at a place: what was sent forward until now, what has come back, and what is on its way.
function showFlow(it, edges, arrowsOf, arrowOf, letters) {
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
    writeOn(arrow, `× ${bracketed(text(step.local, 4))}`, letters);
  } else if (step) for (const x of new Set(graph.nodes[step.node].inputs))
    for (const arrow of arrowsOf(x, step.node)) arrow.classList.add("active", "going");
}
