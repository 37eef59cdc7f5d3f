// Several formulas at once, which speak of one another by name, as in autograd/formula/systems.py:
//
//     L = −y log ŷ − (1−y) log(1−ŷ); ŷ = σ(a); a = w x + b; w = 0.5
// @ts-check

import { leavesOf, variable } from "./graph.js";
import { plainOfLatex } from "./latex.js";
import { FormulaError } from "./lexer.js";
import { readFormula, splitChain, variables } from "./parser.js";

/** @typedef {import("./graph.js").Node} Node @typedef {import("./lexer.js").Book} Book @typedef {import("./lexer.js").Names} Names */
/** @typedef {{ place: number, name: string, start: number, formula: string }} Line */
/**
 * results: the formulas that no other one uses; numbered: variables whose number the text says; unknown: those without one.
 * @typedef {{ results: Node[], named: Names, numbered: Names, unknown: Names }} Formulas
 */

/** Read formulas that are parted by ; or stand on lines of their own; LaTeX as far as it says what plain text says. @param {Book} book @param {string} text @returns {Formulas} */
export function readFormulas(book, text) {
  if (!text.includes("\\")) return readPlain(book, text);
  const plain = plainOfLatex(book, text);
  try {
    if (plain !== null) return readPlain(book, plain);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error; // its place would be one of another text
  }
  throw new FormulaError(text, text.indexOf("\\"), 'here stands LaTeX that this page does not read: parse(r"…") of the library reads it, in Python, or says what is wrong with it', true);
}

/** @param {Book} book @param {string} text @returns {Formulas} */
function readPlain(book, text) {
  const lines = readLines(book, text), { free, uses } = findNames(book, text, lines);
  const used = new Set([...uses.values()].flat());
  const values = compute(book, text, sort(text, uses, lines), lines, new Map(free));
  const isNumber = (/** @type {string} */ key) => {
    const y = /** @type {Node} */ (values.get(key));
    return !y.inputs.length && y.label === key;
  };
  const written = [...lines.keys()], unused = written.filter((key) => !used.has(key)), results = unused.filter((key) => !isNumber(key));
  const value = (/** @type {string} */ key) => /** @type {Node} */ (values.get(key));
  return {
    results: (results.length ? results : unused).map(value),
    named: new Map(written.filter((key) => lines.get(key)?.name && !isNumber(key)).map((key) => [key, value(key)])),
    numbered: new Map(written.filter(isNumber).map((key) => [key, value(key)])),
    unknown: new Map([...free].filter(([name]) => used.has(name))),
  };
}

/** Each formula that is written. @param {Book} book @param {string} text @returns {Generator<Line>} */
function* split(book, text) {
  for (const match of text.matchAll(/(?:\\;|[^;\n])+/gu)) {
    const piece = match[0].replace(book.anywhere.COMMENT, ""), first = match.index ?? 0;
    if (!piece.trim()) continue;
    const [[name, at], [formula, start]] = within(text, first, () => {
      const found = splitChain(book, piece), parts = found.length > 1 ? found : [/** @type {[string, number]} */ (["", 0]), ...found];
      if (parts.length > 2) throw new FormulaError(piece, parts[2][1], "one = stands between a name and its formula, and here is another");
      if (found.length > 1 && !isName(book, parts[0][0]))
        throw new FormulaError(piece, parts[0][1], "in front of = stands the name of what is defined, and this is none");
      return parts;
    });
    yield { place: first + at, name, start: first + start, formula };
  }
}

/** @param {Book} book @param {string} text */
function isName(book, text) {
  if (book.matchAt("DEFINED", text, 0) === text) return true;
  try {
    const leaf = readFormula(book, text, new Map(), true);
    return leaf.op === null;
  } catch (error) {
    if (error instanceof FormulaError && !error.beyond) return false;
    throw error;
  }
}

/** The formulas by name, those without one by "0;", "1;", ... @param {Book} book @param {string} text */
function readLines(book, text) {
  /** @type {Map<string, Line>} */
  const lines = new Map();
  const taken = new Set();
  let i = 0;
  for (const line of split(book, text)) {
    const id = line.name && book.nameKey(line.name).id;
    if (line.name && taken.has(id)) throw new FormulaError(text, line.place, `${line.name} is defined twice`);
    taken.add(id);
    lines.set(line.name || `${i};`, line);
    i++;
  }
  if (!lines.size) throw new FormulaError(text, text.trimEnd().length, "there is no formula here");
  return lines;
}

/** The variables that no formula defines, and for each formula the names that it speaks of. @param {Book} book @param {string} text @param {Map<string, Line>} lines */
function findNames(book, text, lines) {
  /** @type {Names} */
  const known = new Map([...lines].filter(([, line]) => line.name).map(([name]) => [name, variable(1, name)]));
  /** @type {Names} */
  const free = new Map();
  /** @type {Map<string, string[]>} */
  const uses = new Map();
  for (const [key, line] of lines) within(text, line.start, () => {
    const before = new Map([...known, ...free]), there = new Set(before.values());
    const y = readFormula(book, line.formula, before, true);
    for (const [name, leaf] of variables(y)) if (!there.has(leaf)) free.set(name, leaf);
    const all = new Map([...known, ...free]), found = new Set(leavesOf(readFormula(book, line.formula, all, true)));
    uses.set(key, [...all].filter(([, leaf]) => found.has(leaf)).map(([name]) => name));
  });
  return { free, uses };
}

/** The nodes of formulas, each of which speaks of what is known or comes before it. @param {Book} book @param {string} text @param {string[]} order @param {Map<string, Line>} lines @param {Names} known */
function compute(book, text, order, lines, known) {
  /** @type {Names} */
  const found = new Map();
  for (const key of order) {
    const line = /** @type {Line} */ (lines.get(key));
    let y = within(text, line.start, () => readFormula(book, line.formula, known));
    if (!leavesOf(y).some((leaf) => leaf.op === null)) y = variable(y.data); // w = 0.5 is a variable, not a constant
    y.label ||= line.name;
    found.set(key, y);
    if (line.name) known.set(line.name, y);
  }
  return found;
}

/** The formulas, each after those that it uses. @param {string} text @param {Map<string, string[]>} uses @param {Map<string, Line>} lines */
function sort(text, uses, lines) {
  /** @type {Set<string>} */
  const done = new Set();
  for (const first of lines.keys()) {
    const way = [first];
    while (way.length) {
      const name = way[way.length - 1];
      const next = (uses.get(name) ?? []).find((each) => lines.has(each) && !done.has(each));
      if (next === undefined) done.add(/** @type {string} */ (way.pop()));
      else if (way.includes(next)) {
        const circle = [...way.slice(way.indexOf(next)), next];
        throw new FormulaError(text, lines.get(next)?.place ?? 0,
          circle.length > 2 ? `${next} is defined by itself, in a circle: ${circle.join(" → ")}` : `${name} is defined by itself`);
      } else way.push(next);
    }
  }
  return [...done];
}

/** An error in a part of a text knows its place in the whole. @template T @param {string} text @param {number} start @param {() => T} read @returns {T} */
function within(text, start, read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormulaError) throw new FormulaError(text, start + error.position, error.reason, error.beyond);
    throw error;
  }
}
