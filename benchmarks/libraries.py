"""The libraries that are compared, each in the few words the workloads need; one that is not installed is left out.

All of them are used as their own documentation does: Values for chalkgrad and micrograd, Reals on a tape for xad, double
precision tensors that require a gradient for torch.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

from measuring import find_chalkgrad


class OnValues:
    """chalkgrad and micrograd, which are spelt alike."""

    def __init__(self, Value: Any) -> None:
        self.Value = Value
        self.relu: Callable[[Any], Any] = Value.relu

    def variables(self, numbers: Sequence[float]) -> list[Any]:
        return [self.Value(x) for x in numbers]

    def backward(self, y: Any) -> float:
        """Differentiate y; gives its value."""
        y.backward()
        return float(y.data)

    def gradient(self, xs: Sequence[Any]) -> list[float]:
        return [float(x.grad) for x in xs]


class Chalkgrad(OnValues):
    def __init__(self) -> None:
        from autograd import Value

        super().__init__(Value)


class Micrograd(OnValues):
    def __init__(self) -> None:
        from micrograd.engine import Value

        super().__init__(Value)


class Xad:
    def __init__(self) -> None:
        from xad import math
        from xad.adj_1st import Real, Tape

        self.Real, self.Tape = Real, Tape
        self.relu = lambda x: math.max(x, 0.0)

    def variables(self, numbers: Sequence[float]) -> list[Any]:
        self.tape = self.Tape()
        self.tape.activate()
        xs = [self.Real(x) for x in numbers]
        self.tape.registerInputs(xs)
        self.tape.newRecording()
        return xs

    def backward(self, y: Any) -> float:
        self.tape.registerOutput(y)
        y.derivative = 1.0
        self.tape.computeAdjoints()
        self.tape.deactivate()
        return float(y.value)

    def gradient(self, xs: Sequence[Any]) -> list[float]:
        return [self.tape.derivative(x) for x in xs]


class Torch:
    def __init__(self) -> None:
        import torch

        torch.set_num_threads(1)  # these tensors are too small to share out: on a busy machine threads only wait
        self.torch, self.relu = torch, torch.relu

    def variables(self, numbers: Sequence[Any]) -> list[Any]:
        return [self.torch.tensor(x, dtype=self.torch.float64, requires_grad=True) for x in numbers]

    def backward(self, y: Any) -> float:
        y.backward()
        return float(y.item())

    def gradient(self, xs: Sequence[Any]) -> list[float]:
        return [slope for x in xs for slope in x.grad.flatten().tolist()]


KINDS: dict[str, Callable[[], Any]] = {"chalkgrad": Chalkgrad, "micrograd": Micrograd, "xad": Xad, "torch": Torch}
IMPORTS = {"chalkgrad": "autograd", "micrograd": "micrograd.engine", "xad": "xad.adj_1st", "torch": "torch"}


def find(name: str) -> bool:
    """Whether a library is here; ours is made to be found."""
    if name == "chalkgrad":
        find_chalkgrad()
    return importlib.util.find_spec(IMPORTS[name].partition(".")[0]) is not None
