"""The page behind step_through, in a browser: its steps are Python's, its controls do what they say, its labels are data.

The numbers by which it computes are tested in test_stepper_numbers.py.

The truth for the page is Python itself: Value.data, Value.grad and trace, which have oracles of their own elsewhere.
"""

import re
from random import Random

import pytest
from long_runs import part, seeds
from nets_to_step import softmax_net, three_rows
from page_numbers import written
from stepper_page import called, check_all_steps, plain

import autograd as ag
import nn
from autograd import Value, trace
from autograd.graph import nodes
from autograd.trace import WRONG_WAYS, ForwardStep
from autograd.value import constant
from nn.cli.tour import two_layer_network
from nn.drawing.picture import pretty
from nn.pages import stepper

# --------------------------------------------------------------------------------------------------------- the saved page


def one_neuron():
    """A sigmoid neuron and its cross-entropy."""
    w1, w2, b = Value(0.4, label="w_1"), Value(-1.2, label="w_2"), Value(0.1, label="b")
    x1, x2, t = (constant(x) for x in (1.5, 0.7, 1.0))
    ag.label(x_1=x1, x_2=x2, t=t)
    net = ag.dot([w1, w2], [x1, x2], b)
    o = ag.sigmoid(net)
    loss = -(t * ag.log(o) + (1.0 - t) * ag.log(1.0 - o))
    ag.label(net=net, o=o, L=loss)
    return loss


def used_three_times():
    """A node h that is used three times, and leaves that hold a gradient from before."""
    w, x = Value(0.8, label="w"), Value(-1.5, label="x")
    h = ag.tanh(w * x)
    y = h * h + h * x
    ag.label(h=h, y=y)
    w.grad, x.grad = 0.25, -2.0
    return y


GRAPHS = {"two layers": lambda: two_layer_network()[1], "one neuron": one_neuron, "used three times": used_three_times}


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_number_at_every_step_is_pythons(graph, opened):
    """Values, upstream, local derivative, contribution and totals, in the panel and in the drawing, are those of trace."""
    y = GRAPHS[graph]()
    check_all_steps(opened(y), y)


@pytest.mark.parametrize("wrong", WRONG_WAYS)
def test_every_number_of_a_wrong_way_is_pythons(wrong, opened):
    """Chosen in the menu, a wrong way shows what trace(wrong=...) says, and in the end where the numbers part."""
    y = used_three_times()
    page = opened(y)
    page.find("select.way").select_option(wrong)
    check_all_steps(page, y, wrong)
    apart, names = trace(y, wrong=wrong).differences(trace(y)), called(y)
    last = page.look()["now"][-1]
    assert apart
    for node, _, here, there in apart:
        assert f"∂y/∂{names[node]} = {written(here, 4)}, right is {written(there, 4)}" in plain(last)
    page.find("select.way").select_option("")
    page.start()
    page.press("End")
    assert page.look()["now"][-1] == "Done: every node has its gradient."


@pytest.mark.parametrize(("graph", "leaf"), [("two layers", "w_111"), ("one neuron", "w_2"), ("used three times", "x")])
def test_a_dragged_leaf_gives_the_numbers_that_python_gives(graph, leaf, opened):
    """With a leaf's slider dragged elsewhere every step shows Python's numbers for that value; "as it was" undoes it."""
    y = GRAPHS[graph]()
    (node,) = [node for node in nodes(y) if node.label == leaf]
    page, before = opened(y), node.data
    page.node(pretty(leaf)).click()
    slider = page.page.get_by_role("slider", name=f"change {pretty(leaf)}")
    box = slider.bounding_box()
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2, steps=5)
    page.page.mouse.up()
    node.data = float(slider.input_value())
    assert abs(node.data - before) > 0.3
    y.forward()
    check_all_steps(page, y)
    page.page.get_by_role("button", name="as it was").click()
    assert float(slider.input_value()) == pytest.approx(before, rel=1e-12)
    node.data = before
    y.forward()
    check_all_steps(page, y)


