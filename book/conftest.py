"""Let nbval run cells as Jupyter does, and compare live figures as it compares others."""

import re

from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell

# With the room that it takes: another version of the font makes that a pixel higher.
PICTURE = re.compile(
    r'(?<=data:image/png;base64,)[\w+/=]+|(?<= width=")\d+(?=" height="\d+"></nn-lab>)'
    r'|(?<= height=")\d+(?="></nn-lab>)')
sanitize = IPyNbCell.sanitize


def execute_cell_input(kernel, cell_input, allow_stdin=None):
    # With history, or IPython overlooks a closing `;`.
    return kernel.kc.execute(
        cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False
    )


def sanitize_all_but_pictures(cell, text):
    # nbval passes over pictures, whose pixels differ by machine; this one is inside HTML.
    text = sanitize(cell, text)
    return PICTURE.sub("", text) if isinstance(text, str) else text


def pytest_configure():
    RunningKernel.execute_cell_input = execute_cell_input
    IPyNbCell.sanitize = sanitize_all_but_pictures
