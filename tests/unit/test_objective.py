"""The same training whichever way it is computed: blocks, stacks, threads, layouts of X."""

import copy
import tracemalloc

import numpy as np
import pytest
import threadpoolctl

from nnlib import ThreeLayerNet, datasets
from nnlib.network import Network
from nnlib.objective import Objective
from nnlib.studies import stacks
from nnlib.studies.stacks import Start, in_lock_step
from nnlib.training import Descent

EPOCHS = 300
# How far losses may drift apart meanwhile, as a fraction of the loss.
TOLERANCES = {"float64": 3e-11, "float32": 3e-4}

X, Y = datasets.moons(200, noise=0.2, random_state=0)
each_dtype = pytest.mark.parametrize("dtype", TOLERANCES)
each_net = pytest.mark.parametrize(
    ("hidden_nodes", "activation"), [((32,), "relu"), ((32,), "tanh"), ((32, 32), "tanh")]
)


def descent(X, y, hidden_nodes, activation, dtype, seed=0, block_size=None, max_epochs=EPOCHS):
    """Epochs of mean gradients, still to be run."""
    network = Network((X.shape[1], *hidden_nodes, y.max() + 1), activation, dtype)
    network.initialize(np.random.default_rng(seed))
    objective = Objective(network, X, y, 0.01, block_size)
    return Descent(objective, 0.2 / len(X), max_epochs=max_epochs)


def losses(descent):
    """The losses of all epochs of each net, (K, max_epochs + 1), after a run."""
    descent.run()
    return np.array([run.history.loss for run in descent.runs])


@pytest.mark.no_cover
@each_net
@each_dtype
def test_the_size_of_the_blocks_does_not_change_the_losses(dtype, hidden_nodes, activation):
    net = hidden_nodes, activation, dtype
    whole = losses(descent(X, Y, *net))
    assert whole[0, -1] < 0.7 * whole[0, 0]
    for block_size in (37, 64, 199, 200):
        blocks = losses(descent(X, Y, *net, block_size=block_size))
        np.testing.assert_allclose(blocks, whole, rtol=TOLERANCES[dtype])


@each_net
@each_dtype
def test_lock_step_does_not_change_the_losses(dtype, hidden_nodes, activation):
    net = hidden_nodes, activation, dtype
    singles = [losses(descent(X, Y, *net, seed))[0] for seed in range(3)]
    together = in_lock_step([Start(descent(X, Y, *net, seed), None) for seed in range(3)])
    stacked = losses(together.descent)
    np.testing.assert_allclose(stacked, singles, rtol=TOLERANCES[dtype])


def stack(nets=5, max_epochs=EPOCHS, hidden_nodes=(32,), activation="relu", dtype="float64"):
    """A descent of so many nets in lock-step, still to be run."""
    starts = [Start(descent(X, Y, hidden_nodes, activation, dtype, seed, max_epochs=max_epochs),
                    None) for seed in range(nets)]
    return in_lock_step(starts).descent


@each_net
@each_dtype
@pytest.mark.parametrize("together", [1, 2, 3])
def test_how_many_nets_go_back_together_changes_no_bit(
    monkeypatch, dtype, hidden_nodes, activation, together
):
    options = {"max_epochs": 60, "hidden_nodes": hidden_nodes, "activation": activation,
               "dtype": dtype}
    all_at_once = stack(**options)
    monkeypatch.setattr(stacks, "ERROR_BYTES", 2**30)
    all_at_once.run()
    few = stack(**options)
    monkeypatch.setattr(stacks, "ERROR_BYTES", together * 32 * 200 * np.dtype(dtype).itemsize)
    rows = few.epochs()
    next(rows)
    (buffers,) = few.objective.buffers.values()
    for D in buffers.D[:-1]:
        D[...] = np.nan
    next(rows)
    for D in buffers.D[:-1]:  # that only some have written to
        assert np.isfinite(D).all(axis=(1, 2)).tolist() == [net < together for net in range(5)]
    for _ in rows:
        pass
    for one, other in zip(all_at_once.runs, few.runs, strict=True):
        assert one.history.rows == other.history.rows
    np.testing.assert_array_equal(few.objective.network.theta, all_at_once.objective.network.theta)


def test_a_copy_of_a_stack_goes_back_by_its_own_weights():
    few = stack(nets=3)
    rows = few.epochs()
    next(rows), next(rows)
    (buffers,) = few.objective.buffers.values()
    network, buffers = copy.deepcopy((few.objective.network, buffers))
    network.theta[...] = 0  # which takes no error to the hidden layer
    first, last = G = network.matrices(network.zeros())
    network.backward(np.vstack([X.T, np.ones(len(X))]), buffers, G)
    assert not first.any()
    assert last.any()


@each_dtype
def test_the_number_of_blas_threads_does_not_change_the_losses(dtype):
    # Enough for OpenBLAS to divide a product, and little to wait for: on a machine that has other
    # work, its threads wait for each other at every product.
    digits, labels = (array[:500] for array in datasets.digits())
    by_threads = []
    for threads in (1, 2):
        with threadpoolctl.threadpool_limits(threads, user_api="blas"):
            pools = threadpoolctl.ThreadpoolController().select(user_api="blas").info()
            assert {pool["num_threads"] for pool in pools} == {threads}
            by_threads.append(losses(descent(digits, labels, (64,), "relu", dtype, max_epochs=100)))
    one, two = by_threads
    assert one[0, -1] < 0.7 * one[0, 0]
    np.testing.assert_allclose(two, one, rtol=TOLERANCES[dtype])


def on_disk(path, X, order):
    """X in a file, as a memory map of the given order."""
    mapped = np.memmap(path, X.dtype, mode="w+", shape=X.shape, order=order)
    mapped[...] = X
    mapped.flush()
    return np.memmap(path, X.dtype, mode="r", shape=X.shape, order=order)


@pytest.mark.no_cover
def test_layout_and_memory_maps_change_no_bit_and_are_not_copied(tmp_path):
    rng = np.random.default_rng(0)
    C = rng.standard_normal((400_000, 50), dtype=np.float32)
    y = (C[:, 0] > C[:, 1]).astype(np.int8)
    forms = {
        "C": C,
        "Fortran": np.asfortranarray(C),
        "C on disk": on_disk(tmp_path / "C", C, "C"),
        "Fortran on disk": on_disk(tmp_path / "F", C, "F"),
    }
    weights = {}
    for name, X in forms.items():
        net = ThreeLayerNet(16, learning_rate=0.5, reduction="mean", dtype="float32",
                            max_epochs=2, random_state=0)
        tracemalloc.start()
        try:
            net.fit(X, y)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < X.nbytes / 4, name
        weights[name] = net.network_.theta
    for name, theta in weights.items():
        np.testing.assert_array_equal(theta, weights["C"], err_msg=name)
