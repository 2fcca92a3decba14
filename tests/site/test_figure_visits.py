"""A live figure met by a reader who comes for the first time, on all sorts of ways and days."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from faults import as_octets
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
from readers import DESKTOP, PHONE
from thoroughness import EVERYTHING

pytestmark = pytest.mark.usefixtures("site_with_python")


@pytest.mark.seldom
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
    note = reader.page.locator(".nn-caption-note")
    assert not note.is_visible()
    at.set(figure.control("stopping"), "early stopping")
    loading = at.element.locator(".nn-loading")
    loading.wait_for()
    assert at.element.locator(".nn-announcer").inner_text().startswith("Loading Python")
    assert picture.evaluate(PLACE_IN_PAGE) == before
    assert not text.is_visible()
    assert note.is_visible(), "the caption is that of the first picture"
    frame = at.to_the_end()
    assert_same(frame, by_nnlib(run_to(figure, frame["epoch"], stopping="early stopping")))
    assert picture.evaluate(PLACE_IN_PAGE)[:2] == before[:2]
    assert text.evaluate(LENGTH) > 1.5 * one_line, "this run should end with two lines"
    assert reader.faults == []


HEIGHTS = """() => [...document.querySelectorAll('nn-lab')].map(figure => [figure.offsetHeight,
  figure.querySelector('img').getBoundingClientRect().top - figure.getBoundingClientRect().top])"""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["wide", "narrow"])
@pytest.mark.parametrize("page", sorted({each.page for each in FIGURES} if EVERYTHING else {
    "index.html", BUSIEST[0].page}))
def test_controls_that_come_late_move_nothing(page, viewport, server, new_reader):
    """The page keeps room for them; for the words beside a pad not all of it."""
    reader, waiting = new_reader(viewport=viewport), []
    reader.page.route("**/live/nn-lab.js", lambda route: waiting.append(route))
    with reader.page.expect_request("**/live/nn-lab.js"):
        reader.go(f"{server}/{quote(page)}")
    before = reader.page.evaluate(HEIGHTS)
    (route,) = waiting
    route.continue_()
    reader.page.locator("nn-lab .nn-announcer").last.wait_for(state="attached")
    figures = [each for each in FIGURES if each.page == page]
    places = {name: place for place, name in enumerate(reader.page.locator(
        "nn-lab").evaluate_all("all => all.map(each => each.id)"))}
    after = reader.page.evaluate(HEIGHTS)
    assert len(places) == len(figures)
    for figure in figures:
        pads = sum(control.kind == "strokes" for control in figure.experiment.controls)
        (height, top), (later, still) = before[places[figure.name]], after[places[figure.name]]
        assert top == pytest.approx(still, abs=1)
        assert 0 <= round(later - height) <= 1 + 120 * pads * bool(figure.experiment.source)
    assert reader.faults == []


def test_nobody_keeps_room_for_controls_that_do_not_come(server, without_javascript):
    without_javascript.page.goto(f"{server}/{quote(BUSIEST[0].page)}")
    assert without_javascript.page.locator("nn-lab > .nn-picture").first.is_visible()
    for room in without_javascript.page.locator(".nn-room").all():
        assert room.evaluate("each => each.offsetHeight") == 0
    without_javascript.leave()


def waiting_for_python(server, new_reader):
    """Someone at a figure that trains, and the requests for Python's own file, not yet answered."""
    figure = next(each for each in FIGURES if each.trains)
    reader, waiting = new_reader(), []
    reader.page.route("**/pyodide/*.wasm", lambda route: waiting.append(route))
    reader.go(f"{server}/{quote(figure.page)}")
    return reader, Visit(reader, figure), waiting


@pytest.mark.seldom
def test_while_python_is_on_its_way_a_recording_is_shown(server, new_reader):
    """It says that it is one; what Python sends takes its place where it has come as far."""
    reader, at, waiting = waiting_for_python(server, new_reader)
    figure = at.figure
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
    assert "recorded" not in at.element.inner_text()
    assert reader.faults == []


