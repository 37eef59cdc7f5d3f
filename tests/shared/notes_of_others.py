r"""Pages as other hands write them, worked out on paper before anything was checked: right, and some with mistakes.

A page of PAGES is its text, and mistakes that its author might have made: what stands there, and what would stand there
then. RIGHT are pages that are right in ways of writing of their own: rows for vectors, either layout of a derivative,
sums
without brackets, names for one thing and another.
"""

import random
import re

PAGES = {
    "recurrent net": (
        r"""# Unrolling a recurrent network

At every step $a_t = w h_{t-1} + u x_t + b$, $h_t = \tanh(a_t)$, and the read-out is $y_t = v h_t + c$.
The loss of a sequence is $L = \sum_{t=1}^{T} L_t$ where $L_t = \frac{1}{2}(y_t - d_t)^2$.

$$\frac{\partial L_t}{\partial y_t} = y_t - d_t$$

$$\frac{\partial L_t}{\partial v} = (y_t - d_t)\, h_t$$

$$\frac{\partial h_t}{\partial a_t} = 1 - h_t^2$$

$$\frac{\partial h_t}{\partial h_{t-1}} = \frac{\partial h_t}{\partial a_t} \frac{\partial a_t}{\partial h_{t-1}}
= w\,(1 - h_t^2)$$

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
$$\frac{\partial L}{\partial v} = -\frac{1}{2} (v + \epsilon)^{-3/2} \sum_{i=1}^m
\frac{\partial L}{\partial \hat{x}_i} (x_i - \mu)$$
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
        r"""Scores are $s_{ij} = \frac{1}{\sqrt{d}} \sum_{l=1}^{d} q_{il} k_{jl} + m_{ij}$, where $m_{ij} = 0$ if
$j \le i$
and $-\infty$ otherwise. Weights: $a_{ij} = \frac{e^{s_{ij}}}{\sum_{n} e^{s_{in}}}$. Outputs: $o_i = \sum_{j} a_{ij} v_j$.

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

With $E = -\sum_{i=1}^{K} y_i \log p_i$ and $\sum_i y_i = 1$:
$$\frac{\partial E}{\partial z_i} = \frac{1}{\tau} (p_i - y_i)$$
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
        r"""A convolution in one dimension is the sum $y_i = \sum_{k=1}^{K} w_k x_{i+k}$, and
$L = \frac{1}{2}\sum_i (y_i - t_i)^2$.

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

The best discriminator: $V(y) = a \log y + b \log(1 - y)$, $V'(y) = \frac{a}{y} - \frac{b}{1 - y}$, and
at $y = \frac{a}{a + b}$ this is zero.
""",
        [
            (r"= D - 1$$", r"= 1 - D$$"),
            (r"\frac{1}{1 - F}$$", r"-\frac{1}{1 - F}$$"),
            (r"\frac{a}{y} - \frac{b}{1 - y}$", r"\frac{a}{y} + \frac{b}{1 - y}$"),
        ],
    ),
    "softmax regression with a bias": (
        r"""Scores $z_k = \sum_{j=1}^{d} W_{kj} x_j + b_k$, probabilities $p_k = \frac{e^{z_k}}{\sum_{m=1}^{K} e^{z_m}}$,
loss $\ell = -\sum_{k=1}^{K} t_k \log p_k$ with $\sum_k t_k = 1$.

$$\frac{\partial \ell}{\partial z_k} = p_k - t_k$$

$$\frac{\partial \ell}{\partial b_k} = p_k - t_k$$

$$\frac{\partial \ell}{\partial W_{kj}} = (p_k - t_k) x_j$$

$$\frac{\partial \ell}{\partial x_j} = \sum_{k=1}^{K} (p_k - t_k) W_{kj}$$
""",
        [(r"(p_k - t_k) x_j$$", r"(p_k + t_k) x_j$$"), (r"{\partial b_k} = p_k - t_k", r"{\partial b_k} = t_k - p_k")],
    ),
    "gaussian log likelihood": (
        r"""$$\ell = -\frac{n}{2} \log(2 \pi) - n \log s - \frac{1}{2 s^2} \sum_{i=1}^n (x_i - m)^2$$
Setting the derivatives to zero needs
$$\frac{\partial \ell}{\partial m} = \frac{1}{s^2} \sum_{i=1}^n (x_i - m)$$
$$\frac{\partial \ell}{\partial s} = -\frac{n}{s} + \frac{1}{s^3} \sum_{i=1}^n (x_i - m)^2$$
$$\frac{\partial^2 \ell}{\partial m^2} = -\frac{n}{s^2}$$
""",
        [
            (r"-\frac{n}{s} + \frac{1}{s^3}", r"-\frac{n}{s} + \frac{1}{s^2}"),
            (r"m^2} = -\frac{n}{s^2}", r"m^2} = \frac{n}{s^2}"),
        ],
    ),
    "principal component": (
        r"""The variance along $v$ is $V = v^T S v$, where $S$ is symmetric;
with a multiplier, $F = v^T S v - \lambda (v^T v - 1)$.
For two dimensions, $S = \begin{bmatrix} a & c \\ c & b \end{bmatrix}$: $q = a v_1^2 + 2 c v_1 v_2 + b v_2^2$, and

$$\frac{\partial q}{\partial v_1} = 2 a v_1 + 2 c v_2$$

$$\frac{\partial q}{\partial v_2} = 2 c v_1 + 2 b v_2$$

$$\frac{\partial^2 q}{\partial v_1 \partial v_2} = 2 c$$
""",
        [(r"2 a v_1 + 2 c v_2", r"2 a v_1 + c v_2"), (r"2 c v_1 + 2 b v_2", r"2 c v_1 - 2 b v_2")],
    ),
    "labels of plus and minus one": (
        r"""With $y \in \{-1, 1\}$ and the margin $m = y w x$ the logistic loss is $L = \log(1 + e^{-m})$.

$$\frac{dL}{dm} = -\frac{e^{-m}}{1 + e^{-m}} = -\sigma(-m)$$

$$\frac{\partial m}{\partial w} = y x$$

$$\frac{\partial L}{\partial w} = -\sigma(-m) y x$$

$$\frac{d^2 L}{dm^2} = \sigma(m) \sigma(-m)$$
""",
        [(r"= -\sigma(-m) y x", r"= -\sigma(m) y x"), (r"= -\sigma(-m)$$", r"= \sigma(-m)$$")],
    ),
    "hinge": (
        r"""Squared hinge where the margin is violated: $H = (1 - y f)^2$, $f = w x + b$.

$$\frac{\partial H}{\partial f} = -2 y (1 - y f)$$

$$\frac{\partial H}{\partial w} = -2 y (1 - y f) x$$

$$\frac{\partial H}{\partial b} = -2 y (1 - y f)$$

$$\frac{\partial^2 H}{\partial f^2} = 2 y^2$$
""",
        [(r"-2 y (1 - y f) x", r"-2 (1 - y f) x"), (r"= 2 y^2", r"= -2 y^2")],
    ),
    "huber": (
        r"""$$h(r) =
\begin{cases} \frac{1}{2} r^2 & \text{if } r < d \\ d r - \frac{1}{2} d^2 & \text{otherwise} \end{cases}$$
for $r > 0$. Of the first case, $u = \frac{1}{2} r^2$ and $\frac{du}{dr} = r$; of the second, $v = d r - \frac{1}{2} d^2$,
$$\frac{\partial v}{\partial r} = d$$
$$\frac{\partial v}{\partial d} = r - d$$
""",
        [(r"= r - d$$", r"= r - \frac{1}{2} d$$")],
    ),
    "gru": (
        r"""A gated unit of one number: $z = \sigma(a)$, $r = \sigma(c)$, $g = \tanh(u x + v r k)$, $h = (1 - z) k + z g$.

- $\frac{\partial h}{\partial z} = g - k$
- $\frac{\partial h}{\partial a} = (g - k) z (1 - z)$
- $\frac{\partial h}{\partial g} = z$
- $\frac{\partial g}{\partial u} = (1 - g^2) x$
- $\frac{\partial g}{\partial r} = (1 - g^2) v k$
- $\frac{\partial h}{\partial k} = 1 - z + z (1 - g^2) v r$
""",
        [(r"= g - k$", r"= k - g$"), (r"(1 - g^2) v k", r"(1 - g^2) v r"), (r"1 - z + z (1", r"z + z (1")],
    ),
    "cosine similarity": (
        r"""In two dimensions $s = \frac{p}{q}$ with $p = a_1 b_1 + a_2 b_2$,
$q = \sqrt{a_1^2 + a_2^2} \sqrt{b_1^2 + b_2^2}$.

$$\frac{\partial p}{\partial a_1} = b_1$$

$$\frac{\partial q}{\partial a_1} = \frac{a_1 q}{a_1^2 + a_2^2}$$

$$\frac{\partial s}{\partial a_1} = \frac{b_1}{q} - \frac{a_1 s}{a_1^2 + a_2^2}$$
""",
        [(r"\frac{b_1}{q} - \frac", r"\frac{b_1}{q} + \frac"), (r"= \frac{a_1 q}", r"= \frac{a_1}")],
    ),
    "layer norm": (
        r"""$\mu = \frac{1}{d} \sum_{j=1}^d x_j$ and $\tau = \frac{1}{d} \sum_{j=1}^d (x_j - \mu)^2$;
$n_j = \frac{x_j - \mu}{\sqrt{\tau}}$,
$y_j = g_j n_j + b_j$.

$$\frac{\partial \mu}{\partial x_j} = \frac{1}{d}$$

$$\frac{\partial \tau}{\partial x_j} = \frac{2}{d} (x_j - \mu)$$

$$\frac{\partial y_j}{\partial g_j} = n_j, \qquad \frac{\partial y_j}{\partial b_j} = 1$$

$$\frac{\partial L}{\partial n_j} = g_j \frac{\partial L}{\partial y_j}$$
""",
        [(r"\frac{2}{d} (x_j - \mu)$$", r"\frac{1}{d} (x_j - \mu)$$"), (r"= g_j \frac", r"= b_j \frac")],
    ),
    "contrastive loss": (
        r"""Similarities $s_j$, the positive is the first: $C = -\log \frac{e^{s_1/\tau}}{\sum_{j=1}^{N} e^{s_j/\tau}}$, and
$p_j = \frac{e^{s_j/\tau}}{\sum_{k=1}^{N} e^{s_k/\tau}}$.

$$\frac{\partial C}{\partial s_1} = \frac{1}{\tau} (p_1 - 1)$$

$$\frac{\partial C}{\partial s_2} = \frac{p_2}{\tau}$$
""",
        [(r"\frac{1}{\tau} (p_1 - 1)", r"\frac{1}{\tau} (1 - p_1)"), (r"= \frac{p_2}{\tau}", r"= \tau p_2")],
    ),
    "policy gradient": (
        r"""A policy over actions $\pi_a = \frac{e^{h_a}}{\sum_{b} e^{h_b}}$ is nudged by its reward.

$$\log \pi_a = h_a - \log \sum_{b} e^{h_b}$$

$$\frac{\partial \log \pi_a}{\partial h_b} = \delta_{ab} - \pi_b$$

$$\frac{\partial \pi_a}{\partial h_b} = \pi_a (\delta_{ab} - \pi_b)$$
""",
        [(r"\pi_a (\delta_{ab} - \pi_b)", r"\pi_a (\delta_{ab} + \pi_b)"), (r"= h_a - \log", r"= h_a + \log")],
    ),
    "variational autoencoder": (
        r"""$K = -\frac{1}{2} \sum_{j=1}^{J} (1 + v_j - m_j^2 - e^{v_j})$ where $v_j$ is the logarithm of a variance.

$$\frac{\partial K}{\partial m_j} = m_j$$

$$\frac{\partial K}{\partial v_j} = \frac{1}{2} (e^{v_j} - 1)$$

A sample is $z_j = m_j + e^{v_j/2} \epsilon_j$, so

$$\frac{\partial z_j}{\partial m_j} = 1, \qquad \frac{\partial z_j}{\partial v_j} = \frac{1}{2} e^{v_j/2} \epsilon_j$$
""",
        [
            (r"\frac{1}{2} (e^{v_j} - 1)", r"\frac{1}{2} (1 - e^{v_j})"),
            (r"= \frac{1}{2} e^{v_j/2} \epsilon_j", r"= e^{v_j/2} \epsilon_j"),
        ],
    ),
}

