"""The commands on formulas that are typed: step, derive, grad, hessian, draw.

All of them read the same: one formula, or several that speak of one another by name (autograd/formula/systems.py), and the
numbers of the variables behind it, in any order:

    chalkgrad derive "L = ½(y - h)²; h = sigmoid(w*x)" w=0.5 x=2 y=1
"""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from nn.cli.shared import JSON_HELP, command, heading, note, print_json, show, take_save

if TYPE_CHECKING:
    from autograd import Value
    from autograd.derive.tables import Derivatives
    from autograd.display.board import Board
    from autograd.formula.systems import Formulas

WRITTEN = (
    "A formula is written as on paper, in plain text or LaTeX: 2x², sqrt(x), e^-x, \\frac{1}{x}. Several are parted by ; and"
    " may have names, in any order: h = sigmoid(a); a = w*x + b. The result is the formula that no other one uses."
    " Put formulas in quotes. A formula - is read from standard input."
)
NEURON = '"sigmoid(w1*x1 + w2*x2 + b)" w1=0.5 x1=1 w2=-1 x2=2 b=0.1'
ENTROPY = '"L = -y*log(ŷ) - (1-y)*log(1-ŷ); ŷ = sigmoid(a); a = w*x + b"'
DEPTHS = ("auto", "operation", "neuron", "layer")


def add_to(commands: Any) -> None:
    step = _command(
        commands,
        "step",
        _step,
        help="the forward and backward pass of a formula, step by step",
        description="Every step of computing a formula and of differentiating it, in two tables.",
        examples=[
            f"chalkgrad step {NEURON}",
            'chalkgrad step "h = sigmoid(a); a = w*x + b" w=0.5 x=2 b=-1 --html steps.html',
            'chalkgrad step "L = (h - y)^2; h = sigmoid(w*x)" w=0.5 x=2 y=1 --save backprop.gif',
            'echo "y = x^2; x = 1/3" | chalkgrad step - --json',
        ],
    )
    step.add_argument("--html", metavar="FILE", help="write the steps as a page to click through")
    take_save(step, "write the steps: .html to click through, .gif, .mp4")
    step.add_argument("--theme", choices=("light", "dark"), default="light", help="of a film's colours (%(default)s)")
    step.add_argument("--seconds", type=float, default=1.6, help="how long a film shows each step (%(default)s)")
    step.add_argument("--draw", metavar="FILE", help="draw the graph with its gradients: .svg, .png, .pdf, .dot, .mmd, .tex")

    derive = _command(
        commands,
        "derive",
        _derive,
        help="a derivative as a lecturer writes it, line by line",
        description="Derive the derivatives of a formula, with the reason for each line: in symbols, and in numbers where"
        " all variables have one. The name of a function alone derives its derivative.",
        examples=[
            'chalkgrad derive "-y*log(ŷ) - (1-y)*log(1-ŷ)" --wrt ŷ',
            f"chalkgrad derive {ENTROPY} --wrt w",
            f"chalkgrad derive {ENTROPY} y=1 w=0.5 x=2 b=-1 --save derivation.tex",
            f"chalkgrad derive {ENTROPY} --wrt w --slides lecture.html",
            "chalkgrad derive sigmoid",
        ],
    )
    _take_wrt(derive, "the weights and biases, or all variables")
    derive.add_argument("--latex", action="store_true", help="print LaTeX for mathematics mode")
    take_save(derive, "write it to a file: .tex, .html, .txt, .md")
    derive.add_argument("--slides", metavar="FILE", help="for a lecture, a line a click: .html, or .tex for Beamer")

    grad = _command(
        commands,
        "grad",
        _grad,
        help="the value and the gradient of a formula",
        description="The value of a formula and its gradient, as formulas and, where all variables have one, as numbers;"
        " of several results the Jacobian.",
        examples=[
            'chalkgrad grad "x^2*y" x=3 y=2',
            'chalkgrad grad "x^2*y; x + sin(y)" x=3 y=2 --wrt x,y --json',
            'chalkgrad grad "a*x^2 + b*x" --wrt x',
        ],
    )
    _take_wrt(grad, "all variables")

    hessian = _command(
        commands,
        "hessian",
        _hessian,
        help="second derivatives of a formula, or those of any order",
        description="The Hessian of a formula, or its derivatives of another order, as formulas and, where all variables"
        " have one, as numbers.",
        examples=[
            'chalkgrad hessian "x^2 + 2*x*y + z" x=1 y=2 z=3',
            'chalkgrad hessian "x^2*sin(y)"',
            'chalkgrad hessian "x^2*y" x=3 y=2 --order 3 --json',
        ],
    )
    _take_wrt(hessian, "all variables")
    hessian.add_argument("--order", type=int, default=2, help="how often to differentiate (%(default)s)")

    draw = _command(
        commands,
        "draw",
        _draw,
        help="the computation graph of a formula",
        description="Draw the computation graph of a formula, with values and gradients where all variables have numbers."
        " Without --save it is drawn as text.",
        examples=[
            'chalkgrad draw "sigmoid(w*x + b)"',
            f"chalkgrad draw {NEURON} --save graph.svg --theme dark",
        ],
    )
    take_save(draw, ".svg, .png, .pdf, .dot, .mmd (Mermaid), .tex, .txt")
    draw.add_argument("--depth", choices=DEPTHS, default="auto", help="what a box is (%(default)s)")
    draw.add_argument("--theme", choices=("light", "dark"), default="light", help="of the colours (%(default)s)")
    draw.add_argument("--direction", choices=("right", "down"), default="right", help="where it goes to (%(default)s)")