def ways_up(y, node, names):
    """The product of local derivatives along each way from node to y, as (names, product)."""
    users = {}
    for step in trace(y).backward:
        users.setdefault(step.input, []).append((step.node, step.local))
    found, open_ways = [], [(node, [names[node]], 1.0)]
    while open_ways:
        at, way, product = open_ways.pop()
        if at is y:
            found.append((" → ".join(way), product))
        open_ways += [(user, [*way, names[user]], product * local) for user, local in users.get(at, [])]
    return found


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_clicked_node_tells_what_flows_through_it(graph, opened):
    """A click on a node shows its value and gradient, each contribution, and its ways to the output, which add up."""
    y = GRAPHS[graph]()
    page, whole, names = opened(y), trace(y), called(y)
    page.start()
    page.press("End")
    for node, grad in whole.grads.items():
        name = names[node]
        page.node(name).dispatch_event("click")
        facts = page.find(".facts").inner_text()
        assert page.find(".node-info h3").inner_text() == name
        assert f"value {written(node.data)}, gradient {written(grad)} by now" in facts
        inward = [s for s in whole.backward if s.input is node]
        ways = ways_up(y, node, names) if node is not y else []
        lines = [
            f"from {names[s.node]}: {written(s.upstream, 4)} × {written(s.local, 4)} = {written(s.contribution, 4)}"
            for s in inward
        ]
        lines += [f"{way}: {written(product, 4)}" for way, product in ways]
        assert sorted(page.look()["facts"]) == sorted(lines)
        if ways:
            assert sum(product for _, product in ways) == pytest.approx(grad, rel=1e-12)
            assert f"which add up to {written(grad, 4)}:" in facts


def test_the_table_lists_every_step(opened):
    """The table of all steps, unfolded, has the numbers of trace's rows."""
    y = used_three_times()
    page, whole = opened(y), trace(y)
    page.page.get_by_text("All steps as a table").click()
    rows = page.look()["rows"]
    assert page.find("tbody tr").first.is_visible()
    assert [row[0] for row in rows] == [str(i + 1) for i in range(len(whole))]
    for row, step in zip(rows, whole, strict=True):
        if isinstance(step, ForwardStep):
            assert row[1].endswith(f" = {written(step.value)}")
        else:
            up, local, part, before, total = map(
                written, (step.upstream, step.local, step.contribution, step.before, step.total)
            )
            assert plain(row[3]) == f"{up} × {local} = {part}"
            assert plain(row[4]) == f"{before} + {part} = {total}"


def test_every_control_does_what_it_says(opened):
    """Buttons, slider and keys go to the start, back, on, and to the end; play goes on by itself until paused."""
    y = one_neuron()
    page, n = opened(y), len(trace(y))
    button = {word: page.find(f"button.{word}") for word in ("play", "first", "previous", "next", "last")}
    assert page.step() == 0
    assert button["previous"].is_disabled()
    assert button["first"].is_disabled()
    for word, at in [("next", 1), ("next", 2), ("previous", 1), ("last", n), ("previous", n - 1), ("first", 0), ("last", n)]:
        button[word].click()
        assert page.step() == at
    assert button["next"].is_disabled()
    page.find("input.slider").fill("3")
    assert page.step() == 3
    page.find("input.slider").press("ArrowRight")
    assert page.step() == 4
    page.find(".stage").focus()
    for key, at in [("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", n), ("ArrowLeft", n - 1)]:
        page.press(key)
        assert page.step() == at
    page.press("End", "Space")  # from the end, play starts anew
    assert page.step() == 1
    assert "Pause" in button["play"].inner_text()
    page.press("Space")
    assert "Play" in button["play"].inner_text()
    button["play"].click()
    assert page.step() == 2
    page.page.get_by_text(f"step 3 of {n}", exact=True).wait_for()
    button["play"].click()
    assert "Play" in button["play"].inner_text()


def test_enter_on_a_node_chooses_it(opened):
    """A node with the keyboard's focus is chosen by Enter, and let go by Enter again."""
    page = opened(one_neuron())
    page.node("net").focus()
    page.press("Enter")
    assert page.find(".node-info h3").inner_text() == "net"
    page.press("Enter")
    assert page.find(".node-info h3").count() == 0


