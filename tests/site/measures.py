"""What a reader sees of a page: how much of its height is code, and whether anything is cut off."""

from typing import Any

# Shares of the article's height. Code in a closed toggle is not seen; a printed text of three lines
# is a table.
SHARES = r"""() => {
  const article = document.querySelector('.bd-article')
  const height = (selector, counts = () => true) => [...article.querySelectorAll(selector)]
    .filter(each => each.checkVisibility() && counts(each) && !each.parentElement.closest(selector))
    .reduce((sum, each) => sum + each.getBoundingClientRect().height, 0)
  const rows = each => each.innerText.trim().split('\n').length
  const listing = '[class*="highlight-"]:not(.output), .cell_output .text_html .highlight'
  const printed = '.cell_output .output.text_plain, .cell_output .output.stream'
  const whole = article.getBoundingClientRect().height
  return {
    code: height(`.cell_input, ${listing}`) / whole,
    tables: (height('table', each => !each.closest('.highlight'))
             + height(printed, each => rows(each) > 2)) / whole,
  }
}"""

# Texts and pictures that stick out of the column or are cut off by a box that does not scroll, and
# boxes that scroll sideways without showing it.
TOO_WIDE = r"""() => {
  const article = document.querySelector('.bd-article') ?? document.body
  const apart = 'mjx-assistive-mml, .visually-hidden, .headerlink, script, style, button'
  const faults = new Set()
  const name = (element, text) =>
    `${element.tagName}.${element.className}: ${text.trim().replace(/\s+/g, ' ').slice(0, 40)}`
  const overflows = new Map()
  const overflow = box => {
    if (!overflows.has(box)) overflows.set(box, getComputedStyle(box).overflowX)
    return overflows.get(box)
  }
  const check = (element, right, text) => {
    if (!element.checkVisibility({visibilityProperty: true}) || element.closest(apart)) return
    for (let box = element; ; box = box.parentElement) {
      const how = overflow(box)
      if (how === 'auto' || how === 'scroll') return
      const edge = box.getBoundingClientRect().right + 1
      if (box === article && right > edge) faults.add(`sticks out: ${name(element, text)}`)
      if (box === article) return
      if (how !== 'visible' && right > edge) return faults.add(`cut off: ${name(element, text)}`)
    }
  }
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode
    if (!text.data.trim()) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    check(text.parentElement, range.getBoundingClientRect().right, text.data)
  }
  for (const picture of article.querySelectorAll('img, svg:not(svg svg), canvas, nn-lab'))
    check(picture.parentElement, picture.getBoundingClientRect().right, picture.outerHTML)
  for (const box of article.querySelectorAll(':not(mjx-container svg *)')) {
    const scrolls = ['auto', 'scroll'].includes(overflow(box))
      && box.scrollWidth > box.clientWidth + 1 && box.checkVisibility()
    if (scrolls && !getComputedStyle(box).backgroundAttachment.includes('local'))
      faults.add(`scrolls unseen: ${name(box, box.textContent)}`)
  }
  return [...faults]
}"""


def shares(page: Any) -> dict[str, float]:
    """The shares of code and of tables in the height of a page."""
    return page.evaluate(SHARES)


def too_wide(page: Any) -> list[str]:
    """What does not fit into the column, and does not scroll in a box of its own, visibly."""
    return page.evaluate(TOO_WIDE)
