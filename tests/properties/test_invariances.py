"""What must not matter to training does not: blocks, order of rows, names, layout of memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_nets import NAMES, assert_same_history, cases, each_of_200, seeds

from nnlib.network import Network
from nnlib.objective import Objective
from nnlib.training import Descent

# Rounding, which up to 12 epochs carry on.
TO_ROUNDING = {"rtol": 1e-9, "atol": 1e-11}


def trained_in_blocks(case, block_size):
    """Weights and losses of a descent."""
    parameters = case.parameters
    sizes = (case.X.shape[1], *parameters["hidden_nodes"], case.y.max() + 1)
    network = Network(sizes, parameters["activation"])
    network.initialize(np.random.default_rng(parameters["random_state"]))
    objective = Objective(network, case.X, case.y, parameters["reg_lambda"], block_size)
    descent = Descent(objective, parameters["learning_rate"] / len(case.X),
                      parameters["max_epochs"])
    descent.run()
    return network.theta, descent.runs[0].history.loss


@each_of_200
@given(cases(), st.integers(1, 30))
def test_the_size_of_the_blocks_does_not_matter(case, block_size):
    for parts, whole in zip(trained_in_blocks(case, block_size),
                            trained_in_blocks(case, len(case.X)), strict=True):
        np.testing.assert_allclose(parts, whole, **TO_ROUNDING)


@each_of_200
@given(cases(), seeds)
def test_the_order_of_the_rows_does_not_matter(case, seed):
    order = np.random.default_rng(seed).permutation(len(case.X))
    net, shuffled = case.fitted(), case._replace(X=case.X[order], y=case.y[order]).fitted()
    np.testing.assert_allclose(shuffled.network_.theta, net.network_.theta, **TO_ROUNDING)
    np.testing.assert_allclose(shuffled.history_.loss, net.history_.loss, **TO_ROUNDING)


@pytest.mark.parametrize("kind", NAMES)
@each_of_200
@given(case=cases(dtypes=("float64", "float32")))
def test_the_names_of_the_classes_do_not_matter(kind, case):
    net, names = case.fitted(), NAMES[kind](case.y.max() + 1)
    named = case._replace(y=names[case.y]).fitted()
    np.testing.assert_array_equal(named.network_.theta, net.network_.theta)
    np.testing.assert_array_equal(named.predict(case.X), names[net.predict(case.X)])
    assert named.predict(case.X).dtype == names.dtype
    assert_same_history(named, net)


@each_of_200
@given(cases(), seeds)
def test_names_in_another_order_move_the_outputs_and_nothing_else(case, seed):
    k = case.y.max() + 1
    place = np.random.default_rng(seed).permutation(k)  # class c becomes class place[c]
    moved = case._replace(y=place[case.y])
    net, other = (c.net(warm_start=True).initialize(c.X, c.y) for c in (case, moved))
    for W, W_moved in zip(net.layers_, other.layers_, strict=True):
        W_moved[...] = W
    other.layers_[-1][place] = net.layers_[-1]
    net.fit(case.X, case.y)
    other.fit(case.X, moved.y)
    np.testing.assert_allclose(other.history_.loss, net.history_.loss, **TO_ROUNDING)
    np.testing.assert_allclose(other.predict_proba(case.X)[:, place], net.predict_proba(case.X),
                               **TO_ROUNDING)


def read_only(X):
    X = X.copy()
    X.setflags(write=False)
    return X


def strided(X):
    """The same numbers, every third row and second column of an array, both backwards."""
    n, d = X.shape
    spread = np.full((3 * n, 2 * d), np.nan)
    view = spread[::-3, ::-2]
    view[...] = X
    return view


LAYOUTS = {
    "Fortran": np.asfortranarray,
    "strided": strided,
    "read-only": read_only,
    "other byte order": lambda X: X.astype(X.dtype.newbyteorder()),
    "nested lists": lambda X: X.tolist(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@each_of_200
@given(case=cases(dtypes=("float64", "float32")))
def test_the_layout_of_the_observations_does_not_matter(layout, case):
    X = LAYOUTS[layout](case.X)
    net, other = case.fitted(), case._replace(X=X).fitted()
    np.testing.assert_array_equal(other.network_.theta, net.network_.theta)
    np.testing.assert_array_equal(other.predict_proba(X), net.predict_proba(case.X))
    assert_same_history(other, net)
