"""Live figures: experiments that a reader steers, in Jupyter and on the pages of the book.

A live figure has two faces.  In Jupyter it is a panel of ipywidgets that runs the experiment in
the notebook's own Python, with a `Canvas` for the picture, which the page's scripts draw.  On a
page it is a piece of HTML, `<nn-lab>`: a picture of the finished run, drawn by Matplotlib, and the
experiment as JSON, which the page's script turns into controls and runs in the browser.  Where a
notebook is shown without a kernel, or exported, this picture stands for the figure too.
"""

from __future__ import annotations

import asyncio
import base64
import html
import io
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

try:
    import ipywidgets
    import matplotlib  # noqa: F401
    from PIL import Image

    from nnlib import plotting
    from nnlib.live import frame_plots
    from nnlib.live.canvas import Canvas, is_drawn
    from nnlib.plotting.style import COLOURS, DARK_COLOURS
except ModuleNotFoundError as error:
    raise ImportError(
        "nnlib.widgets needs anywidget, ipywidgets and Matplotlib: pip install '.[widgets]'"
    ) from error

from nnlib.live.controls import Control
from nnlib.live.frames import Diagram, Frame, Marked, pieces
from nnlib.live.lab import Experiment, Preset
from nnlib.live.pinning import Pinned
from nnlib.validation import shown

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SHARPNESS = 1.5  # a picture's pixels for each of the page's
DPI = SHARPNESS * 96  # by definition, a page has 96 pixels an inch
PIN = "Keep this run, to compare others with it"

# Seconds, as on the page: of training between two frames; before the first one, so that a slider
# that moves shows trained nets; between the frames of a drawing.
BURST, FIRST_BURST, ANIMATION_PAUSE = 0.016, 0.024, 0.06
BREATH = 0.004  # seconds in which the kernel takes what sliders say


def live(experiment: Experiment, name: str, alt: str) -> LiveFigure:
    """A figure that the reader steers; the value of a cell's last line.

    Parameters
    ----------
    experiment : Experiment
        Made by `nnlib.live.lab.training` or `nnlib.live.lab.drawing`.
    name : str
        Of the figure in links to its page: small letters, digits and hyphens, first a letter.
        Once on a page.
    alt : str
        What the picture of the run at the starting values shows, for readers who cannot see it.

    Returns
    -------
    LiveFigure

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, or the experiment cannot be run.
    """
    return LiveFigure(experiment, name, alt)


