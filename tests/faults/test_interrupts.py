"""Ctrl-C at any moment keeps what was learned so far, whole and usable."""

import os
import signal
import threading
import warnings

import numpy as np
import pytest
from children import ended, forked
from interrupts import is_interrupted
from same_results import assert_same
from tqdm.auto import tqdm

from nnlib import ThreeLayerNet, datasets
from nnlib.stopping import Criterion, EarlyStopping
from nnlib.studies import Study

X, Y = datasets.moons(40, noise=0.2, random_state=0)
VALIDATION = datasets.moons(40, noise=0.2, random_state=1)
BOUNCING = {"hidden_nodes": 8, "learning_rate": 5.0, "reduction": "mean", "random_state": 0}


def assert_usable(net, first_epoch=0):
    """Weights, history and what the net says of them agree; it holds the best epoch of its fit."""
    history = net.history_
    np.testing.assert_array_equal(history.epoch, np.arange(net.n_epochs_ + 1))
    assert net.loss_ == history.loss[net.best_epoch_] == pytest.approx(net.loss(X, Y), rel=1e-12)
    if net.stop_reason_ == "interrupted":
        watched = (history.validation_loss if net.stopping else history.loss)[first_epoch:]
        # The last row may have been entered, but not yet been compared with the best.
        compared = watched[:-1] if len(watched) > 1 else watched
        assert net.best_epoch_ - first_epoch in (watched.argmin(), compared.argmin())
    assert net.score(X, Y) == history.accuracy[net.best_epoch_]


@pytest.mark.parametrize("progress", [False, True], ids=["quiet", "with a bar"])
@pytest.mark.parametrize("first_epochs", [0, 3], ids=["first fit", "warm start"])
def test_an_interrupt_at_any_line_of_a_fit_keeps_the_old_net_or_the_new(first_epochs, progress):
    reached = []
    for number in range(1, 2000):
        net = ThreeLayerNet(**BOUNCING, warm_start=True, progress=progress, max_epochs=3)
        if first_epochs:
            net.fit(X, Y)
        if not is_interrupted(lambda net=net: net.fit(X, Y), number,
                              ("nnlib.classifiers", "nnlib.training")):
            break
        fitted = hasattr(net, "network_")
        assert fitted == hasattr(net, "history_") == hasattr(net, "classes_")
        if fitted:
            assert_usable(net, first_epochs)
        reached.append(net.n_epochs_ if fitted else -1)
    # An epoch that one interrupt finds done, no later interrupt loses.
    assert reached == sorted(reached)
    assert set(reached) == set(range(first_epochs, first_epochs + 4)) | {first_epochs or -1}


# A Ctrl-C is lost, as in every Python program, while a destructor or a callback of the garbage
# collection runs; a child says so with this status.
LOST = 3


def ctrl_c(seconds):
    """A timer that sends this process a real SIGINT; for a child, which has nothing to lose."""
    # The bar's own lock is one with the parent's: a child that ends with it would keep it.
    tqdm.set_lock(threading.RLock())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))


class Started(Criterion):
    """Starts a timer at epoch 1, and never stops training."""

    def __init__(self, timer):
        self.timer = timer

    def watch(self):
        return lambda row: self.timer.start() if row.epoch == 1 else None


@pytest.mark.parametrize("early", [False, True], ids=["training loss", "early stopping"])
@pytest.mark.parametrize("progress", [False, True], ids=["quiet", "with a bar"])
def test_ctrl_c_in_a_fit_keeps_the_best_weights(capsys, early, progress):
    def interrupt(seconds):
        stopping = Started(ctrl_c(seconds))
        if early:
            stopping = stopping | EarlyStopping(10**9)
        net = ThreeLayerNet(**BOUNCING, stopping=stopping, max_epochs=10**4, progress=progress)
        try:
            net.fit(X, Y, validation_data=VALIDATION)
        except KeyboardInterrupt:
            pass
        else:
            os._exit(LOST)
        net.set_params(stopping=EarlyStopping() if early else None)
        assert net.stop_reason_ == "interrupted"
        assert_usable(net)
        assert ("epoch" in capsys.readouterr().err) == progress

    statuses = [ended(forked(lambda seconds=seconds: interrupt(seconds)))
                for seconds in np.random.default_rng(0).uniform(0, 0.03, 20)]
    assert set(statuses) <= {0, LOST}
    assert statuses.count(LOST) < 5


def study(folder=None, progress=False):
    return Study(ThreeLayerNet(learning_rate=0.2, reduction="mean", max_epochs=30),
                 {"hidden_nodes": [2, 3, 4, 5]}, (X, Y), range(2), folder, progress=progress)


def assert_nothing_lost(interrupted, folder, expected):
    """What is finished is in memory and in the folder; both go on to the same end."""
    stacks = sorted(path.name for path in folder.iterdir() if path.name != "study.json")
    assert stacks == [f"stack-{number:04d}.npz" for number in range(len(stacks))]
    # The interrupt may come between writing a stack and entering it.
    assert len(interrupted.results) in (2 * len(stacks), 2 * len(stacks) - 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_same(interrupted.run(), expected)
        assert_same(study(folder).run(), expected)


@pytest.mark.seldom
@pytest.mark.parametrize("progress", [False, True], ids=["quiet", "with a bar"])
def test_an_interrupt_at_any_line_of_a_study_loses_no_stack(tmp_path, progress):
    expected = study().run()
    modules = ("nnlib.studies.study", "nnlib.studies.folder", "nnlib.estimator.files",
               "nnlib.studies.stacks", "nnlib.training")
    interrupts = 0
    for number in np.random.default_rng(progress).integers(1, 7000, 40).tolist():
        folder = tmp_path / f"{interrupts} {number}"
        folder.mkdir()
        interrupted = study(folder, progress)
        interrupts += is_interrupted(interrupted.run, number, modules)
        assert_nothing_lost(interrupted, folder, expected)
    assert interrupts > 30


@pytest.mark.parametrize("progress", [False, True], ids=["quiet", "with a bar"])
def test_ctrl_c_in_a_study_loses_no_stack(tmp_path, progress):
    expected = study().run()

    def interrupt(folder, seconds):
        interrupted = study(folder, progress)
        timer = ctrl_c(seconds)
        try:
            timer.start()
            interrupted.run()
            timer.join()  # so that it interrupts this, if it comes too late for the study
        except KeyboardInterrupt:
            pass
        assert_nothing_lost(interrupted, folder, expected)

    for number, seconds in enumerate(np.random.default_rng(0).uniform(0, 0.04, 15)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert ended(forked(lambda job=(folder, seconds): interrupt(*job))) == 0
