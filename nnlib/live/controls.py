"""Controls of a live figure: what a reader can set, and the values at which each can stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from nnlib.live.pasted import MAX_TEXT
from nnlib.validation import check_choice, check_items, check_real, check_text, shown

KINDS = ("slider", "steps", "log", "choice", "flag", "points", "strokes", "table", "observation",
         "node")
#: Of these kinds are numbers, on a slider.
NUMBERS = ("slider", "steps", "log", "observation")
#: Of these kinds are settings that change what is shown of a run, and not the run.
VIEWS = ("observation", "node")
#: And of these, what a reader drew or pasted.
OWN = ("points", "strokes", "table")
SCALARS = (str, bool, int, float)  # that an option can be, on its way through JSON

# The name of a node: of node 3 of hidden layer 1, of the output of class 0; empty for none.
NODE = re.compile(r"([1-9]\d?\.[1-9]\d{0,5}|p\d{1,3})?")

# Of points that a reader draws: how many, of how many classes, how far from an axis.
MAX_POINTS = 300
MAX_CLASSES = 5
FARTHEST = 3.0

# Of strokes that a reader draws: how many, and of how many points together.
MAX_STROKES = 20
MAX_STROKE_POINTS = 400


@dataclass(frozen=True)
class Control:
    """Something that a reader can set.

    Attributes
    ----------
    name : str
        The setting's name.
    kind : one of `KINDS`
        A number; a whole number with buttons that go one step back and one on; a positive number
        on a logarithmic scale; one of several; yes or no; points of the plane that the reader
        draws, each (x_1, x_2, class); strokes of the reader's pen on a pad, each a list of points
        (x, y) from 0 to 1, with x to the right and y upwards; data that the reader pastes, as text
        that `nnlib.live.pasted` can read or not; which observation runs through the drawing of a
        net, by a slider or a click on the plane; which of its nodes is explained, by name or a
        click on it.
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
    kind: Literal["slider", "steps", "log", "choice", "flag", "points", "strokes", "table",
                  "observation", "node"]
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
        if self.kind in NUMBERS:
            low, high = _plain_real("low", self.low), _plain_real("high", self.high)
            check_real("step", _plain_real("step", self.step), above=0)
            if not low < high or (self.kind == "log" and low <= 0):
                raise ValueError(f"{self.name} must go from a low to a higher number, on a "
                                 f"logarithmic scale above 0, got {low:g} to {high:g}")
        if self.kind == "steps" and not self.whole:
            raise ValueError(f"{self.name} must have whole numbers as steps, got {self.low:g} to "
                             f"{self.high:g} by {self.step:g}")
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
        return self.kind in ("slider", "steps", "observation") and all(
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
        if self.kind == "strokes":
            return (f"at most {MAX_STROKES} strokes, each a list of points (x, y) from 0 to 1, and "
                    f"together at most {MAX_STROKE_POINTS} points")
        if self.kind == "table":
            return f"text of at most {MAX_TEXT} characters"
        if self.kind == "node":
            return "'' for none, or a node: '1.3' is node 3 of hidden layer 1, 'p0' class 0"
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
        if self.kind == "strokes":
            return _are_strokes(value)
        if self.kind == "table":
            return isinstance(value, str) and len(value) <= MAX_TEXT
        if self.kind == "node":
            return isinstance(value, str) and NODE.fullmatch(value) is not None
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return False
        return self.low <= value <= self.high

    def cast(self, value: Any) -> Any:
        """The value in the control's own type: on its way through a page, 2.0 becomes 2."""
        return float(value) if self.kind in NUMBERS and not self.whole else value


def _plain_real(name: str, value: Any) -> float:
    """A finite number of Python's own, which travels as JSON."""
    check_real(name, value)
    if not isinstance(value, int | float):
        raise TypeError(f"{name} must be one of Python's own numbers, got {shown(value)}")
    return value


def _is_point(value: Any) -> bool:
    """Whether this is (x_1, x_2, class)."""
    if not _are_numbers(value, 3):
        return False
    *place, label = value
    return all(abs(coordinate) <= FARTHEST for coordinate in place) and label in range(MAX_CLASSES)


def _are_strokes(value: Any) -> bool:
    """Whether a reader can have drawn this on a pad."""
    return (isinstance(value, list | tuple) and len(value) <= MAX_STROKES
            and all(isinstance(stroke, list | tuple) and stroke for stroke in value)
            and sum(map(len, value)) <= MAX_STROKE_POINTS
            and all(_are_numbers(point, 2) and all(0 <= coordinate <= 1 for coordinate in point)
                    for stroke in value for point in stroke))


def _are_numbers(value: Any, count: int) -> bool:
    """Whether these are as many of Python's own numbers."""
    return (isinstance(value, list | tuple) and len(value) == count
            and all(isinstance(number, int | float) for number in value))
