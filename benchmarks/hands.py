"""How people write: a sheet's lines in the hand, and with the pocket calculator, of somebody who is drawn at random.

marking.py has the sheets and asks what the marker says. Here its formulas become pages of working: names, numbers,
results in any mixture, `w·x + b = 0.4·x + 0.2 = 0.24 + 0.2 = 0.44`, worked out stage by stage as a person does. The
arithmetic is decimal and rounded like the person's own: every operation, or only what is written, to the digits that are
kept. An honest line is one that was worked out by these rules and nothing else. Nothing here is known to the marker, and
nothing of the marker here.

calculators.py works formulas out, slips.py plants mistakes, sheets.py puts the lines together.

Three things are drawn for a page, and then used throughout: an Arithmetic (digits, roundings), a Hand (signs, spellings,
LaTeX) and a Page (what the quantities are called). What is drawn for each line, its stages and shortcuts, it tells as
`styles`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from calculators import (
    ONE,
    TWO,
    Arithmetic,
    Held,
    Node,
    count_operations,
    negative,
    nodes,
    number,
    rewritten,
    work_out,
)

LONGEST = 12  # operations in a formula into which others are put


# ------------------------------------------------------------------------------------------------------------------ hands

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SUM, PRODUCT, POWER, ATOM = range(1, 5)  # how tightly an expression holds together


class Hand(NamedTuple):
    latex: bool
    times: str  # between factors; "" for none
    minus: str
    comma: bool  # the decimal point is one
    subscript: str  # w11, w_11, w_{11} or w₁₁
    partial: str  # ∂ or d
    log: str
    sigma: str
    power: str  # e^, exp
    square: str
    negative: str  # sign, brackets, bare: + (−0.3)·0.8, − 0.3·0.8; a bare minus stands after a · as well
    half: str  # /2, ½, 0.5
    drops_zeros: bool
    scientific: str  # "" or how small numbers are written
    leads: bool  # with a 0 before the point
    approximately: str
    around: str  # brackets, or a command, around the result
    stop: bool
    own_name: bool  # z = 0.4·0.6 = 0.24 on the line of z
    breaks: bool  # a stage per line
    dollars: bool


def draw_hand(rng: random.Random) -> Hand:
    latex, chance = rng.random() < 0.2, rng.random
    around = ("\\boxed", "\\underline", "\\mathbf") if latex else ("(", "[")
    powers_of_ten = ("\\cdot 10^", "e") if latex else ("e", "E", " e", "·10^", "× 10⁻")
    signs = ("=", "\\approx", "\\approx") if latex else ("=", "=", "≈", "≅", "~", "→")
    return Hand(
        latex=latex,
        times=rng.choice(("\\cdot ", "\\cdot ", "\\times ", "") if latex else ("·", "·", "*", "*", "×", "x", "")),
        minus="-" if latex else rng.choice("-−"),
        comma=not latex and chance() < 0.12,
        subscript="w_{1}" if latex else rng.choice(("w1", "w_1", "w_1", "w₁")),
        partial="∂" if chance() < 0.85 else "d",
        log=rng.choice(("\\log", "\\ln") if latex else ("log", "ln")),
        sigma="\\sigma" if latex else rng.choice(("σ", "σ", "sigmoid")),
        power=rng.choice(("e^", "e^", "exp")),
        square=rng.choice(("^2", "^{2}") if latex else ("²", "²", "^2", "^2", "**2")),
        negative=rng.choice(("sign", "brackets", "brackets", "bare")),
        half=rng.choice(("/2", "/2", "½", "0.5")),
        drops_zeros=chance() < 0.4,
        scientific=rng.choice(powers_of_ten) if chance() < 0.25 else "",
        leads=chance() < 0.95,
        approximately=rng.choice(signs),
        around=rng.choice(around) if chance() < 0.15 else "",
        stop=chance() < 0.1,
        own_name=chance() < 0.2,
        breaks=chance() < 0.15,
        dollars=latex and chance() < 0.5,
    )


class Page(NamedTuple):
    """How quantities are called: on the sheet, and by the person."""

    letters: Mapping[str, str]  # the sheet's own: L is E, o is ŷ
    outputs: int
    hiddens: int
    linear: bool  # the output is the net itself
    partials: bool  # the sheet's lines are called ∂L/∂w; otherwise dw

    def stem(self, identifier: str) -> tuple[str, str, str]:
        """Letter, index, ending. One output has no index; without a hidden layer z, w, b are what is elsewhere a, v, c."""
        letter, index, new = re.fullmatch(r"([A-Za-z]+?)(\d*)(_new)?", identifier).groups("")  # type: ignore[union-attr]
        if self.outputs == 1 and letter in {*"aotcver", "d"}:
            index = index[:-1]
        if not self.hiddens:
            letter = {"a": "z", "v": "w", "c": "b"}.get(letter, letter)
        return self.letters.get(letter, letter), index, new

    def fraction(self, identifier: str) -> tuple[str, str] | None:
        """The quantities whose derivative a line is."""
        letter, index = identifier[0], identifier[1:]
        net = "o" if self.linear else "a"
        simple = {"e": ("L", "o"), "r": ("o", "a"), "d": ("L", net), "s": ("h", "z"), "g": ("L", "h"), "k": ("L", "z")}
        if identifier[0] == "d" and not index[0].isdigit():
            return "L", index
        if letter not in simple or identifier == "eta":
            return None
        top, bottom = simple[letter]
        return top if top == "L" else top + index, bottom + index

    def on_sheet(self, identifier: str) -> str:
        """The sheet's own name for a quantity."""
        fraction = self.fraction(identifier)
        if fraction and self.partials:
            top, bottom = map(self.on_sheet, fraction)
            return f"∂{top}/∂{bottom}"
        if fraction and identifier[0] == "d" and identifier[1].isalpha():
            return "d" + self.on_sheet(identifier[1:])
        letter, index, new = self.stem(identifier)
        return letter + ("_" + index if index else "") + new


