"""The automatic differentiation of the book's chapter, taken from its notebook, as a contender."""

from __future__ import annotations

import ast
import functools
import json
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from benchmarks.problems import Array, Problem

NOTEBOOK = Path(__file__).parents[1] / "book" / "17_see_what_a_framework_does.ipynb"
NAMES = ("Node", "as_node", "add", "multiply", "matmul", "tanh", "relu", "exp", "log", "total",
         "in_order", "sum_to", "backward", "cross_entropy", "objective", "train")


@functools.cache
def source() -> str:
    """The lines of the notebook that define `NAMES`, where each is first defined."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    found: dict[str, str] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            text = "".join(cell["source"])
            for statement in ast.parse(text).body:
                if isinstance(statement, ast.ClassDef | ast.FunctionDef):
                    found.setdefault(statement.name, ast.get_source_segment(text, statement) or "")
    return "\n\n\n".join(found[name] for name in NAMES)


@functools.cache
def engine() -> SimpleNamespace:
    """What these lines define."""
    names = {"np": np, "chain": chain}
    exec(compile(source(), NOTEBOOK.name, "exec"), names)
    return SimpleNamespace(**names)


def prepare(problem: Problem) -> Callable[[int], Array]:
    """``train(epochs)`` descends along the gradients of the engine."""
    its = engine()
    X, T = problem.X.T, np.eye(len(problem.weights[-1]), dtype=problem.X.dtype)[:, problem.y]
    f = getattr(its, problem.activation)

    def train(epochs: int) -> Array:
        layers = [(its.Node(W[:, :-1].copy()), its.Node(W[:, -1:].copy()))
                  for W in problem.weights]
        losses: Array = its.train(layers, X, T, problem.learning_rate, problem.reg_lambda, epochs,
                                  f)
        return losses

    return train
