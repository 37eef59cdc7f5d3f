"""The names that formulas of the tests speak of, with their numbers."""

w1, w2, x1, x2, b = 0.5, -0.75, 2.0, 1.25, -1.0
o, t, z, x, y = 0.6, 0.3, -0.2, 0.8, 1.3
net, theta, eta, r = 0.7, 0.35, 0.1, 3.0
o1, o2, yhat, yhat1, a12, dLdw, dEdo, mine = 0.62, 0.38, 0.45, 0.4, 1.1, 5.0, 7.0, 3.0
NUMBERS = {
    "w_1": w1, "w_2": w2, "x_1": x1, "x_2": x2, "b": b, "o": o, "t": t, "z": z, "x": x, "y": y, "net": net,
    "θ": theta, "eta": eta,
    "r": r, "o_1": o1, "o_2": o2, "ŷ": yhat, "ŷ_1": yhat1, "a^(1)_2": a12, "∂L/∂w_1": dLdw, "∂E/∂o": dEdo, "my_value": mine,
}  # fmt: skip
