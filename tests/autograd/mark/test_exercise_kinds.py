"""Exercises on the parts of a GPT, and variants of the others: mistakes that people make there, numbers of every variant."""

import json
import math

import pytest
from drawn_exercises import fresh, task
from exercises_by_hand import given, sigmoid
from long_runs import part

import autograd
from autograd import Value, Worksheet, exercise
from autograd.mark.levels import LEVELS
from autograd.mark.sheets import sheet_from
from autograd.writing.names import text_name

ROOT = math.sqrt(2)

# What people write where it is another formula, and what the red pen says. Names: a, s for α, s; dX for ∂L/∂X.
FORESEEN = {
    "attention": """
        s_1   | q_1*k_11 + q_2*k_12 | You did not divide by sqrt(2)
        s_2   | (q_1*k_21 + q_2*k_22)/2 | You did not apply √ to 2
        a_1   | e(s_1)/(e(s_1) + e(s_2) + e(s_3)) | You let softmax see s₃ too, which is masked here
        a_2   | e(s_2)/(e(s_1) + e(s_2) + e(s_3)) | You let softmax see s₃ too, which is masked here
        a_2   | 1/(1 + e(-s_2)) | You applied σ to s₂; here it is softmax
        o     | a_1*v_1 | You left out the term α₂·v₂
        ds_1  | da_1*a_1*(1 - a_1) | You left out the path through α₂
        ds_2  | da_2*a_2*(1 - a_2) | You left out the path through α₁
        ds_2  | da_2 | This is the value of ∂L/∂α₂
        dq_1  | ds_1*k_11 + ds_2*k_21 | You did not divide by sqrt(2)
        dq_2  | ds_1*k_12/R | You left out the term ∂L/∂s₂·k₂₂
        dk_21 | ds_2*q_1 | You did not divide by sqrt(2)
        dk_12 | ds_1*q_1/R | You used q₁""",
    "rmsnorm": """
        m     | x_1**2 + x_2**2 + x_3**2 | You did not divide by 3
        m     | (x_1 + x_2 + x_3)/3 | You did not square x₁ and x₂ and x₃
        r     | m | You did not apply √ to m
        n_2   | x_2/m | You used m
        ŷ_3   | g_3*x_3/r | None
        dm    | dr/r | You did not divide by 2
        dr    | -(dn_1*n_1 + dn_2*n_2 + dn_3*n_3) | You did not divide by r
        dr    | (dn_1*n_1 + dn_2*n_2 + dn_3*n_3)/r | The sign is the other way round
        dx_1  | dn_1/r | You left out the path through m
        dx_2  | 2*dm*x_2/3 | You left out the path through n₂
        dx_3  | dn_3/r + 2*dm*x_3 | You did not divide by 3""",
    "embedding": """
        x_31  | e_21 + p_31 | You used e₂₁
        x_22  | e_22 + p_12 | You used p₁₂
        de_11 | dx_11 | You left out the path through x₃₁
        de_12 | dx_32 | You left out the path through x₁₂
        de_11 | (dx_11 + dx_31)/2 | You took the mean of 2 paths, which add up
        du_1  | (dŷ_1*x_11 + dŷ_2*x_21 + dŷ_3*x_31)/3 | You took the mean of 3 paths, which add up
        du_2  | dŷ_1*x_12 + dŷ_2*x_22 | You left out the path through ŷ₃""",
    "recurrent": """
        a_2   | w*x_2 + u*h_0 + b | You used h₀
        a_2   | w*x_2 + b | You left out the term u·h₁
        du    | da_2*h_1 | You left out the path through a₁
        dw    | da_2*x_2 | You left out the path through a₁
        db    | da_2 | You left out the path through a₁
        du    | (da_1*h_0 + da_2*h_1)/2 | You took the mean of 2 paths, which add up
        da_1  | dh_1 | You left out tanh′, the factor ∂h₁/∂a₁
        da_1  | dh_1*(1 - h_2**2) | You used ∂h₂/∂a₂""",
}
MISTAKES = [
    (level, *(part.strip() for part in row.split(" | ")))
    for level, rows in FORESEEN.items()
    for row in rows.strip().split("\n")
]


def line_named(short, level):
    """∂L/∂α_1 for da_1."""
    greek = {"a_1": "α_1", "a_2": "α_2"} if level == "attention" else {}
    if short[0] == "d":
        return f"∂L/∂{greek.get(short[1:], short[1:])}"
    return greek.get(short, short)


