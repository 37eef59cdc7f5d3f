// Predict: the next number is hidden, a person says it, and it is marked.
//
// What is foretold is marked as a red pen would: to the digits that were written; and if wrong, by the likeliest slip.

/** @typedef {{ right: boolean, say: string }} Mark */

/** Half of a unit in the last place of what was written, but no more than a twentieth of the truth. @param {string} typed @param {number} truth */
export function tolerance(typed, truth) {
  const match = /^[-+−]?(\d*)[.,]?(\d*)(?:e([-+]?\d+))?$/iu.exec(typed.trim());
  const unit = match ? 10 ** (Number(match[3] ?? 0) - match[2].length) : 0;
  return Math.max(Math.min(0.501 * unit, 0.05 * Math.abs(truth)), 0.0005 * Math.abs(truth), 1e-12);
}

/**
 * Mark a number.
 * @param {string} typed as it was written @param {number} guess what that comes to @param {any} step of the stepper: forward or backward
 * @param {{ name: string, inputs: [string, number][] }} about what is asked for, and what it is computed from
 * @returns {Mark}
 */
export function mark(typed, guess, step, about) {
  const truth = step.pass === "forward" ? step.value : step.total;
  const near = (/** @type {number} */ x) => Math.abs(guess - x) <= tolerance(typed, x) || Object.is(guess, x);
  const exact = Math.abs(guess - truth) <= 5e-7 * Math.abs(truth);
  if (near(truth)) return { right: true, say: `Right${exact ? "" : " to the digits that you wrote"}: ${about.name} = ${text(truth)}.` };
  const not = (/** @type {string} */ say) => ({ right: false, say });
  if (truth !== 0 && near(-truth)) return not("The size is right, the sign is not.");
  if (step.pass === "backward") {
    const { upstream, local, contribution, before } = step;
    if (before !== 0 && near(contribution)) return not(`That is what this edge brings; ${text(before)} was there already, and gradients add up.`);
    if (before !== 0 && near(before)) return not("That was there before: what this edge brings is to be added.");
    if (near(upstream) || (before !== 0 && near(before + upstream))) return not("A factor is forgotten: the local derivative.");
    if (near(local) || (before !== 0 && near(before + local))) return not("A factor is forgotten: the upstream gradient, which comes from above.");
    if (near(upstream + local)) return not("Along one path slopes are multiplied, not added.");
    if (local !== 0 && near(upstream / local)) return not("Upstream is multiplied by the local derivative, not divided.");
  } else {
    const input = about.inputs.find(([, x]) => near(x));
    if (input) return not(`That is ${input[0]}: one operation is still to be done.`);
  }
  if (Math.abs(guess - truth) <= 0.03 * Math.abs(truth)) return not("Very near: compute with one digit more.");
  const tenfold = truth !== 0 && guess !== 0 ? Math.log10(guess / truth) : NaN;
  if (Math.abs(tenfold - Math.round(tenfold)) < 1e-3 && Math.round(tenfold) !== 0) return not("The digits are right, the decimal point is not.");
  return not("Not yet.");
}

/** A number as people write it: −0.25, 1/4, 0,25, 2·10⁻³, 1e-3; NaN for anything else. @param {string} typed */
export function readNumber(typed) {
  const plainly = typed.trim().replaceAll("−", "-").replace(/(\d),(\d)/g, "$1.$2").replaceAll("½", "1/2").replaceAll("∞", "Infinity")
    .replace(/\s*[·×*]\s*10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/u, (_, n) => `e${[...n].map((c) => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)]).join("")}`)
    .replace(/\s*[·×*]\s*10\^/u, "e");
  const [above, below, ...more] = plainly.split("/").map((part) => (part.trim() ? Number(part) : NaN));
  return more.length ? NaN : below === undefined ? above : above / below;
}

