"""The notebooks in the reader's browser: the button, the files behind it, and every cell.

The browser can reach no host but this one. Notebooks are opened and run below a sub-path, where
addresses are harder to get right; the playground, at the root.
"""

import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import nbformat
import pytest
from faults import STORAGE_BLOCKED, as_octets, give_up, note_requests
from readers import DESKTOP

from book._ext import plain_notebooks
from nnlib import exercises

BOOK = Path(__file__).parents[2] / "book"
PATIENCE = 900_000    # milliseconds; studies take ten times as long as they do outside browsers

START = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN = """([command, patience]) => Promise.race([
  jupyterapp.commands.execute(command).then(() => true),
  new Promise(resolve => setTimeout(resolve, patience, false))
])"""
CELLS = "jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.toJSON())"
SHOW = """index => {
  const notebook = jupyterapp.shell.currentWidget.content
  notebook.activeCellIndex = index
  return notebook.scrollToItem(index, 'center')
}"""
# What the canvases of a figure show, as long as it is the same.
PICTURE = """panel =>
  [...panel.querySelectorAll('nn-lab canvas')].map(canvas => canvas.toDataURL()).join()"""
# The same, once it has stayed for a second.
STILL = f"""async panel => {{
  const picture = {PICTURE}
  for (let before, times = 0, tries = 0; tries < 300; tries++) {{
    const now = picture(panel)
    times = now === before ? times + 1 : 0
    if (times === 10) return now
    before = now
    await new Promise(resolve => setTimeout(resolve, 100))
  }}
  throw new Error('the picture does not come to rest') }}"""
# A canvas is put into words when what is drawn on it stays.
DRAWN = "nn-lab canvas:not([aria-label=''])"
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="session")
def lite(site: Path) -> Path:
    if not (site / "lite").is_dir():
        give_up(
            "THE SITE WAS BUILT WITHOUT PYTHON FOR THE BROWSER, SO NO NOTEBOOK WAS TRIED THERE. "
            "`make site` says which files it could not get."
        )
    return site / "lite"


class Tab:
    """A page's notebook, opened with the button on the page, and what went wrong meanwhile."""

    def __init__(self, context, url: str) -> None:
        self.faults: list[str] = []
        self.log: list[str] = []
        note_requests(context, self.faults)
        context.on("console", lambda each: self.log.append(f"{each.type}: {each.text}"))
        context.on("weberror", lambda each: self.faults.append(f"page error: {each.error}"))
        chapter = context.new_page()
        chapter.goto(url)
        with context.expect_page() as opened:
            chapter.get_by_role("link", name="Run in the browser").click()
        self.page = opened.value
        self.page.set_default_timeout(PATIENCE)
        self.page.wait_for_function(
            "window.jupyterapp?.shell?.currentWidget?.context?.isReady"
        )
        chapter.close()

    def start_kernel(self) -> None:
        """Wait for the kernel: to run a cell before it is there does nothing."""
        self.page.wait_for_function(START, polling=200)

    def run(self, command: str) -> None:
        assert self.page.evaluate(RUN, [f"notebook:{command}", PATIENCE]), f"{command} goes on"

    def cells(self) -> list[dict]:
        return self.page.evaluate(CELLS)

    def code_cells(self) -> list[dict]:
        """The cells that a kernel runs: it passes over blank ones."""
        return [c for c in self.cells() if c["cell_type"] == "code" and text(c).strip()]


class Opener:
    """Opens the notebook of a page as someone does who has never been here."""

    def __init__(self, browser) -> None:
        self.readers: list[Tab] = []    # what is kept of a test that fails
        self.contexts = []
        self._browser = browser

    def __call__(self, url: str) -> Tab:
        self.contexts.append(self._browser.new_context(viewport=DESKTOP))
        self.contexts[-1].route("**/*.wasm", as_octets)    # not every server knows its type,
        self.contexts[-1].add_init_script(STORAGE_BLOCKED)    # nor does every browser keep things
        self.readers.append(Tab(self.contexts[-1], url))
        return self.readers[-1]


@pytest.fixture
def open_notebook(browser) -> Iterator[Opener]:
    opener = Opener(browser)
    yield opener
    for context in opener.contexts:
        context.close()


def text(cell) -> str:
    return "".join(cell["source"])


