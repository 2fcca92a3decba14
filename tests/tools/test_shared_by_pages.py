"""Every page of the site follows what all of them share: on a book of a few words."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"
SETTINGS = """
import os, sys
sys.path.insert(0, os.path.abspath("_ext"))
extensions = ["myst_parser", "sphinx_external_toc", "sphinx.ext.viewcode", "shared_by_pages",
              "ending"]
external_toc_path = {toc!r}
external_toc_exclude_missing = True
html_theme = "alabaster"
html_theme_options = {{"fixed_sidebar": False}}
html_static_path = ["_static"]
html_css_files = ["book.css"]
"""
ENDING = """
import os

def setup(app):
    end = os.environ.get("ENDING", "{}")
    app.connect("source-read", lambda app, page, text: text.append(text.pop() + end))
"""


class Book:
    def __init__(self, folder: Path) -> None:
        self.pages, self.site, self.toc = folder / "book", folder / "html", folder / "_toc.yml"
        extensions, self.static = self.pages / "_ext", self.pages / "_static"
        self.static.mkdir(parents=True)
        (self.static / "book.css").write_text("p {color: black}")
        (self.static / "gone.txt").touch()
        extensions.mkdir()
        shutil.copy(EXTENSIONS / "shared_by_pages.py", extensions)
        (extensions / "ending.py").write_text(ENDING.format(""))
        (folder / "requirements.txt").write_text("ending==1")
        (self.pages / "conf.py").write_text(SETTINGS.format(toc=str(self.toc)))
        self.write("index", "Home")

    def write(self, name: str, title: str) -> None:
        (self.pages / f"{name}.md").write_text(f"# {title}\n\nThe page {name}.\n")

    def build(self, *names: str, **environment: str) -> None:
        entries = "".join(f"\n  - file: {name}" for name in names)
        self.toc.write_text(f"root: index\nentries:{entries}\n")
        subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html",
             "-d", self.site.with_name("memory"), self.pages, self.site],
            env=os.environ | environment, check=True)

    def pages_with(self, text: str) -> set[str]:
        return {path.stem for path in self.site.glob("*.html")
                if text in path.read_text(encoding="utf-8")}

    def sidebars(self) -> dict[str, list[str]]:
        """What the sidebar of each page lists."""
        listed = {}
        for name in ["index", *(path.stem for path in self.pages.glob("chapter*.md"))]:
            page = (self.site / f"{name}.html").read_text(encoding="utf-8")
            (sidebar,) = re.findall(r'<div class="sphinxsidebar".*?<search', page + "<search", re.S)
            listed[name] = re.findall(r'class="toctree-l1[^>]*>\s*<a[^>]*>([^<]*)<', sidebar)
        return listed


@pytest.fixture
def book(tmp_path) -> Book:
    book = Book(tmp_path)
    book.write("chapter1", "First")
    book.write("chapter2", "Second")
    book.build("chapter1", "chapter2")
    assert set(map(tuple, book.sidebars().values())) == {("First", "Second")}
    return book


def test_every_page_follows_what_is_added_moved_renamed_and_removed(book):
    (book.site / "_modules").mkdir()
    (book.site / "_modules" / "index.html").touch()    # which viewcode writes if it is missing
    book.write("chapter3", "Third")
    book.build("chapter1", "chapter3", "chapter2")
    assert not (book.site / "_modules" / "index.html").exists()
    assert list(book.sidebars().values()) == 4 * [["First", "Third", "Second"]]

    book.write("chapter1", "The first")
    book.build("chapter2", "chapter3", "chapter1")
    assert list(book.sidebars().values()) == 4 * [["Second", "Third", "The first"]]

    assert (book.site / "_sources" / "chapter2.md.txt").is_file()
    (book.site / "_modules" / "gone.html").touch()
    (book.pages / "chapter2.md").unlink()
    book.build("chapter3", "chapter1")
    assert list(book.sidebars().values()) == 3 * [["Third", "The first"]]
    assert [path for path in book.site.rglob("*") if "chapter2" in path.name] == []
    assert not (book.site / "_modules" / "gone.html").exists()
    search = (book.site / "searchindex.js").read_text(encoding="utf-8")
    (found,) = re.findall(r'"docnames": ?\[([^]]*)\]', search)
    assert re.findall(r"\w+", found) == ["chapter1", "chapter3", "index"]


def test_where_nothing_changed_nothing_is_written(book):
    def times() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in book.site.glob("chapter*.html")}

    before = times()
    book.build("chapter1", "chapter2")
    assert times() == before
    book.write("chapter1", "First")
    with (book.pages / "chapter1.md").open("a") as file:
        file.write("\nMore.\n")
    book.build("chapter1", "chapter2")
    changed = {path.stem for path, time in times().items() if time != before[path]}
    assert changed == {"chapter1"}


def test_every_page_and_the_site_follow_static_files(book):
    def versions() -> set[str]:
        pages = [path.read_text(encoding="utf-8") for path in book.site.glob("*.html")]
        return {name for page in pages for name in re.findall(r"book\.css\?v=\w+", page)}

    before = versions()
    assert (book.site / "_static" / "gone.txt").exists()
    (book.static / "gone.txt").unlink()
    (book.static / "book.css").write_text("p {color: red}")
    book.build("chapter1", "chapter2")
    assert (book.site / "_static" / "book.css").read_text() == "p {color: red}"
    assert not (book.site / "_static" / "gone.txt").exists()
    assert len(before) == len(versions()) == 1
    assert versions() != before


def test_every_page_is_read_again_with_other_extensions_or_packages(book):
    (book.pages / "_ext" / "ending.py").write_text(ENDING.format("An end."))
    book.build("chapter1", "chapter2")
    assert book.pages_with("An end.") == {"index", "chapter1", "chapter2"}
    # Here a package is what the extension asks of the environment.
    (book.pages.parent / "requirements.txt").write_text("ending==2")
    book.build("chapter1", "chapter2", ENDING="Another.")
    assert book.pages_with("Another.") == {"index", "chapter1", "chapter2"}
