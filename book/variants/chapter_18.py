"""Variants of the exercises of chapter 18."""

import numpy as np

from nnlib import exercises


def check_none(share, nets, *, n, chance, limit):
    exercises.same("your share", share, 1 - chance ** (1 / n), tolerance=1e-3)
    exercises.expect(isinstance(nets, (int, np.integer)) and nets > 0,
                     f"nets should be a whole number, and is {nets!r}")
    this, fewer = (1 - chance ** (1 / max(m, 0.5)) for m in (nets, nets - 1))
    exercises.expect(this <= limit < fewer, f"none of {nets} leaves room for a share of "
                     f"{this:.5f}, and one net less for {fewer:.5f}; asked for is {limit:g}")


def none(rng):
    """Another row without a failure."""
    n, chance = rng.integers(5, 200).item(), rng.integers(1, 20).item() / 100
    limit = rng.integers(5, 90).item() / 1000
    return {
        "text": f"""
0 of {n} nets failed. How often may nets of this kind fail, as a share, so that such a row would
still happen with a chance of {chance:g}, `share`? And how many nets without a failure, at the
least, leave room for a share of no more than {limit:g}, with the same chance, `nets`?
""",
        "data": {"n": n, "chance": chance, "limit": limit},
        "check": check_none,
        "starter": """
share = 0.0
nets = 1
""",
        "solution": """
share = 1 - chance ** (1 / n)
nets = int(np.ceil(np.log(chance) / np.log(1 - limit)))
""",
    }


def check_best(rate, accuracy, *, rates, losses, accuracies):
    costs = np.where(np.isnan(losses), np.inf, losses)
    best = np.median(costs, axis=1).argmin()
    exercises.expect(rate in rates, f"rate should be one of {rates}, and is {rate!r}")
    place = rates.index(rate)
    exercises.expect(place == best, f"you choose rate {rate:g}, with the losses {losses[place]}; "
                     f"lower is the median of rate {rates[best]:g}, {losses[best]}")
    exercises.same("the median test accuracy at your rate", accuracy, np.median(accuracies[best]),
                   tolerance=1e-4)


def best(rng):
    """Other losses, other accuracies."""
    rates = np.sort(rng.choice([0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0], 3, replace=False)).tolist()
    while True:
        losses = (rng.integers(20, 90, (3, 5)) / 100)
        losses[2, rng.permutation(5)[:rng.integers(1, 4)]] = np.nan
        medians = np.sort(np.median(np.where(np.isnan(losses), np.inf, losses), axis=1))
        if medians[1] - medians[0] > 0.02:
            break
    accuracies = rng.integers(7000, 9990, (3, 5)) / 10_000
    rows = "\n".join(f"| {rate:g} | {' '.join(f'{x:g}' for x in loss)} "
                     f"| {' '.join(f'{x:.4f}' for x in right)} |"
                     for rate, loss, right in zip(rates, losses, accuracies))
    return {
        "text": f"""
Five nets were trained at each of three rates. A loss that is `nan` belongs to a net that diverged,
and counts as infinite.

| rate | validation losses | test accuracies |
|---|---|---|
{rows}

Which `rate` has the lowest median validation loss, and what is the median test accuracy there,
`accuracy`?
""",
        "data": {"rates": rates, "losses": losses, "accuracies": accuracies},
        "check": check_best,
        "starter": """
rate = 0.0
accuracy = 0.0
""",
        "solution": """
costs = np.where(np.isnan(losses), np.inf, losses)
place = np.median(costs, axis=1).argmin()
rate = rates[place]
accuracy = np.median(accuracies[place])
""",
    }


VARIANTS = {"ex-18-none": none, "ex-18-best": best}
