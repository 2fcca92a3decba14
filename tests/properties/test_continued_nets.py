"""A net that is continued, or saved and loaded, is the net that was never put aside."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_nets import NAMES, assert_same_history, cases, criteria, each_of_200

from nnlib import load

BOTH = ("float64", "float32")


def assert_same_net(one, other):
    """Equal to the last bit."""
    np.testing.assert_array_equal(one.network_.theta, other.network_.theta)
    assert one.network_.dtype == other.network_.dtype
    assert_same_history(one, other)
    for name in ("n_epochs_", "best_epoch_", "stop_reason_"):
        assert getattr(one, name) == getattr(other, name)
    np.testing.assert_array_equal(one.loss_, other.loss_)  # may be NaN
    np.testing.assert_array_equal(one.classes_, other.classes_)
    assert one.classes_.dtype == other.classes_.dtype


@each_of_200
@given(cases(dtypes=BOTH), st.lists(st.integers(1, 9), min_size=1, max_size=4), st.booleans())
def test_warm_starts_add_up_to_one_run(case, parts, watched):
    validation = (case.X[::2], case.y[::2]) if watched else None
    whole = case.net(max_epochs=sum(parts)).fit(case.X, case.y, validation)
    continued = case.net(warm_start=True)
    for epochs in parts:
        continued.set_params(max_epochs=epochs).fit(case.X, case.y, validation)
    continued.stop_reason_ = whole.stop_reason_  # it names the epochs of the last part
    assert_same_net(continued, whole)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("saved") / "net.npz"


@each_of_200
@given(case=cases(dtypes=BOTH), kind=st.sampled_from(list(NAMES)), stopping=criteria,
       rate=st.sampled_from([0.1, 1e30]), scale=st.none() | st.floats(1e-3, 1e3))
def test_a_saved_net_comes_back_to_the_last_bit(path, case, kind, stopping, rate, scale):
    y = NAMES[kind](case.y.max() + 1)[case.y]
    net = case.net(stopping=stopping, learning_rate=rate, initial_scale=scale)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # at the higher rate many diverge
        net.fit(case.X, y, validation_data=(case.X[::2], y[::2]))
        net.save(path)
        loaded = load(path)
        assert loaded.get_params() == net.get_params()
        assert_same_net(loaded, net)
        np.testing.assert_array_equal(loaded.predict_proba(case.X), net.predict_proba(case.X))
        for each in (loaded, net):
            each.set_params(warm_start=True).fit(case.X, y, validation_data=(case.X, y))
    assert_same_net(loaded, net)
