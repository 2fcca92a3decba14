"""Batch gradient descent: the loop, its history, and how it ends (chapter 4)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.network import Network, Objective
from nnlib.stopping import Criterion, Epoch

FloatArray = npt.NDArray[np.float64]


class DivergenceWarning(UserWarning):
    """Training met a loss that is not finite; the best finite weights were kept."""


class StabilityWarning(UserWarning):
    """The step is likely to be too long for training to work."""


class History:
    """What each epoch of a fit looked like.

    Row e holds the state after e steps; row 0 is the net before training.  Each column is an
    array of shape (epochs + 1,).
    """

    def __init__(self, rows: list[Epoch] | None = None) -> None:
        self.rows = rows if rows is not None else []

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        if not self.rows:
            return "<History of no epochs>"
        return f"<History of {len(self)} rows, loss {self.loss[0]:.4g} to {self.loss[-1]:.4g}>"

    def _column(self, name: str) -> FloatArray:
        return np.array([getattr(row, name) for row in self.rows], dtype=np.float64)

    @property
    def epoch(self) -> npt.NDArray[np.int64]:
        """Steps taken so far."""
        return np.array([row.epoch for row in self.rows], dtype=np.int64)

    @property
    def loss(self) -> FloatArray:
        """J on the training data, with its penalty."""
        return self._column("loss")

    @property
    def accuracy(self) -> FloatArray:
        """Training accuracy, 0 to 1."""
        return self._column("accuracy")

    @property
    def gradient_norm(self) -> FloatArray:
        """Euclidean norm of the gradient of J."""
        return self._column("gradient_norm")

    @property
    def validation_loss(self) -> FloatArray:
        """Mean cross-entropy of the validation data."""
        return self._column("validation_loss")

    @property
    def validation_accuracy(self) -> FloatArray:
        """Validation accuracy, 0 to 1."""
        return self._column("validation_accuracy")


@dataclass
class Best:
    """The weights with the lowest loss so far, and the epoch they were met at."""

    loss: float = math.inf
    epoch: int = 0
    theta: npt.NDArray[Any] | None = None

    def offer(self, loss: float, epoch: int, network: Network) -> None:
        """Remember the network's weights if `loss` is the lowest yet."""
        if loss < self.loss:
            self.loss, self.epoch = loss, epoch
            if self.theta is None:
                self.theta = network.theta.copy()
            else:
                np.copyto(self.theta, network.theta)

    def restore(self, network: Network) -> None:
        """Give the network the best weights back."""
        if self.theta is not None:
            np.copyto(network.theta, self.theta)


@dataclass
class Descent:
    """One run of batch gradient descent on one network.

    Each epoch takes the gradient G of n·J over all observations and steps W ← W - step · G
    (chapter 4).  `step` is the learning rate for summed gradients and learning rate / n for mean
    gradients.

    Parameters
    ----------
    objective : Objective
        The network and its training data.
    step : float
        Multiplies the gradient of n·J.
    max_epochs : int
        Steps to take at the most.
    criterion : Criterion, optional
        When to stop before that.
    validation : Objective, optional
        The same network on validation data.
    first_epoch : int
        Number of the first row: the steps that earlier fits have taken.

    Attributes
    ----------
    history : History
    stop_reason : str
        Why the run ended.
    diverged : bool
        True if it met a loss that is not finite.
    best_epoch : int
        The epoch whose weights the network holds at the end: the last one, unless a divergence,
        an interruption or early stopping brought back the best.
    """

    objective: Objective
    step: float
    max_epochs: int
    criterion: Criterion | None = None
    validation: Objective | None = None
    first_epoch: int = 0
    history: History = field(default_factory=History)
    stop_reason: str = ""
    diverged: bool = False
    best_epoch: int = 0

    def run(self, after_epoch: Callable[[Epoch], object] | None = None) -> None:
        """Train; `after_epoch` is shown every row of the history as it is made.

        Raises
        ------
        KeyboardInterrupt
            If the reader interrupts; the network then holds the best weights so far.
        """
        network = self.objective.network
        watch = self.criterion.watch() if self.criterion else None
        early_stopping = self.criterion is not None and self.criterion.on_validation
        best = Best()
        restore = early_stopping
        try:
            # A run that diverges overflows on its way; the loss check below reports it.
            with np.errstate(over="ignore", invalid="ignore"):
                for epoch in range(self.first_epoch, self.first_epoch + self.max_epochs + 1):
                    row = self._look(epoch)
                    self.history.rows.append(row)
                    if not math.isfinite(row.loss):
                        self.diverged = restore = True
                        self.stop_reason = f"the loss was not finite at epoch {epoch}"
                        break
                    best.offer(row.validation_loss if early_stopping else row.loss, epoch, network)
                    if after_epoch is not None:
                        after_epoch(row)
                    self.stop_reason = (watch(row) if watch else None) or ""
                    if self.stop_reason:
                        break
                    if epoch < self.first_epoch + self.max_epochs:
                        self.objective.gradient *= self.step
                        network.theta -= self.objective.gradient
        except KeyboardInterrupt:
            restore = True
            self.stop_reason = "interrupted"
            raise
        finally:
            self.stop_reason = self.stop_reason or f"reached max_epochs={self.max_epochs}"
            self.best_epoch = self.history.rows[-1].epoch if self.history.rows else 0
            if restore and best.theta is not None:
                best.restore(network)
                self.best_epoch = best.epoch

    def _look(self, epoch: int) -> Epoch:
        """One row of the history, at the network's current weights."""
        loss, accuracy = self.objective.evaluate_with_gradient()
        gradient = self.objective.gradient
        norm = math.sqrt(np.dot(gradient, gradient)) / self.objective.n
        validation = self.validation.evaluate() if self.validation else ()
        return Epoch(epoch, float(loss), float(accuracy), norm, *map(float, validation))
