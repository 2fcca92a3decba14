"""The nets in scikit-learn's hands: its own checks and its tools."""

import importlib.util
import subprocess
import sys
import warnings
from types import SimpleNamespace
from unittest import SkipTest

import numpy as np
import pytest
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.estimator_checks import parametrize_with_checks

from nnlib import FourLayerNet, MultilayerPerceptron, ThreeLayerNet, datasets

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
    ])


@checks_of_every_net
def test_scikit_learns_checks_pass_and_none_is_skipped(estimator, check, pandas, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # without it one check is skipped
    try:
        check(estimator)
    except SkipTest as skipped:
        pytest.fail(f"skipped: {skipped}")


# A column of labels


@pytest.mark.parametrize("labels", [Y, np.array(["ash", "birch", "cedar"])[Y]],
                         ids=["numbers", "text"])
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
