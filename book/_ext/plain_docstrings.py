"""Let docstrings be written for reading in an editor: an asterisk is an asterisk, a quote a quote.
"""

import re

from sphinx.application import Sphinx

CODE = re.compile(r"`[^`]*`")


def escape(text: str) -> str:
    """Keep asterisks from meaning emphasis, and the quotes around a value from being curled."""
    return text.replace("*", r"\*").replace('"', r'\"')


def escape_docstring(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Escape a docstring, except for the code and the examples in it."""
    for i, line in enumerate(lines):
        if line.lstrip().startswith((">>>", "...")):
            continue
        pieces = CODE.split(line)
        codes = [*CODE.findall(line), ""]
        lines[i] = "".join(escape(p) + c for p, c in zip(pieces, codes, strict=True))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", escape_docstring, priority=100)    # before napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}