def stored(notebook: str, folder: Path = BOOK) -> list:
    return nbformat.read((folder / notebook).with_suffix(".ipynb"), as_version=4).cells


def sources(cells: list, kind: str) -> list[str]:
    return [cell.source for cell in cells if cell.cell_type == kind]


def test_notebooks_are_those_of_the_book(lite, notebooks, chapters):
    assert set(chapters) <= set(notebooks)
    for name in notebooks:
        cells = stored(name, lite / "files")
        for kind in ("code", "raw"):
            assert sources(cells, kind) == sources(stored(name), kind)


MYST = re.compile(r"\{[\w:-]+\}`|^(?:```|:::)\{.*|^:\w+:|\(eq-[\w-]+\)", re.M)


def test_notebooks_read_well_where_nobody_renders_myst(lite, notebooks):
    """References are words, exercises have headings, and solutions are folded."""
    for name in notebooks:
        cells = stored(name, lite / "files")
        texts = sources(cells, "markdown")
        assert [MYST.search(text)[0] for text in texts if MYST.search(text)] == [], name
        originals = "".join(sources(stored(name), "markdown"))
        folded = [cell.source for cell in cells
                  if cell.metadata.get("jp-MarkdownHeadingCollapsed")]
        assert folded == ["#### Solution"] * originals.count("{solution-start}")
        titles = re.findall(r"^### Exercise \d+\.\d+: (.*)$", "\n".join(texts), re.M)
        assert titles == re.findall(r"\{exercise-start\} (.*)", originals)


def test_a_page_says_that_a_saved_notebook_is_of_another_edition(lite, server, new_reader):
    """And opens the new one; the reader's own stays beside it."""
    reader = new_reader()
    reader.go(f"{server}/playground.html")
    saved = reader.page.locator(".nn-saved-copy")
    assert saved.count() == 0
    for edition in (reader.page.locator("meta[name=edition]").get_attribute("content"), "other"):
        reader.page.evaluate(SAVE, edition)
        reader.go(f"{server}/playground.html")
        assert reader.page.evaluate("savedCopyIsKnown.then(() => true)")
    assert "another edition" in saved.inner_text()
    saved.get_by_role("button", name="Put mine beside the new one").click()
    saved.get_by_text("playground-mine.ipynb").wait_for()
    assert reader.page.evaluate(KEPT) == ["playground-mine.ipynb"]
    assert reader.faults == []


# As JupyterLite saves a notebook.
STORE = """const name = `JupyterLite Storage - ${new URL('lite/', document.baseURI).pathname}`
  const opening = indexedDB.open(name)
  opening.onupgradeneeded = () => opening.result.createObjectStore('files')
  await new Promise(resolve => { opening.onsuccess = resolve })
  const files = opening.result.transaction('files', 'readwrite').objectStore('files')
  const done = request => new Promise(resolve => {
    request.onsuccess = () => { opening.result.close(); resolve(request.result) } })"""
SAVE = f"""async edition => {{ {STORE}
  await done(files.put({{name: 'playground.ipynb', path: 'playground.ipynb',
    content: {{metadata: {{edition}}}}}}, 'playground.ipynb')) }}"""
KEPT = f"async () => {{ {STORE}; return done(files.getAllKeys()) }}"


def test_notebooks_find_the_evidence_they_load(lite, notebooks):
    for name in notebooks:
        for cell in stored(name):
            for path in re.findall(r"""\.stored\(["']([^"'{]+)["']""", cell.source):
                assert (lite / "files" / path).read_bytes() == (BOOK / path).read_bytes()
    shipped = {path.name for path in (lite / "files" / "evidence").iterdir()}
    assert shipped == {path.name for path in (BOOK / "evidence").glob("*.npz")}
    variants = {path.name for path in (lite / "files" / "variants").iterdir()}
    assert variants == {path.name for path in (BOOK / "variants").glob("*.py")}
    measured = {path.name for path in (lite / "files").glob("*.json")}
    assert measured == {path.name for path in BOOK.glob("*.json")} != set()


def test_an_exercise_with_variants_is_called_by_its_number(lite):
    number, found = plain_notebooks.numbers(BOOK), exercises.with_variants(lite / "files")
    assert len(found) >= 30
    assert [exercises.variant(number[label], 42, lite / "files").name for label in found] == found


