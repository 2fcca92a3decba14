"""A study's nets are the nets that `fit` makes."""

import itertools
import math
import sys
import warnings

import numpy as np
import pytest
from same_results import assert_same
from small_studies import STEADY, count_stacks, moons, small_study, study

from nnlib import FourLayerNet, ThreeLayerNet, datasets, diagnostics
from nnlib.stopping import EarlyStopping, GradientNorm, Patience, RelativeImprovement
from nnlib.studies import Study, stacks
from nnlib.studies.study import STACK_NETS
from nnlib.training import has_failed


def ragged(seed):
    return moons(seed, n=30 + 2 * (seed % 2))


def three_sets(seed, noise=0.2):
    return *moons(seed, noise=noise), datasets.moons(50, noise=noise, random_state=2000 + seed)


def blobs(seed, noise=0.2):
    return tuple(datasets.blobs(n, centers=2, spread=noise, random_state=seed) for n in (40, 60))


# Equal to single fits

EARLY = EarlyStopping(patience=20)
CASES = {
    "penalties": {},
    "rates beyond the edge": {"vary": {"learning_rate": [0.05, 3.0]}},
    "reductions": {"net": ThreeLayerNet(6, learning_rate=0.004, max_epochs=60),
                   "vary": {"reduction": ["sum", "mean"]}},
    "scales": {"vary": {"initial_scale": [None, 0.5, 3.0]}},
    "activations": {"vary": {"activation": ["relu", "tanh", "logistic"]}},
    "precisions": {"vary": {"dtype": ["float64", "float32"]}},
    "widths": {"net": FourLayerNet(**{**STEADY, "hidden_nodes": 5}),
               "vary": {"hidden_nodes": [(3, 4), 5]}},
    "epochs": {"vary": {"max_epochs": [5, 60]}},
    "a grid with the data": {"vary": {"n": [30, 50], "learning_rate": [0.1, 0.3]}},
    "noise": {"vary": {"noise": [0.1, 0.4]}},
    "seeds of two sizes": {"data": ragged},
    "fixed data": {"data": moons(7)},
    "no validation data": {"data": lambda seed: moons(seed)[0]},
    "labels in words": {"data": lambda seed: (moons(seed)[0][0],
                                              np.array(["up", "down"])[moons(seed)[0][1]])},
    "gradient norm": {"vary": {"stopping": [GradientNorm(0.3), GradientNorm(0.2)]}},
    "patience": {"net": ThreeLayerNet(6, learning_rate=2.0, reduction="mean", max_epochs=60,
                                      stopping=Patience(tol=0.1, epochs=4))},
    "relative improvement": {"net": ThreeLayerNet(**STEADY,
                                                  stopping=RelativeImprovement(0.2, every=10))},
    "early stopping": {"data": lambda seed, noise=0.7: moons(seed, noise=noise),
                       "net": ThreeLayerNet(24, learning_rate=1.0, reduction="mean",
                                            max_epochs=400, stopping=EARLY)},
    "test data": {"data": three_sets, "vary": {"learning_rate": [0.2, 1.0]}},
    "test data, early stopping": {
        "data": lambda seed: three_sets(seed, noise=0.7),
        "net": ThreeLayerNet(24, learning_rate=1.0, reduction="mean", max_epochs=400,
                             stopping=EARLY)},
    "test data, one net diverges": {"data": three_sets, "vary": {"learning_rate": [0.2, 1e80]}},
    "four factors": {"vary": {"learning_rate": [0.1, 0.2], "activation": ["relu", "tanh"],
                              "hidden_nodes": [3, 4], "noise": [0.1, 0.3]}, "seeds": [0, 1]},
    "settings": {"vary": [{"hidden_nodes": 3, "learning_rate": 0.1, "noise": 0.1},
                          {"hidden_nodes": 4, "learning_rate": 0.3, "noise": 0.1},
                          {"hidden_nodes": 3, "learning_rate": 0.2, "noise": 0.3}]},
    "data sets": {"data": {"moons": moons, "blobs": blobs, "fixed": moons(9)}},
    "data sets and their noise": {"data": {"moons": moons, "blobs": blobs},
                                  "vary": {"noise": [0.1, 0.3]}},
    "few epochs kept": {"epochs": [0, 7, 60]},
    "epochs that not all reach": {"vary": {"max_epochs": [5, 60]}, "epochs": None},
    "one net diverges": {"vary": {"learning_rate": [0.2, 1e80]}},
    "all nets diverge": {"vary": {"learning_rate": [1e80, 1e90]}},
}


