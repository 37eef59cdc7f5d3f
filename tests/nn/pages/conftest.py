"""What the tests of pages share."""

import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from in_node import write_modules
from stepper_page import Page

import nn
from nn.pages.page import script


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


@pytest.fixture(scope="module")
def numerics(browser):
    """The script of the pages as a module m in a blank page: numerics(expression, argument) evaluates with it at hand."""
    page = browser.new_page()
    address = "data:text/javascript;charset=utf-8," + quote(script())
    page.evaluate("async (address) => { globalThis.m = await import(address); }", address)
    yield page.evaluate
    page.close()


@pytest.fixture
def shown(tabs, tmp_path):
    """shown(made) saves what is a page and opens the file; it asks for nothing else and says nothing on its console."""
    pages = []

    def shown(made, ready=".count", viewport=None, **settings):
        path = made if isinstance(made, Path) else made.save(tmp_path / f"page{len(pages)}.html")
        tab = tabs.take(viewport or {"width": 1200, "height": 1000}, **settings)
        pages.append(Page(tab, path.as_uri(), ready))
        return pages[-1]

    yield shown
    for page in pages:
        tabs.give_back(page.page)
        assert page.said == []
        assert page.asked == [page.asked[0]]
        assert page.asked[0].startswith("file:")


@pytest.fixture
def opened(shown):
    """opened(y) is the page that steps through y."""
    return lambda y, **settings: shown(nn.step_through(y), **settings)
