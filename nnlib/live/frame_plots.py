"""Frames of a live figure, drawn with Matplotlib.

The pages of the book draw the same frames in the browser; here they become a figure for a
notebook, and the picture that every reader sees before touching anything.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nnlib import plotting
from nnlib.live.frames import Bars, Chart, Curve, Frame, Plane
from nnlib.plotting.style import plain
from nnlib.validation import check_kind, check_real

Array = npt.NDArray[Any]

HEIGHT = 4.0  # inches, of a row without the text
WIDTHS = {Plane: 4.9, Chart: 4.6, Bars: 4.0}
ALONE = 6.4  # inches, of a single plot
TEXT_LINE = 0.32  # inches
COLUMNS = 11.5  # characters an inch, to break lines

BLUE_TO_RED = LinearSegmentedColormap.from_list(
    "blue to red", [plotting.BLUE, "white", plotting.VERMILLION]
)
LINES = {"solid": "-", "dashed": "--", "dotted": ":", "points": ""}
LOOK: list[Any] = ["default", plotting.STYLE]  # whatever else the reader has set
MIN_DPI, MAX_DPI = 20, 1000  # with fewer, letters have no pixels
TEXT_COLOUR = "#333333"


def png(frame: Frame, dpi: float) -> bytes:
    """A frame as PNG: of the same frame the same bytes, every time.

    Parameters
    ----------
    frame : Frame
    dpi : float
        Pixels an inch, from 20 to 1000.
    """
    check_kind("frame", frame, Frame, "a frames.Frame")
    check_real("dpi", dpi, at_least=MIN_DPI, at_most=MAX_DPI)
    file = io.BytesIO()
    with style.context(LOOK):  # ticks are made only when they are drawn
        draw(frame).savefig(file, format="png", dpi=float(dpi), metadata={"Software": None})
    return file.getvalue()


def draw(frame: Frame) -> Figure:
    """A figure of a frame: its plots side by side, two in a row, and its text above them.

    Parameters
    ----------
    frame : Frame
        What to show.  A warning stands below the text, in vermillion.

    Returns
    -------
    Figure
        Of its own, not one of pyplot's: nothing needs to be closed.
    """
    check_kind("frame", frame, Frame, "a frames.Frame")
    plots = frame.plots
    columns, rows = min(len(plots), 2), -(-len(plots) // 2)
    widths = [max(WIDTHS[type(plot)] for plot in plots[column::2]) for column in range(columns)]
    if columns == 1:
        widths = [ALONE]
    height = rows * HEIGHT
    text, warning = (
        _broken(words, round(COLUMNS * sum(widths))) for words in (frame.text, frame.warning)
    )
    lines = text + warning
    with style.context(LOOK):
        figure = Figure((sum(widths), height + TEXT_LINE * len(lines)), layout="constrained")
        # The text has a figure of its own, so that no title of a plot can meet it.
        halves: Any = figure.subfigures(
            2, height_ratios=(max(TEXT_LINE * len(lines), 0.01), height), hspace=0
        )
        above, below = halves
        for number, line in enumerate(lines):
            above.text(
                0.012, 1 - (number + 0.85) / len(lines), plain(line), va="bottom",
                color="black" if number < len(text) else plotting.VERMILLION,
                fontweight="normal" if number < len(text) else "bold",
            )
        axes = below.subplots(rows, columns, width_ratios=widths, squeeze=False).ravel()
        for plot, ax in zip(plots, axes, strict=False):
            DRAWN_BY[type(plot)](plot, ax)
        for ax in axes[len(plots):]:
            ax.remove()
    return figure


def _broken(text: str, columns: int) -> list[str]:
    """The lines of a text, none longer than `columns` unless a word is."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= columns:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def _draw_plane(plane: Plane, ax: Axes) -> None:
    left, right, bottom, top = plane.extent
    if plane.probabilities is not None:
        P = np.moveaxis(plane.probabilities, 0, -1)
        rows, columns = P.shape[:2]
        x_1, x_2 = np.linspace(left, right, columns), np.linspace(bottom, top, rows)
        plotting.draw_regions(ax, x_1, x_2, P)
        ax.images[0].set_interpolation("bilinear")  # the pixels are few
    if plane.values is not None:
        _draw_values(plane.values, plane.extent, ax)
    if plane.points is not None:
        labels = plane.labels
        codes = np.zeros(len(plane.points), int) if labels is None else np.asarray(labels)
        plotting.draw_observations(ax, plane.points, codes)
    _draw_curves(plane.curves, ax)
    ax.set(xlim=(left, right), ylim=(bottom, top), title=plain(plane.title),
           xlabel=plain(plane.x_label), ylabel=plain(plane.y_label))
    ax.grid(False)
    width, height = right - left, top - bottom
    if max(width, height) < 4 * min(width, height):
        ax.set_aspect("equal")
    if any(curve.label for curve in plane.curves):
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)


