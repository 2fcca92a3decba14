"""Formulas with numbers put in, which add up as they are shown.

What is shown is rounded, and of rounded numbers the result need not be the rounded result.  So the
numbers in a formula have as many decimals as it takes: who computes with what is shown gets what is
shown.  Where even `MOST` decimals do not suffice, the formula says ≈ in place of =.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

DECIMALS, MOST = 3, 12
LARGE = 1e6  # from here on with a power of ten
NUDGE = 1e-10  # to either side: whoever adds in another order may round elsewhere


def text(number: float, decimals: int = DECIMALS) -> str:
    """A number as it is shown."""
    if not math.isfinite(number):
        return str(number).replace("inf", "∞").replace("-", "−")
    shown = f"{number:.{decimals}{'f' if abs(number) < LARGE else 'e'}}"
    return (shown.lstrip("-") if float(shown) == 0 else shown).replace("-", "−")


def as_read(shown: str) -> float:
    """The number that a reader takes from what `text` has shown."""
    return float(shown.replace("−", "-").replace("∞", "inf"))


def significant(number: float, digits: int = DECIMALS) -> int:
    """Decimals that show so many digits of a small number, and at least `DECIMALS`."""
    if number == 0 or not math.isfinite(number):
        return DECIMALS
    return min(max(DECIMALS, digits - 1 - math.floor(math.log10(abs(number)))), MOST)


def fewest(
    result: Callable[..., float], *parts: npt.ArrayLike, decimals: int = DECIMALS
) -> tuple[int, str]:
    """With how many decimals to show numbers, so that they give the result as it is shown.

    Parameters
    ----------
    result : callable
        Takes the parts, arrays (n,), and gives a number.
    *parts : array_like, shape (n,)
    decimals : int
        Those of the result.

    Returns
    -------
    decimals : int
        Of every number in the parts: as few as the result has, or more.
    equals : {"=", "≈"}
        The second if `MOST` of them do not suffice.
    """
    arrays = [np.atleast_1d(np.asarray(part, float)) for part in parts]
    exact = text(result(*arrays), decimals)
    for more in range(decimals, MOST + 1):
        read = [np.array([as_read(text(each, more)) for each in array]) for array in arrays]
        with np.errstate(all="ignore"):
            value = result(*read)
        nudge = NUDGE * max(1.0, abs(value))
        if {text(value + each, decimals) for each in (-nudge, 0, nudge)} == {exact}:
            return more, "="
    return MOST, "≈"


def bracketed(shown: str) -> str:
    """A number behind a sign: in brackets if it has one of its own."""
    return f"({shown})" if shown.startswith("−") else shown


def weighted_sum(
    weights: Iterable[float], values: Iterable[float], added: Iterable[float], decimals: int
) -> str:
    """The products of weights and values and what is added to them; without those of a zero."""
    terms = [(weight, f"{text(abs(weight), decimals)} · {bracketed(text(value, decimals))}")
             for weight, value in zip(weights, values, strict=True) if value != 0]
    terms += [(number, text(abs(number), decimals)) for number in added]
    (first, spelt), *others = terms or [(0.0, "0")]
    return ("−" if first < 0 else "") + spelt + "".join(
        f" {'−' if number < 0 else '+'} {term}" for number, term in others)
