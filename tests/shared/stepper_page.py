"""A page behind step_through that is open in a browser: what it says and shows, and whether that is what Python says."""

import json
import re

from page_numbers import written

from autograd import trace
from autograd.graph import nodes
from autograd.trace import ForwardStep, Walk
from autograd.writing.notation import ATOM, level_of
from nn.pages import stepper


class Page:
    """A page that is open in the browser: what it says, what it asks for, what it shows."""

    def __init__(self, tab, address, ready=".count"):
        self.page = tab
        self.said, self.asked = tab.said, tab.asked
        self.page.goto(address)
        self.find(ready).first.wait_for()

    def find(self, selector):
        return self.page.locator(selector)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def step(self):
        """How many steps have been taken, as the page says."""
        return int(self.find(".count").inner_text().split()[1])

    def start(self):
        """To the start, with the keyboard at the drawing."""
        self.find(".stage").focus()
        self.press("Home")

    def steps(self, look):
        """What a function of JavaScript finds after each step from here to the last, taken by the key, within the page."""
        return self.page.evaluate(STEPS % look)

    def node(self, name):
        return self.find(f".g-node[data-name={json.dumps(name, ensure_ascii=False)}]")

    def look(self):
        """What can be read at this step: the lines of the panel, and of every box its name, value and gradient."""
        return self.page.evaluate(LOOK)


STEPS = """() => {
    const root = [...document.querySelectorAll("div")].find((place) => place.shadowRoot).shadowRoot, found = [], look = %s;
    while (root.querySelector(".next").getAttribute("aria-disabled") !== "true") {
        const key = new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, composed: true });
        root.querySelector(".stage").dispatchEvent(key);
        found.push(look());
    }
    return found;
}"""

LOOK = """() => {
    const root = [...document.querySelectorAll("div")].find((place) => place.shadowRoot).shadowRoot;
    const lines = (selector) => [...root.querySelectorAll(selector)].map((line) => line.textContent);
    const boxes = [...root.querySelectorAll(".stage .g-node")].map((box) =>
        [box.dataset.name, ...[...box.querySelectorAll("text")].slice(-2).map((line) => line.textContent)]);
    return { count: lines(".count")[0], now: lines(".now h3, .now p"), boxes, facts: lines(".facts li"),
        rows: [...root.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)) };
}"""


def plain(line):
    """A formula without its brackets."""
    return re.sub(r"[()]", "", line)


def called(y):
    """What the page calls each node."""
    return {node: entry["name"] for node, entry in zip(nodes(y), stepper._data(y)["nodes"], strict=True)}


def right_lines(step, y, names, wrong):
    """The first lines that the panel has for a step; … stands for a formula, which is trace's business."""
    z, overwrite = names[step.node], wrong == "overwrite"
    write = step.node.op.notation.write
    if isinstance(step, ForwardStep):
        formula = write([(names[x], ATOM) for x in step.node.inputs])
        numbers = write([(text := written(x.data), level_of(text)) for x in step.node.inputs])
        named = [f"{z} = {formula}"] if plain(z) != plain(formula) else []  # what has no name is called by its formula
        return [f"Forward: {z}", *named, f"= {numbers} = {written(step.value)}"]
    x, top = names[step.input], f"∂{names[y]}/∂{names[step.input]}"
    up, local, part, before, total = map(written, (step.upstream, step.local, step.contribution, step.before, step.total))
    return [
        f"Backward: from {z} to {x}",
        f"∂{z}/∂{x} = … = {local}",
        "upstream × local derivative = contribution",
        f"{up} × {local} = {part}",
        "wrong: the old total is overwritten" if overwrite else "old total + contribution = new total",
        f"{top} = {part}" if overwrite else f"{top}:  {before} + {part} = {total}",
    ]


def check_step(seen, walk, y, names, wrong):
    """Everything shown at this step is what the walk in Python says."""
    step, by_name = walk.step, {name: node for node, name in names.items()}
    assert seen["count"] == f"step {walk.position} of {len(walk.steps)}"
    if step is not None:
        for line, right in zip(seen["now"], right_lines(step, y, names, wrong)):
            start, _, end = right.partition("… ")
            if end:  # the formula of a local derivative is trace's business; its number is left out where it is the formula
                assert plain(line).startswith(plain(start))
                assert line.endswith(end) or plain(line) == plain(start) + end.removeprefix("= ")
            else:
                assert plain(line) == plain(right)
    reached = {y} if walk.position >= len(walk.trace.forward) else set()
    reached |= {s.input for s in walk.steps[: walk.position] if not isinstance(s, ForwardStep)}
    assert {by_name[name] for name, *_ in seen["boxes"]} == set(walk.trace.grads)
    for name, value, grad in seen["boxes"]:
        node = by_name[name]
        assert value == (written(walk.values[node], 4) if node in walk.values else "")
        assert grad == (f"grad {written(walk.grads[node], 4)}" if node in reached else "")


def check_all_steps(page, y, wrong=""):
    walk, names = Walk(trace(y, wrong=wrong)), called(y)
    page.start()
    check_step(page.look(), walk, y, names, wrong)
    for seen in page.steps(LOOK):
        assert walk.next()
        check_step(seen, walk, y, names, wrong)
    assert walk.position == page.step() == len(walk.steps)
