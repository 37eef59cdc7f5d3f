"""Names as formulas with indices speak of them: one entry x_i, all of a vector x, how many there are.

x_i, w_{i,j+1}, a^{(l)}_i    the name that it is where i, j and l count; a bare i is that number
x, W, a_L                    all of x_1, x_2, …, as an Array, where no name is just x
n, and Σ_i without bounds    the number that is given for n, or how many entries the names have that i counts
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import isfinite
from unicodedata import normalize

from autograd.calculus import gradient
from autograd.formula import patterns
from autograd.formula.arrays import Array, Quantity, ShapeError, vector
from autograd.formula.indexed_lexer import DOTS, SUMMED, bounds_behind, letters_below
from autograd.formula.lexer import Derive
from autograd.formula.name_keys import Key, key_of, keys_of, name_key
from autograd.formula.new_names import invent_names
from autograd.formula.uses import ARITHMETIC, Use, find_all_uses, find_uses, is_layer, plain
from autograd.graph import leaves
from autograd.value import Value, constant, lift
from autograd.writing.names import pretty

MOST_READ = 60_000  # characters that are read again for numbers of a letter, in one formula
_TERM = re.compile(r"([+−-]?)([0-9]+|[^\W\d_])")
_LETTER = re.compile(r"(?<![^\W\d_])[^\W\d_]'*(?![^\W\d_])")
_TIMES = re.compile(r"\s*(?:\\cdot(?![A-Za-z])|[·⋅∙•])\s*")
_NO_NAMES = re.compile(  # signs and words of formulas with indices, in which no new names are looked for
    rf"{SUMMED.pattern}(?:[_^](?:\{{[^{{}}]*\}}|\([^()]*\)|\w))*|\\(?:begin|end)\s*\{{\w+\*?\}}"
    rf"|\\(?:text|mathrm|mbox)\s*\{{[^{{}}]*\}}|(?:\\(?:text|mathrm|operatorname)\s*\{{\s*)?[sS]oftmax\s*\}}?"
    rf"|{patterns.TRANSPOSED.pattern}|\b(?:if|otherwise|else|for|when|where)\b|{DOTS.pattern}"
    r"|\\(?:lVert|rVert|Vert|odot|circ|langle|rangle)(?![A-Za-z])"
)


class NamesWithIndices:
    """What a formula with indices may speak of, and what its letters stand for.

    text: the formula; names: what it may speak of, by name
    derive: the derivative of one Value by another, or None where nothing is known of it
    inventing: whether names that are none of names are new Values
    """

    of_vectors = "dot"
    is_lenient = False

    def __init__(self, text: str, names: Mapping[str, Value | float], derive: Derive | None, inventing: bool) -> None:
        self.names, self.derive = names, derive
        labels, _, _ = keys_of(tuple(names))
        self.known: dict[Key, Value] = dict(zip(labels, map(lift, names.values())))
        self.families: dict[Key, dict[tuple[str, ...], Value]] = {}  # of each base, with what is above it: by their indices
        for key, value in self.known.items():
            if len(key) == 4 and key[3]:
                members = self.families.setdefault(key[:3], {})
                members[tuple(_parts(str(key[3])))] = members[str(key[3]),] = value  # w_12 is a twelfth, or in the first row
        self.env: dict[str, int] = {}
        self.sums = self.read = 0
        undressed = plain(text)
        self.uses = list(find_all_uses(undressed))
        self.counting, self.sizes = self._find_letters(undressed)
        self.bare: set[Value] = set()  # new, and without an index
        self.stems: set[Key] = set()  # whose members are made when they are spoken of
        if inventing:
            self._invent(undressed)

    # ---- letters

    def _find_letters(self, text: str) -> tuple[dict[str, str], set[str]]:
        """The letters that count, each with what it counts up to, if that is said; and the letters that stand there."""
        counting: dict[str, str] = {}
        for match in SUMMED.finditer(text):
            low, high, _ = bounds_behind(text, match.end())
            for letter in _LETTER.findall(low.partition("=")[0].replace("′", "'").replace("’", "'")):
                counting.setdefault(letter, high.strip())
        behind = {letter for match in DOTS.finditer(text) for letter in letters_below(text[match.end() :])}
        own = {c for key in self.known if len(key) == 4 for c in str(key[3]) if c.isalpha()}  # the L of a_L
        return counting, {high for high in counting.values() if _LETTER.fullmatch(high)} | (behind - counting.keys() - own)

    def letters_in_formula(self, text: str) -> list[str]:
        return [letter for letter in letters_below(text) if letter in self.counting or letter in self.sizes]

    def letters_in(self, text: str) -> list[str]:
        """Indices behind brackets, where a number that is given may stand, too."""
        places = [self._place(part) for part in _parts(text)]
        given = [self.known.get(key_of(place)) for place in places]
        return [place if x is None or not x.data.is_integer() else str(int(x.data)) for place, x in zip(places, given)]

    def _place(self, part: str) -> str:
        """An index with numbers for the letters that count: the 3 of i + 1."""
        if part in self.env or part in self.sizes:
            return str(self.size(part))
        letters = {x for _, x in _TERM.findall(part) if not x.isdecimal()}
        return str(self.size(part)) if ARITHMETIC.fullmatch(part) and letters <= self.env.keys() | self.sizes else part

    def size(self, letter: str) -> int:
        """How far a letter counts, or the number that one stands for, or a sum of such. Raises ShapeError."""
        letter = letter.replace(" ", "")
        if letter.isdecimal():
            return int(letter)
        if letter in self.env:
            return self.env[letter]
        if ARITHMETIC.fullmatch(letter):
            terms = [(sign, self.size(x)) for sign, x in _TERM.findall(letter)]
            return sum(-n if sign in ("−", "-") else n for sign, n in terms)
        known = None if letter in self.counting else self.known.get(key_of(letter))
        if known is not None:
            if isfinite(known.data) and known.data.is_integer() and known.data >= 0.0:
                return int(known.data)
            raise ShapeError(f"what counts runs up to a whole number, and {letter} is {known.data:g}")
        if high := self.counting.get(letter, ""):
            return self.size(high)
        found = max(map(self._entries, [letter, *(x for x, high in self.counting.items() if high == letter)]))
        if not found:
            unsaid = "nothing says how far this runs: write its bounds, as in Σ_{i=1}^{3}"
            raise ShapeError(f"{unsaid}, or give {letter} a number" if letter in self.sizes else unsaid)
        return found

    def _entries(self, letter: str) -> int:
        """How many entries the names have in which a letter stands as an index."""
        found = 0
        for use in self.uses:
            parts = _parts(use.down)
            for members in self._members(use) if letter in parts else ():
                place = parts.index(letter)
                found = max([found, *(int(m[place]) for m in members if len(m) == len(parts) and m[place].isdecimal())])
        return found

    def _members(self, use: Use) -> Iterator[Mapping[tuple[str, ...], Value]]:
        """The families that a name may be of, whatever layer counts above it."""
        base, primes, up, _ = use.key
        above = str(up) if is_layer(str(up)) else ""
        counts = not self.counting.keys().isdisjoint(above)
        for stem, members in self.families.items():
            if stem[:2] == (base, primes) and (counts or stem[2] == above):
                yield members

    # ---- names

    def _invent(self, text: str) -> None:
        """New names: those without letters that count now, others when they are spoken of."""
        masked = re.sub("[⟦¦⏎⟧⦃⦄⊙‖≠]", ",", _NO_NAMES.sub(lambda match: " " * len(match[0]), text))
        letters, has_dots = self.counting.keys() | self.sizes, DOTS.search(text)
        for name, value in invent_names(masked, self.names).items():
            key = name_key(name)
            if len(key) != 4:
                self.known[key] = value
                continue
            base, primes, up, down = map(str, key)
            if has_dots or not letters.isdisjoint([*letters_below(f"_{{{down}}}"), *up]):
                self.stems.add((base, primes, bool(up), len(_parts(down))))
            if letters.isdisjoint([base, *letters_below(f"_{{{down}}}"), *up]) and self._family(key) is None:
                self.known[key] = value
                self.bare |= set() if down else {value}

    def __contains__(self, key: Key) -> bool:
        return self._find(key) is not None

    def __getitem__(self, key: Key) -> Quantity:
        found = self._find(key)
        assert found is not None
        return found

    def __iter__(self) -> Iterator[Key]:
        return iter(self.known)

    def _find(self, key: Key) -> Quantity | None:
        if len(key) == 3:
            top, bottom = (self._counted(part) for part in key[1:] if isinstance(part, tuple))
            return self.known.get((key[0], top, bottom))
        if len(key) != 4:
            return self.known.get(key)
        base, *others = map(str, key)
        if others == ["0", "", ""] and (base in self.env or base in self.sizes):
            return constant(float(self.size(base)))
        if key in self.known and self.env.keys().isdisjoint(letters_below(f"_{{{key[3]}}}")):
            return self.known[key]  # x_n by just this name, though n is a number, too
        counted = self._counted(key)
        if counted in self.known:  # a Value of 0 is no missing one
            return self.known[counted]
        family = self._family(counted)
        return self._new(counted) if family is None else family

    def _counted(self, key: Key) -> Key:
        """A name with numbers for the letters that count."""
        if len(key) != 4:
            return key
        base, primes, up, down = map(str, key)
        if up.startswith("(") and up.endswith(")"):
            up = f"({self._place(up[1:-1])})"
        places = _parts(down)
        return key_of(base, int(primes), up, ",".join(map(self._place, places)) if len(places) > 1 else self._place(down))

    def _new(self, key: Key) -> Value | None:
        """A member that nobody has given, where names may be new."""
        base, primes, up, down = map(str, key)
        places = _parts(down)
        known = (base, primes, bool(up), len(places)) in self.stems and (is_layer(up) or not up)
        if not known or not all(place.isdecimal() for place in places):
            return None
        label = f"{base}{chr(39) * int(primes)}{f'^{up}' if up else ''}_{down if down.isdecimal() else f'{{{down}}}'}"
        value = self.known[key] = Value(1.0, normalize("NFC", label))
        return value

    def _family(self, key: Key) -> Array | None:
        """All entries of a vector or a matrix, of which this is the name."""
        front = tuple(_parts(str(key[3])))
        behind = {
            parts[len(front) :]: value
            for parts, value in self.families.get(key[:3], {}).items()
            if parts[: len(front)] == front and all(part.isdecimal() for part in parts[len(front) :])
        }
        for length in (1, 2):
            entries = {tuple(map(int, parts)): value for parts, value in behind.items() if len(parts) == length}
            if len(entries) < 2 or (first := min(map(min, entries))) > 1:
                continue
            n, m = (max(place[i] for place in entries) - first + 1 for i in (0, -1))
            places = list(product(*[range(first, first + n), range(first, first + m)][:length]))
            if places == sorted(entries):
                column = [entries[place] for place in places]
                return vector(column) if length == 1 else Array([column[m * i : m * (i + 1)] for i in range(n)])
        return None

    # ---- what the parser asks

    def count(self, text: str) -> None:
        """Take note that a text is read once more. Raises ShapeError where that is too often."""
        self.read += len(text) + 20
        if self.read > MOST_READ:
            raise ShapeError("this comes to more terms than are read here: a sum of a hundred or two is")

    def is_called(self, base: str, inside: str, pure: bool, primed: bool) -> str:
        return ""

    def call(self, base: str, args: list[Quantity], primes: int, text: str) -> Quantity:
        raise ShapeError(f"{base} is no function that is known here")

    def differentiate(self, top: Quantity, bottom: Quantity) -> Quantity:
        if isinstance(top, Value):
            return bottom.map(lambda x: self._slope(top, x)) if isinstance(bottom, Array) else self._slope(top, bottom)
        if isinstance(bottom, Value):
            return top.map(lambda y: self._slope(y, bottom))
        if not (top.is_vector and bottom.is_vector):
            raise ShapeError("how a derivative of a matrix is laid out is not said: differentiate one entry by another")
        return Array([[self._slope(y, x) for x in bottom.entries] for y in top.entries])

    def _slope(self, y: Value, x: Value) -> Value:
        found = self.derive(y, x) if self.derive else gradient(y, x)[0]
        if found is None:
            raise ShapeError("nothing says here how this varies: write what its derivative comes to")
        return found

    def loss(self) -> str:
        raise ShapeError("of what this is the gradient is not said: write ∇_w L, say")

    def expect_vector(self, of: Quantity, strict: bool = False) -> None:
        """Raise ShapeError where a name is new that should be a vector; strict: or where it is a number."""
        if not isinstance(of, Value):
            return
        new = next((pretty(x.label) for x in leaves(of) if x in self.bare), "")
        if x := new or (pretty(of.label) if strict and not of.inputs else ""):
            why = f"nothing says how many entries {x} has" if new else f"this transposes a vector, and {x} is a number"
            raise ShapeError(f"{why}: give {x}_1, {x}_2 and so on, or write it out, as [{x}_1, {x}_2]")


def ends_of_sums(text: str) -> set[Key]:
    """The names in a formula up to which letters count there, as the n of Σ_{i=1}^n."""
    text = plain(text)
    ends = [bounds_behind(text, match.end())[1] for match in SUMMED.finditer(text)]
    return {key_of(letter) for end in ends for _, letter in _TERM.findall(end)}


def multiplies_families(text: str, names: Iterable[str]) -> bool:
    """Whether a name stands at a product sign of which only the entries are names, as w·x beside w_1, w_2, x_1, x_2."""
    places = [match.span() for match in _TIMES.finditer(text)]
    if not places:
        return False
    labels = set(keys_of(tuple(names))[0])
    indexed = {key[:3] for key in labels if len(key) == 4 and key[3]}
    wholes = [use for use in find_uses(text) if use.key[:3] in indexed and use.key not in labels and not use.down]
    starts, ends = map(set, zip(*places))
    return any(use.end in starts or use.start in ends for use in wholes)


def _parts(down: str) -> list[str]:
    """What stands below a name as indices: kij as three, i+1,m as two, 12 as two, 1,12 as two."""
    down = "".join(down.split())
    if "," in down:
        return [part for part in down.split(",") if part]
    return [down] if ARITHMETIC.fullmatch(down) else re.findall(r"[^\W\d_]'*|[0-9]|.", down)
