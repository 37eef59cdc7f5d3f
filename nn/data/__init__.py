"""Data sets to learn from: small ones made here, real ones through scikit-learn.

    X, y = nn.data.moons(100, noise=0.1, seed=0)
    train, test = nn.data.iris().split(0.25, seed=0)
    houses = nn.data.Dataset(frame[["size", "age"]], frame["price"], "houses")

X is a list of rows of floats, y a list of class numbers from 0 on, or of the numbers that are to be predicted. Data of your
own may come as lists, as NumPy's arrays or as frames of pandas, which reads files of every kind.
"""

from autograd.interop.guesses import missing
from nn.data.dataset import Dataset
from nn.data.letters import Letters, Text, names, text
from nn.data.made import blobs, circles, moons, spirals, xor
from nn.data.real import breast_cancer, digits, iris, wine

OF_DATA = {  # names that people type at the first guess, and what there is
    "DataLoader TensorDataset": "lists are enough: nn.fit(model, X, y, batch_size=32)",
    "random_split train_test_split": "nn.data.Dataset(X, y).split(0.25, seed=0) gives two",
    "mnist cifar10": "nn.data.digits() has 1,797 pictures of 8 by 8; what you have comes as lists or arrays",
}


def __getattr__(name: str) -> object:
    raise missing("nn.data", name, OF_DATA)


__all__ = [
    "Dataset",
    "Letters",
    "Text",
    "blobs",
    "breast_cancer",
    "circles",
    "digits",
    "iris",
    "moons",
    "names",
    "spirals",
    "text",
    "wine",
    "xor",
]
