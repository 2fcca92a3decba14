"""Let no page of the site run or load anything that is not the site's own.

Each page is given a Content-Security-Policy before its first script, once everything that belongs
to the site is in its folder. The scripts that the theme writes into pages are allowed one by one,
by their hashes; ours are files. So whatever comes with a link or a search cannot run here.

JupyterLite makes functions out of text, which is what `unsafe-eval` allows, and anywidget modules,
which `blob:` allows; its readers run code of their own there. So its pages have a policy of their
own. It, too, knows this host alone.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# The policy comes first, but for the charset, which must be among the first 1024 bytes.
HEAD = re.compile(r'<head\b[^>]*>(?:\s*<meta charset="utf-8" />)?')
SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.S | re.I)
DATA = re.compile(r'type="(?!module|text/javascript)')    # JSON, say: nothing that runs

# What Sphinx, the theme and its extensions write into pages: the beginning of each script's sha256.
# Any other stops the build, so that none is let in unseen; scripts of ours belong into files.
KNOWN = {
    "d7b3bde7ca971d38",    # storage.js, and the reader's choice of theme, before all else
    "eafcadbb2c2dab47",    # which elements MathJax looks at, and that Tab passes over them
    "d32b2040e449378e", "a47df2b7dda58503", "16a7e2af3147b51a",    # what togglebutton says
    "2343be2e4601753a",    # and what it folds
    "8b0a136d569739ab", "e39ada5c9c21545b",    # the page's name, and the kind of search
    "98dc83e96438bca1",    # the field of the search page
}
PAGE_NAME = re.compile("pagename = '[^']*'")

# Styles stand in the pages' pictures and formulas; icons and fonts of style sheets are data.
BOOK = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self' blob:",    # a worker made of text obeys the page's policy, a file its own
    "style-src": "'self' 'unsafe-inline'",
    "font-src": "'self' data:",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
JUPYTERLITE = BOOK | {
    "script-src": "'self' 'wasm-unsafe-eval' 'unsafe-eval' blob:",
    "connect-src": "'self' data: blob:",    # files that a notebook made
}


def scripts_in(page: str) -> list[str]:
    """The scripts that stand in a page and run."""
    return [
        script["text"] for script in SCRIPT.finditer(page)
        if "src=" not in script["attributes"] and not DATA.search(script["attributes"])
    ]


def refuse_unknown(path: Path, page: str) -> None:
    for script in scripts_in(page):
        named_alike = PAGE_NAME.sub("pagename = ''", script)
        if sha256(named_alike.encode()).hexdigest()[:16] not in KNOWN:
            raise ExtensionError(f"{path} holds an unknown script: {script.strip()[:80]!r}")


def hashes(page: str) -> Iterable[str]:
    """What allows each script that stands in a page, and no other."""
    for script in scripts_in(page):
        yield f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def tag(page: str, rules: dict[str, str]) -> str:
    """The policy of a page."""
    scripts = " ".join([rules["script-src"], *sorted(set(hashes(page)))])
    text = "; ".join(f"{what} {where}" for what, where in {**rules, "script-src": scripts}.items())
    return f'\n<meta http-equiv="Content-Security-Policy" content="{text}" />'


def leave_out_translations(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Sphinx's script of British messages makes functions out of text; English ones do as well."""
    # In place: the theme adds to the same list afterwards.
    context["script_files"][:] = [
        file for file in context["script_files"] if file.filename != "_static/translations.js"]


def protect(app: Sphinx, exception: Exception | None) -> None:
    """Write the policy into every page that has none yet."""
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        rules = JUPYTERLITE if path.is_relative_to(Path(app.outdir, "lite")) else BOOK
        page = path.read_text(encoding="utf-8")
        head = HEAD.search(page)
        if 'http-equiv="Content-Security-Policy"' in page or not head:
            continue    # it has one from an earlier build, or is a template of the theme's
        if rules is BOOK:
            refuse_unknown(path, page)
        page = page[:head.end()] + tag(page, rules) + page[head.end():]
        # A handler in a tag cannot be allowed by itself; print.js takes its place.
        path.write_text(page.replace(' onclick="window.print()"', ""), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", leave_out_translations)
    app.connect("build-finished", protect, priority=900)    # after all that copies pages
    return {"parallel_read_safe": True, "parallel_write_safe": True}
