"""The book's pictures: what a net has learned, how it learned it, and what it looks like inside.

Every function draws on the Axes it is given, or on a new figure's, and returns what it drew on;
none of them shows or saves anything.  This module and `nnlib.studies.plots` need Matplotlib.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Protocol, overload

import numpy as np
import numpy.typing as npt

try:
    import matplotlib.pyplot as plt
    from cycler import cycler
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgb
    from matplotlib.lines import Line2D
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
except ModuleNotFoundError as error:
    raise ImportError("nnlib.plotting needs Matplotlib: pip install '.[plotting]'") from error

from nnlib import diagnostics
from nnlib.classifiers import MultilayerPerceptron
from nnlib.training import History
from nnlib.validation import check_count, check_kind, check_labels, check_observations, shown

Array = npt.NDArray[Any]

# Eight colours that readers with any colour vision tell apart (Okabe and Ito 2008), the most
# distinct first, and two more for ten digits.  A class also has a marker of its own.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY_BLUE, BLACK, YELLOW = "#E69F00", "#56B4E9", "#000000", "#F0E442"
BROWN, INDIGO = "#7A4A21", "#332288"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY_BLUE, BROWN, INDIGO, YELLOW, BLACK)
# The same on a dark page, where the darkest are lighter, so that every class stands out.
DARK_COLOURS = ("#3D9BD9", "#F07A2B", "#1FB98E", "#DB93BA", "#E69F00", "#8CD0F5", "#B58863",
                "#9A8CF0", "#F0E442", "#E6EAED")
BOUNDARY, DARK_BOUNDARY = "#333333", "#E6EAED"  # lines where two classes tie
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "p", "h")

STYLE: dict[str, Any] = {
    "figure.figsize": (6.4, 4.0),
    "figure.dpi": 120,
    "figure.constrained_layout.use": True,
    # Opaque white: the page may be dark.
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.transparent": False,
    "axes.facecolor": "white",
    "axes.axisbelow": True,
    "axes.edgecolor": "#4D4D4D",
    "axes.grid": True,
    "axes.labelsize": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    # Yellow is too faint for a line.
    "axes.prop_cycle": cycler(color=[c for c in COLOURS if c != YELLOW]),
    "font.size": 10.5,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.8,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "mathtext.fontset": "cm",
    "xtick.color": "#4D4D4D",
    "ytick.color": "#4D4D4D",
    "xtick.labelcolor": "black",
    "ytick.labelcolor": "black",
}

# A region's colour at an even split and at certainty: 0 is white, 1 the full colour of the class.
FAINTEST, STRONGEST = 0.12, 0.5

AXES_OR_NONE = (Axes, type(None))
MAX_RESOLUTION = 2000  # points along an axis: more than a page has
MAX_NODES, MAX_LAYERS = 100, 50  # in a drawing
MAX_CLASSES = 200  # in a matrix


class ProbabilisticClassifier(Protocol):
    """A fitted classifier with scikit-learn's conventions: ours and theirs."""

    classes_: Any

    def predict_proba(self, X: Any) -> Any:
        """Class probabilities (n, k) of observations (n, d)."""


def use_style() -> None:
    """Give every figure from here on the look of the book.

    For a single figure, use ``with matplotlib.rc_context(plotting.STYLE):``.
    """
    plt.style.use(STYLE)


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
    check_kind("ax", ax, AXES_OR_NONE, "Matplotlib's Axes or None")
    if isinstance(net, type) or not hasattr(net, "predict_proba"):
        raise TypeError(f"net must be a classifier with predict_proba, got {shown(net)}")

    low, high = X.min(axis=0), X.max(axis=0)
    margin = np.where(high > low, 0.1 * (high - low), 1.0)
    x1, x2 = np.linspace(low - margin, high + margin, resolution).T
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
    width, height = high - low + 2 * margin
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
            label=f"class {label}",
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


def tick_few_decades(ax: Axes, low: float, high: float) -> None:
    """Label a logarithmic y-axis from low to high with plain numbers, if they suffice.

    Over less than three decades, 0.02 and 0.05 read better than powers of ten.
    """
    if high < 1e3 * low:
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())


