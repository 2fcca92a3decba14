"""Variants of the exercises of chapter 17."""

from nnlib import exercises


def check_early(slope, third, *, below, above):
    right = sum(below) * sum(above)
    held = x = 0
    for share in above:
        held += share
        x += sum(factor * held for factor in below)
    exercises.same("your slope", slope, right, tolerance=1e-9)
    exercises.expect(third != right, f"{right} is the slope; but what does m pass on when its "
                     f"second share has come?")
    exercises.same("what x holds in the end,", third, x, tolerance=1e-9)


def early(rng):
    """Other factors on the way."""
    below, above = rng.integers(2, 20, (2, 2)).tolist()
    return {
        "text": f"""
A number $x$ goes into $m = {below[0]} x + {below[1]} x$, and that into
$y = {above[0]} m + {above[1]} m$; each sum is one node with two ways back. What is the slope of
$y$, `slope`? And what does $x$ hold in the end, `third`, if each node adds the share that it is
handed to its gradient, and passes on *what it holds so far*, way after way?
""",
        "data": {"below": below, "above": above},
        "check": check_early,
        "starter": """
slope = 0
third = 0                    # what x holds in the end
""",
        "solution": """
slope = sum(below) * sum(above)
third = sum(below) * above[0] + sum(below) * (above[0] + above[1])
""",
    }


VARIANTS = {"ex-17-early": early}
