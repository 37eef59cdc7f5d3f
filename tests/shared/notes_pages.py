"""Pages of notes in many hands, all of them right; and mistakes planted in them, by code that knows no formula.

A page is a list of lines. A line that begins with ! is a claim in which a mistake may be planted: behind its last sign of
equality one sign, index, exponent, hat, factor, transpose or digit is changed. What stands in front, and what a page
defines, stays as it is, so that the page says what is right.
"""

import random
import re

BASIC = {
    "logistic": [
        r"Let $z = w_1 x_1 + w_2 x_2 + b$ and $\hat{y} = \sigma(z)$.",
        r"$$L = -y \log \hat{y} - (1-y) \log(1-\hat{y})$$",
        r"!$$\frac{\partial L}{\partial \hat{y}} = -\frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}}$$",
        r"!$$\frac{\partial \hat{y}}{\partial z} = \hat{y}(1-\hat{y})$$",
        r"!$$\frac{\partial L}{\partial z} = \hat{y} - y$$",
        r"!$$\frac{\partial z}{\partial w_1} = x_1$$",
        r"!$$\frac{\partial L}{\partial w_2} = (\hat{y} - y) x_2$$",
        r"!$$\frac{\partial L}{\partial b} = \hat{y} - y$$",
    ],
    "least squares": [
        r"A line: $f = a x + c$, and its loss $E = \frac{1}{2}(f - t)^2$.",
        r"!$$\frac{\partial E}{\partial a} = (f - t) x$$",
        r"!$$\frac{\partial E}{\partial c} = f - t$$",
        r"!$$\frac{\partial^2 E}{\partial a^2} = x^2$$",
        r"!\begin{align} \frac{\partial E}{\partial x} &= (f - t) a \end{align}",
    ],
    "sigmoid": [
        r"$$\sigma(x) = \frac{1}{1+e^{-x}}$$",
        r"\begin{align*}",
        r"\frac{d}{dx} \sigma(x) &= \frac{d}{dx} (1+e^{-x})^{-1} \\",
        r"! &= \frac{e^{-x}}{(1+e^{-x})^2} \\",
        r"! &= \sigma(x) - \sigma(x)^2 \\",
        r"! &= \sigma(x)(1-\sigma(x))",
        r"\end{align*}",
    ],
    "tanh": [
        r"With $h = \tanh(u)$, $u = v x + c$ and $J = (h - t)^2$:",
        r"!$$\frac{dh}{du} = 1 - h^2$$",
        r"!$$\frac{dJ}{dh} = 2(h - t)$$",
        r"!$$\frac{dJ}{dv} = 2(h - t)(1 - h^2) x$$",
        r"!$$\frac{dJ}{dc} = 2(h - t)(1 - h^2)$$",
    ],
    "softmax": [
        r"$$p_i = \frac{e^{z_i}}{\sum_{j=1}^{k} e^{z_j}}$$",
        r"$$L = -\sum_{i=1}^{k} y_i \log p_i$$",
        r"!$$\frac{\partial L}{\partial z_i} = p_i - y_i$$",
        r"!$$\frac{\partial L}{\partial p_i} = -\frac{y_i}{p_i}$$",
    ],
    "sums": [
        r"$a_i = \sum_{j=1}^{n} w_{ij} x_j + b_i$ and $L = \frac{1}{2} \sum_{i=1}^{n} (a_i - t_i)^2$",
        r"!$$\frac{\partial L}{\partial a_i} = a_i - t_i$$",
        r"!$$\frac{\partial L}{\partial w_{ij}} = (a_i - t_i) x_j$$",
        r"!$$\frac{\partial L}{\partial b_i} = a_i - t_i$$",
        r"!$$\frac{\partial L}{\partial x_j} = \sum_{i=1}^{n} (a_i - t_i) w_{ij}$$",
    ],
    "matrices": [
        r"$$z = W x + b$$",
        r"$$h = \sigma(z)$$",
        r"$$L = \frac{1}{2} (h - t)^T (h - t)$$",
        r"!$$\frac{\partial L}{\partial h} = h - t$$",
        r"!$$\frac{\partial L}{\partial z} = (h - t) \odot h \odot (1 - h)$$",
        r"!$$\frac{\partial L}{\partial b} = (h - t) \odot h \odot (1 - h)$$",
        r"!$$\frac{\partial L}{\partial x} = W^T ((h - t) \odot h \odot (1 - h))$$",
        r"!$$\frac{\partial L}{\partial W} = ((h - t) \odot h \odot (1 - h)) x^T$$",
    ],
    "numbers": [
        r"With $x = 0.5$, $w = 0.8$ and $b = 0.1$:",
        r"!$$z = 0.8 \cdot 0.5 + 0.1 = 0.5$$",
        r"!$$\sigma(0.5) = 0.6225$$",
        r"!$$0.6225 (1 - 0.6225) = 0.2350$$",
        r"!$$0.5 (0.6225 - 1)^2 = 0.07125$$",
        r"!$$0.8 - 0.5 \cdot 0.2350 = 0.6825$$",
    ],
    "plain text": [
        "z = w*x + b",
        "a = sigmoid(z)",
        "L = (a - y)^2",
        "!∂L/∂a = 2(a - y)",
        "!∂a/∂z = a(1 - a)",
        "!∂L/∂w = 2(a - y)a(1 - a)x",
        "!∂L/∂b = 2(a - y)a(1 - a)",
    ],
    "recurrent": [
        r"$s_1 = u x_1$, $s_2 = u x_2 + r s_1$, $C = \frac{1}{2}(s_2 - t)^2$.",
        r"!$$\frac{\partial C}{\partial s_2} = s_2 - t$$",
        r"!$$\frac{\partial s_2}{\partial s_1} = r$$",
        r"!$$\frac{\partial C}{\partial r} = (s_2 - t) s_1$$",
        r"!$$\frac{\partial C}{\partial u} = (s_2 - t)(x_2 + r x_1)$$",
    ],
    "softmax in steps": [
        r"With $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ and $E = -\sum_i t_i \log p_i$, the targets summing to one:",
        r"\begin{align*}",
        r"!\frac{\partial E}{\partial z_k} &= -\sum_i t_i \frac{\partial \log p_i}{\partial z_k} \\",
        r"! &= -\sum_i \frac{t_i}{p_i} \frac{\partial p_i}{\partial z_k} \\",
        r"! &= -t_k + p_k \sum_i t_i \\",
        r"! &= p_k - t_k",
        r"\end{align*}",
        r"!$$\frac{\partial E}{\partial p_i} = -\frac{t_i}{p_i}$$",
    ],
    "circuit": [
        r"A circuit: $q = x + y$ and $f = q z$.",
        r"!$$\frac{\partial f}{\partial q} = z$$",
        r"!$$\frac{\partial f}{\partial z} = q$$",
        r"!$$\frac{\partial f}{\partial x} = z$$",
        r"Then $g(u) = \frac{1}{u}$ and $h(u) = e^{-u}$ have",
        r"!$$\frac{dg}{du} = -\frac{1}{u^2}$$",
        r"!$$\frac{dh}{du} = -e^{-u}$$",
        r"!$$\frac{d}{du} \ln(1 + e^u) = \frac{1}{1 + e^{-u}}$$",
    ],
    "batch": [
        r"$p_i = \sigma(z_i)$, $z_i = w x_i + b$,",
        r"$$L = -\sum_{i=1}^{n} (y_i \log p_i + (1 - y_i) \log(1 - p_i))$$",
        r"!$$\frac{\partial L}{\partial p_i} = -\frac{y_i}{p_i} + \frac{1 - y_i}{1 - p_i}$$",
        r"!$$\frac{\partial L}{\partial z_i} = p_i - y_i$$",
        r"!$$\frac{\partial L}{\partial w} = \sum_{i=1}^{n} (p_i - y_i) x_i$$",
        r"!$$\frac{\partial L}{\partial b} = \sum_{i=1}^{n} (p_i - y_i)$$",
    ],
    "two layers": [
        r"$h = \tanh(a)$, $a = u x + c$, $o = v h + d$ and $E = \frac{1}{2}(o - t)^2$.",
        r"!$$\frac{\partial E}{\partial o} = o - t$$",
        r"!$$\frac{\partial E}{\partial v} = (o - t) h$$",
        r"!$$\frac{\partial E}{\partial h} = (o - t) v$$",
        r"!$$\frac{\partial E}{\partial a} = (o - t) v (1 - h^2)$$",
        r"!$$\frac{\partial E}{\partial u} = (o - t) v (1 - h^2) x$$",
        r"!$$\frac{\partial^2 E}{\partial v^2} = h^2$$",
    ],
    "quadratic forms": [
        r"$$J = \frac{1}{2} (A v - g)^T (A v - g)$$",
        r"!$$\nabla_v J = A^T (A v - g)$$",
        r"!$$\nabla_v J = A^T A v - A^T g$$",
    ],
    "gates": [
        r"$i = \sigma(a)$, $m = \tanh(b)$, $c = f s + i m$ and $h = o \tanh(c)$.",
        r"!$$\frac{\partial c}{\partial s} = f$$",
        r"!$$\frac{\partial c}{\partial a} = m i (1 - i)$$",
        r"!$$\frac{\partial c}{\partial b} = i (1 - m^2)$$",
        r"!$$\frac{\partial h}{\partial c} = o (1 - \tanh^2(c))$$",
        r"!$$\frac{\partial h}{\partial s} = o (1 - \tanh^2(c)) f$$",
    ],
    "step by step": [
        r"With $w = 0.35$, $x = 0.8$, $b = 0.12$, $t = 0.9$ we get",
        r"!$$z = w x + b = 0.40$$",
        r"!$$\sigma(0.40) = 0.59869$$",
        r"!$$(0.59869 - 0.9)^2 = 0.09079$$",
        r"!$$2 (0.59869 - 0.9) = -0.60262$$",
        r"!$$0.59869 (1 - 0.59869) = 0.24026$$",
        r"!$$-0.60262 \cdot 0.24026 \cdot 0.8 = -0.11583$$",
        r"!$$0.35 + 0.1 \cdot 0.11583 = 0.36158$$",
    ],
    "regularised": [
        r"$f = w x$ and $R = (f - y)^2 + \lambda w^2$",
        r"!$$\frac{\partial R}{\partial f} = 2(f - y)$$",
        r"!$$\frac{\partial R}{\partial w} = 2(f - y) x + 2 \lambda w$$",
        r"!$$\frac{\partial^2 R}{\partial w^2} = 2 x^2 + 2 \lambda$$",
    ],
}

