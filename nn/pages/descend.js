// Descend: every parameter θ becomes θ − η ∂E/∂θ, all starts again, and the loss is seen falling.

/** θ − η times its gradient, for each of the leaves that move. */
export const stepDown = (values, grads, moving, rate) => Object.fromEntries(moving.map((i) => [i, values[i] - rate * grads[i]]));

const DESCEND = `
  <div class="row"><button class="descend">Descend</button><button class="often">▶ 25 times</button>
    <label class="rate">η <input type="range" class="eta" min="0" max="12" step="1" value="8" aria-label="the learning rate η"><output></output></label></div>
  <svg class="losses" viewBox="0 0 300 72" role="img" aria-label="the loss after each step downhill"></svg>
  <p class="fell" role="status"></p><p class="muted moves"></p>`;

const RATES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]; // of η: round numbers
const inOrder = new Intl.Collator("en", { numeric: true }).compare; // w₁, w₂, w₃, whichever the loss asks for first
const LOSSES = { width: 300, height: 72, pad: 8 };

function drawLosses(svg, losses) {
  const { width, height, pad } = LOSSES, finite = losses.filter(Number.isFinite);
  const high = Math.max(...finite), low = Math.min(0, ...finite);
  const right = (i) => pad + (i / Math.max(losses.length - 1, 10)) * (width - 2 * pad);
  const down = (e) => height - pad - ((e - low) / (high - low || 1)) * (height - 2 * pad);
  svg.replaceChildren();
  svg.toggleAttribute("hidden", losses.length < 2); // there is no curve before the first step
  shape(svg, "path", { d: `M${pad} ${down(0)}H${width - pad}`, stroke: "var(--line)" });
  const points = losses.map((e, i) => (Number.isFinite(e) ? `${right(i).toFixed(1)},${down(e).toFixed(1)}` : "")).filter(Boolean);
  shape(svg, "polyline", { points: points.join(" "), fill: "none", stroke: "var(--ink)", "stroke-width": 2.5 });
  if (finite.length) shape(svg, "circle", { cx: right(losses.length - 1), cy: down(finite.at(-1)), r: 4, fill: "var(--ink)" });
  svg.setAttribute("aria-label", `the loss after ${losses.length - 1} step${losses.length === 2 ? "" : "s"}: ${text(losses.at(-1), 4)}`);
}

// The buttons and the curve. It gives what the stepper calls when it has moved.
function descender(it, $) {
  const { graph, words } = it, losses = [];
  let own = false; // whether it is by a step of ours that the leaves have changed
  const rate = () => RATES[Number($(".eta").value)];
  const moving = () => it.moving().filter((i) => !it.refusal(i));
  const tellRate = () => { $(".rate output").textContent = text(rate()); $(".eta").setAttribute("aria-valuetext", text(rate())); };

  function step() {
    const which = moving(), before = it.run.values[graph.output];
    own = true;
    it.turn(stepDown(it.run.values, it.run.grads, which, rate()), 0);
    own = false;
    const now = it.run.values[graph.output], [from, to] = [text(before, 4), text(now, 4)];
    losses.push(now);
    drawLosses($(".losses"), losses);
    $(".fell").textContent = !which.length ? "Nothing moves here."
      : now > before ? `${words.output} went up, from ${from} to ${to}: ${it.wrong ? "that is what a wrong gradient does" : "the step was too long, take a smaller η"}.`
        : now === before ? `${words.output} stays ${to}.` : `${words.output}: ${from} → ${to}.`;
    return which.length > 0 && now <= before;
  }
  const often = repeating($(".often"), "▶ 25 times", "⏸ Stop");
  $(".descend").addEventListener("click", () => { often.stop(); it.play(false); step(); });
  $(".often").addEventListener("click", () => {
    if (often.on()) { often.stop(); return; }
    it.play(false);
    let left = 25;
    often.start(() => step() && --left > 0, 120);
  });
  $(".eta").addEventListener("input", tellRate);
  tellRate();
  return () => { // numbers that were turned by hand begin a new curve
    if (own) return;
    if (losses.at(-1) !== it.run.values[graph.output]) {
      losses.splice(0, losses.length, it.run.values[graph.output]);
      drawLosses($(".losses"), losses);
      $(".fell").textContent = "";
    }
    const which = moving(), names = which.map(words.name).sort(inOrder).slice(0, 12).join(", ");
    $(".moves").textContent = which.length ? `What moves: ${names}${which.length > 12 ? ` and ${which.length - 12} more` : ""}. Each θ becomes θ − η ∂${words.output}/∂θ.` : "";
  };
}
