// Tokens into a graph, after Pratt, as autograd/formula/parser.py reads them; how tightly signs hold comes from its grammar.
// @ts-check

import { apply, constant, grow, leavesOf } from "./graph.js";
import { FormulaError, Lexer, refuseBeyond, refuseIndices } from "./lexer.js";
import { length } from "./names.js";
import { inventNames } from "./new_names.js";

/** @typedef {import("./graph.js").Node} Node @typedef {import("./lexer.js").Token} Token */
/** @typedef {import("./lexer.js").Book} Book @typedef {import("./lexer.js").Names} Names */

/** The graph of a formula; inventing: each word that is none of names is a new variable. @param {Book} book @param {string} text @param {Names} names */
export function readFormula(book, text, names, inventing = false) {
  try {
    return new Parser(book, text, names, inventing).formula();
  } catch (error) {
    throw error instanceof FormulaError ? refuseIndices(book, text, error) : error;
  }
}

/** The leaves of a graph by name. @param {Node} y @returns {Names} */
export const variables = (y) => new Map(leavesOf(y).filter((leaf) => leaf.op === null && leaf.label).map((leaf) => [leaf.label, leaf]));

/** The formulas of a chain a = b, with the places where they begin. @param {Book} book @param {string} text @returns {[string, number][]} */
export function splitChain(book, text) {
  const cuts = [0];
  let depth = 0;
  for (const match of text.matchAll(book.anywhere.CHAIN)) {
    depth += Number("([{".includes(match[0])) - Number(")]}".includes(match[0]));
    if (depth <= 0 && match.groups?.relation) cuts.push(match.index ?? 0, (match.index ?? 0) + match[0].length);
  }
  cuts.push(text.length);
  /** @type {[string, number][]} */
  const pieces = [];
  for (let i = 0; i + 1 < cuts.length; i += 2) pieces.push([text.slice(cuts[i], cuts[i + 1]), cuts[i]]);
  if (pieces.length > 1 && !pieces[0][0].trim()) pieces.shift();
  for (const [piece, start] of pieces)
    if (!piece.trim()) throw new FormulaError(text, start + piece.length, "here a formula is expected");
  return pieces.map(([piece, start]) => [piece.trim(), start + piece.length - piece.trimStart().length]);
}

class Parser {
  /** @param {Book} book @param {string} text @param {Names} names @param {boolean} inventing */
  constructor(book, text, names, inventing) {
    const { grammar } = book, n = length(text);
    if (n > grammar.longest)
      throw new FormulaError(text, [...text].slice(0, grammar.longest).join("").length,
        `a formula has up to ${grouped(grammar.longest)} characters, and this text has ${grouped(n)}`);
    refuseBeyond(book, text);
    const fresh = inventing ? inventNames(book, text, names) : new Map();
    this.lexer = new Lexer(book, text, new Map([...names, ...fresh]), names.keys());
    this.book = book;
    this.grammar = grammar;
    this.levels = grammar.levels;
    this.text = this.lexer.text;
    this.stream = this.lexer.tokens();
    /** @type {Token[]} */
    this.before = [];
    /** @type {Token[]} */
    this.open = [];
    this.depth = 0;
    this.token = this.pull();
  }

  /** @returns {Token} */
  pull() { return /** @type {Token} */ (this.stream.next().value); }
  /** @param {number} at @param {string} reason */
  error(at, reason) { return this.lexer.error(at, reason); }
  /** @param {string} kind */
  opens(kind) { return Object.hasOwn(this.grammar.closing, kind); }
  /** @param {string} kind */
  closes(kind) { return Object.values(this.grammar.closing).includes(kind); }

  formula() {
    if (this.token.kind === "end") throw this.error(this.token.start, "there is no formula here");
    const y = this.expression();
    if (this.token.kind !== "end") throw this.misplaced();
    return y;
  }

  advance() {
    const token = this.token;
    this.before.push(token);
    this.token = this.pull();
    return token;
  }

  /** Refuse the token that stands where a sign, a factor or the end could have stood. */
  misplaced() {
    const { kind, start } = this.token, opened = this.open[this.open.length - 1];
    if (kind === "end") return this.error(opened.start, "this bracket is never closed");
    if (kind === "," && /[0-9]\{?$/.test(this.text.slice(0, start)) && /^,\}?[0-9]/.test(this.text.slice(start)))
      return this.error(start, `a number has a point, as in 0.5; ${this.grammar.misplaced[","]}`);
    const closing = opened ? this.grammar.closing[opened.kind] : "";
    if (closing && this.closes(kind)) return this.error(start, `here ${closing.replace("right", "\\right")} is expected`);
    return this.error(start, this.grammar.misplaced[kind]);
  }

  openBracket() { this.open.push(this.advance()); }
  closeBracket() {
    if (this.token.kind !== this.grammar.closing[this.open[this.open.length - 1].kind]) throw this.misplaced();
    this.open.pop();
    this.advance();
  }

  // ---- the loop

