"""Pictures of a study: curves with bands, a dot for every net, and planes.

They are what `nnlib.studies.Results.plot` draws, in the look of `nnlib.plotting`.
"""

from __future__ import annotations

import numbers
from typing import Any, Protocol

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from nnlib.diagnostics import spans_a_decade
from nnlib.plotting.style import COLOURS, check_axes, new_axes, plain
from nnlib.studies.compare import interval_of_median
from nnlib.studies.summary import quantiles
from nnlib.studies.tables import value_text
from nnlib.validation import check_choice

Array = npt.NDArray[Any]

# The column of the validation data that belongs beside a training column.
VALIDATION = {
    "loss": "validation_loss",
    "cross_entropy": "validation_loss",
    "accuracy": "validation_accuracy",
}
QUANTITIES = {
    "loss": "loss (nats per observation)",
    "cross_entropy": "cross-entropy (nats per observation)",
    "accuracy": "accuracy (fraction correct)",
    "gradient_norm": r"gradient norm $\Vert \nabla J \Vert$",
    "validation_loss": "validation cross-entropy (nats per observation)",
    "validation_accuracy": "validation accuracy (fraction correct)",
    "test_loss": "test cross-entropy (nats per observation)",
    "test_accuracy": "test accuracy (fraction correct)",
    "n_epochs": "epochs",
    "best_epoch": "best epoch",
    "failed": "failed (share of nets)",
    "diverged": "diverged (share of nets)",
}
PARAMETERS = {"reg_lambda": r"regularisation $\lambda$", "n": "observations $n$"}


class Studied(Protocol):
    """What the pictures need of `nnlib.studies.Results`, which asks for them."""

    vary: dict[str, tuple[Any, ...]]
    table: dict[str, Array]
    curves: dict[str, Array]
    epochs: Array

    def rows(self, name: str, value: Any) -> npt.NDArray[np.bool_]:
        """Which nets had this value of a varied parameter, (nets,)."""

    @property
    def has_validation(self) -> bool:
        """Whether any net was shown validation data."""


