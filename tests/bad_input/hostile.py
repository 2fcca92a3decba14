"""Values that an argument may be given, and rules that say which of them are right.

Every value is made anew for every case.  A rule takes a value and gives its plain equivalent, with
which the call must have the same result; `REFUSED` where the call must raise instead.
"""

from __future__ import annotations

import decimal
import fractions
import io
import math
from collections import UserDict

import numpy as np
import scipy.sparse

REFUSED = type("Refused", (), {"__repr__": lambda self: "refused"})()


class Frame:
    """Like a data frame whose columns have numbers for names: an array behind a method."""

    def __init__(self, values):
        self.values = values
        self.columns = range(np.shape(values)[-1] if np.ndim(values) > 1 else 0)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)

    def __len__(self):
        return len(self.values)


class Speechless:
    def __repr__(self):
        raise RuntimeError("no repr")


def raises(*arguments, **named):
    raise RuntimeError("from a callable")


SCALARS = {
    "None": lambda: None,
    "NaN": lambda: math.nan,
    "infinity": lambda: math.inf,
    "-infinity": lambda: -math.inf,
    "-1": lambda: -1,
    "0": lambda: 0,
    "1": lambda: 1,
    "3": lambda: 3,
    "-0.0": lambda: -0.0,
    "-2.5": lambda: -2.5,
    "0.25": lambda: 0.25,
    "3.0": lambda: 3.0,
    "5e-324": lambda: 5e-324,
    "1e308": lambda: 1e308,
    "10**12": lambda: 10**12,
    "10**400": lambda: 10**400,
    "10**3000": lambda: 10**3000,
    "10**5000": lambda: 10**5000,  # longer than Python prints
    "True": lambda: True,
    "False": lambda: False,
    "numpy True": lambda: np.True_,
    "int8": lambda: np.int8(3),
    "uint64": lambda: np.uint64(2**64 - 1),
    "float16": lambda: np.float16(0.25),
    "float32": lambda: np.float32(0.25),
    "longdouble": lambda: np.longdouble(0.25),
    "longdouble 1e400": lambda: np.longdouble("1e400"),
    "float16 NaN": lambda: np.float16("nan"),
    "complex": lambda: 0.25 + 1j,
    "numpy complex": lambda: np.complex64(1),
    "Fraction": lambda: fractions.Fraction(1, 4),
    "Decimal": lambda: decimal.Decimal("0.25"),
    "datetime64": lambda: np.datetime64("2020-01-01"),
    "timedelta64": lambda: np.timedelta64(3, "s"),
    "array ()": lambda: np.array(0.25),
    "array (1,)": lambda: np.array([3]),
    "array (0,)": lambda: np.array([]),
    "array (2, 2, 2)": lambda: np.ones((2, 2, 2)),
    "array of objects": lambda: np.array([None, {}], object),
    "masked": lambda: np.ma.masked,
    "sparse": lambda: scipy.sparse.csr_array(np.eye(2)),
    "frame": lambda: Frame([1.0, 2.0]),
    "empty text": lambda: "",
    "text": lambda: "fast",
    "text of a number": lambda: "3",
    "text with a null": lambda: "a\0b",
    "bytes": lambda: b"3",
    "bytearray": lambda: bytearray(b"3"),
    "empty list": lambda: [],
    "list": lambda: [3],
    "ragged list": lambda: [[1.0], [1.0, 2.0]],
    "tuple of text": lambda: ("a", "b"),
    "dict": lambda: {"a": 1},
    "empty dict": lambda: {},
    "mapping": lambda: UserDict(a=1),
    "set": lambda: {1, 2},
    "range": lambda: range(3),
    "generator": lambda: (i for i in range(2)),
    "class": lambda: float,
    "own class": lambda: Frame,
    "function": lambda: len,
    "raising callable": lambda: raises,
    "module": lambda: math,
    "object": lambda: object(),
    "without repr": lambda: Speechless(),
    "open file": lambda: io.BytesIO(b""),
    "Generator": lambda: np.random.default_rng(5),
    "slice": lambda: slice(2),
    "Ellipsis": lambda: ...,
}


def anything(value):
    """As what a value comes to: it is right, and no plain value compares with it."""
    return anything


def nothing_hostile(value):
    """Only what other tests show to be right."""
    return REFUSED


def real(*, above=-math.inf, at_least=-math.inf, below=math.inf, at_most=math.inf, optional=False):
    """A finite real number in a range: Python's, NumPy's or a fraction; no bool, no text."""
    def rule(value):
        if value is None and optional:
            return None
        if isinstance(value, (bool, np.bool_, np.timedelta64)) or not isinstance(
            value, (int, float, np.integer, np.floating, fractions.Fraction)
        ):
            return REFUSED
        try:
            number = float(value)
        except OverflowError:
            return REFUSED
        right = math.isfinite(number) and above < number < below and at_least <= number <= at_most
        return number if right else REFUSED
    return rule


