"""Medians and spread over the nets of a study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.studies.tables import Table, median_text, value_text

Array = npt.NDArray[Any]


class Summary(Table):
    """Medians and spread for each setting of a study, as a `Table`.

    Attributes
    ----------
    rows : list of dict
        For each setting: the factors, ``nets``, how many of them ``failed``, and for each measure
        its median by its name, and its 10 % and 90 % quantiles as ``name_10`` and ``name_90``.
        Numbers that are not finite are left out of them.
    """

    def __init__(
        self, factors: tuple[str, ...], measures: tuple[str, ...], rows: list[dict[str, Any]]
    ) -> None:
        self.rows = rows
        super().__init__(
            [{**{name: value_text(row[name]) for name in factors},
              "failed": f"{row['failed']} of {row['nets']}",
              **{name: median_text((row[f"{name}_10"], row[name], row[f"{name}_90"]))
                 for name in measures}} for row in rows],
            "median (10 % to 90 % of the nets)",
        )


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
