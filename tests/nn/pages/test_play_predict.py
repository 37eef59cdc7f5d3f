"""What play.html says of a number that somebody foretells: right to the digits, or the likeliest slip."""

from in_node import node

BACK = {"pass": "backward", "upstream": 0.8, "local": -0.25, "contribution": -0.2, "before": 0.0, "total": -0.2}
AGAIN = {**BACK, "before": 0.5, "total": 0.3}
FORWARD = {"pass": "forward", "value": 0.731059}
ABOUT = {"name": "h", "inputs": [["a", 1.0]]}


TYPED = [  # what is typed, at which step, whether it is right, and a word of the answer
    ("-0.2", BACK, True, "Right"),
    ("−0.2", BACK, True, "Right"),
    ("0.73", FORWARD, True, "digits that you wrote"),
    ("0.7", FORWARD, True, "digits that you wrote"),
    ("0.731059", FORWARD, True, "Right:"),
    ("0.74", FORWARD, False, "Very near"),
    ("0.2", BACK, False, "sign"),
    ("0.8", BACK, False, "local derivative"),
    ("-0.25", BACK, False, "upstream"),
    ("0.55", BACK, False, "multiplied, not added"),
    ("-3.2", BACK, False, "not divided"),
    ("-0.02", BACK, False, "decimal point"),
    ("-0.2", AGAIN, False, "add up"),
    ("0.5", AGAIN, False, "to be added"),
    ("1.3", AGAIN, False, "local derivative"),
    ("0.25", AGAIN, False, "upstream"),
    ("0.3", AGAIN, True, "Right"),
    ("1", FORWARD, False, "That is a"),
    ("7.31", FORWARD, False, "decimal point"),
    ("12", FORWARD, False, "Not yet"),
]


def test_a_foretold_number_is_marked(modules):
    """By its value, and otherwise by what it is instead: another sign, a factor forgotten, a total not added to."""
    asked = [[typed, float(typed.replace("−", "-")), step, ABOUT] for typed, step, _, _ in TYPED]
    for row, got in zip(TYPED, node("mark_in_page.mjs", modules, data=asked), strict=True):
        assert (got["right"], row[3] in got["say"]) == (row[2], True), (row, got)
