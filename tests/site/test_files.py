"""The files of the built site, without a browser: links resolve, nothing comes from elsewhere."""

import gzip
import itertools
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from book._ext import plain_notebooks

ROOT = Path(__file__).parents[2]
TEMPLATES = {"webpack-macros.html", "sbt-webpack-macros.html"}    # of the theme, not pages
LOADED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "video": "src"}


class Page(HTMLParser):
    """What a page links to, what it loads, and the places in it that others may link to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.meta: dict[str, str] = {}
        self.policy = ""
        self.before_policy: list[str] = []    # what the policy comes too late for
        self.handlers: list[str] = []
        self.neighbours: dict[str, str] = {}    # the pages before and after it
        self.title = ""
        self._in_title = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        self.handlers += [f"{tag} {name}" for name in values if name.startswith("on")]
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        elif not self.policy:
            self.before_policy.append(tag)
        leads_on = tag == "a" or values.get("rel") in ("index", "next", "prev", "search")
        if leads_on and "href" in values:
            self.links.append(values["href"])
            for way in {"left-prev", "right-next"} & set(values.get("class", "").split()):
                self.neighbours[way] = values["href"]
        elif tag == "link" and values.get("rel") != "canonical":
            self.loads.append(values["href"])
        elif values.get(LOADED.get(tag, "")):
            self.loads.append(values[LOADED[tag]])
        elif tag == "meta" and "content" in values:
            self.meta[values.get("property") or values.get("name", "")] = values["content"]
        # The first title is the page's; those inside pictures come later.
        self._in_title = tag == "title" and not self.title

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False


@cache
def read(path: Path) -> Page:
    return Page(path)


@pytest.fixture(scope="session")
def pages(site: Path, page_names: list[str]) -> dict[str, Page]:
    return {name: read(site / name) for name in page_names}


def is_external(address: str) -> bool:
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


def broken(site: Path, name: str, address: str) -> bool:
    """Whether a link inside the site leads to no file, or to no place in its page."""
    parts = urlsplit(address)
    target = (site / name).parent / unquote(parts.path) if parts.path else site / name
    if target.is_dir():
        target /= "index.html"
    if not target.is_file() or site.resolve() not in target.resolve().parents:
        return True
    anchor = unquote(parts.fragment)
    return bool(anchor) and target.suffix == ".html" and anchor not in read(target.resolve()).ids


def test_every_page_of_the_contents_was_built(pages):
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter for part in contents["parts"] for chapter in part["chapters"]]
    listed = [contents["root"], *(chapter["file"] for chapter in chapters)]
    assert [name for name in listed if f"{name}.html" not in pages] == []


def test_every_chapter_is_in_the_contents():
    text = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    chapters = [p.stem for p in (ROOT / "book").glob("[0-9][0-9]_*.ipynb")]
    assert chapters
    assert [name for name in chapters if f"file: {name}\n" not in text] == []


def test_previous_and_next_lead_through_the_book(pages, chapters):
    """From the first page, next visits every chapter in order; previous leads back."""
    names = ["index.html", *chapters]
    for before, after in itertools.pairwise(names):
        assert pages[before].neighbours["right-next"] == after
        assert pages[after].neighbours["left-prev"] == before


def test_links_resolve(site, pages):
    site = site.resolve()
    faults = [
        f"{name} -> {address}"
        for name, page in pages.items()
        for address in page.links
        if not is_external(address) and address != "#" and broken(site, name, address)
    ]
    assert faults == []


def test_pages_load_files_of_the_site_only(site, pages):
    faults = [
        f"{name} loads {address}"
        for name, page in pages.items()
        for address in page.loads
        if not address.startswith("data:")
        and (is_external(address) or broken(site, name, address.split("?")[0]))
    ]
    assert faults == []


def test_pages_are_light(site, pages):
    """All that a page loads before any touch, as web servers send it; MathJax comes on top."""
    @cache
    def sent(path: Path) -> int:
        return len(gzip.compress(path.read_bytes()))

    live = sum(map(sent, (site / "live").iterdir()))
    fonts = list((site / "_static").resolve().rglob("*.woff2"))
    weights = {}
    for name, page in pages.items():
        files = {
            ((site / name).parent / unquote(address.split("?")[0])).resolve()
            for address in page.loads if urlsplit(address).path and not address.startswith("data:")
            and "mathjax" not in address
        }
        weights[name] = sum(map(sent, {(site / name).resolve(), *files, *fonts})) + live
    assert {name: weight for name, weight in weights.items() if weight > 1_500_000} == {}


def test_few_files_hold_up_the_first_paint(site, pages):
    """One style sheet, one for live figures, one for exercises; no script; MathJax for formulas."""
    for name in pages:
        head, _, body = (site / name).read_text(encoding="utf-8").partition("</head>")
        head = re.sub(r"<noscript>.*?</noscript>", "", head)
        exercises = any(f"<nn-{each}" in body for each in ("exercise", "question", "progress"))
        assert head.count('rel="stylesheet"') <= 1 + ("<nn-lab" in body) + exercises, name
        assert ("mathjax/" in head) == ('class="math' in body), name
        if name != "search.html":
            assert re.findall(r"<script src=[^>]*>", head) == [], name


def test_a_site_says_what_it_has_and_what_it_has_not(site):
    lost = read(site / "404.html")
    assert lost.title.startswith("No such page")
    assert lost.loads == ["data:,"], "it is shown at any address; an icon would be asked for there"
    (home,) = lost.links
    robots = (site / "robots.txt").read_text(encoding="utf-8")
    assert "Allow: /" in robots
    if is_external(home):
        assert f"Sitemap: {home}sitemap.xml" in robots
        assert f"<loc>{home}index.html</loc>" in (site / "sitemap.xml").read_text(encoding="utf-8")


def test_every_page_runs_its_own_scripts_only(site):
    """JupyterLite's pages too; it makes functions of text, which other pages must not."""
    files = [p for p in site.rglob("*.html") if p.name not in TEMPLATES]
    assert len(files) > 20
    for path in files:
        page = read(path)
        rules = dict(rule.split(" ", 1) for rule in page.policy.split("; "))
        assert set(page.before_policy) <= {"html", "head", "meta"}, path
        assert page.handlers == [], path
        assert rules["default-src"] == "'self'", path
        assert rules["object-src"] == rules["base-uri"] == "'none'", path
        assert set(re.findall(r"\b\w+:", page.policy)) <= {"data:", "blob:"}, path
        allowed = {"'self'", "'wasm-unsafe-eval'"}
        if path.is_relative_to(site / "lite"):
            allowed |= {"'unsafe-eval'", "blob:"}
        scripts = {each for each in rules["script-src"].split() if "sha256" not in each}
        assert scripts == allowed, path


