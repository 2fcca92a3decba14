"""The drawing of a net: its numbers add up as they are shown, and are the net's own."""

import re
from itertools import islice, product

import numpy as np
import pytest

from nnlib.activations import ACTIVATIONS
from nnlib.live.arithmetic import as_read, text
from nnlib.live.frames import Diagram
from nnlib.live.inspection import (
    MOST_NODES,
    SLOPES,
    VALUES,
    Inspection,
    NumberInspection,
    check_key,
    level_line,
)
from nnlib.live.training import PIXELS, begin

NUMBER = r"−?\d+(?:\.\d+)?(?:e[+−]\d+)?"
SMALL = {"n": 60, "max_epochs": 200}


def session(epochs=50, plots=("plane", "network"), **settings):
    made = begin(plots=plots, **{**SMALL, **settings})
    made.advance(epochs)
    return made


def diagram(frame):
    return next(plot for plot in frame.plots if isinstance(plot, Diagram))


def random_states(count):
    """Sessions at random moments, nodes and observations: all activations, one layer and two.

    Every third net predicts numbers.
    """
    rng = np.random.default_rng(16)
    kinds = islice(product((1, 2), ACTIVATIONS), None)
    for number, (hidden_layers, activation) in enumerate(islice([*kinds] * 4, count)):
        data, outputs = ("surface", 1) if number % 3 == 2 else ("moons", 2)
        hidden = int(rng.integers(2, 20))
        layer = int(rng.integers(1, hidden_layers + 2))
        node = f"{layer}.{rng.integers(1, hidden + 1)}" if layer <= hidden_layers else \
            f"p{rng.integers(outputs)}"
        yield session(int(rng.integers(0, 200)), data=data, hidden_layers=hidden_layers,
                      hidden_nodes=hidden, activation=activation,
                      random_state=int(rng.integers(100)),
                      observation=int(rng.integers(60)), node=node)


STATES = [*random_states(24)]
each_state = pytest.mark.parametrize("state", STATES, ids=range(len(STATES)))


def by_hand(formula):
    """What a formula says, computed in NumPy from the numbers that stand in it."""
    spelt = re.sub(r"\(1 where a > 0, else 0(?:\.01)?\)|\([^()]*(?:drawn|times 0)[^()]*\)", "",
                   formula)
    for word, function in (("exp", "np.exp"), ("ln ", "np.log(1)+np.log "), ("ln(", "np.log("),
                           ("max", "np.maximum"), ("tanh", "np.tanh")):
        spelt = spelt.replace(word, function)
    spelt = spelt.replace("np.log(1)+np.log ", "1j").replace("np.np.", "np.")
    spelt = re.sub(rf"1j({NUMBER})", r"np.log(\1)", spelt)
    return eval(spelt.replace("·", "*").replace("−", "-").replace("²", "**2"), {"np": np})


def claims(details):
    """Of every line that computes: the formula, and the number that it is said to equal."""
    for name, line in details:
        if name in ("gradient of J", "fold", "NumPy", "node") or name.startswith("over"):
            continue
        for part in line.split("; p"):
            formula = part.split(". Loss ")[-1].split(", where")[0].split(": the slope")[0]
            _, *sides = formula.split(" = ")
            if len(sides) >= 2:
                yield name, sides[-2], sides[-1]


@each_state
def test_what_is_shown_adds_up(state):
    """To the last digit that is shown, in NumPy and from the shown numbers alone."""
    frame = state.frame()
    found = [*claims(frame.details)]
    numbers = state.data.has_numbers
    assert ("softmax" in {name for name, *_ in found}) is not numbers
    assert len(found) >= (3 if numbers else 5)
    for name, formula, result in found:
        shown = re.match(NUMBER, result)[0]
        decimals = len(shown.partition(".")[2])
        assert text(float(by_hand(formula)), decimals) == shown, (name, formula, result)
    assert "≈" not in str(frame.details)


