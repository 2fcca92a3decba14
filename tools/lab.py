"""Open copies of the book's notebooks in JupyterLab: `python tools/lab.py`.

JupyterLab shows as raw text what the pages make of MyST. In the copies stand the words and numbers
that the pages have, and solutions are folded. They are in lab/, and yours to change: one that
you have changed stays as it is when the book's is another, until you rename or delete it.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from book._ext.plain_notebooks import plain_notebooks  # noqa: E402

BOOK, LAB = ROOT / "book", ROOT / "lab"
READ = ("evidence", "variants")    # folders that notebooks read
COPIED = ".copied.json"    # the sha256 of each copy, as it was made


def recorded(record: Path) -> dict[str, str]:
    """What the record says; nothing if there is none, or if it is damaged."""
    try:
        copied = json.loads(record.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return copied if isinstance(copied, dict) else {}


def write(path: Path, content: bytes) -> None:
    """Write a file that is whole, or as it was, wherever this is stopped."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def copy_notebooks(book: Path, lab: Path) -> list[str]:
    """Bring the copies up to date, and what notebooks read; the names of those left as they are."""
    lab.mkdir(exist_ok=True)
    record = lab / COPIED
    copied = recorded(record)
    kept = []
    for name, text in plain_notebooks(book):
        copy, content = lab / name, text.encode()
        there = copy.read_bytes() if copy.is_file() else content
        if there != content and hashlib.sha256(there).hexdigest() != copied.get(name):
            kept.append(name)
            continue
        write(copy, content)
        copied[name] = hashlib.sha256(content).hexdigest()
        write(record, json.dumps(copied).encode())    # at once: the next copy may be stopped
    for folder in READ:
        shutil.copytree(book / folder, lab / folder, dirs_exist_ok=True)
    for path in book.glob("*.json"):
        shutil.copy(path, lab)
    return kept


def main() -> int:
    kept = copy_notebooks(BOOK, LAB)
    if kept:
        print(f"You have changed {', '.join(kept)} in {LAB}: they stay as they are.")
    options = sys.argv[1:]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
        options.append("--allow-root")    # as in containers; JupyterLab does not start else
    return subprocess.run([sys.executable, "-m", "jupyterlab", str(LAB), *options]).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
