"""Panels: every control redraws the picture, and a page without a kernel still has one."""

import base64

import ipywidgets
import matplotlib.pyplot as plt
import pytest

from nnlib import FourLayerNet, widgets

SMALL = {"n": 40, "max_epochs": 20}


def draw(height=1.0, colour="red"):
    figure, ax = plt.subplots(figsize=(1, 1))
    ax.bar([0], [height], color=colour)
    ax.set_ylim(0, 5)
    return figure


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    before = plt.get_fignums()
    yield
    assert plt.get_fignums() == before


def test_controls_start_at_the_defaults_of_the_function_and_redraw():
    panel = widgets.panel(draw, height=(0.0, 4.0, 0.5), colour=["red", "blue"])
    assert panel.values == {"height": 1.0, "colour": "red"}
    assert repr(panel) == "Panel(height=1.0, colour='red')"
    pictures = [panel.image.value]
    panel.controls["height"].value = 3.0
    pictures.append(panel.image.value)
    panel.controls["colour"].value = "blue"
    pictures.append(panel.image.value)
    assert len(set(pictures)) == 3
    assert all(bytes(picture).startswith(b"\x89PNG") for picture in pictures)
    panel.controls["height"].value, panel.controls["colour"].value = 1.0, "red"
    assert panel.image.value == pictures[0]


def test_an_ipywidget_is_used_as_it_is():
    slider = ipywidgets.FloatLogSlider(value=1, min=-2, max=0.5)
    panel = widgets.panel(draw, height=slider)
    assert panel.controls == {"height": slider}


def test_the_bundle_holds_the_widget_and_the_picture():
    panel = widgets.panel(draw, height=(0.0, 4.0))
    bundle = panel._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]) == panel.image.value
    assert bundle["text/plain"] == "Panel(height=1.0)"
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize("net", [widgets.ThreeLayerNet, FourLayerNet])
def test_every_control_of_a_training_panel_changes_the_picture(net):
    changes = {
        "dataset": "circles", "n": 60, "noise": 0.4, "hidden_nodes": 2, "activation": "tanh",
        "learning_rate": 5.0, "reg_lambda": 10.0, "reduction": "sum", "max_epochs": 60,
        "random_state": 3,
    }
    panel = widgets.training_panel(controls=tuple(changes), net=net, **SMALL)
    for name, value in changes.items():
        before = panel.image.value
        panel.controls[name].value = value
        assert panel.image.value != before, name


@pytest.mark.parametrize("dataset", widgets.DATASETS)
def test_every_data_set_can_be_shown(dataset):
    panel = widgets.training_panel(controls=("dataset",), **SMALL)
    panel.controls["dataset"].value = dataset
    assert panel.values == {"dataset": dataset}


def title_of(**settings):
    figure = widgets.training_figure(**{**SMALL, **settings})
    titles = [ax.get_title() for ax in figure.axes]
    plt.close(figure)
    return titles


def test_the_figure_says_what_went_wrong():
    assert "accuracy: train" in title_of()[0]
    assert title_of()[1] == ""
    assert "beyond the edge" in title_of(reduction="sum", learning_rate=0.2)[1]
    assert "diverged" in title_of(activation="softplus", learning_rate=1e8, net=FourLayerNet)[1]


def test_the_figure_says_that_the_loss_grew_with_mean_gradients():
    assert "made the loss larger" in title_of(reduction="mean", learning_rate=50.0, max_epochs=5)[1]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: widgets.panel(draw, width=(0, 1)), "controls"),
        (lambda: widgets.panel(draw, height=object()), "controls"),
        (lambda: widgets.panel(lambda a=1: None, a=(0, 2)), "draw"),
        (lambda: widgets.training_panel(controls=("momentum",)), "controls"),
        (lambda: widgets.training_panel(momentum=0.9), "settings"),
        (lambda: widgets.training_figure(dataset="cats"), "dataset"),
    ],
)
def test_bad_arguments_are_named(make, name):
    with pytest.raises((TypeError, ValueError), match=name):
        make()
