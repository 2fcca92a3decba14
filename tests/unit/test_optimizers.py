"""Momentum, Adam, schedules, mini-batches: the numbers of others, and what they promise."""

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks import pytorch_steps
from nnlib import MultilayerRegressor, ThreeLayerNet, datasets, load
from nnlib.objective import Batches, Objective
from nnlib.optimizers import Adam, CosineDecay, ExponentialDecay, GradientDescent, Momentum
from nnlib.stopping import EarlyStopping
from nnlib.studies import Study

X, Y = datasets.moons(60, noise=0.2, random_state=0)
SETTINGS = {"hidden_nodes": 6, "activation": "tanh", "reduction": "mean", "learning_rate": 0.02,
            "max_epochs": 12, "random_state": 3}
OPTIMIZERS = [GradientDescent(), Momentum(), Momentum(0.5), Adam(), Adam(0.5, 0.9, 1e-6)]


def gradients(dtype):
    """A hundred gradients of four weights that neither shrink nor agree."""
    t = np.arange(1, 101)[:, None]
    return (np.sin(t * np.array([0.1, 0.7, 1.9, 3.0])) * np.array([1, 10, 0.1, 1e-3])).astype(dtype)


def by_the_book(optimizer, rate, given):
    """The weights after these gradients, one weight at a time, from the definitions alone."""
    ends = []
    for own in np.asarray(given, np.float64).T.tolist():
        w = v = m = s = 0.0
        for t, g in enumerate(own, start=1):
            if isinstance(optimizer, Momentum):
                v = optimizer.mu * v + g
                w -= rate * v
            elif isinstance(optimizer, Adam):
                m = optimizer.beta_1 * m + (1 - optimizer.beta_1) * g
                s = optimizer.beta_2 * s + (1 - optimizer.beta_2) * g * g
                mean, square = m / (1 - optimizer.beta_1**t), s / (1 - optimizer.beta_2**t)
                w -= rate * mean / (square**0.5 + optimizer.epsilon)
            else:
                w -= rate * g
        ends.append(w)
    return ends


