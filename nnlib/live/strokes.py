"""What a reader draws on the pad of a live figure, as numbers that a net can take.

A drawing is a list of strokes, each a list of the points (x, y) that the pen passed, from 0 to 1,
with x to the right and y upwards; see `nnlib.live.controls`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.live.controls import Control
from nnlib.validation import check_numbers, shown

Array = npt.NDArray[Any]
Strokes = Sequence[Sequence[Sequence[float]]]

PAD = Control("strokes", "strokes", ())

SIDE = 32  # pixels of the bitmap
BLOCK = 4  # pixels along a block, of which the ink is counted
WIDEST = 20  # pixels that a digit may take in width; in height it takes them all
INK = 310  # pixels: the mean of the 1797 digits of `nnlib.datasets.digits`, 312, in round numbers
THICKEST = 13.0  # pixels, of a line: as in the upright strokes for 1 among those digits
AT_EDGE = 1e-290  # so near to the left edge, an x is on it: a slope between two such is no number
STEEPEST = 3.0  # the height may be stretched so many times more than the width


def pixels(strokes: Strokes) -> Array:
    """A drawn digit as `nnlib.datasets.digits` has the scanned ones.

    The ink of each block of 4 x 4 pixels of `bitmap`.

    Parameters
    ----------
    strokes : sequence of sequences of (x, y)

    Returns
    -------
    ndarray, shape (64,)
        Row by row from the top left, dimensionless, in sixteenths: 0 is paper, 1 full ink.

    Raises
    ------
    ValueError
        If these are no strokes of a pad.
    """
    blocks = SIDE // BLOCK
    ink = bitmap(strokes).reshape(blocks, BLOCK, blocks, BLOCK).mean(axis=(1, 3))
    return np.asarray(ink.ravel())


def bitmap(strokes: Strokes) -> Array:
    """A drawn digit in black and white, normalized as the digits of the data set were.

    Those were scanned and then made alike, and a net takes it for granted.  The slant is gone: as
    far as the left end of the bottom row is from below that of the top row, and as far as all the
    ink leans; the mean of both reads drawn digits better than either.  The height fills the 32
    pixels; the width takes 20 at most, in the middle.  And a line is as thick as it takes for the
    usual amount of ink, so that a 1 has thicker ones than an 8.

    Parameters
    ----------
    strokes : sequence of sequences of (x, y)

    Returns
    -------
    ndarray of bool, shape (32, 32)
        Whether there is ink; the first row is the top one.

    Raises
    ------
    ValueError
        If these are no strokes of a pad.

    References
    ----------
    M. D. Garris et al., "NIST Form-Based Handprint Recognition System", NISTIR 5469, 1994.
    """
    starts, ends = _segments(strokes)
    if not len(starts):
        return np.zeros((SIDE, SIDE), bool)
    starts, ends = _upright(starts, ends)
    thickness = SIDE / 6
    for _ in range(2):  # the thickness decides how large the digit may be, and the other way round
        distance = _distances(*_fitted(starts, ends, thickness))
        thickness = min(2 * float(np.partition(distance, INK)[INK]), THICKEST)
    return (distance < thickness / 2).reshape(SIDE, SIDE)


def _segments(strokes: Strokes) -> tuple[Array, Array]:
    """The ends of the straight pieces, (n, 2) each, y downwards; a dot is a piece of no length."""
    if not PAD.accepts(strokes):
        raise ValueError(f"strokes must be {PAD.takes}, got {shown(strokes)}")
    starts, ends = [], []
    for stroke in strokes:
        points = np.array(stroke, float) * (1, -1)
        dot = len(points) == 1
        starts.append(points if dot else points[:-1])
        ends.append(points if dot else points[1:])
    return (np.concatenate([np.empty((0, 2)), *starts]), np.concatenate([np.empty((0, 2)), *ends]))


def _upright(starts: Array, ends: Array) -> tuple[Array, Array]:
    """Shear that takes away the slant."""
    shear = np.clip((_slant_of_edges(starts, ends) + _slant_of_ink(starts, ends)) / 2, -1, 1)
    return starts - np.outer(starts[:, 1], (shear, 0)), ends - np.outer(ends[:, 1], (shear, 0))


def _slant_of_edges(starts: Array, ends: Array) -> float:
    """From the left end of the top row of pixels to that of the bottom row: across / down."""
    points = np.concatenate([starts, ends])
    y = points[:, 1]
    row = np.ptp(y) / SIDE
    top, bottom = (rows[rows[:, 0].argmin()]
                   for rows in (points[y <= y.min() + row], points[y >= y.max() - row]))
    across, down = bottom - top
    return float(across / down) if down > 0 else 0.0


def _slant_of_ink(starts: Array, ends: Array) -> float:
    """How far the ink moves across, on average, with each step down: a regression of x on y."""
    length = np.hypot(*(ends - starts).T)
    if not length.any():
        return 0.0
    middles = (starts + ends) / 2
    x, y = (middles - np.average(middles, axis=0, weights=length)).T
    across, down = (ends - starts).T
    # The ink of a piece lies on both sides of its middle: hence the twelfths.
    spread = float(length @ (y**2 + down**2 / 12))
    return float(length @ (x * y + across * down / 12)) / spread if spread > 0 else 0.0


def _fitted(starts: Array, ends: Array, thickness: float) -> tuple[Array, Array]:
    """In pixels: lines of that thickness fill the height, and no more than their part in width."""
    points = np.concatenate([starts, ends])
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = np.maximum(high - low, 1e-6)
    widened, heightened = (WIDEST - thickness) / width, (SIDE - thickness) / height
    heightened = min(heightened, STEEPEST * widened)
    scale = np.array([min(widened, heightened), heightened])
    middle = (low + high) / 2
    return (starts - middle) * scale + SIDE / 2, (ends - middle) * scale + SIDE / 2


def _distances(starts: Array, ends: Array) -> Array:
    """From the centre of each pixel to the nearest line, (SIDE * SIDE,)."""
    centres = np.arange(SIDE) + 0.5
    x, y = np.meshgrid(centres, centres)
    away_x, away_y = (each.reshape(-1, 1) - start for each, start in zip((x, y), starts.T,
                                                                        strict=True))
    along_x, along_y = (ends - starts).T
    length = np.maximum(along_x**2 + along_y**2, 1e-12)
    part = np.clip((away_x * along_x + away_y * along_y) / length, 0, 1)
    nearest = ((away_x - part * along_x) ** 2 + (away_y - part * along_y) ** 2).min(axis=1)
    return np.asarray(np.sqrt(nearest))


def heights(strokes: Strokes, x: npt.ArrayLike) -> Array:
    """A drawn curve as a function: its y at given x.

    Where the pen has passed an x more than once, the last time counts, so that a curve is mended by
    drawing over it.  Between strokes that leave a gap runs a straight line.

    Parameters
    ----------
    strokes : sequence of sequences of (x, y)
    x : array_like, shape (m,)
        From 0, the left edge of the pad, to 1.

    Returns
    -------
    ndarray, shape (m,)
        From 0, the lower edge of the pad, to 1; NaN left and right of all that is drawn.

    Raises
    ------
    TypeError, ValueError
        If these are no strokes of a pad, or x are no numbers.
    """
    starts, ends = _segments(strokes)
    x = check_numbers("x", x, ("m",)).astype(float)
    for along in (x, starts[:, 0], ends[:, 0]):
        along[np.abs(along) < AT_EDGE] = 0
    # Gaps run from end to end of what is drawn, wherever the x that are asked for lie.
    places = np.unique(np.concatenate([x, starts[:, 0], ends[:, 0]]))
    y = np.full(places.shape, np.nan)
    for start, end in zip(starts, ends, strict=True):
        (left, at_left), (right, at_right) = sorted((start, end), key=lambda point: point[0])
        passed = (left <= places) & (places <= right)
        y[passed] = np.interp(places[passed], (left, right), (-at_left, -at_right))
        y[places == end[0]] = -end[1]  # of a piece that goes straight up, its end counts
    known = np.isfinite(y)
    if not known.any():
        return np.full(x.shape, np.nan)
    return np.asarray(np.interp(x, places[known], y[known], left=np.nan, right=np.nan))
