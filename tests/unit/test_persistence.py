"""A saved net comes back whole, and a file is replaced whole or not at all."""

import os

import numpy as np
import pytest

from nnlib import FourLayerNet, MultilayerPerceptron, ThreeLayerNet, datasets, load
from nnlib.estimator import files
from nnlib.stopping import EarlyStopping, GradientNorm, Patience

X, Y = datasets.blobs(60, centers=3, random_state=0)

LABELS = {
    "numbers": Y,
    "negative numbers": Y - 5,
    "text": np.array(["ash", "birch", "cedar"])[Y],
    "text objects": np.array(["ash", "birch", "cedar"], object)[Y],
    "booleans": Y > 0,
    "floats": Y.astype(float),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_predictions_and_labels_survive(tmp_path, labels):
    net = ThreeLayerNet(5, learning_rate=0.5, reduction="mean", max_epochs=20, random_state=0)
    net.fit(X, labels).save(tmp_path / "net.npz")
    loaded = load(tmp_path / "net.npz")
    np.testing.assert_array_equal(loaded.network_.theta, net.network_.theta)
    assert loaded.classes_.dtype == net.classes_.dtype
    np.testing.assert_array_equal(loaded.predict(X), net.predict(X))


@pytest.mark.parametrize(
    "net",
    [
        ThreeLayerNet(np.int64(4), dtype="float32", max_epochs=3, random_state=1),
        FourLayerNet((5, 4), activation="tanh", stopping=Patience() | GradientNorm(1e-9),
                     max_epochs=3, learning_rate=np.float64(0.005)),
        MultilayerPerceptron((3, 4, 5), learning_rate=0.005, max_epochs=3,
                             stopping=EarlyStopping(1)),
        MultilayerPerceptron((), max_epochs=3),
    ],
    ids=lambda net: f"{type(net).__name__} {net.dtype} {net.hidden_nodes}",
)
def test_everything_about_a_net_survives(tmp_path, net):
    net.fit(X, Y, validation_data=(X, Y))
    net.save(tmp_path / "net.npz")
    loaded = load(str(tmp_path / "net.npz"))
    assert type(loaded) is type(net)
    assert loaded.get_params() == net.get_params()
    for name in ("n_epochs_", "best_epoch_", "loss_", "stop_reason_", "n_features_in_"):
        assert getattr(loaded, name) == getattr(net, name)
    for name in ("epoch", "loss", "accuracy", "gradient_norm", "validation_loss"):
        np.testing.assert_array_equal(getattr(loaded.history_, name), getattr(net.history_, name))
    net.set_params(warm_start=True).fit(X, Y, validation_data=(X, Y))
    loaded.set_params(warm_start=True).fit(X, Y, validation_data=(X, Y))
    np.testing.assert_array_equal(loaded.network_.theta, net.network_.theta)


def test_numpys_numbers_and_ranges_can_be_saved(tmp_path):
    net = MultilayerPerceptron((np.int64(3), np.int32(4)), max_epochs=np.int64(3), random_state=0,
                               stopping=Patience(np.float64(1e-9), np.int64(50)))
    net.fit(X, Y).save(tmp_path / "net.npz")
    loaded = load(tmp_path / "net.npz")
    assert loaded.hidden_nodes == (3, 4)
    assert loaded.stopping == Patience(1e-9, 50)
    net = MultilayerPerceptron(range(3, 5), max_epochs=3, random_state=0).fit(X, Y)
    net.save(tmp_path / "net.npz")
    loaded = load(tmp_path / "net.npz")
    assert loaded.hidden_nodes == (3, 4)
    np.testing.assert_array_equal(loaded.predict_proba(X), net.predict_proba(X))


def test_a_class_of_somebody_else_cannot_be_saved(tmp_path):
    class Mine(ThreeLayerNet):
        pass

    with pytest.raises(TypeError, match="nnlib's own classes to be saved, got Mine"):
        Mine(4, max_epochs=1).fit(X, Y).save(tmp_path / "net.npz")
    assert not list(tmp_path.iterdir())


def test_an_initialised_net_can_be_saved(tmp_path):
    net = ThreeLayerNet(4, random_state=0).initialize(X, Y)
    net.save(tmp_path / "net.npz")
    loaded = load(tmp_path / "net.npz")
    assert len(loaded.history_) == 0
    np.testing.assert_array_equal(loaded.predict_proba(X), net.predict_proba(X))


def test_a_name_is_used_as_it_is(tmp_path):
    ThreeLayerNet(4, max_epochs=1, random_state=0).fit(X, Y).save(tmp_path / "net")
    assert [path.name for path in tmp_path.iterdir()] == ["net"]
    load(tmp_path / "net")


def test_a_generator_cannot_be_saved(tmp_path):
    net = ThreeLayerNet(4, max_epochs=1, random_state=np.random.default_rng(0)).fit(X, Y)
    with pytest.raises(TypeError, match="random_state"):
        net.save(tmp_path / "net.npz")


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")


def test_a_path_of_bytes_is_refused():
    class Path:
        def __fspath__(self):
            return b"net.npz"

    with pytest.raises(TypeError, match="path must be text or a path of text"):
        load(Path())


def test_long_doubles_are_saved_as_doubles(tmp_path):
    net = ThreeLayerNet(4, learning_rate=np.longdouble(0.25), reduction="mean",
                        max_epochs=np.int8(5), random_state=0)
    net.fit(X, Y).save(tmp_path / "net.npz")
    assert load(tmp_path / "net.npz").learning_rate == 0.25


def test_a_net_that_could_not_be_loaded_is_not_saved(tmp_path):
    path = tmp_path / "net.npz"
    net = ThreeLayerNet(4, max_epochs=5, random_state=0).fit(X, Y)
    net.save(path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="learning_rate must be"):
        net.set_params(learning_rate=-1.0).save(path)
    twins = np.array(["a", "a\0"], object)[Y % 2]    # NumPy's text ends where the zeros begin
    with pytest.raises(ValueError, match="classes must be sorted and differ"):
        ThreeLayerNet(4, max_epochs=5, random_state=0).fit(X, twins).save(path)
    assert path.read_bytes() == before


def test_a_name_as_long_as_names_may_be(tmp_path):
    path = tmp_path / ("n" * 255)
    ThreeLayerNet(4, max_epochs=5, random_state=0).fit(X, Y).save(path)
    assert len(load(path).history_) == 6
    with pytest.raises(OSError, match="File name too long") as caught:
        load(path).save(tmp_path / ("n" * 256))
    assert caught.value.filename == str(tmp_path / ("n" * 256))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("odd")])
