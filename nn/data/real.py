"""Measurements that became the field's standard examples. They come with scikit-learn, and need no network."""

from __future__ import annotations

from nn.arguments import import_extra
from nn.data.dataset import Dataset


def iris() -> Dataset:
    """150 flowers of three species, four lengths in cm (Fisher 1936), through scikit-learn.

    Raises ImportError, with what to install, where scikit-learn is missing.

    >>> import nn
    >>> nn.data.iris()
    Dataset(iris: 150 rows of 4 features, 3 classes)
    >>> nn.data.iris().classes
    ['setosa', 'versicolor', 'virginica']
    """
    return _from_sklearn("iris")


def wine() -> Dataset:
    """178 wines of three growers, 13 chemical measurements (Forina 1991), through scikit-learn.

    Raises ImportError, with what to install, where scikit-learn is missing.

    >>> import nn
    >>> nn.data.wine()
    Dataset(wine: 178 rows of 13 features, 3 classes)
    >>> nn.data.wine().features[:3]
    ['alcohol', 'malic_acid', 'ash']
    """
    return _from_sklearn("wine")


def breast_cancer() -> Dataset:
    """569 tumours, malignant or benign, 30 measurements of cell nuclei (Street et al. 1993), through scikit-learn.

    Raises ImportError, with what to install, where scikit-learn is missing.

    >>> import nn
    >>> nn.data.breast_cancer()
    Dataset(breast_cancer: 569 rows of 30 features, 2 classes)
    >>> nn.data.breast_cancer().classes
    ['malignant', 'benign']
    """
    return _from_sklearn("breast_cancer")


def digits() -> Dataset:
    """1,797 handwritten digits of 8 by 8 pixels with 0 to 16 units of ink (Kaynak 1995), through scikit-learn.

    Raises ImportError, with what to install, where scikit-learn is missing.

    >>> import nn
    >>> X, y = nn.data.digits()
    >>> len(X), len(X[0]), y[:3]
    (1797, 64, [0, 1, 2])
    >>> for i in range(0, 64, 8):
    ...     print("".join(" .:#"[int(ink / 4.3)] for ink in X[0][i : i + 8]).rstrip())
      .#:
      ##:#.
      #  :.
      :  ..
     ..  :.
      :  :.
      #.::
      .#:
    """
    return _from_sklearn("digits")


def _from_sklearn(name: str) -> Dataset:
    import_extra("sklearn", f"{name} comes with scikit-learn", "data")
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")()
    features = [str(feature) for feature in bunch.feature_names]
    return Dataset(bunch.data.tolist(), bunch.target.tolist(), name, features, [str(c) for c in bunch.target_names])
