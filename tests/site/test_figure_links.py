"""Links to a live figure at settings of the reader's, and links that somebody made up."""

import random
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from live_figures import BUSIEST, Control, Visit, each_of, one_of_each_kind, other_value
from thoroughness import EVERYTHING

from nnlib.live.controls import NUMBERS

pytestmark = pytest.mark.usefixtures("site_with_python")

SEED = 20_261
RANDOM_LINKS = 500 if EVERYTHING else 40
HOSTILE = [
    "<img src=x onerror=hacked=1>", "javascript:hacked=1", "');hacked=1//", "__proto__",
    "constructor", "%", "%zz", "%00", "\u202eabc", "NaN", "Infinity", "-1e999", "0x10", "1e3",
    "", " ", "null", "[object Object]", "😀" * 9, "9" * 400, "a" * 3000, "1;2", "true", "0",
]


def random_text(control: Control, random_: random.Random) -> str:
    """What a link may say of a control: often a value, sometimes not."""
    if random_.random() < 0.3:
        return random_.choice(HOSTILE)
    if control.kind == "choice":
        return str(random_.choice(control.options))
    if control.kind == "flag":
        return random_.choice(["true", "false"])
    if control.kind == "points":
        return random_.choice(["", "i0i00i0k01", "zzzz4", "i0i0", "i0i09"])
    if control.kind == "strokes":
        return random_.choice(["", "0000rsrs", "0000.rsrs0101", "zzzz", "000", ".", "0000."])
    if control.kind == "table":
        return random_.choice(["", "1,2,a\n3,4,b", "1;2", "too-long-for-a-link"])
    if control.kind == "node":
        return random_.choice(["", "1.3", "99.7", "p0", "p12", "0.1", "1.0", "1.3 ", "q1"])
    if control.whole:
        return str(random_.randint(int(control.low) - 2, int(control.high) + 2))
    return f"{random_.uniform(0.9 * control.low, 1.1 * control.high):.3g}"


def understood(control: Control, text: str) -> Any:
    """The value that a link sets; where it starts if the text is none."""
    if control.kind == "node":
        return text if control.accepts(text) else control.value
    if control.kind in NUMBERS:
        if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", text, re.I) or len(text) > 24:
            return control.value
        number = float(text)
        value: Any = int(number) if control.whole and number.is_integer() else number
    elif control.kind == "flag":
        value = {"true": True, "false": False}.get(text)
    else:
        value = next((each for each in control.options if str(each) == text), None)
    return value if value is not None and control.accepts(value) else control.value


@pytest.mark.seldom
def test_random_links(server, new_reader):
    """No link breaks a figure or runs a script; what makes sense in it is set."""
    (figure,) = BUSIEST
    reader = new_reader()
    reader.go(f"{server}/{quote(figure.page)}")
    at, random_ = Visit(reader, figure), random.Random(SEED)
    at.wait("figure.querySelector('button')")
    controls = list(figure.experiment.controls)
    pictures = reader.page.locator("img").count()
    for _ in range(RANDOM_LINKS):
        chosen = random_.sample(controls, random_.randint(0, len(controls)))
        pairs = [(each.name, random_text(each, random_)) for each in chosen]
        strange = [(random_.choice(HOSTILE), random_.choice(HOSTILE))
                   for _ in range(random_.choice([0, 0, 1, 2]))]
        texts = urlencode([("lab", figure.name), *pairs, *strange])
        if random_.random() < 0.1:    # nobody has to encode anything
            texts = "&".join(["lab=" + figure.name, *(f"{a}={b}" for a, b in [*pairs, *strange])])
            pairs = None
        reader.page.evaluate("""hash => new Promise(resolve => {
            addEventListener('hashchange', () => setTimeout(resolve), {once: true})
            location.hash = 'other'; location.hash = hash
        })""", texts)
        reader.page.wait_for_timeout(0)
        if pairs is None or len(texts) > 7000:
            continue
        texts_of = dict(pairs)
        for name, value in at.shown().items():
            control = figure.control(name)
            expected = understood(control, texts_of[name]) if name in texts_of else control.value
            if isinstance(expected, float):
                expected = pytest.approx(expected, rel=1e-5)
            assert value == expected, (name, texts)
        faults = strange or any(
            understood(figure.control(name), text) == figure.control(name).value
            and str(figure.control(name).value) != text
            for name, text in pairs
            if figure.control(name).kind not in ("points", "strokes", "table"))
        if faults:
            assert at.element.get_by_text("Part of the link was not understood").is_visible()
    assert reader.page.evaluate("typeof hacked") == "undefined"
    assert reader.page.locator("img").count() == pictures
    assert reader.page.locator("nn-lab .nn-note :not(button)").count() == 0
    assert reader.faults == []
    # Nothing was touched, so nothing was loaded.
    loaded = reader.page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in loaded if "pyodide" in name] == []


@each_of(one_of_each_kind() if EVERYTHING else BUSIEST)
def test_a_link_brings_another_reader_to_the_same_state(figure, server, new_reader):
    one, other = new_reader(), new_reader()
    one.go(f"{server}/{quote(figure.page)}")
    at = Visit(one, figure)
    control = next(each for each in figure.experiment.controls if each.kind in ("slider", "log"))
    value = other_value(control)
    at.set(control, value)
    at.page.wait_for_function("name => location.hash.includes(`&${name}=`)", arg=control.name)
    link, shown = at.page.url, at.shown()
    assert one.faults == []
    one.leave()    # before Python has started: the link does not wait for it
    other.go(link)
    there = Visit(other, figure)
    there.wait("figure.querySelector('button')")
    assert there.shown() == shown
    assert there.shown()[control.name] == value
    # What the figure says about it is on the screen, and nothing of the page lies above it.
    assert there.element.get_by_text("as in the link").evaluate("""text => {
        const {x, y, height} = text.getBoundingClientRect()
        return text.contains(document.elementFromPoint(x + 20, y + height / 2)) }""")
    there.button("Play" if there.button("Play").is_visible() else "Show it").click()
    there.until_it_shows(**{control.name: value})
    assert there.shown() == shown
    assert not there.button("Show it").is_visible()
    assert other.faults == []


def test_other_anchors_change_nothing(server, new_reader):
    (figure,) = BUSIEST
    reader = new_reader()
    for anchor in ("#", "#some-heading", "#lab", "#labels=3", "#lab=nowhere&x=1"):
        reader.go(f"{server}/{quote(figure.page)}{anchor}")
        at = Visit(reader, figure)
        for name, value in at.shown().items():
            assert value == figure.control(name).value, anchor
        lost = reader.page.get_by_text("a figure that this page does not have")
        seen = lost.count() - lost.locator("visible=false").count()
        assert seen == anchor.startswith("#lab="), anchor
        assert reader.faults == [], anchor
