// How the player looks, and what is in it.

// One shape for each class, around the origin, about 10 units across.
const SHAPES = [
  "M4.6 0A4.6 4.6 0 1 1 -4.6 0A4.6 4.6 0 1 1 4.6 0Z", "M-4.2 -4.2H4.2V4.2H-4.2Z", "M0 -5.6L5.2 4H-5.2Z", "M0 -5.8L4.8 0L0 5.8L-4.8 0Z",
  "M-1.8 -5.2H1.8V-1.8H5.2V1.8H1.8V5.2H-1.8V1.8H-5.2V-1.8H-1.8Z", "M0 5.6L5.2 -4H-5.2Z", "M0 -6L1.6 -1.9L5.8 -1.8L2.5 .9L3.6 5L0 2.6L-3.6 5L-2.5 .9L-5.8 -1.8L-1.6 -1.9Z",
  "M-2.2 -5H2.2L5 -2.2V2.2L2.2 5H-2.2L-5 2.2V-2.2Z",
];

const classColour = (c) => `var(--class${c % 7})`;

const PLAYER_STYLE = `
.player { container-type: inline-size; max-width: 1440px; margin: 0 auto; }
.player .count { min-width: 120px; text-align: right; }
.player .said { margin: 0 0 10px; min-height: 1.45em; font-variant-numeric: tabular-nums; }
.player .said b { font-weight: 650; }
.views { display: grid; grid-template-columns: minmax(0, 10fr) minmax(0, 11fr); gap: 14px 28px; align-items: start; }
.views > div { display: grid; gap: 14px; min-width: 0; }
.views h3 { margin: 0; }
.head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; justify-content: space-between; min-height: 34px; }
.views svg { display: block; width: 100%; height: auto; overflow: visible; }
.views svg text { fill: var(--muted); font: 12px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
.views p { font-size: .9em; }
.plane { position: relative; }
.plane canvas { position: absolute; }
.plane svg { position: relative; }
.frame { fill: none; stroke: var(--edge); }
.border { fill: none; stroke: var(--ink); stroke-width: 2; }
.point { stroke: var(--paper); stroke-width: 1; }
.point.missed { stroke: var(--ink); stroke-width: 2; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; color: var(--muted); }
.legend span { display: inline-flex; gap: 6px; align-items: center; }
.legend svg { width: 14px; height: 14px; flex: none; }
.legend svg.stroke { width: 30px; }
.loss svg { cursor: pointer; touch-action: pan-y; }
.loss .grid { stroke: var(--edge); stroke-width: 1; opacity: .7; }
.curve { fill: none; stroke: var(--ink); stroke-width: 2; stroke-linejoin: round; }
.curve.validation { stroke: var(--muted); stroke-dasharray: 6 4; }
.player .loss text.name { fill: var(--ink); }
.cursor { stroke: var(--ink); stroke-width: 1.5; }
.mark { fill: var(--ink); stroke: var(--paper); stroke-width: 2; }
.mark.validation { fill: var(--muted); }
.switch { display: inline-flex; }
.switch button { border-radius: 0; padding: 3px 12px; min-height: 30px; }
.switch button:first-child { border-radius: 6px 0 0 6px; border-right: 0; }
.switch button:last-child { border-radius: 0 6px 6px 0; }
.switch button[aria-pressed=true] { background: var(--ink); border-color: var(--ink); color: var(--paper); font-weight: 600; }
.weight { stroke: var(--positive); fill: none; stroke-linecap: butt; }
.weight.below { stroke: var(--negative); stroke-dasharray: 7 4; }
.weight.none { stroke: var(--edge); stroke-dasharray: none; }
.looked .weight:not(.own) { opacity: .08 !important; }
.neuron { cursor: pointer; outline: none; }
.neuron .body { fill: var(--box); stroke: var(--line); stroke-width: 1.5; }
.neuron .tint { fill: var(--positive); }
.neuron .tint.below { fill: var(--negative); }
.player .neuron text.sign { fill: var(--ink); font-size: 13px; font-weight: 700; text-anchor: middle; pointer-events: none; }
.neuron:hover .body, .neuron.chosen .body { stroke: var(--ink); stroke-width: 2.5; }
.neuron:focus-visible .body { stroke: var(--ink); stroke-width: 4; }
.player .net text.side { fill: var(--ink); }
.player .net text.title { fill: var(--ink); font-weight: 600; }
.told { border-left: 4px solid var(--edge); padding: 2px 0 2px 12px; min-height: 5.2em; font-size: .92em; }
.told ul { list-style: none; margin: 4px 0 0; padding: 0; columns: 13em; column-gap: 20px; font-variant-numeric: tabular-nums; }
.told li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 8px; break-inside: avoid; }
.told li span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@container (max-width: 760px) { .views { grid-template-columns: minmax(0, 1fr); } .player .count { text-align: left; } }
@media print { .player { padding: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .switch { display: none; } .views > div > section { break-inside: avoid; } }
`;

const PLAYER_HTML = `
<div class="app player" role="region" aria-label="Training, epoch by epoch">
  ${toolbar("Epochs", "Epoch")}
  <p class="said" aria-live="polite"></p>
  <div class="views">
    <div>
      <section class="plane-view"><div class="head"><h3 aria-level="2">Decision boundary</h3><div class="legend"></div></div>
        <div class="plane"></div><p class="muted readout"></p></section>
      <section><div class="head"><h3 class="loss-title">Loss</h3><div class="legend loss-legend"></div></div>
        <div class="loss"></div><p class="muted loss-note"></p></section>
    </div>
    <section>
      <div class="head"><h3 aria-level="2">Network</h3><div class="switch" role="group" aria-label="What the lines show">
        <button class="weights" aria-pressed="true">weights</button><button class="gradients" aria-pressed="false">gradients</button></div></div>
      <div class="net"></div><div class="legend net-legend"></div><p class="muted net-note"></p>
      <div class="told"></div>
    </section>
  </div>
</div>`;

// A line of a legend.
function sample(legend, words, kind, attributes = {}) {
  const line = make("span"), svg = shape(line, "svg", { viewBox: "0 0 30 14", class: "stroke", "aria-hidden": "true" });
  shape(svg, "path", { d: "M0 7H30", class: kind, ...attributes });
  line.append(words);
  legend.append(line);
}
