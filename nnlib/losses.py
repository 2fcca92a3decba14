"""What the outputs are, and what is lost where they differ from the targets.

A loss says how the last layer's sums Z_L become outputs Y, and adds up the losses of the columns.
Both losses are paired with the outputs whose gradient is the difference itself,

    D_L = d(loss)/dZ_L = Y - T,

so backpropagation begins with the same line for classes and for numbers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.network import one_hot, softmax

Array = npt.NDArray[Any]


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


def squared_error(Z: Array, T: Array) -> Any:
    """Half the sum of squared differences, (...); Z stays as it is.

    Parameters
    ----------
    Z : ndarray, shape (..., k, n)
        Outputs.
    T : ndarray, shape (..., k, n)
        Targets.
    """
    difference = Z - T
    return np.square(difference, out=difference).sum(axis=(-2, -1)) / 2


class Loss(ABC):
    """What the objective asks of a loss.

    Attributes
    ----------
    name : str
        As messages call it.
    """

    name: str

    @abstractmethod
    def targets(self, y: Array, k: int, dtype: npt.DTypeLike) -> Array:
        """T: what the outputs should be, (..., k, n)."""

    @abstractmethod
    def outputs(self, Z: Array) -> Array:
        """Overwrite the last layer's sums Z (..., k, n) with the outputs."""

    @abstractmethod
    def evaluate(self, Z: Array, T: Array) -> tuple[Any, Any]:
        """Summed loss and number correct, (...); overwrites the sums Z with the outputs."""

    @abstractmethod
    def of_guessing(self, y: Array) -> Any:
        """The mean loss of the best constant outputs, (...); None for log k, of k equal classes."""


class SoftmaxCrossEntropy(Loss):
    """For classes: probabilities by the softmax, and -log of that of the true class.

    Here ``y`` holds class numbers 0..k-1, (..., n).
    """

    name = "cross-entropy"

    def targets(self, y: Array, k: int, dtype: npt.DTypeLike) -> Array:
        """One-hot columns, (..., k, n)."""
        return one_hot(y, k, dtype)

    def outputs(self, Z: Array) -> Array:
        """Overwrite logits with probabilities."""
        return softmax(Z)

    def evaluate(self, Z: Array, T: Array) -> tuple[Any, Any]:
        """Sum of cross-entropies and number correct, (...); overwrites Z with probabilities."""
        return softmax_cross_entropy(Z, T)

    def of_guessing(self, y: Array) -> Any:
        """None: log k, the entropy of k equally frequent classes."""
        return None


class SquaredError(Loss):
    """For numbers: outputs are the last layer's sums; half the squared distance from the targets.

    Here ``y`` holds the numbers to predict as columns already, (..., k, n).  None is "correct".
    """

    name = "squared error"

    def targets(self, y: Array, k: int, dtype: npt.DTypeLike) -> Array:
        """The numbers themselves."""
        return np.ascontiguousarray(y, dtype)

    def outputs(self, Z: Array) -> Array:
        """The sums themselves."""
        return Z

    def evaluate(self, Z: Array, T: Array) -> tuple[Any, Any]:
        """Half the sum of squared errors, and NaN in the place of a number correct."""
        loss = squared_error(Z, T)
        return loss, np.full_like(loss, np.nan)

    def of_guessing(self, y: Array) -> Any:
        """Half the variance, summed over the outputs: that of always guessing the mean."""
        return y.var(axis=-1, dtype=np.float64).sum(axis=-1) / 2


SOFTMAX_CROSS_ENTROPY = SoftmaxCrossEntropy()
SQUARED_ERROR = SquaredError()
