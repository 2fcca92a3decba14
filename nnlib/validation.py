"""Checks of what a caller passes in.

Every check returns the value in the form the library works with, or raises an error that names
the argument, what it got and what it takes.  Nothing here depends on the rest of the library.
"""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]

LONGEST_SHOWN = 200  # characters of a value in an error


def shown(value: object) -> str:
    """The value as an error shows it: in short, and whatever its `repr` does."""
    try:
        text = repr(value)
    except Exception:  # of a whole number with too many digits, or somebody else's class
        return f"an object of type {type(value).__name__}"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _is_number(value: object, kind: type) -> bool:
    """Whether this is a number of the kind; a bool is none, nor is NumPy's time difference."""
    return isinstance(value, kind) and not isinstance(value, (bool, np.bool_, np.timedelta64))


def check_real(
    name: str,
    value: object,
    *,
    above: float = -math.inf,
    at_least: float = -math.inf,
    below: float = math.inf,
    at_most: float = math.inf,
) -> float:
    """A finite real number above `above`, at least `at_least`, below `below`, at most `at_most`.

    Raises
    ------
    TypeError
        If `value` is not a real number (a bool is not one).
    ValueError
        If it is NaN, infinite, too small or too large.
    """
    takes = "a finite number"
    if above > -math.inf:
        takes += f" above {above:g}"
    if at_least > -math.inf:
        takes += f" of at least {at_least:g}"
    if below < math.inf:
        takes += f" and below {below:g}"
    if at_most < math.inf:
        takes += f" and at most {at_most:g}"
    if not _is_number(value, numbers.Real):
        raise TypeError(f"{name} must be {takes}, got {shown(value)}")
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        number = math.inf
    if not (math.isfinite(number) and above < number < below and at_least <= number <= at_most):
        raise ValueError(f"{name} must be {takes}, got {shown(value)}")
    return number


def check_count(
    name: str, value: object, *, at_least: int = 1, at_most: int | None = None
) -> int:
    """A whole number of at least `at_least`, and at most `at_most`.

    Raises
    ------
    TypeError
        If `value` is not an integer (a bool is not one).
    ValueError
        If it is smaller than `at_least` or larger than `at_most`.
    """
    takes = f"a whole number of at least {at_least}"
    if at_most is not None:
        takes += f" and at most {at_most}"
    if not _is_number(value, numbers.Integral):
        raise TypeError(f"{name} must be {takes}, got {shown(value)}")
    number = int(value)  # type: ignore[call-overload]
    if number < at_least or (at_most is not None and number > at_most):
        raise ValueError(f"{name} must be {takes}, got {shown(value)}")
    return int(number)


def check_flag(name: str, value: object) -> bool:
    """True or False.

    Raises
    ------
    TypeError
        If `value` is anything else.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def check_choice(name: str, value: object, choices: Iterable[str]) -> str:
    """One of the strings in `choices`.

    Raises
    ------
    TypeError
        If `value` is not a string.
    ValueError
        If it is a string that is not among the choices.
    """
    takes = "one of " + ", ".join(repr(choice) for choice in choices)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be {takes}, got {shown(value)}")
    if value not in choices:
        raise ValueError(f"{name} must be {takes}, got {shown(value)}")
    return value


def check_random_state(value: object) -> np.random.Generator:
    """A random generator: fresh for None, seeded for a whole number, a Generator as it is.

    Raises
    ------
    TypeError
        If `value` is none of the three.
    ValueError
        If it is a negative number.
    """
    if value is None:
        return np.random.default_rng()
    if isinstance(value, np.random.Generator):
        return value
    if not _is_number(value, numbers.Integral):
        raise TypeError(
            f"random_state must be None, a whole number or a numpy Generator, got {shown(value)}"
        )
    number = int(value)  # type: ignore[call-overload]
    if number < 0:
        raise ValueError(f"random_state must be a whole number of at least 0, got {shown(value)}")
    return np.random.default_rng(number)


def check_path(name: str, value: object) -> Path:
    """The name of a file or folder.

    Raises
    ------
    TypeError
        If `value` is neither text nor a path.  A number is not one: it would be an open file's.
    ValueError
        If it is empty or holds a null character.
    """
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} must be text or a path, got {shown(value)}")
    text = os.fspath(value)
    if not isinstance(text, str):
        raise TypeError(f"{name} must be text or a path of text, got {shown(value)}")
    if not text or "\0" in text:
        raise ValueError(f"{name} must be the name of a file or folder, without null characters, "
                         f"got {shown(value)}")
    return Path(text)


def check_text(name: str, value: object) -> str:
    """A text, which may be empty.

    Raises
    ------
    TypeError
        If `value` is anything else.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, got {shown(value)}")
    return value