// What is asked: a name, the question, and what it is computed from. `words` calls the nodes as the page does.
export function questionOf({ graph, words, run }, step) {
  const { name, slope, formula, partial, used } = words, { values } = run;
  const numbersOf = (nodes) => [...new Set(nodes.map((i) => (plain(name(i)) === plain(text(values[i])) ? "" : `${name(i)} = ${text(values[i])}`)))].filter(Boolean);
  if (step.pass === "forward") {
    const inputs = used(step.node), asked = words.nameless(step.node) ? "" : name(step.node);
    return { name: asked || formula(step.node), inputs: inputs.map((i) => [name(i), values[i]]), hint: numbersOf(inputs).join(", "),
      ask: `Forward: what is ${asked && `${asked} = `}${formula(step.node)}?` };
  }
  const sought = slope(graph.output, step.input), local = partial(step.node, step.slot) || text(step.local), { inputs } = graph.nodes[step.node];
  const inIt = [...inputs, step.node].filter((i) => local.includes(name(i)));
  return { name: sought, inputs: [], ask: `Back along the edge from ${name(step.node)} to ${name(step.input)}: what does ${sought} come to?`,
    hint: [`upstream ${text(step.upstream)}`, `${slope(step.node, step.input)} = ${local}`, numbersOf(inIt).join(", "),
      step.before ? `there already: ${text(step.before)}` : ""].filter(Boolean).join("; ") };
}

const PREDICT = `
  <label class="check"><input type="checkbox" role="switch" class="predicting"> Predict: hide each number until I have said it</label>
  <div class="ask" hidden>
    <p class="question"></p>
    <div class="row"><input type="text" class="answer" autocomplete="off" aria-label="the next number"><button class="mark">Mark it</button><button class="reveal">Show it</button></div>
    <p class="marked" role="status"></p><p class="muted tally"></p>
  </div>`;

// The switch, the question, and the score. It gives what the stepper calls when it has moved.
function predictor(it, $) {
  const score = { right: 0, asked: 0, row: 0 }, answer = $(".answer"), marked = $(".marked");
  let asked = null;
  const about = (step) => questionOf({ graph: it.graph, words: it.asking ?? it.words, run: it.run }, step);
  const tell = (words, kind = "") => { marked.textContent = words; marked.className = `marked ${kind}`; };
  function ask() {
    const step = it.predicting ? it.next() : null;
    $(".ask").hidden = !it.predicting;
    answer.disabled = $(".mark").disabled = !step || Boolean(step.nothing);
    $(".reveal").disabled = !step;
    $(".reveal").textContent = step?.nothing ? "Go on" : "Show it";
    if (!it.predicting || step === asked) return;
    asked = step;
    if (!step) $(".question").textContent = "That was the last number.";
    else if (step.nothing) $(".question").textContent = step.nothing;
    else {
      const { ask: words, hint } = about(step);
      $(".question").replaceChildren(make("b", words), make("br"), make("span", hint, "muted"));
    }
    answer.value = "";
  }
  const settle = () => [answer, $(".reveal"), $(".predicting")].find((each) => !each.disabled).focus(); // where the keyboard goes on
  function count(right) {
    score.asked++;
    score.right += Number(right);
    score.row = right ? score.row + 1 : 0;
    $(".tally").textContent = `${score.right} of ${score.asked} right${score.row > 2 ? `, ${score.row} in a row` : ""}`;
  }
  function judge() {
    const step = it.next(), typed = answer.value, guess = readNumber(typed);
    if (!step || step.nothing || !typed.trim()) return;
    if (Number.isNaN(guess) && typed.trim() !== "nan") { tell(`${typed} is no number here: write −0.25, 1/4 or 2·10⁻³.`); return; }
    const { right, say } = mark(typed, guess, step, about(step));
    count(right);
    tell(`${right ? "✓" : "✗"} ${say}`, right ? "right" : "wrong");
    if (right) { it.go(it.position + 1); settle(); } else answer.select();
  }
  answer.addEventListener("keydown", (event) => {
    if (event.key === "Enter") judge();
    else if (event.key === "Escape") $(".predicting").click();
    else return;
    event.preventDefault();
  });
  $(".mark").addEventListener("click", () => { judge(); settle(); });
  $(".reveal").addEventListener("click", () => {
    const step = it.next();
    if (!step.nothing) count(false);
    tell(step.nothing ? "" : `${about(step).name} = ${text(step.pass === "forward" ? step.value : step.total)}`);
    it.go(it.position + 1);
    settle();
  });
  $(".predicting").addEventListener("change", () => {
    it.predicting = $(".predicting").checked;
    it.play(false);
    asked = null;
    tell("");
    it.show();
    if (it.predicting) settle();
    else $(".predicting").focus();
  });
  return ask;
}
