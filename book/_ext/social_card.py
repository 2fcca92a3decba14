"""Tell search engines, and the previews of shared links, what a page is.

Each page gets a description (its own first paragraph) and the social card. A preview is made on
another machine, so it needs absolute addresses: set `html: baseurl` in `_config.yml`, or SITE_URL
in the environment, to the address the site is published at. Without either they are relative.
"""

import os
import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

IMAGE = "_static/social-card.png"
IMAGE_TEXT = (
    "Neural Networks from Scratch in NumPy: the decision boundary that a three-layer net "
    "learned between two moons"
)
LONGEST = 200


def read_site_url(app: Sphinx, config: Config) -> None:
    """Let the environment say where the site will be published."""
    address = os.environ.get("SITE_URL") or config.html_baseurl
    config.html_baseurl = address.rstrip("/") + "/" if address else ""


def description(doctree: nodes.document) -> str:
    """The first paragraph of prose, cut at a word; an empty string if the page has none."""
    for section in doctree.findall(nodes.section):
        for child in section.children:
            if isinstance(child, nodes.paragraph):
                text = re.sub(r"\s+", " ", child.astext()).strip()
                if len(text) <= LONGEST:
                    return text
                return text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
    return ""


def add_tags(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Append the page's meta tags to those that its own front matter asked for."""
    base = app.config.html_baseurl
    title = re.sub("<[^>]+>", "", context.get("title", "")) or app.config.html_title
    properties = {
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:site_name": app.config.html_title,
        "og:title": title,
        "og:image": f"{base}{IMAGE}" if base else context["pathto"](IMAGE, 1),
        "og:image:alt": IMAGE_TEXT,
        "og:image:width": "1200",
        "og:image:height": "630",
    }
    names = {"twitter:card": "summary_large_image"}
    if base:
        properties["og:url"] = base + app.builder.get_target_uri(pagename)
    if doctree is not None and (text := description(doctree)):
        properties["og:description"] = names["description"] = text
    tags = [f'<meta property="{k}" content="{escape(v)}" />' for k, v in properties.items()]
    tags += [f'<meta name="{k}" content="{escape(v)}" />' for k, v in names.items()]
    context["metatags"] = context.get("metatags", "") + "\n".join(["", *tags, ""])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", read_site_url)
    app.connect("html-page-context", add_tags)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
