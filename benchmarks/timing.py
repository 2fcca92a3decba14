"""Contenders in turn, round after round, so that a slow moment of the machine meets them all."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from benchmarks import products
from benchmarks.contenders import PEERS, load
from benchmarks.problems import Array, Case, Problem

PRODUCTS = "bare products"
PRODUCTS_IN_BLOCKS = "bare products in blocks"

# The largest difference in J, of the same epoch, that may be between two contenders.
TOLERANCES = {"float64": 1e-10, "float32": 1e-3}


def interleaved(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each run, in every round; each round begins with another of them."""
    return in_turn({name: partial(seconds_of, run) for name, run in runs.items()}, rounds)


def in_turn(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each measures, in every round; each round begins with another of them."""
    names = list(measures)
    values: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            values[name].append(measures[name]())
    return values


def seconds_of(run: Callable[[], object]) -> float:
    """How long one run takes."""
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def differences(losses: Mapping[str, Array], dtype: str) -> dict[str, float]:
    """Largest difference of each contender's losses from those of nnlib.

    Raises
    ------
    AssertionError
        If one is larger than `TOLERANCES` allows: then it trains something else, and its time
        says nothing.
    """
    largest = {
        name: float(np.abs(losses[name].astype(float) - losses["nnlib"]).max())
        for name in losses if name != "nnlib"
    }
    for name, difference in largest.items():
        if not difference <= TOLERANCES[dtype]:
            raise AssertionError(f"{name} computes other losses than nnlib in {dtype}: they "
                                 f"differ by {difference:.2g}")
    return largest


def time_case(case: Case, dtype: str) -> dict[str, Any]:
    """One row: are all losses the same, and how long does each contender take for an epoch?

    Returns
    -------
    row : dict
        ``seconds`` per epoch, a list of rounds for each contender, and ``differences``.
    """
    problem = case.problem(dtype)
    trains = {name: load(name).prepare(problem) for name in ("nnlib", *PEERS)}
    losses = {name: train(case.checked_epochs) for name, train in trains.items()}
    row: dict[str, Any] = {"case": case.key, "n": case.n, "sizes": case.sizes,
                           "activation": case.activation, "dtype": dtype, "epochs": case.epochs,
                           "checked_epochs": case.checked_epochs,
                           "differences": differences(losses, dtype)}
    del losses
    multiplies = {PRODUCTS: products.prepare(problem)}
    block = nnlib_block_size(problem)
    if block < case.n:
        multiplies[PRODUCTS_IN_BLOCKS] = products.prepare(problem, block)
    runs = {name: (lambda train=train: train(case.epochs))
            for name, train in (trains | multiplies).items()}
    if case.epochs != case.checked_epochs:
        interleaved(runs, 1)  # JAX compiles for each number of epochs
    row["seconds"] = {
        name: [seconds / case.epochs for seconds in rounds]
        for name, rounds in interleaved(runs, case.rounds).items()
    }
    return row


def nnlib_block_size(problem: Problem) -> int:
    """Observations that nnlib passes at once."""
    from nnlib.network import Network
    from nnlib.objective import Objective

    sizes = (problem.X.shape[1], *(len(W) for W in problem.weights))
    network = Network(sizes, problem.activation, problem.X.dtype)
    return Objective(network, problem.X, problem.y).block_size
