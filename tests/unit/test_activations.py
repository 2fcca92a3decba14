"""Every activation's value and slope against independent formulas."""

import math

import numpy as np
import pytest

from nnlib.activations import ACTIVATIONS

Z = np.array([-30.0, -3.0, -0.5, -1e-3, 0.0, 1e-3, 0.7, 2.0, 30.0])

VALUES = {
    "relu": lambda z: max(0.0, z),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "tanh": math.tanh,
    "logistic": lambda z: 1 / (1 + math.exp(-z)),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "identity": lambda z: z,
}
SLOPES = {
    "relu": lambda z: float(z > 0),
    "leaky_relu": lambda z: 1.0 if z > 0 else 0.01,
    "tanh": lambda z: 1 / math.cosh(z) ** 2,
    "logistic": lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
    "softplus": lambda z: 1 / (1 + math.exp(-z)),
    "identity": lambda z: 1.0,
}


def value_and_slope(name, Z):
    value = Z.copy()
    ACTIVATIONS[name].value(value)
    slope = value.copy()
    ACTIVATIONS[name].slope(slope)
    return value, slope


def test_the_table_holds_the_six_activations():
    assert set(ACTIVATIONS) == set(VALUES)


def test_the_initial_scales():
    assert {name: activation.initial_scale for name, activation in ACTIVATIONS.items()} == {
        "relu": 1, "tanh": 1, "identity": 1, "leaky_relu": 1, "logistic": 4, "softplus": 2,
    }


@pytest.mark.parametrize("name", VALUES)
def test_the_steepest_slope_is_the_largest_there_is(name):
    _, slope = value_and_slope(name, np.linspace(-40, 40, 801))
    assert ACTIVATIONS[name].steepest == pytest.approx(slope.max(), rel=1e-12)


@pytest.mark.parametrize("name", VALUES)
def test_value_and_slope_are_those_of_the_formula(name):
    value, slope = value_and_slope(name, Z)
    np.testing.assert_allclose(value, [VALUES[name](z) for z in Z], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(slope, [SLOPES[name](z) for z in Z], rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("name", VALUES)
def test_float32_stays_float32_and_is_as_exact_as_it_can_be(name):
    value, slope = value_and_slope(name, Z.astype(np.float32))
    assert value.dtype == slope.dtype == np.float32
    np.testing.assert_allclose(value, [VALUES[name](z) for z in Z], rtol=3e-6, atol=2e-7)
    np.testing.assert_allclose(slope, [SLOPES[name](z) for z in Z], rtol=3e-6, atol=3e-7)


@pytest.mark.parametrize("name", VALUES)
def test_extreme_inputs_give_the_limit_not_nan(name):
    with np.errstate(over="ignore"):
        value, slope = value_and_slope(name, np.array([-1e300, 1e300]))
    assert not np.isnan(value).any()
    limits = {"tanh": [-1, 1], "logistic": [0, 1], "relu": [0, 1e300], "softplus": [0, 1e300]}
    if name in limits:
        np.testing.assert_allclose(value, limits[name])
    assert np.all((slope >= 0) & (slope <= 1))


@pytest.mark.parametrize("name", ["tanh", "logistic", "softplus", "identity", "leaky_relu"])
def test_a_complex_step_through_the_value_gives_the_slope(name):
    z = np.array([-2.0, -0.3, 0.4, 1.9])
    stepped = z + 1e-30j
    ACTIVATIONS[name].value(stepped)
    _, slope = value_and_slope(name, z)
    np.testing.assert_allclose(stepped.imag / 1e-30, slope, rtol=1e-13)


def test_value_works_on_a_view_with_a_leading_axis():
    buffer = np.ones((3, 5, 4))
    inner = buffer[..., :-1, :]
    inner[...] = np.linspace(-1, 1, inner.size).reshape(inner.shape)
    expected = np.maximum(inner, 0)
    ACTIVATIONS["relu"].value(inner)
    np.testing.assert_array_equal(inner, expected)
    assert (buffer[..., -1, :] == 1).all()