LETTERS = {
    "L": ("L", "E", "J"),
    "o": ("o", "o", "ŷ", "p"),
    "t": ("t", "t", "y"),
    "eta": ("η", "η", "α", "lr"),
    "e": ("err",),  # where e to the power is written, e is no name
    "d": ("δ",),
}


def draw_page(rng: random.Random, shape: tuple[int, int, int], loss: str) -> Page:
    letters = {letter: rng.choice(others) for letter, others in LETTERS.items()}
    return Page(letters, shape[2], shape[1], loss.endswith("linear"), rng.random() < 0.7)


class Writer(NamedTuple):
    """Puts formulas on the page. What is random here is how each formula is written, not what it says."""

    hand: Hand
    page: Page
    styles: set[str]  # of the line that is written

    # names

    def call(self, identifier: str) -> str:
        fraction = self.page.fraction(identifier)
        if fraction and (self.page.partials or "∂ for the sheet's names" in self.styles):
            return self.derivative(*fraction)
        if fraction and identifier[0] == "d" and identifier[1].isalpha():
            return "d" + self.call(identifier[1:])
        letter, index, new = self.page.stem(identifier)
        if self.hand.latex:
            letter = {"ŷ": "\\hat{y}", "η": "\\eta", "α": "\\alpha", "δ": "\\delta"}.get(letter, letter)
        if new and self.hand.latex:
            return letter + (f"_{{{index}}}" if index else "") + "^{new}"
        if not index:
            return letter + new
        spelt = {"w1": index, "w_1": "_" + index, "w_{1}": f"_{{{index}}}", "w₁": index.translate(SUBSCRIPTS)}
        return letter + spelt[self.hand.subscript] + ("ⁿᵉʷ" if new and self.hand.subscript == "w₁" else new)

    def derivative(self, top: str, bottom: str) -> str:
        top, bottom = self.call(top), self.call(bottom)
        if self.hand.latex:
            return f"\\frac{{\\partial {top}}}{{\\partial {bottom}}}"
        return f"{self.hand.partial}{top}/{self.hand.partial}{bottom}"

    # numbers

    def put_down(self, text: str) -> str:
        """A number as this hand writes it."""
        text = text.replace("-", "")
        if self.hand.drops_zeros and "." in text and "e" not in text:
            shorter = text.rstrip("0").rstrip(".")
            self.styles.update({"zeros dropped"} if shorter != text else ())
            text = shorter
        digits = text.replace(".", "").lstrip("0")
        if self.hand.scientific and "." in text and len(digits) > 1 and Decimal(text) < Decimal("0.1"):
            exponent = str(Decimal(text).adjusted())
            text = f"{digits[0]}.{digits[1:]}"
            self.styles.add("6.13e-2")
            if self.hand.scientific == "× 10⁻":
                text += f" × 10{exponent.translate(SUPERSCRIPTS)}"
            elif self.hand.scientific.endswith("10^"):
                text += f"{self.hand.scientific}" + (f"{{{exponent}}}" if self.hand.latex else exponent)
            else:
                text += self.hand.scientific + exponent
        if not self.hand.leads and text.startswith("0."):
            self.styles.add(".55")
            text = text[1:]
        if self.hand.comma and "." in text:
            self.styles.add("0,55")
            text = text.replace(".", ",")
        return text

    def show_number(self, node: Node, first: bool, after_times: bool = False) -> str:
        """With its sign, and with brackets unless it stands first in its sum."""
        text = self.put_down(node.parts[1])
        if not node.parts[1].startswith("-"):
            return text
        if first and self.hand.negative != "brackets":
            self.styles.add("negative first: −0.3·0.8")
            return self.hand.minus + text
        if self.hand.negative == "bare" and after_times:
            self.styles.add("bare negative: 0.8·−0.3")
            return self.hand.minus + text
        self.styles.add("negative in brackets: (−0.3)·0.8")
        return f"({self.hand.minus}{text})"

    # formulas

    def bracket(self, text: str) -> str:
        return f"\\left({text}\\right)" if self.hand.latex and len(text) > 12 else f"({text})"

    def show(self, node: Node, level: int = 0, first: bool = True) -> str:
        """The formula as text; in brackets if it holds together less than what is around it."""
        text, own = self.spell(node, first)
        return self.bracket(text) if own < level else text

    def spell(self, node: Node, first: bool) -> tuple[str, int]:
        match node:
            case Node("name", (identifier,)):
                return self.call(identifier), PRODUCT + ("/" not in self.call(identifier) or self.hand.latex) * 2
            case Node("alias", (text, _)):
                return text, PRODUCT + self.hand.latex * 2
            case Node("number", _):
                shown = self.show_number(node, first)
                simple = shown[0] == "(" or (shown[0] not in "-−" and not re.search("[eE^⁻]", shown))
                return shown, ATOM if simple else PRODUCT
            case Node("lost", (inner,)):
                return self.spell(inner, first)
            case Node("neg", (inner,)):
                return self.hand.minus + self.show(inner, PRODUCT, first=False), SUM
            case Node("+", terms):
                return self.spell_sum(terms), SUM
            case Node("*", factors):
                return self.spell_product(factors, first), PRODUCT
            case Node("/", (above, below)):
                return self.spell_quotient(above, below, first)
            case Node("**", (base, Node("number", (two, _)))) if two == 2:
                return self.show(base, ATOM, first=False) + self.hand.square, POWER
            case Node(function, (inner,)):
                return self.spell_function(function, inner), ATOM
        raise AssertionError(node)

    def spell_sum(self, terms: Sequence[Node]) -> str:
        text = ""
        for i, term in enumerate(terms):
            sign, body = ("-", term.parts[0]) if term.op == "neg" else ("+", term)
            head = body.parts[0] if body.op == "*" else body
            if i and self.hand.negative == "sign" and head.op == "number" and head.parts[1].startswith("-"):
                self.styles.add("negative as a sign: − 0.3·0.8")
                positive = number(-head.parts[0], head.parts[1][1:])
                body = Node("*", (positive, *body.parts[1:])) if body.op == "*" else positive
                sign = "+" if sign == "-" else "-"
            part = self.show(body, PRODUCT, first=not i and sign == "+")
            sign = self.hand.minus if sign == "-" else sign
            text += f" {sign} {part}" if i else (self.hand.minus if sign != "+" else "") + part
        return text

    def spell_product(self, factors: Sequence[Node], first: bool) -> str:
        times, names = self.hand.times, [factor.op in ("name", "alias") for factor in factors]
        if times == "x":
            plain = all(factor.op == "number" for factor in factors)
            self.styles.update({"2 x 0.2"} if plain else ())
            times = " x " if plain else "·"
        elif times:
            self.styles.add(f"times {times.strip()}")
        if not times:
            self.styles.add("no sign: (0.4)(0.6)")
            shown = [self.show(factor, ATOM, first=first and not i) for i, factor in enumerate(factors)]
            lone = [is_name and "/" not in text for is_name, text in zip(names, shown)]
            return " ".join(text if ok or text.startswith("(") else f"({text})" for ok, text in zip(lone, shown))
        parts = []
        for i, factor in enumerate(factors):
            quotient = factor.op == "/" and i > 0
            if factor.op == "number":
                parts.append(self.show_number(factor, first and not i, after_times=i > 0))
            else:
                parts.append(
                    self.show(factor, POWER if quotient and not self.hand.latex else PRODUCT, first=first and not i)
                )
        return times.join(parts)

    def spell_quotient(self, above: Node, below: Node, first: bool) -> tuple[str, int]:
        if below == TWO and self.hand.half != "/2":
            self.styles.add("½" if self.hand.half == "½" else "0.5 for ½")
            half = "\\frac{1}{2}" if self.hand.latex else self.hand.half.replace(".", "," if self.hand.comma else ".")
            times = "\\cdot " if self.hand.latex else "·" if self.hand.times in ("", "x") else self.hand.times
            square = self.show(above, POWER, first=False)
            times = times if half == "0.5" or not square.startswith(("(", "\\left")) else ""
            return half + times + square, PRODUCT
        if self.hand.latex:
            return f"\\frac{{{self.show(above)}}}{{{self.show(below)}}}", POWER
        return f"{self.show(above, PRODUCT, first)}/{self.show(below, POWER, first=False)}", PRODUCT

    def spell_function(self, function: str, inner: Node) -> str:
        argument = self.show(inner)
        if inner.op == "number" and argument.startswith("("):
            argument = argument[1:-1]
        if function == "exp" and self.hand.power == "e^":
            short = len(argument) == 1 or re.fullmatch(r"[\d.]+", argument)
            return f"e^{{{argument}}}" if self.hand.latex else f"e^{argument}" if short else f"e^({argument})"
        if function == "relu":
            both = f"0{';' if self.hand.comma else ','} {argument}"
            return f"\\max({both})" if self.hand.latex else f"max({both})"
        words = {"log": self.hand.log, "sigmoid": self.hand.sigma, "exp": "\\exp" if self.hand.latex else "exp"}
        return f"{words.get(function, self.hand.latex * chr(92) + function)}({argument})"

    # lines

    def join(self, stages: Sequence[str], own: str) -> str:
        """The stages of the working, and the result as the last."""
        *working, result = stages
        hand = self.hand
        if hand.around:
            closing = {"(": ")", "[": "]"}
            self.styles.add(f"around the result: {hand.around}")
            result = (
                f"{hand.around}{result}{closing[hand.around]}" if hand.around in closing else f"{hand.around}{{{result}}}"
            )
        text = ("\n= " if hand.breaks else " = ").join(working)
        if hand.breaks and len(working) > 1:
            self.styles.add("a stage per line")
        sign = hand.approximately
        if working:
            self.styles.update({f"sign {sign}"} if sign != "=" else ())
            text += f" {sign} {result}"
        else:
            text = result if sign not in ("≈", "~", "≅", "\\approx") else f"{sign} {result}"
            self.styles.update({f"sign {sign}"} if text != result else ())
        if hand.own_name and working:
            self.styles.add("own name in front")
            text = f"{own} = {text}"
        if hand.stop:
            self.styles.add("full stop")
            text += "."
        if hand.latex:
            self.styles.add("LaTeX")
        return f"${text}$" if hand.dollars else text


