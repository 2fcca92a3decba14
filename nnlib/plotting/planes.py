"""The plane of two inputs: what a classifier predicts in it, and the observations."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Protocol

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from nnlib.datasets import bounds
from nnlib.plotting.style import BOUNDARY, COLOURS, MARKERS, YELLOW, check_axes, plain
from nnlib.validation import check_count, check_labels, check_observations, shown

Array = npt.NDArray[Any]

# A region's colour at an even split and at certainty: 0 is white, 1 the full colour of the class.
FAINTEST, STRONGEST = 0.12, 0.5

MAX_RESOLUTION = 2000  # points along an axis: more than a page has


class ProbabilisticClassifier(Protocol):
    """A fitted classifier with scikit-learn's conventions: ours and theirs."""

    classes_: Any

    def predict_proba(self, X: Any) -> Any:
        """Class probabilities (n, k) of observations (n, d)."""


def decision_boundary(
    net: ProbabilisticClassifier,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    ax: Axes | None = None,
    *,
    resolution: int = 240,
) -> Axes:
    """Draw what a classifier predicts everywhere in the plane, and the observations.

    Each region has the colour of the class predicted there, stronger the surer the classifier is.
    The dark lines are the decision boundaries, where the two most probable classes tie: with two
    classes, where both have probability 1/2.

    Parameters
    ----------
    net : fitted classifier
        Anything with ``predict_proba`` and ``classes_``, also scikit-learn's.
    X : array_like, shape (n, 2)
        Observations.
    y : array_like, shape (n,)
        Their classes, each one of ``net.classes_``.
    ax : Axes, optional
        Where to draw; None makes a new figure.
    resolution : int
        Points along each axis at which the classifier is asked; from 2 to 2000.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError
        If `net` is not a classifier that gives probabilities.
    ValueError
        If the observations do not have two inputs, or `y` holds a class the net does not know.
    """
    X = check_observations(X)
    if X.shape[1] != 2:
        raise ValueError(
            f"X must have 2 inputs to be drawn in the plane, shape (n, 2), got shape {X.shape}"
        )
    y = check_labels(y, n=len(X))
    check_count("resolution", resolution, at_least=2, at_most=MAX_RESOLUTION)
    check_axes(ax)
    if isinstance(net, type) or not hasattr(net, "predict_proba"):
        raise TypeError(f"net must be a classifier with predict_proba, got {shown(net)}")

    left, right, bottom, top = bounds(X)
    x1, x2 = np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)
    grid = np.column_stack([np.tile(x1, resolution), np.repeat(x2, resolution)])
    with warnings.catch_warnings():
        # The columns of the grid are those of X, under whatever names.
        warnings.filterwarnings("ignore", "X does not have valid feature names")
        P = np.asarray(net.predict_proba(grid))
    classes = np.asarray(net.classes_)
    if P.shape != (len(grid), len(classes)) or P.dtype.kind != "f" or not np.isfinite(P).all():
        raise ValueError(f"net must give one finite probability for each of its {len(classes)} "
                         f"classes, got {shown(P)}")
    P = P.reshape(resolution, resolution, -1)
    if not np.isin(y, classes).all():
        unknown = y[~np.isin(y, classes)][0]
        raise ValueError(f"y must hold classes of net, {classes.tolist()}, got {unknown!r}")

    figure = None
    if ax is None:
        figure, ax = plt.subplots(layout="constrained")
    draw_regions(ax, x1, x2, P)
    draw_observations(ax, X, (y[:, None] == classes).argmax(axis=1), classes)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(False)
    width, height = right - left, top - bottom
    if max(width, height) < 4 * min(width, height):
        ax.set_aspect("equal")  # circles look round; inputs in unlike units fill the Axes instead
    ax.legend(
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        borderaxespad=0.2,
        handletextpad=0.2,
        markerscale=np.sqrt(36 / _marker_area(len(X))),
    )
    if figure is not None:
        # With equal scales and a legend outside, the constrained layout needs a second pass.
        figure.draw_without_rendering()
    return ax


def draw_regions(ax: Axes, x_1: Array, x_2: Array, P: Array) -> None:
    """Colour the plane by the most probable class, and draw the lines where two classes tie.

    Parameters
    ----------
    ax : Axes
    x_1, x_2 : ndarray, shapes (columns,) and (rows,)
        Evenly spaced coordinates of the pixels' centres.
    P : ndarray, shape (rows, columns, k)
        Class probabilities at every pixel.
    """
    half_x1, half_x2 = (x_1[1] - x_1[0]) / 2, (x_2[1] - x_2[0]) / 2
    ax.imshow(
        region_colours(P),
        extent=(x_1[0] - half_x1, x_1[-1] + half_x1, x_2[0] - half_x2, x_2[-1] + half_x2),
        origin="lower",
        aspect="auto",
        zorder=0,
    )
    for c in range(P.shape[-1] - 1):  # the last class shares each of its boundaries with another
        lead = P[..., c] - np.delete(P, c, axis=-1).max(axis=-1)
        if lead.min() < 0 < lead.max():
            ax.contour(x_1, x_2, lead, levels=[0], colors=BOUNDARY, linewidths=1.3, zorder=1)


def draw_observations(
    ax: Axes, X: Array, codes: Array, classes: Sequence[Any] | Array | None = None
) -> None:
    """Draw points in the colour and with the marker of their class.

    Parameters
    ----------
    ax : Axes
    X : ndarray, shape (n, 2)
        Observations.
    codes : ndarray of int, shape (n,)
        Their classes as numbers from 0.
    classes : sequence, shape (k,), optional
        What the classes are called, in the legend; None takes their numbers.
    """
    area = _marker_area(len(X))
    for c, label in enumerate(range(codes.max(initial=0) + 1) if classes is None else classes):
        own = codes == c
        ax.scatter(
            X[own, 0],
            X[own, 1],
            s=area,
            color=COLOURS[c % len(COLOURS)],
            marker=MARKERS[c % len(MARKERS)],
            edgecolors="#4D4D4D" if COLOURS[c % len(COLOURS)] == YELLOW else "white",
            linewidths=0.02 * area,
            label=plain(f"class {label}"),
            zorder=2,
        )


def region_colours(P: Array) -> Array:
    """The colour of every pixel of a region: its class's, paler the less sure.

    Parameters
    ----------
    P : ndarray, shape (..., k)
        Class probabilities.

    Returns
    -------
    ndarray, shape (..., 3)
        RGB, 0 to 1.
    """
    k = P.shape[-1]
    palette = np.array([to_rgb(COLOURS[c % len(COLOURS)]) for c in range(k)])
    sureness = (P.max(axis=-1) - 1 / k) / (1 - 1 / k)  # 0 at an even split, 1 at certainty
    strength = (FAINTEST + (STRONGEST - FAINTEST) * sureness)[..., None]
    colours: Array = 1 - strength * (1 - palette[P.argmax(axis=-1)])
    return colours


def _marker_area(n: int) -> float:
    """Of each of n points, in square points."""
    return float(np.clip(6000 / max(n, 1), 12, 30))
