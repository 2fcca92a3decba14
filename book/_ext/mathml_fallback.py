"""Formulas for readers without JavaScript: beside what MathJax will set, MathML in a noscript."""

import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)
# Hides what MathJax would have replaced; a formula without MathML stays, as TeX.
STYLE = "<noscript><style>.math:has(+ noscript) { display: none !important }</style></noscript>"
# What docutils knows by another name.
SYNONYMS = {
    r"\bsplit\b": "aligned",
    r"\\dots\b": r"\\ldots",
    r"\\(text|display)style\b": "",
    r"\\([dt]?frac)(\d)(\d)": r"\\\1{\2}{\3}",
    r"''+": lambda primes: "^{" + r"\prime" * len(primes[0]) + "}",
}


def mathml(tex: str, *, as_block: bool) -> str:
    """The formula in MathML; an empty string where docutils does not know what TeX knows."""
    for pattern, synonym in SYNONYMS.items():
        tex = re.sub(pattern, synonym, tex)
    if as_block and r"\\" in tex and r"\begin" not in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"    # as Sphinx does for MathJax
    try:
        return tex2mathml(tex, as_block=as_block)
    except (MathError, SyntaxError, AttributeError, IndexError, TypeError) as error:
        logger.info("no MathML for %r: %s", tex, error)
        return ""


def with_fallback(
    visit: Callable[[HTML5Translator, Any], None], *, as_block: bool
) -> Callable[[HTML5Translator, Any], None]:
    """Let a visitor write its formula for MathJax, then write the fallback after it."""

    def write_both(self: HTML5Translator, node: nodes.Element) -> None:
        try:
            visit(self, node)
        except nodes.SkipNode:
            formula = mathml(node.astext(), as_block=as_block)
            if formula and as_block:
                number = ""
                if node.get("number"):
                    number = f'<span class="eqno">({get_node_equation_number(self, node)})</span>'
                formula = f'<div class="math">{formula}{number}</div>'
            if formula:
                self.body.append(f"<noscript>{formula}</noscript>")
            raise

    return write_both


def add_style(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    if "<noscript><" in context.get("body", ""):
        context["metatags"] = context.get("metatags", "") + STYLE


def wrap_renderers(app: Sphinx) -> None:
    """Wrap the renderers of "mathjax"; under another name, Sphinx would not load MathJax."""
    for renderers, as_block in (
        (app.registry.html_inline_math_renderers, False),
        (app.registry.html_block_math_renderers, True),
    ):
        visit, depart = renderers["mathjax"]
        renderers["mathjax"] = (with_fallback(visit, as_block=as_block), depart)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", wrap_renderers, priority=900)    # after MyST has replaced them
    app.connect("html-page-context", add_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
