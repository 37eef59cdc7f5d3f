// The reader of play.html in node: texts and numbers in, values and gradients or refusals out.
//
//     node read_in_page.mjs FOLDER < {"book": …, "texts": […], "numbers": […]}

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(`${process.argv[2]}/`);
const [{ openBook, FormulaError }, { readFormulas }, { describe, learn, nodesOf }, { backward, forward }] =
  await Promise.all(["lexer.js", "systems.js", "graph.js", "../stepper.js"].map((file) => import(new URL(file, folder))));
const { book: { grammar, table }, texts, numbers } = JSON.parse(readFileSync(0, "utf-8"));
const book = openBook(grammar, table);
const plain = (x) => (Number.isFinite(x) ? (Object.is(x, -0) ? "-0.0" : x) : x > 0 ? "inf" : x < 0 ? "-inf" : "nan");
learn(table);

function read(text) {
  try {
    const { results: [y], unknown } = readFormulas(book, text);
    [...unknown.values()].forEach((leaf, i) => { leaf.data = numbers[i % numbers.length]; });
    const graph = describe(table, y, book.textName), order = nodesOf(y), leaves = order.map((node) => node.data);
    const values = forward(graph, Object.fromEntries(leaves.map((x, i) => [i, x]).filter(([i]) => !order[i].inputs.length)));
    const { grads } = backward(graph, values), found = {};
    order.forEach((node, i) => { if (node.op === null) found[node.label] = plain(grads[i]); });
    return { value: plain(values[graph.output]), grads: found, unknown: [...unknown.keys()] };
  } catch (error) {
    if (!(error instanceof FormulaError)) return { crash: String(error.stack) };
    return { reason: error.reason, place: [...error.text.slice(0, error.position)].length, beyond: error.beyond };
  }
}

process.stdout.write(JSON.stringify(texts.map(read)));
