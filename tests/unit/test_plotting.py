"""The pictures: what they show agrees with the numbers they are drawn from."""

import subprocess
import sys
import warnings

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn_text import assert_shows
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from sklearn.neural_network import MLPClassifier

from nnlib import FourLayerNet, NotFittedError, ThreeLayerNet, datasets, diagnostics, plotting
from nnlib.plotting.style import plain


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def moons():
    return datasets.moons(120, noise=0.2, random_state=0)


@pytest.fixture(scope="module")
def net(moons):
    return ThreeLayerNet(hidden_nodes=12, random_state=0, max_epochs=300).fit(*moons)


@pytest.fixture(scope="module")
def blobs():
    return datasets.blobs(150, centers=4, spread=0.4, random_state=0)


@pytest.fixture(scope="module")
def four(blobs):
    net = FourLayerNet((5, 3), learning_rate=0.2, reduction="mean", random_state=0, max_epochs=300)
    return net.fit(*blobs)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def points(ax):
    return [c for c in ax.collections if type(c) is PathCollection]


# Decision boundaries


def region_colours(ax):
    """Inputs (m, 2) and colours (m, 3) of the pixels of the drawn regions."""
    (image,) = ax.images
    colours = np.asarray(image.get_array())
    left, right, bottom, top = image.get_extent()
    rows, columns = colours.shape[:2]
    x1 = left + (np.arange(columns) + 0.5) * (right - left) / columns
    x2 = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    inputs = np.column_stack([np.tile(x1, rows), np.repeat(x2, columns)])
    return inputs, colours.reshape(-1, 3)


def nearest_class(colours, k):
    """The class whose hue a tint has: tints lie on the line from white to the class's colour."""
    towards = 1 - np.array([to_rgb(colour) for colour in plotting.COLOURS[:k]])
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    return ((1 - colours) @ towards.T).argmax(axis=1)


@pytest.mark.parametrize("which", ["net", "four"])
def test_regions_show_what_the_net_predicts(which, request):
    net = request.getfixturevalue(which)
    X, y = request.getfixturevalue("moons" if which == "net" else "blobs")
    ax = plotting.decision_boundary(net, X, y, resolution=60)
    inputs, colours = region_colours(ax)
    np.testing.assert_array_equal(nearest_class(colours, len(net.classes_)), net.predict(inputs))
    assert inputs.min(axis=0) == pytest.approx(X.min(axis=0) - 0.1 * np.ptp(X, axis=0))
    assert inputs.max(axis=0) == pytest.approx(X.max(axis=0) + 0.1 * np.ptp(X, axis=0))


def test_regions_are_stronger_where_the_net_is_surer(net, moons):
    inputs, colours = region_colours(plotting.decision_boundary(net, *moons, resolution=60))
    P = net.predict_proba(inputs)
    for c in (0, 1):
        own = P.argmax(axis=1) == c
        strength = np.linalg.norm(1 - colours[own], axis=1)
        order = P[own].max(axis=1).argsort()
        assert (np.diff(strength[order]) >= -1e-12).all()
        assert strength.max() > 2 * strength.min()


def test_the_line_is_where_both_classes_are_equally_probable(net, moons):
    ax = plotting.decision_boundary(net, *moons)
    (line,) = [c for c in ax.collections if type(c) is not PathCollection]
    vertices = np.concatenate([path.vertices for path in line.get_paths()])
    assert len(vertices) > 50
    np.testing.assert_allclose(net.predict_proba(vertices)[:, 0], 0.5, atol=0.1)


def test_every_pair_of_neighbouring_classes_has_a_line(four, blobs):
    ax = plotting.decision_boundary(four, *blobs)
    lines = [c for c in ax.collections if type(c) is not PathCollection]
    vertices = np.concatenate([path.vertices for line in lines for path in line.get_paths()])
    P = np.sort(four.predict_proba(vertices), axis=1)
    np.testing.assert_allclose(P[:, -1], P[:, -2], atol=0.15)
    inputs, colours = region_colours(ax)
    (image,) = ax.images
    regions = nearest_class(colours, 4).reshape(np.asarray(image.get_array()).shape[:2])
    row, column = np.argwhere(np.diff(regions, axis=1))[::20].T
    changes = inputs.reshape(*regions.shape, 2)[row, column]
    width = inputs[1, 0] - inputs[0, 0]
    nearest = np.abs(changes[:, None] - vertices).max(axis=-1).min(axis=1)
    assert nearest.max() < 2 * width


