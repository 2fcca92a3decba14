"""The ratios that nnlib set out to reach, and those it reached."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any, NamedTuple

from benchmarks.problems import DTYPES
from benchmarks.study import COMPILED, LOOPS, STACKED, VMAP
from benchmarks.timing import PRODUCTS

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
    return [*_per_epoch(results), *_memory(results), *_cold_start(results), *_studies(results)]


def advantage(seconds: dict[str, list[float]], other: str, own: str = "nnlib") -> float:
    """How many times nnlib's median time the other takes."""
    return median(seconds[other]) / median(seconds[own])


def _per_epoch(results: dict[str, Any]) -> Iterator[Target]:
    rows = {(row["case"], row["dtype"]): row["seconds"] for row in results["rows"]}
    for dtype in DTYPES:
        for peer, aim in (("scikit-learn", 3), ("PyTorch", 6), ("naive NumPy", 1.8)):
            yield Target(f"n = 200, {dtype}: times faster than {peer}", aim,
                         advantage(rows["small", dtype], peer))
    digits = rows["digits", "float32"]
    for peer, aim in (("scikit-learn", 2.4), ("PyTorch", 1.4), ("JAX", 1.0)):
        yield Target(f"digits, float32: times faster than {peer}", aim, advantage(digits, peer))
    yield Target("digits, float32: times the bare products", 1.5,
                 1 / advantage(digits, PRODUCTS), at_most=True)
    large, largest = rows["large", "float32"], rows["largest", "float32"]
    for peer in FRAMEWORKS:
        yield Target(f"n = 100 000, float32: times faster than {peer}", 3, advantage(large, peer))
    yield Target("n = 100 000, float32: times the bare products", 1.2,
                 1 / advantage(large, PRODUCTS), at_most=True)
    for peer in FRAMEWORKS:
        yield Target(f"n = 1 000 000, float32: times faster than {peer}", 3,
                     advantage(largest, peer))


def _memory(results: dict[str, Any]) -> Iterator[Target]:
    mebibytes = {(row["case"], row["dtype"]): row["bytes"]["nnlib"] / 2**20
                 for row in results["memory"]}
    yield Target("n = 100 000, float32: MiB beside X", 20, mebibytes["large", "float32"],
                 at_most=True)
    yield Target("n = 1 000 000, float32: MiB beside X", 20, mebibytes["largest", "float32"],
                 at_most=True)


def _cold_start(results: dict[str, Any]) -> Iterator[Target]:
    for peer in FRAMEWORKS:
        yield Target(f"process start to trained net: times faster than {peer}", 3,
                     advantage(results["cold_start"]["seconds"], peer))


def _studies(results: dict[str, Any]) -> Iterator[Target]:
    for study in results["studies"]:
        seconds, what = study["seconds"], f"{study['nets']} nets, {study['dtype']}: times faster"
        if study["dtype"] == "float64":
            aims = (("scikit-learn", 5.0), ("naive NumPy", 3.0))
        else:
            aims = (("scikit-learn", 10.0),)
            best = min((COMPILED, VMAP), key=lambda way: median(seconds[way]))
            yield Target(f"{what} than {best}", 1.4, advantage(seconds, best, STACKED))
        for peer, aim in aims:
            yield Target(f"{what} than {peer}", aim, advantage(seconds, LOOPS[peer], STACKED))