HANDS = [  # names of others, sign by sign; each keeps a page right
    {},
    {r"\frac{1}{2}": r"\tfrac{1}{2}", r"\hat{y}": r"\hat y", r"\log": r"\ln", r"\sigma": r"\sigma"},
    {r"\partial": "∂", r"\odot": "⊙", r"\cdot": "·"},
]


def pages():
    """(name, lines) of each page: three hands of each."""
    for name, lines in BASIC.items():
        for n, signs in enumerate(HANDS):
            new = lines
            for old, other in signs.items():
                new = [line.replace(old + " ", other + " ").replace(old, other) for line in new]
            yield f"{name}, hand {n + 1}", new


def text_of(lines):
    blank = "\n" if lines[0].startswith("z = w*x") else "\n\n"
    if any(line.startswith(r"\begin{align*}") for line in lines):
        blank = "\n"
    return blank.join(line.removeprefix("!") for line in lines)


def renamed(seed):
    """(name, text) of each page with formulas, its letters others, drawn at random: all right."""
    chance = random.Random(seed)
    for name, lines in pages():
        if name.startswith(("plain text", "numbers", "step by step")):
            continue
        letters = [c for c in "abcghkmopqrstuvwxyz" if any(re.search(rf"(?<![\\A-Za-z]){c}(?![A-Za-z])", x) for x in lines)]
        others = [c for c in "abcghkmopqrstuvwxyz" if c in letters or chance.random() < 0.5]
        new = dict(zip(letters, chance.sample(others, len(letters))))
        yield name, text_of([_with_letters(line, new) for line in lines])


