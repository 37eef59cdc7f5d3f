"""Sheets as strangers fill them in, typed by hand in the habits of lecture notes and of worked examples on the web.

SHEETS is a table. A block is a sheet: its title, what is given, and its lines, each with its formula for Values (D is a
derivative) and with what somebody wrote there; ⏎ is where they began a new line of paper, ✗ marks their mistake.
What stands above a mistake, and everything on a sheet without one, is right, and must not be found fault with.
"""

import re
import unicodedata
from typing import NamedTuple

import pytest

import autograd
from autograd import Value, Worksheet, gradient

HARMLESS = ("simpler", "shorter", "also", "well done", "exactly", "that is")  # how sentences begin that only add something

SHEETS = r"""
# logistic regression, one point, one step
given: w=0.2 x=0.5 b=0.1 y=1 α=0.1
z := w*x + b | z = w·x + b = 0.2·0.5 + 0.1 = 0.2
ŷ := sigmoid(z) | ŷ = σ(z) = 1/(1 + e^{-0.2}) ≈ 0.5498
L := -log(ŷ)*y - (1 - y)*log(1 - ŷ) | −ln(0.5498) ≈ 0.5982
∂L/∂z := D(L, z) | ŷ − y = 0.5498 − 1 = −0.4502
∂L/∂w := D(L, w) | (ŷ − y)x = −0.4502 × 0.5 = −0.2251
∂L/∂b := D(L, b) | −0.4502
w_new := w - α*D(L, w) | 0.2 − 0.1 × (−0.2251) = 0.2 + 0.02251 = 0.22251
b_new := b - α*D(L, b) | 0.1 + 0.04502 = 0.14502

# the same with the sign of the step turned round
given: w=0.2 x=0.5 b=0.1 y=1 α=0.1
z := w*x + b | 0.2(0.5) + 0.1 = 0.2
ŷ := sigmoid(z) | σ(0.2) ≈ 0.5498.
∂L/∂z := D(-y*log(ŷ) - (1 - y)*log(1 - ŷ), z) | 0.5498 − 1 = −0.4502.
∂L/∂w := D(-y*log(ŷ) - (1 - y)*log(1 - ŷ), w) | (−0.4502)(0.5) = −0.2251.
✗ w_new := w - α*D(-y*log(ŷ) - (1 - y)*log(1 - ŷ), w) | 0.2 − 0.1(0.2251) = 0.1775.

# two inputs, two hidden neurons, two outputs, all digits of a blog
given: i_1=0.05 i_2=0.1 w_1=0.15 w_2=0.2 w_3=0.25 w_4=0.3 w_5=0.4 w_6=0.45 w_7=0.5 w_8=0.55 b_1=0.35 b_2=0.6 t_1=0.01 t_2=0.99 η=0.5
net_h1 := w_1*i_1 + w_2*i_2 + b_1 | 0.15 * 0.05 + 0.2 * 0.1 + 0.35 * 1 = 0.3775
out_h1 := sigmoid(net_h1) | 1/(1 + e^{-0.3775}) = 0.593269992
out_h2 := sigmoid(w_3*i_1 + w_4*i_2 + b_1) | 0.596884378
net_o1 := w_5*out_h1 + w_6*out_h2 + b_2 | 0.4 * 0.593269992 + 0.45 * 0.596884378 + 0.6 * 1 = 1.105905967
out_o1 := sigmoid(net_o1) | 0.75136507
out_o2 := sigmoid(w_7*out_h1 + w_8*out_h2 + b_2) | 0.772928465
E := (t_1 - out_o1)**2/2 + (t_2 - out_o2)**2/2 | 0.274811083 + 0.023560026 = 0.298371109
∂E/∂out_o1 := D(E, out_o1) | -(t_1 - out_o1) = -(0.01 - 0.75136507) = 0.74136507
∂out_o1/∂net_o1 := D(out_o1, net_o1) | out_o1(1 - out_o1) = 0.75136507(1 - 0.75136507) = 0.186815602
∂E/∂w_5 := D(E, w_5) | 0.74136507 * 0.186815602 * 0.593269992 = 0.082167041
w_5_new := w_5 - η*D(E, w_5) | w_5 - η * ∂E/∂w_5 = 0.4 - 0.5 * 0.082167041 = 0.35891648
∂E/∂out_h1 := D(E, out_h1) | 0.055399425 + -0.019049119 = 0.036350306
∂E/∂w_1 := D(E, w_1) | 0.036350306 * 0.241300709 * 0.05 = 0.000438568
w_1_new := w_1 - η*D(E, w_1) | 0.15 - 0.5 * 0.000438568 = 0.149780716

# three inputs, one of them 0, sums without factors, three decimals
given: x_1=1 x_2=0 x_3=1 w_14=0.2 w_24=0.4 w_34=-0.5 w_15=-0.3 w_25=0.1 w_35=0.2 w_46=-0.3 w_56=-0.2 b_4=-0.4 b_5=0.2 b_6=0.1 t=1 l=0.9
I_4 := w_14*x_1 + w_24*x_2 + w_34*x_3 + b_4 | 0.2 + 0 - 0.5 - 0.4 = -0.7
I_5 := w_15*x_1 + w_25*x_2 + w_35*x_3 + b_5 | -0.3 + 0 + 0.2 + 0.2 = 0.1
O_4 := sigmoid(I_4) | 1/(1 + e^0.7) = 0.332
O_5 := sigmoid(I_5) | 1/(1 + e^-0.1) = 0.525
I_6 := w_46*O_4 + w_56*O_5 + b_6 | (-0.3)(0.332) - (0.2)(0.525) + 0.1 = -0.105
O_6 := sigmoid(I_6) | 1/(1 + e^0.105) = 0.474
E := (t - O_6)**2/2 | ½(1 - 0.474)² = 0.138
∂E/∂I_6 := D(E, I_6) | -(0.474)(1 - 0.474)(1 - 0.474) = -0.1311
∂E/∂I_5 := D(E, I_5) | (0.525)(1 - 0.525)(-0.1311)(-0.2) = 0.0065
∂E/∂I_4 := D(E, I_4) | (0.332)(1 - 0.332)(-0.1311)(-0.3) = 0.0087
w_46_new := w_46 - l*D(E, w_46) | -0.3 + (0.9)(0.1311)(0.332) = -0.261
w_56_new := w_56 - l*D(E, w_56) | -0.2 + (0.9)(0.1311)(0.525) = -0.138
w_14_new := w_14 - l*D(E, w_14) | 0.2 + (0.9)(-0.0087)(1) = 0.192
w_24_new := w_24 - l*D(E, w_24) | 0.4 + (0.9)(-0.0087)(0) = 0.4
b_6_new := b_6 - l*D(E, b_6) | 0.1 + (0.9)(0.1311) = 0.218
b_4_new := b_4 - l*D(E, b_4) | -0.4 + (0.9)(-0.0087) = -0.408

# a gate that adds and a gate that multiplies
given: x=-2 y=5 z=-4
q := x + y | x + y = -2 + 5 = 3
f := q*z | qz = 3(-4) = -12
∂f/∂z := D(f, z) | q = 3
∂f/∂q := D(f, q) | z = -4
∂f/∂x := D(f, x) | ∂f/∂q · ∂q/∂x = -4 · 1 = -4
∂f/∂y := D(f, y) | ∂f/∂q · ∂q/∂y = (-4)(1) = -4

# the same gates, the factors not exchanged
given: x=-2 y=5 z=-4
q := x + y | -2 + 5 = 3
f := q*z | 3 * -4 = -12
✗ ∂f/∂z := D(f, z) | -4
∂f/∂x := D(f, x) | 1 * -4 = -4

# a sigmoid of two products, gate by gate, two decimals
given: w_0=2 x_0=-1 w_1=-3 x_1=-2 w_2=-3
a := w_0*x_0 | 2·(−1) = −2
c := w_1*x_1 | (−3)·(−2) = 6
s := w_0*x_0 + w_1*x_1 + w_2 | −2 + 6 − 3 = 1
f := sigmoid(s) | 1/(1 + e^{−1}) = 1/(1 + 0.37) = 1/1.37 = 0.73
∂f/∂s := D(f, s) | (1 − 0.73)·0.73 = 0.20
∂f/∂w_0 := D(f, w_0) | 0.20·(−1) = −0.20
∂f/∂x_0 := D(f, x_0) | 0.20·2 = 0.40
∂f/∂w_1 := D(f, w_1) | −2·0.20 = −0.40
∂f/∂x_1 := D(f, x_1) | −3·0.20 = −0.60
∂f/∂w_2 := D(f, w_2) | 0.20

# a sum times a maximum
given: x=1 y=2 z=0
a := x + y | 1 + 2 = 3
b := maximum(y, z) | max(y, z) = max(2, 0) = 2
f := (x + y)*maximum(y, z) | ab = 3·2 = 6
∂f/∂x := D(f, x) | b·1 = 2
∂f/∂y := D(f, y) | b + a = 2 + 3 = 5
∂f/∂z := D(f, z) | 3·0 = 0

# a number used twice, one way forgotten
given: x=2 y=3
a := x + y | 2 + 3 = 5
f := (x + y)*y | 5 × 3 = 15
∂f/∂x := D(f, x) | y = 3
✗ ∂f/∂y := D(f, y) | 3 × 1 = 3

# a number used twice
given: x=2 y=3
a := x + y | = 2 + 3 = 5
f := (x + y)*y | = 5·3 = 15
∂f/∂x := D(f, x) | = ∂f/∂a·1 = 3
∂f/∂y := D(f, y) | = y + a = 3 + 5 = 8

# half a square, whole numbers
given: w=2 x=-2 b=8 y=2
c := w*x | 2·(−2) = −4
a := c + b | −4 + 8 = 4
d := a - y | 4 − 2 = 2
J := d**2/2 | ½·2² = 2
∂J/∂d := D(J, d) | d = 2
∂J/∂w := D(J, w) | 2·(−2) = −4
∂J/∂b := D(J, b) | 2

# a line through two points, mean squared error
given: m=0.5 c=1 x_1=1 x_2=2 y_1=2 y_2=4 η=0.1
ŷ_1 := m*x_1 + c | 0.5(1) + 1 = 1.5
ŷ_2 := m*x_2 + c | 0.5(2) + 1 = 2
L := ((ŷ_1 - y_1)**2 + (ŷ_2 - y_2)**2)/2 | ½[(1.5 − 2)² + (2 − 4)²] = ½[0.25 + 4] = 2.125
∂L/∂m := D(L, m) | (−0.5)(1) + (−2)(2) = −0.5 − 4 = −4.5
∂L/∂c := D(L, c) | −0.5 − 2 = −2.5
m_new := m - η*D(L, m) | 0.5 − 0.1(−4.5) = 0.95
c_new := c - η*D(L, c) | 1 − 0.1(−2.5) = 1.25

# the same line, one point forgotten in a gradient
given: m=0.5 c=1 x_1=1 x_2=2 y_1=2 y_2=4 η=0.1
ŷ_1 := m*x_1 + c | 1.5
ŷ_2 := m*x_2 + c | 2
L := ((ŷ_1 - y_1)**2 + (ŷ_2 - y_2)**2)/2 | (0.25 + 4)/2 = 2.125
✗ ∂L/∂m := D(L, m) | (2 − 4)·2 = −4
∂L/∂c := D(L, c) | (1.5 − 2) + (2 − 4) = −2.5
m_new := m - η*D(L, m) | 0.5 + 0.1·4 = 0.9

# softmax of three scores, cross-entropy with the first class
given: z_1=2 z_2=1 z_3=0.1
S := exp(z_1) + exp(z_2) + exp(z_3) | e^2 + e^1 + e^0.1 = 7.389 + 2.718 + 1.105 = 11.212
p_1 := exp(z_1)/S | 7.389/11.212 = 0.659
p_2 := exp(z_2)/S | 2.718/11.212 = 0.242
p_3 := exp(z_3)/S | 1.105/11.212 = 0.099
L := -log(p_1) | -ln(0.659) = 0.417
∂L/∂z_1 := D(L, z_1) | p_1 - 1 = 0.659 - 1 = -0.341
∂L/∂z_2 := D(L, z_2) | p_2 - 0 = 0.242
∂L/∂z_3 := D(L, z_3) | 0.099

# softmax, a slip in the sum
given: z_1=2 z_2=1 z_3=0.1
✗ S := exp(z_1) + exp(z_2) + exp(z_3) | 7.389 + 2.718 + 1.105 = 12.212
p_1 := exp(z_1)/S | 7.389/12.212 = 0.605
p_2 := exp(z_2)/S | 2.718/12.212 = 0.223
L := -log(p_1) | -ln(0.605) = 0.503

# the scores of a lecture, two decimals
given: x_1=1.25 x_2=2.44 x_3=0.78 x_4=0.12
S := exp(x_1) + exp(x_2) + exp(x_3) + exp(x_4) | 3.49 + 11.47 + 2.18 + 1.13 = 18.27
s_1 := exp(x_1)/S | \frac{e^{1.25}}{e^{1.25} + e^{2.44} + e^{0.78} + e^{0.12}} = \frac{3.49}{18.27} = 0.19
s_2 := exp(x_2)/S | \frac{11.47}{18.27} = 0.63
s_3 := exp(x_3)/S | \frac{2.18}{18.27} \approx 0.12
s_4 := exp(x_4)/S | \frac{1.13}{18.27} \approx 0.06

# one sigmoid neuron, cross-entropy with a soft target
given: w_0=0.2 w_1=0.4 w_2=-0.3 x_1=0.6 x_2=0.8 t=0.84 η=0.5
net := w_0 + w_1*x_1 + w_2*x_2 | 0.4·0.6 − 0.3·0.8 + 0.2 = 0.24 − 0.24 + 0.2 = 0.2
o := sigmoid(net) | σ(0.2) = 0.54983
E := -t*log(o) - (1 - t)*log(1 - o) | −0.84·log(0.54983) − 0.16·log(1 − 0.54983) = 0.50243 + 0.12770 = 0.63013
∂E/∂o := D(E, o) | −0.84/0.54983 + 0.16/(1 − 0.54983) = −1.52775 + 0.35542 = −1.17233
∂o/∂net := D(o, net) | 0.54983·(1 − 0.54983) = 0.54983·0.45017 = 0.24752
∂E/∂net := D(E, net) | o − t = 0.54983 − 0.84 = −0.29017
∂E/∂w_1 := D(E, w_1) | ∂E/∂o·∂o/∂net·∂net/∂w_1 = (o − t)·x_1 = −0.29017·0.6 = −0.17410
∂E/∂w_2 := D(E, w_2) | (o − t)·0.8 = −0.23214
w_1_new := w_1 - η*D(E, w_1) | 0.4 + η(t − o)x_1 = 0.4 + 0.5·0.1741 = 0.48705
w_2_new := w_2 - η*D(E, w_2) | w_2 − 0.5·(−0.23214) = −0.18393

# the same neuron, target and output exchanged
given: w_0=0.2 w_1=0.4 w_2=-0.3 x_1=0.6 x_2=0.8 t=0.84
net := w_0 + w_1*x_1 + w_2*x_2 | 0.2
o := sigmoid(net) | 0.5498
✗ ∂E/∂net := D(-t*log(o) - (1 - t)*log(1 - o), net) | t − o = 0.84 − 0.5498 = 0.2902
∂E/∂w_1 := D(-t*log(o) - (1 - t)*log(1 - o), w_1) | 0.2902·0.6 = 0.1741

# a page in LaTeX
given: x_1=0.05 x_2=0.1 w_11=0.15 w_12=0.2 b=0.35 y=0.01
z := w_11*x_1 + w_12*x_2 + b | (0.15)(0.05) + (0.20)(0.10) + 0.35 = 0.3775
a := sigmoid(z) | $\sigma(z) = \frac{1}{1+e^{-0.3775}} = 0.593270$
L := (a - y)**2/2 | $\frac{1}{2}(a - y)^2 = \frac{1}{2}(0.593270 - 0.01)^2 \approx 0.170102$
∂L/∂a := D(L, a) | $a - y = 0.593270 - 0.01 = 0.583270$
∂a/∂z := D(a, z) | $a(1-a) = 0.593270(1-0.593270) \approx 0.241301$
∂L/∂z := D(L, z) | $\frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial z} = 0.583270 \cdot 0.241301 = \boxed{0.140744}$
∂L/∂w_11 := D(L, w_11) | $\frac{\partial L}{\partial z} \cdot \frac{\partial z}{\partial w_{11}} = 0.140744 \cdot 0.05 = 0.007037$
∂L/∂w_12 := D(L, w_12) | $0.140744 \times 0.1 = 0.014074$
∂L/∂b := D(L, b) | $0.140744$

# a page in LaTeX, a neighbour's number copied
given: x_1=0.05 x_2=0.1 w_11=0.15 w_12=0.2 b=0.35 y=0.01
z := w_11*x_1 + w_12*x_2 + b | 0.3775
a := sigmoid(z) | $0.593270$
∂L/∂z := D((a - y)**2/2, z) | $(0.593270 - 0.01) \cdot 0.593270(1-0.593270) \approx 0.140744$
✗ ∂L/∂w_11 := D((a - y)**2/2, w_11) | $0.140744 \cdot 0.1 = 0.014074$

# tanh and decimal commas
given: w=0.5 x=1.5 b=-0.25 t=1 η=0.2
z := w*x + b | 0,5·1,5 − 0,25 = 0,75 − 0,25 = 0,5
h := tanh(z) | tanh(0,5) = 0,4621
E := (h - t)**2/2 | 0,5·(0,4621 − 1)² = 0,5·0,2893 = 0,1447
∂E/∂h := D(E, h) | h − t = −0,5379
∂h/∂z := D(h, z) | 1 − h² = 1 − 0,2135 = 0,7865
∂E/∂z := D(E, z) | −0,5379·0,7865 = −0,4231
∂E/∂w := D(E, w) | −0,4231·1,5 = −0,6346
w_new := w - η*D(E, w) | 0,5 + 0,2·0,6346 = 0,6269

# tanh, the square forgotten
given: w=0.5 x=1.5 b=-0.25 t=1
z := w*x + b | 0,5
h := tanh(z) | 0,4621
✗ ∂h/∂z := D(h, z) | 1 − 0,4621 = 0,5379
∂E/∂z := D((h - t)**2/2, z) | (0,4621 − 1)·0,5379 = −0,2893

# two ReLU neurons, one at its kink
given: x_1=1 x_2=-2 w_11=0.5 w_12=0.25 w_21=0.3 w_22=0.6 v_1=2 v_2=-1 c=0.1 t=1
z_1 := w_11*x_1 + w_12*x_2 | 0.5 * 1 + 0.25 * (-2) = 0.5 - 0.5 = 0
z_2 := w_21*x_1 + w_22*x_2 + 1 | 0.3 - 1.2 + 1 = 0.1
h_2 := relu(z_2) | max(0, 0.1) = 0.1
y := v_2*h_2 + c | -1 * 0.1 + 0.1 = 0
L := (y - t)**2 | (0 - 1)^2 = 1
∂L/∂y := D(L, y) | 2(y - t) = 2(0 - 1) = -2
∂L/∂v_2 := D(L, v_2) | -2 * 0.1 = -0.2
∂L/∂h_2 := D(L, h_2) | -2 * (-1) = 2
∂L/∂w_22 := D(L, w_22) | 2 * 1 * (-2) = -4

# ReLU, a factor 2 lost
given: x=3 w=0.4 b=-0.2 t=2
z := w*x + b | 1.2 - 0.2 = 1
h := relu(z) | 1
L := (h - t)**2 | (1-2)**2 = 1
✗ ∂L/∂h := D(L, h) | 1 - 2 = -1
∂L/∂w := D(L, w) | -1 * 1 * 3 = -3

# a recurrent neuron over two steps
given: w=0.5 u=0.8 x_1=1 x_2=0.5 h_0=0 t=0.6
a_1 := w*x_1 + u*h_0 | 0.5·1 + 0.8·0 = 0.5
h_1 := tanh(a_1) | tanh 0.5 = 0.46212
a_2 := w*x_2 + u*h_1 | 0.25 + 0.8·0.46212 = 0.25 + 0.36970 = 0.61970
h_2 := tanh(a_2) | tanh(0.6197) = 0.55092
L := (h_2 - t)**2/2 | (0.55092 − 0.6)²/2 = 0.0024088/2 = 0.0012044
∂L/∂h_2 := D(L, h_2) | −0.04908
∂L/∂a_2 := D(L, a_2) | −0.04908·(1 − 0.55092²) = −0.04908·0.69649 = −0.034184
∂L/∂h_1 := D(L, h_1) | 0.8·(−0.034184) = −0.027347
∂L/∂a_1 := D(L, a_1) | −0.027347·(1 − 0.21355) = −0.021507
∂L/∂u := D(L, u) | −0.034184·0.46212 + (−0.021507)·0 = −0.015797
∂L/∂w := D(L, w) | −0.034184·0.5 − 0.021507·1 = −0.017092 − 0.021507 = −0.038599

# a recurrent neuron, the earlier step forgotten
given: w=0.5 u=0.8 x_1=1 x_2=0.5 h_0=0 t=0.6
a_1 := w*x_1 + u*h_0 | 0.5
h_1 := tanh(a_1) | 0.46212
a_2 := w*x_2 + u*h_1 | 0.25 + 0.36970 = 0.61970
h_2 := tanh(a_2) | 0.55092
∂L/∂a_2 := D((h_2 - t)**2/2, a_2) | (0.55092 − 0.6)(0.69649) = −0.034184
✗ ∂L/∂w := D((h_2 - t)**2/2, w) | −0.034184·0.5 = −0.017092

# weight decay
given: w=1.5 x=2 b=-1 t=1 λ=0.1 η=0.05
ŷ := w*x + b | 1.5*2 - 1 = 2
L := (ŷ - t)**2/2 + λ/2*w**2 | 0.5 + 0.05*2.25 = 0.5 + 0.1125 = 0.6125
∂L/∂w := D(L, w) | (2 - 1)*2 + 0.1*1.5 = 2 + 0.15 = 2.15
∂L/∂b := D(L, b) | 1
w_new := w - η*D(L, w) | 1.5 - 0.05*2.15 = 1.5 - 0.1075 = 1.3925

# weight decay, its term forgotten
given: w=1.5 x=2 b=-1 t=1 λ=0.1 η=0.05
ŷ := w*x + b | 2
L := (ŷ - t)**2/2 + λ/2*w**2 | 0.6125
✗ ∂L/∂w := D(L, w) | (2 - 1)*2 = 2
w_new := w - η*D(L, w) | 1.5 - 0.05*2 = 1.4

# momentum, two steps on a parabola
given: θ_0=4 η=0.1 β=0.9
g_0 := 2*θ_0 | 2·4 = 8
v_1 := 2*θ_0 | 0.9·0 + 8 = 8
θ_1 := θ_0 - η*v_1 | 4 − 0.1·8 = 3.2
v_2 := β*v_1 + 2*θ_1 | 0.9·8 + 2·3.2 = 7.2 + 6.4 = 13.6
θ_2 := θ_1 - η*v_2 | 3.2 − 1.36 = 1.84

# hinge loss of a margin
given: w_1=0.5 w_2=-1 x_1=2 x_2=0.5 y=-1 b=0.25
f := w_1*x_1 + w_2*x_2 + b | 0.5·2 − 1·0.5 + 0.25 = 1 − 0.5 + 0.25 = 0.75
L := relu(1 - y*f) | max(0, 1 + 0.75) = 1.75
∂L/∂f := D(L, f) | −y = 1
∂L/∂w_1 := D(L, w_1) | −y·x_1 = 2
∂L/∂w_2 := D(L, w_2) | 1·0.5 = 0.5
∂L/∂b := D(L, b) | 1

# hinge loss, the sign of the label lost
given: w_1=0.5 w_2=-1 x_1=2 x_2=0.5 y=-1 b=0.25
f := w_1*x_1 + w_2*x_2 + b | 1 − 0.5 + 0.25 = 0.75
✗ L := relu(1 - y*f) | max(0, 1 − 0.75) = 0.25
∂L/∂w_1 := D(L, w_1) | 1·2 = 2

# two classes by softmax, one-hot target, four decimals
given: x=1 w_1=0.3 w_2=-0.7 b_1=0.1 b_2=0 y_1=0 y_2=1 η=1
z_1 := w_1*x + b_1 | 0.3(1) + 0.1 = 0.4
z_2 := w_2*x + b_2 | -0.7(1) + 0 = -0.7
p_1 := exp(z_1)/(exp(z_1) + exp(z_2)) | e^0.4/(e^0.4 + e^-0.7) = 1.4918/(1.4918 + 0.4966) = 1.4918/1.9884 = 0.7503
p_2 := exp(z_2)/(exp(z_1) + exp(z_2)) | 1 - 0.7503 = 0.2497
L := -y_1*log(p_1) - y_2*log(p_2) | -0·ln(0.7503) - 1·ln(0.2497) = 1.3875
∂L/∂z_1 := D(L, z_1) | p_1 - y_1 = 0.7503
∂L/∂z_2 := D(L, z_2) | 0.2497 - 1 = -0.7503
∂L/∂w_1 := D(L, w_1) | 0.7503·1
∂L/∂w_2 := D(L, w_2) | -0.7503
w_1_new := w_1 - η*D(L, w_1) | 0.3 - 0.7503 = -0.4503
w_2_new := w_2 - η*D(L, w_2) | -0.7 + 0.7503 = 0.0503

# the indicator in front of a softmax derivative
given: z_1=1.25 z_2=2.44 z_3=0.78
p_1 := exp(z_1)/(exp(z_1) + exp(z_2) + exp(z_3)) | 0.2036
p_2 := exp(z_2)/(exp(z_1) + exp(z_2) + exp(z_3)) | 0.6692
p_3 := exp(z_3)/(exp(z_1) + exp(z_2) + exp(z_3)) | 0.1272
∂L/∂z_1 := D(-log(p_2), z_1) | −(0 − 0.2036) = 0.2036
∂L/∂z_2 := D(-log(p_2), z_2) | −(1 − p_2) = −(1 − 0.6692) = −0.3308
∂L/∂z_3 := D(-log(p_2), z_3) | p_3 = 0.1272

# an element of the softmax's Jacobian off the diagonal, minus lost
given: z_1=1.25 z_2=2.44 z_3=0.78
p_1 := exp(z_1)/(exp(z_1) + exp(z_2) + exp(z_3)) | 0.2036
p_2 := exp(z_2)/(exp(z_1) + exp(z_2) + exp(z_3)) | 0.6692
∂p_1/∂z_1 := D(p_1, z_1) | p_1(1 − p_1) = 0.2036·0.7964 = 0.1621
✗ ∂p_1/∂z_2 := D(p_1, z_2) | p_1·p_2 = 0.2036·0.6692 = 0.1362

# a chain in small steps, ≈ everywhere
given: x=0.7 w=1.2 v=-0.9 t=0
a := w*x | 1.2 x 0.7 = 0.84
h := sigmoid(a) | σ(0.84) ≈ 0.698
y := v*h | -0.9 x 0.698 ≈ -0.628
L := y**2/2 | 0.5 x (-0.628)^2 ≈ 0.197
∂L/∂y := D(L, y) | ≈ -0.628
∂L/∂h := D(L, h) | -0.628 x (-0.9) ≈ 0.565
∂L/∂a := D(L, a) | 0.565 x 0.698 x (1 - 0.698) ≈ 0.565 x 0.211 ≈ 0.119
∂L/∂w := D(L, w) | 0.119 x 0.7 ≈ 0.0833
∂L/∂v := D(L, v) | -0.628 x 0.698 ≈ -0.438

# the same chain, the slope of the sigmoid taken at the net
given: x=0.7 w=1.2 v=-0.9 t=0
a := w*x | 0.84
h := sigmoid(a) | 0.698
y := v*h | -0.628
∂L/∂h := D(y**2/2, h) | (-0.628)(-0.9) = 0.565
✗ ∂L/∂a := D(y**2/2, a) | 0.565 · 0.84 · (1 - 0.84) = 0.0759
∂L/∂w := D(y**2/2, w) | 0.0759 · 0.7 = 0.0531

# powers of ten
given: x=0.02 w=0.3 b=0.01 t=0.1 η=0.5
y := w*x + b | 0.3·0.02 + 0.01 = 6·10⁻³ + 1·10⁻² = 0.016
L := (y - t)**2/2 | (−0.084)²/2 = 3.528·10⁻³
∂L/∂y := D(L, y) | 0.016 − 0.1 = −8.4·10⁻²
∂L/∂w := D(L, w) | −8.4e-2 · 0.02 = −1.68e-3
∂L/∂b := D(L, b) | −8.4 × 10^{-2}
w_new := w - η*D(L, w) | 0.3 + 0.5·1.68·10^-3 = 0.30084
b_new := b - η*D(L, b) | 0.01 + 0.042 = 5.2 e-2

# powers of ten, the exponent wrong
given: x=0.02 w=0.3 b=0.01 t=0.1 η=0.5
y := w*x + b | 0.016
∂L/∂y := D((y - t)**2/2, y) | −8.4·10⁻²
✗ ∂L/∂w := D((y - t)**2/2, w) | −8.4·10⁻² · 0.02 = −1.68·10⁻²
w_new := w - η*D((y - t)**2/2, w) | 0.3 + 0.5·1.68·10⁻² = 0.3084

# results in brackets and boxes
given: w=-0.5 x=0.4 b=0.3 t=0
z := w*x + b | [0.1]
o := sigmoid(z) | (0.525)
E := (o - t)**2/2 | \boxed{0.138}
∂E/∂o := D(E, o) | \underline{0.525}
∂o/∂z := D(o, z) | 0.525(0.475) ≅ 0.249
∂E/∂z := D(E, z) | ~0.131
∂E/∂w := D(E, w) | ⇒ 0.131·0.4 = 0.0524
∂E/∂b := D(E, b) | → 0.131

# everything rounded to two decimals
given: x_1=0.9 x_2=-0.4 w_1=0.7 w_2=0.6 b=-0.1 t=1
z := w_1*x_1 + w_2*x_2 + b | 0.63 − 0.24 − 0.1 = 0.29
o := sigmoid(z) | 1/(1 + 0.75) = 1/1.75 = 0.57
L := -log(o) | −ln 0.57 = 0.56
∂L/∂z := D(L, z) | 0.57 − 1 = −0.43
∂L/∂w_1 := D(L, w_1) | −0.43·0.9 = −0.39
∂L/∂w_2 := D(L, w_2) | −0.43·(−0.4) = 0.17

# terms rounded before they are added
given: t=0.84 o=0.67029
a := t*log(o) | 0.84·(−0.40005) = −0.33604
c := (1 - t)*log(1 - o) | 0.16·(−1.10954) = −0.17753
E := -t*log(o) - (1 - t)*log(1 - o) | −(−0.33604 − 0.17753) = 0.51357
∂E/∂o := D(E, o) | −1.2532 + 0.48527 = −0.76793
∂E/∂z := D(E, o)*o*(1 - o) | 0.67029 − 0.84 = −0.16971

# only names
given: w_1=0.4 w_2=-0.2 x_1=3 x_2=5 b=1 t=0
z := w_1*x_1 + w_2*x_2 + b | w_1x_1 + w_2x_2 + b
o := sigmoid(z) | σ(z)
E := (o - t)**2/2 | \frac{1}{2}(o - t)^2
∂E/∂o := D(E, o) | o - t
∂o/∂z := D(o, z) | o(1 - o)
∂E/∂z := D(E, z) | \frac{\partial E}{\partial o}\frac{\partial o}{\partial z} = (o-t)o(1-o)
∂E/∂w_1 := D(E, w_1) | ∂E/∂z·x_1 = (o − t)·o·(1 − o)·x_1
∂E/∂w_2 := D(E, w_2) | \frac{\partial E}{\partial z} x_2

# only names, one input taken for the other
given: w_1=0.4 w_2=-0.2 x_1=3 x_2=5 b=1 t=0
z := w_1*x_1 + w_2*x_2 + b | w_1 x_1 + w_2 x_2 + b
o := sigmoid(z) | σ(z)
∂E/∂z := D((o - t)**2/2, z) | (o − t)·o·(1 − o)
✗ ∂E/∂w_1 := D((o - t)**2/2, w_1) | (o − t)·o·(1 − o)·x_2

# zero in, zero out
given: w_1=0 w_2=0 b=0 x_1=3 x_2=-2 t=1 η=0.1
z := w_1*x_1 + w_2*x_2 + b | 0·3 + 0·(−2) + 0 = 0
o := sigmoid(z) | σ(0) = 1/2
L := -t*log(o) - (1 - t)*log(1 - o) | −log ½ = 0.693
∂L/∂z := D(L, z) | σ(0) − 1 = −0.5
∂L/∂w_1 := D(L, w_1) | (σ(0) − 1)x_1 = −0.5x_1 = −1.5
∂L/∂w_2 := D(L, w_2) | −0.5·(−2) = 1
∂L/∂b := D(L, b) | −0.5
w_1_new := w_1 - η*D(L, w_1) | 0 − 0.1·(−1.5) = 0.15
w_2_new := w_2 - η*D(L, w_2) | −0.1
b_new := b - η*D(L, b) | 0.05

# a wrong weight in the second layer, the rest follows
given: x=1 w_1=0.3 w_2=0.5 v_1=0.7 v_2=-0.4 t=0.5
h_1 := sigmoid(w_1*x) | σ(0.3) = 0.5744
h_2 := sigmoid(w_2*x) | σ(0.5) = 0.6225
✗ y := v_1*h_1 + v_2*h_2 | 0.7·0.5744 + 0.4·0.6225 = 0.4021 + 0.2490 = 0.6511
L := (y - t)**2/2 | (0.6511 − 0.5)²/2 = 0.0114
∂L/∂y := D(L, y) | 0.1511
∂L/∂v_1 := D(L, v_1) | 0.1511·0.5744 = 0.0868

# the gradient before the weights are old
given: x=0.5 w=0.8 v=1.5 t=1 η=0.2
h := tanh(w*x) | tanh(0.4) = 0.37995
y := v*h | 1.5·0.37995 = 0.56992
∂L/∂y := D((y - t)**2/2, y) | −0.43008
∂L/∂v := D((y - t)**2/2, v) | −0.43008·0.37995 = −0.16341
v_new := v - η*D((y - t)**2/2, v) | 1.5 + 0.2·0.16341 = 1.53268
✗ ∂L/∂h := D((y - t)**2/2, h) | −0.43008·1.53268 = −0.65918

# three significant digits throughout
given: x=12 w=0.035 b=-0.2 t=0.3 η=0.01
z := w*x + b | 0.42 − 0.2 = 0.22
o := sigmoid(z) | 0.555
L := -t*log(o) - (1 - t)*log(1 - o) | 0.3(0.589) + 0.7(0.810) = 0.177 + 0.567 = 0.744
∂L/∂z := D(L, z) | 0.555 − 0.3 = 0.255
∂L/∂w := D(L, w) | 0.255·12 = 3.06
w_new := w - η*D(L, w) | 0.035 − 0.0306 = 0.0044
b_new := b - η*D(L, b) | −0.2 − 0.00255 = −0.203

# a line per stage
given: a=2 b=-3 c=10 f=-2
e := a*b | a·b ⏎ = 2·(−3) ⏎ = −6
d := e + c | e + c ⏎ = −6 + 10 ⏎ = 4
L := d*f | d·f ⏎ = 4·(−2) ⏎ = −8
∂L/∂d := D(L, d) | f ⏎ = −2
∂L/∂f := D(L, f) | d = 4
∂L/∂e := D(L, e) | ∂L/∂d · 1 = −2
∂L/∂a := D(L, a) | ∂L/∂e · b ⏎ = −2·(−3) ⏎ = 6
∂L/∂b := D(L, b) | −2·2 = −4

# the first step of Adam
given: θ_0=1 α=0.1 β_1=0.9 β_2=0.999 ε=1e-8
g := 2*(θ_0 - 3) | 2(1 − 3) = −4
m := (1 - β_1)*g | 0.1·(−4) = −0.4
v := (1 - β_2)*g**2 | 0.001·16 = 0.016
m_hat := m/(1 - β_1) | −0.4/(1 − 0.9) = −4
v_hat := v/(1 - β_2) | 0.016/0.001 = 16
θ_1 := θ_0 - α*m_hat/(v_hat**0.5 + ε) | 1 + 0.1·4/4 = 1.1

# a neuron that feeds two outputs
given: h=0.6 v_1=0.5 v_2=-0.8 t_1=1 t_2=0
y_1 := v_1*h | 0.5·0.6 = 0.3
y_2 := v_2*h | −0.8·0.6 = −0.48
E := ((y_1 - t_1)**2 + (y_2 - t_2)**2)/2 | ½(−0.7)² + ½(−0.48)² = 0.245 + 0.1152 = 0.3602
∂E/∂y_1 := D(E, y_1) | 0.3 − 1 = −0.7
∂E/∂y_2 := D(E, y_2) | −0.48
∂E/∂h := D(E, h) | −0.7·0.5 + (−0.48)·(−0.8) = −0.35 + 0.384 = 0.034

# a neuron that feeds two outputs, one path left out
given: h=0.6 v_1=0.5 v_2=-0.8 t_1=1 t_2=0
y_1 := v_1*h | 0.3
y_2 := v_2*h | −0.48
E := ((y_1 - t_1)**2 + (y_2 - t_2)**2)/2 | 0.3602
∂E/∂y_1 := D(E, y_1) | −0.7
∂E/∂y_2 := D(E, y_2) | −0.48
✗ ∂E/∂h := D(E, h) | ∂E/∂y_1·∂y_1/∂h = −0.7·0.5 = −0.35

# ellipses, d for ∂, and the change of a weight
given: w=0.3 x=2 b=-0.4 y=1 α=0.5
z := w*x + b | z = 0.6 − 0.4 = 0.2
a := sigmoid(z) | a = 0.5498…
L := -y*log(a) - (1 - y)*log(1 - a) | L = −ln(0.5498…) = 0.5981...
∂L/∂a := D(L, a) | dL/da = −1/a = −1.8187
∂L/∂z := D(L, z) | dL/dz = dL/da · da/dz = a − y = −0.4502
∂L/∂w := D(L, w) | dL/dw = dL/dz · x = −0.9003
∂L/∂b := D(L, b) | dL/db = dL/dz = −0.4502
Δw := -α*D(L, w) | −α·dL/dw = 0.4502
w_new := w - α*D(L, w) | w + Δw = 0.3 + 0.4502 = 0.7502

# exact results before the decimals
given: w=1 x=-1 b=1 t=1
z := w*x + b | 1·(−1) + 1 = 0
o := sigmoid(z) | 1/(1 + e^0) = 1/2
E := -t*log(o) - (1 - t)*log(1 - o) | −ln(1/2) = ln 2 = 0.6931
∂E/∂o := D(E, o) | −1/(1/2) = −2
∂o/∂z := D(o, z) | 1/2·(1 − 1/2) = 1/4
∂E/∂z := D(E, z) | −2·1/4 = −1/2
∂E/∂w := D(E, w) | (−1/2)·(−1) = ½
∂E/∂b := D(E, b) | −½

# vectors in bold, hats, and an aligned equation
given: w_1=0.1 w_2=-0.6 x_1=4 x_2=0.5 b=0.2 y=0
z := w_1*x_1 + w_2*x_2 + b | \mathbf{w}_1 x_1 + \mathbf{w}_2 x_2 + b = 0.4 - 0.3 + 0.2 = 0.3
ŷ := sigmoid(z) | \hat{y} = \sigma(z) = \sigma(0.3) = 0.5744
L := -y*log(ŷ) - (1 - y)*log(1 - ŷ) | -\log(1 - \hat{y}) = -\log(0.4256) = 0.8543
∂L/∂z := D(L, z) | \begin{aligned} \frac{\partial L}{\partial z} &= \hat{y} - y \\ &= 0.5744 \end{aligned}
∂L/∂w_1 := D(L, w_1) | \frac{dL}{dw_1} = 0.5744 \cdot 4 = 2.2976
∂L/∂w_2 := D(L, w_2) | \frac{\partial L}{\partial \mathbf{w_2}} = (\hat{y} - y)\, x_2 = 0.2872

# equal weights, equal inputs
given: w_1=0.5 w_2=0.5 x_1=1 x_2=1 b=0.5 t=0 η=1
z := w_1*x_1 + w_2*x_2 + b | 0.5*1 + 0.5*1 + 0.5 = 1.5
o := sigmoid(z) | 1/(1+exp(-1.5)) = 0.8176
E := (o - t)**2/2 | 0.5*(0.8176)^2 = 0.3342
∂E/∂o := D(E, o) | 0.8176 - 0 = 0.8176
∂o/∂z := D(o, z) | 0.8176*0.1824 = 0.1491
∂E/∂z := D(E, z) | 0.8176*0.1491 = 0.1219
∂E/∂w_1 := D(E, w_1) | 0.1219*1 = 0.1219
∂E/∂w_2 := D(E, w_2) | 0.1219
w_1_new := w_1 - η*D(E, w_1) | 0.5 - 1*0.1219 = 0.3781
w_2_new := w_2 - η*D(E, w_2) | 0.3781
b_new := b - η*D(E, b) | 0.5 - 0.1219 = 0.3781

# equal weights, the sigmoid's slope left out
given: w_1=0.5 w_2=0.5 x_1=1 x_2=1 b=0.5 t=0 η=1
z := w_1*x_1 + w_2*x_2 + b | 1.5
o := sigmoid(z) | 0.8176
∂E/∂o := D((o - t)**2/2, o) | 0.8176
✗ ∂E/∂z := D((o - t)**2/2, z) | o − t = 0.8176
∂E/∂w_1 := D((o - t)**2/2, w_1) | 0.8176·1 = 0.8176
w_1_new := w_1 - η*D((o - t)**2/2, w_1) | 0.5 − 0.8176 = −0.3176
"""  # noqa: E501 (a line of the table is a line of a page)


