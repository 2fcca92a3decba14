"""Figures as nobody has touched them, hung on one page: its Python starts once for all of them."""

import re

import numpy as np
import pytest
from live_figures import DRAWN, FIGURES, assert_alike, assert_same, by_nnlib, each_of, run_to

pytestmark = pytest.mark.usefixtures("site_with_python")
one_that_trains = each_of([each for each in FIGURES if each.trains][:1])


@each_of(DRAWN)
def test_a_figure_starts_as_nnlib_does(figure, exhibit):
    at = exhibit(figure)
    at.button("Defaults").click()
    at.until_it_shows()
    at.pause()
    page = at.frame()
    assert_alike(page, by_nnlib(run_to(figure, page["epoch"])))
    assert at.element.locator("canvas:visible").count() == len(page["plots"])
    assert not at.element.locator("img").is_visible()
    assert at.element.locator(".nn-note:visible").count() == 0


@one_that_trains
def test_the_keyboard_alone(figure, exhibit):
    at = exhibit(figure)
    page, name = at.page, at.figure.name
    at.wait("figure.querySelector('button')")
    assert at.page.get_by_role("group", name="Live figure").count() > 0
    assert at.element.get_by_role("status").locator("xpath=self::output").count() == 0
    page.evaluate("""name => { const before = document.createElement('button')
        document.getElementById(name).before(before); before.focus(); before.remove() }""", name)
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate("""name => { const e = document.activeElement
            if (!document.getElementById(name).contains(e)) return null
            const style = getComputedStyle(e)
            return [e.innerText || e.id, style.outlineStyle + style.outlineWidth] }""", name)
        if focus is None:
            break
        seen.append(focus[0].strip())
        assert focus[1] == "solid2px", f"the focus on {focus[0]} cannot be seen"
        if seen[-1] == "Play":
            page.keyboard.press("Enter")
        if seen[-1] == f"{name}-{figure.experiment.controls[0].name}":
            at.wait("figure.frame")
            page.keyboard.press("ArrowRight")
    assert "Play" in seen or "Pause" in seen
    assert {"Step", "Reset", "Show the code", "Copy link", "Defaults"} <= set(seen)
    for control in figure.experiment.controls:
        if control.kind not in ("points", "strokes"):
            assert f"{name}-{control.name}" in seen
    page.wait_for_function("name => location.hash.startsWith(`#lab=${name}`)", arg=name)
    at.to_the_end()


@each_of([each for each in FIGURES if each.name == "step-through"])
def test_steps_and_what_stands_out_by_the_keyboard_alone(figure, exhibit):
    at = exhibit(figure)
    at.button("Step").focus()
    for step, key in ((2, "Enter"), (3, "Space"), (4, "Enter")):
        at.page.keyboard.press(key)
        at.until_it_shows(step=step)
    at.page.keyboard.press("Shift+Tab")
    at.page.keyboard.press("Enter")
    at.until_it_shows(step=3)
    assert_same(at.frame(), by_nnlib(run_to(figure, None, step=3)))
    for (_, said), line in zip(at.frame()["details"], at.element.locator("dd").all(), strict=True):
        assert line.inner_text() == "".join(
            part if isinstance(part, str) else part[0] for part in said)
        assert line.locator("mark").all_inner_texts() == [
            part[0] for part in said if not isinstance(part, str)]
    # A button that goes to a step leaves the other choices; of a step the caption says nothing.
    note = at.element.locator(".nn-caption-note")
    assert not note.is_visible()
    at.set(figure.control("points"), 4)
    at.wait("figure.frame.settings.points === 4")
    at.button("Backward").click()
    at.wait("figure.frame.settings.step === 10")
    assert at.page.evaluate("name => document.getElementById(name).frame.settings.points",
                            at.figure.name) == 4
    at.set(figure.control("points"), 1)
    at.wait("figure.frame.settings.points === 1")
    # At the ends nothing happens, and the focus stays.
    for step, name in ((1, "Back"), (37, "Step")):
        at.set(figure.control("step"), step)
        at.until_it_shows(step=step)
        button = at.button(name)
        assert button.get_attribute("aria-disabled") == "true"
        button.focus()
        at.page.keyboard.press("Enter")
        at.hear_python_out()
        assert at.shown()["step"] == step
        assert at.page.evaluate("document.activeElement.innerText") == name


