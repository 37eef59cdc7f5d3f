"""chalkgrad play: the page is written and opened; what cannot be read is refused before. The page: tests/nn/pages."""

from pathlib import Path

import pytest


@pytest.mark.parametrize("opens", [True, False])
def test_play_opens_its_page_where_a_browser_is(opens, run, monkeypatch):
    """It is written to a file of its own, whose path is printed; without a browser it says what to do."""
    asked = []
    monkeypatch.setattr("webbrowser.open", lambda address: asked.append(address) or opens)
    code, out, err = run("play", "o = σ(w x)")
    path = Path(out.strip())
    assert code == 0
    assert asked == [path.resolve().as_uri()]
    assert "o = σ(w x)" in path.read_text(encoding="utf-8")
    assert ("no browser opens here" in err) is not opens


def test_play_saves_and_opens_nothing(run, monkeypatch, tmp_path):
    """--save names the file, --no-open keeps the browser shut; what cannot be read is refused with its place."""
    monkeypatch.setattr("webbrowser.open", lambda address: pytest.fail("a browser was opened"))
    assert run("play", "--save", "page.html", "--no-open")[0] == 0
    assert (tmp_path / "page.html").stat().st_size > 100_000
    code, _, err = run("play", "w x + (", "--save", "other.html", "--no-open")
    assert code == 1
    assert "is expected" in err
    assert not (tmp_path / "other.html").exists()
    assert run("play", "--save", "page.txt", "--no-open")[0] == 1
