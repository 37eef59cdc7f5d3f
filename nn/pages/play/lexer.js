// Text into tokens, as autograd/formula/lexer.py reads it: the names decide what letters side by side are.
//
// Patterns, signs and words come from the library's grammar; latex.js has written LaTeX as plain text where it can. What only
// the library reads, such as derivatives within a formula, is refused with a sentence that says so, and never read as something else.
// @ts-check

import { closest } from "./close_matches.js";
import { isAlnum, isAlpha, length, listNames, namesAfter } from "./names.js";
import { undressAfter } from "./undress.js";

/** @typedef {import("./names.js").Key} Key */
/** @typedef {import("./graph.js").Node} Node */
/** @typedef {{ kind: string, start: number, end: number, what?: any }} Token */
/** @typedef {Map<string, Node>} Names */

/** A text that cannot be read; beyond: that this page cannot read, and the library can. */
export class FormulaError extends Error {
  /** @param {string} text @param {number} position @param {string} reason */
  constructor(text, position, reason, beyond = false) {
    super(reason);
    this.text = text;
    this.position = position;
    this.reason = reason;
    this.beyond = beyond;
  }
}

const OF_THE_LIBRARY = "the library reads it, in Python";
const DERIVATIVE = /∂|(?<![\p{L}\p{N}_])d(?:\s*\^?\s*[2-9²³])?(?:\s*[^\s/()+*·=;,[\]{}-]*)\s*\/\s*d(?!\s*[-+*/·=;,)\]}]|\s*$)/u;

/** Refuse what this page does not read: LaTeX, d/dx, and dL/dw. @param {Book} book @param {string} text */
export function refuseBeyond(book, text) {
  const command = text.indexOf("\\"), slope = DERIVATIVE.exec(text) ?? [...text.matchAll(book.anywhere.OPERATOR)][0];
  if (command >= 0) throw new FormulaError(text, command, `this page reads plain text, and here stands LaTeX: ${OF_THE_LIBRARY}, as parse(r"…")`, true);
  if (slope) throw new FormulaError(text, slope.index, `this page works out no derivative within a formula: ${OF_THE_LIBRARY}`, true);
}

/** What cannot be read here, and has signs of sums over an index, vectors or matrices. @param {Book} book @param {string} text @param {FormulaError} error */
export function refuseIndices(book, text, error) {
  const sign = [...text.matchAll(book.anywhere.INDEXED)][0];
  const reason = `this page reads no sums over an index, no vectors and matrices: ${OF_THE_LIBRARY}`;
  return sign && !error.beyond ? new FormulaError(text, sign.index, reason, true) : error;
}

/** The books that all readers share: patterns compiled, names read. @param {any} grammar @param {any} table */
export function openBook(grammar, table) {
  const sticky = /** @type {Record<string, RegExp>} */ ({}), anywhere = /** @type {Record<string, RegExp>} */ ({});
  for (const [name, [source, flags]] of Object.entries(/** @type {Record<string, [string, string]>} */ (grammar.patterns))) {
    sticky[name] = new RegExp(source, `uy${flags}`);
    anywhere[name] = new RegExp(source, `gu${flags}`);
  }
  const match = (/** @type {string} */ name, /** @type {string} */ text, /** @type {number} */ at) => {
    sticky[name].lastIndex = at;
    return sticky[name].exec(text);
  };
  const undress = undressAfter(grammar);
  /** @type {Map<string, import("./undress.js").Plain>} */
  const undressed = new Map();
  return {
    grammar, table, match, anywhere, ...namesAfter(grammar),
    matchAt: (/** @type {string} */ name, /** @type {string} */ text, /** @type {number} */ at) => match(name, text, at)?.[0] ?? "",
    undress: (/** @type {string} */ text) => {
      if (!undressed.has(text)) undressed.set(text, undress(text));
      return /** @type {import("./undress.js").Plain} */ (undressed.get(text));
    },
  };
}

/** @typedef {ReturnType<typeof openBook>} Book */