def net_after(net, epochs, training, validation, test):
    """Test loss and accuracy of the net after so many epochs; NaN if it does not keep them."""
    kept = net.n_epochs_ if net.best_epoch_ == net.n_epochs_ else net.n_epochs_ - 1
    if epochs > kept:
        return math.nan, math.nan
    if epochs == 0:
        earlier = type(net)(**net.get_params()).initialize(*training)
    else:
        earlier = type(net)(**{**net.get_params(), "max_epochs": int(epochs), "stopping": None})
        earlier.fit(*training, validation_data=validation)
    return earlier.cross_entropy(*test), earlier.score(*test)


@pytest.mark.no_cover
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_net_is_the_one_that_fit_makes(case):
    s = study(**case)
    results = s.run()
    for row in range(len(results)):
        record = {name: column.tolist()[row] for name, column in results.table.items()}
        parameters, arguments = s.net.get_params(), {}
        for name in s.vary:
            (parameters if name in parameters else arguments)[name] = record[name]
        data = s.data[arguments.pop("data")] if isinstance(s.data, dict) else s.data
        data = data(record["seed"], **arguments) if callable(data) else data
        training, validation, *test = data if isinstance(data[0], tuple) else (data, None)
        net = type(s.net)(**{**parameters, "random_state": record["seed"]})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net.fit(*training, validation_data=validation)
            on_test = [net_after(net, epoch, training, validation, *test) for epoch in s.epochs] \
                if test else []
        tolerance = 1e-10 if net.dtype == "float64" else 1e-4
        reached = s.epochs < len(net.history_)
        for name in stacks.HISTORY:
            alone, own = getattr(net.history_, name), results.curves[name][row]
            np.testing.assert_allclose(own[reached], alone[s.epochs[reached]], rtol=tolerance,
                                       atol=tolerance)
            assert np.isnan(own[~reached]).all()
        curves = np.transpose([results.curves[name][row] for name in stacks.TESTED])
        if not test:
            assert np.isnan(curves).all()
            assert math.isnan(record["test_loss"])
            assert math.isnan(record["test_accuracy"])
        else:
            np.testing.assert_allclose(curves, on_test, rtol=tolerance, atol=tolerance)
            assert record["test_loss"] == pytest.approx(net.cross_entropy(*test[0]), rel=tolerance)
            assert record["test_accuracy"] == net.score(*test[0])
        assert record["n_epochs"] == net.n_epochs_
        assert record["best_epoch"] == net.best_epoch_
        assert record["stop_reason"] == net.stop_reason_
        assert record["diverged"] == ("not finite" in net.stop_reason_)
        assert record["loss"] == pytest.approx(net.loss_, rel=tolerance)
        assert record["cross_entropy"] == pytest.approx(net.cross_entropy(*training), rel=tolerance)
        assert record["accuracy"] == net.score(*training)
        if validation is None:
            assert math.isnan(record["validation_loss"])
            assert math.isnan(record["validation_accuracy"])
        else:
            assert record["validation_loss"] == pytest.approx(
                net.cross_entropy(*validation), rel=tolerance
            )
            assert record["validation_accuracy"] == net.score(*validation)


def test_the_cases_stop_for_their_reasons():
    stopped = study(**CASES["early stopping"]).run().table
    assert (stopped["best_epoch"] < stopped["n_epochs"]).all()
    assert len(set(stopped["n_epochs"])) > 1
    one = study(**CASES["one net diverges"]).run()
    np.testing.assert_array_equal(one.table["diverged"], one.table["learning_rate"] > 1)
    assert (study(**CASES["patience"]).run().table["n_epochs"] < 60).all()
    assert len(set(study(**CASES["relative improvement"]).run().table["n_epochs"])) > 1
    assert len(set(study(**CASES["gradient norm"]).run().table["n_epochs"])) > 1


