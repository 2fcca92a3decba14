"""Backpropagation is the derivative of the forward pass, whatever the net."""

import numpy as np
from hypothesis import assume, given
from random_nets import cases, each_of_200, seeds

from nnlib import diagnostics


def somewhere(case, seed):
    """A net of the case at weights and biases that no initialisation would draw."""
    net = case.net().initialize(case.X, case.y)
    net.network_.theta[...] += np.random.default_rng(seed).normal(0, 0.5, net.network_.theta.shape)
    return net


@each_of_200
@given(cases(), seeds)
def test_the_gradient_is_the_derivative_by_a_complex_step(case, seed):
    check = diagnostics.gradient_check(somewhere(case, seed), case.X, case.y, method="complex")
    assert check.largest < 1e-10


@each_of_200
@given(cases(), seeds)
def test_the_gradient_is_the_derivative_by_central_differences(case, seed):
    net = somewhere(case, seed)
    if case.parameters["activation"] in ("relu", "leaky_relu"):
        # A step across a kink has no derivative to find.
        inputs = [case.X.T, *net.activations(case.X)[:-1]]
        assume(all(np.abs(W[:, :-1] @ A + W[:, -1:]).min() > 1e-4
                   for W, A in zip(net.layers_[:-1], inputs, strict=False)))
    # Differences of J are exact to its rounding only, which is much beside a tiny gradient.
    flow = diagnostics.gradient_flow(net, case.X, case.y)
    assume((flow[flow > 0] > 1e-3).all())
    assert diagnostics.gradient_check(net, case.X, case.y).largest < 1e-5
