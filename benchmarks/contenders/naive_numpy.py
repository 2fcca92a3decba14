"""NumPy as it is first written: rows are observations, and every line makes new arrays.

This is how the tutorial that this project grew from does it, with the biases as arrays of their
own.  J is added, from the probabilities that are there anyway.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.problems import Array, Problem


def prepare(problem: Problem) -> Callable[[int], Array]:
    """``train(epochs)`` descends in plain NumPy."""
    X, y, n = problem.X, problem.y, len(problem.X)
    reg_lambda, step = problem.reg_lambda, problem.learning_rate / n
    is_tanh = problem.activation == "tanh"
    rows = np.arange(n)

    def train(epochs: int) -> Array:
        weights = [W[:, :-1].T.copy() for W in problem.weights]
        biases = [W[:, -1].copy() for W in problem.weights]
        losses = np.empty(epochs)
        for epoch in range(epochs):
            A = [X]
            for W, b in zip(weights[:-1], biases[:-1], strict=True):
                Z = A[-1].dot(W) + b
                A.append(np.tanh(Z) if is_tanh else np.maximum(Z, 0))
            Z = A[-1].dot(weights[-1]) + biases[-1]
            exp_Z = np.exp(Z - Z.max(axis=1, keepdims=True))
            P = exp_Z / exp_Z.sum(axis=1, keepdims=True)
            penalty = sum(np.sum(np.square(W)) for W in weights) * reg_lambda / 2
            losses[epoch] = (-np.log(P[rows, y]).sum() + penalty) / n

            D = P
            D[rows, y] -= 1
            for layer in reversed(range(len(weights))):
                dW = A[layer].T.dot(D) + reg_lambda * weights[layer]
                db = D.sum(axis=0)
                if layer > 0:
                    slope = 1 - np.power(A[layer], 2) if is_tanh else A[layer] > 0
                    D = D.dot(weights[layer].T) * slope
                weights[layer] = weights[layer] - step * dW
                biases[layer] = biases[layer] - step * db
        return losses

    return train
