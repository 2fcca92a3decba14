"""The built site, served on this machine, and one browser for all tests of a process."""

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from built_site import (
    CHAPTERS,
    CHAPTERS_TO_TRY,
    NOTEBOOKS,
    PAGES,
    ROOT,
    SITE,
    TO_RUN,
    TO_SHOW,
    shortest_and_longest,
)
from chromium import FLAGS, find_chromium, looked_for
from faults import give_up
from live_figures import BUSIEST, Figure, Visit, markup
from readers import DESKTOP, PHONE, Newcomers, Reader, keep
from thoroughness import EVERYTHING

SUB_PATH = "/some/sub/path/"
FAILURES = ROOT / "_build" / "test-failures"
EXHIBITS = count(1)
RESIDENTS: set[Reader] = set()    # of this process: one, or none yet


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test one page at a time, of those that its argument names."""
    readable = ["index.html", "api.html", "glossary.html", "notation.html", *CHAPTERS]
    plain = readable if EVERYTHING else [*readable[:2], *shortest_and_longest(CHAPTERS)]
    for argument, values in [
        ("shown_page", TO_SHOW), ("chapter_to_try", CHAPTERS_TO_TRY),
        ("reading_page", [page for page in readable if page in TO_SHOW]),
        ("plain_page", plain if PAGES else []),
        ("notebook", NOTEBOOKS),
        ("notebook_to_run", TO_RUN),
    ]:
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, values)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator:
    """Of a test that fails, keep what its readers see, their consoles and the build's report."""
    report = yield
    if report.failed:
        used = getattr(item, "funcargs", {}).values()
        readers = [reader for each in used for reader in getattr(each, "readers", [each])
                   if hasattr(reader, "page") and hasattr(reader, "faults")]
        FAILURES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.]+", "-", item.name).strip("-")
        for number, reader in enumerate(readers, start=1):
            keep(reader.page, [*reader.log, *reader.faults], FAILURES / f"{name}-{number}.png")
        if (log := ROOT / "_build" / "site.log").is_file():
            shutil.copy(log, FAILURES)
    return report


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After the last test of a file nobody stays: a figure that plays on costs other tests time.

    But whoever is to go on with figures: Python has started there.
    """
    if nextitem is None or nextitem.path != item.path:
        goes_on = nextitem is not None and "resident" in getattr(nextitem, "fixturenames", ())
        for reader in Reader.staying - (RESIDENTS if goes_on else set()):
            reader.leave()


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


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site below one path, and nothing beside it."""

    def __init__(self, *args: object, below: str, **kwargs: object) -> None:
        self._below = below
        super().__init__(*args, **kwargs)

    def translate_path(self, path: str) -> str:
        inside = path.startswith(self._below)
        return super().translate_path(path.removeprefix(self._below) if inside else "/nowhere")

    def log_message(self, *args: object) -> None:
        """Say nothing: the browser reports what fails."""


def serve(site: Path, below: str) -> Iterator[str]:
    handler = functools.partial(Handler, below=below, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}{below.rstrip('/')}"
        httpd.shutdown()


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    """The address of the site in a folder, where addresses are harder to get right."""
    yield from serve(site, SUB_PATH)


@pytest.fixture(scope="session")
def server_at_root(site: Path) -> Iterator[str]:
    yield from serve(site, "/")


@pytest.fixture(scope="session")
def browser() -> Iterator:
    path = find_chromium()
    if path is None:
        give_up(
            f"NO CHROMIUM FOUND, SO NO PAGE WAS TRIED IN A BROWSER. Looked for {looked_for()}; "
            "install one (on Debian: apt install chromium) or set CHROMIUM to its path."
        )
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_reader(browser) -> Iterator[Newcomers]:
    """Make a reader who has never been here: `new_reader(color_scheme="dark")`."""
    newcomers = Newcomers(browser)
    yield newcomers
    for each in newcomers.readers:
        each.close()


# The readers below go on from page to page, as readers do: MathJax then comes from their cache.


@pytest.fixture(scope="session")
def window(browser) -> Reader:
    """One who sees each page in every way: to load it takes longer than to look at it."""
    return Reader(browser, viewport=DESKTOP, color_scheme="light")


@pytest.fixture
def light(window: Reader) -> Reader:
    return window.with_system(DESKTOP, "light")


@pytest.fixture
def dark(window: Reader) -> Reader:
    return window.with_system(DESKTOP, "dark")


@pytest.fixture
def phone(window: Reader) -> Reader:
    return window.with_system(PHONE, "light")


@pytest.fixture(scope="session")
def resident(browser) -> Reader:
    """One who stays on a page as long as tests are about its figures: Python starts once."""
    RESIDENTS.add(reader := Reader(browser, viewport=DESKTOP, color_scheme="light"))
    return reader


@pytest.fixture(scope="session")
def without_javascript(browser) -> Reader:
    return Reader(browser, viewport=DESKTOP, java_script_enabled=False)


@pytest.fixture(scope="session")
def site_with_python(site: Path) -> None:
    if not (site / "pyodide").is_dir():
        give_up(
            "THE SITE WAS BUILT WITHOUT PYTHON FOR THE BROWSER, SO NO LIVE FIGURE WAS TRIED. "
            "`make site` says which files it could not get."
        )


# Nobody has recorded a run of the copy, and the page need not ask for one.
HANG = """([html, recorded]) => {
  const {fetch} = window
  window.fetch = (address, ...more) => String(address).includes(recorded)
    ? Promise.resolve(new Response(null, {status: 404})) : fetch(address, ...more)
  for (const earlier of document.querySelectorAll('.exhibit')) earlier.remove()
  for (const pause of document.querySelectorAll('nn-lab[data-playing] .nn-main')) pause.click()
  const place = document.createElement('div')
  place.className = 'exhibit'
  place.innerHTML = html
  document.querySelector('.bd-article').append(place)
}"""


@pytest.fixture
def exhibit(resident: Reader, server: str, site: Path) -> Iterator[Callable[..., Visit]]:
    """Hang a figure, as nobody has touched it, on one page where Python runs already.

    It is any page's, or one of which the element is given.  It has a name of its own there, so that
    it is nobody else's when frames still come for that.
    """
    def hang(figure: Figure, element: str = "") -> Visit:
        resident.stay(f"{server}/{quote(BUSIEST[0].page)}")
        resident.faults.clear()
        copy = figure._replace(name=f"{figure.name}-{next(EXHIBITS)}")
        resident.page.evaluate(HANG, [(element or markup(site, figure)).replace(
            f'id="{figure.name}"', f'id="{copy.name}"', 1), f"/recorded/{copy.name}-"])
        return Visit(resident, copy)

    yield hang
    assert resident.faults == []


@pytest.fixture
def visit(resident: Reader, server: str, exhibit: Callable[..., Visit]
          ) -> Iterator[Callable[[Figure], Visit]]:
    """Go to a figure: to the busiest on its page, where Python runs for the others too."""
    def start(figure: Figure) -> Visit:
        if figure not in BUSIEST:
            return exhibit(figure)
        resident.stay(f"{server}/{quote(figure.page)}")
        resident.faults.clear()
        return Visit(resident, figure)

    yield start
    assert resident.faults == []
