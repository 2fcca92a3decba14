"""The experiments behind the live figures: settings in, frames out.

An experiment says what can be set; `Experiment.start` takes the settings and gives a session; a
session trains on request and shows a frame of `nnlib.live.frames` at any time.  There is no user
interface here.  `nnlib.live.widgets` puts sliders on an experiment in Jupyter, and the pages of the
book run it in the reader's browser, through `nnlib.live.page`.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from nnlib.activations import ACTIVATIONS
from nnlib.datasets import FUNCTIONS, SURFACES
from nnlib.live.controls import VIEWS, Control
from nnlib.live.data import CLASSES, DATASETS, DRAWN, DRAWN_GRAPH, GRAPH, PASTED, SURFACE
from nnlib.live.drawing import PAD as PAD
from nnlib.live.drawing import Drawing, control_of
from nnlib.live.frames import Frame
from nnlib.live.pasted import IRISES
from nnlib.live.training import BATCHES, OPTIMIZERS, STOPPING, begin
from nnlib.nets import REDUCTIONS
from nnlib.sources import source_of
from nnlib.validation import check_choice, check_items, check_text, shown

#: Points on the drawing board to begin with, a small class inside a wide one.
POINTS = tuple(
    (round(radius * math.cos(angle), 2), round(radius * math.sin(angle), 2) + 0.0, label)
    for label, radius, count in ((0, 0.5, 5), (1, 2.0, 12))
    for angle in (2 * math.pi * i / count for i in range(count))
)


#: A function on the pad to begin with, with a hill and a valley.
STROKES = (((0.0, 0.35), (0.1, 0.5), (0.2, 0.7), (0.3, 0.8), (0.4, 0.7), (0.5, 0.5), (0.6, 0.3),
            (0.7, 0.2), (0.8, 0.3), (0.9, 0.5), (1.0, 0.65)),)


@dataclass(frozen=True)
class Preset:
    """Settings worth a look, and why.

    Attributes
    ----------
    name : str
        On its button.
    why : str
        What the reader will see, and its reason.
    settings : dict
        For controls of the experiment; those not named go to where they start.
    """

    name: str
    why: str
    settings: dict[str, Any]

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_text("why", self.why)
        _check_names("settings", self.settings)


def _check_names(name: str, value: object) -> None:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise TypeError(f"{name} must be a dict with names as keys, got {shown(value)}")


class Session(Protocol):
    """An experiment under way."""

    finished: bool

    def advance(self, epochs: int = 1) -> None:
        """Go on by as many epochs, or to the end if that comes first."""

    @property
    def look(self) -> Callable[..., None]:
        """Changes what is shown, by settings of the kinds `nnlib.live.controls.VIEWS`."""

    def frame(self) -> Frame:
        """What there is to see now."""

    def code(self, to_the_end: bool = False) -> str:
        """Lines of Python that do the same, so far or to the end."""


@dataclass(frozen=True)
class Experiment:
    """What can be set, and what happens then.  Made by `training` and `drawing`.

    Attributes
    ----------
    controls : tuple of Control
    fixed : dict
        Settings that have no control.
    source : str
        Of the function that draws; empty if the experiment trains a net.
    presets : tuple of Preset
    """

    controls: tuple[Control, ...]
    fixed: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    presets: tuple[Preset, ...] = ()

    def __post_init__(self) -> None:
        check_items("controls", self.controls, Control, "Controls")
        check_items("presets", self.presets, Preset, "Presets")
        check_text("source", self.source)
        _check_names("fixed", self.fixed)
        try:
            json.dumps(self.fixed, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise type(error)(f"fixed must hold text, numbers and lists of them, which travel as "
                              f"JSON: {error}") from error
        for kind, given in (("controls", self.controls), ("presets", self.presets)):
            names = [item.name for item in given]
            if len(set(names)) < len(names):
                raise ValueError(f"{kind} must have names that differ, got {names}")
        for preset in self.presets:
            try:
                self.settings(**preset.settings)
            except ValueError as error:
                raise ValueError(f"presets: in {preset.name!r}, {error}") from error

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Every control's value: where it starts, unless changed.

        Raises
        ------
        ValueError
            If there is no such control, or it cannot stand at that value.
        """
        controls = {control.name: control for control in self.controls}
        for name, value in changes.items():
            if name not in controls:
                raise ValueError(f"settings must be among {', '.join(controls)}, got {name!r}")
            if not controls[name].accepts(value):
                raise ValueError(f"{name} must be {controls[name].takes}, got {shown(value)}")
        return {name: control.cast(changes.get(name, control.value))
                for name, control in controls.items()}

    def start(self, **changes: Any) -> Session:
        """A session at the controls' values, or at others.

        Raises
        ------
        TypeError, ValueError
            If a setting is not what it must be.
        """
        settings = {**self.fixed, **self.settings(**changes)}
        return Drawing(self.source, settings) if self.source else begin(**settings)

    def idle(self, **changes: Any) -> dict[str, str]:
        """The controls that do nothing at the controls' values, or at others, with the reason.

        Raises
        ------
        ValueError
            If a setting is not what it must be.
        """
        settings = {**self.fixed, **self.settings(**changes)}
        found = {}
        for control in () if self.source else self.controls:
            decider, reasons = IDLE.get(control.name, ("", {}))
            if str(settings.get(decider)) in reasons:
                found[control.name] = reasons[str(settings[decider])]
        return found

    @property
    def views(self) -> list[str]:
        """The settings that change what is shown of a run, and not the run."""
        return [control.name for control in self.controls if control.kind in VIEWS]

    def to_json(self) -> str:
        """The whole experiment as text, to be started elsewhere."""
        return json.dumps({
            "controls": [{**vars(control), "whole": control.whole} for control in self.controls],
            "fixed": self.fixed,
            "source": self.source,
            "presets": [vars(preset) for preset in self.presets],
        })

    @classmethod
    def from_json(cls, text: str) -> Experiment:
        """The experiment that `to_json` wrote.

        Nothing of it is run here, but its source is when it is started: trust where it comes from.

        Raises
        ------
        TypeError
            If it is no text.
        ValueError
            If `to_json` cannot have written the text.
        """
        check_text("text", text)
        try:
            parts = json.loads(text)
            for control in parts["controls"]:
                control["options"] = tuple(control["options"])
                del control["whole"]  # which follows from the others
            return cls(
                controls=tuple(Control(**control) for control in parts["controls"]),
                fixed=parts["fixed"],
                source=parts["source"],
                presets=tuple(Preset(**preset) for preset in parts["presets"]),
            )
        except Exception as error:  # a text can hold anything in the place of anything
            raise ValueError(
                f"text must be what Experiment.to_json wrote: {shown(error)}"
            ) from error


