"""Batch gradient descent: the loop, its history, and how it ends."""

from __future__ import annotations

import contextvars
import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.objective import Batches, Objective
from nnlib.optimizers import GRADIENT_DESCENT, Optimizer, Schedule
from nnlib.stopping import Criterion, Epoch

Array = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float64]


class DivergenceWarning(UserWarning):
    """Training met a loss that is not finite; the best finite weights were kept."""


class StabilityWarning(UserWarning):
    """The step is likely to be too long for training to work."""


class History:
    """What each epoch of a fit looked like.

    Row e holds the state after e epochs; row 0 is the net before training.  Each column is an
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
        """Epochs so far."""
        return np.array([row.epoch for row in self.rows], dtype=np.int64)

    @property
    def loss(self) -> FloatArray:
        """J on the training data, with its penalty."""
        return self._column("loss")

    @property
    def accuracy(self) -> FloatArray:
        """Training accuracy, 0 to 1; NaN for a net that predicts numbers."""
        return self._column("accuracy")

    @property
    def gradient_norm(self) -> FloatArray:
        """Euclidean norm of the gradient of J."""
        return self._column("gradient_norm")

    @property
    def validation_loss(self) -> FloatArray:
        """Mean loss of the validation data, without the penalty."""
        return self._column("validation_loss")

    @property
    def validation_accuracy(self) -> FloatArray:
        """Validation accuracy, 0 to 1; NaN for a net that predicts numbers."""
        return self._column("validation_accuracy")


@dataclass
class Run:
    """What one net has gone through.

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

    history: History
    stop_reason: str = ""
    diverged: bool = False
    best_epoch: int = 0


