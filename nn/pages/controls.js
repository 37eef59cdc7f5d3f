// What the pages have in common: how they look, the buttons and keys, light and dark.

const sideBySide = (panel, gap) => `
  .app.beside { display: grid; grid-template-columns: minmax(0, 1fr) ${panel}; column-gap: ${gap}px; align-items: start; }
  .beside .bar, .beside .folds, .beside .tools, .beside .all { grid-column: 1 / -1; }
  .beside .folds { grid-row: 2; } .beside .tools { grid-row: 4; } .beside .all { grid-row: 5; }
  .beside .stage { grid-column: 1; grid-row: 3; }
  .beside .panel { grid-column: 2; grid-row: 3; display: block; margin: 0; max-height: var(--high); overflow: auto; padding: 3px; }
  .beside .node-info { margin-top: 12px; }`;

// On a phone: what goes by step, where one is, and all else on demand.
const COMPACT = `
  .bar { gap: 6px; }
  .bar button { flex: 1 1 44px; min-height: 44px; padding: 5px; }
  .bar button.play { flex-basis: 96px; }
  .bar button.more { display: block; flex: 0 0 44px; }
  .bar .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .bar input[type=range] { min-height: 44px; flex-grow: 9; }
  .settings { display: none; flex-basis: 100%; }
  .more[aria-expanded=true] + .settings { display: flex; }
  .settings select { min-height: 44px; flex: 1 1 auto; }
  .folds { flex-wrap: nowrap; white-space: nowrap; overflow-x: auto; }
  .chips { flex-wrap: nowrap; }
  .folds .zoom, .folds.empty { display: none; } /* two fingers do it */
  .folds button, .folds .check { min-height: 40px; }
  .panel { font-size: 14px; line-height: 1.4; }`;

