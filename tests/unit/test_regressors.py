"""The regressor: gradients, scores, shapes, saving, studies, and what it says when it fails."""

import numpy as np
import pytest
from sklearn.metrics import r2_score

from nnlib import DivergenceWarning, MultilayerRegressor, StabilityWarning, diagnostics, load
from nnlib.losses import SQUARED_ERROR
from nnlib.objective import Objective
from nnlib.optimizers import Adam
from nnlib.stopping import EarlyStopping
from nnlib.studies import Study

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
ONE = np.sin(X[:, 0]) + 0.5 * X[:, 1] ** 2
TWO = np.column_stack([ONE, X[:, 0] - X[:, 1]])
SETTINGS = {"hidden_nodes": 8, "activation": "tanh", "learning_rate": 0.1, "reduction": "mean",
            "max_epochs": 200, "random_state": 1}


@pytest.mark.parametrize("method", ["central", "complex"])
@pytest.mark.parametrize("y", [ONE, TWO], ids=["one", "two"])
@pytest.mark.parametrize("hidden_nodes", [(), (5,), (4, 3)], ids=str)
def test_backpropagation_is_the_derivative(hidden_nodes, y, method):
    net = MultilayerRegressor(hidden_nodes, "tanh", reg_lambda=0.3, random_state=0)
    net.initialize(X, y)
    assert diagnostics.gradient_check(net, X, y, method).largest < 1e-6


def test_without_hidden_nodes_it_finds_the_least_squares():
    net = MultilayerRegressor((), learning_rate=0.3, reduction="mean", reg_lambda=0.0,
                              max_epochs=500).fit(X, TWO)
    A = np.column_stack([X, np.ones(60)])
    best = np.linalg.lstsq(A, TWO)[0]
    np.testing.assert_allclose(net.predict(X), A @ best, atol=1e-6)


@pytest.mark.parametrize("y", [ONE, TWO, ONE[:, None]], ids=["one", "two", "column"])
def test_predictions_have_the_shape_of_the_targets(y):
    net = MultilayerRegressor(**SETTINGS).fit(X, y)
    assert net.predict(X).shape == y.shape
    assert net.score(X, y) == pytest.approx(r2_score(y, net.predict(X)))
    assert net.mean_squared_error(X, y) == pytest.approx(np.mean((y - net.predict(X)) ** 2))
    outputs = y.shape[1] if y.ndim == 2 else 1
    penalty = net.reg_lambda / 2 * sum((W[:, :-1] ** 2).sum() for W in net.layers_) / 60
    assert net.loss(X, y) == pytest.approx(net.mean_squared_error(X, y) * outputs / 2 + penalty)
    assert net.history_.loss[-1] == pytest.approx(net.loss(X, y))
    assert np.isnan(net.history_.accuracy).all()


def test_the_score_is_scikit_learns_also_with_weights_and_constant_targets():
    net = MultilayerRegressor(**SETTINGS).fit(X, TWO)
    weights = np.arange(60.0)
    assert net.score(X, TWO, weights) == pytest.approx(
        r2_score(TWO, net.predict(X), sample_weight=weights))
    constant = np.column_stack([ONE, np.ones(60)])
    assert net.score(X, constant) == pytest.approx(r2_score(constant, net.predict(X)))


@pytest.mark.parametrize("weights", [None, np.arange(60.0)], ids=["alike", "weighted"])
@pytest.mark.parametrize("constant", [0.1, 0.3, 1e9 + 0.1])
def test_targets_that_are_all_equal_count_as_0_or_1_whatever_their_mean_rounds_to(
        constant, weights):
    y = np.full(60, constant)
    net = MultilayerRegressor((), max_epochs=1, random_state=0).fit(X, ONE)
    assert net.score(X, y, weights) == 0
    net.layers_[0][:] = [0, 0, constant]
    assert net.score(X, y, weights) == 1
    beside = np.append(y[:-1], 0.0)
    assert net.score(X, beside, np.append(np.ones(59), 0)) == 1, "one that does not count"


