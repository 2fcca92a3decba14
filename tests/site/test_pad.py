"""A pad on which readers draw, in figures that no page has: a digit that is read, a function."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from accessibility import grave_faults
from drawn_digits import assert_read, drawings, net_of_scans
from live_figures import Figure, Visit, assert_same, by_nnlib
from matplotlib.image import imread
from readers import DESKTOP, PHONE

import nnlib
from nnlib import frames, lab, strokes, widgets
from nnlib.live.controls import Control
from nnlib.sources import source_of

pytestmark = pytest.mark.usefixtures("site_with_python")

BAR = [[[0.5, 0.9], [0.5, 0.1]]]


def read(digit, weights):
    hidden, output = (np.array(W) for W in weights)
    pixels = nnlib.strokes.pixels(digit)
    z = output @ np.append(np.maximum(hidden @ np.append(pixels, 1), 0), 1)
    image = frames.Plane((0, 7, 0, 7), values=pixels.reshape(8, 8)[::-1])
    bars = frames.Bars([str(d) for d in range(10)], np.exp(z - z.max()), y_range=(0, 1))
    return frames.Frame([image, bars], f"most probable: {z.argmax()}" if digit else "empty")


def curve(strokes=(((0.0, 0.25), (1.0, 0.75)),), times=1.0):
    x = np.linspace(0, 1, 101)
    y = times * nnlib.strokes.heights(strokes, x)
    return frames.Frame([frames.Chart([frames.Curve(x, y)], x_range=(0, 1), y_range=(0, 2))],
                        f"{np.isfinite(y).sum()} of 101")


@pytest.fixture
def reading(exhibit) -> Visit:
    """A figure with a net that has learned scanned digits."""
    weights = [np.round(W, 4).tolist() for W in net_of_scans().layers_]
    experiment = lab.Experiment((Control("digit", "strokes", BAR),), {"weights": weights},
                                source_of(read))
    return hung(exhibit, experiment)


@pytest.fixture
def curves(exhibit) -> Visit:
    return hung(exhibit, lab.drawing(curve, strokes=lab.PAD, times=(0.5, 2.0, 0.5), presets=[
        lab.Preset("Flat", "A line.", {"strokes": [[[0.0, 0.5], [1.0, 0.5]]]}),
        lab.Preset("Twice", "As high.", {"times": 2.0}),
    ]))


def hung(exhibit: Callable[..., Visit], experiment: lab.Experiment) -> Visit:
    element = widgets.live(experiment, "pad", "What is drawn.")._repr_html_()
    at = exhibit(Figure("", "pad", experiment), element)
    pad(at).scroll_into_view_if_needed()
    return at


def pad(at: Visit) -> Any:
    return at.element.get_by_role("application")


def on_screen(at: Visit, stroke: Any) -> list[tuple[float, float]]:
    box = pad(at).bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]) for x, y in stroke]


def draw_with_mouse(at: Visit, drawn: Any) -> None:
    for stroke in drawn:
        first, *others = on_screen(at, stroke)
        at.page.mouse.move(*first)
        at.page.mouse.down()
        for place in others:
            at.page.mouse.move(*place)
        at.page.mouse.up()


def draw_with_finger(at: Visit, drawn: Any) -> None:
    session = at.page.context.new_cdp_session(at.page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        session.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [{"x": x, "y": y} for x, y in places]})

    for stroke in drawn:
        first, *others = on_screen(at, stroke)
        touch("touchStart", first)
        for place in others:
            touch("touchMove", place)
        touch("touchEnd")
    session.detach()


def drawn_on(at: Visit) -> Any:
    """The strokes that the page holds, from the frame that it shows."""
    return at.page.evaluate(
        "([figure, control]) => document.getElementById(figure).frame.settings[control]",
        [at.figure.name, at.figure.experiment.controls[0].name])


def wait_for_strokes(at: Visit, count: int) -> Any:
    name = at.figure.experiment.controls[0].name
    at.wait(f"figure.frame?.settings.{name}.length === {count}")
    return drawn_on(at)


# Digits


@pytest.mark.parametrize(("hand", "digit", "size"), [
    (draw_with_mouse, 5, DESKTOP), (draw_with_finger, 3, PHONE)], ids=["mouse", "finger"])
def test_a_digit_that_is_drawn_is_read(hand, digit, size, reading):
    at = reading
    drawn = next(each for number, each in drawings() if number == digit)
    at.page.set_viewport_size(size)
    try:
        pad(at).scroll_into_view_if_needed()
        at.button("Clear").click()
        at.element.locator(".nn-text", has_text="empty").wait_for()
        pad(at).scroll_into_view_if_needed()
        before = at.page.evaluate("scrollY")
        hand(at, drawn)
        kept = wait_for_strokes(at, len(drawn))
        at.element.locator(".nn-text", has_text=f"most probable: {digit}").wait_for()
        assert at.page.evaluate("scrollY") == before, "a finger that draws must not scroll"
        assert at.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert_same(at.frame(), by_nnlib(at.figure.experiment.start(digit=kept)))
        # The pad keeps what was drawn, to the width of a hair.
        for stroke, original in zip(kept, drawn, strict=True):
            away = [min(np.hypot(x - a, y - b) for a, b in stroke) for x, y in original]
            assert max(away) < 0.02
    finally:
        at.page.set_viewport_size(DESKTOP)


DRAW_ALL = """async digits => {
  const [{Pad}, {read, write}] = await Promise.all(
    ['pad', 'settings'].map(name => import(new URL(`live/${name}.js`, document.baseURI))))
  const control = {name: 'digit', kind: 'strokes', value: [], label: ''}
  let strokes
  const pad = new Pad(control, 'pad-of-all', given => { strokes = given }, () => {})
  document.querySelector('nn-lab').append(pad.element)
  const surface = pad.element.querySelector('svg')
  surface.setPointerCapture = () => {}    // no pointer of this browser is down
  surface.scrollIntoView()
  const {left, top, width, height} = surface.getBoundingClientRect()
  const send = (type, [x, y]) => surface.dispatchEvent(new PointerEvent(`pointer${type}`, {
    pointerId: 7, isPrimary: true, button: 0, clientX: left + x * width,
    clientY: top + (1 - y) * height}))
  const kept = digits.map(digit => {
    pad.set([])
    for (const stroke of digit) {
      send('down', stroke[0])
      for (const place of stroke) send('move', place)
      send('up', stroke.at(-1))
    }
    return read(control, write(control, strokes))    // as it comes out of a link
  })
  pad.element.remove()
  return kept
}"""


@pytest.mark.seldom
def test_all_digits_that_are_drawn_and_sent_as_a_link_are_read(curves):
    numbers, drawn = zip(*drawings(), strict=True)
    kept = curves.page.evaluate(DRAW_ALL, drawn)
    assert [len(each) for each in kept] == [len(each) for each in drawn]
    said = net_of_scans().predict(np.array([strokes.pixels(each) for each in kept]))
    assert_read(list(zip(numbers, said, strict=True)))


# The pad itself


def test_strokes_are_taken_back_and_kept(curves):
    at = curves
    draw_with_mouse(at, [[(0.2, 0.4), (0.4, 0.4)], [(0.6, 0.8)]])
    start = json.loads(json.dumps(at.figure.experiment.settings()["strokes"]))
    kept = wait_for_strokes(at, 3)
    assert kept[0] == start[0]
    np.testing.assert_allclose(np.concatenate(kept[1:]), [(0.2, 0.4), (0.4, 0.4), (0.6, 0.8)],
                               atol=0.01)
    assert pad(at).locator("polyline").count() == 3
    # A preset that is no drawing leaves it; one that is takes its place.
    at.button("Twice").click()
    at.until_it_shows(strokes=kept, times=2.0)
    # The address follows a little later; it may still be that of before the preset.
    at.page.wait_for_function("() => /(?=.*strokes=)(?=.*times=)/.test(location.hash)")
    link = at.page.evaluate("location.hash")
    at.button("Undo").click()
    assert wait_for_strokes(at, 2) == kept[:2]
    at.button("Clear").click()
    wait_for_strokes(at, 0)
    at.element.locator(".nn-text", has_text="0 of 101").wait_for()
    at.button("Undo").click()
    assert at.element.locator(".nn-announcer").text_content() == "Nothing is drawn."
    at.page.wait_for_function("() => /strokes=(&|$)/.test(location.hash)")
    at.page.evaluate("hash => { location.hash = hash }", link)
    at.until_it_shows(strokes=kept, times=2.0)
    at.button("Flat").click()
    at.until_it_shows(strokes=[[[0.0, 0.5], [1.0, 0.5]]])
    at.button("Defaults").click()
    at.until_it_shows()


def test_outside_the_pad_the_pen_is_lifted(curves):
    at = curves
    at.button("Clear").click()
    wait_for_strokes(at, 0)
    draw_with_mouse(at, [[(0.7, 0.3), (0.9, 0.3), (1.2, 0.3), (1.2, 0.7), (0.8, 0.7), (0.6, 0.7)]])
    first, second = wait_for_strokes(at, 2)
    np.testing.assert_allclose(first, [(0.7, 0.3), (0.9, 0.3)], atol=0.01)
    np.testing.assert_allclose(second, [(0.8, 0.7), (0.6, 0.7)], atol=0.01)


def test_what_is_being_drawn_goes_on_when_another_finger_moves_a_control(curves):
    at = curves
    at.button("Clear").click()
    wait_for_strokes(at, 0)
    draw_with_mouse(at, [[(0.1, 0.1), (0.3, 0.1)]])
    wait_for_strokes(at, 1)
    drawn = [(0.2, 0.8), (0.4, 0.8), (0.6, 0.8), (0.8, 0.8)]
    places = on_screen(at, drawn)
    at.page.mouse.move(*places[0])
    at.page.mouse.down()
    at.page.mouse.move(*places[1])
    at.element.get_by_label("times").evaluate(
        "e => { e.value = 2; e.dispatchEvent(new Event('input')) }")
    for place in places[2:]:
        at.page.mouse.move(*place)
    at.page.mouse.up()
    np.testing.assert_allclose(wait_for_strokes(at, 2)[1], drawn, atol=0.01)


def test_a_link_that_comes_while_a_stroke_is_drawn_is_not_drawn_on(curves):
    at = curves
    at.button("Defaults").click()
    at.until_it_shows()
    places = on_screen(at, [(0.2, 0.2), (0.4, 0.2), (0.6, 0.2), (0.8, 0.2)])
    at.page.mouse.move(*places[0])
    at.page.mouse.down()
    at.page.mouse.move(*places[1])
    at.page.evaluate("hash => { location.hash = hash }", f"#lab={at.figure.name}&strokes=00dwrsdw")
    at.wait("figure.querySelectorAll('polyline').length === 1")
    places = on_screen(at, [(0.6, 0.2), (0.8, 0.2)])    # the link may have scrolled
    for place in places:
        at.page.mouse.move(*place)
    at.page.mouse.up()
    linked, drawn = wait_for_strokes(at, 2)
    assert linked == [[0, 0.5], [1, 0.5]]
    np.testing.assert_allclose(drawn, [(0.6, 0.2), (0.8, 0.2)], atol=0.01)


def test_a_pad_takes_no_more_than_python_does(curves):
    at = curves
    at.button("Clear").click()
    wait_for_strokes(at, 0)
    lines = [[(x, 0.02), (x, 0.98)] for x in np.linspace(0.1, 0.9, 22)]
    draw_with_mouse(at, lines)
    control = at.figure.control("strokes")
    kept = wait_for_strokes(at, 20)
    assert control.accepts(kept)
    assert at.element.locator(".nn-announcer").text_content() == "There is no room for more."
    for text in ("zzzz", "000", "0000.", ".", "0000..0000", "0000." * 20 + "0000", "0" * 1604):
        at.page.evaluate("hash => { location.hash = hash }",
                         f"#lab={at.figure.name}&strokes={text}")
        at.element.get_by_text("Part of the link was not understood: strokes").wait_for()
        at.page.evaluate("hash => { location.hash = hash }", f"#lab={at.figure.name}")
        at.element.get_by_text("Part of the link").wait_for(state="hidden")


def test_drawing_by_keyboard(curves):
    at = curves
    at.button("Clear").click()
    wait_for_strokes(at, 0)
    at.page.keyboard.press("Shift+Tab")    # from Clear to Undo,
    at.page.keyboard.press("Shift+Tab")    # and to the pad
    assert pad(at).evaluate("e => e === document.activeElement")
    assert pad(at).evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    assert pad(at).locator(".nn-cross").is_visible()
    for key in ["Shift+ArrowLeft", "Enter", "ArrowRight", "Shift+ArrowUp", "Enter", "ArrowDown"]:
        at.page.keyboard.press(key)
    (stroke,) = wait_for_strokes(at, 1)
    assert stroke == [[0.4, 0.5], [0.42, 0.5], [0.42, 0.6]]
    at.page.keyboard.press(" ")
    at.page.keyboard.press("Tab")    # who leaves lifts the pen
    assert wait_for_strokes(at, 2)[1] == [[0.42, 0.58]]
    at.page.keyboard.press("Shift+Tab")
    at.page.keyboard.press("Delete")
    assert wait_for_strokes(at, 1) == [stroke]
    assert "pen" in pad(at).get_attribute("aria-label")


def test_a_pad_in_every_light(curves):
    at = curves
    style = """e => { const style = getComputedStyle(e), line = e.querySelector('polyline')
        return [style.touchAction, getComputedStyle(line).stroke, style.backgroundColor,
                style.borderTopWidth] }"""
    at.button("Defaults").click()
    at.until_it_shows()
    try:
        for theme in ("dark", "light"):
            at.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            at.reader.settle()
            assert_seen(pad(at).evaluate(style))
            assert grave_faults(at.page, f"#{at.figure.name}") == []
        for theme in ("dark", "light"):
            at.page.emulate_media(forced_colors="active", color_scheme=theme)
            assert_seen(pad(at).evaluate(style))
            slider = imread(BytesIO(at.element.locator("[type=range]").first.screenshot()))
            middle, behind = slider[len(slider) // 2], slider[0, 0]
            assert np.mean(np.abs(middle - behind).max(axis=1) > 0.3) > 0.9, "a slider has a track"
        at.page.emulate_media(forced_colors="none", color_scheme="light")
        at.page.set_viewport_size(PHONE)
        box = pad(at).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["width"] == pytest.approx(box["height"], abs=1)
        assert box["width"] > 200
    finally:
        at.page.emulate_media(forced_colors="none", color_scheme="light")
        at.page.set_viewport_size(DESKTOP)


def assert_seen(style: list[str]) -> None:
    touch, line, paper, border = style
    assert touch == "none"
    assert border == "1px"
    light = [sum(map(float, colour.removesuffix(")").split("(")[1].split(",")[:3])) / 3
             for colour in (line, paper)]
    assert abs(light[0] - light[1]) > 120, style
