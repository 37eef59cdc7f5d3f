"""One palette: no colour stands elsewhere, each has one meaning, all tell pairs apart, and letters can be read."""

import itertools
import re
from pathlib import Path

import pytest

import autograd
from autograd.display.colours import CLASSES, LINES, MEANINGS, PALETTE, css

ROOT = Path(autograd.__file__).parent.parent
COLOUR = re.compile(r"(?<![&\w])#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")
SIGHTS = {  # what those see who lack one kind of cone: Machado, Oliveira and Fernandes, 2009, severity 1
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no long": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no middle": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no short": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def light_of(colour):
    """Red, green and blue as amounts of light."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def contrast(a, b):
    """The ratio of WCAG."""
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(light_of, (a, b)))
    return (high + 0.05) / (low + 0.05)


def seen(colour, sight):
    """A colour in CIELAB, as such eyes see it."""
    r, g, b = (min(1.0, max(0.0, sum(m * c for m, c in zip(row, light_of(colour))))) for row in SIGHTS[sight])
    rows = (0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)
    x, y, z = (a * r + b_ * g + c * b for a, b_, c in rows)
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x / 0.9505, y, z / 1.089))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(a, b, sight):
    return sum((p - q) ** 2 for p, q in zip(seen(a, sight), seen(b, sight))) ** 0.5


def test_no_colour_stands_outside_of_the_palette():
    """No file but the palette has a colour written in it."""
    files = [*(ROOT / "nn").rglob("*"), *(ROOT / "autograd").rglob("*.py")]
    files = [f for f in files if f.suffix in (".py", ".js", ".css", ".html") and f.name != "__init__.py"]
    strays = {f.name: found for f in files if (found := COLOUR.findall(f.read_text(encoding="utf-8")))}
    assert set(strays) == {"colours.py"}


@pytest.mark.parametrize("theme", PALETTE)
def test_each_colour_has_one_meaning(theme):
    """No two meanings have a colour in common, nor has any other role one of theirs; the page says the same."""
    palette = PALETTE[theme]
    assert set(MEANINGS) < set(palette)
    others = [colour for role, colour in palette.items() if role not in MEANINGS] + [*CLASSES[theme], *LINES[theme]]
    meant = [palette[meaning] for meaning in MEANINGS]
    assert len(set(meant)) == len(meant)
    assert not set(meant) & set(others)
    for a, b in itertools.combinations(meant, 2):
        assert apart(a, b, "all cones") > 25, (a, b)
    assert all(f"--{role}:{colour}" in css(theme) for role, colour in palette.items())


@pytest.mark.parametrize("theme", PALETTE)
def test_pairs_are_told_apart_by_all(theme):
    """Forward and backward, positive and negative, right and wrong differ in all kinds of colour blindness."""
    palette = PALETTE[theme]
    for (a, b), least in {("forward", "backward"): 50, ("positive", "negative"): 25, ("right", "wrong"): 15}.items():
        for sight in SIGHTS:
            assert apart(palette[a], palette[b], sight) > least, (a, b, sight)


@pytest.mark.parametrize("theme", PALETTE)
def test_letters_and_shapes_can_be_read(theme):
    """Letters have 4.5 : 1 on all that they stand on, shapes 3 : 1."""
    palette = PALETTE[theme]
    grounds = ["paper", "box", "part", "inner"]
    for role in ("ink", "muted", "forward", "backward", "right", "wrong", "carried", "negative"):
        for ground in [*grounds, *(f"{role}-soft" for role in [role] if f"{role}-soft" in palette)]:
            assert contrast(palette[role], palette[ground]) >= (4.5 if ground != "inner" else 4.3), (role, ground)
    for soft in ("forward-soft", "backward-soft"):
        assert contrast(palette["ink"], palette[soft]) >= 7
        assert contrast(palette["muted"], palette[soft]) >= 4.5, soft
    for role in ("line", "positive", *MEANINGS):
        assert contrast(palette[role], palette["paper"]) >= 3, role


def test_the_documentation_has_the_palette():
    """The table of colours in the documentation is the palette."""
    page = (ROOT / "docs" / "colours.md").read_text(encoding="utf-8")
    for meaning, what in MEANINGS.items():
        assert f"| {meaning} | {what} | `{PALETTE['light'][meaning]}` | `{PALETTE['dark'][meaning]}` |" in page
