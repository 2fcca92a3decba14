"""The ratios that nnlib set out to reach, and those it reached."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any, NamedTuple

from benchmarks.problems import DTYPES
from benchmarks.study import COMPILED, LOOPS, STACKED, VMAP

FRAMEWORKS = ("scikit-learn", "PyTorch", "JAX")


class Target(NamedTuple):
    """One aim: a ratio that must be at least, or at most, a number."""

    what: str
    aim: float
    measured: float
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Whether the measured ratio, as printed, is good enough."""
        shown = round(self.measured, 2)
        return shown <= self.aim if self.at_most else shown >= self.aim


def targets(results: dict[str, Any]) -> list[Target]:
    """All aims with what this run measured."""
    return [*_per_epoch(results), *_batches(results), *_memory(results),
            *_studies(results), *_joint(results)]


def advantage(seconds: dict[str, list[float]], other: str, own: str = "nnlib") -> float:
    """How many times nnlib's median time the other takes."""
    return median(seconds[other]) / median(seconds[own])


def _per_epoch(results: dict[str, Any]) -> Iterator[Target]:
    rows = {(row["case"], row["dtype"]): row["seconds"] for row in results["rows"]}
    for dtype in DTYPES:
        for peer, aim in (("scikit-learn", 2.8), ("PyTorch", 5), ("naive NumPy", 1.9)):
            yield Target(f"n = 200, {dtype}: times faster than {peer}", aim,
                         advantage(rows["small", dtype], peer))
    for case, what, aims in (("digits", "digits", (2.4, 1.9, 1.0)),
                             ("large", "n = 100 000", (3, 3, 2)),
                             ("largest", "n = 1 000 000", (3, 3, 2))):
        for peer, aim in zip(FRAMEWORKS, aims, strict=True):
            yield Target(f"{what}, float32: times faster than {peer}", aim,
                         advantage(rows[case, "float32"], peer))


def _batches(results: dict[str, Any]) -> Iterator[Target]:
    for row in results["batches"]:
        if (row["batch_size"], row["optimizer"]) == (32, "Adam"):
            for peer, aim in (("scikit-learn", 2), ("PyTorch", 5)):
                yield Target(f"batches of 32, Adam, {row['dtype']}: times faster than {peer}", aim,
                             advantage(row["seconds"], peer))


def _memory(results: dict[str, Any]) -> Iterator[Target]:
    mebibytes = {(row["case"], row["dtype"]): row["bytes"]["nnlib"] / 2**20
                 for row in results["memory"]}
    yield Target("n = 100 000, float32: MiB beside X", 20, mebibytes["large", "float32"],
                 at_most=True)
    yield Target("n = 1 000 000, float32: MiB beside X", 20, mebibytes["largest", "float32"],
                 at_most=True)


def _studies(results: dict[str, Any]) -> Iterator[Target]:
    for study, aim_of_jax, aim in zip(results["studies"], (1.2, 1.4), (4, 7), strict=True):
        seconds, what = study["seconds"], f"{study['nets']} nets, {study['dtype']}: times faster"
        best = min((COMPILED, VMAP), key=lambda way: median(seconds[way]))
        yield Target(f"{what} than {best}", aim_of_jax, advantage(seconds, best, STACKED))
        yield Target(f"{what} than scikit-learn", aim,
                     advantage(seconds, LOOPS["scikit-learn"], STACKED))


def _joint(results: dict[str, Any]) -> Iterator[Target]:
    for study in results["joint"]:
        yield Target(f"joint study, {study['dtype']}: of JAX's time", 0.8,
                     1 / advantage(study["seconds"], VMAP, STACKED), at_most=True)
