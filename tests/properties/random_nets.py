"""Nets and data of any small shape, for properties that must hold for all of them."""

from typing import Any, NamedTuple

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from thoroughness import EVERYTHING

from nnlib import MultilayerPerceptron
from nnlib.activations import ACTIVATIONS
from nnlib.stopping import EarlyStopping, GradientNorm, Patience, RelativeImprovement


def each_of(number):
    """So many examples, the same every time; a quarter of them without EVERYTHING.

    A loaded machine may be slow to make them.
    """
    return settings(max_examples=number if EVERYTHING else number // 4, derandomize=True,
                    deadline=None, suppress_health_check=[HealthCheck.too_slow])


each_of_200 = each_of(200)

SMOOTH = ("tanh", "logistic", "softplus")
seeds = st.integers(0, 2**32 - 1)


class Case(NamedTuple):
    """Observations (n, d), class numbers (n,) that hold every class, and parameters of a net."""

    X: np.ndarray
    y: np.ndarray
    parameters: dict[str, Any]

    def net(self, **changed):
        return MultilayerPerceptron(**{**self.parameters, **changed})

    def fitted(self, **changed):
        return self.net(**changed).fit(self.X, self.y)


@st.composite
def cases(draw, activations=tuple(ACTIVATIONS), dtypes=("float64",)):
    """Nets with 0 to 3 hidden layers at a rate that they bear."""
    rng = np.random.default_rng(draw(seeds))
    d, k = draw(st.integers(1, 5)), draw(st.integers(2, 4))
    n = draw(st.integers(k, 30))
    y = rng.permutation(np.arange(n) % k)
    parameters = {
        "hidden_nodes": tuple(draw(st.lists(st.integers(1, 6), max_size=3))),
        "activation": draw(st.sampled_from(activations)),
        "dtype": draw(st.sampled_from(dtypes)),
        "reg_lambda": draw(st.just(0.0) | st.floats(1e-6, 3.0)),
        "learning_rate": draw(st.sampled_from([0.01, 0.05, 0.1])),
        "reduction": "mean",
        "max_epochs": draw(st.integers(1, 12)),
        "random_state": draw(st.integers(0, 1000)),
    }
    return Case(rng.normal(size=(n, d)), y, parameters)


_single_criteria = (
    st.builds(Patience, st.floats(0, 1), st.integers(1, 50))
    | st.builds(RelativeImprovement, st.floats(0, 1), st.integers(1, 50))
    | st.builds(GradientNorm, st.floats(0, 1, exclude_min=True))
    | st.builds(EarlyStopping, st.integers(1, 50))
)
criteria = st.none() | _single_criteria | st.builds(
    lambda one, other: one | other, _single_criteria, _single_criteria
)

# Names of k classes whose sorted order is the order of the classes.
NAMES = {
    "text": lambda k: np.array(["ash", "birch", "cedar", "dogwood"])[:k],
    "text objects": lambda k: np.array(["Ä", "Äh", "Ö", "Ü"], object)[:k],
    "whole numbers": lambda k: np.array([-7, 0, 3, 10**12])[:k],
    "small numbers": lambda k: np.array([1, 2, 200, 255], np.uint8)[:k],
    "whole floats": lambda k: np.array([-1.0, 0.0, 5.0, 1e6])[:k],
    "booleans": lambda k: np.array([False, True]) if k == 2 else np.arange(k),
}


def assert_same_history(one, other):
    """Equal to the last bit; NaN stands for validation data that there are none of."""
    np.testing.assert_array_equal(np.array(one.history_.rows), np.array(other.history_.rows))
