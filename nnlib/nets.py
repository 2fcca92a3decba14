"""A network that is fitted to data: what classifiers and regressors share.

Observations are rows here, (n, d); inside, in `nnlib.network`, they are columns.
"""

from __future__ import annotations

import copy
import os
import warnings
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt

from nnlib.activations import ACTIVATIONS
from nnlib.estimator import files, saving
from nnlib.estimator.advice import OVERFLOW_REMEDY, Step
from nnlib.estimator.encoding import Encoded, Encoding
from nnlib.estimator.parameters import Estimator, not_fitted_error
from nnlib.losses import Loss
from nnlib.network import Network, count_weights
from nnlib.objective import Batches, Objective
from nnlib.optimizers import GRADIENT_DESCENT, Optimizer, Schedule
from nnlib.stopping import MAX_EPOCHS, Criterion, Epoch
from nnlib.training import Descent, DivergenceWarning, History
from nnlib.validation import (
    DTYPES,
    FeatureNames,
    FloatArray,
    check_choice,
    check_count,
    check_flag,
    check_kind,
    check_path,
    check_random_state,
    check_real,
    shown,
)

__all__ = ["Fit", "Net", "load"]

MAX_WEIGHTS = 10**8  # of a net; training needs a few arrays of that length

REDUCTIONS = ("sum", "mean")

# The classes whose nets can be saved.
SAVED: list[type[Net]] = []

Kind = TypeVar("Kind", bound="type[Net]")


def can_be_saved(kind: Kind) -> Kind:
    """Let `load` make nets of this class again."""
    SAVED.append(kind)
    return kind


@dataclass(frozen=True, eq=False)
class Fit:
    """A fit under way, for who runs the loop himself; made by `Net.begin`.

    Attributes
    ----------
    net : Net
        That began it, and can adopt it.
    descent : Descent
        Of this one net.  Run it, or take its epochs one by one.
    encoding : Encoding
        What was learned of the data.
    continued : bool
        Whether it goes on from the weights of an earlier fit.

    Examples
    --------
    >>> from nnlib import ThreeLayerNet, datasets
    >>> X, y = datasets.moons(200, noise=0.1, random_state=0)
    >>> net = ThreeLayerNet(learning_rate=0.5, reduction="mean", random_state=0)
    >>> fit = net.begin(X, y)
    >>> for epoch in fit.descent.epochs():
    ...     if epoch.accuracy > 0.99:
    ...         break
    >>> net.adopt(fit)
    >>> net.score(X, y) > 0.99
    True
    """

    net: Net
    descent: Descent
    encoding: Encoding
    continued: bool


