"""Data that a reader pastes, or drops as a file: text, in each line two numbers and a class."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.validation import check_text, shown

Array = npt.NDArray[Any]

MAX_ROWS = 1000
MAX_CLASSES = 10  # as many as have a colour and a marker of their own that are easily told apart
MAX_TEXT = 100_000  # characters
LARGEST = 1e100  # of larger numbers the squares overflow
LONGEST_NAME = 24  # characters of a name that are shown
SEPARATORS = "\t;,"
WHOLE = re.compile(r"0|-?[1-9][0-9]{0,8}")  # "01" and "1" are two names

#: Something to begin with: the first five irises of each species that Fisher measured, in 1936.
IRISES = """petal length,petal width,species
1.4,0.2,setosa
1.4,0.2,setosa
1.3,0.2,setosa
1.5,0.2,setosa
1.4,0.2,setosa
4.7,1.4,versicolor
4.5,1.5,versicolor
4.9,1.5,versicolor
4.0,1.3,versicolor
4.6,1.5,versicolor
6.0,2.5,virginica
5.1,1.9,virginica
5.9,2.1,virginica
5.6,1.8,virginica
5.8,2.2,virginica
"""


@dataclass(frozen=True)
class PastedTable:
    """What a text holds.  Made by `read`.

    Attributes
    ----------
    X : ndarray, shape (n, 2)
        The numbers as they stand there.
    labels : list of str or of int
        The class of each line; numbers, if all are whole ones as Python writes them.
    columns : tuple of str
        The names of both columns, empty where the text has none.
    """

    X: Array
    labels: list[str] | list[int]
    columns: tuple[str, str]

    @property
    def classes(self) -> tuple[str, ...]:
        """Their names, in the order of their numbers."""
        return tuple(map(str, np.unique(self.labels).tolist()))

    @property
    def y(self) -> Array:
        """The class number of each line, (n,)."""
        return np.unique(self.labels, return_inverse=True)[1]

    @property
    def standardised(self) -> Array:
        """X with mean 0 and standard deviation 1 in each column; 0, where all is the same in it."""
        spread = self.X.std(axis=0) * (np.ptp(self.X, axis=0) > 0)  # rounding may leave some
        X = np.zeros_like(self.X)
        np.divide(self.X - self.X.mean(axis=0), spread, out=X, where=spread > 0)
        return X

    @property
    def code(self) -> tuple[str, ...]:
        """The lines that make ``X``, standardised, and ``y``."""
        return (f"X = np.array({self.X.tolist()})",
                "spread = X.std(axis=0) * (np.ptp(X, axis=0) > 0)",
                "X = np.divide(X - X.mean(axis=0), spread, out=np.zeros_like(X), where=spread > 0)",
                f"y = np.array({self.labels})")


def read(text: str) -> PastedTable:
    """The observations in a text: each line two numbers and the name of a class.

    Columns are separated by tabs, semicolons or commas, whichever of them the first line has,
    looked for in this order; with tabs and semicolons a number may have a decimal comma.  A name
    may be in double quotes.  A first line without a number names the columns.  Empty lines count
    for nothing.

    Parameters
    ----------
    text : str

    Returns
    -------
    PastedTable

    Raises
    ------
    TypeError, ValueError
        If it is no such text; the message names the line.
    """
    if len(check_text("table", text)) > MAX_TEXT:
        raise ValueError(f"table must have at most {MAX_TEXT} characters, got {len(text)}")
    text = text.removeprefix("\ufeff")
    separator = _separator(text)
    rows, columns = _rows(text, separator), ("", "")
    if rows and all(_number(cell, separator) is None for cell in rows[0][1]):
        line, cells = rows.pop(0)
        _check_width(line, cells)
        columns = (cells[0], cells[1])
    if not rows:
        raise ValueError("table must have a line for each observation, got none")
    if len(rows) > MAX_ROWS:
        raise ValueError(f"table must have at most {MAX_ROWS} observations, got {len(rows)}: paste "
                         f"a part of them")
    numbers, labels = [], []
    for line, cells in rows:
        _check_width(line, cells)
        numbers.append([_checked_number(line, cell, separator) for cell in cells[:2]])
        if not cells[2]:
            raise ValueError(f"table must have a class in every line, there is none in line {line}")
        labels.append(cells[2])
    whole = all(WHOLE.fullmatch(label) for label in labels)
    table = PastedTable(np.array(numbers), [int(label) for label in labels] if whole else labels,
                        columns)
    count = len(table.classes)
    if not 2 <= count <= MAX_CLASSES:
        raise ValueError(f"table must have from 2 to {MAX_CLASSES} classes, got {count}: "
                         f"the third column holds the class")
    return table


def short(name: str) -> str:
    """A name as it is shown, on one line and not too long."""
    name = " ".join(name.split())
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME - 1]}…"


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return next((each for each in SEPARATORS if each in first), ",")


def _rows(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """The number of each line that is not empty, and its cells."""
    lines = csv.reader(io.StringIO(text, newline=None), delimiter=separator, strict=True,
                       skipinitialspace=True)
    rows = []
    try:
        for row in lines:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((lines.line_num, cells))
    except csv.Error as error:
        raise ValueError(f"table must have quotes in pairs, around whole cells: see line "
                         f"{lines.line_num}") from error
    return rows


def _check_width(line: int, cells: list[str]) -> None:
    if len(cells) != 3:
        raise ValueError("table must have three columns, two numbers and a class, with commas, "
                         f"semicolons or tabs between: line {line} has {len(cells)}, "
                         f"{shown(cells)}")


def _checked_number(line: int, cell: str, separator: str) -> float:
    number = _number(cell, separator)
    if number is None:
        raise ValueError(f"table must have two numbers and then a class in every line: line {line} "
                         f"has {shown(cell)} in the place of a number")
    if not abs(number) <= LARGEST:
        raise ValueError(f"table must have finite numbers, not beyond {LARGEST:g}: line {line} has "
                         f"{shown(cell)}")
    return number


def _number(cell: str, separator: str) -> float | None:
    """None if it is no number."""
    if "_" in cell:  # which Python's numbers may have
        return None
    try:
        return float(cell if separator == "," else cell.replace(",", "."))
    except ValueError:
        return None
