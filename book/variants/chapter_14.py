"""Variants of the exercises of chapter 14."""

import numpy as np

from nnlib import exercises


def check_steps(steps, last, *, n, size, passes):
    batches = [len(range(start, min(start + size, n))) for start in range(0, n, size)]
    exercises.same("your number of steps", steps, passes * len(batches), n=passes, tolerance=1e-9)
    exercises.same("the points of your last batch", last, batches[-1], tolerance=1e-9)


def steps(rng):
    """Other batches."""
    n, size, passes = (rng.integers(200, 9000).item(), rng.integers(8, 200).item(),
                       rng.integers(3, 90).item())
    return {
        "text": f"""
A net trains for {passes} passes over {n} points in batches of {size}. How many steps does it take,
`steps`, and how many points has the last batch of each pass, `last`?
""",
        "data": {"n": n, "size": size, "passes": passes},
        "check": check_steps,
        "starter": """
steps = 0
last = 0
""",
        "solution": """
per_pass = -(-n // size)
steps = passes * per_pass
last = n - (per_pass - 1) * size
""",
    }


def check_momentum(moves, *, gradients, rate, mu):
    exercises.expect(np.shape(moves) == (len(gradients),), f"moves should be {len(gradients)} "
                     f"numbers, and has shape {np.shape(moves)}")
    velocity = 0.0
    for number, (g, move) in enumerate(zip(gradients, moves), 1):
        velocity = mu * velocity + g
        exercises.same(f"your step {number}", move, rate * velocity, tolerance=1e-3)


def momentum(rng):
    """Four steps on paper."""
    gradients = rng.choice(np.arange(-5, 6), 4, replace=False).tolist()
    rate, mu = rng.integers(1, 20).item() / 20, rng.choice([0.5, 0.6, 0.7, 0.8, 0.9]).item()
    return {
        "text": f"""
A single weight meets the gradients {", ".join(map(str, gradients))}, one after the other. Momentum
with rate {rate:g} and $\\mu$ = {mu:g} starts with velocity 0. Which four numbers are *subtracted*
from the weight, one after the other? Work them out on paper, and type them as `moves`.
""",
        "data": {"gradients": gradients, "rate": rate, "mu": mu},
        "check": check_momentum,
        "starter": """
moves = [0.0, 0.0, 0.0, 0.0]
""",
        "solution": """
moves, velocity = [], 0.0
for g in gradients:
    velocity = mu * velocity + g
    moves.append(rate * velocity)
""",
    }


VARIANTS = {"ex-14-steps": steps, "ex-14-momentum": momentum}