@overload
def training_curves(net: MultilayerPerceptron | History, ax: Axes) -> Axes: ...
@overload
def training_curves(
    net: MultilayerPerceptron | History, ax: Sequence[Axes] | Array | None = None
) -> tuple[Axes, Axes]: ...
def training_curves(
    net: MultilayerPerceptron | History, ax: Axes | Sequence[Axes] | Array | None = None
) -> Axes | tuple[Axes, Axes]:
    """Draw loss and accuracy against epochs, of the training data and any validation data.

    A dotted line marks the epoch whose weights the net holds, where that is not the last one; of
    a bare history with validation data, the epoch of the lowest validation loss. Losses that span
    more than a factor of ten get a logarithmic axis.

    Parameters
    ----------
    net : fitted net, or its history
        What to draw.
    ax : Axes or pair of Axes, optional
        A pair gets the loss and the accuracy, single Axes the loss alone; None makes a new figure
        with a pair.

    Returns
    -------
    Axes or pair of Axes

    Raises
    ------
    TypeError
        If `net` has no history.
    ValueError
        If the history is empty, or `ax` is neither Axes nor a pair.
    """
    history = getattr(net, "history_", net)
    if not isinstance(history, History):
        raise TypeError(f"net must be a net that was fitted, or its history_, got {shown(net)}")
    if len(history) == 0:
        raise ValueError("net must have been trained, got one with an empty history_: call fit")
    best = getattr(net, "best_epoch_", None)
    if best is None and np.isfinite(history.validation_loss).any():
        best = int(history.epoch[np.nanargmin(history.validation_loss)])
    if best == history.epoch[-1]:
        best = None

    if isinstance(ax, Axes):
        _loss_curves(history, best, ax)
        return ax
    if ax is None:
        width, height = plt.rcParams["figure.figsize"]
        figure = plt.figure(figsize=(1.5 * width, 0.85 * height), layout="constrained")
        ax = figure.subplots(1, 2)
    if not isinstance(ax, (Sequence, np.ndarray)):
        raise TypeError(f"ax must be Axes, a pair of them or None, got {shown(ax)}")
    pair = [*ax.flat] if isinstance(ax, np.ndarray) else list(ax)
    if len(pair) != 2 or not all(isinstance(part, Axes) for part in pair):
        raise ValueError(f"ax must be Axes or a pair of them, got {shown(pair)}")
    loss_axes, accuracy_axes = pair
    _loss_curves(history, best, loss_axes)
    _accuracy_curves(history, best, accuracy_axes)
    return loss_axes, accuracy_axes