class Line(NamedTuple):
    name: str
    formula: str
    answer: str
    mistaken: bool


class Sheet(NamedTuple):
    title: str
    given: dict[str, float]
    lines: list[Line]

    @property
    def mistake(self):
        return next((line.name for line in self.lines if line.mistaken), None)

    @property
    def honest(self):
        """The lines above the mistake: all, if there is none."""
        names = [line.name for line in self.lines]
        return self.lines[: names.index(self.mistake)] if self.mistake else self.lines

    def values(self):
        known = {name: getattr(autograd, name) for name in "sigmoid tanh relu log exp maximum".split()}
        known["D"] = lambda y, x: gradient(y, x)[0]
        known |= {as_python(name): Value(x, label=name) for name, x in self.given.items()}
        values = {}
        for line in self.lines:
            values[line.name] = known[as_python(line.name)] = eval(line.formula, known)
        return values


def as_python(name):
    """Python's own spelling of an identifier: ŷ is one letter there, whatever it was here."""
    return unicodedata.normalize("NFKC", name)


def read_line(text):
    name, rest = text.removeprefix("✗ ").split(" := ")
    formula, answer = rest.split(" | ")
    return Line(name, formula, answer.replace(" ⏎ ", "\n"), text.startswith("✗"))


def read_sheet(block):
    title, given, *lines = block.splitlines()
    pairs = (pair.split("=") for pair in given.removeprefix("given: ").split())
    return Sheet(title.removeprefix("# "), {name: float(x) for name, x in pairs}, [read_line(text) for text in lines])


