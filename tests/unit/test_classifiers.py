"""The nets as a reader uses them: results, scikit-learn's conventions, and bad input."""

import copy
import datetime
import io
import math
import pickle
import sys
import warnings
from decimal import Decimal
from fractions import Fraction

import joblib
import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.exceptions import NotFittedError as SklearnNotFittedError
from sklearn.neural_network import MLPClassifier

from nnlib import (
    FourLayerNet,
    MultilayerPerceptron,
    NotFittedError,
    StabilityWarning,
    ThreeLayerNet,
    datasets,
)
from nnlib.activations import ACTIVATIONS
from nnlib.stopping import EarlyStopping, Patience

NETS = (ThreeLayerNet, FourLayerNet)
X, Y = datasets.blobs(60, centers=3, random_state=0)
WORKING = {"learning_rate": 0.2, "reduction": "mean", "random_state": 0}

# Against scikit-learn


@pytest.mark.parametrize(
    ("activation", "theirs"),
    [("relu", "relu"), ("tanh", "tanh"), ("logistic", "logistic"), ("identity", "identity")],
)
@pytest.mark.parametrize("cls", NETS)
def test_losses_and_weights_are_scikit_learns(cls, activation, theirs):
    """Full-batch gradient descent on ten classes, 100 epochs, from the same weights."""
    X, y = datasets.digits()
    X, y = X[:300], y[:300]
    reg_lambda, rate = 0.5, 0.2
    net = cls(16, activation=activation, learning_rate=rate, reg_lambda=reg_lambda,
              reduction="mean", max_epochs=100, random_state=0, warm_start=True).initialize(X, y)
    peer = MLPClassifier(
        (16,) * (len(net.layers_) - 1), activation=theirs, solver="sgd", alpha=reg_lambda,
        batch_size=len(X), learning_rate_init=rate, momentum=0, shuffle=False, max_iter=1,
        tol=0, n_iter_no_change=10**6, warm_start=True,
    )
    with pytest.warns(ConvergenceWarning):
        peer.fit(X, y)
    peer.coefs_ = [W.copy() for W in net.coefs_]
    peer.intercepts_ = [b.copy() for b in net.intercepts_]
    peer.set_params(max_iter=100)
    peer.loss_curve_.clear()
    with pytest.warns(ConvergenceWarning):
        peer.fit(X, y)
    net.fit(X, y)
    np.testing.assert_allclose(net.history_.loss[:100], peer.loss_curve_[-100:], rtol=1e-10)
    for ours, their in zip(net.coefs_ + net.intercepts_, peer.coefs_ + peer.intercepts_,
                           strict=True):
        np.testing.assert_allclose(ours, their, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(net.predict_proba(X), peer.predict_proba(X), rtol=1e-9)


# What a fitted net holds


@pytest.mark.no_cover
@pytest.mark.parametrize("cls", NETS)
@pytest.mark.parametrize(
    ("data", "at_least"), [(datasets.moons, 0.96), (datasets.circles, 0.985)], ids=["moons",
                                                                                     "circles"]
)
def test_both_nets_learn_moons_and_circles(cls, data, at_least):
    noise = {"moons": 0.2, "circles": 0.1}[data.__name__]
    rate = 0.5 if cls is ThreeLayerNet else 0.2
    accuracies = []
    for seed in range(8):
        X, y = data(400, noise=noise, random_state=seed)
        net = cls(learning_rate=rate, reduction="mean", max_epochs=1000, random_state=seed)
        accuracies.append(net.fit(X, y).score(*data(2000, noise=noise, random_state=1000 + seed)))
    assert np.median(accuracies) >= at_least


def test_shapes():
    three = ThreeLayerNet(7, **WORKING, max_epochs=2).fit(X, Y)
    assert [W.shape for W in three.layers_] == [(7, 3), (3, 8)]
    assert [W.shape for W in three.coefs_] == [(2, 7), (7, 3)]
    assert [b.shape for b in three.intercepts_] == [(7,), (3,)]
    assert three.n_features_in_ == 2
    four = FourLayerNet((7, 5), **WORKING, max_epochs=2).fit(X, Y)
    assert [W.shape for W in four.layers_] == [(7, 3), (5, 8), (3, 6)]
    assert [W.shape for W in FourLayerNet(6).initialize(X, Y).layers_] == [(6, 3), (6, 7), (3, 7)]
    assert [A.shape for A in four.activations(X)] == [(7, 60), (5, 60), (3, 60)]
    assert four.predict_proba(X).shape == (60, 3)
    assert [W.shape for W in MultilayerPerceptron(()).initialize(X, Y).layers_] == [(3, 3)]


def test_views_write_through():
    net = ThreeLayerNet(4, **WORKING).initialize(X, Y)
    net.layers_[0][0, 0] = 7
    net.layers_[1][0, -1] = -9
    assert net.coefs_[0][0, 0] == 7
    assert net.intercepts_[1][0] == -9
    assert net.network_.theta[0] == 7


def test_probabilities_predictions_and_score_agree():
    net = ThreeLayerNet(8, **WORKING, max_epochs=300).fit(X, np.array(["x", "y", "z"])[Y])
    P = net.predict_proba(X)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    np.testing.assert_array_equal(net.predict(X), net.classes_[P.argmax(axis=1)])
    assert net.score(X, np.array(["x", "y", "z"])[Y]) == np.mean(P.argmax(axis=1) == Y)


def test_loss_is_cross_entropy_plus_penalty():
    net = ThreeLayerNet(8, **WORKING, reg_lambda=3.0).initialize(X, Y)
    P = net.predict_proba(X)
    cross_entropy = -np.log(P[np.arange(60), Y]).mean()
    assert net.cross_entropy(X, Y) == pytest.approx(cross_entropy, rel=1e-13)
    squares = sum((W**2).sum() for W in net.coefs_)
    assert net.loss(X, Y) == pytest.approx(cross_entropy + 3 * squares / 2 / 60, rel=1e-13)


def test_the_same_seed_gives_the_same_net_and_another_seed_another():
    nets = [ThreeLayerNet(4, random_state=seed).initialize(X, Y) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(nets[0].network_.theta, nets[1].network_.theta)
    assert (nets[0].network_.theta != nets[2].network_.theta).any()


def test_float32_follows_float64():
    wide, narrow = (ThreeLayerNet(8, **WORKING, dtype=dtype, max_epochs=500).fit(X, Y)
                    for dtype in ("float64", "float32"))
    assert narrow.predict_proba(X).dtype == narrow.layers_[0].dtype == np.float32
    assert abs(wide.loss_ - narrow.loss_) < 1.0  # other draws of weights, the same order
    narrow.set_params(warm_start=True, max_epochs=100).initialize(X, Y)
    wide.set_params(warm_start=True, max_epochs=100).initialize(X, Y)
    wide.network_.theta[...] = narrow.network_.theta
    assert wide.fit(X, Y).loss_ == pytest.approx(narrow.fit(X, Y).loss_, rel=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_learns(activation):
    net = FourLayerNet(16, activation=activation, **WORKING, max_epochs=1500).fit(X, Y)
    assert net.score(X, Y) > 0.9


def test_the_number_of_classes_can_exceed_those_seen():
    net = ThreeLayerNet(4, n_classes=5, **WORKING, max_epochs=200).fit(X, Y)
    np.testing.assert_array_equal(net.classes_, np.arange(5))
    assert net.predict_proba(X).shape == (60, 5)
    assert net.predict_proba(X)[:, 3:].max() < 0.05


def through_joblib(net):
    file = io.BytesIO()
    joblib.dump(net, file)
    file.seek(0)
    return joblib.load(file)


COPIES = {"deepcopy": copy.deepcopy, "pickle": lambda net: pickle.loads(pickle.dumps(net)),
          "joblib": through_joblib}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_a_copy_is_a_whole_net_of_its_own(copied):
    net = ThreeLayerNet(4, **WORKING, max_epochs=5).fit(X, Y)
    other = copied(net)
    np.testing.assert_array_equal(other.predict_proba(X), net.predict_proba(X))
    other.layers_[0][...] = 0
    assert not other.network_.theta[:12].any()
    assert net.network_.theta[:12].any()


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("random_state", [3, np.random.default_rng(3)], ids=["seed", "Generator"])
def test_a_copy_trains_as_the_original_before_a_fit_and_after(copied, random_state):
    net = FourLayerNet((4, 3), **{**WORKING, "random_state": random_state}, max_epochs=5)
    for _ in range(2):
        other = copied(net)
        np.testing.assert_array_equal(net.fit(X, Y).network_.theta, other.fit(X, Y).network_.theta)
        assert other.history_.rows == net.history_.rows


def test_repr_shows_what_was_changed():
    assert repr(ThreeLayerNet()) == "ThreeLayerNet()"
    assert (repr(FourLayerNet((8, 4), activation="tanh", learning_rate=1e-3))
            == "FourLayerNet(hidden_nodes=(8, 4), activation='tanh', learning_rate=0.001)")
    net = MultilayerPerceptron(stopping=Patience(1e-3, 9), random_state=np.random.default_rng(0))
    assert repr(net).startswith("MultilayerPerceptron(stopping=Patience(tol=0.001, epochs=9), "
                                "random_state=Generator(PCG64)")
    assert repr(net.set_params(stopping=None, random_state=None)) == "MultilayerPerceptron()"


def test_the_defaults_are_the_documented_ones():
    parameters = ThreeLayerNet().get_params()
    assert parameters == FourLayerNet().get_params()
    assert parameters == {
        "hidden_nodes": 32, "activation": "relu", "learning_rate": 0.01, "reg_lambda": 0.01,
        "reduction": "sum", "n_classes": None, "stopping": None, "max_epochs": 5000,
        "warm_start": False, "dtype": "float64", "random_state": None, "progress": False,
        "initial_scale": None, "batch_size": None, "optimizer": None, "schedule": None,
    }


def test_arrays_can_be_written_to_but_not_swapped():
    net = ThreeLayerNet(4).initialize(X, Y)
    for value, name in enumerate(("layers_", "coefs_", "intercepts_"), start=5):
        arrays = getattr(net, name)
        with pytest.raises(TypeError):
            arrays[0] = np.zeros_like(arrays[0])
        arrays[0][...] = value
        np.testing.assert_array_equal(getattr(net, name)[0], value)


@pytest.mark.parametrize("activation", ["tanh", "logistic"])
def test_saturated_units_raise_no_warning(activation):
    net = ThreeLayerNet(4, activation=activation, **WORKING, max_epochs=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # That the net has stopped learning is another matter, and is announced.
        warnings.filterwarnings("ignore", "All nodes of hidden layer 1 are dead", StabilityWarning)
        net.initialize(X * 1e5, Y)
        net.fit(X * 1e5, Y)
        net.loss(X * 1e5, Y)
        net.gradients(X * 1e5, Y)
        assert np.isfinite(net.predict_proba(X * 1e5)).all()


@pytest.mark.parametrize("method", ["initialize", "fit"])
def test_the_initial_scale_sets_the_spread_of_the_weights(method):
    wide, labels = np.random.default_rng(0).normal(size=(10, 100)), np.arange(10) % 2
    net = ThreeLayerNet(400, initial_scale=3.0, learning_rate=1e-12, max_epochs=1, random_state=0)
    getattr(net, method)(wide, labels)
    assert net.coefs_[0].std() == pytest.approx(0.3, rel=0.02)


def test_initialize_forgets_an_earlier_fit():
    net = ThreeLayerNet(4, **WORKING, max_epochs=5).fit(X, Y).initialize(X, Y)
    assert net.n_epochs_ == net.best_epoch_ == len(net.history_) == 0
    assert net.loss_ == pytest.approx(net.loss(X, Y), rel=1e-14)


def test_a_fraction_is_a_number():
    parameters = {**WORKING, "max_epochs": 5, "hidden_nodes": 4}
    net = ThreeLayerNet(**{**parameters, "learning_rate": Fraction(1, 5)}).fit(X, Y)
    np.testing.assert_array_equal(net.network_.theta,
                                  ThreeLayerNet(**parameters).fit(X, Y).network_.theta)


def test_a_masked_array_without_masked_entries_is_an_array():
    net, plain = (ThreeLayerNet(4, **WORKING, max_epochs=5) for _ in range(2))
    net.fit(np.ma.masked_array(X), np.ma.masked_array(Y, mask=np.zeros(60, bool)))
    np.testing.assert_array_equal(net.network_.theta, plain.fit(X, Y).network_.theta)


def test_finite_numbers_whose_sum_overflows_are_accepted():
    net = ThreeLayerNet(4).initialize([[0.0], [1.0]], [0, 1])
    net.network_.theta[...] = 0
    np.testing.assert_array_equal(net.predict_proba([[1e308], [1e308]]), 0.5)


# Bad input


NOT_TWO_DIMENSIONS = np.zeros(60)
WRONG_X = {
    "text": (np.full((60, 2), "a"), "X must hold numbers"),
    "text objects": (np.full((60, 2), "a", object), "X must hold numbers"),
    "NaN": (np.where(np.arange(120).reshape(60, 2) == 7, np.nan, X), r"X must be finite.*row 3"),
    "infinity": (np.where(X == X[5, 1], np.inf, X), r"X must be finite.*row 5, column 1"),
    "one dimension": (np.zeros(60), r"X must be two-dimensional.*\(60,\)"),
    "three dimensions": (np.zeros((60, 2, 1)), "X must be two-dimensional"),
    "no rows": (np.zeros((0, 2)), "X must have at least one row"),
    "no columns": (np.zeros((60, 0)), "X must have at least one row and one column"),
    "complex": (X + 1j, "X must hold real numbers"),
    "ragged": ([[1.0], [1.0, 2.0]], "X must be a table"),
    "nothing": (None, "X must"),
    "masked": (np.ma.masked_greater(X, X.max() - 1e-9), "X must hold a value everywhere"),
}
WRONG_Y = {
    "too short": (Y[:-1], "y must have one label for each of the 60 observations, got 59"),
    "one class": (np.zeros(60, int), "y must hold at least two classes"),
    "two columns": (np.c_[Y, Y], "y must be one-dimensional"),
    "fractions": (Y + 0.5, "y must hold class labels, got fractions"),
    "NaN": (np.where(Y == 0, np.nan, Y), "y must hold a label for every .* missing: nan"),
    "infinity": (np.where(Y == 0, np.inf, Y), "y must hold class labels, .* infinity"),
    "mixed": (np.array(["a"] * 30 + [1] * 30, object), "y must hold labels of one kind"),
    "nothing": (None, "y must hold one class label an observation, got None"),
    "mixed list": ([1, "a"] * 30, "y must hold labels of one kind, got int, str"),
    "masked": (np.ma.masked_equal(Y, 2), "y must hold a value everywhere"),
    "Nones": (np.array([None] * 60), "y must hold a label for every observation"),
    "dates": (np.array([datetime.date(2020, 1, 1 + label) for label in Y]),
              "y must hold whole numbers, text or booleans"),
    "Decimals": ([Decimal(int(label)) for label in Y],
                 "y must hold whole numbers, text or booleans"),
}
WRONG_PARAMETERS = [
    ("hidden_nodes", 0), ("hidden_nodes", -3), ("hidden_nodes", 2.5), ("hidden_nodes", "8"),
    ("hidden_nodes", True), ("hidden_nodes", np.array(3)),
    ("activation", "sigmoidal"), ("activation", None),
    ("learning_rate", 0), ("learning_rate", -0.1), ("learning_rate", np.nan),
    ("learning_rate", np.inf), ("learning_rate", "fast"), ("learning_rate", True),
    ("reg_lambda", -1e-9),
    ("reg_lambda", None), ("reduction", "median"), ("n_classes", 1), ("n_classes", 2),
    ("n_classes", 3.0), ("stopping", "soon"), ("stopping", 5), ("max_epochs", 0),
    ("max_epochs", 1e3), ("warm_start", 1), ("dtype", "float16"), ("dtype", float),
    ("random_state", -1), ("random_state", "lucky"), ("progress", "yes"), ("initial_scale", 0),
    ("initial_scale", "big"), ("batch_size", 0), ("batch_size", 2.5), ("optimizer", "adam"),
    ("schedule", abs),
]


@pytest.fixture(params=NETS)
def fitted(request):
    """A fitted net, and what must be unchanged after every failure."""
    net = request.param(4, **WORKING, max_epochs=5).fit(X, Y)
    before = (net.network_, net.network_.theta.copy(), net.classes_, net.history_)
    yield net
    assert (net.network_, net.classes_, net.history_) == (before[0], before[2], before[3])
    np.testing.assert_array_equal(net.network_.theta, before[1])


@pytest.mark.parametrize(("wrong", "message"), WRONG_X.values(), ids=WRONG_X)
def test_a_wrong_x_is_named_and_the_fit_kept(fitted, wrong, message):
    with pytest.raises((TypeError, ValueError), match=message):
        fitted.fit(wrong, Y)
    for method in (fitted.predict, fitted.predict_proba, fitted.activations):
        with pytest.raises((TypeError, ValueError), match=message):
            method(wrong)
    for method in (fitted.score, fitted.loss, fitted.cross_entropy, fitted.gradients):
        with pytest.raises((TypeError, ValueError), match=message):
            method(wrong, Y)


@pytest.mark.parametrize(("wrong", "message"), WRONG_Y.values(), ids=WRONG_Y)
def test_a_wrong_y_is_named_and_the_fit_kept(fitted, wrong, message):
    with pytest.raises((TypeError, ValueError), match=message):
        fitted.fit(X, wrong)
    if "two classes" not in message:
        with pytest.raises((TypeError, ValueError), match=message):
            fitted.loss(X, wrong)


@pytest.mark.parametrize(("name", "value"), WRONG_PARAMETERS, ids=lambda value: repr(value))
def test_a_wrong_parameter_is_named_and_the_fit_kept(fitted, name, value):
    with pytest.raises((TypeError, ValueError), match=name):
        fitted.set_params(**{name: value}).fit(X, Y)


def test_a_number_too_large_for_a_float_is_refused(fitted):
    with pytest.raises(ValueError, match="learning_rate must be a finite number"):
        fitted.set_params(learning_rate=10**400).fit(X, Y)


@pytest.mark.parametrize("method", ["loss", "gradients", "cross_entropy"])
def test_a_parameter_set_after_the_fit_is_checked_when_it_is_used(fitted, method):
    fitted.set_params(reg_lambda=-1)
    with pytest.raises(ValueError, match="reg_lambda must be"):
        getattr(fitted, method)(X, Y)


def test_a_failed_fit_draws_nothing_from_a_generator():
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    with pytest.raises(ValueError, match="validation_data"):
        ThreeLayerNet(4, random_state=rng).fit(X, Y, validation_data=(X, Y + 1))
    assert rng.bit_generator.state == before


def test_four_layers_take_a_pair_and_three_one_number(fitted):
    wrong = (4,) if isinstance(fitted, FourLayerNet) else (4, 4)
    with pytest.raises((TypeError, ValueError), match="hidden_nodes"):
        fitted.set_params(hidden_nodes=wrong).fit(X, Y)


def test_another_number_of_columns_is_refused(fitted):
    with pytest.raises(ValueError, match="X has 3 features, but"):
        fitted.predict(np.zeros((4, 3)))


def test_unknown_labels_are_refused(fitted):
    with pytest.raises(ValueError, match="y must hold only the classes the net knows"):
        fitted.loss(X, Y + 1)
    with pytest.raises(ValueError, match="y must hold only the classes the net knows"):
        fitted.loss(X, np.full(60, "a"))


def test_labels_must_fit_the_number_of_classes():
    with pytest.raises(ValueError, match="y must hold whole numbers from 0 to 4"):
        ThreeLayerNet(n_classes=5).fit(X, Y + 10)
    with pytest.raises(ValueError, match="y must hold whole numbers from 0 to 4"):
        ThreeLayerNet(n_classes=5).fit(X, Y - 1)
    with pytest.raises(ValueError, match="y must hold whole numbers from 0 to 4"):
        ThreeLayerNet(n_classes=5).fit(X, np.array(["a", "b", "c"])[Y])
    with pytest.raises(ValueError, match="y must hold at most n_classes=2 classes, got 3"):
        ThreeLayerNet(n_classes=2).fit(X, Y)


def test_as_many_classes_as_there_are_keep_their_labels():
    np.testing.assert_array_equal(ThreeLayerNet(n_classes=3).initialize(X, 2 * Y).classes_,
                                  [0, 2, 4])


def test_more_classes_than_the_labels_type_can_hold():
    net = ThreeLayerNet(4, n_classes=200).initialize(X, Y.astype(np.int8))
    np.testing.assert_array_equal(net.classes_, np.arange(200))


def test_whole_floats_can_be_fewer_than_the_classes():
    net = ThreeLayerNet(4, n_classes=5, **WORKING, max_epochs=200).fit(X, Y.astype(float))
    np.testing.assert_array_equal(net.classes_, np.arange(5))
    assert net.score(X, Y.astype(float)) > 0.9


@pytest.mark.parametrize(
    ("validation_data", "message"),
    [
        (X, "validation_data must be a pair"),
        ((X, Y, Y), "validation_data must be a pair"),
        ((X[:, :1], Y), r"validation_data\[0\]"),
        ((X * np.nan, Y), r"validation_data\[0\]"),
        ((X, Y[:3]), r"validation_data\[1\]"),
        ((X, Y + 1), r"validation_data\[1\] must hold only the classes"),
    ],
    ids=["no pair", "three", "columns", "NaN", "length", "unknown label"],
)
def test_wrong_validation_data_are_named(fitted, validation_data, message):
    with pytest.raises((TypeError, ValueError), match=message):
        fitted.fit(X, Y, validation_data=validation_data)


def test_an_unknown_parameter_is_refused_and_nothing_changed(fitted):
    with pytest.raises(ValueError, match="momentum must be a parameter"):
        fitted.set_params(hidden_nodes=9, momentum=0.9)
    assert fitted.hidden_nodes == 4


def test_without_scikit_learn_the_error_is_ours_alone(monkeypatch):
    monkeypatch.delitem(sys.modules, "sklearn.exceptions")
    with pytest.raises(NotFittedError) as caught:
        ThreeLayerNet().predict(X)
    assert type(caught.value) is NotFittedError


@pytest.mark.parametrize("cls", NETS)
@pytest.mark.parametrize(
    "use",
    [
        lambda net: net.predict(X), lambda net: net.predict_proba(X), lambda net: net.score(X, Y),
        lambda net: net.loss(X, Y), lambda net: net.gradients(X, Y), lambda net: net.layers_,
        lambda net: net.save("net.npz"),
    ],
    ids=["predict", "predict_proba", "score", "loss", "gradients", "layers_", "save"],
)
def test_before_a_fit_the_error_is_scikit_learns_and_ours(cls, use):
    for error in (NotFittedError, SklearnNotFittedError, ValueError, AttributeError):
        with pytest.raises(error, match=f"This {cls.__name__} instance is not fitted yet"):
            use(cls())


def test_the_error_before_a_fit_can_be_pickled():
    with pytest.raises(NotFittedError) as caught:
        ThreeLayerNet().predict(X)
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, NotFittedError)
    assert isinstance(again, SklearnNotFittedError)
    assert str(again) == str(caught.value)


def test_x_too_large_for_float32_is_refused():
    with pytest.raises(ValueError, match="too large for float32"):
        ThreeLayerNet(dtype="float32").fit(X * 1e300, Y)


def test_fit_does_not_change_its_arguments():
    X_before, Y_before = X.copy(), Y.copy()
    frozen = X.copy()
    frozen.setflags(write=False)
    ThreeLayerNet(4, **WORKING, max_epochs=5).fit(frozen, Y)
    np.testing.assert_array_equal(frozen, X_before)
    np.testing.assert_array_equal(Y, Y_before)


def test_more_classes_than_anybody_means_are_refused():
    many = np.arange(10_001)
    with pytest.raises(ValueError, match="y must hold at most 10000 classes, got 10001"):
        ThreeLayerNet(1).fit(many[:, None] / 1e4, many)


def test_labels_of_bytes_are_none_of_text(fitted):
    text = ThreeLayerNet(4, **WORKING, max_epochs=5).fit(X, np.array(["a", "b", "c"])[Y])
    with pytest.raises(ValueError, match="y must hold labels of the kind of the net's classes"):
        text.score(X, np.array([b"a", b"b", b"c"])[Y])


def test_texts_of_numpys_own_kind_are_texts():
    mixed = [np.str_("ab"[label % 2]) if n % 2 else "ab"[label % 2] for n, label in enumerate(Y)]
    net = ThreeLayerNet(4, **WORKING, max_epochs=5).fit(X, mixed)
    assert net.classes_.tolist() == ["a", "b"]


def test_names_that_are_fewer_than_the_columns_are_refused():
    class Frame:
        columns = ("a", "b", "c")

        def __array__(self, dtype=None, copy=None):
            return X

    with pytest.raises(ValueError, match="X must have as many columns as names of them, got 2"):
        ThreeLayerNet(4, **WORKING, max_epochs=5).fit(Frame(), Y)


# What is missing in data


class NAType:
    """Stands for a missing value, as pandas' NA does: not equal to anything, and no number."""

    def __eq__(self, other):
        return self

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")

    def __repr__(self):
        return "<NA>"

    __hash__ = object.__hash__


class NaTType(NAType):
    def __repr__(self):
        return "NaT"


@pytest.mark.parametrize("missing", [None, math.nan, NAType(), NaTType()], ids=repr)
def test_a_missing_value_is_named_with_its_place(missing):
    table = np.array([[1, 3], [2, 4], [missing, 5]], object)
    says = rf"X must be finite, .*: {missing!r} at row 2, column 0$"
    net = ThreeLayerNet(3, max_epochs=1).fit(X, Y)
    for use in (lambda: ThreeLayerNet(3).fit(table, [0, 1, 0]), lambda: net.predict(table)):
        with pytest.raises(ValueError, match=says):
            use()
    for kind in ("ash", 1, 1.0):
        labels = [kind, missing, kind]
        for y in (labels, np.array(labels, object)):
            with pytest.raises(ValueError, match=rf"y must hold a label for every observation, but "
                                                 rf"one is missing: {missing!r} at position 1$"):
                ThreeLayerNet(3).fit(X[:3], y)


def test_tables_of_objects_that_are_numbers_are_taken():
    as_numbers = ThreeLayerNet(3, max_epochs=3, random_state=0).fit(X, Y)
    as_objects = ThreeLayerNet(3, max_epochs=3, random_state=0).fit(X.astype(object), Y)
    np.testing.assert_array_equal(as_objects.network_.theta, as_numbers.network_.theta)


def test_one_hot_labels_are_told_what_to_do():
    for one_hot in (np.eye(3)[Y], np.eye(3)[Y].tolist(), np.eye(3, dtype=bool)[Y]):
        with pytest.raises(ValueError, match=r"shape \(60, 3\): its rows look one-hot, pass "
                                             r"np\.argmax\(y, axis=1\)$"):
            ThreeLayerNet(3).fit(X, one_hot)
    for table in (np.c_[Y, Y], np.zeros((60, 2)), np.empty((60, 0))):
        with pytest.raises(ValueError, match=r"got shape \(60, \d\)$"):
            ThreeLayerNet(3).fit(X, table)


# The loop in one's own hands


def assert_equally_fitted(one, other):
    np.testing.assert_array_equal(one.network_.theta, other.network_.theta)
    np.testing.assert_array_equal(one.history_.rows, other.history_.rows)
    for name in ("n_epochs_", "best_epoch_", "loss_", "stop_reason_"):
        assert getattr(one, name) == getattr(other, name)


@pytest.mark.parametrize("cls", NETS)
@pytest.mark.parametrize("warm_start", [False, True])
def test_a_loop_of_ones_own_ends_where_fit_ends(cls, warm_start):
    parameters = {**WORKING, "max_epochs": 30, "warm_start": warm_start}
    whole, own = cls(6, **parameters).fit(X, Y), cls(6, **parameters)
    if warm_start:
        own.fit(X, Y)
        whole.fit(X, Y)
    fit = own.begin(X, Y)
    for row in fit.descent.epochs():
        own.adopt(fit)
        assert own.n_epochs_ == own.best_epoch_ == row.epoch
        assert own.loss_ == row.loss == own.history_.loss[-1]
    own.adopt(fit)
    assert_equally_fitted(own, whole)


def test_a_net_that_has_adopted_a_fit_stays_while_the_fit_goes_on():
    net = ThreeLayerNet(6, learning_rate=4.0, reduction="mean", random_state=0, max_epochs=60)
    fit = net.begin(X, Y)
    epochs = fit.descent.epochs()
    while next(epochs).epoch < 20:
        pass
    net.adopt(fit)
    assert net.stop_reason_ == "not finished yet"
    before = copy.deepcopy(net)
    assert before.loss(X, Y) == pytest.approx(net.loss_, rel=1e-13)
    for _ in range(5):
        next(epochs)
    assert_equally_fitted(net, before)
    epochs.close()
    assert_equally_fitted(net, before)


def test_a_loop_that_is_left_holds_the_weights_at_which_it_was_left():
    net = ThreeLayerNet(6, learning_rate=9.0, reduction="mean", random_state=0, max_epochs=60)
    fit = net.begin(X, Y)
    lowest = math.inf
    for row in fit.descent.epochs():
        if row.loss > lowest:
            break
        lowest = row.loss
    assert 0 < row.epoch < 60
    net.adopt(fit)
    assert (net.n_epochs_, net.best_epoch_, net.loss_) == (row.epoch, row.epoch, row.loss)
    assert net.loss(X, Y) == pytest.approx(row.loss, rel=1e-13)


def test_a_fit_of_another_net_is_refused():
    net, other = ThreeLayerNet(6, **WORKING).fit(X, Y), FourLayerNet(3, **WORKING)
    fit = other.begin(X, Y)
    next(fit.descent.epochs())
    before = copy.deepcopy(net)
    with pytest.raises(ValueError, match="fit must be one that this net began"):
        net.adopt(fit)
    assert_equally_fitted(net, before)


def test_to_begin_a_fit_changes_nothing():
    net = ThreeLayerNet(6, **WORKING, max_epochs=5).fit(X, Y)
    before = copy.deepcopy(net)
    fit = net.begin(X, Y)
    next(fit.descent.epochs())
    assert_equally_fitted(net, before)


# Early stopping that keeps back a part


def test_the_part_kept_back_is_of_every_class_and_trains_nothing():
    stopping = EarlyStopping(patience=10, validation_fraction=0.2)
    net = ThreeLayerNet(4, **WORKING, stopping=stopping, max_epochs=50)
    fit = net.begin(X, Y)
    training, validation = fit.descent.objective, fit.descent.validation
    assert np.bincount(validation.y).tolist() == [4, 4, 4]
    assert np.bincount(training.y).tolist() == [16, 16, 16]
    together = np.concatenate([training.X, validation.X])
    np.testing.assert_array_equal(np.sort(together, axis=0), np.sort(X, axis=0))
    net.fit(X, Y)
    by_hand = ThreeLayerNet(4, **WORKING, stopping=EarlyStopping(10), max_epochs=50)
    by_hand.initialize(X, Y)
    by_hand.network_.theta[...] = net.begin(X, Y).descent.objective.network.theta
    by_hand.set_params(warm_start=True)
    by_hand.fit(training.X, training.y, validation_data=(validation.X, validation.y))
    np.testing.assert_array_equal(net.history_.validation_loss, by_hand.history_.validation_loss)


def test_the_part_kept_back_is_the_same_in_a_warm_start():
    stopping = EarlyStopping(patience=10**6, validation_fraction=0.2)
    net = ThreeLayerNet(4, **WORKING, stopping=stopping, max_epochs=5, warm_start=True)
    first = net.begin(X, Y).descent.validation.X
    np.testing.assert_array_equal(net.fit(X, Y).begin(X, Y).descent.validation.X, first)


@pytest.mark.parametrize("state", [None, np.random.default_rng(0)], ids=["None", "Generator"])
def test_a_warm_start_that_would_keep_back_another_part_is_refused(state):
    """What was kept back before would be trained on, and what was trained on validated with."""
    stopping = EarlyStopping(patience=10, validation_fraction=0.2)
    net = ThreeLayerNet(4, stopping=stopping, max_epochs=5, warm_start=True, random_state=state)
    net.fit(X, Y)
    before = copy.deepcopy(net)
    with pytest.raises(ValueError, match="random_state must be a whole number when a warm start"):
        net.fit(X, Y)
    assert_equally_fitted(net, before)
    net.set_params(random_state=1).begin(X, Y)


def test_validation_data_go_before_a_part_kept_back():
    stopping = EarlyStopping(patience=10, validation_fraction=0.2)
    net = ThreeLayerNet(4, **WORKING, stopping=stopping, max_epochs=5)
    fit = net.begin(X, Y, (X[:10], Y[:10]))
    assert (len(fit.descent.objective.X), len(fit.descent.validation.X)) == (60, 10)


@pytest.mark.parametrize("fraction", [0.01, 0.99])
def test_a_part_that_leaves_nothing_is_refused(fraction):
    net = ThreeLayerNet(4, stopping=EarlyStopping(validation_fraction=fraction))
    with pytest.raises(ValueError, match=rf"^validation_fraction must leave .*got {fraction:g} of"):
        net.fit(X, Y)
