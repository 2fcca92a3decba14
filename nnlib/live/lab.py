"""The experiments behind the live figures: settings in, frames out.

An experiment says what can be set; `Experiment.start` takes the settings and gives a session; a
session trains on request and shows a frame of `nnlib.live.frames` at any time.  There is no user
interface here.  `nnlib.live.widgets` puts sliders on an experiment in Jupyter, and the pages of the
book run this module in the reader's browser.
"""

from __future__ import annotations

import builtins
import dis
import functools
import inspect
import json
import math
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from types import CodeType
from typing import Any, Literal, Protocol

import numpy as np

import nnlib
from nnlib.activations import ACTIVATIONS
from nnlib.classifiers import REDUCTIONS
from nnlib.live import frames
from nnlib.live.frames import Frame
from nnlib.live.training import DATASETS, DRAWING_BOARD, STOPPING, Training
from nnlib.validation import (
    check_choice,
    check_count,
    check_flag,
    check_items,
    check_real,
    check_text,
    shown,
)

KINDS = ("slider", "log", "choice", "flag", "points")
MAX_POINTS = 300  # that a reader can draw
MAX_CLASSES = 5  # of those points
FARTHEST = DRAWING_BOARD[1]  # that they may lie from an axis
MAX_FRAMES = 1000  # of an animation
SCALARS = (str, bool, int, float)  # that an option can be, on its way through JSON

#: Points on the drawing board to begin with, a small class inside a wide one.
POINTS = tuple(
    (round(radius * math.cos(angle), 2), round(radius * math.sin(angle), 2) + 0.0, label)
    for label, radius, count in ((0, 0.5, 5), (1, 2.0, 12))
    for angle in (2 * math.pi * i / count for i in range(count))
)


@dataclass(frozen=True)
class Control:
    """Something that a reader can set.

    Attributes
    ----------
    name : str
        The setting's name.
    kind : {"slider", "log", "choice", "flag", "points"}
        A number; a positive number on a logarithmic scale; one of several; yes or no; points
        of the plane that the reader draws, each (x_1, x_2, class).
    value : object
        Where it starts.
    low, high, step : float
        Of a slider; of a log slider the step is in decades.  A slider whose three numbers are
        whole gives whole numbers.
    options : tuple
        Of a choice.
    label : str
        What the reader sees; the name with blanks if empty.
    """

    name: str
    kind: Literal["slider", "log", "choice", "flag", "points"]
    value: Any
    low: float = 0
    high: float = 1
    step: float = 1
    options: tuple[Any, ...] = ()
    label: str = ""

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, KINDS)
        if not isinstance(self.name, str) or not self.name.isidentifier():
            raise ValueError(f"name must be that of an argument, got {shown(self.name)}")
        check_text("label", self.label)
        if self.kind in ("slider", "log"):
            low, high = _plain_real("low", self.low), _plain_real("high", self.high)
            check_real("step", _plain_real("step", self.step), above=0)
            if not low < high or (self.kind == "log" and low <= 0):
                raise ValueError(f"{self.name} must go from a low to a higher number, on a "
                                 f"logarithmic scale above 0, got {low:g} to {high:g}")
        check_items("options", self.options, SCALARS, "texts, numbers and bools")
        if self.kind == "choice" and not self.options:
            raise ValueError(f"{self.name} must have options, each a text, a number or a bool, got "
                             f"none")
        if not self.accepts(self.value):
            raise ValueError(f"{self.name} must start at {self.takes}, got "
                             f"{shown(self.value)}")

    @property
    def whole(self) -> bool:
        """Whether the numbers of a slider are whole ones."""
        return self.kind == "slider" and all(
            isinstance(number, int) for number in (self.low, self.high, self.step)
        )

    @property
    def takes(self) -> str:
        """The values at which the control can stand, in words."""
        if self.kind == "choice":
            return "one of " + ", ".join(map(repr, self.options))
        if self.kind == "flag":
            return "True or False"
        if self.kind == "points":
            return (f"at most {MAX_POINTS} points (x_1, x_2, class), not beyond {FARTHEST:g} "
                    f"and with classes from 0 to {MAX_CLASSES - 1}")
        return f"a {'whole ' * self.whole}number from {self.low:g} to {self.high:g}"

    def accepts(self, value: Any) -> bool:
        """Whether the control can stand at this value."""
        if self.kind == "choice":
            return isinstance(value, SCALARS) and any(
                value == option and isinstance(value, bool) == isinstance(option, bool)
                for option in self.options
            )
        if self.kind == "flag":
            return isinstance(value, bool)
        if self.kind == "points":
            return (isinstance(value, list | tuple) and len(value) <= MAX_POINTS
                    and all(map(_is_point, value)))
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return False
        return self.low <= value <= self.high

    def cast(self, value: Any) -> Any:
        """The value in the control's own type: on its way through a page, 2.0 becomes 2."""
        return float(value) if self.kind in ("slider", "log") and not self.whole else value


