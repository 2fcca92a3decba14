"""When to stop training.

A criterion is a description, such as ``Patience(tol=1e-3, epochs=2000)``: immutable, printable,
and safe to share between nets.  Each fit asks it for a fresh watcher, a function that is shown
every epoch and answers with the reason to stop, or None to go on.  Criteria combine with ``|``:
training stops as soon as one of them says so.

Examples
--------
>>> from nnlib import ThreeLayerNet, datasets
>>> from nnlib.stopping import GradientNorm, Patience
>>> X, y = datasets.moons(200, noise=0.05, random_state=0)
>>> net = ThreeLayerNet(learning_rate=0.5, reduction="mean", random_state=0,
...                     stopping=Patience(tol=1e-3, epochs=500) | GradientNorm(tol=1e-3))
>>> net.stopping
Patience(tol=0.001, epochs=500) | GradientNorm(tol=0.001)
>>> net.fit(X, y).stop_reason_
"the gradient's norm fell below 0.001"
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from nnlib.validation import check_count, check_real, shown

MAX_EPOCHS = 2**63 - 1  # histories count in 64 bits


class Epoch(NamedTuple):
    """The state of training after `epoch` epochs.

    `loss` is J, with its penalty; `gradient_norm` is the Euclidean norm of the gradient of J;
    `validation_loss` is the mean loss of the validation data, without penalty, and NaN, like
    `validation_accuracy`, where there are none.  A net that predicts numbers has accuracies NaN.
    """

    epoch: int
    loss: float
    accuracy: float
    gradient_norm: float
    validation_loss: float = math.nan
    validation_accuracy: float = math.nan


Watcher = Callable[[Epoch], str | None]


class Criterion(ABC):
    """What every stopping criterion can do."""

    #: True if the criterion needs validation data and wants the best weights on them restored.
    on_validation: bool = False

    #: Which fraction of the training data a fit keeps back to validate with, if it gets no others.
    validation_fraction: float | None = None

    @abstractmethod
    def watch(self) -> Watcher:
        """A fresh watcher for one fit."""

    def __or__(self, other: object) -> Criterion:
        if not isinstance(other, Criterion):
            return NotImplemented
        return AnyOf((*_parts(self), *_parts(other)))


def _parts(criterion: Criterion) -> tuple[Criterion, ...]:
    return criterion.criteria if isinstance(criterion, AnyOf) else (criterion,)


@dataclass(frozen=True, repr=False)
class AnyOf(Criterion):
    """Stop as soon as one of several criteria says so; what ``|`` makes.

    Parameters
    ----------
    criteria : tuple of Criterion
        At least one.
    """

    criteria: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.criteria, tuple) or not all(
            isinstance(criterion, Criterion) for criterion in self.criteria
        ):
            raise TypeError(f"criteria must be a tuple of criteria, got {shown(self.criteria)}")
        if not self.criteria:
            raise ValueError("criteria must hold at least one criterion, got an empty tuple")

    def __repr__(self) -> str:
        return " | ".join(map(repr, self.criteria))

    @property
    def on_validation(self) -> bool:  # type: ignore[override]
        """True if any of the criteria needs validation data."""
        return any(criterion.on_validation for criterion in self.criteria)

    @property
    def validation_fraction(self) -> float | None:  # type: ignore[override]
        """That of the first of the criteria that has one."""
        fractions = (criterion.validation_fraction for criterion in self.criteria)
        return next((fraction for fraction in fractions if fraction is not None), None)

    def watch(self) -> Watcher:
        """A fresh watcher for one fit."""
        watchers = [criterion.watch() for criterion in self.criteria]

        def check(row: Epoch) -> str | None:
            # Every watcher sees every epoch, also after one of them has spoken.
            reasons = [watcher(row) for watcher in watchers]
            return next((reason for reason in reasons if reason), None)

        return check


def _keep(criterion: Criterion, **numbers: float) -> None:
    """Keep plain numbers: NumPy's shorter ones round losses, and cannot count far."""
    for name, number in numbers.items():
        object.__setattr__(criterion, name, number)  # the criterion is frozen, but not made yet


@dataclass(frozen=True)
class RelativeImprovement(Criterion):
    """Every `every` epochs, stop unless the loss fell by at least the fraction `tol`.

    The rule this project started from, with its settings as defaults.  It looks at two epochs
    only, so it also stops on a plateau that training would have left, and on an upward blip.

    Parameters
    ----------
    tol : float
        Smallest fall that counts, as a fraction of the earlier loss; at least 0.
    every : int
        Epochs between looks; at least 1.
    """

    tol: float = 0.01
    every: int = 1000

    def __post_init__(self) -> None:
        _keep(self, tol=check_real("tol", self.tol, at_least=0))
        _keep(self, every=check_count("every", self.every, at_most=MAX_EPOCHS))

    def watch(self) -> Watcher:
        """A fresh watcher for one fit."""
        start: int | None = None
        before = math.inf

        def check(row: Epoch) -> str | None:
            nonlocal start, before
            if start is None:
                start, before = row.epoch, row.loss
            elif (row.epoch - start) % self.every == 0:
                if not before - row.loss >= self.tol * before:
                    return (f"the loss fell by less than {self.tol:g} of itself "
                            f"in {self.every} epochs")
                before = row.loss
            return None

        return check


