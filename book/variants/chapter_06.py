"""Variants of the exercises of chapter 6."""

import numpy as np

from nnlib import exercises


def check_elu(elu, elu_slope, *, scale, floor):
    z = np.array([-2.0, -0.5, 0.5, 3.0])
    exercises.same("elu(z) at z = -2, -0.5, 0.5, 3", elu(z.copy()),
                   [scale * floor * np.expm1(-2), scale * floor * np.expm1(-0.5), 0.5 * scale,
                    3 * scale])
    far = np.array([-800.0, 800.0])
    with np.errstate(over="raise"):
        a = elu(far.copy())
    exercises.same("elu(z) at z = -800, 800", a, [-scale * floor, 800 * scale])
    (slopes,) = exercises.finite_differences(lambda z: elu(z[0]).sum(), [z])
    exercises.same("elu_slope(a) at z = -2, -0.5, 0.5, 3", elu_slope(elu(z)), slopes)
    exercises.same("elu_slope(a) at z = -800, 800", elu_slope(a), [0, scale])


def elu(rng):
    """ELU with a floor and a scale."""
    scale, floor = (rng.integers(111, 400).item() / 100 for _ in range(2))
    return {
        "text": f"""
An ELU with a scale and a floor is ${scale:g} z$ for $z > 0$, and
${scale:g} \\cdot {floor:g} (e^z - 1)$ otherwise. Write `elu(z)` and `elu_slope(a)`, where
`a = elu(z)`. No sum may make them overflow.
""",
        "data": {"scale": scale, "floor": floor},
        "check": check_elu,
        "starter": """
def elu(z):
    '''Values, of the shape of z.'''
    # Your lines.


def elu_slope(a):
    '''Slopes where the values are a.'''
    # Your lines.
""",
        "solution": f"""
def elu(z):
    return {scale:g} * np.where(z > 0, z, {floor:g} * np.expm1(np.minimum(z, 0)))


def elu_slope(a):
    return np.where(a > 0, {scale:g}, a + {scale:g} * {floor:g})
""",
    }


def check_deviation(deviation, rms_slope, *, leak, sigma):
    z = np.linspace(-9, 9, 200_001)
    density = np.exp(-(z**2) / 2)
    density /= density.sum()
    values = sigma * np.where(z > 0, z, leak * z)
    mean = values @ density
    exercises.same("your deviation", deviation, np.sqrt((values - mean) ** 2 @ density),
                   tolerance=1e-3)
    exercises.same("your rms slope", rms_slope,
                   np.sqrt(np.where(z > 0, 1.0, leak) ** 2 @ density), tolerance=1e-3)


def deviation(rng):
    """The spread behind a leaky ReLU."""
    leak, sigma = rng.integers(2, 60).item() / 100, rng.integers(11, 50).item() / 10
    return {
        "text": f"""
Sums are drawn from a normal distribution with mean 0 and standard deviation {sigma:g}. Behind a
leaky ReLU, whose slope left of zero is {leak:g}, what is the standard deviation of the values,
`deviation`? And what is the root mean square of its slopes, `rms_slope`? To four digits.
""",
        "data": {"leak": leak, "sigma": sigma},
        "check": check_deviation,
        "starter": """
deviation = 0.0
rms_slope = 0.0
""",
        "solution": """
deviation = sigma * np.sqrt((1 + leak**2) / 2 - (1 - leak) ** 2 / (2 * np.pi))
rms_slope = np.sqrt((1 + leak**2) / 2)
""",
    }


VARIANTS = {"ex-06-elu": elu, "ex-06-relu": deviation}