@pytest.mark.seldom
def test_a_recorded_picture_says_so_as_long_as_it_is_seen(server, new_reader):
    """When it is paused, and when Python never comes."""
    _, at, waiting = waiting_for_python(server, new_reader)
    loading = at.element.locator(".nn-loading").filter(has_text="What you see was recorded.")
    at.button("Play").click()
    loading.wait_for()
    at.button("Pause").click()
    assert loading.is_visible()
    epoch = at.element.locator(".nn-text").text_content()
    at.page.wait_for_timeout(300)    # some frames of it
    assert at.element.locator(".nn-text").text_content() == epoch
    for route in waiting:
        route.fulfill(status=404)
    at.element.locator(".nn-note").filter(has_text="What you see was recorded.").wait_for()
    assert at.element.locator(".nn-text").text_content() == epoch


def test_a_recording_that_did_not_come_is_asked_for_again(server, new_reader):
    figure = next(each for each in FIGURES if each.trains and each.page[:2].isdigit())
    reader = new_reader()
    answers = [{"status": 503}]
    reader.page.route("**/recorded/**", lambda route: (
        route.fulfill(**answers.pop()) if answers else route.continue_()))
    reader.page.route("**/pyodide/*.wasm", lambda route: None)
    reader.go(f"{server}/{quote(figure.page)}")
    at = Visit(reader, figure)
    with reader.page.expect_response(lambda response: response.status == 503):
        at.element.scroll_into_view_if_needed()
    at.button("Play").click()
    at.element.locator(".nn-loading").filter(has_text="What you see was recorded.").wait_for()


SAVES_DATA = """Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"""


@pytest.mark.parametrize("saves", [False, True])
def test_what_play_shows_first_is_fetched_when_a_figure_is_seen(saves, server, new_reader):
    figure = next(each for each in FIGURES if each.trains and each.page[:2].isdigit())
    reader = new_reader()
    if saves:
        reader.context.add_init_script(SAVES_DATA)
    asked = []
    reader.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    reader.go(f"{server}/{quote(figure.page)}")
    recorded = f"{figure.name}-0.bin"
    assert recorded not in asked
    Visit(reader, figure).element.scroll_into_view_if_needed()
    if saves:    # an observer of the test's own, begun later, has told what is in sight
        reader.page.evaluate("""name => new Promise(seen => new IntersectionObserver(
            () => requestAnimationFrame(seen)).observe(document.getElementById(name)))""",
            figure.name)
        assert recorded not in asked
    else:
        reader.page.wait_for_function(
            "name => performance.getEntriesByType('resource').some(e => e.name.endsWith(name))",
            arg=recorded)
    assert not [name for name in asked if name.endswith((".wasm", ".whl"))]


def test_recordings_are_light(site):
    files = list((site / "recorded").iterdir())
    assert len(files) >= sum(1 + len(each.experiment.presets) for each in FIGURES)
    assert max(file.stat().st_size for file in files) <= 60_000


@pytest.mark.seldom
@pytest.mark.parametrize("scrolled", [False, True] if EVERYTHING else [True])
def test_the_first_touch_moves_nothing_away_on_a_phone(scrolled, server, phone):
    """Plots one below the other are higher than the picture: what is below stays on the screen.

    There the plane stays in sight too, and a swipe that begins on a slider only scrolls.
    """
    (figure,) = BUSIEST
    phone.go(f"{server}/{quote(figure.page)}")
    at, page = Visit(phone, figure), phone.page
    play = at.element.locator(".nn-main")    # Play, and Pause meanwhile
    top, height = "e => e.getBoundingClientRect().top", "e => e.offsetHeight"
    play.evaluate("e => e.scrollIntoView({block: 'end'})")
    figure_height = at.element.evaluate(height)
    play.click()
    if scrolled:    # while Python loads, the reader reads on
        page.evaluate("scrollBy({top: innerHeight / 2, behavior: 'instant'})")
    before = play.evaluate(top)
    at.wait("figure.classList.contains('nn-live')")
    assert at.element.evaluate(height) > figure_height + 100
    assert play.evaluate(top) == pytest.approx(before, abs=2)
    at.hear_python_out()    # nor does the browser move it of its own accord
    assert play.evaluate(top) == pytest.approx(before, abs=2)
    slider = at.element.locator("[type=range]").last
    slider.evaluate("e => e.scrollIntoView({block: 'center', behavior: 'instant'})")
    plane = at.element.locator("canvas").first.bounding_box()
    assert 0 <= plane["y"]
    assert plane["y"] + plane["height"] < slider.bounding_box()["y"]
    shown, scrolled_to = at.shown(), page.evaluate("scrollY")
    swipe_up(page, slider.bounding_box())
    assert page.evaluate("scrollY") > scrolled_to + 50
    assert at.shown() == shown
    at.set(figure.control("data"), "drawn")
    picker = at.element.get_by_role("group", name="Draw points")
    assert picker.evaluate("""e => {
        do e = e.nextElementSibling; while (e.hidden)
        return e.contains(document.querySelector('canvas')) }""")
    phone.leave()
    assert phone.faults == []