def _plain_real(name: str, value: Any) -> float:
    """A finite number of Python's own, which travels as JSON."""
    check_real(name, value)
    if not isinstance(value, int | float):
        raise TypeError(f"{name} must be one of Python's own numbers, got {shown(value)}")
    return value


def _is_point(value: Any) -> bool:
    """Whether this is (x_1, x_2, class)."""
    if not isinstance(value, list | tuple) or len(value) != 3:
        return False
    if not all(isinstance(number, int | float) for number in value):
        return False
    *place, label = value
    return all(abs(coordinate) <= FARTHEST for coordinate in place) and label in range(MAX_CLASSES)


def log(low: float, high: float, step: float = 0.1) -> tuple[str, float, float, float]:
    """A control on a logarithmic scale, for `drawing`: from low to high, step in decades."""
    return ("log", low, high, step)


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
        return Drawing(self.source, settings) if self.source else Training(**settings)

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
        ``lab.log(low, high)`` for one on a logarithmic scale, a list for a choice, ``bool`` for
        yes or no.

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
    source = _source(function)
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


def _tried(experiment: Experiment) -> Experiment:
    """The experiment; what cannot be started is reported here, and not on the reader's page."""
    experiment.start()
    for preset in experiment.presets:
        experiment.start(**preset.settings)
    return experiment


def _control(name: str, form: Any, value: Any) -> Control:
    """The control of an argument; one called as a setting of a net has the same words beside it."""
    label = CONTROLS[name].label if name in CONTROLS else ""
    return replace(_plain_control(name, form, value), label=label)


def _plain_control(name: str, form: Any, value: Any) -> Control:
    if form is bool:
        return Control(name, "flag", value)
    if isinstance(form, list):
        return Control(name, "choice", value, options=tuple(form))
    if isinstance(form, tuple) and len(form) == 4 and form[0] == "log":
        return Control(name, "log", value, *form[1:])
    if isinstance(form, tuple) and len(form) in (2, 3):
        return Control(name, "slider", value, *form)
    raise TypeError(f"{name} must be (low, high), (low, high, step), lab.log(low, high), a list "
                    f"or bool, got {shown(form)}")


