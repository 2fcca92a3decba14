"""scikit-learn's `MLPClassifier`, through its public `fit`: solver "sgd", one batch, no momentum.

Two things are not its own, so that it trains the very net of the others: the initial weights, and
with two classes a softmax over two outputs in place of one logistic output.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.problems import EPSILON, Array, Problem


class SoftmaxClassifier(MLPClassifier):
    """An `MLPClassifier` that starts from ``initial_weights`` and always ends in a softmax."""

    initial_weights: list[Array]

    def _validate_input(self, X: Array, y: Array, *args: Any, **kwargs: Any) -> Any:
        X, T = super()._validate_input(X, y, *args, **kwargs)
        return X, (np.hstack([~T, T]) if T.shape[1] == 1 else T)

    def _initialize(self, *args: Any) -> None:
        super()._initialize(*args)
        self.out_activation_ = "softmax"
        self.coefs_ = [W[:, :-1].T.copy() for W in self.initial_weights]
        self.intercepts_ = [W[:, -1].copy() for W in self.initial_weights]


def prepare(problem: Problem) -> Callable[[int], Array]:
    """``train(epochs)`` fits a new classifier."""

    def train(epochs: int) -> Array:
        return np.array(fitted(problem, epochs, "sgd", len(problem.X), shuffle=False).loss_curve_)

    return train


def fitted(
    problem: Problem, epochs: int, solver: str, batch_size: int, **settings: Any
) -> SoftmaxClassifier:
    """A new classifier after so many epochs from the problem's weights."""
    classifier = SoftmaxClassifier(
        problem.hidden_nodes,
        activation=problem.activation,
        solver=solver,
        # The penalty is shared by the observations of a batch, not by all.
        alpha=problem.reg_lambda * batch_size / len(problem.X),
        batch_size=batch_size,
        learning_rate_init=problem.learning_rate,
        momentum=0,
        nesterovs_momentum=False,
        max_iter=epochs,
        tol=0,
        n_iter_no_change=epochs,
        epsilon=EPSILON,
        **settings,
    )
    classifier.initial_weights = problem.weights
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(problem.X, problem.y)
    return classifier


class GivenShuffles(np.random.RandomState):
    """A generator that shuffles as it is told, one time after another."""

    def __init__(self, shuffles: list[Array]) -> None:
        super().__init__(0)
        self._shuffles = iter(shuffles)

    def shuffle(self, places: Array) -> None:
        """Put 0, 1, ..., n - 1 into the next order."""
        places[:] = next(self._shuffles)


def prepare_batches(
    problem: Problem, batch_size: int, optimizer: str, orders: Array
) -> Callable[[int], list[Array]]:
    """``train(epochs)`` fits a new classifier, which shuffles as `orders` say."""
    # Each leads from the order of one epoch to that of the next.
    shuffles = [orders[0], *(np.argsort(a)[b] for a, b in pairwise(orders))]

    def train(epochs: int) -> list[Array]:
        classifier = fitted(problem, epochs, optimizer.lower(), batch_size,
                            random_state=GivenShuffles(shuffles))
        return [np.hstack([W.T, b[:, None]])
                for W, b in zip(classifier.coefs_, classifier.intercepts_, strict=True)]

    return train