# -------------------------------------------------------------------------------------------------------------- shortcuts


def vary(rng: random.Random, writer: Writer, identifier: str, formula: Node, known: Mapping[str, Node], shown: bool) -> Node:
    """Another formula of the same line: shorter, longer, or in another order.

    known: the formulas of the lines above, and under "short" a shorter one of this line if there is one
    shown: whether there will be any working; detours are taken on paper alone
    """
    styles = writer.styles
    if "short" in known and rng.random() < 0.5:
        styles.add("o − t for the product")
        formula = known["short"]
    formula = rename(rng, writer, identifier, formula)
    names = dict.fromkeys(node.parts[0] for node in nodes(formula) if node.op == "name")
    unfolded = {each for each in names if shown and each in known and rng.random() < 0.12}

    def unfold(node: Node) -> Node:
        if node.op != "name" or node.parts[0] not in unfolded:
            return node
        inner = known[node.parts[0]]
        if count_operations(formula) + count_operations(inner) > LONGEST:
            return node
        styles.add("a line put into another")
        return inner

    def rewrite(node: Node) -> Node:
        match node:
            case Node("neg", (Node("+", terms),)) if rng.random() < 0.4:
                styles.add("minus multiplied out")
                return Node("+", tuple(map(negative, terms)))
            case Node("*", (one, Node("+", (Node("number", (unit, _)), Node("neg", (other,)))))) if (
                unit == 1 and one == other and rng.random() < 0.2
            ):
                styles.add("o − o²")
                return Node("+", (one, negative(Node("**", (one, TWO)))))
            case Node("+", (Node("number", (unit, _)), Node("neg", (Node("**", (base, _)),)))) if (
                unit == 1 and rng.random() < 0.2
            ):
                styles.add("(1 − h)(1 + h)")
                return Node("*", (Node("+", (ONE, negative(base))), Node("+", (ONE, base))))
            case Node("sigmoid", (z,)) if rng.random() < 0.3:
                styles.add("1/(1 + e^−z)")
                return Node("/", (ONE, Node("+", (ONE, Node("exp", (negative(z),))))))
            case Node("+" | "*", parts) if rng.random() < 0.12:
                styles.add("reordered")
                return Node(node.op, tuple(rng.sample(parts, len(parts))))
        return node

    return rewritten(rewritten(formula, unfold), rewrite)


