"""Frames of a live figure, drawn with Matplotlib.

Notebooks and the pages of the book draw the same frames in the browser; here they become the
picture that a notebook stores: what every reader sees before touching anything, and on paper.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator

from nnlib import plotting
from nnlib.live.frames import Bars, Chart, Curve, Diagram, Frame, Layer, Plane, Plot, pieces
from nnlib.plotting.style import plain
from nnlib.validation import check_kind, check_real

Array = npt.NDArray[Any]
Part = tuple[str, int | None]  # of a text, with its colour if it stands out

HEIGHT = 4.0  # inches, of a row without the text
WIDTHS = {Plane: 4.9, Chart: 4.6, Bars: 4.0, Diagram: 5.4}
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
BLANK = 0.318  # its width as a share of the size of the letters
FAINT = 0.45  # the opacity of a curve to compare with, as in scripts/axes.js


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
        What to show.  A warning stands below the text, in vermillion; details below the plots.

    Returns
    -------
    Figure
        Of its own, not one of pyplot's: nothing needs to be closed.
    """
    check_kind("frame", frame, Frame, "a frames.Frame")
    plots, places = frame.plots, _places(frame.plots)
    columns = min(len(plots), 2)
    widths = [max((WIDTHS[type(plot)] for plot, (_, place) in zip(plots, places, strict=True)
                   if place == slice(column, column + 1)), default=WIDTHS[Bars])
              for column in range(columns)]
    if columns == 1:
        widths = [ALONE]
    rows = [max(_height(plot, place) for plot, place in zip(plots, places, strict=True)
                if place[0] == row) for row in range(places[-1][0] + 1)]
    height = sum(rows)
    text, warning = (
        _broken(words, round(COLUMNS * sum(widths))) for words in (frame.text, frame.warning)
    )
    details = [line for name, said in frame.details for line in _lines_of(
        [(f"{name}: ", None), *pieces(said)], round(COLUMNS * sum(widths)))]
    heights = [max(TEXT_LINE * len(lines), 0.01) for lines in (text + warning, details)]
    with style.context(LOOK):
        figure = Figure((sum(widths), height + sum(heights)), layout="constrained")
        # The texts have figures of their own, so that no title of a plot can meet them.
        parts: Any = figure.subfigures(3, height_ratios=(heights[0], height, heights[1]), hspace=0)
        above, middle, below = parts
        _write(above, [[(line, None)] for line in (*text, *warning)],
               [False] * len(text) + [True] * len(warning))
        _write(below, details, [False] * len(details))
        grid = middle.add_gridspec(len(rows), columns, width_ratios=widths, height_ratios=rows)
        for plot, place in zip(plots, places, strict=True):
            DRAWN_BY[type(plot)](plot, middle.add_subplot(grid[place]))
    return figure


