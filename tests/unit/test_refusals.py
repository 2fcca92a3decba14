"""Inputs of the wrong kind or size are refused by name, whatever they are made of."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from nnlib import ThreeLayerNet, datasets
from nnlib.plotting import confusion_matrix
from nnlib.validation import shown

X, Y = datasets.moons(20, noise=0.2, random_state=0)


@pytest.fixture(scope="module")
def net():
    return ThreeLayerNet(4, max_epochs=3, random_state=0).fit(X, Y)


@pytest.mark.parametrize(("weights", "error", "says"), [
    (csr_array(np.ones((1, 20))), TypeError, "none masked and not sparse"),
    ([[1.0], [1.0, 2.0]], ValueError, "numbers of the shape (n,)"),
    (["heavy"] * 20, TypeError, "numbers of the shape (n,)"),
    (np.ones(7), ValueError, "one weight for each of the 20 observations, got 7"),
    (np.full(20, -1.0), ValueError, "at least 0"),
    (np.zeros(20), ValueError, "not 0 for all"),
])
def test_weights_of_observations(net, weights, error, says):
    with pytest.raises(error) as caught:
        net.score(X, Y, sample_weight=weights)
    assert says in str(caught.value)
    assert str(caught.value).startswith("sample_weight must")


def test_a_whole_number_that_no_float_holds(net):
    with pytest.raises(ValueError, match=r"X must be finite, but contains a whole number too"):
        net.predict([[10**400, 0]])


def test_labels_in_lists_of_different_lengths(net):
    with pytest.raises(ValueError, match="y must be one-dimensional"):
        net.score(X, [[0, 1], [1]])


def test_weights_that_are_not_finite(net):
    broken = ThreeLayerNet(4, max_epochs=3, random_state=0).fit(X, Y)
    broken.layers_[0][...] = np.nan
    with pytest.raises(ValueError, match="layers_ must hold finite weights"):
        broken.predict_proba(X)


@pytest.mark.parametrize(("arguments", "error", "says"), [
    (([0, 1], ["a", "b"]), ValueError, "labels of one kind"),
    ((np.arange(2000), np.arange(2000)), ValueError, "classes must be at most"),
    ((3, [0, 1]), ValueError, "y_true must be one-dimensional"),
])
def test_labels_to_compare(arguments, error, says):
    with pytest.raises(error, match=says):
        confusion_matrix(*arguments)


def test_an_empty_path(net):
    with pytest.raises(ValueError, match="path must be the name of a file or folder"):
        net.save("")


def test_an_object_that_cannot_describe_itself_is_shown_by_its_type():
    class Silent:
        def __repr__(self):
            raise RuntimeError

    assert shown(Silent()) == "an object of type Silent"
