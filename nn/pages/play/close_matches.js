// Which known word is the nearest to one that is not: the measure of Ratcliff and Obershelp (1988), as in Python's difflib.
// @ts-check

/** Twice the letters in common, over all letters. @param {string} a @param {string} b */
export function likeness(a, b) {
  const x = [...a], y = [...b], open = [[0, x.length, 0, y.length]];
  let common = 0;
  for (let next; (next = open.pop()); ) {
    const [from, to, low, high] = next;
    let [at, beside, size] = [from, low, 0];
    /** @type {Map<number, number>} */
    let before = new Map();
    for (let i = from; i < to; i++) {
      const here = new Map();
      for (let j = low; j < high; j++) {
        if (x[i] !== y[j]) continue;
        const k = (before.get(j - 1) ?? 0) + 1;
        here.set(j, k);
        if (k > size) [at, beside, size] = [i - k + 1, j - k + 1, k];
      }
      before = here;
    }
    if (!size) continue;
    common += size;
    open.push([from, at, low, beside], [at + size, to, beside + size, high]);
  }
  return x.length + y.length ? (2 * common) / (x.length + y.length) : 1;
}

/** The nearest of some words, or undefined. @param {string} word @param {Iterable<string>} words */
export function closest(word, words, cutoff = 0.6) {
  let best, most = cutoff;
  for (const each of words) {
    const how = likeness(each, word);
    if (how > most || (how === most && (best === undefined || each > best))) [best, most] = [each, how];
  }
  return best;
}
