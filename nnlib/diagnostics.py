"""Looking inside a net: are its gradients right, do they flow, is anything dead, how long may a
step be?  Every function takes a net, fitted or initialised, and data; it changes neither.  One
takes what was recorded of a net, before it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.activations import Activation
from nnlib.nets import Net
from nnlib.network import Network
from nnlib.objective import Objective
from nnlib.validation import (
    check_choice,
    check_count,
    check_kind,
    check_numbers,
    check_random_state,
    check_real,
    shown,
)

FloatArray = npt.NDArray[np.floating[Any]]

DEFAULT_STEPS = {"central": 1e-5, "complex": 1e-30}
# Shorter, a central step is lost in the rounding of the weight that it moves.
SHORTEST_STEPS = {"central": 1e-12, "complex": 1e-300}
LONGEST_STEP = 1.0
MAX_ITERATIONS = 10**6
NETS = "a ThreeLayerNet, a FourLayerNet, a MultilayerPerceptron or a MultilayerRegressor"


@dataclass(frozen=True)
class GradientCheck:
    """How far backpropagation is from a numerical derivative.

    Attributes
    ----------
    method : str
        "central" or "complex".
    relative_errors : tuple of float
        One a layer: the largest absolute difference in the layer, divided by the largest
        absolute entry of the layer's numerical gradient.
    """

    method: str
    relative_errors: tuple[float, ...]

    @property
    def largest(self) -> float:
        """The largest of the layers' relative errors."""
        return float(np.max(self.relative_errors))  # NaN if any of them is


def gradient_check(
    net: Net,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    method: str = "central",
    step: float | None = None,
) -> GradientCheck:
    """Compare ``net.gradients(X, y)`` with derivatives that use the forward pass only.

    Parameters
    ----------
    net : Net
        A net of dtype float64.
    X : array_like, shape (n, d)
    y : array_like, shape (n,)
    method : {"central", "complex"}
        "central" takes (J(w + h) - J(w - h)) / 2h, a compromise between truncation and
        cancellation; "complex" takes Im J(w + ih) / h, which subtracts nothing and is exact to
        rounding (Martins, Sturdza & Alonso 2003).
    step : float, optional
        h, at most 1; by default 1e-5 for "central", where it must be at least 1e-12, and 1e-30
        for "complex".

    Returns
    -------
    GradientCheck

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, the net is not of dtype float64, or the numerical
        derivative overflows.

    Notes
    -----
    Every single weight costs two forward passes ("central") or a complex one: use small nets and
    few observations.  At a kink of ReLU there is no derivative, and a step across it shows as an
    error of a correct gradient.

    Examples
    --------
    >>> from nnlib import ThreeLayerNet, datasets, diagnostics
    >>> X, y = datasets.moons(50, noise=0.1, random_state=0)
    >>> net = ThreeLayerNet(4, activation="tanh", random_state=0).initialize(X, y)
    >>> diagnostics.gradient_check(net, X, y).largest < 1e-7
    True
    >>> diagnostics.gradient_check(net, X, y, method="complex").largest < 1e-13
    True
    """
    check_kind("net", net, Net, NETS)
    check_choice("method", method, DEFAULT_STEPS)
    h = check_real("step", DEFAULT_STEPS[method] if step is None else step,
                   at_least=SHORTEST_STEPS[method], at_most=LONGEST_STEP)
    objective = net.objective(X, y)
    if objective.network.dtype != np.float64:
        raise ValueError(f"net must be of dtype float64 for a gradient check, "
                         f"got {objective.network.dtype}")
    with np.errstate(over="ignore", invalid="ignore"):  # announced below
        numerical = (_central_differences if method == "central" else _complex_steps)(objective, h)
    if not np.isfinite(numerical).all():
        raise ValueError(f"X must be small enough for exp to stay finite at a {method} step, got "
                         f"numbers up to {np.abs(objective.X).max():.3g}: scale the inputs to mean "
                         f"0 and standard deviation 1")
    matrices = objective.network.matrices
    errors = [
        np.abs(exact - check).max() / max(np.abs(check).max(), np.finfo(np.float64).tiny)
        for exact, check in zip(matrices(_gradient(objective)), matrices(numerical), strict=True)
    ]
    return GradientCheck(method, tuple(float(error) for error in errors))


