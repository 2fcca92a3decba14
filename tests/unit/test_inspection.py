"""The drawing of a net: its numbers add up as they are shown, and are the net's own."""

import html
import json
import re
from itertools import islice, product
from pathlib import Path

import numpy as np
import pytest
from thoroughness import some

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
from nnlib.live.lab import Experiment
from nnlib.live.training import PIXELS, begin

RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
NUMBER = rf"−?\d+(?:\.\d+)?(?:·10[{RAISED}]+)?"
SMALL = {"n": 60, "max_epochs": 200}
BOOK = Path(__file__).parents[2] / "book"


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


def in_python(shown):
    """A number, or a formula, as Python reads it."""
    plain = str.maketrans(dict(zip(RAISED, "-0123456789", strict=True)))
    spelt = re.sub(rf"·10([{RAISED}]+)", lambda found: "e" + found[1].translate(plain), shown)
    return spelt.replace("·", "*").replace("−", "-").replace("²", "**2")


def by_hand(formula):
    """What a formula says, computed in NumPy from the numbers that stand in it."""
    spelt = re.sub(r"\(1 where a > 0, else 0(?:\.01)?\)", "", formula)
    spelt = in_python(re.sub(r"ln (\S+)", r"ln(\1)", spelt))
    with np.errstate(all="ignore"):
        return float(eval(spelt, {"exp": np.exp, "expm1": np.expm1, "ln": np.log, "tanh": np.tanh,
                                  "max": np.maximum}))


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


def assert_shows(number, shown, where=""):
    """That rounding a number gives what is shown, to the last digit."""
    after = len(re.match(r"−?\d+\.?(\d*)", shown)[1])
    form = "e" if "·10" in shown else "f"
    assert float(f"{number:.{after}{form}}") == float(in_python(shown)), (number, shown, where)


def assert_adds_up(details):
    """To the last digit that is shown, in NumPy and from the shown numbers alone."""
    assert "≈" not in str(details)
    for name, formula, result in claims(details):
        found = re.match(NUMBER, result)
        assert found, (name, formula, result)
        assert_shows(by_hand(formula), found[0], (name, formula, result))


@each_state
def test_what_is_shown_adds_up(state):
    details = state.frame().details
    names = [name for name, *_ in claims(details)]
    numbers = state.data.has_numbers
    assert ("softmax" in names) is not numbers
    assert len(names) >= (3 if numbers else 5)
    assert_adds_up(details)


def figures():
    """The figures of the book that draw their net, each with the name of its page."""
    for page in sorted(BOOK.glob("*.ipynb")):
        for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                for experiment in re.findall(
                        r'<nn-lab id="[^"]*" data-experiment="([^"]*)"',
                        "".join(output.get("data", {}).get("text/html", ""))):
                    found = Experiment.from_json(html.unescape(experiment))
                    if "network" in found.fixed.get("plots", ()):
                        yield page.stem, found


def looks(state, rng, count):
    """What is to be read at some observations, and nodes of all layers; and the line of NumPy, with
    what should come out.
    """
    kind = NumberInspection if state.data.has_numbers else Inspection
    net, X, y = state.net, state.data.X, state.data.y
    for number in range(count):
        inspection = kind(net, X, y, int(rng.integers(len(X))), "")
        layer = 1 + number % len(net.layers_)
        j = int(rng.integers(len(inspection.values[layer])))
        node = f"p{j}" if layer == len(net.layers_) else f"{layer}.{j + 1}"
        inspection = kind(net, X, y, inspection.i, node)
        chosen = inspection.diagram([np.zeros((len(each), 2, 2)) for each in
                                     inspection.values[1:-1]])
        yield inspection, next(number for layer in chosen.layers for key, number in
                               zip(layer.keys, layer.texts, strict=True) if key == node)


def assert_all_adds_up(state, epochs, count=8, seed=0):
    rng = np.random.default_rng(seed)
    tried = 0
    for epoch in epochs:
        state.advance(max(0, epoch - state.epoch))
        for inspection, shown in looks(state, rng, count):
            assert_adds_up(inspection.details())
            with np.errstate(over="ignore"):
                result = eval(inspection.code(),
                              {"np": np, "net": state.net, "X": state.data.X})
            assert_shows(float(result), shown)
            tried += 1
    return tried