def test_a_save_that_fails_at_its_end_keeps_the_old_file(tmp_path, monkeypatch, error):
    path = tmp_path / "net.npz"
    net = ThreeLayerNet(4, max_epochs=5, random_state=0).fit(X, Y)
    net.save(path)
    before = path.read_bytes()

    def fail(*names):
        raise error

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(type(error), match=str(error.args[-1])) as caught:
        net.save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["net.npz"]
    if isinstance(error, OSError):
        assert caught.value.filename == str(path)


def rewritten(path, change):
    """The file with its parameters changed, as another version of the library might write it."""
    settings, arrays = files.read(path)
    change(settings["parameters"])
    files.write(path, {name: value for name, value in settings.items() if name != "format"},
                arrays)


def test_a_parameter_that_an_older_file_lacks_takes_its_default(tmp_path):
    path = tmp_path / "net.npz"
    net = ThreeLayerNet(4, max_epochs=5, random_state=0).fit(X, Y)
    net.save(path)
    rewritten(path, lambda parameters: [parameters.pop(n) for n in ("progress", "initial_scale")])
    loaded = load(path)
    assert loaded.get_params() == net.get_params()
    np.testing.assert_array_equal(loaded.predict_proba(X), net.predict_proba(X))


def test_a_parameter_that_is_unknown_is_refused(tmp_path):
    path = tmp_path / "net.npz"
    ThreeLayerNet(4, max_epochs=5, random_state=0).fit(X, Y).save(path)
    rewritten(path, lambda parameters: parameters.update(momentum=0.9))
    with pytest.raises(ValueError, match="parameters must be those of ThreeLayerNet, got momentum"):
        load(path)


def test_the_part_that_early_stopping_keeps_back_survives(tmp_path):
    path = tmp_path / "net.npz"
    stopping = EarlyStopping(50, validation_fraction=0.25)
    net = ThreeLayerNet(4, max_epochs=5, random_state=0, stopping=stopping).fit(X, Y)
    net.save(path)
    assert load(path).stopping == stopping
    rewritten(path, lambda parameters: parameters["stopping"][0].pop("validation_fraction"))
    assert load(path).stopping == EarlyStopping(50)
