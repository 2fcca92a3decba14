"""In the page: how fast nnlib trains in a browser, where the book's live figures run it.

``python -m benchmarks.in_page`` with ``full`` or ``quick`` prints what it measures, a line of JSON
for each. `run` starts that in .venv, the environment of the book: Playwright, which drives the
browser, is there anyway for the tests of the site, and who has built the site has .venv.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from benchmarks import machine
from benchmarks.either_side import CONTENDERS, Side, built, packed
from benchmarks.problems import DTYPES, Case, Problem
from benchmarks.timing import PRODUCTS, differences, in_turn
from tools.chromium import FLAGS, find_chromium, looked_for

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv" / "bin" / "python"
SITE = ROOT / "_build" / "html"
FIGURE = "playground"

# Nets for the same points of the moons.
NETS = (
    Case("moons, 4 tanh", 200, (2, 4, 2), "tanh", epochs=1000, checked_epochs=1000, rounds=9),
    Case("moons, 32 tanh", 200, (2, 32, 2), "tanh", epochs=500, checked_epochs=1000, rounds=9),
    Case("moons, 32 ReLU", 200, (2, 32, 2), "relu", epochs=500, checked_epochs=1000, rounds=9),
    Case("moons, 32 and 32 tanh", 200, (2, 32, 32, 2), "tanh", epochs=250, checked_epochs=1000,
         rounds=9),
)
# What of the playground is drawn: settings that are not those at the start.
DRAWN: tuple[dict[str, int], ...] = ({}, {"hidden_layers": 2, "hidden_nodes": 8})

# The modules that `either_side` needs, and itself.
SENT = ("__init__", "problems", "contenders/__init__", "contenders/naive_numpy",
        "contenders/with_nnlib", "products", "timing", "either_side")


def name_in_page(contender: str) -> str:
    """A contender of the page, in the results."""
    return f"{contender} in the page"


def name_in_cpython(contender: str) -> str:
    """A contender of CPython on the same machine, in the results."""
    return f"{contender} in CPython"


def missing(site: Path = SITE, python: Path = PYTHON) -> str:
    """What is not there of what this needs; empty if nothing."""
    wheels = list(site.glob("pyodide/nnlib-*.whl"))
    if not wheels:
        return "make site first, with Python for the browser"
    if not python.is_file():
        return "there is no .venv/bin/python"
    if not all(map(holds_this_library, wheels)):
        return "the built site has another nnlib: make site first"
    if find_chromium() is None:
        return f"no Chromium found; looked for {looked_for()}"
    return ""


def holds_this_library(wheel: Path) -> bool:
    """Whether a wheel has the modules of this folder's nnlib."""
    own = {path.relative_to(ROOT).as_posix(): path.read_bytes()
           for path in (ROOT / "nnlib").rglob("*.py")}
    with zipfile.ZipFile(wheel) as package:
        return own == {name: package.read(name) for name in package.namelist()
                       if name.endswith(".py")}


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """`measure` in a process of .venv."""
    argv = [str(PYTHON), "-m", "benchmarks.in_page", "quick" if quick else "full"]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield from map(json.loads, process.stdout)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, argv)