def _draw_values(
    values: Array, extent: tuple[float, float, float, float], ax: Axes
) -> None:
    left, right, bottom, top = extent
    values = _in_32_bits(values)
    rows, columns = values.shape
    half = (right - left) / (columns - 1) / 2, (top - bottom) / (rows - 1) / 2
    known = np.abs(values[np.isfinite(values)])
    limit = known.max() if known.any() else 1
    image = ax.imshow(
        values,
        extent=(left - half[0], right + half[0], bottom - half[1], top + half[1]),
        origin="lower",
        aspect="auto",
        cmap=BLUE_TO_RED,
        vmin=-limit,
        vmax=limit,
        zorder=0,
    )
    ax.figure.colorbar(image, ax=ax, shrink=0.9)


def _draw_chart(chart: Chart, ax: Axes) -> None:
    ax.set(title=plain(chart.title), xlabel=plain(chart.x_label), ylabel=plain(chart.y_label))
    if chart.x_log:
        ax.set_xscale("log")
    if chart.y_log:
        ax.set_yscale("log")
    ax.margins(x=0.02)
    _draw_curves(chart.curves, ax)
    if chart.x_range is not None:
        ax.set_xlim(chart.x_range)
    if chart.y_range is not None:
        ax.set_ylim(chart.y_range)
    if not chart.x_log:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6))
    if chart.y_log:
        plotting.tick_few_decades(ax, *ax.get_ylim())
    else:
        ax.ticklabel_format(axis="y", useOffset=False)
    if not chart.has_axes:
        ax.set_axis_off()
    if any(curve.label for curve in chart.curves):
        ax.legend(frameon=True, framealpha=0.85, edgecolor="none")


def _draw_curves(curves: Sequence[Curve], ax: Axes) -> None:
    for curve in curves:
        colour = TEXT_COLOUR
        if curve.colour is not None:
            colour = plotting.COLOURS[curve.colour % len(plotting.COLOURS)]
        ax.plot(
            _in_32_bits(curve.x),
            _in_32_bits(curve.y),
            linestyle=LINES[curve.style],
            marker="o" if curve.style == "points" and not curve.texts else "",
            color=colour,
            label=plain(curve.label) or "_",
            zorder=3,
        )
        for x, y, text in zip(_in_32_bits(curve.x), _in_32_bits(curve.y), curve.texts,
                              strict=False):
            ax.annotate(plain(text), (x, y), color=colour, ha="center", va="center", zorder=4,
                        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})


def _in_32_bits(values: npt.ArrayLike) -> Array:
    """As on a page: numbers that are too large become infinite, and are not drawn."""
    with np.errstate(over="ignore"):
        return np.asarray(values, np.float32).astype(np.float64)


def _draw_bars(bars: Bars, ax: Axes) -> None:
    heights = np.asarray(bars.heights, float)
    places = np.arange(len(heights))
    drawn = ax.bar(places, np.nan_to_num(heights), color=[
        plotting.COLOURS[place % len(plotting.COLOURS)] for place in places
    ])
    if bars.marked is not None:
        drawn[bars.marked].set(edgecolor="black", linewidth=2.5)
    ax.bar_label(drawn, [f"{height:.3g}" for height in heights], padding=2)
    ax.set_xticks(places, [plain(name) for name in bars.names])
    ax.set(title=plain(bars.title), ylabel=plain(bars.y_label))
    if bars.y_range is not None:
        ax.set_ylim(bars.y_range)
    ax.grid(False, axis="x")


DRAWN_BY: dict[type, Any] = {Plane: _draw_plane, Chart: _draw_chart, Bars: _draw_bars}