def test_the_page_of_the_two_layer_network_is_small(graphviz, tmp_path):
    """steps.html has less than 300 KB."""
    assert nn.step_through(two_layer_network()[1]).save(tmp_path / "steps.html").stat().st_size < 300_000


@pytest.mark.parametrize("start", [0.5, -1.0, 0.0])
def test_a_leaf_dragged_to_where_there_is_no_number_is_no_error(start, opened):
    """Where the result is nan or infinite the panel says so, and the plot leaves the point out."""
    y = ag.log(x := Value(start, label="x"))
    page = opened(y)
    page.node("x").click()
    slider = page.page.get_by_role("slider", name="change x")
    for value in (-0.5, 0.0, 0.5):
        slider.fill(str(value))
        x.data = float(slider.input_value())
        y.forward()
        check_all_steps(page, y)


# -------------------------------------------------------------------------------------------------------- folded drawings


@pytest.mark.parametrize("depth", ["neuron", "layer"])
def test_a_folded_drawing_goes_to_the_same_numbers(depth, opened):
    """Folded to neurons or layers there are fewer stops, each box shows Python's numbers, and the end is the same."""
    y = two_layer_network()[1]
    page, whole, by_name = opened(y), trace(y), {name: node for node, name in called(y).items()}
    page.find("select.depth").select_option(depth)
    page.start()
    stops = 0
    while page.step() < len(whole):
        at = page.step()
        page.press("ArrowRight")
        assert page.step() > at
        stops += 1
    assert stops < len(whole)
    for name, value, grad in page.look()["boxes"]:
        node = by_name[name]
        assert (value, grad) == (written(node.data, 4), f"grad {written(whole.grads[node], 4)}")
    for _ in range(stops):
        page.press("ArrowLeft")
    assert page.step() == 0
    page.press("End")
    page.find("select.depth").select_option("operation")
    assert page.look()["now"][-1] == "Done: every node has its gradient."


# --------------------------------------------------------------------------------------------------------- labels are data

AWKWARD = [
    "<script>window.ran = 1</script>",
    "</script><script>window.ran = 1</script>",
    '<img src=x onerror="window.ran = 1">',
    "<svg onload=window.ran=1>",
    "<!-- <script>",
    "quotes \" ' `",
    "a & b &lt; c",
    "$& $1 $$x",
    "{0} {1}",
    "${window.ran = 1}",
    "two\u2028lines\u2029here",
    '"); window.ran = 1; //',
    "]]>",
    "%s %20",
    "梯度",
    "مشتق",
    "🎈",
    "a|b",
]


@pytest.mark.parametrize("label", part(AWKWARD, 6))
def test_a_label_is_shown_and_never_run(label, opened):
    """Whatever stands in a label is text: in the drawing, the panel, the table and the title; nothing of it runs."""
    x, y = Value(0.5, label=label), Value(2.0, label=f"{label} b")
    z = ag.tanh(x * y) + x
    z.label = f"{label} z"
    page, names = opened(z), called(z)
    assert names[x] == pretty(label)
    assert names[z] in page.page.title()
    page.node(names[x]).dispatch_event("click")
    assert page.find(".node-info h3").evaluate("h => h.textContent") == names[x]
    page.start()
    page.press(*["ArrowRight"] * len(trace(z)))
    seen = page.look()
    assert seen["now"][0].endswith(f" to {names[trace(z).backward[-1].input]}")
    assert any(names[x] in cell for row in seen["rows"] for cell in row)
    drawn = page.find(".stage").evaluate("stage => stage.textContent")
    assert "".join(names[x].split()) in "".join(drawn.replace("\u00a0", " ").split())
    assert page.page.evaluate("window.ran") is None
    assert page.find(".app script, .app img, .app foreignObject").count() == 0
    attributes = page.find(".app").evaluate("app => [...app.querySelectorAll('*')].flatMap((e) => e.getAttributeNames())")
    assert [each for each in attributes if each.startswith("on") or each.endswith("href")] == []