class Recorder:
    """Keeps the record of one net: its history, its best weights, and why its run ends.

    Parameters
    ----------
    theta : ndarray, shape (number of parameters,)
        The net's weights, which training moves.
    criterion : Criterion, optional
        When to stop.
    """

    def __init__(self, theta: Array, criterion: Criterion | None = None) -> None:
        self.run = Run(History())
        self._theta, self._best_theta, self._best_loss = theta, theta.copy(), math.inf
        self._watch = criterion.watch() if criterion else None
        self._early_stopping = criterion is not None and criterion.on_validation

    @property
    def runs(self) -> list[Run]:
        """Of each net, which is one."""
        return [self.run]

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to train."""
        return bool(self.run.stop_reason)

    def record(self, epoch: int, columns: list[Any]) -> Epoch:
        """Enter an epoch into the history; decide whether the run has ended."""
        row = Epoch(epoch, *map(float, columns))
        self.run.history.rows.append(row)
        if not math.isfinite(row.loss):
            self.run.diverged = True
            self.end(f"the loss was not finite at epoch {epoch}", restore=True)
            return row
        watched = row.validation_loss if self._early_stopping else row.loss
        if watched < self._best_loss:
            # One statement: an interrupt then finds all three old or all three new.
            self._best_loss, self.run.best_epoch, self._best_theta = (
                watched, epoch, self._theta.copy())
        reason = self._watch(row) if self._watch else None
        if reason:
            self.end(reason)
        return row

    def end(self, reason: str, restore: bool = False) -> None:
        """End the run; bring back the best weights if asked to, or if early stopping does."""
        if self.ended or not self.run.history.rows:
            return
        epoch = self.run.history.rows[-1].epoch
        if (restore or self._early_stopping) and self._best_loss < math.inf:
            np.copyto(self._theta, self._best_theta)
            epoch = self.run.best_epoch
        self.run.best_epoch, self.run.stop_reason = epoch, reason

    def hold_still(self, gradient: Array) -> None:
        """Nothing: the loop leaves a net that has ended."""


class StackRecorder:
    """Keeps the records of K nets in lock-step as `Recorder` keeps one's, in arrays.

    To keep them one by one takes a tenth of the time that sixty small nets take.

    Parameters
    ----------
    theta : ndarray, shape (K, number of parameters)
        The nets' weights, which training moves.
    criterion : Criterion, optional
        When to stop.

    Attributes
    ----------
    tables : list of ndarray, shape (columns, K)
        One for each epoch: what an `Epoch` says after its number.
    lengths : ndarray of int, shape (K,)
        How many of the tables each net had seen when it ended.
    stop_reason, diverged, best_epoch : ndarray, shape (K,)
        As a `Run` has them, once it has ended.
    """

    def __init__(self, theta: Array, criterion: Criterion | None = None) -> None:
        K = len(theta)
        self.tables: list[FloatArray] = []
        self.lengths, self.best_epoch = np.zeros((2, K), np.int64)
        self.stop_reason, self.diverged = np.full(K, "", object), np.zeros(K, bool)
        self._going = np.ones(K, bool)
        self._theta, self._first_epoch = theta, 0
        self._best = np.full(K, math.inf), np.zeros(K, np.int64), theta.copy()
        self._watches = [criterion.watch() for _ in theta] if criterion else []
        self._early_stopping = criterion is not None and criterion.on_validation

    @property
    def runs(self) -> list[Run]:
        """Of each net."""
        runs = []
        for net, going in enumerate(self._going):
            tables = self.tables if going else self.tables[: self.lengths[net]]
            rows = [Epoch(self._first_epoch + number, *table[:, net].tolist())
                    for number, table in enumerate(tables)]
            best_epoch = self._best[1] if going else self.best_epoch
            runs.append(Run(History(rows), self.stop_reason[net], bool(self.diverged[net]),
                            int(best_epoch[net])))
        return runs

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to train."""
        return not self._going.any()

    def record(self, epoch: int, columns: list[Any]) -> Epoch:
        """Enter an epoch of all nets; decide which of them have ended.  Returns the first's."""
        if not self.tables:
            self._first_epoch = epoch
        table = np.array(columns, np.float64)
        self.tables.append(table)
        finite = np.isfinite(table[0])
        watched = table[Epoch._fields.index("validation_loss") - 1 if self._early_stopping else 0]
        best_loss, best_epoch, best_theta = self._best
        better = (watched < best_loss) & finite & self._going
        improved = np.count_nonzero(better)
        # One statement each: an interrupt then finds all three old or all three new.
        if improved == len(better):
            self._best = watched, np.full(improved, epoch, np.int64), self._theta.copy()
        elif improved:
            self._best = (np.where(better, watched, best_loss), np.where(better, epoch, best_epoch),
                          np.where(better[:, None], self._theta, best_theta))
        if np.count_nonzero(finite) < len(finite):
            for net in np.flatnonzero(self._going & ~finite):
                self.diverged[net] = True
                self._end_one(net, f"the loss was not finite at epoch {epoch}", restore=True)
        for net in np.flatnonzero(self._going) if self._watches else ():
            reason = self._watches[net](Epoch(epoch, *table[:, net].tolist()))
            if reason:
                self._end_one(net, reason)
        return Epoch(epoch, *table[:, 0].tolist())

    def end(self, reason: str, restore: bool = False) -> None:
        """End what goes on; bring back best weights if asked to, or if early stopping does."""
        for net in np.flatnonzero(self._going) if self.tables else ():
            self._end_one(net, reason, restore)

    def _end_one(self, net: Any, reason: str, restore: bool = False) -> None:
        best_loss, best_epoch, best_theta = self._best
        epoch = self._first_epoch + len(self.tables) - 1
        if (restore or self._early_stopping) and best_loss[net] < math.inf:
            self._theta[net] = best_theta[net]
            epoch = best_epoch[net]
        self.best_epoch[net], self.stop_reason[net] = epoch, reason
        self.lengths[net], self._going[net] = len(self.tables), False

    def hold_still(self, gradient: Array) -> None:
        """Let nets that have ended take no step."""
        if not self._going.all():
            gradient[~self._going] = 0


def has_failed(
    accuracy: Any, mean_loss: Any, diverged: Any, n_classes: int, guess: Any = None
) -> npt.NDArray[np.bool_]:
    """Whether nets learned next to nothing of their training data.

    A net fails if its loss stopped being finite; if its accuracy is less than a fifth of the way
    from guessing, 1/k, to 1; or if its mean loss, without the penalty, is at least .65 / log 2 =
    94 % of that of guessing, log k.  With two classes: accuracy <= .6, or cross-entropy >= .65.
    Of a net that predicts numbers only the loss counts, and to guess is to say their mean.

    Parameters
    ----------
    accuracy, mean_loss : array_like, shape (nets,)
        On the training data; accuracy NaN for numbers.
    diverged : array_like of bool, shape (nets,)
    n_classes : int
        k, classes about equally frequent.
    guess : array_like, shape (nets,), optional
        The mean loss of guessing; None is log k.

    Returns
    -------
    ndarray of bool, shape (nets,)
    """
    chance = 1 / n_classes
    limit = 0.65 * math.log2(n_classes) if guess is None else 0.65 / math.log(2) * guess
    learned = ~(np.asarray(accuracy) <= chance + 0.2 * (1 - chance)) & (
        np.asarray(mean_loss) < limit
    )
    return np.asarray(diverged, bool) | ~learned


