"""Variants of the exercises of chapter 15."""

import numpy as np

from nnlib import exercises


def check_digits(error, digits, *, p, n, wanted):
    exercises.same("your standard error", error, np.sqrt(p * (1 - p) / n), tolerance=1e-3)
    exercises.expect(isinstance(digits, (int, np.integer)) and digits > 0,
                     f"digits should be a whole number, and is {digits!r}")
    has, one_less = (np.sqrt(p * (1 - p) / max(m, 0.5)) for m in (digits, digits - 1))
    exercises.expect(has <= wanted, f"{digits} digits have a standard error of {has:.7f}, which is "
                     f"above {wanted:g}")
    exercises.expect(one_less > wanted, f"{digits} digits are more than needed: one less has a "
                     f"standard error of {one_less:.7f}")


def digits(rng):
    """Another accuracy, another error."""
    p, n = rng.integers(800, 995).item() / 1000, rng.integers(50, 2000).item()
    wanted = rng.integers(12, 90).item() / 10000
    return {
        "text": f"""
A net reads {n} test digits and gets the share {p:g} right. What is the standard error of this
share, `error`? At how many test digits, at the least, is it no larger than {wanted:g}, `digits`?
""",
        "data": {"p": p, "n": n, "wanted": wanted},
        "check": check_digits,
        "starter": """
error = 0.0
digits = 1
""",
        "solution": """
error = np.sqrt(p * (1 - p) / n)
digits = int(np.ceil(p * (1 - p) / wanted**2))
""",
    }


def check_moved(moved, *, side, right, down):
    X = np.random.default_rng(0).uniform(0.1, 1, (3, side * side))
    kept = X.copy()
    found = moved(X)
    exercises.expect(np.array_equal(X, kept), "moved changes the pictures that it is handed")
    expected = np.zeros_like(X)
    for i, row, column in np.ndindex(3, side, side):
        if 0 <= row + down < side and 0 <= column + right < side:
            expected[i, side * (row + down) + column + right] = X[i, side * row + column]
    exercises.expect(np.shape(found) == X.shape, f"three pictures, {X.shape}, come back with shape "
                     f"{np.shape(found)}")
    for i, row, column in np.argwhere(np.reshape(found, (3, side, side))
                                      != expected.reshape(3, side, side))[:1]:
        exercises.expect(False, f"picture {i}, row {row}, column {column} holds "
                         f"{np.reshape(found, (3, side, side))[i, row, column]:.3f} and should "
                         f"hold {expected[i, side * row + column]:.3f}")


def moved(rng):
    """Pictures moved both ways."""
    side = rng.integers(6, 17).item()
    right, down = rng.choice([-4, -3, -2, -1, 1, 2, 3, 4], 2).tolist()
    sideways = f"{abs(right)} to the {'right' if right > 0 else 'left'}"
    upright = f"{abs(down)} {'down' if down > 0 else 'up'}"
    return {
        "text": f"""
Pictures of {side} by {side} pixels come as rows of X, each row by row of the picture. Write
`moved(X)`: the same pictures, moved by {sideways} and by {upright}. What leaves the picture is
lost, and zeros come in.
""",
        "data": {"side": side, "right": right, "down": down},
        "check": check_moved,
        "starter": """
def moved(X):
    '''The pictures (n, m), moved.'''
    return X
""",
        "solution": f"""
def moved(X):
    wide = np.pad(X.reshape(-1, {side}, {side}), ((0, 0), (4, 4), (4, 4)))
    cut = wide[:, {4 - down}:{4 - down + side}, {4 - right}:{4 - right + side}]
    return cut.reshape(len(X), -1)
""",
    }


VARIANTS = {"ex-15-how-many": digits, "ex-15-shift": moved}
