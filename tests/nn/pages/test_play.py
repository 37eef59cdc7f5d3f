"""play.html in a browser: the story computes, the bench reads and steps what is typed; keyboard, contrast, no network."""

import re
import subprocess
import sys

import pytest
from in_node import HERE
from page_numbers import written

import nn
from autograd import Primitive
from autograd.formula.lexer import FormulaError
from autograd.formula.systems import read_formulas
from nn.pages import play as play_module

LAPTOP = {"width": 1366, "height": 640}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return nn.play().save(tmp_path_factory.mktemp("play") / "play.html")


@pytest.fixture
def opened(shown, saved):
    """opened() opens the page; opened(made) one with a formula of its own."""
    return lambda made=saved, **settings: shown(made, "main[data-ready]", **{"viewport": LAPTOP, **settings}).page


def number(text):
    """The last number in a sentence."""
    return float(re.findall(r"−?\d+(?:\.\d+)?", text)[-1].replace("−", "-"))


def slide(page, name, value):
    page.get_by_role("slider", name=name, exact=True).first.evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', {bubbles: true})); }", str(value)
    )


def typed(page, text):
    """What is typed on the bench, and read."""
    page.locator("#formula").fill(text)
    # it reads when nobody has typed for 90 milliseconds, by a timer that was set before this one
    page.evaluate("() => new Promise((done) => setTimeout(done, 90))")


def numbers_of(page):
    """Name, value and gradient in each box of the bench's drawing, at the last step."""
    page.locator(".stepper .last").evaluate("(button) => button.click()")
    return page.evaluate("""() => Object.fromEntries([...document.querySelector(".stepper-place .stepper").shadowRoot
        .querySelectorAll(".stage .g-node")].map((box) => [box.dataset.name,
        [...box.querySelectorAll("text")].slice(-2).map((text) => text.textContent)]))""")


# ------------------------------------------------------------------------------------------------------------- the file


