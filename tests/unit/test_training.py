"""The loop: its steps, its history, how it ends and what it leaves behind."""

import functools
import math
import re
import warnings
from fractions import Fraction

import numpy as np
import pytest
from interrupts import is_interrupted

from nnlib import (
    DivergenceWarning,
    FourLayerNet,
    MultilayerPerceptron,
    StabilityWarning,
    ThreeLayerNet,
    datasets,
    diagnostics,
)
from nnlib.network import Network
from nnlib.objective import Objective
from nnlib.stopping import (
    Criterion,
    EarlyStopping,
    GradientNorm,
    Patience,
    RelativeImprovement,
)
from nnlib.training import Descent, Recorder

X, Y = datasets.moons(60, noise=0.2, random_state=0)
Softmax = functools.partial(MultilayerPerceptron, ())
HELD_OUT = datasets.moons(100, noise=0.2, random_state=1)
STEADY = {"learning_rate": 0.2, "reduction": "mean", "random_state": 0, "hidden_nodes": 8}
BOUNCING = 4.0  # a learning rate at which the loss falls and rises


def test_one_epoch_is_one_step_along_the_gradient():
    net = ThreeLayerNet(**STEADY, warm_start=True, max_epochs=1).initialize(X, Y)
    before = [W.copy() for W in net.layers_]
    gradients = net.gradients(X, Y)
    net.fit(X, Y)
    for W, old, G in zip(net.layers_, before, gradients, strict=True):
        np.testing.assert_allclose(W, old - 0.2 * G, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("cls", [ThreeLayerNet, FourLayerNet])
def test_summed_and_mean_gradients_are_one_algorithm(cls):
    mean = cls(**STEADY, max_epochs=300).fit(X, Y)
    summed = cls(**{**STEADY, "reduction": "sum", "learning_rate": 0.2 / len(X)}, max_epochs=300)
    summed.fit(X, Y)
    np.testing.assert_allclose(summed.history_.loss, mean.history_.loss, rtol=1e-11)


def test_row_zero_is_the_initial_net_and_the_last_row_the_fitted_one():
    net = ThreeLayerNet(**STEADY, max_epochs=50)
    initial = net.initialize(X, Y).loss(X, Y)
    history = net.fit(X, Y, validation_data=HELD_OUT).history_
    assert len(history) == 51
    np.testing.assert_array_equal(history.epoch, np.arange(51))
    assert history.loss[0] == pytest.approx(initial, rel=1e-14)
    assert history.loss[-1] == net.loss_ == pytest.approx(net.loss(X, Y), rel=1e-14)
    assert history.accuracy[-1] == net.score(X, Y)
    assert history.validation_loss[-1] == net.cross_entropy(*HELD_OUT)
    assert history.validation_accuracy[-1] == net.score(*HELD_OUT)
    norm = math.sqrt(sum((G**2).sum() for G in net.gradients(X, Y)))
    assert history.gradient_norm[-1] == pytest.approx(norm, rel=1e-12)
    assert net.n_epochs_ == net.best_epoch_ == 50
    assert net.stop_reason_ == "reached max_epochs=50"


def test_without_validation_data_its_columns_are_nan():
    history = ThreeLayerNet(**STEADY, max_epochs=2).fit(X, Y).history_
    assert np.isnan(history.validation_loss).all()
    assert np.isnan(history.validation_accuracy).all()


def test_validation_data_do_not_change_training():
    alone = ThreeLayerNet(**STEADY, max_epochs=40).fit(X, Y)
    watched = ThreeLayerNet(**STEADY, max_epochs=40).fit(X, Y, validation_data=HELD_OUT)
    np.testing.assert_array_equal(alone.network_.theta, watched.network_.theta)


def test_a_warm_start_uses_the_weights_that_were_written():
    net = ThreeLayerNet(**STEADY, warm_start=True, max_epochs=1).initialize(X, Y)
    for W in net.layers_:
        W[...] = 0
    net.fit(X, Y)
    assert net.history_.loss[0] == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    "changed",
    [{"hidden_nodes": 9}, {"activation": "tanh"}, {"dtype": "float32"}, {"n_classes": 3}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_warm_start_of_another_net_is_refused(changed):
    net = ThreeLayerNet(**STEADY, warm_start=True, max_epochs=3).fit(X, Y)
    theta = net.network_.theta.copy()
    with pytest.raises(ValueError, match=f"{next(iter(changed))} must stay"):
        net.set_params(**changed).fit(X, Y)
    np.testing.assert_array_equal(net.network_.theta, theta)


def test_a_criterion_ends_training_and_gives_its_reason():
    net = ThreeLayerNet(**STEADY, stopping=GradientNorm(0.05) | Patience()).fit(X, Y)
    assert "gradient's norm fell below 0.05" in net.stop_reason_
    assert net.history_.gradient_norm[-1] < 0.05 <= net.history_.gradient_norm[:-1].min()
    assert net.n_epochs_ < 5000


def test_the_original_rule_stops_after_a_whole_number_of_its_intervals():
    net = ThreeLayerNet(**STEADY, stopping=RelativeImprovement(tol=0.2, every=100)).fit(X, Y)
    assert net.n_epochs_ % 100 == 0
    loss = net.history_.loss
    assert loss[-1] > 0.8 * loss[-101]
    assert loss[-101] <= 0.8 * loss[-201]


def test_early_stopping_gives_back_the_best_weights():
    noisy, labels = datasets.moons(40, noise=0.4, random_state=3)
    held_out = datasets.moons(200, noise=0.4, random_state=4)
    net = ThreeLayerNet(64, learning_rate=0.5, reduction="mean", random_state=0,
                        stopping=EarlyStopping(patience=300))
    net.fit(noisy, labels, validation_data=held_out)
    validation = net.history_.validation_loss
    assert net.best_epoch_ == validation.argmin() < net.n_epochs_
    assert net.cross_entropy(*held_out) == validation.min() < validation[-1]
    assert net.n_epochs_ - net.best_epoch_ == 300
    assert net.loss_ == net.history_.loss[net.best_epoch_]


def test_early_stopping_restores_also_when_the_epochs_run_out():
    noisy, labels = datasets.moons(40, noise=0.4, random_state=3)
    held_out = datasets.moons(200, noise=0.4, random_state=4)
    net = ThreeLayerNet(64, learning_rate=0.5, reduction="mean", random_state=0, max_epochs=1500,
                        stopping=EarlyStopping(patience=5000))
    net.fit(noisy, labels, validation_data=held_out)
    assert net.best_epoch_ < net.n_epochs_ == 1500
    assert net.cross_entropy(*held_out) == net.history_.validation_loss.min()


def test_validation_data_alone_bring_no_weights_back():
    noisy, labels = datasets.moons(40, noise=0.4, random_state=3)
    held_out = datasets.moons(200, noise=0.4, random_state=4)
    net = ThreeLayerNet(64, learning_rate=0.5, reduction="mean", random_state=0, max_epochs=1500)
    net.fit(noisy, labels, validation_data=held_out)
    assert net.history_.validation_loss.argmin() < net.best_epoch_ == net.n_epochs_ == 1500
    assert net.loss_ == net.history_.loss[-1] == pytest.approx(net.loss(noisy, labels), rel=1e-14)


def test_validation_data_without_a_finite_loss_are_refused():
    endless = np.full((4, 2), 1.7e308), np.array([0, 1, 0, 1])
    net = ThreeLayerNet(**STEADY, stopping=EarlyStopping(patience=7))
    with pytest.raises(ValueError, match=r"validation_data\[0\] must hold numbers that stay fin"):
        net.fit(X, Y, validation_data=endless)
    assert not hasattr(net, "network_")


def test_a_second_ctrl_c_leaves_a_net_that_agrees_with_its_weights(monkeypatch):
    """It comes while the first one brings back the best weights."""
    ended, calls = Recorder.end, []

    def end(recorder, reason, restore=False):
        calls.append(reason)
        if len(calls) == 1:
            raise KeyboardInterrupt
        ended(recorder, reason, restore)

    class AtEpochNine(Criterion):
        def watch(self):
            return self.interrupt

        def interrupt(self, row):
            if row.epoch == 9:
                raise KeyboardInterrupt

    monkeypatch.setattr(Recorder, "end", end)
    net = ThreeLayerNet(8, learning_rate=6.0, reduction="mean", stopping=AtEpochNine(),
                        random_state=0)
    with pytest.raises(KeyboardInterrupt):
        net.fit(X, Y)
    assert calls[:2] == ["interrupted", "interrupted"]
    assert net.stop_reason_ == "interrupted"
    assert net.loss_ == pytest.approx(net.loss(X, Y), rel=1e-12)


def test_early_stopping_asks_for_validation_data():
    with pytest.raises(ValueError, match="validation_data"):
        ThreeLayerNet(stopping=Patience() | EarlyStopping()).fit(X, Y)


def test_no_rate_is_advised_that_was_used_already():
    net = ThreeLayerNet(learning_rate=0.5, reduction="mean", random_state=0)
    with pytest.warns(DivergenceWarning) as caught:
        net.fit(1000 * X, Y)
    message = str(caught[0].message)
    assert "such as" not in message
    assert "scale yours" in message


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", ["relu", "softplus", "identity"])
def test_divergence_is_announced_and_the_best_weights_kept(activation, dtype):
    net = FourLayerNet(8, activation=activation, learning_rate=1e8, reduction="mean", dtype=dtype,
                       random_state=0)
    with pytest.warns(DivergenceWarning) as caught:
        net.fit(X, Y)
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    assert f"epoch {net.n_epochs_}" in message
    assert "learning_rate=1e+08, follows mean gradients" in message
    assert "learning_rate=0.2 with reduction='mean'" in message
    assert "scale" not in message.lower()  # these inputs bear a step that works
    assert "not finite" in net.stop_reason_
    assert not math.isfinite(net.history_.loss[-1])
    assert math.isfinite(net.loss_)
    assert net.loss_ == np.nanmin(net.history_.loss) == net.history_.loss[net.best_epoch_]
    assert net.loss(X, Y) == pytest.approx(net.loss_, rel=1e-5)
    assert np.isfinite(net.predict_proba(X)).all()


def test_weights_that_are_not_finite_from_the_start_are_announced():
    net = ThreeLayerNet(**STEADY, max_epochs=20, warm_start=True).fit(X, Y)
    net.layers_[0][...] = np.nan
    with pytest.warns(DivergenceWarning, match="not finite before the first step") as caught:
        net.fit(X, Y)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert net.n_epochs_ == net.best_epoch_ == 20
    assert len(net.history_) == 21
    assert math.isnan(net.loss_)
    assert "not finite at epoch 20" in net.stop_reason_


@pytest.mark.parametrize(
    ("cls", "n", "rate", "warns"),
    [
        (ThreeLayerNet, 100, 0.01, False),
        (ThreeLayerNet, 400, 0.01, False),
        (ThreeLayerNet, 402, 0.01, True),
        (FourLayerNet, 200, 0.01, False),
        (FourLayerNet, 202, 0.01, True),
        (FourLayerNet, 202, 0.005, False),
        (MultilayerPerceptron, 1000, 0.01, True),
        (Softmax, 1000, 0.01, False),
    ],
)
def test_a_step_beyond_the_edge_is_announced(cls, n, rate, warns):
    X, y = datasets.moons(n, noise=0.2, random_state=0)
    net = cls(learning_rate=rate, max_epochs=1, random_state=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        net.fit(X, y)
    stability = [w for w in caught if "beyond the edge" in str(w.message)]
    assert len(stability) == warns
    assert all(w.category is StabilityWarning for w in caught)
    if warns:
        assert f"learning_rate * n = {rate * n:.3g}" in str(stability[0].message)
        rate_of_mean = 0.2 if cls is FourLayerNet else 0.5
        assert (f"learning_rate={rate_of_mean} with reduction='mean' (the same as "
                f"learning_rate={rate_of_mean / n:.2g} with 'sum')") in str(stability[0].message)
        assert stability[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.set_params(reduction="mean").fit(X, y)  # the same rate, an n-th of the step


def test_a_loss_that_grew_is_announced_with_the_step():
    net = ThreeLayerNet(4, learning_rate=1.0, max_epochs=20, random_state=0)
    with pytest.warns(StabilityWarning) as caught:
        net.fit(X, Y)
    (message,) = [str(w.message) for w in caught if "larger" in str(w.message)]
    assert f"from {net.history_.loss[0]:.3g} to {net.loss_:.3g}" in message
    assert "learning_rate * n, was 60" in message
    assert {w.filename for w in caught} == {__file__}


def dead(**parameters):
    """A net that dies on pixels from 0 to 255: the first steps are far too long for such inputs."""
    pixels, digits = datasets.digits()
    net = ThreeLayerNet(32, learning_rate=0.1, reduction="mean", max_epochs=50, random_state=0)
    return net.set_params(**parameters), 255 * pixels, digits


def test_a_net_whose_units_are_all_dead_says_so():
    net, X, y = dead()
    with pytest.warns(StabilityWarning) as caught:
        net.fit(X, y)
    assert net.score(X, y) < 0.11
    assert diagnostics.dead_units(net, X).tolist() == [1.0]
    (message,) = [str(w.message) for w in caught if "are dead" in str(w.message)]
    assert message.startswith("All nodes of hidden layer 1 are dead: each puts out the same")
    assert "learning_rate=0.1, follows mean gradients" in message
    assert "mean 0 and standard deviation 1" in message
    assert {w.filename for w in caught} == {__file__}
    scaled = (X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert net.fit(scaled, y).score(scaled, y) > 0.6  # the remedy works


def test_a_step_that_made_the_loss_larger_is_named_even_if_it_killed_a_layer():
    net = MultilayerPerceptron((8,) * 12, "softplus", learning_rate=0.2, reduction="mean",
                               max_epochs=30, random_state=0)
    X, y = datasets.moons(200, noise=0.2, random_state=1)
    with pytest.warns(StabilityWarning) as caught:
        net.fit(X, y)
    assert 1 in diagnostics.dead_units(net, X)
    (message,) = [str(w.message) for w in caught]
    assert message.startswith("Training made the loss larger")
    assert message.endswith("such as learning_rate=0.02.")


def test_units_that_are_saturated_differently_are_not_dead():
    """No gradient passes them, but what they put out still tells observations apart."""
    net, X, y = dead(activation="tanh", initial_scale=1e6, learning_rate=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.fit(X, y)
    assert diagnostics.dead_units(net, X).tolist() == [1.0]


def test_units_saturated_alike_are_dead():
    net = ThreeLayerNet(4, "logistic", learning_rate=1e-9, max_epochs=1, random_state=0)
    net.initialize(X, Y).set_params(warm_start=True).layers_[0][:, -1] = 1000
    with pytest.warns(StabilityWarning, match="All nodes of hidden layer 1 are dead"):
        net.fit(X, Y)


def test_a_net_dead_for_no_step_is_told_to_start_from_other_weights():
    X, y = datasets.moons(200, noise=0.2, random_state=0)
    net = ThreeLayerNet(2, learning_rate=0.05, reduction="mean", max_epochs=1, random_state=0)
    net.initialize(X, y).set_params(warm_start=True).layers_[0][:, -1] = -100
    with pytest.warns(StabilityWarning, match="Start from other weights: with another random_st"):
        net.fit(X, y)


@pytest.mark.parametrize("rate", [2.0, 4.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_step_too_long_for_pixels_is_named(rate, seed):
    """Some nodes may live on: the net knows nothing all the same."""
    pixels, digits = datasets.digits()
    own = np.random.default_rng(seed).permutation(len(pixels))[:300]
    X, y = pixels[own], digits[own]
    net = ThreeLayerNet(learning_rate=rate, reduction="mean", max_epochs=100, random_state=seed)
    with pytest.warns(StabilityWarning) as caught:
        net.fit(X, y)
    (message,) = [str(w.message) for w in caught]
    assert message.endswith("learning_rate=0.0017 with 'sum').")
    if diagnostics.dead_units(net, X)[0] < 1:
        assert f"its accuracy is {net.score(X, y):.2g}, and" in message
        assert f"its cross-entropy {net.cross_entropy(X, y):.3g}, where guessing" in message
    assert {w.filename for w in caught} == {__file__}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert net.set_params(learning_rate=0.5).fit(X, y).score(X, y) > 0.9  # the remedy works


@pytest.mark.parametrize(("shuffled", "rate", "epochs"), [(True, 0.1, 300), (False, 4.0, 300)])
def test_neither_noise_nor_a_leap_alone_is_called_a_failure(shuffled, rate, epochs):
    """Labels that tell nothing, by short steps; and a loss that leapt and came back."""
    X, y = datasets.moons(200, noise=0.2, random_state=0)
    y = np.random.default_rng(0).permutation(y) if shuffled else y
    net = ThreeLayerNet(learning_rate=rate, reduction="mean", max_epochs=epochs, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.fit(X, y)
    assert (net.history_.loss.max() > 1.1 * net.history_.loss[0]) == (not shuffled)
    assert (net.score(X, y) < 0.65) == shuffled


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "identity"])
def test_a_net_that_has_learned_nothing_yet_is_not_called_dead(activation):
    net = ThreeLayerNet(8, activation, learning_rate=1e-12, reduction="mean", max_epochs=2,
                        random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.fit(X, Y)


def test_a_loss_that_grew_by_half_is_not_announced():
    net = ThreeLayerNet(**{**STEADY, "learning_rate": 7.0}, max_epochs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.fit(X, Y)
    assert 1.3 < net.loss_ / net.history_.loss[0] < 1.9


@pytest.fixture
def raise_at(monkeypatch):
    """Make every fit from now on raise an error once it has seen an epoch."""

    def patch(epoch, error):
        class Raising(Descent):
            def run(self, after_epoch=None):
                def check(row):
                    if row.epoch == epoch:
                        raise error

                super().run(check)

        monkeypatch.setattr("nnlib.nets.Descent", Raising)

    return patch


@pytest.mark.parametrize(("rate", "epoch"), [(0.2, 25), (BOUNCING, 25)], ids=["steady", "bouncing"])
def test_an_interrupt_keeps_the_best_weights_and_the_history(raise_at, rate, epoch):
    net = ThreeLayerNet(**{**STEADY, "learning_rate": rate}, max_epochs=1000)
    raise_at(epoch, KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        net.fit(X, Y)
    assert net.stop_reason_ == "interrupted"
    assert len(net.history_) == epoch + 1
    assert (net.history_.loss.argmin() < epoch) == (rate == BOUNCING)
    assert net.best_epoch_ == net.history_.loss.argmin()
    assert net.loss_ == net.history_.loss.min() == pytest.approx(net.loss(X, Y), rel=1e-14)


def lock_step(rates=(0.2, BOUNCING), max_epochs=6, **options):
    """Nets in lock-step, one for each rate; the data of early stopping come along."""
    network = Network((2, 8, 2), "relu", nets=(len(rates),))
    network.initialize(np.random.default_rng(0))
    return Descent(Objective(network, X, Y, 0.01), np.array(rates) / len(X), max_epochs,
                   validation=Objective(network, *HELD_OUT), **options)


def assert_the_weights_are_those_of_the_best_epoch(descent):
    losses, _ = Objective(descent.objective.network, X, Y, 0.01).evaluate_with_gradient()
    for run, loss in zip(descent.runs, losses, strict=True):
        assert run.history.loss[run.best_epoch] == pytest.approx(loss, rel=1e-14)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "options",
    [{}, {"criterion": EarlyStopping(patience=2)}, {"rates": (0.2, 1e8), "max_epochs": 12}],
    ids=["bouncing", "early stopping", "diverging"],
)
def test_an_interrupt_at_any_line_leaves_weights_and_history_in_step(options):
    interrupts = 0
    for number in range(1, 2000):
        descent = lock_step(**options)
        if not is_interrupted(descent.run, number, ("nnlib.training",)):
            break
        interrupts += 1
        if any(len(run.history) == 0 for run in descent.runs):
            continue
        assert_the_weights_are_those_of_the_best_epoch(descent)
        for run in descent.runs:
            np.testing.assert_array_equal(run.history.epoch, np.arange(len(run.history)))
            assert run.stop_reason
    assert 100 < interrupts < 1999


def test_the_epochs_one_by_one_are_those_of_a_run():
    alone, looked_at = lock_step(max_epochs=40), lock_step(max_epochs=40)
    alone.run()
    for number, row in enumerate(looked_at.epochs()):
        assert row.epoch == number
        losses, _ = Objective(looked_at.objective.network, X, Y, 0.01).evaluate_with_gradient()
        norms = np.linalg.norm(looked_at.objective.gradient, axis=-1) / len(X)
        assert losses[0] == pytest.approx(row.loss, rel=1e-14)
        assert norms[0] == pytest.approx(row.gradient_norm, rel=1e-14)
    for one, other in zip(alone.runs, looked_at.runs, strict=True):
        assert one.history.rows == other.history.rows
        assert one.stop_reason == other.stop_reason == "reached max_epochs=40"
    np.testing.assert_array_equal(alone.objective.network.theta, looked_at.objective.network.theta)


def test_between_epochs_overflow_is_announced_as_the_caller_has_it():
    with np.errstate(over="raise", invalid="warn"):
        expected = np.geterr()
        for _ in lock_step().epochs():
            assert np.geterr() == expected


@pytest.mark.parametrize("leave", ["close", "forget"])
def test_epochs_that_are_left_midway_keep_the_last_weights_and_the_history(leave):
    descent = lock_step(max_epochs=1000)
    epochs = descent.epochs()
    while next(epochs).epoch < 25:
        pass
    theta = descent.objective.network.theta.copy()
    if leave == "close":
        epochs.close()
    else:
        del epochs
    assert [len(run.history) for run in descent.runs] == [26, 26]
    assert [run.stop_reason for run in descent.runs] == ["", ""]
    np.testing.assert_array_equal(descent.objective.network.theta, theta)


def test_a_run_that_is_interrupted_while_its_caller_looks_keeps_the_best_weights():
    descent = lock_step(max_epochs=1000)

    def interrupt(row):
        if row.epoch == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        descent.run(interrupt)
    steady, bouncing = descent.runs
    assert [len(run.history) for run in descent.runs] == [31, 31]
    assert steady.stop_reason == bouncing.stop_reason == "interrupted"
    assert steady.best_epoch == steady.history.loss.argmin() == 30
    assert bouncing.best_epoch == bouncing.history.loss.argmin() < 30
    assert_the_weights_are_those_of_the_best_epoch(descent)


def test_epochs_closed_before_the_first_leave_everything_as_it_was():
    descent = lock_step()
    theta = descent.objective.network.theta.copy()
    descent.epochs().close()
    np.testing.assert_array_equal(descent.objective.network.theta, theta)
    assert not any(run.history.rows or run.stop_reason for run in descent.runs)


@pytest.mark.parametrize("warm_start", [False, True])
def test_an_interrupt_before_the_first_row_keeps_the_old_fit(monkeypatch, warm_start):
    net = ThreeLayerNet(**STEADY, max_epochs=20, warm_start=warm_start).fit(X, Y)
    network, theta, history = net.network_, net.network_.theta.copy(), net.history_

    def interrupt(self, epoch):
        raise KeyboardInterrupt

    monkeypatch.setattr(Descent, "_record", interrupt)
    with pytest.raises(KeyboardInterrupt):
        net.fit(X, Y)
    assert (net.network_, net.history_, net.n_epochs_) == (network, history, 20)
    np.testing.assert_array_equal(net.network_.theta, theta)


def test_a_warm_start_that_fails_midway_leaves_the_net_as_it_was(raise_at):
    net = ThreeLayerNet(**STEADY, max_epochs=20, warm_start=True).fit(X, Y)
    before = net.predict_proba(X)
    raise_at(25, RuntimeError("disk full"))
    with pytest.raises(RuntimeError, match="disk full"):
        net.fit(X, Y)
    np.testing.assert_array_equal(net.predict_proba(X), before)
    assert net.n_epochs_ == 20


def test_progress_shows_a_bar_and_changes_nothing(capsys):
    quiet = ThreeLayerNet(**STEADY, max_epochs=30).fit(X, Y)
    assert capsys.readouterr().err == ""
    shown = ThreeLayerNet(**STEADY, max_epochs=30, progress=True).fit(X, Y)
    assert "30/30" in capsys.readouterr().err
    np.testing.assert_array_equal(shown.network_.theta, quiet.network_.theta)


def test_the_bar_of_a_warm_start_counts_its_own_epochs(capsys):
    net = ThreeLayerNet(**STEADY, max_epochs=20).fit(X, Y)
    net.set_params(warm_start=True, max_epochs=30, progress=True).fit(X, Y)
    assert "30/30" in capsys.readouterr().err


def test_progress_without_tqdm_says_what_to_do(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="progress=True needs tqdm"):
        ThreeLayerNet(progress=True, max_epochs=3).fit(X, Y)


@pytest.mark.parametrize("rate", [Fraction(1, 2), Fraction(10**8)])
def test_a_fraction_is_a_rate_also_where_a_warning_names_it(rate):
    X, y = datasets.moons(1000, noise=0.2, random_state=0)
    net = ThreeLayerNet(4, learning_rate=rate, max_epochs=3, random_state=0)
    named = re.escape(f"learning_rate * n = {float(rate) * 1000:.3g}")
    with pytest.warns(StabilityWarning) as caught:
        net.fit(X, y)
    assert re.search(named, str(caught[0].message))


def test_a_history_shows_its_length_and_where_the_loss_went():
    net = ThreeLayerNet(4, random_state=0).initialize(X, Y)
    assert repr(net.history_) == "<History of no epochs>"
    loss = net.fit(X, Y).history_.loss
    assert repr(net.history_) == (
        f"<History of {len(loss)} rows, loss {loss[0]:.4g} to {loss[-1]:.4g}>")


def test_a_run_to_its_last_epoch_keeps_the_last_weights_not_the_best():
    net = ThreeLayerNet(8, learning_rate=5.0, reduction="mean", max_epochs=41, random_state=0)
    loss = net.fit(X, Y).history_.loss
    assert loss[-1] > loss.min()    # else this would prove nothing
    assert net.best_epoch_ == net.n_epochs_ == 41
    assert net.loss_ == loss[-1]
    assert net.loss(X, Y) == pytest.approx(loss[-1], rel=1e-12)


def test_of_equally_good_epochs_the_first_is_kept():
    net = ThreeLayerNet(4, learning_rate=1e-300, reduction="mean", stopping=EarlyStopping(3),
                        random_state=0)
    net.fit(X, Y, validation_data=(X, Y))
    assert (net.n_epochs_, net.best_epoch_) == (3, 0)
