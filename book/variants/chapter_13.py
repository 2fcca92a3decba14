"""Variants of the exercises of chapter 13."""

import numpy as np

from nnlib import exercises


def check_level(level, right_share, *, counts):
    q = np.array(counts) / sum(counts)
    exercises.same("your cross-entropy", level, -(q * np.log(q)).sum(), tolerance=1e-3)
    exercises.same("your accuracy", right_share, q.max(), tolerance=1e-3)


def level(rng):
    """A dead net, and three classes."""
    counts = rng.choice(np.arange(5, 200), 3, replace=False).tolist()
    return {
        "text": f"""
A net is dead: only its output biases still learn. It is trained on {counts[0]} points of class 0,
{counts[1]} of class 1 and {counts[2]} of class 2. At which cross-entropy does it come to rest,
`level`, in nats, and with which accuracy, `right_share`?
""",
        "data": {"counts": counts},
        "check": check_level,
        "starter": """
level = 0.0
right_share = 0.0
""",
        "solution": """
q = np.array(counts) / sum(counts)
level = -(q * np.log(q)).sum()
right_share = q.max()
""",
    }


VARIANTS = {"ex-13-level": level}
