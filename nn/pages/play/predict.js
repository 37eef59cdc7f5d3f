// What a person foretells is marked as a red pen would: to the digits that were written; and if wrong, by the likeliest slip.
// @ts-check

import { text } from "../stepper.js";

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
