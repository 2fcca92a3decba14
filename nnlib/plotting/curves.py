"""How a net learned: loss and accuracy against epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nnlib.classifiers import MultilayerPerceptron
from nnlib.plotting.style import tick_few_decades
from nnlib.training import History
from nnlib.validation import shown

Array = npt.NDArray[Any]


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
