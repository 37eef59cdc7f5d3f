"""Build the notebooks as a web page in which Python itself runs: JupyterLite, on Pyodide, with chalkgrad.

    python docs/lite/build.py --output-dir build/lite
    python -m http.server --directory build/lite

The page is complete: Pyodide and Graphviz come from npm, the wheels that the kernel and the course need from PyPI, and all
are copied into it, so that it needs no other site. Pyodide finds wheels through its lock file: chalkgrad is entered there
under the names autograd and nn, and `import nn` in a cell loads it. What has to be compiled (NumPy, Matplotlib,
scikit-learn) is in neither registry: it stays where Pyodide keeps it, on the web, and is loaded from there when it is first
imported.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KERNEL = ["ipython", "jedi", "micropip", "comm"]  # what JupyterLite's kernel starts with
COURSE = ["graphviz", "latex2mathml", "sympy"]  # what chalkgrad draws, typesets and simplifies with
ON_THE_WEB = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"  # Pyodide's own place for its packages


def build(output: Path, notebooks: Path = ROOT / "notebooks") -> None:
    """Write the page into a folder. Raises RuntimeError where npm, pip or JupyterLite is missing or fails."""
    if not all(map(find_spec, ["jupyterlite_core", "jupyterlite_pyodide_kernel", "jupyter_server"])):
        raise RuntimeError('JupyterLite is not installed: pip install ".[lite]"')
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        pyodide = site / "static" / "pyodide"
        copy_runtime(node_modules(site / "npm"), pyodide)
        complete_lock(pyodide)
        shutil.copy(HERE / "jupyter-lite.json", site)
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--no-sourcemaps", "--apps", "lab"]
        run([*command, "--lite-dir", site, "--contents", notebooks.resolve(), "--output-dir", output.resolve()], site)


def node_modules(folder: Path) -> Path:
    """Install what docs/lite/package.json names into a folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm install cannot be run: there is no npm here, which comes with Node.js")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", folder)
    run([npm, "install", "--no-audit", "--no-fund", "--prefix", folder])
    return folder / "node_modules"


def copy_runtime(modules: Path, pyodide: Path) -> None:
    """Pyodide, with Graphviz beside it; docs/lite/pyodide.mjs stands before both."""
    pyodide.mkdir(parents=True)
    for name in ("pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"):
        shutil.copy(modules / "pyodide" / name, pyodide)
    shutil.copy(modules / "pyodide" / "pyodide.mjs", pyodide / "pyodide-alone.mjs")
    shutil.copy(modules / "@viz-js" / "viz" / "dist" / "viz.js", pyodide)
    shutil.copy(HERE / "pyodide.mjs", pyodide)


def complete_lock(pyodide: Path) -> None:
    """Put the wheels that are needed beside Pyodide and into its lock file; the others it finds on the web."""
    path = pyodide / "pyodide-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    packages: dict[str, dict[str, Any]] = lock["packages"]
    version = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]["pyodide"]
    needed = with_dependencies([*KERNEL, *COURSE], packages)
    pinned = [f"{name}=={packages[name]['version']}" if name in packages else name for name in needed]
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run([*pip, "download", "--no-deps", "--only-binary=:all:", "--python-version", lock["info"]["python"], "--dest", pyodide,
         *pinned])  # fmt: skip
    run([*pip, "wheel", "--no-deps", "--wheel-dir", pyodide, ROOT])
    for package in packages.values():
        package["file_name"] = ON_THE_WEB.format(version=version) + package["file_name"]
    for wheel in sorted(pyodide.glob("*.whl")):
        name = wheel.name.split("-")[0].lower().replace("_", "-")
        packages[name] = packages.get(name, new_entry(name)) | {
            "version": wheel.name.split("-")[1],
            "file_name": wheel.name,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        }
    packages["chalkgrad"] |= {"imports": ["autograd", "nn"], "depends": COURSE}
    path.write_text(json.dumps(lock), encoding="utf-8")


def with_dependencies(names: Iterable[str], packages: dict[str, dict[str, Any]]) -> list[str]:
    """The packages and all that they depend on, as the lock file knows it."""
    found: list[str] = []
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in found:
            found.append(name)
            waiting += packages[name]["depends"] if name in packages else []
    return found


def new_entry(name: str) -> dict[str, Any]:
    """A package of pure Python that Pyodide does not know."""
    return {"name": name, "install_dir": "site", "package_type": "package", "imports": [name], "depends": []}


def run(command: list[Any], folder: Path | None = None) -> None:
    """Run a program, perhaps in a folder; what it says is shown only if it fails."""
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command[:4]))} … failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the notebooks as a web page in which Python itself runs.")
    parser.add_argument("--output-dir", type=Path, default=ROOT / "build" / "lite", help="where the page goes (build/lite)")
    parser.add_argument("--contents", type=Path, default=ROOT / "notebooks", help="the notebooks in it (notebooks)")
    options = parser.parse_args()
    try:
        build(options.output_dir, options.contents)
    except RuntimeError as error:
        sys.exit(f"no page was made: {error}")
    print(f"{options.output_dir}: look at it with python -m http.server --directory {options.output_dir}")
