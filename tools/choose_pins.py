"""Choose the exact versions of requirements.txt from what requirements.in asks for.

    python tools/choose_pins.py              # keeps a version that still fits
    python tools/choose_pins.py --upgrade    # takes the newest that fits everywhere

uv makes the choice, from an environment that is thrown away afterwards, and then has to find a
wheel of each package for every Python and platform that the README names: nothing is built from
source on a reader's machine. A failure leaves requirements.txt as it was.
"""

import itertools
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"
LIBRARY = "-e ."
PLATFORMS = [
    "x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
]


def pythons() -> list[str]:
    """The versions of Python that pyproject.toml promises, the oldest first."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project)


def without_library(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(LIBRARY))


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        venv.create(scratch, with_pip=True)
        programs = Path(scratch, "bin")
        subprocess.run(
            [programs / "python", "-m", "pip", "install", "--quiet",
             "--disable-pip-version-check", UV], check=True)

        def resolve(source: Path, *options: str) -> None:
            subprocess.run(
                [programs / "uv", "pip", "compile", "--quiet", "--only-binary=:all:",
                 "--no-annotate", *options, source],
                check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
                env=os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "make pins"})

        # The library itself is not built for this; what it needs, pyproject.toml says.
        asked, pins = Path(scratch, "requirements.in"), Path(scratch, "requirements.txt")
        asked.write_text(without_library(ROOT / "requirements.in"), encoding="utf-8")
        # uv keeps what it finds there.
        pins.write_text(without_library(ROOT / "requirements.txt"), encoding="utf-8")
        resolve(asked, "pyproject.toml", "--all-extras", f"--output-file={pins}", "--universal",
                f"--python-version={pythons()[0]}.0", "--fork-strategy=fewest", *sys.argv[1:])
        for python, platform in itertools.product(pythons(), PLATFORMS):
            print(f"  wheels for Python {python} on {platform}", flush=True)
            resolve(pins, "--no-deps", f"--python-version={python}.0",
                    f"--python-platform={platform}")
        chosen = re.sub(r"(?m)^(?=[^#])", f"{LIBRARY}\n", pins.read_text(encoding="utf-8"), count=1)
        (ROOT / "requirements.txt").write_text(chosen, encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"requirements.txt is left as it was: {Path(error.cmd[0]).name} failed, see above")
