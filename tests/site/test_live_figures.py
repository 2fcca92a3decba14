"""The live figures: every `<nn-lab>` of the built site, run by its readers and beside nnlib itself.

The browser can reach no host but this one.
"""

import json
import math
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import axe_playwright_python
import numpy as np
import pytest
from built_site import CHAPTERS, EVERYTHING, SITE
from faults import give_up

from nnlib.live.controls import Control
from nnlib.live.lab import Experiment, Session
from nnlib.live.packing import pack

SEED = 20_261
RANDOM_LINKS, RANDOM_MOVES = 500, 500
# What these show is rounding, or grows out of it: it differs from machine to machine.
CHAOTIC = {"step", "activation-lab"}
HOSTILE = [
    "<img src=x onerror=hacked=1>", "javascript:hacked=1", "');hacked=1//", "__proto__",
    "constructor", "%", "%zz", "%00", "\u202eabc", "NaN", "Infinity", "-1e999", "0x10", "1e3",
    "", " ", "null", "[object Object]", "😀" * 9, "9" * 400, "a" * 3000, "1;2", "true", "0",
]


class Figure(NamedTuple):
    """A live figure, as its page has it."""

    page: str
    name: str
    experiment: Experiment

    def control(self, name: str) -> Control:
        return next(control for control in self.experiment.controls if control.name == name)

    def __str__(self) -> str:
        return f"{self.page}-{self.name}"

    @property
    def trains(self) -> bool:
        return not self.experiment.source

    @property
    def repeats(self) -> bool:
        """Whether the page's Python gets the same numbers; nets that a function trains may not."""
        return self.name not in CHAOTIC and "nnlib." not in self.experiment.source

    def has(self, name: str) -> bool:
        return any(control.name == name for control in self.experiment.controls)


