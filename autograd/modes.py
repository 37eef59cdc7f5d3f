"""`no_grad` and `detect_anomaly`: blocks in which new Values are made differently.

While a block is open anywhere, `value.supervisor` is set and `record` shows it every new node; otherwise that costs one
test for None. Which blocks are open is kept per thread and per task.
"""

from __future__ import annotations

import math
import threading
from contextlib import ContextDecorator
from contextvars import ContextVar, copy_context
from weakref import WeakSet

from autograd import value as engine
from autograd.interop.conversions import short
from autograd.interop.escapes import caller
from autograd.operation import CONSTANT
from autograd.value import Value
from autograd.writing.notation import ATOM, NEGATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any, ClassVar, Protocol

    Place = tuple[str, int]  # a file, and a line in it

    class Supervisor(Protocol):
        """What a block does with each new node, and after each backward pass."""

        def made(self, node: Value) -> Value: ...
        def differentiated(self, order: list[Value]) -> None: ...


PACKAGES = ("autograd", "nn")  # frames of these are not the user's


class AnomalyError(FloatingPointError):
    """A computation gave nan or infinity, and detect_anomaly found where; .node is the first Value that holds it.

    >>> from autograd import AnomalyError, Value, detect_anomaly
    >>> try:
    ...     with detect_anomaly():
    ...         loss = -Value(0.0, label="p").log()
    ... except AnomalyError as error:
    ...     print(error.node, error.node.op)
    Value(-inf) <primitive log>
    """

    def __init__(self, message: str, node: Value) -> None:
        super().__init__(message)
        self.node = node


class _Open:
    """A block that is open: what holds inside, and what holds outside."""

    __slots__ = "__weakref__", "outside", "state"

    def __init__(self, state: Any, outside: _Open | None) -> None:
        self.state, self.outside = state, outside


class _Block(ContextDecorator):
    """A with-block, also a decorator, that may be entered again and again, inside itself and in several threads."""

    opened: ContextVar[_Open | None]  # the innermost block of this kind, in this thread and task
    everywhere: ClassVar[WeakSet[_Open]] = WeakSet()  # the open blocks of all kinds, in all contexts that are left
    lock = threading.Lock()

    def enter(self, state: object) -> None:
        """Begin a block; `with` calls it.

        state: what holds inside the block
        """
        block = _Open(state, self.opened.get())
        try:
            with self.lock:
                self.everywhere.add(block)
                engine.supervisor = _supervisor
            self.opened.set(block)
        except BaseException:  # Ctrl-C, and `with` will not call leave
            self._close(block)
            raise

    def leave(self) -> None:
        """End the block that was begun last; `with` calls it."""
        block = self.opened.get()
        if block is None:
            raise RuntimeError(f"{type(self).__name__} ends where it was not begun: in another thread, or another task")
        self._close(block)

    def _close(self, block: _Open) -> None:
        self.opened.set(block.outside)
        self.everywhere.discard(block)
        self.dismiss()

    @classmethod
    def dismiss(cls) -> None:
        """Go back to Values that nobody is shown, if no block is open anywhere."""
        with cls.lock:
            if not cls.everywhere:
                engine.supervisor = None

    def _recreate_cm(self) -> _Block:
        return type(self)()


class no_grad(_Block):
    """Values made in this block remember nothing: each is a new leaf. In PyTorch this is called no_grad, too.

    >>> from autograd import Value, no_grad
    >>> w = Value(2.0)
    >>> with no_grad():
    ...     step = w * 3
    >>> step.inputs
    ()
    """

    opened: ContextVar[_Open | None] = ContextVar("no_grad", default=None)

    def __enter__(self) -> no_grad:
        self.enter(True)
        return self

    def __exit__(self, *error: object) -> None:
        self.leave()


