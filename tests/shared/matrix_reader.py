"""Lines of vectors and matrices, read as mathematics and computed in NumPy: shapes have to fit, and ᵀ has to stand."""

import math
import re

import numpy as np

# ------------------------------------------------------------------------------------- lines of matrices, read and computed

DIGITS, HIGH = "₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹"
NAME = rf"[^\W\d_{DIGITS}{HIGH}½⅓⅔ᵀ∇∂]+(?:⁽[{HIGH}]+⁾)?(?:[{DIGITS}]+(?:,[{DIGITS}]+)*)?"
TOKEN = re.compile(
    rf"[a-z]+_[a-z]+(?=\()|∇_{NAME} {NAME}|∂{NAME}/∂{NAME}|{NAME}|\d+(?:\.\d+)?|½|\^⊙|[⊙⊘·/()\[\]><,;+−ᵀ|]|[{HIGH}]+| "
)


def softmax(x):
    return np.exp(x) / np.exp(x).sum()


FUNCTIONS = {
    "σ": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky_relu": lambda x, slope: np.where(x > 0, x, slope * x),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "gelu": lambda x: x * FUNCTIONS["erfc"](-x / math.sqrt(2)) / 2,
    "erfc": np.vectorize(math.erfc),
    "sin": np.sin,
    "cos": np.cos,
    "exp": np.exp,
    "log": np.log,
    "softmax": softmax,
    "clip": np.clip,
    "max": np.maximum,
    "min": np.minimum,
    "sqrt": np.sqrt,
    "sign": np.sign,
}


class Reader:
    """One expression of vectors and matrices: a sum of terms, u ⊙ v of products, A b of factors, Aᵀ and u^⊙2 of atoms."""

    def __init__(self, text, names):
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == text, f"not read: {text!r}"
        self.names = names

    def peek(self, n=0):
        return self.tokens[n] if n < len(self.tokens) else ""

    def take(self, *tokens):
        """Whether these tokens come next; then they are gone."""
        if self.tokens[: len(tokens)] == list(tokens):
            del self.tokens[: len(tokens)]
            return True
        return False

    def read(self):
        result = self.sum()
        assert not self.tokens, self.tokens
        return result

    def sum(self):
        result = self.term()
        while self.peek() == " " and self.peek(1) in "+−" and self.peek(1):
            sign = self.peek(1)
            self.take(" ", sign, " ")
            result = result + self.term() if sign == "+" else result - self.term()
        return result

    def term(self):
        if self.take("−"):
            return -self.term()
        result = self.product()
        while True:
            if self.take(" ", "⊙", " "):
                right = self.product()
                assert np.shape(result) == np.shape(right), (np.shape(result), np.shape(right))
                result = result * right
            elif self.take(" ", "⊘", " "):
                result = result / self.product()
            elif self.take("·"):
                result = times(result, self.product())
            elif self.take("/"):
                result = result / self.product()
            else:
                return result

    def product(self):
        result = self.power()
        while self.peek() == " " and self.peek(1) and self.peek(1) not in "+−⊙⊘><":
            self.take(" ")
            result = times(result, self.power())
        return result

    def power(self):
        result = self.atom()
        while True:
            if self.take("ᵀ"):
                result = np.transpose(result)
            elif self.take("^⊙"):
                result = result ** self.atom()
            elif self.peek() and self.peek()[0] in HIGH:
                result = result ** int(self.tokens.pop(0).translate(str.maketrans(HIGH, "0123456789")))
            else:
                return result

    def atom(self):
        token = self.tokens.pop(0)
        if token == "½":
            return 0.5
        if token[0].isdecimal():
            return float(token)
        if token == "(":
            result = self.sum()
            assert self.take(")")
            return result
        if token == "|":
            result = np.abs(self.sum())
            assert self.take("|")
            return result
        if token == "[":
            left = self.sum()
            for sign, compare in ((">", np.greater), ("<", np.less)):
                if self.take(" ", sign, " "):
                    result = np.where(compare(left, self.sum()), 1.0, 0.0)
                    assert self.take("]")
                    return result
            rows = [[left]]
            while not self.take("]"):
                if self.take(";", " "):
                    rows.append([self.sum()])
                else:
                    assert self.take(",", " ")
                    rows[-1].append(self.sum())
            return np.array(rows, dtype=float)
        if self.take("("):
            arguments = [self.sum()]
            while self.take(",", " "):
                arguments.append(self.sum())
            assert self.take(")")
            return FUNCTIONS[token](*arguments)
        return self.names(token)


def times(x, y):
    """Two things side by side: numbers scale, uᵀ v among them, matrices and vectors have to fit."""
    if np.shape(x) == (1, 1) and np.ndim(y) and len(y) != 1:
        x = float(x[0, 0])
    return x * y if np.ndim(x) == 0 or np.ndim(y) == 0 else x @ y


class Program:
    """What is known by name: arrays and numbers, entries such as a₂₁ of the array a₂, unit vectors e₂."""

    def __init__(self, known):
        self.known = dict(known)

    def __call__(self, name):
        if name in self.known:
            return self.known[name]
        if found := re.fullmatch(rf"(.+?)([{DIGITS}])", name):
            stem, index = found[1], DIGITS.index(found[2]) - 1
            if stem in self.known and np.ndim(self.known[stem]):
                return self.known[stem][index, 0]
        if found := re.fullmatch(rf"([a-z])(.*?)([{DIGITS}])([{DIGITS}])", name):
            matrix = found[1].upper() + found[2]
            if matrix in self.known:
                return self.known[matrix][DIGITS.index(found[3]) - 1, DIGITS.index(found[4]) - 1]
        if found := re.fullmatch(rf"∇_({NAME}) ({NAME})", name):  # of a vector whose entries have been found one by one
            entries = [key for i in DIGITS[1:] if (key := f"∂{found[2]}/∂{found[1]}{i}") in self.known]
            if entries:
                return np.array([[self.known[key]] for key in entries])
        if found := re.fullmatch(rf"∂({NAME})/∂({NAME})([{DIGITS}])", name):
            return self(f"∇_{found[2]} {found[1]}")[DIGITS.index(found[3]) - 1, 0]
        if found := re.fullmatch(rf"e([{DIGITS}]+)", name):
            return Unit(int(found[1].translate(str.maketrans(DIGITS, "0123456789"))))
        raise KeyError(name)

    def run(self, board):
        """Compute each line of a board from those above."""
        for line in board.lines:
            assert line.left.text, line.right.text
            if "Σ" not in line.right.text:  # the loss itself may be a long sum
                found = Reader(line.right.text.split(" = ")[0], self).read()
                self.known[line.left.text] = found if line.reason.text.startswith("[") else float(np.squeeze(found))


class Unit:
    """e_l, as long as what it is added to or subtracted from."""

    __array_ufunc__ = None

    def __init__(self, number, sign=1.0):
        self.number, self.sign = number, sign

    def __radd__(self, other):
        return other + self.sign * np.eye(len(other))[:, [self.number - 1]]

    def __rsub__(self, other):
        return other - self.sign * np.eye(len(other))[:, [self.number - 1]]
