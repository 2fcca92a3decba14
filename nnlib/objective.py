"""What training minimises: J over all observations, and its gradient.

J = (sum of losses + reg_lambda / 2 · sum of squared weights) / n; biases are not penalised.  The
observations pass in blocks.  A sum over blocks is the sum over all observations, so the gradient
is that of the full batch, in the working memory of one block.  A mini-batch is a block whose
gradient is taken alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.losses import SOFTMAX_CROSS_ENTROPY, Loss
from nnlib.network import Buffers, Network, with_ones

Array = npt.NDArray[Any]

#: Observations are kept as columns between epochs up to this many bytes; beyond, each epoch reads
#: them again, so that the memory needed does not grow with their number.
KEPT_BYTES = 2**26


class Objective:
    """J of a network on given observations, and its gradient.

    Parameters
    ----------
    network : Network
        Its current weights are used at every call.
    X : ndarray, shape (n, d) or (*nets, n, d)
        Observations: the same for all nets, or one set for each.  Read block by block, so a
        memory map is never loaded whole.
    y : ndarray, shape (n,) or (*nets, n), or (k, n) or (*nets, k, n)
        Class numbers in 0..k-1, or the columns of numbers to predict: what `loss` takes.
    reg_lambda : float or ndarray, shape (*nets,)
        The L2 penalty on the summed objective.
    block_size : int, optional
        Observations in a block, at the most; by default as many as keep the widest layer's
        activations to about 300 000 numbers.  All blocks but the last get the same length, the
        shortest that needs no more blocks.
    loss : Loss

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
        loss: Loss = SOFTMAX_CROSS_ENTROPY,
    ) -> None:
        self.network, self.X, self.y, self.reg_lambda = network, X, y, reg_lambda
        self.loss_function = loss
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

    def _columns(self, X: Array, y: Array) -> tuple[Array, Array]:
        """A_0 and T of some observations."""
        dtype = self.network.dtype
        return with_ones(X, dtype), self.loss_function.targets(y, self.network.sizes[-1], dtype)

    def _read_blocks(self) -> Iterator[tuple[Array, Array]]:
        """A_0 and T of one block after another."""
        for start in range(0, self.n, self.block_size):
            block = slice(start, start + self.block_size)
            yield self._columns(self.X[..., block, :], self.y[..., block])

    def _buffers(self, m: int) -> Buffers:
        return self.buffers.get(m) or self.buffers.setdefault(m, Buffers(self.network, m))

    def _passes(self) -> Iterator[tuple[Array, Array, Buffers, Any, Any]]:
        """Run each block forward: A_0, T, its buffers, its summed loss and number correct."""
        for A_0, T in self._read_blocks() if self.kept is None else self.kept:
            buffers = self._buffers(T.shape[-1])
            Z = self.network.forward(A_0, buffers)
            yield A_0, T, buffers, *self.loss_function.evaluate(Z, T)

    def penalty(self) -> Any:
        """reg_lambda / 2 · sum of squared weights, (*nets)."""
        theta = self.network.theta
        return (self.decay * theta * theta).sum(axis=-1) / 2

    def evaluate(self) -> tuple[Any, Any]:
        """Mean loss, without the penalty, and accuracy, (*nets) each; accuracy NaN for numbers."""
        total, correct = 0.0, 0
        for *_, loss, block_correct in self._passes():
            total, correct = total + loss, correct + block_correct
        return total / self.n, correct / self.n

    def loss(self) -> Any:
        """J, (*nets): the mean loss, and the penalty shared by the observations."""
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
            buffers.D[-1] -= T  # D_L = P - T; for numbers, Z - T
            self.network.backward(A_0, buffers, self.G)
        return total / self.n, correct / self.n

    def take_batch(self, X: Array, y: Array) -> None:
        """Leave the gradient of m·J over m of the observations alone in `gradient`.

        Over batches that make up all observations, these gradients add up to that of n·J.

        Parameters
        ----------
        X : ndarray, shape (m, d) or (*nets, m, d)
        y : ndarray, shape (m,) or (*nets, m), or (k, m) or (*nets, k, m)
        """
        A_0, T = self._columns(X, y)
        m = T.shape[-1]
        np.multiply(self.decay, self.network.theta, out=self.gradient)
        self.gradient *= m / self.n
        buffers = self._buffers(m)
        outputs = self.loss_function.outputs(self.network.forward(A_0, buffers))
        outputs -= T
        self.network.backward(A_0, buffers, self.G)


class Batches:
    """The observations of an objective a few at a time, in an order drawn anew for each epoch.

    Parameters
    ----------
    objective : Objective
    batch_size : int
        Observations in a batch, m; the last batch of an epoch holds what is left.
    seeds : sequence of numpy SeedSequence
        One for each net.  With the number of the epoch, it decides the order.
    """

    def __init__(
        self, objective: Objective, batch_size: int, seeds: Sequence[np.random.SeedSequence]
    ) -> None:
        self.objective, self.seeds = objective, list(seeds)
        self.batch_size = min(batch_size, int(objective.n))

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return math.ceil(int(self.objective.n) / self.batch_size)

    def order(self, epoch: int) -> Array:
        """The places of the observations in their order, (n,) or (K, n)."""
        orders = [
            np.random.default_rng(
                np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, epoch))
            ).permutation(self.objective.n)
            for seed in self.seeds
        ]
        return np.array(orders) if self.objective.network.nets else orders[0]

    def take(self, epoch: int) -> Iterator[int]:
        """Leave the gradient of one batch after another in the objective; yield its length m."""
        X, y, order = self.objective.X, self.objective.y, self.order(epoch)
        for start in range(0, self.objective.n, self.batch_size):
            chosen = order[..., start : start + self.batch_size]
            self.objective.take_batch(_rows(X, chosen), _entries(y, chosen))
            yield chosen.shape[-1]


def _rows(X: Array, chosen: Array) -> Array:
    """Rows of X (n, d), one choice of them (m,) or K choices (K, m); or of K own X (K, n, d)."""
    return X[chosen] if X.ndim == 2 else np.take_along_axis(X, chosen[..., None], axis=-2)


def _entries(y: Array, chosen: Array) -> Array:
    """Of y, whose last axis is that of the observations, those that were chosen for each net."""
    if chosen.ndim == 1 or y.ndim == 1:
        return y[..., chosen]
    return np.take_along_axis(y, chosen if y.ndim == 2 else chosen[:, None, :], axis=-1)
