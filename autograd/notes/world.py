"""One reading of a page: sizes for its vectors, numbers for the letters that count, and a Value for each name.

A page says that ŷ = σ(θᵀx) and speaks of no size; what it claims is to hold for all of them. So it is read in several
worlds, with vectors of two entries, of three, and of one, and its rows are judged in each.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from autograd import primitives as ops
from autograd.calculus import gradient
from autograd.formula.arrays import Array, Axis, Quantity, ShapeError, vector
from autograd.formula.indexed import read_quantity
from autograd.formula.indexed_lexer import letters_below
from autograd.formula.name_keys import Key, key_of
from autograd.formula.uses import ARITHMETIC, LOSSES, find_uses, is_layer, split_indices
from autograd.notes.notation import UP_TO, Notation
from autograd.notes.slopes import DEEPEST, Slopes, UnsaidError
from autograd.rewriting import substitute
from autograd.value import Value, constant

AxisKey: TypeAlias = tuple[str, str, int]  # a name, what stands above it, and 0 for rows or 1 for columns

LAYERS = 3
LAST_LAYERS = {"L": LAYERS, "L-1": LAYERS - 1, "L−1": LAYERS - 1, "L+1": LAYERS + 1}


class World(Slopes):
    """A reading of a page.

    size: of its vectors; flat: whether all vectors have one entry, and are written as numbers
    axes: those of names that are arrays, each with how long it is, where not all are equally long
    """

    def __init__(
        self, notation: Notation, size: int, flat: bool = False, axes: Mapping[AxisKey, tuple[Axis, int]] | None = None
    ) -> None:
        super().__init__(notation)
        self.length, self.flat = size, flat
        self.axes = dict(axes or {})
        self.is_uneven = bool(axes)
        self.in_rows = False  # whether a vector is a row, as in h = x W
        self.env: dict[str, int] = {}
        self.fixed: dict[str, int] = {}  # letters that stand for one index on the whole page, as the right class
        self.of_vectors = "dot"
        self.names: Mapping[str, Value | float] = {}
        self.is_lenient = True
        self.sums = 0
        self.unbound: set[str] = set()
        self.bound: dict[Key, Quantity] = {}
        self.sizes = notation.sizes
        self.shapes = {} if flat else notation.arrays.shapes
        self.arrays: dict[Value, tuple[int, Array]] = {}  # names that stand for arrays, though nothing else shows it
        self.any_functions: set[str] = set()  # of which the page says nothing, in what was read

    def read(self, text: str, env: dict[str, int]) -> Quantity:
        """A formula, with numbers for the letters that count. Raises what the reader raises."""
        self.env = env
        try:
            return read_quantity(text, self)
        finally:
            self.env = {}

    # ---- names

    def __contains__(self, key: Key) -> bool:
        if key in self.bound:
            return True
        if len(key) != 4:
            return len(key) == 2 and key[0] == "" and str(key[1]) in self.notation.words
        base, primes, up, down = (str(part) for part in key)
        if not base or primes != "0" or not (self.notation.is_name(base) or (base in ("e", "π") and down)):
            return False
        if base == "d" and not down and "d" not in self.notation.bases:
            return False
        return not up or is_layer(up) or self._transposed(up) is not None

    def _transposed(self, up: str) -> str | None:
        match = re.fullmatch(r"(\(.*\)|\[.*\]|[lL](?:[+−-]1)?)\s*(?:T|⊤|top)", up)
        return match[1] if match else None

    def __iter__(self) -> Iterator[Key]:
        return iter([key_of(base) for base in self.notation.bases])

    def __getitem__(self, key: Key) -> Quantity:
        if key in self.bound:
            return self.bound[key]
        if len(key) == 2:
            key = key_of(str(key[1]))
        base, _, up, down = (str(part) for part in key)
        if not up and not down:
            if (n := self._counted(base)) is not None:
                return constant(float(n))
            if base in self.sizes and base in UP_TO and not self.flat:
                return constant(float(self.length))
        inner = self._transposed(up)
        if inner is not None:
            found = self[key_of(base, 0, inner, down)]
            return found.transposed if isinstance(found, Array) else found
        indices = self.letters_in(down)
        if self.notation.kronecker and base == "δ" and len(indices) == 2 and all(str(i).isdecimal() for i in indices):
            return constant(float(indices[0] == indices[1]))
        return self.quantity(base, self._layer(up), tuple(indices))

    def _layer(self, up: str) -> str:
        """What stands above a name, with numbers for the letters that count layers."""
        inside = up.strip("()[]")
        if not is_layer(up) or up in ("new", "old", "*"):
            return up
        if inside in LAST_LAYERS:
            return f"({LAST_LAYERS[inside] if 'l' in self.notation.layers else inside})"
        return f"({self.place(inside)})"

    def letters_in(self, down: str) -> list[str]:
        """Indices with numbers for the letters that count."""
        parts = split_indices(down)
        if self.flat:
            parts = [part for part in parts if ARITHMETIC.sub(r"\1", part) not in self.notation.letters]
        return [self.place(part) for part in parts]

    def place(self, part: str) -> str:
        if (n := self._counted(part)) is not None:
            return str(n)
        if ARITHMETIC.fullmatch(part):
            terms = [self.term(term) for term in re.findall(r"[+−-]?(?:[0-9]+|[^\W\d_])", part)]
            known = [term for term in terms if term is not None]
            return str(sum(known)) if len(known) == len(terms) else part.replace("−", "-")
        if part in self.notation.letters or part in self.notation.layers:
            self.unbound.add(part)
        return part

    def _counted(self, letter: str) -> int | None:
        """The number that stands for a letter here."""
        return self.env.get(letter, self.fixed.get(letter))

    def term(self, text: str) -> int | None:
        """A term of an index, such as the k of i + k − 1; nothing where no number stands for it."""
        letter = text.lstrip("+−-")
        number = int(letter) if letter.isdecimal() else self._counted(letter)
        if number is None and letter in self.sizes and not self.flat:
            number = self.length
        if number is None and (letter in self.notation.letters or letter in self.notation.layers):
            self.unbound.add(letter)
        return number if number is None or text[0] not in "−-" else -number

    def letters_in_formula(self, text: str) -> list[str]:
        return [p for p in letters_below(text) if p in self.notation.letters or p in self.sizes]

    def size(self, letter: str) -> int:
        letter = letter.strip()
        if letter.isdecimal():
            return int(letter)
        if match := ARITHMETIC.fullmatch(letter.replace(" ", "")):
            others = [self.term(term) or 0 for term in re.findall(r"[+−-](?:[0-9]+|[^\W\d_])", match[2])]
            return self.env.get(match[1], self.length) + sum(others)
        return self.length

    def quantity(self, base: str, up: str, indices: tuple[str, ...]) -> Quantity:
        rank = 0 if self.flat else self.notation.arrays.rank(base, up, len(indices))
        if base.islower() and (base, up) not in self.shapes and (base.upper(), up) in self.shapes and not indices:
            base = base.upper()
        if (base, up) in self.shapes and not indices:
            n, m = self.shapes[base, up]
            if n == m == 1:
                return self.leaf(base, up, ())
            columns = [[str(j + 1)] for j in range(m)] if m > 1 else [[]]
            return Array([[self.leaf(base, up, (str(i + 1), *column)) for column in columns] for i in range(n)])
        if rank == 0:
            return self.leaf(base, up, indices)
        down, n = self.axis(base, up, 0)
        if rank == 1:
            found = vector([self.leaf(base, up, (*indices, str(i + 1))) for i in range(n)], down)
            return found.transposed if self.in_rows else found
        across, m = self.axis(base, up, 1)
        if rank == 2:
            rows = [[self.leaf(base, up, (*indices, str(i + 1), str(j + 1))) for j in range(m)] for i in range(n)]
            return Array(rows, (down, across))
        raise ShapeError(f"{base} has {rank} indices, and stands without them")

    def axis(self, base: str, up: str, which: int) -> tuple[Axis, int]:
        """The rows or the columns of a name that is an array, and how many they are."""
        return self.axes.setdefault((base, up, which), (Axis(), self.length))

    def leaf(self, base: str, up: str, indices: tuple[str, ...]) -> Value:
        if base.isupper() and len(base) == 1 and base not in self.notation.counts and base.lower() in self.notation.counts:
            lower = self.notation.counts[base.lower()]
            if len(indices) == lower and base not in LOSSES and not self.notation.arrays.array_bases.get(base):
                base = base.lower()
        key = base, up, indices
        if key not in self.leaves:
            below = "".join(indices) if all(len(i) == 1 for i in indices) else ",".join(indices)
            above = f"^{up}" if is_layer(up) and up[:1] in "([" else f"_{up}" if up else ""
            value = Value(1.0, base + above + (f"_{{{below}}}" if below else ""))
            self.leaves[key], self.keys[value] = value, key
        return self.leaves[key]

    # ---- functions

    def is_called(self, base: str, inside: str, pure: bool, primed: bool) -> str:
        return self.notation.is_called(base, inside, pure, primed)

    def call(self, base: str, args: list[Quantity], primes: int, text: str) -> Quantity:
        """A function of the page, or any function of that name, entry by entry."""
        if len(args) == 1 and isinstance(args[0], Array):
            return args[0].map(lambda x: self._call(base, [x], primes))
        if not all(isinstance(x, Value) for x in args):
            raise ShapeError(f"{base} is a function of numbers here")
        return self._call(base, [x for x in args if isinstance(x, Value)], primes)

    def _call(self, base: str, args: list[Value], primes: int) -> Value:
        if primes > 1 or (primes and len(args) > 1):
            raise ShapeError("a prime is the first derivative of a function of one argument")
        fresh = [Value(1.0, f"{base}·{i}") for i in range(len(args))]
        y = self._body(base, fresh)
        if primes:
            y = gradient(y, fresh[0])[0]
        return substitute(y, dict(zip(fresh, args)))

    def _body(self, base: str, args: list[Value]) -> Value:
        if base in self.notation.functions:
            params, body = self.notation.functions[base]
            body = re.split(r"(?<![<>=≤≥])=(?!=)|≈|\\approx|\\Rightarrow|\\rightarrow", body)[0]
            keys = [use.key for p in params for use in find_uses(p)]
            if len(keys) != len(args):
                raise ShapeError(f"{base} has {len(keys)} arguments here")
            before, self.bound = self.bound, {**self.bound, **dict(zip(keys, args))}
            self._deep += 1
            try:
                if self._deep > DEEPEST:
                    raise ShapeError(f"{base} is defined by itself")
                y = read_quantity(body, self)
            finally:
                self.bound = before
                self._deep -= 1
            if not isinstance(y, Value):
                raise ShapeError(f"{base} is no number")
            return y
        self.any_functions.add(base)
        seed = hashlib.sha256(base.encode()).digest()
        y = constant(0.0)
        for i, x in enumerate(args):  # any function will do, if what is claimed holds for all
            a, b, c, d = (0.4 + seed[4 * i + j] / 256.0 for j in range(4))
            y = y + a * ops.sin(b * x + c) + d * x * x + 2.0
        return y

    def loss(self) -> str:
        """What ∇ is the gradient of, where that is not written."""
        found = [base for base in self.notation.bases if base in LOSSES and base in self.notation.tops]
        if len(found) != 1:
            raise UnsaidError("of what this is the gradient is not said")
        return found[0]

    def count(self, text: str) -> None:
        """Sizes are small here, and so is what is read again."""

    def expect_vector(self, of: Quantity, strict: bool = False) -> None:
        """A number may be a vector of one entry here."""
