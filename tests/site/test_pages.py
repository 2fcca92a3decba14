"""Every page of the built site in a real browser that can reach no host but this one.

Each reader loads a page once, and all tests of the page ask that reader.
"""

import re
from urllib.parse import quote

import pytest
import yaml
from accessibility import ALL_BUT_LISTINGS, BUT_CONTRAST, grave_faults
from built_site import ROOT
from faults import STORAGE_BLOCKED
from live_figures import DRAWN, Visit, each_of
from measures import shares, too_wide
from readers import PHONE, Reader
from thoroughness import EVERYTHING

# The code that is not folded may take so many per cent of a page's height: in the part of tuning
# studies, elsewhere.
CODE_IN_STUDIES, CODE = 15, 25
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
STUDIES = next(
    {f"{chapter['file']}.html" for chapter in part["chapters"]}
    for part in PARTS if part["caption"] == "Tuning studies"
)

# Texts whose contrast with what is behind them is below WCAG AA: 4.5, or 3 for large text.
FAINT_TEXTS = r"""() => {
  const rgba = text => [...text.match(/[\d.]+/g).map(Number), 1].slice(0, 4)
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3]))
  const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4
  const luminance = colour => {
    const [r, g, b] = colour.map(v => linear(v / 255))
    return .2126 * r + .7152 * g + .0722 * b
  }
  const known = new Map([[null, [255, 255, 255]]])
  const behind = element => {
    if (!known.has(element)) {
      const colour = rgba(getComputedStyle(element).backgroundColor)
      known.set(element,
        colour[3] === 1 ? colour.slice(0, 3) : over(colour, behind(element.parentElement)))
    }
    return known.get(element)
  }
  const seen = {visibilityProperty: true, opacityProperty: true}
  const apart = 'mjx-container, svg, script, .headerlink'
  const faint = new Set()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement
    if (!text || !element.checkVisibility(seen) || element.closest(apart)) continue
    const style = getComputedStyle(element), back = behind(element)
    const both = [luminance(back), luminance(over(rgba(style.color), back))]
    const ratio = (Math.max(...both) + .05) / (Math.min(...both) + .05)
    const size = parseFloat(style.fontSize)
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700)
    if (ratio < (large ? 3 : 4.5))
      faint.add(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${text.slice(0, 40)}`)
  }
  return [...faint]
}"""

# Pictures load when they are scrolled to; here all of them have to.
BAD_PICTURES = """async () => {
  const pictures = [...document.querySelectorAll('.bd-article img')]
  for (const picture of pictures) picture.loading = 'eager'
  await Promise.all(pictures.map(picture => picture.decode().catch(() => {})))
  return pictures.filter(p => !p.naturalWidth || !p.alt.trim()).map(p => p.src)
}"""


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest) -> Reader:
    """A reader whose system asks for a theme."""
    return request.getfixturevalue(request.param)


def test_a_page_on_a_phone(shown_page, server, phone):
    """All is well with the page, and at 390 pixels nothing is cut off or scrolls it sideways."""
    phone.stay(f"{server}/{quote(shown_page)}")
    page = phone.page
    assert page.title().strip()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert too_wide(page) == []
    assert page.evaluate(BAD_PICTURES) == [], "pictures that did not load or have no alt text"
    assert phone.faults == []


def test_pages_are_dark_and_narrow_from_the_start(chapters, server, new_reader):
    """All others are loaded wide and light, and seen in the other ways afterwards."""
    reader = new_reader(viewport=PHONE, color_scheme="dark")
    for page in ("index.html", chapters[0]):
        reader.go(f"{server}/{page}")
        assert reader.page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert too_wide(reader.page) == []
        assert reader.faults == []


def test_nothing_is_wider_than_its_column(shown_page, server, light):
    """What is scrolls in a box of its own, and shows it."""
    light.stay(f"{server}/{quote(shown_page)}")
    assert too_wide(light.page) == []


def test_a_page_in_the_theme_of_the_system(shown_page, server, themed):
    """Also when the system changes while the page is read; text has the contrast of WCAG AA."""
    themed.stay(f"{server}/{quote(shown_page)}")
    dark = themed.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    theme = themed.page.evaluate("document.documentElement.dataset.theme")
    assert theme == ("dark" if dark else "light")
    assert themed.page.evaluate(FAINT_TEXTS) == []
    assert themed.faults == []