def check_numbers(name: str, value: object, shape: tuple[str, ...]) -> npt.NDArray[Any]:
    """An array of real numbers, finite or not, with as many axes as `shape` names.

    Raises
    ------
    TypeError, ValueError
        If `value` does not hold numbers, or has another number of axes.
    """
    takes = f"numbers of the shape ({', '.join(shape)}{',' * (len(shape) == 1)})"
    if hasattr(value, "tocsr") or _has_masked(value, depth=2):
        raise TypeError(f"{name} must be {takes}, none masked and not sparse, got {shown(value)}")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be {takes}, got {shown(value)}") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be {takes}, got {shown(value)}")
    if array.ndim != len(shape):
        raise ValueError(f"{name} must be {takes}, got shape {array.shape}")
    return array


def check_kind(name: str, value: object, kinds: type | tuple[type, ...], what: str) -> None:
    """An instance of one of some classes, which `what` names for the error.

    Raises
    ------
    TypeError
        If `value` is anything else.
    """
    if not isinstance(value, kinds):
        raise TypeError(f"{name} must be {what}, got {shown(value)}")


def check_items(name: str, value: object, kinds: type | tuple[type, ...], what: str) -> None:
    """A list or tuple of things of some kinds, which `what` names for the error.

    Raises
    ------
    TypeError
        If `value` is anything else.
    """
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, kinds) for item in value):
        raise TypeError(f"{name} must be a list or tuple of {what}, got {shown(value)}")


def check_observations(
    X: object,
    *,
    n_features: int | None = None,
    dtype: npt.DTypeLike = np.float64,
    name: str = "X",
    owner: str = "net",
) -> FloatArray:
    """A finite (n, d) array of the given dtype, one observation a row.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real numbers; n and d at least 1.
    n_features : int, optional
        The number of columns there must be.
    dtype : float dtype
        What to convert to.  An array that has this dtype already is not copied.
    name, owner : str
        What the argument is called and what expects it, for the error.

    Raises
    ------
    TypeError
        If `X` is a sparse matrix or does not hold numbers.
    ValueError
        If it has another number of dimensions, no rows, no columns, the wrong number of columns,
        text, complex numbers, masked entries, NaN, infinity, or values that overflow `dtype`.
    """
    if hasattr(X, "tocsr") or hasattr(X, "tocoo"):
        raise TypeError(f"{name} must be a dense array, got a sparse {type(X).__name__}: "
                        f"convert it with .toarray()")
    _refuse_masked(name, X)
    try:
        array = np.asarray(X)
    except ValueError as error:
        raise ValueError(f"{name} must be a table of shape (n, d), got rows of different "
                         f"lengths") from error
    if array.dtype.kind == "c":
        raise ValueError(f"{name} must hold real numbers, got complex data ({array.dtype}): "
                         f"Complex data not supported")
    if array.dtype.kind not in "biufO":
        raise ValueError(f"{name} must hold numbers, got dtype {array.dtype}: encode text and "
                         f"dates as numbers first")
    if array.ndim != 2:
        got = f"shape {array.shape}" if array.ndim else f"a single {type(X).__name__}"
        hint = ": Reshape your data with .reshape(-1, 1) or .reshape(1, -1)" * (array.ndim == 1)
        raise ValueError(f"{name} must be two-dimensional, (n, d) with one observation a row, "
                         f"got {got}{hint}")
    n, d = array.shape
    if n == 0 or d == 0:
        raise ValueError(f"{name} must have at least one row and one column, got "
                         f"{n} sample(s) and {d} feature(s) (shape={array.shape}) while a minimum "
                         f"of 1 is required.")
    if n_features is not None and d != n_features:
        raise ValueError(f"{name} has {d} features, but {owner} is expecting {n_features} "
                         f"features as input")
    if array.dtype.kind == "O":
        _refuse_objects_that_convert(name, array)
    try:
        with np.errstate(over="ignore"):
            result: FloatArray = np.asarray(array, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} must hold numbers, got an object that is none: {error}") \
            from error
    except OverflowError as error:
        raise ValueError(f"{name} must be finite, but contains a whole number too large for "
                         f"{np.dtype(dtype)}") from error
    # A sum is NaN or infinite if any entry is: one pass without a temporary array.  It can also
    # overflow on finite entries, so only then look at each.
    with np.errstate(over="ignore", invalid="ignore"):
        suspicious = not np.isfinite(result.sum(dtype=np.float64))
    if suspicious and not np.isfinite(result).all():
        row, column = np.argwhere(~np.isfinite(result))[0]
        raise ValueError(f"{name} must be finite, but contains NaN or infinity (or a value too "
                         f"large for {result.dtype}): {array[row, column]} at row {row}, "
                         f"column {column}")
    return result


