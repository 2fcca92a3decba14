"""Inputs of any size, steps of any length: no silent NaN, and advice that works when followed."""

import re
import warnings

import numpy as np
import pytest
from thoroughness import EVERYTHING

from nnlib import (
    DivergenceWarning,
    FourLayerNet,
    MultilayerPerceptron,
    StabilityWarning,
    ThreeLayerNet,
    datasets,
)
from nnlib.activations import ACTIVATIONS

pytestmark = pytest.mark.filterwarnings("error")  # NumPy's above all

MOONS = {n: datasets.moons(n, noise=0.2, random_state=0) for n in (200, 1000, 4000)}
SUMMED = {"reduction": "sum", "learning_rate": 0.01}  # as the project began: n decides the step
RECIPES = [
    (200, SUMMED), (1000, {"reduction": "sum", "learning_rate": 0.1}),  # the step of 10,000
    *((200, {"reduction": "mean", "learning_rate": rate}) for rate in (0.5, 1e8, 1e30)),
]
each_net = pytest.mark.parametrize("cls", [ThreeLayerNet, FourLayerNet])
each_dtype = pytest.mark.parametrize("dtype", ["float64", "float32"])
each_activation = pytest.mark.parametrize("activation", ACTIVATIONS)


def fit(net, X, y):
    """The texts of the warnings of a fit, which must be nnlib's own."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        net.fit(X, y)
    assert {w.category for w in caught} <= {DivergenceWarning, StabilityWarning}
    return [str(w.message) for w in caught]


@each_net
@each_dtype
@pytest.mark.parametrize("exponent", range(-8, 9, 1 if EVERYTHING else 4))
def test_no_nan_is_silent_and_the_kept_weights_are_usable(cls, dtype, exponent):
    for n, recipe in RECIPES:
        X, y = 10.0**exponent * MOONS[n][0], MOONS[n][1]
        for activation in ACTIVATIONS:
            net = cls(8, activation, **recipe, dtype=dtype, max_epochs=30, random_state=0)
            announced = any("not finite" in text for text in fit(net, X, y))
            history = net.history_
            assert announced == (not np.isfinite(history.loss).all())
            assert np.isfinite(net.network_.theta).all()
            assert np.isfinite(net.loss_)
            kept = np.nanargmin(history.loss) if announced else net.n_epochs_
            assert net.loss_ == history.loss[kept]
            assert net.best_epoch_ == kept
            P = net.predict_proba(X)
            np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-5)
            assert (P >= 0).all()
            # Training compares logits.  Two that differ by little have equal probabilities.
            ties = np.mean((P == P.max(axis=1, keepdims=True)).sum(axis=1) > 1)
            assert abs(net.score(X, y) - history.accuracy[kept]) <= ties + 1e-12
            assert net.loss(X, y) == pytest.approx(net.loss_, rel=1e-4)


def followed(net, X, text):
    """A fresh net, and the inputs, after everything that a warning says was done."""
    parameters = net.get_params()
    if re.search("inputs", text, re.IGNORECASE):
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    rate = re.search(r"learning_rate=(\S+) with reduction='mean'", text)
    assert not (rate and "would bear it" in text)  # no step is both too long and short enough
    smaller = re.search(r"such as learning_rate=(\S+)\.$", text)
    if rate:
        parameters.update(learning_rate=float(rate[1]), reduction="mean")
    elif smaller:
        parameters.update(learning_rate=float(smaller[1]))
    penalty = re.search(r"reg_lambda, such as (\d+\.\d+)", text)
    if penalty:
        parameters.update(reg_lambda=float(penalty[1]))
    scale = re.search(r"initial_scale, such as (\d+)", text)
    if scale:
        parameters.update(initial_scale=float(scale[1]))
    return type(net)(**{**parameters, "max_epochs": 300}), X


def assert_every_warning_can_be_followed(net, X, y):
    """Return how many there were."""
    texts = fit(net, X, y)
    for text in texts:
        advised, X_advised = followed(net, X, text)
        assert advised.get_params() != {**net.get_params(), "max_epochs": 300} or X_advised is not X
        assert fit(advised, X_advised, y) == []
        assert advised.score(X_advised, y) > 0.8, text
    return len(texts)


@each_net
@pytest.mark.parametrize("offset", [1, -30, 1e6])
@pytest.mark.parametrize("size", [0.01, 1])
def test_what_a_warning_advises_works_for_inputs_that_are_far_from_zero(cls, size, offset):
    net = cls(8, learning_rate=5.0, reduction="sum", max_epochs=30, random_state=0)
    X, y = MOONS[200]
    X = offset + size * X
    assert any("mean 0" in text for text in fit(net, X, y))
    assert_every_warning_can_be_followed(net, X, y)


@each_net
@each_activation
@pytest.mark.parametrize(
    "size", [1e-8, 1e-3, 0.1, 1, 10, 1e3, 1e8] if EVERYTHING else [1e-8, 0.1, 10, 1e8])
def test_what_a_warning_advises_works(cls, activation, size):
    warned = 0
    for recipe in (SUMMED, {"reduction": "mean", "learning_rate": 0.5},
                   {"reduction": "mean", "learning_rate": 50.0}):
        net = cls(8, activation, **recipe, max_epochs=30, random_state=0)
        warned += assert_every_warning_can_be_followed(net, size * MOONS[1000][0], MOONS[1000][1])
    assert warned  # at the least, of the summed gradients


@each_net
@pytest.mark.parametrize("size", [1e-8, 1, 1e8])
def test_what_a_warning_advises_works_for_many_observations(cls, size):
    net = cls(8, "tanh", **SUMMED, max_epochs=30, random_state=0)
    assert assert_every_warning_can_be_followed(net, size * MOONS[4000][0], MOONS[4000][1])


@each_net
@pytest.mark.parametrize("size", [1, 1e3])
@pytest.mark.parametrize("rate", [0.1, 10.0])
@pytest.mark.parametrize("reg_lambda", [1e4, 1e8, 1e300])
def test_a_penalty_that_makes_the_weights_grow_is_named(cls, reg_lambda, rate, size):
    net = cls(8, reg_lambda=reg_lambda, learning_rate=rate, reduction="mean", max_epochs=50,
              random_state=0)
    assert assert_every_warning_can_be_followed(net, size * MOONS[200][0], MOONS[200][1])


@pytest.mark.parametrize(("depth", "initial_scale"), [(4, 4.0), (12, None)])
def test_where_inputs_and_step_are_ordinary_the_start_or_the_depth_is_to_blame(
    depth, initial_scale
):
    net = MultilayerPerceptron((8,) * depth, "identity" if initial_scale else "softplus",
                               learning_rate=0.2, reduction="mean", initial_scale=initial_scale,
                               max_epochs=30, random_state=2)
    assert assert_every_warning_can_be_followed(net, *MOONS[200])


@pytest.mark.parametrize("parameter", ["learning_rate", "reg_lambda", "initial_scale"])
def test_a_number_that_float32_cannot_hold_is_refused(parameter):
    X, y = MOONS[200]
    net = ThreeLayerNet(4, dtype="float32", max_epochs=1, **{parameter: 1e39})
    with pytest.raises(ValueError, match=rf"{parameter} must be .* below 3.40282e\+38, got 1e\+39"):
        net.fit(X, y)
    fit(net.set_params(dtype="float64"), X, y)


@each_dtype
def test_the_largest_inputs_there_are_only_announce_themselves(dtype):
    X = np.full((500, 2), float(np.finfo(dtype).max) / 2)
    y = np.arange(500) % 2
    with pytest.warns(DivergenceWarning):
        ThreeLayerNet(4, dtype=dtype, random_state=0).initialize(X, y)
    edge, divergence = fit(ThreeLayerNet(4, dtype=dtype, max_epochs=5, random_state=0), X, y)
    assert "Scale the inputs" in edge
    assert "before the first step" in divergence
    assert "Scale the inputs" in divergence


def test_initial_weights_of_a_loss_that_is_not_finite_are_announced():
    X, y = MOONS[200]
    net = ThreeLayerNet(4, initial_scale=1e300, random_state=0)
    with pytest.warns(DivergenceWarning, match="smaller reg_lambda or initial_scale") as caught:
        net.initialize(X, y)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("use", [lambda net, X: net.predict(X), lambda net, X: net.predict_proba(X),
                                 lambda net, X: net.activations(X)],
                         ids=["predict", "predict_proba", "activations"])
def test_probabilities_that_are_not_finite_are_refused(use):
    net = ThreeLayerNet(4, random_state=0).initialize(*MOONS[200])
    net.layers_[0][...] = 10.0
    with pytest.raises(ValueError, match=r"X must hold numbers that stay finite \(float64\)"):
        use(net, [[1.0, 1e308]])
    use(net, [[1.0, 1e300]])
