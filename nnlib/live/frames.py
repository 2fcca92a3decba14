"""What a live figure shows: pictures as data, for any screen to draw.

An experiment (`nnlib.live.lab`) answers its settings with frames.  A frame knows nothing of
screens: notebooks and the pages of the book draw it in the browser, to which `nnlib.live.packing`
takes it, with `nnlib.live.scripts`; `nnlib.live.frame_plots` draws the very same frame with
Matplotlib, for the picture that is there before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnlib.validation import (
    check_choice,
    check_count,
    check_flag,
    check_items,
    check_numbers,
    check_real,
    check_text,
    shown,
)

Array = npt.NDArray[Any]

STYLES = ("solid", "dashed", "dotted", "points")


MAX_CLASSES = 256  # a class number travels as one byte


def _check_range(name: str, ends: tuple[float, float] | None) -> None:
    if ends is None:
        return
    if not isinstance(ends, tuple | list) or len(ends) != 2:
        raise TypeError(f"{name} must be (low, high), got {shown(ends)}")
    low, high = (check_real(name, end) for end in ends)
    if not low < high:
        raise ValueError(f"{name} must be (low, high), finite and low first, got {shown(ends)}")


def _check_texts(plot: object, *names: str) -> None:
    for name in names:
        check_text(name, getattr(plot, name))


def _check_marked(marked: int | None, count: int, what: str) -> None:
    if marked is not None and check_count("marked", marked, at_least=0) >= count:
        raise ValueError(f"marked must be one of the {count} {what}, counted from 0, got "
                         f"{shown(marked)}")


@dataclass(frozen=True)
class Curve:
    """One line, or one cloud of points.

    Attributes
    ----------
    x, y : array_like, shape (n,)
        Points that are not finite leave gaps.
    label : str
        For the legend; empty for none.
    style : {"solid", "dashed", "dotted", "points"}
    colour : int, optional
        Place in the book's list of colours, `nnlib.plotting.COLOURS`; None is the colour of text.
    texts : sequence of str
        For points: what is written at each of them, in place of a dot; empty for dots.
    faint : bool
        Paler than others, for what is there to compare with.
    """

    x: npt.ArrayLike
    y: npt.ArrayLike
    label: str = ""
    style: Literal["solid", "dashed", "dotted", "points"] = "solid"
    colour: int | None = None
    texts: Sequence[str] = ()
    faint: bool = False

    def __post_init__(self) -> None:
        _check_texts(self, "label")
        check_flag("faint", self.faint)
        check_items("texts", self.texts, str, "texts")
        check_choice("style", self.style, STYLES)
        if self.colour is not None:
            check_count("colour", self.colour, at_least=0, at_most=MAX_CLASSES - 1)
        x, y = (check_numbers(name, getattr(self, name), ("n",)) for name in ("x", "y"))
        if x.shape != y.shape:
            raise ValueError(f"x and y must be as long as each other, (n,), got shapes "
                             f"{np.shape(self.x)} and {np.shape(self.y)}")
        if self.texts and (self.style != "points" or len(self.texts) != len(x)):
            raise ValueError(f"texts must be one for each of the points, of which there are "
                             f"{len(x) if self.style == 'points' else 0}, got {len(self.texts)}")


_SHAPES = {"probabilities": ("k", "rows", "columns"), "values": ("rows", "columns"),
           "points": ("n", "2"), "labels": ("n",), "targets": ("n",)}


@dataclass(frozen=True)
class Plane:
    """The plane of two inputs, coloured by what a net makes of it.

    Attributes
    ----------
    extent : tuple of float
        (left, right, bottom, top), the centres of the outermost pixels.
    probabilities : ndarray, shape (k, rows, columns), optional
        Of each class, at every pixel; the first row is the bottom one.
    values : ndarray, shape (rows, columns), optional
        In place of probabilities: one number a pixel, blue below 0 and red above.
    points : ndarray, shape (n, 2), optional
        Observations.
    labels : ndarray of int, shape (n,), optional
        Their class numbers.
    targets : ndarray, shape (n,), optional
        In place of labels: their numbers, on the scale of the values.
    classes : sequence of str
        What the classes are called, by their numbers; empty where they have none.
    marked : int, optional
        The observation with a ring around it.
    curves : sequence of Curve
        Drawn over it.
    title, x_label, y_label : str
    """

    extent: tuple[float, float, float, float]
    probabilities: Array | None = None
    values: Array | None = None
    points: Array | None = None
    labels: Array | None = None
    curves: Sequence[Curve] = ()
    title: str = ""
    x_label: str = "x₁"
    y_label: str = "x₂"
    marked: int | None = None
    classes: Sequence[str] = ()
    targets: Array | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.extent, tuple | list) or len(self.extent) != 4:
            raise ValueError(f"extent must be (left, right, bottom, top), got {shown(self.extent)}")
        _check_range("extent's left and right", self.extent[:2])
        _check_range("extent's bottom and top", self.extent[2:])
        for name, shape in _SHAPES.items():
            array = getattr(self, name)
            if array is not None and not isinstance(array, np.ndarray):
                raise TypeError(f"{name} must be an array or None, got {shown(array)}")
            if array is not None:
                check_numbers(name, array, shape)
        P, values, points = self.probabilities, self.values, self.points
        if P is not None and (P.ndim != 3 or min(P.shape) < 2):
            raise ValueError(f"probabilities must have the shape (k, rows, columns), each at "
                             f"least 2, got {P.shape}")
        if values is not None and (values.ndim != 2 or min(values.shape) < 2):
            raise ValueError(f"values must have the shape (rows, columns), each at least 2, got "
                             f"{values.shape}")
        if points is not None and (points.ndim != 2 or points.shape[1] != 2):
            raise ValueError(f"points must have the shape (n, 2), got {points.shape}")
        n = 0 if points is None else len(points)
        if self.labels is not None and self.labels.shape != (n,):
            raise ValueError(f"labels must be one for each of the {n} points, got shape "
                             f"{self.labels.shape}")
        if self.labels is not None and not np.isin(self.labels, range(MAX_CLASSES)).all():
            raise ValueError(f"labels must be class numbers from 0 to {MAX_CLASSES - 1}, got "
                             f"{shown(self.labels)}")
        if self.targets is not None and (values is None or self.targets.shape != (n,)):
            raise ValueError(f"targets must be one for each of the {n} points of a plane with "
                             f"values, got shape {self.targets.shape}")
        check_items("classes", self.classes, str, "texts")
        if self.classes and self.labels is not None and self.labels.max(initial=0) >= len(
                self.classes):
            raise ValueError(f"classes must be a name for each of the {self.labels.max() + 1} "
                             f"classes, got {len(self.classes)}")
        _check_marked(self.marked, n, "points")
        check_items("curves", self.curves, Curve, "Curves")
        _check_texts(self, "title", "x_label", "y_label")


@dataclass(frozen=True)
class Chart:
    """Curves over two axes.

    Attributes
    ----------
    curves : sequence of Curve
    title, x_label, y_label : str
    x_log, y_log : bool
        Logarithmic axes; they show positive numbers only.
    x_range, y_range : tuple of float, optional
        (low, high); None takes what the curves need.
    has_axes : bool
        Without them there are no labels, ticks or grid either: for a drawing that measures nothing.
    """

    curves: Sequence[Curve]
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    x_log: bool = False
    y_log: bool = False
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    has_axes: bool = True

    def __post_init__(self) -> None:
        check_items("curves", self.curves, Curve, "Curves")
        _check_texts(self, "title", "x_label", "y_label")
        check_flag("x_log", self.x_log)
        check_flag("y_log", self.y_log)
        check_flag("has_axes", self.has_axes)
        _check_range("x_range", self.x_range)
        _check_range("y_range", self.y_range)


@dataclass(frozen=True)
class Bars:
    """One bar for each name.

    Attributes
    ----------
    names : sequence of str
    heights : array_like, shape (n,)
    title, y_label : str
    marked : int, optional
        The bar with an outline.
    y_range : tuple of float, optional
        (low, high); None takes what the bars need.
    """

    names: Sequence[str]
    heights: npt.ArrayLike
    title: str = ""
    y_label: str = ""
    marked: int | None = None
    y_range: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        check_items("names", self.names, str, "texts")
        heights = check_numbers("heights", self.heights, ("n",))
        if len(heights) != len(self.names):
            raise ValueError(f"heights must be one for each of the {len(self.names)} names, got "
                             f"shape {heights.shape}")
        _check_marked(self.marked, len(self.names), "bars")
        _check_texts(self, "title", "y_label")
        _check_range("y_range", self.y_range)


@dataclass(frozen=True)
class Layer:
    """The nodes of one layer of a net, as a `Diagram` shows them.

    Attributes
    ----------
    title : str
    keys : sequence of str
        Of each node: its name in the setting ``node``; empty if it cannot be chosen.
    names : sequence of str
        What is written on it.
    texts : sequence of str
        The number at it.
    weights : ndarray, shape (nodes, nodes of the layer before + 1), optional
        Of the lines that lead to it; the last column is the bias.  None for the inputs.
    pictures : ndarray, shape (nodes, rows, columns), optional
        The node's value over the plane of the inputs; the first row is the bottom one.
    dead : sequence of int
        Places of the nodes that nothing passes.
    others : int
        Nodes of the layer that are not drawn.
    """

    title: str
    keys: Sequence[str]
    names: Sequence[str]
    texts: Sequence[str]
    weights: Array | None = None
    pictures: Array | None = None
    dead: Sequence[int] = ()
    others: int = 0

    def __post_init__(self) -> None:
        _check_texts(self, "title")
        for name in ("keys", "names", "texts"):
            check_items(name, getattr(self, name), str, "texts")
        for name in ("keys", "texts"):
            if len(getattr(self, name)) != len(self.names):
                raise ValueError(f"{name} must be one for each of the {len(self.names)} names, got "
                                 f"{len(getattr(self, name))}")
        for name, shape in (("weights", ("nodes", "nodes before + 1")),
                            ("pictures", ("nodes", "rows", "columns"))):
            array = getattr(self, name)
            if array is None:
                continue
            if not isinstance(array, np.ndarray):
                raise TypeError(f"{name} must be an array or None, got {shown(array)}")
            check_numbers(name, array, shape)
            if array.ndim != len(shape) or len(array) != len(self.names) or not array.size:
                raise ValueError(f"{name} must have the shape ({', '.join(shape)}) for "
                                 f"{len(self.names)} nodes, got {array.shape}")
        check_items("dead", self.dead, int, "whole numbers")
        if not all(0 <= place < len(self.names) for place in self.dead):
            raise ValueError(f"dead must be places from 0 to {len(self.names) - 1}, got "
                             f"{shown(self.dead)}")
        check_count("others", self.others, at_least=0, at_most=2**53)  # exact on a page


@dataclass(frozen=True)
class Diagram:
    """A net as nodes and lines, with the numbers of one observation on its way through.

    Attributes
    ----------
    layers : sequence of Layer
        The inputs first.
    chosen : str
        The key of the node that the reader has chosen; empty for none.
    weight_texts : sequence of str
        The numbers at the lines that lead to it, one for each node drawn of the layer before, the
        bias last; empty for none.
    title : str
    lines : sequence of (int, int, int), optional
        The lines that stand out: of each its layer, counted from the inputs as 0, and its row and
        column in the weights of that layer.  None for those that lead to the chosen node.
    """

    layers: Sequence[Layer]
    chosen: str = ""
    weight_texts: Sequence[str] = ()
    title: str = ""
    lines: Sequence[tuple[int, int, int]] | None = None

    def __post_init__(self) -> None:
        check_items("layers", self.layers, Layer, "Layers")
        if len(self.layers) < 2:
            raise ValueError(f"layers must be two or more, inputs and outputs, got "
                             f"{len(self.layers)}")
        for before, layer in pairwise(self.layers):
            expected = (len(layer.names), len(before.names) + 1)
            if layer.weights is None or layer.weights.shape != expected:
                raise ValueError(f"layers must have weights of the shape {expected} from one to "
                                 f"the next, got {shown(layer.weights)}")
        _check_texts(self, "chosen", "title")
        check_items("weight_texts", self.weight_texts, str, "texts")
        places = [layer for layer in range(1, len(self.layers))
                  if self.chosen and self.chosen in self.layers[layer].keys]
        if self.chosen and not places:
            raise ValueError(f"chosen must be a key of a node behind the inputs, or empty, got "
                             f"{shown(self.chosen)}")
        count = len(self.layers[places[0] - 1].names) + 1 if places else 0
        if len(self.weight_texts) not in (0, count):
            raise ValueError(f"weight_texts must be one for each of the {count} lines to the "
                             f"chosen node, got {len(self.weight_texts)}")
        if self.lines is None:
            return
        check_items("lines", self.lines, tuple, "(layer, row, column)")
        known = {(place, *at) for place, layer in enumerate(self.layers)
                 if layer.weights is not None for at in np.ndindex(layer.weights.shape)}
        for line in self.lines:
            check_items("lines", line, int, "(layer, row, column)")
            if line not in known:
                raise ValueError(f"lines must be (layer, row, column) of weights that there are, "
                                 f"got {shown(line)}")

    def stands_out(self, layer: int, row: int, column: int) -> bool:
        """Whether the line of this weight is one of those that stand out."""
        if self.lines is not None:
            return (layer, row, column) in self.lines
        return bool(self.chosen) and self.layers[layer].keys[row] == self.chosen


Plot = Plane | Chart | Bars | Diagram
PLOTS = (Plane, Chart, Bars, Diagram)


@dataclass(frozen=True)
class Marked:
    """A text of which parts stand out, among the details of a `Frame`.

    Attributes
    ----------
    parts : sequence of str or (str, int)
        One after the other.  What stands out has its colour with it: a place in the book's list of
        colours, `nnlib.plotting.COLOURS`.
    """

    parts: Sequence[str | tuple[str, int]]

    def __post_init__(self) -> None:
        check_items("parts", self.parts, (str, tuple), "texts and (text, colour)")
        for part in self.parts:
            if isinstance(part, tuple):
                if len(part) != 2:
                    raise ValueError(f"parts must be texts and (text, colour), got {shown(part)}")
                check_text("parts", part[0])
                check_count("parts", part[1], at_least=0, at_most=MAX_CLASSES - 1)

    def __str__(self) -> str:
        return "".join(text for text, _ in pieces(self))


def pieces(said: str | Marked) -> list[tuple[str, int | None]]:
    """The parts of a text, each with its colour; None for what does not stand out."""
    if isinstance(said, str):
        return [(said, None)]
    return [(part, None) if isinstance(part, str) else part for part in said.parts]


@dataclass(frozen=True)
class Frame:
    """One moment of an experiment.

    Attributes
    ----------
    plots : sequence of Plane, Chart, Bars or Diagram
        Drawn side by side, in this order.
    text : str
        What is to be read beside the pictures.
    warning : str
        What went wrong and why; empty if nothing did.
    epoch : int, optional
        Steps of training taken, where there is training.
    last_epoch : int, optional
        How many there will be at the most, while there are more to come.
    details : sequence of (str, str or Marked)
        More to read, below the pictures, a line each: what it is about, and what it says.
    """

    plots: Sequence[Plot]
    text: str = ""
    warning: str = ""
    epoch: int | None = None
    details: Sequence[tuple[str, str | Marked]] = ()
    last_epoch: int | None = None

    def __post_init__(self) -> None:
        check_items("plots", self.plots, PLOTS, "Planes, Charts, Bars and Diagrams")
        if not self.plots:
            raise TypeError("plots must hold Planes, Charts, Bars and Diagrams, got none")
        check_items("details", self.details, tuple, "pairs of texts")
        for pair in self.details:
            check_items("details", pair, (str, Marked), "pairs of texts")
            if len(pair) != 2 or not isinstance(pair[0], str):
                raise ValueError(f"details must be pairs of texts, got {shown(pair)}")
        _check_texts(self, "text", "warning")
        for name in ("epoch", "last_epoch"):
            if getattr(self, name) is not None:
                check_count(name, getattr(self, name), at_least=0, at_most=2**53)  # exact on a page