# A function that draws


def drawing(
    function: Callable[..., Any], presets: Sequence[Preset] = (), **controls: Any
) -> Experiment:
    """An experiment of one's own: a function from settings to a frame.

    Parameters
    ----------
    function : callable
        Takes the controls' values as keyword arguments; its defaults are where they start.  It
        returns a `Frame`, or yields one after another, as an animation, which ends with frame
        `MAX_FRAMES` at the latest.  It travels to the page as its source, and on the page there is
        no Matplotlib: it may import from the standard library alone, and the only names that it may
        use from outside itself are ``np``, ``nnlib`` and ``frames``.
    presets : sequence of Preset
    **controls
        One for each argument: ``(low, high)`` or ``(low, high, step)`` for a slider,
        ``lab.steps(low, high)`` for whole numbers with buttons that go one back and one on,
        ``lab.log(low, high)`` for a slider on a logarithmic scale, a list for a choice, ``bool``
        for yes or no, ``lab.PAD`` for a pad on which the reader draws: the argument is then a list
        of strokes, each a list of points (x, y), which `nnlib.live.strokes` turns into numbers.

    Returns
    -------
    Experiment

    Raises
    ------
    TypeError
        If the function imports or uses other names, or returns no frame; if a control names no
        argument, or its form is unknown.
    ValueError
        If an argument's default is no value of its control.
    """
    check_items("presets", presets, Preset, "Presets")
    source = source_of(function)
    parameters = inspect.signature(function).parameters
    for name in controls:
        if name not in parameters:
            raise TypeError(f"controls must be arguments of {function.__name__}, one of "
                            f"{', '.join(parameters)}, got {name!r}")
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty:
            raise TypeError(f"{function.__name__} must have a default for {name}: where its "
                            f"control starts")
    experiment = Experiment(
        controls=tuple(
            _control(name, form, parameters[name].default) for name, form in controls.items()
        ),
        source=source,
        presets=tuple(presets),
    )
    return _tried(experiment)


def log(low: float, high: float, step: float = 0.1) -> tuple[str, float, float, float]:
    """A control on a logarithmic scale, for `drawing`: from low to high, step in decades."""
    return ("log", low, high, step)


def steps(low: int, high: int) -> tuple[str, int, int]:
    """A control whose buttons go one step back and one on, for `drawing`: from low to high."""
    return ("steps", low, high)


def _tried(experiment: Experiment) -> Experiment:
    """The experiment; what cannot be started is reported here, and not on the reader's page."""
    experiment.start()
    for preset in experiment.presets:
        experiment.start(**preset.settings)
    return experiment


def _control(name: str, form: Any, value: Any) -> Control:
    """The control of an argument; one called as a setting of a net has the same words beside it."""
    label = CONTROLS[name].label if name in CONTROLS else ""
    return replace(control_of(name, form, value), label=label)


# A net that trains


#: Controls of which each comes with data of its own.
NEEDS = {"function": GRAPH, "drawn_graph": DRAWN_GRAPH, "surface": SURFACE, "points": DRAWN,
         "table": PASTED}


