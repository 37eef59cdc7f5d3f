"""What the tests of pages share."""

import shutil

import pytest
from in_node import write_modules
from stepper_page import Page

import nn


@pytest.fixture(scope="module")
def graphviz():
    """Something that lays out drawings, without which there is no page."""
    pytest.importorskip("graphviz", reason="graphs are drawn through graphviz")
    if not any(map(shutil.which, ("dot", "graphviz-pure"))):
        pytest.skip("no Graphviz lays out graphs here")


@pytest.fixture(scope="session")
def modules(tmp_path_factory):
    """The folder of the modules of play.html, as node and TypeScript read them."""
    return write_modules(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def opened(tabs, tmp_path):
    """opened(y) saves a page that steps through y and opens it; it asks for nothing and says nothing on its console."""
    pages = []

    def opened(y, **settings):
        path = nn.step_through(y).save(tmp_path / f"steps{len(pages)}.html")
        tab = tabs.take(**{"viewport": {"width": 1200, "height": 1000}, **settings})
        pages.append(Page(tab, path.as_uri()))
        return pages[-1]

    yield opened
    for page in pages:
        tabs.give_back(page.page)
        assert page.said == []
        assert page.asked == [page.asked[0]]
        assert page.asked[0].startswith("file:")