ALL = [read_sheet(block) for block in SHEETS.strip().split("\n\n")]
RIGHT = [sheet for sheet in ALL if not sheet.mistake]
MISTAKEN = [sheet for sheet in ALL if sheet.mistake]


def title_of(sheet):
    return sheet.title


def mark(sheet):
    return Worksheet(sheet.values()).mark({line.name: line.answer for line in sheet.lines})


def is_harmless(remark):
    return all(sentence.lower().startswith(HARMLESS) for sentence in re.split(r"\.\s+", remark) if sentence)


def accusations(marking, lines):
    """What is said against lines that are right."""
    rows = [marking[line.name] for line in lines]
    good = ("right", "rounded")
    return [
        f"{row.name} = {row.claim} {row.verdict}: {row.remark}"
        for row in rows
        if row.verdict not in good or not is_harmless(row.remark)
    ]


def test_there_are_fifty_sheets():
    """Two thirds of them right."""
    assert len(ALL) >= 50
    assert len({sheet.title for sheet in ALL}) == len(ALL)


def result_of(answer):
    """The number at the end of a line; None where there are names in it."""
    text = re.split(r"[=≈≅~→⇒]|\\approx", answer)[-1]
    text = re.sub(r"\\(?:boxed|underline)|[\[\](){}$]", "", text).replace("−", "-").replace(",", ".").strip(" .")
    text = text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")).replace(" e", "e")
    text = re.sub(r" ?(?:·|×|\\cdot) ?10\^?", "e", text)
    try:
        return float(text)
    except ValueError:
        return None


