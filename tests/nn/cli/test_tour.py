"""tour: what it prints and draws."""

import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nn.cli.main import main
from nn.cli.tour import two_layer_network


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tour") / "pictures"


@pytest.fixture(scope="module")
def tour(folder):
    command = [sys.executable, "-m", "nn", "tour", "--no-progress", "--folder", str(folder)]
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8", env=environment).stdout


def test_the_tour_prints_the_forward_pass(tour):
    """Every node of the two-layer network with its formula, its numbers and its value."""
    assert re.search(r"a₁₁ += w₁₁₁·x₁ \+ w₁₁₂·x₂ \+ b₁₁ += 0\.15·0\.05 \+ 0\.2·0\.1 \+ 0\.35 += 0\.3775\n", tour)
    assert re.search(r"h₂₁ += σ\(a₂₁\) += σ\(1\.10591\) += 0\.751365\n", tour)


def test_the_tour_prints_the_backward_pass(tour):
    """Every edge as upstream × local derivative = contribution."""
    assert re.search(r"∂L/∂a₂₁ +0\.741365 × 0\.186816 = 0\.138499 +∂h₂₁/∂a₂₁ = h₂₁·\(1 − h₂₁\)\n", tour)


def test_the_tour_prints_the_step_and_both_losses(tour):
    """w − η ∂L/∂w for all nine parameters, and the loss before and after."""
    assert len(re.findall(r"^  [wb]′[₀-₉]+ += .* − 0\.5·", tour, re.MULTILINE)) == 9
    before, after = losses_worked_out_apart()
    assert re.search(rf"^  L +  *= {before:.6f} +before the step$", tour, re.MULTILINE)
    assert re.search(rf"^  L′ +  *= {after:.6f} +after it$", tour, re.MULTILINE)


def test_the_tour_derives_the_gradients_in_matrices(tour):
    """The vector form of backpropagation, each line beside the scalar one."""
    assert re.search(r"∇_h₁ L = W₂ᵀ ∇_a₂ L +\[2×1\]  ∂L/∂h₁ⱼ = ∂L/∂a₂₁·w₂₁ⱼ\n", tour)
    assert re.search(r"∇_W₁ L = ∇_a₁ L xᵀ +\[2×2\]  ∂L/∂w₁ᵢⱼ = ∂L/∂a₁ᵢ·xⱼ\n", tour)


def losses_worked_out_apart():
    """Plain arithmetic, written down without the engine."""

    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    def forward(W, b, v, c):
        h = [sigmoid(W[i][0] * 0.05 + W[i][1] * 0.10 + b[i]) for i in (0, 1)]
        o = sigmoid(v[0] * h[0] + v[1] * h[1] + c)
        return h, o, 0.5 * (o - 0.01) ** 2

    W, b, v, c = [[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35], [0.40, 0.45], 0.60
    h, o, before = forward(W, b, v, c)
    delta = (o - 0.01) * o * (1 - o)
    deltas = [delta * v[i] * h[i] * (1 - h[i]) for i in (0, 1)]
    W = [[W[i][j] - 0.5 * deltas[i] * x for j, x in enumerate((0.05, 0.10))] for i in (0, 1)]
    b = [b[i] - 0.5 * deltas[i] for i in (0, 1)]
    v = [v[i] - 0.5 * delta * h[i] for i in (0, 1)]
    return before, forward(W, b, v, c - 0.5 * delta)[2]


def test_the_tour_ends_with_real_data(tour):
    """A loss curve, and how many rows held out were right."""
    assert "█" in tour
    share = float(re.search(r"Right on rows held out: +([\d.]+)%", tour).group(1))
    assert share > 85.0


def test_the_tour_draws_what_it_shows(tour, folder):
    """The pictures and pages are in the folder, and their paths are printed."""
    pytest.importorskip("graphviz", reason="graphs are drawn through graphviz")
    pytest.importorskip("matplotlib", reason="curves are drawn by Matplotlib")
    if not (shutil.which("dot") or shutil.which("graphviz-pure", path=str(Path(sys.executable).parent))):
        pytest.skip("no Graphviz lays out graphs here")
    names = [f"two-layer-network-{depth}.svg" for depth in ("operations", "neurons", "layers")]
    names += [
        "index.html",
        "steps.html",
        "training.html",
        "loss-curve.png",
        "decision-boundary.png",
        "derivation.tex",
        "derivation.html",
    ]
    assert sorted(os.listdir(folder)) == sorted(names)
    index = (folder / "index.html").read_text(encoding="utf-8")
    for name in names:
        assert str(folder / name) in tour
        assert f'="{name}"' in index or name == "index.html"
        start = {"svg": b"<svg", "png": b"\x89PNG", "tml": b"<!DO", "tex": b"\\doc"}[name[-3:]]
        assert (folder / name).read_bytes().startswith(start)


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path, capsys):
    """Exit code 1, and the reason on standard error."""
    (tmp_path / "file").write_text("")
    assert main(["tour", "--folder", str(tmp_path / "file")]) == 1
    assert "file" in capsys.readouterr().err


def test_the_two_layer_network_is_the_lecture_notes():
    """Its forward values are those that a calculator gives."""
    model, loss = two_layer_network()
    assert loss.data == pytest.approx(0.5 * (0.7513650695523157 - 0.01) ** 2, rel=1e-12)
    assert model([0.05, 0.10]).data == pytest.approx(0.7513650695523157, rel=1e-12)
