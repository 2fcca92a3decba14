"""The session in which a net learns a data set of the plane, as `nnlib.live.lab` starts it.

A classifier learns classes; where the data are numbers to predict, it is a regressor.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib import diagnostics
from nnlib.classifiers import MultilayerPerceptron
from nnlib.diagnostics import spans_a_decade
from nnlib.live.data import MAX_SEED, DataSet, Extent, data_set, keep_back
from nnlib.live.frames import Chart, Curve, Frame, Plane, Plot
from nnlib.live.inspection import Inspection, NumberInspection, check_key
from nnlib.objective import Objective
from nnlib.optimizers import Adam, Momentum, Optimizer, Schedule
from nnlib.regressors import MultilayerRegressor
from nnlib.stopping import (
    MAX_EPOCHS,
    Criterion,
    EarlyStopping,
    GradientNorm,
    Patience,
    RelativeImprovement,
)
from nnlib.validation import (
    check_choice,
    check_count,
    check_flag,
    check_items,
    check_kind,
    check_real,
)

Array = npt.NDArray[Any]

PIXELS = 60  # along each side of a plane
EVERY = 3  # of them a pixel of a node's picture in the drawing of the net
MAX_LAYERS = 100
RECORDS = 100  # of the validation data and every layer's gradient, at least, in `max_epochs`
ROOM = 64  # rows, before a table grows

STOPPING: dict[str, Callable[[float, int], Criterion | None]] = {
    "none": lambda tol, epochs: None,
    "relative improvement": lambda tol, epochs: RelativeImprovement(tol, epochs),
    "patience": lambda tol, epochs: Patience(tol, epochs),
    "gradient norm": lambda tol, epochs: GradientNorm(tol),
    "early stopping": lambda tol, epochs: EarlyStopping(epochs),
}

OPTIMIZERS: dict[str, Optimizer | None] = {
    "gradient descent": None,
    "momentum": Momentum(),
    "Adam": Adam(),
}
#: What a control of the batch size offers.
BATCHES: dict[str, int | None] = {"all": None, "64": 64, "32": 32, "16": 16, "8": 8, "4": 4,
                                  "2": 2, "1": 1}

LOSS, NUMBER_LOSS = "loss (nats)", "loss (half squared error)"  # the label of its axis
PLOTS = ("plane", "loss", "accuracy", "gradients", "network", "slice")
SHOWN = ("plane", "loss")  # of them, where nothing else is said

# A slice of the loss surface goes from a step backwards to three forwards, at so many places a
# step: fewer where one loss is many multiplications.
PLACES, FEWER_PLACES, MANY = 5, 2, 2_000_000
DIRECTION_SEED = 0  # of the direction that is drawn

# A step is longer and a run shorter than the library's own defaults: a reader is waiting.
STARTS = {"learning_rate": 0.5, "reduction": "mean", "max_epochs": 1000}


def begin(
    *,
    hidden_layers: int = 1,
    hidden_nodes: int = 32,
    stopping: str = "none",
    stop_tol: float = 0.01,
    stop_epochs: int = 100,
    optimizer: str = "gradient descent",
    batch_size: int | str | None = None,
    random_state: int = 0,
    data_seed: int | None = None,
    plots: Sequence[str] = SHOWN,
    folds: bool = False,
    observation: int = 0,
    node: str = "",
    **settings: Any,
) -> Training:
    """A session at the settings of an experiment, each of which a page can send.

    Parameters
    ----------
    hidden_layers : int
        0 is softmax regression, or linear regression.
    hidden_nodes : int
        In each hidden layer.
    stopping : str
        One of `STOPPING`.
    stop_tol, stop_epochs : float, int
        Its tolerance, and its epochs from one comparison to the next or to wait.
    optimizer : str
        One of `OPTIMIZERS`.
    batch_size : int or str, optional
        Observations in a mini-batch, also as a text of `BATCHES`; None and "all" take all at once.
    random_state : int
        Seed of the initial weights, and of the data unless `data_seed` is given.
    data_seed : int, optional
    plots, folds
        As for `Training`.
    observation, node
        As for `Training.look`.
    **settings
        Arguments of `nnlib.live.data.data_set`: ``data``, ``n``, ``noise``, ``n_classes``,
        ``points``, ``table``, ``function``, ``drawn_graph``, ``surface``.  All others are those of
        `nnlib.MultilayerPerceptron`, and of `nnlib.MultilayerRegressor` where there are numbers to
        predict.

    Raises
    ------
    TypeError, ValueError
        If a setting is unknown or not what it must be; the message names it.
    """
    for name in settings:
        if name not in SETTINGS:
            raise TypeError(f"settings must be among {', '.join(SETTINGS)}, got {name!r}")
    check_count("hidden_layers", hidden_layers, at_least=0, at_most=MAX_LAYERS)
    check_count("hidden_nodes", hidden_nodes)
    check_choice("stopping", stopping, STOPPING)
    check_real("stop_tol", stop_tol, above=0)
    check_count("stop_epochs", stop_epochs, at_most=MAX_EPOCHS)
    check_choice("optimizer", optimizer, OPTIMIZERS)
    if isinstance(batch_size, str):
        batch_size = BATCHES[check_choice("batch_size", batch_size, BATCHES)]
    check_count("random_state", random_state, at_least=0, at_most=MAX_SEED)
    if data_seed is not None:
        check_count("data_seed", data_seed, at_least=0, at_most=MAX_SEED)
    seed = random_state if data_seed is None else data_seed
    data = data_set(**{name: settings.pop(name) for name in OF_DATA if name in settings}, seed=seed)
    if data.validation is None and stopping == "early stopping":
        data = keep_back(data, seed)
    kind = MultilayerRegressor if data.has_numbers else MultilayerPerceptron
    net = kind(
        (hidden_nodes,) * hidden_layers,
        random_state=random_state,
        stopping=STOPPING[stopping](stop_tol, stop_epochs),
        optimizer=OPTIMIZERS[optimizer],
        batch_size=batch_size,
        **{**STARTS, **settings},
    )
    session = Training(net, data, plots, folds)
    session.look(observation=observation, node=node)
    return session


def _names(function: Callable[..., Any]) -> list[str]:
    """The arguments of a function that are settings of a reader."""
    return [name for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is not inspect.Parameter.VAR_KEYWORD and name != "seed"]


OF_DATA = _names(data_set)
#: The names of all settings.
SETTINGS = tuple(dict.fromkeys([*OF_DATA, *_names(begin), *_names(MultilayerPerceptron)]))


class Table:
    """Rows of numbers, of which there are ever more.

    Parameters
    ----------
    columns : int
    """

    def __init__(self, columns: int) -> None:
        self._numbers, self._length = np.empty((columns, ROOM)), 0

    def append(self, row: Sequence[float]) -> None:
        """Enter a row."""
        if self._length == self._numbers.shape[1]:
            self._numbers = np.hstack([self._numbers, np.empty_like(self._numbers)])
        self._numbers[:, self._length] = row
        self._length += 1

    def column(self, number: int) -> Array:
        """A column so far, (rows,): a view, which later rows do not change."""
        column = self._numbers[number, : self._length]
        column.flags.writeable = False
        return column


class Training:
    """A session in which a net learns a data set of the plane.

    Parameters
    ----------
    net : MultilayerPerceptron or MultilayerRegressor
        Not fitted yet; the session trains it.  The second, if the data are numbers to predict.
    data : DataSet
    plots : sequence of str
        What a frame shows: any of `PLOTS`.
    folds : bool
        Draw, over the plane, the lines where the nodes of the first layer have the sum 0.

    Attributes
    ----------
    net : MultilayerPerceptron or MultilayerRegressor
        Fitted: it holds the weights of this moment.
    data : DataSet
    epoch : int
        Steps taken so far.
    loss, accuracy : ndarray, shape (epoch + 1,)
        On the training data, before training and after every step; accuracies of numbers are NaN.
    finished : bool

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be; the message names it.
    """

    def __init__(
        self,
        net: MultilayerPerceptron | MultilayerRegressor,
        data: DataSet,
        plots: Sequence[str] = SHOWN,
        folds: bool = False,
    ) -> None:
        check_kind("net", net, (MultilayerPerceptron, MultilayerRegressor),
                   "a MultilayerPerceptron or a MultilayerRegressor")
        check_kind("data", data, DataSet, "made by data_set")
        if isinstance(net, MultilayerRegressor) != data.has_numbers:
            raise ValueError(f"net must be a MultilayerRegressor for numbers and a "
                             f"MultilayerPerceptron for classes, got a {type(net).__name__}")
        check_items("plots", plots, str, "texts")
        self._plots = [check_choice("plots", name, PLOTS) for name in plots]
        self._folds = check_flag("folds", folds)
        self.net, self.data = net, data
        net.check_parameters()
        if net.__sklearn_is_fitted__() or isinstance(net.random_state, np.random.Generator):
            raise ValueError("net must not be fitted, nor have a Generator as its random_state: "
                             "its code could not be shown")
        if isinstance(net, MultilayerPerceptron) and len(np.unique(data.y)) <= data.y.max():
            # Drawn, with a class left out.
            net.n_classes = max(net.n_classes or 0, int(data.y.max()) + 1)
        self._early = bool(net.stopping and net.stopping.on_validation and data.validation)
        self._fit = net.begin(data.X, data.y, data.validation if self._early else None)
        self._objective, (self._run,) = self._fit.descent.objective, self._fit.descent.runs
        network = self._objective.network
        self._validation = data.validation and Objective(
            network, *self._fit.encoding.pair(data.validation, "data"), loss=net.loss_function)
        self._pixels = _pixels(data.extent)
        self._epochs = self._fit.descent.epochs()
        self._interval = max(1, net.max_epochs // RECORDS)
        self._history = Table(3)  # epoch, loss, accuracy
        self._records = Table(3 + len(network.W))  # epoch, of the validation data, of each layer
        self.epoch, self.finished = 0, False
        self._observation, self._node = 0, ""
        self.advance()  # epoch 0: the net before training

    @property
    def loss(self) -> Array:
        """J on the training data, with its penalty."""
        return self._history.column(1)

    @property
    def accuracy(self) -> Array:
        """Training accuracy, 0 to 1; NaN for numbers."""
        return self._history.column(2)

    def advance(self, epochs: int = 1) -> None:
        """Train for as many epochs, or to the end if that comes first."""
        epochs = check_count("epochs", epochs, at_least=0)
        for row in islice(self._epochs, min(epochs, MAX_EPOCHS)):
            self.epoch = row.epoch
            self._history.append((row.epoch, row.loss, row.accuracy))
            # A run that has just ended may have gone back to the weights of an earlier epoch.
            ended = self._run.stop_reason and row.epoch > 0
            # Most happens early, so there the records are closer together.
            if row.epoch % min(self._interval, 1 + row.epoch // 20) == 0 and not ended:
                self._record(row.epoch)
        if self.epoch == self.net.max_epochs:
            next(self._epochs, None)  # past the last epoch the run ends, and says why
        self.finished = bool(self._run.stop_reason)
        self.net.adopt(self._fit)

    def look(self, observation: int | None = None, node: str | None = None) -> None:
        """Choose what the drawing of the net shows; training goes on as it would have.

        Parameters
        ----------
        observation : int, optional
            Which of the training data runs through the net; beyond the last, the last.
        node : str, optional
            The node to explain: "1.3" is node 3 of hidden layer 1, "p0" the output of class 0, ""
            none.  One that the net does not have is none.
        """
        if observation is not None:
            self._observation = check_count("observation", observation, at_least=0)
        if node is not None:
            self._node = check_key("node", node)

    def _record(self, epoch: int) -> None:
        """Measure what would take too long at every epoch."""
        with np.errstate(over="ignore", invalid="ignore"):
            measured = self._validation.evaluate() if self._validation else (math.nan, math.nan)
            norms = [float(np.linalg.norm(G)) / self._objective.n for G in self._objective.G]
        self._records.append((epoch, *measured, *norms))

    def frame(self) -> Frame:
        """The plane as the net divides it now, and the way it came here."""
        with np.errstate(over="ignore", invalid="ignore"):  # of a net that diverges
            layers: list[Array] = []
            if not {"plane", "network"}.isdisjoint(self._plots):
                layers = [each.reshape(-1, PIXELS, PIXELS) for each in
                          self._objective.network.activations(self._pixels,
                                                              self.net.loss_function.outputs)]
            inspection = None
            made: dict[str, Callable[[], Plot]] = {
                "plane": lambda: self._plane_plot(layers, inspection), "loss": self._loss_plot,
                "accuracy": self._answers_plot if self.data.has_numbers else self._accuracy_plot,
                "gradients": self._gradients_plot,
                "slice": self._slice_plot}
            if "network" in self._plots:
                inspect_net = NumberInspection if self.data.has_numbers else Inspection
                inspection = inspect_net(self.net, self.data.X, self.data.y, self._observation,
                                         self._node)
                pictures = [layer[:, EVERY // 2::EVERY, EVERY // 2::EVERY]
                            for layer in layers[:-1]]
                made["network"] = partial(inspection.diagram, pictures)
            return Frame([made[name]() for name in self._plots], self._text(), self._warning(),
                         self.epoch, inspection.details() if inspection else (),
                         None if self.finished else self.net.max_epochs)

    def code(self, to_the_end: bool = False) -> str:
        """The lines that bring a net to this state in a notebook, or to the end of the run."""
        check_flag("to_the_end", to_the_end)
        epoch, finished = self.epoch, self.finished or to_the_end
        stopping = self.net.stopping
        params = self.net.get_params()
        del params["stopping"]
        hidden = self._objective.network.sizes[1:-1]
        params["hidden_nodes"] = hidden[0] if len(hidden) == 1 else hidden
        fit = "net.fit(X, y)"
        if not finished and epoch == 0:
            fit = "net.initialize(X, y)  # net.fit(X, y) trains it"
        elif not finished:
            # No rule has stopped the run yet, and early stopping would take the best weights.
            params["max_epochs"], stopping = epoch, None
        elif self._early:
            fit = "net.fit(X, y, validation_data=validation)"
        name_of_net, score = type(self.net).__name__, self._score_name
        defaults = type(self.net)().get_params()
        arguments = [f"{name}={_in_code(value)}" for name, value in params.items()
                     if name == "hidden_nodes" or value != defaults[name]]
        more = ", optimizers" if params["optimizer"] or params["schedule"] else ""
        if stopping is not None:
            arguments.append(f"stopping=stopping.{stopping!r}")
        measured = [f"print(f'loss {{net.loss(X, y):.4g}}, {score} {{net.score(X, y):.3f}}')"]
        if self._validation:
            measured.append(f"print(f'validation {score} {{net.score(*validation):.3f}}')")
        return "\n".join([
            *(["import numpy as np", ""] if any("np." in line for line in self.data.code) else []),
            f"from nnlib import {name_of_net}, datasets, stopping{more}",
            "",
            *self.data.code,
            "",
            f"net = {name_of_net}(",
            *(f"    {argument}," for argument in arguments),
            ")",
            fit,
            *measured,
            "",
        ])

    # What a frame shows

    def _text(self) -> str:
        shown = self.epoch
        parts = [f"epoch {shown}" + ("" if self.finished else f" of {self.net.max_epochs}")]
        if self.finished and self._run.best_epoch < shown:
            shown = self._run.best_epoch
            parts.append(f"kept: epoch {shown}")
        parts += [f"loss {self.loss[shown]:.4g}"]
        if self.data.has_numbers:
            scores = [self._r_squared(*pair) for pair in self._pairs()]
        else:
            scores = [self.accuracy[shown]]
            if self._validation:
                scores.append(self._validation.evaluate()[1])
        parts += [f"{name} {score:.3f}" for name, score in zip(
            (self._score_name, f"validation {self._score_name}"), scores, strict=False)]
        if self.finished:
            parts.append(self._run.stop_reason)
        return " · ".join(parts)

    @property
    def _score_name(self) -> str:
        """What the score of the net is called."""
        return "R²" if self.data.has_numbers else "accuracy"

    def _pairs(self) -> list[tuple[Array, Array]]:
        """X and y to train on, and to validate with, if there are such."""
        return [(self.data.X, self.data.y), *filter(None, [self.data.validation])]

    def _r_squared(self, X: Array, y: Array) -> float:
        try:
            return self.net.score(X, y)
        except ValueError:  # the answers have left all bounds
            return math.nan

    def _warning(self) -> str:
        step, n = self.net.advice(), self._objective.n
        remedy = f"Try a learning rate of {step.working_rate(n):.2g}."
        if not math.isfinite(self.loss[0]):
            return ("The loss was not finite before the first step. A smaller lambda or a smaller "
                    "initial scale mends that.")
        if self._run.diverged:
            return (f"Diverged: at epoch {self.epoch} the loss was not a finite number "
                    f"any more. The net has gone back to its best weights, of epoch "
                    f"{self._run.best_epoch}. The step was too long. {remedy}")
        if self.loss[-1] > 2 * self.loss[0]:
            return f"Training has made the loss larger: the step is too long. {remedy}"
        if step.summed and step.effective(n) > step.edge:
            return (f"Learning rate × observations = {step.effective(n):.3g} is beyond the edge "
                    f"of stability, about {step.edge:g} for this depth. {remedy}")
        return ""

    def _plane_plot(self, layers: list[Array], inspection: Inspection | None) -> Plane:
        curves = self._fold_lines() if self._folds else []
        if self.data.kept_back and self.data.validation:
            x, y = self.data.validation[0].T
            curves.append(Curve(x, y, "kept to validate", "points"))
        if inspection:
            inputs = self._pixels.T.reshape(-1, PIXELS, PIXELS)
            curves += inspection.fold([inputs, *layers[:-1]], self.data.extent)
        answers: dict[str, Any] = {"probabilities": layers[-1], "labels": self.data.y,
                                   "classes": self.data.classes}
        if self.data.has_numbers:
            answers = {"values": layers[-1][0], "targets": self.data.y}
        return Plane(self.data.extent, points=self.data.X, curves=curves,
                     marked=inspection.i if inspection else None,
                     x_label=self.data.axes[0], y_label=self.data.axes[1], **answers)

    def _fold_lines(self) -> list[Curve]:
        """For every node of the first layer the line w_1 x_1 + w_2 x_2 + b = 0."""
        left, right, bottom, top = self.data.extent
        beyond = 2 * math.hypot(right - left, top - bottom)
        lines = []
        for *w, b in self._objective.network.W[0].tolist():
            length = math.hypot(*w)
            if length > 0:
                normal = np.array(w) / length
                along = beyond * np.array([-normal[1], normal[0]])
                foot = -b / length * normal
                x, y = np.transpose([foot - along, foot + along])
                lines.append(Curve(x, y, style="dashed"))
        return lines

    def _loss_plot(self) -> Chart:
        curves = self._curves(self.loss, "training, with penalty", validation=1)
        return Chart(curves, x_label="epoch", y_label=self._loss_name,
                     y_log=spans_a_decade(self.loss), x_range=self._epoch_range())

    @property
    def _loss_name(self) -> str:
        return NUMBER_LOSS if self.data.has_numbers else LOSS

    def _answers_plot(self) -> Chart:
        """What the net answers against what is right: on the diagonal where both agree."""
        curves = []
        for number, (X, y) in reversed([*enumerate(self._pairs())]):
            A = self._objective.network.activations(X, self.net.loss_function.outputs)[-1]
            curves.append(Curve(y, A[0], ("training", "validation")[number], "points",
                                colour=number))
        ends = np.array([self.data.y.min(), self.data.y.max()])
        return Chart([*curves, Curve(ends, ends, "right", "dashed")],
                     x_label="number to predict", y_label="answer of the net")

    def _accuracy_plot(self) -> Chart:
        return Chart(self._curves(self.accuracy, "training", validation=2), x_label="epoch",
                     y_label="accuracy", x_range=self._epoch_range())

    def _curves(self, values: Array, label: str, validation: int) -> list[Curve]:
        """A quantity of every epoch, beside it the column `validation` of the records, and the
        best.
        """
        curves = [Curve(self._history.column(0), values, label, colour=0)]
        if self._validation:
            curves.append(Curve(self._records.column(0), self._records.column(validation),
                                "validation", "dashed", colour=1))
        best = self._run.best_epoch
        if self.finished and best < self.epoch:
            curves.append(Curve([best], [values[best]], f"kept: epoch {best}", "points"))
        return curves

    def _gradients_plot(self) -> Chart:
        curves = [
            Curve(self._records.column(0), self._records.column(3 + layer), f"layer {layer + 1}",
                  colour=layer)
            for layer in range(len(self._objective.G))
        ]
        return Chart(curves, x_label="epoch", y_label="gradient norm", y_log=True,
                     x_range=self._epoch_range())

    def _slice_plot(self) -> Chart:
        """J along two lines through the weights: down the gradient, and in a direction drawn once.

        The unit of both is the length of the step that gradient descent takes from here.
        """
        net, X, y = self.net, self.data.X, self.data.y
        objective = net.objective(X, y)
        objective.evaluate_with_gradient()
        summed = objective.gradient if net.reduction == "sum" else objective.gradient / objective.n
        step = -net.learning_rate * summed
        drawn = np.random.default_rng(DIRECTION_SEED).standard_normal(step.shape)
        length = float(np.linalg.norm(step))
        curves = []
        if math.isfinite(length) and length > 0:
            a_step = PLACES if objective.n * step.size < MANY else FEWER_PLACES
            places = np.linspace(-1, 3, 4 * a_step + 1)
            downhill, elsewhere = (diagnostics.loss_along(net, X, y, direction, places) for
                                   direction in (step, drawn * length / np.linalg.norm(drawn)))
            plain = net.optimizer is None and net.batch_size is None
            curves = [
                Curve(places, downhill, "down the gradient", colour=0),
                Curve(places, elsewhere, "in a random direction", "dashed", colour=1),
                Curve([0], downhill[[a_step]], "here", "points"),
                Curve([1], downhill[[2 * a_step]], f"after a {'' if plain else 'plain '}step",
                      "points", colour=0),
            ]
        losses = np.concatenate([np.empty(0), *(np.asarray(curve.y) for curve in curves)])
        return Chart(curves, x_label="steps from these weights",
                     y_label=self._loss_name.replace("loss", "loss along a line"), x_range=(-1, 3),
                     y_log=spans_a_decade(losses))

    def _epoch_range(self) -> tuple[float, float]:
        return 0, max(1, self.epoch) if self.finished else self.net.max_epochs


def _in_code(value: object) -> str:
    """A parameter as a notebook's code has it."""
    room = "optimizers." if isinstance(value, (Optimizer, Schedule)) else ""
    return f"{room}{value!r}"


def _pixels(extent: Extent) -> Array:
    """The points of the plane to colour, (PIXELS², 2)."""
    left, right, bottom, top = extent
    x_1, x_2 = np.meshgrid(np.linspace(left, right, PIXELS), np.linspace(bottom, top, PIXELS))
    return np.column_stack([x_1.ravel(), x_2.ravel()])