def rename(rng: random.Random, writer: Writer, identifier: str, formula: Node) -> Node:
    """Local derivatives by their names, ∂z/∂w for x, whether or not the sheet has a line for them."""
    letter, index = identifier[0], identifier[1:]
    if rng.random() < 0.7 or formula.op != "*" or "_" in identifier:
        return formula
    outer, inner, net = formula.parts[0], formula.parts[-1], "o" if writer.page.linear else "a"
    if letter == "d" and index[0] in "vw":  # d·h, k·x
        below = index[2] if len(index) == 3 else ""
        inner = Node("alias", (writer.derivative((net if index[0] == "v" else "z") + below, index), inner))
    elif letter in "dk" and index.isdigit():  # e·r, g·s
        top, bottom = ("o", "a") if letter == "d" else ("h", "z")
        if inner.op != "name":
            inner = Node("alias", (writer.derivative(top + index, bottom + index), inner))
        if outer.op != "name":
            outer = Node("alias", (writer.derivative("L", top + index), outer))
    else:
        return formula
    writer.styles.add("local derivative that is no line")
    return Node("*", (outer, *formula.parts[1:-1], inner))


# ---------------------------------------------------------------------------------------------------------------- working


class Plant(NamedTuple):
    """A mistake: on which line, what kind, and the wrong formula; the number that came of it, as a result and as text."""

    name: str
    kind: str
    formula: str
    value: Decimal
    text: str
    where: str