def test_pages_of_notebooks_alone_have_the_button(lite, site, notebooks):
    buttons = {p.name: re.findall(r'<a href="([^"]*)"[^>]*btn-run-in-browser', p.read_text())
               for p in site.glob("*.html")}
    assert sorted(name for name, links in buttons.items() if links) == sorted(notebooks)
    for name in notebooks:
        (link,) = buttons[name]
        address = urlsplit(unescape(link))
        assert (site / name).parent.joinpath(address.path).is_file(), link
        (notebook,) = parse_qs(address.query)["path"]
        assert (lite / "files" / notebook).name == Path(name).with_suffix(".ipynb").name
        assert (lite / "files" / notebook).is_file(), link


def test_pyodide_has_every_file_of_its_lock(lite, site):
    lock = json.loads((site / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    for name, sha256 in lock["core"].items():
        content = (site / "pyodide" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256, name
    for package in lock["packages"].values():
        content = (site / "pyodide" / package["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"], package["name"]
        needs = {name.replace("_", "-") for name in package["depends"]}
        assert needs <= set(lock["packages"]), package["name"]


def test_pyodide_has_what_a_notebook_imports(notebook, lite, site):
    lock = json.loads((site / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    there = {name for package in lock["packages"].values() for name in package["imports"]}
    there |= sys.stdlib_module_names
    for cell in stored(notebook):
        if cell.cell_type != "code" or cell.source.startswith("%"):
            continue
        for node in ast.walk(ast.parse(cell.source)):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [
                each.name for each in node.names] if isinstance(node, ast.Import) else []
            assert {name.split(".")[0] for name in names} <= there


def test_pages_name_their_icons(lite):
    """At once: later, browsers have asked the root of the server, which is not ours."""
    for app in ("notebooks", "tree", "edit"):
        page = (lite / app / "index.html").read_text(encoding="utf-8")
        (icon,) = re.findall('<link rel="icon" href="([^"]*)"', page)
        assert (lite / app / icon).is_file()


def test_no_source_maps(lite):
    assert list(lite.rglob("*.map")) == []


@pytest.mark.seldom
def test_a_notebook_runs_to_its_end(
    notebook_to_run, lite, server, server_at_root, chapters, open_notebook
):
    home = server_at_root if notebook_to_run == "playground.html" else server
    tab = open_notebook(f"{home}/{quote(notebook_to_run)}")
    assert [text(cell) for cell in tab.cells()] == [
        cell.source for cell in stored(notebook_to_run, lite / "files")]
    tab.start_kernel()
    tab.run("clear-all-cell-outputs")
    tab.run("run-all-cells")
    cells = tab.code_cells()
    failed = [
        f"{text(cell)}\n{output['ename']}: {output['evalue']}"
        for cell in cells
        for output in cell["outputs"]
        if output["output_type"] == "error"
        and "raises-exception" not in cell["metadata"].get("tags", [])
    ]
    assert failed == []
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    panels = [
        index
        for index, cell in enumerate(tab.cells())
        if any(WIDGET in output.get("data", {}) for output in cell.get("outputs", []))
    ]
    assert panels or notebook_to_run not in ["index.html", *chapters], "no sliders were drawn"
    for index in panels:
        check_slider(tab.page, index)
    assert tab.faults == []


def check_slider(page, index: int) -> None:
    """The first slider of a cell that does something makes it draw another picture.

    By the mouse: keys do not reach the sliders of every notebook.
    """
    page.evaluate(SHOW, index)
    panel = page.locator(f'.jp-Cell[data-windowed-list-index="{index}"] .jp-OutputArea')
    slider = panel.locator(".noUi-target:not([disabled])").first
    handle = slider.locator(".noUi-handle")
    panel.locator(DRAWN).first.wait_for()
    before, value = panel.evaluate(STILL), handle.get_attribute("aria-valuenow")
    place = 0.75 if handle.bounding_box()["x"] < middle(slider) else 0.25
    track = slider.locator(".noUi-base")
    track.click(position={"x": place * track.bounding_box()["width"], "y": 2})
    assert handle.get_attribute("aria-valuenow") != value
    page.wait_for_function(
        f"([panel, before]) => ({PICTURE})(panel) !== before",
        arg=[panel.element_handle(), before],
        polling=200,
    )


def middle(element) -> float:
    """Across the page, in its pixels."""
    box = element.bounding_box()
    return box["x"] + box["width"] / 2
