"""How pages are written, one way at a time: of each a right row and a wrong one, and what is said of the wrong one."""

import pytest
from walks import failures

from autograd import check_notes

LAYER = r"$z = W x + b$, $h = \sigma(z)$, $L = \frac{1}{2} (h - t)^T (h - t)$, $\delta = (h - t) \odot h \odot (1 - h)$. "
LOGISTIC = r"$X \in \mathbb{R}^{n \times d}$. $p = \sigma(Xw)$, $E = -y^T \log p - (1 - y)^T \log(1 - p)$. "
CROSS = r"$J = -\frac{1}{m} \sum_{i=1}^m y_i \log h_i + (1 - y_i) \log(1 - h_i)$, $h_i = \sigma(\sum_j \theta_j x_{ij})$. "
SPREAD = r"$\mu = \frac{1}{n} \sum_j x_j$, $s^2 = \frac{1}{n} \sum_j (x_j - \mu)^2$. "
SCORES = r"$s_{ij} = \frac{1}{\sqrt{d}} \sum_l q_{il} k_{jl}$. "
HATS = r"$\hat{y} = \sigma(z)$, $L = -y \log \hat{y} - (1 - y) \log(1 - \hat{y})$. "
NUMBERS = r"$$a = \sigma(1.1059) = 0.7514$$ $$g = 0.7414 \cdot 0.1868 = 0.1385$$ "
VECTOR = r"$W = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$, $x = \begin{bmatrix} 0.5 \\ 0.1 \end{bmatrix}$, $z = W x$. "
WAYS = {  # a page, a right last row, a wrong one, and what is said of that
    "lengths from definitions": (
        LAYER,
        r"\frac{\partial L}{\partial x} = W^T \delta",
        r"\frac{\partial L}{\partial x} = W \delta",
        "right with W transposed",
    ),
    "lengths of weights": (
        LAYER,
        r"\frac{\partial L}{\partial W} = \delta x^T",
        r"\frac{\partial L}{\partial W} = \delta h^T",
        "are set equal",
    ),
    "lengths in so many words": (
        LOGISTIC,
        r"\nabla_w E = X^T (p - y)",
        r"\nabla_w E = X (p - y)",
        "n×d and n×1 have no product",
    ),
    "vectors as rows": (
        r"$h = x W$, $L = \frac12 (h - t)(h - t)^T$. ",
        r"\frac{\partial L}{\partial x} = (h - t) W^T",
        r"\frac{\partial L}{\partial x} = (h + t) W^T",
        "another sign",
    ),
    "vectors that are counted": (
        r"$J = -\log \sigma(u_0^T v) - \sum_{k=1}^K \log \sigma(-u_k^T v)$. ",
        r"\frac{\partial J}{\partial u_k} = (1 - \sigma(-u_k^T v)) v",
        r"\frac{\partial J}{\partial u_k} = (1 - \sigma(u_k^T v)) v",
        "it is",
    ),
    "a sum as far as its letter": (
        CROSS,
        r"\frac{\partial J}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^m (h_i - y_i) x_{ij}",
        r"\frac{\partial J}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^m (y_i - h_i) x_{ij}",
        "a minus in front",
    ),
    "a square that is said": (
        SPREAD,
        r"\frac{\partial s}{\partial x_j} = \frac{x_j - \mu}{n s}",
        r"\frac{\partial s}{\partial x_j} = \frac{x_j - \mu}{s}",
        "it is",
    ),
    "another name of a family": (
        SCORES,
        r"\frac{\partial s_{ij}}{\partial q_{il}} = \frac{k_{jl}}{\sqrt{d}}",
        r"\frac{\partial s_{ij}}{\partial q_{il}} = \frac{q_{jl}}{\sqrt{d}}",
        "it is",
    ),
    "i + k": (
        r"$y_i = \sum_{k=1}^K w_k x_{i+k}$, $L = \frac{1}{2} \sum_i (y_i - t_i)^2$. ",
        r"\frac{\partial L}{\partial w_k} = \sum_i (y_i - t_i) x_{i+k}",
        r"\frac{\partial L}{\partial w_k} = \sum_i (y_i - t_i) x_i",
        "another index",
    ),
    "a hat that is lost": (
        HATS,
        r"\frac{\partial \hat{y}}{\partial z} = \hat{y} (1 - \hat{y})",
        r"\frac{\partial \hat{y}}{\partial z} = \hat{y} (1 - y)",
        "y stands where ŷ belongs, and both stand here",
    ),
    "an arrow that names": (
        r"$h = \tanh(u) \leftarrow a$ ",
        r"\frac{\partial a}{\partial u} = 1 - a^2",
        r"\frac{\partial a}{\partial u} = 1 - a",
        "it is",
    ),
    "a function elsewhere": (
        r"$f(x) = x^2 - 2$. $$\frac{\partial^2 f}{\partial x^2} = 2$$ ",
        r"x_n - \frac{f(x_n)}{f'(x_n)} = x_n - \frac{x_n^2 - 2}{2 x_n}",
        r"x_n - \frac{f(x_n)}{f'(x_n)} = x_n - \frac{x_n^2 - 2}{x_n}",
        "it is",
    ),
    "words below ∂": (
        r"$o = \sigma(net)$. ",
        r"\frac{\partial o}{\partial net} = o (1 - o)",
        r"\frac{\partial o}{\partial net} = o (1 + o)",
        "another sign",
    ),
    "dσ/dz": (
        "",
        r"\frac{d\sigma}{dz} = \sigma(z) (1 - \sigma(z))",
        r"\frac{d\sigma}{dz} = \sigma(z) (1 + \sigma(z))",
        "another sign",
    ),
    "σ for a deviation": (
        r"$z = \mu + \sigma \epsilon$. ",
        r"\frac{\partial z}{\partial \sigma} = \epsilon",
        r"\frac{\partial z}{\partial \sigma} = \mu",
        "it is",
    ),
    "e with an index": (
        r"$a_i = \frac{e^{e_i}}{\sum_j e^{e_j}}$. ",
        r"\frac{\partial a_i}{\partial e_i} = a_i (1 - a_i)",
        r"\frac{\partial a_i}{\partial e_i} = a_i (1 + a_i)",
        "another sign",
    ),
    "a softmax of rows": (
        r"$A = \text{softmax}(W)$, $O = A V$, $L = \sum_i O_{i1}$. $x^T W$ ",
        r"\text{softmax}(W) = A",
        r"\text{softmax}(W) = A + 1",
        "",
    ),
    "a norm and its index": (
        r"$L = \|y - A x\|_2^2$, $x^T A$. ",
        r"\nabla_x L = -2 A^T (y - A x)",
        r"\nabla_x L = 2 A^T (y - A x)",
        "a minus in front",
    ),
    "a number for another name": (
        NUMBERS,
        r"a (1 - a) = 0.7514 (1 - 0.7514) = 0.1868",
        r"g (1 - a) = 0.7514 (1 - 0.7514) = 0.1868",
        "g is 0.1385 on this page, and the number in its place is a",
    ),
    "a number for a vector": (
        VECTOR + r"$z = \begin{bmatrix} 0.7 \\ 1.9 \end{bmatrix}$ ",
        r"z = 0.5 + 0.2 = 0.7",
        r"z = 0.5 + 0.3 = 0.8",
        "z is a vector on this page, and this is none of its entries",
    ),
}


