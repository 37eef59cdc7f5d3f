"""What the tests of pages share."""

import shutil

import pytest
from in_node import write_modules


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
