"""Forward and backward through a multilayer perceptron.

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

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.activations import ACTIVATIONS

Array = npt.NDArray[Any]


def with_ones(X: Array, dtype: npt.DTypeLike = np.float64) -> Array:
    """A_0: observations (..., n, d) as columns above a row of ones, (..., d + 1, n)."""
    *lead, n, d = X.shape
    A = np.ones((*lead, d + 1, n), dtype)
    A[..., :-1, :] = X.mT
    return A


def count_weights(sizes: Sequence[int]) -> int:
    """The length of theta: the weights and biases between layers of these sizes, inputs first."""
    return sum(h * (d + 1) for d, h in pairwise(sizes))


def one_hot(y: Array, k: int, dtype: npt.DTypeLike = np.float64) -> Array:
    """T: class numbers (..., n) in 0..k-1 as columns with a single one, (..., k, n)."""
    T: Array = (y[..., None, :] == np.arange(k)[:, None]).astype(dtype)
    return T


def softmax(Z: Array) -> Array:
    """Overwrite the logits Z (..., k, n) with probabilities P; each column then sums to 1.

    Subtracting each column's largest logit changes nothing in exact arithmetic and keeps exp
    from overflowing in floating point.
    """
    Z -= Z.max(axis=-2, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(axis=-2, keepdims=True)
    return Z


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
        return np.zeros((*self.nets, count_weights(self.sizes)), self.dtype)

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

    def activations(self, X: Array, outputs: Callable[[Array], Array] = softmax) -> list[Array]:
        """Hidden activations (*nets, h_l, n), then outputs (*nets, k, n), of X (n, d).

        `outputs` makes them of the last layer's sums; the softmax makes probabilities.
        """
        buffers = Buffers(self, len(X))
        Z = self.forward(with_ones(X, self.dtype), buffers)
        return [A[..., :-1, :] for A in buffers.A] + [outputs(Z)]

    def backward(self, A_0: Array, buffers: Buffers, G: list[Array]) -> None:
        """Backpropagate D_L, in ``buffers.D[-1]``: G_l += D_l A_{l-1}ᵀ for every layer.

        From the last layer to the first, D_{l-1} = (W̄_lᵀ D_l) f'(Z_{l-1}), where W̄ leaves
        out the bias column.  The slope is written over the spent activation.
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
