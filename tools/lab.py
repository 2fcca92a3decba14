"""Open copies of the book's notebooks in JupyterLab: `python tools/lab.py`.

JupyterLab shows as raw text what the pages make of MyST. In the copies stand the words and numbers
that the pages have, and solutions are folded. They are in lab/, and yours to change: one that
you have changed stays as it is when the book's is another, until you rename or delete it.
"""

import hashlib
import json
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


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def copy_notebooks(book: Path, lab: Path) -> list[str]:
    """Bring the copies up to date, and what notebooks read; the names of those left as they are."""
    lab.mkdir(exist_ok=True)
    record = lab / COPIED
    copied = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    kept = []
    for name, text in plain_notebooks(book):
        copy = lab / name
        if copy.is_file() and sha256(copy.read_text(encoding="utf-8")) != copied.get(name):
            kept.append(name)
            continue
        copy.write_text(text, encoding="utf-8")
        copied[name] = sha256(text)
    record.write_text(json.dumps(copied), encoding="utf-8")
    for folder in READ:
        shutil.copytree(book / folder, lab / folder, dirs_exist_ok=True)
    for path in book.glob("*.json"):
        shutil.copy(path, lab)
    return kept


def main() -> int:
    kept = copy_notebooks(BOOK, LAB)
    if kept:
        print(f"You have changed {', '.join(kept)} in {LAB}: they stay as they are.")
    return subprocess.run([sys.executable, "-m", "jupyterlab", str(LAB)]).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