PRESETS = [pytest.param(figure, {**preset}, id=f"{page}-{name}")
           for page, figure in figures()
           for name, preset in (("as it starts", {}),
                                *((each.name, each.settings) for each in figure.presets))]


FAILURE = [preset for preset in PRESETS if preset.id == "index-Show me the failure"]
STEEP = [*product(ACTIVATIONS, ("moons", "circles", "blobs", "surface"), (20.0, 100.0))]


@pytest.mark.no_cover
@pytest.mark.parametrize(("figure", "preset"), some(PRESETS, share=1 / 5, always=FAILURE))
def test_in_the_figures_of_the_book_too(figure, preset):
    """Failures among them: probabilities of 0.000…, slopes of 10⁻¹⁰, weights that vanish."""
    assert assert_all_adds_up(figure.start(**preset), (0, 8, 100, 1000)) == 32


@pytest.mark.no_cover
@pytest.mark.parametrize(("activation", "data", "learning_rate"), some(STEEP, share=1 / 5))
def test_where_steps_are_much_too_long(activation, data, learning_rate):
    for hidden_layers, hidden_nodes in ((1, 6), (2, 20)):
        state = session(0, data=data, activation=activation, learning_rate=learning_rate,
                        hidden_layers=hidden_layers, hidden_nodes=hidden_nodes,
                        n_classes=4 if data == "blobs" else 2)
        assert assert_all_adds_up(state, (1, 3, 8, 60, 200)) == 40


@pytest.mark.no_cover
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("size", [1e-12, 1e-5, 1e3, 1e9])
def test_with_weights_of_any_size(size, activation):
    """Those of one layer, then of all: logits beyond what exp takes, and slopes that vanish."""
    for data, hidden_layers in (("moons", 1), ("blobs", 2), ("surface", 1)):
        state = session(20, data=data, activation=activation, hidden_layers=hidden_layers,
                        hidden_nodes=14, n_classes=3 if data == "blobs" else 2)
        for W in reversed(state.net.layers_):
            W *= size
            assert assert_all_adds_up(state, [20], count=6) == 6


@pytest.mark.parametrize("factor", [1, 4])
def test_the_loss_of_a_tiny_probability_is_no_logarithm_of_zero(factor):
    """That of observation 96 in the welcome page's failure was −ln 0.000000000000 ≈ 473.122.  With
    larger weights the probability itself is 0, and the loss all the same finite.
    """
    ((figure, preset),) = (each.values for each in FAILURE)
    state = figure.start(**preset)
    state.advance(1000)
    W_1, W_2 = state.net.layers_
    W_2 *= factor
    X, y = state.data.X, state.data.y
    lost = np.flatnonzero(state.net.predict_proba(X)[np.arange(200), y] < 1e-12)
    assert len(lost) > 20
    seen = set()
    for i in map(int, lost):
        z = W_2 @ [*np.tanh(W_1 @ [*X[i], 1]), 1]
        loss = text(np.logaddexp.reduce(z) - z[y[i]])
        details = dict(Inspection(state.net, X, y, i, f"p{y[i]}").details())
        assert_adds_up(details.items())
        says, number = details[f"observation {i}"], details["NumPy"]
        p = float(eval(number, {"net": state.net, "X": X}))
        if p > 0:
            assert re.search(rf" = −ln {NUMBER} = {re.escape(loss)}\.$", says)
            assert "·10⁻" in says
        else:
            assert says.endswith(f" = {loss}, where m is the largest z.")
        seen.add(p > 0)
    assert seen == ({True} if factor == 1 else {True, False})


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
            assert_shows(a[j], number)
        if W is not None:
            np.testing.assert_array_equal(layer.weights, W[np.ix_(places, [*before, -1])])
        before = places
    # The line of NumPy gives the number that stands at the node.
    line = dict(frame.details)["NumPy"]
    number = next(number for layer in shown.layers
                  for key, number in zip(layer.keys, layer.texts, strict=True)
                  if key == shown.chosen)
    result = eval(line, {"np": np, "net": net, "X": X})
    assert_shows(float(result), number)


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
    # So it is in the error that comes back.
    state.look(node=f"1.{least}")
    error = dict(state.frame().details)["error here"]
    spelt, number = re.search(rf"\((.*)\) = .* \(({NUMBER}) from the 28 nodes that are not drawn",
                              error).groups()
    assert spelt.replace("− ", "−").replace("+ ", "").endswith(f" {number}")


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
