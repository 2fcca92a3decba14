"""Which of two contenders is better: differences in pairs, their median and its interval."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlib.studies.tables import median_text, number_text, value_text

if TYPE_CHECKING:
    from nnlib.studies.results import Results

Array = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float64]

# What nets are compared by.  Accuracies are better when larger, all else when smaller.
MEASURES = ("loss", "cross_entropy", "accuracy", "validation_loss", "validation_accuracy",
            "test_loss", "test_accuracy", "n_epochs", "best_epoch")

RESAMPLES = 4000
BLOCK = 2**22  # numbers that are resampled at a time
# The whole range of five numbers leaves out the true median once in 16 times.
FEWEST_SEEDS = 6


@dataclass(frozen=True)
class Comparison:
    """How much two contenders differ, over pairs of nets with equal seeds and settings.

    Attributes
    ----------
    a, b : str
        What the contenders are called.
    measure : str
        The column they are compared by.
    median : float
        Of the differences a - b, over the pairs.
    low, high : float
        Its 95 % interval: of fewer than 6 seeds, all numbers.
    better, worse, ties : int
        Pairs in which a is better, in which b is, and in which they are equal.
    seeds : int
        Different seeds among the pairs.
    unpaired : int
        Nets of either contender without a counterpart, which are left out.
    """

    a: str
    b: str
    measure: str
    median: float
    low: float
    high: float
    better: int
    worse: int
    ties: int
    seeds: int
    unpaired: int

    @property
    def n(self) -> int:
        """The number of pairs."""
        return self.better + self.worse + self.ties

    @property
    def leaves_out_zero(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    @property
    def winner(self) -> str | None:
        """The better of a and b, where the interval leaves out zero; else None."""
        if not self.leaves_out_zero:
            return None
        return self.a if (self.low > 0) == is_better_larger(self.measure) else self.b

    @property
    def row(self) -> dict[str, str]:
        """The comparison as a row of a `Table`, which shows several below each other."""
        return {
            "a": self.a, "b": self.b, "measure": self.measure,
            "a - b, median (95 % interval)": median_text((self.low, self.median, self.high)),
            "a better": f"{self.better} of {self.n}", "ties": str(self.ties),
        }

    def __str__(self) -> str:
        pairs = f"{self.n} pairs" + f" of {self.seeds} seeds" * (self.n > self.seeds)
        ties = f", with {self.ties} {'tie' if self.ties == 1 else 'ties'}" if self.ties else ""
        unpaired = f" Without a counterpart: {self.unpaired} nets." if self.unpaired else ""
        if self.seeds < FEWEST_SEEDS:
            verdict = f"Fewer than {FEWEST_SEEDS} seeds give no interval, and no winner."
        elif self.winner:
            verdict = f"The interval leaves out zero: {self.winner} is better."
        else:
            verdict = "The interval holds zero: neither is shown to be better."
        return (f"{self.measure.replace('_', ' ')} of {self.a}, minus that of {self.b}: "
                f"median {number_text(self.median)} "
                f"(95 % interval {number_text(self.low)} to {number_text(self.high)}; {pairs}). "
                f"{self.a} is better in {self.better} of {self.n}{ties}. {verdict}{unpaired}")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # A page's MathJax would take what stands between two dollars for mathematics.
        return f'<p class="tex2jax_ignore mathjax_ignore">{html.escape(str(self))}</p>'


def compare(a: Results, b: Results, measure: str) -> Comparison:
    """Compare two parts of results; see `nnlib.studies.Results.compare`."""
    shared = _factors_to_pair_by(a, b)
    of_a, of_b = _by_key(a, shared), _by_key(b, shared)
    keys = [key for key in of_a if key in of_b]
    if not keys:
        raise ValueError("a and b must have nets to pair, of equal seed and settings, got none")
    rows_a, rows_b = [of_a[key] for key in keys], [of_b[key] for key in keys]
    for name, results, rows in (("a", a, rows_a), ("b", b, rows_b)):
        check_known("measure", measure, results.table, rows, f" of {name}")
    with np.errstate(invalid="ignore"):
        worse_by = cost(a.table, measure)[rows_a] - cost(b.table, measure)[rows_b]
    worse_by[np.isnan(worse_by)] = 0  # two that diverged tie
    differences = -worse_by if is_better_larger(measure) else worse_by
    seeds = a.table["seed"][rows_a]
    lower, upper = _middles(differences[None])[:, 0]
    # Between two opposite infinities there is no middle, and none is better.
    median = 0.0 if np.isinf(lower) and lower == -upper else float(lower + upper) / 2
    low, high = interval_of_median(differences, seeds)
    label_a, label_b = _labels(a, b)
    return Comparison(
        label_a, label_b, measure, median, low, high,
        better=int((worse_by < 0).sum()), worse=int((worse_by > 0).sum()),
        ties=int((worse_by == 0).sum()), seeds=len(np.unique(seeds)),
        unpaired=len(a) + len(b) - 2 * len(keys),
    )


def is_better_larger(measure: str) -> bool:
    """Whether more of a measure is better."""
    return "accuracy" in measure


def cost(table: dict[str, Array], measure: str) -> FloatArray:
    """A measure of every net as a cost, (nets,): infinite for NaN and for nets that diverged."""
    values = table[measure].astype(np.float64)
    worst = np.isnan(values) | table["diverged"]
    return np.where(worst, np.inf, -values if is_better_larger(measure) else values)


def check_known(
    argument: str, measure: str, table: dict[str, Array], rows: Any, whose: str
) -> None:
    """Refuse a measure that is NaN for every net, for another reason than that it diverged."""
    unknown = np.isnan(table[measure][rows].astype(float))
    if unknown.all() and not table["diverged"][rows].all():
        raise ValueError(f"{argument} must be a column of numbers, got {measure!r}, which is NaN "
                         f"for every net{whose}")


def interval_of_median(values: Array, seeds: Array) -> tuple[float, float]:
    """A 95 % interval for the median: the percentile bootstrap, with seeds drawn anew.

    Numbers of one seed share its data and its start, so that they are drawn together: seeds are
    independent, nets need not be.  The generator is seeded: equal numbers have equal intervals.

    Of an even number of values, the lower of the two in the middle counts for the low end and the
    upper for the high end.  With their mean the interval of 20 numbers holds the median of their
    distribution in 93 to 95 % of samples; so it holds it in 96 %, whatever the distribution.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Without NaN; may be infinite.
    seeds : ndarray, shape (n,)
        Of each value.

    Returns
    -------
    low, high : float
        Minus and plus infinity where there are fewer than 6 seeds.

    References
    ----------
    B. Efron, R. J. Tibshirani, *An Introduction to the Bootstrap*, 1993.
    """
    distinct, seed_of_value, counts = np.unique(seeds, return_inverse=True, return_counts=True)
    if len(distinct) < FEWEST_SEEDS:
        return -np.inf, np.inf
    order = np.argsort(seed_of_value, kind="stable")
    place = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
    by_seed = np.full((len(distinct), counts.max()), np.nan)
    by_seed[seed_of_value[order], place] = values[order]
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(distinct), size=(RESAMPLES, len(distinct)))
    blocks = np.array_split(drawn, -(-RESAMPLES * by_seed.size // BLOCK))
    middles = [_middles(by_seed[block].reshape(len(block), -1)) for block in blocks]
    lower, upper = np.sort(np.concatenate(middles, axis=1), axis=1)
    tail = RESAMPLES // 40
    return float(lower[tail]), float(upper[-1 - tail])


def _middles(values: Array) -> FloatArray:
    """The values to both sides of each row's middle, (2, rows), NaN left out; equal if odd."""
    ordered = np.sort(values, axis=1)  # NaN comes last
    count = (~np.isnan(ordered)).sum(axis=1)
    rows = np.arange(len(ordered))
    return np.array([ordered[rows, (count - 1) // 2], ordered[rows, count // 2]])


def _factors_to_pair_by(a: Results, b: Results) -> list[str]:
    """The factors that vary in both; one that varies in either alone leaves no pairs."""
    varied_a, varied_b = ([name for name, values in results.vary.items() if len(values) > 1]
                          for results in (a, b))
    for name in sorted({*varied_a} ^ {*varied_b}):
        free, results = ("a", a) if name in varied_a else ("b", b)
        raise ValueError(f"{free} must hold {name} at one value, as the other contender does, got "
                         f"{', '.join(map(value_text, results.vary[name]))}: name one of them, or "
                         f"compare within best({name!r})")
    return varied_a


def _by_key(results: Results, names: list[str]) -> dict[tuple[Any, ...], int]:
    """The row of each seed and setting."""
    columns = [map(_key, results.table[name].tolist()) for name in names]
    return {key: row for row, key in enumerate(
        zip(results.table["seed"].tolist(), *columns, strict=True))}


def _key(value: Any) -> Any:
    """A setting by which two studies find each other: 1 is 1.0, whichever column it stands in."""
    return float(value) if type(value) in (int, float) else repr(value)


def _labels(a: Results, b: Results) -> tuple[str, str]:
    """What sets the contenders apart: settings that each holds and the other does not."""
    held = [{name: values[0] for name in results.factors
             if len({*map(_key, values := results.table[name].tolist())}) == 1}
            for results in (a, b)]

    def label(own: dict[str, Any], other: dict[str, Any], otherwise: str) -> str:
        return ", ".join(f"{name.replace('_', ' ')} = {value_text(value)}"
                         for name, value in own.items()
                         if name not in other or _key(other[name]) != _key(value)) or otherwise

    return label(held[0], held[1], "a"), label(held[1], held[0], "b")