def test_a_study_warns_of_no_single_net():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = study(vary={"learning_rate": [1e80], "reduction": ["sum"]}).run()
    assert results.table["diverged"].all()
    assert results.table["failed"].all()


# Stacks


def test_nets_that_may_differ_are_trained_in_one_stack(monkeypatch):
    trained = count_stacks(monkeypatch)
    study(vary={"learning_rate": [0.1, 0.2], "reg_lambda": [0, 1]}).run()
    assert trained == [0]


def test_fixed_observations_are_kept_once():
    s = study(data=moons(7))
    jobs = s._job(s._stacks[0])
    made = [stacks.start_of(net, s.data, 0) for net in jobs.nets]
    together = stacks.in_lock_step(made)
    assert together.descent.objective.X.ndim == 2
    assert together.descent.objective.y.shape == (6, 40)


def test_data_sets_of_one_shape_share_a_stack(monkeypatch):
    trained = count_stacks(monkeypatch)
    study(data={"moons": moons, "blobs": blobs}).run()
    assert trained == [0]


def test_curves_are_kept_at_sixty_epochs_evenly_on_a_logarithmic_scale():
    s = study(net=ThreeLayerNet(**{**STEADY, "max_epochs": 10_000}), epochs=None)
    assert s.epochs[[0, 1, -1]].tolist() == [0, 1, 10_000]
    assert 55 <= len(s.epochs) <= 65
    ratios = s.epochs[30:] / s.epochs[29:-1]
    assert ratios.max() / ratios.min() < 1.1
    assert study(epochs="all").epochs.tolist() == list(range(61))
    assert study(vary={"max_epochs": [3, 9]}).epochs[-1] == 9


def test_a_part_has_the_first_seeds():
    whole = study(vary=[{"n": 30, "reg_lambda": 0.0}, {"n": 50, "reg_lambda": 1.0}], seeds=range(4))
    results, part = whole.run(), whole.part(0.3).run()
    assert part.table["seed"].tolist() == [0, 1, 0, 1]
    assert part.vary == results.vary
    rows = results.table["seed"] < 2
    np.testing.assert_allclose(part.table["loss"], results.table["loss"][rows], rtol=1e-10)
    assert len(whole.part(0.01).seeds) == 1
    for fraction in (0, 1.5):
        with pytest.raises(ValueError, match="fraction must be"):
            whole.part(fraction)


def test_no_stack_outgrows_the_cache_or_the_limit():
    many = study(seeds=range(100))
    sizes = [len(stack) for stack in many._stacks]
    assert sum(sizes) == 200
    assert max(sizes) <= STACK_NETS
    assert max(sizes) - min(sizes) <= 1
    wide = study(net=ThreeLayerNet(**{**STEADY, "hidden_nodes": 3000}), data=moons(0), seeds=[0, 1])
    assert [len(stack) for stack in wide._stacks] == [1] * 4


@pytest.mark.parametrize("size", [16, 2**20])
def test_the_buffer_of_a_stack_changes_no_bit_and_no_measure(monkeypatch, size):
    usual = np.getbufsize()
    sizes = set()

    def buffer(net, X, y):
        sizes.add(np.getbufsize())
        return float(X.mean())

    expected = study(measures={"buffer": buffer}).run()
    monkeypatch.setattr(stacks, "BUFFER", size)
    assert_same(study(measures={"buffer": buffer}).run(), expected)
    assert sizes == {np.getbufsize()} == {usual}


def test_rows_come_in_the_order_of_values_and_seeds():
    results = study(vary={"n": [50, 30], "reg_lambda": [1, 0]}, seeds=[5, 3]).run()
    assert results.table["n"].tolist() == [50] * 4 + [30] * 4
    assert results.table["reg_lambda"].tolist() == [1, 1, 0, 0] * 2
    assert results.table["seed"].tolist() == [5, 3] * 4


# Failures


def test_two_classes_fail_by_the_rule_of_the_book():
    failed = has_failed(
        [0.6, 0.61, 0.9, 0.9, 0.9, 0.9], [0.5, 0.64, 0.65, 0.1, np.nan, 0.1],
        [False, False, False, False, False, True], 2,
    )
    np.testing.assert_array_equal(failed, [True, False, True, False, True, True])


