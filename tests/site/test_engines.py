"""Pages, figures, exercises and notebooks in the engines that the other tests do not use."""

import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from built_site import ANSWERED_ELSEWHERE, CHAPTERS, ROOT
from engines import ENGINES, PATIENCE, Engine, WebKit
from faults import give_up
from live_figures import BUSIEST, FRAME, Figure, assert_same, by_nnlib, on_page, run_to
from solved_exercise import (
    NAME,
    PAGE,
    SOLUTION,
    SOLUTION_SAYS,
    START_SAYS,
    WRONG,
    WRONG_SAYS,
    faults_on_page,
)
from thoroughness import EVERYTHING, one

PAGES = ["index.html", *(pytest.param(page, marks=pytest.mark.seldom)
                         for page in [*CHAPTERS[2:3], "playground.html"])]
SIZES = {"wide": (1400, 900), "phone": (390, 844)}

# The middle of the first element that a selector finds, in the window.
PLACE = """selector => {
  const element = document.querySelector(selector)
  element.scrollIntoView({block: 'center'})
  const {x, y, width, height} = element.getBoundingClientRect()
  return [x + width / 2, y + height / 2]
}"""
PRESS_BUTTON = """([name, label]) => [...document.querySelectorAll(`#${name} button`)]
  .find(button => button.innerText.trim() === label).click()"""

# Another text in a field.
TYPE = """([selector, text]) => {
  const field = document.querySelector(selector)
  field.value = text
  field.dispatchEvent(new Event('input', {bubbles: true}))
}"""


@pytest.fixture(scope="module", params=ENGINES, ids=lambda engine: engine.__name__)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if missing := request.param.missing():
        give_up(f"NO PAGE WAS TRIED IN {request.param.__name__.upper()}: install "
                f"{' and '.join(missing)}.")
    browser = request.param()
    yield browser
    browser.quit()


@pytest.mark.parametrize("page", PAGES)
def test_a_page(page, engine, server):
    """Its formulas are set, it fits on a phone, and nothing that it asks for is missing."""
    for size in SIZES.values():
        engine.go(f"{server}/{quote(page)}", size)
        formulas = ".bd-article .math"
        engine.until(f"""() => document.querySelectorAll('{formulas}').length
            === document.querySelectorAll('{formulas}:has(mjx-container)').length""")
        # A window of WebKit's browser is no narrower than its buttons.
        width = engine.run("() => innerWidth")
        assert width == size[0] or size[0] < width < 500
        assert engine.run("() => document.documentElement.scrollWidth") <= width
        assert engine.run("""() => [...document.querySelectorAll('.bd-article img')]
            .filter(each => each.complete && !each.naturalWidth).map(each => each.src)""") == []
        assert engine.faults == []


@pytest.mark.parametrize("figure", BUSIEST, ids=str)
def test_a_figure(figure: Figure, engine, server):
    """It plays to where nnlib comes, follows a key, a preset, a click on the plane and a link."""
    installed = [each for each in ENGINES if not each.missing()]
    if not EVERYTHING and one(installed) != [type(engine)]:
        pytest.skip("the commit draws the other engine")
    engine.go(f"{server}/{quote(figure.page)}")
    frame = f"name => ({FRAME})(name)"
    shows = """([name, setting, value]) =>
        document.getElementById(name).frame?.settings[setting] === value"""
    stands = """name => document.getElementById(name).frame
        && !document.getElementById(name).hasAttribute('data-playing')"""
    play = f"#{figure.name} .nn-player button"
    # Until its script has come there is room for the button, which does nothing.
    engine.until("name => document.querySelector(`#${name} .nn-announcer`) !== null", figure.name)
    engine.click(*engine.run(PLACE, play))
    engine.until(stands, figure.name)
    page = on_page(engine.run(frame, figure.name))
    assert_same(page, by_nnlib(run_to(figure, page["epoch"])))
    # A key moves the slider that has the focus by one step.
    control = next(each for each in figure.experiment.controls if each.kind == "slider")
    engine.run("id => document.getElementById(id).focus()", f"{figure.name}-{control.name}")
    engine.press("ArrowRight")
    engine.until(shows, [figure.name, control.name, control.value + control.step])
    # The link says so, and brings the next reader there.
    link = engine.until(
        "name => location.hash.includes(`${name}=`) && location.href", control.name)
    preset = figure.experiment.presets[0]
    engine.run(PRESS_BUTTON, [figure.name, preset.name])
    for setting, value in preset.settings.items():
        engine.until(shows, [figure.name, setting, value])
    engine.until("link => location.href !== link", link)    # the address follows a moment later
    engine.run("link => { location.href = link }", link)
    engine.until(shows, [figure.name, control.name, control.value + control.step])
    # Points that are drawn.
    engine.run("""id => { const field = document.getElementById(id)
        field.value = 'drawn'; field.dispatchEvent(new Event('change', {bubbles: true})) }""",
               f"{figure.name}-data")
    engine.until(shows, [figure.name, "data", "drawn"])
    points = "name => document.getElementById(name).frame.plots[0].labels?.length"
    before = engine.until(points, figure.name)
    x, y = engine.run(PLACE, f"#{figure.name} canvas.nn-plane")
    engine.click(x + 20, y + 30)
    engine.until(f"([name, count]) => ({points})(name) === count", [figure.name, before + 1])
    assert engine.faults == []