const STYLE = `
:host { all: initial; display: block; container-type: inline-size; }
.app { ${LIGHT};
  font: 15px/1.45 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: var(--ink); background: var(--paper);
  padding: 12px 16px 16px; border-radius: 8px; box-sizing: border-box; }
@media screen { .app.dark { ${DARK} } }
.app * { box-sizing: border-box; }
.bar, .settings { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.bar { margin-bottom: 10px; }
button, select { font: inherit; color: var(--ink); background: var(--part); border: 1px solid var(--edge); border-radius: 6px;
  padding: 5px 11px; min-height: 34px; cursor: pointer; }
.bar select { flex: 0 1 auto; max-width: 250px; field-sizing: content; }
button.more { display: none; }
.now ul { margin: 2px 0; padding-left: 18px; font-size: .93em; }
button:hover { border-color: var(--line); }
button:disabled, button[aria-disabled=true] { opacity: .45; cursor: default; }
button.play { background: var(--ink); border-color: var(--ink); color: var(--paper); font-weight: 600; min-width: 96px; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
input[type=range] { accent-color: var(--ink); }
.bar input[type=range] { flex: 1 1 100px; min-width: 100px; }
.count { color: var(--muted); font-variant-numeric: tabular-nums; min-width: 96px; }
.stage { overflow: auto; display: flex; max-height: 80vh; border: 1px solid var(--edge); border-radius: 8px; background: var(--paper); }
.stage svg { flex: none; width: 100%; height: auto; max-height: 62vh; margin: 0 auto; }
.panel { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 16px; margin-top: 12px; }
/* The picture and its explanation are on one screen: --high is what the picture may take, --above what stands above it. */
.beside { --high: 56vh; }
.alone { min-height: 100vh; align-content: start; }
.beside.alone { --high: max(260px, 100vh - var(--above, 180px) - 278px); }
.beside .stage { max-height: var(--high); }
.beside .stage svg { max-height: calc(var(--high) - 2px); }
@container (min-width: 900px) {
  .beside { --high: 58vh; }
  .beside.alone { --high: max(260px, 100vh - var(--above, 98px) - 14px); }
  ${sideBySide("minmax(250px, 290px)", 20)}
}
@media (max-height: 500px) and (min-width: 640px) { /* held sideways */
  .beside { --high: 64vh; }
  .beside.alone { --high: max(200px, 100vh - var(--above, 110px) - 14px); }
  ${sideBySide("270px", 14)}
}
@media (max-width: 720px) { .panel { grid-template-columns: minmax(0, 1fr); } }
.now { border-left: 4px solid var(--backward); padding: 2px 0 2px 12px; min-height: 9.5em; }
.now.forward { border-color: var(--forward); }
h3 { font-size: 1.05em; margin: 0 0 4px; }
p { margin: 4px 0; }
.math { font-family: "Cambria Math", "STIX Two Math", Georgia, serif; font-size: 1.08em; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.wrong { color: var(--wrong); }
.node-info { font-size: .95em; overflow-wrap: anywhere; }
.node-info label { display: grid; grid-template-columns: auto 1fr auto; gap: 8px; align-items: center; }
.node-info ul { margin: 4px 0; padding-left: 18px; }
.tangent { width: 100%; max-width: 320px; height: auto; display: block; }
.tools { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(330px, 100%), 1fr)); gap: 8px 24px; margin-top: 12px; }
.tools section { border-top: 1px solid var(--edge); padding-top: 8px; min-width: 0; }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.rate { display: grid; grid-template-columns: auto minmax(90px, 1fr) 3em; gap: 8px; align-items: center; flex: 1 1 180px; font-variant-numeric: tabular-nums; }
.losses { display: block; width: 100%; max-width: 340px; height: auto; }
.check { display: flex; gap: 8px; align-items: center; min-height: 34px; cursor: pointer; }
.check input { width: 20px; height: 20px; margin: 0; flex: none; accent-color: var(--ink); }
input[type=text] { font: inherit; color: var(--ink); background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: 5px 10px; min-height: 34px; flex: 1 1 110px; min-width: 0; }
.fell, .marked { min-height: 1.4em; font-variant-numeric: tabular-nums; }
.marked.right { color: var(--right); font-weight: 600; } .marked.wrong { font-weight: 600; }
[hidden] { display: none !important; }
details { margin-top: 10px; }
.now details { margin-top: 4px; }
summary { cursor: pointer; min-height: 24px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9em; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 2px 12px 2px 0; white-space: nowrap; border-bottom: 1px solid var(--edge); }
tr.current td { background: var(--inner); }
.g-node, .g-group { cursor: pointer; }
.stage .graph > polygon { fill: var(--paper); stroke: none; }
.folds { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin: 0 0 6px; max-height: 78px; overflow-y: auto; padding: 3px; }
.folds button { padding: 2px 9px; min-height: 30px; font-size: .92em; }
.folds .check { min-height: 30px; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; flex: 1; }
.folds .zoom { display: flex; gap: 4px; margin-left: auto; }
.folds .zoom button { padding: 0; width: 34px; }
.stage.bare .constant { display: none; }
.stage text.symbol { fill: var(--muted); font-weight: 400; }
.stage .cluster text { cursor: pointer; }
.stage .cluster rect { fill: var(--part); stroke: var(--edge); }
.stage .cluster path, .stage .cluster polygon { fill: var(--part); stroke: var(--edge); }
.stage text { fill: var(--ink); }
.stage .cluster text, .stage .edge text, .stage .graph > text { fill: var(--muted); }
.stage .node path { fill: var(--box); stroke: var(--line); stroke-width: 1; }
.stage .edge path { stroke: var(--line); stroke-width: 1; }
.stage .edge polygon { fill: var(--line); stroke: var(--line); }
.stage .waiting text.number { opacity: 0; }
.stage .known path { fill: var(--forward-soft); stroke: var(--forward); }
.stage .reached path { fill: var(--backward-soft); stroke: var(--backward); stroke-width: 1.6; }
.stage .node.active path { stroke: var(--backward); stroke-width: 4; }
.stage .node.active.going path { stroke: var(--forward); }
.stage .node.chosen path { stroke-dasharray: 5 3; stroke-width: 2.5; }
.stage .node.differs path { stroke: var(--wrong); stroke-dasharray: 2 3; stroke-width: 3; }
.stage .edge.sent path { stroke: var(--forward); opacity: .55; } .stage .edge.sent polygon { fill: var(--forward); stroke: var(--forward); opacity: .55; }
.stage .edge.returned path { stroke: var(--backward); opacity: .6; } .stage .edge.returned polygon { fill: var(--backward); stroke: var(--backward); opacity: .6; }
.stage .edge.active path, .stage .edge.active polygon { opacity: 1; }
.stage .edge.active path { stroke: var(--backward); filter: drop-shadow(0 0 2px var(--backward)); }
.stage .edge.active polygon { fill: var(--backward); stroke: var(--backward); }
.stage .edge.active.going path { stroke: var(--forward); filter: drop-shadow(0 0 2px var(--forward)); }
.stage .edge.active.going polygon { fill: var(--forward); stroke: var(--forward); }
.stage .edge text.local { fill: var(--backward); font-weight: 700; }
.stage .said rect { fill: var(--paper); }
@container (max-width: 600px) { ${COMPACT}
  .bar input[type=range] { flex-basis: 40%; } } /* so that it begins the second row */
@media (max-height: 500px) and (min-width: 640px) { ${COMPACT} }
@media (prefers-reduced-motion: no-preference) { .stage { scroll-behavior: smooth; } .stage path { transition: fill .25s, stroke .25s; } }
@media print { .bar, .panel, .tools, summary { display: none; } details { display: block; } .stage svg { max-height: none; } }
`;