def marked(shown, line, x):
    """What is said of a line with this number, the others being right."""
    row = shown.sheet.mark({**shown.answers, line: f"{x:.5g}"}, digits=shown.least_digits)[line]
    return row.verdict, [diagnosis.sentence for diagnosis in row.diagnoses]


@pytest.mark.parametrize("seed", part([1, 2]))
@pytest.mark.parametrize(("level", "short", "formula", "sentence"), MISTAKES)
def test_the_red_pen_finds_what_people_do_wrong_there(level, short, formula, sentence, seed):
    """Each mistake shows other digits than the right way, and is named."""
    shown = task(level, seed)
    names = given(shown) | {name: float(answer) for name, answer in shown.answers.items()}
    names |= {f"d{name.partition('/∂')[2]}": x for name, x in names.items() if name.startswith("∂L/")}
    if level == "attention":
        names |= {f"{d}a_{i}": names[f"{full}α_{i}"] for i in (1, 2) for d, full in (("", ""), ("d", "∂L/∂"))}
    x = eval(formula, {"e": math.exp, "R": ROOT}, names)
    verdict, said = marked(shown, line_named(short, level), x)
    if sentence == "None":  # n is x/r: this is right
        assert verdict in ("right", "rounded")
    else:
        assert verdict == "wrong"
        assert [text for text in said if text.startswith(sentence)], said


# --------------------------------------------------------------------------------------------------------------- variants

BEND = {
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "softplus": lambda z: math.log1p(math.exp(z)),
}
SMOOTH = 1e-5


def loss_of(level, variant, g):
    """The loss from the given numbers, in plain arithmetic."""
    n, bend = variant.get("batch", 1), BEND[variant.get("activation", "tanh" if level == "recurrent" else "sigmoid")]
    row = lambda letter, i: g[f"{letter}_{i}"] if n > 1 else g[letter]  # noqa: E731
    pair = lambda i: [g[f"x_{j}{i}"] if n > 1 else g[f"x_{j}"] for j in (1, 2)]  # noqa: E731
    losses = []
    for i in range(1, n + 1):
        if level in ("neuron", "two inputs"):
            z = g["w"] * row("x", i) if level == "neuron" else g["w_1"] * pair(i)[0] + g["w_2"] * pair(i)[1]
            o, t = bend(z + g["b"]), row("y", i)
            plain = variant.get("activation", "sigmoid") == "sigmoid"
            losses.append(-t * math.log(o) - (1 - t) * math.log(1 - o) if plain else (o - t) ** 2 / 2)
        elif level == "two layers":
            a, b = pair(i)
            h = [bend(g[f"w_1{k}1"] * a + g[f"w_1{k}2"] * b + g[f"b_1{k}"]) for k in (1, 2)]
            o = sigmoid(g["w_211"] * h[0] + g["w_212"] * h[1] + g["b_21"])
            losses.append((o - row("y", i)) ** 2 / 2)
        elif level == "softmax":
            a, b = pair(i)
            z = [g[f"w_{k}1"] * a + g[f"w_{k}2"] * b + g[f"b_{k}"] for k in (1, 2, 3)]
            losses.append(math.log(sum(map(math.exp, z))) - z[[1, 0, 2, 1][i - 1]])
        elif level == "recurrent":
            h = g["h_0"]
            for x in (g["x_1"], g["x_2"]):
                h = bend(g["w"] * x + g["u"] * h + g["b"])
            losses.append((g["v"] * h + g["c"] - g["y"]) ** 2 / 2)
        else:
            t = {1: 1, 2: 2, 3: 1}
            outs = [sum(g[f"u_{j}"] * (g[f"e_{t[k]}{j}"] + g[f"p_{k}{j}"]) for j in (1, 2)) - g[f"y_{k}"] for k in t]
            losses.append(sum(o**2 for o in outs) / 2)
    weights = [x for name, x in g.items() if name[0] in ("wvu" if level != "embedding" else "")]
    return sum(losses) / n + (g["lambda"] / 2 * sum(w**2 for w in weights) if variant.get("l2") else 0.0)


def slope_in(level, variant, g, name):
    """∂/∂name of the loss, by differences."""
    up, down = ({**g, name: g[name] + step} for step in (SMOOTH, -SMOOTH))
    return (loss_of(level, variant, up) - loss_of(level, variant, down)) / (2 * SMOOTH)


