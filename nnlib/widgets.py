"""Panels: sliders beside a picture, for Jupyter (ipywidgets).

A panel calls a drawing function again whenever a control moves.  In Jupyter it shows live
controls; where there is no kernel, as on a web page, it shows the picture of its first state.
"""

from __future__ import annotations

import base64
import functools
import inspect
import io
import warnings
from collections.abc import Callable, Sequence
from typing import Any

try:
    import ipywidgets
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure
except ModuleNotFoundError as error:
    raise ImportError(
        "nnlib.widgets needs ipywidgets and Matplotlib: pip install '.[widgets]'"
    ) from error

from nnlib import datasets, plotting
from nnlib.activations import ACTIVATIONS
from nnlib.classifiers import MultilayerPerceptron, ThreeLayerNet
from nnlib.training import DivergenceWarning, StabilityWarning
from nnlib.validation import check_choice

#: The planar data sets a training panel can show.
DATASETS = ("moons", "circles", "xor", "checkerboard", "spirals", "blobs")

N_HELD_OUT = 1000


class Panel:
    """Controls and the picture they change.  Made by `panel` and `training_panel`.

    Attributes
    ----------
    controls : dict of str to ipywidget
        The controls, by the name of the argument they set.
    image : ipywidgets.Image
        The picture, as PNG.
    widget : ipywidgets.VBox
        Both together.
    """

    def __init__(self, draw: Callable[..., Figure], controls: dict[str, Any]) -> None:
        self._draw = draw
        self.image = ipywidgets.Image(format="png")
        self.controls = {
            name: _widget(control, inspect.signature(draw).parameters[name].default)
            for name, control in controls.items()
        }
        for name, control in self.controls.items():
            control.description = name.replace("_", " ")
            control.style.description_width = "9em"
            control.layout.width = "28em"
            if hasattr(control, "continuous_update"):
                control.continuous_update = False
            control.observe(self._redraw, names="value")
        self._redraw()
        self.widget = ipywidgets.VBox([*self.controls.values(), self.image])

    def _redraw(self, change: object = None) -> None:
        figure = self._draw(**self.values)
        if not isinstance(figure, Figure):
            raise TypeError(f"draw must return a Matplotlib Figure, got {figure!r}")
        self.image.value = _png(figure)

    @property
    def values(self) -> dict[str, Any]:
        """The current value of every control."""
        return {name: slider.value for name, slider in self.controls.items()}

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"Panel({values})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        return {
            **bundle,
            "text/plain": repr(self),
            "image/png": base64.b64encode(self.image.value).decode("ascii"),
        }


def _widget(control: Any, default: Any) -> Any:
    """An ipywidget as it is, or the one that a short form such as (min, max) stands for."""
    if isinstance(control, ipywidgets.Widget):
        return control
    widget = ipywidgets.interactive.widget_from_abbrev(control, default)
    if widget is None:
        raise TypeError(f"controls must be ipywidgets or short forms of them, got {control!r}")
    return widget


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=96)
    plt.close(figure)
    return buffer.getvalue()


def panel(draw: Callable[..., Figure], **controls: Any) -> Panel:
    """A control for each named argument of `draw`, and the figure that it returns.

    Parameters
    ----------
    draw : callable
        Takes the controls' values as keyword arguments, returns a Matplotlib Figure.  Its default
        values are where the controls start.
    **controls
        One for each argument, in the short forms of ``ipywidgets.interact``: ``(min, max)`` or
        ``(min, max, step)`` for a slider, a list for a choice, a bool for a box; or any ipywidget.

    Returns
    -------
    Panel

    Raises
    ------
    TypeError
        If a control names no argument of `draw`, or `draw` returns no Figure.
    """
    parameters = inspect.signature(draw).parameters
    for name in controls:
        if name not in parameters:
            raise TypeError(f"controls must be arguments of draw, one of "
                            f"{', '.join(parameters)}, got {name!r}")
    return Panel(draw, controls)


def _log_slider(value: float) -> Any:
    return ipywidgets.FloatLogSlider(value=value, min=-4, max=2, step=0.1, readout_format=".3g")


