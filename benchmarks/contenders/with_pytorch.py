"""PyTorch in eager mode, as its tutorials write it: modules, cross-entropy, `optim.SGD`.

The penalty's gradient is the optimiser's `weight_decay`, which costs less than to differentiate
it; its value, for J, is summed outside the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from benchmarks.problems import Array, Problem


def prepare(problem: Problem) -> Callable[[int], Array]:
    """A model and tensors that share the problem's memory."""
    X, y, n = torch.from_numpy(problem.X), torch.from_numpy(problem.y), len(problem.X)
    layers: list[nn.Module] = []
    for W in problem.weights:
        nodes, fan_in = W.shape[0], W.shape[1] - 1
        layers.append(nn.Linear(fan_in, nodes, dtype=X.dtype))
        layers.append(nn.ReLU() if problem.activation == "relu" else nn.Tanh())
    model = nn.Sequential(*layers[:-1])
    linear: list[Any] = list(model)[::2]
    weights = [layer.weight for layer in linear]
    cross_entropy = nn.CrossEntropyLoss()
    optimiser = torch.optim.SGD(
        [
            {"params": weights, "weight_decay": problem.reg_lambda / n},
            {"params": [layer.bias for layer in linear]},
        ],
        lr=problem.learning_rate,
    )

    def train(epochs: int) -> Array:
        with torch.no_grad():
            for layer, W in zip(linear, problem.weights, strict=True):
                layer.weight.copy_(torch.from_numpy(W[:, :-1]))
                layer.bias.copy_(torch.from_numpy(W[:, -1]))
        losses = []
        for _ in range(epochs):
            optimiser.zero_grad()
            loss = cross_entropy(model(X), y)
            loss.backward()
            with torch.no_grad():
                penalty = sum(W.square().sum() for W in weights) * (problem.reg_lambda / (2 * n))
                losses.append(loss.detach() + penalty)
            optimiser.step()
        J: Array = torch.stack(losses).numpy()
        return J

    return train
