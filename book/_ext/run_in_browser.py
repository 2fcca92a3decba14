"""Let readers run a page's notebook in their browser, with a button in the page's header.

The setting `run_in_browser` names the folder that tools/build_lite.py fills, relative to the book.
What is in it becomes part of the site: JupyterLite as `lite/`, and the `pyodide/` that it shares
with the live figures. Where the folder was not filled, the site has neither, and no button.
"""

import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

PARTS = ["lite", "pyodide"]


def find_parts(app: Sphinx, config: Config) -> None:
    """Forget the folder where it is not complete; pages are then written again without buttons."""
    if not (Path(app.srcdir) / config.run_in_browser / "inputs.sha256").is_file():
        config.run_in_browser = ""


def add_button(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if not app.config.run_in_browser or context.get("page_source_suffix") != ".ipynb":
        return
    notebooks = context["pathto"]("lite/notebooks/index.html", resource=True)
    context["header_buttons"].insert(0, {
        "type": "link",
        "url": f"{notebooks}?path={page}.ipynb",
        "icon": "fas fa-play",
        "text": "Run in the browser",
        "tooltip": "Run this notebook in the browser: nothing to install",
        "label": "run-in-browser",
    })


def copy_parts(app: Sphinx, exception: Exception | None) -> None:
    """Bring the site's copies up to date."""
    if exception or app.builder.format != "html":
        return
    for part in PARTS:
        target = Path(app.outdir, part)
        shutil.rmtree(target, ignore_errors=True)
        if app.config.run_in_browser:
            shutil.copytree(Path(app.srcdir) / app.config.run_in_browser / part, target)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("run_in_browser", "", "html", [str])
    app.connect("config-inited", find_parts)
    app.connect("html-page-context", add_button, priority=900)    # after the theme's own buttons
    app.connect("build-finished", copy_parts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