def stepped(optimizer, rate, given, m=1):
    theta = np.zeros(given.shape[-1], given.dtype)
    step = optimizer.stepper(theta, rate, m)
    for gradient in given.copy():
        step(gradient)
        theta -= gradient
    return theta


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_steps_are_those_of_the_definition(optimizer):
    given = gradients(np.float64)
    np.testing.assert_allclose(stepped(optimizer, 0.01, given), by_the_book(optimizer, 0.01, given),
                               rtol=1e-12, atol=1e-15)
    single = stepped(optimizer, 0.01, gradients(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, by_the_book(optimizer, 0.01, gradients(np.float32)),
                               rtol=2e-4, atol=1e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_gradients_of_m_observations_make_the_step_of_their_mean(optimizer):
    given = gradients(np.float64)
    np.testing.assert_allclose(stepped(optimizer, 0.01, 32 * given, m=32),
                               stepped(optimizer, 0.01, given), rtol=1e-12)


def test_no_optimizer_is_plain_gradient_descent_to_the_last_bit():
    one = ThreeLayerNet(**SETTINGS).fit(X, Y)
    other = ThreeLayerNet(**SETTINGS, optimizer=GradientDescent()).fit(X, Y)
    assert (one.network_.theta == other.network_.theta).all()


def in_order(monkeypatch):
    monkeypatch.setattr(Batches, "order", lambda self, epoch: np.arange(self.objective.n))


def like(net, rival):
    """Let scikit-learn's net start from the weights of ours."""
    rival.coefs_ = [W.copy() for W in net.coefs_]
    rival.intercepts_ = [b.copy() for b in net.intercepts_]


@pytest.mark.parametrize(("optimizer", "solver"), [
    (None, {"solver": "sgd", "momentum": 0.0}),
    (Momentum(0.9), {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": False}),
    # scikit-learn does not correct epsilon for the step, so none that counts can be the same.
    (Adam(epsilon=1e-30), {"solver": "adam", "epsilon": 1e-30}),
], ids=["plain", "momentum", "adam"])
def test_mini_batches_lose_what_scikit_learns_do(optimizer, solver, monkeypatch):
    in_order(monkeypatch)
    X, y = datasets.blobs(100, centers=3, random_state=0)  # 100 = 3 · 32 + 4
    net = ThreeLayerNet(10, "tanh", learning_rate=0.01, reduction="mean", batch_size=32,
                        reg_lambda=0.0, max_epochs=1, warm_start=True, random_state=0,
                        optimizer=optimizer).initialize(X, y)
    rival = MLPClassifier(hidden_layer_sizes=10, activation="tanh", alpha=0.0, batch_size=32,
                          learning_rate_init=0.01, shuffle=False, random_state=0, **solver)
    rival.partial_fit(X, y, classes=[0, 1, 2])
    # From here on the two begin again, together.
    like(net, rival)
    del rival._optimizer
    fit = ThreeLayerNet(**{**net.get_params(), "max_epochs": 50}).initialize(X, y)
    losses = fit.fit(X, y).history_.loss[1:]
    theirs = []
    for _ in range(50):
        rival.partial_fit(X, y)
        theirs.append(log_loss(y, rival.predict_proba(X)))
    np.testing.assert_allclose(losses, theirs, rtol=0, atol=1e-10)


def test_the_regressor_loses_what_scikit_learns_does(monkeypatch):
    in_order(monkeypatch)
    X = np.random.default_rng(0).normal(size=(100, 2))
    y = np.sin(X[:, 0]) + X[:, 1] ** 2
    net = MultilayerRegressor(10, "tanh", learning_rate=0.01, reduction="mean", batch_size=32,
                              reg_lambda=0.0, max_epochs=50, warm_start=True, random_state=0,
                              optimizer=Momentum(0.9)).initialize(X, y)
    rival = MLPRegressor(hidden_layer_sizes=10, activation="tanh", alpha=0.0, batch_size=32,
                         learning_rate_init=0.01, shuffle=False, random_state=0, solver="sgd",
                         momentum=0.9, nesterovs_momentum=False)
    rival.partial_fit(X, y)
    like(net, rival)
    del rival._optimizer
    losses = net.fit(X, y).history_.loss[1:]
    theirs = []
    for _ in range(50):
        rival.partial_fit(X, y)
        theirs.append(np.mean((y - rival.predict(X)) ** 2) / 2)
    np.testing.assert_allclose(losses, theirs, rtol=0, atol=1e-10)
    np.testing.assert_allclose(net.predict(X), rival.predict(X), atol=1e-10)
    assert net.score(X, y) == pytest.approx(rival.score(X, y), abs=1e-10)


# After 100 steps: PyTorch 2.13.0, NumPy 2.4.6, CPython 3.11.7 on x86-64; made by
# `python -m benchmarks.pytorch_steps`.
PYTORCH = {
    ("momentum", "float64"): [
        0.7938402984597765, 0.6684300024971541, 1.2327509173872189, -1.2429964270096936,
        -0.785602961158714, 0.2948917316541067, -0.20732639707441947, 1.149669189821585,
        0.17006303569635192, 0.7940862035871155, -0.648198527779436, -0.3723710052791832,
        0.026328645078405384, 0.19258257516319763, 1.2361484199288955, 0.7648289121355266,
        0.21415997455490965, -1.0738345493036243, -0.8829979711226875, -0.6241224511254327,
        -0.19577831557304848,
    ],
    ("momentum", "float32"): [
        0.7938396, 0.6684303, 1.2327507, -1.2429961, -0.7856029, 0.29489172, -0.20732631,
        1.1496692, 0.17006312, 0.7940866, -0.6481985, -0.37237114, 0.02632853, 0.1925827,
        1.2361486, 0.7648291, 0.2141599, -1.073835, -0.8829979, -0.6241224, -0.1957781,
    ],
    ("adam", "float64"): [
        0.6286537137414948, 0.4451280512660228, 0.9970751917460658, -1.1550636468631394,
        -0.6990947438899078, 0.2992578100997388, 0.062054538430951725, 1.1926781650054352,
        0.12236783702294024, 1.0051532893363384, -0.6168751198739527, -0.4110519342224146,
        -0.033082398473284605, -0.06320485138595147, 1.4442391287120442, 0.7046733737410124,
        0.44261213174807446, -1.400330986220235, -1.0310504366878397, -0.6090903939112671,
        0.1592786980745572,
    ],
    ("adam", "float32"): [
        0.6286542, 0.4451281, 0.99707514, -1.1550635, -0.6990946, 0.2992578, 0.062054638,
        1.192678, 0.12236767, 1.0051532, -0.61687523, -0.4110519, -0.03308244, -0.0632049,
        1.4442391, 0.70467335, 0.442612, -1.400331, -1.0310504, -0.6090903, 0.15927888,
    ],
}


@pytest.mark.parametrize(("name", "optimizer"), [("momentum", Momentum(0.9)), ("adam", Adam())])
@pytest.mark.parametrize(("dtype", "relative"), [("float64", 1e-12), ("float32", 2e-5)])
def test_a_hundred_steps_end_where_those_of_pytorch_do(name, optimizer, dtype, relative,
                                                       monkeypatch):
    in_order(monkeypatch)
    X, y, weights = pytorch_steps.start(dtype)
    net = ThreeLayerNet(3, "tanh", learning_rate=pytorch_steps.LEARNING_RATE, reduction="mean",
                        batch_size=pytorch_steps.BATCH_SIZE, max_epochs=pytorch_steps.EPOCHS,
                        reg_lambda=0.0, optimizer=optimizer, warm_start=True, dtype=dtype)
    net.initialize(X, y)
    for layer, W in zip(net.layers_, weights, strict=True):
        layer[...] = W
    theta = net.fit(X, y).network_.theta
    assert theta.dtype == dtype
    np.testing.assert_allclose(theta, PYTORCH[name, dtype], rtol=relative)


# Mini-batches


def test_gradients_of_batches_add_up_to_that_of_all():
    net = ThreeLayerNet(**SETTINGS, reg_lambda=0.7).initialize(X, Y)
    objective = net.objective(X, Y)
    batches = Batches(objective, 16, [np.random.SeedSequence(0)])
    total, lengths = np.zeros_like(objective.gradient), []
    for m in batches.take(epoch=1):
        total += objective.gradient
        lengths.append(m)
    assert lengths == [16, 16, 16, 12]
    assert len(batches) == 4
    objective.evaluate_with_gradient()
    np.testing.assert_allclose(total, objective.gradient, rtol=1e-12, atol=1e-12)


def test_every_epoch_takes_all_observations_in_an_order_of_its_own():
    objective = ThreeLayerNet(**SETTINGS).initialize(X, Y).objective(X, Y)
    batches = Batches(objective, 7, [np.random.SeedSequence(0)])
    orders = [batches.order(epoch) for epoch in (1, 2)]
    assert all(sorted(order) == list(range(60)) for order in orders)
    assert (orders[0] != orders[1]).any()
    assert (batches.order(1) == orders[0]).all()


@pytest.mark.parametrize("batch_size", [60, 1000])
def test_one_batch_of_all_takes_the_steps_of_full_batches(batch_size):
    one = ThreeLayerNet(**SETTINGS, batch_size=batch_size).fit(X, Y)
    other = ThreeLayerNet(**SETTINGS).fit(X, Y)
    np.testing.assert_allclose(one.history_.loss, other.history_.loss, rtol=1e-10)


def test_the_order_comes_from_the_random_state_and_the_start_does_not_change():
    def trained(batch_size, seed):
        return ThreeLayerNet(**{**SETTINGS, "batch_size": batch_size, "random_state": seed}
                             ).fit(X, Y).history_.loss

    assert (trained(10, 3) == trained(10, 3)).all()
    assert trained(10, 3)[0] == trained(None, 3)[0]
    generator = np.random.default_rng(3)
    first, second = (ThreeLayerNet(**{**SETTINGS, "batch_size": 10, "random_state": generator,
                                      "warm_start": True}).initialize(X, Y) for _ in range(2))
    assert first.loss(X, Y) != second.loss(X, Y)


def test_a_generator_that_cannot_spawn_is_refused_by_name():
    class Bare(np.random.PCG64):
        seed_seq = None

    generator = np.random.Generator(Bare(0))
    try:
        generator.spawn(1)
    except TypeError:
        with pytest.raises(TypeError, match="random_state must be"):
            ThreeLayerNet(**{**SETTINGS, "batch_size": 10, "random_state": generator}).fit(X, Y)


def test_a_rate_for_sums_is_one_for_means_times_the_batch():
    sums = ThreeLayerNet(**{**SETTINGS, "reduction": "sum", "learning_rate": 0.002},
                         batch_size=10).fit(X, Y)
    means = ThreeLayerNet(**SETTINGS, batch_size=10).fit(X, Y)
    np.testing.assert_allclose(sums.history_.loss, means.history_.loss, rtol=1e-10)


@pytest.mark.parametrize("settings", [
    {"batch_size": 7}, {"batch_size": 7, "schedule": CosineDecay(40, warmup=5)},
    {"schedule": ExponentialDecay(3.0)},
], ids=str)
def test_a_warm_start_goes_on_as_if_it_had_never_stopped(settings):
    whole = ThreeLayerNet(**SETTINGS, **settings).fit(X, Y)
    parts = ThreeLayerNet(**{**SETTINGS, "max_epochs": 5}, **settings, warm_start=True).fit(X, Y)
    parts.set_params(max_epochs=7).fit(X, Y)
    np.testing.assert_array_equal(whole.history_.loss, parts.history_.loss)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", [None, Momentum(), Adam()], ids=repr)
@pytest.mark.parametrize("batch_size", [None, 16])
def test_a_stack_takes_the_steps_of_each_net_alone(batch_size, optimizer, dtype):
    net = ThreeLayerNet(**{**SETTINGS, "random_state": None}, dtype=dtype, batch_size=batch_size,
                        optimizer=optimizer, schedule=CosineDecay(60))
    rates = [0.01, 0.05]
    results = Study(net, {"learning_rate": rates, "reduction": ["sum", "mean"]},
                    data=lambda seed: datasets.moons(60, noise=0.2, random_state=seed),
                    seeds=[0, 1], progress=False, epochs="all").run()
    curves = results.curves["loss"]
    for row, table_row in enumerate(zip(results.table["learning_rate"],
                                        results.table["reduction"],
                                        results.table["seed"], strict=True)):
        rate, reduction, seed = table_row
        alone = ThreeLayerNet(**{**net.get_params(), "learning_rate": float(rate),
                                 "reduction": str(reduction), "random_state": int(seed)})
        alone.fit(*datasets.moons(60, noise=0.2, random_state=int(seed)))
        np.testing.assert_allclose(curves[row], alone.history_.loss,
                                   rtol=1e-9 if dtype == "float64" else 2e-3)


def test_optimizers_and_batches_are_factors_of_a_study():
    results = Study(ThreeLayerNet(**{**SETTINGS, "random_state": None}),
                    {"optimizer": [None, Momentum(), Adam()], "batch_size": [None, 10]},
                    data=(X, Y), seeds=[0], progress=False).run()
    assert len(set(results.table["loss"])) == 6


def test_early_stopping_brings_back_the_best_epoch_of_batches():
    net = ThreeLayerNet(**{**SETTINGS, "max_epochs": 40, "learning_rate": 0.5}, batch_size=5,
                        stopping=EarlyStopping(3, validation_fraction=0.3)).fit(X, Y)
    assert net.history_.validation_loss[net.best_epoch_] == net.history_.validation_loss.min()
    assert net.loss_ == net.history_.loss[net.best_epoch_]


# Schedules


def test_schedules_have_the_shape_that_they_promise():
    halved = ExponentialDecay(10)
    assert [halved(step) for step in (0, 10, 20)] == [1, 0.5, 0.25]
    cosine = CosineDecay(110, warmup=10)
    assert [cosine(step) for step in (0, 4, 9, 10)] == [0.1, 0.5, 1, 1]
    assert cosine(60) == pytest.approx(0.5)
    assert cosine(110) == cosine(1000) == 0
    falling = [cosine(step) for step in range(10, 111)]
    assert sorted(falling, reverse=True) == falling


def test_a_schedule_multiplies_every_step():
    one = ThreeLayerNet(**{**SETTINGS, "max_epochs": 1}, schedule=CosineDecay(10, warmup=2))
    other = ThreeLayerNet(**{**SETTINGS, "max_epochs": 1, "learning_rate": 0.01})
    np.testing.assert_allclose(one.fit(X, Y).network_.theta, other.fit(X, Y).network_.theta,
                               rtol=1e-12)


# Saved, described, announced


@pytest.mark.parametrize("settings", [
    {"batch_size": 8, "optimizer": Adam(0.8), "schedule": CosineDecay(50, 3)},
    {"optimizer": Momentum(0.5), "schedule": ExponentialDecay(7.5)},
    {"optimizer": GradientDescent()},
], ids=str)
def test_a_saved_net_keeps_them(settings, tmp_path):
    net = ThreeLayerNet(**SETTINGS, **settings).fit(X, Y)
    net.save(tmp_path / "net.npz")
    loaded = load(tmp_path / "net.npz")
    assert {name: getattr(loaded, name) for name in settings} == settings
    assert repr(loaded) == repr(net)


def test_an_optimizer_of_the_readers_own_trains_but_is_not_saved(tmp_path):
    class Signs(GradientDescent):
        def stepper(self, theta, learning_rate, m):
            def step(G):
                np.multiply(np.sign(G), learning_rate, out=G)
            return step

    net = ThreeLayerNet(**SETTINGS, optimizer=Signs()).fit(X, Y)
    assert net.history_.loss[-1] < net.history_.loss[0]
    with pytest.raises(TypeError, match="optimizer must be one of nnlib's own"):
        net.save(tmp_path / "net.npz")


@pytest.mark.parametrize("settings", [{"optimizer": Adam()}, {"optimizer": Momentum()},
                                      {"batch_size": 10}], ids=str)
def test_no_edge_is_announced_where_none_is_known(settings, recwarn):
    ThreeLayerNet(learning_rate=0.1, max_epochs=1, random_state=0, **settings).fit(X, Y)
    assert not [each for each in recwarn if "edge of stability" in str(each.message)]


@pytest.mark.parametrize(("optimizer", "advised"), [(Adam(), "0.01"), (Momentum(0.9), "0.05")],
                         ids=repr)
def test_a_step_that_is_too_long_gets_advice_that_works(optimizer, advised):
    bad = ThreeLayerNet(learning_rate=1e3, reduction="mean", max_epochs=60, random_state=0,
                        optimizer=optimizer, reg_lambda=0.0)
    with pytest.warns(UserWarning, match=f"learning_rate={advised}"):
        bad.fit(X, Y)
    good = ThreeLayerNet(learning_rate=float(advised), reduction="mean", max_epochs=300,
                         random_state=0, optimizer=optimizer, reg_lambda=0.0).fit(X, Y)
    assert good.score(X, Y) > 0.9


def test_the_objective_of_a_batch_reads_only_its_rows():
    net = ThreeLayerNet(**SETTINGS).initialize(X, Y)
    objective = net.objective(X, Y)
    objective.take_batch(X[:5], Y[:5])
    alone = Objective(net.network_, X[:5], Y[:5], reg_lambda=net.reg_lambda * 5 / 60)
    alone.evaluate_with_gradient()
    np.testing.assert_allclose(objective.gradient, alone.gradient, rtol=1e-12, atol=1e-14)
