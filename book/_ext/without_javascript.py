"""Tell readers whose browser runs no JavaScript what their page does without.

Its text speaks of figures to play with and of notebooks to run. There they are pictures and pages.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

NOTE = """<noscript><p class="nn-without-javascript">This browser runs no JavaScript here. Where the
text says <em>Press Play</em>, <em>Try it</em> or <em>Check</em>, it speaks of figures and exercises
that need it; you see their pictures and texts.</p></noscript>
"""
STYLE = ("<noscript><style>.btn-run-in-browser, nn-lab > .nn-room { display: none !important }"
         "</style></noscript>\n")


def add_note(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "<nn-" in context.get("body", ""):
        context["body"] = NOTE + context["body"]
    if context.get("page_source_suffix") == ".ipynb":
        context["metatags"] = context.get("metatags", "") + STYLE


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_note)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
