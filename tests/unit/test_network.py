"""Forward, loss and gradient against a net written out with loops, and against each other."""

import math

import numpy as np
import pytest

from nnlib.losses import softmax_cross_entropy
from nnlib.network import Buffers, Network, one_hot, softmax, with_ones
from nnlib.objective import Objective

SIZES = {"three layers": (3, 5, 4), "four layers": (3, 5, 6, 4), "no hidden layer": (3, 4)}


def made(sizes, activation="tanh", n=11, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    network = Network(sizes, activation, dtype)
    network.initialize(rng)
    for W in network.W:
        W[:, -1] = rng.normal(size=len(W))
    return network, rng.normal(size=(n, sizes[0])), rng.integers(0, sizes[-1], n)


def loss_by_loops(network, X, y, reg_lambda):
    """n · J, one observation and one node at a time."""
    total = 0.0
    for x, label in zip(X, y, strict=True):
        a = list(x)
        for layer, W in enumerate(network.W):
            z = [sum(w * v for w, v in zip(row[:-1], a, strict=True)) + row[-1] for row in W]
            a = [math.tanh(v) for v in z] if layer < len(network.W) - 1 else z
        total += math.log(sum(math.exp(v) for v in a)) - a[label]
    return total + reg_lambda / 2 * sum((W[:, :-1] ** 2).sum() for W in network.W)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_the_loss_is_that_of_plain_loops(sizes):
    network, X, y = made(sizes)
    J, _ = Objective(network, X, y, 0.7).evaluate_with_gradient()
    assert J == pytest.approx(loss_by_loops(network, X, y, 0.7) / len(X), rel=1e-13)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_the_gradient_is_the_slope_of_plain_loops(sizes):
    network, X, y = made(sizes)
    objective = Objective(network, X, y, 0.7)
    objective.evaluate_with_gradient()
    for i in range(0, len(network.theta), 3):
        weight = network.theta[i]
        network.theta[i] = weight + 1e-5
        above = loss_by_loops(network, X, y, 0.7)
        network.theta[i] = weight - 1e-5
        below = loss_by_loops(network, X, y, 0.7)
        network.theta[i] = weight
        assert objective.gradient[i] == pytest.approx((above - below) / 2e-5, rel=1e-6, abs=1e-8)


def test_evaluate_leaves_out_the_penalty_and_counts_the_correct():
    network, X, y = made((3, 5, 4))
    mean_cross_entropy, accuracy = Objective(network, X, y, 5.0).evaluate()
    assert mean_cross_entropy == pytest.approx(loss_by_loops(network, X, y, 0) / len(X), rel=1e-13)
    P = network.activations(X)[-1]
    assert accuracy == np.mean(P.argmax(axis=0) == y)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("block", [1, 3, 11, 50])
def test_blocks_do_not_change_the_gradient(sizes, block):
    network, X, y = made(sizes)
    whole = Objective(network, X, y, 0.3)
    J, accuracy = whole.evaluate_with_gradient()
    parts = Objective(network, X, y, 0.3, block_size=block)
    assert len(parts.kept) == math.ceil(len(X) / block)
    J_parts, accuracy_parts = parts.evaluate_with_gradient()
    assert J_parts == pytest.approx(J, rel=1e-14)
    assert accuracy_parts == accuracy
    np.testing.assert_allclose(parts.gradient, whole.gradient, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_stacked_nets_compute_what_single_nets_compute(sizes):
    singles = [made(sizes, "logistic", seed=seed)[0] for seed in range(3)]
    _, X, y = made(sizes)
    stack = Network(sizes, "logistic", nets=(3,))
    stack.theta[...] = [network.theta for network in singles]
    stacked = Objective(stack, X, y, 0.2)
    J, accuracy = stacked.evaluate_with_gradient()
    assert J.shape == accuracy.shape == (3,)
    for k, network in enumerate(singles):
        single = Objective(network, X, y, 0.2)
        J_k, accuracy_k = single.evaluate_with_gradient()
        assert J[k] == pytest.approx(J_k, rel=1e-13)
        assert accuracy[k] == accuracy_k
        np.testing.assert_allclose(stacked.gradient[k], single.gradient, rtol=1e-12, atol=1e-13)


def test_float32_computes_in_float32():
    network, X, y = made((3, 5, 4))
    small = Network((3, 5, 4), "tanh", np.float32)
    small.theta[...] = network.theta
    J, _ = Objective(network, X, y, 0.1).evaluate_with_gradient()
    objective = Objective(small, X.astype(np.float32), y, 0.1)
    J_small, _ = objective.evaluate_with_gradient()
    assert objective.gradient.dtype == np.float32
    assert J_small == pytest.approx(J, rel=1e-5)


def test_initial_weights_have_the_scale_and_biases_are_zero():
    network = Network((100, 400, 3), "tanh")
    network.initialize(np.random.default_rng(0), scale=2.0)
    first, second = network.W
    assert first[:, :-1].std() == pytest.approx(2 / math.sqrt(100), rel=0.02)
    assert second[:, :-1].std() == pytest.approx(2 / math.sqrt(400), rel=0.06)
    assert not first[:, -1].any()
    assert not second[:, -1].any()


def test_the_bias_does_not_count_as_an_input():
    network = Network((1, 4000, 2), "relu")
    network.initialize(np.random.default_rng(0))
    assert network.W[0][:, 0].std() == pytest.approx(1, rel=0.03)


def test_a_second_initialize_sets_the_biases_to_zero():
    network, _, _ = made((3, 5, 4))
    assert network.W[0][:, -1].any()
    network.initialize(np.random.default_rng(0))
    assert not any(W[:, -1].any() for W in network.W)


@pytest.mark.parametrize(
    ("sizes", "longest"),
    [((2, 8, 2), 37_500), ((2, 64, 2), 4687), ((2, 64, 128, 2), 2343), ((2, 4096, 2), 256)],
)
def test_blocks_are_as_few_as_the_widest_layer_allows_and_of_even_length(sizes, longest):
    X, y = np.zeros((20_000, 2)), np.zeros(20_000, int)
    objective = Objective(Network(sizes, "relu"), X, y)
    *lengths, last = [T.shape[-1] for _, T in objective.kept]
    assert len(lengths) + 1 == math.ceil(20_000 / longest)
    assert sum(lengths) + last == 20_000
    assert set(lengths) <= {objective.block_size}
    assert 0 <= objective.block_size - last <= len(lengths)
    assert objective.block_size <= longest


def test_the_activation_sets_the_scale_where_none_is_given():
    own, given = Network((2, 9, 2), "logistic"), Network((2, 9, 2), "logistic")
    own.initialize(np.random.default_rng(0))
    given.initialize(np.random.default_rng(0), scale=own.activation.initial_scale)
    np.testing.assert_array_equal(own.theta, given.theta)
    assert own.activation.initial_scale == 4


def test_matrices_are_views_of_theta():
    network = Network((2, 3, 2), "relu")
    network.theta[...] = np.arange(len(network.theta))
    assert [W.shape for W in network.W] == [(3, 3), (2, 4)]
    network.W[1][0, 0] = -1
    assert network.theta[9] == -1


def test_with_ones_and_one_hot():
    X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    np.testing.assert_array_equal(with_ones(X), [[1, 3, 5], [2, 4, 6], [1, 1, 1]])
    np.testing.assert_array_equal(one_hot(np.array([1, 0, 1]), 2), [[0, 1, 0], [1, 0, 1]])


def test_softmax_neither_overflows_nor_changes_under_a_shift():
    Z = np.array([[1.0, 1000.0, -1000.0], [2.0, 0.0, -1001.0]])
    P = softmax(Z.copy())
    np.testing.assert_allclose(P.sum(axis=0), 1)
    np.testing.assert_allclose(P[:, 0], [1 / (1 + math.e), math.e / (1 + math.e)])
    np.testing.assert_allclose(softmax(Z + 700), P, rtol=1e-12)


def test_cross_entropy_is_right_where_the_probability_underflows():
    Z = np.array([[0.0], [2000.0]])
    loss, correct = softmax_cross_entropy(Z, np.array([[1.0], [0.0]]))
    assert loss == 2000
    assert correct == 0
    np.testing.assert_array_equal(Z, [[0], [1]])


def test_cross_entropy_of_equal_logits_is_log_k():
    loss, _ = softmax_cross_entropy(np.zeros((10, 7)), one_hot(np.arange(7), 10))
    assert loss == pytest.approx(7 * math.log(10))


def test_a_tie_counts_for_the_class_that_predict_would_name():
    Z = np.zeros((3, 4))
    _, correct = softmax_cross_entropy(Z, one_hot(np.array([0, 1, 2, 0]), 3))
    assert correct == 2


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_stacked_nets_on_data_and_penalties_of_their_own(sizes):
    made_nets = [made(sizes, "tanh", seed=seed) for seed in range(3)]
    stack = Network(sizes, "tanh", nets=(3,))
    stack.theta[...] = [network.theta for network, _, _ in made_nets]
    X, y = (np.stack([made_net[i] for made_net in made_nets]) for i in (1, 2))
    stacked = Objective(stack, X, y, np.array([0.0, 0.5, 2.0]), block_size=4)
    J, accuracy = stacked.evaluate_with_gradient()
    for k, (network, X_k, y_k) in enumerate(made_nets):
        single = Objective(network, X_k, y_k, [0.0, 0.5, 2.0][k])
        J_k, accuracy_k = single.evaluate_with_gradient()
        assert J[k] == pytest.approx(J_k, rel=1e-13)
        assert accuracy[k] == accuracy_k
        np.testing.assert_allclose(stacked.gradient[k], single.gradient, rtol=1e-12, atol=1e-13)


def test_observations_that_are_not_kept_are_read_again_each_time(monkeypatch):
    network, X, y = made((3, 5, 4))
    kept = Objective(network, X, y, 0.3, block_size=3)
    monkeypatch.setattr("nnlib.objective.KEPT_BYTES", 0)
    read = Objective(network, X, y, 0.3, block_size=3)
    assert read.kept is None
    for _ in range(2):
        assert read.evaluate_with_gradient() == kept.evaluate_with_gradient()
        np.testing.assert_array_equal(read.gradient, kept.gradient)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_a_net_holds_is_of_its_dtype_and_no_longer_than_it_must_be(dtype):
    network, X, y = made((3, 5, 6, 4), dtype=dtype)
    assert network.theta.shape == (5 * 4 + 6 * 6 + 4 * 7,)
    assert sum(W.size for W in network.W) == network.theta.size
    buffers = Buffers(network, len(X))
    held = [network.theta, *network.W, *buffers.A, *buffers.D, one_hot(y, 4, dtype),
            with_ones(X, dtype), *network.activations(X)]
    assert {array.dtype for array in held} == {np.dtype(dtype)}


@pytest.mark.parametrize("nets", [(), (2,), (3, 2)])
def test_softmax_of_many_nets_is_that_of_each(nets):
    logits = np.random.default_rng(0).normal(size=(*nets, 4, 4))
    P = logits.copy()
    softmax(P)
    for place in np.ndindex(nets):
        expected = np.exp(logits[place]) / np.exp(logits[place]).sum(axis=0)
        np.testing.assert_allclose(P[place], expected, rtol=1e-13)
