"""What a fit learns of its data: how rows and labels become the numbers that a network takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from nnlib.validation import (
    FeatureNames,
    FloatArray,
    check_feature_names,
    check_labels,
    check_observations,
    feature_names,
)

Labels = npt.NDArray[Any]
Codes = npt.NDArray[np.intp]

MAX_CLASSES = 10_000


@dataclass(frozen=True, eq=False)
class Encoding:
    """The columns and classes that a net was fitted on, and data in their terms.

    Attributes
    ----------
    owner : str
        What was fitted, for errors.
    n_features : int
        Columns of X, d.
    feature_names : ndarray of str, shape (d,), or None
        Their names, if X was a data frame whose columns have names that are text.
    classes : ndarray, shape (k,)
        The class labels, sorted, in the order of the outputs.
    dtype : str
        Of the numbers that the network takes.
    """

    owner: str
    n_features: int
    feature_names: FeatureNames | None
    classes: Labels
    dtype: str

    @classmethod
    def learn(
        cls, X: Any, y: Any, n_classes: int | None, dtype: str, owner: str
    ) -> tuple[Self, FloatArray, Codes]:
        """The encoding of these data, and the data encoded: (n, d) and (n,).

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        n_classes : int, optional
            Classes there are, if more than `y` holds: then labels are whole numbers below it.
        dtype : {"float64", "float32"}
        owner : str

        Raises
        ------
        TypeError, ValueError
            If X or y is not what it must be; the message names it.
        """
        names = feature_names(X)
        observations = check_observations(X, dtype=dtype, owner=owner)
        n_features = observations.shape[1]
        if names is not None and len(names) != n_features:
            raise ValueError(f"X must have as many columns as names of them, got {n_features} "
                             f"columns and {len(names)} names")
        labels = check_labels(y, n=len(observations))
        classes = _find_classes(labels, n_classes)
        encoding = cls(owner, n_features, names, classes, dtype)
        return encoding, observations, encoding._codes_of(labels, "y")

    def observations(self, X: Any, name: str = "X") -> FloatArray:
        """Observations as numbers, (n, d); they must have the columns of the fit."""
        check_feature_names(X, self.feature_names, name=name, owner=self.owner)
        return check_observations(X, n_features=self.n_features, dtype=self.dtype, name=name,
                                  owner=self.owner)

    def codes(self, y: Any, n: int, name: str = "y") -> Codes:
        """The place of each of n labels among the classes, (n,)."""
        return self._codes_of(check_labels(y, n=n, name=name), name)

    def pair(self, data: Any, name: str) -> tuple[FloatArray, Codes]:
        """Observations and labels, given as a pair, as numbers."""
        if not isinstance(data, (tuple, list)) or len(data) != 2:
            raise TypeError(f"{name} must be a pair (X, y), got {type(data).__name__}")
        X = self.observations(data[0], f"{name}[0]")
        return X, self.codes(data[1], len(X), f"{name}[1]")

    def same_kind(self, y: Any, n: int) -> Labels:
        """Labels as given, (n,), refused if none of them could ever be one of the classes."""
        labels = check_labels(y, n=n)
        if _kind(labels) != _kind(self.classes):
            raise ValueError(f"y must hold labels of the kind of the net's classes, "
                             f"{self.classes.tolist()}, got {labels.tolist()[0]!r}")
        return labels

    def _codes_of(self, labels: Labels, name: str) -> Codes:
        classes = self.classes
        try:
            codes = np.searchsorted(classes, labels).clip(max=len(classes) - 1)
            unknown = classes[codes] != labels
        except TypeError:
            unknown = np.ones(len(labels), bool)
        if np.any(unknown):
            raise ValueError(f"{name} must hold only the classes the net knows, "
                             f"{classes.tolist()}, got {labels[unknown].tolist()[0]!r}")
        return codes


def keep_back(codes: Codes, fraction: float, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Which observations to keep back for validation, (n,): this fraction of each class.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Class numbers.
    fraction : float
        Above 0 and below 1; rounded to whole observations of each class.
    rng : numpy Generator
        Draws them.

    Raises
    ------
    ValueError
        If that leaves a class nothing to train on, or nothing to validate with.
    """
    kept = np.zeros(len(codes), bool)
    for c in np.unique(codes):
        own = rng.permutation(np.flatnonzero(codes == c))
        kept[own[: round(fraction * len(own))]] = True
    if not kept.any() or len(np.unique(codes[~kept])) < len(np.unique(codes)):
        raise ValueError(f"validation_fraction must leave every class something to train on, and "
                         f"something to validate with, got {fraction:g} of {len(codes)} "
                         f"observations")
    return kept


def _find_classes(y: Labels, k: int | None) -> Labels:
    """The class labels, sorted."""
    classes = np.unique(y)
    if len(classes) < 2:
        raise ValueError(f"y must hold at least two classes, got only one class: "
                         f"{classes.tolist()[0]!r}")
    if len(classes) > MAX_CLASSES:
        raise ValueError(f"y must hold at most {MAX_CLASSES} classes, got {len(classes)}")
    if k is None or k == len(classes):
        return classes
    if len(classes) > k:
        raise ValueError(f"y must hold at most n_classes={k} classes, got {len(classes)}")
    if classes.dtype.kind not in "iuf" or classes[0] < 0 or classes[-1] >= k:
        raise ValueError(f"y must hold whole numbers from 0 to {k - 1}, since n_classes={k} is "
                         f"more than the {len(classes)} classes it holds, got "
                         f"{classes.tolist()}")
    return np.arange(k)


def _kind(labels: Labels) -> str:
    """Text, bytes or numbers: labels of different kinds are never equal."""
    return {"U": "text", "O": "text", "S": "bytes"}.get(labels.dtype.kind, "numbers")
