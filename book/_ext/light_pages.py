"""Leave out of the pages what they do without, and let the rest come in few files.

The theme has every icon twice: as a font, and as a script of 1.5 MB that puts pictures in the
font's place. The font is enough. MathJax is as large, and pages without a formula need none of it;
nor do pages other than that of the search need the index of all words.

What is left of style sheets and scripts would be some twenty files for which the first paint waits.
Each page asks for one of either kind instead, under a name that changes with what is in it, and
waits for no script; but the search keeps its own.

Where no script runs, nobody chooses a theme. Systems that are dark then load the same sheet once
more, with the dark theme chosen.
"""

import hashlib
import posixpath
import re
from pathlib import Path

from sphinx.application import Sphinx

ICONS = re.compile(r'\s*<script defer src="[^"]*/fontawesome\.js[^"]*"></script>')
MATHJAX = re.compile(r'\s*<script>window\.MathJax = .*?</script>'
                     r'|\s*<script[^>]* src="[^"]*/mathjax/[^"]*"></script>')
FORMULA = re.compile(r'class="[^"]*\bmath\b')
INDEX = re.compile(
    r'\s*<script src="[^"]*?(?:searchtools|language_data|searchindex)\.js"></script>')
SHEET = re.compile(
    r'\s*<link (?=[^>]*rel="stylesheet")[^>]*href="[^"]*?_static/([^"?]*)[^"]*"[^>]*>')
FOR_DARK_SYSTEMS = ('<noscript><link rel="stylesheet" media="(prefers-color-scheme: dark)" '
                    'href="{}" /></noscript>')
DARK_THEME = re.compile('data-theme="?dark"?')
AS_WRITTEN = 'data-theme="auto"'    # what Sphinx writes, and a script changes
# A script for which the parser waits: a file, or what the theme says to it in the page.
SCRIPT = re.compile(r'\s*<script(?: data-sd-[^>]*)?(?: src="[^"]*?_static/([^"?]*)[^"]*")?>'
                    r'(let toggle[^<]*|var toggle[^<]*|DOCUMENTATION_OPTIONS\.[^<]*|)</script>')
PAGE_NAME = "DOCUMENTATION_OPTIONS.pagename"    # only switchers of versions ask for it
ADDRESS = re.compile(r"""url\((["']?)(?!["']?(?:data:|#|/|\w+:))([^"')]+)""")
IMPORT = re.compile(r"""@import (?:url\()?["']([^"']+)["']\)?;""")


def style(static: Path, name: str) -> str:
    """A style sheet with those it imports, and with addresses as seen from _static."""
    folder = posixpath.dirname(name)

    def seen(address: str) -> str:
        return posixpath.normpath(posixpath.join(folder, address))

    text = (static / name).read_text(encoding="utf-8").replace('@charset "UTF-8";', "")
    text = IMPORT.sub(lambda match: style(static, seen(match[1])), text)
    return ADDRESS.sub(lambda match: f"url({match[1]}{seen(match[2])}", text)


def write(static: Path, parts: list[str], ending: str) -> str:
    """A file of _static that holds all of these; its address in there."""
    content = {"css": "\n", "js": "\n;\n"}[ending].join(parts).encode()
    path = static / f"all.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
    if not path.is_file():
        path.write_bytes(content)
    return path.name


def lighten(page: str, static: Path, to_static: str) -> str:
    """A page with one style sheet and one script of _static."""
    head, end, body = page.partition("</head>")
    head = ICONS.sub("", head)
    if not FORMULA.search(body):
        head = MATHJAX.sub("", head)
    head = re.sub(re.escape(FOR_DARK_SYSTEMS).replace(r"\{\}", '[^"]*'), "", head)
    if sheets := list(SHEET.finditer(head)):
        styles = [style(static, each[1]) for each in sheets]
        name = write(static, styles, "css")
        dark = write(static, [DARK_THEME.sub(AS_WRITTEN, each) for each in styles], "css")
        head = SHEET.sub("", head[:sheets[0].start()]) + (
            f'\n    <link rel="stylesheet" href="{to_static}{name}" />'
            + FOR_DARK_SYSTEMS.format(to_static + dark)
            + SHEET.sub("", head[sheets[0].start():]))
    if 'id="search-results"' in body:
        return head + end + body    # its scripts look for each other while they load
    head = INDEX.sub("", head)
    if scripts := list(SCRIPT.finditer(head)):
        start = scripts[0].start()
        # What is said to a script comes before it: the page is there by now, so it starts at once.
        scripts.sort(key=lambda each: not each[2].startswith(("let ", "var ")))
        name = write(static, [
            (static / each[1]).read_text(encoding="utf-8") if each[1] else each[2]
            for each in scripts if not each[2].startswith(PAGE_NAME)], "js")
        head = head[:start] + f'\n    <script defer src="{to_static}{name}"></script>' + (
            SCRIPT.sub("", head[start:]))
    return head + end + body


def lighten_all(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    site, static = Path(app.outdir), Path(app.outdir, "_static")
    used: set[str] = set()
    for path in [*site.glob("*.html"), *site.glob("_modules/**/*.html")]:
        page = path.read_text(encoding="utf-8")
        to_static = "../" * (len(path.relative_to(site).parts) - 1) + "_static/"
        lighter = lighten(page, static, to_static)
        if lighter != page:
            path.write_text(lighter, encoding="utf-8")
        used |= set(re.findall(r"_static/(all\.\w+\.\w+)", lighter))
    for path in [*(static / "scripts").glob("fontawesome.js*"), *static.glob("all.*")]:
        if path.name not in used:
            path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", lighten_all, priority=800)    # once _static is complete
    return {"parallel_read_safe": True, "parallel_write_safe": True}