def test_many_classes_fail_near_guessing():
    failed = has_failed([0.28, 0.29, 0.9], [1.0, 2.15, 2.16], [False] * 3, 10)
    np.testing.assert_array_equal(failed, [True, False, True])


# Several processes, progress, optional packages


def test_two_processes_train_what_one_does():
    assert_same(small_study(n_jobs=2).run(), small_study(n_jobs=1).run())


def test_errors_of_a_seed_name_it_and_keep_what_is_done():
    def spoiled(seed):
        (X, y), validation = moons(seed)
        return (X, y if seed != 40 else y * 0), validation

    s = study(data=spoiled, seeds=range(60))
    with pytest.raises(ValueError, match="with seed 40, y must hold at least two classes"):
        s.run()
    assert 0 < len(s.results) < 120


def test_progress_counts_nets(capsys):
    Study(ThreeLayerNet(**STEADY), {"reg_lambda": [0, 1]}, moons, range(3)).run()
    assert "6/6" in capsys.readouterr().err
    study().run()
    assert capsys.readouterr().err == ""


def test_missing_packages_are_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="progress=True needs tqdm"):
        Study(ThreeLayerNet(**STEADY), {"reg_lambda": [0, 1]}, moons, range(3)).run()
    expected = study().run()
    monkeypatch.setitem(sys.modules, "joblib", None)
    assert_same(study().run(), expected)
    with pytest.raises(ImportError, match="n_jobs=2 needs joblib"):
        study(n_jobs=2).run()


# Bad input


