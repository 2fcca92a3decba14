"""Variants of the exercises of chapter 5."""

from nnlib import exercises


def check_widest(h, left, *, inputs, classes, times, budget):
    def parameters(h):
        return h * (inputs + 1) + times * h * (h + 1) + classes * (times * h + 1)

    right = 0
    while parameters(right + 1) <= budget:
        right += 1
    exercises.expect(isinstance(h, int), f"h should be a whole number, and is {h!r}")
    exercises.expect(h == right, f"your h = {h} takes {parameters(h)} parameters, {right} takes "
                     f"{parameters(right)} and {right + 1} takes {parameters(right + 1)}")
    exercises.same("the number of parameters left over,", left, budget - parameters(right),
                   tolerance=1e-9)


def widest(rng):
    """Spend a budget on two layers of different widths."""
    inputs, classes = rng.integers(2, 30).item(), rng.integers(2, 12).item()
    times, budget = rng.integers(2, 6).item(), rng.integers(500, 9000).item()
    return {
        "text": f"""
A four-layer net has {inputs} inputs, {classes} classes, $h$ nodes in its first hidden layer and
${times}h$ in its second. It shall have no more than {budget} parameters, weights and biases. How
large can $h$ be, and how many parameters are left over?
""",
        "data": {"inputs": inputs, "classes": classes, "times": times, "budget": budget},
        "check": check_widest,
        "starter": """
h = 0
left = 0
""",
        "solution": """
# times h² + (inputs + 1 + times + classes times) h + classes parameters
b = inputs + 1 + times + classes * times
h = int((np.sqrt(b**2 + 4 * times * (budget - classes)) - b) / (2 * times))
left = budget - times * h**2 - b * h - classes
""",
    }


VARIANTS = {"ex-05-count": widest}