def test_each_way_of_writing_is_read():
    """What is right is right or taken as given, and what is wrong is wrong, with what would be right or why."""

    def check(before, right, wrong, said):
        row = check_notes(f"{before}\n\n$${right}$$").rows[-1]
        assert row.verdict not in ("wrong", "does not follow", "unread"), row
        row = check_notes(f"{before}\n\n$${wrong}$$").rows[-1]
        assert (row.verdict == "wrong") == bool(said), row
        assert said in row.remark

    assert failures(check, list(WAYS.values())) == {}


LOST_HATS = [  # a row without ŷ, of pages that have both
    HATS + r"$$\frac{\partial L}{\partial z} = y - y$$",
    r"$\hat{y} = w x$, $E = \frac{1}{2} (\hat{y} - t)^2$. $$\frac{dE}{dw} = (y - t) x$$",
]


@pytest.mark.parametrize("page", LOST_HATS)
def test_a_hat_that_a_scanner_may_have_lost_is_offered(page):
    """Where the statement has no ŷ at all, it is a question, and counts as nothing wrong."""
    report = check_notes(page)
    assert "it reads as right if y is ŷ" in report.rows[-1].remark
    assert (report.rows[-1].verdict, report.counts["wrong"], bool(report)) == ("depends", 0, True)


NAMED = [  # what would be right, as it is said: a number to its digits, one term of a sum, one exponent in a fraction
    (r"$$0.6225 (1 - 0.6225) = 0.2650$$", "right with 0.2350"),
    (r"$$2 (0.59869 - 0.9) = -0.63262$$", "right with −0.60262"),
    (r"$R = (f - y)^2 + a w^2$, $f = w x$. $$\frac{\partial R}{\partial w} = (f - y) x + 2 a w$$", "a factor 2 in one term"),
    (
        r"$E = -y \log p - (1 - y) \log(1 - p)$. $$\frac{\partial E}{\partial p} = \frac{y}{p} + \frac{1 - y}{1 - p}$$",
        "first term",
    ),
    (r"$$\frac{d}{dx} \frac{1}{1 + e^{-x}} = \frac{e^{-x}}{(1 + e^{-x})^3}$$", "another exponent"),
]


@pytest.mark.parametrize(("page", "said"), NAMED)
def test_what_would_be_right_is_named(page, said):
    """One small thing away, wherever in the formula it is."""
    row = check_notes(page).rows[-1]
    assert row.verdict == "wrong"
    assert said in row.mended


