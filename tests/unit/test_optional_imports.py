"""Without its optional packages, a module says how to install them."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("missing", "module", "extra"),
    [
        ("matplotlib", "plotting", "plotting"),
        ("matplotlib", "widgets", "widgets"),
        ("ipywidgets", "widgets", "widgets"),
        ("anywidget", "widgets", "widgets"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(missing, module, extra):
    code = f"import sys; sys.modules[{missing!r}] = None; from nnlib import {module}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"ImportError: nnlib.{module} needs ")
    assert f"pip install '.[{extra}]'" in last
