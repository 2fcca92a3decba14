"""The pages of the built site, and which of them are tried how thoroughly."""

from pathlib import Path

from thoroughness import EVERYTHING, changed, one, some

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
# JupyterLite is no page of the book: test_lite looks at it; nor is what stands for those missing.
APART = {"_static", "lite", "pyodide", "404.html"}
PAGES = sorted(
    name.as_posix()
    for name in (path.relative_to(SITE) for path in SITE.rglob("*.html"))
    if name.parts[0] not in APART
)
CHAPTERS = [name for name in PAGES if name[:2].isdigit()]
NOTEBOOKS = [name for name in PAGES if (ROOT / "book" / name).with_suffix(".ipynb").is_file()]


def shortest_and_longest(names: list[str]) -> list[str]:
    by_size = sorted(names, key=lambda name: (SITE / name).stat().st_size)
    return by_size if len(by_size) < 2 else [by_size[0], by_size[-1]]


# Sphinx makes every listing of a module from one template: they differ in nothing but the code.
LISTINGS = [name for name in PAGES if name.startswith("_modules/") and name.count("/") > 1]
# What every page is made with.
SHARED = ("_config.yml", "_toc.yml", "requirements.txt", "book/_ext/", "book/_static/")
CHANGED = [name for name in PAGES if name not in LISTINGS and any(
    path.startswith(SHARED) or path in (f"book/{name[:-5]}.ipynb", f"book/{name[:-5]}.md")
    for path in changed())]
# The pages that a browser shows to every kind of reader; test_files reads the others.
TO_SHOW = some(
    [name for name in PAGES
     if EVERYTHING or name not in LISTINGS or name in shortest_and_longest(LISTINGS)],
    share=1 / 5, always=["index.html", "playground.html", "api.html", *CHANGED],
)
# The chapters that are printed, and of which a solution is opened.
CHAPTERS_TO_TRY = some(CHAPTERS, share=1 / 5, always=CHANGED)
# In a browser a chapter takes minutes. The welcome page has what notebooks have, sliders above all.
TO_RUN = [name for name in NOTEBOOKS if EVERYTHING or name == "index.html"]
# The chapters whose exercises get every answer on the page: in Chromium, and in the other engines.
ANSWERED_ELSEWHERE = one(CHAPTERS)
ANSWERED = CHAPTERS if EVERYTHING else ANSWERED_ELSEWHERE
