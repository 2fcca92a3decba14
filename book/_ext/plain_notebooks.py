"""Notebooks that read well where nobody renders MyST: the copies that run in the browser.

References become the words and numbers that the pages have, exercises become headings, and their
solutions stay folded until they are asked for. Each copy knows the edition of the notebook that it
is made of, so that a page can tell a reader that the copy they have saved is of another one.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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
SOLUTION = "#### Solution"
FOLDED = {"jp-MarkdownHeadingCollapsed": True}


def edition(path: Path) -> str:
    """What tells one edition of a notebook from another."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def numbers(app: Sphinx) -> dict[str, str]:
    """The numbers of figures, equations and exercises, by their labels."""
    found = {}
    for kinds in app.env.toc_fignumbers.values():
        for labels in kinds.values():
            for label, number in labels.items():
                found[label.removeprefix("equation-")] = ".".join(map(str, number))
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


def rewrite_copies(app: Sphinx, exception: Exception | None) -> None:
    """Rewrite the site's copies; where there are none, nothing."""
    if exception or app.builder.format != "html":
        return
    copies = sorted(Path(app.outdir, "lite", "files").glob("*.ipynb"))
    works = parse_file(Path(app.srcdir, app.config.bibtex_bibfiles[0])).entries
    rewrite = in_words(works, numbers(app))
    for path in copies:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"] = list(plain(notebook["cells"], rewrite))
        notebook["metadata"]["edition"] = edition(Path(app.srcdir, path.name))
        path.write_text(json.dumps(notebook), encoding="utf-8")


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