// The controls that both pages have; steer() says what they do.
const toolbar = (steps, step, settings = "") => `
  <div class="bar" role="toolbar" aria-label="${steps}">
    <button class="play" aria-keyshortcuts="Space">▶ Play</button>
    <button class="first" aria-label="To the start" title="To the start (Home)">|◀</button>
    <button class="previous" title="Arrow left">◀ <span class="word">Back</span></button>
    <button class="next" title="Arrow right"><span class="word">Next</span> ▶</button>
    <button class="last" aria-label="To the end" title="To the end (End)">▶|</button>
    <input class="slider" type="range" min="0" step="1" value="0" aria-label="${step}">
    <span class="count"></span>${settings && `
    <button class="more" aria-label="Settings" aria-expanded="false">⚙</button>
    <div class="settings">${settings}</div>`}
  </div>`;

function make(tag, words = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = words; // names are data: they are shown, never run
  if (className) made.className = className;
  if (/^h[34]$/.test(tag)) made.setAttribute("aria-level", String(Number(tag[1]) - 1)); // below the heading of the page
  return made;
}

export function shape(parent, tag, attributes, words) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (words !== undefined) made.textContent = words;
  parent?.append(made);
  return made;
}

// What a button begins and ends: step() again and again, so many milliseconds apart, until it gives false.
export function repeating(button, begin, end) {
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; button.textContent = begin; };
  const start = (step, pause) => {
    button.textContent = end;
    timer = Number(setInterval(() => { if (step() === false) stop(); }, pause));
  };
  return { start, stop, on: () => timer > 0 };
}

