"""Numbers that a chapter states are numbers that its cells printed, or that its code sets.

Checked are the numbers that look measured: with a decimal point, with an exponent, or in per cent.
Whole numbers (20 seeds, 3 layers) are not. Code, formulas, citations and links are no prose; a
formula that is one number, as in `$0.97$`, is.
"""

import re

import pytest
import run_notebooks
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
DIGITS = r"(?:\d{1,3}(?:[,_\u202f]\d{3})+|\d+)"
TIMES_TEN = r"\s*(?:×|\\times)\s*10(?:\^\{?(?P<power>[-−]?\d+)\}?|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))"
NUMBER = re.compile(
    rf"(?<![\w.])(?P<mantissa>{DIGITS}?\.\d+|{DIGITS}\.?)"
    rf"(?:[eE](?P<exponent>[-+]?\d+)|{TIMES_TEN})?"
    r"(?P<percent>(?:\s|\\,|~)?\\?%)?(?!\.?\d)"
)
PLACE = re.compile(r"\b(chapters?|sections?|figures?|equations?|exercises?|§)\s*\d+\.\d+", re.I)
VERSION = re.compile(r"\b\d+\.\d+\.\d+\S*")

# What is no prose, in the order it is taken out.
NOT_PROSE = [
    re.compile(r"<!--.*?-->", re.S),
    # Fenced code and formulas: a fence without a directive's braces, or with that of a formula.
    re.compile(r"^(?P<fence>`{3,}|~{3,})(?!\{).*?^(?P=fence)", re.M | re.S),
    re.compile(r"^(?P<fence>`{3,}|:{3,})\{(?:math|code[\w-]*|literalinclude)\}.*?^(?P=fence)",
               re.M | re.S),
    re.compile(r"\$\$.*?\$\$", re.S),
    re.compile(r"^\\begin\{(?P<kind>[\w*]+)\}.*?\\end\{(?P=kind)\}", re.M | re.S),
    # The rest of a directive's opening line, and its options.
    re.compile(r"^\s*[`:]{3,}\{[\w:-]+\}.*$", re.M),
    re.compile(r"^\s*:[\w-]+:.*$", re.M),
    re.compile(r"\{[\w:-]+\}`[^`]*`"),
    re.compile(r"(?P<ticks>`+)[^`].*?(?P=ticks)", re.S),
    re.compile(r"\$(?!\s*-?[\d.]+(?:\\times\s*10\^\{?-?\d+\}?)?[\s\\,]*%?\s*\$)[^$]+\$"),
    re.compile(r"\]\([^)]*\)"),
    re.compile(r"https?://\S+"),
    re.compile(r"^#+\s*[\d.]+\s", re.M),
    PLACE,
    VERSION,
]


def value(match: re.Match[str]) -> tuple[str, int]:
    """Digits and exponent of a number: those of 1,000.5 and 1000.5, 2e-07 and 2 × 10⁻⁷ agree."""
    mantissa = re.sub(r"[,_\u202f]", "", match["mantissa"]).rstrip(".")
    if mantissa.startswith("."):
        mantissa = "0" + mantissa
    power = match["exponent"] or match["power"] or (match["raised"] or "0").translate(SUPERSCRIPTS)
    return mantissa, int(power.replace("−", "-"))


def prose(text: str) -> str:
    for pattern in NOT_PROSE:
        text = pattern.sub(" ", text)
    return text.replace("$", " ")


def looks_measured(match: re.Match[str]) -> bool:
    has_point = "." in match["mantissa"].rstrip(".")
    return bool(has_point or value(match)[1] or match["percent"])


def known_numbers(notebook) -> set[tuple[str, int]]:
    """Every number in the sources and the text outputs of a notebook's code cells."""
    known = set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for text in [cell.source, *map(run_notebooks.output_text, cell.outputs)]:
            known |= {value(match) for match in NUMBER.finditer(text)}
    return known


def statements(notebook):
    """Pairs of a place and the prose that stands there."""
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            yield f"cell {position}", prose(cell.source)
        settings = cell.metadata.get("mystnb", {})
        for what, text in (
            ("caption", settings.get("figure", {}).get("caption", "")),
            ("alt text", settings.get("image", {}).get("alt", "")),
        ):
            yield f"{what} of cell {position}", prose(text)


def unprinted(notebook) -> list[str]:
    known = known_numbers(notebook)
    found = []
    for place, text in statements(notebook):
        for match in NUMBER.finditer(text):
            if looks_measured(match) and value(match) not in known:
                sentence = text[max(0, match.start() - 60) : match.end() + 30]
                found.append(
                    f"{place}: {match[0].strip()} in '...{' '.join(sentence.split())}...': "
                    "no cell prints it; print it with these digits or leave it out"
                )
    return found


def test_numbers_in_prose_were_printed(notebook):
    found = unprinted(notebook)
    assert not found, "\n".join(found)


def chapter(text):
    printed = new_output("stream", text="accuracy 0.965, error 2.1e-07, sum 1024.5")
    code = new_code_cell("net.fit(X, y, rate=0.2)", outputs=[printed])
    return new_notebook(cells=[new_markdown_cell(text), code])


@pytest.mark.parametrize(
    "text",
    [
        "It reaches 0.965 at rate 0.2.",
        "It reaches .965, and $0.965$ again.",
        "The gradients differ by 2.1e-7, that is 2.1 × 10⁻⁷ or $2.1 \\times 10^{-7}$.",
        "A sum of 1,024.5, or -1024.5.",
        "Half of `0.123` and of $x = 0.123 y$; see section 4.7, {eq}`eq-4.7` and NumPy 2.4.6.",
        "See [the paper](https://example.org/v1.5) and {cite}`knuth84.5`.",
        "```python\nrate = 0.77\n```",
        "$$\nx = 0.77\n$$ (eq-x)",
        "```{exercise} Try 0.77\n:label: ex-0.77\nUse 20 seeds.\n```",
        "With 3 layers, 20 seeds and 1 000 points in 2.",
    ],
)
def test_printed_numbers_and_no_numbers_pass(text):
    assert unprinted(chapter(text)) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("It reaches 0.96 only.", "0.96"),
        ("It reaches 97 % at last.", "97 %"),
        ("It reaches 97\\% at last.", "97\\%"),
        ("It reaches $0.97$ at last.", "0.97"),
        ("The error is 3e-7.", "3e-7"),
        ("The error is 3 × 10⁻⁷.", "3 × 10⁻⁷"),
        ("The error is at most 0.5.", "0.5"),
        ("```{note}\nIt reaches 0.96.\n```", "0.96"),
        ("| net | accuracy |\n|---|---|\n| ours | 0.96 |", "0.96"),
    ],
)
def test_unprinted_numbers_are_reported(text, number):
    (complaint,) = unprinted(chapter(text))
    assert f": {number} in " in complaint


def test_captions_and_alt_texts_are_prose():
    notebook = chapter("Look:")
    notebook.cells[1].metadata["mystnb"] = {
        "figure": {"caption": "The net is right for 0.96 of the points."},
        "image": {"alt": "A curve that ends at 0.31."},
    }
    assert len(unprinted(notebook)) == 2
