"""Readers of the site: a browser window each, and a record of what went wrong in it."""

from pathlib import Path
from typing import Any, ClassVar

from faults import note_requests

DESKTOP, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 300_000    # milliseconds: a machine may have much else to do


class Reader:
    """A browser window of its own, and a record of what went wrong on the page it shows."""

    staying: ClassVar[set["Reader"]] = set()    # those on a page, where a figure may play on

    def __init__(self, browser: Any, **options: Any) -> None:
        self.faults: list[str] = []
        self.log: list[str] = []    # all that the console showed
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        note_requests(self.page, self.faults)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))

    def _console(self, message: Any) -> None:
        self.log.append(f"{message.type}: {message.text}")
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def go(self, url: str) -> None:
        """Load a page and wait until its formulas are set and its transitions over."""
        # Leaving a page may break off its last requests: no fault of the next one.
        self.leave()
        self.faults.clear()
        self.log.clear()
        self.page.goto(url, wait_until="load")
        self.staying.add(self)
        self.settle()

    def leave(self) -> None:
        self.page.goto("about:blank")
        self.staying.discard(self)

    def close(self) -> None:
        self.context.close()
        self.staying.discard(self)

    def stay(self, url: str) -> None:
        """Be on a page: load it, unless it is the one that is shown already."""
        if self.page.url.split("#")[0] != url:
            self.go(url)
        else:
            self.settle()

    def with_system(self, viewport: dict[str, int], theme: str) -> "Reader":
        """The same window in another size, on a system that now asks for another theme."""
        if self.page.viewport_size != viewport:
            self.page.set_viewport_size(viewport)
        self.page.emulate_media(color_scheme=theme)
        if self in self.staying:    # the page's script hears of it a moment later
            self.page.wait_for_function(
                "theme => (document.documentElement.dataset.theme ?? theme) === theme", arg=theme)
        return self

    def settle(self) -> None:
        self.page.evaluate("window.MathJax?.startup?.promise.then(() => true)")
        # Not by their promises: of what is off the screen, some are never kept.
        self.page.wait_for_function(
            "() => document.getAnimations().every(each => each.playState !== 'running')")


class Newcomers:
    """Readers who have never been here: `new_reader(color_scheme="dark")` makes one."""

    def __init__(self, browser: Any) -> None:
        self.readers: list[Reader] = []
        self._browser = browser

    def __call__(self, **options: Any) -> Reader:
        self.readers.append(Reader(self._browser, **{"viewport": DESKTOP, **options}))
        return self.readers[-1]


def keep(page: Any, lines: list[str], path: Path) -> None:
    """What a window shows and what went wrong in it, as `path`.png and `path`.txt."""
    lines = [page.url, *lines]
    for whole in (True, False):
        try:
            page.screenshot(path=path.with_suffix(".png"), full_page=whole, timeout=20_000)
            break
        except Exception as error:    # the test has failed already, and must say why itself
            lines.append(f"no picture of the {'page' if whole else 'window'}: {error}")
    path.with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
