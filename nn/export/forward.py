"""How parts compute, over whole arrays, said once for JAX and ONNX. Vectors stand along the last axis, places before it.

F    what a library can do with arrays: `affine`, `softmax` and the like, beside + - * / and @
"""

from __future__ import annotations

import math
from typing import Any

from nn.export.parts import Part


def forward(part: Part, x: Any, F: Any) -> Any:
    """What a part gives for x; numbers are those that F has for its arrays. Dropout does nothing."""
    return FORWARD[part.kind](part, x, F)


def _sequential(part: Part, x: Any, F: Any) -> Any:
    for each in part.inner.values():
        x = forward(each, x, F)
    return x


def _rms(part: Part, x: Any, F: Any) -> Any:
    return _scaled(part, x / F.sqrt(F.mean(x * x) + part.settings["eps"]), F)


def _layer_norm(part: Part, x: Any, F: Any) -> Any:
    d = x - F.mean(x)
    return _scaled(part, d / F.sqrt(F.mean(d * d) + part.settings["eps"]), F)


def _scaled(part: Part, x: Any, F: Any) -> Any:
    """Times the gains and plus the biases of a norm, where it has them."""
    x = x * F.array(part, "weight") if "weight" in part.arrays else x
    return x + F.array(part, "bias") if "bias" in part.arrays else x


def _attention(part: Part, x: Any, F: Any) -> Any:
    heads = part.settings["heads"]
    width = len(part.inner["query"].arrays["weight"])
    q, k, v = (F.parted(forward(part.inner[name], x, F), heads) for name in ("query", "key", "value"))
    scores = q @ F.transposed(k) / math.sqrt(width // heads)
    shares = F.activation("softmax", F.causal(scores) if part.settings["causal"] else scores)
    return forward(part.inner["output"], F.joined(shares @ v), F)


def _block(part: Part, x: Any, F: Any) -> Any:
    x = x + forward(part.inner["attention"], forward(part.inner["norm_1"], x, F), F)
    return x + forward(part.inner["mlp"], forward(part.inner["norm_2"], x, F), F)


def _gpt(part: Part, tokens: Any, F: Any) -> Any:
    x = forward(part.inner["tokens"], tokens, F) + F.first_rows(F.array(part.inner["places"], "weight"), tokens)
    x = forward(part.inner["norm"], x, F)
    for block in part.inner["blocks"].inner.values():
        x = forward(block, x, F)
    return forward(part.inner["head"], x, F)


FORWARD = {
    "Linear": lambda part, x, F: F.affine(
        x, F.array(part, "weight"), F.array(part, "bias") if "bias" in part.arrays else None
    ),
    "Activation": lambda part, x, F: F.activation(part.settings["name"], x),
    "Sequential": _sequential,
    "Dropout": lambda part, x, F: x,
    "Embedding": lambda part, x, F: F.rows(F.array(part, "weight"), x),
    "RMSNorm": _rms,
    "LayerNorm": _layer_norm,
    "RNN": lambda part, x, F: F.recurrent(part, x),
    "LSTM": lambda part, x, F: F.recurrent(part, x),
    "Attention": _attention,
    "Block": _block,
    "GPT": _gpt,
}
