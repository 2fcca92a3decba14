"""The nets in scikit-learn's hands: its own checks, its tools, and frames with named columns."""

import importlib.util
import subprocess
import sys
import warnings
from types import SimpleNamespace
from unittest import SkipTest

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import (
    DataConversionWarning,
    NotFittedError,
    UnsetMetadataPassedError,
)
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    parametrize_with_checks,
)
from sklearn.utils.validation import check_is_fitted

from nnlib import (
    FourLayerNet,
    MultilayerPerceptron,
    MultilayerRegressor,
    ThreeLayerNet,
    datasets,
    load,
)
from nnlib.optimizers import Momentum
from nnlib.stopping import EarlyStopping, GradientNorm, Patience

X, Y = datasets.blobs(60, centers=3, random_state=0)
WORKING = {"learning_rate": 0.05, "reduction": "mean", "max_epochs": 300, "random_state": 0}


class Series:
    """As much of pandas' Series as scikit-learn's checks and these tests use."""

    def __init__(self, values, copy=None):
        self.values = np.asarray(values)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype)


class DataFrame(Series):
    """As much of pandas' DataFrame as scikit-learn's checks and these tests use."""

    def __init__(self, values, columns=None, copy=None):
        super().__init__(values)
        columns = range(self.values.shape[1]) if columns is None else columns
        self.columns = np.asarray(columns, dtype=object)
        self.values = self.values[:, : len(self.columns)]


@pytest.fixture
def pandas(monkeypatch):
    """pandas, or where it is not installed a stand-in that is imported under its name."""
    if importlib.util.find_spec("pandas") is None:
        monkeypatch.setitem(sys.modules, "pandas",
                            SimpleNamespace(DataFrame=DataFrame, Series=Series))
    return importlib.import_module("pandas")


with warnings.catch_warnings():
    # They inherit from nothing of scikit-learn's: `import nnlib` needs NumPy alone.
    warnings.filterwarnings("ignore", ".* does not inherit from")
    checks_of_every_net = parametrize_with_checks([
        ThreeLayerNet(**WORKING),
        FourLayerNet(**WORKING),
        MultilayerPerceptron((8, 8, 8), **WORKING),
        MultilayerPerceptron((8,), **WORKING, batch_size=16, optimizer=Momentum(0.5)),
        MultilayerRegressor((8, 8), **WORKING),
    ])


@pytest.mark.no_cover
@checks_of_every_net
def test_scikit_learns_checks_pass_and_none_is_skipped(estimator, check, pandas, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # without it one check is skipped
    try:
        check(estimator)
    except SkipTest as skipped:
        pytest.fail(f"skipped: {skipped}")


# Its tools

WORDS = np.array(["ash", "birch", "cedar"])[Y]


def test_in_a_pipeline_that_is_cross_validated():
    pipeline = make_pipeline(StandardScaler(), ThreeLayerNet(8, **WORKING))
    assert cross_val_score(pipeline, 100 * X + 5, WORDS, cv=3).min() > 0.8


@pytest.mark.parametrize("cls", [ThreeLayerNet, FourLayerNet])
def test_in_a_search_for_its_parameters(cls):
    pipeline = make_pipeline(StandardScaler(), cls(**WORKING))
    name = f"{cls.__name__.lower()}__max_epochs"
    search = GridSearchCV(pipeline, {name: [1, 300]}, cv=3, scoring="neg_log_loss").fit(X, WORDS)
    assert search.best_params_ == {name: 300}
    whole = cls(**WORKING).fit(StandardScaler().fit_transform(X), WORDS)
    np.testing.assert_array_equal(search.best_estimator_[-1].network_.theta, whole.network_.theta)


@pytest.mark.parametrize("cls", [ThreeLayerNet, FourLayerNet])
def test_its_probabilities_can_be_calibrated(cls):
    calibrated = CalibratedClassifierCV(cls(8, **WORKING), cv=3).fit(X, WORDS)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1)
    assert calibrated.score(X, WORDS) > 0.9


@pytest.mark.parametrize("net", [
    ThreeLayerNet(np.int64(7), stopping=Patience() | GradientNorm(1e-3)),
    FourLayerNet((5, 3), learning_rate=np.float64(0.1)),
    FourLayerNet([5, 3]),
    MultilayerPerceptron(()),
    MultilayerPerceptron(np.array([5, 3])),
], ids=repr)
def test_a_clone_has_the_parameters_and_no_fit(net):
    cloned = clone(net.initialize(X, Y))
    assert type(cloned) is type(net)
    assert repr(cloned) == repr(net)
    with pytest.raises(NotFittedError):
        check_is_fitted(cloned)
    check_is_fitted(net)


def test_a_clone_draws_from_a_generator_of_its_own():
    net = ThreeLayerNet(4, **{**WORKING, "random_state": np.random.default_rng(0)})
    weights = [each.initialize(X, Y).network_.theta for each in (clone(net), clone(net), net)]
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_array_equal(weights[0], weights[2])