def curves(results: Studied, column: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw medians and 10-90 % bands against epochs; see `nnlib.studies.Results.plot`.

    Parameters
    ----------
    results : nnlib.studies.Results
        Of one factor.
    column : str, optional
        One of `results.curves`.  A net that has stopped counts on with the value of the weights it
        holds.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    column = check_choice("column", "loss" if column is None else column, results.curves)
    ((name, values),) = results.vary.items()
    ax = _axes(ax)
    drawn = [(column, "-")]
    if column in VALIDATION and results.has_validation:
        drawn.append((VALIDATION[column], "--"))
    medians = []
    colours = _colours(values)
    for value, colour in zip(values, colours, strict=True):
        rows = results.rows(name, value)
        if not rows.any():
            continue
        for curve, line in drawn:
            low, median, high = quantiles(_held_on(results, curve)[rows], (0.1, 0.5, 0.9))
            ax.fill_between(results.epochs, low, high, color=colour, alpha=0.15, linewidth=0)
            label = f"{_parameter(name)} = {_value(value)}" if curve == column else None
            ax.plot(results.epochs, median, line, color=colour, label=label)
            medians.append(median)
    # Most happens early: equal distances are equal factors, and epoch 0 keeps a place.
    ax.set_xscale("symlog", linthresh=1)
    ax.set_xlim(0, results.epochs[-1] or 1)
    _scale_losses(ax, column, np.concatenate(medians))
    ax.set(xlabel="epoch", ylabel=QUANTITIES.get(column) or _parameter(column))
    handles, _ = ax.get_legend_handles_labels()
    if len(drawn) == 2:
        neutral = mpl.rcParams["text.color"]
        training = "training, with penalty" if column == "loss" else "training"
        handles += [Line2D([], [], color=neutral, label=training),
                    Line2D([], [], color=neutral, linestyle="--", label="validation")]
    ax.legend(handles=handles)
    return ax


def dots(results: Studied, column: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw one dot a net, a bar at each median and its interval; see `nnlib.studies.Results.plot`.

    Parameters
    ----------
    results : nnlib.studies.Results
        Of one factor, or of two: the first goes along x, the second has the colours.
    column : str, optional
        A column of numbers in the table.  Nets that failed are crosses.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    column = _column(results, "cross_entropy" if column is None else column)
    name, *second = results.vary
    values = [value for value in results.vary[name] if results.rows(name, value).any()]
    # What stands side by side at each value: a column, which nets, a colour and its name.
    every = np.ones(len(results.table["seed"]), bool)
    if second:
        split = results.vary[second[0]]
        sides = [(column, results.rows(second[0], value), colour,
                  f"{_parameter(second[0])} = {_value(value)}")
                 for value, colour in zip(split, _colours(split), strict=True)]
    elif column in VALIDATION and results.has_validation:
        sides = [(column, every, COLOURS[0], "training"),
                 (VALIDATION[column], every, COLOURS[1], "validation")]
    else:
        sides = [(column, every, COLOURS[0], "nets")]
    ax = _axes(ax)
    failed, seeds = results.table["failed"], results.table["seed"]
    room = 0.8 / len(sides)
    neutral = mpl.rcParams["text.color"]  # dark on a light page, light on a dark one
    has_intervals = False
    for side, (own, among, colour, _) in enumerate(sides):
        of_nets = results.table[own].astype(float)
        face = "none" if own != column else colour
        for position, value in enumerate(values):
            rows = np.flatnonzero(results.rows(name, value) & among)
            if not len(rows):
                continue
            centre = position + (side - (len(sides) - 1) / 2) * room
            # Spread by seed, so that a net's two dots have the same place in their columns.
            x = centre + room * np.linspace(-0.28, 0.28, len(rows)) * (len(rows) > 1)
            bad = failed[rows]
            ax.scatter(x[~bad], of_nets[rows][~bad], s=18, facecolors=face, edgecolors=colour,
                       linewidths=1, alpha=0.75)
            ax.scatter(x[bad], of_nets[rows][bad], s=22, marker="x", color=colour, linewidths=1.2)
            (median,) = quantiles(of_nets[rows], (0.5,))
            ax.hlines(median, centre - 0.4 * room, centre + 0.4 * room, color=colour, linewidth=2.5)
            finite = rows[np.isfinite(of_nets[rows])]
            low, high = interval_of_median(of_nets[finite], seeds[finite])
            if np.isfinite(low):
                ax.vlines(centre, low, high, color=neutral, linewidth=1.2, zorder=3)
                has_intervals = True
    shown = np.concatenate([results.table[own].astype(float) for own, *_ in sides])
    _scale_losses(ax, column, shown)
    ax.set_xticks(range(len(values)), [_value(value) for value in values])
    ax.set(xlabel=_parameter(name), ylabel=QUANTITIES[column], xlim=(-0.5, len(values) - 0.5))
    ax.grid(False, axis="x")
    handles = [
        Line2D([], [], linestyle="none", marker="o", markersize=5, markeredgecolor=colour,
               markerfacecolor="none" if own != column else colour, label=label)
        for own, _, colour, label in sides
    ]
    if failed.any():
        handles.append(Line2D([], [], linestyle="none", marker="x", color=neutral, label="failed"))
    if has_intervals:
        handles.append(Line2D([], [], linestyle="none", marker="|", markersize=11, color=neutral,
                              label="median, 95 % interval"))
    if len(handles) > 1:
        ax.legend(handles=handles)
    return ax


def plane(results: Studied, column: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the median of a column over a grid of two; see `nnlib.studies.Results.plot`.

    Parameters
    ----------
    results : nnlib.studies.Results
        Of two factors: the first goes along x, the second along y.
    column : str, optional
        A column of numbers in the table; of true and false, the share that is true.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    if column is None:
        column = "validation_accuracy" if results.has_validation else "accuracy"
    column = _column(results, column)
    (x_name, x_values), (y_name, y_values) = results.vary.items()
    ax = _axes(ax)
    medians = np.full((len(y_values), len(x_values)), np.nan)
    failing = np.zeros(medians.shape)
    for y, x in np.ndindex(*medians.shape):
        rows = results.rows(x_name, x_values[x]) & results.rows(y_name, y_values[y])
        if rows.any():
            cells = results.table[column][rows]
            medians[y, x] = cells.mean() if cells.dtype == bool else quantiles(cells, (0.5,))[0]
            failing[y, x] = results.table["failed"][rows].mean()
    # The colours tell the working cells apart: what failed can be larger by any factor.
    working = medians[(failing < 0.5) & np.isfinite(medians)]
    known = working if len(working) else medians[np.isfinite(medians)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    scale = LogNorm if "accuracy" not in column and spans_a_decade([low, high]) else Normalize
    image = ax.pcolormesh(medians, cmap="viridis", norm=scale(low, high))
    for y, x in np.argwhere(failing >= 0.5):
        ax.add_patch(Rectangle((x, y), 1, 1, fill=False, hatch="///", edgecolor="white",
                               linewidth=0))
    ax.set_xticks(np.arange(len(x_values)) + 0.5, [_value(value) for value in x_values])
    ax.set_yticks(np.arange(len(y_values)) + 0.5, [_value(value) for value in y_values])
    ax.set(xlabel=_parameter(x_name), ylabel=_parameter(y_name))
    ax.grid(False)
    share = results.table[column].dtype == bool
    below, above = bool((medians < low).any()), bool((medians > high).any())
    extend = {(True, True): "both", (True, False): "min", (False, True): "max"}.get((below, above))
    ax.figure.colorbar(image, ax=ax, extend=extend or "neither",
                       label=("" if share else "median ") + QUANTITIES[column])
    if (failing >= 0.5).any():
        key = Patch(facecolor="#8C8C8C", hatch="///", edgecolor="white", linewidth=0,
                    label="half of the nets or more failed")
        ax.legend(handles=[key], loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    return ax


def _axes(ax: Axes | None) -> Axes:
    check_axes(ax)
    return new_axes() if ax is None else ax


def _column(results: Studied, column: str) -> str:
    return check_choice("column", column, [name for name in QUANTITIES if name in results.table])


def _parameter(name: str) -> str:
    return PARAMETERS.get(name) or plain(name.replace("_", " "))


def _value(value: Any) -> str:
    return plain(value_text(value))


def _colours(values: tuple[Any, ...]) -> list[Any]:
    """Numbers get the colours of a scale, in their order; kinds get colours of their own."""
    if len(values) > 2 and all(isinstance(value, numbers.Real) for value in values):
        rank = np.argsort(np.argsort(values)) / (len(values) - 1)
        return list(mpl.colormaps["viridis"](0.88 * rank))  # beyond, yellow is too faint
    return [COLOURS[i % len(COLOURS)] for i in range(len(values))]


def _held_on(results: Studied, curve: str) -> Array:
    """A curve (nets, epochs) that goes on, after a net has stopped, at what it holds."""
    whole, ends = results.curves[curve], results.table["n_epochs"]
    held = results.table.get(curve)
    if held is None:
        # The last recorded epoch that is not after the one whose weights the net holds.
        best = np.minimum(results.table["best_epoch"], ends)
        best = np.searchsorted(results.epochs, best, side="right") - 1
        held = np.where(best < 0, np.nan, whole[np.arange(len(whole)), best])
    # Whoever took best weights back has no look at the last epoch: it counts as after the end.
    over = (results.epochs > ends[:, None]) | (
        (results.epochs == ends[:, None]) & np.isnan(whole))
    return np.where(over, held[:, None], whole)


def _scale_losses(ax: Axes, column: str, shown: Array) -> None:
    """Losses that span a decade get a logarithmic axis; accuracies end at 1."""
    if "accuracy" in column:
        ax.set_ylim(top=1.01)
        return
    if spans_a_decade(shown):
        ax.set_yscale("log")
