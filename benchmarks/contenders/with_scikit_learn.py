"""scikit-learn's `MLPClassifier`, through its public `fit`: solver "sgd", one batch, no momentum.

Two things are not its own, so that it trains the very net of the others: the initial weights, and
with two classes a softmax over two outputs in place of one logistic output.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.problems import Array, Problem


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
        classifier = SoftmaxClassifier(
            problem.hidden_nodes,
            activation=problem.activation,
            solver="sgd",
            alpha=problem.reg_lambda,
            batch_size=len(problem.X),
            learning_rate_init=problem.learning_rate,
            momentum=0,
            nesterovs_momentum=False,
            shuffle=False,
            max_iter=epochs,
            tol=0,
            n_iter_no_change=epochs,
        )
        classifier.initial_weights = problem.weights
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            classifier.fit(problem.X, problem.y)
        return np.array(classifier.loss_curve_)

    return train
