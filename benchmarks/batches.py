"""Mini-batches: the same batches in the same order, by gradient descent and by Adam."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np

from benchmarks.contenders import load
from benchmarks.problems import Array, Case, Problem
from benchmarks.timing import differences, interleaved

CONTENDERS = ("nnlib", "scikit-learn", "PyTorch", "JAX")
RATES = {"SGD": 0.1, "Adam": 0.001}


class Bites(NamedTuple):
    """How the digits are taken: observations in a batch, and what makes steps of gradients."""

    batch_size: int
    optimizer: str


ROWS = tuple(Bites(m, optimizer) for m in (32, 256) for optimizer in RATES)

# As many digits as both lengths divide: scikit-learn's penalty weighs more in a shorter batch.
N = 1792
SIZES = (64, 64, 10)


def problem(optimizer: str, dtype: str) -> Problem:
    """The digits, and the first weights."""
    whole = Case("digits", 1797, SIZES, "relu", 0, 0, 0).problem(dtype)
    return dataclasses.replace(whole, X=whole.X[:N], y=whole.y[:N],
                               learning_rate=RATES[optimizer])


def loss(problem: Problem, weights: list[Array]) -> float:
    """J over all observations, of a net with ReLU units."""
    A = problem.X.T.astype(float)
    for W in weights[:-1]:
        A = np.maximum(W[:, :-1] @ A + W[:, -1:], 0)
    Z = weights[-1][:, :-1] @ A + weights[-1][:, -1:]
    cross_entropies = np.log(np.exp(Z - Z.max(axis=0)).sum(axis=0)) + Z.max(axis=0) \
        - Z[problem.y, np.arange(len(problem.y))]
    penalty = problem.reg_lambda / 2 * sum(np.sum(W[:, :-1] ** 2.0) for W in weights)
    return float((cross_entropies.sum() + penalty) / len(problem.y))


def measure(bites: Bites, dtype: str, epochs: int, rounds: int) -> dict[str, Any]:
    """One row: are the losses the same after 1, 2 and all epochs, and how long does one take?

    Returns
    -------
    row : dict
        ``seconds`` per epoch, a list of rounds for each contender, and ``differences``.
    """
    given = problem(bites.optimizer, dtype)
    orders = load("nnlib").orders(given, bites.batch_size, epochs)
    trains = {name: load(name).prepare_batches(given, *bites, orders) for name in CONTENDERS}
    losses = {name: np.array([loss(given, train(after)) for after in (1, 2, epochs)])
              for name, train in trains.items()}
    seconds = interleaved({name: (lambda train=train: train(epochs))
                           for name, train in trains.items()}, rounds)
    return {**bites._asdict(), "n": N, "sizes": SIZES, "dtype": dtype, "epochs": epochs,
            "differences": differences(losses, dtype),
            "seconds": {name: [value / epochs for value in own] for name, own in seconds.items()}}
