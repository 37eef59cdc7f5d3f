// The layout of play.html in node: formulas in; boxes, columns, edges and texts of the drawing out.
//
//     node lay_out_in_page.mjs FOLDER < {"book": …, "texts": […]}

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(`${process.argv[2]}/`);
const [{ openBook }, { readFormulas }, { describe, learn, nodesOf }, { placeGraph: place, drawGraph: view }, { foldedView }] =
  await Promise.all(["lexer.js", "systems.js", "graph.js", "../stepper.js", "folding.js"].map((file) => import(new URL(file, folder))));
const { book: { grammar, table }, texts } = JSON.parse(readFileSync(0, "utf-8"));
const book = openBook(grammar, table);
learn(table);

process.stdout.write(JSON.stringify(texts.flatMap((text) => [false, true].map((down) => {
  const [output] = readFormulas(book, text).results, graph = describe(table, output, book.textName), laid = place(graph, down);
  const kept = new Set(nodesOf(output).flatMap((node, i) => (node.label && node.inputs.length ? [i] : [])));
  const boxes = laid.columns.flatMap((column, rank) => column.map((box) => ({ key: box.key, lane: Boolean(box.source), rank, at: box.at, size: box.size })));
  return { text, down, boxes, nodes: graph.nodes, across: laid.across, middles: laid.middles, folded: foldedView(graph, kept, down), ...view(graph, down) };
}))));