def _command(commands: Any, name: str, run: Any, *, help: str, description: str, examples: Sequence[str]) -> Any:
    """A command on a formula and the numbers of its variables."""
    described = f"{description}\n\n{WRITTEN}"
    parser = command(commands, name, run, help=help, description=described, examples=examples, more="values")
    parser.add_argument("formula", metavar="FORMULA", help="one formula, or several parted by ;")
    parser.add_argument("values", metavar="NAME=NUMBER", nargs="*", default=[], help="numbers: x=0.5 y=-2 z=1/3")
    parser.add_argument("--of", metavar="NAME", default="", help="of which result, where there are several")
    parser.add_argument("--digits", type=int, default=6, help="significant digits of numbers (%(default)s)")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    return parser


def _take_wrt(parser: argparse.ArgumentParser, default: str) -> None:
    help = f"differentiate with respect to these, as in x,y; by default {default}"
    parser.add_argument("--wrt", metavar="NAMES", action="append", default=[], help=help)


# ---------------------------------------------------------------------------------------------------------------- reading


def _read(options: argparse.Namespace) -> Formulas:
    from autograd.formula.systems import read_formulas

    if options.digits < 1:
        options.parser.error(f"numbers have at least one significant digit, not --digits {options.digits}")
    text = sys.stdin.read() if options.formula == "-" else options.formula
    return read_formulas(text.strip(), _numbers(options))


def _numbers(options: argparse.Namespace) -> dict[str, float]:
    """The numbers of NAME=NUMBER."""
    from autograd import parse
    from autograd.formula.lexer import FormulaError

    found: dict[str, float] = {}
    for given in options.values:
        name, equals, number = (part.strip() for part in given.strip().partition("="))
        if not equals or not name or not number:
            options.parser.error(f"{given.strip()!r} is no NAME=NUMBER; a formula stands in quotes, as one argument")
        if name in found:
            raise ValueError(f"two numbers are given for {name}")
        try:
            found[name] = float(number.replace(",", "."))
        except ValueError:
            try:
                found[name] = parse(number, {}).data
            except FormulaError as error:
                raise FormulaError(f"{name}={number}", len(name) + 1 + error.position, error.reason) from None
    return found


def _one(formulas: Formulas, of: str) -> Value:
    """The result that is meant."""
    if not of and len(formulas.results) > 1:
        names = ", ".join(y.label or "one without a name" for y in formulas.results)
        raise ValueError(f"there are {len(formulas.results)} results, {names}: choose one with --of")
    return formulas.value(of) if of else formulas.results[0]


def _wrt(formulas: Formulas, options: argparse.Namespace) -> list[Value]:
    names = [name.strip() for given in options.wrt for name in re.split(r",(?![^{]*\})", given)]  # w_{1,2} is one
    return [formulas.value(name) for name in dict.fromkeys(names) if name]


# --------------------------------------------------------------------------------------------------------------- commands


def _step(options: argparse.Namespace) -> int:
    from autograd import trace

    formulas = _read(options)
    formulas.need_numbers()
    y = _one(formulas, options.of)
    steps = trace(y, options.digits)
    if options.json:
        gradient = {steps.names[node]: slope for node, slope in steps.grads.items()}
        passes: dict[str, list[dict[str, Any]]] = {"forward": [], "backward": []}
        for row in steps.rows():
            passes[row.pop("pass")].append(row)
        print_json({"result": steps.names[y], "value": y.data, **passes, "gradient": gradient})
    else:
        print(heading("forward"))
        show(steps.forward_table())
        print("\n" + heading("backward"))
        show(steps.backward_table())
    if options.html or options.draw or options.save:
        import nn

        y.backward()
        for path in [*filter(None, [options.html]), *options.save]:
            note(f"saved {nn.step_through(y).save(path, theme=options.theme, seconds=options.seconds)}")
        if options.draw:
            note(f"saved {nn.draw(y, digits=options.digits).save(options.draw)}")
    return 0


def _derive(options: argparse.Namespace) -> int:
    board, about = _derived(options)
    for path in options.save:
        note(f"saved {board.save(path)}")
    if options.slides:
        note(f"saved {board.slides().save(options.slides)}")
    if options.json:
        lines = [
            {"left": line.left.text, "right": line.right.text, "reason": line.reason.text, "latex": line.right.latex}
            for _, block in board.blocks()
            for line in block
        ]
        print_json({**about, "lines": lines, "latex": board.latex})
    elif options.latex:
        print(board.latex)
    else:
        show(board.text)
    return 0