def count(at_least=1, at_most=math.inf, optional=False):
    """A whole number in a range: Python's or NumPy's; no bool, no 3.0."""
    def rule(value):
        if value is None and optional:
            return None
        if isinstance(value, (bool, np.timedelta64)) or not isinstance(value, (int, np.integer)):
            return REFUSED
        return int(value) if at_least <= value <= at_most else REFUSED
    return rule


def flag(value):
    """True or False, Python's or NumPy's."""
    return bool(value) if isinstance(value, (bool, np.bool_)) else REFUSED


def choice(*options, optional=False):
    """One of some texts."""
    def rule(value):
        if value is None and optional:
            return None
        return value if isinstance(value, str) and value in options else REFUSED
    return rule


def seed(value):
    """A whole number of at least 0, of any size, or a Generator; for None see `unseeded`."""
    if isinstance(value, np.random.Generator):
        return np.random.default_rng(5)
    return count(at_least=0)(value)


def text(value):
    """Any text."""
    return value if isinstance(value, str) else REFUSED


def quiet(value):
    """False, or True for what cannot be compared; NumPy's too."""
    return {True: anything, False: False}.get(flag(value), REFUSED)


def no_more_than_empty(value):
    """Of the common values the empty list only: the argument's own cases have filled ones."""
    return () if isinstance(value, (list, tuple)) and not value else REFUSED


def optional(rule):
    return lambda value: None if value is None else rule(value)


# Tables of observations


def tables(X):
    """(n, d) observations in many forms, each with its plain equivalent, from plain `X` (n, 2)."""
    n = len(X)
    whole = np.rint(4 * X)
    wide = np.zeros((2 * n, 4))
    wide[::2, ::2] = X
    read_only = X.copy()
    read_only.flags.writeable = False
    objects = X.astype(object)
    spoilt = {
        "NaN": math.nan, "infinity": math.inf, "None": None, "text": "a",
        "text of a number": "1.5", "bytes": b"1", "10**400": 10**400, "complex": 1j,
        "datetime64": np.datetime64("2020-01-01"), "timedelta64": np.timedelta64(3, "s"),
        "Decimal NaN": decimal.Decimal("NaN"), "dict": {}, "object": object(), "list": [1.0],
        "without repr": Speechless(), "array": np.ones(2),
        "longdouble 1e400": np.longdouble("1e400"),
    }

    def with_entry(entry):
        array = objects.copy()
        array[1, 1] = entry
        return array

    wrong = {
        "one dimension": X[:, 0], "three dimensions": X[:, :, None], "no rows": X[:0],
        "no columns": X[:, :0], "one column": X[:, :1], "three columns": np.c_[X, X[:, 0]],
        "NaN": np.where(X == X[1, 1], math.nan, X), "infinity": np.where(X == X[1, 1], math.inf, X),
        "-infinity": np.where(X == X[1, 1], -math.inf, X),
        "float16 infinity": np.where(X == X[1, 1], math.inf, X).astype(np.float16),
        "longdouble 1e400": np.full(X.shape, np.longdouble("1e400")),
        "complex": X + 0j, "text": X.astype(str), "bytes": X.astype("S"),
        "datetime64": whole.astype("datetime64[D]"), "timedelta64": whole.astype("timedelta64[s]"),
        "structured": np.zeros((n, 2), [("a", float)]), "void": np.zeros((n, 2), "V8"),
        "masked": np.ma.masked_equal(X, X[1, 1]),
        "all masked": np.ma.masked_array(X, mask=True),
        "list of masked rows": list(np.ma.masked_equal(X, X[1, 1])),
        "list with masked": [[np.ma.masked, 1.0], *X[1:].tolist()],
        "ragged": [*X[1:].tolist(), [1.0]], "deep": [X.tolist()],
        "csr": scipy.sparse.csr_array(X), "coo": scipy.sparse.coo_array(X),
        "csc matrix": scipy.sparse.csc_matrix(X), "dok": scipy.sparse.dok_array(X),
        "generator": (row for row in X.tolist()), "map": map(list, X), "dict": {0: X[:, 0]},
        "set": {tuple(row) for row in X.tolist()}, "frame of text": Frame(X.astype(str)),
        "frame of NaN": Frame(np.full(X.shape, math.nan)), "bytes object": X.tobytes(),
        **{f"object {name}": with_entry(entry) for name, entry in spoilt.items()},
        **{f"list with {name}": with_entry(entry).tolist() for name, entry in spoilt.items()},
    }
    right = {
        "list": (X.tolist(), X), "tuple of tuples": (tuple(map(tuple, X.tolist())), X),
        "list of arrays": (list(X), X), "columns first": (np.asfortranarray(X), X),
        "every other": (wide[::2, ::2], X), "backwards": (X[::-1].copy()[::-1], X),
        "read-only": (read_only, X), "big-endian": (X.astype(">f8"), X),
        "objects": (objects, X), "longdouble": (X.astype(np.longdouble), X),
        "float16": (X.astype(np.float16), X.astype(np.float16).astype(float)),
        "float32": (X.astype(np.float32), X.astype(np.float32).astype(float)),
        "int8": (whole.astype(np.int8), whole),
        "uint64": (abs(whole).astype(np.uint64), abs(whole)),
        "int64": (whole.astype(int), whole), "bool": (X > 0, (X > 0).astype(float)),
        "Decimals": ([[decimal.Decimal(x) for x in row] for row in X.tolist()], X),
        "Fractions": ([[fractions.Fraction(x) for x in row] for row in X.tolist()], X),
        "nothing masked": (np.ma.masked_array(X), X),
        "an empty mask": (np.ma.masked_array(X, mask=False), X),
        "frame": (Frame(X), X), "memoryview": (memoryview(X), X),
        "subclass": (X.view(type("Own", (np.ndarray,), {})), X), "matrix": (np.asmatrix(X), X),
        "subnormal": (X * 1e-310, X * 1e-310), "-0.0": (-np.zeros(X.shape), np.zeros(X.shape)),
    }
    return right, wrong