class detect_anomaly(_Block):
    """Find out where the first nan or infinity comes from.

    In this block every new node remembers the line of the program that made it. The first computed node that is not finite
    though its inputs are, and the first derivative that is not finite, raise AnomalyError (a FloatingPointError) with the
    node's label, its operation, its numbers and that line: at backward(), or at the end of the block, so that labels given
    after the computation are known. It costs time and memory: use it to look for a fault. In PyTorch this is called
    torch.autograd.detect_anomaly.

    >>> from autograd import Value, detect_anomaly
    >>> with detect_anomaly():  # doctest: +IGNORE_EXCEPTION_DETAIL, +ELLIPSIS
    ...     p = Value(0.0, label="p")
    ...     loss = -p.log()
    Traceback (most recent call last):
    autograd.modes.AnomalyError: log(p) is -inf where p = 0.0 ...
    """

    opened: ContextVar[_Open | None] = ContextVar("detect_anomaly", default=None)

    def __enter__(self) -> detect_anomaly:
        self.first: Value | None = None
        self.lines: dict[Value, Place | None] = {}
        self.enter(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        self.leave()
        lines, self.lines = self.lines, {}
        if kind is None and self.first is not None:
            raise _not_finite(self.first, lines)

    def made(self, node: Value) -> None:
        """Remember where a node was made, and whether it is the first that is not finite.

        node: the new node
        """
        self.lines[node] = _place(caller(2))
        if self.first is None and not math.isfinite(node.data) and all(math.isfinite(x.data) for x in node.inputs):
            self.first = node

    def differentiated(self, order: list[Value]) -> None:
        """Raise AnomalyError for the first number of a backward pass that is not finite.

        order: the nodes that were differentiated, from the output on
        """
        first, self.first = self.first, None
        if first is None:  # it may have been made before the block
            bad = [node for node in reversed(order) if not math.isfinite(node.data)]
            first = bad[0] if bad else None
        if first is not None:
            raise _not_finite(first, self.lines)
        for node in order:
            for x, slope in zip(node.inputs, node.op.slopes(node.data, [x.data for x in node.inputs])):  # type: ignore[union-attr]
                if x.op is not CONSTANT and not math.isfinite(node.grad * slope):
                    raise AnomalyError(
                        f"the derivative of {_formula(node)} in {_name(x)} is {short(slope)}{_numbers(node)}, and the"
                        f" gradient {short(node.grad)} that comes to {_name(node)} times it is {short(node.grad * slope)}"
                        f"{_made_by(node, self.lines)}",
                        node,
                    )


def without_graph(compute: Callable[..., Any], *arguments: Any) -> Any:
    """compute(*arguments) under no_grad, in a context of its own: however it ends, by Ctrl-C too, nothing of it holds on.

    Between the end of a block and its __exit__ there is a moment in which Ctrl-C leaves it open; there is none here.
    """
    return copy_context().run(no_grad()(compute), *arguments)


class _Supervisor:
    def made(self, node: Value) -> Value:
        if no_grad.opened.get() is not None:
            node.op = node._first = node._second = None
        elif (block := detect_anomaly.opened.get()) is not None:
            block.state.made(node)
        elif not _Block.everywhere:  # Ctrl-C came while the last block ended, and its context is gone
            _Block.dismiss()
        return node

    def differentiated(self, order: list[Value]) -> None:
        if (block := detect_anomaly.opened.get()) is not None:
            block.state.differentiated(order)


_supervisor = _Supervisor()


def _place(frame: FrameType | None) -> Place | None:
    """The line of the user's program that a frame works for."""
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in PACKAGES:
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else None


def _name(node: Value) -> str:
    return node.label or (f"the {node.op.name} node" if node.op and node.inputs else short(node.data))


def _formula(node: Value) -> str:
    names = [(x.label or short(x.data), ATOM if x.label or x.data >= 0.0 else NEGATION) for x in node.inputs]
    return node.op.notation.write(names)  # type: ignore[union-attr]


def _numbers(node: Value) -> str:
    known = dict.fromkeys(f"{x.label} = {short(x.data)}" for x in node.inputs if x.label)
    return f" where {', '.join(known)}" if known else ""


def _made_by(node: Value, lines: dict[Value, Place | None]) -> str:
    import linecache

    if (place := lines.get(node)) is None:
        return "; it was made outside detect_anomaly, so its line is not known"
    file, line = place
    source = linecache.getline(file, line).strip()
    return f"\n  {file}, line {line}" + (f"\n    {source}" if source else "")


def _not_finite(node: Value, lines: dict[Value, Place | None]) -> AnomalyError:
    name = f"{node.label} = " if node.label else ""
    message = f"{name}{_formula(node)} is {short(node.data)}{_numbers(node)} (operation {node.op.name})"  # type: ignore[union-attr]
    return AnomalyError(message + _made_by(node, lines), node)