class Net(Estimator):
    """A multilayer perceptron and how it is trained.

    The parameters are described at `nnlib.MultilayerPerceptron`, which has one more.
    """

    # What is lost where outputs differ from targets, and what the outputs are.
    loss_function: ClassVar[Loss]

    network_: Network
    encoding_: Encoding
    n_epochs_: int
    best_epoch_: int
    loss_: float
    history_: History
    stop_reason_: str

    def __init__(
        self,
        hidden_nodes: int | Sequence[int] = 32,
        activation: str = "relu",
        learning_rate: float = 0.01,
        reg_lambda: float = 0.01,
        reduction: str = "sum",
        stopping: Criterion | None = None,
        max_epochs: int = 5000,
        warm_start: bool = False,
        dtype: str = "float64",
        random_state: int | np.random.Generator | None = None,
        progress: bool = False,
        initial_scale: float | None = None,
        batch_size: int | None = None,
        optimizer: Optimizer | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        self.hidden_nodes = hidden_nodes
        self.activation = activation
        self.learning_rate = learning_rate
        self.reg_lambda = reg_lambda
        self.reduction = reduction
        self.stopping = stopping
        self.max_epochs = max_epochs
        self.warm_start = warm_start
        self.dtype = dtype
        self.random_state = random_state
        self.progress = progress
        self.initial_scale = initial_scale
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.schedule = schedule

    # Fitting

    def fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, validation_data: tuple[Any, Any] | None = None
    ) -> Self:
        """Train on observations X and labels y.

        Parameters
        ----------
        X : array_like, shape (n, d)
            Observations, one a row; finite numbers.  A data frame's columns can have names; then
            what the net is used on later should have the same.
        y : array_like, shape (n,)
            For a classifier, class labels: whole numbers, text or booleans.  For a regressor,
            numbers of at most 1e150 in size, or 1e15 in float32; several to predict at once are an
            array of shape (n, k).
        validation_data : tuple (X, y), optional
            Data to evaluate after every epoch; `EarlyStopping` needs it, unless it is told which
            fraction of X and y to keep back.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If an argument or a parameter is not what it must be; the message names it.  A net
            that was fitted before stays as it was.

        Warns
        -----
        StabilityWarning
            If the step is likely to be too long for training to work, if training has made the
            loss more than twice as large, if it has ended with a hidden layer whose nodes are all
            dead, or if the loss leapt and the net has learned next to nothing.
        DivergenceWarning
            If the loss stopped being finite; the net then holds the best finite weights.
        """
        fit = self.begin(X, y, validation_data)
        objective, (run,) = fit.descent.objective, fit.descent.runs
        advice = self.advice()
        advice.warn_if_unstable(objective.X)
        try:
            if self.progress:
                _run_with_progress_bar(fit.descent)
            else:
                fit.descent.run()
            self.adopt(fit)
        except KeyboardInterrupt:
            # What was learned so far is kept, but the cells below should not run.
            if run.history.rows:
                # A second Ctrl-C may have come before the first was dealt with.
                fit.descent.recorder.end("interrupted", restore=True)
                self.adopt(fit)
            raise
        advice.warn_of_divergence(run, objective)
        advice.warn_of_failure(run, objective)
        return self

    def initialize(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Draw initial weights for data of this shape and these labels, without training.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)

        Returns
        -------
        self
            With `layers_`, `classes_` and an empty history.  A fit with ``warm_start=True``
            starts from these weights.

        Warns
        -----
        DivergenceWarning
            If the loss of these weights is not finite.
        """
        self.check_parameters()
        encoding, X, targets = self._learn(X, y)
        network = self._new_network(encoding)
        self._draw_weights(network, check_random_state(self.random_state))
        with np.errstate(over="ignore", invalid="ignore"):  # announced below
            loss, _ = self._objective(network, X, targets).evaluate_with_gradient()
        self._hold(network_=network, encoding_=encoding, n_epochs_=0, best_epoch_=0,
                   loss_=float(loss), history_=History(), stop_reason_="not trained yet")
        if not np.isfinite(loss):
            warnings.warn(f"The loss is not finite.  {OVERFLOW_REMEDY}", DivergenceWarning,
                          stacklevel=2)
        return self

    # The loop, for who runs it himself

    def begin(
        self, X: npt.ArrayLike, y: npt.ArrayLike, validation_data: tuple[Any, Any] | None = None
    ) -> Fit:
        """The fit that `fit` would run, before its first step; the net stays as it is.

        Parameters
        ----------
        X, y, validation_data
            As for `fit`.

        Returns
        -------
        Fit
            At the initial weights, or at those of the net for a warm start.

        Raises
        ------
        TypeError, ValueError
            If an argument or a parameter is not what it must be; the message names it.
        """
        self.check_parameters()
        continued = self.warm_start and self.__sklearn_is_fitted__()
        if continued:
            network, encoding = copy.deepcopy(self.network_), self.encoding_
            X = encoding.observations(X)
            self._check_same_shape(network)
            targets = encoding.targets(y, len(X))
        else:
            encoding, X, targets = self._learn(X, y)
            network = self._new_network(encoding)
        rng = check_random_state(self.random_state)
        watched, watched_name = None, "validation_data[0]"
        if validation_data is not None:
            watched = encoding.pair(validation_data, "validation_data")
        elif self.stopping is not None and self.stopping.on_validation:
            kept = self._keep_back(encoding, targets, continued, rng)
            watched, watched_name = (X[kept], targets[..., kept]), "X"
            X, targets = X[~kept], targets[..., ~kept]
        if not continued:
            self._draw_weights(network, rng)
        objective = self._objective(network, X, targets)
        descent = Descent(
            objective,
            learning_rate=float(self.learning_rate),
            max_epochs=int(self.max_epochs),
            mean=self.reduction == "mean",
            batches=self._batches(objective, rng),
            optimizer=self.optimizer or GRADIENT_DESCENT,
            schedule=self.schedule,
            criterion=self.stopping,
            validation=watched and self._watched(network, watched, watched_name),
            first_epoch=self.n_epochs_ if continued else 0,
        )
        return Fit(self, descent, encoding, continued)

    def adopt(self, fit: Fit) -> None:
        """Take over what a fit has learned so far; the net is then as after `fit`.

        A fit that goes on afterwards leaves the net as it is.

        Parameters
        ----------
        fit : Fit
            Made by `begin` of this net.

        Raises
        ------
        TypeError
            If `fit` is something else.
        ValueError
            If another net began it, or none of its epochs has been taken yet.
        """
        check_kind("fit", fit, Fit, "what begin gives")
        if fit.net is not self:
            raise ValueError("fit must be one that this net began, got another net's")
        (run,) = fit.descent.runs
        network, rows = fit.descent.objective.network, run.history.rows
        if not rows:
            raise ValueError("fit must have taken its first epoch, got one that has not: "
                             "fit.descent.epochs() takes them")
        epoch = run.best_epoch
        if not run.stop_reason:
            network, rows, epoch = copy.deepcopy(network), rows.copy(), rows[-1].epoch
        learned = {
            "network_": network,
            "encoding_": fit.encoding,
            "n_epochs_": rows[-1].epoch,
            "best_epoch_": epoch,
            "loss_": rows[epoch - rows[0].epoch].loss,
            "stop_reason_": run.stop_reason or "not finished yet",
        }
        if fit.continued:
            # The first new row describes the weights this fit began from, and takes the place of
            # the old row of the same epoch.
            rows = [row for row in self.history_.rows if row.epoch < rows[0].epoch] + rows
        self._hold(**learned, history_=History(rows))

    def _hold(self, **learned: Any) -> None:
        # One statement: an interrupt then finds all of the old fit or all of the new one.
        self.__dict__ = vars(self) | learned

    def advice(self) -> Step:
        """What decides whether a fit's steps are of a length that works, and what to change."""
        return Step(
            learning_rate=float(self.learning_rate),
            summed=self.reduction == "sum",
            hidden_layers=len(self._hidden_sizes()),
            reg_lambda=float(self.reg_lambda),
            initial_scale=self.initial_scale,
            activation=ACTIVATIONS[self.activation],
            optimizer=self.optimizer or GRADIENT_DESCENT,
            batch_size=None if self.batch_size is None else int(self.batch_size),
            loss=self.loss_function,
        )

    # What a fit is made of

    @abstractmethod
    def _learn(self, X: Any, y: Any) -> tuple[Encoding, FloatArray, Encoded]:
        """What there is to learn of these data, and the data encoded."""

    def _objective(self, network: Network, X: FloatArray, targets: Encoded) -> Objective:
        return Objective(network, X, targets, float(self.reg_lambda), loss=self.loss_function)

    def _batches(self, objective: Objective, rng: np.random.Generator) -> Batches | None:
        if self.batch_size is None:
            return None
        try:
            (child,) = rng.spawn(1)  # leaves the numbers that the weights are drawn from alone
        except TypeError as error:
            raise TypeError("random_state must be a Generator that can spawn others, as those of "
                            "numpy.random.default_rng can, when batch_size is given") from error
        seed = child.bit_generator.seed_seq
        assert isinstance(seed, np.random.SeedSequence)
        return Batches(objective, int(self.batch_size), [seed])

    def _watched(
        self, network: Network, data: tuple[FloatArray, Encoded], name: str
    ) -> Objective:
        """The objective on validation data, which must stay finite on their way through the net."""
        objective = Objective(network, *data, loss=self.loss_function)
        with np.errstate(over="ignore", invalid="ignore"):
            finite = np.isfinite(objective.evaluate()[0])
        if not finite:
            raise ValueError(f"{name} must hold numbers that stay finite on their way through the "
                             f"net: scale them to mean 0 and standard deviation 1")
        return objective

    def _new_network(self, encoding: Encoding) -> Network:
        """A network for data of this encoding, its weights still to be drawn."""
        sizes = (encoding.n_features, *self._hidden_sizes(), encoding.n_outputs)
        if count_weights(sizes) > MAX_WEIGHTS:
            raise ValueError(f"hidden_nodes must be few enough for at most {MAX_WEIGHTS} weights, "
                             f"got a net of {shown(sizes)} nodes")
        return Network(sizes, self.activation, self.dtype)

    def _draw_weights(self, network: Network, rng: np.random.Generator) -> None:
        # As a Python number: one of NumPy's shorter ones would round the weights to its own digits.
        scale = None if self.initial_scale is None else float(self.initial_scale)
        network.initialize(rng, scale)

    def _keep_back(
        self, encoding: Encoding, targets: Encoded, continued: bool, rng: np.random.Generator
    ) -> npt.NDArray[np.bool_]:
        """Which observations a fit without validation data does not train on, (n,)."""
        assert self.stopping is not None
        fraction = self.stopping.validation_fraction
        if fraction is None:
            raise ValueError("validation_data must be given as (X, y) when stopping contains "
                             "EarlyStopping, got None: or let EarlyStopping(validation_fraction="
                             "0.2) keep back a part of X and y")
        if continued and (self.random_state is None or self.random_state is rng):
            # Another part would be kept back than before, and the one before be trained on.
            raise ValueError(f"random_state must be a whole number when a warm start keeps back a "
                             f"validation_fraction, got {shown(self.random_state)}")
        return encoding.keep_back(targets, fraction, rng)

    def check_parameters(self) -> None:
        """Check the constructor's arguments, as a fit does first.

        Raises
        ------
        TypeError, ValueError
            If a parameter is not what it must be; the message names it.
        """
        self._hidden_sizes()
        check_choice("activation", self.activation, ACTIVATIONS)
        check_choice("dtype", self.dtype, DTYPES)
        # float64 holds every finite float; float32 does not.
        below = float(np.finfo(np.float32).max) if self.dtype == "float32" else np.inf
        check_real("learning_rate", self.learning_rate, above=0, below=below)
        check_real("reg_lambda", self.reg_lambda, at_least=0, below=below)
        check_choice("reduction", self.reduction, REDUCTIONS)
        if self.stopping is not None and not isinstance(self.stopping, Criterion):
            raise TypeError("stopping must be None or a criterion from nnlib.stopping, "
                            f"got {shown(self.stopping)}")
        check_count("max_epochs", self.max_epochs, at_most=MAX_EPOCHS)
        check_flag("warm_start", self.warm_start)
        check_random_state(self.random_state)
        check_flag("progress", self.progress)
        if self.initial_scale is not None:
            check_real("initial_scale", self.initial_scale, above=0, below=below)
        if self.batch_size is not None:
            check_count("batch_size", self.batch_size)
        check_kind("optimizer", self.optimizer, (Optimizer, NoneType),
                   "None or an optimizer from nnlib.optimizers")
        check_kind("schedule", self.schedule, (Schedule, NoneType),
                   "None or a schedule from nnlib.optimizers")

    def _hidden_sizes(self) -> tuple[int, ...]:
        """Nodes of each hidden layer."""
        nodes = self.hidden_nodes
        if isinstance(nodes, (str, bytes, bytearray)):
            raise TypeError("hidden_nodes must be a whole number or a sequence of them, "
                            f"got {shown(nodes)}")
        if not isinstance(nodes, (Sequence, np.ndarray)) or (
            isinstance(nodes, np.ndarray) and nodes.ndim == 0
        ):
            return (check_count("hidden_nodes", nodes),)
        return tuple(check_count("hidden_nodes", h) for h in nodes)

    def _check_same_shape(self, network: Network) -> None:
        """A warm start continues the same network: sizes, activation and dtype must agree."""
        if network.sizes[1:-1] != self._hidden_sizes():
            raise ValueError(f"hidden_nodes must stay {network.sizes[1:-1]} in a warm start, "
                             f"got {self.hidden_nodes!r}")
        if network.activation.name != self.activation:
            raise ValueError(f"activation must stay {network.activation.name!r} in a warm start, "
                             f"got {self.activation!r}")
        if network.dtype != self.dtype:
            raise ValueError(f"dtype must stay {network.dtype.name!r} in a warm start, "
                             f"got {self.dtype!r}")

    # Using a fitted net

    def _fitted(self) -> Network:
        if not self.__sklearn_is_fitted__():
            raise not_fitted_error(f"This {type(self).__name__} instance is not fitted yet: call "
                                   f"fit, or initialize, before using it.")
        return self.network_

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    @property
    def n_features_in_(self) -> int:
        """Inputs, d."""
        return self._fitted().sizes[0]

    @property
    def feature_names_in_(self) -> FeatureNames:
        """The names of the inputs, (d,); AttributeError if the net was fitted on none."""
        self._fitted()
        if self.encoding_.feature_names is None:
            raise AttributeError(f"this {type(self).__name__} was fitted without feature names")
        return self.encoding_.feature_names

    # Tuples: an array in them can be written to, but not be swapped for another, which the
    # network would not notice.

    @property
    def layers_(self) -> tuple[FloatArray, ...]:
        """Weight matrices (h_l, h_{l-1} + 1), the bias as last column; writable views."""
        return tuple(self._fitted().W)

    @property
    def coefs_(self) -> tuple[FloatArray, ...]:
        """Weights (h_{l-1}, h_l), as scikit-learn shapes them; views."""
        return tuple(W[:, :-1].T for W in self._fitted().W)

    @property
    def intercepts_(self) -> tuple[FloatArray, ...]:
        """Biases (h_l,), one array a layer; views."""
        return tuple(W[:, -1] for W in self._fitted().W)

    def activations(self, X: npt.ArrayLike) -> list[FloatArray]:
        """What every layer puts out: hidden activations (h_l, n), then the outputs (k, n).

        Observations are columns here, as inside the network.

        Parameters
        ----------
        X : array_like, shape (n, d)

        Raises
        ------
        ValueError
            If the net gives outputs that are not finite.
        """
        network = self._fitted()
        X = self.encoding_.observations(X)
        with np.errstate(over="ignore", invalid="ignore"):
            layers = network.activations(X, self.loss_function.outputs)
        refuse_overflow(network, layers[-1])
        return layers

    def loss(self, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """J on the given data: mean loss plus penalty.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        """
        objective = self.objective(X, y)
        with np.errstate(over="ignore", invalid="ignore"):
            loss = objective.loss()
        refuse_overflow(objective.network, loss)
        return float(loss)

    def gradients(self, X: npt.ArrayLike, y: npt.ArrayLike) -> list[FloatArray]:
        """Gradient of J for every matrix of `layers_`, in their shapes.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        """
        objective = self.objective(X, y)
        with np.errstate(over="ignore", invalid="ignore"):
            objective.evaluate_with_gradient()
        refuse_overflow(objective.network, objective.gradient)
        return [G / objective.n for G in objective.G]

    def objective(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Objective:
        """J of this net on the given data, for its weights as they are or are written to.

        The next fit makes new weights, which the object does not follow.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        """
        network = self._fitted()
        check_real("reg_lambda", self.reg_lambda, at_least=0)
        X = self.encoding_.observations(X)
        return self._objective(network, X, self.encoding_.targets(y, len(X)))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the net to one .npz file; `nnlib.load` reads it back.

        Parameters
        ----------
        path : str or path
            The file's name, as it is; an existing file is replaced whole or not at all.  A process
            that is killed while it saves can leave a file ``.<name>.<random>.part`` beside it,
            which a later save to the same path removes once it is an hour old.

        Raises
        ------
        NotFittedError
            Before a fit.
        TypeError
            If `random_state` is a Generator, or `stopping`, `optimizer` or `schedule` is not one of
            this library's.
        ValueError
            If a weight that was written to `layers_` is NaN or infinite, or a parameter that was
            set since the fit is not what it must be.
        OSError
            If the file cannot be written; an older file of that name is then as it was.
        """
        path = check_path("path", path)
        self._fitted()
        if type(self) not in SAVED:
            raise TypeError(f"net must be one of nnlib's own classes to be saved, "
                            f"got {type(self).__name__}")
        settings, arrays = saving.describe(self)
        try:
            saving.rebuild(files.as_read(settings), arrays, SAVED)
        except (TypeError, ValueError) as error:
            raise ValueError(f"a net must be one that can be loaded to be saved: {error}") \
                from error
        files.write(path, settings, arrays)


def load(path: str | os.PathLike[str]) -> Net:
    """Read a net that its `save` wrote.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    net
        Of the class that it was saved from, its weights equal to the last bit.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not a net that this version of nnlib saved, or is damaged.  No code that a file
        may hold is ever run, and no more memory taken than a small multiple of its length.
    """
    path = check_path("path", path)
    settings, arrays = files.read(path)
    try:
        net: Net = saving.rebuild(settings, arrays, SAVED)
    except Exception as error:  # a file can hold anything in the place of anything
        why = f": {error}" if isinstance(error, (TypeError, ValueError)) else ""
        raise files.not_ours(path, f"what it holds makes no net{why}") from error
    return net


def refuse_overflow(network: Network, result: Any) -> None:
    """Say whose fault it is that a result is not finite."""
    if np.isfinite(result).all():
        return
    if not np.isfinite(network.theta).all():
        raise ValueError("layers_ must hold finite weights, got NaN or infinity in them")
    raise ValueError(f"X must hold numbers that stay finite ({network.dtype}) on their way through "
                     f"the net, got some that are too large for its weights, or weights that are "
                     f"too large for any")


def _run_with_progress_bar(descent: Descent) -> None:
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError("progress=True needs tqdm: install it, or set progress=False") from error
    with tqdm(total=descent.max_epochs, unit="epoch") as bar:

        def show(row: Epoch) -> None:
            bar.update(row.epoch - descent.first_epoch - bar.n)
            bar.set_postfix(loss=f"{row.loss:.4g}", refresh=False)

        descent.run(after_epoch=show)