def swipe_up(page: Any, box: dict[str, float]) -> None:
    """A finger that comes down on the far end of a slider, and goes up."""
    session = page.context.new_cdp_session(page)
    x, y = box["x"] + 0.95 * box["width"], box["y"] + box["height"] / 2
    for kind, places in [("touchStart", [y]), *[("touchMove", [y - 12 * i]) for i in range(1, 15)],
                         ("touchEnd", [])]:
        session.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [{"x": x, "y": place} for place in places]})
        page.wait_for_timeout(16)
    page.wait_for_timeout(300)    # the page glides on
    session.detach()


# What is missing, what comes in its place, and what the reader is told.
MISSING = [
    ("**/pyodide/**", {"status": 404}, "pyodide-lock.json was not part of this copy of the site"),
    ("**/pyodide/numpy*", {"status": 404}, ".whl was not part of this copy of the site"),
    ("**/pyodide/python_stdlib.zip", {"status": 500}, "the server answered 500"),
    ("**/pyodide/nnlib*", {"status": 200, "content_type": "text/html", "body": "<!doctype html>"},
     "the server sent something else (text/html)"),
    ("**/pyodide/pyodide.asm.wasm", {"status": 200, "body": "\0asm and no more"},
     "Python could not be started"),
]


def answering(answer: dict[str, Any]) -> Callable[[Any], None]:
    return lambda route: route.fulfill(**answer)


@pytest.mark.seldom
@pytest.mark.parametrize("touch", ["Defaults", "Show the code"] if EVERYTHING else ["Defaults"])
def test_files_that_are_missing(touch, server, new_reader):
    """One fault after the other, named at once, until the files are back, and with them Python."""
    figure = FIGURES[0]
    reader = new_reader()
    came: list[str] = []
    reader.context.on("response", lambda answer: came.append(answer.url) if answer.ok else None)
    reader.go(f"{server}/{quote(figure.page)}")
    at = Visit(reader, figure)
    note = at.element.locator(".nn-note:visible")
    for files, answer, says in MISSING:
        reader.context.route(files, answering(answer))
        at.button(touch).click()
        touch = "Start again"
        note.get_by_text(says).wait_for()
        assert "Traceback" not in note.inner_text()
        assert at.element.locator("img:visible, canvas:visible").count()
        reader.context.unroute(files)
    locks = [url for url in came if url.endswith("pyodide-lock.json")]
    assert len(locks) == 1, "what has come is not asked for again"
    # Of another type than it should be, Python is none the worse.
    reader.context.route("**/*.wasm", as_octets)
    at.button(touch).click()
    at.to_the_end()
    assert note.count() == 0


# The sha256 of the files that are kept, once there are so many, or after a minute.
KEPT = """async count => {
  for (let i = 0; ; i++) {
    const found = []
    for (const name of await caches.keys())
      for (const {url} of await (await caches.open(name)).keys())
        found.push(url.split('sha256=')[1])
    if (found.length === count || i === 600) return found.sort()
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}"""


