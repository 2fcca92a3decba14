"""A live figure met by a reader who comes for the first time, on all sorts of ways and days."""

from typing import Any
from urllib.parse import quote

import pytest
from live_figures import (
    BUSIEST,
    FIGURES,
    LENGTH,
    PLACE_IN_PAGE,
    Visit,
    assert_same,
    by_nnlib,
    markup,
    run_to,
)
from thoroughness import EVERYTHING

pytestmark = pytest.mark.usefixtures("site_with_python")


def test_a_first_visit_at_the_root(server_at_root, new_reader):
    """All others are below a sub-path: whatever folder the site is put in, figures find Python.

    What a figure says moves nothing, neither while Python loads, nor at the end of a run, when
    there is more to say.
    """
    (figure,) = BUSIEST
    reader = new_reader()
    reader.go(f"{server_at_root}/{quote(figure.page)}")
    at = Visit(reader, figure)
    picture, text = at.element.locator(".nn-picture"), at.element.locator(".nn-text")
    before, one_line = picture.evaluate(PLACE_IN_PAGE), text.evaluate(LENGTH)
    at.set(figure.control("stopping"), "early stopping")
    at.element.locator(".nn-loading").wait_for()
    assert picture.evaluate(PLACE_IN_PAGE) == before
    assert not text.is_visible()
    frame = at.to_the_end()
    assert_same(frame, by_nnlib(run_to(figure, frame["epoch"], stopping="early stopping")))
    assert picture.evaluate(PLACE_IN_PAGE)[:2] == before[:2]
    assert text.evaluate(LENGTH) > 1.5 * one_line, "this run should end with two lines"
    assert reader.faults == []


def test_while_python_is_on_its_way_a_recording_is_shown(server, new_reader):
    """It says that it is one; what Python sends takes its place where it has come as far."""
    figure = next(each for each in FIGURES if each.trains)
    reader = new_reader()
    waiting = []
    reader.page.route("**/pyodide/*.wasm", lambda route: waiting.append(route))
    reader.go(f"{server}/{quote(figure.page)}")
    at = Visit(reader, figure)
    last = run_to(figure, None).frame()
    at.button("Play").click()
    at.element.locator(".nn-text").filter(has_text=last.text).wait_for(state="attached")
    assert at.element.locator("canvas:visible").count() == len(last.plots)
    assert "recorded" in at.element.locator(".nn-loading").inner_text()
    assert at.page.evaluate("name => document.getElementById(name).frame", figure.name) is None
    says = "name => document.querySelector(`#${name} .nn-text`).textContent"
    at.page.evaluate("""name => {
        window.said = new Set()
        const figure = document.getElementById(name)
        new MutationObserver(() => said.add(figure.querySelector('.nn-text').textContent))
            .observe(figure, {subtree: true, childList: true})
    }""", figure.name)
    for route in waiting:
        route.continue_()
    assert_same(at.to_the_end(), by_nnlib(run_to(figure, None)))
    assert at.page.evaluate(says, figure.name) == last.text
    assert set(at.page.evaluate("[...said]")) == {last.text}, "it went back to an earlier epoch"
    # A setting that was not recorded has to wait for Python: nothing that is shown is another's.
    assert reader.faults == []


def test_recordings_are_light(site):
    files = list((site / "recorded").iterdir())
    assert len(files) >= sum(1 + len(each.experiment.presets) for each in FIGURES)
    assert max(file.stat().st_size for file in files) <= 60_000