def test_points_have_colour_and_marker_of_their_class(four, blobs):
    X, y = blobs
    ax = plotting.decision_boundary(four, X, y)
    clouds = points(ax)
    assert len(clouds) == 4
    for c, cloud in enumerate(clouds):
        np.testing.assert_array_equal(cloud.get_offsets(), X[y == c])
        assert tuple(cloud.get_facecolor()[0][:3]) == to_rgb(plotting.COLOURS[c])
    shapes = {cloud.get_paths()[0].vertices.tobytes() for cloud in clouds}
    assert len(shapes) == 4
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["class 0", "class 1", "class 2", "class 3"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x_1$", "$x_2$")


def test_ten_classes_look_different():
    assert len(set(plotting.COLOURS)) >= 10
    assert len(set(plotting.MARKERS)) >= 10


def test_boundary_of_a_scikit_learn_classifier_with_text_labels(moons):
    X, y = moons
    words = np.array(["down", "up"])[y]
    other = MLPClassifier((8,), max_iter=500, random_state=0, solver="lbfgs").fit(X, words)
    ax = plotting.decision_boundary(other, X, words, resolution=40)
    inputs, colours = region_colours(ax)
    codes = np.searchsorted(other.classes_, other.predict(inputs))
    np.testing.assert_array_equal(nearest_class(colours, 2), codes)
    assert ax.get_legend().get_texts()[1].get_text() == "class up"


class Frame:
    """As much of a data frame as gives a net the names of its inputs."""

    columns = ("x", "y")

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype)


def test_boundary_of_a_net_that_knows_names_raises_no_warning(net, moons):
    net = ThreeLayerNet(4, max_epochs=1, random_state=0).fit(Frame(moons[0]), moons[1])
    with pytest.warns(UserWarning, match="valid feature names"):
        net.predict(moons[0])
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*feature names")
        plotting.decision_boundary(net, *moons, resolution=10)


@pytest.mark.parametrize(
    "P", [np.full((100, 2), np.nan), np.ones((100, 3)), np.ones((100, 2), int)],
    ids=["NaN", "of three classes", "whole numbers"])
def test_a_boundary_of_what_are_no_probabilities_is_refused(net, moons, monkeypatch, P):
    monkeypatch.setattr(net, "predict_proba", lambda X: P, raising=False)
    with pytest.raises(ValueError, match="net must give one finite probability for each of its 2"):
        plotting.decision_boundary(net, *moons, resolution=10)


def test_boundary_on_given_axes(net, moons):
    _, (left, right) = plt.subplots(1, 2)
    assert plotting.decision_boundary(net, *moons, ax=right, resolution=10) is right
    assert not left.has_data()


def test_boundary_where_one_class_is_predicted_everywhere(moons):
    X, y = moons
    net = ThreeLayerNet(2, random_state=0).initialize(X, y)
    for W in net.layers_:
        W[:] = 0
    net.layers_[-1][0, -1] = 5
    _, colours = region_colours(plotting.decision_boundary(net, X, y, resolution=10))
    assert (nearest_class(colours, 2) == 0).all()


def test_boundary_says_what_it_cannot_draw(net, moons):
    X, y = moons
    with pytest.raises(ValueError, match=r"X must have 2 inputs .* got shape \(120, 3\)"):
        plotting.decision_boundary(net, np.column_stack([X, y]), y)
    with pytest.raises(ValueError, match=r"y must hold classes of net, \[0, 1\], got .*7"):
        plotting.decision_boundary(net, X, np.full(len(y), 7))
    with pytest.raises(ValueError, match="y must have one label"):
        plotting.decision_boundary(net, X, y[:-1])
    with pytest.raises(TypeError, match="net must be a classifier with predict_proba"):
        plotting.decision_boundary("net", X, y)
    with pytest.raises(ValueError, match="resolution must be"):
        plotting.decision_boundary(net, X, y, resolution=1)
    with pytest.raises(NotFittedError):
        plotting.decision_boundary(ThreeLayerNet(), X, y)
    assert plt.get_fignums() == []


# Networks


def edges(ax):
    return [c for c in ax.collections if isinstance(c, LineCollection)]


def nodes(ax, marker):
    return [line for line in ax.lines if line.get_marker() == marker]


def test_drawing_of_sizes_has_every_node_and_edge():
    ax = plotting.network_drawing((2, 4, 3))
    assert len(nodes(ax, "o")) == 2 + 4 + 3
    assert len(nodes(ax, "s")) == 2
    assert [len(layer.get_segments()) for layer in edges(ax)] == [3 * 4, 5 * 3]
    for label in (
        "$x_{2}$",
        "$a_{4}$",
        "$p_{0}$",
        "$p_{2}$",
        "inputs",
        "hidden layer",
        "probabilities",
        "$A_0$  (3, $n$)",
        "$W_1$  (4, 3)",
        "$A_1$  (5, $n$)",
        "$W_2$  (3, 5)",
        "$P$  (3, $n$)",
    ):
        assert texts(ax).count(label) == 1, label
    assert texts(ax).count("1") == 2
    assert ax.get_legend() is None


