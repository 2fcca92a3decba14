"""What CPython and the Python of a page do alike.

in_page sends this module, and those that it imports, to the page.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from benchmarks import products
from benchmarks.contenders import load
from benchmarks.problems import Array, Problem
from benchmarks.timing import PRODUCTS, seconds_of

CONTENDERS = ("nnlib", "naive NumPy")


def packed(problem: Problem) -> dict[str, Any]:
    """A problem as JSON can hold it; a float is written such that it is read as the same."""
    return asdict(problem) | {"X": problem.X.tolist(), "y": problem.y.tolist(),
                              "weights": [W.tolist() for W in problem.weights],
                              "dtype": problem.X.dtype.name}


def unpacked(fields: dict[str, Any]) -> Problem:
    """The problem that `packed` made into these fields."""
    rest = {name: value for name, value in fields.items() if name != "dtype"}
    array = partial(np.array, dtype=fields["dtype"])
    return Problem(**rest | {"X": array(fields["X"]), "y": np.array(fields["y"]),
                             "weights": [array(W) for W in fields["weights"]]})


class Side:
    """The contenders of one of the two, ready to train a problem."""

    def __init__(self, fields: dict[str, Any]) -> None:
        problem = unpacked(fields)
        self._trains = {name: load(name).prepare(problem) for name in CONTENDERS}
        self._runs = self._trains | {PRODUCTS: products.prepare(problem)}

    def losses(self, name: str, epochs: int) -> list[float]:
        """J before each step."""
        losses: Array = self._trains[name](epochs)
        return [float(loss) for loss in losses]

    def seconds(self, name: str, epochs: int) -> float:
        """The time of an epoch, in one run of so many."""
        return seconds_of(partial(self._runs[name], epochs)) / epochs


def built() -> dict[str, Any]:
    """Of this NumPy: its version, its library of products and its vector instructions, if any."""
    config: Any = np.show_config(mode="dicts")
    blas, extensions = config["Build Dependencies"]["blas"], config.get("SIMD Extensions", {})
    return {
        "numpy": np.__version__,
        "blas": blas["name"] if blas.get("found") else "",
        "vector_instructions": [*extensions.get("baseline", []), *extensions.get("found", [])],
    }
