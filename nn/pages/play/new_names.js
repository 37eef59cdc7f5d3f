// The names that a text means where nobody gives them, as in autograd/formula/new_names.py.
// @ts-check

import { closest } from "./close_matches.js";
import { variable } from "./graph.js";
import { FormulaError, Lexer } from "./lexer.js";
import { isAlpha, length } from "./names.js";

/** @typedef {{ index: number, text: string, named: boolean }} Place */

/** A new variable of 1 for each name that a text means besides those that are given. @param {import("./lexer.js").Book} book @param {string} text @param {import("./lexer.js").Names} names */
export function inventNames(book, text, names) {
  const lexer = new Lexer(book, text, names), found = findNames(lexer);
  for (const [name, places] of found)
    if (places[0].named && !isGiven(lexer, names, name)) refuseFunctions(lexer, name, places);
  /** @type {Map<string, string>} */
  const fresh = new Map();
  for (const name of found.keys()) {
    const id = book.nameKey(name).id;
    if (!fresh.has(id) && !isGiven(lexer, names, name) && !lexer.isKnown(id)) fresh.set(id, name);
  }
  return new Map([...fresh.values()].map((name) => [name, variable(1, name)]));
}

/** The names in a text, and where they stand. @param {Lexer} lexer @returns {Map<string, Place[]>} */
function findNames(lexer) {
  const found = new Map(), { anywhere, grammar } = lexer.book;
  for (const match of lexer.text.matchAll(anywhere.NEW_NAME)) {
    const raised = match.groups?.raised, name = raised ? grammar.high[raised] : (match.groups?.name ?? "").trim();
    if (isNoName(lexer, name, match) || !name || name.startsWith("Σ")) continue;
    const place = { index: match.index ?? 0, text: match[0], named: match.groups?.name !== undefined };
    found.set(name, [...(found.get(name) ?? []), place]);
  }
  return found;
}

/** Whether what looks like a name is a constant, a function, or the sign in 2 x 0.2. @param {Lexer} lexer @param {string} name @param {RegExpMatchArray} match */
function isNoName(lexer, name, match) {
  const base = lexer.book.matchAt("NEW_BASE", name, 0).trim();
  const isNumber = base === name && Object.hasOwn(lexer.grammar.constants, lexer.book.greekOf(base));
  return Boolean(isNumber || lexer.function(base) || lexer.function(name) || isASign(lexer, name, match));
}

/** @param {Lexer} lexer @param {string} name @param {RegExpMatchArray} match */
function isASign(lexer, name, match) {
  if (name !== "x" && name !== "X") return false;
  const at = match.index ?? 0, before = lexer.text.slice(0, at), behind = lexer.text.slice(at + match[0].length);
  return /[0-9]\s+$/u.test(before) && /^\s+[-+−–]?\.?[0-9]/u.test(behind);
}

/** Whether the names that are given spell this one, alone or side by side. @param {Lexer} lexer @param {import("./lexer.js").Names} names @param {string} name */
function isGiven(lexer, names, name) {
  if (!lexer.given.size) return false;
  try {
    return [...new Lexer(lexer.book, name, names).tokens()].length > 0;
  } catch (error) {
    if (error instanceof FormulaError) return false;
    throw error;
  }
}

/** foo(x) is no product, nor is lg x; w(x + b) is one. @param {Lexer} lexer @param {string} name @param {Place[]} places */
function refuseFunctions(lexer, name, places) {
  const { nameKey, match } = lexer.book, { elsewhere, functions } = lexer.grammar;
  const word = [...(nameKey(name).base || name)].filter(isAlpha).join("").replace(/^Δ+/u, ""), small = word.toLowerCase();
  const behind = places.map((place) => lexer.text.slice(place.index + place.text.length));
  const called = behind.every((rest) => rest.trimStart().startsWith("("));
  const near = closest(small, Object.keys(functions).filter((each) => length(each) > 2), 0.7);
  const hint = Object.hasOwn(elsewhere, small) ? `; write ${elsewhere[small]}` : near === undefined ? "" : `; is ${near} meant?`;
  if (called && (length(word) > 1 || ("fgFG".includes(name) && behind.every((rest) => match("OF_A_NAME", rest, 0)))))
    throw lexer.error(places[0].index, `${name} is no function that is known here${hint}${hint ? "" : `; write ${name}·(…) for a product`}`);
  if (length(word) > 1 && hint && (lexer.text.trim() === name || behind.some((rest) => match("OPERAND", rest, 0))))
    throw lexer.error(places[0].index, `${name} is not known here${hint}`);
}
