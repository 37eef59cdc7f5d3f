"""What imports what, and which names are whose."""

import ast
import builtins
import pathlib
import subprocess
import sys

import pytest

import autograd

PACKAGE = pathlib.Path(autograd.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))
OF_HIPS = ["builtins", "core", "differential_operators", "extend", "misc", "numpy", "scipy", "test_util"]
OF_HIPS += ["tracer", "util", "wrap_util"]

# Imports run one way: a module may import from the tiers above its own, and from its own.
TIERS = [
    {"notation", "names", "spellings"},
    {"primitives", "graph", "conversions", "files"},
    {"value"},
    {"functions", "calculus", "check", "modes", "formula", "parsing", "tokens"},
    {"layers"},
    {"trace", "describing", "algebra", "board", "matrices", "claims", "steps", "lowering", "array_functions", "definitions"},
    {"study", "mistakes", "marking", "working", "grouping", "statements"},
    {
        "rules",
        "sheet",
        "tables",
        "updates",
        "vectors",
        "judging",
        "comparing",
        "printing",
        "in_place",
        "equations",
        "script",
    },
    {"derivations", "auditing", "program"},
    {"worksheet", "answers", "exercises"},
    {"__init__"},
]


def tier(module):
    return next((i for i, modules in enumerate(TIERS) if module in modules), None)


def imports_at_the_top(module):
    """The modules that one imports when it is itself imported, as dotted names."""
    for node in ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            submodules = [f"{node.module}.{alias.name}" for alias in node.names if alias.name in MODULES]
            yield from submodules or [node.module]


def in_a_fresh_python(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=PACKAGE.parent)
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


@pytest.mark.parametrize("module", MODULES)
def test_autograd_never_imports_nn(module):
    """Not at the top of a module, and not inside a function."""
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert "nn" not in {name.split(".")[0] for name in names}


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module):
    """primitives, graph → value → functions, calculus, check, trace → latex, derivation, worksheet, program."""
    assert tier(module) is not None, f"give {module} a place in TIERS"
    ours = [name.split(".")[1] for name in imports_at_the_top(module) if name.startswith("autograd.")]
    assert [name for name in ours if tier(name) > tier(module)] == []


@pytest.mark.parametrize("module", MODULES)
def test_no_module_takes_a_name_of_hips_autograd(module):
    """The other package called autograd has modules of its own; none of ours could be taken for one."""
    assert module not in OF_HIPS


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
        logsumexp softmax log_softmax gradient grad value_and_grad jacobian hessian derivative_tensor jvp vjp hvp
        check_gradients no_grad detect_anomaly Primitive PRIMITIVES label trace
        latex derivation derivatives descent parse"""
    assert [name for name in contract.split() if not hasattr(autograd, name)] == []