/** How Python writes a character. @param {string} c */
function quoted(c) {
  const hex = (/** @type {number} */ n) => (c.codePointAt(0) ?? 0).toString(16).padStart(n, "0"), code = c.codePointAt(0) ?? 0;
  if (c === "'") return `"'"`;
  if (c === "\\") return "'\\\\'";
  if (/[^\p{C}\p{Z}]| /u.test(c)) return `'${c}'`;
  const named = /** @type {Record<string, string>} */ ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[c];
  return `'${named ?? (code < 256 ? `\\x${hex(2)}` : code < 65536 ? `\\u${hex(4)}` : `\\U${hex(8)}`)}'`;
}

/** The tokens of a text, one after the other, so that the first mistake is the one that is reported. */
export class Lexer {
  /** @param {Book} book @param {string} text @param {Names} names @param {Iterable<string>} [given] */
  constructor(book, text, names, given) {
    const plain = book.undress(text);
    this.book = book;
    this.grammar = book.grammar;
    this.written = text;
    this.text = plain.text;
    this.places = plain.places;
    this.start = this.text.length - this.text.trimStart().length;
    this.end = this.text.trimEnd().length;
    /** @type {Token | null} */
    this.last = null;
    /** @type {Map<number, [string, number] | null>} */
    this.units = new Map();
    /** @type {Map<string, string>} */
    this.labels = new Map();
    /** @type {Map<string, Node>} */
    this.known = new Map();
    /** @type {Set<string>} */
    this.layered = new Set();
    /** @type {[string, string][]} */
    this.literals = [];
    /** @type {string[]} */
    this.bases_ = [];
    for (const [label, node] of names) {
      const key = book.nameKey(label);
      this.labels.set(key.id, label);
      this.known.set(key.id, node);
      this.bases_.push(key.base);
      if (key.base && key.up.startsWith("(")) this.layered.add(key.base);
      if (!key.base) for (const spelling of [label, key.up, book.textName(label)])
        if (spelling.trim()) this.literals.push([book.undress(spelling).text, key.id]);
    }
    this.literals.sort((a, b) => length(b[0]) - length(a[0]));
    this.given = new Set([...(given ?? names.keys())].map((label) => book.nameKey(label).id));
  }

  /** Each token; the last is of kind "end". @returns {Generator<Token, void>} */
  *tokens() {
    let at = this.start;
    while (at < this.end) {
      const blanks = this.match("BLANKS", at);
      if (blanks) at += blanks[0].length;
      else for (const token of this.next(at)) {
        this.last = token;
        yield token;
        at = token.end;
      }
    }
    yield { kind: "end", start: this.end, end: this.end };
  }

  /** @param {string} name @param {number} at */
  match(name, at) { return this.book.match(name, this.text, at); }
  /** @param {string} name @param {number} at */
  matched(name, at) { return this.book.matchAt(name, this.text, at); }
  /** @param {number} at */
  at(at) { return at < this.text.length ? String.fromCodePoint(/** @type {number} */ (this.text.codePointAt(at))) : ""; }
  /** @param {string} id */
  isKnown(id) { return this.known.has(id); }

  /** The tokens that begin here. @param {number} at @returns {Iterable<Token>} */
  next(at) {
    const { grammar, text } = this, c = this.at(at);
    let match;
    const literal = this.literal(at);
    if (literal) return [literal];
    if ((match = this.match("STEP", at))) return [{ kind: "step", start: at, end: at + match[0].length }];
    if ((match = this.match("NUMBER", at))) return [this.number(at, match)];
    if (Object.hasOwn(grammar.fractions, c)) return [{ kind: "number", start: at, end: at + 1, what: grammar.fractions[c] }];
    if ((match = this.match("RAISED", at))) return this.exponent(at, match[0]);
    const times = !this.last || this.last.kind === "number";
    if (!this.given.has(this.book.keyOf("T").id) && this.match("TRANSPOSED", at) && !times)
      throw this.error(at, "this transposes a vector, and numbers stand here: write the sum, w_1 x_1 + w_2 x_2");
    if ("xX".includes(c) && this.isTimes(at)) return [{ kind: "·", start: at, end: at + 1 }];
    if (this.unit(at)) return this.run(at);
    if ((match = this.match("SIGN", at))) {
      const kind = grammar.signs[match[0]];
      if (Object.hasOwn(grammar.long, kind)) throw this.error(at, grammar.long[kind]);
      return [{ kind, start: at, end: at + match[0].length }];
    }
    throw this.error(at, `the character ${quoted(c)} means nothing here`);
  }

