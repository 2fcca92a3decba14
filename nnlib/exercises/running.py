"""Run a learner's code: among names of its own, its output kept, its errors told in short."""

from __future__ import annotations

import io
import linecache
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import numpy as np

YOURS = "<your code>"  # the file to which a learner's lines belong
MOST = 10_000  # characters of what code prints; the rest is counted
MOST_FRAMES = 4  # of a traceback, the innermost
MOST_OF_ERROR = 1000  # characters


class Output(io.TextIOBase):
    """What code prints, up to a limit.

    Parameters
    ----------
    show : callable, optional
        Is given every piece of text at once, within the limit.
    """

    def __init__(self, show: Callable[[str], object] | None = None) -> None:
        self._show, self._pieces, self._room, self._left_out = show, list[str](), MOST, 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Keep a piece of text, as far as there is room."""
        kept = text[:self._room]
        self._room -= len(kept)
        self._left_out += len(text) - len(kept)
        if kept:
            self._pieces.append(kept)
            if self._show:
                self._show(kept)
        return len(text)

    @property
    def text(self) -> str:
        """All of it, with a last line that says how much is left out."""
        text = "".join(self._pieces)
        return text + (f"\n... and {self._left_out} more characters" if self._left_out else "")


@contextmanager
def captured(output: Output) -> Iterator[None]:
    """Keep what is printed, instead of printing it.  What code sets of NumPy ends here too."""
    with redirect_stdout(output), redirect_stderr(output), np.errstate(), np.printoptions():
        yield


def run(code: str, names: dict[str, Any], file: str = YOURS) -> dict[str, Any]:
    """Run code among these names; give them back, with those that it defines.

    Tracebacks and `inspect` find its lines under the name of its file.
    """
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
    exec(compile(code, file, "exec", dont_inherit=True), names)
    return names


def comes_from(error: BaseException, files: Collection[str]) -> bool:
    """Whether the error was raised in these files, or by what they called."""
    return any(frame.f_code.co_filename in files
               for frame, _ in traceback.walk_tb(error.__traceback__))


def told(error: BaseException, files: Collection[str]) -> str:
    """An error as a learner reads it: the lines of these files on the way to it, and its text."""
    lines = []
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if frame.filename in files]
    for frame in frames[-MOST_FRAMES:]:
        where = "" if frame.name == "<module>" else f", in {frame.name}"
        lines.append(f"Line {frame.lineno}{where}:\n    {frame.line}")
    if isinstance(error, SyntaxError) and error.filename in files:
        lines = [f"Line {error.lineno}:\n    {(error.text or '').strip()}"]
        text = f"{type(error).__name__}: {error.msg}"
    else:
        text = traceback.format_exception_only(error)[-1].strip()
    if len(text) > MOST_OF_ERROR:
        text = text[:MOST_OF_ERROR] + "..."
    return "\n".join([*lines, text])
