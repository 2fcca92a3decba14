"""The networks a reader uses: scikit-learn's conventions over batch gradient descent.

Observations are rows here, (n, d); inside, in `nnlib.network`, they are columns.
"""

from __future__ import annotations

import copy
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from nnlib.activations import ACTIVATIONS
from nnlib.estimator import files, saving
from nnlib.estimator.advice import OVERFLOW_REMEDY, Step
from nnlib.estimator.encoding import MAX_CLASSES, Codes, Encoding, Labels, keep_back
from nnlib.estimator.parameters import Estimator, NotFittedError, not_fitted_error
from nnlib.network import Network, count_weights
from nnlib.objective import Objective
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
    check_labels,
    check_path,
    check_random_state,
    check_real,
    check_weights,
    shown,
)

__all__ = [
    "Fit",
    "FourLayerNet",
    "MultilayerPerceptron",
    "NotFittedError",
    "ThreeLayerNet",
    "load",
]

MAX_WEIGHTS = 10**8  # of a net; training needs a few arrays of that length

REDUCTIONS = ("sum", "mean")


@dataclass(frozen=True, eq=False)
class Fit:
    """A fit under way, for who runs the loop himself; made by `MultilayerPerceptron.begin`.

    Attributes
    ----------
    net : MultilayerPerceptron
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

    net: MultilayerPerceptron
    descent: Descent
    encoding: Encoding
    continued: bool


class MultilayerPerceptron(Estimator):
    """A classifier with any number of hidden layers, trained by batch gradient descent.

    The output layer is a softmax over the classes, the loss is cross-entropy with an L2 penalty:
    J = (sum of cross-entropies + reg_lambda / 2 · sum of squared weights) / n.  Biases are not
    penalised.

    Parameters
    ----------
    hidden_nodes : int or sequence of int
        Nodes in each hidden layer; an empty sequence gives softmax regression.
    activation : {"relu", "tanh", "logistic", "identity", "leaky_relu", "softplus"}
        Of every hidden layer.
    learning_rate : float
        Multiplies the gradient; above 0.  Like `reg_lambda` and `initial_scale`, at most what
        `dtype` holds.
    reg_lambda : float
        The L2 penalty, on the summed objective n·J; at least 0.
    reduction : {"sum", "mean"}
        Whether a step follows the gradient of n·J or that of J.  A rate r with "sum" is the same
        algorithm as a rate r·n with "mean".
    n_classes : int, optional
        Number of output classes; at least 2.  None takes the classes that `y` holds.  A number
        above that needs labels that are whole numbers from 0 to n_classes - 1.
    stopping : Criterion, optional
        When to stop before `max_epochs`; see `nnlib.stopping`.
    max_epochs : int
        Steps to take at the most.
    warm_start : bool
        Continue from the current weights instead of drawing new ones.
    dtype : {"float64", "float32"}
        Of weights and arithmetic.
    random_state : None, int or numpy Generator
        Where the initial weights come from.
    progress : bool
        Show a progress bar while training (needs tqdm).
    initial_scale : float, optional
        Initial weights are drawn from N(0, initial_scale² / fan_in); above 0.  None takes the
        activation's own scale.

    Attributes
    ----------
    classes_ : ndarray, shape (k,)
        The class labels, in the order of the outputs.
    feature_names_in_ : ndarray of str, shape (d,)
        The names of the inputs; only there if the net was fitted on a data frame whose columns
        have names that are text.
    n_epochs_ : int
        Steps taken, over all warm starts.
    best_epoch_ : int
        The epoch whose weights the net holds: `n_epochs_`, unless the best were restored.
    loss_ : float
        J on the training data at these weights.
    stop_reason_ : str
        Why training ended.
    history_ : History
        Loss, accuracy and gradient norm of every epoch.

    Examples
    --------
    >>> from nnlib import MultilayerPerceptron, datasets
    >>> X, y = datasets.moons(200, noise=0.1, random_state=0)
    >>> net = MultilayerPerceptron((16,), learning_rate=0.5, reduction="mean",
    ...                            random_state=0)
    >>> net.fit(X, y).score(X, y) > 0.99
    True
    """

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
        n_classes: int | None = None,
        stopping: Criterion | None = None,
        max_epochs: int = 5000,
        warm_start: bool = False,
        dtype: str = "float64",
        random_state: int | np.random.Generator | None = None,
        progress: bool = False,
        initial_scale: float | None = None,
    ) -> None:
        self.hidden_nodes = hidden_nodes
        self.activation = activation
        self.learning_rate = learning_rate
        self.reg_lambda = reg_lambda
        self.reduction = reduction
        self.n_classes = n_classes
        self.stopping = stopping
        self.max_epochs = max_epochs
        self.warm_start = warm_start
        self.dtype = dtype
        self.random_state = random_state
        self.progress = progress
        self.initial_scale = initial_scale

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
            Class labels: whole numbers, text or booleans.
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
        advice.warn_of_divergence(run, objective.X)
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
        encoding, X, codes = self._learn(X, y)
        network = self._new_network(encoding)
        self._draw_weights(network, check_random_state(self.random_state))
        with np.errstate(over="ignore", invalid="ignore"):  # announced below
            loss, _ = Objective(network, X, codes, float(self.reg_lambda)).evaluate_with_gradient()
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
            labels = check_labels(y, n=len(X))
            self._check_same_shape(network)
            codes = encoding.codes(labels, len(X))
        else:
            encoding, X, codes = self._learn(X, y)
            network = self._new_network(encoding)
        rng = check_random_state(self.random_state)
        watched, watched_name = None, "validation_data[0]"
        if validation_data is not None:
            watched = encoding.pair(validation_data, "validation_data")
        elif self.stopping is not None and self.stopping.on_validation:
            kept = self._keep_back(codes, continued, rng)
            watched, watched_name = (X[kept], codes[kept]), "X"
            X, codes = X[~kept], codes[~kept]
        if not continued:
            self._draw_weights(network, rng)
        descent = Descent(
            Objective(network, X, codes, float(self.reg_lambda)),
            step=float(self.learning_rate) / (len(X) if self.reduction == "mean" else 1),
            max_epochs=int(self.max_epochs),
            criterion=self.stopping,
            validation=watched and _watched(network, watched, watched_name),
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
        )

    # What a fit is made of

    def _learn(self, X: Any, y: Any) -> tuple[Encoding, FloatArray, Codes]:
        return Encoding.learn(X, y, self.n_classes, self.dtype, owner=type(self).__name__)

    def _new_network(self, encoding: Encoding) -> Network:
        """A network for data of this encoding, its weights still to be drawn."""
        sizes = (encoding.n_features, *self._hidden_sizes(), len(encoding.classes))
        if count_weights(sizes) > MAX_WEIGHTS:
            raise ValueError(f"hidden_nodes must be few enough for at most {MAX_WEIGHTS} weights, "
                             f"got a net of {shown(sizes)} nodes")
        return Network(sizes, self.activation, self.dtype)

    def _draw_weights(self, network: Network, rng: np.random.Generator) -> None:
        # As a Python number: one of NumPy's shorter ones would round the weights to its own digits.
        scale = None if self.initial_scale is None else float(self.initial_scale)
        network.initialize(rng, scale)

    def _keep_back(
        self, codes: Codes, continued: bool, rng: np.random.Generator
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
        return keep_back(codes, fraction, rng)

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
        if self.n_classes is not None:
            check_count("n_classes", self.n_classes, at_least=2, at_most=MAX_CLASSES)
        if self.stopping is not None and not isinstance(self.stopping, Criterion):
            raise TypeError("stopping must be None or a criterion from nnlib.stopping, "
                            f"got {shown(self.stopping)}")
        check_count("max_epochs", self.max_epochs, at_most=MAX_EPOCHS)
        check_flag("warm_start", self.warm_start)
        check_random_state(self.random_state)
        check_flag("progress", self.progress)
        if self.initial_scale is not None:
            check_real("initial_scale", self.initial_scale, above=0, below=below)

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
        if self.n_classes is not None and self.n_classes != network.sizes[-1]:
            raise ValueError(f"n_classes must stay {network.sizes[-1]} in a warm start, "
                             f"got {self.n_classes!r}")
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
    def classes_(self) -> Labels:
        """The class labels, (k,), in the order of the outputs."""
        self._fitted()
        return self.encoding_.classes

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

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Probability of each class, (n, k), columns in the order of `classes_`.

        Parameters
        ----------
        X : array_like, shape (n, d)

        Raises
        ------
        NotFittedError
            Before a fit.
        TypeError, ValueError
            If X is not a finite (n, d) table of numbers.
        """
        return np.ascontiguousarray(self.activations(X)[-1].T)

    def predict(self, X: npt.ArrayLike) -> Labels:
        """The most probable class of each observation, (n,).

        Parameters
        ----------
        X : array_like, shape (n, d)
        """
        most_probable = self.activations(X)[-1].argmax(axis=0)
        labels: Labels = self.classes_[most_probable]
        return labels

    def score(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """Accuracy: the fraction of observations classified correctly, 0 to 1.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        sample_weight : array_like, shape (n,), optional
            How much each observation counts; at least 0, and not 0 for all.
        """
        predicted = self.predict(X)
        correct = predicted == self.encoding_.same_kind(y, len(predicted))
        if sample_weight is None:
            return float(np.mean(correct))
        weights = check_weights("sample_weight", sample_weight, n=len(correct))
        return float(np.average(correct, weights=weights))

    def activations(self, X: npt.ArrayLike) -> list[FloatArray]:
        """What every layer puts out: hidden activations (h_l, n), then probabilities (k, n).

        Observations are columns here, as inside the network.

        Parameters
        ----------
        X : array_like, shape (n, d)

        Raises
        ------
        ValueError
            If the net gives probabilities that are not finite.
        """
        network = self._fitted()
        X = self.encoding_.observations(X)
        with np.errstate(over="ignore", invalid="ignore"):
            layers = network.activations(X)
        _refuse_overflow(network, layers[-1])
        return layers

    def loss(self, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """J on the given data: mean cross-entropy plus penalty.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        """
        objective = self.objective(X, y)
        with np.errstate(over="ignore", invalid="ignore"):
            loss = objective.loss()
        _refuse_overflow(objective.network, loss)
        return float(loss)

    def cross_entropy(self, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Mean cross-entropy on the given data, without the penalty, in nats.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        """
        objective = self.objective(X, y)
        with np.errstate(over="ignore", invalid="ignore"):
            cross_entropy, _ = objective.evaluate()
        _refuse_overflow(objective.network, cross_entropy)
        return float(cross_entropy)

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
        _refuse_overflow(objective.network, objective.gradient)
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
        reg_lambda = check_real("reg_lambda", self.reg_lambda, at_least=0)
        X = self.encoding_.observations(X)
        return Objective(network, X, self.encoding_.codes(y, len(X)), reg_lambda)

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
            If `random_state` is a Generator or `stopping` is not one of this library's criteria.
        ValueError
            If a weight that was written to `layers_` is NaN or infinite, or a parameter that was
            set since the fit is not what it must be.
        OSError
            If the file cannot be written; an older file of that name is then as it was.
        """
        path = check_path("path", path)
        self._fitted()
        if type(self) not in SAVED_CLASSES:
            raise TypeError(f"net must be one of nnlib's own classes to be saved, "
                            f"got {type(self).__name__}")
        settings, arrays = saving.describe(self)
        try:
            saving.rebuild(files.as_read(settings), arrays, SAVED_CLASSES)
        except (TypeError, ValueError) as error:
            raise ValueError(f"a net must be one that can be loaded to be saved: {error}") \
                from error
        files.write(path, settings, arrays)


class ThreeLayerNet(MultilayerPerceptron):
    """Inputs, one hidden layer, outputs.

    Parameters
    ----------
    hidden_nodes : int
        Nodes in the hidden layer.
    **parameters
        As for `MultilayerPerceptron`.
    """

    def _hidden_sizes(self) -> tuple[int, ...]:
        return (check_count("hidden_nodes", self.hidden_nodes),)


class FourLayerNet(MultilayerPerceptron):
    """Inputs, two hidden layers, outputs.

    Parameters
    ----------
    hidden_nodes : int or pair of int
        Nodes in the hidden layers: one number for both, or one for each.
    **parameters
        As for `MultilayerPerceptron`.
    """

    def _hidden_sizes(self) -> tuple[int, ...]:
        sizes = super()._hidden_sizes()
        if np.ndim(self.hidden_nodes) == 0:
            return sizes * 2
        if len(sizes) != 2:
            raise ValueError("hidden_nodes must be one whole number or a pair of them, "
                             f"got {self.hidden_nodes!r}")
        return sizes


SAVED_CLASSES = (MultilayerPerceptron, ThreeLayerNet, FourLayerNet)


def load(path: str | os.PathLike[str]) -> MultilayerPerceptron:
    """Read a net that `MultilayerPerceptron.save` wrote.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    net
        A `ThreeLayerNet`, `FourLayerNet` or `MultilayerPerceptron` as it was when saved, its
        weights equal to the last bit.

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
        net: MultilayerPerceptron = saving.rebuild(settings, arrays, SAVED_CLASSES)
    except Exception as error:  # a file can hold anything in the place of anything
        why = f": {error}" if isinstance(error, (TypeError, ValueError)) else ""
        raise files.not_ours(path, f"what it holds makes no net{why}") from error
    return net


def _watched(network: Network, data: tuple[FloatArray, Codes], name: str) -> Objective:
    """The objective on validation data, which must stay finite on their way through the net."""
    objective = Objective(network, *data)
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(objective.evaluate()[0])
    if not finite:
        raise ValueError(f"{name} must hold numbers that stay finite on their way through the "
                         f"net: scale them to mean 0 and standard deviation 1")
    return objective


def _refuse_overflow(network: Network, result: Any) -> None:
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
