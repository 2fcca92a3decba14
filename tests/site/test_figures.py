"""The live figures: every `<nn-lab>` of the built site, run by a reader and beside nnlib itself."""

import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from accessibility import grave_faults
from live_figures import (
    BUSIEST,
    FIGURES,
    PATIENT,
    PLACE_IN_PAGE,
    Figure,
    Visit,
    assert_alike,
    assert_same,
    assert_same_text,
    at_work,
    by_nnlib,
    disabled_by,
    each_of,
    other_value,
    run_to,
    without_numbers,
)
from readers import DESKTOP, PHONE
from thoroughness import EVERYTHING

from nnlib.live.pinning import Pinned

RANDOM_MOVES = 500 if EVERYTHING else 40
SEED = 20_261

pytestmark = pytest.mark.usefixtures("site_with_python")


def test_there_are_live_figures(site):
    pages = [path.read_text(encoding="utf-8") for path in site.glob("*.html")]
    assert len(FIGURES) == sum(page.count("<nn-lab ") for page in pages) > 0


# Of the figure with the most to set. What takes longest comes first.


@pytest.mark.seldom
@each_of(BUSIEST)
def test_random_moves(figure, visit):
    """Any control, at any moment; in the end the figure shows what its controls say."""
    at = visit(figure)
    at.start_afresh()
    at.page.evaluate("""async ([name, moves, seed]) => {
      const figure = document.getElementById(name)
      let state = seed
      const random = () => (state = (state * 48271) % 2147483647) / 2147483647
      const pick = list => list[Math.floor(random() * list.length)]
      for (let i = 0; i < moves; i++) {
        const field = pick([...figure.querySelectorAll(
          ':is(input[id], select, .nn-player button, .nn-presets button):not(:disabled)')])
        if (field.type === 'range') {
          field.value = +field.min + random() * (field.max - field.min)
          field.dispatchEvent(new Event('input', {bubbles: true}))
        } else if (field.tagName === 'SELECT') {
          field.selectedIndex = Math.floor(random() * field.options.length)
          field.dispatchEvent(new Event('change', {bubbles: true}))
        } else field.click()
        if (random() < .5) await new Promise(resolve => setTimeout(resolve, 40 * random()))
      }
    }""", [figure.name, RANDOM_MOVES, SEED])
    # The last moves are ours; whatever went before, they count.
    control = next(each for each in figure.experiment.controls if each.kind == "slider")
    at.start_afresh()
    value = other_value(control)
    at.set(control, value)
    at.until_it_shows(**{control.name: value})
    page = at.to_the_end()
    here = run_to(figure, page["epoch"], **{control.name: value})
    assert_same(page, by_nnlib(here))


@pytest.mark.seldom
@each_of(BUSIEST)
def test_play_and_step_in_turn(figure, visit):
    """Python goes on after any number of frames that came too fast to be drawn."""
    at = visit(figure)
    at.start_afresh()
    at.set(figure.control("max_epochs"), figure.control("max_epochs").high)
    at.until_it_shows(max_epochs=figure.control("max_epochs").high)
    epoch, places = "document.getElementById(name).frame.epoch", at.page.evaluate("history.length")
    for _ in range(6):
        at.button("Pause").click()
        at.button("Step").click()
        before = at.page.evaluate(f"name => {epoch}", figure.name)
        at.button("Play").click()
        at.page.wait_for_function(f"([name, before]) => {epoch} > before + 5",
                                  arg=[figure.name, before])
    assert at.page.evaluate("history.length") == places    # moves leave the back button alone
    at.pause()
    # Back to the figure from elsewhere on the page: it is as it was.
    at.page.wait_for_function("() => location.hash.includes('max_epochs')")
    before = at.frame()
    at.page.evaluate("location.hash = 'elsewhere'")
    at.page.evaluate("new Promise(done => { addEventListener('popstate', done); history.back() })")
    at.hear_python_out()
    assert_same(at.frame(), before)
    assert not at.page.evaluate(
        "name => document.getElementById(name).hasAttribute('data-playing')", figure.name)