# Weights of observations, and who hands them on


def test_observations_count_as_much_as_they_weigh():
    net = ThreeLayerNet(4, **{**WORKING, "max_epochs": 5}).fit(X, Y)
    weights = np.arange(60) % 3
    np.testing.assert_allclose(net.score(X, Y, weights),
                               accuracy_score(Y, net.predict(X), sample_weight=weights), rtol=1e-15)
    for weight in (7.5, 1e308, 1e-308):
        assert net.score(X, Y, np.full(60, weight)) == pytest.approx(net.score(X, Y), rel=1e-12)


@pytest.fixture
def routing():
    with config_context(enable_metadata_routing=True):
        yield


def test_a_pipeline_scores_where_metadata_are_routed(routing):
    pipeline = make_pipeline(StandardScaler(), ThreeLayerNet(8, **WORKING))
    assert cross_val_score(pipeline, X, Y, cv=3).min() > 0.8
    assert pipeline.fit(X, Y).score(X, Y) > 0.8


def test_weights_reach_a_net_that_asks_for_them(routing):
    weights = (Y == 0).astype(float)
    net = ThreeLayerNet(8, **{**WORKING, "max_epochs": 3})
    asking = make_pipeline(StandardScaler(), clone(net).set_score_request(sample_weight=True))
    own = clone(asking).fit(X, Y)
    predicted = own.predict(X)
    expected = accuracy_score(Y, predicted, sample_weight=weights)
    assert expected != accuracy_score(Y, predicted)
    assert own.score(X, Y, sample_weight=weights) == pytest.approx(expected)
    named = clone(net).set_score_request(sample_weight="w").get_metadata_routing()
    assert named.score.requests == {"sample_weight": "w"}
    with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
        make_pipeline(net).fit(X, Y).score(X, Y, sample_weight=weights)


# Early stopping where only X and y are given


def test_early_stopping_keeps_back_a_part_of_its_own_in_cross_validation():
    stopping = EarlyStopping(patience=20, validation_fraction=0.25)
    net = ThreeLayerNet(8, **WORKING, stopping=stopping)
    assert cross_val_score(make_pipeline(StandardScaler(), net), X, WORDS, cv=3).min() > 0.8


# A column of labels


@pytest.mark.parametrize("labels", [Y, WORDS], ids=["numbers", "text"])
@pytest.mark.parametrize("kind", [np.asarray, np.ndarray.tolist, DataFrame])
def test_a_column_of_labels_is_taken_with_a_warning(labels, kind):
    column = kind(labels[:, None])
    net = ThreeLayerNet(4, **WORKING)
    plain = ThreeLayerNet(4, **WORKING).fit(X, labels)
    for method in (net.fit, net.initialize, net.fit, net.score, net.loss):
        with pytest.warns(DataConversionWarning, match=r"column-vector y .* shape \(60, 1\)") as w:
            method(X, column)
        assert [warning.filename for warning in w] == [__file__]
    np.testing.assert_array_equal(net.predict(X), plain.predict(X))
    np.testing.assert_array_equal(net.network_.theta, plain.network_.theta)


def test_labels_of_two_kinds_are_refused_in_a_column_too():
    with (pytest.warns(DataConversionWarning),
          pytest.raises(ValueError, match="y must hold labels of one kind, got int, str")):
        ThreeLayerNet(4).fit(X, [[1], ["a"]] * 30)


