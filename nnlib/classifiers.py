"""The networks a reader uses: scikit-learn's conventions over batch gradient descent.

Observations are rows here, (n, d); inside, in `nnlib.network`, they are columns.
"""

from __future__ import annotations

import copy
import inspect
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from nnlib.activations import ACTIVATIONS
from nnlib.estimator import files as persistence
from nnlib.estimator.advice import OVERFLOW_REMEDY, Step
from nnlib.network import Network, count_weights
from nnlib.objective import Objective
from nnlib.stopping import MAX_EPOCHS, Criterion, Epoch, from_settings, to_settings
from nnlib.training import Descent, DivergenceWarning, History, Run
from nnlib.validation import (
    DTYPES,
    FeatureNames,
    FloatArray,
    check_choice,
    check_count,
    check_feature_names,
    check_flag,
    check_labels,
    check_observations,
    check_path,
    check_random_state,
    check_real,
    feature_names,
    shown,
)

Labels = npt.NDArray[Any]

MAX_WEIGHTS = 10**8  # of a net; training needs a few arrays of that length
MAX_CLASSES = 10_000

REDUCTIONS = ("sum", "mean")


class NotFittedError(ValueError, AttributeError):
    """The net was asked for something that only a fitted net has."""


def _not_fitted_error(message: str) -> NotFittedError:
    """A NotFittedError that is also scikit-learn's, where scikit-learn is in use."""
    exceptions = sys.modules.get("sklearn.exceptions")
    if exceptions is None:
        return NotFittedError(message)
    # A class made here cannot be found by name when it is unpickled; the function can.
    remade = {"__reduce__": lambda self: (_not_fitted_error, self.args)}
    both = type("NotFittedError", (NotFittedError, exceptions.NotFittedError), remade)
    return both(message)  # type: ignore[no-any-return]


