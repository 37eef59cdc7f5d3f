// The stepper of stepper.js, with a graph that was laid out here, beside its explanation where there is room.
// @ts-check

import { drawGraph, mount } from "../stepper.js";
import { make } from "./dom.js";
import { foldedView } from "./folding.js";

const NARROW = 600, BESIDE = 900, PANEL = 310; // pixels: a graph runs from top to bottom; there is a panel beside it, so wide

const MORE = `
.app { padding: 0; background: none; }
.app button, .app input[type=text], .bar select, .check { min-height: 44px; }
.eta { height: 44px; }
.bar input[type=range] { min-height: 44px; }
.stage { scrollbar-width: thin; }
.stage text.symbol { fill: var(--muted); }
`;

/**
 * A stepper in a place; it gives what mount gives.
 * @param {HTMLElement} place @param {any} graph of describe
 * @param {{ changed?: (state: any) => void, kept?: Set<number>, folded?: boolean, moving?: () => number[] }} [options] the nodes that have a box where the
 * graph is folded; whether it is so at first
 */
export function showStepper(place, graph, { changed = () => {}, kept = new Set(), folded = false, moving } = {}) {
  const host = make("div", { class: "stepper" }), wide = place.clientWidth, narrow = wide < NARROW, pixels = wide - (wide < BESIDE ? 0 : PANEL) - 20;
  const fewer = kept.size ? foldedView(graph, kept, narrow, pixels) : null, views = { operation: drawGraph(graph, narrow, pixels), ...(fewer ? { neuron: fewer } : {}) };
  place.replaceChildren(host);
  const app = /** @type {any} */ (mount)(host, { ...graph, views }, changed, { moving });
  host.shadowRoot.append(make("style", {}, MORE));
  const depth = host.shadowRoot.querySelector(".depth");
  if (fewer && folded && depth) {
    depth.value = "neuron";
    depth.dispatchEvent(new Event("change"));
  }
  return app;
}
