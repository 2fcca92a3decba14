"""Build what runs Python in the reader's browser, for the site to take in: _build/browser.

    python tools/build_lite.py

`pyodide/` holds Python, NumPy, Matplotlib and nnlib, compiled for browsers; the live figures load
it, and so do the notebooks. `lite/` holds JupyterLite with every notebook of the book.

When nothing has changed since the last time, nothing is built. Where third-party files cannot be
had, nothing is built either: the site keeps what was built the last time, if that has the library
as it is now, and does without otherwise. That is said, and is no failure.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import web_assets
import yaml

import nnlib

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "_build" / "browser"
STAMP = OUT / "inputs.sha256"    # written last: with it, the folder is complete
SETTINGS = ROOT / "tools" / "lite"

LABEXTENSIONS = Path(sys.prefix, "share", "jupyter", "labextensions")
WIDGETS = LABEXTENSIONS / "@jupyter-widgets" / "jupyterlab-manager"
PICTURES = LABEXTENSIONS / "anywidget"
ICON = '<link rel="icon" href="favicon.ico" />\n    '
KERNEL_WHEELS = {    # that come with the kernel: name -> what it needs of the others
    "piplite": ["micropip"],
    "ipykernel": [],
    "pyodide_kernel": ["ipython", "ipykernel", "comm", "jedi"],
}


def notebooks() -> list[Path]:
    """The notebooks of the book, in its order."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    paths = [ROOT / "book" / f"{name}.ipynb" for name in [contents["root"], *names]]
    return [path for path in paths if path.is_file()]


def evidence() -> list[Path]:
    """The stored results that notebooks load."""
    return sorted((ROOT / "book" / "evidence").glob("*.npz"))


def measurements() -> list[Path]:
    """What benchmarks have measured for notebooks to load, from where they stand."""
    return sorted((ROOT / "book").glob("*.json"))


def variants() -> list[Path]:
    """What draws the variants of exercises."""
    return sorted((ROOT / "book" / "variants").glob("*.py"))


def library() -> list[Path]:
    """The files of nnlib that are installed."""
    kinds = (".py", ".js", ".css", ".typed")
    return sorted(path for path in (ROOT / "nnlib").rglob("*") if path.suffix in kinds)


def fingerprint() -> str:
    """A hash of everything that goes into the folder, and of what builds it."""
    tools = [Path(__file__), Path(web_assets.__file__)]
    data = [*web_assets.HERE.glob("*.toml"), *web_assets.HERE.glob("*.json"), *SETTINGS.iterdir(),
            ROOT / "pyproject.toml", *notebooks(), *evidence(), *measurements(), *variants(),
            *library()]
    total = hashlib.sha256()
    for path in [*tools, *sorted(data)]:
        total.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode())
        total.update(path.read_bytes())
    for package in ["jupyterlite-core", "jupyterlab_widgets", "anywidget"]:
        total.update(f"{package} {version(package)}\n".encode())
    return total.hexdigest()


