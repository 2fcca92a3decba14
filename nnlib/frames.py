"""What a live figure shows: pictures as data, for any screen to draw.

An experiment (`nnlib.lab`) answers its settings with frames.  A frame knows nothing of screens:
`nnlib.frame_plots` draws it with Matplotlib in Jupyter, and the pages of the book draw the very
same frame in the browser.  `pack` turns it into a text and a block of bytes for the way there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nnlib.validation import check_choice

Array = npt.NDArray[Any]

STYLES = ("solid", "dashed", "dotted", "points")


def _check_range(name: str, ends: tuple[float, float] | None) -> None:
    if ends is not None and not (len(ends) == 2 and all(map(math.isfinite, ends))
                                 and ends[0] < ends[1]):
        raise ValueError(f"{name} must be (low, high), finite and low first, got {ends!r}")


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
    """

    x: npt.ArrayLike
    y: npt.ArrayLike
    label: str = ""
    style: Literal["solid", "dashed", "dotted", "points"] = "solid"
    colour: int | None = None

    def __post_init__(self) -> None:
        check_choice("style", self.style, STYLES)
        if np.ndim(self.x) != 1 or np.shape(self.x) != np.shape(self.y):
            raise ValueError(f"x and y must be as long as each other, (n,), got shapes "
                             f"{np.shape(self.x)} and {np.shape(self.y)}")


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

    def __post_init__(self) -> None:
        if len(self.extent) != 4:
            raise ValueError(f"extent must be (left, right, bottom, top), got {self.extent!r}")
        _check_range("extent's left and right", self.extent[:2])
        _check_range("extent's bottom and top", self.extent[2:])
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
    """

    curves: Sequence[Curve]
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    x_log: bool = False
    y_log: bool = False
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None

    def __post_init__(self) -> None:
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
        if np.shape(self.heights) != (len(self.names),):
            raise ValueError(f"heights must be one for each of the {len(self.names)} names, got "
                             f"shape {np.shape(self.heights)}")
        if self.marked is not None and not 0 <= self.marked < len(self.names):
            raise ValueError(f"marked must be one of the {len(self.names)} bars, counted from 0, "
                             f"got {self.marked!r}")
        _check_range("y_range", self.y_range)


Plot = Plane | Chart | Bars


@dataclass(frozen=True)
class Frame:
    """One moment of an experiment.

    Attributes
    ----------
    plots : sequence of Plane, Chart or Bars
        Drawn side by side, in this order.
    text : str
        What is to be read beside the pictures.
    warning : str
        What went wrong and why; empty if nothing did.
    epoch : int, optional
        Steps of training taken, where there is training.
    """

    plots: Sequence[Plot]
    text: str = ""
    warning: str = ""
    epoch: int | None = None

    def __post_init__(self) -> None:
        if not self.plots or not all(isinstance(plot, Plane | Chart | Bars)
                                     for plot in self.plots):
            raise TypeError(f"plots must hold Planes, Charts and Bars, got {self.plots!r}")


def pack(frame: Frame) -> tuple[str, bytes]:
    """A frame as JSON, and the bytes of its arrays.

    In the JSON stands, in the place of an array, ``{"dtype", "shape", "offset"}``: its type
    ("f4" or "u1", little endian), its shape, and where in the bytes it begins.  Of the
    probabilities in a plane travel the number of the likeliest class, ``winner``; ``share``, its
    probability from 1/k to 1 as 0 to 255, for the colour of a pixel; and ``lead``, how far it is
    ahead of the next class, from 0 to 255, for the lines between the classes.

    Parameters
    ----------
    frame : Frame

    Returns
    -------
    header : str
    body : bytes
    """
    body = bytearray()

    def put(values: Any, dtype: str) -> dict[str, Any]:
        with np.errstate(over="ignore"):  # what is too large for 32 bits is infinite
            array = np.ascontiguousarray(values, "<" + dtype)
        body.extend(bytes(-len(body) % 4))  # typed arrays in JavaScript begin at multiples of 4
        offset = len(body)
        body.extend(array.tobytes())
        return {"dtype": dtype, "shape": array.shape, "offset": offset}

    def curves(given: Sequence[Curve]) -> list[dict[str, Any]]:
        return [{**vars(curve), "x": put(curve.x, "f4"), "y": put(curve.y, "f4")}
                for curve in given]

    def packed(plot: Plot) -> dict[str, Any]:
        fields = {"kind": type(plot).__name__.lower(), **vars(plot)}
        if isinstance(plot, Bars):
            fields["heights"] = put(plot.heights, "f4")
            return fields
        fields["curves"] = curves(plot.curves)
        if isinstance(plot, Plane):
            probabilities = fields.pop("probabilities")
            if probabilities is not None:
                k = len(probabilities)
                share = (probabilities.max(axis=0) - 1 / k) / (1 - 1 / k)
                fields["winner"] = put(probabilities.argmax(axis=0), "u1")
                fields["share"] = put(255 * np.nan_to_num(share), "u1")
                second, first = np.partition(probabilities, -2, axis=0)[-2:]
                fields["lead"] = put(255 * np.nan_to_num(first - second), "u1")
            for name, dtype in (("values", "f4"), ("points", "f4"), ("labels", "u1")):
                if fields[name] is not None:
                    fields[name] = put(fields[name], dtype)
        return fields

    header = {**vars(frame), "plots": [packed(plot) for plot in frame.plots]}
    return json.dumps(header, default=np.generic.item, allow_nan=False), bytes(body)