def test_most_of_a_page_is_not_code(reading_page, server, light, record_property):
    """Of its height at 1400 pixels. The report of the tests has the shares."""
    light.stay(f"{server}/{reading_page}")
    share = shares(light.page)
    limit = CODE_IN_STUDIES if reading_page in STUDIES else CODE
    record_property(
        "shares of a page's height",
        f"{reading_page:36} code {share['code']:4.0%} (at most {limit} %), "
        f"tables {share['tables']:4.0%}",
    )
    assert 100 * share["code"] <= limit


def test_no_preset_stands_open(reading_page, server, light):
    """The texts of presets answer the questions above them."""
    light.stay(f"{server}/{reading_page}")
    cells = light.page.locator(".cell_input", has_text="Preset(")
    assert [cell.inner_text()[:60] for cell in cells.all() if cell.is_visible()] == []


WIDE = """content => {
  document.querySelector('.bd-article').insertAdjacentHTML('beforeend', `<div
    style="width: 20rem; ${content.box}"><pre style="${content.pre}">${'wide '.repeat(200)}</pre>`)
}"""


@pytest.mark.seldom
def test_what_is_too_wide_is_noticed(server, new_reader):
    reader = new_reader()
    reader.go(f"{server}/notation.html")
    for box, pre, faults in [
        ("", "overflow: visible", ["sticks out"]),
        ("overflow: hidden", "overflow: visible", ["cut off"]),
        ("", "overflow: auto; background: none", ["scrolls unseen"]),
        ("", "overflow: auto; background: linear-gradient(red, red) local", []),
    ]:
        reader.page.evaluate(WIDE, {"box": box, "pre": pre})
        assert [line.split(":")[0] for line in too_wide(reader.page)] == faults
        reader.page.evaluate("document.querySelector('.bd-article').lastElementChild.remove()")


def test_code_in_a_closed_toggle_takes_no_height(server, new_reader):
    reader = new_reader()
    reader.go(f"{server}/notation.html")
    before = shares(reader.page)
    reader.page.evaluate("""() => document.querySelector('.bd-article').insertAdjacentHTML(
        'beforeend', `<details><summary>Show</summary>
        <div class="cell_input" style="height: 900px">x = 1</div></details>`)""")
    closed = shares(reader.page)
    reader.page.evaluate("document.querySelector('details').open = true")
    opened = shares(reader.page)
    assert before["code"] == closed["code"] == 0
    assert opened["code"] > 0.1
    assert opened["tables"] < closed["tables"] <= before["tables"]


SMALL_FIELDS = """() => {
  const others = ['range', 'checkbox', 'radio', 'hidden']
  return [...document.querySelectorAll('select, textarea, input')]
    .filter(field => !others.includes(field.type))
    .map(field => [parseFloat(getComputedStyle(field).fontSize), field.outerHTML.slice(0, 60)])
    .filter(([size]) => size < 16)
}"""


@pytest.mark.seldom
def test_no_field_makes_a_phone_zoom_in(site_with_python, server, new_reader):
    """As Safari does for letters below 16 pixels; nor do an editor's colours leave its letters."""
    reader = new_reader(viewport=PHONE, has_touch=True, is_mobile=True)
    for page in ("playground.html", "03_derive_backpropagation.html", "search.html"):
        reader.go(f"{server}/{page}")
        assert reader.page.evaluate(SMALL_FIELDS) == []
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
    reader.go(f"{server}/03_derive_backpropagation.html")
    size = "e => getComputedStyle(e).fontSize + getComputedStyle(e).lineHeight"
    for editor in reader.page.locator(".nn-editor").all():
        assert editor.get_attribute("translate") == "no"
        assert editor.locator("pre").evaluate(size) == editor.locator("textarea").evaluate(size)


def test_a_page_at_the_root(chapters, server_at_root, new_reader):
    """All others are shown below a sub-path."""
    reader = new_reader()
    reader.go(f"{server_at_root}/{quote(chapters[0])}")
    assert reader.faults == []


def test_formulas_are_set(reading_page, server, light):
    light.stay(f"{server}/{reading_page}")
    page = light.page
    formulas = page.locator(".bd-article .math")
    assert formulas.count() == page.locator(".bd-article .math:has(mjx-container)").count()
    assert page.locator("mjx-container[tabindex='0']").count() == 0, "formulas are no stops of Tab"
    assert page.locator("[data-mjx-error], [data-mml-node=merror]").count() == 0
    # Code may hold two dollars; in prose they are a formula that was not recognised.
    prose = page.locator(".bd-article :is(p, li):not(:has(code))")
    assert [text for text in prose.all_inner_texts() if "$$" in text or r"\(" in text] == []
    assert light.faults == []