  /** @param {number} at @param {string} reason */
  error(at, reason) { return new FormulaError(this.written, this.places[at], reason); }

  /** A number, with its exponent; 2E-1 is none where E is a name. @param {number} at @param {RegExpExecArray} match @returns {Token} */
  number(at, match) {
    let [text, mantissa, letter, exponent] = match, end = at + text.length;
    const apart = letter ? null : this.match("APART", end), minus = (/** @type {string} */ x) => x.replace(/[−–]/gu, "-");
    if (apart) {
      [letter, exponent] = [apart[1], apart[2]];
      [text, end] = [`${text}e${exponent}`, end + apart[0].length];
      if (exponent.includes(" "))
        throw this.error(at, `${this.grammar.inTwoWays}: write ${mantissa}e${exponent.trim()}, or a sign between the factors`);
    }
    const doubtful = letter && (/^\p{Nd}+$/u.test(mantissa) || apart) && exponent.replace(/^[-+−–]+/u, "")[0] !== "0";
    if (doubtful && this.isKnown(this.book.keyOf(letter).id))
      throw this.error(at, `${this.grammar.inTwoWays}, as ${letter} is a name here: write ${mantissa}·10^${minus(exponent)}, or a sign behind ${letter}`);
    return { kind: "number", start: at, end, what: Number(minus(text).replace(/\s/gu, "")) };
  }

  /** Whether an x between two factors is a sign of multiplication. @param {number} at */
  isTimes(at) {
    const before = this.last, behind = this.match("FACTOR", at + 1), letter = this.text[at];
    if (!before || !behind || !["number", "name", "constant", ")", "]", "}"].includes(before.kind)) return false;
    const numbers = before.kind === "number" && behind.groups?.number !== undefined;
    if ([...this.names(at)].some(([end, key]) => end > at + 1 && this.isKnown(key.id))) return false;
    if (this.isKnown(this.book.keyOf(letter).id)) {
      if (numbers && /\s/u.test(this.text[at - 1]) === /\s/u.test(this.text[at + 1]))
        throw this.error(at, `${this.grammar.inTwoWays}, as ${letter} is a name here: write ·`);
      return false;
    }
    return numbers || !this.bases_.some((base) => base.toLowerCase() === "x");
  }

  /** The error for a name, with the nearest one that is known, or all that are. @param {number} at @param {string} spelling */
  unknown(at, spelling) {
    const names = [...this.labels.values()], cut = [...spelling].slice(0, this.grammar.longestName).join("");
    const near = closest(cut, [...names, ...Object.keys(this.grammar.functions).filter((word) => length(word) > 2)]);
    const hint = names.length ? `; the names are ${listNames(names)}` : "";
    return this.error(at, `${cut} is not known here${near === undefined ? hint : `; is ${near} meant?`}`);
  }

  // ---- names

  /** A name that is no mathematics, spelt just so. @param {number} at @returns {Token | null} */
  literal(at) {
    for (const [spelling, id] of this.literals) {
      const end = at + spelling.length;
      if (!this.text.startsWith(spelling, at)) continue;
      const goesOn = this.match("GOES_ON", end) || (isAlnum([...spelling].at(-1) ?? "") && this.unit(end));
      if (!goesOn) return { kind: "name", start: at, end, what: this.known.get(id) };
    }
    return null;
  }

