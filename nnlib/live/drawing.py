"""Functions that draw: the session of one, and what it must be to travel to a page.

A function from settings to frames travels as its source.  On the page there is no Matplotlib, and
nothing of the notebook: so it may use no names from outside itself but a few.
"""

from __future__ import annotations

import builtins
import functools
import inspect
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

import nnlib
from nnlib.live import frames
from nnlib.live.controls import Control
from nnlib.live.frames import Frame
from nnlib.sources import outside_names
from nnlib.validation import check_count, check_flag, shown

MAX_FRAMES = 1000  # of an animation

#: A control for `nnlib.live.lab.drawing`: a pad on which the reader draws strokes.
PAD = ("strokes",)


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

    def look(self) -> None:
        """Change what is shown: no control of a function does that alone."""

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


@functools.cache
def _defined_by(source: str) -> Callable[..., Any]:
    """The function that the source defines, among no other names than those of `drawing`."""
    namespace: dict[str, Any] = {"np": np, "nnlib": nnlib, "frames": frames}
    try:
        exec(source, namespace)
        function = next(value for value in namespace.values() if inspect.isfunction(value))
        for name in outside_names(function.__code__):
            if name not in namespace and not hasattr(builtins, name):
                raise NameError(name=name)
    except NameError as error:
        raise TypeError(f"function must use no names from outside itself but np, nnlib and frames, "
                        f"it uses {error.name}") from error
    return function


def control_of(name: str, form: Any, value: Any) -> Control:
    """The control of an argument, by the form that `nnlib.live.lab.drawing` is given for it.

    Raises
    ------
    TypeError, ValueError
        If the form is unknown, or the value is none of the control's.
    """
    if form is bool:
        return Control(name, "flag", value)
    if form is PAD:
        return Control(name, "strokes", value)
    if isinstance(form, list):
        return Control(name, "choice", value, options=tuple(form))
    if isinstance(form, tuple) and len(form) == 4 and form[0] == "log":
        return Control(name, "log", value, *form[1:])
    if isinstance(form, tuple) and len(form) == 3 and form[0] == "steps":
        return Control(name, "steps", value, *form[1:])
    if isinstance(form, tuple) and len(form) in (2, 3):
        return Control(name, "slider", value, *form)
    raise TypeError(f"{name} must be (low, high), (low, high, step), lab.steps(low, high), "
                    f"lab.log(low, high), a list, bool or lab.PAD, got {shown(form)}")
