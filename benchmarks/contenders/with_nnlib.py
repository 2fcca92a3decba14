"""The book's own library, through its public `fit`.

Every epoch it computes J, the accuracy and the norm of the gradient, and keeps the best weights.
`fit` looks once more at the net after its last step; so ``max_epochs=epochs - 1`` makes as many
passes over the data as the others'.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.problems import EPSILON, Array, Problem
from nnlib import MultilayerPerceptron, optimizers

OPTIMIZERS = {"SGD": optimizers.GradientDescent, "Adam": optimizers.Adam}


def untrained(problem: Problem, **parameters: Any) -> MultilayerPerceptron:
    """A net with the problem's weights, which a fit goes on from."""
    net = MultilayerPerceptron(
        problem.hidden_nodes,
        problem.activation,
        learning_rate=problem.learning_rate,
        reg_lambda=problem.reg_lambda,
        reduction="mean",
        warm_start=True,
        dtype=problem.X.dtype.name,
        **parameters,
    )
    # The weights do not depend on the data; a few observations of every class set the shapes.
    few = [(problem.y == c).argmax() for c in range(len(problem.weights[-1]))]
    net.initialize(problem.X[few], problem.y[few])
    for layer, W in zip(net.layers_, problem.weights, strict=True):
        layer[...] = W
    return net


def prepare(problem: Problem) -> Callable[[int], Array]:
    """A net with the problem's weights; ``train(epochs)`` fits a copy of it."""
    start = untrained(problem)

    def train(epochs: int) -> Array:
        net = copy.deepcopy(start).set_params(max_epochs=epochs - 1)
        loss: Array = net.fit(problem.X, problem.y).history_.loss
        return loss

    return train


def _with_batches(problem: Problem, batch_size: int, optimizer: str) -> MultilayerPerceptron:
    settings = {"epsilon": EPSILON} if optimizer == "Adam" else {}
    return untrained(problem, batch_size=batch_size, optimizer=OPTIMIZERS[optimizer](**settings),
                     random_state=0)


def orders(problem: Problem, batch_size: int, epochs: int) -> Array:
    """The places of the observations in the order in which each epoch takes them, (epochs, n)."""
    batches = _with_batches(problem, batch_size, "SGD").begin(problem.X, problem.y).descent.batches
    assert batches is not None
    return np.array([batches.order(epoch) for epoch in range(1, epochs + 1)])


def prepare_batches(
    problem: Problem, batch_size: int, optimizer: str, orders: Array
) -> Callable[[int], list[Array]]:
    """``train(epochs)`` fits a copy of a net, which draws the same orders by itself."""
    start = _with_batches(problem, batch_size, optimizer)

    def train(epochs: int) -> list[Array]:
        net = copy.deepcopy(start).set_params(max_epochs=epochs)
        return list(net.fit(problem.X, problem.y).layers_)

    return train
