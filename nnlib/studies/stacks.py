"""Nets of equal shape, trained in lock-step: what one worker of a study does.

The arrays of `nnlib.network` may carry a leading axis of K nets.  So K descents become one, an
epoch of twenty small nets costs little more than one of eight, and each net still takes the very
steps it would take alone.
"""

from __future__ import annotations

import contextvars
import copy
import math
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnlib.nets import Net
from nnlib.network import Buffers, Network
from nnlib.objective import Batches, Objective
from nnlib.training import Descent, DivergenceWarning, StackRecorder, has_failed
from nnlib.validation import shown

Array = npt.NDArray[Any]

# What is known of every net once it is trained, at the weights it holds.
COLUMNS: dict[str, Any] = {
    "loss": float,
    "cross_entropy": float,
    "accuracy": float,
    "validation_loss": float,
    "validation_accuracy": float,
    "test_loss": float,
    "test_accuracy": float,
    "n_epochs": np.int64,  # also in a browser, where NumPy's own integers have 32 bits
    "best_epoch": np.int64,
    "failed": bool,
    "diverged": bool,
    "stop_reason": str,
}
# What is known of every epoch, in the order of `nnlib.stopping.Epoch` after its number; and what is
# looked at only at the epochs that are recorded.
HISTORY = ("loss", "accuracy", "gradient_norm", "validation_loss", "validation_accuracy")
TESTED = ("test_loss", "test_accuracy")
CURVES = (*HISTORY, *TESTED)

DATA_FORMS = "(X, y), or two or three such pairs: training, validation and test data"

# As many nets of a stack go back together as have errors of so many bytes in the widest layer.
# More would crowd a core's cache, fewer cost more calls of NumPy.
ERROR_BYTES = 2**18
# Numbers that NumPy's buffer holds; 8192 by default.  A row of ones parts the activations of one
# net from the next one's, and where those of two fit they are copied into the buffer and back: a
# quarter of the time that nets of 8 tanh units take.
BUFFER = 1024

# Of a net and its training data X (n, d) and y (n,), a number.
Measure = Callable[[Net, Any, Any], float]


class Call(NamedTuple):
    """A call that makes the data of one net or of several."""

    data: Any
    seed: int
    arguments: dict[str, Any]

    def make(self) -> Any:
        """The data; those that are fixed as they are."""
        return self.data(self.seed, **self.arguments) if callable(self.data) else self.data


class Job(NamedTuple):
    """One stack, as it travels to a worker, which makes the data itself.

    `call_of_net` says which of the calls makes the data of a net; `epochs` are those to record.
    Every weight is first changed by about `nudge`, relative to its size, as `nudge_seed` draws it;
    so is every input that `measures` are shown, which may train nets of their own.  They are looked
    at besides, at the epochs recorded.
    """

    nets: list[Net]
    calls: list[Call]
    call_of_net: list[int]
    epochs: npt.NDArray[np.int64]
    nudge: float = 0.0
    nudge_seed: int = 0
    measures: Mapping[str, Measure] = {}


