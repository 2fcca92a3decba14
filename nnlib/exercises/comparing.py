"""What a check says of an answer: the words with which it compares.

A check is a plain function of a learner's names.  It returns when they are right, and raises
`NotYet` with a message when they are not.  The messages have numbers, and guess at the cause: a
gradient that is n times the right one lacks its 1/n.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.validation import check_real, shown

Array = npt.NDArray[Any]


class NotYet(Exception):
    """An answer is not right yet; the message says what is wrong with it."""


def expect(condition: object, message: str) -> None:
    """Raise `NotYet` with the message unless the condition holds.

    Parameters
    ----------
    condition : object
        What must be true of the answer.
    message : str
        What is wrong otherwise, with numbers.

    Raises
    ------
    NotYet
    """
    if not condition:
        raise NotYet(message)


def same(
    what: str, yours: object, right: npt.ArrayLike, n: float | None = None,
    tolerance: float = 1e-6,
) -> None:
    """Raise `NotYet` unless an array, or a number, is what it should be, and say how it differs.

    Recognised are a missing value, a shape that is transposed or lacks its last row or column,
    values that are not finite, a wrong sign, a factor (such as n), a transposed square, and a last
    column that alone is wrong or right.

    Parameters
    ----------
    what : str
        It is called in the message, such as "your gradient of W_1".
    yours : object
        What the learner's code gave.
    right : array_like of numbers
    n : float, optional
        A factor that is easily forgotten: the number of observations.
    tolerance : float
        Of a difference, as a share of the largest entry of `right`; above 0.

    Raises
    ------
    NotYet
    """
    right = np.asarray(right, dtype=float)
    tolerance = check_real("tolerance", tolerance, above=0)
    found = _numbers(what, yours, right)
    if found.shape != right.shape:
        raise NotYet(f"{what} has shape {found.shape} and should have {right.shape}"
                     + _of_shapes(found, right))
    for place in map(tuple, np.argwhere(~np.isfinite(found) & np.isfinite(right))):
        raise NotYet(f"{what} holds {found[place]}{_at(place)}, where {right[place]:.6g} "
                     f"should be")
    near = tolerance * max(np.abs(right[np.isfinite(right)]).max(initial=0), 1e-12)
    wrong = np.logical_not(np.isclose(found, right, rtol=0, atol=near, equal_nan=True))
    if not wrong.any():
        return
    place = tuple(np.argwhere(wrong)[0])
    numbers = f"it is {found[place]:.6g}{_at(place)} and should be {right[place]:.6g}"
    count = f"wrong in {wrong.sum()} of its {wrong.size} entries" if place else "wrong"
    guess = _of_values(found, right, wrong, near, n)
    raise NotYet(f"{what} {guess}" if guess.endswith("?") else
                 f"{what} is {guess or count}: {numbers}")


def _numbers(what: str, yours: object, right: Array) -> Array:
    wanted = f"an array of shape {right.shape}" if right.ndim else "a number"
    if yours is None:
        raise NotYet(f"{what} is None and should be {wanted}: is a `return` missing?")
    try:
        found = np.asarray(yours, dtype=float)
    except (TypeError, ValueError):
        found = None
    if found is None or found.ndim > right.ndim == 0:
        raise NotYet(f"{what} should be {wanted}, and is {shown(yours)}")
    return found


def _at(place: tuple[int, ...]) -> str:
    return f" at [{', '.join(map(str, place))}]" if place else ""


def _of_shapes(found: Array, right: Array) -> str:
    """What may have led to another shape."""
    if found.shape == right.T.shape:
        return ": it is transposed"
    if found.ndim == right.ndim == 2:
        missing = (right.shape[0] - found.shape[0], right.shape[1] - found.shape[1])
        if missing in ((1, 0), (0, 1)):
            return f": its last {'row' if missing[0] else 'column'} is missing"
    return ""


def _of_values(found: Array, right: Array, wrong: Array, near: float, n: float | None) -> str:
    """What may have led to other values; nothing if that is not plain to see."""
    if not np.isfinite(found).all() or not np.isfinite(right).all():
        return ""
    if not found.any():
        return "zero everywhere" if found.ndim else "zero"

    def close(candidate: Array) -> bool:
        return bool(np.allclose(found, candidate, rtol=1e-6, atol=near))

    if close(-right):
        return "right but for its sign"
    if n is not None and close(right * n):
        return f"is {n:g} times what it should be: is 1/n there?"
    if n is not None and close(right / n):
        return f"is what it should be, divided by {n:g} once more: is 1/n there twice?"
    if found.ndim == 2 and found.shape == found.T.shape and close(right.T):
        return "transposed"
    factor = float((found * right).sum() / (right**2).sum()) if right.any() else 0.0
    if found.size > 1 and factor and close(factor * right):
        return f"{factor:.6g} times what it should be"
    if found.ndim == 2 and found.shape[1] > 1:
        by_column = np.asarray(wrong.any(axis=0))
        if by_column[-1] and not by_column[:-1].any():
            return "right but for its last column"
        if by_column[:-1].all() and not by_column[-1]:
            return "right in its last column alone"
    return ""


def finite_differences(
    loss: Callable[[list[Array]], float], weights: list[Array], step: float = 1e-5
) -> list[Array]:
    """Slope of a loss for every entry of every array, by central differences.

    Parameters
    ----------
    loss : callable
        Of a list of arrays such as `weights`; it must leave them as they are.
    weights : list of ndarray
    step : float
        By which an entry is moved up and down; above 0.

    Returns
    -------
    list of ndarray
        Of the shapes of `weights`.
    """
    step = check_real("step", step, above=0)
    moved = [np.array(each, dtype=float) for each in weights]
    slopes = [np.empty_like(each) for each in moved]
    for entries, slope in zip(moved, slopes, strict=True):
        for place, value in np.ndenumerate(entries):
            entries[place] = value + step
            above = loss(moved)
            entries[place] = value - step
            slope[place] = (above - loss(moved)) / (2 * step)
            entries[place] = value
    return slopes