class Elements(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.figures: list[Figure] = []
        self._page = path.name
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "nn-lab":
            values = dict(attrs)
            experiment = Experiment.from_json(values["data-experiment"])
            self.figures.append(Figure(self._page, values["id"], experiment))


@cache
def figures_of(site: Path) -> list[Figure]:
    return [figure for path in sorted(site.glob("*.html")) for figure in Elements(path).figures]


FIGURES = figures_of(SITE)
# Of later chapters, whose figures train longer, `make test` looks only at the start.
PATIENT = FIGURES if EVERYTHING else [
    each for each in FIGURES if each.page not in CHAPTERS or each.page in CHAPTERS[:5]
]
# Scope "module" lets pytest bring all tests of a figure together: Python starts once for them.
every_figure = pytest.mark.parametrize("figure", FIGURES, ids=str, scope="module")
figures = pytest.mark.parametrize("figure", PATIENT, ids=str, scope="module")
figures_with_a_rate = pytest.mark.parametrize(
    "figure", [each for each in PATIENT if each.trains and each.has("learning_rate")], ids=str,
    scope="module",
)


# What a page shows, and what nnlib says


FRAME = """name => JSON.stringify(document.getElementById(name).frame,
  (key, value) => ArrayBuffer.isView(value)
    ? {shape: value.shape, values: Array.from(value, String)} : value)"""


def on_page(text: str) -> dict[str, Any]:
    """The frame that the page last received, without the settings that it belongs to."""

    def restored(fields: dict[str, Any]) -> Any:
        if set(fields) == {"shape", "values"}:
            return np.array(fields["values"], float).reshape(fields["shape"])
        return fields

    frame = json.loads(text, object_hook=restored)
    del frame["settings"]
    return frame


def by_nnlib(session: Session) -> dict[str, Any]:
    """The frame of a session that runs here, packed and unpacked as for the page."""
    header, body = pack(session.frame())

    def restored(fields: dict[str, Any]) -> Any:
        if set(fields) == {"dtype", "shape", "offset"}:
            count = math.prod(fields["shape"])
            flat = np.frombuffer(body, "<" + fields["dtype"], count, fields["offset"])
            return flat.reshape(fields["shape"]).astype(float)
        return fields

    return json.loads(header, object_hook=restored)


def run_to(figure: Figure, epoch: int | None, **settings: Any) -> Session:
    """A session that runs here, at an epoch; without one, at its end."""
    session = figure.experiment.start(**settings)
    if figure.trains:
        session.advance(10**6 if epoch is None else epoch)
    while not session.finished and session.frame().epoch != epoch:
        session.advance()
    return session


def assert_same(page: Any, here: Any, where: str = "frame") -> None:
    """Equal, but for rounding: numbers to 1e-6, texts as they are written, pixels nearly all."""
    if isinstance(here, dict):
        assert page.keys() == here.keys(), where
        for key, value in here.items():
            assert_same(page[key], value, f"{where}.{key}")
    elif isinstance(here, list):
        assert len(page) == len(here), where
        for number, value in enumerate(here):
            assert_same(page[number], value, f"{where}[{number}]")
    elif isinstance(here, np.ndarray):
        assert page.shape == here.shape, where
        if where.endswith((".winner", ".share", ".lead")):
            assert np.mean(np.abs(page - here) > 1) < 0.005, where
        else:
            np.testing.assert_allclose(page, here, rtol=1e-5, atol=1e-6, err_msg=where)
    elif isinstance(here, str):
        assert_same_text(page, here, where)
    elif isinstance(here, float):
        assert page == pytest.approx(here, rel=1e-9), where
    else:
        assert page == here, where


def without_numbers(text: str) -> str:
    """What repeats on every machine of a text about numbers that do not."""
    return re.sub(r"\d+", "#", text)


def assert_alike(page: dict[str, Any], here: dict[str, Any]) -> None:
    """The same plots, and curves that begin alike: later ones show what rounding grows into."""
    assert len(page["plots"]) == len(here["plots"])
    for ours, theirs in zip(page["plots"], here["plots"], strict=True):
        for key in ("kind", "title", "x_label", "y_label"):
            assert ours.get(key) == theirs.get(key)
        for one, other in zip(ours.get("curves", []), theirs.get("curves", []), strict=True):
            assert without_numbers(one["label"]) == without_numbers(other["label"])
            if ours["kind"] == "chart" and len(other["y"]) > 20:
                np.testing.assert_allclose(one["y"][:5], other["y"][:5], rtol=1e-3)


def assert_same_text(page: str, here: str, where: str) -> None:
    number = r"[-−]?\d+\.?\d*(?:e[-+]?\d+)?"
    assert re.sub(number, "#", page) == re.sub(number, "#", here), where
    for ours, theirs in zip(re.findall(number, page), re.findall(number, here), strict=True):
        if ours != theirs:    # the last digit shown
            assert float(ours) == pytest.approx(float(theirs), rel=2e-3, abs=1e-3), where


# A reader at a figure


@pytest.fixture(scope="session", autouse=True)
def site_with_python(site: Path) -> None:
    if not (site / "pyodide").is_dir():
        give_up(
            "THE SITE WAS BUILT WITHOUT PYTHON FOR THE BROWSER, SO NO LIVE FIGURE WAS TRIED. "
            "`make site` says which files it could not get."
        )


class Visit:
    """A reader at one figure of a page."""

    def __init__(self, reader: Any, figure: Figure) -> None:
        self.reader, self.page, self.figure = reader, reader.page, figure
        self.element = reader.page.locator(f"nn-lab#{figure.name}")

    def button(self, name: str) -> Any:
        return self.element.get_by_role("button", name=name, exact=True)

    def wait(self, condition: str) -> None:
        """Until a condition on the element, `figure`, holds."""
        self.page.wait_for_function(
            f"name => {{ const figure = document.getElementById(name); return {condition} }}",
            arg=self.figure.name,
        )

    def frame(self) -> dict[str, Any]:
        return on_page(self.page.evaluate(FRAME, self.figure.name))

    def pause(self) -> None:
        """Press Pause if there is time; wait until nothing moves."""
        self.wait("figure.frame")
        self.page.evaluate("""name => [...document.querySelectorAll(`#${name} .nn-player button`)]
            .find(button => button.innerText === 'Pause')?.click()""", self.figure.name)
        self.page.wait_for_timeout(300)

    def to_the_end(self) -> dict[str, Any]:
        """The frame at the end of the run, or the only one."""
        self.wait("figure.frame && !figure.hasAttribute('data-playing')")
        return self.frame()

    def until_it_shows(self, **settings: Any) -> None:
        """Wait for a frame that belongs to these settings, the others being where they start."""
        self.page.wait_for_function(
            """([name, settings]) => JSON.stringify(settings)
                === JSON.stringify(document.getElementById(name).frame?.settings)""",
            arg=[self.figure.name, self.figure.experiment.settings(**settings)],
        )

    def until_it_says_other_than(self, before: str) -> None:
        self.page.wait_for_function(
            "([name, before]) => document.querySelector(`#${name} .nn-text`).innerText !== before",
            arg=[self.figure.name, before],
        )

    def start_afresh(self) -> None:
        """At the settings where the controls start; the run goes on."""
        self.button("Defaults").click()
        self.until_it_shows()

    def set(self, control: Control, value: Any) -> None:
        """Move a control, as a reader does."""
        field = self.page.locator(f"[id='{self.figure.name}-{control.name}']")
        if control.kind == "choice":
            field.select_option(str(value))
        elif control.kind == "flag":
            field.set_checked(value)
        else:
            field.fill(str(math.log10(value) if control.kind == "log" else value))

    def shown(self) -> dict[str, Any]:
        """Where the controls stand, except points."""
        values = self.page.evaluate("""name => Object.fromEntries(
            [...document.querySelectorAll(`#${name} .nn-control :is(select, input)[id]`)]
            .map(field => [field.id.slice(name.length + 1),
              field.type === 'checkbox' ? field.checked
              : field.type === 'range' ? field.nextElementSibling.textContent : field.value]))""",
            self.figure.name)
        return {
            name: float(text.replace("−", "-"))
            if self.figure.control(name).kind in ("slider", "log") else text
            for name, text in values.items()
        }


@pytest.fixture
def visit(resident: Any, server: str) -> Iterator[Callable[[Figure], Visit]]:
    def start(figure: Figure) -> Visit:
        address = f"{server}/{quote(figure.page)}"
        if resident.page.url.split("#")[0] != address:
            resident.go(address)
        resident.faults.clear()
        return Visit(resident, figure)

    yield start
    assert resident.faults == []


def other_value(control: Control) -> Any:
    """A value that is not where the control starts."""
    if control.kind == "flag":
        return not control.value
    if control.kind == "choice":
        # Points that are drawn have a test of their own; early stopping does not go with them.
        return next(each for each in control.options if each not in (control.value, "drawn"))
    if control.kind == "log":
        decades = math.log10(control.high / control.low) / control.step
        middle = control.low * 10 ** (control.step * round(0.4 * decades))
        value = float(f"{middle:.1e}")
        return value if value != control.value else float(f"{middle * 10 ** control.step:.1e}")
    places = round((control.high - control.low) / control.step)
    values = [round(control.low + place * control.step, 10) for place in range(places + 1)]
    aim = control.low + 0.3 * (control.high - control.low)
    value = min(values, key=lambda each: abs(each - aim))
    if value == control.value:
        value = values[values.index(value) + 1]
    return int(value) if control.whole else value


PLACE_IN_PAGE = "e => [e.offsetLeft, e.offsetTop, e.offsetWidth, e.offsetHeight]"
LENGTH = """e => {
    const range = document.createRange()
    range.selectNodeContents(e)
    return range.getBoundingClientRect().height
}"""


def most_controls(trains: bool = True) -> Figure:
    """The figure with the most to set."""
    return max((each for each in FIGURES if each.trains == trains),
               key=lambda each: len(each.experiment.controls))


def test_there_are_live_figures(site):
    assert FIGURES


@every_figure
def test_a_figures_name_is_nobody_elses(figure, site):
    """A heading's name comes from its words."""
    assert (site / figure.page).read_text(encoding="utf-8").count(f' id="{figure.name}"') == 1


@every_figure
def test_a_figure_starts_as_nnlib_does(figure, visit):
    at = visit(figure)
    at.button("Defaults").click()
    at.until_it_shows()
    at.pause()
    page = at.frame()
    assert_alike(page, by_nnlib(run_to(figure, page["epoch"])))
    assert at.element.locator("canvas:visible").count() == len(page["plots"])
    assert not at.element.locator("img").is_visible()
    assert at.element.locator(".nn-note:visible").count() == 0


@figures
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


@pytest.mark.parametrize("page", sorted({figure.page for figure in PATIENT}))
def test_figures_end_there_below_a_sub_path_too(page, server, sub_path, new_reader):
    """Whatever folder the site is put in, they find Python."""
    reader = new_reader()
    reader.go(f"{server}{sub_path}{quote(page)}")
    for figure in (each for each in PATIENT if each.page == page):
        at = Visit(reader, figure)
        at.start_afresh()
        frame = at.to_the_end()
        (assert_same if figure.repeats else assert_alike)(
            frame, by_nnlib(run_to(figure, frame["epoch"])))
    assert reader.faults == []


@figures
def test_every_control_sets_what_it_says(figure, visit):
    at = visit(figure)
    for control in figure.experiment.controls:
        if control.kind == "points":
            continue
        at.start_afresh()
        value = other_value(control)
        at.set(control, value)
        at.until_it_shows(**{control.name: value})
        page = at.frame() if figure.trains else at.to_the_end()
        here = run_to(figure, page["epoch"], **{control.name: value})
        (assert_same if figure.repeats else assert_alike)(page, by_nnlib(here))
        at.page.wait_for_function("name => location.hash.includes(name + '=')", arg=control.name)


def one_of_each_kind() -> list[Figure]:
    """Of those that train, draw a picture and draw many in time, the ones with the most to set."""
    by_controls = sorted(FIGURES, key=lambda each: len(each.experiment.controls))
    return list({(each.trains, "yield" in each.experiment.source): each
                 for each in by_controls}.values())


@pytest.mark.parametrize("figure", one_of_each_kind(), ids=str)
def test_a_figure_says_how_to_start_it(figure, server, light):
    light.go(f"{server}/{quote(figure.page)}")
    at = Visit(light, figure)
    says = at.element.locator(".nn-text").inner_text()
    assert ("Press Play" in says) == at.button("Play").is_visible()


@figures
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
    at.page.wait_for_timeout(300)
    assert text.inner_text() == paused


def test_play_and_step_in_turn(visit):
    """Python goes on after any number of frames that came too fast to be drawn."""
    figure = most_controls()
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
    at.button("Pause").click()
    # Back to the figure from elsewhere on the page: it is as it was.
    at.page.wait_for_function("() => location.hash.includes('max_epochs')")
    before = at.frame()
    at.page.evaluate("location.hash = 'elsewhere'")
    at.page.evaluate("new Promise(done => { addEventListener('popstate', done); history.back() })")
    at.page.wait_for_timeout(300)
    assert_same(at.frame(), before)
    assert not at.page.evaluate(
        "name => document.getElementById(name).hasAttribute('data-playing')", figure.name)


def test_what_a_figure_says_moves_nothing(server, new_reader):
    """Neither while Python loads, nor at the end of a run, when there is more to say."""
    figure = most_controls()
    reader = new_reader()
    reader.go(f"{server}/{quote(figure.page)}")
    at = Visit(reader, figure)
    picture, text = at.element.locator(".nn-picture"), at.element.locator(".nn-text")
    before, one_line = picture.evaluate(PLACE_IN_PAGE), text.evaluate(LENGTH)
    at.set(figure.control("stopping"), "early stopping")
    at.element.locator(".nn-loading").wait_for()
    assert picture.evaluate(PLACE_IN_PAGE) == before
    assert not text.is_visible()
    at.to_the_end()
    assert picture.evaluate(PLACE_IN_PAGE)[:2] == before[:2]
    assert text.evaluate(LENGTH) > 1.5 * one_line, "this run should end with two lines"


@figures
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


@figures
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
    at.wait("figure.querySelector('.nn-code code').textContent")
    code = at.element.locator(".nn-code code").inner_text()
    at.button("Hide the code").click()
    assert code.strip() == session.code().strip()
    exec(compile(code, "code", "exec"), {"__name__": "code"})


@pytest.mark.parametrize(("button", "label"), [
    ("Copy link", "Copy this address:"), ("Copy the code", "Copy this code:"),
])
def test_what_a_script_may_not_copy_is_there_to_be_copied_by_hand(button, label, visit):
    figure = most_controls()
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


@figures
def test_a_figure_on_a_phone(figure, server, phone):
    if phone.page.url.split("#")[0] != f"{server}/{figure.page}":
        phone.go(f"{server}/{quote(figure.page)}")
    at = Visit(phone, figure)
    at.start_afresh()
    at.pause()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    for canvas in at.element.locator("canvas").all():
        box = canvas.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["height"] > 150
    assert phone.faults == []


@pytest.mark.parametrize("scrolled", [False, True])
def test_the_first_touch_moves_nothing_away_on_a_phone(scrolled, server, phone):
    """Plots one below the other are higher than the picture: what is below stays on the screen."""
    figure = most_controls()
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
    page.wait_for_timeout(300)    # nor does the browser move it of its own accord
    assert play.evaluate(top) == pytest.approx(before, abs=2)
    assert phone.faults == []


@every_figure
def test_a_picture_without_javascript(figure, server, without_javascript):
    without_javascript.go(f"{server}/{quote(figure.page)}")
    page = without_javascript.page
    assert page.locator(f"#{figure.name} img").is_visible()
    assert page.locator(f"#{figure.name} :is(button, input, select)").count() == 0


@figures_with_a_rate
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
    at.to_the_end()
    assert not warning.is_visible()


def one_to_draw_on(visit) -> tuple[Figure, Visit]:
    """The figure that takes points, ready to take them."""
    figures = [each for each in FIGURES
               if any(control.kind == "points" for control in each.experiment.controls)]
    if not figures:
        pytest.skip("no figure of this site takes points that a reader draws")
    at = visit(figures[0])
    at.start_afresh()
    at.set(figures[0].control("data"), "drawn")
    at.until_it_shows(data="drawn")
    return figures[0], at


def test_points_that_a_reader_draws(visit):
    figure, at = one_to_draw_on(visit)
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
    # The address follows a moment later; what is read from it below must not be this point.
    at.page.wait_for_function("() => !location.hash.includes('points=')")
    # By keyboard.
    plane.focus()
    for key in ["ArrowRight", "Shift+ArrowUp", "Shift+ArrowUp", "Enter"]:
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
    at.page.wait_for_timeout(500)
    assert at.element.get_by_text("Draw points of two classes or more").is_visible()
    assert plane.evaluate(PLACE_IN_PAGE) == place_in_page
    plane.click(position={"x": 0.5 * box["width"], "y": 0.5 * box["height"]})
    at.element.get_by_role("radio", name="class 1").check()
    plane.click(position=place)
    at.wait("figure.frame.plots[0].labels.length === 2")
    # Early stopping wants validation data; that is said, and a step says nothing else.
    at.set(figure.control("stopping"), "early stopping")
    at.element.get_by_text("stopping must be another rule").wait_for()
    at.button("Step").click()
    at.page.wait_for_timeout(500)
    assert at.element.get_by_text("stopping must be another rule").is_visible()
    at.start_afresh()


def test_presets_keep_the_points_that_a_reader_drew(visit):
    figure, at = one_to_draw_on(visit)
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


def assert_points(at: Visit, points: Any) -> None:
    plane = at.frame()["plots"][0]
    np.testing.assert_allclose(plane["points"], [point[:2] for point in points], atol=1e-6)
    np.testing.assert_array_equal(plane["labels"], [point[2] for point in points])


# What is drawn


DRAW = """async ({kind, plot, places}) => {
  const [{drawPlane}, {drawChart}, {drawBars}, {themeOf}] = await Promise.all(
    ['plane', 'chart', 'bars', 'colours'].map(name =>
      import(new URL(`live/${name}.js`, document.baseURI))))
  const canvas = document.createElement('canvas')
  Object.assign(canvas.style, {position: 'fixed', left: 0, top: 0, width: '500px', height: '400px'})
  const figure = document.querySelector('nn-lab')
  figure.append(canvas)
  for (const array of plot.arrays ?? []) {
    const {values, shape} = plot[array]
    plot[array] = Object.assign(Float32Array.from(values), {shape})
  }
  for (const curve of plot.curves ?? []) {
    curve.x = Float32Array.from(curve.x)
    curve.y = Float32Array.from(curve.y)
  }
  const texts = [], {fillText} = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
    texts.push([text, Math.floor(x), Math.floor(y)])
    return fillText.call(this, text, x, y, ...more)
  }
  const geometry = {plane: drawPlane, chart: drawChart, bars: drawBars}[kind](
    canvas, plot, themeOf(figure))
  CanvasRenderingContext2D.prototype.fillText = fillText
  const ratio = canvas.width / 500
  const colours = places.map(place => {
    const [x, y] = geometry ? geometry.toPixel(...place) : place
    // Lines are thin: of nine pixels the one that is least like paper.
    const {data} = canvas.getContext('2d').getImageData(
      Math.round(x * ratio) - 1, Math.round(y * ratio) - 1, 3, 3)
    const pixels = Array.from({length: 9}, (_, i) => [...data.slice(4 * i, 4 * i + 3)])
    const light = ([r, g, b]) => r + g + b
    return pixels.reduce((a, b) => (light(b) < light(a) ? b : a))
  })
  canvas.remove()
  return {texts, colours}
}"""
BLUE, VERMILLION, GREEN = (0, 114, 178), (213, 94, 0), (0, 158, 115)


def nearest(colour: list[int]) -> str:
    """The name of the colour that a pixel has most of."""
    names = {"blue": BLUE, "vermillion": VERMILLION, "green": GREEN}
    away = 255 - np.array(colour, float)    # from white
    if away.max() < 20:
        return "white"
    if np.ptp(away) < 40:
        return "grey"
    shares = {name: (255 - np.array(each)) / np.linalg.norm(255 - np.array(each))
              for name, each in names.items()}
    return max(shares, key=lambda name: float(away @ shares[name]))


@pytest.fixture
def drawn(server, light):
    """Draw a plot on a page, and give its texts and the colours at places."""
    light.go(f"{server}/{quote(FIGURES[0].page)}")

    def draw(kind: str, plot: dict[str, Any], places: list[Any]) -> tuple[list[Any], list[str]]:
        found = light.page.evaluate(DRAW, {"kind": kind, "plot": plot, "places": places})
        return found["texts"], [nearest(colour) for colour in found["colours"]]

    yield draw
    assert light.faults == []


def test_a_plane_is_drawn_where_it_is(drawn):
    """Class 1 in the lower left quarter, class 2 in the upper right one, class 0 elsewhere."""
    size = 20
    low = np.arange(size) < size // 2
    winner = np.where(np.outer(low, low), 1, np.where(np.outer(~low, ~low), 2, 0))
    plot = {
        "extent": [0, 10, 0, 10], "curves": [], "title": "", "x_label": "x", "y_label": "y",
        "arrays": ["winner", "share", "lead", "points", "labels"],
        "winner": {"values": winner.ravel().tolist(), "shape": [size, size]},
        "share": {"values": [255] * size**2, "shape": [size, size]},
        "lead": {"values": [255] * size**2, "shape": [size, size]},
        "points": {"values": [2, 8, 8, 2], "shape": [2, 2]},
        "labels": {"values": [1, 2], "shape": [2]},
    }
    quarters = [[1, 1], [1, 9], [9, 1], [9, 9]]
    points = [[2, 8], [8, 2]]
    boundary = [[5, 2], [5, 8], [2, 5], [8, 5]]
    _, colours = drawn("plane", plot, [*quarters, *points, *boundary])
    assert colours == ["vermillion", "blue", "blue", "green",
                       "vermillion", "green", "grey", "grey", "grey", "grey"]
    # An even split is white.
    plot["share"]["values"], plot["lead"]["values"] = [0] * size**2, [0] * size**2
    assert drawn("plane", plot, [[9, 1]])[1] != ["blue"]


def test_values_are_blue_below_zero_and_red_above(drawn):
    values = np.repeat([-1.0, 0.0, 1.0], 30).reshape(3, 30)
    plot = {
        "extent": [0, 10, 0, 2], "curves": [], "title": "", "x_label": "x", "y_label": "y",
        "arrays": ["values"], "values": {"values": values.ravel().tolist(), "shape": [3, 30]},
    }
    assert drawn("plane", plot, [[5, 0], [5, 1], [5, 2]])[1] == ["blue", "white", "vermillion"]


@pytest.mark.parametrize("is_log", [False, True])
def test_curves_have_their_colours_and_axes_their_numbers(is_log, drawn):
    curves = [{"x": [0, 1], "y": [1, 1], "label": "one", "style": "solid", "colour": 0},
              {"x": [0, 1], "y": [10, 10], "label": "two", "style": "solid", "colour": 1}]
    plot = {"curves": curves, "title": "A title", "x_label": "epoch", "y_label": "loss",
            "x_log": False, "y_log": is_log, "x_range": [0, 1], "y_range": [0.5, 20]}
    texts, _ = drawn("chart", plot, [])
    words = [text for text, _, _ in texts]
    assert {"A title", "epoch", "loss", "one", "two"} <= set(words)
    ticks = {text: y for text, x, y in texts if text in ("1", "2", "5", "10", "15", "20")}
    expected = ("1", "2", "5", "10", "20") if is_log else ("5", "10", "15", "20")
    heights = [ticks[text] for text in expected]
    assert heights == sorted(heights, reverse=True)
    if is_log:
        assert heights[0] - heights[1] == pytest.approx(heights[3] - heights[4], abs=2)
        one, ten = heights[0], heights[3]
    else:
        one = ticks["5"] + 0.8 * (ticks["5"] - ticks["10"])
        ten = ticks["10"]
    assert drawn("chart", plot, [[250, one], [250, ten]])[1] == ["blue", "vermillion"]


def test_a_long_label_of_an_axis_stays_beside_it(drawn):
    plot = {"curves": [], "title": "", "x_label": "x", "y_label": "", "x_log": False,
            "y_log": False, "x_range": [0, 1], "y_range": [0, 1]}
    column = [[x, y] for x in range(2, 24, 2) for y in range(2, 400, 3)]
    for times, reaches in [(1, 200), (12, 390)]:
        plot["y_label"] = "so many nodes " * times
        _, colours = drawn("chart", plot, column)
        inked = [y for (_, y), colour in zip(column, colours, strict=True) if colour != "white"]
        assert min(inked) >= 8
        assert max(inked) == pytest.approx(reaches, abs=60)


def test_bars_stand_on_zero(drawn):
    plot = {"names": ["a", "b", "c"], "heights": {"values": [1, -1, 0.5], "shape": [3]},
            "arrays": ["heights"], "title": "", "y_label": "height", "marked": None,
            "y_range": [-1.2, 1.2]}
    texts, _ = drawn("bars", plot, [])
    where = {text: x for text, x, _ in texts}
    middle = next(y for text, _, y in texts if text in ("0", "0.0"))
    above, below = middle - 40, middle + 40
    places = [[where[name], y] for name in "abc" for y in (above, below)]
    assert drawn("bars", plot, places)[1] == [
        "blue", "white", "white", "vermillion", "green", "white"]


# Links


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
    if control.whole:
        return str(random_.randint(int(control.low) - 2, int(control.high) + 2))
    return f"{random_.uniform(0.9 * control.low, 1.1 * control.high):.3g}"


def understood(control: Control, text: str) -> Any:
    """The value that a link sets; where it starts if the text is none."""
    if control.kind in ("slider", "log"):
        if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", text, re.I) or len(text) > 24:
            return control.value
        number = float(text)
        value: Any = int(number) if control.whole and number.is_integer() else number
    elif control.kind == "flag":
        value = {"true": True, "false": False}.get(text)
    else:
        value = next((each for each in control.options if str(each) == text), None)
    return value if value is not None and control.accepts(value) else control.value


def test_random_links(server, new_reader):
    """No link breaks a figure or runs a script; what makes sense in it is set."""
    figure = most_controls()
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
            for name, text in pairs if figure.control(name).kind != "points")
        if faults:
            assert at.element.get_by_text("Part of the link was not understood").is_visible()
    assert reader.page.evaluate("typeof hacked") == "undefined"
    assert reader.page.locator("img").count() == pictures
    assert reader.page.locator("nn-lab .nn-note :not(button)").count() == 0
    assert reader.faults == []
    # Nothing was touched, so nothing was loaded.
    loaded = reader.page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in loaded if "pyodide" in name] == []