BAD = {
    "no net": ({"net": "ThreeLayerNet"}, TypeError, "net must be a ThreeLayerNet"),
    "a seeded net": ({"net": ThreeLayerNet(random_state=0)}, ValueError, "leave random_state"),
    "a warm net": ({"net": ThreeLayerNet(warm_start=True)}, ValueError, "leave warm_start"),
    "a net with a bar": ({"net": ThreeLayerNet(progress=True)}, ValueError, "leave progress"),
    "a bad net": ({"net": ThreeLayerNet(max_epochs=0)}, ValueError, "max_epochs must be"),
    "vary a number": ({"vary": 3}, TypeError, "vary must be a mapping"),
    "vary a list": ({"vary": ["reg_lambda"]}, TypeError, r"vary\[0\] must be a mapping"),
    "nothing varied": ({"vary": {}}, ValueError, "at least one factor, got none"),
    "no settings": ({"vary": iter([])}, ValueError, "at least one setting, got none"),
    "an empty setting": ({"vary": [{}]}, ValueError, "at least one factor, got none"),
    "settings of other factors": ({"vary": [{"reg_lambda": 0}, {"n": 9}]}, ValueError,
                                  r"vary\[1\] must hold the factors of vary\[0\], reg_lambda, go"),
    "a setting twice": ({"vary": [{"reg_lambda": 0}] * 2}, ValueError, "settings that differ"),
    "a setting of an array": ({"vary": [{"hidden_nodes": np.array([3])}]}, TypeError,
                              r"vary\[0\]\['hidden_nodes'\] must hold numbers"),
    "settings that are equal": ({"vary": [{"reg_lambda": 1}, {"reg_lambda": True}]}, ValueError,
                                "settings that differ"),
    "values that are equal": ({"vary": [{"n": 30, "noise": 1}, {"n": 40, "noise": True}]},
                              ValueError, "must tell the values of 'noise' apart"),
    "no number": ({"vary": {"noise": [0.1, math.nan]}}, ValueError, "that equal themselves"),
    "too many settings": ({"vary": {"reg_lambda": range(1000), "learning_rate": range(1, 1000)}},
                          ValueError, "at most 100000 settings"),
    "no data sets": ({"data": {}}, ValueError, "data must map names to data, at least one"),
    "unnamed data sets": ({"data": {1: moons}}, ValueError, "data must map names to data"),
    "a data set a word": ({"data": {"moons": "moons"}}, TypeError, "data must be a function"),
    "data sets twice": ({"data": {"moons": moons}, "vary": {"data": ["moons"]}}, ValueError,
                        "vary must leave 'data'"),
    "an unknown data set": ({"data": {"moons": moons}, "vary": [{"data": "mons"}]}, ValueError,
                            "must be a name that data maps, 'moons', got 'mons'"),
    "an argument of one data set": ({"data": {"moons": moons, "fixed": moons(0)},
                                     "vary": {"n": [30]}}, ValueError, "got 'n'"),
    "test of other width": (
        {"data": lambda seed: (*moons(seed), (np.zeros((2, 3)), [0, 1]))}, ValueError,
        r"with seed 0, test data\[0\] has 3 features"),
    "test of other classes": (
        {"data": lambda seed: (*moons(seed), (np.zeros((2, 2)), [0, 7]))}, ValueError,
        r"test data\[1\] must hold only the classes the net knows"),
    "epochs a number": ({"epochs": 3}, TypeError, "epochs must be None, 'all' or a sequence"),
    "epochs a word": ({"epochs": "some"}, TypeError, "epochs must be None, 'all' or a sequence"),
    "epochs that fall": ({"epochs": [3, 2]}, ValueError, "epochs must increase"),
    "no epochs": ({"epochs": []}, ValueError, "epochs must increase and hold at least one"),
    "epochs beyond the last": ({"epochs": [61]}, ValueError, "epochs must be .* at most 60"),
    "unknown": ({"vary": {"momentum": [0]}}, ValueError, "got 'momentum'"),
    "the seed": ({"vary": {"random_state": [0]}}, ValueError, "got 'random_state'"),
    "a column": ({"vary": {"accuracy": [0]}, "data": lambda seed, **k: moons(seed)}, ValueError,
                 "got 'accuracy'"),
    "of both": ({"vary": {"dtype": ["float64"]}, "data": lambda seed, dtype: moons(seed)},
                ValueError, "got 'dtype', which both have"),
    "of fixed data": ({"vary": {"n": [9]}, "data": moons(0)}, ValueError, "got 'n'"),
    "no values": ({"vary": {"reg_lambda": []}}, ValueError, "at least one value, got none"),
    "one value": ({"vary": {"reg_lambda": 0.1}}, TypeError, "must be a sequence of values"),
    "text": ({"vary": {"activation": "relu"}}, TypeError, "must be a sequence of values"),
    "twice": ({"vary": {"reg_lambda": [0.1, 0.1]}}, ValueError, "differ, got 0.1 twice"),
    "arrays": ({"vary": {"hidden_nodes": [np.array([3])]}}, TypeError, "got an array"),
    "a bad value": ({"vary": {"reg_lambda": [0, -1]}}, ValueError, "reg_lambda must be"),
    "a bad kind": ({"vary": {"hidden_nodes": [3, 2.5]}}, TypeError, "hidden_nodes must be"),
    "no seeds": ({"seeds": []}, ValueError, "seeds must hold at least one"),
    "a number of seeds": ({"seeds": 20}, TypeError, "seeds must be a sequence"),
    "fractions": ({"seeds": [0.5]}, TypeError, "seeds must be a whole number"),
    "negative": ({"seeds": [-1]}, ValueError, "seeds must be a whole number of at least 0"),
    "equal seeds": ({"seeds": [1, 1]}, ValueError, "seeds must differ"),
    "data a word": ({"data": "moons"}, TypeError, "data must be a function of a seed"),
    "data of no seed": ({"data": lambda: moons(0)}, TypeError, "seed as its first argument"),
    "data four": ({"data": lambda seed: (1, 2, 3, 4)}, TypeError, "got tuple of 4"),
    "data no pairs": ({"data": lambda seed: (1, 2, 3)}, TypeError, "got tuples of 0 and 0 and 0"),
    "data one pair too short": ({"data": lambda seed: ((1, 2), (1,))}, TypeError, "of 2 and 1"),
    "data an array": ({"data": lambda seed: np.zeros((3, 2))}, TypeError, "got ndarray"),
    "X too long": ({"data": lambda seed: (np.zeros((5, 2)), [0, 1])}, ValueError,
                   "with seed 0, y must have one label for each of the 5"),
    "validation of other width": (
        {"data": lambda seed: (moons(seed)[0], (np.zeros((2, 3)), [0, 1]))}, ValueError,
        r"with seed 0, validation_data\[0\] has 3 features"),
    "early stopping alone": (
        {"net": ThreeLayerNet(stopping=EarlyStopping()), "data": lambda seed: moons(seed)[0]},
        ValueError, "data must give validation data"),
    "folder a number": ({"folder": 3}, TypeError, "folder must be text or a path"),
    "no jobs": ({"n_jobs": 0}, ValueError, "n_jobs must be"),
    "half a job": ({"n_jobs": 0.5}, TypeError, "n_jobs must be"),
}


