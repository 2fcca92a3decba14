"""Diagnostics against nets whose answer is known."""

import numpy as np
import pytest

from nnlib import FourLayerNet, MultilayerPerceptron, ThreeLayerNet, datasets, diagnostics
from nnlib.activations import ACTIVATIONS

NETS = (ThreeLayerNet, FourLayerNet)


def initialised(cls=ThreeLayerNet, **parameters):
    X, y = datasets.blobs(24, centers=4, random_state=1)
    parameters = {"hidden_nodes": 7, "random_state": 1, "reg_lambda": 0.5, **parameters}
    return cls(**parameters).initialize(X, y), X, y


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("cls", NETS)
def test_every_gradient_passes_both_checks(cls, activation):
    net, X, y = initialised(cls, activation=activation)
    assert diagnostics.gradient_check(net, X, y).largest <= 1e-6
    assert diagnostics.gradient_check(net, X, y, method="complex").largest <= 1e-12


@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_wrong_gradient_fails_the_check(method):
    net, X, y = initialised(activation="tanh")
    tanh = ACTIVATIONS["tanh"]

    def wrong_slope(A):
        tanh.slope(A)
        A *= 1.001

    net.network_.activation = type(tanh)("tanh", tanh.value, wrong_slope)
    check = diagnostics.gradient_check(net, X, y, method=method)
    assert check.relative_errors[0] > 1e-4
    assert check.relative_errors[1] < 1e-6


@pytest.mark.parametrize("method", ["central", "complex"])
def test_an_error_is_relative_to_the_layers_largest_entry(method):
    net, X, y = initialised(activation="tanh")
    tanh = ACTIVATIONS["tanh"]

    def wrong_slope(A):
        tanh.slope(A)
        A *= 1.001

    net.network_.activation = type(tanh)("tanh", tanh.value, wrong_slope)
    net.set_params(reg_lambda=0.0)  # the first layer's gradient is now 1.001 times the true one
    assert abs(np.abs(net.gradients(X, y)[0]).max() - 1) > 0.2
    check = diagnostics.gradient_check(net, X, y, method=method)
    assert check.relative_errors[0] == pytest.approx(1e-3, rel=1e-3)


def test_the_largest_error_is_the_largest_or_nan():
    assert diagnostics.GradientCheck("central", (1.0, 2.0)).largest == 2
    assert diagnostics.GradientCheck("central", (2.0, 1.0)).largest == 2
    for errors in ((1.0, np.nan), (np.nan, 1.0)):
        assert np.isnan(diagnostics.GradientCheck("central", errors).largest)


def test_a_check_does_not_move_the_weights():
    net, X, y = initialised()
    before = net.network_.theta.copy()
    diagnostics.gradient_check(net, X, y)
    diagnostics.gradient_check(net, X, y, method="complex")
    diagnostics.sharpness(net, X, y)
    np.testing.assert_array_equal(net.network_.theta, before)


def test_a_check_needs_float64():
    net, X, y = initialised(dtype="float32")
    with pytest.raises(ValueError, match="net must be of dtype float64"):
        diagnostics.gradient_check(net, X, y)


def test_gradient_flow_is_the_norm_of_each_layers_gradient():
    net, X, y = initialised(FourLayerNet)
    flow = diagnostics.gradient_flow(net, X, y)
    expected = [np.sqrt((G**2).sum()) for G in net.gradients(X, y)]
    np.testing.assert_allclose(flow, expected)


def test_dead_units_are_those_whose_bias_kills_them():
    net, X, _ = initialised(hidden_nodes=8)
    assert diagnostics.dead_units(net, X) == 0
    net.layers_[0][:6, -1] = -1e6
    assert diagnostics.dead_units(net, X) == 6 / 8


@pytest.mark.parametrize("activation", ["tanh", "logistic"])
def test_saturated_units_are_those_far_from_zero(activation):
    net, X, _ = initialised(hidden_nodes=4, activation=activation)
    net.layers_[0][...] = 0
    assert diagnostics.saturated_units(net, X) == 0
    net.layers_[0][:3, -1] = [50, -50, 50]
    assert diagnostics.saturated_units(net, X) == 3 / 4


@pytest.mark.parametrize(("bias", "saturated"), [(-3.44, 0), (-5.0, 1), (5.0, 1)])
def test_the_logistics_steepest_slope_is_a_quarter(bias, saturated):
    # Slopes 0.03 and 0.007; the limit is 0.05 / 4.
    net, X, _ = initialised(activation="logistic")
    net.layers_[0][...] = 0
    net.layers_[0][:, -1] = bias
    assert diagnostics.saturated_units(net, X) == saturated


def test_saturation_is_counted_over_pairs():
    net = ThreeLayerNet(2, activation="tanh").initialize([[0.0], [1.0]], [0, 1])
    net.layers_[0][...] = [[100, 0], [0, 0]]
    assert diagnostics.saturated_units(net, [[0.0], [0.0], [0.0], [1.0]]) == 1 / 8