@dataclass(frozen=True)
class Patience(Criterion):
    """Stop when the best loss so far has not improved for `epochs` epochs.

    Parameters
    ----------
    tol : float
        Smallest improvement that counts, as a fraction of the best loss; at least 0.
    epochs : int
        How long to wait for one; at least 1.
    """

    tol: float = 1e-3
    epochs: int = 2000

    def __post_init__(self) -> None:
        _keep(self, tol=check_real("tol", self.tol, at_least=0))
        _keep(self, epochs=check_count("epochs", self.epochs, at_most=MAX_EPOCHS))

    def watch(self) -> Watcher:
        """A fresh watcher for one fit."""
        best, best_epoch = math.inf, 0

        def check(row: Epoch) -> str | None:
            nonlocal best, best_epoch
            if not math.isfinite(best) or best - row.loss > self.tol * best:
                best, best_epoch = row.loss, row.epoch
            elif row.epoch - best_epoch >= self.epochs:
                return (f"the best loss has not improved by {self.tol:g} of itself "
                        f"for {self.epochs} epochs")
            return None

        return check


@dataclass(frozen=True)
class GradientNorm(Criterion):
    """Stop when the gradient of J is shorter than `tol`.

    A short gradient means a minimum, a plateau, or a net whose units are all dead.

    Parameters
    ----------
    tol : float
        Euclidean norm of the gradient of J, over all weights and biases; above 0.
    """

    tol: float = 1e-3

    def __post_init__(self) -> None:
        _keep(self, tol=check_real("tol", self.tol, above=0))

    def watch(self) -> Watcher:
        """A fresh watcher for one fit."""
        def check(row: Epoch) -> str | None:
            if row.gradient_norm < self.tol:
                return f"the gradient's norm fell below {self.tol:g}"
            return None

        return check


@dataclass(frozen=True, repr=False)
class EarlyStopping(Criterion):
    """Stop when the validation loss has not improved for `patience` epochs; keep the best weights.

    A fit with this criterion needs `validation_data`, or keeps back a part of its own.  However it
    ends, the net gets back the weights of the epoch with the lowest validation loss (Prechelt
    1998).

    Parameters
    ----------
    patience : int
        Epochs to wait for a better validation loss; at least 1.
    validation_fraction : float, optional
        Without `validation_data`, train on the rest and validate with this fraction of every
        class, drawn with the net's `random_state` before its weights are; above 0 and below 1.
        So the criterion works where a tool calls `fit(X, y)`, as cross-validation does.  X is
        copied for it, also if it is a memory map.
    """

    patience: int = 1000
    validation_fraction: float | None = None
    on_validation = True

    def __post_init__(self) -> None:
        _keep(self, patience=check_count("patience", self.patience, at_most=MAX_EPOCHS))
        if self.validation_fraction is not None:
            _keep(self, validation_fraction=check_real(
                "validation_fraction", self.validation_fraction, above=0, below=1))

    def __repr__(self) -> str:
        fraction = self.validation_fraction
        more = "" if fraction is None else f", validation_fraction={fraction}"
        return f"EarlyStopping(patience={self.patience}{more})"

    def watch(self) -> Watcher:
        """A fresh watcher for one fit."""
        best: float = math.inf
        best_epoch: int | None = None

        def check(row: Epoch) -> str | None:
            nonlocal best, best_epoch
            if best_epoch is None:
                best_epoch = row.epoch
            if row.validation_loss < best:
                best, best_epoch = row.validation_loss, row.epoch
            elif row.epoch - best_epoch >= self.patience:
                return f"the validation loss has not improved for {self.patience} epochs"
            return None

        return check


_BY_NAME = {
    criterion.__name__: criterion
    for criterion in (RelativeImprovement, Patience, GradientNorm, EarlyStopping)
}


def to_settings(criterion: Criterion | None) -> list[dict[str, Any]]:
    """A criterion in a form that JSON can hold: one dict for each part of it.

    Raises
    ------
    TypeError
        If a part is not a criterion of this module.
    """
    if criterion is not None and not isinstance(criterion, Criterion):
        raise TypeError(f"stopping must be None or a criterion, got {shown(criterion)}")
    parts = () if criterion is None else _parts(criterion)
    for part in parts:
        if type(part) not in _BY_NAME.values():
            raise TypeError(f"stopping must be made of nnlib's own criteria to be saved, "
                            f"got {shown(part)}")
    return [{"criterion": type(part).__name__, **vars(part)} for part in parts]


def from_settings(settings: list[dict[str, Any]]) -> Criterion | None:
    """The criterion that `to_settings` described.

    Raises
    ------
    KeyError, TypeError, ValueError
        If the description is not one that `to_settings` makes.
    """
    parts = []
    for description in settings:
        arguments = dict(description)
        parts.append(_BY_NAME[arguments.pop("criterion")](**arguments))
    if len(parts) > 1:
        return AnyOf(tuple(parts))
    return parts[0] if parts else None
