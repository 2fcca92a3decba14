"""How the processes that share the tests divide them, what they take first, what they measured."""

import itertools
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FIRST = ["tests/site/test_figures.py", "tests/site/test_lite.py", "book", "tests/site"]


def group(nodeid: str) -> str:
    """What a test belongs to: the cells of a notebook share a kernel, a file's tests of one page
    the readers who have loaded it.
    """
    file, _, test = nodeid.partition("::")
    if file.endswith(".ipynb"):
        return file
    page = re.search(r"[\w/]+\.html", test)
    return f"{file} {page[0]}" if page else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Let one process run all tests of a group.

    That is what pytest-xdist's own loadgroup is for, which groups nothing since pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduler(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return Scheduler(config, log)


def place(item: pytest.Item) -> int:
    path = item.path.relative_to(ROOT)
    ranks = (rank for rank, name in enumerate(LONGEST_FIRST) if path.is_relative_to(name))
    return next(ranks, len(LONGEST_FIRST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, so that none is left over; the tests of a group one after the other."""
    first: dict[str, int] = {}
    for number, item in enumerate(items):
        first.setdefault(group(item.nodeid), number)
    items.sort(key=lambda item: (place(item), first[group(item.nodeid)]))


def pytest_terminal_summary(terminalreporter):
    """Print what tests measured, whatever process ran them: `record_property(what, value)`."""
    measured = defaultdict(set)
    for report in itertools.chain.from_iterable(terminalreporter.stats.values()):
        for what, value in getattr(report, "user_properties", []):
            measured[what].add(value)
    for what, values in sorted(measured.items()):
        terminalreporter.section(what)
        for value in sorted(values):
            terminalreporter.line(value)
