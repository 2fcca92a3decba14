"""Let nbval run cells as Jupyter does, and compare live figures as it compares others."""

import functools
import os
import re
import tempfile
from pathlib import Path

import nbval.kernel
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell

# With the room that it takes: another version of the font makes that a pixel higher.
PICTURE = re.compile(
    r'(?<=data:image/png;base64,)[\w+/=]+|(?<= width=")\d+(?=" height="\d+"></nn-lab>)'
    r'|(?<= height=")\d+(?="></nn-lab>)')
sanitize = IPyNbCell.sanitize

# Pictures are drawn all the same, but once and with few pixels. And what is in the profile of
# whoever runs the tests changes none.
PROFILE = 'c.InlineBackend.print_figure_kwargs = {"bbox_inches": None, "dpi": 20}\n'


def execute_cell_input(kernel, cell_input, allow_stdin=None):
    # With history, or IPython overlooks a closing `;`.
    return kernel.kc.execute(
        cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False
    )


def sanitize_all_but_pictures(cell, text):
    # nbval passes over pictures, whose pixels differ by machine; this one is inside HTML.
    text = sanitize(cell, text)
    return PICTURE.sub("", text) if isinstance(text, str) else text


def pytest_configure(config):
    folder = tempfile.TemporaryDirectory(prefix="nbval-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    profile = Path(folder.name, "profile_default", "ipython_kernel_config.py")
    profile.parent.mkdir()
    profile.write_text(PROFILE)
    nbval.kernel.start_new_kernel = functools.partial(
        nbval.kernel.start_new_kernel, env={**os.environ, "IPYTHONDIR": folder.name})
    RunningKernel.execute_cell_input = execute_cell_input
    IPyNbCell.sanitize = sanitize_all_but_pictures
