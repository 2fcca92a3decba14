"""Files of settings and arrays: one .npz, written whole or not at all, and never unpickled.

The settings travel as JSON text in an array of their own, so that reading a file can only ever
make numbers, text and lists, and no more of them than the file is long.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import io
import json
import math
import os
import secrets
import textwrap
import time
import zipfile
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

FORMAT = "nnlib 1"

# An unfinished file that nobody has written to for as long belongs to a process that was killed.
ABANDONED_SECONDS = 3600

# The arrays of a file at the most, and what stands before the entry of each in a zip's directory.
MAX_ARRAYS = 100
ENTRY = b"PK\x01\x02"

# Of the header of an .npy file, which NumPy takes for Python to read; one of ours takes 118.
MAX_HEADER = 500


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
    text = json.dumps({"format": FORMAT, **settings}, default=_as_json)
    with replacing(path) as file:
        np.savez(file, settings=np.array(text), **arrays)


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A new file to write to, which takes the place of `path` at the end, whole or not at all.

    Until then its name is ``.<name>.<random>.part``.  A process that is killed leaves it behind;
    a later write to the same path removes it, once it is an hour old.

    Raises
    ------
    OSError
        If the file cannot be written, or `path` is a folder or a device; it names `path`.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "No such folder to write to", str(path.parent))
    if path.exists() and not path.is_file():
        code = errno.EISDIR if path.is_dir() else errno.EINVAL
        raise OSError(code, "Not a file that can be replaced", str(path))
    # As long as the file's own name may be, the temporary one may not: 255 bytes are the limit.
    name = os.fsdecode(os.fsencode(path.name)[:200])
    remove_abandoned(path.parent, name)
    temporary = path.with_name(f".{name}.{secrets.token_hex(4)}.part")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):  # which would hide the one that is told
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            # A full disk names no file, and other errors a file that the caller has never seen.
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def remove_abandoned(folder: Path, name: str | None = None) -> None:
    """Remove unfinished files that killed processes left in a folder: those of a name, or all."""
    of_name = "*" if name is None else glob.escape(name)
    for file in folder.glob(f".{of_name}.{'[0-9a-f]' * 8}.part"):
        # Another process may be removing it too; and one that cannot be removed does no harm.
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > ABANDONED_SECONDS:
                file.unlink()


def as_read(settings: Mapping[str, Any]) -> Any:
    """Settings as `read` will find them, once they are written."""
    return json.loads(json.dumps(settings, default=_as_json))


def _as_json(value: Any) -> Any:
    """NumPy's numbers and arrays, fractions and ranges as JSON's numbers and lists."""
    if isinstance(value, (np.floating, Fraction)):
        return float(value)  # a longdouble has no other form that JSON knows
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, range):
        return list(value)
    raise TypeError(f"settings must be numbers, text or lists to be saved, got {value!r}")


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Read the settings and the arrays that `write` wrote.

    The memory it takes is a small multiple of the file's length, whatever the file says of itself.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file is not one that `write` made, or is damaged.
    """
    content = read_content(path)
    try:
        arrays = _arrays(content)
        text = arrays.pop("settings")
        if text.dtype.kind != "U":    # of bytes, json.loads would make a text four times as long
            raise ValueError("settings that are not text")
        settings = json.loads(text.item())
    except Exception as error:  # there is no end to what NumPy, zipfile and json raise at damage
        raise not_ours(path, "it is not an archive of arrays, or is damaged") from error
    if not isinstance(settings, dict) or settings.get("format") != FORMAT:
        raise not_ours(path, f"its format is not {FORMAT!r}")
    return settings, arrays


def read_content(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is a pipe or a device, which may have no end, or is larger than the memory, or if no
        file can have such a name.
    """
    path = Path(path)
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise not_ours(path, "it is not a file")
    try:
        return path.read_bytes()
    except (MemoryError, ValueError) as error:
        raise not_ours(path, str(error) or "it is larger than the memory") from error


def _arrays(content: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an archive as `numpy.savez` writes it: each stored as it is, and only once."""
    # Before zipfile makes an object of each entry, which takes many times the entry's length.
    if content.count(ENTRY) > MAX_ARRAYS:
        raise ValueError(f"more than {MAX_ARRAYS} entries")
    arrays: dict[str, npt.NDArray[Any]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        # Nothing compressed and, though entries may overlap, together no longer than the file:
        # no archive of a few bytes can unfold to gigabytes.
        if any(entry.compress_size != entry.file_size or entry.compress_type != zipfile.ZIP_STORED
               for entry in entries) or sum(entry.file_size for entry in entries) > len(content):
            raise ValueError("entries that are compressed or longer than the file")
        for entry in entries:
            name, ending = entry.filename[:-4], entry.filename[-4:]
            if not name.isidentifier() or ending != ".npy" or name in arrays:
                raise ValueError(f"an entry {entry.filename!r} that is not an array or not alone")
            arrays[name] = _array(archive.read(entry))
    return arrays


def _array(content: bytes) -> npt.NDArray[Any]:
    """The array of an .npy file; nothing is allocated unless the file holds all of it."""
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("an .npy file of another version")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file, max_header_size=MAX_HEADER)
    length = math.prod(shape) * dtype.itemsize
    held = len(content) - file.tell()
    if dtype.kind not in "biufSU" or dtype.itemsize == 0 or length != held:
        raise ValueError(f"an array {dtype} {shape} that the file does not hold")
    file.seek(0)
    array: npt.NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False)
    return array


def not_ours(path: str | os.PathLike[str], why: str) -> ValueError:
    """The error for a file that is not what it should be."""
    # What a file holds can be as long as the file, and `shorten` takes all words apart.
    why = textwrap.shorten(why[:1000], 300)
    return ValueError(f"path must name a file that nnlib saved, got {os.fspath(path)!r}: {why}")
