"""What training minimises: J over all observations, and its gradient.

J = (sum of cross-entropies + reg_lambda / 2 · sum of squared weights) / n; biases are not
penalised.  The observations pass in blocks.  A sum over blocks is the sum over all observations,
so the gradient is that of the full batch, in the working memory of one block.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.network import Buffers, Network, one_hot, with_ones

Array = npt.NDArray[Any]

#: Observations are kept as columns between epochs up to this many bytes; beyond, each epoch reads
#: them again, so that the memory needed does not grow with their number.
KEPT_BYTES = 2**26


def softmax_cross_entropy(Z: Array, T: Array) -> tuple[Any, Any]:
    """Sum of cross-entropies and number correct, (...); overwrites the logits Z with P.

    -log P[y] = log(sum_c exp Z[c]) - Z[y], with the largest logit subtracted first: the stable
    log-sum-exp.

    Parameters
    ----------
    Z : ndarray, shape (..., k, n)
        Logits.
    T : ndarray, shape (..., k, n)
        One-hot targets.
    """
    Z -= Z.max(axis=-2, keepdims=True)
    true_logits = (T * Z).sum(axis=-2)
    # Now the largest logit of every column is 0, and the prediction is right where that of the
    # true class is.  That takes a tenth of argmax's time; only a tie needs argmax to decide.
    if Z.size - np.count_nonzero(Z) == true_logits.size:
        right = true_logits == 0
    else:
        right = Z.argmax(axis=-2) == T.argmax(axis=-2)
    # For one net, counting takes a tenth of the time that adding up takes.
    correct = np.count_nonzero(right) if right.ndim == 1 else right.sum(axis=-1)
    np.exp(Z, out=Z)
    sums = Z.sum(axis=-2, keepdims=True)
    Z /= sums
    return (np.log(sums)[..., 0, :] - true_logits).sum(axis=-1), correct


class Objective:
    """J of a network on given observations, and its gradient.

    Parameters
    ----------
    network : Network
        Its current weights are used at every call.
    X : ndarray, shape (n, d) or (*nets, n, d)
        Observations: the same for all nets, or one set for each.  Read block by block, so a
        memory map is never loaded whole.
    y : ndarray of int, shape (n,) or (*nets, n)
        Class numbers in 0..k-1.
    reg_lambda : float or ndarray, shape (*nets,)
        The L2 penalty on the summed objective.
    block_size : int, optional
        Observations in a block, at the most; by default as many as keep the widest layer's
        activations to about 300 000 numbers.  All blocks but the last get the same length, the
        shortest that needs no more blocks.

    Attributes
    ----------
    gradient : ndarray, shape of ``network.theta``
        Gradient of n·J, after a call of `evaluate_with_gradient`.
    """

    def __init__(
        self,
        network: Network,
        X: Array,
        y: Array,
        reg_lambda: Any = 0.0,
        block_size: int | None = None,
    ) -> None:
        self.network, self.X, self.y, self.reg_lambda = network, X, y, reg_lambda
        self.n = X.shape[-2]
        self.decay = network.zeros()  # reg_lambda for every weight, 0 for every bias
        for decay in network.matrices(self.decay):
            decay[..., :-1] = np.asarray(reg_lambda)[..., None, None]
        widest = max(network.sizes[1:]) * max(1, int(np.prod(network.nets)))
        n_blocks = math.ceil(self.n / (block_size or max(256, 300_000 // widest)))
        self.block_size = math.ceil(self.n / n_blocks)
        self.buffers: dict[int, Buffers] = {}
        self.gradient = network.zeros()
        self.G = network.matrices(self.gradient)
        columns = (X.size + y.size * (1 + network.sizes[-1])) * network.dtype.itemsize
        self.kept = list(self._read_blocks()) if columns <= KEPT_BYTES else None

    def _read_blocks(self) -> Iterator[tuple[Array, Array]]:
        """A_0 and T of one block after another."""
        k, dtype = self.network.sizes[-1], self.network.dtype
        for start in range(0, self.n, self.block_size):
            block = slice(start, start + self.block_size)
            yield with_ones(self.X[..., block, :], dtype), one_hot(self.y[..., block], k, dtype)

    def _passes(self) -> Iterator[tuple[Array, Array, Buffers, Any, Any]]:
        """Run each block forward: A_0, T, its buffers, its summed loss and number correct."""
        for A_0, T in self._read_blocks() if self.kept is None else self.kept:
            m = T.shape[-1]
            buffers = self.buffers.get(m) or self.buffers.setdefault(m, Buffers(self.network, m))
            logits = self.network.forward(A_0, buffers)
            yield A_0, T, buffers, *softmax_cross_entropy(logits, T)

    def penalty(self) -> Any:
        """reg_lambda / 2 · sum of squared weights, (*nets)."""
        theta = self.network.theta
        return (self.decay * theta * theta).sum(axis=-1) / 2

    def evaluate(self) -> tuple[Any, Any]:
        """Mean cross-entropy, without the penalty, and accuracy, (*nets) each."""
        total, correct = 0.0, 0
        for *_, loss, block_correct in self._passes():
            total, correct = total + loss, correct + block_correct
        return total / self.n, correct / self.n

    def loss(self) -> Any:
        """J, (*nets): the mean cross-entropy, and the penalty shared by the observations."""
        return self.evaluate()[0] + self.penalty() / self.n

    def dead_layers(self) -> list[int]:
        """Hidden layers of one net, numbered from 1, that nothing passes: no data, no gradient.

        Each of their nodes puts out the same for all observations, with slope 0.
        """
        first: dict[int, Array] = {}
        alive: set[int] = set()
        for _, _, buffers, *_ in self._passes():
            for layer, A in enumerate(buffers.A, start=1):
                values = A[:-1]
                if (values != first.setdefault(layer, values[:, :1].copy())).any():
                    alive.add(layer)
                self.network.activation.slope(values)
                if values.any():
                    alive.add(layer)
        return sorted(first.keys() - alive)

    def evaluate_with_gradient(self) -> tuple[Any, Any]:
        """J and accuracy, (*nets) each; leaves the gradient of n·J in `gradient`."""
        theta, correct = self.network.theta, 0
        np.multiply(self.decay, theta, out=self.gradient)  # the penalty's gradient comes first
        total = np.vecdot(theta, self.gradient) / 2
        for A_0, T, buffers, loss, block_correct in self._passes():
            total, correct = total + loss, correct + block_correct
            buffers.D[-1] -= T  # D_L = P - T
            self.network.backward(A_0, buffers, self.G)
        return total / self.n, correct / self.n
