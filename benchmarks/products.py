"""The matrix products of an epoch and nothing else: what no NumPy program of this form can beat.

They are those of chapter 3, on arrays made once: W_l A_{l-1} forward, D_l A_{l-1}ᵀ for the
gradient, and W̄_{l+1}ᵀ D_{l+1} backward.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from benchmarks.problems import Problem


def prepare(problem: Problem, block: int | None = None) -> Callable[[int], None]:
    """``multiply(epochs)`` does the products, over blocks of observations or over all at once."""
    n, dtype = len(problem.X), problem.X.dtype
    sizes = [problem.X.shape[1], *(len(W) for W in problem.weights)]
    lengths = [min(block or n, n - start) for start in range(0, n, block or n)]
    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal((sizes[0] + 1, m), dtype=dtype.type) for m in lengths]
    A = [rng.standard_normal((h + 1, lengths[0]), dtype=dtype.type) for h in sizes[1:-1]]
    D = [rng.standard_normal((h, lengths[0]), dtype=dtype.type) for h in sizes[1:]]
    G = [np.empty((h, d + 1), dtype) for d, h in pairwise(sizes)]

    def multiply(epochs: int) -> None:
        for _ in range(epochs):
            for A_0 in inputs:
                m = A_0.shape[1]
                a, d = [A_0, *(part[:, :m] for part in A)], [part[:, :m] for part in D]
                for layer, W in enumerate(problem.weights):
                    np.matmul(W, a[layer], out=d[layer])
                for layer, W in reversed(list(enumerate(problem.weights))):
                    np.matmul(d[layer], a[layer].T, out=G[layer])
                    if layer > 0:
                        np.matmul(W[:, :-1].T, d[layer], out=d[layer - 1])

    return multiply