def measure(quick: bool) -> Iterator[dict[str, Any]]:
    """What it runs on and the figures ``drawn``; then row after row, as `time_case` makes them."""
    with chromium() as browser, served(SITE) as address:
        drawn = [draw(browser, address, settings, rounds=1 if quick else 9)
                 for settings in DRAWN[:1 if quick else None]]
        ask = PagePython(browser.new_page(), address)
        yield {"chromium": browser.version, "page": ask("about()"), "cpython": built(),
               "drawn": drawn}
        for case in NETS:
            for dtype in DTYPES:
                yield time_case(ask, case, dtype, quick)


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A browser that is not held to one core: a reader's draws on another than Python's."""
    from playwright.sync_api import sync_playwright

    with contextlib.ExitStack() as stack:
        with machine.every_core():
            driver = stack.enter_context(sync_playwright())
            browser = driver.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of the site, as `make book` serves it."""
    from tools.serve import Handler, Server

    with Server(("127.0.0.1", 0), partial(Handler, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


# Python, as the scripts of live figures start it, in a worker. Progress is told too; only answers
# and errors are waited for.
START = """scripts => {
  const text = `
    self.scripts = ${JSON.stringify(scripts)}
    importScripts(...['cache.js', 'download.js', 'load.js'].map(name => self.scripts + name))
    const loaded = fetchPython().then(() => startPython('nnlib'))
    onmessage = async ({ data }) => {
      try {
        const { pyodide } = await loaded
        pyodide.globals.set('text', data.given)
        postMessage({ answer: pyodide.runPython(data.code) })
      } catch (error) {
        postMessage({ error: error.message })
      }
    }`
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })))
  window.ask = message => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if ('answer' in data) resolve(data.answer)
      if ('error' in data) reject(new Error(data.error))
    }
    worker.onerror = event => reject(new Error(event.message))
    worker.postMessage(message)
  })
}"""

RECEIVE = """
import importlib
import json
from pathlib import Path

for name, source in json.loads(text).items():
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(source, encoding="utf-8")
importlib.invalidate_caches()

import platform
import pyodide
from benchmarks.either_side import Side, built

def about():
    return {"python": platform.python_version(), "pyodide": pyodide.__version__, **built()}

def begin(fields):
    global side
    side = Side(fields)

"null"
"""


class PagePython:
    """Evaluates Python in a page of the site, where values that JSON can hold are `given`."""

    def __init__(self, page: Any, address: str) -> None:
        page.goto(f"{address}/robots.txt")  # a page of the site without a script
        page.evaluate(START, f"{address}/live/")
        self._page = page
        files = [f"benchmarks/{name}.py" for name in SENT]
        self._run(RECEIVE, {name: (ROOT / name).read_text(encoding="utf-8") for name in files})

    def __call__(self, expression: str, *given: Any) -> Any:
        """What an expression is there, if JSON can hold that."""
        return self._run(f"given = json.loads(text)\njson.dumps({expression})", given)

    def _run(self, code: str, given: Any) -> Any:
        return json.loads(self._page.evaluate(
            "message => ask(message)", {"code": code, "given": json.dumps(given)}))


def problem(case: Case, dtype: str) -> Problem:
    """The moons, and first weights for them."""
    from nnlib import datasets

    X, y = datasets.moons(case.n, noise=0.2, random_state=0)
    return dataclasses.replace(case.problem(dtype), X=X.astype(dtype), y=y)


def time_case(ask: PagePython, case: Case, dtype: str, quick: bool) -> dict[str, Any]:
    """One row: do all have nnlib's losses in CPython, and how long do they take for an epoch?"""
    if quick:
        case = dataclasses.replace(case, epochs=50, checked_epochs=50, rounds=1)
    fields = packed(problem(case, dtype))
    here = Side(fields)
    ask("begin(*given)", fields)
    losses = {"nnlib": np.array(here.losses("nnlib", case.checked_epochs))}
    for name in CONTENDERS:
        losses[name_in_page(name)] = np.array(
            ask("side.losses(*given)", name, case.checked_epochs))
    measures = {name_in_page(name): partial(ask, "side.seconds(*given)", name, case.epochs)
                for name in (*CONTENDERS, PRODUCTS)}
    for name in ("nnlib", PRODUCTS):
        measures[name_in_cpython(name)] = partial(here.seconds, name, case.epochs)
    return {"case": case.key, "n": case.n, "sizes": case.sizes, "activation": case.activation,
            "dtype": dtype, "epochs": case.epochs, "checked_epochs": case.checked_epochs,
            "differences": differences(losses, dtype), "seconds": in_turn(measures, case.rounds)}


# From Play to the end of the run. A frame that came is drawn with the screen's next refresh, unless
# a newer one takes its place before.
PLAY = """() => new Promise((resolve, reject) => {
  const figure = document.querySelector('nn-lab')
  const start = performance.now()
  let [frames, last] = [0, figure.frame]
  const look = () => {
    if (figure.frame !== last) frames += 1
    last = figure.frame
    if (figure.hasAttribute('data-playing')) requestAnimationFrame(look)
    else if (!frames) reject(new Error(figure.innerText))
    else resolve({ epochs: last.epoch, frames, seconds: (performance.now() - start) / 1000 })
  }
  figure.querySelector('.nn-main').click()
  look()
})"""


def draw(browser: Any, address: str, settings: dict[str, int], rounds: int) -> dict[str, Any]:
    """The playground's figure, played to its end again and again: epochs, frames and seconds."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{address}/{FIGURE}.html#{urlencode({'lab': FIGURE, **settings})}")
    page.evaluate("customElements.whenDefined('nn-lab').then(() => true)")
    page.evaluate(PLAY)  # Python loads, and a recorded run may be seen meanwhile
    runs = [page.evaluate(PLAY) for _ in range(rounds)]
    page.close()
    return {"settings": settings, "runs": runs}


if __name__ == "__main__":
    for measured in measure(quick=sys.argv[1] == "quick"):
        print(json.dumps(measured), flush=True)
