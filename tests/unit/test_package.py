"""What importing the package needs, and what it offers."""

import subprocess
import sys
from pathlib import Path

import pytest

import nnlib


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_importing_needs_numpy_alone():
    run(
        "import sys\n"
        "for name in ('matplotlib', 'ipywidgets', 'sklearn', 'tqdm', 'joblib', 'scipy'):\n"
        "    sys.modules[name] = None\n"
        "import nnlib\n"
        "X, y = nnlib.datasets.moons(50, random_state=0)\n"
        "net = nnlib.ThreeLayerNet(4, max_epochs=5, random_state=0).fit(X, y)\n"
        "assert net.predict(X).shape == (50,)\n"
        "try:\n"
        "    nnlib.ThreeLayerNet().predict(X)\n"
        "except nnlib.NotFittedError as error:\n"
        "    assert 'not fitted' in str(error)\n"
    )


def test_drawing_modules_load_when_first_used():
    loaded = run(
        "import sys, nnlib\n"
        "print('matplotlib' in sys.modules, 'ipywidgets' in sys.modules)\n"
        "nnlib.plotting, nnlib.widgets\n"
        "print('matplotlib' in sys.modules, 'ipywidgets' in sys.modules)\n"
    ).stdout.split()
    assert loaded == ["False", "False", "True", "True"]


def test_every_public_name_is_there():
    for name in nnlib.__all__:
        assert getattr(nnlib, name) is not None
    assert set(nnlib.__all__) <= set(dir(nnlib))


def test_the_citation_names_this_version():
    citation = (Path(__file__).parents[2] / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {nnlib.__version__}\n" in citation


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'momentum'"):
        _ = nnlib.momentum