  /** All that could be a name here, known or not: its key, by where it ends. @param {number} at @returns {Map<number, Key>} */
  names(at) {
    const found = new Map();
    for (const [end, base, whole] of this.bases(at)) {
      const primes = whole ? this.matched("PRIMES", end) : "", digits = whole ? this.matched("DIGITS", end + primes.length) : "";
      const behind = end + primes.length + digits.length;
      for (let [stop, up, down] of whole ? this.scripts(behind) : /** @type {[number, string, string][]} */ ([[end, "", ""]])) {
        if (digits && down === "new") [up, down] = [down, ""];
        const key = this.book.keyOf(base, primes.length, up, digits || down);
        const goesOn = this.layered.has(key.base) && !up ? "LAYER_AHEAD" : "GOES_ON";
        if (!this.match(goesOn, stop) && !(digits && down)) found.set(stop, key);
      }
    }
    return new Map([...found].sort(([a], [b]) => a - b));
  }

  /** The letters that a name could begin with: where they end, and whether no more follow. @param {number} at @returns {Generator<[number, string, boolean]>} */
  *bases(at) {
    let letters = "", end = at;
    for (let unit; (unit = this.unit(end)) && length(letters) <= this.grammar.longestName; ) {
      [letters, end] = [letters + unit[0], unit[1]];
      yield [end, letters, this.unit(end) === null];
    }
  }

  /** One letter, with an accent perhaps, and where it ends. @param {number} at @returns {[string, number] | null} */
  unit(at) {
    let unit = this.units.get(at);
    if (unit === undefined) this.units.set(at, (unit = at < this.end ? this.letter(at) : null));
    return unit;
  }

  /** @param {number} at @returns {[string, number] | null} */
  letter(at) {
    const letter = this.at(at), { low, high, accents } = this.grammar;
    let end = at + letter.length;
    if (!(isAlpha(letter) || letter === "∇") || Object.hasOwn(low, letter) || Object.hasOwn(high, letter) || letter === "ᵀ") return null;
    while (end < this.end && Object.values(accents).includes(this.text[end])) end++;
    return [this.text.slice(at, end).normalize("NFC"), end];
  }

  /** What may stand above and below a name, in either order. @param {number} at @returns {Generator<[number, string, string]>} */
  *scripts(at) {
    yield [at, "", ""];
    for (const [end, down] of this.below(at)) {
      yield [end, "", down];
      for (const [stop, up] of this.above(end)) yield [stop, up, down];
    }
    for (const [end, up] of this.above(at)) {
      yield [end, up, ""];
      for (const [stop, down] of this.below(end)) yield [stop, up, down];
    }
  }

  /** @param {number} at @returns {Generator<[number, string]>} */
  *below(at) {
    const run = this.match("LOWERED", at);
    if (run) yield [at + run[0].length, this.book.spell(run[0])];
    else if (this.text[at] === "_") yield* this.script(at + 1);
  }

  /** @param {number} at @returns {Generator<[number, string]>} */
  *above(at) {
    const run = this.match("RAISED", at);
    if (run) {
      const plain = this.book.spell(run[0]);
      for (let n = 1; n <= plain.length; n++) yield [at + n, plain.slice(0, n)];
    } else if (this.text[at] === "^") yield* this.script(at + 1);
  }

  /** What could stand behind _ or ^: a group, or so many characters as make a known name. @param {number} at @returns {Generator<[number, string]>} */
  *script(at) {
    let match;
    if ((match = this.match("BRACED", at))) yield [at + match[0].length, match[1]];
    else if ((match = this.match("IN_BRACKETS", at) ?? this.match("ALONE", at))) yield [at + match[0].length, match[0]];
    else if ((match = this.match("BARE", at))) {
      let end = 0, n = 0;
      for (const c of match[0]) {
        if (n++ === this.grammar.longestName) break;
        end += c.length;
        yield [at + end, match[0].slice(0, end)];
      }
    }
  }

  // ---- letters side by side

  /** Letters as names, functions and constants: the longest first whose rest can be cut up, too. @param {number} at @returns {Generator<Token>} */
  *run(at) {
    const starts = [at];
    for (let unit; (unit = this.unit(starts[starts.length - 1])); ) starts.push(unit[1]);
    const most = this.grammar.longestName;
    if (starts.length > most + 1) throw this.error(at, `here over ${most} letters stand side by side`);
    const stop = starts[starts.length - 1];
    /** @type {Map<number, Token>} */
    const best = new Map();
    for (const start of starts.slice(0, -1).reverse())
      for (const piece of this.pieces(start, start === at, stop))
        if (piece.end >= stop || best.has(piece.end)) { best.set(start, piece); break; }
    if (!best.has(at)) {
      if (this.text[at] === "Σ") throw this.error(at, this.grammar.long.sum);
      throw this.unknown(at, this.text.slice(at, stop) + this.matched("BEHIND_A_NAME", stop));
    }
    for (let piece; (piece = best.get(at)); at = piece.end) yield this.addBase(piece);
  }

