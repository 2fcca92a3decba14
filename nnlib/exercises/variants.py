"""Variants of exercises: other numbers and data, drawn from a seed, for work that is marked.

The solutions of the book are open.  A variant asks the same with numbers of its own; its text, its
check and its answer follow the seed.  Variants are written beside the notebooks, in files of the
folder ``variants``, whose ``VARIANTS`` names a function for each exercise that has some.
"""

from __future__ import annotations

import ast
import functools
import json
import re
import runpy
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.exercises.exercise import Exercise, forget, label
from nnlib.exercises.running import run
from nnlib.validation import check_count, check_path, shown

NUMBER = re.compile(r"(\d+)\.(\d+)")  # as the pages count: 3.2 is the second of 03_NAME.ipynb
LABEL = re.compile(r"\{exercise(?:-start)?\}[^\n]*\n(?::[\w-]+:[^\n]*\n)*?:label: (\S+)")
DIGITS = 6  # of a number in an answer
MOST_SEED = 2**32 - 1

Draw = Callable[[np.random.Generator], dict[str, Any]]


class Variant:
    """An exercise with the numbers of a seed.

    Made by `variant`.

    Attributes
    ----------
    name : str
        The label of the exercise.
    seed : int
    text : str
        What is asked, in Markdown.
    exercise : Exercise
        Where the learner starts, what is given, and the check.
    solution : str
        Code that the check finds correct.
    """

    def __init__(
        self,
        name: str,
        seed: int,
        *,
        text: str,
        check: Callable[..., str | None],
        starter: str,
        solution: str,
        data: dict[str, Any] | None = None,
        given: str | Sequence[str] = (),
    ) -> None:
        self.name, self.seed = name, seed
        self.text = text.strip()
        self.solution = solution.strip("\n") + "\n"
        lines = "".join(f"{each} = {literal(value)}\n" for each, value in (data or {}).items())
        parts = [given] if isinstance(given, str) else list(given)
        self.exercise = Exercise(f"{name}-{seed}", check, starter, [lines, *parts])
        forget(self.exercise)

    def answers(self) -> dict[str, str]:
        """What the solution makes of each name that the check looks at.

        Returns
        -------
        dict of str
            A number or an array with six digits, a function as its code.
        """
        names = self.exercise.scene()
        run(self.solution, names)
        functions = {each.name: each for each in ast.parse(self.solution).body
                     if isinstance(each, ast.FunctionDef)}
        return {
            name: ast.get_source_segment(self.solution, functions[name]) or ""
            if name in functions else literal(_rounded(names[name])) for name in self.exercise.names
        }

    def __str__(self) -> str:
        call = f'exercises.check("{self.name}", {", ".join(self.exercise.names)}, ' \
               f'variant={self.seed})'
        given = self.exercise.given.strip()
        return (f"**Variant {self.seed} of {self.name}**\n\n{self.text}\n\n"
                f"```python\n{self.exercise.starter}```\n\n"
                + (f"Given is\n\n```python\n{given}\n```\n\n" if given else "")
                + f"To check your answer, run `{call}`.")

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return str(self)


def variant(name: str, seed: int, folder: str | Path | None = None) -> Variant:
    """An exercise with other numbers: what a notebook shows as its text.

    Parameters
    ----------
    name : str
        The label of the exercise, such as "ex-03-pencil", or its number on the pages, "3.1".
    seed : int
        From 0 to 2³² - 1.  The same seed has the same numbers everywhere.
    folder : path, optional
        That of the book; by default this folder, or ``book`` in it.

    Returns
    -------
    Variant

    Raises
    ------
    ValueError
        If the exercise has no variants, with those that have in the message; or if the seed is not
        from 0 to 2³² - 1.
    TypeError
        If the seed is no whole number.
    FileNotFoundError
        If there is no book in the folder.
    """
    book = _book(folder)
    found = _named(name, book)
    number = check_count("seed", seed, at_least=0, at_most=MOST_SEED)
    draws = _draws(book)
    if found not in draws:
        raise ValueError(f"name must be that of an exercise with variants "
                         f"({', '.join(draws)}), got {shown(name)}")
    rng = np.random.default_rng([number, zlib.crc32(found.encode())])
    return Variant(found, number, **draws[found](rng))


