"""Make a virtual environment that holds what a requirements file names, or bring it up to date.

    python tools/environment.py .venv requirements.txt

Its file `.installed` is written last and names the folder it was made for, since the scripts in an
environment, and the library it finds, go by whole paths. Without the file, or in another folder,
or when its Python is gone, it is made anew. PYTHON in the environment says that the Python which
runs this was asked for: then an environment of another version is not taken.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

NEWS = re.compile(r"(Collecting \S+|Installing collected packages)")    # of what pip prints
SILENCE = " (pip says no more until it is done: a minute, or three on a busy machine)"


def reason_to_remake(folder: Path) -> str:
    """Why the environment is of no use; an empty string if it can be kept."""
    stamp = folder / ".installed"
    if not stamp.is_file():
        return "was not finished"
    made_for = stamp.read_text(encoding="utf-8").rstrip("\n")
    if made_for != os.getcwd():
        return f"was made for {made_for or 'another folder'}"
    if not python_version(folder):
        return "has lost its Python"
    return ""


def python_version(folder: Path) -> str:
    """The version of an environment's Python; an empty string if it does not run."""
    ask = [folder / "bin" / "python", "-c", "import platform; print(platform.python_version())"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def remove(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():    # what a link leads to is not ours
        shutil.rmtree(folder)
    else:
        folder.unlink()


def install(folder: Path, requirements: str) -> None:
    """Install what the file names; on the screen appear the packages as they are looked up."""
    stamp = folder / ".installed"
    if stamp.exists():
        os.utime(stamp, (0, 0))    # out of date until this has succeeded, but not of no use
    command = [
        folder / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check",
        "--progress-bar", "off", "-r", requirements,
    ]
    with subprocess.Popen(
        command, env=os.environ | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    ) as pip:
        for line in pip.stdout:
            if news := NEWS.match(line):
                print(f"  {news[1]}{SILENCE if 'Installing' in line else ''}", flush=True)
    if pip.returncode:
        sys.exit(f"{folder} was not finished: pip failed, see above. `make` tries again.")


def main() -> None:
    folder, requirements = Path(sys.argv[1]), sys.argv[2]
    if os.path.lexists(folder) and (reason := reason_to_remake(folder)):
        print(f"{folder} {reason}: it is made anew.", flush=True)
        remove(folder)
    mine = ".".join(map(str, sys.version_info[:3]))
    if not folder.exists():
        venv.create(folder, with_pip=True, symlinks=True)
    elif os.environ.get("PYTHON") and python_version(folder) != mine:
        sys.exit(f"{folder} has Python {python_version(folder)}, and PYTHON={os.environ['PYTHON']} "
                 f"is {mine}. To change, delete it first: rm -r {folder}")
    print(f"Installing what {requirements} names into {folder}: some minutes, once.", flush=True)
    install(folder, requirements)
    # Its font cache, filled now, keeps "please wait" out of the first notebook's output.
    subprocess.run([folder / "bin" / "python", "-c", "import matplotlib.font_manager"], check=True)
    (folder / ".installed").write_text(f"{os.getcwd()}\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
