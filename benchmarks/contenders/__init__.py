"""The contenders: a file each, which alone imports the library it is about.

Each has ``prepare(problem)``, which makes whatever the contender needs once (tensors, a model, a
compiled loop) and returns ``train(epochs)``.  That starts from the problem's weights, takes the
steps of full-batch gradient descent on J, and returns J before each step, an array (epochs,).
Only `train` is timed.

All but naive NumPy have ``prepare_batches(problem, batch_size, optimizer, orders)`` too.  Its
``train(epochs)`` takes a step of ``"SGD"`` or ``"Adam"`` for each batch, the observations in the
order of each epoch, (epochs, n), and returns the weights as a `Problem` has them.
"""

from __future__ import annotations

from importlib import import_module, util
from types import ModuleType

# Name on the page, the module here, and the package that it needs.
CONTENDERS = {
    "nnlib": ("with_nnlib", "nnlib"),
    "naive NumPy": ("naive_numpy", "numpy"),
    "scikit-learn": ("with_scikit_learn", "sklearn"),
    "PyTorch": ("with_pytorch", "torch"),
    "JAX": ("with_jax", "jax"),
}
PEERS = tuple(name for name in CONTENDERS if name != "nnlib")


def load(name: str) -> ModuleType:
    """The module of a contender."""
    return import_module(f"benchmarks.contenders.{CONTENDERS[name][0]}")


def installed() -> list[str]:
    """The contenders whose packages are there."""
    return [name for name, (_, package) in CONTENDERS.items() if util.find_spec(package)]
