"""Checks of what a caller passes in.

Every check returns the value in the form the library works with, or raises an error that names
the argument, what it got and what it takes.  Nothing here depends on the rest of the library.
"""

from __future__ import annotations

import math
import numbers
import os
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

DTYPES = ("float32", "float64")  # of a net's weights and arithmetic
LARGEST_TARGET = {"float32": 1e15, "float64": 1e150}  # 10**8 squares add up to a finite sum

FloatArray = npt.NDArray[np.floating[Any]]
FeatureNames = npt.NDArray[np.object_]

LONGEST_SHOWN = 200  # characters of a value in an error


def shown(value: object) -> str:
    """The value as an error shows it: in short, and whatever its `repr` does."""
    try:
        text = repr(value)
    except Exception:  # of a whole number with too many digits, or somebody else's class
        return f"an object of type {type(value).__name__}"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _is_number(value: object, kind: type) -> bool:
    """Whether this is a number of the kind; a bool is not, nor is NumPy's time difference."""
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
    number: int = int(value)  # type: ignore[call-overload]
    if number < at_least or (at_most is not None and number > at_most):
        raise ValueError(f"{name} must be {takes}, got {shown(value)}")
    return number


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


def check_weights(name: str, value: object, *, n: int) -> FloatArray:
    """How much each of n observations counts, (n,), relative to the one that counts most.

    They must be finite, at least 0, and not 0 for all.

    Raises
    ------
    TypeError, ValueError
        If `value` is anything else.
    """
    weights = check_numbers(name, value, ("n",)).astype(np.float64)
    if len(weights) != n:
        raise ValueError(f"{name} must have one weight for each of the {n} observations, "
                         f"got {len(weights)}")
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise ValueError(f"{name} must be finite, at least 0, and not 0 for all, got "
                         f"{shown(value)}")
    relative: FloatArray = weights / weights.max()
    return relative


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
    numbers_given = array
    if array.dtype.kind == "O":
        _refuse_objects_that_convert(name, array)
        numbers_given = np.where(_missing(array), np.nan, array)
    try:
        with np.errstate(over="ignore"):
            result: FloatArray = np.asarray(numbers_given, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} must hold numbers, got an object that is not one: {error}") \
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