def _places(plots: Sequence[Plot]) -> list[tuple[int, slice]]:
    """Row and columns of each plot: two in a row, but beside two others a diagram has its own."""
    places, taken = [], 0
    for plot in plots:
        wide = isinstance(plot, Diagram) and len(plots) > 2
        taken += wide and taken % 2
        places.append((taken // 2, slice(taken % 2, 2 if wide else taken % 2 + 1)))
        taken += 1 + wide
    return places


def _height(plot: Plot, place: tuple[int, slice]) -> float:
    """Inches of a plot; a diagram that has a row of its own takes no more than its nodes need."""
    _, columns = place
    if not isinstance(plot, Diagram) or columns != slice(0, 2):
        return HEIGHT
    return min(HEIGHT, NODE_ROW * (max(len(layer.names) for layer in plot.layers) + 2))


def _write(place: Any, lines: Sequence[Sequence[Part]], warns: Sequence[bool]) -> None:
    """Lines one below the other, each with whether it is a warning."""
    for number, (line, warning) in enumerate(zip(lines, warns, strict=True)):
        look: dict[str, Any] = {"va": "bottom",
                                "color": plotting.VERMILLION if warning else "black",
                                "fontweight": "bold" if warning else "normal"}
        y, written, blanks = 1 - (number + 0.85) / len(lines), None, 0
        for text, colour in line:
            look["bbox"] = None if colour is None else {
                "facecolor": plotting.COLOURS[colour % len(plotting.COLOURS)],
                "edgecolor": "none", "alpha": 0.25, "pad": 1.5}
            words = plain(text.strip())
            if written is None:
                written = place.text(0.012, y, words, **look)
            elif words:  # where the one before ends, once that is known
                blanks += len(text) - len(text.lstrip())
                written = Annotation(words, (1, 0), (BLANK * blanks * written.get_fontsize(), 0),
                                     xycoords=written, textcoords="offset points", **look)
                place.add_artist(written)
            blanks = len(text) - len(text.rstrip())


def _lines_of(parts: Sequence[Part], columns: int) -> list[list[Part]]:
    """The lines of a text, as `_broken` has them, each in parts."""
    letters = iter([colour for text, colour in parts for letter in text if not letter.isspace()])
    lines = []
    for line in _broken("".join(text for text, _ in parts), columns):
        colours = [None if letter.isspace() else next(letters) for letter in line]
        for i in range(1, len(line) - 1):  # a blank is as what stands on both sides of it
            if line[i].isspace() and colours[i - 1] == colours[i + 1]:
                colours[i] = colours[i - 1]
        lines.append([("".join(line[i] for i in run), colour)
                      for colour, run in groupby(range(len(line)), colours.__getitem__)])
    return lines


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
        image = _draw_values(plane.values, plane.targets, plane.extent, ax)
        if plane.targets is not None and plane.points is not None:
            x, y = plane.points.T
            low, high = image.get_clim()
            ax.scatter(x, y, c=_in_32_bits(plane.targets), cmap=BLUE_TO_RED, vmin=low, vmax=high,
                       s=26, edgecolors="black", linewidths=0.8, zorder=3)
    if plane.points is not None:
        if plane.targets is None:
            labels = plane.labels
            codes = np.zeros(len(plane.points), int) if labels is None else np.asarray(labels)
            names = [f"{number}: {name}" for number, name in enumerate(plane.classes)]
            plotting.draw_observations(ax, plane.points, codes, names or None)
        if plane.marked is not None:
            ax.plot(*plane.points[plane.marked], "o", markersize=15, markerfacecolor="none",
                    markeredgecolor="black", markeredgewidth=2, zorder=4)
    _draw_curves(plane.curves, ax)
    ax.set(xlim=(left, right), ylim=(bottom, top), title=plain(plane.title),
           xlabel=plain(plane.x_label), ylabel=plain(plane.y_label))
    ax.grid(False)
    width, height = right - left, top - bottom
    if max(width, height) < 4 * min(width, height):
        ax.set_aspect("equal")
    if plane.classes or any(curve.label for curve in plane.curves):
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)


def _draw_values(
    values: Array, targets: Array | None, extent: tuple[float, float, float, float], ax: Axes
) -> AxesImage:
    """White at zero; what is farthest from it, among the targets too, has the full colour."""
    left, right, bottom, top = extent
    values = _in_32_bits(values)
    rows, columns = values.shape
    half = (right - left) / (columns - 1) / 2, (top - bottom) / (rows - 1) / 2
    known = np.abs(np.append(values, [] if targets is None else _in_32_bits(targets)))
    known = known[np.isfinite(known)]
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
    return image


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
    has_legend = any(curve.label for curve in chart.curves)
    if not chart.has_axes:
        ax.set_axis_off()
        if has_legend:  # above, as on a page: texts stand anywhere inside
            ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    elif has_legend:
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
            alpha=FAINT if curve.faint else None,
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


# Of a node, in points: its size at the most, and how much of its row it takes.
NODE_SIZE, NODE_SHARE = 28.0, 0.68
NODE_ROW = 0.7  # inches, in a row of plots that is theirs alone
PAPER_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8}


def _draw_diagram(diagram: Diagram, ax: Axes) -> None:
    layers = diagram.layers
    last = len(layers) - 1
    # Nodes of a layer stand one below the other, centred: those drawn, a row for the others, and
    # the one that carries the biases.
    rows = [len(layer.names) + bool(layer.others) + (place < last)
            for place, layer in enumerate(layers)]
    heights = [(count - 1) / 2 - np.arange(count) for count in rows]
    size = min(NODE_SIZE, NODE_SHARE * 72 * 0.8 * HEIGHT / (max(rows) + 1))
    font = min(9.0, 0.55 * size + 2)
    for place in range(1, last + 1):
        _draw_lines(diagram, place, heights, font, ax)
    for place, (layer, y) in enumerate(zip(layers, heights, strict=True)):
        _draw_nodes(diagram, place, y, size, font, ax)
        ax.text(place, max(rows) / 2 + 0.2, plain(layer.title), ha="center", va="bottom")
    ax.set(xlim=(-0.25, last + 0.5), ylim=(-max(rows) / 2 - 0.2, max(rows) / 2 + 0.8),
           title=plain(diagram.title))
    ax.set_axis_off()


