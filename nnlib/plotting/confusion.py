"""Which classes a net takes for which."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from nnlib.plotting.style import check_axes, new_axes, plain
from nnlib.validation import check_labels, shown

MAX_CLASSES = 200  # in a matrix


def confusion_matrix(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    classes: npt.ArrayLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how often each class was taken for each other.

    The numbers count observations; the colour is their share of the true class, so that classes
    of unlike sizes compare.

    Parameters
    ----------
    y_true, y_pred : array_like, shape (n,)
        True and predicted classes.
    classes : array_like, shape (k,), optional
        The classes, in the order to draw; None takes those that occur, sorted.
    ax : Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the two differ in length, are empty, or hold a class that is not among `classes`.
    """
    check_axes(ax)
    y_true = check_labels(y_true, n=_length("y_true", y_true), name="y_true")
    y_pred = check_labels(y_pred, n=_length("y_pred", y_pred), name="y_pred")
    if len(y_true) != len(y_pred):
        raise ValueError(f"y_true and y_pred must be as long as each other, got {len(y_true)} and "
                         f"{len(y_pred)} labels")
    if (y_true.dtype.kind in "biuf") != (y_pred.dtype.kind in "biuf"):
        raise ValueError(f"y_true and y_pred must hold labels of one kind, got {y_true[0]!r} and "
                         f"{y_pred[0]!r}")
    if classes is None:
        order = labels = np.unique(np.concatenate([y_true, y_pred]))
    else:
        order = check_labels(classes, n=_length("classes", classes), name="classes")
        labels = np.unique(order)
    if len(labels) > MAX_CLASSES:
        raise ValueError(f"classes must be at most {MAX_CLASSES} to be drawn, got {len(labels)}")
    if len(order) != len(labels):
        raise ValueError(f"classes must differ from each other, got {order.tolist()}")
    for name, y in (("y_true", y_true), ("y_pred", y_pred)):
        if not np.isin(y, labels).all():
            unknown = y[~np.isin(y, labels)][0]
            raise ValueError(f"{name} must hold labels among classes, {order.tolist()}, "
                             f"got {unknown!r}")

    k = len(order)
    counts = np.array([[np.sum((y_true == t) & (y_pred == p)) for p in order] for t in order])
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    if ax is None:
        side = np.clip(0.5 * k + 1.6, 3.2, 8.0)
        ax = new_axes((side + 0.8, side))
    image = ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(k, k):
        dark = share[row, column] > 0.5
        empty = counts[row, column] == 0
        colour = "white" if dark else "#9A9A9A" if empty else "black"
        ax.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
    names = [plain(label) for label in order]
    ax.set_xticks(range(k), names)
    ax.set_yticks(range(k), names)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.grid(False)
    ax.figure.colorbar(image, ax=ax, label="share of the true class", shrink=0.85)
    return ax


def _length(name: str, labels: npt.ArrayLike) -> int:
    """How many labels there are, whatever else may be wrong with them."""
    try:
        n = len(labels)  # type: ignore[arg-type]
    except TypeError:
        n = 0
    if n == 0:
        raise ValueError(f"{name} must be one-dimensional, (n,), with at least one label, "
                         f"got {shown(labels)}")
    return n