VARIANTS = [
    *(("neuron", {"activation": name}) for name in ("tanh", "relu", "softplus")),
    ("two inputs", {"activation": "softplus", "batch": 3}),
    ("two layers", {"activation": "relu"}),
    ("two layers", {"activation": "tanh", "l2": True}),
    ("two layers", {"batch": 2}),
    ("recurrent", {"activation": "sigmoid", "l2": True}),
    ("recurrent", {"steps": 2}),
    ("softmax", {"batch": 3, "l2": True}),
    ("softmax", {"steps": 1}),
    ("neuron", {"batch": 2, "l2": True, "steps": 2}),
    ("two inputs", {"activation": "tanh", "batch": 2, "steps": 2}),
    ("two layers", {"steps": 2}),
    ("embedding", {"steps": 2}),
    ("two inputs", {"steps": 0}),
]
every_variant = pytest.mark.parametrize(("level", "variant"), part(VARIANTS, 5), ids=str)


@every_variant
def test_a_variant_has_the_numbers(level, variant):
    """Its loss, every slope in a parameter by differences, the new parameters, and the same after a second step."""
    shown, loss = task(level, **variant), LEVELS[level].loss
    sheet, g = shown.sheet, given(shown)
    parameters = [name for name in g if f"∂{loss}/∂{name}" in shown.lines and name[0] in "wvbcue"]
    assert len(parameters) >= 2
    steps = variant.get("steps", LEVELS[level].usual.steps)
    for step in range(max(steps, 1)):
        primes = "'" * step
        mark = lambda name, primes=primes: name[0] + primes + name[1:]  # noqa: E731
        assert sheet.true[loss + primes] == pytest.approx(loss_of(level, variant, g), rel=1e-9)
        new = dict(g)
        for name in parameters:
            slope = slope_in(level, variant, g, name)
            assert sheet.true[f"∂{loss}{primes}/∂{mark(name)}"] == pytest.approx(slope, rel=1e-5, abs=1e-8)
            new[name] -= g.get("eta", 0.0) * slope
            if steps:
                assert sheet.true[name[0] + primes + "'" + name[1:]] == pytest.approx(new[name], abs=1e-8)
        g = new


@every_variant
def test_a_variant_is_an_exercise(level, variant, monkeypatch):
    """Nothing is hidden; its right answers are right; its file is the same sheet; its notebook makes it again."""
    shown = task(level, **variant)
    assert shown.hidden == []
    assert set(fresh(level, **variant).mark(shown.answers).verdicts.values()) == {"right"}
    file = sheet_from(shown.toml)
    assert list(file.sheet.lines) == list(shown.lines)
    assert file.sheet.true == pytest.approx(shown.sheet.true, rel=1e-12)
    cells = ["".join(cell["source"]) for cell in json.loads(shown.notebook)["cells"]]
    monkeypatch.setattr(autograd, "exercise", fresh)  # drawn with what is written there, and only once
    namespace = {}
    exec(cells[1], namespace)
    assert namespace["task"].answers == shown.answers
    asked = [name for name in shown.lines if any(f"\n{text_name(name)} =\n" in cell for cell in cells)]
    assert asked == list(shown.lines)


@pytest.mark.parametrize(
    ("level", "variant", "title"),
    [
        ("neuron", {}, "One neuron with cross-entropy"),
        ("neuron", {"activation": "sigmoid", "batch": 1, "l2": False, "steps": 1}, "One neuron with cross-entropy"),
        ("neuron", {"activation": "tanh"}, "One neuron with half the squared error: tanh"),
        ("two inputs", {"batch": 2, "l2": True}, "A neuron with two inputs and cross-entropy: a batch of 2, L2"),
        ("two layers", {"steps": 2}, "A network of two layers: two steps"),
        ("softmax", {"steps": 1}, "Softmax with cross-entropy: one step"),
    ],
)
def test_the_title_says_what_is_another(level, variant, title):
    """And what is as usual is not mentioned."""
    assert task(level, **variant).title == title