@pytest.mark.parametrize("figure", one_of_each_kind(), ids=str)
def test_a_link_brings_another_reader_to_the_same_state(figure, server, new_reader, visit):
    at = visit(figure)
    at.start_afresh()
    control = next(each for each in figure.experiment.controls if each.kind in ("slider", "log"))
    value = other_value(control)
    at.set(control, value)
    at.page.wait_for_function("name => location.hash.includes(`&${name}=`)", arg=control.name)
    link = at.page.url
    reader = new_reader()
    reader.go(link)
    there = Visit(reader, figure)
    there.wait("figure.querySelector('button')")
    assert there.shown() == at.shown()
    assert there.shown()[control.name] == value
    # What the figure says about it is on the screen, and nothing of the page lies above it.
    assert there.element.get_by_text("as in the link").evaluate("""text => {
        const {x, y, height} = text.getBoundingClientRect()
        return text.contains(document.elementFromPoint(x + 20, y + height / 2)) }""")
    there.button("Play" if there.button("Play").is_visible() else "Show it").click()
    there.until_it_shows(**{control.name: value})
    assert there.shown() == at.shown()
    assert not there.button("Show it").is_visible()
    assert reader.faults == []


@pytest.mark.parametrize("anchor", ["#", "#some-heading", "#lab", "#labels=3", "#lab=nowhere&x=1"])
def test_other_anchors_change_nothing(anchor, server, new_reader):
    figure = most_controls()
    reader = new_reader()
    reader.go(f"{server}/{quote(figure.page)}{anchor}")
    at = Visit(reader, figure)
    at.wait("figure.querySelector('button')")
    for name, value in at.shown().items():
        assert value == figure.control(name).value
    lost = reader.page.get_by_text("a figure that this page does not have")
    assert lost.count() - lost.locator("visible=false").count() == (anchor.startswith("#lab="))
    assert reader.faults == []


