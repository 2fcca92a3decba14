"""Small data sets to train on: eight drawn in the plane, and scanned handwritten digits.

Each of them returns ``X`` (n, d), one observation a row, and ``y`` (n,), its class 0 .. k-1; that
of `surface` is a number to predict.  The planar sets are ready to train: their coordinates are
dimensionless and of order 1, and their rows come in random order.  Another seed draws other points.
Classes differ in size by at most one observation, or are drawn too: with ``class_sizes="drawn"``
each observation falls into one of the k classes, all equally likely, as in a sample.  A class of
few observations may then have none; the others keep their numbers.  `bounds` is the part of the
plane to show them in.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlib.validation import (
    check_choice,
    check_count,
    check_numbers,
    check_observations,
    check_random_state,
    check_real,
    shown,
)

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
RandomState: TypeAlias = int | np.random.Generator | None

SPACINGS = ("drawn", "even")
CLASS_SIZES = ("balanced", "drawn")

# More observations would not fit into the memory of an ordinary machine, nor the pictures of more
# fields into a board.  Coordinates so large that their squares overflow can be neither scaled nor
# learned, and farther around an angle has lost its digits.
MAX_N = 10**7
MAX_CELLS = 1000
MAX_NOISE = 1e150
MAX_TURNS = 1000

# A square of this half side, filled evenly, has unit variance along each axis.
HALF_SIDE = np.sqrt(3.0)

# Functions whose graphs part the plane: of x_1, in the square from -1.73 to 1.73.
FUNCTIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "line": lambda x: x / 2,
    "wave": lambda x: np.sin(3 * x),
    "parabola": lambda x: x**2 - 1.5,
    "kink": lambda x: np.abs(x) - 1,
    "step": lambda x: np.where(x > 0, 0.8, -0.8),
}

# Heights over that square, from -1 to 1 or nearly so.
SURFACES: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "slope": lambda u, v: (u + v) / (2 * HALF_SIDE),
    "saddle": lambda u, v: u * v / HALF_SIDE**2,
    "hills": lambda u, v: (np.exp(-2 * ((u - 0.8) ** 2 + (v - 0.6) ** 2))
                           - np.exp(-2 * ((u + 0.8) ** 2 + (v + 0.6) ** 2))),
    "ripple": lambda u, v: np.cos(2.5 * np.hypot(u, v)),
}

# Between these radii the two coordinates of a spiral have variance 1 on average; the hole in the
# middle keeps the arms apart where they start.
SPIRAL_RADII = (0.2, 2.35)

# The centres of the blobs, evenly spaced on this circle, have unit variance along each axis.
BLOB_RADIUS = np.sqrt(2.0)


def moons(
    n: int = 200,
    noise: float = 0.0,
    random_state: RandomState = None,
    *,
    spacing: str = "drawn",
    class_sizes: str = "balanced",
) -> tuple[FloatArray, IntArray]:
    """Two half circles of radius 1 that reach into each other.

    Class 0 is the upper moon, around (0, 0); class 1 the lower, around (1, 0.5).

    Parameters
    ----------
    n : int
        Number of observations, from 2 to ten million.
    noise : float
        Standard deviation of the Gaussian noise added to both coordinates, in units of the radius.
    random_state : int, numpy.random.Generator or None
        Seed of the points and of the order of the rows; None draws a fresh one.
    spacing : {"drawn", "even"}
        Places along the moons: drawn at random, each equally likely; or evenly spaced, so that
        without noise the points are those of scikit-learn's ``make_moons``.
    class_sizes : {"balanced", "drawn"}
        Equal, and the lower moon gets the odd one; or each observation's class is drawn.

    Returns
    -------
    X : ndarray, shape (n, 2)
        Coordinates, dimensionless: without noise from -1 to 2 and from -0.5 to 1.
    y : ndarray of int64, shape (n,)
        Classes, 0 or 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or out of its range.

    Examples
    --------
    >>> X, y = moons(200, noise=0.2, random_state=0)
    >>> X.shape, y.shape
    ((200, 2), (200,))
    """
    noise = check_real("noise", noise, at_least=0, at_most=MAX_NOISE)
    angle, y, generator = _arcs(n, np.pi, spacing, class_sizes, random_state)
    X = np.where(y == 0, 1, -1)[:, None] * _on_circle(angle) + y[:, None] * [1, 0.5]
    return _noisy_and_shuffled(X, y, noise, generator)


def circles(
    n: int = 200,
    noise: float = 0.0,
    factor: float = 0.5,
    random_state: RandomState = None,
    *,
    spacing: str = "drawn",
    class_sizes: str = "balanced",
) -> tuple[FloatArray, IntArray]:
    """A circle inside a circle of radius 1, both around the origin.

    Class 0 is the outer circle, class 1 the inner.

    Parameters
    ----------
    n : int
        Number of observations, from 2 to ten million.
    noise : float
        Standard deviation of the Gaussian noise added to both coordinates, in units of the outer
        radius.
    factor : float
        Radius of the inner circle, in units of the outer; at least 0, below 1.
    random_state : int, numpy.random.Generator or None
        Seed of the points and of the order of the rows; None draws a fresh one.
    spacing : {"drawn", "even"}
        Places along the circles: drawn at random, each equally likely; or evenly spaced, so that
        without noise the points are those of scikit-learn's ``make_circles``.
    class_sizes : {"balanced", "drawn"}
        Equal, and the inner circle gets the odd one; or each observation's class is drawn.

    Returns
    -------
    X : ndarray, shape (n, 2)
        Coordinates, dimensionless: without noise from -1 to 1.
    y : ndarray of int64, shape (n,)
        Classes, 0 or 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or out of its range.
    """
    noise = check_real("noise", noise, at_least=0, at_most=MAX_NOISE)
    factor = check_real("factor", factor, at_least=0, below=1)
    angle, y, generator = _arcs(n, 2 * np.pi, spacing, class_sizes, random_state, closed=True)
    X = np.where(y == 0, 1, factor)[:, None] * _on_circle(angle)
    return _noisy_and_shuffled(X, y, noise, generator)


def xor(
    n: int = 200,
    noise: float = 0.0,
    random_state: RandomState = None,
    *,
    class_sizes: str = "balanced",
) -> tuple[FloatArray, IntArray]:
    """The four quadrants of a square: class 1 where the signs of the coordinates differ.

    The smallest problem that no straight line can solve; it is a checkerboard of 2 x 2 cells.

    Parameters
    ----------
    n : int
        Number of observations, from 2 to ten million.
    noise : float
        Standard deviation of the Gaussian noise added to both coordinates after the class was
        set, in the coordinates' units: with it some points land in a quadrant not their own.
    random_state : int, numpy.random.Generator or None
        Seed of the points and of the order of the rows; None draws a fresh one.
    class_sizes : {"balanced", "drawn"}
        Equal, and class 0 gets the odd one; or each observation's class is drawn.

    Returns
    -------
    X : ndarray, shape (n, 2)
        Coordinates, dimensionless: without noise uniform from -1.73 to 1.73, so of unit variance.
    y : ndarray of int64, shape (n,)
        Classes, 0 or 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or out of its range.
    """
    return checkerboard(
        n, cells=2, noise=noise, random_state=random_state, class_sizes=class_sizes
    )


def checkerboard(
    n: int = 400,
    cells: int = 4,
    noise: float = 0.0,
    random_state: RandomState = None,
    *,
    class_sizes: str = "balanced",
) -> tuple[FloatArray, IntArray]:
    """A square of ``cells`` x ``cells`` fields, coloured in turn; its lower left field is class 0.

    Parameters
    ----------
    n : int
        Number of observations, from 2 to ten million.
    cells : int
        Fields along each side, from 2 to 1000.
    noise : float
        Standard deviation of the Gaussian noise added to both coordinates after the class was
        set, in the coordinates' units: with it some points land in a field not their own.
    random_state : int, numpy.random.Generator or None
        Seed of the points and of the order of the rows; None draws a fresh one.
    class_sizes : {"balanced", "drawn"}
        Equal, and class 0 gets the odd one; or each observation's class is drawn.

    Returns
    -------
    X : ndarray, shape (n, 2)
        Coordinates, dimensionless: without noise from -1.73 to 1.73 and of unit variance, so a
        field of the 4 x 4 board is 0.87 wide.
    y : ndarray of int64, shape (n,)
        Classes, 0 or 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or out of its range.
    """
    cells = check_count("cells", cells, at_least=2, at_most=MAX_CELLS)
    noise = check_real("noise", noise, at_least=0, at_most=MAX_NOISE)
    y, generator = _classes(n, 2, class_sizes, random_state)
    column, row = np.indices((cells, cells)).reshape(2, -1)
    field = np.empty_like(y)
    for label in (0, 1):
        own = np.flatnonzero((column + row) % 2 == label)
        field[y == label] = generator.choice(own, size=np.count_nonzero(y == label))
    corner = np.column_stack([column[field], row[field]])
    X = (corner + generator.random((len(y), 2))) * (2 * HALF_SIDE / cells) - HALF_SIDE
    return _noisy_and_shuffled(X, y, noise, generator)


def spirals(
    n: int = 400,
    arms: int = 2,
    turns: float = 1.5,
    noise: float = 0.0,
    random_state: RandomState = None,
    *,
    class_sizes: str = "balanced",
) -> tuple[FloatArray, IntArray]:
    """Arms that wind outwards around the origin, one class an arm.

    Along an arm the radius grows evenly with the angle (an Archimedean spiral), and the points
    are spread evenly in the radius: crowded near the middle, sparse outside.

    Parameters
    ----------
    n : int
        Number of observations, at least one an arm, at most ten million.
    arms : int
        Number of arms, and so of classes; at least 2.
    turns : float
        How often each arm winds around the origin; above 0, at most 1000. Neighbouring arms are
        2.15 / (arms * turns) apart: 0.72 for two arms of 1.5 turns.
    noise : float
        Standard deviation of the Gaussian noise added to both coordinates, in their units.
    random_state : int, numpy.random.Generator or None
        Seed of the points and of the order of the rows; None draws a fresh one.
    class_sizes : {"balanced", "drawn"}
        Equal, and the first classes get those left over; or each observation's class is drawn.

    Returns
    -------
    X : ndarray, shape (n, 2)
        Coordinates, dimensionless: without noise from -2.35 to 2.35, of variance near 1.
    y : ndarray of int64, shape (n,)
        Classes, 0 .. arms-1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or out of its range.
    """
    arms = check_count("arms", arms, at_least=2, at_most=MAX_N)
    turns = check_real("turns", turns, above=0, at_most=MAX_TURNS)
    noise = check_real("noise", noise, at_least=0, at_most=MAX_NOISE)
    y, generator = _classes(n, arms, class_sizes, random_state, of="arms")
    way_out = generator.random(len(y))  # 0 where the arm starts, 1 where it ends
    start, end = SPIRAL_RADII
    radius = start + (end - start) * way_out
    angle = 2 * np.pi * (turns * way_out + y / arms)
    X = radius[:, None] * _on_circle(angle)
    return _noisy_and_shuffled(X, y, noise, generator)


def blobs(
    n: int = 300,
    centers: int = 5,
    spread: float = 0.45,
    random_state: RandomState = None,
    *,
    class_sizes: str = "balanced",
) -> tuple[FloatArray, IntArray]:
    """Round clouds whose centres are evenly spaced on a circle around the origin.

    The first centre is at (0, 1.41), the others follow anticlockwise. As every cloud has the same
    spread, the best possible classifier gives each point to the nearest centre.

    Parameters
    ----------
    n : int
        Number of observations, at least one a blob, at most ten million.
    centers : int
        Number of blobs, and so of classes; at least 2.
    spread : float
        Standard deviation of each blob along each axis, in the coordinates' units; at least 0.
    random_state : int, numpy.random.Generator or None
        Seed of the points and of the order of the rows; None draws a fresh one.
    class_sizes : {"balanced", "drawn"}
        Equal, and the first classes get those left over; or each observation's class is drawn.

    Returns
    -------
    X : ndarray, shape (n, 2)
        Coordinates, dimensionless. The centres, more than two of them, have unit variance along
        each axis; the spread adds its square.
    y : ndarray of int64, shape (n,)
        Classes, 0 .. centers-1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or out of its range.
    """
    centers = check_count("centers", centers, at_least=2, at_most=MAX_N)
    spread = check_real("spread", spread, at_least=0, at_most=MAX_NOISE)
    y, generator = _classes(n, centers, class_sizes, random_state, of="centers")
    angle = np.pi / 2 + 2 * np.pi * y / centers
    X = BLOB_RADIUS * _on_circle(angle)
    return _noisy_and_shuffled(X, y, spread, generator)


def graph(
    n: int = 200,
    function: str | tuple[ArrayLike, ArrayLike] = "wave",
    noise: float = 0.0,
    random_state: RandomState = None,
    *,
    class_sizes: str = "balanced",
) -> tuple[FloatArray, IntArray]:
    """Points of a square below and above the graph of a function.

    Class 0 lies below, class 1 above.  The first coordinate is spread evenly over the square, the
    second between the graph and the lower or the upper edge.

    Parameters
    ----------
    n : int
        Number of observations, from 2 to ten million.
    function : {"line", "wave", "parabola", "kink", "step"} or pair of array_like, shapes (m,)
        By name; or first coordinates that rise, and the heights of the graph there:
        between them it is straight, beyond them level.  Where it leaves the square, the edge of
        the square takes its place.
    noise : float
        Standard deviation of the Gaussian noise added to both coordinates after the class was
        set, in the coordinates' units: with it some points land on the other side.
    random_state : int, numpy.random.Generator or None
        Seed of the points and of the order of the rows; None draws a fresh one.
    class_sizes : {"balanced", "drawn"}
        Equal, and class 0 gets the odd one; or each observation's class is drawn.

    Returns
    -------
    X : ndarray, shape (n, 2)
        Coordinates, dimensionless: without noise from -1.73 to 1.73.
    y : ndarray of int64, shape (n,)
        Classes, 0 or 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or out of its range.

    Examples
    --------
    >>> X, y = graph(200, ([-1, 0, 1], [1, 0, 1]), random_state=0)
    >>> bool(((X[:, 1] > np.minimum(np.abs(X[:, 0]), 1)) == y).all())
    True
    """
    height = _through(*function) if isinstance(function, (list, tuple)) and len(function) == 2 \
        else FUNCTIONS[check_choice("function", function, FUNCTIONS)]
    noise = check_real("noise", noise, at_least=0, at_most=MAX_NOISE)
    y, generator = _classes(n, 2, class_sizes, random_state)
    across, away = generator.random((2, len(y)))
    x = HALF_SIDE * (2 * across - 1)
    heights = np.clip(height(x), -HALF_SIDE, HALF_SIDE)
    edge = np.where(y == 0, -HALF_SIDE, HALF_SIDE)
    X = np.column_stack([x, edge + away * (heights - edge)])
    return _noisy_and_shuffled(X, y, noise, generator)


def surface(
    n: int = 200,
    function: str = "hills",
    noise: float = 0.0,
    random_state: RandomState = None,
) -> tuple[FloatArray, FloatArray]:
    """Points of a square and the height of a surface above each: numbers to predict.

    Both coordinates are spread evenly over the square.

    Parameters
    ----------
    n : int
        Number of observations, from 2 to ten million.
    function : {"slope", "saddle", "hills", "ripple"}
        A plane; a product of the coordinates; a hill and a valley, in opposite quarters; waves
        around the middle.
    noise : float
        Standard deviation of the Gaussian noise added to the heights.
    random_state : int, numpy.random.Generator or None
        Seed of the points and of their noise; None draws a fresh one.

    Returns
    -------
    X : ndarray, shape (n, 2)
        Coordinates, dimensionless: from -1.73 to 1.73.
    y : ndarray, shape (n,)
        Heights, dimensionless: without noise from -1 to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or out of its range.

    Examples
    --------
    >>> X, y = surface(200, "slope", random_state=0)
    >>> bool(np.allclose(y, X.sum(axis=1) / np.sqrt(12)))
    True
    """
    n = check_count("n", n, at_least=2, at_most=MAX_N)
    height = SURFACES[check_choice("function", function, SURFACES)]
    noise = check_real("noise", noise, at_least=0, at_most=MAX_NOISE)
    generator = check_random_state(random_state)
    X = HALF_SIDE * (2 * generator.random((n, 2)) - 1)
    return X, height(X[:, 0], X[:, 1]) + noise * generator.standard_normal(n)


def digits() -> tuple[FloatArray, IntArray]:
    """Handwritten digits, scanned as 8 x 8 pixels, as scikit-learn carries them.

    The pixels are scaled by a constant, not by statistics of the data, so no observation held out
    later has left a trace in those trained on. Rows keep the source's order: split them at random.

    Returns
    -------
    X : ndarray, shape (1797, 64)
        Ink of each pixel, row by row from the top left, dimensionless: 0 is paper, 1 full ink.
    y : ndarray of int64, shape (1797,)
        The digit written, 0 .. 9.

    Raises
    ------
    ImportError
        If scikit-learn is not installed.

    References
    ----------
    E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998, doi:10.24432/C50P49.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError(
            "datasets.digits reads the digits that scikit-learn carries, and scikit-learn is not "
            "installed: run `pip install scikit-learn`"
        ) from error
    pixels, y = load_digits(return_X_y=True)
    return pixels / 16, y.astype(np.int64)