class Worker(NamedTuple):
    """Works a line out, stage by stage."""

    rng: random.Random
    arithmetic: Arithmetic
    given: Mapping[str, str]  # as they stand on the sheet
    held: Held
    texts: dict[str, str]  # of the results
    drops_zeros: bool
    unseen: list[str]  # mistakes that were not made, by kind, since the digits on the page could not tell

    def unit_on_page(self, text: str) -> Decimal:
        """What the last digit is worth of a number as it stands on the page; that of 0.700 without its zeros is a tenth."""
        shown = text.rstrip("0") if self.drops_zeros and "." in text else text
        return Decimal(1).scaleb(-max(1, len(shown.partition(".")[2])))

    def leaf(self, node: Node) -> Decimal:
        return self.held[node.parts[0]] if node.op == "name" else Decimal(node.parts[0])

    def value(self, node: Node) -> Decimal:
        return work_out(node, self.leaf, self.arithmetic.after)

    def text_of(self, value: Decimal) -> str:
        digits = self.arithmetic.kept if self.arithmetic.shows_kept else self.arithmetic.written
        text = f"{digits.round(value):f}"
        return text if Decimal(text) else text.lstrip("-")

    def in_numbers(self, node: Node, share: float = 1.0) -> Node:
        """With numbers in place of names: all, or a share of them."""
        if node.op == "name" and self.rng.random() < share:
            identifier = node.parts[0]
            known = self.given.get(identifier) or (
                self.text_of(self.held[identifier]) if self.arithmetic.shows_kept else self.texts[identifier]
            )
            return number(self.held[identifier], known)
        if node.op == "alias" and self.rng.random() < share:
            return self.in_numbers(node.parts[1], share)
        inner = [self.in_numbers(each, share) for each in node.inner]
        if node.op == "lost" and inner[0].op == "number":
            return number(-inner[0].parts[0], inner[0].parts[1].lstrip("-"))
        return node.with_inner(inner)

    def reduce(self, node: Node) -> Node:
        """A part as a number: the one that is written, or the one in the calculator."""
        value = self.value(node)
        text = self.text_of(value)
        rounded = self.arithmetic.goes_on == "written"
        return number(Decimal(text) if rounded else value, text)

    def work_partly(self, node: Node, share: float, top: bool = True) -> Node:
        """Some parts worked out, never all; a function is worked out or left."""
        if not node.inner:
            return node
        if not top and node.op not in ("neg", "lost") and self.rng.random() < share:
            return self.reduce(node)
        return node.with_inner([self.work_partly(each, share, False) for each in node.inner])

    def stages(self, formula: Node, styles: set[str], shown: bool) -> list[Node]:
        """From names to numbers, in whatever steps this person takes this time; without the result."""
        rng, operations = self.rng, count_operations(formula)
        stages: list[Node] = []
        if operations == 0 or not shown:
            return stages
        if rng.random() < 0.6:
            styles.add("names")
            stages.append(formula)
        if rng.random() < 0.4:
            styles.add("names and numbers mixed")
            stages.append(formula := self.in_numbers(formula, 0.5))
        if rng.random() < 0.75:
            styles.add("numbers")
            stages.append(formula := self.in_numbers(formula))
        for _ in range(2):
            if operations > 1 and rng.random() < 0.4:
                partly = self.work_partly(self.in_numbers(formula), 0.5)
                if partly != self.in_numbers(formula):
                    styles.add("partly worked out")
                    stages.append(formula := partly)
        return [stage for i, stage in enumerate(stages) if not i or stage != stages[i - 1]]


def finish(worker: Worker, trees: Sequence[Node], formula: Node) -> tuple[Decimal, str]:
    """What the person holds at the end of a line, and what is written."""
    value = worker.value(trees[-1] if trees else formula)
    held = worker.arithmetic.hold(value)
    text = f"{worker.arithmetic.written.round(worker.arithmetic.after(value)):f}"
    text = text if Decimal(text) else text.lstrip("-")
    return held, text