def test_the_policy_of_the_page_allows_nothing_from_outside(opened):
    """A Content-Security-Policy stands before everything that it governs, and names no source outside the file."""
    page = opened(used_three_times())
    policy = page.find("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
    assert rules.pop("default-src") == "'none'"
    assert {source for rule in rules.values() for source in rule.split()} <= {"'unsafe-inline'", "'none'", "data:"}
    order = page.page.evaluate("[...document.querySelectorAll('meta[http-equiv], script, style')].map((e) => e.localName)")
    assert order[0] == "meta"


# ------------------------------------------------------------------------------------------------------- for everybody

WITH_NAMES = {"button", "slider", "combobox", "DisclosureTriangle", "toolbar", "region", "table"}


def test_every_control_has_a_name_for_a_screen_reader(opened):
    """In the browser's accessibility tree every control is named, those of a chosen leaf as well."""
    page = opened(one_neuron())
    page.node("w₁").dispatch_event("click")
    tree = page.page.context.new_cdp_session(page.page).send("Accessibility.getFullAXTree")["nodes"]
    controls = [each for each in tree if not each["ignored"] and each["role"]["value"] in WITH_NAMES - {"table"}]
    assert len(controls) > 12
    assert [each for each in controls if not each.get("name", {}).get("value", "").strip()] == []


def test_every_control_is_reached_by_the_tab_key(opened):
    """Tab goes through every control that can be used, nodes of the drawing and the fold of the table included."""
    page = opened(used_three_times())
    page.find("button.next").click()
    page.node("w").dispatch_event("click")
    wanted = page.page.evaluate("""() => {
        const root = document.querySelector("div").shadowRoot;
        const all = [...root.querySelectorAll("button, select, input, summary, [role=button], [tabindex]")];
        globalThis.wanted = all.filter((each) => !each.disabled && each.checkVisibility());
        globalThis.reached = new Set();
        return globalThis.wanted.length;
    }""")
    page.find("button.play").focus()
    note = "() => { globalThis.reached.add(document.querySelector('div').shadowRoot.activeElement); }"
    for _ in range(wanted + 3):
        page.page.evaluate(note)
        page.press("Tab")
    assert page.page.evaluate("wanted.filter((each) => !reached.has(each)).map((each) => each.outerHTML.slice(0, 80))") == []


def test_the_fold_of_the_table_opens_by_the_space_bar(opened):
    """Space on "All steps as a table" opens it, and does not start to play."""
    page = opened(used_three_times())
    page.find("summary").focus()
    page.press("Space")
    assert page.find("tbody tr").first.is_visible()
    assert "Play" in page.find("button.play").inner_text()


def test_the_current_step_is_told_to_screen_readers(opened):
    """The panel with the current step is a live region, and the slider says the step in words."""
    page = opened(used_three_times())
    page.find("button.next").click()
    assert page.find("[aria-live=polite] h3").inner_text().startswith("Forward: ")
    assert page.find("input.slider").get_attribute("aria-valuetext").startswith("Forward: ")


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_glides_for_those_who_asked_for_less_motion(motion, moves, opened):
    """With reduced motion no element has a transition or an animation."""
    page = opened(used_three_times(), reduced_motion=motion)
    durations = page.find(".app").evaluate(
        """app => [...app.querySelectorAll("*")].flatMap((each) => {
            const style = getComputedStyle(each);
            return [...style.transitionDuration.split(","), ...style.animationDuration.split(",")].map(parseFloat);
        })"""
    )
    assert any(durations) == moves


def test_it_prints_as_a_table_of_all_steps(opened):
    """On paper the controls are gone and the table of all steps is there, even if it was folded on the screen."""
    y = used_three_times()
    page = opened(y)
    assert not page.find("table").is_visible()
    assert page.page.pdf().startswith(b"%PDF")  # the browser says beforeprint
    page.page.emulate_media(media="print")
    assert page.find("tbody tr").count() == len(trace(y))
    assert page.find("tbody tr").last.is_visible()
    assert not page.find(".bar").is_visible()


def test_dark_mode_is_dark(opened):
    """Where people want it dark, the background is dark and the text light; otherwise the other way round."""
    brightness = """app => [getComputedStyle(app).backgroundColor, getComputedStyle(app).color,
        getComputedStyle(app.querySelector(".stage text")).fill].map((colour) =>
            Math.max(...colour.match(/\\d+/g).slice(0, 3)))"""
    paper, ink, drawn = opened(one_neuron(), color_scheme="dark").find(".app").evaluate(brightness)
    assert paper < 60
    assert min(ink, drawn) > 150
    paper, ink, drawn = opened(one_neuron(), color_scheme="light").find(".app").evaluate(brightness)
    assert paper > 240
    assert max(ink, drawn) < 140


@pytest.mark.parametrize(("system", "theme", "dark"), [("dark", "true", False), ("light", "false", True)])
def test_the_theme_of_jupyterlab_outweighs_that_of_the_system(system, theme, dark, opened):
    """Whatever the system asks for, a page in a light notebook is light; and it changes with the notebook."""
    page = opened(one_neuron(), color_scheme=system)
    assert page.find(".app").evaluate("app => app.classList.contains('dark')") != dark
    page.page.evaluate("theme => { document.body.dataset.jpThemeLight = theme; }", theme)
    page.page.wait_for_function(
        "dark => document.querySelector('div').shadowRoot.querySelector('.app').classList.contains('dark') === dark",
        arg=dark,
    )


def test_a_narrow_page_scrolls_nothing_sideways_but_the_drawing(opened):
    """At a width of 400 pixels the page fits at every step, with a leaf chosen too; only the drawing, and the row of what
    opens in it, may scroll."""
    y = two_layer_network()[1]
    page = opened(y, viewport={"width": 400, "height": 800})
    page.find(".more").click()
    page.find("select.depth").select_option("operation")  # on a phone it is folded at first
    page.node("w₁₁₁").dispatch_event("click")
    page.start()
    wide = page.steps("""() => {
        const out = [...root.querySelectorAll("*")].filter((each) => !each.parentNode.closest?.(".stage, .folds")
            && each.checkVisibility() && each.getBoundingClientRect().right > 400.5);
        return [document.scrollingElement.scrollWidth, ...out.map((each) => each.outerHTML.slice(0, 80))];
    }""")
    assert wide == [[400]] * len(trace(y))


def test_the_drawing_stays_legible_and_follows_the_step(opened):
    """Where it is wider than its frame no letter shrinks below 7 pixels, and the node of each step comes into view."""
    y = two_layer_network()[1]
    page = opened(y, viewport={"width": 700, "height": 800}, reduced_motion="reduce")
    page.start()
    looks = page.steps("""() => {
        const stage = root.querySelector(".stage"), frame = stage.getBoundingClientRect();
        const active = [...stage.querySelectorAll(".node.active")].map((each) => each.getBoundingClientRect());
        const inside = (box) => box.left >= frame.left - 2 && box.right <= frame.right + 2;
        const scale = stage.querySelector("svg").getScreenCTM().a;
        const sizes = [...stage.querySelectorAll("text")].map((each) => parseFloat(each.getAttribute("font-size")));
        return [active.some(inside), scale * Math.min(...sizes)];
    }""")
    assert len(looks) == len(trace(y))
    assert all(seen for seen, _ in looks)
    assert min(smallest for _, smallest in looks) >= 7


def products_of_products():
    """Nodes without labels of their own, used where they need brackets."""
    w, x = Value(2.0, label="w"), Value(-3.0, label="x")
    s = (w * x) ** 2
    y = s / (x * w) - (w - x)
    ag.label(s=s, y=y)
    return y


def test_a_name_that_is_a_formula_is_in_brackets_where_they_matter(opened):
    """(w·x)² is not w·x², and ∂(w·x) is not (∂w)·x; what is called by its formula is not set equal to itself."""
    page = opened(products_of_products())
    rows = page.look()["rows"]
    assert [row[1] for row in rows[:5]] == [
        "w·x = 2·(−3) = −6",
        "s = (w·x)² = (−6)² = 36",
        "x·w = (−3)·2 = −6",
        "s/(x·w) = 36/(−6) = −6",
        "w − x = 2 − (−3) = 5",
    ]
    assert "∂s/∂(w·x) = 2·(w·x)" in [row[2] for row in rows]
    assert {"∂y/∂(w·x)", "∂y/∂(x·w)", "∂y/∂(w − x)", "∂y/∂s", "∂y/∂w"} <= {row[1] for row in rows}


def test_why_zero_grad_that_is_forgotten_does_no_harm_is_told(opened):
    """Where no gradient was there before it is the first pass that saves it, and not the graph."""
    page = opened(products_of_products())
    page.find("select.way").select_option("no zero_grad")
    page.find(".stage").focus()
    page.press("End")
    assert page.look()["now"][-1].startswith("There was no gradient before this pass")


def somehow(random, leaves, depth):
    """An expression of the leaves, and some of its parts with labels."""
    if depth == 0 or random.random() < 0.15:
        return random.choice(leaves)
    x, y = (somehow(random, leaves, depth - 1) for _ in range(2))
    z = random.choice(
        [lambda: x + y, lambda: x - y, lambda: x * y, lambda: x / y, lambda: -x, lambda: x**2, lambda: x**-1, x.tanh, x.exp]
    )()
    if random.random() < 0.3:
        z.label = f"z_{random.randrange(10**6)}"
    return z


@pytest.mark.usefixtures("graphviz")
@pytest.mark.parametrize("seed", seeds(40))
def test_every_formula_of_the_page_means_its_number(seed):
    """Read as anyone reads it, in the names that the page has for its nodes, it comes to the value of the node."""
    random = Random(seed)
    leaves = [Value(random.uniform(0.5, 1.5), label=name) for name in ("a", "b", "w_1")]
    y = somehow(random, leaves, 4) * leaves[0]
    data = stepper._data(y)
    names = {entry["name"]: node for entry, node in zip(data["nodes"], nodes(y), strict=True)}
    known = {name: node for name, node in names.items() if node.label or re.fullmatch(r"v\d+", name)}
    for entry, node in zip(data["nodes"], nodes(y), strict=True):
        if "formula" in entry:
            assert ag.parse(entry["formula"], known).data == pytest.approx(node.data, rel=1e-5), entry["formula"]


def test_a_page_of_its_own_listens_to_keys_everywhere(opened):
    """Right after opening, an arrow key takes a step, with nothing clicked before."""
    page = opened(two_layer_network()[1]).page
    page.keyboard.press("ArrowRight")
    assert page.locator(".count").inner_text().startswith("step 1 of")


def test_an_operation_of_ones_own_shows_its_recorded_numbers(opened):
    """The page steps through it as through any other; a leaf below it says why it cannot be changed, one beside it can."""
    cube = ag.Primitive("cube_of_mine", lambda x: x * x * x, lambda z, x: 3.0 * x * x)
    w, x, b = Value(0.5, label="w"), Value(3.0, label="x"), Value(0.25, label="b")
    y = cube(w * x) * b
    ag.label(y=y)
    y.backward()
    shown = opened(y)
    page = shown.page
    for _ in trace(y).forward + trace(y).backward:
        page.keyboard.press("ArrowRight")
    assert "Done: every node has its gradient." in page.locator(".now").inner_text()
    for leaf in (w, x, b):
        shown.node(leaf.label).click()
        said = page.locator(".node-info").inner_text()
        assert f"gradient {leaf.grad:.6g}" in said
        assert ("cannot be changed here: it leads to cube_of_mine" in said) == (leaf is not b)
        assert page.locator(".nudge input").count() == (leaf is b)


# ---------------------------------------------------------------------------------------------------- downhill, foretold


def test_what_moves_is_named_in_order(opened):
    """Not as the loss asks for it, which takes the score of its own class first."""
    assert opened(softmax_net()).find(".moves").inner_text().startswith("What moves: w₁, w₂, w₃. ")
    named = ", ".join(f"b₁{i}" for i in "₁₂₃₄₅₆₇₈") + ", b₂₁, b₂₂, b₂₃, b₂₄"
    assert opened(three_rows()).find(".moves").inner_text().startswith(f"What moves: {named} and 93 more. ")


def test_descending_takes_pythons_steps(opened):
    """θ − η ∂L/∂θ for what are parameters and for nothing else, again and again; all starts again, and the loss falls."""
    y = two_layer_network()[1]
    page, by_name = opened(y), {name: node for node, name in called(y).items()}
    page.find(".eta").fill("9")  # η = 1
    parameters = [by_name[name] for name in page.find(".moves").inner_text().split(": ")[1].split(". ")[0].split(", ")]
    assert {x.label[0] for x in parameters} == {"w", "b"}
    assert len(parameters) == 9
    page.find(".stage").focus()
    page.press("End")
    for _ in range(2):
        before = y.data
        y.backward()
        for x in parameters:
            x.data, x.grad = x.data - x.grad, 0.0
        y.forward()
        page.page.get_by_role("button", name="Descend", exact=True).click()
        assert page.find(".fell").inner_text() == f"L: {written(before, 4)} → {written(y.data, 4)}."
        assert page.step() == 0
    check_all_steps(page, y)
    assert page.find(".losses").get_attribute("aria-label") == f"the loss after 2 steps: {written(y.data, 4)}"


def test_a_wrong_way_descends_by_its_wrong_gradient(opened):
    """Where a total was overwritten the step goes elsewhere: what a student's own loop would do is seen."""
    y = used_three_times()
    page, walk = opened(y), trace(y, wrong="overwrite")
    page.find("select.way").select_option("overwrite")
    page.page.get_by_role("button", name="Descend", exact=True).click()
    for x in [node for node in nodes(y) if not node.inputs]:
        if x.label == "w":
            x.data -= 0.5 * walk.grads[x]
    y.forward()
    assert written(y.data, 4) in page.find(".fell").inner_text()


def test_numbers_are_foretold_with_the_keyboard_alone(opened):
    """Every number of both passes is hidden, asked for, typed, marked and scored; Escape shows all again."""
    y = one_neuron()
    page, steps = opened(y), list(trace(y))
    page.find(".predicting").focus()
    page.press("Space")
    boxes = {name: (value, grad) for name, value, grad in page.look()["boxes"]}
    assert boxes["net"] == ("", "")
    for i, step in enumerate(steps):
        number = step.value if isinstance(step, ForwardStep) else step.total
        if i == 0:
            page.page.keyboard.type(f"{-number:.9g}")
            page.press("Enter")
            assert "the sign is not" in page.find(".marked").inner_text()
        page.page.keyboard.type(f"{number:.9g}")  # what was wrong is selected, and typed over
        page.press("Enter")
        assert page.step() == i + 1, page.find(".marked").inner_text()
    assert page.find(".tally").inner_text() == f"{len(steps)} of {len(steps) + 1} right, {len(steps)} in a row"
    assert page.find(".question").inner_text() == "That was the last number."
    page.find(".predicting").focus()
    page.press("Space")
    assert page.find(".ask").is_hidden()


def test_what_is_to_be_foretold_stands_nowhere(opened):
    """A node that is looked at keeps its number and its ways to itself until they are said; Show it counts as not known."""
    y = one_neuron()
    page = opened(y)
    page.node("net").dispatch_event("click")
    page.find(".predicting").check()
    assert written(nodes(y)[[node.label for node in nodes(y)].index("net")].data) not in page.find(".node-info").inner_text()
    assert page.look()["facts"] == []
    page.find("button.reveal").click()
    assert page.step() == 1
    assert page.find(".tally").inner_text() == "0 of 1 right"
    page.find(".answer").fill("much")
    page.press("Enter")
    assert "is no number" in page.find(".marked").inner_text()


def test_what_flows_is_seen_on_the_edges(opened):
    """Back, the edge in use wears its local derivative; dashed below zero, and the wider the larger the contribution."""
    y = one_neuron()
    page, steps = opened(y), list(trace(y))
    page.start()
    widths = {}
    for step in steps:
        page.press("ArrowRight")
        if not isinstance(step, ForwardStep):
            assert page.find(".stage .local").all_text_contents()[0].strip("× ()") == written(step.local, 4)
            width, dashes = page.find(".edge.active path").first.evaluate(
                "p => [p.style.strokeWidth, p.style.strokeDasharray]"
            )
            assert (dashes != "none") == (step.contribution < 0)
            widths[abs(step.contribution)] = float(width.removesuffix("px"))
    assert [widths[size] for size in sorted(widths)] == sorted(widths.values())
    page.press("Home")
    assert page.find(".edge.returned, .edge.sent, .local").count() == 0