@dataclass
class Descent:
    """Gradient descent on one network, or on K networks in lock-step.

    Each epoch takes the gradient of n·J over all observations and steps against it; or, with
    batches, that of m·J over one batch of m observations after another, a step for each.

    Parameters
    ----------
    objective : Objective
        The network and its training data.
    learning_rate : float or ndarray, shape (*nets,)
    max_epochs : int
        How often to go through the observations at the most.
    mean : bool or ndarray of bool, shape (*nets,)
        Whether to follow the mean of the observations' gradients, that of n·J divided by n, in
        place of their sum.
    batches : Batches, optional
        Of the same objective.
    optimizer : Optimizer
        Makes steps of gradients.
    schedule : Schedule, optional
        What the learning rate is multiplied with, by the number of the step.
    criterion : Criterion, optional
        When to stop a net before that.
    validation : Objective, optional
        The same network on validation data.
    first_epoch : int
        Number of the first row: the epochs that earlier fits have taken.

    Attributes
    ----------
    recorder : Recorder or StackRecorder
    """

    objective: Objective
    learning_rate: Any
    max_epochs: int
    mean: Any = False
    batches: Batches | None = None
    optimizer: Optimizer = GRADIENT_DESCENT
    schedule: Schedule | None = None
    criterion: Criterion | None = None
    validation: Objective | None = None
    first_epoch: int = 0

    def __post_init__(self) -> None:
        network = self.objective.network
        recorder = StackRecorder if network.nets else Recorder
        self.recorder: Recorder | StackRecorder = recorder(network.theta, self.criterion)
        self._together = self.batches.batch_size if self.batches else self.objective.n
        self._stepper = self.optimizer.stepper(
            network.theta, self.learning_rate, np.where(self.mean, self._together, 1))
        self._step_number = self.first_epoch * (len(self.batches) if self.batches else 1)

    @property
    def runs(self) -> list[Run]:
        """What each net has gone through; that of one net alone is kept up to date."""
        return self.recorder.runs

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
            self.recorder.end("interrupted", restore=True)
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
            self.recorder.end("interrupted", restore=True)
            raise

    def _descend(self) -> Generator[Epoch, None, None]:
        # A run that diverges overflows on its way, which the recorder reports.  One context serves
        # all epochs: to enter `np.errstate` in each takes as long as three operations on a small
        # net.
        may_overflow = contextvars.copy_context()
        may_overflow.run(np.seterr, over="ignore", invalid="ignore")
        for epoch in range(self.first_epoch, self.first_epoch + self.max_epochs + 1):
            yield may_overflow.run(self._take, epoch)
            if self.recorder.ended:
                break
        self.recorder.end(f"reached max_epochs={self.max_epochs}")

    def _take(self, epoch: int) -> Epoch:
        """Take one epoch: its steps, but for the first row, and then the record."""
        if epoch > self.first_epoch:
            if self.batches is None:
                self._step()  # along the gradient that the record before has left
            else:
                for m in self.batches.take(epoch):
                    if m < self._together:  # the last, whose mean counts as much as any other
                        factor = np.where(self.mean, self._together / m, 1.0)
                        self.objective.gradient *= factor[..., None]
                    self._step()
        return self._record(epoch)

    def _step(self) -> None:
        gradient = self.objective.gradient
        self._stepper(gradient)
        if self.schedule is not None:
            gradient *= self.schedule(self._step_number)
        self._step_number += 1
        self.recorder.hold_still(gradient)
        self.objective.network.theta -= gradient

    def _record(self, epoch: int) -> Epoch:
        """Enter what the nets are like at their current weights."""
        objective = self.objective
        columns = list(objective.evaluate_with_gradient())
        columns.append(np.sqrt(np.vecdot(objective.gradient, objective.gradient)) / objective.n)
        if self.validation is not None:
            columns += self.validation.evaluate()
        return self.recorder.record(epoch, columns)