def test_drawing_edges_end_at_nodes():
    ax = plotting.network_drawing((2, 9, 4, 3), max_nodes=5)
    placed = {(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in ax.lines}
    ends = {tuple(map(float, end)) for c in edges(ax) for line in c.get_segments() for end in line}
    assert ends == placed


def test_drawing_of_a_fitted_net_shows_its_weights(four):
    ax = plotting.network_drawing(four)
    assert [text for text in texts(ax) if text.startswith("hidden")] == [
        "hidden layer 1",
        "hidden layer 2",
    ]
    for W, layer in zip(four.layers_, edges(ax), strict=True):
        assert len(layer.get_segments()) == W.size
        red = np.isclose(layer.get_colors()[:, :3], to_rgb(plotting.VERMILLION)).all(axis=1)
        np.testing.assert_array_equal(red, W.ravel() > 0)
        order = np.abs(W).ravel().argsort()
        assert (np.diff(np.array(layer.get_linewidths())[order]) >= 0).all()
    assert len(ax.get_legend().get_texts()) == 2


def test_drawing_places_a_weight_between_its_nodes(moons):
    net = ThreeLayerNet(3, random_state=0).initialize(*moons)
    for W in net.layers_:
        W[:] = -1
    net.layers_[0][2, 0] = 1  # from the first input, at the top, to the third hidden node
    first, _ = edges(plotting.network_drawing(net))
    red = np.isclose(first.get_colors()[:, :3], to_rgb(plotting.VERMILLION)).all(axis=1)
    (index,) = np.flatnonzero(red)
    start, end = first.get_segments()[index]
    inputs = sorted({line[0][1] for line in first.get_segments()}, reverse=True)
    hidden = sorted({line[1][1] for line in first.get_segments()}, reverse=True)
    assert (start[0], end[0]) == (0, 1)
    assert (inputs.index(start[1]), hidden.index(end[1])) == (0, 2)


def test_drawing_leaves_out_nodes_of_wide_layers():
    ax = plotting.network_drawing((2, 32, 2), max_nodes=6)
    assert len(nodes(ax, "o")) == 2 + 6 + 2
    assert [len(layer.get_segments()) for layer in edges(ax)] == [3 * 6, 7 * 2]
    assert texts(ax).count("⋮") == 1
    assert "$a_{5}$" in texts(ax)
    assert "$a_{32}$" in texts(ax)
    assert "$a_{6}$" not in texts(ax)
    assert "$W_1$  (32, 3)" in texts(ax)


def test_drawing_of_a_scikit_learn_net(blobs):
    other = MLPClassifier((7,), max_iter=500, solver="lbfgs", random_state=0).fit(*blobs)
    ax = plotting.network_drawing(other)
    assert [len(layer.get_segments()) for layer in edges(ax)] == [3 * 7, 8 * 4]


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (3, TypeError, "net must be a fitted net or a sequence"),
        ("net", TypeError, "net must be a fitted net or a sequence"),
        ((2,), ValueError, "net must have at least two layers"),
        ((2, 0, 2), ValueError, "net must be a whole number of at least 1, got 0"),
        ((2, 1.5, 2), TypeError, "net must be a whole number"),
        (ThreeLayerNet(), NotFittedError, "fit"),
    ],
)
def test_drawing_says_what_it_cannot_draw(given, error, says):
    with pytest.raises(error, match=says):
        plotting.network_drawing(given)


# Gradient flow and confusion matrices


def test_gradient_flow_draws_the_norms(four, blobs):
    ax = plotting.gradient_flow(four, *blobs)
    (line,) = ax.lines
    np.testing.assert_allclose(line.get_ydata(), diagnostics.gradient_flow(four, *blobs))
    np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
    assert [t.get_text() for t in ax.get_xticklabels()] == ["$W_1$", "$W_2$", "$W_3$"]
    assert ax.get_yscale() == "log"
    assert plotting.gradient_flow(four, *blobs, ax=ax) is ax
    assert len(ax.lines) == 2