def hessian(net, X, y, step=1e-5):
    """The Hessian of J by differences of the gradient, one weight at a time."""
    objective, theta = net.objective(X, y), net.network_.theta
    columns = []
    for i in range(len(theta)):
        weight = theta[i]
        gradients = []
        for w in (weight + step, weight - step):
            theta[i] = w
            objective.evaluate_with_gradient()
            gradients.append(objective.gradient / objective.n)
        theta[i] = weight
        columns.append((gradients[0] - gradients[1]) / (2 * step))
    return np.array(columns)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_loss_along_a_line_is_that_of_nets_that_stand_on_it(activation, dtype):
    net, X, y = initialised(FourLayerNet, activation=activation, dtype=dtype)
    theta = net.network_.theta.copy()
    direction = np.random.default_rng(0).standard_normal(theta.shape)
    places = [0.0, -0.5, 2.0]
    losses = diagnostics.loss_along(net, X, y, direction, places)
    np.testing.assert_array_equal(net.network_.theta, theta)
    for place, loss in zip(places, losses, strict=True):
        net.network_.theta[...] = theta + place * direction
        assert net.loss(X, y) == pytest.approx(loss, rel=1e-12 if dtype == "float64" else 1e-5)


def test_the_loss_along_a_line_is_not_finite_where_the_net_overflows():
    net, X, y = initialised()
    losses = diagnostics.loss_along(net, X, y, np.full(net.network_.theta.shape, 1e200), [0, 1])
    assert np.isfinite(losses).tolist() == [True, False]


@pytest.mark.parametrize("cls", NETS)
def test_sharpness_is_the_largest_eigenvalue_of_the_hessian(cls):
    net, X, y = initialised(cls, activation="tanh", hidden_nodes=4)
    largest = np.linalg.eigvalsh(hessian(net, X, y)).max()
    assert diagnostics.sharpness(net, X, y, iterations=2000) == pytest.approx(largest, rel=1e-3)


def test_sharpness_of_a_relu_net_does_not_count_its_kinks():
    X, y = datasets.moons(100, noise=0.2, random_state=3)
    net = ThreeLayerNet(16, learning_rate=0.5, reduction="mean", max_epochs=500,
                        random_state=3).fit(X, y)
    largest = np.linalg.eigvalsh(hessian(net, X, y, step=1e-9)).max()
    assert diagnostics.sharpness(net, X, y, iterations=500) == pytest.approx(largest, rel=1e-2)


def test_sharpness_is_the_positive_end_where_negative_curvature_ties_with_it():
    # With all weights 0 and identity units, J is flat but for a saddle: its eigenvalues come in
    # pairs of opposite sign.
    X, y = np.array([[3.0], [3.0], [3.0]]), np.array([0, 0, 1])
    net = MultilayerPerceptron((2,), activation="identity", reg_lambda=0.0).initialize(X, y)
    net.network_.theta[...] = 0
    eigenvalues = np.linalg.eigvalsh(hessian(net, X, y))
    assert eigenvalues.min() < -0.9 * eigenvalues.max()
    assert diagnostics.sharpness(net, X, y, iterations=500) == pytest.approx(
        eigenvalues.max(), rel=1e-3
    )


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda net, X, y: diagnostics.gradient_check(net, X, y, method="forward"), "method"),
        (lambda net, X, y: diagnostics.gradient_check(net, X, y, step=0), "step"),
        (lambda net, X, y: diagnostics.saturated_units(net, X, tol=-1), "tol"),
        (lambda net, X, y: diagnostics.sharpness(net, X, y, iterations=0), "iterations"),
        (lambda net, X, y: diagnostics.sharpness(net, X, y, random_state="a"), "random_state"),
        (lambda net, X, y: diagnostics.gradient_flow(net, X[:, :1], y), "X"),
    ],
)
def test_bad_arguments_are_named(call, name):
    net, X, y = initialised()
    with pytest.raises((TypeError, ValueError), match=name):
        call(net, X, y)


@pytest.mark.parametrize(
    ("method", "activation", "size"),
    [("complex", "tanh", 1e3), ("complex", "logistic", 1e8), ("central", "relu", 1e308)],
)
def test_a_derivative_that_overflows_is_an_error(method, activation, size):
    net, X, y = initialised(activation=activation)
    with pytest.raises(ValueError, match=f"X must be small enough .* {method} step.*: scale"):
        diagnostics.gradient_check(net, X * (size / np.abs(X).max()), y, method=method)


@pytest.mark.parametrize(
    ("values", "spans"),
    [
        ([1, 10.1], True), ([1, 10], False), ([10.1, np.nan, np.inf, 1], True), ([0, 5], False),
        ([-1, 50], False), ([1e-320, 1e308], True), ([1e308, 1e307], False), ([3], False),
        ([], False), ([np.nan], False),
    ],
)
def test_only_positive_values_of_more_than_a_factor_of_ten_span_a_decade(values, spans):
    assert diagnostics.spans_a_decade(np.array(values, float)) is spans
