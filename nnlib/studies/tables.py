"""Tables of results: aligned text where there is no HTML, and HTML that fits the column."""

from __future__ import annotations

import html
import numbers
import re
from collections.abc import Iterable, Mapping
from typing import Any

from nnlib.validation import check_items, check_text


class Table:
    """A table as the last line of a cell shows it, and as `print` does.

    A column whose numbers three digits hold exactly shows them as they are; another shows three
    digits of each, whole numbers apart.  In HTML texts wrap where the width there is asks for it,
    but not inside brackets or counts; a table that is still too wide scrolls inside its own box.

    Parameters
    ----------
    rows : list or tuple of dict
        One dict a row, all with the same keys in the same order: the headings, in which an
        underscore is shown as a space.
    caption : str
        One line below the text, or above the HTML.

    Raises
    ------
    TypeError, ValueError
        If rows are not dicts, or have keys that differ.

    Examples
    --------
    >>> from nnlib.studies import Table
    >>> Table([{"learning_rate": 0.1, "failed": "0 of 20", "loss": 0.30456},
    ...        {"learning_rate": 1.0, "failed": "12 of 20", "loss": 0.6}])
    learning rate    failed   loss
              0.1   0 of 20  0.305
                1  12 of 20  0.600
    """

    def __init__(self, rows: list[dict[str, Any]], caption: str = "") -> None:
        check_items("rows", rows, Mapping, "dicts")
        headings = list(rows[0]) if rows else []
        for row in rows:
            if list(row) != headings:
                raise ValueError(f"rows must all have the keys of the first, "
                                 f"{', '.join(map(str, headings))}, got "
                                 f"{', '.join(map(str, row))}")
        self.caption = check_text("caption", caption)
        columns = [_column_texts([row[heading] for row in rows]) for heading in headings]
        self.cells = [[str(heading).replace("_", " ") for heading in headings],
                      *map(list, zip(*columns, strict=True))]

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(*self.cells, strict=True)]
        lines = ["  ".join(map(str.rjust, row, widths)) for row in self.cells]
        return "\n".join([*lines, *([self.caption] if self.caption else [])])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        headings, *rows = self.cells
        caption = f'<caption style="text-align: left">{html.escape(self.caption)}</caption>'
        head = "".join(f'<th scope="col">{_wrapping(cell)}</th>' for cell in headings)
        body = "".join(
            "<tr>" + "".join(f"<td>{_wrapping(cell)}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        # A page's MathJax would take what stands between two dollars for mathematics; a box that
        # scrolls must be reached by keyboard; Jupyter's columns, all of one width, would overlap.
        return (f'<div tabindex="0" style="overflow-x: auto">'
                f'<table class="tex2jax_ignore mathjax_ignore" '
                f'style="table-layout: auto; font-size: 0.85em">'
                f"{caption if self.caption else ''}<thead><tr>{head}</tr></thead>"
                f"<tbody>{body}</tbody></table></div>")


def median_text(values: Iterable[float]) -> str:
    """A median and the ends of its spread, from (low, median, high)."""
    low, median, high = map(number_text, values)
    return f"{median} ({low} to {high})"


def number_text(value: float) -> str:
    """Three digits, also where they are zeros, so that the numbers of a column look alike.

    Examples
    --------
    >>> [number_text(value) for value in (0.9, 0.00123, 512.4, 1234.5, 1e6, float("nan"))]
    ['0.900', '0.00123', '512', '1234', '1.00e+06', 'nan']
    """
    if 1e3 <= abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value + 0:#.3g}".removesuffix(".")  # -0.0 + 0 is 0.0


def value_text(value: Any) -> str:
    """A value of a varied parameter as tables and pictures show it."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _column_texts(values: list[Any]) -> list[str]:
    """What a column shows: settings as they were given, what was measured with equal digits."""
    fractions = [isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral)
                 for value in values]
    exact = all(float(f"{value:.3g}") == value
                for value, is_fraction in zip(values, fractions, strict=True) if is_fraction)
    text = value_text if exact else number_text
    return [text(value) if is_fraction else str(value)
            for value, is_fraction in zip(values, fractions, strict=True)]


def _wrapping(text: str) -> str:
    """Escaped text that wraps at spaces, but neither inside brackets nor within "3 of 20"."""
    together = re.sub(r"\(.*\)|\d of \d", lambda part: part[0].replace(" ", "\xa0"), text)
    return html.escape(together).replace("\xa0", "&nbsp;")
