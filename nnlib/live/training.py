"""The session in which a net learns a data set of the plane, as `nnlib.live.lab` starts it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib import datasets
from nnlib.classifiers import MultilayerPerceptron
from nnlib.estimator.encoding import MAX_CLASSES
from nnlib.live.frames import Chart, Curve, Frame, Plane
from nnlib.objective import Objective
from nnlib.stopping import (
    MAX_EPOCHS,
    Criterion,
    EarlyStopping,
    Epoch,
    GradientNorm,
    Patience,
    RelativeImprovement,
)
from nnlib.validation import (
    check_choice,
    check_count,
    check_flag,
    check_items,
    check_real,
    shown,
)

Array = npt.NDArray[Any]
Extent = tuple[float, float, float, float]

N_HELD_OUT = 500
PIXELS = 60  # along each side of a plane
DRAWING_BOARD: Extent = (-3.0, 3.0, -3.0, 3.0)  # for points that a reader draws
MAX_LAYERS = 100
MAX_SEED = 2**53  # beyond, a page would round it
LOOKS = 100  # at the held-out data and at every layer's gradient, at least, in `max_epochs`

#: The data sets of the plane, each with the name of the argument that sets its scatter.
DATASETS = {
    "moons": "noise",
    "circles": "noise",
    "xor": "noise",
    "checkerboard": "",
    "spirals": "noise",
    "blobs": "spread",
}
# The argument that sets the number of classes, where there is one.
CLASSES = {"spirals": "arms", "blobs": "centers"}

STOPPING: dict[str, Callable[[float, int], Criterion | None]] = {
    "none": lambda tol, epochs: None,
    "relative improvement": lambda tol, epochs: RelativeImprovement(tol, epochs),
    "patience": lambda tol, epochs: Patience(tol, epochs),
    "gradient norm": lambda tol, epochs: GradientNorm(tol),
    "early stopping": lambda tol, epochs: EarlyStopping(epochs),
}

PLOTS = ("plane", "loss", "accuracy", "gradients")


class Training:
    """A session in which a net learns a data set of the plane.

    Parameters
    ----------
    data : str
        One of `DATASETS`, or "drawn" for the `points` given.
    n : int
        Training observations; `N_HELD_OUT` more are held out.
    noise : float
        Standard deviation of the scatter, where the data set takes one.
    n_classes : int
        Of spirals and blobs; the other data sets have two.
    hidden_layers : int
        0 is softmax regression.
    hidden_nodes : int
        In each hidden layer.
    activation, learning_rate, reg_lambda, reduction, initial_scale, max_epochs
        As for `nnlib.MultilayerPerceptron`.
    stopping : str
        One of `STOPPING`.
    stop_tol, stop_epochs : float, int
        Its tolerance, and its epochs between looks or to wait.
    random_state : int
        Seed of the initial weights, and of the data unless `data_seed` is given.
    data_seed : int, optional
    points : sequence of (x_1, x_2, class), optional
        The observations of the data set "drawn".
    plots : sequence of str
        What a frame shows: any of `PLOTS`.
    folds : bool
        Draw, over the plane, the lines where the nodes of the first layer have the sum 0.

    Attributes
    ----------
    net : MultilayerPerceptron
        Fitted: it holds the weights of this moment.
    X, y : ndarray, shapes (n, 2) and (n,)
        The training data.
    rows : list of Epoch
        The history so far.
    finished : bool

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be; the message names it.
    """

    def __init__(
        self,
        data: str = "moons",
        n: int = 200,
        noise: float = 0.2,
        n_classes: int = 2,
        hidden_layers: int = 1,
        hidden_nodes: int = 32,
        activation: str = "relu",
        learning_rate: float = 0.5,
        reg_lambda: float = 0.01,
        reduction: str = "mean",
        initial_scale: float | None = None,
        stopping: str = "none",
        stop_tol: float = 0.01,
        stop_epochs: int = 100,
        max_epochs: int = 1000,
        random_state: int = 0,
        data_seed: int | None = None,
        points: Sequence[tuple[float, float, int]] = (),
        plots: Sequence[str] = ("plane", "loss"),
        folds: bool = False,
    ) -> None:
        check_choice("data", data, (*DATASETS, "drawn"))
        check_count("n", n, at_least=2, at_most=datasets.MAX_N)
        check_real("noise", noise, at_least=0, at_most=datasets.MAX_NOISE)
        check_count("n_classes", n_classes, at_least=2, at_most=MAX_CLASSES)
        check_count("hidden_layers", hidden_layers, at_least=0, at_most=MAX_LAYERS)
        check_count("hidden_nodes", hidden_nodes)
        check_count("stop_epochs", stop_epochs, at_most=MAX_EPOCHS)
        check_real("stop_tol", stop_tol, above=0)
        check_count("random_state", random_state, at_least=0, at_most=MAX_SEED)
        if data_seed is not None:
            check_count("data_seed", data_seed, at_least=0, at_most=MAX_SEED)
        check_choice("stopping", stopping, STOPPING)
        if data == "drawn" and stopping == "early stopping":
            raise ValueError("stopping must be another rule for points that were drawn: early "
                             "stopping needs held-out points, and of these there are none")
        check_items("plots", plots, str, "texts")
        self._plots = [check_choice("plots", name, PLOTS) for name in plots]
        self._folds = check_flag("folds", folds)
        self.net = MultilayerPerceptron(
            (hidden_nodes,) * hidden_layers,
            activation=activation,
            learning_rate=learning_rate,
            reg_lambda=reg_lambda,
            reduction=reduction,
            stopping=STOPPING[stopping](stop_tol, stop_epochs),
            max_epochs=max_epochs,
            random_state=random_state,
            initial_scale=initial_scale,
        )
        self.net.check_parameters()
        seed = int(random_state if data_seed is None else data_seed)
        self.X, self.y, held_out, self._data_code = _data(data, n, noise, n_classes, seed, points)
        if len(np.unique(self.y)) <= self.y.max():
            self.net.n_classes = int(self.y.max()) + 1  # drawn, with a class left out
        self._early = stopping == "early stopping"
        self._fit = self.net.begin(self.X, self.y, held_out if self._early else None)
        self._objective, (self._run,) = self._fit.descent.objective, self._fit.descent.runs
        self._held_out = held_out and Objective(self._objective.network, *held_out)
        self._extent = DRAWING_BOARD if data == "drawn" else _extent(self.X)
        self._pixels = _pixels(self._extent)
        self._epochs = self._fit.descent.epochs()
        self._interval = max(1, max_epochs // LOOKS)
        self._looks: list[tuple[float, ...]] = []
        self.rows: list[Epoch] = []
        self.finished = False
        self.advance()  # epoch 0: the net before training

    def advance(self, epochs: int = 1) -> None:
        """Train for as many epochs, or to the end if that comes first."""
        epochs = check_count("epochs", epochs, at_least=0)
        for row in islice(self._epochs, min(epochs, MAX_EPOCHS)):
            self.rows.append(row)
            # A run that has just ended may have gone back to the weights of an earlier epoch.
            ended = self._run.stop_reason and row.epoch > 0
            # Most happens early, so there the looks are closer together.
            if row.epoch % min(self._interval, 1 + row.epoch // 20) == 0 and not ended:
                self._look(row.epoch)
        if self.rows[-1].epoch == self.net.max_epochs:
            next(self._epochs, None)  # past the last epoch the run ends, and says why
        self.finished = bool(self._run.stop_reason)
        self.net.adopt(self._fit)

    def _look(self, epoch: int) -> None:
        """Measure what would take too long at every epoch."""
        with np.errstate(over="ignore", invalid="ignore"):
            held_out = self._held_out.evaluate() if self._held_out else (math.nan, math.nan)
            norms = [float(np.linalg.norm(G)) / self._objective.n for G in self._objective.G]
        self._looks.append((epoch, *held_out, *norms))

    def frame(self) -> Frame:
        """The plane as the net divides it now, and the way it came here."""
        with np.errstate(over="ignore", invalid="ignore"):  # of a net that diverges
            plots = [getattr(self, f"_{name}")() for name in self._plots]
            return Frame(plots, self._text(), self._warning(), self.rows[-1].epoch)

    def code(self, to_the_end: bool = False) -> str:
        """The lines that bring a net to this state in a notebook, or to the end of the run."""
        check_flag("to_the_end", to_the_end)
        epoch, finished = self.rows[-1].epoch, self.finished or to_the_end
        stopping = self.net.stopping
        params = self.net.get_params()
        del params["stopping"]
        if len(params["hidden_nodes"]) == 1:
            (params["hidden_nodes"],) = params["hidden_nodes"]
        fit = "net.fit(X, y)"
        if not finished and epoch == 0:
            fit = "net.initialize(X, y)  # net.fit(X, y) trains it"
        elif not finished:
            # No rule has stopped the run yet, and early stopping would take the best weights.
            params["max_epochs"], stopping = epoch, None
        elif self._early:
            fit = "net.fit(X, y, validation_data=held_out)"
        defaults = MultilayerPerceptron().get_params()
        arguments = [f"{name}={value!r}" for name, value in params.items()
                     if name == "hidden_nodes" or value != defaults[name]]
        if stopping is not None:
            arguments.append(f"stopping=stopping.{stopping!r}")
        measured = ["print(f'loss {net.loss(X, y):.4g}, accuracy {net.score(X, y):.3f}')"]
        if self._held_out:
            measured.append("print(f'held-out accuracy {net.score(*held_out):.3f}')")
        return "\n".join([
            *([] if self._held_out else ["import numpy as np", ""]),
            "from nnlib import MultilayerPerceptron, datasets, stopping",
            "",
            *self._data_code,
            "",
            "net = MultilayerPerceptron(",
            *(f"    {argument}," for argument in arguments),
            ")",
            fit,
            *measured,
            "",
        ])

    # What a frame shows

    def _text(self) -> str:
        now = self.rows[-1]
        parts = [f"epoch {now.epoch}"]
        if self.finished and self._run.best_epoch < now.epoch:
            now = self.rows[self._run.best_epoch]
            parts.append(f"kept: epoch {now.epoch}")
        parts += [f"loss {now.loss:.4g}", f"accuracy {now.accuracy:.3f}"]
        if self._held_out:
            parts.append(f"held-out accuracy {self._held_out.evaluate()[1]:.3f}")
        if self.finished:
            parts.append(self._run.stop_reason)
        return " · ".join(parts)

    def _warning(self) -> str:
        step, n = self.net.advice(), self._objective.n
        remedy = f"Try a learning rate of {step.working / (n if step.summed else 1):.2g}."
        if not math.isfinite(self.rows[0].loss):
            return ("The loss was not finite before the first step. A smaller lambda or a smaller "
                    "initial scale mends that.")
        if self._run.diverged:
            return (f"Diverged: at epoch {self.rows[-1].epoch} the loss was not a finite number "
                    f"any more. The net has gone back to its best weights, of epoch "
                    f"{self._run.best_epoch}. The step was too long. {remedy}")
        if self.rows[-1].loss > 2 * self.rows[0].loss:
            return f"Training has made the loss larger: the step is too long. {remedy}"
        if step.summed and step.effective(n) > step.edge:
            return (f"Learning rate × observations = {step.effective(n):.3g} is beyond the edge "
                    f"of stability, about {step.edge:g} for this depth. {remedy}")
        return ""

    def _plane(self) -> Plane:
        P = self._objective.network.activations(self._pixels)[-1]
        return Plane(
            self._extent,
            probabilities=P.reshape(-1, PIXELS, PIXELS),
            points=self.X,
            labels=self.y,
            curves=self._fold_lines() if self._folds else (),
        )

    def _fold_lines(self) -> list[Curve]:
        """For every node of the first layer the line w_1 x_1 + w_2 x_2 + b = 0."""
        left, right, bottom, top = self._extent
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

    def _loss(self) -> Chart:
        losses = [row.loss for row in self.rows]
        curves = self._curves(losses, "training, with penalty", held_out=1)
        finite = [loss for loss in losses if math.isfinite(loss)]
        wide = len(finite) > 0 and 0 < 10 * min(finite) < max(finite)
        return Chart(curves, x_label="epoch", y_label="loss (nats)", y_log=wide,
                     x_range=self._epoch_range())

    def _accuracy(self) -> Chart:
        accuracies = [row.accuracy for row in self.rows]
        return Chart(self._curves(accuracies, "training", held_out=2), x_label="epoch",
                     y_label="accuracy", x_range=self._epoch_range())

    def _curves(self, values: list[float], label: str, held_out: int) -> list[Curve]:
        """A quantity of every epoch, beside it the column `held_out` of the looks, and the best."""
        curves = [Curve(np.arange(len(values)), values, label, colour=0)]
        if self._held_out:
            looks = np.array(self._looks)
            curves.append(Curve(looks[:, 0], looks[:, held_out], "held-out", "dashed", colour=1))
        best = self._run.best_epoch
        if self.finished and best < self.rows[-1].epoch:
            curves.append(Curve([best], [values[best]], f"kept: epoch {best}", "points"))
        return curves

    def _gradients(self) -> Chart:
        epoch, _, _, *norms = np.transpose(self._looks)
        curves = [
            Curve(epoch, norm, f"layer {layer + 1}", colour=layer)
            for layer, norm in enumerate(norms)
        ]
        return Chart(curves, x_label="epoch", y_label="gradient norm", y_log=True,
                     x_range=self._epoch_range())

    def _epoch_range(self) -> tuple[float, float]:
        return 0, max(1, self.rows[-1].epoch) if self.finished else self.net.max_epochs


def _data(
    data: str, n: int, noise: float, n_classes: int, seed: int, points: Sequence[Any]
) -> tuple[Array, Array, tuple[Array, Array] | None, list[str]]:
    """Observations and classes, those held out, and the code that makes them."""
    if data == "drawn":
        check_items("points", points, (tuple, list), "(x_1, x_2, class)")
        try:
            table = np.array(points, dtype=float).reshape(len(points), 3)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"points must each be (x_1, x_2, class), got "
                             f"{shown(points)}") from error
        labels = table[:, 2]
        if not np.isfinite(table).all() or not np.isin(labels, range(10)).all():
            raise ValueError("points must be finite and have whole numbers from 0 to 9 as classes")
        if len(np.unique(labels)) < 2:
            raise ValueError("points must be of at least two classes: draw some of another class")
        X, y = table[:, :2], labels.astype(np.int64)
        code = [f"X = np.array({X.tolist()})", f"y = np.array({y.tolist()})"]
        return X, y, None, code
    arguments: dict[str, Any] = {}
    if DATASETS[data]:
        arguments[DATASETS[data]] = noise
    if data in CLASSES:
        arguments[CLASSES[data]] = n_classes
    make = getattr(datasets, data)
    X, y = make(n, random_state=seed, **arguments)
    held_out = make(N_HELD_OUT, random_state=seed + 10_000, **arguments)
    more = "".join(f", {name}={value!r}" for name, value in arguments.items())
    code = [f"X, y = datasets.{data}({n}{more}, random_state={seed})",
            f"held_out = datasets.{data}({N_HELD_OUT}{more}, random_state={seed + 10_000})"]
    return X, y, held_out, code


def _extent(X: Array) -> Extent:
    """A rectangle around the observations."""
    low, high = X.min(axis=0), X.max(axis=0)
    margin = np.where(high > low, 0.1 * (high - low), 1.0)
    (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
    return left, right, bottom, top


def _pixels(extent: Extent) -> Array:
    """The points of the plane to colour, (PIXELS², 2)."""
    left, right, bottom, top = extent
    x_1, x_2 = np.meshgrid(np.linspace(left, right, PIXELS), np.linspace(bottom, top, PIXELS))
    return np.column_stack([x_1.ravel(), x_2.ravel()])