COUNT_FORMULAS = """() => {
  window.set = []    // how many at a time
  new MutationObserver(changes => {
    const added = changes.flatMap(change => [...change.addedNodes])
    set.push(added.filter(node => node.localName === 'mjx-container').length)
  }).observe(document, {childList: true, subtree: true})
}"""


@pytest.mark.seldom
def test_formulas_are_set_a_few_at_a_time(server, new_reader):
    """In between, the page answers."""
    reader = new_reader()
    reader.page.add_init_script(f"({COUNT_FORMULAS})()")
    reader.go(f"{server}/03_derive_backpropagation.html")
    times = reader.page.evaluate("set")
    assert sum(times) == reader.page.locator(".bd-article .math").count() > 100
    assert max(times) <= 8
    assert reader.faults == []


def test_the_switch_changes_the_theme_for_good(server, new_reader):
    reader = new_reader(color_scheme="light")
    reader.go(f"{server}/index.html")
    page = reader.page
    theme = "document.documentElement.dataset.theme"
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    for _ in range(3):    # it goes round: light, dark, the system's
        if page.evaluate(theme) == "dark":
            break
        page.locator(".theme-switch-button:visible").first.click()
    assert page.evaluate(theme) == "dark"
    assert page.evaluate(background) != light
    reader.go(f"{server}/notation.html")
    assert page.evaluate(theme) == "dark"
    assert reader.faults == []


INTRUDE = """async () => {
  const refused = new Set()
  addEventListener('securitypolicyviolation', event => refused.add(event.effectiveDirective))
  const page = document.createElement('div')
  page.innerHTML = `<img src="missing.png" onerror="window.intruded = 'handler'">`
  const script = document.createElement('script')
  script.textContent = "window.intruded = 'script'"
  page.append(script)
  document.body.append(page)
  await new Promise(resolve => setTimeout(resolve))    // until here a debugger may do anything
  try { new Function("window.intruded = 'text'")() } catch {}
  await fetch('http://localhost:1/').catch(() => {})
  for (let i = 0; i < 100 && refused.size < 4; i++) {
    await new Promise(resolve => setTimeout(resolve, 50))    // the reports come when they come
  }
  return [window.intruded ?? null, [...refused].sort()]
}"""


def test_what_gets_into_a_page_does_not_run_there(server, new_reader):
    """Nor does it send anything away: the page's policy stops it, not luck."""
    reader = new_reader()
    reader.go(f"{server}/index.html")
    intruded, refused = reader.page.evaluate(INTRUDE)
    assert intruded is None
    assert refused == ["connect-src", "script-src", "script-src-attr", "script-src-elem"]


PAPER = {"width": 718, "height": 1000}    # the pixels of A4 between its margins
ON_PAPER = """() => {
  window.print = () => { window.printed = true }
  document.querySelector('.btn-download-pdf-button').click()
  dispatchEvent(new Event('beforeprint'))
  const article = document.querySelector('.bd-article')
  const seen = each => each.checkVisibility() && !each.closest('nn-lab')
  return {
    printed: window.printed,
    theme: document.documentElement.dataset.theme,
    closed: article.querySelectorAll('details:not([open]), .toggle-hidden').length,
    cut: [...article.querySelectorAll('pre, mjx-container[display] > svg')].filter(seen)
      .filter(each => each.scrollWidth > each.clientWidth + 1
        || each.getBoundingClientRect().right > article.getBoundingClientRect().right + 1)
      .map(each => each.outerHTML.slice(0, 60)),
  }
}"""


def test_a_chapter_on_paper(chapter_to_try, server, dark):
    """It is light there, all of it is open, and no line is cut; afterwards it is as it was."""
    dark.stay(f"{server}/{chapter_to_try}")
    opened = "document.querySelectorAll('.bd-article details[open]').length"
    before = dark.page.evaluate(opened)
    dark.page.emulate_media(media="print")
    dark.page.set_viewport_size(PAPER)
    try:
        assert dark.page.evaluate(ON_PAPER) == {
            "printed": True, "theme": "light", "closed": 0, "cut": []}
    finally:
        dark.page.evaluate("dispatchEvent(new Event('afterprint'))")
        dark.page.emulate_media(media="screen")
    assert dark.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert dark.page.evaluate(opened) == before