  /** All that holds together more tightly than binding. @returns {Node} */
  expression(binding = 0) {
    let left = this.operand(binding);
    while (this.binding() > binding) left = this.goOn(left, binding);
    return left;
  }

  /** An expression inside of another one: so deep, and no deeper. */
  deeper(binding = 0) {
    if (++this.depth > this.grammar.deepest)
      throw this.error(this.before[this.before.length - 1].start, `brackets and powers in one another go up to ${this.grammar.deepest} here`);
    const inside = this.expression(binding);
    this.depth--;
    return inside;
  }

  binding() {
    const { kind } = this.token, closes = kind === "|" && this.open.length && this.open[this.open.length - 1].kind === "|";
    return closes || !Object.hasOwn(this.grammar.binding, kind) ? 0 : this.grammar.binding[kind];
  }

  /** left, with the sign that stands here and what is right of it, or with one more factor. @param {Node} left @param {number} binding */
  goOn(left, binding) {
    const { token, grammar } = this, before = this.before[this.before.length - 1];
    if (Object.hasOwn(grammar.arithmetic, token.kind)) {
      this.advance();
      return apply(grammar.arithmetic[token.kind], left, this.expression(grammar.binding[token.kind]));
    }
    if (token.kind === "/" || token.kind === "^") {
      this.advance();
      return token.kind === "/" ? apply("div", left, this.divisor(before)) : this.power(left);
    }
    if (token.kind === "number") throw this.error(token.start, "a number stands in front of other factors: a sign is expected here, such as ·");
    const behindANumber = left.op === "constant" && before.kind !== "name";
    if (binding === this.levels.ARGUMENT && this.opens(token.kind) && !behindANumber)
      throw this.error(token.start, `${grammar.inTwoWays}: put the whole argument of the function in brackets`);
    return apply("mul", left, this.expression(this.levels.BESIDE));
  }

  /** What stands behind a division sign. @param {Token} above */
  divisor(above) {
    const first = this.token, { PRODUCT, BEFORE_FUNCTION, BESIDE } = this.levels;
    const fraction = above.kind === "number" && first.kind === "number" && this.before[this.before.length - 3]?.kind !== "^";
    let below = this.operand(PRODUCT);
    if (fraction && ["(", "[", "{"].includes(this.token.kind) && /\s/u.test(this.text[this.token.start - 1])) return below;
    if (fraction && [BEFORE_FUNCTION, BESIDE].includes(this.binding())) {
      const a = this.text.slice(above.start, above.end), b = this.text.slice(first.start, first.end);
      throw this.error(this.token.start, `${this.grammar.inTwoWays}: write (${a}/${b})·… or ${a}/(${b}·…)`);
    }
    while (this.binding() > PRODUCT) below = this.goOn(below, PRODUCT);
    return below;
  }

  /** @param {Node} base */
  power(base) {
    const start = this.token.start;
    return this.raiseTo(base, this.deeper(this.levels.BESIDE), start);
  }

  /** base ** exponent, unless that is a number too large. @param {Node} base @param {Node} exponent @param {number} start */
  raiseTo(base, exponent, start) {
    const number = exponent.op === "neg" ? exponent.inputs[0] : exponent, ofTen = base.op === "constant" && base.data === 10;
    if (number.op === "constant" && Number.isInteger(number.data) && number.data > this.grammar.highest && !ofTen)
      throw this.error(start, `whole-number exponents go up to ${this.grammar.highest} here`);
    return apply("pow", base, exponent);
  }

  // ---- operands

  /** What an expression can begin with. @param {number} binding @returns {Node} */
  operand(binding) {
    const { token, grammar } = this, { kind } = token, last = this.before[this.before.length - 1]?.kind;
    const atTheFront = last === undefined || this.opens(last) || last === ",";
    if (kind === "-" || (kind === "+" && atTheFront)) {
      this.advance();
      const inside = this.deeper(Math.max(this.levels.NEGATION, binding));
      return kind === "-" ? apply("neg", inside) : inside;
    }
    if (["name", "number", "constant", "∞"].includes(kind)) return this.leaf(this.advance());
    if (this.opens(kind)) {
      const [inside] = this.group(false, kind === "[");
      return kind.includes("|") ? apply("abs", inside) : inside;
    }
    if (kind === "function") return this.function(this.advance());
    if (kind === "root" || kind === "cube root") return this.root(this.advance());
    if (kind === "step") {
      this.advance();
      return this.step();
    }
    if (["=", "⇒", "prime", "_", ","].includes(kind) || (this.closes(kind) && !this.open.length)) throw this.misplaced();
    throw this.error(token.start, grammar.wanted);
  }

  /** A name or a number; e with an exponent is the exponential function. @param {Token} token @returns {Node} */
  leaf(token) {
    if (token.kind === "name") return token.what;
    if (token.kind === "constant" && token.what === Math.E && this.token.kind === "^") {
      this.advance();
      return apply("exp", this.deeper(this.levels.BESIDE));
    }
    return constant(token.kind === "∞" ? Infinity : token.what);
  }