#: The settings that a training panel has controls for, and how each is made from its start.
CONTROLS: dict[str, Callable[[Any], Any]] = {
    "dataset": lambda value: ipywidgets.Dropdown(options=DATASETS, value=value),
    "n": lambda value: ipywidgets.IntSlider(value, 20, 1000, 20),
    "noise": lambda value: ipywidgets.FloatSlider(value=value, min=0, max=0.5, step=0.05),
    "hidden_nodes": lambda value: ipywidgets.IntSlider(value, 1, 64),
    "activation": lambda value: ipywidgets.Dropdown(options=list(ACTIVATIONS), value=value),
    "learning_rate": _log_slider,
    "reg_lambda": _log_slider,
    "reduction": lambda value: ipywidgets.Dropdown(options=["sum", "mean"], value=value),
    "max_epochs": lambda value: ipywidgets.IntSlider(value, 10, 3000, 10),
    "random_state": lambda value: ipywidgets.IntSlider(value, 0, 19),
}


def training_panel(
    controls: Sequence[str] = ("hidden_nodes", "learning_rate"),
    net: type[MultilayerPerceptron] = ThreeLayerNet,
    **settings: Any,
) -> Panel:
    """Sliders for a net's settings; the boundary it learns and its loss curves redraw.

    Parameters
    ----------
    controls : sequence of str
        The settings that get a control: any of dataset, n, noise, hidden_nodes, activation,
        learning_rate, reg_lambda, reduction, max_epochs, random_state.
    net : type
        `ThreeLayerNet` or `FourLayerNet`.
    **settings
        Where the controls start, and the settings that have none: arguments of
        `training_figure`.

    Returns
    -------
    Panel

    Raises
    ------
    TypeError, ValueError
        If a setting or a control is unknown.
    """
    known = {
        name: parameter.default
        for name, parameter in inspect.signature(training_figure).parameters.items()
        if name != "net"
    }
    for name in settings:
        if name not in known:
            raise TypeError(f"settings must be among {', '.join(known)}, got {name!r}")
    for name in controls:
        check_choice("controls", name, CONTROLS)
    start = {**known, **settings}
    return Panel(
        functools.partial(training_figure, net=net, **settings),
        {name: CONTROLS[name](start[name]) for name in controls},
    )


def training_figure(
    dataset: str = "moons",
    n: int = 200,
    noise: float = 0.2,
    hidden_nodes: int = 32,
    activation: str = "relu",
    learning_rate: float = 0.5,
    reg_lambda: float = 0.01,
    reduction: str = "mean",
    max_epochs: int = 1000,
    random_state: int = 0,
    net: type[MultilayerPerceptron] = ThreeLayerNet,
) -> Figure:
    """Train a net on a planar data set; draw its boundary and its loss curves.

    Parameters
    ----------
    dataset : str
        One of `DATASETS`.
    n : int
        Training observations; 1000 more are held out.
    noise : float
        Of the data set, where it takes one.
    hidden_nodes, activation, learning_rate, reg_lambda, reduction, max_epochs, random_state
        As for `nnlib.MultilayerPerceptron`; the data are drawn from the same seed.
    net : type
        The class of net.

    Returns
    -------
    Figure
        A diverged or unstable training says so in its title.
    """
    make = getattr(datasets, check_choice("dataset", dataset, DATASETS))
    options = {"noise": noise} if "noise" in inspect.signature(make).parameters else {}
    X, y = make(n, random_state=random_state, **options)
    held_out = make(N_HELD_OUT, random_state=random_state + 10_000, **options)
    model = net(
        hidden_nodes=hidden_nodes,
        activation=activation,
        learning_rate=learning_rate,
        reg_lambda=reg_lambda,
        reduction=reduction,
        max_epochs=max_epochs,
        random_state=random_state,
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y, validation_data=held_out)
    figure, (plane, curves) = plt.subplots(
        1, 2, figsize=(10.5, 4.2), layout="constrained", width_ratios=(1.15, 1)
    )
    plotting.decision_boundary(model, X, y, ax=plane, resolution=140)
    plotting.training_curves(model, ax=curves)
    plane.set(xlabel="$x_1$ (dimensionless)", ylabel="$x_2$ (dimensionless)")
    plane.set_title(
        f"accuracy: train {model.score(X, y):.3f}, held-out {model.score(*held_out):.3f}"
    )
    problems = [w.category for w in caught]
    if DivergenceWarning in problems:
        curves.set_title(f"diverged: {model.stop_reason_}; the step is too long")
    elif model.loss_ > 2 * model.history_.loss[0]:
        curves.set_title("training made the loss larger; the step is too long")
    elif StabilityWarning in problems:
        curves.set_title(f"learning rate × n = {learning_rate * n:.3g}: beyond the edge")
    return figure
