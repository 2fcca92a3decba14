"""What is trained: the sizes of each row of the tables, its data and its initial weights."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

DTYPES = ("float64", "float32")

#: Of Adam.  scikit-learn adds it to another root than the others; this one is felt nowhere.
EPSILON = 1e-30


@dataclass(frozen=True)
class Problem:
    """One net to train by full-batch gradient descent on one set of data.

    Attributes
    ----------
    X : ndarray, shape (n, d)
    y : ndarray of int, shape (n,)
        Class numbers in 0..k-1.
    weights : list of ndarray, shapes (h_l, h_{l-1} + 1)
        Initial weights, the bias as last column.
    activation : {"relu", "tanh"}
    learning_rate : float
        Multiplies the gradient of J, the mean.
    reg_lambda : float
        J = (sum of cross-entropies + reg_lambda / 2 · sum of squared weights) / n, biases left
        out of the sum.
    """

    X: Array
    y: Array
    weights: list[Array]
    activation: str
    learning_rate: float = 0.1
    reg_lambda: float = 1.0

    @property
    def hidden_nodes(self) -> tuple[int, ...]:
        """Nodes of each hidden layer."""
        return tuple(len(W) for W in self.weights[:-1])


@dataclass(frozen=True)
class Case:
    """A row of the tables.

    Attributes
    ----------
    key : str
        Its name in the results.
    n : int
        Observations.
    sizes : tuple of int
        (d, h_1, ..., k).
    activation : {"relu", "tanh"}
    epochs : int
        In one timed run.
    checked_epochs : int
        Over which the contenders must have the same losses.
    rounds : int
        Timed runs of each contender.
    """

    key: str
    n: int
    sizes: tuple[int, ...]
    activation: str
    epochs: int
    checked_epochs: int
    rounds: int

    def problem(self, dtype: str) -> Problem:
        """The data and initial weights, the same at every call."""
        rng = np.random.default_rng(0)
        if self.key == "digits":
            from nnlib import datasets

            X, y = datasets.digits()
            X = ((X - X.mean()) / X.std()).astype(dtype)
        else:
            # Drawn in the dtype itself, so that no larger array blurs the memory's measurement.
            X = rng.standard_normal((self.n, self.sizes[0]), dtype=np.dtype(dtype).type)
            y = np.abs(X[:, : self.sizes[-1]]).argmax(axis=1)
        weights = []
        for fan_in, nodes in pairwise(self.sizes):
            W = np.zeros((nodes, fan_in + 1), dtype)
            W[:, :-1] = rng.standard_normal((nodes, fan_in)) / np.sqrt(fan_in)
            weights.append(W)
        return Problem(X, y, weights, self.activation)


CASES = (
    Case("small", 200, (2, 32, 2), "relu", epochs=1000, checked_epochs=1000, rounds=7),
    Case("small tanh", 200, (2, 32, 2), "tanh", epochs=1000, checked_epochs=1000, rounds=7),
    Case("small deep", 200, (2, 32, 32, 2), "tanh", epochs=800, checked_epochs=1000, rounds=7),
    Case("wide", 1000, (2, 128, 2), "relu", epochs=250, checked_epochs=1000, rounds=7),
    Case("digits", 1797, (64, 64, 10), "relu", epochs=120, checked_epochs=1000, rounds=7),
    Case("large", 100_000, (20, 256, 10), "relu", epochs=3, checked_epochs=3, rounds=5),
    Case("largest", 1_000_000, (20, 64, 2), "relu", epochs=2, checked_epochs=2, rounds=3),
)

# The plot of time against n: one net, ever more observations.
SWEEP = tuple(
    Case(f"n={n}", n, (20, 64, 2), "relu", max(2, 40_000 // n), max(2, 40_000 // n), rounds=5)
    for n in (100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000)
)

# A smoke run: every part of the benchmark, with figures that mean nothing.
QUICK_CASES = (
    Case("small", 200, (2, 32, 2), "relu", epochs=50, checked_epochs=50, rounds=2),
    Case("digits", 1797, (64, 64, 10), "relu", epochs=5, checked_epochs=5, rounds=2),
    Case("large", 5000, (20, 256, 10), "relu", epochs=2, checked_epochs=2, rounds=2),
    Case("largest", 20_000, (20, 64, 2), "relu", epochs=2, checked_epochs=2, rounds=2),
)
QUICK_SWEEP = tuple(
    Case(f"n={n}", n, (20, 64, 2), "relu", 5, 5, rounds=1) for n in (100, 10_000)
)
