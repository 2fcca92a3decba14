"""Let every page follow what all of them share, and let what is gone go from the site.

Sphinx writes a page again when its own text has changed. But its sidebar lists all pages, so that
one more, one less, another title or another order concerns them all. It names style sheets and
scripts of _static with hashes, so that no browser takes an old one, and where no page is written
Sphinx does not copy them either. And the extensions and the packages make the page of its text.
What is gone, a page, a listing or a file of _static, would stay where an earlier build put it.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

EXTENSIONS = Path(__file__).parent
PACKAGES = EXTENSIONS.parents[1] / "requirements.txt"


def hashes(paths: Iterable[Path]) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)}


def note_programs(app: Sphinx, config: Config) -> None:
    """Where the extensions or the packages are others, Sphinx reads all pages again."""
    config.programs_of_pages = hashes([*EXTENSIONS.glob("*.py"), PACKAGES])


def static_files(app: Sphinx) -> dict[str, str]:
    """The files that are copied into the site's _static, by their place there, and their hashes."""
    folders = [Path(app.confdir, name) for name in app.config.html_static_path]
    return {
        Path(path).relative_to(folder).as_posix(): digest for folder in folders
        for path, digest in hashes(each for each in folder.rglob("*") if each.is_file()).items()
    }


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """All pages, where what they share is not what it was at the last build."""
    shared = {
        "contents": Path(app.config.external_toc_path).read_text(encoding="utf-8"),
        "titles": {page: title.astext() for page, title in env.titles.items()},
        "static files": static_files(app),
        "programs": app.config.programs_of_pages,
    }
    before = getattr(env, "shared_by_pages", {"static files": {}})
    if shared == before:
        return []
    env.shared_by_pages = shared    # kept with the environment until the next build
    for name in before["static files"].keys() - shared["static files"].keys():
        Path(app.outdir, "_static", name).unlink(missing_ok=True)
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
    app.add_config_value("programs_of_pages", {}, "env", [dict])
    app.connect("config-inited", note_programs)
    app.connect("env-updated", pages_to_write)
    app.connect("build-finished", remove_old_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
