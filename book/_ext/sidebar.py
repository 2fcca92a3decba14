"""Let every page follow a change of the table of contents, and let what is gone go from the site.

Sphinx writes a page again when its own text has changed. But its sidebar lists all pages, so that
one more, one less, another title or another order concerns them all. And the files of a page that
is no longer part of the book stay where they were.
"""

from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """All pages, where what their sidebars show is not what it was at the last build."""
    titles = {page: title.astext() for page, title in env.titles.items()}
    sidebar = (Path(app.config.external_toc_path).read_text(encoding="utf-8"), titles)
    if sidebar == getattr(env, "sidebar", None):
        return []
    env.sidebar = sidebar    # kept with the environment until the next build
    for listing in Path(app.outdir, "_modules").rglob("*.html"):
        listing.unlink()    # viewcode writes those that are older than their modules, or missing
    return env.found_docs


def remove_old_pages(app: Sphinx, exception: Exception | None) -> None:
    """Delete what an earlier build wrote for documents and modules that are gone."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for source in (site / "_sources").rglob("*.*"):
        name = source.relative_to(site / "_sources").as_posix()
        page = Path(name.removesuffix(app.config.html_sourcelink_suffix)).with_suffix("")
        if page.as_posix() not in app.env.found_docs:
            source.unlink()
            (site / page).with_suffix(".html").unlink(missing_ok=True)
    viewed = getattr(app.env, "_viewcode_modules", {})
    modules = {name for name, listed in viewed.items() if listed}
    for listing in (site / "_modules").rglob("*.html"):
        module = listing.relative_to(site / "_modules").with_suffix("")
        if ".".join(module.parts) not in {"index", *modules}:
            listing.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("env-updated", pages_to_write)
    app.connect("build-finished", remove_old_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