def test_no_script_of_ours_stands_in_a_page():
    """Scripts that are allowed by their hashes are the theme's; ours are files."""
    sources = [p for p in (ROOT / "book").rglob("*") if p.suffix in (".md", ".ipynb", ".html")]
    assert len(sources) > 20
    assert [p.name for p in sources if "<script" in p.read_text(encoding="utf-8")] == []


def test_every_page_has_a_title_of_its_own(pages):
    titles = [page.title.strip() for page in pages.values()]
    assert all(titles)
    assert len(set(titles)) == len(titles)


def test_pages_describe_themselves_to_previews(site, pages):
    for name in ("index.html", "notation.html", "api.html"):
        meta = pages[name].meta
        assert len(meta["description"]) > 40, name
        assert meta["og:description"] == meta["description"]
        assert meta["og:title"] in pages[name].title
        image = meta["og:image"]
        assert is_external(image) or not broken(site, name, image)


def test_notebooks_bring_no_widget_manager(site):
    """A stored widget view makes a page fetch JavaScript; the static picture must win."""
    for path in site.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "application/vnd.jupyter.widget" not in text, path.name
        assert "html-manager" not in text, path.name


def test_the_search_index_holds_every_chapter(site):
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    chapters = {p.stem for p in (ROOT / "book").glob("[0-9][0-9]_*.ipynb")}
    assert chapters
    assert chapters <= set(index["docnames"])


def test_plain_notebooks_have_the_numbers_of_the_pages(site, pages):
    """They count figures, equations and exercises by themselves."""
    found = {}
    for name in pages:
        text = (site / name).read_text(encoding="utf-8")
        found |= dict(re.findall(
            r'<figure[^>]* id="(fig-[\w-]+)"(?:(?!</figure>).)*?caption-number">Fig\. ([\d.]+) <',
            text, re.S))
        found |= {label: number for number, label in re.findall(
            r'<span class="eqno">\(([\d.]+)\)<a [^>]*href="#equation-([\w-]+)"', text)}
        found |= dict(re.findall(
            r'<div class="exercise admonition" id="([\w-]+)">\s*<p class="admonition-title">'
            r'<span class="caption-number">Exercise ([\d.]+) <', text))
    assert len(found) > 300
    assert plain_notebooks.numbers(ROOT / "book") == found


def test_notebooks_to_download_are_plain(site):
    texts = dict(plain_notebooks.plain_notebooks(ROOT / "book"))
    offered = sorted((site / "_sources").glob("*.ipynb"))
    assert len(offered) > 15
    assert [path.name for path in offered if path.read_text(encoding="utf-8") != texts[path.name]
            ] == []
