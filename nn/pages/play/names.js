// Names as mathematics: w1, w_1, w_{1} and w₁ are one name. As autograd/writing/names.py and autograd/formula/name_keys.py.
// @ts-check

/** @typedef {{ id: string, base: string, primes: number, up: string, down: string }} Key */

/**
 * Two signs that text lacks between the parts of a key.
 * @param {string} base @param {number} primes @param {string} up @param {string} down
 */
const identify = (base, primes, up, down) => [base, primes, up, down].join("\u0001");

/** @param {string} c */
export const isAlpha = (c) => /^\p{L}+$/u.test(c);
/** @param {string} c */
export const isAlnum = (c) => /^[\p{L}\p{N}]+$/u.test(c);
/** @param {string} text */
export const length = (text) => [...text].length;

/** What reads and writes names, after a grammar. @param {any} grammar */
export function namesAfter(grammar) {
  const { greek, accents, subscripts, superscripts } = grammar;
  const inverse = (/** @type {Record<string, string>} */ signs) =>
    Object.fromEntries(Object.entries(signs).filter(([plain, sign]) => plain !== sign).map(([plain, sign]) => [sign, plain]));
  const unsub = inverse(subscripts), unsup = inverse(superscripts);
  const LOW = "₀-₎ₐ-ₓₕ-ₜᵢᵣᵤᵥⱼ", HIGH = "⁰¹²³⁴-⁾ⁱⁿ";
  const translate = (/** @type {string} */ text, /** @type {Record<string, string>} */ signs) =>
    [...text].map((c) => signs[c] ?? c).join("");
  const own = (/** @type {Record<string, string>} */ table, /** @type {string} */ word) => (Object.hasOwn(table, word) ? table[word] : word);
  const compiled = (/** @type {string} */ name, flags = "u") => new RegExp(grammar.patterns[name][0], flags);
  const PARTS = new RegExp(`^(?:${grammar.patterns.PARTS[0]})$`, "u"), LOWERED = compiled("LOWERED", "gu"), NEW = compiled("NEW", "gu");

  /** What stands above or below a name; 1,2 is 12. @param {string} text */
  function script(text) {
    text = text.split(/\s+/u).join("").replaceAll("−", "-");
    const indices = text.split(",");
    return indices.every((index) => length(index) === 1) ? indices.join("") : own(greek, text);
  }

  /** @type {(base: string, primes?: number, up?: string, down?: string) => Key} */
  function keyOf(base, primes = 0, up = "", down = "") {
    base = [...base.normalize("NFC")].map((c) => (c === "ℓ" ? c : c.normalize("NFKC"))).join("");
    let above = script(up), below = script(down);
    const updated = !above && /^(.*?)[_,]?new$/su.exec(below);
    if (updated) [above, below] = ["new", updated[1]];
    const worn = /^(.)(hat|bar|tilde)$/su.exec(base), beside = length(base) === 1 && /^(hat|bar|tilde)_?(.*)$/su.exec(below);
    if (worn) base = worn[1] + accents[worn[2]];
    else if (beside) [base, below] = [base + accents[beside[1]], beside[2]];
    base = own(greek, base).normalize("NFC");
    return { id: identify(base, primes, above, below), base, primes, up: above, down: below };
  }

  /** On one line. @param {string} label */
  const oneLine = (label) => label.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Z}]/gu, (c) => (c === "\u200c" || c === "\u200d" ? c : " "))
    .split(" ").filter(Boolean).join(" ");

  /** Whether what stands above or below is a word, and no indices. @param {string} text */
  const isWord = (text) => isAlpha(text) && !/^(?:[i-m]{1,3}|[a-zA-Z])$/.test(text);

  /** A label as base, above and below; the base is "" where it is only text. @param {string} label */
  function parts(label) {
    const text = oneLine(label).replace(new RegExp(`[${LOW}]+`, "gu"), (run) => `_{${translate(run, unsub)}}`)
      .replace(new RegExp(`[${HIGH}]+`, "gu"), (run) => `^{${translate(run, unsup)}}`);
    const groups = PARTS.exec(text.normalize("NFD"))?.groups;
    const group = (/** @type {string} */ name) => (groups?.[name] ?? "").normalize("NFC");
    const digits = group("digits"), down = group("down") + group("down2") || digits;
    let base = group("base") + "′".repeat(length(groups?.prime ?? ""));
    const up = group("up") + group("up2") + group("up3") + group("up4");
    if ((digits && down !== digits) || (length(base) > 1 && !Object.hasOwn(greek, base) && isWord(down))) base = "";
    return { base, up, down };
  }

  /** @type {Map<string, Key>} */
  const keys = new Map();
  /** What all ways to write one name have in common. @param {string} label @returns {Key} */
  function nameKey(label) {
    let key = keys.get(label);
    if (!key) {
      const text = label.replace(LOWERED, (run) => `_{${spell(run)}}`).replace(NEW, "^{new}").replaceAll("’", "′");
      const { base, up, down } = parts(text.replace(/\^(\[[\p{L}\p{N}_]+\]|[+*](?=_|$))/gu, "^{$1}"));
      const bare = base.replace(/′+$/u, "");
      key = bare ? keyOf(bare, length(base) - length(bare), up, down) : { id: identify("", 0, label, ""), base: "", primes: 0, up: label, down: "" };
      keys.set(label, key);
    }
    return key;
  }

  /** Signs above or below the line as plain ones. @param {string} signs */
  const spell = (signs) => [...signs].map((c) => grammar.low[c] ?? grammar.high[c] ?? c).join("");
  /** @param {string} text */
  function lower(text) {
    const lowered = translate(text, subscripts);
    return new RegExp(`^[${LOW},]*$`, "u").test(lowered) ? lowered : `_${text}`;
  }
  /** @param {string} text */
  function raise(text) {
    const raised = translate(text, superscripts);
    return new RegExp(`^[${HIGH}]*$`, "u").test(raised) ? raised : "";
  }

  /** A label as it is drawn: w_11 as w₁₁. @param {string} label */
  function pretty(label) {
    const below = /_\{([^{}]*)\}|_([\p{Nd},]+)(?![A-Za-z])|_([a-z])(?![A-Za-z0-9_])/gu;
    const text = oneLine(label).replace(below, (_, ...found) => lower(found.slice(0, 3).find((x) => x !== undefined)));
    return text.replace(/\^\{([^{}]*)\}|\^(\p{Nd}+)/gu, (whole, a, b) => raise(a ?? b) || whole);
  }

  /** A label in a line of text. @param {string} label */
  function textName(label) {
    const { base, up, down } = parts(label);
    if (!base) return pretty(label) || (label ? "?" : "");
    const letter = grammar.signWords.includes(base) ? base : own(greek, base);
    return letter + (up ? raise(up) || `^${up}` : "") + (isWord(down) ? `_${down}` : lower(down));
  }

  return { keyOf, nameKey, pretty, textName, spell, greekOf: (/** @type {string} */ word) => own(greek, word) };
}

/** The first eight of some names, in a sentence. @param {string[]} names */
export const listNames = (names) => [...names.slice(0, 8), ...(names.length > 8 ? ["…"] : [])].join(", ");