RIGHT = [
    r"""Batch: $X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times k}$, $Z = XW + b$, $P = \sigma(Z)$.
$$\frac{\partial L}{\partial W} = X^T \frac{\partial L}{\partial Z}, \quad \frac{\partial L}{\partial X} =
\frac{\partial L}{\partial Z} W^T$$
$$L = -\sum_{i=1}^n y_i \log p_i$$ $$\frac{\partial L}{\partial p_i} = -\frac{y_i}{p_i}$$""",
    r"""Row vectors: $h = x W$, $L = \frac12 (h - t)(h - t)^T$. $\frac{\partial L}{\partial h} = h - t$,
$\frac{\partial L}{\partial W} = x^T (h - t)$, $\frac{\partial L}{\partial x} = (h - t) W^T$.""",
    r"""In numerator layout, $\frac{\partial (Wx)}{\partial x} = W$ and
$\frac{\partial (x^T A x)}{\partial x} = x^T (A + A^T)$. With $z = Wx$:
$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial z} W$.""",
    r"""In denominator layout, $\frac{\partial (x^T A x)}{\partial x} = (A + A^T) x$, and for symmetric $A$ it is
$2 A x$. $f(x) = x^T A x - 2 b^T x$.""",
    r"""$J(\theta) = \frac{1}{2m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$, $h_\theta(x) = \theta^T x$.
$$\frac{\partial J}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}$$
$$\theta_j := \theta_j - \alpha \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}$$
$$\nabla_\theta J = \frac{1}{m} X^T (X\theta - y)$$""",
    r"""$J(\theta) = -\frac{1}{m} \sum_{i=1}^m y^{(i)} \log h(x^{(i)}) + (1 - y^{(i)}) \log (1 - h(x^{(i)})) +
\frac{\lambda}{2m} \sum_{j=1}^n \theta_j^2$.
Gradient: $\frac{\partial J}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^m (h(x^{(i)}) - y^{(i)}) x_j^{(i)} +
\frac{\lambda}{m} \theta_j$""",
    r"""$a_i = \sum_j w_{ij} x_j + b_i$, $\frac{\partial a_i}{\partial w_{ij}} = x_j$. Penalty:
$R = \sum_i a_i^2 + \lambda \sum_i b_i^2$, $\frac{\partial R}{\partial b_i} = 2 a_i + 2 \lambda b_i$.
$E_i = \sum_j (a_j - t_j)^2 + c_i$, $\frac{\partial E_i}{\partial c_i} = 1$.""",
    r"""Let $y$ be the output of the network, $\hat{y}$ the label. $y = \sigma(z)$;
$L = -\hat{y} \log y - (1 - \hat{y}) \log (1 - y)$.
$\frac{\partial L}{\partial z} = y - \hat{y}$, $\frac{\partial y}{\partial z} = y (1 - y)$.""",
    r"""Sigmoid, $\hat{y} = \sigma(z)$. The loss is $L = \frac12 (y - \hat{y})^2$. Note
$\frac{d\sigma}{dz} = \sigma(z)(1-\sigma(z))$. If $y = \sigma(z)$ exactly, the loss is zero; then
$\frac{dy}{dz} = y(1-y)$.""",
    r"""Epoch 1: $z = 0.8 \cdot 1 + 0.2 = 1.0$, $o = \sigma(z) = 0.7311$, $e = (o - t)^2 = (0.7311 - 1)^2 = 0.0723$.
Epoch 2: $z = 0.85 \cdot 1 + 0.22 = 1.07$, $o' = \sigma(z) = 0.7446$, $e = (o - t)^2 = (0.7446 - 1)^2 = 0.0652$.""",
    r"""$x_1 = 0.05$, $x_2 = 0.10$; $h_1 = \sigma(0.3775) = 0.593270$, $h_2 = \sigma(0.3925) = 0.596884$;
$h = [0.593270, 0.596884]$.
$o_1 = \sigma(1.105906) = 0.751365$, $o_2 = \sigma(1.224921) = 0.772928$.
$E = \frac12 (0.01 - 0.751365)^2 + \frac12 (0.99 - 0.772928)^2 = 0.298371$.
$\frac{\partial E}{\partial o_1} = -(0.01 - 0.751365) = 0.741365$, $o_1 (1 - o_1) = 0.751365 (1 - 0.751365) = 0.186816$.
$\delta_1 = 0.741365 \cdot 0.186816 = 0.138499$, $\frac{\partial E}{\partial w_5} = 0.138499 \cdot 0.593270 =
0.082167$.""",
    r"""$\delta = 0.5$ for neuron 2. $\delta^{(1)} = 0.24 \cdot 0.5 = 0.12$. As a vector
$\delta^{(1)} = \begin{bmatrix} 0.12 \\ 0.30 \end{bmatrix}$. $\sigma'(z) = 0.24$.""",
    r"""Self-attention. $Q = X W_Q$, $K = X W_K$, $V = X W_V$, $S = \frac{Q K^T}{\sqrt{d}}$, $A = \text{softmax}(S)$,
$O = A V$.
$$\frac{\partial L}{\partial V} = A^T \frac{\partial L}{\partial O}, \quad \frac{\partial L}{\partial A} =
\frac{\partial L}{\partial O} V^T$$
$$\frac{\partial L}{\partial Q} = \frac{1}{\sqrt{d}} \frac{\partial L}{\partial S} K, \quad \frac{\partial L}{\partial
K} = \frac{1}{\sqrt{d}} \left(\frac{\partial L}{\partial S}\right)^T Q$$""",
    r"""$h_t = \tanh(W h_{t-1} + U x_t)$, $y_t = V h_t$, $L = \sum_t L_t$.
$\frac{\partial L}{\partial V} = \sum_t \frac{\partial L}{\partial y_t} h_t^T$.
$\frac{\partial h_t}{\partial h_{t-1}} = \text{diag}(1 - h_t^2) W$. $\delta_{t-1} = W^T (\delta_t \odot (1 - h_t^2))$.""",
    r"""PCA: $\Sigma = \frac1n X^T X$, $\max_w w^T \Sigma w$ s.t. $w^T w = 1$. Lagrangian
$\mathcal{L} = w^T \Sigma w - \lambda (w^T w - 1)$, $\nabla_w \mathcal{L} = 2 \Sigma w - 2 \lambda w = 0$, so
$\Sigma w = \lambda w$.""",
    r"""Gaussian: $\log p = -\frac{1}{2} (x - \mu)^T \Lambda (x - \mu) + \frac12 \log |\Lambda|$.
$\nabla_\mu \log p = \Lambda (x - \mu)$.""",
    r"""$f(x) = e^{2x}$, $f(x_0) = 1$ at $x_0 = 0$, $f'(x_0) = 2$. Taylor:
$f(x) \approx f(x_0) + f'(x_0)(x - x_0) = 1 + 2x$.""",
    r"""$g(x) = x^3$, $g(a) = a^3$, $g(2) = 8$, $g'(a) = 3a^2$. $\frac{g(a+h) - g(a)}{h} = 3a^2 + 3ah + h^2$.""",
    r"""Convolution: $y_{ij} = \sum_{m} \sum_{n} k_{mn} x_{i+m, j+n}$.
$\frac{\partial y_{ij}}{\partial k_{mn}} = x_{i+m,j+n}$. $\frac{\partial L}{\partial k_{mn}} = \sum_{i} \sum_{j}
\frac{\partial L}{\partial y_{ij}} x_{i+m,j+n}$.""",
    r"""$c_t = \sum_{s} \alpha_{ts} h_s$, $\alpha_{ts} = \frac{\exp(e_{ts})}{\sum_{s'} \exp(e_{ts'})}$,
$e_{ts} = v^T \tanh(W h_s + U q_t)$. $\frac{\partial c_t}{\partial e_{ts}} = \alpha_{ts} (h_s - c_t)$.""",
    r"""Two-class softmax: $p_1 = \frac{e^{z_1}}{e^{z_1} + e^{z_2}} = \frac{1}{1 + e^{-(z_1 - z_2)}} = \sigma(z_1 -
z_2)$, $\frac{\partial p_1}{\partial z_1} = p_1 (1 - p_1) = p_1 p_2$, $\frac{\partial p_1}{\partial z_2} = -p_1 p_2$.""",
    r"""$o = \sigma(net)$, $\frac{\partial o}{\partial net} = o(1-o)$; let $u = 1 - o$,
$\frac{\partial o}{\partial net} = o u$. Two outputs $o_1 = \sigma(n)$, $\frac{\partial o_1}{\partial n} = o_1 o_0$
with $o_0 = 1 - o_1$.""",
    r"""ELBO: $\mathcal{L} = \log p(x) - KL$. $z = \mu + \sigma \epsilon$, $\frac{\partial z}{\partial \mu} = 1$,
$\frac{\partial z}{\partial \sigma} = \epsilon$. $KL = \frac12 (\mu^2 + \sigma^2 - \log \sigma^2 - 1)$,
$\frac{\partial KL}{\partial \mu} = \mu$, $\frac{\partial KL}{\partial \sigma} = \sigma - \frac{1}{\sigma}$.""",
    r"""$W$ is a $3 \times 2$ matrix. $z = Wx$ with $x \in \mathbb{R}^2$. $L = \sum_i z_i$.
$\frac{\partial L}{\partial x} = W^T \mathbf{1}$. $\frac{\partial z_i}{\partial x_j} = W_{ij}$.""",
    r"""$E = \frac12 \sum_k (o_k - t_k)^2$, $o_k = \sigma(net_k)$, $net_k = \sum_j w_{kj} h_j$, $h_j = \sigma(net_j)$,
$net_j = \sum_i v_{ji} x_i$.
$\delta_k = (o_k - t_k) o_k (1 - o_k)$, $\frac{\partial E}{\partial w_{kj}} = \delta_k h_j$.
$\delta_j = h_j (1 - h_j) \sum_k \delta_k w_{kj}$, $\frac{\partial E}{\partial v_{ji}} = \delta_j x_i$.""",
    r"""Momentum: $v \leftarrow \mu v - \eta g$; $w \leftarrow w + v$. $w = 1.0$, $v = 0$:
$v = -0.1 \cdot 0.5 = -0.05$, $w = 1.0 - 0.05 = 0.95$. Next: $v = 0.9 \cdot (-0.05) - 0.1 \cdot 0.4 = -0.085$,
$w = 0.95 - 0.085 = 0.865$.""",
    r"""$L = \|y - Ax\|_2^2$, $\nabla_x L = -2A^T(y - Ax)$. $A = \begin{bmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6
\end{bmatrix}$, $x = \begin{bmatrix} 1 \\ 1 \end{bmatrix}$, $Ax = \begin{bmatrix} 3 \\ 7 \\ 11 \end{bmatrix}$.""",
    r"""Layer norm: $\mu = \frac1d \sum_j x_j$, $s^2 = \frac1d \sum_j (x_j - \mu)^2$, $n_j = \frac{x_j - \mu}{s}$,
$\frac{\partial n_j}{\partial x_k} = \frac{1}{s} \left(\delta_{jk} - \frac1d - \frac{n_j n_k}{d}\right)$.""",
]