def _refuse_objects_that_convert(name: str, array: npt.NDArray[Any]) -> None:
    """Text and dates are refused as arrays of their own: among objects too, though NumPy would
    make numbers of them.
    """
    for entry in array.flat:
        if isinstance(entry, (str, bytes, np.datetime64, np.timedelta64)):
            raise ValueError(f"{name} must hold numbers, got {shown(entry)}: encode text and dates "
                             f"as numbers first")


def _has_masked(values: object, depth: int) -> bool:
    """Whether entries are masked, also those of rows in a list, whose masks NumPy would drop."""
    if isinstance(values, np.ma.MaskedArray):
        return bool(np.ma.is_masked(values))
    return depth > 0 and isinstance(values, (list, tuple)) and any(
        _has_masked(part, depth - 1) for part in values
    )


def _refuse_masked(name: str, values: object) -> None:
    if _has_masked(values, depth=2):
        raise ValueError(f"{name} must hold a value everywhere, got a masked array with masked "
                         f"entries: fill or drop them first")


def check_labels(y: object, *, n: int, name: str = "y") -> npt.NDArray[Any]:
    """A (n,) array of class labels: whole numbers, text or booleans.

    Parameters
    ----------
    y : array_like, shape (n,)
        The labels.
    n : int
        The number of observations they belong to.
    name : str
        The argument's name, for the error.

    Raises
    ------
    ValueError
        If `y` is missing, has another shape or length, or holds NaN or fractions.
    """
    if y is None:
        raise ValueError(f"{name} must hold one class label an observation, got None: training "
                         f"requires y to be passed, but the target y is None")
    _refuse_masked(name, y)
    try:
        labels = np.asarray(y)
    except ValueError as error:
        raise ValueError(f"{name} must be one-dimensional, (n,), got nested lists of different "
                         f"lengths") from error
    if labels.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, (n,), got shape {labels.shape}")
    if len(labels) != n:
        raise ValueError(f"{name} must have one label for each of the {n} observations, "
                         f"got {len(labels)}")
    if labels.dtype.kind == "O" or (labels.dtype.kind in "US" and not isinstance(y, np.ndarray)):
        # NumPy would turn a list of numbers and text into text.
        kinds = {type(label) for label in (labels if labels.dtype.kind == "O" else list(y))}  # type: ignore[call-overload]
        if len(kinds) > 1:
            raise ValueError(f"{name} must hold labels of one kind, got "
                             f"{', '.join(sorted(kind.__name__ for kind in kinds))}")
        if labels.dtype.kind == "O" and kinds != {str}:
            labels = np.array(labels.tolist())
    text_objects = labels.dtype.kind == "O" and all(isinstance(label, str) for label in labels)
    if (labels.dtype.kind not in "biufUS" and not text_objects) or labels.ndim != 1:
        raise ValueError(f"{name} must hold whole numbers, text or booleans as labels, "
                         f"got dtype {labels.dtype}")
    if labels.dtype.kind == "f":
        if not np.isfinite(labels).all():
            raise ValueError(f"{name} must hold class labels, but contains NaN or infinity")
        if (labels != np.floor(labels)).any():
            raise ValueError(f"{name} must hold class labels, got fractions such as "
                             f"{labels[labels != np.floor(labels)][0]!r}: Unknown label type: "
                             f"continuous")
    return labels
