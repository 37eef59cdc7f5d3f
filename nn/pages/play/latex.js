// LaTeX that means what a plain text says: fractions, roots, Greek letters, hats, functions, signs, blanks and tall brackets.
//
// A fraction and a root become groups in brackets, which bind as they do. What is not among these is left to the library, and
// so is a fraction that may be a derivative, dL/dw.
// @ts-check

/** @typedef {import("./lexer.js").Book} Book */

const SIGNS = /** @type {Record<string, string>} */ ({ cdot: "·", times: "×", ast: "·", div: "÷", ge: "≥", geq: "≥", le: "≤", leq: "≤", gt: ">", lt: "<", infty: "∞",
  quad: " ", qquad: " ", displaystyle: " ", left: "", right: "", big: "", Big: "" });
const COMMAND = /\\(?:([A-Za-z]+)|([,;:! ]))/y;
const MAY_BE_D = /^\s*(?:d|∂|\\partial|\\math|\\text)/;

/** Where the group ends that begins with a brace here; −1 where none does. @param {string} text @param {number} at */
function groupEnd(text, at) {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
    if (!depth) return -1;
  }
  return -1;
}

/** The same as plain text; null where that is for the library to read. @param {Book} book @param {string} text @returns {string | null} */
export function plainOfLatex(book, text) {
  const { greek, functions } = book.grammar;
  let written = "", at = 0, tall = 0; // tall brackets that are open
  const put = (/** @type {string} */ words) => { // a command ends where a letter begins
    if (/[\p{L}\p{N}]$/u.test(written) && /^[\p{L}(]/u.test(words)) written += " ";
    written += words;
    if (/\p{L}$/u.test(words) && /^[\p{L}\p{N}]/u.test(text.slice(at))) written += " ";
  };
  /** The group in braces that comes next, as plain text. @returns {[string, string] | null} */
  const group = () => {
    while (text[at] === " ") at++;
    const end = groupEnd(text, at), inside = text.slice(at + 1, end), plain = end < 0 ? null : plainOfLatex(book, inside);
    at = end + 1;
    return plain === null || !plain.trim() ? null : [plain, inside];
  };
  while (at < text.length) {
    if (text[at] !== "\\") { written += text[at++]; continue; }
    COMMAND.lastIndex = at;
    const [whole, word, blank] = COMMAND.exec(text) ?? [""];
    if (!whole) return null;
    at += whole.length;
    if (blank) written += " ";
    else if (/^[dt]?frac$/.test(word)) {
      const above = group(), below = above && group();
      if (!above || !below || /\d\s*$/.test(written) || (MAY_BE_D.test(above[1]) && MAY_BE_D.test(below[1]))) return null;
      put(`((${above[0]})/(${below[0]}))`);
    } else if (word === "sqrt") {
      const inside = group();
      if (!inside) return null;
      put(`(√(${inside[0]}))`);
    } else if (word === "hat") {
      const [all, inBraces, alone] = /^\s*(?:\{\s*([A-Za-z])\s*\}|([A-Za-z]))/.exec(text.slice(at)) ?? [""];
      if (!all) return null;
      at += all.length;
      put(`${inBraces ?? alone}\u0302`.normalize("NFC"));
    } else if (Object.hasOwn(SIGNS, word)) {
      if (/^(?:left|right|[bB]ig)$/.test(word) && (!/^\s*[()[\]|]/.test(text.slice(at)) || /[_^]\s*$/.test(written))) return null;
      tall += { left: 1, right: -1 }[word] ?? 0;
      if (tall < 0) return null;
      written += SIGNS[word];
    } else if (Object.hasOwn(greek, word)) put(greek[word]);
    else if (Object.hasOwn(functions, word)) put(word);
    else return null;
  }
  return tall ? null : written;
}
