"""The whole run: every measurement, shown as it comes, into one dictionary for JSON."""

from __future__ import annotations

import datetime
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks import batches, fresh, in_page, joint, machine, study
from benchmarks.contenders import PEERS
from benchmarks.problems import CASES, DTYPES, QUICK_CASES, QUICK_SWEEP, SWEEP, Case
from benchmarks.timing import interleaved, time_case

CONTENDERS = ("nnlib", *PEERS)


def run(quick: bool) -> dict[str, Any]:
    """Measure everything: minutes; with `quick` less than one, in figures that mean nothing."""
    cases, sweep = (QUICK_CASES, QUICK_SWEEP) if quick else (CASES, SWEEP)
    memory_cases = [case for case in cases if case.key.startswith("large")]
    cold = Case(**{**vars(fresh.COLD), "epochs": 20, "rounds": 1}) if quick else fresh.COLD
    sizes = {"seeds": 10, "epochs": 20, "rounds": 1} if quick else \
        {"seeds": 20, "epochs": 2000, "rounds": 3}
    bites = {"epochs": 2, "rounds": 1} if quick else {"epochs": 20, "rounds": 7}
    joint_sizes = {"seeds": 1, "epochs": 20, "rounds": 1} if quick else \
        {"seeds": joint.SEEDS, "epochs": joint.EPOCHS, "rounds": 2}
    started, load = time.monotonic(), machine.load()
    results: dict[str, Any] = {
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe(),
        "load_before": load,
    }
    print(f"One thread of {results['machine']['processor']}; load {load:.2f}.")
    if load > 0.5:
        print("The machine is busy: the ratios still mean something, the times less.")
    # First, so that a fault in what it needs, a site and a browser, does not show after all else.
    if in_the_page := run_in_page(quick):
        results["in_page"] = in_the_page
    print("\nProcess start to trained net", flush=True)
    results["cold_start"] = {
        "epochs": cold.epochs,
        "seconds": interleaved(
            {name: fresh.starter(name, cold) for name in CONTENDERS}, cold.rounds
        ),
    }
    print("  " + in_words(results["cold_start"]["seconds"]))
    print("\nMemory beside X", flush=True)
    results["memory"] = list(_with_progress(_memory(memory_cases)))
    print("\nTime per epoch", flush=True)
    results["rows"] = list(_with_progress(_rows(cases)))
    print("\nMini-batches of the digits", flush=True)
    results["batches"] = list(_with_progress(
        batches.measure(row, dtype, **bites) for row in batches.ROWS for dtype in DTYPES))
    print("\nTime against n", flush=True)
    results["sweep"] = list(_with_progress(_rows(sweep)))
    print("\nA study of many nets", flush=True)
    results["studies"] = list(_with_progress(study.measure(**sizes, dtype=d) for d in DTYPES))
    print("\nThe joint study", flush=True)
    results["joint"] = list(_with_progress(
        joint.measure(**joint_sizes, dtype=dtype) for dtype in DTYPES))
    results["minutes"] = round((time.monotonic() - started) / 60, 1)
    return results


def run_in_page(quick: bool) -> dict[str, Any]:
    """Measure what runs in a browser, a few minutes; empty if something is missing for it."""
    print("\nIn the page", flush=True)
    if lacks := in_page.missing():
        print(f"  Left out: {lacks}.")
        return {}
    measured, load = in_page.run(quick), machine.load()
    return {**next(measured), "date": datetime.date.today().isoformat(), "load_before": load,
            "rows": list(_with_progress(measured))}


def _rows(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    for case in cases:
        for dtype in DTYPES:
            yield time_case(case, dtype)


def _memory(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    for case in cases:
        for dtype in DTYPES:
            yield {"case": case.key, "n": case.n, "dtype": dtype, "bytes": {
                name: fresh.memory_added(name, case, dtype) for name in CONTENDERS
            }}


def _with_progress(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Say each result as it comes."""
    start = time.monotonic()
    for row in rows:
        what = row["case"] if "case" in row else f"{row['nets']} nets" if "nets" in row else \
            f"{row['batch_size']} by {row['optimizer']}"
        figures = in_words(row["seconds"]) if "seconds" in row else in_mebibytes(row["bytes"])
        print(f"  {what}, {row['dtype']} ({time.monotonic() - start:.0f} s): {figures}")
        if "differences" in row:
            largest = max(row["differences"], key=row["differences"].get)
            print(f"    losses equal to {row['differences'][largest]:.1e} ({largest})")
        sys.stdout.flush()
        yield row


def in_words(seconds: Mapping[str, Sequence[float]]) -> str:
    """Medians, in the unit that suits them."""
    return ", ".join(f"{name} {in_unit(statistics.median(s))}" for name, s in seconds.items())


def in_mebibytes(sizes: Mapping[str, int]) -> str:
    """Sizes in MiB."""
    return ", ".join(f"{name} {size / 2**20:.0f} MiB" for name, size in sizes.items())


def in_unit(seconds: float) -> str:
    """A time with three digits and its unit."""
    scale, unit = next(
        ((scale, unit) for scale, unit in ((1.0, "s"), (1e-3, "ms")) if seconds >= scale),
        (1e-6, "µs"),
    )
    digits_before_point = len(str(int(seconds / scale)))
    return f"{seconds / scale:.{max(0, 3 - digits_before_point)}f}\N{NO-BREAK SPACE}{unit}"
