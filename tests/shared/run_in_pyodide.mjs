// node run_in_pyodide.mjs FOLDER ENTRY SCRIPT PACKAGE...: boots the Pyodide in a folder, unpacks chalkgrad's wheel, loads
// the packages, and runs a Python script.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, entry, script, ...packages] = process.argv.slice(2);
try {
    const { loadPyodide } = await import(pathToFileURL(join(folder, entry)));
    const python = await loadPyodide({ indexURL: `${folder}/` });
    const wheel = readdirSync(folder).find((name) => name.startsWith("chalkgrad"));
    python.unpackArchive(new Uint8Array(readFileSync(join(folder, wheel))), "wheel");
    await python.loadPackage(packages, { messageCallback: () => {} });
    python.runPython(readFileSync(script, "utf8"));
} catch (error) {
    console.error(error.message); // and not the line of WebAssembly that it came from, which is a megabyte
    process.exit(1);
}
