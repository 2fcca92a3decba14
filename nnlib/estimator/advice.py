"""Whether gradient descent's steps are too long, and what to change then.

The length that counts is the rate for mean gradients, or the rate times the number of observations
in a step for summed ones: the effective step.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from nnlib.activations import Activation
from nnlib.losses import SOFTMAX_CROSS_ENTROPY, SQUARED_ERROR, Loss
from nnlib.objective import Objective
from nnlib.optimizers import GRADIENT_DESCENT, Adam, GradientDescent, Momentum, Optimizer
from nnlib.stopping import Epoch
from nnlib.training import DivergenceWarning, Run, StabilityWarning, has_failed
from nnlib.validation import FloatArray

#: What to do about a loss that is not finite although no step was taken.
OVERFLOW_REMEDY = ("Scale the inputs to mean 0 and standard deviation 1, or take a smaller "
                   "reg_lambda or initial_scale.")

_OTHER_WEIGHTS = "Start from other weights: with another random_state, or with more nodes."
# A loss that rises farther above its lowest so far was thrown; short steps ripple at kinks at most.
_LARGEST_RIPPLE = 1.1
# A net that is thrown far takes some dozens of epochs to come back.
_EPOCHS_TO_COME_BACK = 50

_SCALE_INPUTS = "Scale the inputs to mean 0 and standard deviation 1."
_SCALE_TARGETS = "Scale the targets to mean 0 and standard deviation 1."


@dataclass(frozen=True)
class Step:
    """What decides the length of a step, and whether it works.

    Parameters
    ----------
    learning_rate : float
    summed : bool
        Whether a step follows summed gradients rather than mean ones.
    hidden_layers : int
    reg_lambda : float
    initial_scale : float, optional
    activation : Activation
    optimizer : Optimizer
    batch_size : int, optional
    loss : Loss
    """

    learning_rate: float
    summed: bool
    hidden_layers: int
    reg_lambda: float
    initial_scale: float | None
    activation: Activation
    optimizer: Optimizer = GRADIENT_DESCENT
    batch_size: int | None = None
    loss: Loss = SOFTMAX_CROSS_ENTROPY

    def _multiple(self, n: int) -> int:
        """How many times the learning rate the effective step is, on n observations."""
        # Adam divides by the size of the gradients, so their sum is no longer than their mean.
        if not self.summed or isinstance(self.optimizer, Adam):
            return 1
        return min(self.batch_size or n, n)

    def effective(self, n: int) -> float:
        """The effective step on n observations."""
        return self.learning_rate * self._multiple(n)

    @property
    def edge(self) -> float:
        """The effective step beyond which training is likely to fail, where that is known."""
        plain = isinstance(self.optimizer, GradientDescent) and self.batch_size is None
        if not plain or self.loss is not SOFTMAX_CROSS_ENTROPY:
            return np.inf
        return {0: np.inf, 1: 4.0}.get(self.hidden_layers, 2.0)

    @property
    def working(self) -> float:
        """An effective step that works on standardised data."""
        if isinstance(self.optimizer, Adam):
            return 0.01
        plain = 0.5 if self.hidden_layers < 2 else 0.2
        if self.loss is not SOFTMAX_CROSS_ENTROPY:  # whose curvature shrinks as it falls
            plain /= 5
        return plain * (1 - self.optimizer.mu) if isinstance(self.optimizer, Momentum) else plain

    def working_rate(self, n: int) -> float:
        """The learning rate of that step, on n observations."""
        return self.working / self._multiple(n)

    def _working_rate(self, n: int) -> str:
        """A setting that works on standardised data, in words."""
        if isinstance(self.optimizer, Adam):
            return f"learning_rate={self.working:g}"
        return (f"learning_rate={self.working:g} with reduction='mean' (the same as learning_rate="
                f"{self.working / min(self.batch_size or n, n):.2g} with 'sum')")

    def warn_if_unstable(self, X: FloatArray) -> None:
        """Say before training that it will probably fail; for `fit` to call."""
        n = len(X)
        if not self.summed or self.effective(n) <= self.edge:
            return
        advice = f"Try {self._working_rate(n)}."
        if not _of_standard_size(X):
            advice = f"{_SCALE_INPUTS}  {advice}"
        warnings.warn(
            f"With summed gradients, learning_rate * n = {self.effective(n):.3g} is beyond the "
            f"edge of stability (about {self.edge:g} for this depth): training may bounce, or its "
            f"units die.  {advice}",
            StabilityWarning,
            stacklevel=3,
        )

    def warn_of_divergence(self, run: Run, objective: Objective) -> None:
        """Say so if the loss was not finite, or is far above where it began; for `fit` to call."""
        rows = run.history.rows
        first, kept = rows[0].loss, _kept(run).loss
        if not np.isfinite(first):
            warnings.warn(
                f"The loss was not finite before the first step, so nothing was trained.  "
                f"{OVERFLOW_REMEDY}",
                DivergenceWarning,
                stacklevel=3,
            )
            return
        if run.diverged:
            what = (f"The loss was not finite at epoch {rows[-1].epoch}; the net keeps the weights "
                    f"of epoch {run.best_epoch}.")
        elif _grew(run):
            what = f"Training made the loss larger: from {first:.3g} to {kept:.3g}."
        else:
            return
        warnings.warn(
            f"{what}  {self._length(objective.n)}  {self._remedy(objective)}",
            DivergenceWarning if run.diverged else StabilityWarning,
            stacklevel=3,
        )

    def warn_of_failure(self, run: Run, objective: Objective) -> None:
        """Say so if steps that were too long left a net that knows nothing; for `fit` to call."""
        if run.diverged or _grew(run):
            return  # `warn_of_divergence` names the step, which may also have killed a layer
        what, advice = _dead_layer(run, objective), self._remedies(objective) or [_OTHER_WEIGHTS]
        if not what:
            what, advice = _thrown(run, objective), [self._remedy(objective)]
        if what:
            warnings.warn(f"{what}  {self._length(objective.n)}  {'  '.join(advice)}",
                          StabilityWarning, stacklevel=3)

    def _length(self, n: int) -> str:
        if isinstance(self.optimizer, Adam):
            return f"The step was learning_rate={self.learning_rate:.3g}."
        if self.summed:
            number = "n" if self.batch_size is None else "batch_size"
            return f"The effective step, learning_rate * {number}, was {self.effective(n):.3g}."
        return f"The step, learning_rate={self.learning_rate:.3g}, follows mean gradients."

    def _remedy(self, objective: Objective) -> str:
        """What to change, all of it, for an effective step that was too long."""
        shorter = f"Take a smaller one, such as learning_rate={self.learning_rate / 10:.2g}."
        return "  ".join(self._remedies(objective)) or shorter

    def _remedies(self, objective: Objective) -> list[str]:
        """What is out of the ordinary, and what to take instead."""
        n = objective.n
        step = self.effective(n)
        remedies = []
        if self._has_large_targets(objective):
            remedies.append(_SCALE_TARGETS)
        if not _of_standard_size(objective.X):
            if step <= self.working:
                remedies.append("Inputs of mean 0 and standard deviation 1 would bear it: scale "
                                "yours, or take a smaller one.")
            else:
                remedies.append(_SCALE_INPUTS)
        if step > self.working:
            remedies.append(f"Take a smaller one, such as {self._working_rate(n)}.")
        # A step takes this fraction off every weight; beyond 2 the weights grow with each step.
        if min(step, self.working) * self.reg_lambda / n > 1:
            remedies.append("Take a smaller reg_lambda, such as 0.01.")
        own_scale = self.activation.initial_scale
        if not remedies and (self.initial_scale or 0) > own_scale:
            remedies.append(f"Take a smaller initial_scale, such as {own_scale:g}.")
        return remedies

    def _has_large_targets(self, objective: Objective) -> bool:
        """Whether numbers to predict are so large that the gradient is, which grows with them."""
        if self.loss is not SQUARED_ERROR:
            return False
        squares = np.square(objective.y, dtype=np.float64)
        return bool(np.sqrt(squares.mean(axis=-1)).max() > 3)


def _kept(run: Run) -> Epoch:
    """The row of the weights that are kept."""
    rows = run.history.rows
    return rows[run.best_epoch - rows[0].epoch]


def _mean_loss(run: Run, objective: Objective) -> float:
    """That of the weights that are kept, without the penalty."""
    return float(_kept(run).loss - objective.penalty() / objective.n)


def _grew(run: Run) -> bool:
    """Whether the weights that are kept have more than twice the loss of those it began with."""
    return _kept(run).loss > 2 * run.history.rows[0].loss


def _dead_layer(run: Run, objective: Objective) -> str:
    """What to say of a layer that has died, and of the net with it; or nothing."""
    # A net with such a layer says the same of every observation, so it knows no more than a guess
    # does: others need not be asked.
    guess = objective.loss_function.of_guessing(objective.y)
    if guess is None:  # it is right for one class at the most
        knows = _kept(run).accuracy > np.bincount(objective.y).max() / objective.n
    else:
        knows = _mean_loss(run, objective) < guess
    if knows:
        return ""
    with np.errstate(over="ignore", invalid="ignore"):
        dead = objective.dead_layers()
    if not dead:
        return ""
    return (f"All nodes of hidden layer {dead[0]} are dead: each puts out the same for every "
            f"observation, and no gradient of the {objective.loss_function.name} passes it.  So "
            f"the net says the same of every observation.")


def _thrown(run: Run, objective: Objective) -> str:
    """What to say of a net that learned next to nothing, and whose loss rose; or nothing."""
    kept, losses = _kept(run), run.history.loss
    rose = (losses[1:] > _LARGEST_RIPPLE * np.minimum.accumulate(losses)[:-1]).any()
    if len(losses) <= _EPOCHS_TO_COME_BACK or not rose:
        return ""
    k, mean_loss = objective.network.sizes[-1], _mean_loss(run, objective)
    guess = objective.loss_function.of_guessing(objective.y)
    if not has_failed(kept.accuracy, mean_loss, False, k, guess):
        return ""
    if guess is None:
        what = (f"its accuracy is {kept.accuracy:.2g}, and its cross-entropy {mean_loss:.3g}, "
                f"where guessing has {np.log(k):.3g}")
    else:
        what = f"its mean loss is {mean_loss:.3g}, where guessing the mean has {guess:.3g}"
    return (f"The net has learned next to nothing: {what}.  On the way the loss rose by more than "
            f"a tenth, which it does not with short steps.")


def _of_standard_size(X: FloatArray) -> bool:
    """Whether the columns of X are about as large as those of mean 0 and standard deviation 1.

    The column that is spread most decides, for it limits the step, and the one farthest from 0.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        # One column at a time: X may be a memory map.
        spreads, offsets = zip(*(
            (column.std(), abs(column.mean()))
            for column in (X[:, j].astype(np.float64) for j in range(X.shape[1]))
        ), strict=True)
    return bool(0.3 <= max(spreads) <= 3 and max(offsets) <= 1)