# Hard use


def test_random_moves(visit):
    """Any control, at any moment; in the end the figure shows what its controls say."""
    figure = most_controls()
    at = visit(figure)
    at.start_afresh()
    at.page.evaluate("""async ([name, moves, seed]) => {
      const figure = document.getElementById(name)
      let state = seed
      const random = () => (state = (state * 48271) % 2147483647) / 2147483647
      const pick = list => list[Math.floor(random() * list.length)]
      for (let i = 0; i < moves; i++) {
        const field = pick([...figure.querySelectorAll(
          'input[id], select, .nn-player button:not(:disabled), .nn-presets button')])
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


def test_the_keyboard_alone(server, new_reader):
    figure = next(each for each in FIGURES if each.trains)
    reader = new_reader()
    reader.go(f"{server}/{quote(figure.page)}")
    at, page = Visit(reader, figure), reader.page
    at.wait("figure.querySelector('button')")
    page.evaluate("""name => { const before = document.createElement('button')
        document.getElementById(name).before(before); before.focus(); before.remove() }""",
        figure.name)
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate("""name => { const e = document.activeElement
            if (!document.getElementById(name).contains(e)) return null
            const style = getComputedStyle(e)
            return [e.innerText || e.id, style.outlineStyle + style.outlineWidth] }""", figure.name)
        if focus is None:
            break
        seen.append(focus[0].strip())
        assert focus[1] == "solid2px", f"the focus on {focus[0]} cannot be seen"
        if seen[-1] == "Play":
            page.keyboard.press("Enter")
        if seen[-1] == f"{figure.name}-{figure.experiment.controls[0].name}":
            at.wait("figure.frame")
            page.keyboard.press("ArrowRight")
    assert "Play" in seen or "Pause" in seen
    assert {"Step", "Reset", "Show the code", "Copy link", "Defaults"} <= set(seen)
    for control in figure.experiment.controls:
        if control.kind != "points":
            assert f"{figure.name}-{control.name}" in seen
    page.wait_for_function("() => location.hash.startsWith('#lab=')")
    at.to_the_end()
    assert reader.faults == []


def test_python_that_was_killed_comes_back(server, new_reader):
    figure = next(each for each in FIGURES if each.trains)
    reader = new_reader()
    reader.go(f"{server}/{quote(figure.page)}")
    at = Visit(reader, figure)
    at.button("Play").click()
    at.wait("figure.frame")
    reader.page.evaluate("""import(new URL('live/python.js', document.baseURI))
        .then(({python}) => { python.worker.terminate() })""")
    at.button("Reset").click()
    at.element.get_by_text("Python has stopped").wait_for()
    at.button("Start again").click()
    at.wait("figure.hasAttribute('data-playing')")
    assert at.element.locator(".nn-note:visible").count() == 0
    page = at.to_the_end()
    assert_same(page, by_nnlib(run_to(figure, page["epoch"])))
    assert reader.faults == []


@pytest.mark.parametrize("touch", ["Defaults", "Show the code"])
@pytest.mark.parametrize(("files", "message"), [
    ("**/pyodide/**", "were not part of this copy of the site"),
    ("**/pyodide/numpy*", "some of its files could not be loaded"),
    ("**/pyodide/nnlib*", "some of its files could not be loaded"),
    ("**/pyodide/pyodide.asm.wasm", ""),
    ("**/pyodide/python_stdlib.zip", ""),
])
def test_files_that_are_missing(files, message, touch, server, new_reader):
    figure = FIGURES[0]
    reader = new_reader()
    reader.context.route(files, lambda route: route.fulfill(status=404, body=""))
    reader.go(f"{server}/{quote(figure.page)}")
    at = Visit(reader, figure)
    at.button(touch).click()
    at.button("Start again").wait_for()
    note = at.element.locator(".nn-note:visible").inner_text()
    assert message in note
    assert "Traceback" not in note
    assert at.element.locator("img").is_visible()
    # The files come back, and with them Python.
    reader.context.unroute(files)
    at.button("Start again").click()
    at.to_the_end()
    assert at.element.locator(".nn-note:visible").count() == 0


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
    text = (site / figure.page).read_text(encoding="utf-8")
    element = re.search(rf'<nn-lab id="{figure.name}".*?</nn-lab>', text, re.S)[0]
    bare = (f"<!doctype html><title>A figure</title>{element}"
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


def test_less_motion_draws_the_end_only(server, new_reader):
    figure = next(each for each in FIGURES if each.trains)
    reader = new_reader(reduced_motion="reduce")
    reader.go(f"{server}/{quote(figure.page)}")
    at = Visit(reader, figure)
    at.button("Play").click()
    at.wait("figure.frame")
    assert at.element.locator("img").is_visible()
    at.to_the_end()
    at.element.locator("canvas").first.wait_for()
    assert not at.element.locator("img").is_visible()


# Everybody can use it


AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """where => axe.run(where, {resultTypes: ['violations'], preload: false})
  .then(({violations}) => violations.filter(each => ['serious', 'critical'].includes(each.impact))
  .flatMap(each => each.nodes.map(node => `${each.id}: ${node.target}: ${node.failureSummary}`)))"""
# Listings have thousands of coloured words; test_browser looks at their contrast, much faster.
ALL_BUT_LISTINGS = {"exclude": [[".highlight pre"]]}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_is_accessible(any_page, theme, server, request):
    reader = request.getfixturevalue(theme)
    reader.go(f"{server}/{quote(any_page)}")
    reader.page.evaluate(AXE)
    assert reader.page.evaluate(RUN_AXE, ALL_BUT_LISTINGS) == []


@figures
def test_a_figure_in_use_is_accessible(figure, visit):
    """With its code open, a preset's reason, and in both themes, which it follows at once."""
    at = visit(figure)
    at.start_afresh()
    if figure.experiment.presets:
        at.button(figure.experiment.presets[0].name).click()
    at.pause()
    at.button("Show the code").click()
    at.page.evaluate(AXE)
    corners = []
    for theme in ("dark", "light"):
        at.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        at.page.wait_for_timeout(300)
        corners.append(at.page.evaluate(
            """name => document.querySelector(`#${name} canvas`)
                .getContext('2d').getImageData(1, 1, 1, 1).data[0]""", figure.name))
        assert at.page.evaluate(RUN_AXE, f"#{figure.name}") == []
    assert corners[0] < 64
    assert corners[1] > 224
    at.button("Hide the code").click()
