"""A study: 60 nets, 20 seeds of three penalties, each way to train them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.contenders import load
from benchmarks.problems import Array, Problem
from benchmarks.timing import differences, interleaved

PENALTIES = (0.01, 0.1, 1.0)
STACKED, SINGLE = "nnlib, stacked", "nnlib, one by one"
COMPILED, VMAP = "JAX, compiled once", "JAX, vmap"
# Nets one by one take the same time each: of those marked here, a part stands for all.
LOOPS = {"naive NumPy": "naive NumPy, one by one", "scikit-learn": "scikit-learn, one by one",
         "PyTorch": "PyTorch, one by one"}
SHARE = 10


def measure(seeds: int, epochs: int, rounds: int, dtype: str) -> dict[str, Any]:
    """Seconds of the whole study for every way, and the largest differences in final J.

    There are three nets for each seed; `seeds` must make that a multiple of `SHARE`.
    """
    from nnlib import ThreeLayerNet, datasets
    from nnlib.studies import Study

    net = ThreeLayerNet(learning_rate=0.1, reduction="mean", max_epochs=epochs - 1, dtype=dtype)

    def data(seed: int) -> Any:
        return datasets.moons(200, noise=0.2, random_state=seed)

    def problem(reg_lambda: float, seed: int) -> Problem:
        X, y = data(seed)
        fresh = ThreeLayerNet(dtype=dtype, random_state=seed).initialize(X, y)
        return Problem(X.astype(dtype), y, fresh.layers_, "relu", 0.1, reg_lambda)

    problems = [problem(value, seed) for value in PENALTIES for seed in range(seeds)]

    def one_by_one(contender: str, nets: Sequence[Problem]) -> Array:
        prepare = load(contender).prepare
        return np.array([prepare(problem)(epochs)[-1] for problem in nets])

    def study() -> Array:
        results = Study(net, {"reg_lambda": PENALTIES}, data, range(seeds), progress=False).run()
        loss: Array = results.table["loss"]
        return loss

    jax = load("JAX")

    def compiling(train: Callable[[], Array]) -> Array:
        jax.forget_compiled()
        return train()

    ways: dict[str, Callable[[], Array]] = {
        STACKED: study,
        SINGLE: lambda: one_by_one("nnlib", problems),
        COMPILED: lambda: compiling(lambda: one_by_one("JAX", problems)),
        VMAP: lambda: compiling(lambda: jax.train_stack(problems, epochs)[:, -1]),
    }
    share = problems[::SHARE]
    for contender, name in LOOPS.items():
        ways[name] = lambda contender=contender: one_by_one(contender, share)
    final = {name: way() for name, way in ways.items()}
    largest: dict[str, float] = {}
    for name, loss in final.items():
        step = len(problems) // len(loss)
        largest |= differences({"nnlib": final[STACKED][::step], name: loss}, dtype)
    seconds = interleaved(ways, rounds)
    for name in LOOPS.values():
        seconds[name] = [value * SHARE for value in seconds[name]]
    return {"nets": len(problems), "epochs": epochs, "dtype": dtype, "differences": largest,
            "share": len(share), "seconds": seconds}
