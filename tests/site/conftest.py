"""The built site, served on this machine, and one browser for all tests."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from built_site import CHAPTERS, NOTEBOOKS, PAGES, SITE, TO_RUN
from faults import give_up, note_requests

DESKTOP, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
SUB_PATH = "/some/sub/path/"
PATIENCE = 90_000    # milliseconds: a machine may have much else to do
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
# The last one leaves the browser no host but the server of these tests.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site at the root of the server and, once more, below SUB_PATH."""

    def translate_path(self, path: str) -> str:
        return super().translate_path("/" + path.removeprefix(SUB_PATH))

    def log_message(self, *args: object) -> None:
        """Say nothing: the browser reports what fails."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test one page at a time, of those that its argument names."""
    readable = ["index.html", "api.html", "glossary.html", "notation.html", *CHAPTERS]
    for argument, values in [
        ("any_page", PAGES), ("chapter", CHAPTERS), ("notebook", NOTEBOOKS),
        ("notebook_to_run", TO_RUN), ("reading_page", readable if PAGES else []),
    ]:
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, values)


@pytest.fixture(scope="session")
def site() -> Path:
    if not CHAPTERS:
        pytest.fail(f"no built site with chapters at {SITE}: run `make site` first")
    return SITE


@pytest.fixture(scope="session")
def chapters(site: Path) -> list[str]:
    return CHAPTERS


@pytest.fixture(scope="session")
def notebooks(site: Path) -> list[str]:
    return NOTEBOOKS


@pytest.fixture(scope="session")
def page_names(site: Path) -> list[str]:
    return PAGES


@pytest.fixture(scope="session")
def sub_path() -> str:
    return SUB_PATH


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    handler = functools.partial(Handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator:
    named = os.environ.get("CHROMIUM")
    path = next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)
    if path is None:
        give_up(
            "NO CHROMIUM FOUND, SO NO PAGE WAS TRIED IN A BROWSER. Looked for "
            + (f"CHROMIUM={named}" if named else ", ".join(BROWSERS))
            + "; install one (on Debian: apt install chromium) or set CHROMIUM to its path."
        )
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


class Reader:
    """A browser window of its own, and a record of what went wrong on the page it shows."""

    def __init__(self, browser, **options) -> None:
        self.faults: list[str] = []
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        note_requests(self.page, self.faults)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))

    def _console(self, message) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def go(self, url: str) -> None:
        """Load a page and wait until its formulas are set and its transitions over."""
        # Leaving a page may break off its last requests: no fault of the next one.
        self.page.goto("about:blank")
        self.faults.clear()
        self.page.goto(url, wait_until="load")
        self.page.evaluate("""Promise.all([
            window.MathJax?.startup?.promise,
            ...document.getAnimations().map(animation => animation.finished)
        ]).then(() => true)""")


@pytest.fixture
def new_reader(browser) -> Iterator[Callable[..., Reader]]:
    """Make a reader who has never been here: `new_reader(color_scheme="dark")`."""
    readers: list[Reader] = []

    def start(**options) -> Reader:
        readers.append(Reader(browser, **{"viewport": DESKTOP, **options}))
        return readers[-1]

    yield start
    for each in readers:
        each.context.close()


# The readers below go on from page to page, as readers do: MathJax then comes from their cache.


@pytest.fixture(scope="session")
def phone(browser) -> Reader:
    return Reader(browser, viewport=PHONE)


@pytest.fixture(scope="session")
def light(browser) -> Reader:
    return Reader(browser, viewport=DESKTOP, color_scheme="light")


@pytest.fixture(scope="session")
def dark(browser) -> Reader:
    return Reader(browser, viewport=DESKTOP, color_scheme="dark")


@pytest.fixture(scope="session")
def resident(browser) -> Reader:
    """One who stays on a page as long as tests are about its figures: Python starts once."""
    return Reader(browser, viewport=DESKTOP, color_scheme="light")


@pytest.fixture(scope="session")
def without_javascript(browser) -> Reader:
    return Reader(browser, viewport=DESKTOP, java_script_enabled=False)