@pytest.mark.seldom
def test_python_is_kept_for_the_next_visit(site, server, new_reader):
    """By what is in its files: of another edition, what is new is fetched, and is not kept if it is
    not what the lock says.
    """
    lock = json.loads((site / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    scripts = {"pyodide.js", "pyodide.asm.js"}
    numpy, nnlib = (lock["packages"][name] for name in ("numpy", "nnlib"))
    right = sorted([*(lock["core"][name] for name in lock["core"].keys() - scripts),
                    numpy["sha256"], nnlib["sha256"]])
    figure = FIGURES[0]
    reader = new_reader()
    asked: list[str] = []
    reader.context.on("request", lambda each: asked.append(each.url))

    def asked_for_python() -> set[str]:
        asked.clear()
        reader.go(f"{server}/{quote(figure.page)}")
        at = Visit(reader, figure)
        at.button("Defaults").click()
        at.wait("figure.frame")
        return {url.rpartition("/")[2] for url in asked if "/pyodide/" in url}

    assert asked_for_python() == {
        "pyodide-lock.json", *lock["core"], numpy["file_name"], nnlib["file_name"]}
    assert reader.page.evaluate(KEPT, 4) == right
    assert asked_for_python() == {"pyodide-lock.json", *scripts}
    # Another edition, whose NumPy is not what its lock says.
    right.remove(numpy["sha256"])
    numpy["sha256"] = "0" * 64
    reader.context.route("**/pyodide-lock.json", lambda route: route.fulfill(json=lock))
    assert asked_for_python() == {"pyodide-lock.json", *scripts, numpy["file_name"]}
    assert reader.page.evaluate(KEPT, 3) == right
    assert reader.faults == []


PRETEND = """() => { window.Worker = class {
  constructor() { window.worker = this }
  postMessage() {}
  terminate() {}
} }"""


def test_no_verdict_while_bytes_come(server, new_reader):
    figure = FIGURES[0]
    reader = new_reader()
    reader.page.clock.install()
    reader.page.route("**/recorded/**", lambda route: route.abort())
    reader.go(f"{server}/{quote(figure.page)}")
    reader.page.evaluate(PRETEND)
    at = Visit(reader, figure)
    saves = """saveData => { Object.defineProperty(navigator, 'connection',
        {configurable: true, value: {saveData}}) }"""
    for saves_data in (True, False):    # Python is loaded for who comes near, but not then
        reader.page.evaluate(saves, saves_data)
        reader.page.mouse.move(0, 0)
        at.button("Defaults").hover()
        assert reader.page.evaluate("'worker' in window") != saves_data
    at.button("Defaults").click()
    at.element.get_by_text("Loading Python", exact=True).first.wait_for()
    for loaded in (1e6, 2e6, 3e6):
        reader.page.clock.fast_forward(50_000)
        reader.page.evaluate("""loaded => worker.onmessage(
            {data: {type: 'progress', loaded, total: 16.9e6}})""", loaded)
    at.element.locator(".nn-loading", has_text="3.0 of 16.9 MB").wait_for()
    assert at.element.locator(".nn-announcer").inner_text() == "Loading Python: 3.0 of 16.9 MB"
    assert not at.button("Start again").is_visible()
    reader.page.clock.fast_forward(61_000)
    at.button("Start again").wait_for()


GO_ON = """async () => {
  const bytes = Uint8Array.from([0, 97, 115, 109, 1, 2, 3]), asked = []
  window.fetch = async (address, {headers}) => {
    asked.push(headers.Range ?? '')
    if (asked.length > 1) return new Response(bytes.slice(3), {status: 206})
    return new Response(new ReadableStream({
      start: line => line.enqueue(bytes.slice(0, 3)),
      pull: line => line.error(new TypeError('network error')),
    }, {highWaterMark: 0}))
  }
  const script = document.createElement('script')
  script.src = 'live/download.js'
  const loaded = new Promise(resolve => { script.onload = resolve })
  document.head.append(script)
  await loaded
  const told = [], download = new Download('pyodide/', loaded => told.push(loaded))
  const fault = await download.fetch(['a.wasm']).catch(error => error.message)
  await download.fetch(['a.wasm'])
  return [fault, asked, told, [...download.bytes('a.wasm')]]
}"""


def test_a_line_that_broke_goes_on_where_it_broke(server, light):
    light.stay(f"{server}/{quote(FIGURES[0].page)}")
    fault, asked, told, came = light.page.evaluate(GO_ON)
    light.leave()
    assert "a.wasm did not come" in fault
    assert asked == ["", "bytes=3-"]
    assert told == [3, 7]
    assert came == [0, 97, 115, 109, 1, 2, 3]


def test_a_page_opened_as_a_file(site, new_reader):
    figure = FIGURES[0]
    reader = new_reader()
    reader.page.goto((site / figure.page).as_uri())
    said = []
    reader.page.on("dialog", lambda dialog: said.append(dialog.message) or dialog.dismiss())
    reader.page.get_by_role("link", name="Run in the browser").click()
    assert "web server (http), and not on files" in said[0]
    element = reader.page.locator(f"#{figure.name}")
    element.get_by_text("on pages that come from a web server (http), and not on files").wait_for()
    assert element.locator("img").is_visible()
    assert element.locator("button").count() == 0


@pytest.mark.seldom
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
    at.start_afresh()
    at.to_the_end()
    assert reader.faults == []
