"""Reverse-mode automatic differentiation of scalars, to be read, stepped through and drawn.

    >>> from autograd import Value, sigmoid
    >>> w, x = Value(0.5, label="w"), Value(2.0, label="x")
    >>> h = sigmoid(w * x)
    >>> h.backward()
    >>> w
    Value(0.5, label="w", grad=0.3932)

Start at `autograd/primitives.py`, the table that everything else reads. This package needs nothing but Python's own library.
"""

import autograd.copying
import autograd.writing.table
from autograd.calculus import derivative_tensor, grad, gradient, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.composed import ceil, clip, elu, exp2, gelu, leaky_relu, logaddexp, logsigmoid, trunc
from autograd.composed import round as round
from autograd.functions import dot, log_softmax, logsumexp, mean, prod, select, softmax
from autograd.functions import sum as sum
from autograd.graph import paths_between
from autograd.interop.escapes import LostGradientWarning
from autograd.interop.guesses import OF_AUTOGRAD, missing
from autograd.labels import label
from autograd.modes import AnomalyError, detect_anomaly, no_grad
from autograd.operation import CONSTANT, PRIMITIVES, Primitive
from autograd.primitives import abs as abs
from autograd.primitives import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    expm1,
    floor,
    hypot,
    log,
    log1p,
    log2,
    log10,
    maximum,
    minimum,
    relu,
    sigmoid,
    sign,
    silu,
    sin,
    sinc,
    sinh,
    softplus,
    softsign,
    sqrt,
    tan,
    tanh,
)
from autograd.trace import Walk, trace
from autograd.value import Value
from autograd.writing.notation import Notation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autograd.check import check_gradients
    from autograd.derive.derivations import Derivation, derivation
    from autograd.derive.sheet import Sheet
    from autograd.derive.tables import Derivatives, derivatives
    from autograd.derive.updates import Descent, descent
    from autograd.display.board import Board
    from autograd.display.mathml import mathml
    from autograd.exams.exam import exam
    from autograd.exams.returned import mark_exam
    from autograd.formula.lexer import FormulaError
    from autograd.formula.parser import parse
    from autograd.formula.writing import latex
    from autograd.judge.report import EngineReport, judge_engine
    from autograd.mark.classes import mark_files
    from autograd.mark.exercises import Exercise, exercise
    from autograd.mark.report import Marking
    from autograd.mark.worksheet import Worksheet
    from autograd.notes.report import NotesReport, check_notes
    from autograd.program.compile import compile as compile
    from autograd.program.program import Program

__version__ = "0.2.0"

_READINGS = {  # loaded when first asked for: they take longer to load than all the rest
    "Board": "display.board",
    "Derivation": "derive.derivations",
    "Derivatives": "derive.tables",
    "Descent": "derive.updates",
    "EngineReport": "judge.report",
    "Exercise": "mark.exercises",
    "FormulaError": "formula.lexer",
    "Marking": "mark.report",
    "NotesReport": "notes.report",
    "Program": "program.program",
    "Sheet": "derive.sheet",
    "Worksheet": "mark.worksheet",
    "check_gradients": "check",
    "check_notes": "notes.report",
    "compile": "program.compile",
    "derivation": "derive.derivations",
    "derivatives": "derive.tables",
    "exam": "exams.exam",
    "exercise": "mark.exercises",
    "judge_engine": "judge.report",
    "mark_exam": "exams.returned",
    "mark_files": "mark.classes",
    "descent": "derive.updates",
    "latex": "formula.writing",
    "mathml": "display.mathml",
    "parse": "formula.parser",
}


class _Help:
    """The __doc__ of Primitive, which the class has as written; that of an operation is made when somebody asks."""

    def __init__(self, of_the_class: str | None) -> None:
        self.of_the_class = of_the_class

    def __get__(self, op: Primitive | None, owner: type[Primitive]) -> str | None:
        if op is None:
            return self.of_the_class
        from autograd.formula.help import describe_operation  # it takes as long to load as the rest of the package

        return describe_operation(op, globals())


Primitive.__doc__ = _Help(Primitive.__doc__)  # type: ignore[assignment]


def _warn_of_hips() -> None:
    from os.path import dirname, exists, join

    if exists(join(dirname(__file__), "numpy", "numpy_wrapper.py")):
        from warnings import warn

        warn(
            f"another project called autograd (HIPS autograd) is installed in {dirname(__file__)}, too: what uses it finds"
            " chalkgrad's, and uninstalling it takes files of chalkgrad along. pip uninstall autograd, then pip install"
            " --force-reinstall --no-deps chalkgrad; where both are needed, give each an environment of its own",
            stacklevel=3,
        )


_warn_of_hips()


def __getattr__(name: str) -> object:
    if name not in _READINGS:
        raise missing("autograd", name, OF_AUTOGRAD)
    from importlib import import_module

    found: object = getattr(import_module(f"autograd.{_READINGS[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_READINGS})


__all__ = [  # all but sum, abs, round and compile: `from autograd import *` leaves Python's own names alone
    "CONSTANT",
    "PRIMITIVES",
    "AnomalyError",
    "Board",
    "Derivation",
    "Derivatives",
    "Descent",
    "EngineReport",
    "Exercise",
    "FormulaError",
    "LostGradientWarning",
    "Marking",
    "Notation",
    "NotesReport",
    "Primitive",
    "Program",
    "Sheet",
    "Value",
    "Walk",
    "Worksheet",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "check_gradients",
    "check_notes",
    "clip",
    "cos",
    "cosh",
    "derivation",
    "derivative_tensor",
    "derivatives",
    "descent",
    "detect_anomaly",
    "dot",
    "elu",
    "erf",
    "erfc",
    "exam",
    "exercise",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "gelu",
    "grad",
    "gradient",
    "hessian",
    "hvp",
    "hypot",
    "jacobian",
    "judge_engine",
    "jvp",
    "label",
    "latex",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logsigmoid",
    "logsumexp",
    "mark_exam",
    "mark_files",
    "mathml",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "parse",
    "paths_between",
    "prod",
    "relu",
    "select",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "tan",
    "tanh",
    "trace",
    "trunc",
    "value_and_grad",
    "vjp",
]
