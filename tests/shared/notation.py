"""What is no longer written in any room, and what is written for it: CONTRIBUTING.md says which."""

OTHERWISE = {
    r"\b(?:neuron's|its|last) nets?\b(?! input)": "a neuron's net input is a",
    r"\bnet ?=(?! ?nn\.)|∂net\b|/∂net": "a",
    r"∂[LE]/∂z": "∂L/∂a",
    r"ⁿᵉʷ|_new\b|\^new|mathrm\{new\}": "w′",
    r"∂E\b|\bE ?= |\bdE/d": "L",
    r"\bo ?[−-] ?t\b": "ŷ − y",
    r"σ\(z|sigmoid\(z|\bz ?= ?(?:dot\(|w)": "a",
    r"\bo = (?:σ|sigmoid)": "ŷ, or h",
}