@pytest.mark.parametrize("sheet", ALL, ids=title_of)
def test_what_is_said_to_be_right_is_right(sheet):
    """Each honest result is the true one within 2 % or half a unit of two decimals, and a mistake is further away."""
    values = sheet.values()
    for line in sheet.honest:
        result = result_of(line.answer)
        assert result is None or result == pytest.approx(values[line.name].data, rel=0.02, abs=0.005), line
    for line in sheet.lines:
        if line.mistaken and result_of(line.answer) is not None:
            assert result_of(line.answer) != pytest.approx(values[line.name].data, rel=0.02), line


@pytest.mark.parametrize("sheet", RIGHT, ids=title_of)
def test_no_line_of_a_right_sheet_is_accused(sheet):
    """However it is written: it is read, it is right, and no remark says otherwise."""
    marking = mark(sheet)
    assert accusations(marking, sheet.lines) == []
    assert marking.score == len(sheet.lines)


@pytest.mark.parametrize("sheet", MISTAKEN, ids=title_of)
def test_the_mistake_is_the_first_that_is_called_wrong(sheet):
    """Nothing above it is accused, and what follows from it is not called wrong."""
    marking = mark(sheet)
    assert accusations(marking, sheet.honest) == []
    assert marking[sheet.mistake].verdict == "wrong"
    below = [marking[line.name] for line in sheet.lines[len(sheet.honest) + 1 :]]
    assert [f"{row.name} = {row.claim} {row.verdict}" for row in below if row.verdict in ("wrong", "unread")] == []