def _with_own_weights(objective: Objective, dtype: npt.DTypeLike) -> Objective:
    """The same objective for a copy of its network, whose weights may be moved."""
    network = objective.network
    copy = Network(network.sizes, network.activation.name, dtype)
    copy.theta[...] = network.theta
    return Objective(copy, objective.X, objective.y, objective.reg_lambda,
                     loss=objective.loss_function)


def _gradient(objective: Objective) -> FloatArray:
    """Gradient of J, flat, as a new array."""
    objective.evaluate_with_gradient()
    gradient: FloatArray = objective.gradient / objective.n
    return gradient


def _central_differences(objective: Objective, h: float) -> FloatArray:
    moved = _with_own_weights(objective, np.float64)
    theta, slopes = moved.network.theta, np.empty(objective.network.theta.shape)
    for i, weight in enumerate(objective.network.theta):
        theta[i] = weight + h
        above = moved.loss()
        theta[i] = weight - h
        slopes[i] = (above - moved.loss()) / (2 * h)
        theta[i] = weight
    return slopes


def _complex_steps(objective: Objective, h: float) -> FloatArray:
    moved = _with_own_weights(objective, np.complex128)
    theta, slopes = moved.network.theta, np.empty(objective.network.theta.shape)
    for i, weight in enumerate(objective.network.theta):
        theta[i] = weight + 1j * h
        slopes[i] = moved.loss().imag / h
        theta[i] = weight
    return slopes


