"""One tab of the browser for one page after another: a new one is a process, which takes longer to start than a test in it.

page = tabs.take(viewport={"width": 400, "height": 800})
page.goto(address)
assert page.said == []  # what it wrote on the console, and its errors
tabs.give_back(page)
"""

from long_runs import LONG

MOTION = "no-preference" if LONG else "reduce"  # each frame of a glide is painted, which takes a fifth of the time of all


class Tabs:
    """The tabs of a browser that nobody uses at present."""

    def __init__(self, browser):
        self.browser, self.free = browser, []

    def take(self, viewport, color_scheme="light", reduced_motion=MOTION):
        """A blank tab; page.said is what is said in it, page.asked each address that is asked for."""
        page = self.free.pop() if self.free else self.new()
        page.said, page.asked = [], []
        page.set_viewport_size(viewport)
        page.emulate_media(media="screen", color_scheme=color_scheme, reduced_motion=reduced_motion)
        return page

    def new(self, **settings):
        """A tab of its own, with whatever settings a context has."""
        page = self.browser.new_context(**settings).new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        return page

    def give_back(self, page):
        """Nothing of the page stays, but for its listeners."""
        page.goto("about:blank")
        page.mouse.move(0, 0)
        self.free.append(page)
