"""The weights at which PyTorch arrives after a hundred steps of momentum, and of Adam.

``python -m benchmarks.pytorch_steps`` prints them; the tests of nnlib's optimizers hold them, and
take from here the data, the first weights and the batches.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

BATCH_SIZE, EPOCHS, LEARNING_RATE = 32, 25, 0.02  # 100 observations: four batches an epoch


def start(dtype: npt.DTypeLike) -> tuple[Array, Array, list[Array]]:
    """X (100, 2), y (100,) of three classes, and first weights (3, 3) and (3, 4), bias last.

    They are made by formulas, so that no change of a generator of random numbers can move them.
    """
    i = np.arange(100)
    X = np.stack([np.sin(0.7 * i) + i % 3, np.cos(1.3 * i) - 0.5 * (i % 3)], axis=1)
    weights = [np.sin(1.0 + np.arange(9.0)).reshape(3, 3),
               np.cos(1.0 + np.arange(12.0)).reshape(3, 4)]
    return X.astype(dtype), i * i // 5 % 3, [W.astype(dtype) for W in weights]


def by_pytorch(optimizer: str, dtype: str) -> list[Array]:
    """The weights after 100 steps of ``"momentum"``, `SGD(momentum=.9)`, or of ``"adam"``."""
    import torch
    from torch import nn

    X, y, weights = start(dtype)
    inputs, classes = torch.from_numpy(X), torch.from_numpy(y)
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 3)).to(inputs.dtype)
    layers = [model[0], model[2]]
    with torch.no_grad():
        for layer, W in zip(layers, weights, strict=True):
            layer.weight.copy_(torch.from_numpy(W[:, :-1]))
            layer.bias.copy_(torch.from_numpy(W[:, -1]))
    if optimizer == "momentum":
        stepper: Any = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)
    else:
        stepper = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for _ in range(EPOCHS):
        for first in range(0, len(X), BATCH_SIZE):
            batch = slice(first, first + BATCH_SIZE)
            stepper.zero_grad()
            nn.functional.cross_entropy(model(inputs[batch]), classes[batch]).backward()
            stepper.step()
    return [torch.hstack([layer.weight, layer.bias[:, None]]).detach().numpy() for layer in layers]


def main() -> None:
    """Print the weights as Python writes them, for both optimizers in both precisions."""
    import torch

    print(f"# PyTorch {torch.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}")
    for optimizer in ("momentum", "adam"):
        for dtype in ("float64", "float32"):
            flat = np.concatenate([W.ravel() for W in by_pytorch(optimizer, dtype)])
            print(f"{optimizer}, {dtype}:", ", ".join(str(w) for w in flat))


if __name__ == "__main__":
    main()
