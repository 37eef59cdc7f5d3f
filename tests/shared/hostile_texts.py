"""Texts as strangers send them: mathematics in all its spellings, broken in all ways, and what is meant to do harm."""

WORDS = """
sin cos tan arcsin arctan2 sinh exp log ln lg log10 log_2 sqrt cbrt max min sigmoid softmax relu tanh erf sum prod mean hypot
w x t o z net theta alpha σ′ σ Σ ∂E/∂w dE/dw
\\frac \\sqrt \\sum_{i=1}^n \\left( \\right) \\begin{aligned} \\end{cases}
\\\\ & \\hat{y}
\\mathbf{w} \\boxed{ \\text{a b} \\cdot \\times \\partial \\nabla \\infty ∞ nan inf None True
x_1 x_{12} w^{(2)}_3 w' 1_{i=2} e π i
""".split()
SIGNS = """
+ - − – * · × / ÷ ^ ** _ ( ) [ ] { } | , . ; : = ≈ ≅ ~ < > ≤ ≥ ! ? % ° ' ′ " ` @ # $ & \\ ½ ² ⁻¹ √ ∛ … ... → ⇒ ∑ ∏ ∫ ⊙ ᵀ
""".split()
NUMBERS = """
0 1 2 0.5 .5 5. 0,5 1.234,5 1,234.5 1e3 1e-3 1E+308 1e309 1e-400 9e99999999999 1.2e 0x10 0b1 1_000 12 % ½
١٢ ３.５ 1.5·10⁻³ 3.25^π³
99999999999999999999999999999999999999999 0.00000000000000000000000000000000000001 -0 --1 +-1 1/0 0/0 0^0 (-8)^(1/3) 1.2.3
""".split()
HARM = [
    "__import__('os').system('true')", "().__class__.__base__.__subclasses__()", "x.__globals__", "eval('1')", "lambda: 0",
    "{0.__class__}", "{{7*7}}", "%s%n", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
    "</svg><script>x</script>", "]]><!--", "\\input{/etc/passwd}", "\\write18{true}", "\\csname end\\endcsname", "$(true)",
    "'; DROP TABLE x;--", '"];evil [label="', "=cmd|' /C calc'!A0", "\\N\\G\\E", "&lt;b&gt;&#60;", "a]b[c", "-o/etc/x",
    "`true`",
]  # fmt: skip
ODD = [*"\0\u202e\u200d\ufeff\ud800\U0001f600𝔣ₔﬁ\r\n\t\xa0\u3000", "\x1b[31m", "e\u0301\u0301\u0301"]
KINDS = (WORDS, SIGNS, NUMBERS, ODD, HARM)


def hostile_text(chance, most=14):
    """A line of them; now and then one piece over and over, which shows what grows too fast.

    chance: a random.Random
    """
    shape = chance.random()
    if shape < 0.03:
        return piece(chance) * chance.choice([50, 500, 3000])
    if shape < 0.06:
        opening, closing = chance.choice(["()", "[]", "{}", ("\\frac{", "}{2}"), ("sin(", ")"), ("-", ""), ("2^", "")])
        n = chance.choice([5, 61, 400])
        return opening * n + chance.choice(["x", "1", ""]) + closing * n
    glue = chance.choice(["", "", " "])
    text = glue.join(piece(chance) for _ in range(chance.randint(0, most)))
    if shape > 0.9 and text:  # a slip of the pen
        at = chance.randrange(len(text))
        text = text[:at] + text[at + 1 :] if shape > 0.95 else text[:at] + text[at:][::-1]
    return text


def piece(chance):
    kind = chance.choices(KINDS, (40, 30, 25, 3, 2))[0]
    return chance.choice(kind)


def plausible_formula(chance, names, depth=0):
    """One that can be read, mostly.

    names: what it speaks of
    """
    way = chance.random()
    if depth > 3 or way < 0.3:
        return chance.choice([*names, *names, chance.choice(["1", "2", "0.5", "½", "π", "1e-3", "0,25"])])
    one, other = (plausible_formula(chance, names, depth + 1) for _ in range(2))
    form = chance.choice([
        "{} + {}", "{} − {}", "{}·{}", "{}*{}", "({})({})", "{}/({})", "\\frac{{{}}}{{{}}}", "({})^2", "exp({})", "{} {}",
        "ln({})", "−{}", "σ({})", "\\sqrt{{{}}}", "max({}, {})", "|{}|", "tanh {}", "({})^{{{}}}", "sin^2({})",
        "½({} − {})²",
    ])  # fmt: skip
    return form.format(one, other)
