"""Serve everything a page needs from the site itself.

The one thing the theme leaves to another host is MathJax. The package sphinx-mathjax-offline
carries it, and this extension copies the single file the site uses (not the package's 24 MB).
"""

import shutil
from importlib.metadata import files
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError


def copy_mathjax(app: Sphinx, exception: Exception | None) -> None:
    """Copy MathJax to where `mathjax_path` says that pages look for it."""
    if exception or app.builder.format != "html":
        return
    bundle = Path(app.config.mathjax_path).name
    sources = [f for f in files("sphinx-mathjax-offline") or [] if f.name == bundle]
    if len(sources) != 1:
        raise ExtensionError(f"sphinx-mathjax-offline holds no {bundle}, which mathjax_path names")
    target = Path(app.outdir, "_static", app.config.mathjax_path)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(sources[0].locate(), target)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
