"""Variants of the exercises of chapter 4."""

import numpy as np

from nnlib import exercises


def check_rates(summed, averaged, *, rate, n, other_rate, m):
    exercises.same(f"the rate for the sum of {n} gradients,", summed, rate / n, n=n,
                   tolerance=1e-3)
    exercises.same(f"the rate for the mean of {m} gradients,", averaged, other_rate * m, n=m,
                   tolerance=1e-3)


def translate(rng):
    """Translate two rates."""
    n, m = (rng.integers(4, 100, 2) * 50).tolist()
    rate, other_rate = rng.integers(1, 40).item() / 20, rng.integers(2, 50).item() / 1e5
    return {
        "text": f"""
A colleague trains on {n} points with mean gradients at rate {rate:g}; your program sums. Which rate
gives the same net, `summed`? Another colleague trains on {m} points with summed gradients at rate
{other_rate:.5f}. Which rate does a program that averages need, `averaged`?
""",
        "data": {"rate": rate, "n": n, "other_rate": other_rate, "m": m},
        "check": check_rates,
        "starter": """
summed = 0
averaged = 0
""",
        "solution": """
summed = rate / n
averaged = other_rate * m
""",
    }


NET = """
rng = np.random.default_rng(0)
A_0 = np.vstack([rng.normal(size=(2, 30)), np.ones((1, 30))])        # (d+1, n)
T = (rng.integers(2, size=30) == [[0], [1]]).astype(float)           # (k, n)
W = [rng.normal(size=(5, 3)), rng.normal(size=(2, 6))]               # (h, d+1), (k, h+1)
"""


def check_backward_smooth(forward_smooth, backward_smooth, *, W, A_0, T, sharpness):
    found = forward_smooth([M.copy() for M in W], A_0)
    exercises.expect(isinstance(found, (list, tuple)) and len(found) == 2,
                     "forward_smooth should return two arrays, A_1 and Z_2")
    A_1, Z_2 = found
    right = np.logaddexp(0, sharpness * W[0] @ A_0) / sharpness
    exercises.same("your A_1", A_1, np.vstack([right, A_0[-1:]]))
    exercises.same("your Z_2", Z_2, W[1] @ np.vstack([right, A_0[-1:]]))

    def objective(W, reg_lambda):
        A_1 = np.vstack([np.logaddexp(0, sharpness * W[0] @ A_0) / sharpness, A_0[-1:]])
        Z_2 = W[1] @ A_1
        loss = (np.logaddexp.reduce(Z_2, axis=0) - (T * Z_2).sum(axis=0)).sum()
        return (loss + reg_lambda / 2 * sum((M[:, :-1] ** 2).sum() for M in W)) / T.shape[1]

    for reg_lambda, when in ((0.0, "without the penalty"), (0.5, "with the penalty")):
        found = backward_smooth([M.copy() for M in W], A_0, T, reg_lambda)
        exercises.expect(isinstance(found, (list, tuple)) and len(found) == 2,
                         "backward_smooth should return a list of two arrays")
        slopes = exercises.finite_differences(lambda W: objective(W, reg_lambda), W)
        for l in (2, 1):
            exercises.same(f"{when}, your gradient of W_{l}", found[l - 1], slopes[l - 1],
                           n=T.shape[1])


def softplus(rng):
    """A softplus with a sharper corner."""
    sharpness = rng.integers(111, 800).item() / 100
    s = f"{sharpness:g}"
    return {
        "text": f"""
The hidden layer of a net has the activation $f(z) = \\log(1 + e^{{{s} z}}) / {s}$, a softplus whose
corner is {s} times as sharp. Write `forward_smooth` and `backward_smooth` for it, the book closed:
$J$ is the mean cross-entropy plus $\\lambda / 2n$ times the squared weights without biases.
""",
        "data": {"sharpness": sharpness},
        "given": NET + "\n\ndef softmax(Z):\n    E = np.exp(Z - Z.max(axis=0))\n"
                       "    return E / E.sum(axis=0)\n",
        "check": check_backward_smooth,
        "starter": """
def forward_smooth(W, A_0):
    '''Hidden activations A_1 (h+1, n) and logits Z_2 (k, n).'''
    # Your lines.


def backward_smooth(W, A_0, T, reg_lambda):
    '''Gradient of J for W_1 (h, d+1) and W_2 (k, h+1).'''
    # Your lines.
""",
        "solution": f"""
def forward_smooth(W, A_0):
    A_1 = np.logaddexp(0, {s} * W[0] @ A_0) / {s}
    A_1 = np.vstack([A_1, np.ones((1, A_0.shape[1]))])
    return A_1, W[1] @ A_1


def backward_smooth(W, A_0, T, reg_lambda):
    A_1, Z_2 = forward_smooth(W, A_0)
    D_2 = softmax(Z_2) - T
    D_1 = (W[1][:, :-1].T @ D_2) * (1 - np.exp(-{s} * A_1[:-1]))
    G = [D_1 @ A_0.T, D_2 @ A_1.T]
    for G_l, W_l in zip(G, W, strict=True):
        G_l[:, :-1] += reg_lambda * W_l[:, :-1]
    return [G_l / A_0.shape[1] for G_l in G]
""",
    }


VARIANTS = {"ex-04-translate": translate, "ex-04-softplus": softplus}