def with_variants(folder: str | Path | None = None) -> list[str]:
    """The labels of the exercises that have variants, in the order of the files."""
    return list(_draws(_book(folder)))


def numbers(folder: str | Path | None = None) -> dict[str, str]:
    """The numbers on the pages of the exercises that have variants, such as "3.1", by label."""
    book = _book(folder)
    found = {}
    for name in _draws(book):
        notebook = int(name.split("-")[1])
        found[name] = f"{notebook}.{_labels(notebook, book).index(name) + 1}"
    return found


def sheet(name: str, seeds: Iterable[int], folder: str | Path | None = None
          ) -> list[dict[str, str]]:
    """The answers to the variants of some seeds.

    Returns
    -------
    list of dict
        A row for each seed: "seed", and each name that the check looks at.

    Raises
    ------
    ValueError
        If the exercise has no variants, or a seed is not from 0 to 2³² - 1.
    TypeError
        If a seed is no whole number.
    FileNotFoundError
        If there is no book in the folder.
    """
    return [{"seed": str(seed), **variant(name, seed, folder).answers()} for seed in seeds]


def literal(value: object) -> str:
    """Code for a number, a text, a list of these, or an array."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()!r})".replace("nan", "np.nan")
    if isinstance(value, np.generic):
        return repr(value.item())
    return repr(value)


def matrix(rows: npt.ArrayLike) -> str:
    """A matrix as a formula, with its numbers as short as they are."""
    lines = [" & ".join(f"{number:g}" for number in row) for row in np.atleast_2d(rows)]
    return r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}"


def _rounded(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(_rounded(each) for each in value)
    if isinstance(value, np.ndarray):
        return _rounded(value.tolist())
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.{DIGITS}g}")
    return value.item() if isinstance(value, np.generic) else value


def _book(folder: str | Path | None) -> Path:
    places = [Path(), Path("book")] if folder is None else [check_path("folder", folder)]
    for place in places:
        if (place / "variants").is_dir():
            return place.resolve()
    tried = " or ".join(str(place.resolve()) for place in places)
    raise FileNotFoundError("folder must be that of the book, with the notebooks and variants/; "
                            f"there is none at {tried}")


@functools.cache
def _draws(book: Path) -> dict[str, Draw]:
    found: dict[str, Draw] = {}
    for file in sorted((book / "variants").glob("*.py")):
        found |= runpy.run_path(str(file))["VARIANTS"]
    return found


def _labels(number: int, book: Path) -> list[str]:
    """Of the exercises of the notebook with this number, in their order."""
    labels: list[str] = []
    for file in book.glob(f"{number:02}_*.ipynb"):
        notebook = json.loads(file.read_text(encoding="utf-8"))
        # In copies without MyST, headings have taken the place of labels; their metadata keep them.
        labels += notebook["metadata"].get("exercises") or LABEL.findall(
            "\n".join("".join(cell["source"]) for cell in notebook["cells"]
                      if cell["cell_type"] == "markdown"))
    return labels


def _named(name: object, book: Path) -> str:
    """The label of an exercise, also when it is called by its number."""
    number = NUMBER.fullmatch(name) if isinstance(name, str) else None
    if not number:
        return label(name)
    labels = _labels(int(number[1]), book)
    if not 1 <= int(number[2]) <= len(labels):
        raise ValueError(f"name must be the number of an exercise, and of those that begin with "
                         f"{number[1]} there are {len(labels)}, got {shown(name)}")
    return labels[int(number[2]) - 1]
