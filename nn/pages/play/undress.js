// What means no mathematics is taken off a text, as in autograd/formula/spellings.py: bold signs, ticks, digits in groups.
// LaTeX is not: latex.js writes it as plain text before.
// @ts-check

/** @typedef {{ text: string, places: number[] }} Plain */

/** @param {any} grammar @returns {(text: string) => Plain} */
export function undressAfter(grammar) {
  const [grouped, between, marked, lines, about, blanks, braced, compared, goingOn, inFront, behind, stop] = grammar.undress.map(
    (/** @type {[string, string]} */ [source, flags]) => new RegExp(source, `dgu${flags}`));

  /** @type {(plain: Plain, pattern: RegExp, fill: string | number | ((found: string) => string)) => Plain} */
  function replace({ text, places }, pattern, fill) {
    const pieces = [], stood = [];
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      const start = match.index ?? 0;
      pieces.push(text.slice(end, start));
      stood.push(...places.slice(end, start));
      if (typeof fill === "number") {
        const [from, to] = /** @type {any} */ (match).indices[fill] ?? [start, start];
        pieces.push(text.slice(from, to));
        stood.push(...places.slice(from, to));
      } else {
        const written = typeof fill === "string" ? fill : fill(match[0]);
        pieces.push(written);
        stood.push(...Array(written.length).fill(places[start]));
      }
      end = start + match[0].length;
    }
    return { text: pieces.join("") + text.slice(end), places: [...stood, ...places.slice(end)] };
  }

  /** Digits of all scripts as 0 to 9, dashes as minus signs, blanks as blanks. @param {Plain} plain @returns {Plain} */
  function makeAlike(plain) {
    const digit = (/** @type {string} */ c) => {
      const code = c.codePointAt(0) ?? 0, zero = grammar.zeros.find((/** @type {number} */ z) => code >= z && code < z + 10);
      return c === "𝟙" || zero === undefined ? c : String(code - zero);
    };
    return replace(plain, /[^]/gu, (c) => (c.charCodeAt(0) < 128 ? grammar.alike[c] ?? c : digit(grammar.alike[c] ?? c)));
  }

  const inTurn = [
    (/** @type {Plain} */ plain) => replace(plain, grouped, (found) => found.replace(between, "")),
    makeAlike,
    ...[[marked, 2], [lines, 2], [about, "≈"], [blanks, " "], [braced, 1], [compared, 1], [goingOn, 1], [inFront, " "], [behind, ""], [stop, ""]]
      .map(([pattern, fill]) => (/** @type {Plain} */ plain) => replace(plain, pattern, fill)),
  ];

  return (text) => {
    let plain = { text, places: Array.from({ length: text.length + 1 }, (_, i) => i) };
    for (let layer = 0; layer < 6; layer++) {
      const before = plain.text;
      for (const takeOff of inTurn) plain = takeOff(plain);
      if (plain.text === before) break;
    }
    return plain;
  };
}
