"""Activation functions: the value, and the slope computed from the value.

Both work in place.  Once the next layer has been computed, backpropagation needs the slope f'(Z)
of a layer but no longer its value A = f(Z).  Each function here therefore has a slope that can be
written in terms of a alone, and `slope(A)` puts it where the value was.  No array is allocated,
and Z need not be kept.

    name        value f(z)              slope f'(z), from a = f(z)
    relu        max(0, z)               1 if a > 0 else 0
    leaky_relu  max(0.01 z, z)          1 if a > 0 else 0.01
    tanh        tanh z                  1 - a²
    logistic    1 / (1 + exp(-z))       a - a²
    softplus    log(1 + exp(z))         1 - exp(-a)
    identity    z                       1

The forms below also hold for complex z, so that a complex step can differentiate through them.
Where a form takes exp of a large number the result overflows to infinity.  Its reciprocal is the
right 0, so the warning is silenced there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LEAK = 0.01  # slope of leaky ReLU left of zero, as its authors set it (Maas et al. 2013)


@dataclass(frozen=True)
class Activation:
    """An activation function.

    Attributes
    ----------
    name : str
        Its key in `ACTIVATIONS`.
    value : callable
        ``value(Z)`` overwrites Z, any shape, with f(Z).
    slope : callable
        ``slope(A)`` overwrites A = f(Z) with f'(Z).
    initial_scale : float
        Weights are drawn with standard deviation ``initial_scale / sqrt(fan_in)``.  The logistic
        and softplus slopes are small around 0 (1/4 and 1/2), so they start from larger weights.
    steepest : float
        The largest slope there is.

    Examples
    --------
    >>> import numpy as np
    >>> from nnlib.activations import ACTIVATIONS
    >>> A = np.array([-2.0, 0.0, 3.0])
    >>> ACTIVATIONS["relu"].value(A)
    >>> A.tolist()
    [0.0, 0.0, 3.0]
    >>> ACTIVATIONS["relu"].slope(A)
    >>> A.tolist()
    [0.0, 0.0, 1.0]
    """

    name: str
    value: Callable[[Array], object]
    slope: Callable[[Array], object]
    initial_scale: float = 1.0
    steepest: float = 1.0


def _relu(Z: Array) -> None:
    # As max(0, z), but NumPy has a vectorised loop for two bounds that are numbers.
    Z.clip(0, np.inf, out=Z)


def _relu_slope(A: Array) -> None:
    np.greater(A, 0, out=A)


def _leaky_relu(Z: Array) -> None:
    np.maximum(Z, LEAK * Z, out=Z)


def _leaky_relu_slope(A: Array) -> None:
    np.greater(A, 0, out=A)
    A *= 1 - LEAK
    A += LEAK


def _tanh(Z: Array) -> None:
    if Z.dtype == np.float32:
        np.tanh(Z, out=Z)
        return
    # 2 / (1 + exp(-2z)) - 1 equals tanh z to within rounding of 1.  In float64 it takes as little
    # as half np.tanh's time, by processor; in float32 np.tanh takes as little as a fifth of its.
    Z *= -2
    with np.errstate(over="ignore"):
        np.exp(Z, out=Z)
    Z += 1
    np.divide(2, Z, out=Z)
    Z -= 1


def _tanh_slope(A: Array) -> None:
    np.square(A, out=A)
    np.subtract(1, A, out=A)


def _logistic(Z: Array) -> None:
    np.negative(Z, out=Z)
    with np.errstate(over="ignore"):
        np.exp(Z, out=Z)
    Z += 1
    np.divide(1, Z, out=Z)


def _logistic_slope(A: Array) -> None:
    A -= A * A


def _softplus(Z: Array) -> None:
    # log(1 + exp z) = max(z, 0) + log(1 + exp(-|z|)): exp never sees a positive number.
    positive = np.maximum(Z, 0)
    Z -= 2 * positive
    np.exp(Z, out=Z)
    np.log1p(Z, out=Z)
    Z += positive


def _softplus_slope(A: Array) -> None:
    np.negative(A, out=A)
    np.expm1(A, out=A)
    np.negative(A, out=A)


def _identity(Z: Array) -> None:
    pass


def _identity_slope(A: Array) -> None:
    A[...] = 1


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("relu", _relu, _relu_slope),
        Activation("tanh", _tanh, _tanh_slope),
        Activation("logistic", _logistic, _logistic_slope, initial_scale=4.0, steepest=0.25),
        Activation("identity", _identity, _identity_slope),
        Activation("leaky_relu", _leaky_relu, _leaky_relu_slope),
        Activation("softplus", _softplus, _softplus_slope, initial_scale=2.0),
    )
}
