"""Right pages as people write them who never saw our examples: none of their rows is called wrong, and none takes
long."""

import pytest

from autograd import check_notes

RIGHT = [
    r"""Let $w=0.5$, $x=2$, $t=1$. $z=wx=1$, $o=\sigma(z)=0.7311$. $E=\frac12(t-o)^2=0.0362$.
$\frac{\partial E}{\partial w}=(o-t)o(1-o)x=-0.1057$. Step: $w \leftarrow w - 0.1\cdot(-0.1057) = 0.5106$.
$z = 1.0212$, $o = 0.7352$, $E = 0.0351$.""",
    r"""$$L = (y-\hat y)^2, \hat y = wx+b$$ $$\frac{\partial L}{\partial w} = -2(y-\hat y)x$$
$$\frac{\partial L}{\partial b} = -2(y-\hat y)$$ Gradient descent: $w_{new} = w + 2\eta (y-\hat y)x$.""",
    r"""$f(x)=x^2+3x$, $f'(x)=2x+3$, $f'(2)=7$. $g(x)=\sin(x^2)$, $g'(x)=2x\cos(x^2)$.""",
    r"""Softmax $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$. $\frac{\partial p_i}{\partial z_i} = p_i(1-p_i)$ and
$\frac{\partial p_i}{\partial z_j} = -p_i p_j$ for $i\neq j$. With $L=-\log p_y$:
$\frac{\partial L}{\partial z_i} = p_i - 1_{i=y}$.""",
    r"""$$a = 3, b = 4, c = \sqrt{a^2+b^2} = 5$$ $$\frac{\partial c}{\partial a} = \frac{a}{c} = 0.6$$""",
    r"""$h = \tanh(Wx+b)$, $\frac{\partial h}{\partial b} = 1-h^2$. $\tanh'(x) = 1-\tanh^2(x)$.
$\sigma'(x) = \sigma(x)(1-\sigma(x))$.""",
    r"""KL: $D = \sum_i p_i \log\frac{p_i}{q_i}$, $\frac{\partial D}{\partial q_i} = -\frac{p_i}{q_i}$. Entropy
$H = -\sum_i p_i\log p_i$, $\frac{\partial H}{\partial p_i} = -\log p_i - 1$.""",
    r"""$L = \|Xw - y\|^2$, $\nabla_w L = 2X^T(Xw-y)$. Setting it to zero: $w = (X^TX)^{-1}X^Ty$.""",
    r"""Epoch 1: $w = 1.0$, loss $L = 4.0$. Epoch 2: $w = 1.4$, $L = 1.44$. Epoch 3: $w = 1.64$, $L = 0.5184$.""",
    r"""$q = x+y$, $f = qz$. $x=-2, y=5, z=-4$. $q = 3$, $f = -12$. $\frac{\partial f}{\partial q} = z = -4$,
$\frac{\partial f}{\partial z} = q = 3$,
$\frac{\partial f}{\partial x} = \frac{\partial f}{\partial q}\frac{\partial q}{\partial x} = -4 \cdot 1 = -4$.""",
    r"""$$J = -\frac{1}{m}\sum_{i=1}^m y_i\log h_i + (1-y_i)\log(1-h_i)$$
$$\frac{\partial J}{\partial \theta_j} = \frac1m\sum_{i=1}^m (h_i - y_i)x_{ij}$$ where
$h_i = \sigma(\sum_j \theta_j x_{ij})$.""",
    r"""$s_t = \beta s_{t-1} + (1-\beta) g_t$; with $\beta=0.9$, $s_0=0$, $g_1 = 2$:
$s_1 = 0.9\cdot 0+0.1\cdot 2 = 0.2$; $g_2=1$: $s_2 = 0.9\cdot0.2+0.1\cdot1 = 0.28$.""",
    r"""Neuron 1: $z = 0.5\cdot 1 + 0.2 = 0.7$, $a = \sigma(0.7) = 0.668$. Neuron 2: $z = 0.3\cdot 1 - 0.1 = 0.2$,
$a = \sigma(0.2)=0.550$.""",
    r"""Example A. $x = 2$, $y = x^2 = 4$. Example B. $x = 3$, $y = 9$, $dy/dx = 2x = 6$.""",
    r"""$E = \frac{1}{2}(t-o)^2$, so $\frac{\partial E}{\partial o} = -(t-o)$.
$\frac{\partial o}{\partial z} = o(1-o)$. $\frac{\partial z}{\partial w} = x$. $\delta = (o-t)o(1-o)$. Hence
$\frac{\partial E}{\partial w} = \delta x$. With $o = 0.6$, $t=1$, $x=0.5$: $\delta = -0.4\cdot0.24 = -0.096$,
$\frac{\partial E}{\partial w} = -0.048$.""",
    r"""$\frac{d}{dx}\left(\frac{u}{v}\right) = \frac{u'v-uv'}{v^2}$. $\frac{d}{dx} x^n = n x^{n-1}$.
$\frac{d}{dx} a^x = a^x\ln a$. $(fg)' = f'g+fg'$.""",
    r"""With $w = 2$, $x = 3$, $b = 1$: $z = wx + b = 2 \cdot 3 + 1 = 7$. Then $L = (z - 5)^2 = 4$ and
$\frac{\partial L}{\partial w} = 2(z - 5)x = 12$. Now $w = 2 - 0.1 \cdot 12 = 0.8$, $z = 0.8 \cdot 3 + 1 = 3.4$,
$L = (3.4 - 5)^2 = 2.56$.""",
]

LAYERS = r"""The output's error is $\delta^L = \nabla_a C \odot \sigma'(z^L)$, and before it
$\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$.
$$\frac{\partial C}{\partial b^l_j} = \delta^l_j \qquad \frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j$$
Here $z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j$, $a^l_j = \sigma(z^l_j)$ and
$\delta^l_j = \frac{\partial C}{\partial z^l_j}$.
$$C = \frac{1}{2} \sum_j (y_j - a^L_j)^2, \quad \frac{\partial C}{\partial a^L_j} = a_j^L - y_j$$"""


@pytest.mark.parametrize("page", [*RIGHT, LAYERS])
def test_no_right_row_is_called_wrong(page):
    """Second steps, indices that differ, whole numbers for names, examples one after another."""
    assert [str(row) for row in check_notes(page).rows if row.verdict in ("wrong", "does not follow")] == []


@pytest.mark.parametrize("written", ["z = 0.8 \\cdot 3 + 1 = 3.6", "\\frac{\\partial L}{\\partial w} = 2(z - 5)"])
def test_a_mistake_among_them_is_found(written):
    """A number that does not come out, a factor that is missing."""
    page = rf"$L = (z - 5)^2$, $z = wx + b$. ${written}$."
    assert "wrong" in [row.verdict for row in check_notes(page).rows]


@pytest.mark.parametrize(
    ("row", "never"),
    [
        (r"z = 2x + \text{</svg><script>alert(1)</script>} = 2x", "<script"),
        (r"z = 2x + \href{javascript:alert(1)}{x}", "href="),
        (r"z = 2x + \style{position:fixed}{x}", "style="),
    ],
)
def test_words_of_a_page_stay_words(row, never):
    """A tag, a link and a style of somebody's are none of the report's: nothing that a browser would follow or run."""
    assert never not in check_notes(f"$${row}$$").html.partition("</style>")[2]
