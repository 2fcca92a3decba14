"""One .npz file of settings and arrays, written whole or not at all, and never unpickled.

The settings travel as JSON text in an array of their own, so that reading a file can only ever
make numbers, text and lists.
"""

from __future__ import annotations

import errno
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FORMAT = "nnlib 1"

# What NumPy, zipfile, zlib and json raise when they are given a damaged file.
DAMAGE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    zipfile.BadZipFile,
    zlib.error,
)


def write(
    path: str | os.PathLike[str], settings: Mapping[str, Any], arrays: Mapping[str, Any]
) -> None:
    """Write settings and arrays to `path`, replacing an older file in one step.

    Parameters
    ----------
    path : str or path
        The file's name, as it is: no ending is added.
    settings : mapping
        Whatever JSON can hold.
    arrays : mapping of str to array
        Of numbers, text or booleans.

    Raises
    ------
    OSError
        If the file cannot be written; an older file of that name is then still there.
    """
    path = Path(path)
    text = json.dumps({"format": FORMAT, **settings}, default=_as_json)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "No such folder to write to", str(path.parent))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "A folder is where the file should be", str(path))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(temporary, "wb") as file:
            np.savez(file, settings=np.array(text), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _as_json(value: Any) -> Any:
    """NumPy's numbers and arrays, fractions and ranges as JSON's numbers and lists."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, range):
        return list(value)
    raise TypeError(f"settings must be numbers, text or lists to be saved, got {value!r}")


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Read the settings and the arrays that `write` wrote.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If the file is not one that `write` made, or is damaged.
    """
    try:
        # An open file, not its name: NumPy takes a file without the mark of a zip for a pickle.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        settings = json.loads(str(arrays.pop("settings")))
    except DAMAGE as error:
        raise not_ours(path, "it is no archive of arrays, or is damaged") from error
    if not isinstance(settings, dict) or settings.get("format") != FORMAT:
        raise not_ours(path, f"its format is not {FORMAT!r}")
    return settings, arrays


def not_ours(path: str | os.PathLike[str], why: str) -> ValueError:
    """The error for a file that is not what it should be."""
    return ValueError(f"path must name a file that nnlib saved, got {os.fspath(path)!r}: {why}")