def _source(function: Callable[..., Any]) -> str:
    """The lines that define the function, if they say all that it needs."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError) as error:
        raise TypeError(f"function must be written in a file or a notebook's cell, got "
                        f"{shown(function)}") from error
    if not source.startswith("def "):
        raise TypeError(f"function must be defined by `def`, without decorators, got "
                        f"{source.splitlines()[0]!r}")
    return source


@functools.cache
def _defined_by(source: str) -> Callable[..., Any]:
    """The function that the source defines, among no other names than those of `drawing`."""
    namespace: dict[str, Any] = {"np": np, "nnlib": nnlib, "frames": frames}
    try:
        exec(source, namespace)
        function = next(value for value in namespace.values() if inspect.isfunction(value))
        for name in _outside_names(function.__code__):
            if name not in namespace and not hasattr(builtins, name):
                raise NameError(name=name)
    except NameError as error:
        raise TypeError(f"function must use no names from outside itself but np, nnlib and frames, "
                        f"it uses {error.name}") from error
    return function


def _outside_names(code: CodeType) -> Iterator[str]:
    """The names that a function takes from outside itself, also in functions within it."""
    for instruction in dis.get_instructions(code):
        name, operation = instruction.argval, instruction.opname
        if operation == "LOAD_GLOBAL" or (
            operation == "IMPORT_NAME" and name.split(".")[0] not in sys.stdlib_module_names
        ):
            yield name
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _outside_names(constant)


class Drawing:
    """A session of a function that draws.

    Parameters
    ----------
    source : str
        Of the function.
    settings : dict
        Its arguments.

    Attributes
    ----------
    finished : bool

    Raises
    ------
    TypeError
        If the function uses names from outside itself, or makes something else than frames.
    """

    def __init__(self, source: str, settings: dict[str, Any]) -> None:
        self._source, self._settings = source, settings
        function = _defined_by(source)
        self._name, self._shown = function.__name__, 0
        made = function(**settings)
        self._moves = isinstance(made, Iterator)
        self._frames: Iterator[Any] = made if self._moves else iter((made,))
        self.finished = False
        self.advance()
        if not self._shown:
            raise TypeError(f"{self._name} must yield at least one frame, got none")
        self.finished = not self._moves

    def advance(self, epochs: int = 1) -> None:
        """Go on by as many frames, or to the end if that comes first."""
        epochs = check_count("epochs", epochs, at_least=0)
        for frame in islice(self._frames, min(epochs, MAX_FRAMES - self._shown)):
            if not isinstance(frame, Frame):
                raise TypeError(f"{self._name} must return a frames.Frame, or yield them, got "
                                f"{shown(frame)}")
            self._frame, self._shown = frame, self._shown + 1
            epochs -= 1
        self.finished = self.finished or epochs > 0 or self._shown == MAX_FRAMES

    def frame(self) -> Frame:
        """What the function returned, or yielded last."""
        return self._frame

    def code(self, to_the_end: bool = False) -> str:
        """The function, and the call that makes this frame, or the last one of an animation."""
        check_flag("to_the_end", to_the_end)
        arguments = ", ".join(f"{name}={value!r}" for name, value in self._settings.items())
        call = f"frame = {self._name}({arguments})"
        lines = ["import numpy as np", "", "import nnlib", "from nnlib import frame_plots, frames"]
        if self._moves:
            lines.insert(0, "from itertools import islice\n")
            count = MAX_FRAMES if to_the_end else self._shown
            call = f"*_, frame = islice({self._name}({arguments}), {count})"
        lines += ["\n", self._source, "", call, "frame_plots.draw(frame)"]
        if self._frame.text:
            lines.append("print(frame.text)")
        return "\n".join([*lines, ""])


# A net that trains


#: Every control that an experiment with a net can have.
CONTROLS = {
    control.name: control
    for control in (
        Control("data", "choice", "moons", options=tuple(DATASETS)),
        Control("n", "slider", 200, 20, 1000, 20, label="observations"),
        Control("noise", "slider", 0.2, 0.0, 0.5, 0.05),
        Control("n_classes", "slider", 2, 2, 10, label="classes"),
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
        Control("max_epochs", "slider", 1000, 100, 5000, 100),
        Control("random_state", "slider", 0, 0, 99, label="seed"),
        Control("points", "points", POINTS),
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
        Where the controls start, and the settings that have none: arguments of `Training`.

    Returns
    -------
    Experiment

    Raises
    ------
    TypeError, ValueError
        If a control or a setting is unknown, or not what it must be.
    """
    known = inspect.signature(Training).parameters
    for name in settings:
        if name not in known:
            raise TypeError(f"settings must be among {', '.join(known)}, got {name!r}")
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
        if name == "data" and "points" in controls:
            options += ("drawn",)
        made.append(replace(control, value=settings.pop(name, control.value), low=low, high=high,
                            options=options))
    return _tried(Experiment(tuple(made), fixed=settings, presets=tuple(presets)))