def labels(y):
    """(n,) labels in many forms, each with its plain equivalent, from plain `y` of 0 and 1."""
    n = len(y)
    words = np.where(y == 0, "a", "b")
    read_only = y.copy()
    read_only.flags.writeable = False

    def with_entry(entry):
        array = y.astype(object)
        array[1] = entry
        return array

    wrong = {
        "too short": y[:-1], "too long": np.r_[y, 0], "none": y[:0], "two columns": np.c_[y, y],
        "three dimensions": y[:, None, None], "fractions": y + 0.5,
        "NaN": np.where(np.arange(n) == 1, math.nan, y),
        "infinity": np.where(np.arange(n) == 1, math.inf, y), "complex": y + 0j,
        "datetime64": y.astype("datetime64[D]"), "timedelta64": y.astype("timedelta64[s]"),
        "masked": np.ma.masked_equal(y, 1), "all masked": np.ma.masked_array(y, mask=True),
        "list with masked": [np.ma.masked, *y[1:].tolist()],
        "structured": np.zeros(n, [("a", float)]), "ragged": [[0], [0, 1]] * (n // 2),
        "mixed": [0, "a"] * (n // 2), "csr": scipy.sparse.csr_array(y[None]),
        "generator": (label for label in y.tolist()), "set": set(range(n)),
        "dict": dict(enumerate(y.tolist())), "dictionaries": [{}] * n, "lists": [[]] * n,
        "Decimals": [decimal.Decimal(label) for label in y.tolist()], "classes": [int] * n,
        "without repr": [Speechless()] * n, "one text": "a" * n, "one bytes": b"a" * n,
        **{f"object {name}": with_entry(entry) for name, entry in {
            "None": None, "NaN": math.nan, "text": "a", "10**400": 10**400, "bytes": b"a",
            "datetime64": np.datetime64("2020-01-01")}.items()},
    }
    right = {
        "list": (y.tolist(), y), "tuple": (tuple(y.tolist()), y), "read-only": (read_only, y),
        "every other": (np.repeat(y, 2)[::2], y), "backwards": (y[::-1].copy()[::-1], y),
        "int8": (y.astype(np.int8), y), "uint64": (y.astype(np.uint64), y),
        "big-endian": (y.astype(">i4"), y), "float64": (y.astype(float), y),
        "float16": (y.astype(np.float16), y), "bool": (y.astype(bool), y),
        "list of bool": (y.astype(bool).tolist(), y), "objects": (y.astype(object), y),
        "numpy numbers": (list(y), y), "nothing masked": (np.ma.masked_array(y), y),
        "frame": (Frame(y), y), "subclass": (y.view(type("Own", (np.ndarray,), {})), y),
        "memoryview": (memoryview(y), y),
    }
    other_kinds = {
        "text": words, "list of text": words.tolist(), "text objects": words.astype(object),
    }
    return right, wrong, other_kinds
