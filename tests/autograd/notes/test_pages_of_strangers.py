"""Right pages as people write them who never saw our examples: none of their rows is called wrong, and none takes
long."""

import notes_of_others
import pytest
from long_runs import many, part, seeds
from walks import failures

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
    r"""$a_j = \sum_i w_{ji} x_i$ and $L = \frac12 \sum_j (a_j - t_j)^2$. Summing over repeated indices,
$\frac{\partial L}{\partial x_i} = w_{ji} (a_j - t_j)$.""",
    r"""Softmax: $s_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$. On the diagonal
$\frac{\partial s_i}{\partial z_j} = s_i (1 - s_i)$, elsewhere
$\frac{\partial s_i}{\partial z_j} = -s_i s_j$.""",
    r"""$$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$ Derivative of the output by its own score: $$\frac{\partial
p_i}{\partial z_i} = p_i (1 - p_i)$$
by another score: $$\frac{\partial p_i}{\partial z_j} = -p_i p_j$$ so $$\frac{\partial L}{\partial z_j} =
\sum_i \frac{\partial L}{\partial p_i} \frac{\partial p_i}{\partial z_j}$$""",
    r"""For one example $E_n = \frac12 (y_n - t_n)^2$ and $y_n = \sum_i w_i x_{ni}$. $$\frac{\partial E_n}{\partial
w_i} = (y_n - t_n) x_{ni}$$
In all, $E = \sum_n E_n$ and $$\frac{\partial E}{\partial w_i} = \sum_n (y_n - t_n) x_{ni}$$""",
    r"""$z_j = \sum_i w_{ij} x_i + b_j$, $h_j = \sigma(z_j)$. $$\frac{\partial z_j}{\partial w_{ij}} = x_i, \quad
\frac{\partial h_j}{\partial z_j} = h_j (1 - h_j)$$
$$\frac{\partial z_j}{\partial x_i} = w_{ij}$$ $\delta_j = \frac{\partial L}{\partial z_j}$, then
$\frac{\partial L}{\partial w_{ij}} = \delta_j x_i$ and $\frac{\partial L}{\partial b_j} = \delta_j$.""",
    r"""$\mathcal{L} = -\log p_c$ where $c$ is the right class, $p = \text{softmax}(z)$: $$\frac{\partial
\mathcal{L}}{\partial z_c} = p_c - 1$$
$$\frac{\partial \mathcal{L}}{\partial z_j} = p_j \quad (j \neq c)$$""",
    r"""Weights: $dW = \delta x^T$, $db = \delta$, $dx = W^T \delta$; step: $W \leftarrow W - \eta\, dW$.
$L = \frac12 \|z - t\|^2$, $z = Wx + b$, $\delta = z - t$.
$$\frac{\partial L}{\partial W} = \delta x^T$$ $$\frac{\partial L}{\partial x} = W^T \delta$$""",
    r"""Rows as examples: $Y = X W$, $L = \frac12 \|Y - T\|^2$. $\frac{\partial L}{\partial Y} = Y - T$;
$\frac{\partial L}{\partial W} = X^T (Y - T)$; $\frac{\partial L}{\partial X} = (Y - T) W^T$.""",
    r"""$L = \frac{1}{m} \sum_{i=1}^m \ell_i$, $\ell_i = (f_i - y_i)^2$, $f_i = a x_i + c$.
$\frac{\partial L}{\partial a} = \frac{2}{m} \sum_{i=1}^m (f_i - y_i) x_i$.
$\frac{\partial L}{\partial f_i} = \frac{2}{m} (f_i - y_i)$.""",
    r"""First loss: $L = (y - f)^2$, $\frac{\partial L}{\partial f} = -2(y - f)$. Second loss: $L = |y - f|$. Third:
$L = -y \log f$,
$\frac{\partial L}{\partial f} = -\frac{y}{f}$.""",
    r"""$y = f(u)$, $u = g(x)$: $\frac{dy}{dx} = \frac{dy}{du} \frac{du}{dx} = f'(u) g'(x)$. $y(t) = e^{kt}$,
$\frac{dy}{dt} = k e^{kt} = k y$.""",
    r"""$v_t = \beta v_{t-1} + g_t$, $\theta_t = \theta_{t-1} - \eta v_t$. Adam:
$m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t$, $\hat{m}_t = \frac{m_t}{1 - \beta_1^t}$.""",
    r"""$h_t = \tanh(w h_{t-1} + u x_t)$. $$\frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2) w$$ $$\frac{\partial
h_t}{\partial x_t} = (1 - h_t^2) u$$
$$\frac{\partial h_3}{\partial h_1} = \frac{\partial h_3}{\partial h_2} \frac{\partial h_2}{\partial h_1}$$""",
    r"""$\text{score} = q k^T$. $s_{ij} = q_i^T k_j$, $a_{ij} = \frac{e^{s_{ij}}}{\sum_l e^{s_{il}}}$,
$o_i = \sum_j a_{ij} v_j$, $\frac{\partial o_i}{\partial v_j} = a_{ij} I$.
$\frac{\partial a_{ij}}{\partial s_{il}} = a_{ij} (\delta_{jl} - a_{il})$""",
    r"""$L(w) = \sum_i (w x_i - y_i)^2$; $L'(w) = 2 \sum_i x_i (w x_i - y_i)$; $L''(w) = 2 \sum_i x_i^2$.""",
    r"""Total: $\frac{dL}{dx} = \frac{\partial L}{\partial x} + \frac{\partial L}{\partial u} \frac{du}{dx}$ with
$L = u x$, $u = x^2$; so $\frac{\partial L}{\partial x} = u$ and $\frac{dL}{dx} = u + 2x^2 = 3x^2$.""",
    r"""$y_i = w x_i + \epsilon_i$, $S = \sum_i (y_i - w x_i)^2$, $\frac{dS}{dw} = -2 \sum_i x_i (y_i - w x_i)$, which
is zero for $w = \frac{\sum_i x_i y_i}{\sum_i x_i^2}$.""",
    r"""$\mu = \frac{1}{n} \sum_i x_i$, $\frac{\partial \mu}{\partial x_i} = \frac{1}{n}$;
$v = \frac1n \sum_i (x_i - \mu)^2$, $\frac{\partial v}{\partial x_i} = \frac{2}{n} (x_i - \mu)$;
$\frac{\partial v}{\partial \mu} = -\frac{2}{n} \sum_i (x_i - \mu) = 0$.""",
    r"""$E = \sum_k (o_k - t_k)^2$, $o_k = \sum_j v_{kj} h_j$:
$\frac{\partial E}{\partial v_{kj}} = 2 (o_k - t_k) h_j$,
$\frac{\partial E}{\partial h_j} = 2 \sum_k (o_k - t_k) v_{kj}$.
For the first neuron, $\frac{\partial E}{\partial v_{1j}} = 2 (o_1 - t_1) h_j$.""",
    r"""$p = \sigma(z)$, $L = -\log p$ if $y = 1$: $\frac{dL}{dz} = p - 1$. If $y = 0$: $L = -\log(1 - p)$,
$\frac{dL}{dz} = p$. Together $\frac{dL}{dz} = p - y$.""",
    r"""$\hat{y} = h_\theta(x) = \frac{1}{1 + e^{-(w x + b)}}$ and $y(x) = \frac{1}{1 + e^{-x}}$. Then
$w = w - \alpha * dw$ with
$$dw = \frac{1}{n} X^\top (\hat{y} - y), \quad d\hat{y} = 1/\hat{y}$$""",
    r"""$\mathcal{L} = \prod_{i=1}^N p_i^{y_i} (1-p_i)^{1-y_i}$,
$L = -\sum_{i=1}^N [y_i \log p_i + (1-y_i) \log(1-p_i)]$,
$\frac{\partial L}{\partial p_i} = -\frac{y_i}{p_i} + \frac{1-y_i}{1-p_i}$""",
    r"""$y = X\beta + \epsilon$, $J(\beta) = \frac{1}{2}(y - X\beta)^T (y - X\beta)$. $$\nabla_\beta J = X^T X \beta -
X^T y$$""",
    r"""$$\frac{\partial p_i}{\partial o_k} = \begin{cases} p_k (1 - p_k) & \text{if } i = k \\ -p_k p_i & \text{if } i
\neq k \end{cases}$$
where $p_i = \frac{e^{o_i}}{\sum_j e^{o_j}}$ and $$L = \vphantom{\sum_i^n} -\sum_i {\color{blue} t_i} \log p_i$$""",
]