def test_without_scikit_learn_the_warning_is_a_plain_one():
    code = (
        "import sys, warnings, nnlib\n"
        "X, y = nnlib.datasets.moons(50, random_state=0)\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    nnlib.ThreeLayerNet(4, max_epochs=1).fit(X, y[:, None])\n"
        "print([w.category.__name__ for w in caught], 'sklearn' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['UserWarning'] False\n"


# Frames with named columns

NAMED = DataFrame(X, ["height", "width"])
USES = {
    "predict": lambda net, X: net.predict(X),
    "predict_proba": lambda net, X: net.predict_proba(X),
    "activations": lambda net, X: net.activations(X),
    "score": lambda net, X: net.score(X, Y),
    "loss": lambda net, X: net.loss(X, Y),
    "gradients": lambda net, X: net.gradients(X, Y),
    "cross_entropy": lambda net, X: net.cross_entropy(X, Y),
    "warm start": lambda net, X: net.set_params(warm_start=True).fit(X, Y),
}


@pytest.fixture
def fitted_on_names():
    return ThreeLayerNet(4, **{**WORKING, "max_epochs": 5}).fit(NAMED, Y)


@pytest.fixture
def fitted_on_an_array():
    return ThreeLayerNet(4, **{**WORKING, "max_epochs": 5}).fit(X, Y)


@pytest.mark.parametrize("cls", [ThreeLayerNet, FourLayerNet, MultilayerPerceptron])
def test_scikit_learns_check_of_names_passes(cls, pandas):
    check_dataframe_column_names_consistency(cls.__name__, cls(4, **WORKING))


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_the_same_names_are_right_and_others_refused(fitted_on_names, use):
    for columns, message in (
        (["width", "height"], "X must .* ThreeLayerNet was fitted on.*\nFeature names must be in "
                              "the same order as they were in fit.\n$"),
        (["height", "depth"], "unseen at fit time:\n- depth\n.*yet now missing:\n- width\n$"),
        (list("abcdefg"), "unseen at fit time:\n- a\n- b\n- c\n- d\n- e\n- ...\nFeature"),
        (list("abcde"), "- d\n- e\nFeature names seen"),
        (["height"], "fit.\nFeature names seen at fit time, yet now missing:\n- width\n$"),
    ):
        with pytest.raises(ValueError, match=f"(?s){message}"):
            use(fitted_on_names, DataFrame(np.tile(X, 4), columns))
    with pytest.raises(TypeError, match=r"X must have columns whose .* types int, str"):
        use(fitted_on_names, DataFrame(X, ["height", 1]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        use(fitted_on_names, NAMED)
    np.testing.assert_array_equal(fitted_on_names.feature_names_in_, ["height", "width"])


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_names_on_one_side_only_are_warned_of(fitted_on_names, fitted_on_an_array, use):
    with pytest.warns(UserWarning, match="^X does not have valid feature names, but "
                                         "ThreeLayerNet was fitted with feature names$") as w:
        use(fitted_on_names, X)
    assert [warning.filename for warning in w] == [__file__]
    assert hasattr(fitted_on_names, "feature_names_in_")
    with pytest.warns(UserWarning, match="^X has feature names, but ThreeLayerNet was fitted "
                                         "without feature names$") as w:
        use(fitted_on_an_array, NAMED)
    assert [warning.filename for warning in w] == [__file__]
    assert not hasattr(fitted_on_an_array, "feature_names_in_")


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_columns_that_are_numbered_have_no_names(fitted_on_an_array, use):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        use(fitted_on_an_array, DataFrame(X))
        use(fitted_on_an_array.fit(DataFrame(X), Y), X)
    assert not hasattr(fitted_on_an_array, "feature_names_in_")


@pytest.mark.parametrize("method", ["fit", "initialize"])
def test_names_follow_the_last_fit(fitted_on_names, method):
    getattr(fitted_on_names, method)(DataFrame(X, ["a", "b"]), Y)
    np.testing.assert_array_equal(fitted_on_names.feature_names_in_, ["a", "b"])
    getattr(fitted_on_names, method)(X, Y)
    assert not hasattr(fitted_on_names, "feature_names_in_")


@pytest.mark.parametrize("method", ["fit", "initialize"])
def test_a_failed_fit_keeps_the_names(fitted_on_names, method):
    with pytest.raises(ValueError, match="y must have one label"):
        getattr(fitted_on_names, method)(DataFrame(X, ["a", "b"]), Y[1:])
    with pytest.raises(TypeError, match="types int, str"):
        getattr(fitted_on_names, method)(DataFrame(X, ["a", 2]), Y)
    np.testing.assert_array_equal(fitted_on_names.feature_names_in_, ["height", "width"])


def test_validation_data_have_the_names_of_the_fit(fitted_on_names):
    other = DataFrame(X, ["a", "b"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted_on_names.fit(other, Y, validation_data=(other, Y))
    for warm_start in (False, True):
        fitted_on_names.set_params(warm_start=warm_start)
        with pytest.raises(ValueError, match=r"validation_data\[0\] must have the columns"):
            fitted_on_names.fit(other, Y, validation_data=(NAMED, Y))
    with pytest.warns(UserWarning, match=r"^validation_data\[0\] does not have valid feature"):
        fitted_on_names.fit(other, Y, validation_data=(X, Y))


def test_an_interrupted_fit_has_the_names_too(monkeypatch):
    def interrupt(row):
        raise KeyboardInterrupt

    monkeypatch.setattr("nnlib.nets._run_with_progress_bar",
                        lambda descent: descent.run(after_epoch=interrupt))
    net = ThreeLayerNet(4, **WORKING, progress=True)
    with pytest.raises(KeyboardInterrupt):
        net.fit(NAMED, Y)
    np.testing.assert_array_equal(net.feature_names_in_, ["height", "width"])


def test_names_are_saved(fitted_on_names, fitted_on_an_array, tmp_path):
    fitted_on_names.save(tmp_path / "net.npz")
    names = load(tmp_path / "net.npz").feature_names_in_
    np.testing.assert_array_equal(names, ["height", "width"])
    assert names.dtype == object
    fitted_on_an_array.save(tmp_path / "net.npz")
    assert not hasattr(load(tmp_path / "net.npz"), "feature_names_in_")