def _derived(options: argparse.Namespace) -> tuple[Board, dict[str, Any]]:
    """The derivation that is asked for, and for JSON what it is of, its formulas and its numbers."""
    from autograd import derivation
    from autograd.formula.signs import FUNCTIONS
    from autograd.formula.writing import formula

    if (name := options.formula.strip()) in FUNCTIONS and not options.values:
        return derivation(FUNCTIONS[name]), {"result": name, "derivatives": None, "values": None}
    formulas = _read(options)
    y, xs = _one(formulas, options.of), _wrt(formulas, options)
    known = not formulas.unknown
    if len(xs) == 1:
        one = derivation(y, xs[0], digits=options.digits, numbers=known)
        written, values = {xs[0].label: formula(one.formula)}, {xs[0].label: one.value}
        return one, {"result": y.label or None, "derivatives": written, "values": values if known else None}
    sheet = derivation(y, *([xs] if xs else []), digits=options.digits, numbers=known)
    written = {leaf.label: formula(slope) for leaf, slope in sheet.formulas.items()}
    values = {x.label: slope for x, slope in sheet.gradients.items() if x.label}
    return sheet, {"result": y.label or None, "derivatives": written, "values": values if known else None}


def _tables(options: argparse.Namespace, order: int) -> tuple[Formulas, list[Value], Derivatives]:
    """The results that are meant, and all their derivatives of one order."""
    from autograd import derivatives

    formulas = _read(options)
    ys = [_one(formulas, options.of)] if options.of else formulas.results
    xs = _wrt(formulas, options) or list(formulas.variables.values())
    if not xs:
        raise ValueError("this formula has no variables, and nothing varies with numbers alone")
    return formulas, ys, derivatives(ys, *xs, order=order, numbers=not formulas.unknown, digits=options.digits)


def _grad(options: argparse.Namespace) -> int:
    from autograd.display.board import Board, Line, figure, join, math, write_name
    from autograd.formula.writing import formula

    formulas, ys, table = _tables(options, 1)
    known = not formulas.unknown
    if options.json:
        results = {
            name: {
                "value": y.data if known else None,
                "gradient": dict(zip(table.inputs, table.values[i])) if known else None,
                "formulas": {x: formula(table.entries[i, j]) for j, x in enumerate(table.inputs)},
            }
            for i, (name, y) in enumerate(zip(table.names, ys))
        }
        print_json({"inputs": table.inputs, "results": results})
        return 0

    def line(name: str, y: Value, x: float) -> Line:
        pieces = [math(y, digits=options.digits)] + [figure(x, options.digits)] * known
        unlike = dict.fromkeys(piece for piece in pieces if piece.text != name)
        return Line(write_name(name), join(unlike, " = "))

    lines = [line(name, _unnamed(y), y.data) for name, y in zip(table.names, ys)]
    if len(ys) == 1:
        slopes = [(f"∂{table.names[0]}/∂{x}", table.entries[0, j], table.values[0][j]) for j, x in enumerate(table.inputs)]
        show(Board([*lines, *(line(*slope) for slope in slopes)]).text)
    else:
        show(Board(boards=[Board(lines), table]).text)
    return 0


def _unnamed(y: Value) -> Value:
    """A result without its label, so that it is written as its formula."""
    bare = copy(y)
    bare.label = ""
    return bare


def _nested(table: Any, index: tuple[int, ...], order: int) -> Any:
    """The formulas of all derivatives of one order, as lists in lists."""
    from autograd.formula.writing import formula

    if not order:
        return formula(table.entries[index[0], *sorted(index[1:])])
    return [_nested(table, (*index, j), order - 1) for j in range(len(table.inputs))]


def _hessian(options: argparse.Namespace) -> int:
    if options.order < 1:
        options.parser.error(f"the order of a derivative is 1, 2, 3, …, not --order {options.order}")
    formulas, ys, table = _tables(options, options.order)
    if not options.json:
        show(table.text)
        return 0
    known = not formulas.unknown
    results = {
        name: {
            "value": y.data if known else None,
            "values": table.values[i] if known else None,
            "formulas": _nested(table, (i,), options.order),
        }
        for i, (name, y) in enumerate(zip(table.names, ys))
    }
    print_json({"order": options.order, "inputs": table.inputs, "results": results})
    return 0


def _draw(options: argparse.Namespace) -> int:
    import nn

    formulas = _read(options)
    ys: Sequence[Value] = [_one(formulas, options.of)] if options.of else formulas.results
    known = not formulas.unknown
    if known and len(ys) == 1:
        ys[0].backward()
    drawing = nn.draw(
        list(ys), depth=options.depth, theme=options.theme, direction=options.direction, digits=options.digits, numbers=known
    )
    if len(ys) > 1:
        drawing.picture.note = "gradients are drawn of one result, with --of" if known else ""
    for path in options.save:
        note(f"saved {drawing.save(path)}")
    if options.json:
        picture = drawing.picture
        shown = ("key", "kind", "symbol", "title", "lines")
        boxes = [{name: getattr(box, name) for name in shown} for box in picture.boxes]
        print_json({"boxes": boxes, "arrows": [dataclasses.asdict(arrow) for arrow in picture.arrows]})
    elif not options.save:
        show(drawing.text)
    return 0
