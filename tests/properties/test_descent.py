"""Where a step is short against the curvature, J falls."""

import pytest
from hypothesis import assume, given
from random_nets import SMOOTH, cases, each_of

from nnlib import diagnostics

EPOCHS = 4

# The first rate that is tried is often too high.
pytestmark = pytest.mark.filterwarnings("ignore::nnlib.StabilityWarning")


def path(net, X, y, rate):
    """The history of a fit at the rate, and the largest sharpness on its way."""
    net.set_params(learning_rate=rate, warm_start=True, max_epochs=1).initialize(X, y)
    sharpness = [diagnostics.sharpness(net, X, y, iterations=15)]
    for _ in range(EPOCHS):
        before = net.network_.theta.copy()
        net.fit(X, y)
        after = net.network_.theta.copy()
        for part in (0.25, 0.5, 0.75, 1):
            net.network_.theta[...] = before + part * (after - before)
            sharpness.append(diagnostics.sharpness(net, X, y, iterations=15))
        net.network_.theta[...] = after
    return net.history_, max(sharpness)


@each_of(50)  # each trains on several paths, and asks for the curvature all along them
@given(cases(activations=SMOOTH))
def test_j_falls_at_a_rate_well_below_two_over_the_sharpness_of_the_path(case):
    """J(w - r g) <= J(w) - r (1 - r s / 2) |g|², s the largest curvature between the two.

    That is Taylor's theorem, for functions with two continuous derivatives: not for ReLU.  The
    sharpness where a step begins says nothing; that of its whole way counts, here at five points
    of every step.  With r <= 0.5 / s J falls by 0.75 r |g|², and still by half of r |g|² if the
    way is twice as sharp between the points.
    """
    net, rate = case.net(), 1.0
    for _ in range(12):
        history, sharpness = path(net, case.X, case.y, rate)
        if rate * sharpness <= 0.5:
            break
        rate = 0.5 / (1.2 * sharpness)  # the path of another rate is another path
    else:
        assume(False)
    falls = history.loss[:-1] - history.loss[1:]
    assert (falls >= 0.5 * rate * history.gradient_norm[:-1] ** 2 - 1e-14).all()