@pytest.mark.parametrize("use", ["fit", "score", "mean_squared_error", "loss", "gradients"])
@pytest.mark.parametrize(("dtype", "size"), [("float32", 1e16), ("float64", 1e151)])
def test_targets_whose_squares_overflow_are_refused_by_name(use, dtype, size):
    net = MultilayerRegressor(**SETTINGS, dtype=dtype).fit(X, ONE)
    with pytest.raises(ValueError, match=r"y must hold numbers of at most 1e\+15.*scale them"):
        getattr(net, use)(X, size * ONE)


def test_validation_targets_whose_squares_overflow_are_refused_by_name():
    with pytest.raises(ValueError, match=r"validation_data\[1\] must hold numbers of at most"):
        MultilayerRegressor(**SETTINGS).fit(X, ONE, validation_data=(X, 1e200 * ONE))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_largest_targets_have_a_finite_loss_and_score(dtype):
    net = MultilayerRegressor(**SETTINGS, dtype=dtype)
    y = {"float32": 1e15, "float64": 1e150}[dtype] * ONE / np.abs(ONE).max()
    net.fit(X, y)
    assert np.isfinite([net.loss_, net.score(X, y), net.mean_squared_error(X, y)]).all()


def test_predictions_whose_squares_overflow_are_blamed_on_the_observations(recwarn):
    net = MultilayerRegressor((), max_epochs=1, random_state=0).fit(X, ONE)
    with pytest.raises(ValueError, match="X must hold numbers that stay finite"):
        net.score(1e200 * X, ONE)
    assert not recwarn.list


def test_targets_of_another_shape_than_in_the_fit_are_refused():
    net = MultilayerRegressor(**SETTINGS).fit(X, ONE)
    with pytest.raises(ValueError, match=r"y must be of shape \(n,\) as in the fit"):
        net.score(X, TWO)
    with pytest.raises(ValueError, match=r"validation_data\[1\] must be of shape"):
        MultilayerRegressor(**SETTINGS).fit(X, TWO, validation_data=(X, ONE))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("y", [ONE, TWO], ids=["one", "two"])
def test_a_saved_regressor_is_the_same(y, dtype, tmp_path):
    net = MultilayerRegressor(**SETTINGS, dtype=dtype, optimizer=Adam()).fit(X, y)
    net.save(tmp_path / "net.npz")
    loaded = load(tmp_path / "net.npz")
    assert type(loaded) is MultilayerRegressor
    np.testing.assert_array_equal(loaded.predict(X), net.predict(X))
    np.testing.assert_array_equal(loaded.history_.loss, net.history_.loss)
    assert loaded.score(X, y) == net.score(X, y)


def test_a_warm_start_goes_on():
    whole = MultilayerRegressor(**SETTINGS).fit(X, TWO)
    parts = MultilayerRegressor(**{**SETTINGS, "max_epochs": 100}, warm_start=True).fit(X, TWO)
    parts.fit(X, TWO)
    np.testing.assert_array_equal(whole.history_.loss, parts.history_.loss)


@pytest.mark.parametrize("batch_size", [None, 16])
@pytest.mark.parametrize("width", [1, 2])
def test_a_stack_of_regressors_takes_the_steps_of_each_alone(width, batch_size):
    def data(seed):
        X = np.random.default_rng(seed).normal(size=(40, 2))
        y = np.column_stack([X[:, 0] ** 2, X[:, 1]])[:, :width]
        return (X, y), (X + 0.1, y)

    net = MultilayerRegressor(**{**SETTINGS, "random_state": None, "max_epochs": 20},
                              batch_size=batch_size)
    results = Study(net, {"learning_rate": [0.01, 0.1]}, data, seeds=[0, 1, 2], progress=False,
                    epochs="all").run()
    for row, (rate, seed) in enumerate(zip(results.table["learning_rate"], results.table["seed"],
                                           strict=True)):
        training, validation = data(int(seed))
        alone = MultilayerRegressor(**{**net.get_params(), "learning_rate": float(rate),
                                       "random_state": int(seed)})
        alone.fit(*training, validation_data=validation)
        np.testing.assert_allclose(results.curves["loss"][row], alone.history_.loss, rtol=1e-9)
        np.testing.assert_allclose(results.curves["validation_loss"][row],
                                   alone.history_.validation_loss, rtol=1e-9)
        guess = training[1].reshape(40, -1).var(axis=0).sum() / 2
        assert results.table["failed"][row] == (
            results.table["cross_entropy"][row] >= 0.65 / np.log(2) * guess)