def gradient_flow(
    net: Net, X: npt.ArrayLike, y: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Frobenius norm of the gradient of J in each weight matrix, (L,), first layer first.

    A first layer whose gradient is much shorter than the last layer's hardly learns: its signal
    shrank on the way back (Glorot & Bengio 2010).

    Parameters
    ----------
    net : Net
    X : array_like, shape (n, d)
    y : array_like, shape (n,)
    """
    check_kind("net", net, Net, NETS)
    return np.array([np.linalg.norm(G) for G in net.gradients(X, y)])


def _slopes(net: Net, X: npt.ArrayLike) -> tuple[Activation, list[FloatArray]]:
    """The activation, and f'(Z_l) of every hidden layer, (h_l, n) each."""
    check_kind("net", net, Net, NETS)
    *hidden, _ = net.activations(X)
    activation = net.network_.activation
    for A in hidden:
        activation.slope(A)
    return activation, hidden


def dead_units(net: Net, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Fraction of dead units in each hidden layer, 0 to 1.

    A unit is dead when its slope is exactly 0 for every row of X: no gradient of the data passes
    it, and none reaches its weights.  With ReLU that is a unit that puts out 0 for all
    observations.

    Parameters
    ----------
    net : Net
    X : array_like, shape (n, d)

    Returns
    -------
    ndarray, shape (L - 1,)
    """
    _, slopes = _slopes(net, X)
    return np.array([np.mean((slope == 0).all(axis=1)) for slope in slopes])


def saturated_units(
    net: Net, X: npt.ArrayLike, tol: float = 0.05
) -> npt.NDArray[np.float64]:
    """Fraction of saturated unit-observation pairs in each hidden layer, 0 to 1.

    A unit is saturated at an observation when its slope there is below `tol` times the largest
    slope its activation has (1, or 1/4 for the logistic).

    Parameters
    ----------
    net : Net
    X : array_like, shape (n, d)
    tol : float
        Above 0.

    Returns
    -------
    ndarray, shape (L - 1,)
    """
    check_real("tol", tol, above=0)
    activation, slopes = _slopes(net, X)
    return np.array([np.mean(slope < tol * activation.steepest) for slope in slopes])


def sharpness(
    net: Net,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    iterations: int = 100,
    random_state: int | np.random.Generator | None = 0,
) -> float:
    """Largest eigenvalue of the Hessian of J at the net's weights.

    On a quadratic bowl gradient descent falls while its rate (for mean gradients) is below
    2 / sharpness and climbs above it (Cohen et al. 2021).

    Parameters
    ----------
    net : Net
        Of any dtype; the curvature is computed in float64.
    X : array_like, shape (n, d)
    y : array_like, shape (n,)
    iterations : int
        Steps of power iteration at the most, done twice where the first finds a negative
        curvature; at least 1.
    random_state : None, int or numpy Generator
        Draws the first direction.

    Returns
    -------
    float

    Notes
    -----
    The Hessian is never formed.  Its product with a direction v is the change of the gradient
    along v, (∇J(w + εv) - ∇J(w - εv)) / 2ε.
    """
    check_kind("net", net, Net, NETS)
    check_count("iterations", iterations, at_most=MAX_ITERATIONS)
    objective = _with_own_weights(net.objective(X, y), np.float64)
    theta = objective.network.theta
    centre = theta.copy()
    # Short, because a step across the kink of a ReLU would count as curvature.
    epsilon = 1e-7 * max(1.0, float(np.linalg.norm(centre)))

    def hessian_times(v: FloatArray) -> FloatArray:
        theta[...] = centre + epsilon * v
        above = _gradient(objective)
        theta[...] = centre - epsilon * v
        return (above - _gradient(objective)) / (2 * epsilon)

    def power_iteration(shift: float) -> tuple[float, float]:
        """Rayleigh quotient and length of (H + shift · I) v for the direction v it ends in."""
        v = check_random_state(random_state).standard_normal(centre.shape)
        v /= np.linalg.norm(v)
        quotient = length = 0.0
        for _ in range(iterations):
            Hv = hessian_times(v) + shift * v
            before, quotient, length = quotient, float(v @ Hv), float(np.linalg.norm(Hv))
            if length == 0 or abs(quotient - before) <= 1e-7 * length:
                break
            v = Hv / length
        return quotient, length

    quotient, length = power_iteration(shift=0.0)
    if quotient < 0.99 * length:
        # The strongest curvature is negative, or ties with a positive one.  Moved up by its size
        # no eigenvalue is negative, and the largest of them is the one wanted.
        quotient = power_iteration(shift=length)[0] - length
    return quotient


def loss_along(
    net: Net,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    direction: npt.ArrayLike,
    places: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """J at the net's weights plus multiples of a direction: a slice of the loss surface.

    The slices that Goodfellow, Vinyals & Saxe (2015) and Li et al. (2018) draw are of this kind.

    Parameters
    ----------
    net : Net
    X : array_like, shape (n, d)
    y : array_like, shape (n,)
    direction : array_like, shape (number of weights and biases,)
        In the order of `layers_`, each row by row; finite.
    places : array_like, shape (m,)
        The multiples: 0 is where the net stands; finite.

    Returns
    -------
    ndarray, shape (m,)
        Infinite, or not a number, where the net overflows.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be; the message names it.

    Examples
    --------
    >>> import numpy as np
    >>> from nnlib import ThreeLayerNet, datasets, diagnostics
    >>> X, y = datasets.moons(50, noise=0.1, random_state=0)
    >>> net = ThreeLayerNet(4, random_state=0).initialize(X, y)
    >>> downhill = -np.concatenate([G.ravel() for G in net.gradients(X, y)])
    >>> here, there = diagnostics.loss_along(net, X, y, downhill, [0, 0.1])
    >>> bool(here > there)
    True
    """
    check_kind("net", net, Net, NETS)
    objective = net.objective(X, y)
    network = objective.network
    along, multiples = (check_numbers(name, value, (length,)) for name, value, length in (
        ("direction", direction, "weights"), ("places", places, "m")))
    if along.shape != network.theta.shape:
        raise ValueError(f"direction must have a number for each of the {network.theta.size} "
                         f"weights and biases, got shape {along.shape}")
    for name, array in (("direction", along), ("places", multiples)):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite, got {shown(array)}")
    # All places at once: a net each, in lock-step.
    nets = Network(network.sizes, network.activation.name, network.dtype, nets=multiples.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        nets.theta[...] = network.theta + multiples[:, None] * along
        moved = Objective(nets, objective.X, objective.y, objective.reg_lambda,
                          loss=objective.loss_function)
        return np.asarray(moved.loss(), np.float64)


def spans_a_decade(values: npt.ArrayLike) -> bool:
    """Whether positive values span more than a factor of ten, so that a logarithmic axis suits.

    Parameters
    ----------
    values : array_like, shape (n,)
        Those that are not finite do not count.
    """
    array = check_numbers("values", values, ("n",))
    finite = array[np.isfinite(array)]
    return len(finite) > 0 and 0 < 10 * float(finite.min()) < float(finite.max())
