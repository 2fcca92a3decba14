"""Which numbers and counts a notebook's prose states, and whether its own section printed them.

Numbers are those that look measured: with a decimal point, with an exponent, or in per cent. Whole
numbers (200 points, 3 layers) are none, unless they count runs: *16 of 20*, *three of twenty*, *one
run in 20*, *half of the nets*, *one net that failed*, *18 seeds*. Code, formulas, citations and
links are no prose; a formula that is one number, as in `$0.97$`, is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import run_notebooks
from nbformat import NotebookNode

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

# A fence of code has no directive's braces, or those of one that holds code or a formula.
FENCED_CODE = [
    re.compile(r"^(?P<fence>`{3,}|~{3,})(?!\{).*?^(?P=fence)", re.M | re.S),
    re.compile(r"^(?P<fence>`{3,}|:{3,})\{(?:math|code[\w-]*|literalinclude)\}.*?^(?P=fence)",
               re.M | re.S),
]
# What is no prose, in the order it is taken out.
NOT_PROSE = [
    re.compile(r"<!--.*?-->", re.S),
    *FENCED_CODE,
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

WORDS = {
    "no": 0, "none": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "a hundred": 100,
}
SHARES = {
    "half": Fraction(1, 2), "a third": Fraction(1, 3), "two thirds": Fraction(2, 3),
    "a quarter": Fraction(1, 4), "three quarters": Fraction(3, 4), "a fifth": Fraction(1, 5),
    "a tenth": Fraction(1, 10),
}
WHOLE = "every one|all"
COUNT = rf"(?:{DIGITS}|\b(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})\b)"
RUN = "net|network|run|seed|start|draw|fit|case|pair|data set"
RUNS = rf"(?:{RUN})s?"
SIZES = (
    r"(?:hidden\s+)?"
    r"(?:nodes|units|layers|points|observations|epochs|steps|inputs|classes|numbers|values)"
)
# `16 of 20`, `16 seeds of 20`, `every one of the twenty`, `22 times in 24`; but not `one net of 16
# nodes`, which says how large it is.
PART = re.compile(
    rf"(?<![\w.,])(?P<part>{COUNT}|\b(?:{WHOLE})\b)"
    rf"(?P<noun>(?:\s+(?!(?:powers|factors|per|of|in|out|and|or)\b)[a-z]+){{1,2}})?"
    rf"\s+(?P<link>out\s+of|of|in)(?:\s+(?:the|its|those|these|all|their))?\s+(?P<whole>{COUNT})"
    rf"(?![\w%]|[.,]\d|\s*%)(?(noun)(?!\s+{SIZES}))",
    re.I,
)
# `half of the nets`, `a quarter of its runs`, `half the seeds`.
SHARE = re.compile(
    rf"\b(?P<share>{'|'.join(SHARES)})\s+(?:of\s+)?(?:the|all|these|those|its|his)\s+"
    rf"(?:\d+\s+)?(?:[\w-]+\s+)?(?:{RUN})s\b",    # `a third of the run` is time
    re.I,
)
# `one four-layer net that ended ...` says how many there are; `the two nets that ...` does not.
THERE_IS = re.compile(
    rf"(?<!the )(?<!of )(?<!these )(?<!all )(?<![\w.,])(?P<part>{COUNT})(?:\s+[a-z][\w-]*){{0,2}}"
    rf"\s+{RUNS}\s+(?:that|which|whose)\b",
    re.I,
)
# `for 18 seeds`, `all 20 nets`: in figures, a number that was printed, like any other.
COUNTED = re.compile(
    rf"(?<![\w.,])(?P<part>{DIGITS})(?:\s+(?!of\b)[a-z][\w-]*)?\s+(?:{RUN})s\b", re.I
)
PER_CENT = re.compile(rf"(?P<part>{COUNT})\s+per\s+cent\b", re.I)
HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<title>.+?)\s*$", re.M)
CLOSING = ("Weigh the claims", "Summary")    # the sections that may speak of all before them
EXERCISE = re.compile(r"^[`:]{3,}\{exercise(?:-start)?\}", re.M)

# `16 of 20`, `18 / 18`, `7 of the 20` in what a cell prints.
PRINTED_PAIR = re.compile(
    rf"(?<![\w.])(?P<part>{DIGITS})\s*(?:/|(?:\s[a-z]+)?\sof(?:\sthe)?|\sin)\s*(?P<whole>{DIGITS})"
    r"(?![\w.]\d)"
)
# `nets of 20 above 0.7`, `failed of 24`, a column's head `of 24`: whole numbers are counts of it.
PRINTED_WHOLE = re.compile(
    rf"(?:\b(?:{RUNS}|how many|failed)\s+|^\s*|\s\s)of\s+(?P<whole>{DIGITS})\b", re.M
)


@dataclass
class Printed:
    """What code cells print and set: numbers, and pairs of a count and what it is a count of."""

    numbers: set[tuple[str, int]] = field(default_factory=set)
    percentages: set[str] = field(default_factory=set)
    counts: set[tuple[int, int]] = field(default_factory=set)

    @classmethod
    def by(cls, cell: NotebookNode) -> "Printed":
        """What one cell holds. Counts are only those that an output prints."""
        printed = cls()
        outputs = [run_notebooks.output_text(output) for output in cell.outputs]
        for text in [cell.source, *outputs]:
            for match in NUMBER.finditer(text):
                printed.numbers.add(value(match))
                if match["percent"]:
                    printed.percentages.add(value(match)[0])
        for text in outputs:
            printed.counts |= counts(text)
        return printed

    @classmethod
    def together(cls, parts: Iterable["Printed"]) -> "Printed":
        whole = cls()
        for part in parts:
            whole.numbers |= part.numbers
            whole.percentages |= part.percentages
            whole.counts |= part.counts
        return whole

    def has_share(self, share: Fraction) -> bool:
        """Whether a count, a decimal or a percentage is this share, exactly or to two digits."""
        if any(whole and Fraction(part, whole) == share for part, whole in self.counts):
            return True
        decimals = [f"{float(share):.{digits}f}" for digits in range(1, 5)]
        exact = [text for text in decimals if Fraction(text) == share] or decimals[1:]
        per_cent = {f"{float(100 * share):.{digits}f}" for digits in range(2)}
        return bool({(text, 0) for text in exact} & self.numbers or per_cent & self.percentages)


def counts(text: str) -> set[tuple[int, int]]:
    """Pairs such as (16, 20) that a printed text holds, in words or in columns under `of 20`."""
    found = {(whole_number(m["part"]), whole_number(m["whole"]))
             for m in PRINTED_PAIR.finditer(text)}
    wholes = {whole_number(match["whole"]) for match in PRINTED_WHOLE.finditer(text)}
    if wholes:
        numbers = [value(match) for match in NUMBER.finditer(text) if not match["percent"]]
        parts = {int(digits) for digits, power in numbers if digits.isdigit() and not power}
        found |= {(part, whole) for part in parts for whole in wholes if part <= whole}
    return found


def whole_number(text: str) -> int:
    """16 for `16` and for `sixteen`; 1000 for `1,000`."""
    word = " ".join(text.lower().split())
    return WORDS[word] if word in WORDS else int(re.sub(r"[,_\u202f]", "", word))


def value(match: re.Match[str]) -> tuple[str, int]:
    """Digits and exponent of a number: those of 1,000.5 and 1000.5, 2e-07 and 2 × 10⁻⁷ agree."""
    mantissa = re.sub(r"[,_\u202f]", "", match["mantissa"]).rstrip(".")
    if mantissa.startswith("."):
        mantissa = "0" + mantissa
    power = match["exponent"] or match["power"] or (match["raised"] or "0").translate(SUPERSCRIPTS)
    return mantissa, int(power.replace("−", "-"))


def looks_measured(match: re.Match[str]) -> bool:
    has_point = "." in match["mantissa"].rstrip(".")
    return bool(has_point or value(match)[1] or match["percent"])


def prose(text: str) -> str:
    """What is left of Markdown without code, formulas, citations and links; 16 000 is 16000."""
    for pattern in NOT_PROSE:
        text = pattern.sub(" ", text)
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "", text.replace("$", " "))


def unprinted_claims(text: str, printed: Printed) -> Iterator[re.Match[str]]:
    """Of the numbers and counts that some prose states, those that are not among the printed."""
    for match in NUMBER.finditer(text):
        if looks_measured(match) and value(match) not in printed.numbers:
            yield match
    for match in PART.finditer(text):
        if not part_is_printed(match, printed):
            yield match
    for match in SHARE.finditer(text):
        if not printed.has_share(SHARES[" ".join(match["share"].lower().split())]):
            yield match
    for match in THERE_IS.finditer(text):
        if not any(part == whole_number(match["part"]) for part, _ in printed.counts):
            yield match
    for match in COUNTED.finditer(text):
        if (str(whole_number(match["part"])), 0) not in printed.numbers:
            yield match
    for match in PER_CENT.finditer(text):
        number = whole_number(match["part"])
        if (str(number), 0) not in printed.numbers and not printed.has_share(Fraction(number, 100)):
            yield match


def part_is_printed(match: re.Match[str], printed: Printed) -> bool:
    """Whether `k of n` was printed; a small n is no sample, unless `one in four` is a share."""
    whole = whole_number(match["whole"])
    all_of_them = match["part"].lower() in WHOLE.split("|")
    part = whole if all_of_them else whole_number(match["part"])
    small = whole < 10
    if part > whole or (small and (match["link"] != "in" or whole < 4)):
        return True
    if (part, whole) in printed.counts:
        return True
    spoken_share = match["link"] == "in" and (small or whole in (10, 100, 1000))
    return spoken_share and printed.has_share(Fraction(part, whole))


@dataclass
class Statement:
    """Some prose, where it stands, and the code cells that must have printed its numbers."""

    place: str
    text: str
    evidence: list[NotebookNode]


@dataclass
class Piece:
    """A stretch of a notebook: a heading, some prose or a code cell."""

    place: str
    level: int = 0
    title: str = ""
    text: str = ""
    code: NotebookNode | None = None
    starts_exercise: bool = False


def pieces(notebook: NotebookNode) -> Iterator[Piece]:
    """A notebook in order: its headings, the prose between them and its code cells."""
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            yield Piece(f"cell {position}", code=cell)
            settings = cell.metadata.get("mystnb", {})
            for what, text in (
                ("caption", settings.get("figure", {}).get("caption", "")),
                ("alt text", settings.get("image", {}).get("alt", "")),
            ):
                yield Piece(f"{what} of cell {position}", text=text)
        else:
            yield from markdown_pieces(cell.source, f"cell {position}")


def markdown_pieces(source: str, place: str) -> Iterator[Piece]:
    for pattern in FENCED_CODE:
        source = pattern.sub(" ", source)
    start = 0
    marks = [*HEADING.finditer(source), *EXERCISE.finditer(source)]
    for mark in sorted(marks, key=re.Match.start):
        yield Piece(place, text=source[start:mark.start()])
        start = mark.start()
        if mark.re is HEADING:
            yield Piece(place, level=len(mark["marks"]), title=mark["title"])
        else:
            yield Piece(place, starts_exercise=True)
    yield Piece(place, text=source[start:])


def statements(notebook: NotebookNode) -> Iterator[Statement]:
    """The prose of a notebook, piece by piece, each with the code cells of its own section.

    A section goes from its heading to the next of the same or a higher level. Its closing sections,
    and each exercise with its answer, also speak of all that the chapter printed before them.
    """
    parts = list(pieces(notebook))
    chapter_ends = next((i for i, part in enumerate(parts) if part.title in CLOSING), len(parts))
    heading = exercise = 0
    for position, part in enumerate(parts):
        if part.level:
            heading, exercise = position, 0
        if part.starts_exercise:
            exercise = position
        if not part.text:
            continue
        own = parts[exercise:exercise_end(parts, exercise)] if exercise else \
            parts[heading:section_end(parts, heading)]
        told = parts[:chapter_ends] if position > chapter_ends else []
        yield Statement(part.place, prose(part.text), code_cells([*told, *own]))


def code_cells(parts: list[Piece]) -> list[NotebookNode]:
    return [part.code for part in parts if part.code is not None]


def section_end(parts: list[Piece], start: int) -> int:
    level = parts[start].level or 6
    ends = (i for i in range(start + 1, len(parts)) if 0 < parts[i].level <= level)
    return next(ends, len(parts))


def exercise_end(parts: list[Piece], start: int) -> int:
    ends = (i for i in range(start + 1, len(parts)) if parts[i].starts_exercise or parts[i].level)
    return next(ends, len(parts))


@dataclass
class Finding:
    """A number or a count that no cell of its section printed."""

    place: str
    words: str
    sentence: str
    is_in_chapter: bool    # in another section, that is

    def __str__(self) -> str:
        cells = "only another section's cells print it" if self.is_in_chapter \
            else "no cell prints it"
        return (
            f"{self.place}: {self.words} in '...{self.sentence}...': {cells}; write what a cell of "
            "this section prints, as it prints it, or leave it out"
        )


def unprinted(notebook: NotebookNode) -> list[Finding]:
    """What the prose states and no cell of its section printed."""
    found = []
    printed_by = {cell.id: Printed.by(cell) for cell in notebook.cells if cell.cell_type == "code"}
    by_chapter = Printed.together(printed_by.values())
    for statement in statements(notebook):
        by_section = Printed.together(printed_by[cell.id] for cell in statement.evidence)
        nowhere = {match.span() for match in unprinted_claims(statement.text, by_chapter)}
        for match in unprinted_claims(statement.text, by_section):
            sentence = statement.text[max(0, match.start() - 60) : match.end() + 30]
            found.append(Finding(
                statement.place, " ".join(match[0].split()), " ".join(sentence.split()),
                match.span() not in nowhere,
            ))
    return found