def _idle() -> dict[str, tuple[str, dict[str, str]]]:
    two, own = "This data set has two classes.", "Your data have the classes that you give them."
    no_layer, no_rule = "There is no hidden layer.", "No rule stops the run."
    elsewhere = {"function": "The data are not around a chosen graph.",
                 "drawn_graph": "The data are not around a drawn graph.",
                 "surface": "The data are not heights of a surface.",
                 "points": "The data are not drawn.", "table": "The data are not pasted."}
    return {
        "n": ("data", {DRAWN: "Your points are taken as they are.",
                       PASTED: "There are as many points as you paste."}),
        "noise": ("data", {name: "This data set has no noise."
                           for name, argument in DATASETS.items() if not argument}
                  | dict.fromkeys((DRAWN, PASTED), "Your data stay as they are.")),
        "n_classes": ("data", {name: two for name in (*DATASETS, GRAPH, DRAWN_GRAPH)
                               if name not in CLASSES}
                      | dict.fromkeys((DRAWN, PASTED), own)
                      | {SURFACE: "There are numbers to predict, and no classes."}),
        "hidden_nodes": ("hidden_layers", {"0": no_layer}),
        "activation": ("hidden_layers", {"0": no_layer}),
        "stop_tol": ("stopping", {"none": no_rule,
                                  "early stopping": "Early stopping has no tolerance."}),
        "stop_epochs": ("stopping", {"none": no_rule,
                                     "gradient norm": "This rule looks at every epoch."}),
        **{name: ("data", {other: elsewhere[name] for other in (*DATASETS, *NEEDS.values())
                           if other != data}) for name, data in NEEDS.items()},
    }


#: Controls that do nothing at some values of another setting, with the name of that one, and for
#: each of these values, as text, the reason.
IDLE = _idle()


#: Every control that an experiment with a net can have.
CONTROLS = {
    control.name: control
    for control in (
        Control("data", "choice", "moons", options=tuple(DATASETS)),
        Control("n", "slider", 200, 20, 1000, 20, label="observations"),
        Control("noise", "slider", 0.2, 0.0, 0.5, 0.05),
        Control("n_classes", "slider", 2, 2, 10, label="classes"),
        Control("function", "choice", "wave", options=tuple(FUNCTIONS)),
        Control("surface", "choice", "hills", options=tuple(SURFACES)),
        Control("hidden_layers", "slider", 1, 0, 4),
        Control("hidden_nodes", "slider", 32, 1, 64),
        Control("activation", "choice", "relu", options=tuple(ACTIVATIONS)),
        Control("learning_rate", "log", 0.5, 1e-4, 1e2, 0.1),
        Control("reg_lambda", "log", 0.01, 1e-4, 1e2, 0.1, label="lambda"),
        Control("reduction", "choice", "mean", options=REDUCTIONS, label="gradients"),
        Control("initial_scale", "log", 1.0, 0.01, 10.0, 0.1),
        Control("stopping", "choice", "none", options=tuple(STOPPING)),
        Control("stop_tol", "log", 0.01, 1e-6, 1.0, 0.1, label="tolerance"),
        Control("stop_epochs", "slider", 100, 10, 2000, 10, label="epochs to wait"),
        Control("optimizer", "choice", "gradient descent", options=tuple(OPTIMIZERS)),
        Control("batch_size", "choice", "all", options=tuple(BATCHES)),
        Control("max_epochs", "slider", 1000, 100, 5000, 100),
        Control("random_state", "slider", 0, 0, 99, label="seed"),
        Control("observation", "observation", 0, 0, 999),
        Control("node", "node", ""),
        Control("drawn_graph", "strokes", STROKES, label="graph"),
        Control("points", "points", POINTS),
        Control("table", "table", IRISES, label="pasted data"),
    )
}


def training(
    controls: Sequence[str] = ("hidden_nodes", "learning_rate"),
    presets: Sequence[Preset] = (),
    ranges: dict[str, tuple[float, float]] | None = None,
    **settings: Any,
) -> Experiment:
    """An experiment that trains a net on a data set of the plane.

    Parameters
    ----------
    controls : sequence of str
        Settings that the reader can change: names of `CONTROLS`.
    presets : sequence of Preset
    ranges : dict of str to (low, high), optional
        Limits of sliders, where those of `CONTROLS` do not suit.
    **settings
        Where the controls start, and the settings that have none: arguments of
        `nnlib.live.training.begin`.

    Returns
    -------
    Experiment

    Raises
    ------
    TypeError, ValueError
        If a control or a setting is unknown, or not what it must be.
    """
    check_items("controls", controls, str, "texts")
    check_items("presets", presets, Preset, "Presets")
    ranges = {} if ranges is None else ranges
    _check_names("ranges", ranges)
    for name, ends in ranges.items():
        check_choice("ranges", name, controls)
        if not isinstance(ends, tuple | list) or len(ends) != 2:
            raise TypeError(f"ranges must hold (low, high) for each name, got {shown(ends)}")
    made = []
    for name in controls:
        control = CONTROLS[check_choice("controls", name, CONTROLS)]
        low, high = ranges.get(name, (control.low, control.high))
        options = control.options
        if name == "data":
            options += tuple(data for needed, data in NEEDS.items() if needed in controls)
        made.append(replace(control, value=settings.pop(name, control.value), low=low, high=high,
                            options=options))
    return _tried(Experiment(tuple(made), fixed=settings, presets=tuple(presets)))
