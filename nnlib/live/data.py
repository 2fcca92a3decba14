"""The data that the net of a live figure learns: sets of the plane, and those of the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib import datasets
from nnlib.estimator.encoding import MAX_CLASSES
from nnlib.live.controls import FARTHEST
from nnlib.live.pasted import PastedTable, read, short
from nnlib.live.strokes import Strokes
from nnlib.live.strokes import heights as heights_of
from nnlib.validation import check_choice, check_count, check_items, check_real, shown

Array = npt.NDArray[Any]
Extent = tuple[float, float, float, float]

N_VALIDATION = 500
DRAWING_BOARD: Extent = (-FARTHEST, FARTHEST, -FARTHEST, FARTHEST)
GRAPH_PLACES = 41  # at which the height of a drawn function is taken
DIGITS = range(10)  # the classes of points that are drawn
MAX_SEED = 2**53  # beyond, a page would round it

#: The data sets of the plane, each with the name of the argument that sets its scatter.
DATASETS = {
    "moons": "noise",
    "circles": "noise",
    "xor": "noise",
    "checkerboard": "",
    "spirals": "noise",
    "blobs": "spread",
}
#: And those on both sides of a graph, which is chosen or drawn, or that come from the reader.
GRAPH, DRAWN_GRAPH, DRAWN, PASTED = "graph", "drawn graph", "drawn", "pasted"
#: That with numbers to predict, the heights of a surface, in place of classes.
SURFACE = "surface"
# The argument that sets the number of classes, where there is one.
CLASSES = {"spirals": "arms", "blobs": "centers"}


@dataclass(frozen=True)
class DataSet:
    """What there is to learn.  Made by `data_set`.

    Attributes
    ----------
    X, y : ndarray, shapes (n, 2) and (n,)
        Training observations and their classes, or the numbers to predict.
    validation : tuple of ndarray, optional
        `N_VALIDATION` more, (X, y), to look at while a net trains; the reader's own have none,
        unless `keep_back` takes some of them.
    extent : tuple of float
        (left, right, bottom, top) of the plane to show.
    code : tuple of str
        The lines that make ``X``, ``y`` and ``validation``.
    axes : tuple of str
        What the inputs are called.
    classes : tuple of str
        What the classes are called; empty where they have numbers only.
    kept_back : bool
        Whether those to validate with were some of the reader's own.
    """

    X: Array
    y: Array
    validation: tuple[Array, Array] | None
    extent: Extent
    code: tuple[str, ...]
    axes: tuple[str, str] = ("x₁", "x₂")
    classes: tuple[str, ...] = ()
    kept_back: bool = False

    @property
    def has_numbers(self) -> bool:
        """Whether there are numbers to predict, and no classes."""
        return self.y.dtype.kind == "f"


def data_set(
    data: str = "moons",
    n: int = 200,
    noise: float = 0.2,
    n_classes: int = 2,
    points: Sequence[tuple[float, float, int]] = (),
    table: str = "",
    function: str = "wave",
    drawn_graph: Strokes = (),
    surface: str = "hills",
    *,
    seed: int = 0,
) -> DataSet:
    """Observations of the plane and their classes, or numbers to predict.

    Parameters
    ----------
    data : str
        One of `DATASETS`; "graph" or "drawn graph", for points below and above that of the
        `function` or the `drawn_graph`; "surface" for the heights of the `surface`; "drawn" for
        the `points` given, "pasted" for the `table`.
    n : int
        Training observations.
    noise : float
        Standard deviation of the scatter, where the data set takes one.
    n_classes : int
        Of spirals and blobs; the other data sets have two.
    points : sequence of (x_1, x_2, class), optional
        The observations of the data set "drawn".
    table : str, optional
        Those of the data set "pasted": text as `nnlib.live.pasted.read` takes it.  Its columns are
        standardised.
    function : str
        Of the data set "graph": one of `nnlib.datasets.FUNCTIONS`.
    drawn_graph : sequence of strokes, optional
        Of a pad, which draw the function of the data set "drawn graph"; left and right of them it
        goes on level.
    surface : str
        Of the data set "surface": one of `nnlib.datasets.SURFACES`.
    seed : int

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be; the message names it.
    """
    check_choice("data", data, (*DATASETS, GRAPH, DRAWN_GRAPH, SURFACE, DRAWN, PASTED))
    check_count("n", n, at_least=2, at_most=datasets.MAX_N)
    check_real("noise", noise, at_least=0, at_most=datasets.MAX_NOISE)
    check_count("n_classes", n_classes, at_least=2, at_most=MAX_CLASSES)
    seed = check_count("seed", seed, at_least=0, at_most=MAX_SEED)
    if data == DRAWN:
        return _drawn(points)
    if data == PASTED:
        return _pasted(read(table))
    arguments: dict[str, Any] = {}
    first: tuple[str, ...] = ()
    if data in (GRAPH, DRAWN_GRAPH):
        arguments = {"function": function, "noise": noise}
    if data == DRAWN_GRAPH:
        places, heights = _drawn_graph(drawn_graph)
        first = (f"function = ({places.tolist()}, {heights.tolist()})",)
        arguments["function"] = (places, heights)
    if data == SURFACE:
        arguments = {"function": check_choice("surface", surface, datasets.SURFACES),
                     "noise": noise}
    if DATASETS.get(data):
        arguments[DATASETS[data]] = noise
    if data in CLASSES:
        arguments[CLASSES[data]] = n_classes
    name = "graph" if data == DRAWN_GRAPH else data
    make = getattr(datasets, name)
    X, y = make(n, random_state=seed, **arguments)
    validation = make(N_VALIDATION, random_state=seed + 10_000, **arguments)
    more = "".join(f", {argument}={argument if isinstance(value, tuple) else repr(value)}"
                   for argument, value in arguments.items())
    code = (f"X, y = datasets.{name}({n}{more}, random_state={seed})",
            f"validation = datasets.{name}({N_VALIDATION}{more}, random_state={seed + 10_000})")
    return DataSet(X, y, validation, datasets.bounds(X), (*first, *code))


def keep_back(data: DataSet, seed: int) -> DataSet:
    """The same data with about a fifth of each class to validate with, no more to train on.

    Parameters
    ----------
    data : DataSet
        Without validation data.
    seed : int
        Of the draw.

    Raises
    ------
    ValueError
        If no class has three observations: then none can be kept back.
    """
    order = np.random.default_rng(seed).permutation(len(data.y))
    kept = np.concatenate([order[data.y[order] == c][2::5] for c in np.unique(data.y)])
    if not len(kept):
        raise ValueError("stopping must be another rule for so few points: early stopping keeps "
                         "some back, and wants a class of three or more")
    code = (f"order = np.random.default_rng({seed}).permutation(len(y))",
            "kept = np.concatenate([order[y[order] == c][2::5] for c in np.unique(y)])",
            "validation = X[kept], y[kept]",
            "X, y = np.delete(X, kept, axis=0), np.delete(y, kept)")
    return replace(data, X=np.delete(data.X, kept, axis=0), y=np.delete(data.y, kept),
                   validation=(data.X[kept], data.y[kept]), code=(*data.code, *code),
                   kept_back=True)


def _drawn_graph(strokes: Strokes) -> tuple[Array, Array]:
    """Places along the pad, spread over the square of the data, and the heights drawn there."""
    along = np.linspace(0, 1, GRAPH_PLACES)
    heights = heights_of(strokes, along)
    known = np.isfinite(heights)
    if known.sum() < 2:
        raise ValueError("drawn_graph must have a line from left to right: draw one on the pad")
    side = datasets.HALF_SIDE
    return (np.round(side * (2 * along[known] - 1), 3),
            np.round(side * (2 * heights[known] - 1), 3))


def _drawn(points: Sequence[Any]) -> DataSet:
    check_items("points", points, (tuple, list), "(x_1, x_2, class)")
    try:
        table = np.array(points, dtype=float).reshape(len(points), 3)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"points must each be (x_1, x_2, class), got "
                         f"{shown(points)}") from error
    labels = table[:, 2]
    if not np.isfinite(table).all() or not np.isin(labels, DIGITS).all():
        raise ValueError("points must be finite and have whole numbers from 0 to 9 as classes")
    if len(np.unique(labels)) < 2:
        raise ValueError("points must be of at least two classes: draw some of another class")
    X, y = table[:, :2], labels.astype(np.int64)
    code = (f"X = np.array({X.tolist()})", f"y = np.array({y.tolist()})")
    return DataSet(X, y, None, DRAWING_BOARD, code)


def _pasted(table: PastedTable) -> DataSet:
    X = table.standardised
    names = [short(name) or place
             for name, place in zip(table.columns, ("x₁", "x₂"), strict=True)]
    return DataSet(X, table.y, None, datasets.bounds(X), table.code,
                   (f"{names[0]}, standardised", f"{names[1]}, standardised"),
                   tuple(map(short, table.classes)))
