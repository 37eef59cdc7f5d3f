"""What the tests of pages share."""

import shutil

import pytest


@pytest.fixture(scope="module")
def graphviz():
    """Something that lays out drawings, without which there is no page."""
    pytest.importorskip("graphviz", reason="graphs are drawn through graphviz")
    if not any(map(shutil.which, ("dot", "graphviz-pure"))):
        pytest.skip("no Graphviz lays out graphs here")
