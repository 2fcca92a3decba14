"""Notebooks that read well where nobody renders MyST: the copies that run in the browser, those
that pages offer to download, and those of tools/lab.py.

References become the words and numbers that the pages have, exercises become headings, and their
solutions stay folded until they are asked for. Each copy knows the edition of the notebook that it
is made of, so that a page can tell a reader that the copy they have saved is of another one, and
the labels of its exercises, by which their variants are found.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import yaml
from pybtex.database import Entry, parse_file
from sphinx.application import Sphinx

FENCED = re.compile(    # fence, kind, title, options and body
    r"^(`{3,}|:{3,})\{(admonition|(?:exercise|solution)-(?:start|end))\} ?([^\n]*)\n"
    r"((?::[^\n]*\n)*)(.*?)^\1 *$", re.M | re.S)
ROLE = re.compile(r"\{([\w:]+)\}`([^`]+)`")
EQUATION = re.compile(r"\$\$ *\(([\w-]+)\)")
CARD = re.compile(r"^:{3,}\{grid-item-card\} (.*)$", re.M)
GRID = re.compile(r"^:{3,}(?:\{grid\}.*\n(?::.*\n)*)?$\n?", re.M)
LABEL = re.compile(r":label: *([\w-]+)")
# What has a number, in the order of the text: equations, exercises, and figures that no cell draws.
NUMBERED = re.compile(
    r"\$\$ *\((?P<equation>[\w-]+)\)"
    r"|\{exercise-start\}[^\n]*\n:label: *(?P<exercise>[\w-]+)"
    r"|\{figure\}[^\n]*\n(?::(?!name)[^\n]*\n)*:name: *(?P<figure>[\w-]+)")
SOLUTION = "#### Solution"
FOLDED = {"jp-MarkdownHeadingCollapsed": True}


def edition(path: Path) -> str:
    """What tells one edition of a notebook from another."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def pages(contents: dict[str, Any]) -> Iterator[tuple[str, int | None]]:
    """The pages of _toc.yml, in its order, and their numbers if they are chapters."""
    yield contents["root"], None
    chapter = 0
    for part in contents["parts"]:
        for page in part["chapters"]:
            chapter += part.get("numbered", False)
            yield page["file"], chapter if part.get("numbered") else None


def labels(path: Path) -> Iterator[tuple[str, str]]:
    """Kind and label of all that has a number on a page."""
    if path.suffix != ".ipynb":
        texts: list[Any] = [{"cell_type": "markdown", "source": path.read_text(encoding="utf-8")}]
    else:
        texts = nbformat.read(path, as_version=4).cells
    for cell in texts:
        if cell["cell_type"] == "markdown":
            for match in NUMBERED.finditer(cell["source"]):
                yield str(match.lastgroup), match[str(match.lastgroup)]
        elif name := cell["metadata"].get("mystnb", {}).get("figure", {}).get("name"):
            yield "figure", name


def numbers(book: Path) -> dict[str, str]:
    """The numbers of figures, equations and exercises, by their labels, as the pages have them."""
    found, counts = {}, Counter[tuple[str, int | None]]()
    contents = yaml.safe_load((book.parent / "_toc.yml").read_text(encoding="utf-8"))
    for page, chapter in pages(contents):
        path = next(path for kind in ("ipynb", "md") if (path := book / f"{page}.{kind}").is_file())
        for kind, label in labels(path):
            counts[kind, chapter] += 1
            within = f"{chapter}." if chapter else ""
            found[label] = f"{within}{counts[kind, chapter]}"
    return found


def authors(entry: Entry) -> str:
    names = ["".join(map(str, [*person.rich_prelast_names, *person.rich_last_names]))
             for person in entry.persons["author"]]
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names)


def in_words(works: dict[str, Entry], number: dict[str, str]) -> Callable[[str], str]:
    """A function that rewrites the MyST of a text."""

    def role(match: re.Match[str]) -> str:
        kind, text = match.groups()
        if kind.startswith("cite"):
            cited = [works[key.strip()] for key in text.split(",")]
            within, around = ("{} ({})", "{}") if kind == "cite:t" else ("{}, {}", "({})")
            return around.format("; ".join(
                within.format(authors(each), each.fields["year"]) for each in cited))
        return {"numref": "Fig. {}", "eq": "({})"}[kind].format(number[text])

    def fenced(match: re.Match[str]) -> str:
        _, kind, title, options, body = match.groups()
        if kind == "exercise-start":
            return f"### Exercise {number[LABEL.search(options)[1]]}: {title}"
        if kind == "solution-start":
            return SOLUTION
        if kind != "admonition":
            return ""
        if "dropdown" in options:
            return f"<details><summary>{title}</summary>\n\n{body.strip()}\n\n</details>"
        return "\n".join(f"> {line}".rstrip() for line in [f"**{title}**", "", *body.split("\n")])

    def rewrite(text: str) -> str:
        text = EQUATION.sub(lambda match: rf"\tag{{{number[match[1]]}}}$$", text)
        text = ROLE.sub(role, FENCED.sub(fenced, text))
        return GRID.sub("", CARD.sub(r"**\1**\n", text)).strip()

    return rewrite


def plain(cells: list[dict[str, Any]], rewrite: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """The cells in words. The heading of a solution is a cell of its own, which folds the next."""
    for cell in cells:
        if cell["cell_type"] != "markdown":
            yield cell
            continue
        for number, part in enumerate(rewrite(cell["source"]).partition(SOLUTION)):
            if source := part.strip():
                folded = FOLDED if source == SOLUTION else {}
                yield cell | {"id": f"{cell['id']}-{number}", "source": source,
                              "metadata": cell["metadata"] | folded}


def plain_notebooks(book: Path) -> Iterator[tuple[str, str]]:
    """Name and text of the plain copy of every notebook of a folder."""
    works = parse_file(book / "references.bib").entries
    rewrite = in_words(works, numbers(book))
    for path in sorted(book.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        notebook["cells"] = list(plain(notebook["cells"], rewrite))
        notebook["metadata"]["edition"] = edition(path)
        notebook["metadata"]["exercises"] = [
            label for kind, label in labels(path) if kind == "exercise"]
        # JupyterLite trips over texts that are stored as lists of lines.
        yield path.name, json.dumps(notebook)


def rewrite_copies(app: Sphinx, exception: Exception | None) -> None:
    """Rewrite the site's copies: of those that run in the browser there may be none."""
    if exception or app.builder.format != "html":
        return
    for name, text in plain_notebooks(Path(app.srcdir)):
        for folder in ("_sources", "lite/files"):
            if (path := Path(app.outdir, folder, name)).is_file():
                path.write_text(text, encoding="utf-8")


def add_edition(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Let a page with a notebook know its edition."""
    if app.config.run_in_browser and context.get("page_source_suffix") == ".ipynb":
        name = edition(Path(app.srcdir, f"{page}.ipynb"))
        tag = f'\n<meta name="edition" content="{name}" />'
        context["metatags"] = context.get("metatags", "") + tag


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add_edition)
    app.connect("build-finished", rewrite_copies, priority=700)    # once they are there
    return {"parallel_read_safe": True, "parallel_write_safe": True}
