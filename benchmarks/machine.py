"""The machine: pinned to one thread, and described."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "scikit-learn", "torch", "jax", "jaxlib")

# Each of the contenders reads its own of these when it is first imported.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "JAX_ENABLE_X64": "1",
}


def pin_to_one_thread() -> None:
    """Hold this process, and those it starts, to one core and one thread.

    Must run before NumPy is imported.  The core is pinned as well, since a thread pool that a
    setting missed would otherwise use a second one.
    """
    os.environ.update(ONE_THREAD)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@contextlib.contextmanager
def every_core() -> Iterator[None]:
    """Processes that are started within may use all cores of the machine."""
    pinned = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, pinned)


def load() -> float:
    """Processes that wanted a core over the last minute, on average."""
    return os.getloadavg()[0]


def describe(packages: Sequence[str] = PACKAGES) -> dict[str, Any]:
    """The processor and the versions of what runs on it."""
    lscpu = subprocess.run(["lscpu"], capture_output=True, text=True, check=True,
                           env={**os.environ, "LC_ALL": "C"}).stdout
    fields = dict(line.split(":", 1) for line in lscpu.splitlines() if ":" in line)
    fields = {name.strip(): value.strip() for name, value in fields.items()}
    flags = fields.get("Flags", "").split()
    memory = Path("/proc/meminfo").read_text(encoding="ascii").split()
    return {
        "processor": f"{fields.get('Model name', platform.machine())}, family "
                     f"{fields.get('CPU family', '?')}, model {fields.get('Model', '?')}",
        "vector_instructions": next(
            (name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("asimd", "NEON"))
             if flag in flags), "none that the benchmark knows"),
        "cores": int(fields.get("CPU(s)", os.cpu_count() or 1)),
        "caches": {name: fields[f"{name} cache"] for name in ("L1d", "L2", "L3")
                   if f"{name} cache" in fields},
        "memory_gib": round(int(memory[1]) / 2**20),
        "virtual": fields.get("Hypervisor vendor", ""),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {package: metadata.version(package) for package in packages},
    }
