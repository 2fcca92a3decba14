"""Variants of the exercises of chapter 11."""

import numpy as np

from nnlib import exercises


def check_translate(weight_decay, c, reg_lambda, *, lambda_, n, their_c, m):
    exercises.same("your weight_decay", weight_decay, lambda_ / n, n=n, tolerance=1e-3)
    exercises.same("your c", c, lambda_ / (2 * n), n=n, tolerance=1e-3)
    exercises.same("your lambda for their c", reg_lambda, 2 * m * their_c, n=m, tolerance=1e-3)


def translate(rng):
    """Translate other penalties."""
    lambda_, n = rng.integers(1, 80).item() / 20, rng.integers(2, 60).item() * 50
    their_c, m = rng.integers(1, 60).item() / 1e4, rng.integers(2, 60).item() * 50
    return {
        "text": f"""
One program, with mean gradients, adds `weight_decay * W` to the gradient of the mean cross-entropy.
Another adds `c * (W ** 2).sum()`, without the half, to the mean cross-entropy. Which `weight_decay`
and which `c` do the same as our $\\lambda = {lambda_:g}$ on {n} points? And which $\\lambda$,
`reg_lambda`, does the same as the other's `c` of {their_c:.4f} on {m} points?
""",
        "data": {"lambda_": lambda_, "n": n, "their_c": their_c, "m": m},
        "check": check_translate,
        "starter": """
weight_decay = 0.0
c = 0.0
reg_lambda = 0.0
""",
        "solution": """
weight_decay = lambda_ / n
c = lambda_ / (2 * n)
reg_lambda = 2 * m * their_c
""",
    }


def check_silent(share, half, *, rate, lambda_, n, epochs):
    left = 1 - rate * lambda_ / n
    exercises.same("your share", share, left**epochs, tolerance=1e-3)
    exercises.expect(isinstance(half, (int, np.integer)), f"half should be a whole number, and is "
                     f"{half!r}")
    exercises.expect(left**half <= 0.5 < left ** (half - 1), f"after {half} epochs a share of "
                     f"{left**half:.5f} is left, an epoch earlier {left ** (half - 1):.5f}")


def silent(rng):
    """What a penalty leaves of a silent weight."""
    rate, lambda_ = rng.integers(2, 30).item() / 20, rng.integers(2, 60).item() / 20
    n, epochs = rng.integers(2, 20).item() * 20, rng.integers(2, 12).item() * 50
    return {
        "text": f"""
An input is 0 for all {n} training points. With mean gradients, rate {rate:g}, $\\lambda$ =
{lambda_:g}: what is left of its weights after {epochs} epochs, as a share, `share`? And after how
many epochs is no more than half of them left for the first time, `half`?
""",
        "data": {"rate": rate, "lambda_": lambda_, "n": n, "epochs": epochs},
        "check": check_silent,
        "starter": """
share = 0.0
half = 0
""",
        "solution": """
share = (1 - rate * lambda_ / n) ** epochs
half = int(np.ceil(np.log(0.5) / np.log(1 - rate * lambda_ / n)))
""",
    }


VARIANTS = {"ex-11-translate": translate, "ex-11-silent": silent}
