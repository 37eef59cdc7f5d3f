"""Every file of tests has its layer, and a layer can be had alone."""

import pytest
from layers import LAYERS, TESTS, is_left_unread, layer_of

FILES = sorted(TESTS.rglob("test_*.py"))


def test_every_file_has_one_layer():
    """No file is forgotten, none stands in two places, and what the table names is there."""
    assert [path.name for path in FILES if layer_of(path) is None] == []
    named = [name for names in LAYERS.values() for name in names.split()]
    assert len(named) == len(set(named))
    there = {path.stem.removeprefix("test_") for path in FILES} | {path.parent.name for path in FILES}
    assert set(named) - there == set()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_had_without_the_files_of_the_others(layer):
    """With -m engine and the like they are not even read; external tests may stand anywhere, so that all files are."""
    read = {layer_of(path) for path in FILES if not is_left_unread(path, layer)}
    assert read == (set(LAYERS) if layer == "external" else {layer})


@pytest.mark.parametrize("asked", ["", "not external", "engine or reading"])
def test_any_other_choice_reads_all_files(asked):
    """What pytest makes of an expression is its own business."""
    assert not any(is_left_unread(path, asked) for path in FILES)


def test_each_test_is_marked_with_its_layer(request):
    """As the file says, or external; this one stands in the engine."""
    assert {mark.name for mark in request.node.iter_markers()} & set(LAYERS) == {"engine"}
