"""The live figures of the site, what nnlib says of them, and a reader who uses one."""

import html
import json
import math
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from built_site import SITE
from thoroughness import EVERYTHING, some

from nnlib.live.arithmetic import as_read
from nnlib.live.controls import NUMBERS, OWN, Control
from nnlib.live.lab import IDLE, Experiment, Session
from nnlib.live.packing import pack

# What these show is rounding, or grows out of it: it differs from machine to machine.
CHAOTIC = {"step", "activation-lab"}


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


@cache
def figures_of(site: Path) -> list[Figure]:
    return [
        Figure(path.name, name, Experiment.from_json(html.unescape(experiment)))
        for path in sorted(site.glob("*.html"))
        for name, experiment in re.findall(r'<nn-lab id="([^"]*)" data-experiment="([^"]*)"',
                                           path.read_text(encoding="utf-8"))
    ]


def markup(site: Path, figure: Figure) -> str:
    """A figure's element, as its page has it."""
    page = (site / figure.page).read_text(encoding="utf-8")
    return re.search(rf'<nn-lab id="{figure.name}".*?</nn-lab>', page, re.S)[0]


FIGURES = figures_of(SITE)
# Of those that train, the one with the most to set.
BUSIEST = sorted((each for each in FIGURES if each.trains),
                 key=lambda each: len(each.experiment.controls))[-1:]


def each_of(figures: list[Figure]) -> pytest.MarkDecorator:
    """Give a test one figure at a time."""
    return pytest.mark.parametrize("figure", figures, ids=str)


def one_of_each_kind() -> list[Figure]:
    """Of those that train, the one with the most to set; of those that draw a picture, and of those
    that draw many in time, the first with three controls: they take longer, the more there are.
    """
    others = [each for each in FIGURES
              if not each.trains and len(each.experiment.controls) == 3]
    return BUSIEST + list({"yield" in each.experiment.source: each
                           for each in reversed(others)}.values())


# `make test` tries these to the end; of the others, that they start as nnlib does.
PATIENT = FIGURES if EVERYTHING else one_of_each_kind()
# Those of which it is only seen that they start: these, and others with each commit.
DRAWN = some(FIGURES, share=1 / 5, always=PATIENT)


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
        if where.endswith((".winner", ".share", ".lead", ".pictures")):
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
                # What is drawn against something else than epochs is the end of a run itself.
                in_time = ours["x_label"] == "epoch"
                np.testing.assert_allclose(one["y"][:5], other["y"][:5], rtol=1e-3,
                                           atol=0 if in_time else 0.01 * np.ptp(other["y"]))


def assert_same_text(page: str, here: str, where: str) -> None:
    number = r"[-−]?\d+\.?\d*(?:e[-+]?\d+|·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
    assert re.sub(number, "#", page) == re.sub(number, "#", here), where
    for ours, theirs in zip(re.findall(number, page), re.findall(number, here), strict=True):
        if ours != theirs:    # the last digit shown
            assert as_read(ours) == pytest.approx(as_read(theirs), rel=2e-3, abs=1e-3), where


# A reader at a figure


# Python answers in turn: with its second answer to somebody else, a figure that still ran would
# have sent frames in between.
HEAR_OUT = """async () => {
  const { python } = await import(new URL('live/python.js', document.baseURI))
  for (let i = 0; i < 2; i++) {
    await new Promise(resolve => {
      const { experiment } = document.querySelector('nn-lab').dataset
      python.listen('who hears it out', { experiment, animation: false },
        { code: resolve, stopped: resolve, progress() {} })
      python.send('who hears it out', { type: 'code', settings: '{}', ofSession: false }, true)
    })
    await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  }
}"""


class Visit:
    """A reader at one figure of a page."""

    def __init__(self, reader: Any, figure: Figure) -> None:
        self.reader, self.page, self.figure = reader, reader.page, figure
        self.element = reader.page.locator(f"nn-lab#{figure.name}")
        # Before its script, there is room for its controls, of the same classes.
        self.element.locator(".nn-announcer").wait_for(state="attached")

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
        self.hear_python_out()

    def hear_python_out(self) -> None:
        """Wait until all that Python had to say is on the screen."""
        self.page.evaluate(HEAR_OUT)

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

    def disabled(self) -> set[str]:
        """The controls that cannot be moved, each of which says why."""
        rows = self.element.locator(".nn-control:has(:disabled[id])").evaluate_all(
            "rows => rows.map(row => [row.querySelector('[id]').id, row.title])")
        assert all(reason.endswith(".") for _, reason in rows)
        return {id_.removeprefix(f"{self.figure.name}-") for id_, _ in rows}

    def set(self, control: Control, value: Any) -> None:
        """Move a control, as a reader does."""
        field = self.page.locator(f"[id='{self.figure.name}-{control.name}']")
        if control.kind in ("choice", "node"):
            field.select_option(str(value))
        elif control.kind == "flag":
            field.set_checked(value)
        else:
            field.fill(str(math.log10(value) if control.kind == "log" else value))

    def shown(self) -> dict[str, Any]:
        """Where the controls stand, except what the reader drew or pasted."""
        values = self.page.evaluate("""name => Object.fromEntries(
            [...document.querySelectorAll(`#${name} .nn-control :is(select, input)[id]`)]
            .map(field => [field.id.slice(name.length + 1),
              field.type === 'checkbox' ? field.checked
              : field.type === 'range' ? field.nextElementSibling.textContent : field.value]))""",
            self.figure.name)
        return {
            name: float(text.replace("−", "-"))
            if self.figure.control(name).kind in NUMBERS else text
            for name, text in values.items()
        }


def disabled_by(figure: Figure, **settings: Any) -> set[str]:
    """The controls that should be disabled; those of the reader's own data go out of sight."""
    return {name for name in figure.experiment.idle(**settings)
            if figure.control(name).kind not in OWN}


def at_work(figure: Figure, control: Control) -> dict[str, Any]:
    """Settings at which a control does something: none, if it does where the controls start."""
    if control.name not in figure.experiment.idle():
        return {}
    decider = figure.control(IDLE[control.name][0])
    return next({decider.name: value} for value in decider.options
                if control.name not in figure.experiment.idle(**{decider.name: value}))


def other_value(control: Control) -> Any:
    """A value that is not where the control starts."""
    if control.kind == "flag":
        return not control.value
    if control.kind == "node":
        return "p1"    # drawn whatever the weights are
    if control.kind == "choice":
        # The reader's own data have tests of their own.
        return next(each for each in control.options
                    if each not in (control.value, "drawn", "pasted"))
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