  /** @param {number} start @param {boolean} whole whether no letter stands in front @param {number} stop */
  pieces(start, whole, stop) {
    /** @type {Token[]} */
    const named = [...this.names(start)].filter(([, key]) => this.isKnown(key.id))
      .map(([end, key]) => ({ kind: "name", start, end, what: this.known.get(key.id) }));
    return [...named, ...this.words(start, whole, stop)].sort((a, b) => b.end - a.end);
  }

  /** Functions and constants that begin here. @param {number} start @param {boolean} whole @param {number} stop */
  words(start, whole, stop) {
    const { grammar, text } = this;
    /** @type {Token[]} */
    const found = [];
    /** @type {[number, string][]} */
    const words = [...this.bases(start)].map(([end, letters]) => [end, letters]);
    const long = this.match("FUNCTION_WORD", start);
    if (long && start + long[0].length > stop) words.push([start + long[0].length, long[0]]);
    for (let [end, word] of words) {
      const alone = whole && end >= stop, op = this.function(word);
      if (op && (alone || grammar.inWords.includes(word))) found.push({ kind: "function", start, end, what: op });
      word = this.book.greekOf(word);
      const inFrontOfAPower = word === "e" && end >= stop && this.match("TO_A_POWER", end);
      if (Object.hasOwn(grammar.constants, word) && (alone || word === "π" || inFrontOfAPower))
        found.push({ kind: "constant", start, end, what: Number(grammar.constants[word]) });
    }
    return found;
  }

  /** The operation that a word names. @param {string} word @returns {string | undefined} */
  function(word) {
    const { functions } = this.grammar, name = this.book.greekOf(word);
    if (Object.hasOwn(functions, name)) return functions[name];
    const small = name.toLowerCase();
    return length(name) > 1 && Object.hasOwn(functions, small) ? functions[small] : undefined;
  }

  /** A logarithm with the base that stands behind it; any other token as it is. @param {Token} token @returns {Token} */
  addBase(token) {
    if (token.what !== "log" || token.kind !== "function" || !this.text.slice(0, token.end).toLowerCase().endsWith("log")) return token;
    const base = this.match("LOG_BASE", token.end);
    if (base) return { ...token, end: token.end + base[0].length, what: this.grammar.bases[base[1] ?? base[2]] };
    const behind = this.matched("GOES_ON", token.end);
    if (/^[0-9]/.test(behind)) throw this.error(token.start, `${this.grammar.inTwoWays}: write log_2(x), or log(2x)`);
    if (behind === "_" || Object.hasOwn(this.grammar.low, behind))
      throw this.error(token.end, "a logarithm has the base e, 2 or 10 here: write log(x)/log(b) for others");
    return token;
  }

  /** Raised signs, as ^ and a pair of braces. @param {number} at @param {string} signs @returns {Generator<Token>} */
  *exponent(at, signs) {
    const end = at + signs.length;
    yield { kind: "^", start: at, end: at };
    yield { kind: "{", start: at, end: at };
    for (const part of this.book.spell(signs).matchAll(/[0-9]+|./gu)) {
      const start = at + (part.index ?? 0), stop = start + part[0].length, key = this.book.keyOf(part[0]).id;
      if (/^[0-9]/.test(part[0])) yield { kind: "number", start, end: stop, what: Number(part[0]) };
      else if (isAlpha(part[0])) {
        if (!this.isKnown(key)) throw this.unknown(start, part[0]);
        yield { kind: "name", start, end: stop, what: this.known.get(key) };
      } else yield { kind: this.grammar.signs[part[0]], start, end: stop };
    }
    yield { kind: "}", start: end, end };
  }
}