  /** What stands in brackets: an expression, the arguments of a function, or a comparison perhaps. @returns {Node[]} */
  group(manyAllowed = false, comparison = false) {
    this.openBracket();
    const inside = [this.deeper()];
    if (comparison && this.isAtAComparison()) inside[0] = this.compare(inside[0]);
    while (manyAllowed && this.token.kind === ",") {
      this.advance();
      inside.push(this.deeper());
    }
    this.closeBracket();
    return inside;
  }

  isAtAComparison() {
    return this.grammar.comparisons.includes(this.token.kind) || ["=", "=="].includes(this.text.slice(this.token.start, this.token.end));
  }

  /** 1 where left > right, and so on, else 0. @param {Node} left */
  compare(left) {
    const sign = this.advance().kind;
    let right = this.deeper();
    if (sign === "=") return apply("equal", left, right);
    if (sign === "<" || sign === "≥") [left, right] = [right, left];
    const above = apply("greater", left, right);
    return sign === "<" || sign === ">" ? above : apply("sub", 1, above);
  }

  /** The comparison behind 1_: in one pair of brackets or in two. */
  step() {
    let openers = 1;
    this.openBracket();
    if (this.token.kind === "{") {
      openers = 2;
      this.openBracket();
    }
    const left = this.deeper();
    if (!this.isAtAComparison()) throw this.error(this.token.start, "here a comparison is expected, as in 1_{x > 0}");
    const inside = this.compare(left);
    for (; openers; openers--) this.closeBracket();
    return inside;
  }

  /** The square root, or the cube root, of a group, or of a factor with its power. @param {Token} sign */
  root(sign) {
    const inside = ["(", "{"].includes(this.token.kind) ? this.group()[0] : this.deeper(this.levels.BESIDE);
    return apply(sign.kind === "cube root" ? "cbrt" : "sqrt", inside);
  }

  // ---- functions

  /** A function with its arguments, perhaps raised to a power, or inverted by ⁻¹. @param {Token} token */
  function(token) {
    const spelling = this.text.slice(token.start, token.end), { inverse, inTwoWays } = this.grammar;
    let op = token.what, exponent = null, start = 0;
    if (this.token.kind === "prime")
      throw new FormulaError(this.lexer.written, this.lexer.places[this.token.start], "this page reads no derivative of a function by a prime: the library does, in Python", true);
    if (this.token.kind === "^") {
      this.advance();
      start = this.token.start;
      exponent = this.exponent();
    }
    if (exponent && exponent.op === "neg" && exponent.inputs[0].op === "constant" && exponent.data === -1) {
      if (!Object.hasOwn(inverse, op)) throw this.error(start, `${inTwoWays}: write 1/${spelling}(…), or the inverse function by its name`);
      [op, exponent] = [inverse[op], null];
    }
    const bracketed = ["(", "[", "{"].includes(this.token.kind);
    const y = this.apply(op, bracketed ? this.group(true) : [this.deeper(this.levels.ARGUMENT)], token);
    return exponent ? this.raiseTo(y, exponent, start) : y;
  }

  /** What stands above the name of a function. @returns {Node} */
  exponent() {
    if (this.token.kind === "(" || this.token.kind === "{") return this.group()[0];
    const minus = this.token.kind === "-" && this.advance();
    if (this.token.kind !== "name" && this.token.kind !== "number") throw this.error(this.token.start, this.grammar.wanted);
    const inside = this.leaf(this.advance());
    return minus ? apply("neg", inside) : inside;
  }

  /** The function of its arguments, if they are as many as it takes. @param {string} op @param {Node[]} args @param {Token} token */
  apply(op, args, token) {
    const { secondArgument, composed } = this.grammar, made = Object.hasOwn(composed, op) ? composed[op] : null;
    const row = made ?? this.book.table[op], spelling = this.text.slice(token.start, token.end);
    if (row.refused) throw new FormulaError(this.lexer.written, this.lexer.places[token.start], row.refused, true);
    if (Object.hasOwn(secondArgument, op) && args.length === 1) args.push(constant(secondArgument[op]));
    if ((op === "maximum" || op === "minimum") && args.length > 2) return args.reduce((a, b) => apply(op, a, b));
    if (row.arity !== null && row.arity !== args.length) {
      const count = `${spelling} takes ${row.arity === 1 ? "1 argument" : `${row.arity} arguments`}, not ${args.length}`;
      const comma = /[0-9],[0-9]/.test(this.text.slice(token.start, this.token.start));
      throw this.error(token.start, comma ? `${count}; a number has a point, as in 0.5` : count);
    }
    if (row.arity === null && args.length >= row.sizes.length)
      throw new FormulaError(this.lexer.written, this.lexer.places[token.start], `${spelling} takes up to ${row.sizes.length - 1} arguments in this page`, true);
    return made ? grow(made.tree, args) : apply(op, ...args);
  }
}

/** @param {number} n */
const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