// Buttons, slider and keys. keys: what listens for them; places(): where each key goes from here; go(to), playing a switch.
function steer($, keys, places, go, playing) {
  $(".play").addEventListener("click", playing);
  for (const [button, key] of [[".first", "Home"], [".previous", "ArrowLeft"], [".next", "ArrowRight"], [".last", "End"]])
    $(button).addEventListener("click", () => go(places()[key]));
  $(".app").addEventListener("focusin", ({ target }) => { // half of it under an edge is not seen
    if (target.matches(":focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  $(".more")?.addEventListener("click", () => $(".more").setAttribute("aria-expanded", String($(".more").getAttribute("aria-expanded") !== "true")));
  $(".slider").addEventListener("input", () => go(Number($(".slider").value)));
  keys.addEventListener("keydown", (event) => {
    const target = event.composedPath()[0];
    if (target.matches?.("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = places()[event.key];
    if (to !== undefined) go(to);
    else if (event.key === " " && !target.matches?.("button, summary")) playing();
    else return;
    event.preventDefault();
  });
}

// What the controls say of the place where one is.
function tellPosition($, position, last, count, spoken) {
  $(".slider").value = position;
  $(".slider").setAttribute("aria-valuetext", spoken);
  $(".count").textContent = count;
  for (const [button, at] of [["first", 0], ["previous", 0], ["next", last], ["last", last]])
    $(`.${button}`).setAttribute("aria-disabled", String(position === at)); // not disabled, which would lose the keyboard's focus
}

// A drawing as it goes into its place, whose size it takes; words that stand below one another are a space apart.
function drawingOf(svg) {
  const drawing = new DOMParser().parseFromString(svg.replaceAll("\n", " "), "image/svg+xml").documentElement;
  drawing.removeAttribute("width");
  drawing.removeAttribute("height");
  return document.importNode(drawing, true);
}

// A box is called by all that can be read in it, so that whoever speaks to the computer can say what is seen.
function nameByWords(box, opens) {
  const words = [...box.querySelectorAll("text")].map((line) => line.textContent.replace(/\s+/g, " ").trim()).filter((line) => line && line !== "⊞");
  box.setAttribute("aria-label", [...words, ...(opens ? ["opens"] : [])].join(", "));
}

const LEAST = 11; // pixels that the smallest letters of a drawing are high, at least

// A drawing is never so small that its letters cannot be read: then its stage scrolls, and follows the step.
function keepLegible(drawing) {
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  const letters = Math.min(...[...drawing.querySelectorAll("text[font-size]")].map((each) => parseFloat(each.getAttribute("font-size"))));
  drawing.style.minWidth = `${(LEAST / letters) * width}px`;
  drawing.style.minHeight = `${(LEAST / letters) * height}px`;
  return letters;
}

// Scrolls a drawing, no further than it must, until a box is in view; with it the rectangles that are wanted as far as there is
// room, and of the rest, what is nearest first, all that fits whole. It gives what is then in view, though that may take a while.
function scrollTo(stage, box, wanted = [], rest = []) {
  const frame = stage.getBoundingClientRect(), inner = { left: frame.left, top: frame.top, right: frame.left + stage.clientWidth, bottom: frame.top + stage.clientHeight };
  const SPARE = 6, wide = stage.clientWidth - 2 * SPARE, high = stage.clientHeight - 2 * SPARE;
  const far = (rect) => Math.hypot(rect.left + rect.right - box.left - box.right, rect.top + rect.bottom - box.top - box.bottom);
  const around = (one, other) => ({ left: Math.min(one.left, other.left), right: Math.max(one.right, other.right),
    top: Math.min(one.top, other.top), bottom: Math.max(one.bottom, other.bottom) });
  let view = around(box, box);
  for (const rect of wanted) {
    const all = around(view, rect), x = Math.max(0, wide - view.right + view.left), y = Math.max(0, high - view.bottom + view.top);
    view = { left: Math.max(all.left, view.left - x), right: Math.min(all.right, view.right + x),
      top: Math.max(all.top, view.top - y), bottom: Math.min(all.bottom, view.bottom + y) };
  }
  for (const rect of rest.sort((one, other) => far(one) - far(other))) {
    const all = around(view, rect);
    if (all.right - all.left <= wide && all.bottom - all.top <= high) view = all;
  }
  const { scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight } = stage;
  const way = (low, high, least, most) => (low < least ? low - least - SPARE : high > most ? high - most + SPARE : 0);
  const within = (by, from, most) => Math.max(-from, Math.min(most - from, by));
  const x = within(way(view.left, view.right, inner.left, inner.right), scrollLeft, scrollWidth - clientWidth);
  const y = within(way(view.top, view.bottom, inner.top, inner.bottom), scrollTop, scrollHeight - clientHeight);
  stage.scrollBy(x, y);
  const toCome = [x - stage.scrollLeft + scrollLeft, y - stage.scrollTop + scrollTop];
  return { left: inner.left + toCome[0], right: inner.right + toCome[0], top: inner.top + toCome[1], bottom: inner.bottom + toCome[1] };
}

// Light or dark: as JupyterLab's theme is, and elsewhere as the reader's system asks for.
function themed(app, changed = () => {}) {
  const system = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  const look = () => {
    const light = document.body.dataset.jpThemeLight;
    app.classList.toggle("dark", light === undefined ? Boolean(system?.matches) : light === "false");
    changed();
  };
  system?.addEventListener("change", look);
  new MutationObserver(look).observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  look();
}
