"""The layout of play.html: nothing lies on anything else, edges go forward, and letters can be read."""

import random
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from in_node import node
from long_runs import seeds

from nn.pages import play_data

SVG = "{http://www.w3.org/2000/svg}"
LEAST = 0.75  # pixels that the stepper shows a unit of the drawing as, at least


def formula(chance, depth=0):
    """With names that are used again and again, so that edges are long."""
    if depth > 4 or chance.random() < 0.2:
        return chance.choice([*"abcdwxy", "2"])
    one, other = (formula(chance, depth + 1) for _ in range(2))
    return chance.choice(["({} + {})", "({} − {})", "{}·{}", "tanh({}·{})", "max({}, {})"]).format(one, other)


def layers(chance):
    """Formulas with names, each of which speaks of some below it."""
    names = ["L", *(f"h_{i}" for i in range(chance.randint(2, 7))), "x", "y"]
    lines = []
    for i, name in enumerate(names[:-2]):
        below = [chance.choice(names[i + 1 :]) for _ in range(chance.randint(1, 3))]
        lines.append(f"{name} = σ({' + '.join(f'w_{i}{j} {each}' for j, each in enumerate(below))} + b_{i})")
    return "; ".join(lines)


@pytest.fixture(scope="module")
def drawings(modules):
    texts = [formula(random.Random(seed)) for seed in seeds(60)]
    texts += ["x", "x x", "x + x + x", "L = ½(ŷ − y)²; ŷ = σ(a); a = w x + b"]
    texts.append(" + ".join(f"w_{i} x_{i}" for i in range(1, 40)))
    texts += [layers(random.Random(seed)) for seed in seeds(20)]
    book = {"grammar": play_data.grammar(), "table": play_data.table()}
    return node("lay_out_in_page.mjs", modules, data={"book": book, "texts": texts})


def rectangles(drawing):
    """(left, top, right, bottom) of each box in the drawing, by its key."""
    found = {}
    for group in ET.fromstring(drawing["svg"]).iter(f"{SVG}g"):
        if group.get("class", "").startswith("node"):
            x, y, w, h = map(
                float, re.match(r"M([-\d.]+) ([-\d.]+)m8 0h([-\d.]+)q8 0 8 8v([-\d.]+)", group[1].get("d")).groups()
            )
            found[group[0].text] = (x, y, x + w + 16, y + h + 16)
    return found


def test_no_box_lies_on_another(drawings):
    """Nor nearer than ten units; each node that is no constant has one."""
    for drawing in drawings:
        boxes = rectangles(drawing)
        shown = [f"n{i}" for i, each in enumerate(drawing["nodes"]) if each["kind"] != "constant"]
        assert sorted(boxes) == sorted(shown)
        every = list(boxes.values())
        for i, (left, t, r, b) in enumerate(every):
            for l2, t2, r2, b2 in every[:i]:
                assert r + 10 <= l2 or r2 + 10 <= left or b + 10 <= t2 or b2 + 10 <= t, drawing["text"]


def test_no_edge_goes_through_a_box(drawings):
    """In a column an edge has a place of its own, apart from all boxes; between columns there are none."""
    for drawing in drawings:
        by_rank = {}
        for box in drawing["boxes"]:
            by_rank.setdefault(box["rank"], []).append(box)
        for column in by_rank.values():
            column.sort(key=lambda box: box["at"])
            for above, below in pairwise(column):
                assert below["at"] - above["at"] >= (above["size"] + below["size"]) / 2 + 6.9


def test_every_edge_goes_forward(drawings):
    """From left to right, or from top to bottom; one for each input that is no constant, in the order of inputs."""
    for drawing in drawings:
        boxes, nodes = rectangles(drawing), drawing["nodes"]
        titles = [g[0].text for g in ET.fromstring(drawing["svg"]).iter(f"{SVG}g") if g.get("class") == "edge"]
        wanted = [(x, i) for i, each in enumerate(nodes) for x in each.get("inputs", []) if nodes[x]["kind"] != "constant"]
        assert sorted(titles) == sorted(f"n{x}->n{i}" for x, i in wanted)
        side = 1 if drawing["down"] else 0
        assert all(boxes[f"n{x}"][side + 2] < boxes[f"n{i}"][side] for x, i in wanted)


def test_a_folded_drawing_has_each_node_in_a_box_and_edges_forward(drawings):
    """What is worth a box has its own, which shows its numbers; boxes lie apart, and no box is above one that it needs."""
    folded = [(each, each["folded"]) for each in drawings if each["folded"]]
    assert len(folded) > len(drawings) / 9
    for drawing, fewer in folded:
        boxes, nodes = rectangles(fewer), drawing["nodes"]
        assert len(boxes) < len([each for each in nodes if each["kind"] != "constant"])
        assert set(fewer["places"]) == set(boxes)
        assert all(fewer["places"][i] == key for key, i in fewer["shown"].items())
        side = 1 if drawing["down"] else 0
        for i, each in enumerate(nodes):
            for x in each.get("inputs", []):
                above, below = boxes[fewer["places"][i]], boxes[fewer["places"][x]]
                assert above == below or below[side + 2] < above[side]
        every = list(boxes.values())
        for i, (left, t, r, b) in enumerate(every):
            for l2, t2, r2, b2 in every[:i]:
                assert r + 10 <= l2 or r2 + 10 <= left or b + 10 <= t2 or b2 + 10 <= t


def test_letters_can_be_read_and_stay_within_their_box(drawings):
    """Of eleven pixels and more; a name, the longest value and the longest gradient have room, in a generous estimate."""
    for drawing in drawings:
        boxes = rectangles(drawing)
        for group in ET.fromstring(drawing["svg"]).iter(f"{SVG}g"):
            if not group.get("class", "").startswith("node"):
                continue
            texts = [text for text in group.iter(f"{SVG}text") if text.get("class") != "symbol"]
            assert len(texts) == 3  # name, value, gradient
            assert all(float(text.get("font-size")) * LEAST >= 11 for text in group.iter(f"{SVG}text"))
            left, _, right, _ = boxes[group[0].text]
            assert left + 5 < float(texts[0].get("x")) < right
            assert right - left >= 7.0 * 15 + 10  # grad −1.234·10⁻⁵ in Helvetica
