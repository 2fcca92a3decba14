"""Bring live figures and exercises to life: the elements of book/live/.

Its scripts are in book/live/, outside _static, because Jupyter Book loads every script in there
on every page; those that draw, which notebooks have too, are the library's, in nnlib/live/scripts/.
They are copied into one folder as they are; a page that holds one of the elements names only the
first of them, relative to itself, and that one finds the others, and Python in pyodide/, relative
to its own address.

What the scripts have in common with the library, such as the colours of the classes, they import
from shared.js, which is written here. So are exercises.js, the list of the exercises, and the runs
in recorded/, at the settings where a figure starts and at each of its presets: something to see
while Python is on its way.

The controls of a figure come with its script, later than the page. Room is kept for them, by
elements of the same classes and words that nobody sees, so that nothing moves when they come.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlib.live import scripts
from nnlib.live.controls import OWN, Control
from nnlib.live.lab import Experiment
from nnlib.live.recording import record

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = "live"
FIGURE = re.compile('<nn-lab id="([^"]+)" data-experiment="([^"]*)"')
PICTURE = re.compile(f'({FIGURE.pattern}[^>]*>)(<img [^>]*>)')


def add_tags(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Name the style sheets and the script in the head of a page with one of the elements."""
    body = context.get("body", "")
    checked = any(f"<nn-{name}" in body for name in ("exercise", "question", "progress"))
    if "<nn-lab" not in body and not checked:
        return
    sheets = ["nn-lab", "nn-exercise"] if checked else ["nn-lab"]
    addresses = [context["pathto"](f"{FOLDER}/{name}.css", 1) for name in sheets]
    links = "".join(f'\n<link rel="stylesheet" href="{address}" />' for address in addresses)
    script = context["pathto"](f"{FOLDER}/start.js", 1)
    # The setting is empty where the site is built without Python for the browser.
    without = "" if app.config.run_in_browser else " data-without-python"
    context["metatags"] = context.get("metatags", "") + (
        f'{links}\n<script defer="defer" src="{script}"{without}></script>\n'
    )


def exercises(app: Sphinx) -> str:
    """The script that lists the exercises of the book, by chapter."""
    chapters = []
    for page in app.env.toc_fignumbers:    # in the order of the table of contents
        written = Path(app.outdir, app.builder.get_target_uri(page))
        found = re.findall(r'<nn-(?:exercise data-exercise|question data-question)="([^"]*)"',
                           written.read_text("utf-8"))
        if found:
            number = app.env.toc_secnumbers.get(page, {}).get("", ())
            title = " ".join([*(f"{each}." for each in number[:1]), app.env.titles[page].astext()])
            chapters.append({"page": app.builder.get_target_uri(page), "title": title,
                             "names": [json.loads(unescape(each))["name"] for each in found]})
    return ("// From the pages, by book/_ext/live_figures.py.\n"
            f"export const CHAPTERS = {json.dumps(chapters)};\n")


def write_runs(name: str, text: str, folder: Path) -> None:
    """Write what a figure shows at its start, and at its presets."""
    experiment = Experiment.from_json(text)
    folder.mkdir(exist_ok=True)
    for number, preset in enumerate([None, *experiment.presets]):
        settings = preset.settings if preset else {}
        (folder / f"{name}-{number}.bin").write_bytes(record(experiment, **settings))


class Recorder:
    """Has the runs of figures recorded by other processes, while pages are written."""

    def __init__(self) -> None:
        # Ctrl-C ends them too; as a failed run it would leave them the next.
        self._processes = ProcessPoolExecutor(
            initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_DFL))
        self._runs: list[Future[None]] = []

    def begin(self, app: Sphinx, pagename: str, templatename: str, context: dict[str, Any],
              doctree: object) -> None:
        for name, text in FIGURE.findall(context.get("body", "")):
            self._runs.append(self._processes.submit(
                write_runs, name, unescape(text), Path(app.outdir, "recorded")))

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        self._processes.shutdown(cancel_futures=exception is not None)
        if not exception:
            for run in self._runs:
                run.result()    # or what went wrong there


def keep_room(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Surround the picture of each figure by what takes the place of its controls."""
    def surrounded(match: re.Match[str]) -> str:
        start, _, text, picture = match.groups()
        before, after = room(Experiment.from_json(unescape(text)))
        return f'{start}{before}<div class="nn-picture">{picture}</div>{after}'

    if "<nn-lab" in context.get("body", ""):
        context["body"] = PICTURE.sub(surrounded, context["body"])


def room(experiment: Experiment) -> tuple[str, str]:
    """What stands above the picture, and below it, in place of what panel.js makes."""
    def part(classes: str, *inside: str) -> str:
        return f'<div class="{classes} nn-room">{"".join(inside)}</div>'

    def buttons(*names: str, icon: str = "") -> list[str]:
        return [f'<button type="button">{icon}{escape(name)}</button>' for name in names]

    def row(control: Control) -> str:
        label = escape(control.label or control.name.replace("_", " "))
        if control.kind == "steps":
            steps = "".join(buttons("Back", "Step", icon="<svg></svg>"))
            return (f'<div class="nn-control nn-steps"><label>{label}</label>{steps}'
                    '<input type="range"><output></output></div>')
        if control.kind != "strokes":
            return f'<div class="nn-control"><label>{label}</label></div>'
        return (f'<fieldset class="nn-control nn-drawn"><legend>{label}</legend>'
                f'<div class="nn-pad"></div>{"".join(buttons("Clear"))}</fieldset>')

    trains = not experiment.source
    rows = [row(each) for each in experiment.controls if not trains or each.kind not in OWN]
    player = buttons("Play", "Step", "Reset", icon="<svg></svg>")
    player[0] = player[0].replace(" ", ' class="nn-main" ', 1)
    presets = buttons(*(preset.name for preset in experiment.presets))
    below = [
        *([part("nn-row nn-player", *player, *(buttons("Pin") if trains else []))]
          if trains or re.search(r"\byield\b", experiment.source) else []),
        part("nn-controls", *rows),
        *([part("nn-row nn-presets", '<span class="nn-label">Try</span>', *presets)]
          if presets else []),
        part("nn-row nn-footer", *buttons("Show the code", "Copy link", "Defaults")),
    ]
    return part("nn-status", '<p class="nn-text"></p>'), "".join(below)


def copy_scripts(app: Sphinx, exception: Exception | None) -> None:
    """Copy the folder next to the pages, and add what it shares with Python."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir, FOLDER)
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(Path(app.srcdir, FOLDER), target)
    for path in scripts.FOLDER.iterdir():
        if path.suffix in (".js", ".css"):
            shutil.copy(path, target)
    (target / "shared.js").write_text(scripts.shared(), encoding="utf-8")
    (target / "exercises.js").write_text(exercises(app), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_tags)
    recorder = Recorder()
    app.connect("html-page-context", recorder.begin)
    app.connect("html-page-context", keep_room)
    app.connect("build-finished", recorder.finish)
    app.connect("build-finished", copy_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