def _with_letters(line, new):
    """A line whose mathematics has other letters; commands of LaTeX, and words, stay."""

    def other(match):
        return re.sub(r"\\[A-Za-z]+|[A-Za-z]", lambda m: new.get(m[0], m[0]), match[0])

    return re.sub(r"\$\$?[^$]*\$\$?", other, line) if "$" in line else other(re.match(".*", line))


def _behind(line):
    """Where what is claimed begins."""
    at = line.rfind("=")
    return at + 1


def changes(line):
    """(kind, line) for each mistake that can be planted in a claim."""
    start = _behind(line)
    head, tail = line[:start], line[start:]
    for match in re.finditer(r"(?<=[\w)}\]] )[-+](?= ?[\w\\(])", tail):
        other = "+" if match[0] == "-" else "-"
        yield "sign", head + tail[: match.start()] + other + tail[match.end() :]
    if re.match(r" *-\\frac", tail):
        yield "sign", head + tail.replace("-", "", 1)
    elif re.match(r" *[\\(a-z]", tail):
        yield "sign", f"{head} -{tail.lstrip()}"
    for match in re.finditer(r"(?<=[a-z])_([12])", tail):
        yield "index", head + tail[: match.start()] + "_" + "21"[int(match[1]) - 1] + tail[match.end() :]
    for match in re.finditer(r"w_\{ij\}", tail):
        yield "index", head + tail[: match.start()] + "w_{ji}" + tail[match.end() :]
    for match in re.finditer(r"_([ij])(?=[ )}$]|$)", tail):
        if "sum" in tail and match[1] == "i":
            continue
        yield "index", head + tail[: match.start()] + "_" + {"i": "j", "j": "i"}[match[1]] + tail[match.end() :]
    for match in re.finditer(r"\^2", tail):
        yield "exponent", head + tail[: match.start()] + "^3" + tail[match.end() :]
    for match in re.finditer(r"\\hat(?:\{y\}| y)", tail):
        yield "hat", head + tail[: match.start()] + " y " + tail[match.end() :]
    if re.match(r" 2\(", tail):
        yield "factor", head + tail.replace(" 2(", " (", 1)
    for match in re.finditer(r"\) (?:x|a|x_2|s_1|x_j)(?=\$|$| )", tail):
        yield "factor", head + tail[: match.start() + 1] + tail[match.end() :]
    for match in re.finditer(r"(?<=[Wx])\^T", tail):
        yield "transpose", head + tail[: match.start()] + tail[match.end() :]
    for match in re.finditer(r"(?<=\.)([0-9]{3,})(?=\$)", tail):
        digits = match[1]
        yield (
            "number",
            head + tail[: match.start()] + digits[0] + str((int(digits[1]) + 3) % 10) + digits[2:] + tail[match.end() :],
        )


def planted(seed=0, most=10_000):
    """(page, kind, line number, text): each page with one mistake, in random order."""
    found = []
    for name, lines in pages():
        for i, line in enumerate(lines):
            if line.startswith("!"):
                for kind, wrong in changes(line):
                    text = text_of([*lines[:i], wrong, *lines[i + 1 :]])
                    before = text_of([*lines[:i], ""])
                    found.append((name, kind, before.count("\n") + 1, text))
    random.Random(seed).shuffle(found)
    return found[:most]