@each_state
def test_what_is_shown_is_of_the_net(state):
    frame, net, X = state.frame(), state.net, state.data.X
    shown = diagram(frame)
    i = state._observation
    A = [X[i], *(each[:, 0] for each in net.activations(X[i : i + 1]))]
    before: list[int] = []
    for layer, W in zip(shown.layers, [None, *net.layers_], strict=True):
        places = [int(key.split(".")[1]) - 1 if "." in key else int(key[1:])
                  for key in layer.keys] if W is not None else [0, 1]
        a = A.pop(0)
        for j, number in zip(places, layer.texts, strict=True):
            decimals = len(number.partition(".")[2])
            assert number == text(a[j], decimals)
        if W is not None:
            np.testing.assert_array_equal(layer.weights, W[np.ix_(places, [*before, -1])])
        before = places
    # The line of NumPy gives the number that stands at the node.
    line = dict(frame.details)["NumPy"]
    number = next(number for layer in shown.layers
                  for key, number in zip(layer.keys, layer.texts, strict=True)
                  if key == shown.chosen)
    result = eval(line, {"np": np, "net": net, "X": X})
    assert text(float(result)) == number


@each_state
def test_errors_are_the_slopes_of_the_loss(state):
    """How the loss of the observation changes with the sum of a node, and so with its bias."""
    net, i = state.net, state._observation
    kind = NumberInspection if state.data.has_numbers else Inspection
    inspection = kind(net, state.data.X, state.data.y, i, state._node)
    x, y, (layer, j) = state.data.X[i : i + 1], state.data.y[i], inspection.chosen
    bias = net.layers_[layer - 1][j, -1:]
    losses = []
    kept = bias.copy()
    for step in (1e-6, -1e-6):
        bias[:] = kept + step
        losses.append((net.predict(x)[0] - y) ** 2 / 2 if state.data.has_numbers
                      else -np.log(net.predict_proba(x)[0, y]))
    bias[:] = kept
    expected = (losses[0] - losses[1]) / 2e-6
    assert inspection.errors[layer - 1][j] == pytest.approx(expected, rel=1e-4, abs=1e-7)


def test_the_gradient_is_that_of_the_library():
    state = session(node="1.2", hidden_nodes=3)
    row = state.net.gradients(state.data.X, state.data.y)[0][1]
    numbers = [as_read(each) for each in re.findall(rf"{NUMBER}(?=[,;.] )",
                                                    dict(state.frame().details)["gradient of J"])]
    np.testing.assert_allclose(numbers, row, atol=0.01 * abs(row).max())


def test_a_large_layer_shows_the_nodes_that_count_most_and_the_chosen_one():
    state = session(hidden_nodes=40, hidden_layers=2)
    size = np.linalg.norm(state.net.layers_[1][:, :-1], axis=0)
    largest = sorted(np.argsort(-size)[:MOST_NODES] + 1)
    _, first, second, outputs = diagram(state.frame()).layers
    assert [*first.keys] == [f"1.{j}" for j in largest]
    assert (first.others, second.others, outputs.others) == (28, 28, 0)
    least = int(np.argmin(size)) + 1
    state.look(node=f"1.{least}")
    keys = diagram(state.frame()).layers[1].keys
    assert f"1.{least}" in keys
    assert len(keys) == MOST_NODES
    # What is not drawn is in the sum all the same.
    state.look(node="2.1")
    assert "from the 28 nodes that are not drawn" in str(state.frame().details)


def test_pictures_are_the_values_over_the_plane():
    state = session(hidden_nodes=3, hidden_layers=2)
    plane, shown = state.frame().plots
    left, right, bottom, top = plane.extent
    places = np.linspace(0, 1, PIXELS)[1::3]
    grid = np.array([(left + (right - left) * u, bottom + (top - bottom) * v)
                     for v in places for u in places])
    for layer, values in zip(shown.layers[1:3], state.net.activations(grid), strict=False):
        np.testing.assert_allclose(layer.pictures, values.reshape(layer.pictures.shape))
    assert shown.layers[0].pictures is shown.layers[3].pictures is None


def test_a_dead_node_is_said_to_be_dead():
    state = session(hidden_nodes=4)
    state.net.layers_[0][1] = [0, 0, -1]
    state.look(node="1.2")
    inspection = Inspection(state.net, state.data.X, state.data.y, 0, "1.2")
    details = dict(inspection.details())
    assert details["over the 60 points"] == "slope 0 at 60 of them: nothing passes: it is dead"
    assert 1 in inspection.diagram([np.zeros((4, 2, 2))]).layers[1].dead
    # One that always gives the same, but would pass an error on, is not.
    state.net.layers_[0][1] = [0, 0, 1]
    assert "not dead" in str(Inspection(state.net, state.data.X, state.data.y, 0, "1.2").details())