@pytest.mark.parametrize(("arguments", "error", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_named_when_the_study_is_made(arguments, error, message):
    with pytest.raises(error, match=message):
        study(**arguments)


def test_a_study_leaves_the_readers_net_alone():
    net = ThreeLayerNet(**STEADY)
    s = study(net=net)
    net.set_params(max_epochs=1)
    assert (s.run().table["n_epochs"] == 60).all()
    assert not hasattr(net, "network_")


def test_numpy_values_become_plain_numbers():
    s = study(vary={"reg_lambda": np.array([0.0, 0.1])}, seeds=np.arange(2))
    assert [type(value) for value in s.vary["reg_lambda"]] == [float, float]
    assert s.seeds == (0, 1)
    assert "reg_lambda': [0.0, 0.1]" in repr(s)


def weights_of(net, X, y):
    return np.linalg.norm(net.network_.theta)


def dead(net, X, y):
    net.network_.theta[0] = 1e9  # which harms neither the training nor other measures
    return diagnostics.dead_units(net, X)[0]


def test_measures_are_those_of_single_nets():
    epochs = [0, 3, 20]
    results = study(vary={"learning_rate": [0.2, 2.0]}, epochs=epochs,
                    measures={"dead": dead, "length": weights_of}).run()
    assert results.curves["dead"].shape == results.curves["length"].shape == (6, 3)
    for row, (rate, seed) in enumerate(itertools.product([0.2, 2.0], range(3))):
        X, y = moons(seed)[0]
        net = ThreeLayerNet(**{**STEADY, "learning_rate": rate}, warm_start=True,
                            random_state=seed).initialize(X, y)
        lengths = [weights_of(net, X, y)]
        for before, after in itertools.pairwise(epochs):
            net.set_params(max_epochs=after - before).fit(X, y)
            lengths.append(weights_of(net, X, y))
        np.testing.assert_allclose(results.curves["length"][row], lengths, rtol=1e-9)
    without = study(vary={"learning_rate": [0.2, 2.0]}, epochs=epochs).run()
    for name, curve in without.curves.items():
        np.testing.assert_array_equal(results.curves[name], curve)


def test_measures_end_where_a_net_stops():
    net = ThreeLayerNet(**{**STEADY, "stopping": EarlyStopping(patience=2)})
    results = study(net=net, vary={"learning_rate": [5.0, 1e80]},
                    measures={"length": weights_of}).run()
    assert (results.table["n_epochs"] < STEADY["max_epochs"]).all()
    ended = results.epochs >= results.table["n_epochs"][:, None] + (
        results.table["best_epoch"] == results.table["n_epochs"])[:, None]
    assert np.isnan(results.curves["length"][ended]).all()
    calm = results.at(learning_rate=5.0)
    assert np.isfinite(calm.curves["length"][~ended[:3]]).all()


@pytest.mark.parametrize(("measures", "error"), [
    ([weights_of], "measures must be None or a mapping of names to functions"),
    ({"loss": weights_of}, "measures must have names that no curve has .* got 'loss'"),
    ({"a b": weights_of}, "measures must have names .* got 'a b'"),
    ({"length": 3}, r"measures\['length'\] must be a function of a net, X and y, got"),
])
def test_measures_that_cannot_be_are_refused(measures, error):
    with pytest.raises((TypeError, ValueError), match=error):
        study(measures=measures)


def test_a_measure_that_gives_no_number_is_named():
    with pytest.raises(TypeError, match=r"measures\['text'\] must give a number, got"):
        study(measures={"text": lambda net, X, y: "wide"}).run()
