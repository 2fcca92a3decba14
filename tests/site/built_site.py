"""The pages of the built site, and which of them are tried how thoroughly."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
# JupyterLite is no page of the book: test_lite looks at it.
APART = {"_static", "lite", "pyodide"}
PAGES = sorted(
    name.as_posix()
    for name in (path.relative_to(SITE) for path in SITE.rglob("*.html"))
    if name.parts[0] not in APART
)
CHAPTERS = [name for name in PAGES if name[:2].isdigit()]
NOTEBOOKS = [name for name in PAGES if (ROOT / "book" / name).with_suffix(".ipynb").is_file()]
# In a browser a chapter takes minutes. EVERYTHING=1 runs them all; else these stand for them.
EVERYTHING = bool(os.environ.get("EVERYTHING"))
TO_RUN = NOTEBOOKS if EVERYTHING else [name for name in NOTEBOOKS if name not in CHAPTERS[2:]]
