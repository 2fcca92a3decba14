"""Library code that a notebook displays, in the colours of the site.

`IPython.display.Code` stores its listing as HTML with a style sheet of its own, made for a light
page. Without that sheet, and under the class the theme knows, it follows the theme like any code.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

STYLE = re.compile(r"<style>[^<]*\.output_html\b[^<]*</style>")


def restyle(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in list(doctree.findall(nodes.raw)):
        html = node.astext()
        if STYLE.search(html):
            html = STYLE.sub("", html).replace("output_html", "highlight")
            node.replace_self(nodes.raw("", html, format="html", classes=node["classes"]))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-resolved", restyle)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
