"""The joint study: every learning rate with every activation, width, penalty and set of data."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from benchmarks.contenders import load
from benchmarks.problems import Array, Problem
from benchmarks.study import STACKED, VMAP
from benchmarks.timing import differences, interleaved

# At longer steps some of these nets are chaotic: any two programs then end at other losses.
FACTORS: dict[str, tuple[Any, ...]] = {
    "learning_rate": (0.01, 0.03, 0.1, 0.2, 0.5),
    "activation": ("relu", "tanh"),
    "hidden_nodes": (8, 32, 128),
    "reg_lambda": (0.01, 1.0),
}
# 180 settings; so many seeds and epochs that nnlib takes a minute or two in float64.
SEEDS, EPOCHS = 8, 1000
OBSERVATIONS = 200
# Nets that JAX trains at once: no slower than one, and six, ten or thirty take longer each.
TOGETHER = 3


def data() -> dict[str, Callable[[int], tuple[Array, Array]]]:
    """Three problems with two classes, drawn anew for every seed."""
    from nnlib import datasets

    return {
        "moons": lambda seed: datasets.moons(OBSERVATIONS, noise=0.2, random_state=seed),
        "circles": lambda seed: datasets.circles(OBSERVATIONS, noise=0.1, random_state=seed),
        "board": lambda seed: datasets.xor(OBSERVATIONS, random_state=seed),
    }


def problems(seeds: int, dtype: str) -> list[Problem]:
    """The nets of the study, in the order of its table."""
    from nnlib import ThreeLayerNet

    nets = []
    for draw, values, seed in product(data().values(), product(*FACTORS.values()), range(seeds)):
        setting = dict(zip(FACTORS, values, strict=True))
        X, y = draw(seed)
        fresh = ThreeLayerNet(setting["hidden_nodes"], setting["activation"], dtype=dtype,
                              random_state=seed).initialize(X, y)
        nets.append(Problem(X.astype(dtype), y, list(fresh.layers_), setting["activation"],
                            setting["learning_rate"], setting["reg_lambda"]))
    return nets


def by_nnlib(seeds: int, epochs: int, dtype: str) -> Array:
    """Final J, (nets,)."""
    from nnlib import ThreeLayerNet
    from nnlib.studies import Study

    net = ThreeLayerNet(reduction="mean", max_epochs=epochs - 1, dtype=dtype)
    loss: Array = Study(net, FACTORS, data(), range(seeds), progress=False).run().table["loss"]
    return loss


def by_jax(nets: list[Problem], epochs: int) -> Array:
    """Final J, (nets,): of each activation and width one compiled loop, which trains some."""
    jax = load("JAX")
    jax.forget_compiled()
    alike: dict[Any, list[int]] = {}
    for place, net in enumerate(nets):
        alike.setdefault((net.activation, net.hidden_nodes), []).append(place)
    final = np.empty(len(nets))
    for places in alike.values():
        for start in range(0, len(places), TOGETHER):
            some = places[start : start + TOGETHER]
            final[some] = jax.train_stack([nets[place] for place in some], epochs)[:, -1]
    return final


def measure(seeds: int, epochs: int, rounds: int, dtype: str) -> dict[str, Any]:
    """Seconds of the whole study for both, and the largest difference in final J."""
    nets = problems(seeds, dtype)
    final: dict[str, Array] = {}
    seconds = interleaved({
        STACKED: lambda: final.update(nnlib=by_nnlib(seeds, epochs, dtype)),
        VMAP: lambda: final.update({VMAP: by_jax(nets, epochs)}),
    }, rounds)
    return {"nets": len(nets), "settings": len(nets) // seeds, "epochs": epochs, "dtype": dtype,
            "differences": differences(final, dtype), "seconds": seconds}