def network_drawing(
    net: MultilayerPerceptron | Sequence[int], ax: Axes | None = None, *, max_nodes: int = 8
) -> Axes:
    """Draw the nodes of a net, and its weights as the lines between them.

    Squares are the ones that carry the biases. With a fitted net, a line's colour is the sign of
    the weight, and its width and strength the size, relative to the largest of its layer. Outputs
    are numbered as the classes are, from 0.

    Parameters
    ----------
    net : fitted net, or sequence of int
        A net with `coefs_` and `intercepts_`, also scikit-learn's; or the nodes in each layer,
        ``(d, h_1, ..., k)``, for a drawing without weights.
    ax : Axes, optional
        Where to draw; None makes a new figure.
    max_nodes : int
        A layer of more nodes shows its first ``max_nodes - 1`` and its last; from 2 to 100.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError
        If `net` is neither a net nor a sequence of whole numbers.
    ValueError
        If it has fewer than two layers, or a layer without nodes.
    """
    check_count("max_nodes", max_nodes, at_least=2, at_most=MAX_NODES)
    check_kind("ax", ax, AXES_OR_NONE, "Matplotlib's Axes or None")
    sizes, layers = _sizes_and_layers(net)
    L = len(sizes) - 1
    if ax is None:
        tallest = min(max(sizes), max_nodes) + 1
        ax = _new_axes((2.3 * L + 1.6, 0.52 * tallest + 1.5))
    shown = [_shown_nodes(size, max_nodes) for size in sizes]
    # Nodes of a layer stand one below the other, centred; the bias node is the last of its layer.
    heights = []
    for layer, nodes in enumerate(shown):
        rows = len(nodes) + (nodes[-1] != len(nodes) - 1) + (layer < L)
        y = (rows - 1) / 2 - np.arange(rows)
        if nodes[-1] != len(nodes) - 1:  # one row stays free for the dots
            ax.text(layer, y[len(nodes) - 1], "⋮", ha="center", va="center", fontsize=14)
            y = np.delete(y, len(nodes) - 1)
        heights.append(y)

    for layer in range(L):
        ends = heights[layer + 1][: len(shown[layer + 1])]
        lines = [[(layer, start), (layer + 1, end)] for end in ends for start in heights[layer]]
        if layers is None:
            style: dict[str, Any] = {"colors": "#8C8C8C", "linewidths": 0.8, "alpha": 0.7}
        else:
            W = layers[layer][np.ix_(shown[layer + 1], [*shown[layer], sizes[layer]])].ravel()
            size = np.abs(W) / (np.abs(layers[layer]).max() or 1)
            colours = np.where((W > 0)[:, None], to_rgb(VERMILLION), to_rgb(BLUE))
            style = {
                "colors": np.column_stack([colours, 0.12 + 0.88 * size]),
                "linewidths": 0.4 + 2.6 * size,
            }
        ax.add_collection(LineCollection(lines, zorder=1, **style))

    for layer, (nodes, y) in enumerate(zip(shown, heights, strict=True)):
        letter, first = ("x", 1) if layer == 0 else ("p", 0) if layer == L else ("a", 1)
        for node, height in zip(nodes, y[: len(nodes)], strict=True):
            _node(ax, layer, height, f"${letter}_{{{node + first}}}$", "o")
        if layer < L:
            _node(ax, layer, y[-1], "1", "s")
    top, bottom = max(y[0] for y in heights) + 0.75, min(y[-1] for y in heights) - 0.75
    for layer, size in enumerate(sizes):
        hidden = "hidden layer" if L == 2 else f"hidden layer {layer}"
        name = "inputs" if layer == 0 else "probabilities" if layer == L else hidden
        ax.text(layer, top, name, ha="center", va="bottom")
        array = f"$P$  ({size}, $n$)" if layer == L else f"$A_{layer}$  ({size + 1}, $n$)"
        ax.text(layer, bottom, array, ha="center", va="top")
    for layer in range(L):
        shape = f"({sizes[layer + 1]}, {sizes[layer] + 1})"
        ax.text(
            layer + 0.5, bottom, f"$W_{layer + 1}$  {shape}", ha="center", va="top", color="#4D4D4D"
        )

    if layers is not None:
        key = [
            Line2D([], [], color=VERMILLION, linewidth=2.5, label="positive weight"),
            Line2D([], [], color=BLUE, linewidth=2.5, label="negative weight"),
        ]
        ax.legend(handles=key, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=2)
    ax.set(xlim=(-0.45, L + 0.45), ylim=(bottom - 0.6, top + 0.6))
    ax.axis("off")
    return ax


def gradient_flow(
    net: MultilayerPerceptron, X: npt.ArrayLike, y: npt.ArrayLike, ax: Axes | None = None
) -> Axes:
    """Draw how large the gradient is in each layer of weights, from the inputs to the outputs.

    Parameters
    ----------
    net : fitted net
        Its weights, trained or just initialised.
    X : array_like, shape (n, d)
        Observations.
    y : array_like, shape (n,)
        Their classes.
    ax : Axes, optional
        Where to draw; None makes a new figure. Nets drawn on the same Axes compare.

    Returns
    -------
    Axes

    See Also
    --------
    nnlib.diagnostics.gradient_flow : The numbers, and what they measure.
    """
    check_kind("ax", ax, AXES_OR_NONE, "Matplotlib's Axes or None")
    norms = np.asarray(diagnostics.gradient_flow(net, X, y))
    ax = _new_axes() if ax is None else ax
    layers = np.arange(1, len(norms) + 1)
    ax.plot(layers, norms, marker="o")
    # On a logarithmic axis equal factors between layers have equal slopes.
    if (norms > 0).all():
        ax.set_yscale("log")
    ax.set_xticks(layers, [f"$W_{layer}$" for layer in layers])
    ax.set(
        xlabel="layer of weights, from inputs to outputs",
        ylabel=r"gradient norm $\Vert \partial J / \partial W_l \Vert$",
    )
    return ax


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
    check_kind("ax", ax, AXES_OR_NONE, "Matplotlib's Axes or None")
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
        ax = _new_axes((side + 0.8, side))
    image = ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(k, k):
        dark = share[row, column] > 0.5
        empty = counts[row, column] == 0
        colour = "white" if dark else "#9A9A9A" if empty else "black"
        ax.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
    names = [str(label) for label in order]
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


