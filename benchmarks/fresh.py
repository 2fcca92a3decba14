"""What needs a process of its own: the time from its start to a trained net, and its memory.

``python -m benchmarks.fresh cold ...`` trains a net and says nothing, to be timed from outside;
``... memory ...`` prints the bytes that training added.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.contenders import load
from benchmarks.problems import Case

COLD = Case("cold", 200, (2, 32, 2), "relu", epochs=2000, checked_epochs=0, rounds=5)


def command(what: str, contender: str, case: Case, dtype: str) -> list[str]:
    """The command that measures one contender in a new process."""
    return [sys.executable, "-m", "benchmarks.fresh", what, contender, json.dumps(asdict(case)),
            dtype]


def starter(contender: str, case: Case) -> Callable[[], object]:
    """A call that starts a process, which trains a net and ends."""
    argv = command("cold", contender, case, "float64")
    return lambda: subprocess.run(argv, check=True)


def memory_added(contender: str, case: Case, dtype: str) -> int:
    """Bytes that training takes at its peak beside X, y and all that was imported."""
    argv = command("memory", contender, case, dtype)
    return int(subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout)


def resident(field: str) -> int:
    """Bytes of this process in memory: ``VmRSS`` now, ``VmHWM`` at its peak."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) * 1024


def train_and_measure(contender: str, case: Case, dtype: str) -> int:
    """Peak memory while training, minus the memory before."""
    module = load(contender)
    # What a library loads when first used is not counted: a small net uses it first.
    small = Case("small", 64, case.sizes, case.activation, 2, 0, 0)
    module.prepare(small.problem(dtype))(2)
    problem = case.problem(dtype)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is now
    before = resident("VmRSS")
    module.prepare(problem)(case.epochs)
    return resident("VmHWM") - before


def main(what: str, contender: str, case_json: str, dtype: str) -> None:
    """Do one of the two in this process."""
    case = Case(**json.loads(case_json))
    if what == "memory":
        print(train_and_measure(contender, case, dtype))
    else:
        load(contender).prepare(case.problem(dtype))(case.epochs)


if __name__ == "__main__":
    main(*sys.argv[1:])
