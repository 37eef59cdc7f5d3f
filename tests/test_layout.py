"""The house: which floor each room is on, what imports what, and which names are whose."""

import ast
import builtins
import functools
import inspect
import pathlib
import re
import subprocess
import sys

import pytest

import autograd

ROOT = pathlib.Path(autograd.__file__).parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("autograd", "nn")
    for path in sorted((ROOT / package).rglob("*.py"))
}
OF_HIPS = ["builtins", "core", "differential_operators", "extend", "misc", "numpy", "scipy", "test_util"]
OF_HIPS += ["tracer", "util", "wrap_util"]

# Imports run one way, down to the floors above: from the engine to the rooms, and from these to the nets.
FLOORS = """
    autograd.graph autograd.ieee autograd.interop autograd.operation autograd.threads
    autograd.interop.conversions
    autograd.primitives autograd.interop.given
    autograd.composed
    autograd.interop.elementwise
    autograd.value
    autograd.labels autograd.copying autograd.rewriting autograd.calculus autograd.functions autograd.interop.escapes
    autograd.interop.guesses
    autograd.writing
    autograd.formula
    autograd.modes autograd.check autograd.trace
    autograd.display
    autograd.derive autograd.program
    autograd.mark
    autograd.notes autograd.judge autograd.exams
    autograd
    nn.engine
    nn.arguments nn.module
    nn.guesses nn.losses nn.metrics nn.layers nn.optim nn.data
    nn.vectors nn.linear nn.normalisation nn.recurrent nn.attention nn.gpt
    nn.train nn.export
    nn.drawing nn.plots
    nn.pages nn.folding
    nn
    nn.cli nn.__main__
"""
FLOOR = {name: i for i, floor in enumerate(FLOORS.strip().splitlines()) for name in floor.split()}


def room(module):
    """The place of a module in FLOORS: its own, or that of the folder it stands in."""
    return module if module in FLOOR else module.rpartition(".")[0]


@functools.cache
def imports(module):
    """What a module imports of ours, those inside functions included; not what it needs for its type hints alone."""
    found = set()
    left = [ast.parse(FILES[module].read_text(encoding="utf-8"))]
    while left:
        node = left.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & set(FILES) or {node.module}
            found |= {node.module} if inner - set(FILES) else set()
        left += ast.iter_child_nodes(node)
    return found & set(FILES) - {module}


def in_a_fresh_python(program, *options):
    done = subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.external
def test_importing_autograd_imports_the_standard_library_alone():
    """`import autograd` loads nothing from outside Python's own library, and not nn either."""
    loaded = in_a_fresh_python(
        "import sys; before = set(sys.modules); import autograd\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    assert set(loaded) - set(sys.stdlib_module_names) == {"autograd"}


def test_importing_autograd_is_quick():
    """It loads none of what takes long in Python's own library, such as regular expressions."""
    loaded = in_a_fresh_python("import sys, autograd; print(*sys.modules)", "-S")
    assert {"re", "inspect", "typing", "dataclasses", "enum", "textwrap"} & set(loaded) == set()


def test_imports_run_one_way():
    """No module imports from a floor below its own, not even within a function."""
    assert [module for module in FILES if room(module) not in FLOOR] == [], "these have no place in FLOORS"
    up = {module: {name for name in imports(module) if FLOOR[room(name)] > FLOOR[room(module)]} for module in FILES}
    assert {module: names for module, names in up.items() if names} == {}


def test_imports_make_no_circle():
    """There is an order in which each module comes after all that it imports."""
    left = {module: imports(module) for module in FILES}
    while ready := [module for module, needed in left.items() if not needed & set(left)]:
        for module in ready:
            del left[module]
    assert left == {}


def test_the_map_names_every_file():
    """The map in CONTRIBUTING.md is the tree: each file, in the row of its room, and no other."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## The map")[2].partition("\n## ")[0]
    named, package, folder = [], "", ""
    for line in text.splitlines():
        if not line.startswith("| ") or line.startswith("|---"):
            continue
        place, files = (cell.strip() for cell in line.split("|")[1:3])
        if place.startswith("room in"):
            package = place.removeprefix("room in").strip(" `/")
            continue
        if place:
            folder = place.strip("`/") + "." if place.startswith("`") else ""
        named += [f"{package}.{folder}{name}" for name in re.findall(r"`([\w.]+)`", files) if not name.endswith(".js")]
    there = [module for module in FILES if FILES[module].name not in ("__init__.py", "__main__.py")]
    assert sorted(named) == sorted(there)


@pytest.mark.parametrize("module", [module for module in FILES if module.count(".") == 1 and module.startswith("autograd.")])
def test_no_module_takes_a_name_of_hips_autograd(module):
    """The other package called autograd has modules of its own; none of ours could be taken for one."""
    assert module.partition(".")[2] not in OF_HIPS


def test_a_star_import_hides_no_builtin():
    """`from autograd import *` leaves out the names that would hide Python's own."""
    names = {}
    exec("from autograd import *", names)
    assert {"Value", "gradient", "exp", "softmax"} < set(names)
    assert {name for name in names if not name.startswith("__")} & set(dir(builtins)) == set()


def test_every_public_name_of_the_contract_is_there():
    """The names that notebooks are written against."""
    contract = """Value exp log log2 log10 log1p expm1 sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh
        atanh hypot erf erfc sigmoid softplus relu leaky_relu elu gelu silu abs sign maximum minimum clip sum dot prod mean
        logsumexp logaddexp logsigmoid exp2 softsign sinc floor ceil
        trunc round softmax log_softmax select gradient grad value_and_grad jacobian hessian
        derivative_tensor jvp vjp hvp
        check_gradients no_grad detect_anomaly Primitive PRIMITIVES label trace
        latex derivation derivatives descent parse"""
    assert [name for name in contract.split() if not hasattr(autograd, name)] == []


def test_what_is_to_be_read_first_is_no_more_than_six_hundred_lines():
    """The parts that CONTRIBUTING.md names, with their prose: enough to follow x*y; backward()."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## To read first")[2].partition("## ")[0]
    table, engine = inspect.getsource(autograd.primitives), inspect.getsource(autograd.value)
    named = {
        "record": autograd.value.record,
        "constant": autograd.value.constant,
        "lift": autograd.value.lift,
        "operands": autograd.value.operands,
        "_infix": autograd.value._infix,
        "backward": autograd.Value.backward,
        "_accumulate": autograd.value._accumulate,
        "history": autograd.graph.history,
    }
    assert all(f"`{name}`" in guide for name in named)
    parts = [
        inspect.getsource(autograd.operation),
        table.partition("from __future__")[0] + table.partition("-- the table\n")[2],
        engine.partition("def record(")[0] + engine.partition("class Value:")[2].partition("exp, expm1 =")[0],
        *map(inspect.getsource, named.values()),
    ]
    assert 300 < sum(len(part.splitlines()) for part in parts) <= 600
