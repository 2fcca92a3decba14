"""The book's own library, through its public `fit`.

Every epoch it computes J, the accuracy and the norm of the gradient, and keeps the best weights.
`fit` looks once more at the net after its last step; so ``max_epochs=epochs - 1`` makes as many
passes over the data as the others'.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

from benchmarks.problems import Array, Problem
from nnlib import MultilayerPerceptron


def prepare(problem: Problem) -> Callable[[int], Array]:
    """A net with the problem's weights; ``train(epochs)`` fits a copy of it."""
    untrained = MultilayerPerceptron(
        problem.hidden_nodes,
        problem.activation,
        learning_rate=problem.learning_rate,
        reg_lambda=problem.reg_lambda,
        reduction="mean",
        warm_start=True,
        dtype=problem.X.dtype.name,
    )
    # The weights do not depend on the data; a few observations of every class set the shapes.
    few = [(problem.y == c).argmax() for c in range(len(problem.weights[-1]))]
    untrained.initialize(problem.X[few], problem.y[few])
    for layer, W in zip(untrained.layers_, problem.weights, strict=True):
        layer[...] = W

    def train(epochs: int) -> Array:
        net = copy.deepcopy(untrained).set_params(max_epochs=epochs - 1)
        loss: Array = net.fit(problem.X, problem.y).history_.loss
        return loss

    return train
