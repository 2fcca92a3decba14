"""Build the book into _build/html.

    python tools/build_site.py

On the screen appear the pages as they are read and written, and warnings; the whole report is in
_build/site.log. Any warning is a failure.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "_build" / "site.log"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PROGRESS = re.compile(r"(reading|writing|highlighting).*%\]|dumping search index")
FAULT = re.compile("WARNING|ERROR")

BUILD = [
    sys.executable, "-c", "from jupyter_book.cli.main import main; main()",
    "build", "book", "--config", "_config.yml", "--toc", str(ROOT / "_toc.yml"),
    "--path-output", ".", "-n", "-W", "--keep-going",
]


def main() -> None:
    print("Building the site.", flush=True)
    LOG.parent.mkdir(exist_ok=True)
    report = []
    with LOG.open("w", encoding="utf-8") as log, subprocess.Popen(
        BUILD, cwd=ROOT, env=os.environ | {"PYTHONUNBUFFERED": "1"}, encoding="utf-8",
        errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as build:
        for coloured in build.stdout:
            line = COLOUR.sub("", coloured)
            log.write(line)
            report.append(line)
            if PROGRESS.match(line):
                print(f"  {line}", end="", flush=True)
            elif FAULT.search(line):
                print(line, end="", flush=True)
    if build.returncode:
        # Sphinx reports a page's warnings only when it reads that page, so the next build has to
        # read them all again: without its memory of this one it does.
        shutil.rmtree(ROOT / "_build" / ".doctrees", ignore_errors=True)
        faults = [line for line in report if FAULT.search(line)] or report[-30:]
        sys.exit(f"\nThe site was not built ({LOG.relative_to(ROOT)} has the whole report):\n"
                 + "".join(faults))
    print("The site is in _build/html.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        shutil.rmtree(ROOT / "_build" / ".doctrees", ignore_errors=True)    # for the same reason
        sys.exit(130)
