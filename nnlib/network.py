"""Forward and backward through a multilayer perceptron (chapters 2 and 3).

One observation is one COLUMN.  The last row of every input is all ones and the last column of
every weight matrix is the bias, so that the product W A includes the bias, and the product D Aᵀ
gives the gradient of weights and bias together:

    A_0 = [Xᵀ; 1]                (d + 1, n)
    Z_l = W_l A_{l-1}            (h_l, n)         W_l is (h_l, h_{l-1} + 1)
    A_l = [f(Z_l); 1]            (h_l + 1, n)
    P   = softmax(Z_L)           (k, n)

Every array may carry a leading axis of K nets: the same lines then compute K nets in lock-step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.activations import ACTIVATIONS

Array = npt.NDArray[Any]


def with_ones(X: Array, dtype: npt.DTypeLike = np.float64) -> Array:
    """A_0: observations (n, d) as columns above a row of ones, (d + 1, n)."""
    n, d = X.shape
    A = np.ones((d + 1, n), dtype)
    A[:-1] = X.T
    return A


def one_hot(y: Array, k: int, dtype: npt.DTypeLike = np.float64) -> Array:
    """T: class numbers (n,) in 0..k-1 as columns with a single one, (k, n)."""
    T: Array = (y == np.arange(k)[:, None]).astype(dtype)
    return T


def softmax(Z: Array) -> Array:
    """Overwrite the logits Z (..., k, n) with probabilities P; each column then sums to 1.

    Subtracting each column's largest logit changes nothing in exact arithmetic and keeps exp
    from overflowing in floating point (chapter 2).
    """
    Z -= Z.max(axis=-2, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(axis=-2, keepdims=True)
    return Z


def softmax_cross_entropy(Z: Array, T: Array) -> Any:
    """Sum of the columns' cross-entropies, (...); overwrites the logits Z (..., k, n) by P.

    -log P[y] = log(sum_c exp Z[c]) - Z[y], with the largest logit subtracted first: the
    stable log-sum-exp of chapter 2.  `T` (k, n) is one-hot.
    """
    Z -= Z.max(axis=-2, keepdims=True)
    true_logits = np.einsum("...kn,...kn->...", T, Z)
    np.exp(Z, out=Z)
    sums = Z.sum(axis=-2, keepdims=True)
    Z /= sums
    return np.log(sums).sum(axis=(-2, -1)) - true_logits


class Network:
    """The weights of a multilayer perceptron, and the passes through them.

    Parameters
    ----------
    sizes : sequence of int
        Nodes in each layer: ``(d, h_1, ..., k)``; ``(d, k)`` is softmax regression.
    activation : str
        Key of `nnlib.activations.ACTIVATIONS`, for every hidden layer.
    dtype : dtype
        Of the weights and of all arithmetic.
    nets : tuple of int
        Leading axes: ``()`` for one net, ``(K,)`` for K nets in lock-step.

    Attributes
    ----------
    theta : ndarray, shape (*nets, number of parameters)
        All weights and biases, flat.
    W : list of ndarray, shapes (*nets, h_l, h_{l-1} + 1)
        The same numbers as matrices: views of `theta`.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str,
        dtype: npt.DTypeLike = np.float64,
        nets: tuple[int, ...] = (),
    ) -> None:
        self.sizes = tuple(sizes)
        self.activation = ACTIVATIONS[activation]
        self.dtype = np.dtype(dtype)
        self.nets = nets
        self.theta = self.zeros()
        self.W = self.matrices(self.theta)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make `W` views of `theta` again: in a copy or a pickle they are arrays of their own."""
        self.__dict__.update(state)
        self.W = self.matrices(self.theta)

    def zeros(self) -> Array:
        """A flat array with one zero for every parameter, (*nets, number of parameters)."""
        n_parameters = sum(h * (d + 1) for d, h in pairwise(self.sizes))
        return np.zeros((*self.nets, n_parameters), self.dtype)

    def matrices(self, theta: Array) -> list[Array]:
        """Views of a flat parameter array: one (*nets, h_l, h_{l-1} + 1) matrix a layer."""
        matrices, start = [], 0
        for d, h in pairwise(self.sizes):
            part = theta[..., start : start + h * (d + 1)]
            matrices.append(part.reshape(*self.nets, h, d + 1))
            start += h * (d + 1)
        return matrices

    def initialize(self, rng: np.random.Generator, scale: float | None = None) -> None:
        """Draw weights from N(0, scale² / fan_in) and set biases to 0.

        `scale` None takes the activation's own `initial_scale`.  Dividing by the square root of
        the fan-in keeps the size of a layer's signal independent of the width of the layer below
        (LeCun et al. 1998).
        """
        if scale is None:
            scale = self.activation.initial_scale
        for W in self.W:
            weights = W[..., :-1]
            weights[...] = rng.standard_normal(weights.shape) * (scale / weights.shape[-1] ** 0.5)
            W[..., -1] = 0

    def forward(self, A_0: Array, buffers: Buffers) -> Array:
        """Compute Z_l = W_l A_{l-1} and A_l = f(Z_l) up to the logits Z_L (..., k, m)."""
        A = [A_0, *buffers.A]
        for l, W in enumerate(self.W[:-1]):
            Z = A[l + 1][..., :-1, :]
            np.matmul(W, A[l], out=Z)
            self.activation.value(Z)
        return np.matmul(self.W[-1], A[-1], out=buffers.D[-1])

    def activations(self, X: Array) -> list[Array]:
        """Hidden activations (*nets, h_l, n), then probabilities (*nets, k, n), of X (n, d)."""
        buffers = Buffers(self, len(X))
        logits = self.forward(with_ones(X, self.dtype), buffers)
        return [A[..., :-1, :] for A in buffers.A] + [softmax(logits)]

    def backward(self, A_0: Array, buffers: Buffers, G: list[Array]) -> None:
        """Backpropagate D_L, in ``buffers.D[-1]``: G_l += D_l A_{l-1}ᵀ for every layer.

        From the last layer to the first, D_{l-1} = (W̄_lᵀ D_l) f'(Z_{l-1}), where W̄ leaves
        out the bias column (chapter 3).  The slope is written over the spent activation.
        """
        A, D = [A_0, *buffers.A], buffers.D
        for l in reversed(range(len(self.W))):
            G[l] += D[l] @ A[l].mT
            if l > 0:
                slope = A[l][..., :-1, :]
                self.activation.slope(slope)
                np.matmul(self.W[l][..., :-1].mT, D[l], out=D[l - 1])
                D[l - 1] *= slope


class Buffers:
    """The arrays that m observations pass through: made once, used again every epoch.

    Attributes
    ----------
    A : list of ndarray, shapes (*nets, h_l + 1, m)
        Hidden activations; the last row is ones.
    D : list of ndarray, shapes (*nets, h_l, m)
        d(nJ)/dZ_l; the last entry, (*nets, k, m), first holds the logits, then P.
    """

    def __init__(self, network: Network, m: int) -> None:
        nets, dtype = network.nets, network.dtype
        self.A = [np.ones((*nets, h + 1, m), dtype) for h in network.sizes[1:-1]]
        self.D = [np.empty((*nets, h, m), dtype) for h in network.sizes[1:]]


class Objective:
    """J of a network on given observations, and its gradient (chapters 2 and 3).

    J = (sum of cross-entropies + reg_lambda / 2 · sum of squared weights) / n; biases are not
    penalised.  The observations pass in blocks: the sums are those of the full batch, in the
    working memory of one block.

    Parameters
    ----------
    network : Network
        Its current weights are used at every call.
    X : ndarray, shape (n, d)
        Observations.
    y : ndarray of int, shape (n,)
        Class numbers in 0..k-1.
    reg_lambda : float
        The L2 penalty on the summed objective.

    Attributes
    ----------
    gradient : ndarray, shape of ``network.theta``
        Gradient of n·J, after a call of `evaluate_with_gradient`.
    """

    def __init__(self, network: Network, X: Array, y: Array, reg_lambda: float = 0.0) -> None:
        self.network, self.X, self.y, self.reg_lambda = network, X, y, reg_lambda
        self.n = len(X)
        k, block = network.sizes[-1], block_size(network)
        self.blocks = [
            (
                with_ones(X[start : start + block], network.dtype),
                y[start : start + block],
                one_hot(y[start : start + block], k, network.dtype),
            )
            for start in range(0, len(X), block)
        ]
        self.buffers = {m: Buffers(network, m) for m in {len(y) for _, y, _ in self.blocks}}
        self.gradient = network.zeros()
        self.G = network.matrices(self.gradient)

    def passes(self) -> Iterator[tuple[Array, Array, Buffers, Any, Any]]:
        """Run every block forward; yield A_0, T, its buffers, its loss and its correct count."""
        for A_0, y, T in self.blocks:
            buffers = self.buffers[len(y)]
            logits = self.network.forward(A_0, buffers)
            correct = np.count_nonzero(logits.argmax(axis=-2) == y, axis=-1)
            yield A_0, T, buffers, softmax_cross_entropy(logits, T), correct

    def penalty(self) -> Any:
        """reg_lambda / 2 · sum of squared weights, (*nets)."""
        squares = sum(np.square(W[..., :-1]).sum(axis=(-2, -1)) for W in self.network.W)
        return self.reg_lambda / 2 * squares

    def evaluate(self) -> tuple[Any, Any]:
        """Mean cross-entropy, without the penalty, and accuracy, (*nets) each."""
        total, correct = 0.0, 0
        for *_, loss, block_correct in self.passes():
            total, correct = total + loss, correct + block_correct
        return total / self.n, correct / self.n

    def evaluate_with_gradient(self) -> tuple[Any, Any]:
        """J and accuracy, (*nets) each; leaves the gradient of n·J in `gradient`."""
        total, correct = self.penalty(), 0
        self.gradient[...] = 0
        for A_0, T, buffers, loss, block_correct in self.passes():
            total, correct = total + loss, correct + block_correct
            buffers.D[-1] -= T  # D_L = P - T
            self.network.backward(A_0, buffers, self.G)
        for G, W in zip(self.G, self.network.W, strict=True):
            G[..., :-1] += self.reg_lambda * W[..., :-1]
        return total / self.n, correct / self.n


def block_size(network: Network) -> int:
    """Observations in a block: as many as keep the widest layer's buffer near 2 MB."""
    return max(256, 2**18 // max(network.sizes[1:]))