@each_of([each for each in FIGURES if each.has("node")][:1])
def test_a_net_is_looked_into_by_pointer_and_by_keyboard(figure, exhibit):
    """What the reader chooses is shown of the run that there is: it does not begin again."""
    at = exhibit(figure)
    at.button("Reset").click()
    at.wait("figure.frame")
    at.button("Step").click()
    at.wait("figure.frame.epoch === 1")
    session = run_to(figure, 1)

    def shows(**views):
        at.until_it_shows(**views)
        at.hear_python_out()
        session.look(**views)
        assert_same(at.frame(), by_nnlib(session))
        said = at.element.locator(".nn-details dd").all_inner_texts()
        assert said == [text for _, text in at.frame()["details"]]

    node = at.page.locator(f"[id='{at.figure.name}-node']")
    node.focus()
    at.page.keyboard.press("ArrowDown")
    shows(observation=figure.control("observation").value, node="1.1")
    words = at.element.locator(".nn-diagram").get_attribute("aria-label")
    assert ". Chosen: a₁ of hidden layer. " in words
    assert re.search(r"\. hidden layer: a₁ [\d.]+, (dead, )?strongest from x[₁₂]: ", words)
    assert at.element.locator(".nn-announcer").inner_text().count("a = max(0, ") == 1
    # A click on the point that is farthest to the left, and on the node above that of the keyboard.
    number = int(np.argmin(session.data.X[:, 0]))
    x, y = at.page.evaluate("""async ([name, place]) => {
        const {drawPlane} = await import(new URL('live/plane.js', document.baseURI))
        const {themeOf} = await import(new URL('live/colours.js', document.baseURI))
        const figure = document.getElementById(name), canvas = figure.querySelector('.nn-plane')
        const plane = figure.frame.plots.find(plot => plot.kind === 'plane')
        return drawPlane(canvas, plane, themeOf(figure)).toPixel(...place)
    }""", [at.figure.name, session.data.X[number].tolist()])
    at.element.locator(".nn-plane").click(position={"x": x, "y": y})
    shows(observation=number, node="1.1")
    diagram = at.element.locator(".nn-diagram")
    x, y = at.page.evaluate("""async name => {
        const {drawDiagram} = await import(new URL('live/diagram.js', document.baseURI))
        const {themeOf} = await import(new URL('live/colours.js', document.baseURI))
        const figure = document.getElementById(name), canvas = figure.querySelector('.nn-diagram')
        const net = figure.frame.plots.find(plot => plot.kind === 'diagram')
        const {keyAt} = drawDiagram(canvas, net, themeOf(figure))
        for (let y = 0; y < canvas.clientHeight; y += 5)
          for (let x = 0; x < canvas.clientWidth; x += 5) if (keyAt(x, y) === 'p1') return [x, y]
    }""", at.figure.name)
    diagram.click(position={"x": x, "y": y})
    shows(observation=number, node="p1")
    assert node.input_value() == "p1"
    diagram.click(position={"x": x, "y": y})
    shows(observation=number, node="")
    assert at.frame()["epoch"] == 1


@one_that_trains
def test_less_motion_draws_the_end_only(figure, exhibit):
    at = exhibit(figure)
    picture = at.element.locator("img")
    at.page.emulate_media(reduced_motion="reduce")
    try:
        at.button("Play").click()
        meanwhile = at.page.wait_for_function("""name => {
            const figure = document.getElementById(name)
            const says = figure.querySelector('.nn-text').textContent    // once a frame is drawn
            return /epoch \\d/.test(says) && [figure.hasAttribute('data-playing'),
                                              figure.querySelector('img').checkVisibility()]
        }""", arg=at.figure.name)
        assert meanwhile.json_value() == [True, True]
        at.to_the_end()
        at.element.locator("canvas").first.wait_for()
        assert not picture.is_visible()
    finally:
        at.page.emulate_media(reduced_motion="no-preference")


@pytest.mark.seldom
@one_that_trains
def test_python_that_was_killed_comes_back(figure, exhibit):
    at = exhibit(figure)
    at.button("Play").click()
    at.wait("figure.frame")
    at.page.evaluate("""import(new URL('live/python.js', document.baseURI))
        .then(({python}) => { python.worker.terminate() })""")
    at.button("Reset").click()
    at.element.get_by_text("Python has stopped").wait_for()
    at.button("Start again").click()
    at.wait("figure.hasAttribute('data-playing')")
    assert at.element.locator(".nn-note:visible").count() == 0
    page = at.to_the_end()
    assert_same(page, by_nnlib(run_to(figure, page["epoch"])))