class LiveFigure:
    """An experiment with its controls and its picture.  Made by `live`.

    Attributes
    ----------
    experiment : Experiment
    session : Session
        The run that is shown now.
    controls : dict of str to ipywidget
        By the name of the setting.  Points and strokes have none: the reader draws them on the
        canvas.
    buttons : dict of str to ipywidgets.Button
        "Play", "Step" and "Reset"; none if the experiment does not go on in time.  "Pin" if it
        trains a net.
    steps : dict of str to list of ipywidgets.Button
        Of each control that goes by steps, "Back" and "Step".
    presets : dict of str to ipywidgets.Button
        By the name of the preset.
    canvas : Canvas
        The picture.
    widget : ipywidgets.VBox
        All of it.
    """

    def __init__(self, experiment: Experiment, name: str, alt: str) -> None:
        if not isinstance(experiment, Experiment):
            raise TypeError(f"experiment must be made by lab.training or lab.drawing, "
                            f"got {shown(experiment)}")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise ValueError(f"name must be small letters, digits and hyphens, such as "
                             f"'two-moons', got {shown(name)}")
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(f"alt must say in words what the picture shows, got {shown(alt)}")
        self.experiment, self.name, self.alt = experiment, name, alt.strip()
        self._settings = experiment.settings()
        self._animation: asyncio.Task[None] | None = None

        self.controls = {control.name: _widget(control) for control in experiment.controls
                         if not is_drawn(control)}
        for name, control in self.controls.items():
            control.observe(self._handler(name), names="value")
        self._rest_idle(self._settings)
        self.session, self._is_open = experiment.start(), True
        self.buttons = {} if self.session.finished else {
            "Play": _button("Play", self._on_play, icon="play"),
            "Step": _button("Step", self._on_step, icon="step-forward"),
            "Reset": _button("Reset", self._on_reset, icon="undo"),
        }
        self.steps = {
            control.name: [_button(text, partial(self._on_steps, control, by), icon=icon)
                           for text, by, icon in (("Back", -1, "step-backward"),
                                                  ("Step", 1, "step-forward"))]
            for control in experiment.controls if control.kind == "steps"
        }
        self._pinned: Pinned | None = None
        if not experiment.source:
            self.buttons["Pin"] = _button("Pin", self._on_pin, PIN, icon="thumbtack")
        self.presets = {
            preset.name: _button(preset.name, partial(self._on_preset, preset), preset.why)
            for preset in experiment.presets
        }
        self.canvas = Canvas(experiment, self._settings)
        self.canvas.observe(self._on_change, names="drawn")
        self.canvas.on_choice(self._on_choice)
        self._note = ""
        self._status, self._details, self._code = (ipywidgets.HTML() for _ in range(3))
        self._code_wanted = ipywidgets.ToggleButton(description="Show the code")
        self._code_wanted.observe(self._on_code_wanted, names="value")
        self.widget = ipywidgets.VBox([
            *(_wrapping_row([self.controls[name], *pair]) for name, pair in self.steps.items()),
            _wrapping_row(control for name, control in self.controls.items()
                          if name not in self.steps),
            _wrapping_row([*self.buttons.values(), *self.presets.values(), self._code_wanted]),
            self._status,
            self.canvas,
            self._details,
            self._code,
        ])

        self._train(math.inf)
        self._show()
        self._stored_picture = _in_few_colours(frame_plots.png(self.session.frame(), DPI))

    @property
    def values(self) -> dict[str, Any]:
        """Every setting of the run that is shown."""
        return dict(self._settings)

    def pause(self) -> None:
        """Stop the animation where it is."""
        animation, self._animation = self._animation, None
        if animation is not None:
            animation.cancel()
            self._label_play("Play", "play")

    # What the reader does

    def _on_change(self, _: object) -> None:
        with self._errors_shown():
            self._start()
            self._run()

    def _on_choice(self, name: str, value: Any) -> None:
        """A control is set in the picture."""
        with self._errors_shown():
            self._put(name, value)
            self._handler(name)(None)

    def _on_view(self, _: object) -> None:
        """What is shown of the run changes, and the run does not."""
        if not self._is_open:
            self._on_change(None)
            return
        values = self._values_of_controls()
        views = {name: values[name] for name in self.experiment.views}
        self._settings.update(views)
        with self._errors_shown():
            self.session.look(**views)
            self._show()

    def _handler(self, name: str) -> Callable[[object], None]:
        return self._on_view if name in self.experiment.views else self._on_change

    def _on_preset(self, preset: Preset, _: object) -> None:
        with self._errors_shown():
            settings = self.experiment.settings(**{**self._around(preset), **preset.settings})
            for name in self.controls:
                self._put(name, settings[name])
            self._start(settings, preset.why)
            self._run()

    def _around(self, preset: Preset) -> dict[str, Any]:
        """What a preset is put into: one that only goes to a step changes nothing else, and what
        the reader drew or pasted, only a preset of such takes away.
        """
        kinds = {control.name: control.kind for control in self.experiment.controls}
        if {kinds[name] for name in preset.settings} == {"steps"}:
            return self._values_of_controls()
        return self.canvas.drawn | {name: self.controls[name].value
                                    for name, kind in kinds.items() if kind == "table"}

    def _on_play(self, _: object) -> None:
        if self._animation is not None:
            self.pause()
            return
        with self._errors_shown():
            if self.session.finished or not self._is_open:
                self._start()
            self._show()
            self._go_on(asyncio.get_running_loop())

    def _on_step(self, _: object) -> None:
        self.pause()
        with self._errors_shown():
            if self.session.finished or not self._is_open:
                self._start()
            else:
                self.session.advance()
            self._show()

    def _on_steps(self, control: Control, by: int, _: object) -> None:
        """Go one on, or one back, as if the reader moved the slider."""
        slider = self.controls[control.name]
        slider.value = min(max(slider.value + by, slider.min), slider.max)

    def _on_reset(self, _: object) -> None:
        with self._errors_shown():
            self._start()
            self._show()

    def _on_pin(self, _: object) -> None:
        """Keep the run that is shown, to compare others with it; or no longer."""
        self._pinned = None if self._pinned or not self._is_open else Pinned(
            self.experiment, dict(self._settings), self.session.frame())
        self.buttons["Pin"].description = "Unpin" if self._pinned else "Pin"
        if self._is_open:
            self._show()

    def _on_code_wanted(self, _: object) -> None:
        self._code.value = (
            f"<pre>{html.escape(self.session.code())}</pre>" if self._code_wanted.value else ""
        )

    # What happens then

    def _start(self, settings: dict[str, Any] | None = None, note: str = "") -> None:
        """Begin a run, at the values of the controls if nothing else is said."""
        self.pause()
        self._note = note  # said as long as this run is shown
        if settings is None:
            settings = self._values_of_controls()
        self.canvas.unobserve(self._on_change, names="drawn")
        self.canvas.put(settings)
        self.canvas.observe(self._on_change, names="drawn")
        self._rest_idle(settings)
        self._is_open = False  # until what the controls say has become a run
        self.session = self.experiment.start(**settings)
        self._settings, self._is_open = settings, True

    def _rest_idle(self, settings: dict[str, Any]) -> None:
        """Disable the controls that do nothing now."""
        idle = self.experiment.idle(**settings)
        for name, control in self.controls.items():
            control.disabled, control.tooltip = name in idle, idle.get(name, "")

    def _values_of_controls(self) -> dict[str, Any]:
        return {
            control.name: self.canvas.drawn[control.name] if is_drawn(control)
            else _value(control, self.controls[control.name].value)
            for control in self.experiment.controls
        }

    def _put(self, name: str, value: Any, nodes: Sequence[tuple[str, str]] = ()) -> None:
        """Set a control without an answer to it; of a choice of nodes, also what there is."""
        control, answer = self.controls[name], self._handler(name)
        control.unobserve(answer, names="value")
        if answer == self._on_view and isinstance(value, str):
            control.options = _nodes_to_choose(value, nodes)
        control.value = value
        control.observe(answer, names="value")

    def _run(self) -> None:
        """Show the run on its way to its end; where no event loop runs, its end at once."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._train(math.inf)
            self._show()
            return
        if not self.experiment.source:
            self._train(FIRST_BURST)
        self._show()
        self._go_on(loop)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self.session.finished:
            self._animation = loop.create_task(self._play())
            self._label_play("Pause", "pause")

    async def _play(self) -> None:
        """Show the run as it goes on, in ever longer steps: most happens early."""
        with self._errors_shown():
            while not self.session.finished:
                await asyncio.sleep(ANIMATION_PAUSE if self.experiment.source else BREATH)
                await self.canvas.room()
                if self.experiment.source:
                    self.session.advance()
                else:
                    self._train(BURST, 1 + self._epoch // 4)
                self._show()
        self._animation = None
        self._label_play("Play", "play")

    def _train(self, seconds: float, most: float = math.inf) -> None:
        """Train for about so long: 1 epoch, 2, 4, ... until half of the time has passed."""
        done, epochs, end = 0, 1, time.monotonic() + seconds / 2
        while done < most and not self.session.finished:
            self.session.advance(epochs)
            done += epochs
            if time.monotonic() >= end:
                break
            epochs = int(min(2 * epochs, most - done))

    def _label_play(self, description: str, icon: str) -> None:
        self.buttons["Play"].description, self.buttons["Play"].icon = description, icon

    def _show(self) -> None:
        frame = self.session.frame()
        self._epoch = frame.epoch or 0
        if self._pinned:
            frame = self._pinned.beside(frame, self._settings)
        self.canvas.show(frame)
        self._say(frame.text, frame.warning, self._note)
        self._details.value = "".join(
            f"<div><b>{html.escape(name)}</b> {_marked(said)}</div>"
            for name, said in frame.details)
        self._offer_nodes(frame)
        self._on_code_wanted(None)

    def _offer_nodes(self, frame: Frame) -> None:
        """Let the reader choose among the nodes that are drawn."""
        nodes = [(f"{layer.title}, {name}", key)
                 for plot in frame.plots if isinstance(plot, Diagram) for layer in plot.layers
                 for key, name in zip(layer.keys, layer.names, strict=True) if key]
        for control in self.experiment.controls:
            if control.kind == "node":
                self._put(control.name, self._settings[control.name], nodes)

    def _say(self, text: str, warning: str = "", note: str = "") -> None:
        self._status.value = "".join(
            f'<div style="{style}">{html.escape(line)}</div>'
            for line, style in (
                (text, ""),
                (warning, f"color: {plotting.VERMILLION}; font-weight: bold"),
                (note, "font-style: italic"),
            )
            if line
        )

    @contextmanager
    def _errors_shown(self) -> Iterator[None]:
        """Some settings do not go together: the reader is told so, and can go on."""
        try:
            yield
        except ValueError as error:
            self._say("", str(error))

    # What a notebook stores and a page shows

    def __repr__(self) -> str:
        return f"<live figure {self.name!r}>"

    def _repr_png_(self) -> str:
        return base64.b64encode(self._stored_picture).decode("ascii")

    def _repr_html_(self) -> str:
        width, height = _size(self._stored_picture)
        return (f'<nn-lab id="{self.name}" '
                f'data-experiment="{html.escape(self.experiment.to_json())}">'
                f'<img src="data:image/png;base64,{self._repr_png_()}" '
                f'alt="{html.escape(self.alt)}" '
                f'width="{width}" height="{height}"></nn-lab>')

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        view = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        return {**view, "text/html": self._repr_html_(), "text/plain": repr(self),
                "image/png": self._repr_png_()}  # for LaTeX, which takes no HTML


# ipywidgets


def _widget(control: Control) -> Any:
    """The ipywidget of a control."""
    common = {
        "value": control.value,
        "description": control.label or control.name.replace("_", " "),
        "style": {"description_width": "9em"},
        "layout": {"width": "24em"},
    }
    if control.kind == "flag":
        return ipywidgets.Checkbox(**common, indent=False)
    if control.kind == "choice":
        return ipywidgets.Dropdown(**common, options=control.options)
    if control.kind == "node":
        return ipywidgets.Dropdown(**common, options=_nodes_to_choose(control.value))
    if control.kind == "table":
        return ipywidgets.Textarea(**common, rows=6, continuous_update=False)
    if control.kind == "log":
        return ipywidgets.FloatLogSlider(
            **common, min=math.log10(control.low), max=math.log10(control.high),
            step=control.step, readout_format=".3g",
        )
    limits = {"min": control.low, "max": control.high, "step": control.step}
    if control.whole:
        return ipywidgets.IntSlider(**common, **limits)
    return ipywidgets.FloatSlider(**common, **limits, readout_format=".4g")


def _nodes_to_choose(
    chosen: str, nodes: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """None, the nodes that are drawn, and the chosen one, which the net may not have."""
    known = {"", *(key for _, key in nodes)}
    return [("none", ""), *nodes, *([] if chosen in known else [(chosen, chosen)])]


def _value(control: Control, value: Any) -> Any:
    """What a control's widget says; of a logarithmic slider with two digits, as on the page."""
    if control.kind != "log":
        return value
    return min(max(float(f"{value:.1e}"), control.low), control.high)


