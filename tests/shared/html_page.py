"""What a browser makes of a page: its elements with their attributes, texts of list items and of cells, what is shown."""

from collections import Counter
from html.parser import HTMLParser


class Page(HTMLParser):
    """tags: how often each element stands there; text: all but styles and the title of the window."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.items, self.cells, self.text = Counter(), [], [], [], ""
        self.hidden, self.into = False, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes += attributes
        self.hidden = tag in ("style", "title")
        if tag in ("li", "td", "th"):
            self.into = self.items if tag == "li" else self.cells
            self.into.append("")

    def handle_endtag(self, tag):
        self.hidden = False
        self.into = None if tag in ("li", "td", "th") else self.into

    def handle_data(self, text):
        self.text += "" if self.hidden else text
        if self.into:
            self.into[-1] += text