def with_mistakes():
    """(page, line, text): each page with one of its mistakes, and the line on which that stands."""
    for name, (text, mistakes) in PAGES.items():
        for right, wrong in mistakes:
            at = text.rindex(right)
            line = text.count("\n", 0, at) + 1
            yield name, line, text[:at] + wrong + text[at + len(right) :]


def renamed(text, seed):
    """A page whose letters are others, drawn at random: it stays what it was."""
    chance = random.Random(seed)
    mathematics = "".join(match[0] for match in re.finditer(r"\$\$[^$]*\$\$|\$[^$]*\$", text))
    pool = "abcghkmopqrstuvwxyz"
    letters = [c for c in pool if re.search(rf"(?<![\\A-Za-z]){c}(?![A-Za-z])", mathematics)]
    others = [c for c in pool if c in letters or chance.random() < 0.5]
    new = dict(zip(letters, chance.sample(others, len(letters))))

    def other(match):
        word = match[0]
        product = len(word) < 3 or set(word) <= set(letters)
        return "".join(new.get(c, c) for c in word) if word[0] != "\\" and product else word

    words = r"\\(?:text|mathbb|mathbf|mathcal|begin|end|operatorname)\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z]+"
    return re.sub(r"\$\$[^$]*\$\$|\$[^$]*\$", lambda match: re.sub(words, other, match[0]), text)
