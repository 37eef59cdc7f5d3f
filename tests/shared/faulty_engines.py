"""Faults planted in engines by their syntax trees, wherever there is something to turn: signs, numbers, comparisons, +=.

Whether a fault shows is found out without the judge: the engine and its faulty twin run the same random programs, and values
and slopes are compared.
"""

import ast
import copy
import math
import random
import sys
import types

_NUMBERS = [(sign, 2, plain) for sign in "+-*/" for plain in ("", "either")]
ABOUT = {  # how engines spell what they have, and their operations: a name, its inputs, whether one may be a plain number
    "closures": (
        ("Value", "data", "grad", "backward"),
        [*_NUMBERS, ("**", 2, "exponent"), ("neg", 1, ""), *((name, 1, "") for name in ("tanh", "exp", "relu", "sigmoid"))],
    ),
    "slopes kept": (
        ("Value", "data", "grad", "backward"),
        [*_NUMBERS, ("**", 2, "exponent"), ("neg", 1, ""), *((name, 1, "") for name in ("log", "exp", "relu"))],
    ),
    "paths": (
        ("Scalar", "val", "d", "backprop"),
        [
            *((sign, 2, "") for sign in "+-*/"),
            *((sign, 2, "either") for sign in "+-*"),
            *((name, 1, "") for name in ("exp", "log", "square", "sigmoid")),
        ],
    ),
    "dataclass": (
        ("Node", "value", "gradient", "backward"),
        [*_NUMBERS, *((name, 1, "") for name in ("log", "tanh", "sin"))],
    ),
    "methods": (
        ("Number", "x", "g", "backward"),
        [*((name, 2, "") for name in ("add", "sub", "mul", "div")), *((name, 1, "") for name in ("square", "abs"))],
    ),
    "tape": (
        ("Var", "value", "grad", "backward"),
        [
            *_NUMBERS,
            ("**", 2, "exponent"),
            ("**", 2, ""),
            ("neg", 1, ""),
            *((n, 1, "") for n in ("sin", "cos", "sqrt", "tanh")),
        ],
    ),
}

TURNED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
COMPARED = {ast.Gt: ast.Lt, ast.Lt: ast.Gt}


def faults(source):
    """Each single fault of a source: the function that it is in, and the faulty source."""
    tree = ast.parse(source)
    for i, (where, turns) in enumerate(_places(tree)):
        for k in range(turns):
            twin = copy.deepcopy(tree)
            _turn(list(_nodes(twin))[i][1], k)
            yield where, ast.unparse(twin)


def _nodes(tree, where=""):
    for node in ast.iter_child_nodes(tree):
        inside = where
        if isinstance(node, ast.FunctionDef):
            inside = f"{where}.{node.name}" if where else node.name
        yield where, node
        yield from _nodes(node, inside)


def _places(tree):
    for where, node in _nodes(tree):
        turns = 0
        match node:
            case ast.BinOp() if type(node.op) in TURNED:
                turns = 2 if isinstance(node.op, (ast.Sub, ast.Div)) else 1
            case ast.AugAssign(op=ast.Add(), target=ast.Attribute()):
                turns = 2
            case ast.Constant() if type(node.value) in (int, float):
                turns = 1
            case ast.UnaryOp(op=ast.USub()) | ast.Tuple(elts=[_, _], ctx=ast.Load()):
                turns = 1
            case ast.Compare() if type(node.ops[0]) in COMPARED:
                turns = 1
        yield where, turns if where else 0


def _turn(node, k):
    if isinstance(node, ast.BinOp) and k:
        node.left, node.right = node.right, node.left
    elif isinstance(node, ast.BinOp):
        node.op = TURNED[type(node.op)]()
    elif isinstance(node, ast.Constant):
        node.value += 1
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
    elif isinstance(node, ast.AugAssign):
        node.op = ast.Sub() if k else ast.Mult()
    elif isinstance(node, ast.Compare):
        node.ops[0] = COMPARED[type(node.ops[0])]()
    elif isinstance(node, ast.Tuple):
        node.elts.reverse()


def module_of(source, name="somebody"):
    """A source, run as a module of that name."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(source, vars(module))
    return module


def behaviour(source, spelled, operations, seeds=range(40)):
    """What the engine of a source gives for random programs: values and slopes, or the kind of what it raises.

    spelled: the names of its class, number, slope and backward; operations: as in ABOUT
    """
    found = []
    for seed in seeds:
        draw = random.Random(seed)
        try:
            found += _outcome(module_of(source), spelled, operations, draw)
        except Exception as error:
            found.append(type(error).__name__)
    return found


def _outcome(module, spelled, operations, draw):
    cls, value, grad, backward = spelled
    leaves = [getattr(module, cls)(draw.choice([1, 1, 1, -1]) * draw.uniform(0.3, 0.9)) for _ in range(3)]
    nodes = list(leaves)
    for _ in range(draw.randint(1, 7)):
        name, arity, plain = draw.choice(operations)
        xs = [nodes[-1], draw.choice(nodes)][:arity]
        draw.shuffle(xs)
        if plain:
            i = draw.randrange(arity) if plain == "either" else 1
            xs[i] = draw.choice([2, 0.5, 3]) if plain == "exponent" else draw.uniform(0.3, 2.0)
            if not any(isinstance(x, getattr(module, cls)) for x in xs):
                continue
        y = _call(module, cls, name, xs)
        nodes.append(y if 0.05 < abs(getattr(y, value)) < 20 else nodes[-1])
    y = nodes[-1]
    method = getattr(y, backward, None)
    method() if method else getattr(module, backward)(y)
    numbers = [getattr(y, value), *(getattr(x, grad) for x in leaves)]
    return [round(_float(x, value), 9) if x is not None else 0.0 for x in numbers]


def _float(x, value):
    x = float(getattr(x, value, x))
    return x if math.isfinite(x) else 1e300


def _call(module, cls, name, xs):
    if name in "+-*/":
        return {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}[name](
            *xs
        )
    if name == "**":
        return xs[0] ** xs[1]
    if name == "neg":
        return -xs[0]
    return getattr(xs[0], name)(*xs[1:]) if hasattr(getattr(module, cls), name) else getattr(module, name)(*xs)