def _sources(layer: Layer, y: Array) -> Array:
    """The heights at which lines to the next layer begin: the nodes drawn, and the bias."""
    return np.array([*y[: len(layer.names)], y[-1]])


def _draw_lines(
    diagram: Diagram, place: int, heights: Sequence[Array], font: float, ax: Axes
) -> None:
    """The weights of a layer: their sign is the colour and the dashes, their size the width."""
    before, layer = diagram.layers[place - 1], diagram.layers[place]
    starts = _sources(before, heights[place - 1])
    weights = np.nan_to_num(np.asarray(layer.weights, float))
    sizes = np.abs(weights) / (np.abs(weights).max() or 1)
    some_stand_out = bool(diagram.chosen) or bool(diagram.lines)
    for number, (end, row, share) in enumerate(zip(heights[place], weights, sizes, strict=False)):
        ends = [[(place - 1, start), (place, end)] for start in starts]
        lit = np.array([diagram.stands_out(place, number, column) for column in range(len(row))])
        colours = np.where((row > 0)[:, None], to_rgb(plotting.VERMILLION), to_rgb(plotting.BLUE))
        strength = (0.15 + 0.85 * share) * np.where(lit | (not some_stand_out), 1, 0.2)
        widths = 0.4 + 2.6 * share
        if diagram.lines and lit.any():  # a weight can be too small to be seen
            ax.add_collection(LineCollection(
                [each for each, chosen in zip(ends, lit, strict=True) if chosen],
                colors=TEXT_COLOUR, linewidths=widths[lit] + 2, zorder=0.9))
            strength = np.where(lit, 1, strength)
        ax.add_collection(LineCollection(
            ends, colors=np.column_stack([colours, strength]), linewidths=widths,
            linestyles=["-" if weight > 0 else "--" for weight in row], zorder=1,
        ))


def _draw_nodes(
    diagram: Diagram, place: int, y: Array, size: float, font: float, ax: Axes
) -> None:
    layer, behind = diagram.layers[place], diagram.layers[place + 1 : place + 2]
    # At the nodes that the chosen one takes its values from stand its weights.
    leads = bool(diagram.chosen) and any(diagram.chosen in each.keys for each in behind)
    factors = [f" · ({text})" for text in diagram.weight_texts] if leads else []
    limit = 1.0
    if layer.pictures is not None:
        limit = float(np.nan_to_num(np.abs(layer.pictures)).max()) or 1.0
    for number, (key, name, text) in enumerate(zip(layer.keys, layer.names, layer.texts,
                                                   strict=True)):
        chosen = bool(diagram.chosen) and key == diagram.chosen
        edge = {"edgecolor": "black" if chosen else "#666666", "linewidth": 2.5 if chosen else 0.8}
        if layer.pictures is None:
            ax.plot(place, y[number], "o", markersize=0.8 * size, markerfacecolor="white",
                    markeredgecolor=edge["edgecolor"], markeredgewidth=edge["linewidth"], zorder=3)
        else:
            picture = np.nan_to_num(layer.pictures[number])[::-1] / limit
            image = OffsetImage(BLUE_TO_RED((picture + 1) / 2), zoom=size / len(picture))
            ax.add_artist(AnnotationBbox(image, (place, y[number]), pad=0, bboxprops=edge,
                                         zorder=3))
        dead = " dead" if number in layer.dead else ""
        factor = factors[number] if factors else ""
        ax.annotate(plain(f"{name} {text}{factor}{dead}"), (place, y[number]), (0.62 * size, 0),
                    textcoords="offset points", va="center", fontsize=font, zorder=4,
                    bbox=PAPER_BOX)
    if layer.others:
        ax.text(place, y[len(layer.names)], f"and {layer.others} more", ha="center", va="center",
                fontsize=font)
    if place < len(diagram.layers) - 1:
        ax.plot(place, y[-1], "s", markersize=0.7 * size, markerfacecolor="#EDEDED",
                markeredgecolor="#666666", zorder=3)
        ax.text(place, y[-1], "1", ha="center", va="center", fontsize=font, zorder=4)
        if factors:
            ax.annotate(plain(f"1{factors[-1]}"), (place, y[-1]), (0.62 * size, 0),
                        textcoords="offset points", va="center", fontsize=font, zorder=4,
                        bbox=PAPER_BOX)


DRAWN_BY: dict[type, Any] = {Plane: _draw_plane, Chart: _draw_chart, Bars: _draw_bars,
                             Diagram: _draw_diagram}
