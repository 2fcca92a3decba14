"""Variants of the exercises of chapter 2."""

import numpy as np

from nnlib import exercises


def check_corners(xor_1, xor_2, *, corners, classes):
    W_1, W_2 = np.array(xor_1, dtype=float), np.array(xor_2, dtype=float)
    for name, W in (("xor_1", W_1), ("xor_2", W_2)):
        exercises.expect(W.shape == (2, 3), f"{name} has shape {W.shape} and should have (2, 3)")
    for x, y in zip(corners, classes):
        a = np.maximum(0, W_1[:, :2] @ x + W_1[:, 2])
        z = W_2[:, :2] @ a + W_2[:, 2]
        share = (1 + np.tanh((z[1] - z[0]) / 2)) / 2
        exercises.expect((share if y else 1 - share) > 0.99,
                         f"the point ({x[0]}, {x[1]}) is of class {y}, and class 1 gets the "
                         f"probability {share:.4f}; its hidden nodes are {a[0]:g} and {a[1]:g}")


def corners(rng):
    """An exclusive or of numbers that are no bits."""
    (a, b), (c, d) = (sorted(rng.choice(np.arange(-5, 6), 2, replace=False).tolist())
                      for _ in range(2))
    same = bool(rng.integers(2))
    points = [[a, c], [a, d], [b, c], [b, d]]
    classes = [int(same), int(not same), int(not same), int(same)]
    listed = ", ".join(f"$({p}, {q})$ of class {y}" for (p, q), y in zip(points, classes))
    scores = "[[10, -20, -5], [0, 0, 0]]" if same else "[[0, 0, 0], [10, -20, -5]]"
    return {
        "text": f"""
Four points: {listed}. No straight line separates the classes. Find weights for a net with two ReLU
nodes, `xor_1` and `xor_2`, that gives each point its class with a probability above 0.99, by
thinking and not by training.
""",
        "data": {"corners": points, "classes": classes},
        "check": check_corners,
        "starter": """
xor_1 = [[0, 0, 0],
         [0, 0, 0]]                # (h, d + 1)
xor_2 = [[0, 0, 0],
         [0, 0, 0]]                # (k, h + 1)
""",
        "solution": f"""
# The first coordinate as a bit, plus the second as a bit.
sum_of_bits = np.array([1 / {b - a}, 1 / {d - c}, -({a}) / {b - a} - ({c}) / {d - c}])
xor_1 = np.array([sum_of_bits, sum_of_bits - [0, 0, 1]])
xor_2 = {scores}
""",
    }


def check_softsign(softsign_slope, *, height, width):
    z = np.array([-3.0, -0.5, 0.25, 1.0, 4.0])
    a = height * z / (width + abs(z))
    (right,) = exercises.finite_differences(
        lambda z: (height * z[0] / (width + abs(z[0]))).sum(), [z])
    found = softsign_slope(a)
    if np.shape(found) == (5,):
        for place, value, slope, wanted in zip(z, a, found, right):
            exercises.expect(abs(slope - wanted) < 1e-6, f"at z = {place:g}, where a = "
                             f"{value:.4g}, your slope is {slope:.6g}, and finite differences "
                             f"give {wanted:.6g}")
    exercises.same("your slope", found, right)


def softsign(rng):
    """The softsign, wider and higher."""
    height, width = rng.integers(2, 10).item(), rng.integers(111, 600).item() / 100
    return {
        "text": f"""
An activation: $f(z) = {height} z / ({width:g} + |z|)$. Find its slope, and write it in terms of
$a = f(z)$ alone, as `softsign_slope(a)`.
""",
        "data": {"height": height, "width": width},
        "check": check_softsign,
        "starter": """
def softsign_slope(a):
    '''Slope of f where its value is a, number by number.'''
    # Your lines.
""",
        "solution": f"""
def softsign_slope(a):
    return {height} / {width:g} * (1 - abs(a) / {height}) ** 2
""",
    }


VARIANTS = {"ex-02-softsign": softsign, "ex-02-xor": corners}