class MultilayerPerceptron:
    """A classifier with any number of hidden layers, trained by batch gradient descent.

    The output layer is a softmax over the classes, the loss is cross-entropy with an L2 penalty:
    J = (sum of cross-entropies + reg_lambda / 2 · sum of squared weights) / n.  Biases are not
    penalised (chapters 2 to 5).

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

    _estimator_type = "classifier"

    network_: Network
    classes_: Labels
    feature_names_in_: FeatureNames
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

    # Parameters, as scikit-learn reads and writes them

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments, by name.  `deep` is there for scikit-learn's sake."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Change constructor arguments; they are checked at the next fit.

        Raises
        ------
        ValueError
            If a name is not a parameter; then nothing is changed.
        """
        known = self.get_params()
        for name in params:
            if name not in known:
                raise ValueError(f"{name} must be a parameter of {type(self).__name__}, one of "
                                 f"{', '.join(known)}")
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if not _same(value, defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn asks an estimator about itself; imports scikit-learn."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            input_tags=InputTags(),
            classifier_tags=ClassifierTags(),
        )

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

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
            Data to evaluate after every epoch; `EarlyStopping` needs it.

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
            If the step is likely to be too long for training to work, or if training has made the
            loss more than twice as large.
        DivergenceWarning
            If the loss stopped being finite; the net then holds the best finite weights.
        """
        self._check_parameters()
        continued = self.warm_start and self.__sklearn_is_fitted__()
        descent, classes = self._descent(X, y, validation_data, continued)
        names = self._names_of_inputs(X, continued)
        network = descent.objective.network
        step = self._step()
        step.warn_if_unstable(descent.objective.X)
        (run,) = descent.runs
        try:
            if self.progress:
                _run_with_progress_bar(descent)
            else:
                descent.run()
            self._adopt(network, classes, run, continued, names)
        except KeyboardInterrupt:
            # What was learned so far is kept, but the cells below should not run.
            if run.history.rows:
                if not run.stop_reason:  # a second Ctrl-C came before the first was dealt with
                    run.end("interrupted", restore=True)
                self._adopt(network, classes, run, continued, names)
            raise
        step.warn_of_divergence(run, descent.objective.X)
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
        self._check_parameters()
        names = self._names_of_inputs(X, continued=False)
        network, classes, X, codes = self._prepare(X, y, continued=False)
        self._draw_weights(network)
        with np.errstate(over="ignore", invalid="ignore"):  # announced below
            loss, _ = Objective(network, X, codes, float(self.reg_lambda)).evaluate_with_gradient()
        self._hold(names, network_=network, classes_=classes, n_epochs_=0, best_epoch_=0,
                   loss_=float(loss), history_=History(), stop_reason_="not trained yet")
        if not np.isfinite(loss):
            warnings.warn(f"The loss is not finite.  {OVERFLOW_REMEDY}", DivergenceWarning,
                          stacklevel=2)
        return self

    def _draw_weights(self, network: Network) -> None:
        # As a Python number: one of NumPy's shorter ones would round the weights to its own digits.
        scale = None if self.initial_scale is None else float(self.initial_scale)
        network.initialize(check_random_state(self.random_state), scale)

    def _descent(
        self, X: Any, y: Any, validation_data: Any = None, continued: bool = False
    ) -> tuple[Descent, Labels]:
        """The descent that a fit runs, from its initial weights, and the classes."""
        names = self._names_of_inputs(X, continued)
        network, classes, X, codes = self._prepare(X, y, continued)
        validation = None
        if validation_data is not None:
            validation = Objective(
                network, *self._check_pair(validation_data, network, classes, names)
            )
        elif self.stopping is not None and self.stopping.on_validation:
            raise ValueError("validation_data must be given as (X, y) when stopping contains "
                             "EarlyStopping, got None")
        if not continued:
            self._draw_weights(network)
        if validation is not None:
            with np.errstate(over="ignore", invalid="ignore"):
                finite = np.isfinite(validation.evaluate()[0])
            if not finite:
                raise ValueError("validation_data[0] must hold numbers that stay finite on their "
                                 "way through the net: scale them as X")
        descent = Descent(
            Objective(network, X, codes, float(self.reg_lambda)),
            step=float(self.learning_rate) / (len(X) if self.reduction == "mean" else 1),
            max_epochs=int(self.max_epochs),
            criterion=self.stopping,
            validation=validation,
            first_epoch=self.n_epochs_ if continued else 0,
        )
        return descent, classes

    def _check_parameters(self) -> None:
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

    def _prepare(
        self, X: Any, y: Any, continued: bool
    ) -> tuple[Network, Labels, FloatArray, npt.NDArray[np.intp]]:
        """The network to train, weights still to be drawn; its classes; the data as numbers."""
        n_features = self.n_features_in_ if continued else None
        X = self._check_X(X, n_features, self.dtype, self._names_of_inputs(X, continued))
        y = check_labels(y, n=len(X))
        if continued:
            network, classes = copy.deepcopy(self.network_), self.classes_
            self._check_same_shape(network)
            return network, classes, X, _class_codes(y, classes)
        classes = self._find_classes(y)
        sizes = (X.shape[1], *self._hidden_sizes(), len(classes))
        if count_weights(sizes) > MAX_WEIGHTS:
            raise ValueError(f"hidden_nodes must be few enough for at most {MAX_WEIGHTS} weights, "
                             f"got a net of {shown(sizes)} nodes")
        network = Network(sizes, self.activation, self.dtype)
        return network, classes, X, _class_codes(y, classes)

    def _names_of_inputs(self, X: Any, continued: bool) -> FeatureNames | None:
        """The names after a fit on `X`: a warm start keeps those it has."""
        return getattr(self, "feature_names_in_", None) if continued else feature_names(X)

    def _find_classes(self, y: Labels) -> Labels:
        """The class labels, sorted."""
        classes = np.unique(y)
        if len(classes) < 2:
            raise ValueError(f"y must hold at least two classes, got only one class: "
                             f"{classes.tolist()[0]!r}")
        if len(classes) > MAX_CLASSES:
            raise ValueError(f"y must hold at most {MAX_CLASSES} classes, got {len(classes)}")
        k = self.n_classes
        if k is None or k == len(classes):
            return classes
        if len(classes) > k:
            raise ValueError(f"y must hold at most n_classes={k} classes, got {len(classes)}")
        if classes.dtype.kind not in "iuf" or classes[0] < 0 or classes[-1] >= k:
            raise ValueError(f"y must hold whole numbers from 0 to {k - 1}, since n_classes={k} is "
                             f"more than the {len(classes)} classes it holds, got "
                             f"{classes.tolist()}")
        return np.arange(k)

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

    def _adopt(
        self,
        network: Network,
        classes: Labels,
        run: Run,
        continued: bool,
        names: FeatureNames | None,
    ) -> None:
        """Take over what a run has learned."""
        rows = run.history.rows
        learned = {
            "network_": network,
            "classes_": classes,
            "n_epochs_": rows[-1].epoch,
            "best_epoch_": run.best_epoch,
            "loss_": rows[run.best_epoch - rows[0].epoch].loss,
            "stop_reason_": run.stop_reason,
        }
        if continued:
            # The first new row describes the weights this fit began from, and takes the place of
            # the old row of the same epoch.
            rows = [row for row in self.history_.rows if row.epoch < rows[0].epoch] + rows
        self._hold(names, **learned, history_=History(rows))

    def _hold(self, names: FeatureNames | None, **learned: Any) -> None:
        """Hold what a fit has learned in the place of what an earlier one has."""
        state = vars(self) | learned
        state.pop("feature_names_in_", None)  # scikit-learn asks whether there is such an attribute
        if names is not None:
            state["feature_names_in_"] = names
        # One statement: an interrupt then finds all of the old fit or all of the new one.
        self.__dict__ = state

    def _step(self) -> Step:
        """What decides whether a fit's steps are of a length that works."""
        return Step(
            learning_rate=float(self.learning_rate),
            summed=self.reduction == "sum",
            hidden_layers=len(self._hidden_sizes()),
            reg_lambda=float(self.reg_lambda),
            initial_scale=self.initial_scale,
            activation=ACTIVATIONS[self.activation],
        )

    # Using a fitted net

    def _fitted(self) -> Network:
        if not self.__sklearn_is_fitted__():
            raise _not_fitted_error(f"This {type(self).__name__} instance is not fitted yet: call "
                                    f"fit, or initialize, before using it.")
        return self.network_

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

    @property
    def n_features_in_(self) -> int:
        """Inputs, d."""
        return self._fitted().sizes[0]

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

    def score(self, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Accuracy: the fraction of observations classified correctly, 0 to 1.

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        """
        predicted = self.predict(X)
        labels = check_labels(y, n=len(predicted))
        if _kind(labels) != _kind(self.classes_):
            raise ValueError(f"y must hold labels of the kind of the net's classes, "
                             f"{self.classes_.tolist()}, got {labels.tolist()[0]!r}")
        return float(np.mean(predicted == labels))

    def activations(self, X: npt.ArrayLike) -> list[FloatArray]:
        """What every layer puts out: hidden activations (h_l, n), then probabilities (k, n).

        Observations are columns here, as inside the network (chapter 2).

        Parameters
        ----------
        X : array_like, shape (n, d)

        Raises
        ------
        ValueError
            If the net gives probabilities that are not finite.
        """
        network = self._fitted()
        X = self._check_known_X(X, network)
        with np.errstate(over="ignore", invalid="ignore"):
            layers = network.activations(X)
        _refuse_overflow(network, layers[-1])
        return layers

    def loss(self, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """J on the given data: mean cross-entropy plus penalty (chapter 2).

        Parameters
        ----------
        X : array_like, shape (n, d)
        y : array_like, shape (n,)
        """
        objective = self.objective(X, y)
        with np.errstate(over="ignore", invalid="ignore"):
            loss = objective.evaluate()[0] + objective.penalty() / objective.n
        _refuse_overflow(objective.network, loss)
        return float(loss)

    def cross_entropy(self, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Mean cross-entropy on the given data, without the penalty, in nats (chapter 2).

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
        """Gradient of J for every matrix of `layers_`, in their shapes (chapter 3).

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
        X = self._check_known_X(X, network)
        y = check_labels(y, n=len(X))
        return Objective(network, X, _class_codes(y, self.classes_), reg_lambda)

    def _check_known_X(self, X: Any, network: Network) -> FloatArray:
        """Observations as those that the net was fitted on."""
        names = getattr(self, "feature_names_in_", None)
        return self._check_X(X, network.sizes[0], network.dtype, names)

    def _check_X(
        self,
        X: Any,
        n_features: int | None,
        dtype: npt.DTypeLike,
        names: FeatureNames | None,
        name: str = "X",
    ) -> FloatArray:
        owner = type(self).__name__
        check_feature_names(X, names, name=name, owner=owner)
        array = check_observations(X, n_features=n_features, dtype=dtype, name=name, owner=owner)
        if names is not None and len(names) != array.shape[1]:
            raise ValueError(f"{name} must have as many columns as names of them, got "
                             f"{array.shape[1]} columns and {len(names)} names")
        return array

    def _check_pair(
        self, data: Any, network: Network, classes: Labels, names: FeatureNames | None
    ) -> tuple[FloatArray, npt.NDArray[np.intp]]:
        """Validation data as numbers for `network`."""
        if not isinstance(data, (tuple, list)) or len(data) != 2:
            raise TypeError(f"validation_data must be a pair (X, y), got {type(data).__name__}")
        X = self._check_X(data[0], network.sizes[0], network.dtype, names, "validation_data[0]")
        y = check_labels(data[1], n=len(X), name="validation_data[1]")
        return X, _class_codes(y, classes, name="validation_data[1]")

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
        network, parameters = self._fitted(), self.get_params()
        if type(self) not in SAVED_CLASSES:
            raise TypeError(f"net must be one of nnlib's own classes to be saved, "
                            f"got {type(self).__name__}")
        if isinstance(parameters["random_state"], np.random.Generator):
            raise TypeError("random_state must be None or a whole number for the net to be saved, "
                            "got a Generator: call set_params(random_state=None) first")
        if not np.isfinite(network.theta).all():
            raise ValueError("weights must be finite for the net to be saved, got "
                             f"{network.theta[~np.isfinite(network.theta)][0]}")
        parameters["stopping"] = to_settings(self.stopping)
        settings = {
            "classifier": type(self).__name__,
            "parameters": parameters,
            "sizes": network.sizes,
            "activation": network.activation.name,
            "dtype": network.dtype.name,
            "classes_are_objects": self.classes_.dtype.kind == "O",
            "feature_names": getattr(self, "feature_names_in_", None),
            "n_epochs": self.n_epochs_,
            "best_epoch": self.best_epoch_,
            "loss": self.loss_,
            "stop_reason": self.stop_reason_,
        }
        arrays = {
            "theta": network.theta,
            "classes": self.classes_.astype(str) if settings["classes_are_objects"]
            else self.classes_,
            "history": np.array(self.history_.rows).reshape(-1, len(Epoch._fields)),
        }
        try:
            _net_from(persistence.as_read(settings), arrays)
        except (TypeError, ValueError) as error:
            raise ValueError(f"a net must be one that can be loaded to be saved: {error}") \
                from error
        persistence.write(path, settings, arrays)


class ThreeLayerNet(MultilayerPerceptron):
    """Inputs, one hidden layer, outputs (chapter 4).

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
    """Inputs, two hidden layers, outputs (chapter 5).

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
    settings, arrays = persistence.read(path)
    try:
        return _net_from(settings, arrays)
    except Exception as error:  # a file can hold anything in the place of anything
        why = f": {error}" if isinstance(error, (TypeError, ValueError)) else ""
        raise persistence.not_ours(path, f"what it holds makes no net{why}") from error


def _net_from(
    settings: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]
) -> MultilayerPerceptron:
    name = check_choice("classifier", settings["classifier"],
                        [cls.__name__ for cls in SAVED_CLASSES])
    net = {cls.__name__: cls for cls in SAVED_CLASSES}[name]()
    parameters = settings["parameters"]
    if parameters.keys() != net.get_params().keys():
        raise ValueError(f"parameters must be those of {name}, got {list(parameters)}")
    parameters["stopping"] = from_settings(parameters["stopping"])
    if isinstance(parameters["hidden_nodes"], list):
        parameters["hidden_nodes"] = tuple(parameters["hidden_nodes"])
    net.set_params(**parameters)
    net.network_ = persistence.network_from(settings, arrays["theta"])
    k = net.network_.sizes[-1]
    net.classes_ = persistence.classes_from(arrays["classes"], k, settings["classes_are_objects"])
    net.history_ = persistence.history_from(arrays["history"])
    names = settings.get("feature_names")  # older files have none
    if names is not None:
        net.feature_names_in_ = persistence.feature_names_from(names, net.n_features_in_)
    net.n_epochs_ = check_count("n_epochs", settings["n_epochs"], at_least=0)
    net.best_epoch_ = check_count("best_epoch", settings["best_epoch"], at_least=0)
    net.loss_, net.stop_reason_ = settings["loss"], settings["stop_reason"]
    last = net.history_.rows[-1].epoch if len(net.history_) else 0
    if not net.best_epoch_ <= net.n_epochs_ == last:
        raise ValueError(f"n_epochs must be the history's last, {last}, and best_epoch at most "
                         f"that, got {net.n_epochs_} and {net.best_epoch_}")
    net._check_parameters()
    if not isinstance(net.loss_, (int, float)) or not isinstance(net.stop_reason_, str):
        raise TypeError("loss must be a number and stop_reason text, "
                        f"got {net.loss_!r} and {net.stop_reason_!r}")
    return net