def test_search_finds_and_leads_there(server, new_reader):
    """Also where the browser keeps nothing, and for a word that JavaScript's objects have."""
    reader = new_reader(color_scheme="dark")
    page = reader.page
    page.add_init_script(STORAGE_BLOCKED)
    reader.go(f"{server}/search.html?q=constructor")
    page.get_by_text("Search finished, found").or_(page.get_by_text("did not match")).wait_for()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator(".theme-switch-button:visible").first.click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    room = page.evaluate("""() => {
        const [glass, field] = ['.fa-magnifying-glass', 'input'].map(
            each => document.querySelector(`.bd-content .bd-search ${each}`))
        const {left} = field.getBoundingClientRect()
        return left + parseFloat(getComputedStyle(field).paddingLeft)
            - glass.getBoundingClientRect().right }""")
    assert room > 0, "the magnifier lies on what is typed"
    reader.go(f"{server}/search.html?q=backpropagation")
    result = page.locator("#search-results li a").first
    result.wait_for()
    page.wait_for_load_state("networkidle")    # it reads the pages that it found
    result.click()
    page.wait_for_load_state("load")
    assert "backpropagation" in page.locator(".bd-article").inner_text().lower()
    assert reader.faults == []


def test_the_focus_is_seen(chapters, server, light):
    light.stay(f"{server}/{chapters[0]}")
    light.page.evaluate("document.querySelector('#main-content').focus()")
    for _ in range(50):    # through the contents and the header's buttons
        light.page.keyboard.press("Tab")
        name, outline = light.page.evaluate("""() => { const e = document.activeElement
            const {outlineStyle, outlineWidth} = getComputedStyle(e)
            return [e.outerHTML.slice(0, 80), `${outlineStyle} ${outlineWidth}`] }""")
        assert outline in ("solid 2px", "auto 1px"), name


def test_solutions_open(chapter_to_try, server, light):
    """A solution is hidden until it is asked for."""
    light.stay(f"{server}/{chapter_to_try}")
    solution = light.page.locator("div.solution.dropdown").first
    content = solution.locator("section").first
    assert not content.is_visible()
    solution.locator("button.toggle-button").click()
    assert content.is_visible()


@pytest.mark.usefixtures("site_with_python")
@each_of(DRAWN)
def test_a_figure_has_its_controls_and_says_how_to_start_it(figure, server, light):
    light.stay(f"{server}/{quote(figure.page)}")    # where nobody has touched it
    at = Visit(light, figure)
    assert at.button("Defaults").is_visible()
    says = at.element.locator(".nn-text").inner_text()
    assert ("Press Play" in says) == at.button("Play").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"] if EVERYTHING else ["light"])
def test_a_page_is_accessible(theme, shown_page, server, request):
    """The contrast of texts is looked at in both themes, above."""
    reader = request.getfixturevalue(theme)
    reader.stay(f"{server}/{quote(shown_page)}")
    assert grave_faults(reader.page, ALL_BUT_LISTINGS, BUT_CONTRAST) == []
    reader.leave()    # what is left of it is no page to ask more about


def test_a_page_reads_well_without_javascript(plain_page, server, without_javascript):
    without_javascript.go(f"{server}/{plain_page}")
    page = without_javascript.page
    assert page.locator(".bd-article h1").first.is_visible()
    assert len(page.locator(".bd-article").inner_text()) > 200
    assert page.locator(".bd-sidebar-primary a").first.is_visible()
    for solution in page.locator("div.solution section").all():
        assert solution.is_visible()
    # What nobody can press is not offered, and where the text speaks of it, it is said.
    assert page.get_by_role("link", name="Run in the browser").count() == 0
    live = page.locator("nn-lab, nn-exercise, nn-question, nn-progress").count() > 0
    assert page.locator("noscript p").is_visible() == live
    # Formulas are set as MathML, not left as TeX.
    prose = page.locator(".bd-article :is(p, li):not(:has(code))")
    assert [text for text in prose.all_inner_texts() if r"\(" in text] == []
    # Its scripts fail to run, as they should; what it asks for must still be the site's own.
    assert [fault for fault in without_javascript.faults if "another host" in fault] == []


def test_dark_systems_get_a_dark_page_without_javascript(chapters, server, new_reader):
    reader = new_reader(java_script_enabled=False, color_scheme="dark")
    for page in ("index.html", chapters[0]):
        reader.go(f"{server}/{page}")
        red, green, blue = map(int, re.findall(r"\d+", reader.page.evaluate(
            "getComputedStyle(document.body).backgroundColor")))
        assert max(red, green, blue) < 64
        assert reader.page.evaluate(FAINT_TEXTS) == []


@each_of(DRAWN)
def test_a_picture_without_javascript(figure, server, without_javascript):
    without_javascript.stay(f"{server}/{quote(figure.page)}")
    page = without_javascript.page
    assert page.locator(f"#{figure.name} img").is_visible()
    assert page.locator(f"#{figure.name} :is(button, input, select):visible").count() == 0