def _missing(array: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which objects stand for a value that is missing: None, NaN, and what pandas has for it."""
    def is_missing(entry: object) -> bool:
        if isinstance(entry, float):
            return entry != entry
        return entry is None or type(entry).__name__ in ("NAType", "NaTType")

    # Not by a NumPy function: it would warn where Python compares NaN with itself.
    return np.fromiter(map(is_missing, array.flat), bool, array.size).reshape(array.shape)


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


def feature_names(X: object, *, name: str = "X") -> FeatureNames | None:
    """The names of a data frame's columns, (d,); None if they are not text or X is not a frame.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Has names if it has ``columns``, as the frames of pandas and Polars do.
    name : str
        The argument's name, for the error.

    Raises
    ------
    TypeError
        If some of the names are text and some are not.
    """
    columns = getattr(X, "columns", None)
    names = list(columns) if isinstance(columns, Iterable) else []
    text = [isinstance(column, str) for column in names]
    if not any(text):
        return None
    if not all(text):
        kinds = sorted({type(column).__name__ for column in names})
        raise TypeError(f"{name} must have columns whose names are all text, got names of the "
                        f"types {', '.join(kinds)}: Feature names are only supported if all input "
                        f"features have string names")
    return np.array(names, dtype=object)


def check_feature_names(
    X: object, fitted: FeatureNames | None, *, name: str = "X", owner: str = "net"
) -> None:
    """Compare the names of the columns of `X` with those of the fit, as scikit-learn does.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Observations.
    fitted : ndarray of str, shape (d,), optional
        What `feature_names` found when `owner` was fitted.
    name, owner : str
        What the argument is called and what expects it, for the error.

    Raises
    ------
    TypeError
        If some of the names are text and some are not.
    ValueError
        If both have names, and not the same in the same order.

    Warns
    -----
    UserWarning
        If only one of the two has names.
    """
    names = feature_names(X, name=name)
    if names is None and fitted is None:
        return
    if fitted is None:
        warn_caller(f"{name} has feature names, but {owner} was fitted without feature names")
    elif names is None:
        warn_caller(f"{name} does not have valid feature names, but {owner} was fitted with "
                    f"feature names")
    elif not np.array_equal(names, fitted):
        unseen, missing = set(names) - set(fitted), set(fitted) - set(names)
        message = (f"{name} must have the columns {owner} was fitted on: The feature names should "
                   f"match those that were passed during fit.\n")
        if unseen:
            message += "Feature names unseen at fit time:\n" + _first_few(unseen)
        if missing:
            message += "Feature names seen at fit time, yet now missing:\n" + _first_few(missing)
        if not unseen and not missing:
            message += "Feature names must be in the same order as they were in fit.\n"
        raise ValueError(message)


def _first_few(names: set[str]) -> str:
    """Five names at the most, one a line."""
    few = [f"- {name}\n" for name in sorted(names)]
    return "".join(few[:5]) + "- ...\n" * (len(few) > 5)


def check_labels(y: object, *, n: int, name: str = "y") -> npt.NDArray[Any]:
    """A (n,) array of class labels: whole numbers, text or booleans.

    Parameters
    ----------
    y : array_like, shape (n,)
        The labels.  A column, (n, 1), is taken too, with a warning.
    n : int
        The number of observations they belong to.
    name : str
        The argument's name, for the error.

    Raises
    ------
    ValueError
        If `y` is missing, has another shape or length, or holds NaN or fractions.

    Warns
    -----
    UserWarning
        If `y` is a column; scikit-learn's DataConversionWarning where scikit-learn is in use.
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
    if labels.ndim == 2 and labels.shape[1] == 1:
        exceptions = sys.modules.get("sklearn.exceptions")
        warn_caller(
            f"A column-vector {name} was passed when a 1d array was expected: its shape "
            f"{labels.shape} is taken as ({len(labels)},).  Pass np.ravel({name}) instead.",
            UserWarning if exceptions is None else exceptions.DataConversionWarning,
        )
        labels = labels.ravel()
    if labels.ndim != 1:
        one_hot = labels.ndim == 2 and labels.dtype.kind in "biuf" and labels.size > 0 and (
            np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all()
        )
        hint = f": its rows look one-hot, pass np.argmax({name}, axis=1)" * bool(one_hot)
        raise ValueError(f"{name} must be one-dimensional, (n,), got shape {labels.shape}{hint}")
    # Of a list, NumPy makes text of all that stands beside text.
    made_text = labels.dtype.kind in "US" and not isinstance(y, np.ndarray)
    given = np.asarray(y, dtype=object).ravel() if made_text else labels
    if given.dtype.kind in "Of" and _missing(given).any():
        place = int(np.flatnonzero(_missing(given))[0])
        raise ValueError(f"{name} must hold a label for every observation, but one is missing: "
                         f"{shown(given.tolist()[place])} at position {place}")
    if len(labels) != n:
        raise ValueError(f"{name} must have one label for each of the {n} observations, "
                         f"got {len(labels)}")
    if labels.dtype.kind == "O" or (labels.dtype.kind in "US" and not isinstance(y, np.ndarray)):
        # NumPy would turn a list of numbers and text into text.
        kinds = {str if isinstance(label, str) else type(label)
                 for label in np.asarray(y, dtype=object).ravel()}
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


def check_targets(
    y: object, *, n: int, dtype: npt.DTypeLike = np.float64, name: str = "y"
) -> FloatArray:
    """Finite numbers to predict, (n,) or (n, k), of the given dtype.

    Parameters
    ----------
    y : array_like, shape (n,) or (n, k)
    n : int
        The number of observations they belong to.
    dtype : float dtype
        What to convert to.
    name : str
        The argument's name, for the error.

    Raises
    ------
    TypeError, ValueError
        If `y` is missing, has another shape or length, or holds anything but finite numbers, or
        numbers whose squares are not.
    """
    if y is None:
        raise ValueError(f"{name} must hold numbers for each observation, got None: training "
                         f"requires y to be passed, but the target y is None")
    _refuse_masked(name, y)
    try:
        array = np.asarray(y)
    except ValueError as error:
        raise ValueError(f"{name} must be of shape (n,) or (n, k), got nested lists of different "
                         f"lengths") from error
    flat = array.ndim == 1
    if array.ndim not in (1, 2):
        raise ValueError(f"{name} must be of shape (n,) or (n, k), got "
                         f"{f'shape {array.shape}' if array.ndim else shown(y)}")
    column = array[:, None] if flat else array
    targets = check_observations(column, dtype=dtype, name=name)
    precision = np.dtype(dtype).name
    farthest, limit = np.abs(targets).max(), LARGEST_TARGET[precision]
    if farthest > limit:
        raise ValueError(f"{name} must hold numbers of at most {limit:g} in size, since their "
                         f"squares are added up in {precision}, got {farthest:g}: scale them to "
                         f"mean 0 and standard deviation 1")
    if len(targets) != n:
        raise ValueError(f"{name} must have a row or number for each of the {n} observations, "
                         f"got {len(targets)}")
    return targets[:, 0] if flat else targets


def warn_caller(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn of the line outside the library that led here, however many calls lie between."""
    frame, level = sys._getframe(), 1
    while frame.f_globals.get("__name__", "").startswith("nnlib.") and frame.f_back is not None:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