NEVER_WRONG = [  # what an author means is right, whatever else the signs could mean
    r"$f(x) = e^{2x}$. $$f(x) \approx f(a) + f'(a)(x - a)$$",
    r"$f(x) = e^{2x}$. At $x_0 = 0$: $$f(x_0) + f'(x_0)(x - x_0) = 1 + 2x$$",
    r"$o = \sigma(z)$. $$e = (o - t)^2 = (0.7352 - 1)^2 = 0.0701$$ $$o = \sigma(1) = 0.7311$$",
    r"$y = f(u)$, $u = p(m)$. $$\frac{dy}{dm} = f'(u) p'(m)$$",
    r"$R = \sum_i a_i^2 + c$, $a_i = w_i x_i$. $$\frac{\partial R}{\partial c} = 1$$",
    r"$E_i = \sum_j (a_j - t_j)^2 + c_i$. $$\frac{\partial E_i}{\partial c_i} = 1$$",
    r"$y = \sigma(z)$, $L = -\hat{y} \log y - (1 - \hat{y}) \log(1 - y)$. $$\frac{\partial L}{\partial z} = y - \hat{y}$$",
]


@pytest.mark.parametrize("page", NEVER_WRONG)
def test_what_is_meant_is_not_called_wrong(page):
    """Approximations, numbers of a place, sums, functions, names the other way round."""
    assert check_notes(page).wrong == []


SOFTMAX = r"$$y_i = \frac{e^{a_i}}{\sum_{j=1}^n e^{a_j}}$$ "
LOSSES = r"$$L = w^T w$$ $$E = 2 w^T w$$ $$\nabla_w L = 2 w$$ $$\nabla_w E = 4 w$$ "
QUOTIENT = r"$$\frac{\partial}{\partial z} \frac{g(z)}{h(z)} = \frac{g'(z)}{h(z)} "
JACOBIAN = r"""$$f(x, y, z) = x^2 + 2xy + z$$
$$J = \begin{bmatrix} \frac{\partial f}{\partial x} & \frac{\partial f}{\partial y} \end{bmatrix} = """
LAST_ROWS = [  # a page; the verdict on its last row, and words of what is said of that
    (r"$$\sigma(x) = \frac{1}{1+e^{-x}}$$", "right", ""),
    (QUOTIENT + r"- \frac{g(z) h'(z)}{h(z)^2}$$", "right", ""),
    (QUOTIENT + r"+ \frac{g(z) h'(z)}{h(z)^2}$$", "wrong", ""),
    (r"$$0.593269(1-0.593269) = 0.241300$$", "right", ""),
    (r"$$1.245 \cdot 2.135 = 2.65976508$$", "right", ""),  # of 1.24549995 and 2.13549995, which both are rounded there
    (r"$$1.245 \cdot 2.135 = 2.65976608$$", "wrong", ""),
    (JACOBIAN + r"\begin{bmatrix} 2x + 2y & 2x \end{bmatrix}$$", "right", ""),
    (JACOBIAN + r"\begin{bmatrix} 2x + 2y & 2y \end{bmatrix}$$", "wrong", ""),
    (r"$$z = w_0 x_0 + w_1 x_1 + \dots + w_n x_n$$ $$\frac{\partial z}{\partial w_1} = x_1$$", "right", ""),
    (r"$$b := b - \alpha(a - y)$$", "stated", ""),
    (r"$$L = \frac12 w^T w$$ $$\nabla_w L = w$$ $$\nabla_w = w$$", "right", "as it is written"),
    (LOSSES + r"$$\nabla_w = 2 w$$", "depends", "of what this is the gradient is not said"),
    (SOFTMAX + r"$$\frac{\partial y_i}{\partial a_j} = y_i (\delta_{ij} - y_j)$$", "right", "by the derivative"),
    (SOFTMAX + r"$$\frac{\partial y_i}{\partial a_j} = y_i (\delta_{ij} - y_i)$$", "depends", "the indices are the same"),
    (r"$$f(x) = x^2 + 1$$ $$f(a + b) = (a + b)^2 + 1$$", "right", "as it is written"),
    (r"$$f(x) = x^2$$ $$f''(x) = 2$$", "unread", "a prime is the first derivative"),
    (r"$$f(x) = x^2 + 1$$ $$f(a, b) = a$$", "unread", "f has 1 arguments here"),
    (r"$$g(x) = f(x) + 1$$ $$f(x) = g(x) - 2$$", "unread", "f is defined by itself"),
]


@pytest.mark.parametrize(("page", "verdict", "words"), LAST_ROWS)
def test_what_is_said_of_a_last_row(page, verdict, words):
    """Of each kind of row; of functions used as they are not defined, gradients without their loss, δ with two indices."""
    row = check_notes(page).rows[-1]
    assert (row.verdict, words in row.remark) == (verdict, True), row.remark
