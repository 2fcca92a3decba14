"""Lists as screen readers expect them, where Sphinx and docutils write them otherwise.

A signature over several lines is a definition list without a term, and the bibliography's roles
contradict each other.
"""

import re

from sphinx.application import Sphinx

SIGNATURE = re.compile(r"<dl>\n((?:<dd>.*</dd>\n)+)</dl>")
ROLES = re.compile(r' role="list"(?= class="citation-list")| role="doc-biblioentry"')


def as_plain_list(match: re.Match[str]) -> str:
    items = match[1].replace("<dd>", "<li>").replace("</dd>", "</li>")
    return f'<ul class="sig-lines">\n{items}</ul>'


def mend(
    app: Sphinx, page: str, template: str, context: dict[str, object], doctree: object
) -> None:
    """Rewrite the lists of a page."""
    body = str(context.get("body", ""))
    context["body"] = ROLES.sub("", SIGNATURE.sub(as_plain_list, body))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
