"""Every page of the site follows its table of contents: on a book of a few words."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"
SETTINGS = f"""
import sys
sys.path.insert(0, {str(EXTENSIONS)!r})
extensions = ["myst_parser", "sphinx_external_toc", "sphinx.ext.viewcode", "sidebar"]
external_toc_path = {{toc!r}}
external_toc_exclude_missing = True
html_theme = "alabaster"
html_theme_options = {{{{"fixed_sidebar": False}}}}
"""


class Book:
    def __init__(self, folder: Path) -> None:
        self.pages, self.site, self.toc = folder / "book", folder / "html", folder / "_toc.yml"
        self.pages.mkdir()
        (self.pages / "conf.py").write_text(SETTINGS.format(toc=str(self.toc)))
        self.write("index", "Home")

    def write(self, name: str, title: str) -> None:
        (self.pages / f"{name}.md").write_text(f"# {title}\n\nThe page {name}.\n")

    def build(self, *names: str) -> None:
        entries = "".join(f"\n  - file: {name}" for name in names)
        self.toc.write_text(f"root: index\nentries:{entries}\n")
        subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html",
             "-d", self.site.with_name("memory"), self.pages, self.site], check=True)

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
