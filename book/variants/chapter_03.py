"""Variants of the exercises of chapter 3."""

import numpy as np

from nnlib import exercises
from nnlib.exercises.variants import matrix


def check_pencil(G_1, G_2, *, W_1, W_2, x, label):
    def loss(W):
        A_1 = np.append(np.maximum(0, W[0] @ [*x, 1]), 1)
        Z_2 = W[1] @ A_1
        return np.logaddexp.reduce(Z_2) - Z_2[label]

    right_1, right_2 = exercises.finite_differences(loss, [W_1, W_2])
    exercises.same("your G_2", G_2, right_2)
    exercises.same("your G_1", G_1, right_1)


def pencil(rng):
    """A net for pencil and paper, whose logits come out equal."""
    while True:
        W_1 = rng.integers(-3, 4, (2, 3))
        x = rng.integers(1, 4, 2)
        A_1 = np.maximum(0, W_1 @ [*x, 1])
        W_2 = np.column_stack([rng.integers(-2, 4, (2, 2)), [0, 0]])
        W_2[1, 2] = (W_2[0] - W_2[1]) @ [*A_1, 0]        # the logits come out equal
        gap = W_2[0] - W_2[1]
        if A_1.min() > 0 and gap[:2].all() and abs(W_2[1, 2]) < 10 and A_1.max() < 10:
            break
    label = rng.integers(2).item()
    return {
        "text": f"""
A net with two inputs, two hidden ReLU nodes and two classes. One observation, $x = ({x[0]},
{x[1]})$, of class {label}, and no penalty.

$$
W_1 = {matrix(W_1)}, \\quad W_2 = {matrix(W_2)}
$$

Draw the graph, write the values in black and the slopes in red, then type the two gradients of the
loss in place of the zeros. (The logits come out equal.)
""",
        "data": {"W_1": W_1.astype(float), "W_2": W_2.astype(float), "x": x.tolist(),
                 "label": label},
        "check": check_pencil,
        "starter": """
G_1 = [[0, 0, 0],
       [0, 0, 0]]
G_2 = [[0, 0, 0],
       [0, 0, 0]]
""",
        "solution": """
A_1 = W_1 @ [*x, 1]                                    # both above 0
D_2 = 0.5 - np.eye(2)[label]
G_2 = np.outer(D_2, [*A_1, 1])
G_1 = np.outer(W_2[:, :-1].T @ D_2, [*x, 1])
""",
    }


NET = """
n, d, h, k = 40, 2, 4, 3
rng = np.random.default_rng(0)
A_0 = np.vstack([rng.normal(size=(d, n)), np.ones((1, n))])          # (d+1, n)
T = (rng.integers(k, size=n) == np.arange(k)[:, None]).astype(float)  # (k, n)
W = [rng.normal(size=(h, d + 1)), rng.normal(size=(k, h + 1))]


def softmax(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def forward(W, A_0):
    '''Hidden activations A_1 (h+1, n) and logits Z_2 (k, n).'''
    A_1 = np.vstack([height * np.tanh(steepness * W[0] @ A_0), np.ones((1, A_0.shape[1]))])
    return A_1, W[1] @ A_1


def objective(W, A_0, T, reg_lambda):
    Z_2 = forward(W, A_0)[1]
    squares = sum((M[:, :-1] ** 2).sum() for M in W)
    loss = (np.logaddexp.reduce(Z_2, axis=0) - (T * Z_2).sum(axis=0)).sum()
    return (loss + reg_lambda / 2 * squares) / T.shape[1]
"""


def check_backward(my_backward, *, W, A_0, T, objective):
    for reg_lambda, when in ((0.0, "without the penalty"), (0.5, "with the penalty")):
        found = my_backward([M.copy() for M in W], A_0, T, reg_lambda)
        exercises.expect(isinstance(found, (list, tuple)) and len(found) == 2,
                         "my_backward should return a list of two arrays, one for each matrix")
        right = exercises.finite_differences(lambda W: objective(W, A_0, T, reg_lambda), W)
        for l in (2, 1):
            exercises.same(f"{when}, your gradient of W_{l}", found[l - 1], right[l - 1],
                           n=T.shape[1])


def backward(rng):
    """A tanh that is scaled both ways."""
    height, steepness = (rng.integers(111, 300) / 100 for _ in range(2))
    return {
        "text": f"""
The hidden layer of a net has the activation $f(z) = {height:g} \\tanh({steepness:g} z)$. Write
`my_backward(W, A_0, T, reg_lambda)` for it on an empty page: the gradients of $J$ for $W_1$ and
$W_2$, a list of two arrays, with the penalty on all weights but the biases, and divided by $n$.
`forward` is given.
""",
        "data": {"height": float(height), "steepness": float(steepness)},
        "given": NET,
        "check": check_backward,
        "starter": """
def my_backward(W, A_0, T, reg_lambda):
    '''Gradient of J for W_1 (h, d+1) and W_2 (k, h+1).'''
    # Your lines.
""",
        "solution": f"""
def my_backward(W, A_0, T, reg_lambda):
    A_1, Z_2 = forward(W, A_0)
    D_2 = softmax(Z_2) - T
    slope = {steepness:g} * ({height:g} - A_1[:-1] ** 2 / {height:g})
    D_1 = (W[1][:, :-1].T @ D_2) * slope
    G_1, G_2 = D_1 @ A_0.T, D_2 @ A_1.T
    for G, M in ((G_1, W[0]), (G_2, W[1])):
        G[:, :-1] += reg_lambda * M[:, :-1]
    return [G_1 / T.shape[1], G_2 / T.shape[1]]
""",
    }


VARIANTS = {"ex-03-pencil": pencil, "ex-03-backward": backward}
