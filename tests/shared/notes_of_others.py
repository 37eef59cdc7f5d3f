r"""Fifteen pages as other hands write them, worked out on paper before anything was checked: right, and each with mistakes.

A page is its text, and mistakes that its author might have made: what stands there, and what would stand there then.
"""

PAGES = {
    "recurrent net": (
        r"""# Unrolling a recurrent network

At every step $a_t = w h_{t-1} + u x_t + b$, $h_t = \tanh(a_t)$, and the read-out is $y_t = v h_t + c$.
The loss of a sequence is $L = \sum_{t=1}^{T} L_t$ where $L_t = \frac{1}{2}(y_t - d_t)^2$.

$$\frac{\partial L_t}{\partial y_t} = y_t - d_t$$

$$\frac{\partial L_t}{\partial v} = (y_t - d_t)\, h_t$$

$$\frac{\partial h_t}{\partial a_t} = 1 - h_t^2$$

$$\frac{\partial h_t}{\partial h_{t-1}} = \frac{\partial h_t}{\partial a_t} \frac{\partial a_t}{\partial h_{t-1}} = w\,(1 - h_t^2)$$

Over two steps:

$$\frac{\partial h_3}{\partial h_1} = w^2 (1 - h_3^2)(1 - h_2^2)$$
""",
        [
            (r"w\,(1 - h_t^2)$$", r"w\,(1 - h_t)$$"),
            (r"w^2 (1 - h_3^2)(1 - h_2^2)", r"w^2 (1 - h_3^2)(1 - h_1^2)"),
            (r"(y_t - d_t)\, h_t", r"(y_t - d_t)\, x_t"),
        ],
    ),
    "long short-term memory": (
        r"""\section*{One LSTM cell}
\begin{align}
f_t &= \sigma(W_f x_t + U_f h_{t-1} + b_f) \\
i_t &= \sigma(W_i x_t + U_i h_{t-1} + b_i) \\
o_t &= \sigma(W_o x_t + U_o h_{t-1} + b_o) \\
g_t &= \tanh(W_g x_t + U_g h_{t-1} + b_g) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
h_t &= o_t \odot \tanh(c_t)
\end{align}
Backward, with $\delta h_t$ coming from above,
\[ \frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} \odot \tanh(c_t) \]
\[ \frac{\partial L}{\partial c_t} = \frac{\partial L}{\partial h_t} \odot o_t \odot (1 - \tanh^2(c_t)) \]
\[ \frac{\partial L}{\partial f_t} = \frac{\partial L}{\partial c_t} \odot c_{t-1} \]
\[ \frac{\partial L}{\partial i_t} = \frac{\partial L}{\partial c_t} \odot g_t \]
\[ \frac{\partial L}{\partial g_t} = \frac{\partial L}{\partial c_t} \odot i_t \]
\[ \frac{\partial L}{\partial c_{t-1}} = \frac{\partial L}{\partial c_t} \odot f_t \]
""",
        [
            (r"\frac{\partial L}{\partial c_t} \odot g_t", r"\frac{\partial L}{\partial c_t} \odot i_t"),
            (r"o_t \odot (1 - \tanh^2(c_t)) \]", r"o_t \odot (1 + \tanh^2(c_t)) \]"),
        ],
    ),
    "one gate": (
        r"""A gate of one number: $i = \sigma(p)$, $g = \tanh(q)$, $f = \sigma(r)$, $o = \sigma(s)$;
$c = f k + i g$ ($k$ is the old cell), $h = o \tanh c$.

* $\frac{\partial c}{\partial r} = k f (1 - f)$
* $\frac{\partial c}{\partial p} = g i (1 - i)$
* $\frac{\partial c}{\partial q} = i (1 - g^2)$
* $\frac{\partial h}{\partial s} = o (1 - o) \tanh c$
* $\frac{\partial h}{\partial k} = o f (1 - \tanh^2 c)$
""",
        [
            (r"k f (1 - f)$", r"f (1 - f)$"),
            (r"i (1 - g^2)$", r"i (1 - g)^2$"),
            (r"o f (1 - \tanh^2 c)", r"o f (1 - \tanh c)"),
        ],
    ),
    "batch normalisation": (
        r"""## Batch norm

$$\mu = \frac{1}{m}\sum_{i=1}^m x_i, \qquad v = \frac{1}{m}\sum_{i=1}^m (x_i - \mu)^2$$
$$\hat{x}_i = \frac{x_i - \mu}{\sqrt{v + \epsilon}}, \qquad y_i = \gamma \hat{x}_i + \beta$$

Gradients of the parameters:

$$\frac{\partial L}{\partial \gamma} = \sum_{i=1}^m \frac{\partial L}{\partial y_i} \hat{x}_i$$
$$\frac{\partial L}{\partial \beta} = \sum_{i=1}^m \frac{\partial L}{\partial y_i}$$

Inside:

$$\frac{\partial L}{\partial \hat{x}_i} = \gamma \frac{\partial L}{\partial y_i}$$
$$\frac{\partial v}{\partial \mu} = -\frac{2}{m}\sum_{i=1}^m (x_i - \mu) = 0$$
$$\frac{\partial L}{\partial v} = -\frac{1}{2} (v + \epsilon)^{-3/2} \sum_{i=1}^m \frac{\partial L}{\partial \hat{x}_i} (x_i - \mu)$$
""",
        [
            (r"(v + \epsilon)^{-3/2}", r"(v + \epsilon)^{-1/2}"),
            (
                r"{\partial \hat{x}_i} = \gamma \frac{\partial L}{\partial y_i}$$",
                r"{\partial \hat{x}_i} = \beta \frac{\partial L}{\partial y_i}$$",
            ),
        ],
    ),
    "attention with a mask": (
        r"""Scores are $s_{ij} = \frac{1}{\sqrt{d}} \sum_{l=1}^{d} q_{il} k_{jl} + m_{ij}$, where $m_{ij} = 0$ if $j \le i$ and
$-\infty$ otherwise. Weights: $a_{ij} = \frac{e^{s_{ij}}}{\sum_{n} e^{s_{in}}}$. Outputs: $o_i = \sum_{j} a_{ij} v_j$.

$$\frac{\partial o_i}{\partial v_j} = a_{ij}, \qquad \frac{\partial o_i}{\partial a_{ij}} = v_j$$

$$\frac{\partial a_{ij}}{\partial s_{in}} = a_{ij} (\delta_{jn} - a_{in})$$

$$\frac{\partial s_{ij}}{\partial q_{il}} = \frac{k_{jl}}{\sqrt{d}}$$

$$\frac{\partial o_i}{\partial s_{in}} = a_{in} (v_n - o_i)$$
""",
        [
            (r"a_{in} (v_n - o_i)", r"a_{in} (v_n + o_i)"),
            (r"a_{ij} (\delta_{jn} - a_{in})", r"a_{ij} (\delta_{jn} - a_{ij})"),
            (r"\frac{k_{jl}}{\sqrt{d}}", r"\frac{q_{jl}}{\sqrt{d}}"),
        ],
    ),
    "logistic regression in matrices": (
        r"""Let $X$ be $n \times d$, $w \in \mathbb{R}^d$ and $y \in \mathbb{R}^n$; $X \in \mathbb{R}^{n \times d}$.
\[ p = \sigma(Xw) \]
\[ \ell(w) = -y^T \log p - (1 - y)^T \log(1 - p) \]
\[ \nabla_w \ell = X^T (p - y) \]
One step of gradient descent is \[ w \leftarrow w - \eta X^T (p - y). \]
""",
        [
            (r"\nabla_w \ell = X^T (p - y)", r"\nabla_w \ell = X^T (y - p)"),
            (r"\nabla_w \ell = X^T (p - y)", r"\nabla_w \ell = X (p - y)"),
            (r"\nabla_w \ell = X^T (p - y)", r"\nabla_w \ell = X^T (p + y)"),
        ],
    ),
    "newton": (
        r"""**Newton's method.** For $f(x) = x^2 - 2$ we have $f'(x) = 2x$, so
$$x_{n+1} = x_n - \frac{f(x_n)}{f'(x_n)} = x_n - \frac{x_n^2 - 2}{2 x_n} = \frac{1}{2}\left(x_n + \frac{2}{x_n}\right).$$
Starting from $x_0 = 1$:
$$x_1 = \frac{1}{2}(1 + 2) = 1.5$$
$$x_2 = \frac{1}{2}\left(1.5 + \frac{2}{1.5}\right) = 1.41667$$
$$x_3 = \frac{1}{2}\left(1.41667 + \frac{2}{1.41667}\right) = 1.41422$$
In two dimensions $f(x, y) = x^2 y + y^3$ has the Hessian
$$H = \begin{bmatrix} \frac{\partial^2 f}{\partial x^2} & \frac{\partial^2 f}{\partial x \partial y} \\
\frac{\partial^2 f}{\partial y \partial x} & \frac{\partial^2 f}{\partial y^2} \end{bmatrix}
= \begin{bmatrix} 2y & 2x \\ 2x & 6y \end{bmatrix}$$
""",
        [
            (r"\frac{1}{2}\left(x_n + \frac{2}{x_n}\right)", r"\frac{1}{2}\left(x_n - \frac{2}{x_n}\right)"),
            (r"= 1.41667$$", r"= 1.43667$$"),
            (r"2x & 6y \end", r"2x & 3y \end"),
        ],
    ),
    "ridge": (
        r"""Ridge regression minimises
\begin{equation} J(w) = \frac{1}{2} \|Xw - y\|^2 + \frac{\lambda}{2} \|w\|^2. \end{equation}
\begin{align*}
J(w) &= \frac{1}{2} (Xw - y)^\top (Xw - y) + \frac{\lambda}{2} w^\top w \\
\nabla_w J &= X^\top (Xw - y) + \lambda w
\end{align*}
For a single weight: $j = \frac{1}{2} (x w - y)^2 + \frac{1}{2} \lambda w^2$, so $\frac{dj}{dw} = x (x w - y) + \lambda w$
and $\frac{d^2 j}{dw^2} = x^2 + \lambda$.
""",
        [
            (r"X^\top (Xw - y) + \lambda w", r"X^\top (Xw - y) + 2 \lambda w"),
            (r"X^\top (Xw - y) + \lambda w", r"X (Xw - y) + \lambda w"),
            (r"$\frac{d^2 j}{dw^2} = x^2 + \lambda$", r"$\frac{d^2 j}{dw^2} = x + \lambda$"),
        ],
    ),
    "temperature": (
        r"""Softmax with a temperature $\tau$: $p_i = \frac{e^{z_i/\tau}}{\sum_{j=1}^{K} e^{z_j/\tau}}$.

$$\log p_i = \frac{z_i}{\tau} - \log \sum_{j=1}^{K} e^{z_j/\tau}$$
$$\frac{\partial p_i}{\partial z_j} = \frac{1}{\tau}\, p_i (\delta_{ij} - p_j)$$
$$\frac{\partial p_i}{\partial \tau} = \frac{p_i}{\tau^2} \left( \sum_{j=1}^{K} p_j z_j - z_i \right)$$

With $E = -\sum_{i=1}^{K} y_i \log p_i$ and $\sum_i y_i = 1$: $$\frac{\partial E}{\partial z_i} = \frac{1}{\tau} (p_i - y_i)$$
""",
        [
            (r"\frac{1}{\tau} (p_i - y_i)", r"\tau (p_i - y_i)"),
            (r"\frac{1}{\tau}\, p_i (\delta_{ij} - p_j)", r"p_i (\delta_{ij} - p_j)"),
            (r"\frac{p_i}{\tau^2} \left(", r"-\frac{p_i}{\tau^2} \left("),
        ],
    ),
    "kullback and leibler": (
        r"""$$D = \sum_{i=1}^{n} p_i \log \frac{p_i}{q_i} = \sum_{i=1}^{n} p_i \log p_i - \sum_{i=1}^{n} p_i \log q_i$$

$$\frac{\partial D}{\partial q_i} = -\frac{p_i}{q_i} \qquad \frac{\partial D}{\partial p_i} = \log \frac{p_i}{q_i} + 1$$

Numbers: $0.5 \log \frac{0.5}{0.9} + 0.5 \log \frac{0.5}{0.1} = -0.2939 + 0.8047 = 0.5108$.

Two normal distributions: $K = \log \frac{s_2}{s_1} + \frac{s_1^2 + (m_1 - m_2)^2}{2 s_2^2} - \frac{1}{2}$, hence
$$\frac{\partial K}{\partial m_1} = \frac{m_1 - m_2}{s_2^2}$$
$$\frac{\partial K}{\partial s_1} = -\frac{1}{s_1} + \frac{s_1}{s_2^2}$$
""",
        [
            (r"\log \frac{p_i}{q_i} + 1$$", r"\log \frac{p_i}{q_i} - 1$$"),
            (r"= 0.5108$", r"= 0.5208$"),
            (r"-\frac{1}{s_1} + \frac{s_1}{s_2^2}", r"-\frac{1}{s_1} + \frac{s_1}{s_2}"),
        ],
    ),
    "three layers in vectors": (
        r"""Forward pass, $x$ is the input:

$$z^{(1)} = W^{(1)} x + b^{(1)}, \quad a^{(1)} = \sigma(z^{(1)})$$
$$z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}, \quad a^{(2)} = \sigma(z^{(2)})$$
$$z^{(3)} = W^{(3)} a^{(2)} + b^{(3)}, \quad a^{(3)} = \sigma(z^{(3)})$$
$$C = \frac{1}{2} (a^{(3)} - y)^T (a^{(3)} - y)$$

Errors, from the top:

$$\delta^{(3)} = (a^{(3)} - y) \odot a^{(3)} \odot (1 - a^{(3)})$$
$$\delta^{(2)} = (W^{(3)})^T \delta^{(3)} \odot a^{(2)} \odot (1 - a^{(2)})$$
$$\delta^{(1)} = (W^{(2)})^T \delta^{(2)} \odot a^{(1)} \odot (1 - a^{(1)})$$

Gradients:

$$\frac{\partial C}{\partial b^{(3)}} = \delta^{(3)}$$
$$\frac{\partial C}{\partial b^{(2)}} = \delta^{(2)}$$
$$\frac{\partial C}{\partial W^{(3)}} = \delta^{(3)} (a^{(2)})^T$$
$$\frac{\partial C}{\partial W^{(2)}} = \delta^{(2)} (a^{(1)})^T$$
$$\frac{\partial C}{\partial W^{(1)}} = \delta^{(1)} x^T$$
""",
        [
            (r"= \delta^{(2)} (a^{(1)})^T", r"= \delta^{(2)} (a^{(2)})^T"),
            (r"{\partial W^{(3)}} = \delta^{(3)} (a^{(2)})^T", r"{\partial W^{(3)}} = a^{(2)} (\delta^{(3)})^T"),
            (r"{\partial W^{(1)}} = \delta^{(1)} x^T", r"{\partial W^{(1)}} = \delta^{(2)} x^T"),
            (r"{\partial b^{(2)}} = \delta^{(2)}", r"{\partial b^{(2)}} = \delta^{(3)}"),
        ],
    ),
    "convolution": (
        r"""A convolution in one dimension is the sum $y_i = \sum_{k=1}^{K} w_k x_{i+k}$, and $L = \frac{1}{2}\sum_i (y_i - t_i)^2$.

$$\frac{\partial y_i}{\partial w_k} = x_{i+k}$$
$$\frac{\partial L}{\partial w_k} = \sum_i (y_i - t_i) x_{i+k}$$

With three inputs and two outputs: $u_1 = w_1 x_1 + w_2 x_2$, $u_2 = w_1 x_2 + w_2 x_3$, $E = u_1^2 + u_2^2$.

$$\frac{\partial E}{\partial w_1} = 2 u_1 x_1 + 2 u_2 x_2$$
$$\frac{\partial E}{\partial x_2} = 2 u_1 w_2 + 2 u_2 w_1$$
""",
        [
            (r"\sum_i (y_i - t_i) x_{i+k}", r"\sum_i (y_i - t_i) x_{i}"),
            (r"2 u_1 w_2 + 2 u_2 w_1", r"2 u_1 w_1 + 2 u_2 w_2"),
            (r"2 u_1 x_1 + 2 u_2 x_2", r"2 u_1 x_1 - 2 u_2 x_2"),
        ],
    ),
    "dropout": (
        r"""Inverted dropout. Keep with probability $q = 1 - p$; $r_i$ is 0 or 1.

$d_i = \frac{r_i h_i}{1 - p}$, $y = \sum_{i=1}^{n} w_i d_i + b$, $L = (y - t)^2$

- $\frac{\partial y}{\partial d_i} = w_i$
- $\frac{\partial d_i}{\partial h_i} = \frac{r_i}{1 - p} = \frac{r_i}{q}$
- $\frac{\partial L}{\partial h_i} = 2 (y - t) \frac{w_i r_i}{1 - p}$
- $\frac{\partial L}{\partial w_i} = 2 (y - t) d_i$
""",
        [
            (r"2 (y - t) \frac{w_i r_i}{1 - p}$", r"2 (y - t) \frac{w_i r_i}{p}$"),
            (r"2 (y - t) d_i$", r"2 (y - t) h_i$"),
            (r"\frac{r_i}{1 - p} = \frac{r_i}{q}$", r"\frac{r_i}{1 - p} = \frac{r_i}{p}$"),
        ],
    ),
    "adam": (
        r"""Adam, by hand. $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\alpha = 0.001$, $\theta_0 = 1$.

$m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t$ and $v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2$

Step 1, $g_1 = 0.5$:

$m_1 = 0.9 \cdot 0 + 0.1 \cdot 0.5 = 0.05$

$v_1 = 0.999 \cdot 0 + 0.001 \cdot 0.5^2 = 0.00025$

$\hat{m}_1 = \frac{0.05}{1 - 0.9} = 0.5$, $\hat{v}_1 = \frac{0.00025}{1 - 0.999} = 0.25$

$\theta_1 = 1 - 0.001 \cdot \frac{0.5}{\sqrt{0.25}} = 0.999$

Step 2, $g_2 = 0.3$:

$m_2 = 0.9 \cdot 0.05 + 0.1 \cdot 0.3 = 0.075$

$v_2 = 0.999 \cdot 0.00025 + 0.001 \cdot 0.3^2 = 0.00033975$

$\hat{m}_2 = \frac{0.075}{1 - 0.9^2} = 0.394737$
""",
        [
            (r"= 0.394737$", r"= 0.374737$"),
            (r"0.001 \cdot 0.3^2 = 0.00033975$", r"0.001 \cdot 0.3 = 0.00033975$"),
            (r"0.9 \cdot 0.05 + 0.1 \cdot 0.3 = 0.075$", r"0.9 \cdot 0.05 + 0.1 \cdot 0.3 = 0.085$"),
        ],
    ),
    "word2vec": (
        r"""Skip-gram with negative samples. Centre word $v$, true context $u_0$, negatives $u_1, \dots, u_K$:
$$J = -\log \sigma(u_0^T v) - \sum_{k=1}^{K} \log \sigma(-u_k^T v)$$
$$\frac{\partial J}{\partial u_0} = (\sigma(u_0^T v) - 1) v$$
$$\frac{\partial J}{\partial u_k} = (1 - \sigma(-u_k^T v)) v$$
$$\frac{\partial J}{\partial v} = (\sigma(u_0^T v) - 1) u_0 + \sum_{k=1}^{K} \sigma(u_k^T v) u_k$$
In one dimension, $j = -\log \sigma(a b) - \log \sigma(-c b)$ and $\frac{dj}{db} = (\sigma(a b) - 1) a + \sigma(c b) c$.
""",
        [
            (r"(\sigma(a b) - 1) a + \sigma(c b) c$", r"(\sigma(a b) - 1) a - \sigma(c b) c$"),
            (r"= (\sigma(u_0^T v) - 1) v$$", r"= (1 - \sigma(u_0^T v)) v$$"),
            (r"\sigma(u_k^T v) u_k$$", r"\sigma(u_k^T v) v$$"),
        ],
    ),
    "generative adversarial": (
        r"""The discriminator's score is $s$ on data and $r$ on samples. $D = \sigma(s)$, $F = \sigma(r)$.

$$L = -\log D - \log(1 - F)$$

$$\frac{\partial L}{\partial D} = -\frac{1}{D}, \quad \frac{\partial L}{\partial F} = \frac{1}{1 - F}$$
$$\frac{\partial L}{\partial s} = D - 1$$
$$\frac{\partial L}{\partial r} = F$$

Generator, non-saturating: $G = -\log F$, so $\frac{\partial G}{\partial r} = F - 1$.

The best discriminator: $V(y) = a \log y + b \log(1 - y)$, $V'(y) = \frac{a}{y} - \frac{b}{1 - y}$, and at $y = \frac{a}{a + b}$
this is zero.
""",
        [
            (r"= D - 1$$", r"= 1 - D$$"),
            (r"\frac{1}{1 - F}$$", r"-\frac{1}{1 - F}$$"),
            (r"\frac{a}{y} - \frac{b}{1 - y}$", r"\frac{a}{y} + \frac{b}{1 - y}$"),
        ],
    ),
}


def with_mistakes():
    """(page, line, text): each page with one of its mistakes, and the line on which that stands."""
    for name, (text, mistakes) in PAGES.items():
        for right, wrong in mistakes:
            at = text.rindex(right)
            line = text.count("\n", 0, at) + 1
            yield name, line, text[:at] + wrong + text[at + len(right) :]
