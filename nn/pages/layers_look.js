// How the page of layers looks: what it has beyond the looks of all pages, and its places.

const LAYERS_STYLE = `
.path { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; }
.path button { padding: 2px 9px; min-height: 30px; }
.arrays { display: grid; gap: 14px; }
.array h4 { margin: 0 0 2px; font-size: 1em; }
.maps { display: flex; flex-wrap: wrap; gap: 6px 18px; }
.maps figure { margin: 0; max-width: 100%; }
.maps figcaption { color: var(--muted); font-size: .87em; }
.maps canvas { display: block; max-width: 100%; image-rendering: pixelated; border: 1px solid var(--edge); cursor: crosshair; }
.panel.layers { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); align-items: start; }
.scalar { border-left: 4px solid var(--line); padding: 2px 0 2px 12px; overflow-wrap: anywhere; background: var(--paper);
  position: sticky; top: 8px; max-height: 92vh; overflow-y: auto; }
.panel.layers .now { min-height: 0; margin-bottom: 12px; }
@media (max-width: 720px) { .panel.layers { grid-template-columns: minmax(0, 1fr); }
  .scalar { top: auto; bottom: 0; max-height: 42vh; border-top: 1px solid var(--edge); }
  .arrays * { scroll-margin-bottom: 43vh; } } /* so that what has the focus is not covered */
.scalar ul { margin: 4px 0; padding-left: 18px; }
.scalar li { margin: 2px 0; }
.link { padding: 0 6px; min-height: 26px; }
.stage .node.g-node:hover path { stroke-width: 2.5; }
`;

const LAYERS_HTML = `
<div class="app" role="region" aria-label="Backpropagation, layer by layer">
  ${toolbar("Steps", "Step")}
  <div class="folds"><nav class="path" aria-label="Where this is in the model"></nav>${ZOOM}</div>
  <div class="stage" tabindex="0" role="group" aria-label="The layers; click one to look at its numbers" aria-keyshortcuts="+ - 0"></div>
  <div class="panel layers">
    <div><div class="now" aria-live="polite"></div><div class="arrays"></div></div>
    <div class="scalar" tabindex="0" role="group" aria-label="One number" aria-live="polite"></div>
  </div>
  <div class="tools"><section class="downhill" aria-label="Descend">${DESCEND}</section>
    <section class="foretell" aria-label="Predict">${PREDICT}</section></div>
</div>`;