@pytest.mark.seldom
@each_of(BUSIEST)
def test_the_longest_run_moves_and_tells_its_end(figure, visit):
    """All that makes it long at its highest: it would take an hour."""
    at = visit(figure)
    at.start_afresh()
    longest = {name: figure.control(name).high
               for name in ("n", "hidden_layers", "hidden_nodes", "max_epochs")}
    settings = {**longest, "batch_size": "1", "learning_rate": 0.001}
    at.page.evaluate("hash => { location.hash = hash }",
                     urlencode({"lab": figure.name, **settings}))
    at.until_it_shows(**settings)
    at.element.get_by_text(re.compile(r"epoch \d+ of 5000 .* up to \d+ min to go")).wait_for()
    before = at.frame()["epoch"]
    at.wait(f"figure.frame.epoch > {before}")
    at.pause()
    text = at.element.locator(".nn-text").text_content()
    assert text.startswith(f"epoch {at.frame()['epoch']} of 5000 · loss ")
    at.start_afresh()


@each_of(BUSIEST)
@pytest.mark.parametrize(("button", "label"), [
    ("Copy link", "Copy this address:"), ("Copy the code", "Copy this code:"),
])
@pytest.mark.seldom
def test_what_a_script_may_not_copy_is_there_to_be_copied_by_hand(button, label, figure, visit):
    at = visit(figure)
    at.start_afresh()
    at.to_the_end()
    at.button("Show the code").click()
    at.wait("figure.querySelector('.nn-code code').textContent")
    at.page.evaluate("() => Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    buttons = at.element.locator(".nn-row:not(.nn-by-hand) button")
    places = "buttons => buttons.map(each => each.offsetTop)"
    before = buttons.evaluate_all(places)
    at.button(button).click()
    box = at.element.get_by_label(label)
    box.wait_for()
    assert {"Copy link": "#lab=", "Copy the code": "from nnlib"}[button] in box.input_value()
    assert at.page.evaluate("getSelection().toString()") == box.input_value()
    assert buttons.evaluate_all(places) == before
    at.button("Close").click()
    assert not box.is_visible()
    assert at.page.evaluate("document.activeElement.textContent") == button
    # One click elsewhere is enough, and what it changes is no longer to be copied.
    at.button(button).click()
    at.button("Defaults").click()
    at.wait("figure.hasAttribute('data-playing')")
    assert not box.is_visible()
    at.button("Hide the code").click()


@pytest.mark.seldom
@each_of(BUSIEST)
def test_a_pinned_run_stays_to_compare_with(figure, visit):
    at = visit(figure)
    at.start_afresh()
    at.to_the_end()
    pin = at.button("Pin")
    pin.press("Enter")
    at.wait("figure.querySelector('.nn-player [aria-pressed=true]')")
    control = figure.control("learning_rate")
    value = other_value(control)
    at.set(control, value)
    at.until_it_shows(learning_rate=value)
    page = at.to_the_end()
    first, second = (run_to(figure, None, **settings) for settings in (
        {}, {"learning_rate": value}))
    settings = [figure.experiment.settings(**each) for each in ({}, {"learning_rate": value})]
    in_no_link = at.element.get_by_text("not the pinned run")
    assert in_no_link.is_visible()
    pinned = Pinned(figure.experiment, settings[0], first.frame())
    here = pinned.beside(second.frame(), settings[1])
    assert page["details"][0][0] == here.details[0][0]
    assert_same_text(page["details"][0][1], here.details[0][1], "details")
    (line, *_), (_, *others) = page["plots"][0]["curves"], page["plots"][1]["curves"]
    assert (line["label"], line["style"]) == ("pinned", "dashed")
    assert len(line["x"]) == pytest.approx(len(here.plots[0].curves[0].x), rel=0.02)
    assert [curve["faint"] for curve in page["plots"][1]["curves"]] == [
        curve.faint for curve in here.plots[1].curves]
    assert len(others) == 3
    assert at.element.locator(".nn-details").get_by_text("learning rate 0.5, not").is_visible()
    at.button("Reset").click()    # it stays where it was pinned
    at.wait("figure.frame.epoch === 0")
    assert at.frame()["details"][0][1].startswith(first.frame().text)
    pin.press("Enter")
    at.wait("figure.querySelector('.nn-player [aria-pressed=false]')")
    assert not in_no_link.is_visible()
    assert all(curve["label"] != "pinned" for plot in at.frame()["plots"]
               for curve in plot.get("curves", []))
    # While a run starts too.
    at.element.evaluate("""figure => {
        const buttons = [...figure.querySelectorAll(".nn-player button")]
        for (const name of ["Reset", "Pin"])
            buttons.find((button) => button.textContent === name).click() }""")
    at.wait("figure.querySelector('.nn-player [aria-pressed=true]')")
    pin.press("Enter")
    at.wait("figure.querySelector('.nn-player [aria-pressed=false]')")
    at.start_afresh()


def draw_on(figure: Figure, visit: Callable[[Figure], Visit]) -> Visit:
    """Be at a figure that is ready to take points."""
    at = visit(figure)
    at.start_afresh()
    at.set(figure.control("data"), "drawn")
    at.until_it_shows(data="drawn")
    return at


takes_points = each_of([each for each in FIGURES if any(
    control.kind == "points" for control in each.experiment.controls)][:1])


@takes_points
def test_points_that_a_reader_draws(figure, visit):
    at = draw_on(figure, visit)
    start = figure.control("points").value
    plane = at.element.locator("canvas.nn-plane").first
    assert_points(at, start)
    # By pointer: a point of class 1 in the lower right, and away again.
    at.element.get_by_role("radio", name="class 1").check()
    box, place_in_page = plane.bounding_box(), plane.evaluate(PLACE_IN_PAGE)
    place = {"x": 0.8 * box["width"], "y": 0.7 * box["height"]}
    plane.click(position=place)
    at.wait(f"figure.frame.plots[0].labels.length === {len(start) + 1}")
    plane.click(position=place)
    at.wait(f"figure.frame.plots[0].labels.length === {len(start)}")
    # Where the keyboard would place one is shown to those who use it.
    at.to_the_end()
    picture = "canvas => canvas.toDataURL()"
    without_cross = plane.evaluate(picture)
    plane.press("ArrowLeft")
    assert plane.evaluate(picture) != without_cross
    plane.press("ArrowRight")
    for count in (1, 0):
        plane.click(position=place)
        at.wait(f"figure.frame.plots[0].labels.length === {len(start) + count}")
    at.to_the_end()
    assert plane.evaluate(picture) == without_cross
    # The address follows a moment later; what is read from it below must not be this point.
    at.page.wait_for_function("() => !location.hash.includes('points=')")
    # By keyboard.
    at.element.get_by_role("radio", name="class 0").check()
    plane.focus()
    for key in ["1", "ArrowRight", "Shift+ArrowUp", "Shift+ArrowUp", "Enter"]:
        at.page.keyboard.press(key)
    at.wait(f"figure.frame.plots[0].labels.length === {len(start) + 1}")
    assert_points(at, [*start, (0.1, 1.0, 1)])
    # In the link.
    at.page.wait_for_function("() => location.hash.includes('points=')")
    link = at.page.evaluate("location.hash")
    at.page.keyboard.press("Delete")
    at.wait(f"figure.frame.plots[0].labels.length === {len(start)}")
    at.page.wait_for_function("() => !location.hash.includes('points=')")
    at.page.evaluate("hash => { location.hash = hash }", link)
    at.wait(f"figure.frame.plots[0].labels.length === {len(start) + 1}")
    assert_points(at, [*start, (0.1, 1.0, 1)])
    # Nothing to learn from is no error, and what is on its way is not shown any more.
    at.button("Clear").click()
    at.element.get_by_text("two classes").first.wait_for()
    at.hear_python_out()
    assert at.element.get_by_text("Draw points of two classes or more").is_visible()
    assert plane.evaluate(PLACE_IN_PAGE) == place_in_page
    plane.click(position={"x": 0.5 * box["width"], "y": 0.5 * box["height"]})
    at.element.get_by_role("radio", name="class 1").check()
    plane.click(position=place)
    at.wait("figure.frame.plots[0].labels.length === 2")
    # Early stopping has to keep some back; that is said, and a step says nothing else.
    at.set(figure.control("stopping"), "early stopping")
    at.element.get_by_text("stopping must be another rule").wait_for()
    at.button("Step").click()
    at.hear_python_out()
    assert at.element.get_by_text("stopping must be another rule").is_visible()
    at.button("Defaults").click()
    at.set(figure.control("data"), "drawn")
    at.set(figure.control("stopping"), "early stopping")
    at.until_it_shows(data="drawn", stopping="early stopping")
    shown = at.frame()["plots"][0]
    assert [curve["label"] for curve in shown["curves"]] == ["kept to validate"]
    assert len(shown["labels"]) + len(shown["curves"][0]["x"]) == len(start)
    at.start_afresh()


@pytest.mark.seldom
@takes_points
def test_presets_keep_the_points_that_a_reader_drew(figure, visit):
    at = draw_on(figure, visit)
    at.button("Clear").click()
    plane = at.element.locator("canvas.nn-plane")
    for label in (0, 1):
        at.element.get_by_role("radio", name=f"class {label}").check()
        plane.press("Shift+ArrowUp")
        plane.press("Enter")
    at.wait("figure.frame.plots[0].labels.length === 2")
    drawn = at.page.evaluate("name => document.getElementById(name).frame.settings.points",
                             figure.name)
    for preset in figure.experiment.presets:
        at.button(preset.name).click()
        at.until_it_shows(**{"points": drawn, **preset.settings})
    at.set(figure.control("data"), "drawn")
    at.until_it_shows(**{"points": drawn, **preset.settings, "data": "drawn"})
    assert_points(at, drawn)
    at.start_afresh()


@pytest.mark.seldom
@each_of([each for each in FIGURES if each.has("table")][:1])
def test_data_that_a_reader_brings(figure, visit):
    """Pasted, from a file, dropped; in the link while they fit; faults are named beside them."""
    at = visit(figure)
    at.start_afresh()
    field = at.element.get_by_role("group", name="Your own data")
    assert not field.is_visible()
    at.set(figure.control("data"), "pasted")
    at.until_it_shows(data="pasted")
    assert_same(at.frame()["plots"][0]["labels"], np.repeat([0.0, 1.0, 2.0], 5))
    # Pasted, by keyboard. A class is text, whatever it looks like.
    text = field.get_by_role("textbox", name="Pasted data")
    hostile = "<img src=x onerror=hacked=1>"
    pasted = f"a;b;kind\n1,5;2;{hostile}\n2;1;B & C\n3;3;{hostile}\n"
    text.fill(pasted)
    text.press("Tab")
    at.page.keyboard.press("Enter")
    at.until_it_shows(data="pasted", table=pasted)
    here = figure.experiment.start(data="pasted", table=pasted)
    here.advance(at.frame()["epoch"])
    plane, expected = at.frame()["plots"][0], by_nnlib(here)["plots"][0]
    for key in ("points", "labels", "classes", "x_label"):
        assert_same(plane[key], expected[key])
    assert at.element.locator("img").count() == 1, "the picture of the page"
    assert at.page.evaluate("typeof hacked") == "undefined"
    at.page.wait_for_function("() => location.hash.includes('table=')")
    link = at.page.evaluate("location.hash")
    # What is wrong.
    text.fill("1,2,a\n3,many,b")
    field.get_by_role("button", name="Train on these").click()
    field.get_by_text("line 2 has 'many' in the place of a number").wait_for()
    assert text.get_attribute("aria-invalid") == "true"
    assert at.button("Pin").is_disabled(), "there is no run"
    # A file, too long for a link; and back, from elsewhere on the page.
    rows = "".join(f"{i},{i % 7},{i % 2}\n" for i in range(900))
    field.get_by_label("or on a file").set_input_files(
        {"name": "many.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    at.until_it_shows(data="pasted", table=rows)
    assert not field.get_by_text("in the place of a number").is_visible()
    assert field.get_by_text("too long for a link").is_visible()
    at.page.wait_for_function("() => location.hash.includes('table=too-long')")
    at.page.evaluate("location.hash = 'elsewhere'")
    at.page.evaluate("new Promise(done => { addEventListener('popstate', done); history.back() })")
    at.hear_python_out()
    assert text.input_value() == rows
    # By the link of the first.
    at.page.evaluate("hash => { location.hash = hash }", link)
    at.until_it_shows(data="pasted", table=pasted)
    # Dropped, and what is no text at all.
    drop = """(field, [name, text]) => {
        const data = new DataTransfer()
        data.items.add(new File([text], name))
        field.dispatchEvent(new DragEvent('drop', {bubbles: true, dataTransfer: data})) }"""
    field.evaluate(drop, ["points.tsv", "1\t2\tx\n3\t4\ty"])
    at.until_it_shows(data="pasted", table="1\t2\tx\n3\t4\ty")
    at.to_the_end()    # which is told too
    field.evaluate(drop, ["large.bin", "\0" * 500_000])
    field.get_by_text("large.bin is too long: 500000 bytes").wait_for()
    field.evaluate(drop, ["long.csv", " " * 200_000])
    field.get_by_text("long.csv is too long: 200000 characters").wait_for()
    heard = at.element.locator(".nn-announcer")
    assert heard.text_content().startswith("long.csv is too long: 200000 characters")
    field.evaluate(drop, ["points.tsv", "1\t2\tx\n3\t4\ty"])    # which the settings have
    field.get_by_text("is too long").wait_for(state="hidden")
    assert text.get_attribute("aria-invalid") is None
    assert at.button("Pin").is_enabled()
    field.evaluate(drop, ["small.bin", "PK\1\2"])
    field.get_by_text("table must have three columns").wait_for()
    # Points around a graph that the reader draws, by keyboard.
    at.set(figure.control("data"), "drawn graph")
    at.until_it_shows(data="drawn graph", table="PK\1\2")
    assert not field.is_visible()
    pad = at.element.get_by_role("application", name="Pad to draw on")
    at.button("Clear").last.click()
    at.element.get_by_text("drawn_graph must have a line from left to right").wait_for()
    pad.focus()
    for key in ["Enter", *["Shift+ArrowLeft"] * 3, "Enter"]:
        at.page.keyboard.press(key)
    # The frame before is of another stroke, of more points.
    at.wait("figure.frame.settings.drawn_graph[0]?.length === 4")
    strokes = at.page.evaluate("name => document.getElementById(name).frame.settings.drawn_graph",
                               figure.name)
    here = figure.experiment.start(data="drawn graph", drawn_graph=strokes)
    assert_same(at.frame()["plots"][0]["points"], here.data.X.astype(np.float32).astype(float))
    at.start_afresh()
    assert not pad.is_visible()


def assert_points(at: Visit, points: Any) -> None:
    plane = at.frame()["plots"][0]
    np.testing.assert_allclose(plane["points"], [point[:2] for point in points], atol=1e-6)
    np.testing.assert_array_equal(plane["labels"], [point[2] for point in points])


# Of any figure


@each_of(FIGURES)
def test_a_figures_name_is_nobody_elses(figure, site):
    """A heading's name comes from its words."""
    assert (site / figure.page).read_text(encoding="utf-8").count(f' id="{figure.name}"') == 1


@each_of(PATIENT)
def test_a_figure_ends_where_nnlib_does(figure, visit):
    at = visit(figure)
    at.start_afresh()
    page = at.to_the_end()
    here = by_nnlib(run_to(figure, page["epoch"]))
    (assert_same if figure.repeats else assert_alike)(page, here)
    # What the reader sees is this frame.
    assert at.element.locator(".nn-text").text_content() == page["text"]
    assert at.element.locator("canvas:visible").count() == len(page["plots"])
    assert not at.element.locator("img").is_visible()
    # What those hear who do not see it: where each curve with a name ends.
    for canvas, plot in zip(at.element.locator("canvas").all(), page["plots"], strict=True):
        for curve in plot.get("curves", []) if plot["kind"] == "chart" else []:
            assert curve["label"] in canvas.get_attribute("aria-label")


@each_of(PATIENT)
def test_every_control_sets_what_it_says(figure, visit):
    at = visit(figure)
    for control in figure.experiment.controls:
        if control.kind in ("points", "strokes", "table"):
            continue
        at.start_afresh()
        assert at.disabled() == disabled_by(figure)
        settings = at_work(figure, control)
        settings[control.name] = other_value(control)
        for name, value in settings.items():
            at.set(figure.control(name), value)
        at.until_it_shows(**settings)
        assert at.disabled() == disabled_by(figure, **settings)
        page = at.frame() if figure.trains else at.to_the_end()
        here = run_to(figure, page["epoch"], **settings)
        (assert_same if figure.repeats else assert_alike)(page, by_nnlib(here))
        at.page.wait_for_function("name => location.hash.includes(name + '=')", arg=control.name)


@each_of(PATIENT)
def test_play_pause_step_and_reset(figure, visit):
    at = visit(figure)
    at.start_afresh()
    if not at.button("Reset").is_visible():
        assert run_to(figure, None).finished, "a figure that goes on in time has buttons for it"
        return
    text = at.element.locator(".nn-text")
    at.button("Reset").click()
    start = by_nnlib(figure.experiment.start())
    text.filter(has_text=start["text"]).wait_for()
    assert_same(at.frame(), start)
    session = figure.experiment.start()
    for _ in range(3):
        before = text.inner_text()
        at.button("Step").click()
        at.until_it_says_other_than(before)
        session.advance()
    assert_same(at.frame(), by_nnlib(session))
    before = text.inner_text()
    at.button("Play").click()
    at.until_it_says_other_than(before)
    at.pause()
    paused = text.inner_text()
    at.hear_python_out()
    assert text.inner_text() == paused


@each_of(PATIENT)
def test_presets_set_the_controls_and_say_why(figure, visit):
    at = visit(figure)
    for preset in figure.experiment.presets:
        at.start_afresh()
        at.button(preset.name).click()
        at.until_it_shows(**preset.settings)
        assert at.element.locator(".nn-why").inner_text() == preset.why
        shown, expected = at.shown(), figure.experiment.settings(**preset.settings)
        for name, value in shown.items():
            assert str(value) == str(expected[name]) or value == expected[name], name
        at.pause()
        assert at.element.locator(".nn-note:visible").count() == 0


@each_of(PATIENT)
def test_the_code_brings_the_net_to_what_is_shown(figure, visit, capsys):
    at = visit(figure)
    at.start_afresh()
    session = figure.experiment.start()
    if at.button("Reset").is_visible():
        at.button("Reset").click()
        at.element.locator(".nn-text").filter(has_text=by_nnlib(session)["text"]).wait_for()
        at.button("Step").click()
        session.advance()
        at.element.locator(".nn-text").filter(has_text=by_nnlib(session)["text"]).wait_for()
    at.button("Show the code").click()
    at.hear_python_out()    # the code of an earlier look may still stand there
    code = at.element.locator(".nn-code code[translate=no]").inner_text()
    at.button("Hide the code").click()
    assert code.strip() == session.code().strip()
    exec(compile(code, "code", "exec"), {"__name__": "code"})


@each_of(PATIENT)
def test_a_figure_on_a_phone(figure, visit):
    at = visit(figure)
    at.page.set_viewport_size(PHONE)
    try:
        at.start_afresh()
        at.pause()
        assert at.page.evaluate("document.documentElement.scrollWidth") <= 390
        for canvas in at.element.locator("canvas").all():
            box = canvas.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
            assert box["height"] > 150
    finally:
        at.page.set_viewport_size(DESKTOP)


@each_of([each for each in PATIENT if each.trains and each.has("learning_rate")])
def test_a_figure_says_that_the_step_is_too_long(figure, visit):
    at = visit(figure)
    at.start_afresh()
    control = figure.control("learning_rate")
    places = math.floor(math.log10(control.high / control.low) / control.step + 1e-6)
    last = min(float(f"{control.low * 10 ** (control.step * places):.1e}"), control.high)
    at.set(control, last)
    at.until_it_shows(learning_rate=last)
    page = at.to_the_end()
    warning = at.element.get_by_role("alert")
    assert warning.inner_text().endswith(page["warning"])
    assert "step" in page["warning"]
    # Numbers of a net that diverges differ from machine to machine; the sentence does not.
    here = run_to(figure, None, learning_rate=last).frame().warning
    assert without_numbers(page["warning"]) == without_numbers(here)
    at.start_afresh()
    at.pause()
    assert not warning.is_visible()


@each_of(PATIENT)
def test_a_figure_in_use_is_accessible(figure, visit):
    """With its code open, a preset's reason, and in both themes, which it follows at once."""
    at = visit(figure)
    at.start_afresh()
    if figure.experiment.presets:
        at.button(figure.experiment.presets[0].name).click()
    at.pause()
    at.button("Show the code").click()
    corner = """document.querySelector(`#${name} canvas`)
        .getContext('2d').getImageData(1, 1, 1, 1).data[0]"""
    for theme, follows in [("dark", "< 64"), ("light", "> 224")]:
        at.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        at.wait(f"{corner} {follows}")
        at.reader.settle()
        assert grave_faults(at.page, f"#{at.figure.name}") == []
    at.button("Hide the code").click()
