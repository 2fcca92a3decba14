"""Formulas with numbers put in, which add up as they are shown.

What is shown is rounded, and of rounded numbers the result need not be the rounded result.  So the
numbers in a formula have as many decimals as it takes, or, where decimals would lose small numbers,
as many significant digits: who computes with what is shown gets what is shown.  With
`ALL` digits they are the numbers themselves, so only a result half-way between two that can be
shown is left; there the formula says ≈ in place of =.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Digits:
    """So many significant digits; in place of a number of decimals."""

    count: int


Precision = int | Digits

DECIMALS, MOST = 3, 6
ALL = 17  # significant digits tell any two numbers of 64 bits apart
LADDER: tuple[Precision, ...] = (
    *range(DECIMALS, MOST + 1), *(Digits(count) for count in range(3, ALL + 1)))
LARGE = 6  # the power of ten from which on it is written
SMALL = -4  # and the last at which it is not, if digits count
# To either side, in decimals and of a number: whoever adds in another order may round elsewhere.
NUDGE, SHARE = 1e-10, 1e-14
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
READ = {ord(raised): plain for plain, raised in zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)}


def text(number: float, precision: Precision = DECIMALS) -> str:
    """A number as it is shown: 0.125, −2.50·10⁻⁹.

    Parameters
    ----------
    number : float
    precision : int or Digits
        Decimals, or significant digits.
    """
    if not math.isfinite(number):
        return str(number).replace("inf", "∞").replace("-", "−")
    counts = isinstance(precision, Digits)
    after = precision.count - 1 if isinstance(precision, Digits) else precision
    if counts and number == 0:
        return "0"
    digits, power = f"{number:.{after}e}".split("e")
    if abs(number) >= 10**LARGE or (counts and not SMALL <= int(power) < LARGE):
        return f"{digits}·10{str(int(power)).translate(SUPERSCRIPTS)}".replace("-", "−")
    shown = f"{number:.{max(0, after - int(power)) if counts else after}f}"
    return (shown.lstrip("-") if float(shown) == 0 else shown).replace("-", "−")


def as_read(shown: str) -> float:
    """The number that a reader takes from what `text` has shown."""
    plain = shown.replace("·10", "e").translate(READ)
    return float(plain.replace("−", "-").replace("∞", "inf"))


def significant(number: float) -> Precision:
    """How to show three digits of a small number, and at least `DECIMALS` of any."""
    if number == 0 or not math.isfinite(number):
        return DECIMALS
    decimals = DECIMALS - 1 - math.floor(math.log10(abs(number)))
    return Digits(DECIMALS) if decimals > MOST else max(DECIMALS, decimals)


def fewest(
    result: Callable[..., npt.ArrayLike],
    *parts: npt.ArrayLike,
    decimals: Precision | Sequence[Precision] = DECIMALS,
) -> tuple[Precision, str]:
    """With how many digits to show numbers, so that they give the result as it is shown.

    Parameters
    ----------
    result : callable
        Takes the parts, arrays (n,), and gives a number, or several.
    *parts : array_like, shape (n,)
    decimals : int or Digits, or a sequence of them
        Those of the result, or of each.

    Returns
    -------
    decimals : int or Digits
        Of every number in the parts: as few as the result has, or more.
    equals : {"=", "≈"}
        The second if the result is as near to another that can be shown.
    """
    arrays = [np.atleast_1d(np.asarray(part, float)) for part in parts]
    of_results = [decimals] if isinstance(decimals, int | Digits) else [*decimals]

    def shown(values: npt.ArrayLike, side: float = 0.0) -> list[str]:
        texts = []
        for value, precision in zip(map(float, np.ravel(values)), of_results, strict=True):
            share = NUDGE * abs(value)
            nudge = share if isinstance(precision, Digits) else max(NUDGE, SHARE / NUDGE * share)
            texts.append(text(value + side * nudge, precision))
        return texts

    with np.errstate(all="ignore"):
        exact = shown(result(*arrays))
        for more in LADDER[min(map(LADDER.index, of_results)):]:
            read = [np.array([as_read(text(each, more)) for each in array]) for array in arrays]
            values = result(*read)
            if all(shown(values, side) == exact for side in (-1, 0, 1)):
                return more, "="
    return LADDER[-1], "≈"


def total(weights: Array, values: Array, added: npt.ArrayLike) -> float:
    """What `weighted_sum` writes, added up from left to right."""
    return float(np.cumsum(np.concatenate([weights * values, np.ravel(added)]))[-1])


def bracketed(shown: str) -> str:
    """A number behind a sign: in brackets if it has one of its own."""
    return f"({shown})" if shown.startswith("−") else shown


def weighted_sum(
    weights: Iterable[float], values: Iterable[float], added: Iterable[float],
    decimals: Precision,
) -> str:
    """The products of weights and values and what is added to them; without those of a zero."""
    terms = [(weight, f"{text(abs(weight), decimals)} · {bracketed(text(value, decimals))}")
             for weight, value in zip(weights, values, strict=True) if value != 0]
    terms += [(number, text(abs(number), decimals)) for number in added]
    (first, spelt), *others = terms or [(0.0, "0")]
    return ("−" if first < 0 else "") + spelt + "".join(
        f" {'−' if number < 0 else '+'} {term}" for number, term in others)
