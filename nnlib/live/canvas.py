"""The picture of a live figure in a notebook, drawn by the scripts of the page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from nnlib.live import scripts
from nnlib.live.controls import VIEWS, Control
from nnlib.live.frames import Frame
from nnlib.live.lab import Experiment
from nnlib.live.packing import pack
from nnlib.live.training import SHOWN

DRAWN = ("points", "strokes")  # kinds of controls for which a reader draws
AHEAD = 4  # frames that may be sent before the reader has seen them
PATIENCE = 0.5  # seconds without a sign after which nobody seems to look
POLL = 0.005  # seconds

# Of a trait that the browser sets: Python sends it back to nobody.
FROM_BROWSER = {"sync": True, "echo_update": False}


class Canvas(anywidget.AnyWidget):
    """Frames on the canvases of a notebook, and what a reader draws on them.

    Parameters
    ----------
    experiment : Experiment
    settings : dict
        Where its controls stand.

    Attributes
    ----------
    controls : list of dict
        The "name", "kind" and "label" of each control that is set in the picture.
    plots : list of str
        What there is to see, in this order.
    frame : dict
        The newest frame: its "header" and "body", as `nnlib.live.packing.pack` has them, and its
        "number", counted from 1; empty before the first.
    drawn : dict of str to list
        What the reader has drawn, by the names of the controls: points or strokes.
    board_is_used : bool
        Whether the points are the data, so that the reader can draw on the plane.
    seen : int
        The number of the last frame that a browser has drawn.
    """

    _esm = scripts.in_one("notebook.js")
    _css = "".join((scripts.FOLDER / name).read_text(encoding="utf-8")
                   for name in ("nn-lab.css", "notebook.css"))

    controls: traitlets.List[Any] = traitlets.List().tag(sync=True)
    plots: traitlets.List[Any] = traitlets.List().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    drawn = traitlets.Dict().tag(**FROM_BROWSER)
    board_is_used = traitlets.Bool(False).tag(sync=True)
    seen = traitlets.Int(0).tag(**FROM_BROWSER)

    def __init__(self, experiment: Experiment, settings: dict[str, Any]) -> None:
        controls = [control for control in experiment.controls if control.kind in (*DRAWN, *VIEWS)]
        super().__init__(
            controls=[{"name": each.name, "kind": each.kind, "label": each.label}
                      for each in controls],
            plots=list(experiment.fixed.get("plots", SHOWN)),
            layout={"width": "100%"},
        )
        self._drawn_names = [each.name for each in controls if is_drawn(each)]
        self.put(settings)
        self._watched = False
        self.observe(self._on_seen, names="seen")

    def put(self, settings: dict[str, Any]) -> None:
        """Show what is drawn, and whether there is a board to draw on, at these settings."""
        self.drawn = {name: settings[name] for name in self._drawn_names}
        self.board_is_used = settings.get("data", "drawn") == "drawn"

    def show(self, frame: Frame) -> None:
        """Send a frame, to be drawn when the browser draws next."""
        header, body = pack(frame)
        number = self.frame.get("number", 0) + 1
        self.frame = {"header": header, "body": body, "number": number}

    def on_choice(self, choose: Callable[[str, Any], None]) -> None:
        """Call this with the name and the value of a control that was set in the picture."""
        self.on_msg(lambda _, message, buffers: choose(message["name"], message["value"]))

    async def room(self) -> None:
        """Wait until the reader has seen all but the newest frames, if one looks."""
        end = time.monotonic() + PATIENCE
        while self._watched and self.frame["number"] - self.seen >= AHEAD:
            await asyncio.sleep(POLL)
            self._watched = time.monotonic() < end

    def _on_seen(self, _: object) -> None:
        self._watched = True


def is_drawn(control: Control) -> bool:
    """Whether the reader sets the control by drawing."""
    return control.kind in DRAWN
