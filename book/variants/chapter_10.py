"""Variants of the exercises of chapter 10."""

from nnlib import exercises


def check_parameters(count, three, *, sizes, inputs, classes, points):
    right = sum((below + 1) * nodes for below, nodes in zip(sizes, sizes[1:]))
    exercises.same("your count", count, right, tolerance=1e-9)
    exercises.expect(isinstance(three, int) and three > 0,
                     f"three should be a whole number above 0, and is {three!r}")
    fewer, this = (h * (inputs + 1) + classes * (h + 1) for h in (three - 1, three))
    exercises.expect(fewer <= inputs * points < this, f"with {three} nodes the three-layer net has "
                     f"{this} parameters, with {three - 1} it has {fewer}; {points} points have "
                     f"{inputs * points} coordinates")


def parameters(rng):
    """Count the parameters of other nets."""
    sizes = rng.integers(3, 60, 4).tolist()
    inputs, classes = rng.integers(2, 40).item(), rng.integers(2, 12).item()
    points = rng.integers(5, 60).item() * 20
    return {
        "text": f"""
How many numbers does a net learn whose layers have the sizes {sizes}, `count`? And from how many
nodes on does a net with {inputs} inputs, {classes} classes and one hidden layer have more
parameters than {points} points have coordinates, `three`?
""",
        "data": {"sizes": sizes, "inputs": inputs, "classes": classes, "points": points},
        "check": check_parameters,
        "starter": """
count = 0
three = 1
""",
        "solution": """
count = sum((below + 1) * nodes for below, nodes in zip(sizes, sizes[1:]))
three = (inputs * points - classes) // (inputs + 1 + classes) + 1
""",
    }


VARIANTS = {"ex-10-parameters": parameters}
