"""Nets of equal shape, trained in lock-step: what one worker of a study does.

The arrays of `nnlib.network` may carry a leading axis of K nets.  So K descents become one, an
epoch of twenty small nets costs little more than one of eight, and each net still takes the very
steps it would take alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnlib.classifiers import MultilayerPerceptron
from nnlib.network import Network
from nnlib.objective import Objective
from nnlib.training import Descent

Array = npt.NDArray[Any]

# What is known of every net once it is trained, at the weights it holds.
COLUMNS: dict[str, Any] = {
    "loss": float,
    "cross_entropy": float,
    "accuracy": float,
    "validation_loss": float,
    "validation_accuracy": float,
    "n_epochs": int,
    "best_epoch": int,
    "failed": bool,
    "diverged": bool,
    "stop_reason": str,
}
# What is known of every epoch, in the order of `nnlib.stopping.Epoch` after its number.
CURVES = ("loss", "accuracy", "gradient_norm", "validation_loss", "validation_accuracy")

DATA_FORMS = "(X, y) or ((X, y), (X_validation, y_validation))"


class Job(NamedTuple):
    """One stack, as it travels to a worker, which makes the data itself.

    `calls` holds the seed and the arguments of each different call of `data`; `call_of_net` says
    which of them makes the data of a net.
    """

    nets: list[MultilayerPerceptron]
    data: Any
    calls: list[tuple[int, dict[str, Any]]]
    call_of_net: list[int]


def train(stack: int, job: Job) -> tuple[int, dict[str, Array]]:
    """Train the nets of one stack in lock-step.

    Parameters
    ----------
    stack : int
        Its number, which comes back with the outcome.
    job : Job
        The nets, and where their data come from.

    Returns
    -------
    stack : int
    outcome : dict of str to ndarray
        `COLUMNS`, each (nets,), and `CURVES`, each (nets, epochs + 1) under ``name_curve``.
    """
    data = [make_data(job.data, seed, arguments) for seed, arguments in job.calls]
    descents = [
        descent_of(net, data[call], net.random_state)
        for net, call in zip(job.nets, job.call_of_net, strict=True)
    ]
    # The seeds' data may still differ in shape: such nets train apart.
    by_shape: dict[Any, list[int]] = {}
    for index, descent in enumerate(descents):
        by_shape.setdefault(shapes_of(descent), []).append(index)
    parts = []
    for indices in by_shape.values():
        descent = in_lock_step([descents[index] for index in indices])
        descent.run()
        parts.append(_outcome(descent))
    place = np.argsort([index for indices in by_shape.values() for index in indices])
    outcome = {name: np.concatenate([part[name] for part in parts])[place] for name in COLUMNS}
    for name in (f"{name}_curve" for name in CURVES):
        outcome[name] = padded([part[name] for part in parts])[place]
    return stack, outcome


def in_lock_step(descents: Sequence[Descent]) -> Descent:
    """One descent of K networks in place of K descents whose arrays have equal shapes.

    The networks keep their weights and the descents their steps and penalties; epochs and
    criterion are those of the first.
    """
    first = descents[0]
    single = first.objective.network
    network = Network(single.sizes, single.activation.name, single.dtype, (len(descents),))
    network.theta[...] = [descent.objective.network.theta for descent in descents]
    validation = [descent.validation for descent in descents if descent.validation is not None]
    return Descent(
        _stacked([descent.objective for descent in descents], network),
        step=np.array([descent.step for descent in descents]),
        max_epochs=first.max_epochs,
        criterion=first.criterion,
        validation=_stacked(validation, network) if validation else None,
    )


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


def make_data(data: Any, seed: int, arguments: dict[str, Any]) -> Any:
    """The data of one seed."""
    return data(seed, **arguments) if callable(data) else data


def descent_of(net: MultilayerPerceptron, data: Any, seed: Any) -> Descent:
    """The descent that ``net.fit`` runs on these data."""
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        size = f" of {len(data)}" if isinstance(data, (tuple, list)) else ""
        raise TypeError(f"data must give {DATA_FORMS}, got {type(data).__name__}{size} "
                        f"(seed {seed})")
    training, validation = data, None
    if all(isinstance(part, tuple) for part in data):
        training, validation = data
        if len(training) != 2 or len(validation) != 2:
            raise TypeError(f"data must give {DATA_FORMS}, got tuples of {len(training)} and "
                            f"{len(validation)} (seed {seed})")
    stopping = net.stopping
    if (validation is None and stopping is not None and stopping.on_validation
            and stopping.validation_fraction is None):
        raise ValueError("data must give validation data, ((X, y), (X_validation, y_validation)), "
                         "when stopping contains EarlyStopping, got (X, y) alone")
    try:
        return net.begin(training[0], training[1], validation).descent
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"data must give {DATA_FORMS} for the net; with seed {seed}, {error}") from error


def shapes_of(descent: Descent) -> tuple[Any, ...]:
    """What must be equal for nets to be stacked: layer sizes, training and validation shapes."""
    of_validation = descent.validation.X.shape if descent.validation else None
    return descent.objective.network.sizes, descent.objective.X.shape, of_validation


def _stacked(objectives: Sequence[Objective], network: Network) -> Objective:
    """One objective for K networks; observations that all share are kept once."""
    X = objectives[0].X
    if any(objective.X is not X for objective in objectives):
        X = np.stack([objective.X for objective in objectives])
    y = np.stack([objective.y for objective in objectives])
    return Objective(network, X, y, np.array([objective.reg_lambda for objective in objectives]))


def _outcome(descent: Descent) -> dict[str, Array]:
    """What K trained nets have to show: `COLUMNS` and `CURVES`."""
    objective, runs = descent.objective, descent.runs
    histories = [np.array(run.history.rows) for run in runs]  # each (epochs + 1, 6)
    best = [run.best_epoch for run in runs]
    held = np.array([history[e, 1:] for history, e in zip(histories, best, strict=True)])
    outcome: dict[str, Array] = {
        name: held[:, column] for column, name in enumerate(CURVES) if name != "gradient_norm"
    }
    outcome["cross_entropy"] = held[:, 0] - objective.penalty() / objective.n
    outcome["n_epochs"] = np.array([len(history) - 1 for history in histories])
    outcome["best_epoch"] = np.array(best)
    outcome["diverged"] = np.array([run.diverged for run in runs])
    outcome["failed"] = has_failed(outcome["accuracy"], outcome["cross_entropy"],
                                   outcome["diverged"], objective.network.sizes[-1])
    outcome["stop_reason"] = np.array([run.stop_reason for run in runs])
    for column, name in enumerate(CURVES):
        curves = [history[None, :, 1 + column] for history in histories]
        outcome[f"{name}_curve"] = padded(curves)
    return outcome


def padded(parts: Sequence[Array]) -> Array:
    """Rows (nets, epochs + 1) of several lengths below each other, NaN where they have ended."""
    width = max((part.shape[1] for part in parts), default=0)
    whole = np.full((sum(map(len, parts)), width), np.nan)
    start = 0
    for part in parts:
        whole[start : start + len(part), : part.shape[1]] = part
        start += len(part)
    return whole
