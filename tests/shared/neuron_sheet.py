"""A worksheet of one neuron, as the files of the red pen have it; a title and the like may stand above, more lines below."""

NEURON = """
[given]
w = 0.5
x = 2
t = 1
[lines]
z = "w x"
o = "σ(z)"
E = "½(o − t)²"
"""
