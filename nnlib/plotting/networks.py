"""Inside a net: its nodes and weights, and how the gradient flows through its layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

from nnlib import diagnostics
from nnlib.nets import Net
from nnlib.plotting.style import BLUE, VERMILLION, check_axes, new_axes
from nnlib.validation import check_count, shown

Array = npt.NDArray[Any]

MAX_NODES, MAX_LAYERS = 100, 50  # in a drawing


def network_drawing(
    net: Net | Sequence[int], ax: Axes | None = None, *, max_nodes: int = 8
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
    check_axes(ax)
    sizes, layers = _sizes_and_layers(net)
    L = len(sizes) - 1
    if ax is None:
        tallest = min(max(sizes), max_nodes) + 1
        ax = new_axes((2.3 * L + 1.6, 0.52 * tallest + 1.5))
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
    net: Net, X: npt.ArrayLike, y: npt.ArrayLike, ax: Axes | None = None
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
    check_axes(ax)
    norms = np.asarray(diagnostics.gradient_flow(net, X, y))
    ax = new_axes() if ax is None else ax
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


def _sizes_and_layers(
    net: Net | Sequence[int],
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
