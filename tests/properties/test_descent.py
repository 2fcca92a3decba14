"""Where a step is short against the curvature, J falls."""

import pytest
from hypothesis import assume, given
from random_nets import SMOOTH, cases, each_of_200

from nnlib import diagnostics

EPOCHS = 6

# The first rate that is tried is often too high.
pytestmark = pytest.mark.filterwarnings("ignore::nnlib.StabilityWarning")


def path(net, X, y, rate):
    """J and sharpness at each epoch of a fit at the rate, and the squares of J's gradient."""
    net.set_params(learning_rate=rate, warm_start=True, max_epochs=1).initialize(X, y)
    sharpness = [diagnostics.sharpness(net, X, y, iterations=25)]
    for _ in range(EPOCHS):
        net.fit(X, y)
        sharpness.append(diagnostics.sharpness(net, X, y, iterations=25))
    return net.history_.loss, max(sharpness), net.history_.gradient_norm**2


@each_of_200
@given(cases(activations=SMOOTH))
def test_j_falls_at_a_rate_well_below_two_over_the_sharpness_of_the_path(case):
    """J(w - r g) <= J(w) - r (1 - r s / 2) |g|², s the largest curvature on the way.

    That is Taylor's theorem, for functions with two continuous derivatives: not for ReLU.  Not
    the sharpness where a step begins counts but the largest on its way.  Here it is taken at both
    ends of every step; at r = 0.5 / s the way between may be four times as sharp before J could
    rise, and the fall is 0.75 r |g|² where it is no sharper.
    """
    net, rate = case.net(), 1.0
    for _ in range(12):
        J, sharpness, squares = path(net, case.X, case.y, rate)
        if rate * sharpness <= 0.5:
            break
        rate = 0.5 / (1.2 * sharpness)  # the path of another rate is another path
    else:
        assume(False)
    falls = J[:-1] - J[1:]
    assert (falls >= 0.7 * rate * squares[:-1] - 1e-14).all()
