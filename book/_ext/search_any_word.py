"""Let readers search for any word, also `constructor`.

Sphinx's search looks words up in plain objects, which have words of their own: it takes what it
finds there for a list of pages, and fails.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

RECEIVES = "  setIndex: (index) => {\n"
OWN_WORDS = """\
    const { hasOwnProperty: value } = Object.prototype;
    for (const words of [index.terms, index.titleterms])
      Object.setPrototypeOf(words, Object.create(null, { hasOwnProperty: { value } }));
"""


def own_words_only(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    path = Path(app.outdir, "_static", "searchtools.js")
    script = path.read_text(encoding="utf-8")
    if OWN_WORDS in script:
        return
    if RECEIVES not in script:
        raise ExtensionError("searchtools.js receives the index in another way than before")
    path.write_text(script.replace(RECEIVES, RECEIVES + OWN_WORDS), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", own_words_only)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