def test_a_layer_without_gradient_can_be_drawn(blobs):
    net = ThreeLayerNet(3, random_state=0, reg_lambda=0).initialize(*blobs)
    net.layers_[0][:, -1] = -100  # every ReLU is dead, so the first layer has no gradient
    ax = plotting.gradient_flow(net, *blobs)
    assert ax.lines[0].get_ydata()[0] == 0
    assert ax.get_yscale() == "linear"


def test_confusion_matrix_counts_and_shares():
    y_true = ["cat", "cat", "cat", "cat", "dog", "owl"]
    y_pred = ["cat", "cat", "cat", "dog", "dog", "cat"]
    ax = plotting.confusion_matrix(y_true, y_pred)
    counts = np.array(texts(ax), dtype=int).reshape(3, 3)
    np.testing.assert_array_equal(counts, [[3, 1, 0], [0, 1, 0], [1, 0, 0]])
    places = [text.get_position() for text in ax.texts]
    assert places[1] == (1, 0)  # true class cat, predicted dog: first row, second column
    np.testing.assert_allclose(ax.images[0].get_array(), [[0.75, 0.25, 0], [0, 1, 0], [1, 0, 0]])
    assert [t.get_text() for t in ax.get_xticklabels()] == ["cat", "dog", "owl"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["cat", "dog", "owl"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


def test_confusion_matrix_in_a_given_order_with_an_absent_class():
    _, given = plt.subplots()
    ax = plotting.confusion_matrix([0, 1, 1], [0, 0, 1], classes=[2, 1, 0], ax=given)
    assert ax is given
    counts = np.array(texts(ax), dtype=int).reshape(3, 3)
    np.testing.assert_array_equal(counts, [[0, 0, 0], [0, 1, 1], [0, 0, 1]])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([0, 1], [0]), "y_true and y_pred must be as long as each other, got 2 and 1"),
        (([], []), "y_true must be .* at least one label"),
        (([0, 1], [0, 1], [0]), r"y_true must hold labels among classes, \[0\], got .*1"),
        (([0, 0], [0, 1], [0]), r"y_pred must hold labels among classes, \[0\], got .*1"),
        (([0, 1], [0, 1], [0, 1, 1]), "classes must differ"),
    ],
)
def test_confusion_matrix_says_what_it_cannot_draw(arguments, says):
    with pytest.raises(ValueError, match=says):
        plotting.confusion_matrix(*arguments)


# Text from data

HOSTILE_TEXTS = ["$0-$50k", "$\\frac$", "\\$a$", "_hidden", "a_b^c 5 %"]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_class_is_called_in_pictures_what_it_is_called(moons, text):
    X, y = moons
    words = np.array([text, "other"])[y]
    net = ThreeLayerNet(2, random_state=0).initialize(X, words)
    ax = plotting.decision_boundary(net, X, words, resolution=10)
    ax.figure.canvas.draw()
    names = net.classes_.tolist()
    for label, name in zip(ax.get_legend().get_texts(), names, strict=True):
        assert_shows(label, f"class {name}")
    ax = plotting.confusion_matrix(words, words)
    ax.figure.canvas.draw()
    for label, name in zip([*ax.get_xticklabels(), *ax.get_yticklabels()], 2 * names, strict=True):
        assert_shows(label, name)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_plain_text_is_shown_as_it_is_also_alone_in_a_legend(text):
    _, ax = plt.subplots()
    ax.plot([0, 1], label=plain(text))
    ax.set_title(plain(text))
    (label,) = ax.legend().get_texts()
    ax.figure.canvas.draw()
    assert_shows(label, text)
    assert_shows(ax.title, text)


# Style


def test_style_makes_opaque_figures_with_our_colours():
    with mpl.rc_context():
        plotting.use_style()
        figure, ax = plt.subplots()
        assert figure.get_facecolor() == (1, 1, 1, 1)
        assert mpl.rcParams["savefig.transparent"] is False
        (line,) = ax.plot([0, 1])
        assert line.get_color() == plotting.COLOURS[0]
        assert figure.get_constrained_layout()


def test_nothing_is_shown(monkeypatch, net, moons):
    def refuse(*args, **kwargs):
        raise AssertionError("plt.show was called")

    monkeypatch.setattr(plt, "show", refuse)
    drawn = [
        plotting.decision_boundary(net, *moons, resolution=10),
        plotting.network_drawing(net),
        plotting.gradient_flow(net, *moons),
        plotting.confusion_matrix(moons[1], net.predict(moons[0])),
    ]
    assert all(isinstance(ax, Axes) for ax in drawn)


def test_matplotlib_is_loaded_only_to_plot():
    code = (
        "import sys, nnlib; assert 'matplotlib' not in sys.modules; "
        "nnlib.plotting.use_style(); assert 'matplotlib' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