class StackNetwork(Network):
    """K networks that go forward together, and back a few at a time.

    The activations of a stack take half a core's cache.  The errors of all its nets would take the
    other half, and leave no room for the interpreter; so those of a few share one place in turn.
    No number changes by it.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._parts: dict[Buffers, list[Part]] = {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Cut anew: the parts of a copy or a pickle are views of nothing."""
        super().__setstate__(state | {"_parts": {}})

    def backward(self, A_0: Array, buffers: Buffers, G: list[Array]) -> None:
        """Backpropagate D_L, as `Network.backward` does, through a few nets after the others."""
        if buffers not in self._parts:
            self._parts[buffers] = list(self._cut(buffers))
        for nets, network, own in self._parts[buffers]:
            inputs = A_0[nets] if A_0.ndim == 3 else A_0
            network.backward(inputs, own, [G_l[nets] for G_l in G])

    def _cut(self, buffers: Buffers) -> Iterator[Part]:
        """Parts of almost equal size, whose hidden layers' errors take the same place."""
        *hidden, last = buffers.D
        K, most = len(last), max(1, ERROR_BYTES // max(D[0].nbytes for D in buffers.D))
        size = math.ceil(K / math.ceil(K / most))
        for start in range(0, K, size):
            nets = slice(start, min(start + size, K))
            network = Network(self.sizes, self.activation.name, self.dtype, (nets.stop - start,))
            network.theta = self.theta[nets]
            network.W = network.matrices(network.theta)
            own = copy.copy(buffers)
            own.A = [A[nets] for A in buffers.A]
            own.D = [*(D[: nets.stop - start] for D in hidden), last[nets]]
            yield Part(nets, network, own)


class Part(NamedTuple):
    """A few nets of a stack: which they are, their weights, and their share of the buffers."""

    nets: slice
    network: Network
    buffers: Buffers


class Start(NamedTuple):
    """One net, or K in lock-step, before the first step; and test data, if there are any."""

    descent: Descent
    test: Objective | None


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
        `COLUMNS`, each (nets,); `CURVES` and measures, each (nets, recorded epochs) under
        ``name_curve``; and
        ``seconds``, (nets,), each net's share of the time that the processor took.
    """
    began = time.process_time()
    data = [call.make() for call in job.calls]
    starts = [
        start_of(net, data[call], job.calls[call].seed)
        for net, call in zip(job.nets, job.call_of_net, strict=True)
    ]
    rng = np.random.default_rng(job.nudge_seed)

    def nudged(values: Array) -> Array:
        if not job.nudge:
            return values
        values = np.asarray(values)
        changed = values * (1 + job.nudge * rng.standard_normal(values.shape))
        return changed.astype(values.dtype if values.dtype.kind == "f" else np.float64)

    for start in starts:
        theta = start.descent.objective.network.theta
        theta[...] = nudged(theta)
    # The seeds' data may still differ in shape: such nets train apart.
    by_shape: dict[Any, list[int]] = {}
    for index, start in enumerate(starts):
        by_shape.setdefault(shapes_of(start), []).append(index)
    parts = []
    for indices in by_shape.values():
        looker = Looker([job.nets[index] for index in indices],
                        [data[job.call_of_net[index]] for index in indices],
                        [starts[index] for index in indices], job.measures, nudged)
        parts.append(_trained(in_lock_step([starts[index] for index in indices]), job.epochs,
                              looker))
    place = np.argsort([index for indices in by_shape.values() for index in indices])
    outcome = {name: np.concatenate([part[name] for part in parts])[place] for name in parts[0]}
    outcome["seconds"] = np.full(len(job.nets), (time.process_time() - began) / len(job.nets))
    return stack, outcome


class Looker:
    """Looks at what the reader's measures say of nets that train in a stack.

    Parameters
    ----------
    nets : sequence of Net
        K nets, not fitted, which are given the weights of the stack to show them.
    data : sequence
        Of each.
    measures : mapping of str to callable
    nudged : callable
        What becomes of the inputs, before they are shown.
    """

    def __init__(
        self, nets: Sequence[Net], data: Sequence[Any], starts: Sequence[Start],
        measures: Mapping[str, Measure], nudged: Callable[[Array], Array] = lambda X: X,
    ) -> None:
        self.measures = measures
        self._nets = []
        for net, own, start in zip(nets, data, starts, strict=True) if measures else ():
            X, y = _parts(own, net.random_state)[0]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DivergenceWarning)
                net.initialize(X, y)
                objective = start.descent.objective
                if objective.n < len(y):  # the criterion has kept back the others
                    X, y = objective.X, net.encoding_.decoded(objective.y)
                    net.initialize(X, y)
                self._nets.append((net, nudged(X), y))

    def look(self, network: Network) -> list[Array]:
        """Each measure at the weights of the K networks, (K,); NaN where they are not finite."""
        values = np.full((len(self.measures), len(self._nets)), np.nan)
        for k, (net, X, y) in enumerate(self._nets):
            if np.isfinite(network.theta[k]).all():
                for own, (name, measure) in zip(values, self.measures.items(), strict=True):
                    # Each is shown weights that no other has changed.
                    net.network_.theta[...] = network.theta[k]
                    own[k] = _as_number(name, measure(net, X, y))
        return list(values)


def _as_number(name: str, value: object) -> float:
    array = np.asarray(value)
    if array.shape != () or array.dtype.kind not in "biuf":
        raise TypeError(f"measures[{name!r}] must give a number, got {shown(value)}")
    return float(array)


def in_lock_step(starts: Sequence[Start]) -> Start:
    """One start of K networks in place of K starts whose arrays have equal shapes.

    The networks keep their weights and the descents their rates, penalties and orders of batches;
    all else is that of the first.
    """
    descents = [start.descent for start in starts]
    first = descents[0]
    single = first.objective.network
    network = StackNetwork(single.sizes, single.activation.name, single.dtype, (len(descents),))
    network.theta[...] = [descent.objective.network.theta for descent in descents]
    validation = [descent.validation for descent in descents if descent.validation is not None]
    test = [start.test for start in starts if start.test is not None]
    objective = _stacked([descent.objective for descent in descents], network)
    descent = Descent(
        objective,
        learning_rate=np.array([descent.learning_rate for descent in descents]),
        max_epochs=first.max_epochs,
        mean=np.array([descent.mean for descent in descents]),
        batches=_one_batch_for_all([each.batches for each in descents if each.batches], objective),
        optimizer=first.optimizer,
        schedule=first.schedule,
        criterion=first.criterion,
        validation=_stacked(validation, network) if validation else None,
    )
    return Start(descent, _stacked(test, network) if test else None)


def start_of(net: Net, data: Any, seed: Any) -> Start:
    """The descent that ``net.fit`` runs on these data, and the test data in its terms."""
    training, validation, test = _parts(data, seed)
    stopping = net.stopping
    if (validation is None and stopping is not None and stopping.on_validation
            and stopping.validation_fraction is None):
        raise ValueError("data must give validation data, ((X, y), (X_validation, y_validation)), "
                         "when stopping contains EarlyStopping, got (X, y) alone")
    try:
        fit = net.begin(training[0], training[1], validation)
        if test is None:
            return Start(fit.descent, None)
        pair = fit.encoding.pair(test, "test data")
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"data must give {DATA_FORMS}, that suit the net; with seed {seed}, "
                   f"{error}") from error
    return Start(fit.descent, Objective(fit.descent.objective.network, *pair,
                                        loss=net.loss_function))


def _parts(data: Any, seed: Any) -> tuple[Any, Any, Any]:
    """Training, validation and test data; None for those that there are not."""
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        size = f" of {len(data)}" if isinstance(data, (tuple, list)) else ""
        raise TypeError(f"data must give {DATA_FORMS}, got {type(data).__name__}{size} "
                        f"(seed {seed})")
    if len(data) == 2 and not all(isinstance(part, tuple) for part in data):
        return data, None, None
    lengths = [len(part) if isinstance(part, tuple) else 0 for part in data]
    if lengths != [2] * len(data):
        raise TypeError(f"data must give {DATA_FORMS}, got tuples of "
                        f"{' and '.join(map(str, lengths))} (seed {seed})")
    return data[0], data[1], data[2] if len(data) == 3 else None


def shapes_of(start: Start) -> tuple[Any, ...]:
    """What must be equal for nets to be stacked: layer sizes, and the shapes of their data."""
    descent = start.descent
    watched = [part.X.shape if part else None for part in (descent.validation, start.test)]
    return descent.objective.network.sizes, descent.objective.X.shape, *watched


def _stacked(objectives: Sequence[Objective], network: Network) -> Objective:
    """One objective for K networks; observations that all share are kept once."""
    X = objectives[0].X
    if any(objective.X is not X for objective in objectives):
        X = np.stack([objective.X for objective in objectives])
    y = np.stack([objective.y for objective in objectives])
    return Objective(network, X, y, np.array([objective.reg_lambda for objective in objectives]),
                     loss=objectives[0].loss_function)


def _one_batch_for_all(batches: Sequence[Batches], objective: Objective) -> Batches | None:
    """Batches of K nets in lock-step, each in its own order."""
    if not batches:
        return None
    seeds = [seed for own in batches for seed in own.seeds]
    return Batches(objective, batches[0].batch_size, seeds)


def _trained(
    start: Start, epochs: npt.NDArray[np.int64], looker: Looker
) -> dict[str, Array]:
    """Train K nets; what they have to show: `COLUMNS`, `CURVES` and measures."""
    descent, test = start
    no_test = np.full(len(descent.objective.network.theta), np.nan)
    recorded = set(epochs.tolist())
    looks = []
    # An overflow of the training data reports itself; of the test data, it is the outcome.
    with np.errstate(over="ignore", invalid="ignore"):
        usual = contextvars.copy_context()  # in which the reader's measures add up as elsewhere
        np.setbufsize(BUFFER)  # until the end of this context
        for epoch, _ in enumerate(descent.epochs()):
            if epoch in recorded and (test is not None or looker.measures):
                looks.append([*(test.evaluate() if test is not None else (no_test, no_test)),
                              *usual.run(looker.look, descent.objective.network)])
        held_on_test = test.evaluate() if test is not None else None
    objective, record = descent.objective, descent.recorder
    assert isinstance(record, StackRecorder)  # a stack, be it of one net
    tables = np.full((len(record.tables), len(HISTORY), len(record.lengths)), np.nan)
    tables[:, : len(record.tables[0])] = record.tables
    last, best = record.lengths - 1, record.best_epoch
    held = tables[best, :, np.arange(len(best))]
    outcome: dict[str, Array] = {
        name: held[:, column] for column, name in enumerate(HISTORY) if name != "gradient_norm"
    }
    outcome["cross_entropy"] = held[:, 0] - objective.penalty() / objective.n
    outcome["test_loss"], outcome["test_accuracy"] = held_on_test or (no_test, no_test)
    outcome["n_epochs"], outcome["best_epoch"] = last, best
    outcome["diverged"], outcome["stop_reason"] = record.diverged, record.stop_reason
    outcome["failed"] = has_failed(outcome["accuracy"], outcome["cross_entropy"],
                                   outcome["diverged"], objective.network.sizes[-1],
                                   objective.loss_function.of_guessing(objective.y))
    reached = epochs <= last[:, None]  # (nets, recorded epochs)
    for column, name in enumerate(HISTORY):
        curve = tables[np.minimum(epochs, len(tables) - 1), column].T
        outcome[f"{name}_curve"] = np.where(reached, curve, np.nan)
    # Whoever takes best weights back at the end no longer has those of the last epoch.
    known = epochs < (last + (best == last))[:, None]
    for column, name in enumerate((*TESTED, *looker.measures)):
        curve = np.full((len(last), len(epochs)), np.nan)
        for place, look in enumerate(looks):
            curve[:, place] = look[column]
        outcome[f"{name}_curve"] = np.where(known, curve, np.nan)
    return {name: outcome[name].astype(dtype, copy=False) for name, dtype in COLUMNS.items()} | {
        f"{name}_curve": outcome[f"{name}_curve"] for name in (*CURVES, *looker.measures)
    }
