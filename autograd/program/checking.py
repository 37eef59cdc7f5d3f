"""No program is believed: before its first answer, each kind of it is compared with its graph, number by number.

What works in place is compared with what does not. A program that differed once never answers again.
"""

from __future__ import annotations

from autograd.program.batch import count_rows
from autograd.program.engines import import_numpy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from autograd.program.plan import Plan

AGREEMENT = 1e-9  # of a program with its graph, relative
NUDGE = 1e-11  # relative: two numbers are apart by rounding alone if moving the parameters by so little moves them as far
MANY = 5000  # parameters: a program of so many is compared with its graph on one row instead of two


class Checks:
    """Which kinds of a program have been compared.

    passed: those that agreed; a kind in place is ("in place", whether its batch came with ones)
    fault: what one of them was found to do wrong
    """

    def __init__(self) -> None:
        self.passed: set[object] = set()
        self.fault = ""

    def refuse_faulty(self) -> None:
        """Raise ArithmeticError for a program that differed from its graph once."""
        if self.fault:
            raise ArithmeticError(self.fault)

    def compare_with_graph(self, kind: str, plan: Plan, arrays: Mapping[str, Any], *vectors: Any) -> None:
        """Compare a kind of program with the graph itself on two rows of a batch."""
        theta, *seed = vectors
        rows = _choose_rows(arrays, 1 if len(theta) > MANY else 2)
        if not rows:
            return
        few = {name: array[:, rows] for name, array in arrays.items()}
        moved, expected, _ = _expect(plan, few, theta, *seed)
        self._compare(plan.run(few, moved, *seed), expected, lambda: plan.by_graph(few, _nudge(moved), *seed))
        self.passed.add(kind)

    def agrees_rolled(
        self, kind: str, plan: Plan, arrays: Mapping[str, Any], recorded: Mapping[str, Any], *vectors: Any
    ) -> bool | None:
        """Whether a rolled plan gives what the graph itself does, on a row of a batch, and for that row and the recorded one
        together what it gives for each, so that what is mixed up between rows shows; in place where that is to be used.

        None where no row has numbers to compare.
        """
        np = import_numpy()
        theta, *seed = vectors
        if not (rows := _choose_rows(arrays, 1)):
            return None
        one = {name: np.ascontiguousarray(array[:, rows]) for name, array in arrays.items()}
        two = {name: np.concatenate([array, recorded[name]], axis=1) for name, array in one.items()}
        moved, expected, finite = _expect(plan, one, theta, *seed)
        if not finite:
            return None

        def at(some: Mapping[str, Any]) -> list[Any]:
            gradient = np.zeros(len(theta))
            return [plan.bound(np, (moved, *seed), gradient, count_rows(some), False)(*some.values()), gradient]

        with np.errstate(all="ignore"):
            if seed:
                pairs = [*zip(at(one), [expected[0].sum() * seed[0][0], expected[1]])]
                apart = [here + there for here, there in zip(at(one), at(recorded))]
                pairs += zip(at(two), apart) if arrays and np.isfinite(apart[0]) else []
            else:
                found = at(two)[0]
                pairs = [(found[:, :1] if np.ndim(found) else found, expected[0])]
                pairs.append((plan.run(two, moved)[0][:, :1], expected[0]))
            alike = all(np.all(_agree(here, there)) for here, there in pairs)
        if alike:
            self.passed.add(("rolled", kind))
        return alike

    def compare_in_place(
        self, ones: bool, plan: Plan, arrays: Mapping[str, Any], theta: Any, seed: Any, found: Sequence[Any]
    ) -> None:
        """Compare what the program in place gave for its first batch, value and gradient, with what the other one does."""

        def at(theta: Any) -> list[Any]:
            rows, slopes = plan.run(arrays, theta, seed)
            return [rows.sum() * seed[0], slopes]

        self._compare(found, at(theta), lambda: at(_nudge(theta)))
        self.passed.add(("in place", ones))

    def _compare(self, found: Sequence[Any], expected: Sequence[Any], nearby: Callable[[], Sequence[Any]]) -> None:
        """Hold numbers against those that they should be; nearby: what these are if the parameters are nudged."""
        np = import_numpy()
        for i, (here, there) in enumerate(zip(found, expected)):
            with np.errstate(all="ignore"):
                off, alike = np.abs(here - there), _agree(here, there)
                if not np.all(alike):
                    alike |= off <= 10.0 * np.abs(nearby()[i] - there)
            if not np.all(alike):
                self.fault = (
                    f"the compiled program differs from its graph by {np.max(off[~alike]):.3g}: a fault in the compiler;"
                    " please report it with the graph, and use the graph itself meanwhile"
                )
                raise ArithmeticError(self.fault)


def _expect(plan: Plan, arrays: Mapping[str, Any], theta: Any, *seed: Any) -> tuple[Any, list[Any], bool]:
    """Parameters, what the graph itself gives with these, and whether all of it is finite.

    They are moved a little, since many a fault is hidden where they are all zero; not where the graph has no numbers there.
    """
    np = import_numpy()
    chance = np.random.default_rng(0)
    moved = theta * chance.uniform(0.95, 1.05, len(theta)) + chance.uniform(-0.01, 0.01, len(theta))
    for each in (moved, theta):
        expected = plan.by_graph(arrays, each, *seed)
        if finite := all(np.isfinite(array).all() for array in expected):
            break
    return each, expected, finite


def _nudge(theta: Any) -> Any:
    """Parameters moved by rounding alone."""
    return theta * (1.0 + NUDGE * import_numpy().random.default_rng(0).choice([-1.0, 1.0], len(theta)))


def _agree(here: Any, there: Any) -> Any:
    np = import_numpy()
    return (np.abs(here - there) <= AGREEMENT * np.maximum(np.abs(there), 1.0)) | (here == there) | np.isnan(there)


def _choose_rows(arrays: Mapping[str, Any], most: int) -> list[int]:
    """The row of the largest number, and the first one, of those rows that are finite; none where no row is."""
    np = import_numpy()
    if not arrays:
        return [0]
    size = np.max([np.abs(array).max(0) for array in arrays.values()], axis=0)
    usable = np.flatnonzero(np.isfinite(size))
    if not len(usable):
        return []
    busiest = int(usable[np.argmax(size[usable])])
    return [busiest] if most == 1 else sorted({int(usable[0]), busiest})
