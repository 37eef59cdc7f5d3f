// A gradient that is asked for on the bench: ∂L/∂w on a line of its own, or d/dx in front of all of the formula.
//
// \frac{\partial L}{\partial w} says the same in LaTeX; dL/dw without a ∂ may be two names, as parse reads it. The page works the
// gradient out as always, by the stepper; the line says which node is to be looked at.
// @ts-check

import { plainOfLatex } from "./latex.js";

const NAME = String.raw`[\p{L}\p{M}][\p{L}\p{M}\p{N}_′'’{}]*`;
const RATIO = new RegExp(String.raw`^\s*∂\s*(${NAME})\s*/\s*∂\s*(${NAME})\s*$`, "u");
const FRACTION = /^\s*\\[dt]?frac\s*\{\s*\\partial(?![A-Za-z])([^;\n]+)\}\s*\{\s*\\partial(?![A-Za-z])([^;\n]+)\}\s*$/u;
const OPERATOR = new RegExp(String.raw`^(\s*)[∂d]\s*/\s*[∂d]\s*(${NAME})\s*(\(.*\))\s*$`, "u");

/** Whether a text is one pair of brackets with all else inside. @param {string} text */
function isOneGroup(text) {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    depth += { "(": 1, ")": -1 }[text[i]] ?? 0;
    if (!depth) return i === text.length - 1;
  }
  return false;
}

/** A line as plain text where it is a derivative in LaTeX; else as it stands. @param {import("./lexer.js").Book} book @param {string} piece */
function plainRatio(book, piece) {
  const sides = FRACTION.exec(piece)?.slice(1).map((side) => plainOfLatex(book, side)?.trim()) ?? [];
  return sides.length && sides.every(Boolean) ? `∂${sides.join("/∂")}` : piece;
}

/**
 * The text without what asks, and what is asked for: of what, by what; null where nothing is.
 * @param {import("./lexer.js").Book} book @param {string} text @returns {{ text: string, of: string, by: string } | null}
 */
export function askedFor(book, text) {
  const written = text.split(/([;\n])/u), pieces = written.map((piece) => plainRatio(book, piece)), lines = pieces.filter((each) => each.trim() && each !== ";");
  const found = pieces.flatMap((piece, i) => (RATIO.test(piece) || OPERATOR.test(piece) ? [i] : []));
  if (found.length !== 1 || lines.some((line) => /^\s*d\s*=/u.test(line))) return null;
  const [at] = found, ratio = RATIO.exec(pieces[at]), operator = OPERATOR.exec(pieces[at]);
  if (ratio && lines.length > 1) {
    pieces[at] = " ".repeat(written[at].length); // so that all else stands where it stood
    return { text: pieces.join(""), of: ratio[1], by: ratio[2] };
  }
  if (!operator || !isOneGroup(operator[3])) return null;
  pieces[at] = operator[3].padStart(pieces[at].trimEnd().length);
  return { text: pieces.join(""), of: "", by: operator[2] };
}