def write_wheel(folder: Path, name: str, number: str, files: Iterable[tuple[str, bytes]]) -> Path:
    """A wheel of pure Python: the same bytes for the same files, and another name for others.

    The name changes because browsers keep a file for its name's sake, and Pyodide refuses one that
    is not the one of its lock file.
    """
    about = f"{name}-{number}.dist-info"
    files = [
        *files,
        (f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n".encode()),
        (f"{about}/WHEEL", b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
    ]
    record = "".join(f"{path},,\n" for path, _ in files) + f"{about}/RECORD,,\n"
    unfinished = folder / f"{name}.whl"
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in [*files, (f"{about}/RECORD", record.encode())]:
            wheel.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    build = "1" + sha256(unfinished)[:12]    # a wheel's build tag begins with a digit
    return unfinished.rename(folder / f"{name}-{number}-{build}-py3-none-any.whl")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lock_entry(path: Path, name: str, depends: list[str]) -> dict[str, Any]:
    """What Pyodide's lock file says about a wheel of pure Python that holds one module."""
    return {
        "name": name, "version": path.name.split("-")[1], "file_name": path.name,
        "sha256": sha256(path), "imports": [name], "depends": depends,
        "install_dir": "site", "package_type": "package", "unvendored_tests": False,
    }


def third_party() -> dict[str, Path]:
    """Where each third-party file is: in what was built the last time, or else in the cache."""
    files = {
        name: path for name, sha256 in web_assets.ASSETS.items()
        if web_assets.is_intact(path := OUT / folder_of(name) / name, sha256)
    }
    wanted = {name: sha256 for name, sha256 in web_assets.ASSETS.items() if name not in files}
    if wanted:
        cache = web_assets.cache_folder()
        missing = web_assets.fetch(wanted, cache, web_assets.SOURCES)
        if missing:
            raise web_assets.SourceError(
                f"No source has {len(missing)} of the files ({', '.join(missing[:3])}, ...)")
        files |= {name: cache / name for name in wanted}
    return files


def folder_of(name: str) -> str:
    """Where in the folder that is built a third-party file is; the site has that of Pyodide."""
    return "kernel" if name == web_assets.KERNEL else "pyodide"


def unpack_kernel(wheel: Path, folder: Path) -> Path:
    """The extension that runs Python in JupyterLite, out of its wheel.

    It is not installed, since the JupyterLab of the same environment would load it and fail.
    """
    with zipfile.ZipFile(wheel) as package:
        package.extractall(folder)
    (extension,) = folder.glob("*.data/data/share/jupyter/labextensions/@jupyterlite/*")
    return extension


def build_pyodide(folder: Path, files: Mapping[str, Path], kernel: Path) -> None:
    """Put together a Pyodide distribution that holds our packages beside the official ones."""
    folder.mkdir(parents=True)
    for name, path in files.items():
        if folder_of(name) == "pyodide":
            shutil.copyfile(path, folder / name)
    scripts = [SETTINGS / "any_server.js", folder / "pyodide.js"]
    (folder / "kernel.js").write_text("".join(path.read_text("utf-8") for path in scripts), "utf-8")
    # Pyodide's own files stand beside its packages, so that pages know when one has changed.
    lock = web_assets.LOCK | {"packages": dict(web_assets.LOCK["packages"]),
                              "core": web_assets.CORE}
    for name, path, depends in own_packages(folder, kernel):
        lock["packages"][name.replace("_", "-")] = lock_entry(path, name, depends)
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def own_packages(folder: Path, kernel: Path) -> Iterator[tuple[str, Path, list[str]]]:
    """Name, wheel and needs of the packages that the official lock file lacks."""
    for name, entry in web_assets.PINS["wheels"].items():
        yield name, folder / entry["file"], entry["depends"]
    for name, depends in KERNEL_WHEELS.items():
        (wheel,) = (kernel / "static" / "pypi").glob(f"{name}-*.whl")
        yield name, Path(shutil.copy(wheel, folder)), depends
    yield "nnlib", library_wheel(folder), ["numpy"]
    start = SETTINGS / "kernel_start.py"
    files = [(start.name, start.read_bytes())]
    yield start.stem, write_wheel(folder, start.stem, "1", files), ["matplotlib"]


def library_wheel(folder: Path) -> Path:
    files = [(path.relative_to(ROOT).as_posix(), path.read_bytes()) for path in library()]
    return write_wheel(folder, "nnlib", nnlib.__version__, files)


def build_jupyterlite(folder: Path, kernel: Path) -> None:
    """Build JupyterLite, with the notebooks, in a folder beside that of Pyodide."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        shutil.copytree(SETTINGS, work, dirs_exist_ok=True)
        contents = work / "files"
        (contents / "evidence").mkdir(parents=True)
        for path in notebooks():
            # JupyterLite trips over texts that are stored as lists of lines; nbformat joins them.
            notebook = nbformat.read(path, as_version=4)
            (contents / path.name).write_text(json.dumps(notebook), encoding="utf-8")
        for path in evidence():
            shutil.copy(path, contents / "evidence")
        for path in measurements():
            shutil.copy(path, contents)
        (contents / "variants").mkdir()
        for path in variants():
            shutil.copy(path, contents / "variants")
        config = {
            "output_dir": str(folder),
            "apps": ["notebooks", "tree", "edit"],
            "contents": [str(contents)],
            "settings_overrides": ["overrides.json"],
            # These alone, not whatever else is installed.
            "ignore_sys_prefix": True,
            "federated_extensions": [str(WIDGETS), str(PICTURES), str(kernel)],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "no_libarchive": True,
        }
        (work / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": config}))
        result = subprocess.run(
            [sys.executable, "-m", "jupyterlite_core", "build"],
            cwd=work, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
    if result.returncode or not (folder / "notebooks" / "index.html").is_file():
        sys.exit(f"{result.stdout}\nJupyterLite was not built: its report stands above")
    # Of a page that names its icon too late, browsers ask the root of the server for one.
    for icon in folder.glob("*/favicon.ico"):
        page = icon.with_name("index.html")
        page.write_text(page.read_text("utf-8").replace("<title>", ICON + "<title>", 1), "utf-8")


def is_usable() -> bool:
    """Whether what was built the last time is whole, and has the library as it is now."""
    with tempfile.TemporaryDirectory() as scratch:
        wheel = library_wheel(Path(scratch)).name
    return STAMP.is_file() and (OUT / "pyodide" / wheel).is_file()


def main() -> None:
    inputs = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == inputs:
        return
    print("Getting Python for the browser ready.", flush=True)
    try:
        files = third_party()
    except (web_assets.SourceError, web_assets.CacheError) as error:
        print(f"  {error}.")
        if is_usable():
            print("  What was built the last time is kept: notebooks that run in the browser may\n"
                  "  be older than the pages. The next `make site` tries again.")
        else:
            shutil.rmtree(OUT, ignore_errors=True)
            print("  The site is built without them: live figures stay pictures, and no page\n"
                  "  offers to run its notebook in the browser. The next `make site` tries again.")
        return
    OUT.parent.mkdir(exist_ok=True)
    # Until all is built, what was built the last time stays.
    with tempfile.TemporaryDirectory(dir=OUT.parent, prefix="browser-") as scratch:
        new = Path(scratch, OUT.name)
        kept = new / "kernel" / web_assets.KERNEL
        kept.parent.mkdir(parents=True)
        shutil.copyfile(files[kept.name], kept)
        kernel = unpack_kernel(kept, Path(scratch, "unpacked"))
        build_pyodide(new / "pyodide", files, kernel)
        build_jupyterlite(new / "lite", kernel)
        (new / STAMP.name).write_text(inputs)
        shutil.rmtree(OUT, ignore_errors=True)
        new.rename(OUT)
    size = sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file())
    print(f"  {size / 1e6:.0f} MB in {OUT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
