"""Four programs and the chapter's engine train the same nets: their losses, and their times.

``python -m benchmarks.frameworks`` writes book/frameworks.json, which the chapter on frameworks
reads: PyTorch is not among the packages of the book.  It takes some minutes on one core.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import machine

FILE = Path(__file__).parents[1] / "book" / "frameworks.json"

PACKAGES = ("numpy", "scikit-learn", "torch")
# Sizes (d, h, k), first weights to try, and epochs in a timed run.
SIZES = {"blobs": ((2, 4, 3), 20, 20), "spirals": ((2, 32, 3), 20, 20),
         "digits": ((64, 64, 10), 3, 3)}
BUDGETS = (100, 1000)
ROUNDS = 15
PEERS = ("engine", "PyTorch", "scikit-learn")


def problem(name: str, activation: str, dtype: str, start: int = 0) -> Any:
    """Data and first weights; start 0 of the blobs is the net of the chapters."""
    import numpy as np

    from benchmarks.problems import Problem
    from nnlib import datasets

    sizes, _, _ = SIZES[name]
    rng = np.random.default_rng(17_000 + start)
    if name == "blobs":
        X, y = datasets.blobs(90, centers=3, spread=0.8, random_state=0)
        rate, reg_lambda = 0.5, 0.5
        if start == 0:
            rng = np.random.default_rng(3120)
        weights = [rng.normal(size=(h, d + 1)) for d, h in pairwise(sizes)]
    else:
        rate, reg_lambda = (0.5, 0.01) if name == "spirals" else (0.1, 1.0)
        if name == "spirals":
            X, y = datasets.spirals(300, arms=3, turns=1.0, noise=0.1, random_state=4000)
        else:
            X, y = datasets.digits()
            X = (X - X.mean()) / X.std()
        weights = [np.hstack([rng.normal(size=(h, d)) / d**0.5, np.zeros((h, 1))])
                   for d, h in pairwise(sizes)]
    return Problem(X.astype(dtype), y, [W.astype(dtype) for W in weights], activation, rate,
                   reg_lambda)


def programs() -> dict[str, Callable[[Any], Callable[[int], Any]]]:
    """`prepare` of each of them, by name."""
    from benchmarks import contenders, engine

    return {"nnlib": contenders.load("nnlib").prepare, "engine": engine.prepare,
            "by hand": contenders.load("naive NumPy").prepare,
            "PyTorch": contenders.load("PyTorch").prepare,
            "scikit-learn": contenders.load("scikit-learn").prepare}


def compare(name: str, activation: str, dtype: str) -> dict[str, Any]:
    """The largest difference from nnlib's losses within each budget.

    Within the first budget it is that of all first weights, within the second that of the first.
    """
    import numpy as np

    differences: dict[str, list[float]] = {peer: [0.0] * len(BUDGETS) for peer in PEERS}
    starts = SIZES[name][1]
    for start in range(starts):
        given = problem(name, activation, dtype, start)
        longest = BUDGETS[-1] if start == 0 else BUDGETS[0]
        prepared = {each: programs()[each](given) for each in ("nnlib", *PEERS)}
        losses = {each: train(longest).astype(float) for each, train in prepared.items()}
        for peer in PEERS:
            gaps = np.abs(losses[peer] - losses["nnlib"])
            for place, budget in enumerate(BUDGETS):
                if len(gaps) >= budget:
                    differences[peer][place] = max(differences[peer][place],
                                                   float(gaps[:budget].max()))
    return {"problem": name, "activation": activation, "dtype": dtype, "starts": starts,
            "differences": differences}


def time_all(name: str, dtype: str) -> dict[str, Any]:
    """Seconds that a step takes each of them: the median of rounds in turn, in processor time."""
    given, (_, _, epochs) = problem(name, "tanh", dtype), SIZES[name]
    trains = {each: prepare(given) for each, prepare in programs().items()}
    took: dict[str, list[float]] = {each: [] for each in trains}
    for turn in range(ROUNDS + 1):
        for each, train in trains.items():
            began = time.process_time()
            train(epochs)
            if turn:  # the first warms up
                took[each].append((time.process_time() - began) / epochs)
    return {"problem": name, "dtype": dtype,
            "seconds": {each: median(seconds) for each, seconds in took.items()}}


def at_the_kink() -> float:
    """PyTorch's slope of relu(x) - relu(-x), which is x, at 0."""
    import torch

    x = torch.zeros((), requires_grad=True)
    (torch.relu(x) - torch.relu(-x)).backward()
    return float(x.grad)


def run() -> dict[str, Any]:
    """All of it, with where and when it was measured."""
    prepare = programs()["PyTorch"]
    losses = {dtype: prepare(problem("blobs", "tanh", dtype))(BUDGETS[0]).tolist()
              for dtype in ("float64", "float32")}
    compared = []
    for name in SIZES:
        for activation in ("tanh", "relu"):
            for dtype in ("float64", "float32"):
                compared.append(compare(name, activation, dtype))
                print(compared[-1], flush=True)
    timed = [time_all(name, dtype) for name in SIZES for dtype in ("float64", "float32")]
    print(*timed, sep="\n")
    return {"date": datetime.date.today().isoformat(), "made_by": "python -m benchmarks.frameworks",
            "machine": machine.describe(PACKAGES),
            "pytorch_losses": losses, "pytorch_at_the_kink": at_the_kink(),
            "compared": compared, "timed": timed}


def main() -> None:
    """Measure, and write the file."""
    machine.pin_to_one_thread()  # before NumPy is imported
    FILE.write_text(json.dumps(run(), indent=1) + "\n", encoding="utf-8")
    print(f"Wrote {FILE}.")


if __name__ == "__main__":
    main()
