// Pyodide as from npm, with Graphviz lent to its Python: where no program can be run, nn.draw lays out by `viz`.
import { instance } from "./viz.js";

export * from "./pyodide-alone.mjs";

globalThis.viz = await instance();
