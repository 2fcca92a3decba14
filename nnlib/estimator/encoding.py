"""What a fit learns of its data: how rows and targets become the numbers that a network takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
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
    check_targets,
    feature_names,
)

Labels = npt.NDArray[Any]
Codes = npt.NDArray[np.intp]
#: Targets as a loss takes them: the last axis is that of the observations.
Encoded = npt.NDArray[Any]

MAX_CLASSES = 10_000


@dataclass(frozen=True, eq=False)
class Encoding(ABC):
    """The columns that a net was fitted on, and data in their terms.

    Attributes
    ----------
    owner : str
        What was fitted, for errors.
    n_features : int
        Columns of X, d.
    feature_names : ndarray of str, shape (d,), or None
        Their names, if X was a data frame whose columns have names that are text.
    dtype : str
        Of the numbers that the network takes.
    """

    owner: str
    n_features: int
    feature_names: FeatureNames | None
    dtype: str

    @property
    @abstractmethod
    def n_outputs(self) -> int:
        """Outputs, k."""

    @abstractmethod
    def targets(self, y: Any, n: int, name: str = "y") -> Encoded:
        """Targets of n observations as a loss takes them, (n,) or (k, n)."""

    @abstractmethod
    def decoded(self, targets: Encoded) -> npt.NDArray[Any]:
        """What `targets` has encoded, (n,) or (n, k)."""

    @abstractmethod
    def keep_back(
        self, targets: Encoded, fraction: float, rng: np.random.Generator
    ) -> npt.NDArray[np.bool_]:
        """Which observations to keep back for validation, (n,).

        Parameters
        ----------
        targets : ndarray
            Encoded.
        fraction : float
            Above 0 and below 1; rounded to whole observations.
        rng : numpy Generator
            Draws them.

        Raises
        ------
        ValueError
            If that leaves nothing to train on, or nothing to validate with.
        """

    def observations(self, X: Any, name: str = "X") -> FloatArray:
        """Observations as numbers, (n, d); they must have the columns of the fit."""
        check_feature_names(X, self.feature_names, name=name, owner=self.owner)
        return check_observations(X, n_features=self.n_features, dtype=self.dtype, name=name,
                                  owner=self.owner)

    def pair(self, data: Any, name: str) -> tuple[FloatArray, Encoded]:
        """Observations and targets, given as a pair, as numbers."""
        if not isinstance(data, (tuple, list)) or len(data) != 2:
            raise TypeError(f"{name} must be a pair (X, y), got {type(data).__name__}")
        X = self.observations(data[0], f"{name}[0]")
        return X, self.targets(data[1], len(X), f"{name}[1]")


def _learn_columns(X: Any, dtype: str, owner: str) -> tuple[FeatureNames | None, FloatArray]:
    """The names of the columns of X, if they have names, and X as numbers, (n, d)."""
    names = feature_names(X)
    observations = check_observations(X, dtype=dtype, owner=owner)
    if names is not None and len(names) != observations.shape[1]:
        raise ValueError(f"X must have as many columns as names of them, got "
                         f"{observations.shape[1]} columns and {len(names)} names")
    return names, observations


@dataclass(frozen=True, eq=False)
class ClassEncoding(Encoding):
    """An encoding with classes.

    Attributes
    ----------
    classes : ndarray, shape (k,)
        The class labels, sorted, in the order of the outputs.
    """

    classes: Labels

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
        names, observations = _learn_columns(X, dtype, owner)
        labels = check_labels(y, n=len(observations))
        classes = _find_classes(labels, n_classes)
        encoding = cls(owner, observations.shape[1], names, dtype, classes)
        return encoding, observations, encoding._codes_of(labels, "y")

    @property
    def n_outputs(self) -> int:
        """Classes, k."""
        return len(self.classes)

    def targets(self, y: Any, n: int, name: str = "y") -> Codes:
        """The place of each of n labels among the classes, (n,)."""
        return self._codes_of(check_labels(y, n=n, name=name), name)

    def decoded(self, targets: Encoded) -> Labels:
        """The labels at these places, (n,)."""
        labels: Labels = self.classes[targets]
        return labels

    def keep_back(
        self, targets: Encoded, fraction: float, rng: np.random.Generator
    ) -> npt.NDArray[np.bool_]:
        """Which observations to keep back for validation, (n,): this fraction of each class."""
        kept = np.zeros(len(targets), bool)
        for c in np.unique(targets):
            own = rng.permutation(np.flatnonzero(targets == c))
            kept[own[: round(fraction * len(own))]] = True
        if not kept.any() or len(np.unique(targets[~kept])) < len(np.unique(targets)):
            raise ValueError(f"validation_fraction must leave every class something to train on, "
                             f"and something to validate with, got {fraction:g} of {len(targets)} "
                             f"observations")
        return kept

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


@dataclass(frozen=True, eq=False)
class NumberEncoding(Encoding):
    """An encoding with numbers to predict.

    Attributes
    ----------
    n_numbers : int or None
        How many each observation has, k; None for one that is not in a column, y (n,).
    """

    n_numbers: int | None

    @classmethod
    def learn(
        cls, X: Any, y: Any, dtype: str, owner: str
    ) -> tuple[Self, FloatArray, FloatArray]:
        """The encoding of these data, and the data encoded: (n, d) and (k, n).

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,) or (n, k)
        dtype : {"float64", "float32"}
        owner : str

        Raises
        ------
        TypeError, ValueError
            If X or y is not what it must be; the message names it.
        """
        names, observations = _learn_columns(X, dtype, owner)
        targets = check_targets(y, n=len(observations), dtype=dtype)
        k = None if targets.ndim == 1 else targets.shape[1]
        encoding = cls(owner, observations.shape[1], names, dtype, k)
        return encoding, observations, _as_columns(targets)

    @property
    def n_outputs(self) -> int:
        """Numbers to predict, k."""
        return self.n_numbers or 1

    def targets(self, y: Any, n: int, name: str = "y") -> FloatArray:
        """The numbers of n observations as columns, (k, n)."""
        return _as_columns(self.same_shape(y, n, name))

    def decoded(self, targets: Encoded) -> FloatArray:
        """Numbers in the shape of those of the fit."""
        return targets[0] if self.n_numbers is None else targets.T

    def same_shape(self, y: Any, n: int, name: str = "y") -> FloatArray:
        """Numbers in the shape of those of the fit, (n,) or (n, k)."""
        targets = check_targets(y, n=n, dtype=self.dtype, name=name)
        if targets.shape[1:] != (() if self.n_numbers is None else (self.n_numbers,)):
            fitted = "(n,)" if self.n_numbers is None else f"(n, {self.n_numbers})"
            raise ValueError(f"{name} must be of shape {fitted} as in the fit, got shape "
                             f"{targets.shape}")
        return targets

    def keep_back(
        self, targets: Encoded, fraction: float, rng: np.random.Generator
    ) -> npt.NDArray[np.bool_]:
        """Which observations to keep back for validation, (n,)."""
        n = targets.shape[-1]
        kept = np.zeros(n, bool)
        kept[rng.permutation(n)[: round(fraction * n)]] = True
        if not 0 < kept.sum() < n:
            raise ValueError(f"validation_fraction must leave something to train on, and "
                             f"something to validate with, got {fraction:g} of {n} observations")
        return kept


def _as_columns(targets: FloatArray) -> FloatArray:
    """Numbers (n,) or (n, k) as (k, n)."""
    return np.atleast_2d(targets.T)


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
