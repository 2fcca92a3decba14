"""Variants of the exercises of chapter 8."""

import numpy as np

from nnlib import exercises


def check_rates(largest, fastest, factor, *, curvatures):
    kappa = np.array(curvatures, dtype=float)
    exercises.same("the rate below which descent arrives,", largest, 2 / kappa.max(),
                   tolerance=1e-3)
    exercises.same("the rate at which the slowest direction shrinks fastest,", fastest,
                   2 / (kappa.max() + kappa.min()), tolerance=1e-3)
    exercises.same("your factor a step", factor,
                   np.abs(1 - 2 / (kappa.max() + kappa.min()) * kappa).max(), tolerance=1e-3)


def bowl(rng):
    """A bowl with three curvatures."""
    flat, steep = rng.integers(2, 30).item() / 10, rng.integers(40, 200).item() / 10
    middle = round((flat + steep) * rng.integers(30, 70).item() / 100, 1)
    curvatures = rng.permutation([flat, middle, steep]).tolist()
    return {
        "text": f"""
A bowl has the curvatures {curvatures[0]:g}, {curvatures[1]:g} and {curvatures[2]:g}. Below which
rate does descent arrive, `largest`? Which rate makes the *slowest* of the three directions shrink
fastest, `fastest`? What is left of it after a step at this rate, as a share, `factor`?
""",
        "data": {"curvatures": curvatures},
        "check": check_rates,
        "starter": """
largest = 0.0
fastest = 0.0
factor = 0.0
""",
        "solution": """
flat, _, steep = sorted(curvatures)
largest = 2 / steep
fastest = 2 / (steep + flat)
factor = 1 - fastest * flat
""",
    }


def check_cosine(cosine, *, floor):
    for rate, epochs, pieces in ((2.0, 300, 3), (0.4, 100, 10)):
        call, found = f"cosine({rate:g}, {epochs}, {pieces})", cosine(rate, epochs, pieces)
        exercises.expect(isinstance(found, list), f"{call} should be a list of {pieces} pairs")
        pairs = np.array(found, dtype=float)
        exercises.expect(pairs.shape == (pieces, 2), f"{call} should be {pieces} pairs, as an "
                         f"array of shape {(pieces, 2)}; it has {pairs.shape}")
        exercises.same(f"{call}: your array of epochs", pairs[:, 1],
                       np.full(pieces, epochs // pieces))
        share = np.arange(1, 2 * pieces, 2) / (2 * pieces)
        exercises.same(f"{call}: your array of rates", pairs[:, 0],
                       rate * (floor + (1 - floor) * np.cos(np.pi / 2 * share) ** 2))


def cosine(rng):
    """A cosine that ends above 0."""
    floor = rng.integers(111, 4000).item() / 10_000
    return {
        "text": f"""
A rate falls along half a cosine, from $\\eta$ at the first epoch towards ${floor:g} \\eta$ at the
last. Write `cosine(rate, epochs, pieces)`: the schedule as a list of pairs (rate, epochs), in
pieces of equal length, each with the rate of its middle.
""",
        "data": {"floor": floor},
        "check": check_cosine,
        "starter": """
def cosine(rate, epochs, pieces):
    '''Pairs of (rate, epochs).'''
    # Your lines.
""",
        "solution": f"""
def cosine(rate, epochs, pieces):
    middles = (np.arange(pieces) + 0.5) / pieces
    shares = {floor:g} + (1 - {floor:g}) * (1 + np.cos(np.pi * middles)) / 2
    return [(rate * share, epochs // pieces) for share in shares]
""",
    }


VARIANTS = {"ex-08-bowl": bowl, "ex-08-cosine": cosine}
