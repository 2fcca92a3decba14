"""What a site has beside its pages: one for addresses that lead nowhere, and a map for engines.

404.html is shown at any address below the site, so that it can name nothing relative to itself. The
map needs the address at which the site is published; see social_card.py, which finds it out.
"""

from html import escape
from pathlib import Path

from sphinx.application import Sphinx

LOST = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>No such page: {book}</title>
<link rel="icon" href="data:," />
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 36rem; margin: 15vh auto; padding: 0 1rem; font: 1.1rem/1.6 sans-serif; }}
</style>
</head>
<body>
<h1>There is no such page</h1>
<p>Nothing stands at this address. The page may have moved, or the link may have lost a letter.</p>
<p><a href="{home}">{book}</a> begins with a list of all its chapters.</p>
</body>
</html>
"""


def write(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    site, base = Path(app.outdir), app.config.html_baseurl
    lost = LOST.format(book=escape(app.config.html_title), home=escape(base or "/"))
    (site / "404.html").write_text(lost, encoding="utf-8")
    robots = "User-agent: *\nAllow: /\n"
    if base:
        robots += f"Sitemap: {base}sitemap.xml\n"
        pages = "".join(
            f"<url><loc>{escape(base + app.builder.get_target_uri(name))}</loc></url>\n"
            for name in sorted(app.env.found_docs))
        (site / "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{pages}</urlset>\n',
            encoding="utf-8")
    (site / "robots.txt").write_text(robots, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