def _kind(labels: Labels) -> str:
    """Text, bytes or numbers: labels of different kinds are never equal."""
    return {"U": "text", "O": "text", "S": "bytes"}.get(labels.dtype.kind, "numbers")


def _refuse_overflow(network: Network, result: Any) -> None:
    """Say whose fault it is that a result is not finite."""
    if np.isfinite(result).all():
        return
    if not np.isfinite(network.theta).all():
        raise ValueError("layers_ must hold finite weights, got NaN or infinity in them")
    raise ValueError(f"X must hold numbers that stay finite ({network.dtype}) on their way through "
                     f"the net, got some that are too large for its weights, or weights that are "
                     f"too large for any")


def _same(value: object, default: object) -> bool:
    """Equality for `repr`, where a value may be an array."""
    return value is default or (type(value) is type(default) and bool(np.all(value == default)))


def _class_codes(y: Labels, classes: Labels, name: str = "y") -> npt.NDArray[np.intp]:
    """The position of each label in the sorted `classes`."""
    try:
        codes = np.searchsorted(classes, y).clip(max=len(classes) - 1)
        unknown = classes[codes] != y
    except TypeError:
        unknown = np.ones(len(y), bool)
    if np.any(unknown):
        raise ValueError(f"{name} must hold only the classes the net knows, {classes.tolist()}, "
                         f"got {y[unknown].tolist()[0]!r}")
    return codes


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
