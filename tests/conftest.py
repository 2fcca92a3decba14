"""How the processes that share the tests divide them, what they take first, what they measured."""

import itertools
import re
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import settings
from thoroughness import EVERYTHING, drawn

# A red run can be repeated; the nightly one goes on looking.
settings.register_profile("book", deadline=None, derandomize=not EVERYTHING)
settings.load_profile("book")

ROOT = Path(__file__).parents[1]
# These files' tests share what takes long to set up: the studies or the exercises of all chapters,
# browsers, a start of Python in one, pages that were read.
WHOLE = ["tests/site/test_engines.py", "tests/notebooks/test_stored_evidence.py",
         "tests/site/test_exercises_on_pages.py", "tests/notebooks/test_proved_exercises.py",
         "tests/notebooks/test_proved_variants.py", "tests/site/test_files.py"]
# One after the other, those of figures go on where Python has started.
LONGEST_FIRST = ["tests/site/test_figures.py", "tests/site/test_exhibits.py",
                 "tests/site/test_pad.py", "tests/site/test_lite.py", *WHOLE, "book", "tests/site"]
COVERING = "tests/unit"


def group(nodeid: str) -> str:
    """What a test belongs to: the cells of a notebook share a kernel, a file's tests of one page
    the readers who have loaded it.
    """
    file, _, test = nodeid.partition("::")
    if file.endswith(".ipynb") or file in WHOLE:
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

        def remove_node(self, node):
            """Give others what a dead process left; return the test that it died of.

            pytest-xdist's own gives them groups without a test left to run too, which never report
            back, and the test it died of, which they die of in their turn.
            """
            groups = self.assigned_work.pop(node).values()
            left = [(tests, test) for tests in groups for test, done in tests.items() if not done]
            if not left:
                return None
            tests, died_of = left[0]
            tests[died_of] = True
            self.workqueue.update(
                {group(test): tests for tests, test in left if not all(tests.values())})
            for other in self.nodes:
                self._reschedule(other)
            return died_of

        def _reschedule(self, node):
            """Give a process more, until it has two tests: it keeps the last until another comes.

            One that replaces a dead one may not have said yet which tests it knows.
            """
            if node in self.registered_collections:
                super()._reschedule(node)
                while (self.workqueue and not node.shutting_down
                       and self._pending_of(self.assigned_work[node]) < 2):
                    self._assign_work_unit(node)

    return Scheduler(config, log)


def place(item: pytest.Item) -> int:
    path = item.path.relative_to(ROOT)
    ranks = (rank for rank, name in enumerate(LONGEST_FIRST) if path.is_relative_to(name))
    return next(ranks, len(LONGEST_FIRST))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests first, so that none is left over; the tests of a group one after the other.

    Of those that are seldom run the commit draws a fifth, unless tests are asked for by name.
    """
    asked_for = any(config.getoption(name, "") for name in ("keyword", "markexpr", "lf"))
    if not (asked_for or any(".py" in argument for argument in config.args)):
        passed_over = [item for item in items if item.get_closest_marker("seldom")
                       and not drawn(item.nodeid, 1 / 5)]
        config.hook.pytest_deselected(items=passed_over)
        items[:] = [item for item in items if item not in passed_over]
    first: dict[str, int] = {}
    for number, item in enumerate(items):
        first.setdefault(group(item.nodeid), number)
    items.sort(key=lambda item: (place(item), first[group(item.nodeid)]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """Watch for coverage only what it needs: a test that is watched may take twice as long.

    The mark `no_cover` is for the call alone; what a test sets up may be more to watch.
    """
    plugin = item.config.pluginmanager.getplugin("_cov")
    watching = plugin and plugin.cov_controller
    if not watching or item.path.is_relative_to(ROOT / COVERING):
        return (yield)
    watching.pause()
    try:
        return (yield)
    finally:
        if not watching.started:
            watching.resume()


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