@pytest.mark.parametrize("scrolled", [False, True] if EVERYTHING else [True])
def test_the_first_touch_moves_nothing_away_on_a_phone(scrolled, server, phone):
    """Plots one below the other are higher than the picture: what is below stays on the screen."""
    (figure,) = BUSIEST
    phone.go(f"{server}/{quote(figure.page)}")
    at, page = Visit(phone, figure), phone.page
    play = at.element.locator(".nn-main")    # Play, and Pause meanwhile
    top, height = "e => e.getBoundingClientRect().top", "e => e.offsetHeight"
    play.evaluate("e => e.scrollIntoView({block: 'end'})")
    picture = at.element.locator(".nn-picture").evaluate(height)
    play.click()
    if scrolled:    # while Python loads, the reader reads on
        page.evaluate("scrollBy({top: innerHeight / 2, behavior: 'instant'})")
    before = play.evaluate(top)
    at.wait("figure.classList.contains('nn-live')")
    assert at.element.locator(".nn-picture").evaluate(height) > picture + 100
    assert play.evaluate(top) == pytest.approx(before, abs=2)
    at.hear_python_out()    # nor does the browser move it of its own accord
    assert play.evaluate(top) == pytest.approx(before, abs=2)
    assert phone.faults == []


# What is missing, and what the reader is told.
MISSING = {
    "**/pyodide/**": "were not part of this copy of the site",
    "**/pyodide/pyodide.asm.wasm": "",
    "**/pyodide/nnlib*": "some of its files could not be loaded",
    "**/pyodide/numpy*": "some of its files could not be loaded",
    "**/pyodide/python_stdlib.zip": "",
}


@pytest.mark.parametrize(("touch", "missing"), [
    ("Defaults", list(MISSING)), ("Show the code", list(MISSING)),
] if EVERYTHING else [("Defaults", list(MISSING)[:2])])
def test_files_that_are_missing(touch, missing, server, new_reader):
    """One fault after the other, until the files are back, and with them Python."""
    figure = FIGURES[0]
    reader = new_reader()
    reader.page.clock.install()    # a loader that never settles is given up after a minute
    reader.go(f"{server}/{quote(figure.page)}")
    at = Visit(reader, figure)
    note = at.element.locator(".nn-note:visible")
    for files in missing:
        reader.context.route(files, lambda route: route.fulfill(status=404, body=""))
        with reader.page.expect_response(lambda response: response.status == 404):
            at.button(touch).click()
        touch = "Start again"
        while not at.button(touch).is_visible():
            if files.endswith(".wasm"):
                reader.page.clock.fast_forward(60_000)
            reader.page.wait_for_timeout(100)
        assert MISSING[files] in note.inner_text()
        assert "Traceback" not in note.inner_text()
        assert at.element.locator("img").is_visible()
        reader.context.unroute(files)
    at.button(touch).click()
    at.to_the_end()
    assert note.count() == 0


def test_a_page_opened_as_a_file(site, new_reader):
    figure = FIGURES[0]
    reader = new_reader()
    reader.page.goto((site / figure.page).as_uri())
    element = reader.page.locator(f"#{figure.name}")
    element.get_by_text("on pages that come from a web server (http), and not on files").wait_for()
    assert element.locator("img").is_visible()
    assert element.locator("button").count() == 0


def test_a_strict_security_policy(site, server, new_reader):
    """Our own part needs no inline script, no eval, no other host."""
    policy = ("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
              "img-src 'self' data:; style-src 'self' 'unsafe-inline'")
    figure = FIGURES[0]
    bare = (f"<!doctype html><title>A figure</title>{markup(site, figure)}"
            '<link rel="stylesheet" href="live/nn-lab.css"><script src="live/start.js"></script>')
    reader = new_reader()

    def answer(route: Any) -> None:
        if route.request.url.endswith("/bare.html"):
            route.fulfill(body=bare, content_type="text/html",
                          headers={"Content-Security-Policy": policy})
            return
        response = route.fetch()
        route.fulfill(response=response,
                      headers={**response.headers, "Content-Security-Policy": policy})

    reader.context.route("**/*", answer)
    reader.go(f"{server}/bare.html")
    at = Visit(reader, figure)
    at.wait("figure.querySelector('button')")
    at.start_afresh()
    at.to_the_end()
    assert reader.faults == []
