"""Variants of the exercises of chapter 16."""

import numpy as np

from nnlib import exercises


def check_hat(hat, *, left, top, right, height):
    exercises.expect(isinstance(hat, (tuple, list)) and len(hat) == 2,
                     "hat should be a list of two arrays, W_1 and W_2")
    W_1, W_2 = (np.array(W_l, float) for W_l in hat)
    exercises.expect(W_1.ndim == 2 and W_1.shape[1] == 2 and W_2.shape == (1, len(W_1) + 1),
                     f"the weights have shapes {W_1.shape} and {W_2.shape}, and should have (h, 2) "
                     f"and (1, h + 1)")
    places = np.array([left - 9, left, (left + top) / 2, top, (top + right) / 2, right, right + 9])
    for x in places:
        found = (W_2[:, :-1] @ np.maximum(0, W_1[:, :1] * x + W_1[:, 1:]) + W_2[:, -1:]).item()
        wanted = np.interp(x, [left, top, right], [0, height, 0])
        exercises.expect(abs(found - wanted) < 1e-3,
                         f"at x = {x:g} your hat is {found:g} and should be {wanted:g}")
    exercises.expect(len(W_1) == 3, f"your hat is right, with {len(W_1)} nodes; 3 are enough")


def hat(rng):
    """A lopsided hat."""
    left, top, right = np.sort(rng.choice(np.arange(-9, 10), 3, replace=False)).tolist()
    height = rng.integers(11, 100).item() / 10
    return {
        "text": f"""
Set the weights of a ReLU net with one input, one output and as few nodes as it takes. It is 0 up to
${left}$, rises to {height:g} at ${top}$, falls to 0 at ${right}$, and is 0 from there on.
""",
        "data": {"left": left, "top": top, "right": right, "height": height},
        "check": check_hat,
        "starter": """
hat = [[[0, 0]], [[0, 0]]]       # W_1 (h, 2), W_2 (1, h+1); the last column holds biases
""",
        "solution": """
up, down = height / (top - left), height / (right - top)
hat = [np.array([[1, -left], [1, -top], [1, -right]]), np.array([[up, -up - down, down, 0]])]
""",
    }


VARIANTS = {"ex-16-hat": hat}