@pytest.mark.parametrize("node", ["1.2", "2.1"])
def test_the_fold_is_where_the_sum_is_zero(node):
    state = session(hidden_nodes=4, hidden_layers=2, activation="tanh")
    assert state.frame().plots[0].curves == []
    state.look(node=node)
    (curve,) = state.frame().plots[0].curves
    assert curve.label == f"z = 0 at a{'₂' if node == '1.2' else '₁'}"
    points = np.column_stack([curve.x, curve.y])
    points = points[np.isfinite(points).all(axis=1)]
    layer, j = int(node[0]) - 1, int(node[2]) - 1
    *w, b = state.net.layers_[layer][j]
    before = state.net.activations(points)[0] if layer else points.T
    assert len(points) > 20
    # Between pixels a bent line is cut short.
    np.testing.assert_allclose(w @ before + b, 0, atol=1e-9 if layer == 0 else 0.1)


def test_a_level_line_goes_around_a_hill_and_between_two():
    u = np.linspace(-1, 1, 41)
    x, y = level_line(np.add.outer(u**2, u**2) - 0.25, (-2, 2, -1, 1))
    on = np.isfinite(x)
    np.testing.assert_allclose((x[on] / 2) ** 2 + y[on] ** 2, 0.25, atol=2e-3)
    np.testing.assert_array_equal(np.isnan(x), np.isnan(y))
    assert np.isnan(x[2::3]).all()
    x, _ = level_line(np.array([[1.0, -1.0], [-1.0, 1.0]]), (0, 1, 0, 1))
    assert np.isfinite(x).sum() == 4  # a saddle: two pieces
    assert level_line(np.ones((3, 3)), (0, 1, 0, 1))[0].size == 0


def test_looking_changes_what_is_shown_and_not_the_run():
    looked, other = session(0), session(0)
    for epoch in range(20):
        looked.look(observation=epoch, node=f"1.{epoch + 1}")
        looked.frame()
        looked.advance()
        other.advance()
    np.testing.assert_array_equal(looked.loss, other.loss)
    assert looked.frame().plots[0].marked == 19


def test_a_net_that_predicts_a_number_has_one_output():
    frame = session(data="surface", node="p0", observation=7).frame()
    layer, details = diagram(frame).layers[-1], dict(frame.details)
    assert (layer.title, layer.keys, layer.names) == ("output", ["p0"], ["z"])
    assert details["observation 7"].count(f"z = {layer.texts[0]}") == 1
    assert f"= {layer.texts[0]}" in details["output"]
    assert details["error here"].startswith("d = z − t = ")
    assert details["NumPy"] == "net.predict(X[7:8])[0].round(3)"
    assert diagram(session(data="surface", node="p1").frame()).chosen == ""


@pytest.mark.parametrize("node", ["", "1.7", "3.1", "2.1", "p2"])
def test_a_node_that_the_net_does_not_have_is_none(node):
    frame = session(hidden_nodes=6, node=node, observation=10**6).frame()
    assert diagram(frame).chosen == ""
    assert frame.plots[0].marked == 59
    assert frame.details[-1] == ("node", "Choose one, and its numbers stand here.")


@pytest.mark.parametrize("settings", [
    {"hidden_layers": 0, "node": "p1"}, {"hidden_layers": 4, "node": "4.2"},
    {"data": "blobs", "n_classes": 5, "node": "p4"}, {"data": "surface", "node": "p0"},
    {"data": "surface", "initial_scale": 1e200, "node": "p0"},
    {"learning_rate": 90.0, "node": "1.1"},
    {"initial_scale": 1e200, "node": "1.1"}, {"initial_scale": 1e200, "node": "p0"},
])
def test_any_net_can_be_drawn(settings):
    frame = session(**settings).frame()
    assert diagram(frame).chosen == settings["node"]
    assert len(frame.details) >= 5


@pytest.mark.parametrize("value", ["1", "0.1", "1.0", "a", "p", "1.3 ", "p-1"])
def test_what_names_no_node_is_refused(value):
    with pytest.raises(ValueError, match=r"node must be such as '1\.3'"):
        check_key("node", value)


def test_every_activation_is_spelt_out():
    assert VALUES.keys() == SLOPES.keys() == ACTIVATIONS.keys()
