"""The processes that share the tests: what one leaves that dies, others finish."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
DEADLY = """
import os
import signal

import pytest


@pytest.mark.parametrize("number", range(8))
def test_alone(number):
    assert number != 3 or os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("page", ["a.html", "b.html"])
@pytest.mark.parametrize("number", range(3))
def test_of_a_group(page, number):
    assert (page, number) != ("a.html", 1) or os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_leaves_is_finished_and_what_killed_it_is_reported(tmp_path):
    folder = tmp_path / "tests"
    folder.mkdir()
    for name in ("conftest.py", "thoroughness.py"):
        shutil.copy(TESTS / name, folder)
    (folder / "test_deadly.py").write_text(DEADLY)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-n", "2", "--no-loadscope-reorder",
         "tests"],
        cwd=tmp_path, env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, timeout=300)
    assert "2 failed, 12 passed" in run.stdout, run.stdout + run.stderr
    crashed = re.findall(r"FAILED \S+test_deadly.py::(\S+)", run.stdout)
    assert sorted(crashed) == ["test_alone[3]", "test_of_a_group[1-a.html]"]