@pytest.mark.seldom
def test_an_exercise_is_solved_and_a_loop_stopped(engine, server):
    exercise = f"#{NAME} nn-exercise"
    engine.go(f"{server}/{PAGE}")
    engine.until("selector => document.querySelector(selector)?.checkVisibility()",
                 f"{exercise} textarea")
    # Those of pages that were left may stay a while.
    earlier = engine.workers() if isinstance(engine, WebKit) else set()
    for code, says in (None, START_SAYS), (WRONG, WRONG_SAYS), (SOLUTION, SOLUTION_SAYS):
        if code is not None:
            engine.run(TYPE, [f"{exercise} textarea", code])
        engine.run(PRESS_BUTTON, [NAME, "Check"])
        outcome = engine.until("""selector => {
            const exercise = document.querySelector(selector)
            return !exercise.hasAttribute('data-runs') && exercise.dataset.status
                && exercise.querySelector('.nn-outcome').textContent }""", exercise)
        assert outcome == says
    # A loop that was stopped does not go on unseen. (Firefox keeps the threads, for other workers.)
    engine.run(TYPE, [f"{exercise} textarea", "print('begun')\nwhile True: pass"])
    engine.run(PRESS_BUTTON, [NAME, "Run"])
    engine.until("selector => document.querySelector(selector).textContent === 'begun\\n'",
                 f"{exercise} .nn-output")
    before = engine.workers() - earlier if isinstance(engine, WebKit) else set()
    assert before or not isinstance(engine, WebKit)
    engine.run(PRESS_BUTTON, [NAME, "Stop"])
    assert engine.run("selector => document.querySelector(selector).textContent",
                      f"{exercise} .nn-outcome") == "Stopped. Python starts anew."
    end = time.monotonic() + PATIENCE
    while isinstance(engine, WebKit) and before & engine.workers():
        assert time.monotonic() < end, "the worker goes on"
        time.sleep(0.1)
    assert engine.faults == []


@pytest.mark.skipif(not EVERYTHING, reason="Chromium gives all answers")
@pytest.mark.parametrize("page", ANSWERED_ELSEWHERE)
def test_every_answer_of_a_chapter_gets_its_message(page, engine, server):
    engine.go(f"{server}/{quote(page)}")
    engine.until("() => document.querySelector('nn-exercise textarea')?.checkVisibility()")
    notebook = (ROOT / "book" / page).with_suffix(".ipynb")
    assert [*faults_on_page(notebook, engine.run, engine.until)] == []
    assert engine.faults == []


STARTS_ANOTHER = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "print('here', flush=True); input()"]).wait()
"""


def test_a_start_that_fails_leaves_no_process():
    """Not even one that another one started: what holds the end of the pipe is gone."""
    started: list[Engine] = []

    class Failing(Engine):
        def begin(self) -> None:
            started.append(self)
            self.start([sys.executable, "-c", STARTS_ANOTHER], stdin=subprocess.PIPE,
                       stdout=subprocess.PIPE, text=True)
            assert self.processes[0].stdout.readline() == "here\n"
            raise AssertionError("there is no window")

    with pytest.raises(AssertionError, match="no window"):
        Failing()
    (engine,) = started
    (process,) = engine.processes
    assert process.poll() is not None
    ended, *_ = select.select([process.stdout], [], [], 60)
    assert ended, "something still holds the pipe"
    assert process.stdout.read() == ""
    assert not Path(engine.folder).exists()


@pytest.mark.seldom
def test_a_notebook_opens(engine, server, site):
    if not (site / "lite").is_dir():
        give_up("THE SITE WAS BUILT WITHOUT NOTEBOOKS FOR THE BROWSER.")
    engine.go(f"{server}/playground.html")
    address = engine.run("() => [...document.querySelectorAll('a')]"
                         ".find(link => link.href.includes('/lite/')).href")
    engine.go(address)
    assert engine.until("""() => window.jupyterapp?.shell?.currentWidget?.context?.isReady
        && jupyterapp.shell.currentWidget.content.widgets.length""") > 1