def test_the_page_is_one_file_that_asks_for_nothing(saved):
    """It has a policy that lets nothing in, and no address in it but names of XML."""
    text = saved.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert set(re.findall(r"https?://[\w./]+", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
    assert text.count("<script") == 2
    assert "import {" not in text


def test_modules_are_joined_each_in_a_scope_of_its_own():
    """What two modules call the same stays two things; each stands behind what it imports."""
    text = play_module.bundle("play/start.js")
    names = re.findall(r"^const (\w+) = \(\(\) => \{$", text, re.MULTILINE)
    assert len(names) == len(set(names)) > 12
    for name in names:
        start = text.index(f"const {name} = ")
        for other in re.findall(r"= (play_\w+|stepper);$", text[start : text.index("\n})();", start)], re.MULTILINE):
            assert text.index(f"const {other} = ") < start


def test_a_formula_that_cannot_be_read_is_refused_in_python():
    """With the place, before anything is written."""
    with pytest.raises(FormulaError, match="is expected"):
        nn.play("x +")
    assert repr(nn.play("x + 1")).startswith("<Play")
    assert "srcdoc" in nn.play()._repr_html_()


@pytest.mark.external
def test_importing_nn_does_not_wait_for_the_page():
    """What reads formulas, and takes a third of the time, is loaded when a page is made."""
    program = "import sys, nn; print('autograd.formula.parser' in sys.modules or 'nn.pages.play_data' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# ------------------------------------------------------------------------------------------------------------- the story


def test_every_screen_computes_what_python_computes(opened):
    """Loss, slope, factors and paths at other numbers than the first, against the library's graph."""
    page = opened()
    formulas = read_formulas("L = ½(ŷ − y)²; ŷ = σ(a); a = w x + b", {"x": 1.5, "b": -0.6, "y": 0.4})
    loss, w = formulas.results[0], formulas.variables["w"]
    for at in (-1.5, 0.75, 3.0):
        w.data = at
        loss.forward()
        loss.backward()
        slope, w.grad = w.grad, 0.0
        for screen in ("screen-1", "screen-2", "screen-3"):
            page.locator(f"#{screen} input[type=range]").evaluate(
                "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", str(at)
            )
        assert written(loss.data, 3) in page.locator("#screen-1 .box .value").all_text_contents()
        assert page.locator("#screen-2 text.slope").text_content() == f"∂L/∂w = {written(slope, 3)}"
        chain = page.locator("#screen-3 text.big").text_content()
        assert chain.endswith(f"= {written(slope, 3)}")
        factors = [float(each.strip("()").replace("−", "-")) for each in chain.split(" = ")[1].split(" × ")]
        assert factors[0] * factors[1] * factors[2] == pytest.approx(slope, rel=0.02)


def test_a_forgotten_path_makes_the_slope_wrong_and_is_said(opened):
    """With both paths the sum is what a nudge measures; with one it is not."""
    page = opened()
    screen = page.locator("#screen-4")
    assert "It is the sum" in screen.locator(".say").inner_text()
    screen.get_by_label("the path through q").uncheck()
    assert screen.locator("text.big").text_content() == "∂L/∂w = 3"
    assert "A path is forgotten" in screen.locator(".say").inner_text()


def test_steps_downhill_lower_the_loss_and_long_ones_raise_it(opened):
    """Each step is w − η ∂L/∂w; beyond two over the largest curvature the loss grows, and the page says why."""
    page = opened()
    screen = page.locator("#screen-5")
    w, b = 4.0, 2.0
    for _ in range(3):
        screen.get_by_role("button", name="Step", exact=True).click()
        dw, db = (w + b - 1) + 2 * (2 * w + b - 3), (w + b - 1) + (2 * w + b - 3)
        w, b = w - 0.1 * dw, b - 0.1 * db
    loss = ((w + b - 1) ** 2 + (2 * w + b - 3) ** 2) / 2
    assert screen.locator(".losses text").text_content() == f"after 3 steps: {written(loss, 4)}"
    slide(page, "the learning rate η", 0.35)
    for _ in range(6):
        screen.get_by_role("button", name="Step", exact=True).click()
    assert "the step was too long" in screen.locator(".say").inner_text()


def test_the_network_learns_and_its_gradient_is_stepped(opened):
    """Played it gets its points right; stopped, a click on a neuron opens the stepper of that net for the ringed point."""
    page = opened()
    screen = page.locator("#screen-6")
    screen.scroll_into_view_if_needed()
    for name, value in [("layers", 2), ("neurons", 3)]:
        slide(page, name, value)
    before = number(screen.locator(".losses text").text_content())
    screen.get_by_role("button", name="▶ Play").click()
    page.wait_for_function(
        "() => Number(document.querySelector('#screen-6 .losses text').textContent.split(': ')[1]) < 0.2", timeout=60_000
    )
    screen.get_by_role("button", name="⏸ Pause").click()
    assert number(screen.locator(".losses text").text_content()) < before
    screen.get_by_role("button", name="step the gradient of neuron 2 of layer 1").click()
    assert "The gradient at h₁₂" in screen.locator(".steps h3").first.inner_text()
    screen.locator(".steps .last").click()
    assert "Done" in screen.locator(".steps .now").inner_text()


def test_a_net_that_was_stopped_goes_downhill_by_its_weights_alone(opened):
    """Its point, x and y, stays what it is, as in training."""
    page = opened()
    screen = page.locator("#screen-6")
    screen.get_by_role("button", name="Step its gradient").click()
    before = facts(screen)
    screen.get_by_role("button", name="Descend", exact=True).click()
    after = facts(screen)
    assert [name for name in before if before[name] == after[name]] == ["x₁", "x₂", "y"]


def facts(screen):
    """The value in each box of the stepper, when all have one."""
    screen.locator(".steps .last").click()
    return dict(
        screen.locator(".steps .stage .g-node").evaluate_all(
            "boxes => boxes.map((box) => [box.dataset.name, [...box.querySelectorAll('text')].at(-2).textContent])"
        )
    )


ALL_WORDS = """() => {
    const found = [];
    const walk = (root) => {
        for (const each of root.querySelectorAll("*")) {
            if (each.shadowRoot) walk(each.shadowRoot);
            if (["SCRIPT", "STYLE"].includes(each.tagName)) continue;
            const own = [...each.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent);
            found.push(each.getAttribute("aria-label") ?? "", String(each.value ?? ""), ...own);
        }
    };
    walk(document);
    return found;
}"""
LETTERS_OF_OTHERS = re.compile(r"(?<![\w-])(?:[Eotz]|net(?= ?[=(+·×→]| to | over ))(?![\w-])")


def test_the_page_has_the_notation_of_the_course(opened):
    """Every text, drawn or written, each name that a control has, at the end of all steps; after each example, too."""
    page = opened()
    page.locator("#screen-6").get_by_role("button", name="Step its gradient").click()
    page.locator("#screen-6 .steps .last").click()
    examples = page.locator("#bench .chips button")
    for i in range(examples.count()):
        examples.nth(i).click()
        page.locator("#bench .stepper .last").click()
        said = page.evaluate(ALL_WORDS)
        assert len(said) > 400
        assert [each for each in said if LETTERS_OF_OTHERS.search(each)] == []


# ------------------------------------------------------------------------------------------------------------- the bench

TYPED = {
    "σ(w x + b)": {"w": 0.5, "x": -0.8, "b": 0.3},
    "L = ½(ŷ − y)²; ŷ = tanh(a); a = w x + b; x = 2; y = 1": {"w": 0.5, "b": -0.8},
    "x·x + 3x": {"x": 0.5},
    "max(a, b) − |a·b|": {"a": 0.5, "b": -0.8},
}


@pytest.mark.parametrize("text", TYPED)
def test_a_typed_formula_becomes_a_stepper_with_pythons_numbers(text, opened):
    """Values and gradients of all names, at the numbers that the page begins with."""
    page = opened()
    typed(page, text)
    formulas = read_formulas(text)
    for name, x in TYPED[text].items():
        formulas.variables[name].data = x
    y = formulas.results[0]
    y.forward()
    y.backward()
    shown = numbers_of(page)
    for name, value in {**formulas.variables, **formulas.named}.items():
        assert shown[name] == [written(value.data, 4), f"grad {written(value.grad, 4)}"]


def test_a_turned_number_is_written_into_the_text(opened):
    """Where the text says x = 2 it says what the slider says, and reading it again changes nothing."""
    page = opened()
    typed(page, "L = (ŷ − y)²; ŷ = w x; x = 2 ; y=-1")
    slide(page, "x", 0.8)
    slide(page, "y", -0.5)
    assert page.locator("#formula").input_value() == "L = (ŷ − y)²; ŷ = w x; x = 0.8 ; y=−0.5"
    before = numbers_of(page)
    typed(page, page.locator("#formula").input_value() + " ")
    assert numbers_of(page) == before
    assert before["x"][0] == "0.8"


def test_an_error_stands_under_its_place_while_the_last_graph_stays(opened):
    """The sentence and the place are those of the library; what was drawn before stays, and comes alive again."""
    page = opened()
    typed(page, "w x + b")
    typed(page, "w x + (b")
    with pytest.raises(FormulaError) as caught:
        read_formulas("w x + (b")
    says = page.locator("#formula-says")
    assert says.inner_text().split(": ", 1)[1] == f"{caught.value.reason}."
    assert says.locator("mark").inner_text() == "("
    assert page.locator(".stepper-place.stale .stage .g-node").count() > 3
    typed(page, "w x + (b)")
    assert says.inner_text().strip() == ""
    assert page.locator(".stepper-place.stale").count() == 0
    typed(page, "<img src=x onerror=alert(1)>")
    assert says.locator("img").count() == 0


def test_descending_takes_the_step_of_the_gradient(opened):
    """θ − η ∂/∂θ for what is ticked, x and y staying; the loss is shown falling, and the stepper is at the start again."""
    page = opened()
    typed(page, "L = ½(w x − y)²; x = 1; y = 3")
    page.locator(".stepper .last").click()
    told = page.locator("#bench .fell")
    w = 0.5
    for _ in range(2):
        page.locator("#bench").get_by_role("button", name="Descend", exact=True).click()
        before, w = (w - 3) ** 2 / 2, w - 0.5 * (w - 3)
        assert page.get_by_label("w, as a number").input_value() == written(w, 4)
        assert told.inner_text() == f"L: {written(before, 4)} → {written((w - 3) ** 2 / 2, 4)}."
    assert page.get_by_label("x, as a number").input_value() == "1"
    assert page.locator(".stepper .count").inner_text().startswith("step 0")
    page.get_by_label("x, as a number").fill("4")
    page.get_by_label("x, as a number").press("Enter")
    page.locator("#bench").get_by_role("button", name="Descend", exact=True).click()
    assert "take a smaller η" in told.inner_text()


def test_many_nodes_are_folded_to_formulas_with_names(opened):
    """Two layers come as boxes h₁₁, h₁₂, ŷ, L, whose numbers are Python's; a choice opens every operation."""
    page = opened()
    page.get_by_role("button", name="two layers").click()
    depth = page.locator(".stepper-place .depth")
    assert depth.input_value() == "neuron"
    folded = numbers_of(page)
    assert set(folded) == {"x₁", "x₂", "y", "h₁₁", "h₁₂", "ŷ", "L"}
    depth.select_option("operation")
    opened_up = numbers_of(page)
    assert len(opened_up) > 25
    assert {name: opened_up[name] for name in folded} == folded


def test_letters_side_by_side_are_said_to_be_one_name(opened):
    """wx is one name for the library; who meant a product is told how to write it. Infinite numbers are shown as such."""
    page = opened()
    typed(page, "wx + b")
    assert "w x, it is a product" in page.locator("#formula-says").inner_text()
    typed(page, "w x + b; x = 1e999")
    assert numbers_of(page)["w·x"][0] == "∞"


GRADIENTS = [  # what is typed, the formula in it, by which name, what the page says before the number
    ("L = w² x + w; w = 3; x = 2; ∂L/∂w", "L = w² x + w; w = 3; x = 2", "w", "∂L/∂w = "),
    (r"L = w² x + w; w = 3; x = 2; \frac{\partial L}{\partial w}", "L = w² x + w; w = 3; x = 2", "w", "∂L/∂w = "),
    (r"L = \hat{y}²; \hat{y} = 3x; x = 2; \dfrac{\partial L}{ \partial\hat{y} }", "L = ŷ²; ŷ = 3x; x = 2", "ŷ", "∂L/∂ŷ = "),
    (
        "h = θ_1² x; x = 3; θ_1 = 2\n\\frac{\\partial h}{\\partial \\theta_{1}}",
        "h = θ₁² x; x = 3; θ₁ = 2",
        "θ₁",
        "∂h/∂θ₁ = ",
    ),
    ("y = sin(h)\nh = 2x; x = 1\n∂y/∂h", "y = sin(h); h = 2x; x = 1", "h", "∂y/∂h = "),
    ("d/dx(x² y); x = 2; y = 5", "x² y; x = 2; y = 5", "x", "∂(x²·y)/∂x = "),
]


def test_a_gradient_that_is_asked_for_is_looked_at(opened):
    """∂L/∂w beside a formula, or d/dx in front of it: Python's number, and the stepper at its end with that node."""
    page = opened()
    for text, plain, by, said in GRADIENTS:
        typed(page, text)
        formulas = read_formulas(plain)
        formulas.results[0].backward()
        node = formulas.variables.get(by) or formulas.named[by]
        assert said + written(node.grad, 6) in page.locator("#formula-says").inner_text()
        assert page.locator("#bench .node-info h3").inner_text() == by
        assert "Done" in page.locator("#bench .now").inner_text()


def test_a_gradient_of_what_is_not_there_is_refused_as_before(opened):
    """Another output, a name that stands nowhere, d/dx in front of a part alone: the sentence says that Python reads it."""
    page = opened()
    for text in ("L = w x; ∂E/∂w", "L = w x; ∂L/∂q", "L = w x; dL/dw", "d/dx(x) + 1", "2 d/dx(x²)"):
        typed(page, text)
        assert "works out no derivative" in page.locator("#formula-says").inner_text()
    for text in (
        r"\frac{\partial L}{\partial w}",
        r"L = w x; \frac{\partial E}{\partial w}",
        r"L = w x; \frac{\partial L}{w}",
    ):
        typed(page, text)
        assert "LaTeX that this page does not read" in page.locator("#formula-says").inner_text()


def test_an_operation_that_a_person_adds_is_typed_and_stepped(opened):
    """Saved behind Primitive(...), the page computes it from its definition."""
    Primitive(
        "soft", lambda x: x / (1.0 + abs(x)), lambda z, x: (1.0 - abs(z)) ** 2, definition=lambda x: x / (1.0 + abs(x))
    )
    page = opened(nn.play("y = soft(w x); w = 3; x = 1"))
    shown = numbers_of(page)
    assert shown["y"] == ["0.75", "grad 1"]
    assert shown["x"] == ["1", f"grad {written(3 / 16, 4)}"]


@pytest.mark.external
def test_in_a_notebooks_frame_links_stay_in_the_frame(browser, tmp_path):
    """As a cell shows it: the page runs in its frame, and a link of the bar scrolls there and leads nowhere else."""
    place = tmp_path / "cell.html"
    place.write_text(f"<!DOCTYPE html><title>cell</title>{nn.play('σ(w x)')._repr_html_()}", encoding="utf-8")
    page = browser.new_page()
    page.goto(place.as_uri())
    frame = page.frames[1]
    frame.wait_for_selector("main[data-ready]")
    assert frame.locator("#formula").input_value() == "σ(w x)"
    frame.get_by_role("link", name="Screen 3 of 6").click()
    assert frame.evaluate("document.activeElement.id") == "screen-3"
    assert frame.evaluate("document.title") == play_module.TITLE
    page.close()


# ------------------------------------------------------------------------------------------------------ fit for everybody

SIZES = {"laptop": (1366, 640), "small": (1150, 800), "phone": (390, 844), "sideways": (844, 390)}
ALL_TEXTS = (HERE / "all_texts.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_and_all_text_can_be_read(size, opened):
    """At each width, light and dark: no sideways scrolling, letters of 11 pixels and more, contrast of 4.5 and more."""
    width, height = SIZES[size]
    page = opened(viewport={"width": width, "height": height}, reduced_motion="reduce")  # colours are judged at rest
    page.locator(".stepper .last").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.locator(".stepper .app.dark").wait_for(state="attached" if scheme == "dark" else "detached")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = page.evaluate(ALL_TEXTS)
        assert len(found) > 80
        assert [each for each in found if each[1] < 4.5] == []
        assert [each for each in found if each[2] < 10.9] == []


def test_every_control_has_a_name_and_is_large_enough_for_a_thumb(opened):
    """Buttons, links, sliders, boxes: each is called something, and 36 pixels high or in a label that is."""
    page = opened(viewport={"width": 390, "height": 844})
    controls = page.evaluate("""() => [...document.querySelectorAll("a, button, input, select, textarea")]
        .filter((each) => each.getClientRects().length).map((each) => {
            const place = (each.closest("label") ?? each).getBoundingClientRect();
            const labels = [...(each.labels ?? [])].map((label) => label.textContent.trim()).join(" ");
            const name = each.getAttribute("aria-label") || each.textContent.trim() || labels;
            return [each.outerHTML.slice(0, 80), name, Math.round(place.height), Math.round(place.width)];
        })""")
    assert len(controls) > 40
    assert [each for each in controls if not each[1]] == []
    assert [each for each in controls if each[2] < 36 or each[3] < 36] == []
    assert page.evaluate("[...document.querySelectorAll('svg[role=img]')].every((svg) => svg.getAttribute('aria-label'))")


def test_with_reduced_motion_nothing_scrolls_smoothly(opened):
    """The page keeps to what the reader's system asks for."""
    page = opened(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
