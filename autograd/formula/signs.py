"""The words of written formulas: what each sign is, the functions and constants by all their names, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd import composed
from autograd import primitives as ops
from autograd.calculus import gradient
from autograd.operation import PRIMITIVES, Primitive
from autograd.value import Value

SIGNS = {  # what is written, and the kind of token that it is
    spelling: kind
    for kind, spellings in {
        "+": "+", "-": "- − –", "·": r"· * × ⋅ ∙ ∗ \cdot \times \ast", "/": r"/ ÷ : ∕ \div", "^": "^ **",
        "(": "(", ")": ")", "[": "[", "]": "]", "{": r"{ \{ \lbrace", "}": r"} \} \rbrace",
        "|": r"| \vert", "left|": r"\lvert", "right|": r"\rvert", ",": ",",
        ">": r"> \gt", "<": r"< \lt", "≥": r"≥ >= ⩾ \ge \geq", "≤": r"≤ <= ⩽ \le \leq",
        "=": r"= == ≈ ≃ ≅ ≊ ≐ ≒ ∼ ≡ ≜ \approx \simeq \cong \sim \doteq \equiv \triangleq := ≔ ← \coloneqq \leftarrow \gets",
        "⇒": r"⇒ ⟹ → ⟶ ➔ ➜ ➝ ➞ ➡ ⇨ ↦ => ==> -> --> \Rightarrow \implies \Longrightarrow \rightarrow \longrightarrow \to",
        "fraction": r"\frac \dfrac \tfrac", "root": r"√ \sqrt", "cube root": "∛", "∞": r"∞ \infty",
        "prime": r"' ′ ’ ^\prime ^{\prime}", "_": "_",
        "sum": r"\sum ∑ \prod ∏", "integral": r"\int ∫", "dots": r"⋯ … ... \cdots \ldots \dots",
    }.items()
    for spelling in spellings.split()
}  # fmt: skip


class Composed:
    """A function that is made of operations, where the name of one may stand; its derivative is worked out."""

    def __init__(self, function: Callable[..., Any], arity: int) -> None:
        self.function, self.arity = function, arity

    def __call__(self, *xs: Value) -> Value:
        made: Value = self.function(*xs)
        return made

    def slopes(self, z: Value, inputs: Sequence[Value]) -> list[Value]:
        """The partial derivatives at the output z."""
        return gradient(z, *inputs)


FUNCTIONS: dict[str, Primitive | Composed] = {
    **{name: PRIMITIVES[name] for name in """exp expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan atan2
       sinh cosh tanh asinh acosh atanh hypot erf erfc sigmoid softplus relu leaky_relu elu gelu silu abs sign clip
       select softsign sinc floor round mod floor_divide""".split()},
    "ln": ops.log, "σ": ops.sigmoid, "sig": ops.sigmoid, "logistic": ops.sigmoid, "max": ops.maximum, "min": ops.minimum,
    "maximum": ops.maximum, "minimum": ops.minimum, "arcsin": ops.asin, "arccos": ops.acos, "arctan": ops.atan,
    "arctan2": ops.atan2, "arsinh": ops.asinh, "arcosh": ops.acosh, "artanh": ops.atanh, "arcsinh": ops.asinh,
    "arccosh": ops.acosh, "arctanh": ops.atanh, "leakyrelu": ops.leaky_relu, "sgn": ops.sign, "swish": ops.silu,
    "clamp": ops.clip, "exp2": Composed(composed.exp2, 1), "logaddexp": Composed(composed.logaddexp, 2),
    "logsigmoid": Composed(composed.logsigmoid, 1), "ceil": Composed(composed.ceil, 1), "trunc": Composed(composed.trunc, 1),
}  # fmt: skip

IN_WORDS = set("exp ln log sin cos tan sinh cosh tanh σ".split())  # what is looked for in a word such as logx
BASES = {"e": ops.log, "2": ops.log2, "10": ops.log10, "₂": ops.log2, "₁₀": ops.log10}
ELSEWHERE = {  # functions that others know, and how they are written here
    "lg": "log_10(x) or log_2(x)", "sqr": "x^2 or sqrt(x)", "cot": "1/tan(x)", "ctg": "1/tan(x)", "sec": "1/cos(x)",
    "csc": "1/sin(x)", "cosec": "1/sin(x)", "coth": "1/tanh(x)", "sech": "1/cosh(x)", "csch": "1/sinh(x)", "tg": "tan(x)",
    "sh": "sinh(x)", "ch": "cosh(x)", "th": "tanh(x)", "softmax": "e^x/(e^x + e^y)", "sum": "the terms with +",
    "mean": "(x + y)/2", "avg": "(x + y)/2", "norm": "sqrt(x^2 + y^2)", "step": "[x > 0]", "heaviside": "[x > 0]",
}  # fmt: skip
CONSTANTS = {"e": math.e, "π": math.pi, "nan": math.nan}
IN_TWO_WAYS = "this can be read in two ways"

LONG = {
    "sum": "a sum has its bounds, and terms behind it, as in Σ_{i=1}^{3} x_i",
    "integral": "integrals are not read: write what they come to",
    "dots": "dots are not read where it is not clear what they leave out: write all the terms, or a Σ with its bounds",
}