def _button(name: str, press: Callable[[object], None], tooltip: str = "", icon: str = "") -> Any:
    button = ipywidgets.Button(description=name, tooltip=tooltip or name, icon=icon,
                               layout={"width": "auto"})
    button.on_click(press)
    return button


def _wrapping_row(children: Iterable[Any]) -> Any:
    return ipywidgets.Box(list(children), layout={"flex_flow": "row wrap"})


def _marked(said: str | Marked) -> str:
    """A text as HTML, what stands out in it as a mark, for the style sheet of the picture."""
    return "".join(
        html.escape(text) if colour is None else
        f'<mark class="nn-mark" style="--nn-light: {_colour(COLOURS, colour)}; '
        f'--nn-dark: {_colour(DARK_COLOURS, colour)}">{html.escape(text)}</mark>'
        for text, colour in pieces(said))


def _colour(colours: Sequence[str], place: int) -> str:
    return colours[place % len(colours)]


# Pictures


def _in_few_colours(png: bytes) -> bytes:
    """The picture in 256 colours of its own choice: a third of the bytes, and no eye sees it."""
    file = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256).save(file, "PNG", optimize=True)
    return file.getvalue()


def _size(png: bytes) -> tuple[int, int]:
    """Width and height on a page, in its pixels."""
    width, height = Image.open(io.BytesIO(png)).size
    return round(width / SHARPNESS), round(height / SHARPNESS)