def bounds(X: ArrayLike) -> tuple[float, float, float, float]:
    """A rectangle round observations of the plane, a tenth of their range wider on each side.

    Parameters
    ----------
    X : array_like, shape (n, 2)

    Returns
    -------
    left, right, bottom, top : float
        Where an input is the same in all observations, the rectangle reaches 1 to each side of it.

    Raises
    ------
    TypeError, ValueError
        If `X` is not a finite (n, 2) table of numbers.
    """
    X = check_observations(X)
    if X.shape[1] != 2:
        raise ValueError(
            f"X must have 2 inputs to be drawn in the plane, shape (n, 2), got shape {X.shape}"
        )
    low, high = X.min(axis=0), X.max(axis=0)
    margin = np.where(high > low, 0.1 * (high - low), 1.0)
    (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
    return left, right, bottom, top


def _through(places: ArrayLike, heights: ArrayLike) -> Callable[[FloatArray], FloatArray]:
    """The function of a polygon through these points."""
    x, y = (check_numbers("function", each, ("m",)) for each in (places, heights))
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused
        fits = x.shape == y.shape and len(x) and (np.diff(x) > 0).all() \
            and np.isfinite([np.ptp(x), np.ptp(y)]).all()
    if not fits:
        raise ValueError(f"function must be one of {', '.join(FUNCTIONS)}, or places that rise and "
                         f"as many heights, all finite and with finite distances, got "
                         f"{shown((places, heights))}")
    return lambda at: np.interp(at, x, y)


def _classes(
    n: int, k: int, class_sizes: str, random_state: RandomState, *, of: str = "classes"
) -> tuple[IntArray, np.random.Generator]:
    """The class of each observation, and the generator for all that is drawn after it."""
    n = check_count("n", n, at_least=2, at_most=MAX_N)
    if n < k:
        raise ValueError(f"n must be at least the number of {of}, {k}, got {n}")
    check_choice("class_sizes", class_sizes, CLASS_SIZES)
    generator = check_random_state(random_state)
    if class_sizes == "drawn":
        return generator.integers(k, size=n), generator
    return np.arange(n, dtype=np.int64) % k, generator


def _arcs(
    n: int,
    length: float,
    spacing: str,
    class_sizes: str,
    random_state: RandomState,
    *,
    closed: bool = False,
) -> tuple[FloatArray, IntArray, np.random.Generator]:
    """Two arcs: each observation's place, 0 .. `length`, its class, in order, and the generator."""
    check_choice("spacing", spacing, SPACINGS)
    y, generator = _classes(n, 2, class_sizes, random_state)
    y = np.sort(1 - y)  # the odd one in class 1, as scikit-learn has it
    if spacing == "drawn":
        return length * generator.random(len(y)), y, generator
    sizes = [np.count_nonzero(y == label) for label in (0, 1)]
    places = [np.linspace(0, length, size, endpoint=not closed) for size in sizes]
    return np.concatenate(places), y, generator


def _on_circle(angle: FloatArray) -> FloatArray:
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _noisy_and_shuffled(
    X: FloatArray, y: IntArray, noise: float, generator: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    X = X + noise * generator.standard_normal(X.shape)
    order = generator.permutation(len(X))
    return X[order], y[order]