LAYERS = r"""The output's error is $\delta^L = \nabla_a C \odot \sigma'(z^L)$, and before it
$\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$.
$$\frac{\partial C}{\partial b^l_j} = \delta^l_j \qquad \frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j$$
Here $z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j$, $a^l_j = \sigma(z^l_j)$ and
$\delta^l_j = \frac{\partial C}{\partial z^l_j}$.
$$C = \frac{1}{2} \sum_j (y_j - a^L_j)^2, \quad \frac{\partial C}{\partial a^L_j} = a_j^L - y_j$$"""


def test_no_right_row_is_called_wrong():
    """Second steps, indices that differ, whole numbers for names, sums that nobody writes, two losses under one name."""

    def check(page):
        assert [str(row) for row in check_notes(page).rows if row.verdict in ("wrong", "does not follow")] == []

    assert failures(check, part([*RIGHT, LAYERS])) == {}


@pytest.mark.parametrize("seed", seeds(1))
def test_no_right_row_of_further_hands_is_called_wrong(seed):
    """Fifteen subjects, and ways of writing of their own, in their own letters and in others."""

    def check(page):
        assert [str(row) for row in check_notes(page).rows if row.verdict in ("wrong", "does not follow")] == []

    pages = [*(text for text, _ in notes_of_others.PAGES.values()), *notes_of_others.RIGHT]
    others = [notes_of_others.renamed(text, f"{seed} {text}") for text in [*pages, *RIGHT] if "$" in text]
    assert failures(check, part([*pages, *others[seed % 12 :: 12]])) == {}


@pytest.mark.parametrize("seed", seeds(1))
def test_mistakes_of_further_hands_are_found(seed):
    """Of the mistakes that their authors might have made nine in ten are found, and no other line is blamed."""
    cases = list(notes_of_others.with_mistakes())[seed % 5 :: 5][: many(10)]
    found = 0
    for name, line, text in cases:
        wrong = check_notes(text).wrong
        places = {row.line + n for row in wrong for n in range(row.text.count("\n") + 1)}
        assert len(wrong) < 2, name
        found += line in places
    assert found >= 0.9 * len(cases)


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
    assert never not in check_notes(f"$${row}$$").html().partition("</style>")[2]
