"""PyTorch in eager mode, as its tutorials write it: modules, cross-entropy, `optim.SGD`.

The penalty's gradient is the optimiser's `weight_decay`, which costs less than to differentiate
it; its value, for J, is summed outside the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from benchmarks.problems import EPSILON, Array, Problem


def model_of(problem: Problem) -> tuple[nn.Sequential, list[Any]]:
    """A model of the problem's shape, and its linear layers."""
    layers: list[nn.Module] = []
    for W in problem.weights:
        nodes, fan_in = W.shape[0], W.shape[1] - 1
        layers.append(nn.Linear(fan_in, nodes, dtype=torch.from_numpy(W).dtype))
        layers.append(nn.ReLU() if problem.activation == "relu" else nn.Tanh())
    model = nn.Sequential(*layers[:-1])
    return model, list(model)[::2]


def groups_of(problem: Problem, linear: list[Any]) -> list[dict[str, Any]]:
    """The parameters as an optimiser takes them: the weights decay, the biases do not."""
    return [{"params": [layer.weight for layer in linear],
             "weight_decay": problem.reg_lambda / len(problem.X)},
            {"params": [layer.bias for layer in linear]}]


def start_again(problem: Problem, linear: list[Any]) -> None:
    """Give the layers the problem's weights."""
    with torch.no_grad():
        for layer, W in zip(linear, problem.weights, strict=True):
            layer.weight.copy_(torch.from_numpy(W[:, :-1]))
            layer.bias.copy_(torch.from_numpy(W[:, -1]))


def prepare(problem: Problem) -> Callable[[int], Array]:
    """A model and tensors that share the problem's memory."""
    X, y, n = torch.from_numpy(problem.X), torch.from_numpy(problem.y), len(problem.X)
    model, linear = model_of(problem)
    weights = [layer.weight for layer in linear]
    cross_entropy = nn.CrossEntropyLoss()
    optimiser = torch.optim.SGD(groups_of(problem, linear), lr=problem.learning_rate)

    def train(epochs: int) -> Array:
        start_again(problem, linear)
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


def prepare_batches(
    problem: Problem, batch_size: int, optimizer: str, orders: Array
) -> Callable[[int], list[Array]]:
    """A model and tensors; the batches are views of the observations put in order."""
    X, y = torch.from_numpy(problem.X), torch.from_numpy(problem.y)
    in_order = [torch.from_numpy(order) for order in orders]
    model, linear = model_of(problem)
    cross_entropy = nn.CrossEntropyLoss()
    settings = {"eps": EPSILON} if optimizer == "Adam" else {}

    def train(epochs: int) -> list[Array]:
        start_again(problem, linear)
        optimiser = getattr(torch.optim, optimizer)(
            groups_of(problem, linear), lr=problem.learning_rate, **settings)
        for order in in_order[:epochs]:
            for inputs, classes in zip(X[order].split(batch_size), y[order].split(batch_size),
                                       strict=True):
                optimiser.zero_grad()
                cross_entropy(model(inputs), classes).backward()
                optimiser.step()
        return [torch.hstack([layer.weight, layer.bias[:, None]]).detach().numpy()
                for layer in linear]

    return train
