"""A page that is used with the keyboard alone: where the focus is, what it is called, and whether it is seen."""

FOCUS = """() => {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (at === document.body || at === document.documentElement) return null;
    const labels = [...(at.labels ?? [])].map((label) => label.textContent.trim()).join(" ");
    const name = at.getAttribute("aria-label") || labels || at.textContent.trim(), style = getComputedStyle(at);
    const drawn = at.closest("svg") ? at.getBoundingClientRect().width > 0 : at.getClientRects().length > 0;
    const seen = drawn && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const box = at.getBoundingClientRect();
    let [left, right, top, bottom] = [0, innerWidth, 0, innerHeight]; // where it can be seen: no scrolling place cuts it off
    const cut = (by) => {
        [left, right] = [Math.max(left, by.left), Math.min(right, by.right)];
        [top, bottom] = [Math.max(top, by.top), Math.min(bottom, by.bottom)];
    };
    for (let around = at.parentNode; around && around !== document.body; around = around.parentNode ?? around.host)
        if (around.nodeType === 1 && getComputedStyle(around).overflow !== "visible") cut(around.getBoundingClientRect());
    const half = [Math.min(box.width, right - left) / 2, Math.min(box.height, bottom - top) / 2];
    cut(box);
    const most = right - left > 0 && bottom - top > 0 && right - left >= half[0] && bottom - top >= half[1];
    const above = at.getRootNode().elementFromPoint((left + right) / 2, (top + bottom) / 2); // what is seen in its middle
    const met = [at, ...(at.labels ?? [])].some((each) => each.contains(above) || above?.contains(each));
    return { name, seen, shown: most && met, tag: at.tagName.toLowerCase() };
}"""


class Keyboard:
    """Keys pressed on a page; every stop of the focus has a name, is ringed, and is on the screen and not covered."""

    def __init__(self, page):
        self.page, self.path = page, []

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def where(self):
        """What the focus is on: {name, tag, seen, shown}; None for nothing."""
        return self.page.evaluate(FOCUS)

    def tab(self, key="Tab"):
        """One stop further."""
        self.press(key)
        here = self.where()
        if here is not None:
            assert here["name"], f"a {here['tag']} without a name, after {self.path[-3:]}"
            assert here["seen"], f"the focus on {here['name']!r} is not seen"
            assert here["shown"], f"{here['name']!r} has the focus, and is off the screen or covered"
            self.path.append(here["name"])
        return here

    def tab_to(self, name, key="Tab", most=200):
        """On with Tab to what is called so, or begins so; a Tab for each stop."""
        for _ in range(most):
            here = self.tab(key)
            if here is None:
                break
            if here["name"].startswith(name):
                return here["name"]
        raise AssertionError(f"no Tab leads to {name!r}: {self.path[-60:]}")
