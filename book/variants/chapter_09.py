"""Variants of the exercises of chapter 9."""

import numpy as np

from nnlib import exercises


def check_rescue(summed, averaged, *, rate, n, more):
    exercises.same(f"the rate for the sum of {more} gradients,", summed, rate * n / more,
                   tolerance=1e-3)
    exercises.same(f"the rate for the mean of {more} gradients,", averaged, rate * n,
                   tolerance=1e-3)


def rescue(rng):
    """Other numbers of points, another rate."""
    n, rate = rng.integers(4, 60).item() * 10, rng.integers(2, 60).item() / 2000
    more = n * rng.integers(3, 40).item()
    return {
        "text": f"""
A net trains well on {n} points with summed gradients at rate {rate:g}. You get {more} points. At
which rates is a step as long as it was: `summed` with the sum of all gradients, `averaged` with
their mean?
""",
        "data": {"rate": rate, "n": n, "more": more},
        "check": check_rescue,
        "starter": """
summed = 0.0
averaged = 0.0
""",
        "solution": """
summed = rate * n / more
averaged = rate * n
""",
    }


def check_noise(squared_noise, scale, *, gradients):
    g = np.array(gradients, dtype=float)
    mean = g.mean(axis=0)
    right = ((g - mean) ** 2).sum() / (len(g) - 1)
    exercises.same("your s²", squared_noise, right, n=len(g), tolerance=1e-3)
    exercises.same("your noise scale", scale, right / (mean @ mean), n=len(g), tolerance=1e-3)


def noise(rng):
    """Four gradients, on paper."""
    while True:
        gradients = rng.integers(-4, 6, (4, 2))
        mean = gradients.mean(axis=0)
        if mean.all() and (mean % 0.5 == 0).all() and np.ptp(gradients, axis=0).all():
            break
    listed = ", ".join(f"$({a}, {b})$" for a, b in gradients)
    return {
        "text": f"""
Four observations have the gradients {listed}. Work out, with pencil and paper, $s^2$ with $n - 1$
in its denominator, `squared_noise`, and the noise scale $n^* = s^2 / \\lVert \\bar g \\rVert^2$,
`scale`.
""",
        "data": {"gradients": gradients.tolist()},
        "check": check_noise,
        "starter": """
squared_noise = 0.0
scale = 0.0
""",
        "solution": """
mean = np.mean(gradients, axis=0)
squared_noise = ((gradients - mean) ** 2).sum() / 3
scale = squared_noise / (mean @ mean)
""",
    }


VARIANTS = {"ex-09-rescue": rescue, "ex-09-scale": noise}
