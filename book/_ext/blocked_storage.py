"""Let the theme and the search work where the browser keeps nothing.

They ask `localStorage` for the reader's choice of theme and for the words that were searched for,
unguarded: where storage is blocked the first of their scripts fails, and all that comes after it.
storage.js, put before that one, gives them something else to ask.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

SCRIPT = Path(__file__).with_name("storage.js").read_text(encoding="utf-8")
FIRST = re.compile(r'(<script data-cfasync="false">)(?=\s*document\.)')


def put_first(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if FIRST.search(page):
            path.write_text(FIRST.sub(lambda match: match[1] + SCRIPT.rstrip(), page, count=1),
                            encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", put_first)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
