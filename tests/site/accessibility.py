"""What axe finds wrong with a page for those who hear it or use it by keyboard."""

from pathlib import Path
from typing import Any

import axe_playwright_python

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """([where, rules]) =>
  axe.run(where, {rules, resultTypes: ['violations'], preload: false})
  .then(({violations}) => violations.filter(each => ['serious', 'critical'].includes(each.impact))
  .flatMap(each => each.nodes.map(node => `${each.id}: ${node.target}: ${node.failureSummary}`)))"""
# Of a page, test_pages looks at the contrast of every text, for which axe takes most of its time.
BUT_CONTRAST = {"color-contrast": {"enabled": False}}
ALL_BUT_LISTINGS = {"exclude": [[".highlight pre"]]}
# axe walks through what it is told to pass over, and through the strokes of formulas, in which it
# has nothing to judge: together they take three quarters of its time.
THIN_OUT = """() => {
  for (const listing of document.querySelectorAll('.highlight pre'))
    listing.textContent = listing.textContent
  for (const formula of document.querySelectorAll('mjx-container svg')) formula.replaceChildren()
}"""


def grave_faults(page: Any, where: Any, rules: Any = None) -> list[str]:
    """Serious and critical violations in a part of a page, as axe names parts and rules.

    Takes the colours of listings and the strokes of formulas away from the page.
    """
    page.evaluate(THIN_OUT)
    page.evaluate(AXE)
    return page.evaluate(RUN_AXE, [where, rules or {}])