def test_a_second_step_has_headings_of_its_own():
    """Forward and backward once more, with the new weights; on paper a prime is explained."""
    shown = task("neuron", steps=2)
    cells = ["".join(cell["source"]) for cell in json.loads(shown.notebook)["cells"]]
    assert [cell[3:] for cell in cells if cell.startswith("## ")] == [
        "Forward", "Backward", "The updated weights", "Forward with these", "Backward again", "The second step",
        "Solution\n\nRun this when you have tried.",
    ]  # fmt: skip
    assert "A prime marks what comes after a step." in shown.markdown
    assert "A prime" not in task("neuron").markdown


@pytest.mark.parametrize(
    ("line", "formula", "sentence"),
    [
        ("a'", lambda n: n["w"] * n["x"] + n["b"], "You used the weights from before the update"),
        ("∂ŷ'/∂a'", lambda n: n["ŷ"] * (1 - n["ŷ"]), "You used ŷ ="),
        ("w''", lambda n: n["w"] - n["eta"] * n["∂L'/∂w'"], "You used w ="),
        ("w''", lambda n: n["w'"] - n["eta"] * n["∂L/∂w"], "You used ∂L/∂w ="),
    ],
)
def test_old_numbers_in_the_second_step_are_seen(line, formula, sentence):
    """Whatever is taken from before the step is named."""
    shown = task("neuron", 2, steps=2)
    names = given(shown) | {name: float(answer) for name, answer in shown.answers.items()}
    verdict, said = marked(shown, line, formula(names))
    assert verdict == "wrong"
    assert [text for text in said if text.startswith(sentence)], said


@pytest.mark.parametrize(
    ("line", "formula", "variant", "sentence"),
    [
        ("∂L/∂w", lambda n: n["∂L/∂a"] * n["x"], {"l2": True}, "You left out one of the paths: λ·w"),
        ("∂L/∂w", lambda n: n["lambda"] * n["w"], {"l2": True}, "You left out the path through a"),
        ("∂L/∂a_1", lambda n: n["ŷ_1"] - n["y_1"], {"batch": 2}, "This is twice what it should be"),
        ("L", lambda n: n["L_1"] + n["L_2"], {"batch": 2}, "You did not divide by 2"),
        ("∂L/∂w", lambda n: n["∂L/∂a_1"] * n["x_1"], {"batch": 2}, "You left out the path through a₂"),
        ("∂L/∂a", lambda n: n["∂L/∂ŷ"], {"activation": "tanh"}, "You left out tanh′"),
    ],
)
def test_mistakes_in_variants_are_seen(line, formula, variant, sentence):
    """The penalty or a row forgotten, the sum for the mean, another activation's slope."""
    shown = task("neuron", **variant)
    names = given(shown) | {name: float(answer) for name, answer in shown.answers.items()}
    verdict, said = marked(shown, line, formula(names))
    assert verdict == "wrong"
    assert [text for text in said if text.startswith(sentence)], said


@pytest.mark.parametrize(
    ("level", "variant", "words"),
    [
        ("attention", {"batch": 2}, ["'attention' comes with no other batch", "symbols"]),
        ("softmax", {"activation": "tanh"}, ["no other activation", "batch, l2, steps"]),
        ("recurrent", {"batch": 2}, ["no other batch", "activation, l2, steps"]),
        ("neuron", {"activation": "gelu"}, ["'gelu'", "sigmoid, tanh, relu, softplus"]),
        ("neuron", {"batch": 0}, ["batch", "1 to 4", "0"]),
        ("neuron", {"batch": 5}, ["batch", "1 to 4", "5"]),
        ("neuron", {"batch": 2.0}, ["batch", "2.0"]),
        ("neuron", {"steps": 3}, ["steps", "0 to 2", "3"]),
        ("neuron", {"steps": True}, ["steps", "True"]),
        ("nueron", {"batch": 2}, ["'nueron'", "'neuron'"]),
        (Worksheet(z=Value(0.5, "w") * Value(0.3, "x")), {"l2": True}, ["Worksheet", "l2"]),
    ],
)
def test_what_there_is_not_is_refused(level, variant, words):
    """A ValueError says what there is."""
    with pytest.raises(ValueError) as error:  # noqa: PT011
        exercise(level, seed=1, **variant)
    assert [word for word in words if word not in str(error.value)] == []


def test_no_mask_is_spoken_of_where_there_is_none():
    """A softmax of all scores has no others that are hidden."""
    _, said = marked(task("softmax"), "ŷ_1", 0.123)
    assert [text for text in said if "masked" in text] == []