def _new_axes(size: tuple[float, float] | None = None) -> Axes:
    _, ax = plt.subplots(figsize=size, layout="constrained")
    return ax


def _marker_area(n: int) -> float:
    """Of each of n points, in square points."""
    return float(np.clip(6000 / max(n, 1), 12, 30))


def _loss_curves(history: History, best: int | None, ax: Axes) -> None:
    ax.plot(history.epoch, history.loss, label="training (with penalty)")
    losses = history.loss
    if np.isfinite(history.validation_loss).any():
        ax.plot(history.epoch, history.validation_loss, linestyle="--", label="validation")
        losses = np.concatenate([losses, history.validation_loss])
    losses = losses[np.isfinite(losses)]
    if len(losses) and 0 < 10 * losses.min() < losses.max():
        ax.set_yscale("log")
        tick_few_decades(ax, losses.min(), losses.max())
    _finish_curves(best, ax, "loss (nats per observation)")


def _accuracy_curves(history: History, best: int | None, ax: Axes) -> None:
    ax.plot(history.epoch, history.accuracy, label="training")
    if np.isfinite(history.validation_accuracy).any():
        ax.plot(history.epoch, history.validation_accuracy, linestyle="--", label="validation")
    ax.set_ylim(top=1.01)
    _finish_curves(best, ax, "accuracy (fraction correct)")


def _finish_curves(best: int | None, ax: Axes, quantity: str) -> None:
    if best is not None:
        ax.axvline(best, color="#4D4D4D", linestyle=":", label=f"best, epoch {best}")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    ax.set(xlabel="epoch", ylabel=quantity)
    ax.margins(x=0.01)
    ax.legend()


def _sizes_and_layers(
    net: MultilayerPerceptron | Sequence[int],
) -> tuple[list[int], list[Array] | None]:
    """Nodes in each layer, and the matrices (h_l, h_{l-1} + 1) where there are weights."""
    if not isinstance(net, Sequence | np.ndarray | type) and hasattr(net, "predict"):
        # The layout that our nets and scikit-learn's share; an unfitted one says so here.
        layers = [np.vstack([C, b]).T for C, b in zip(net.coefs_, net.intercepts_, strict=True)]
        return [layers[0].shape[1] - 1, *(len(W) for W in layers)], layers
    if isinstance(net, str | bytes | bytearray) or not isinstance(net, Sequence | np.ndarray):
        raise TypeError(f"net must be a fitted net or a sequence of layer sizes, got {shown(net)}")
    if (isinstance(net, np.ndarray) and net.ndim == 0) or not 2 <= len(net) <= MAX_LAYERS:
        raise ValueError(f"net must have at least two layers, inputs and outputs, and at most "
                         f"{MAX_LAYERS}, got {shown(net)}")
    return [check_count("net", size) for size in net], None


def _shown_nodes(size: int, max_nodes: int) -> list[int]:
    """Indices of the nodes to draw of a layer: all, or the first ones and the last."""
    if size <= max_nodes:
        return list(range(size))
    return [*range(max_nodes - 1), size - 1]


def _node(ax: Axes, x: float, y: float, label: str, marker: str) -> None:
    face = "#EDEDED" if marker == "s" else "white"
    ax.plot(
        x,
        y,
        marker,
        markersize=21,
        markerfacecolor=face,
        markeredgecolor="#333333",
        markeredgewidth=1.1,
        zorder=2,
    )
    ax.text(x, y, label, ha="center", va="center", zorder=3, fontsize=10)
