"""Leave out of the pages what they do without.

The theme has every icon twice: as a font, and as a script of 1.5 MB that puts pictures in the
font's place. The font is enough.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

ICONS = re.compile(r'\s*<script defer src="[^"]*/fontawesome\.js[^"]*"></script>')


def leave_out_icons(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if ICONS.search(page):
            path.write_text(ICONS.sub("", page), encoding="utf-8")
    for path in Path(app.outdir, "_static", "scripts").glob("fontawesome.js*"):
        path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", leave_out_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
