"""Medians and spread over the nets of a study, and how a table shows them."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Summary:
    """Medians and spread for each value of a study; prints as an aligned table.

    Attributes
    ----------
    rows : list of dict
        For each value: the varied parameters, ``nets``, ``failed`` (a share, 0 to 1), and for each
        measured column its median by its name, and its 10 % and 90 % quantiles as ``name_10`` and
        ``name_90``.  Numbers that are not finite are left out of them.
    """

    def __init__(
        self, parameters: tuple[str, ...], measured: tuple[str, ...], rows: list[dict[str, Any]]
    ) -> None:
        self.parameters, self.measured, self.rows = parameters, measured, rows

    def _cells(self) -> list[list[str]]:
        """Headings, then one list of texts for each row."""
        cells = [[*self.parameters, "nets", "failed",
                  *(name.replace("validation_", "validation ") for name in self.measured)]]
        for row in self.rows:
            spread = [
                f"{row[name]:.3g} ({row[f'{name}_10']:.3g} to {row[f'{name}_90']:.3g})"
                for name in self.measured
            ]
            cells.append([*(value_text(row[name]) for name in self.parameters),
                          str(row["nets"]), f"{row['failed']:.0%}", *spread])
        return cells

    def __str__(self) -> str:
        cells = self._cells()
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(map(str.rjust, row, widths)) for row in cells]
        return "\n".join([*lines, "median (10 % to 90 % of the nets)"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        headings, *rows = [[html.escape(cell) for cell in row] for row in self._cells()]
        head = "".join(f"<th>{cell}</th>" for cell in headings)
        body = "".join(
            "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows
        )
        # A page's MathJax would take what stands between two dollars for mathematics.
        return (f'<table class="tex2jax_ignore mathjax_ignore">'
                f"<caption>median (10 % to 90 % of the nets)</caption>"
                f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def quantiles(values: Array, levels: Sequence[float]) -> npt.NDArray[np.float64]:
    """Quantiles over the first axis, (levels, ...), of the finite values; NaN where none is.

    As `np.nanquantile` with its linear rule, which takes a hundred times as long on curves.
    """
    ordered = np.sort(np.where(np.isfinite(values), values, np.nan), axis=0)  # NaN comes last
    last = np.isfinite(ordered).sum(axis=0) - 1
    result = []
    for level in levels:
        position = np.maximum(level * last, 0)
        low = np.floor(position).astype(int)[None]
        below = np.take_along_axis(ordered, low, axis=0)[0]
        above = np.take_along_axis(ordered, np.minimum(low + 1, np.maximum(last, 0)), axis=0)[0]
        result.append(below + (above - below) * (position - low[0]))
    return np.array(result)


def value_text(value: Any) -> str:
    """A value of a varied parameter as tables and pictures show it."""
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