def test_a_study_of_regressors_is_stored_and_proved(tmp_path):
    study = Study(MultilayerRegressor(4, "tanh", learning_rate=0.1, reduction="mean",
                                      max_epochs=20),
                  {"batch_size": [None, 10]},
                  lambda seed: ((X, ONE + 0.1 * seed), (X, ONE)), seeds=[0, 1], progress=False)
    study.stored(tmp_path / "numbers.npz")
    assert study.proof(tmp_path / "numbers.npz", nets=2, random_state=0) == []


def test_early_stopping_keeps_back_a_part():
    net = MultilayerRegressor(**SETTINGS, stopping=EarlyStopping(20, validation_fraction=0.25))
    net.fit(X, TWO)
    assert np.isfinite(net.history_.validation_loss).all()
    with pytest.raises(ValueError, match="validation_fraction must leave something"):
        net.set_params(stopping=EarlyStopping(20, validation_fraction=0.001)).fit(X, TWO)


def test_a_net_that_says_the_same_of_everything_is_announced():
    net = MultilayerRegressor(**{**SETTINGS, "activation": "relu"}, warm_start=True)
    net.initialize(X, ONE).layers_[0][:, -1] = -100
    with pytest.warns(StabilityWarning, match=r"hidden layer 1 are dead.*squared error passes it"):
        net.fit(X, ONE)


@pytest.mark.parametrize("targets", [1e9 * ONE, 1e6 + ONE], ids=["large", "far from 0"])
def test_who_trains_on_large_targets_is_told_to_scale_them(targets):
    net = MultilayerRegressor(**{**SETTINGS, "activation": "relu"}, warm_start=True)
    with pytest.warns(DivergenceWarning, match="not finite at epoch .*Scale the targets to mean 0"):
        net.fit(X, targets)
    net.initialize(X, targets).layers_[0][:, -1] = -100
    with pytest.warns(StabilityWarning, match="are dead.*Scale the targets to mean 0 and standard"):
        net.fit(X, targets)


def test_who_takes_too_long_a_step_on_scaled_targets_is_told_to_shorten_it():
    net = MultilayerRegressor(**{**SETTINGS, "activation": "relu", "learning_rate": 10.0})
    with pytest.warns(DivergenceWarning, match="Take a smaller one") as caught:
        net.fit(X, ONE / ONE.std())
    assert "targets" not in str(caught[0].message)


def test_no_edge_is_announced_that_was_measured_with_another_loss(recwarn):
    MultilayerRegressor(4, "tanh", learning_rate=0.1, max_epochs=1, random_state=0).fit(X, ONE)
    assert not [each for each in recwarn if "edge of stability" in str(each.message)]


def test_squared_error_in_blocks_is_that_of_all():
    net = MultilayerRegressor(**SETTINGS).initialize(X, TWO)
    objectives = [Objective(net.network_, X, np.ascontiguousarray(TWO.T), 0.5, size,
                            loss=SQUARED_ERROR) for size in (None, 7)]
    (one, _), (other, _) = [each.evaluate_with_gradient() for each in objectives]
    assert one == pytest.approx(other, rel=1e-12)
    np.testing.assert_allclose(objectives[0].gradient, objectives[1].gradient, rtol=1e-10)
