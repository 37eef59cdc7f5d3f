// Pyodide as from npm, with two things lent to its Python: Graphviz, by which nn.draw lays out where no program can be run;
// and NumPy, Matplotlib and scikit-learn at the moment they are imported, from where Pyodide's lock file says that they are.
import { loadPyodide as load } from "./pyodide-alone.mjs";
import { instance } from "./viz.js";

const LATECOMERS = `
import importlib.util, sys
import pyodide_js
from pyodide.ffi import can_run_sync, run_sync

class Latecomers:
    """Loads a package in the middle of an import, once; where the browser cannot wait for it, the import fails as ever."""

    untried = {"numpy": "numpy", "matplotlib": "matplotlib", "sklearn": "scikit-learn"}

    def find_spec(self, name, path=None, target=None):
        if name not in self.untried or not can_run_sync():
            return None
        run_sync(pyodide_js.loadPackage(self.untried.pop(name)))
        return importlib.util.find_spec(name)

sys.meta_path.append(Latecomers())
`;

export * from "./pyodide-alone.mjs";

export async function loadPyodide(options) {
    globalThis.viz ??= await instance();
    const python = await load(options);
    python.runPython(LATECOMERS, { globals: python.toPy({}) });
    return python;
}
