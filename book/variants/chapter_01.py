"""Variants of the exercises of chapter 1."""

import numpy as np

from nnlib import exercises


def check_fence(fence_1, fence_2, *, middle, radius):
    exercises.expect(np.ndim(fence_1) == np.ndim(fence_2) == 2, "fence_1 and fence_2 should be "
                     "matrices: lists of rows")
    W_1, W_2 = np.array(fence_1, dtype=float), np.array(fence_2, dtype=float)
    h = len(W_1)
    exercises.expect(W_1.shape == (h, 3) and W_2.shape == (2, h + 1),
                     f"the shapes are {W_1.shape} and {W_2.shape}, and should be (h, 3) and "
                     "(2, h + 1)")

    def sheet(points):
        u = W_2[1] - W_2[0]
        return np.maximum(0, points @ W_1[:, :2].T + W_1[:, 2]) @ u[:-1] + u[-1]

    for distance, label in ((0, 1), (0.5, 1), (1.05, 0)):
        for angle in range(0, 360, 30):
            turn = np.radians(angle)
            point = np.array(middle) + distance * radius * np.array([np.cos(turn), np.sin(turn)])
            (height,) = sheet(point[None])
            exercises.expect(height > 0 if label else height < 0,
                             f"the point {point.round(3)} should be of class {label}, and "
                             f"z_1 - z_0 is {height:.3g} there")
    exercises.expect(h == 3, f"it is right, with {h} nodes; it can be done with fewer")


def fence(rng):
    """Fence in a ring that stands elsewhere."""
    p, q = rng.integers(-8, 9, 2) / 2
    radius = rng.choice([0.5, 1.0, 1.5, 2.0, 3.0])
    return {
        "text": f"""
The points of class 0 lie on a ring of radius {radius:g} around $({p:g}, {q:g})$, those of class 1
within half of that radius. With as few ReLU nodes as a closed boundary needs, set all weights by
thinking, not by training: `fence_1` $(h, 3)$ and `fence_2` $(2, h + 1)$, biases in the last column.
All points up to half the radius must be of class 1, all from 1.05 times the radius on of class 0.
""",
        "data": {"middle": [float(p), float(q)], "radius": float(radius)},
        "check": check_fence,
        "starter": """
fence_1 = [[0, 0, 0],
           [0, 0, 0]]              # (h, 3): a row for each node, its bias last
fence_2 = [[0, 0, 0],
           [0, 0, 0]]              # (2, h + 1)
""",
        "solution": """
turns = 2 * np.pi * np.arange(3) / 3
directions = np.column_stack([np.cos(turns), np.sin(turns)])
fence_1 = np.column_stack([directions, -directions @ middle - 0.05 * radius])
fence_2 = [[10 / radius, 10 / radius, 10 / radius, -8.2], [0, 0, 0, 0]]
""",
    }


def check_slow_and_stuck(slow_and_stuck, *, bends, still):
    changes = (-2.5, -1.01, -0.99, 0.0, 0.99, 1.01, 2.5)
    for early in (bends - 3 * still, bends - 1.2 * still, bends - 0.5 * still, bends,
                  bends + 0.0005):
        for change in changes:
            late = early + change * still
            low = early <= bends
            right = (int(low and late > bends),
                     int(low and late <= bends and abs(change) < 1))
            found = slow_and_stuck(np.array([early]), np.array([late]))
            exercises.expect(np.shape(found) == (2,),
                             f"slow_and_stuck should return two counts, and returns {found!r}")
            found = tuple(int(count) for count in found)
            exercises.expect(found == right, f"one net goes from {early:.4f} to {late:.4f}: your "
                             f"counts are {found}, and should be {right}")


def stuck(rng):
    """Slow or stuck, with other limits."""
    bends, still = rng.integers(880, 976) / 1000, rng.integers(4, 31) / 1000
    return {
        "text": f"""
Write `slow_and_stuck(early, late)`. Of nets whose accuracy is at or below {bends:g} in `early`, the
*slow* are above {bends:g} in `late`; the *stuck* are not, and have changed by less than {still:g}
between the two. It returns how many are slow and how many are stuck; both arguments are arrays
$(n,)$ of the same nets.
""",
        "data": {"bends": float(bends), "still": float(still)},
        "check": check_slow_and_stuck,
        "starter": """
def slow_and_stuck(early, late):
    '''Two counts, from the accuracies (n,) of the same nets at two epochs.'''
    # Your lines.
""",
        "solution": f"""
def slow_and_stuck(early, late):
    low = early <= {bends:g}
    level = np.abs(late - early) < {still:g}
    return np.sum(low & (late > {bends:g})), np.sum(low & (late <= {bends:g}) & level)
""",
    }


VARIANTS = {"ex-01-circles": fence, "ex-01-stuck": stuck}
