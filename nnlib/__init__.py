"""Neural networks from scratch in NumPy.

Two classifiers, `ThreeLayerNet` and `FourLayerNet`, over one base of any depth, a regressor, and
what it takes to train, check and look at them.  Importing this package needs NumPy alone; modules
that draw, and others that not every reader needs, are loaded when first used.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from nnlib import (
    activations,
    datasets,
    diagnostics,
    losses,
    network,
    objective,
    optimizers,
    stopping,
    training,
)
from nnlib.classifiers import (
    FourLayerNet,
    MultilayerPerceptron,
    NotFittedError,
    ThreeLayerNet,
)
from nnlib.nets import load
from nnlib.regressors import MultilayerRegressor
from nnlib.training import DivergenceWarning, StabilityWarning
from nnlib.version import __version__ as __version__

__all__ = [
    "DivergenceWarning",
    "FourLayerNet",
    "MultilayerPerceptron",
    "MultilayerRegressor",
    "NotFittedError",
    "StabilityWarning",
    "ThreeLayerNet",
    "activations",
    "datasets",
    "diagnostics",
    "exercises",
    "frame_plots",
    "frames",
    "lab",
    "load",
    "losses",
    "network",
    "objective",
    "optimizers",
    "plotting",
    "stopping",
    "strokes",
    "studies",
    "training",
    "widgets",
]

_LOADED_WHEN_USED = {
    "exercises": "nnlib.exercises",
    "frame_plots": "nnlib.live.frame_plots",
    "frames": "nnlib.live.frames",
    "lab": "nnlib.live.lab",
    "plotting": "nnlib.plotting",
    "strokes": "nnlib.live.strokes",
    "studies": "nnlib.studies",
    "widgets": "nnlib.live.widgets",
}


def __getattr__(name: str) -> ModuleType:
    if name in _LOADED_WHEN_USED:
        return importlib.import_module(_LOADED_WHEN_USED[name])
    raise AttributeError(f"module 'nnlib' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
