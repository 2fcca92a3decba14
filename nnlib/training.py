"""Batch gradient descent: the loop, its history, and how it ends."""

from __future__ import annotations

import contextvars
import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.objective import Objective
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


class Run:
    """What one net goes through: its history, its best weights, and why it ends.

    Parameters
    ----------
    theta : ndarray, shape (number of parameters,)
        The net's weights, which training moves.
    criterion : Criterion, optional
        When to stop.

    Attributes
    ----------
    history : History
    stop_reason : str
        Why the run ended; empty while it goes on.
    diverged : bool
        True if it met a loss that is not finite.
    best_epoch : int
        The epoch whose weights the net holds at the end: the last one, unless a divergence, an
        interruption or early stopping brought back the best.
    """

    def __init__(self, theta: npt.NDArray[Any], criterion: Criterion | None = None) -> None:
        self.history = History()
        self.stop_reason, self.diverged, self.best_epoch = "", False, 0
        self._theta, self._best_theta, self._best_loss = theta, theta.copy(), math.inf
        self._watch = criterion.watch() if criterion else None
        self._early_stopping = criterion is not None and criterion.on_validation

    def record(self, row: Epoch) -> None:
        """Enter a row into the history; decide whether the run has ended."""
        self.history.rows.append(row)
        if not math.isfinite(row.loss):
            self.diverged = True
            self.end(f"the loss was not finite at epoch {row.epoch}", restore=True)
            return
        watched = row.validation_loss if self._early_stopping else row.loss
        if watched < self._best_loss:
            # One statement: an interrupt then finds all three old or all three new.
            self._best_loss, self.best_epoch, self._best_theta = (
                watched, row.epoch, self._theta.copy())
        reason = self._watch(row) if self._watch else None
        if reason:
            self.end(reason)

    def end(self, reason: str, restore: bool = False) -> None:
        """End the run; bring back the best weights if asked to, or if early stopping does."""
        epoch = self.history.rows[-1].epoch
        if (restore or self._early_stopping) and self._best_loss < math.inf:
            np.copyto(self._theta, self._best_theta)
            epoch = self.best_epoch
        self.best_epoch, self.stop_reason = epoch, reason


def has_failed(
    accuracy: Any, cross_entropy: Any, diverged: Any, n_classes: int
) -> npt.NDArray[np.bool_]:
    """Whether nets learned next to nothing of their training data.

    A net fails if its loss stopped being finite; if its accuracy is less than a fifth of the way
    from guessing, 1/k, to 1; or if its mean cross-entropy is at least .65 / log 2 = 94 % of that
    of guessing, log k.  With two classes: accuracy <= .6, or cross-entropy >= .65.

    Parameters
    ----------
    accuracy, cross_entropy : array_like, shape (nets,)
        On the training data.
    diverged : array_like of bool, shape (nets,)
    n_classes : int
        k, classes about equally frequent.

    Returns
    -------
    ndarray of bool, shape (nets,)
    """
    guess = 1 / n_classes
    learned = (np.asarray(accuracy) > guess + 0.2 * (1 - guess)) & (
        np.asarray(cross_entropy) < 0.65 * math.log2(n_classes)
    )
    return np.asarray(diverged, bool) | ~learned


@dataclass
class Descent:
    """Batch gradient descent on one network, or on K networks in lock-step.

    Each epoch takes the gradient G of n·J over all observations and steps W ← W - step · G.

    Parameters
    ----------
    objective : Objective
        The network and its training data.
    step : float or ndarray, shape (*nets,)
        Multiplies the gradient of n·J: the learning rate for summed gradients, learning rate / n
        for mean gradients.
    max_epochs : int
        Steps to take at the most.
    criterion : Criterion, optional
        When to stop a net before that.
    validation : Objective, optional
        The same network on validation data.
    first_epoch : int
        Number of the first row: the steps that earlier fits have taken.

    Attributes
    ----------
    runs : list of Run
        One for each net.
    """

    objective: Objective
    step: Any
    max_epochs: int
    criterion: Criterion | None = None
    validation: Objective | None = None
    first_epoch: int = 0

    def __post_init__(self) -> None:
        theta = self.objective.network.theta
        self.runs = [Run(net, self.criterion) for net in theta.reshape(-1, theta.shape[-1])]
        self._stopped: list[int] = []
        self._steps = np.empty_like(theta)  # of one shape, NumPy multiplies fastest
        self._steps[...] = np.asarray(self.step)[..., None]

    def run(self, after_epoch: Callable[[Epoch], object] | None = None) -> None:
        """Train to the end; `after_epoch` is shown the rows that `epochs` yields.

        Raises
        ------
        KeyboardInterrupt
            If the reader interrupts; every net then holds its best weights so far.
        """
        try:
            self._show_epochs(after_epoch)
        except KeyboardInterrupt:  # while the caller looked
            self._end("interrupted", restore=True)
            raise

    def _show_epochs(self, after_epoch: Callable[[Epoch], object] | None) -> None:
        for row in self.epochs():
            if after_epoch is not None:
                after_epoch(row)

    def epochs(self) -> Generator[Epoch, None, None]:
        """Train one epoch at a time, for a caller that wants to look on.

        Interrupted, it leaves every net its best weights so far.  A caller that stops before the
        end finds the weights of the last row.

        Yields
        ------
        Epoch
            The first net's latest row.  Weights and gradient are still those that it describes.
        """
        # The loop is apart: around a loop, Python 3.12 and later can miss an interrupt that comes
        # as it jumps back.
        try:
            yield from self._descend()
        except KeyboardInterrupt:
            self._end("interrupted", restore=True)
            raise

    def _descend(self) -> Generator[Epoch, None, None]:
        # A run that diverges overflows on its way; `Run.record` reports it.  One context serves
        # all epochs: to enter `np.errstate` in each takes as long as three operations on a small
        # net.
        may_overflow = contextvars.copy_context()
        may_overflow.run(np.seterr, over="ignore", invalid="ignore")
        for epoch in range(self.first_epoch, self.first_epoch + self.max_epochs + 1):
            may_overflow.run(self._take, epoch)
            yield self.runs[0].history.rows[-1]
            if len(self._stopped) == len(self.runs):
                break
        self._end(f"reached max_epochs={self.max_epochs}")

    def _take(self, epoch: int) -> None:
        """Take one epoch: a step, but for the first row, and then the record."""
        theta, gradient = self.objective.network.theta, self.objective.gradient
        if epoch > self.first_epoch:
            gradient *= self._steps
            if self._stopped:
                gradient.reshape(len(self.runs), -1)[self._stopped] = 0
            theta -= gradient
        self._record(epoch)

    def _record(self, epoch: int) -> None:
        """Show every net that still runs its row of the history, at its current weights."""
        objective = self.objective
        columns = list(objective.evaluate_with_gradient())
        columns.append(np.sqrt(np.vecdot(objective.gradient, objective.gradient)) / objective.n)
        if self.validation is not None:
            columns += self.validation.evaluate()
        stacked = objective.network.nets
        rows = np.transpose(columns).tolist() if stacked else [map(float, columns)]
        for net, values in enumerate(rows):
            run = self.runs[net]
            if not run.stop_reason:
                run.record(Epoch(epoch, *values))
                if run.stop_reason:
                    self._stopped.append(net)

    def _end(self, reason: str, restore: bool = False) -> None:
        for run in self.runs:
            if not run.stop_reason and run.history.rows:
                run.end(reason, restore)
