"""Variants of the exercises of chapter 7."""

import numpy as np

from nnlib import exercises


def check_alphabet(gained, price, among, *, hidden, before, after, nats):
    exercises.same("the number of numbers gained", gained, (after - before) * (hidden + 1),
                   tolerance=1e-9)
    exercises.same("the price of a guess, in nats,", price, np.log(after), tolerance=1e-3)
    exercises.expect(isinstance(among, (int, float, np.number)) and among > 0,
                     f"among = {among} is no number of classes")
    exercises.expect(abs(np.log(among) - nats) < 0.005, f"a fair guess among {among:.4g} classes "
                     f"costs {np.log(among):.3f} nats, not {nats:g}")


def alphabet(rng):
    """Another alphabet, another net."""
    inputs, hidden = rng.integers(20, 400).item(), rng.integers(8, 120).item()
    before = rng.integers(3, 20).item()
    after, nats = before + rng.integers(4, 60).item(), rng.integers(11, 35).item() / 10
    return {
        "text": f"""
A net with {inputs} inputs and {hidden} hidden nodes is to tell {after} classes instead of {before}.
How many numbers does it gain, `gained`? What does it pay, in nats, before it has learned anything,
if it says the same to every observation, `price`? Someone reports a mean cross-entropy of {nats:g}
nats. A fair guess among how many classes costs that, `among`?
""",
        "data": {"inputs": inputs, "hidden": hidden, "before": before, "after": after,
                 "nats": nats},
        "check": check_alphabet,
        "starter": """
gained = 0      # numbers
price = 0       # nats
among = 0       # classes
""",
        "solution": """
gained = (after - before) * (hidden + 1)
price = np.log(after)
among = np.exp(nats)
""",
    }


VARIANTS = {"ex-07-alphabet": alphabet}
