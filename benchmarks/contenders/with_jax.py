"""JAX: gradient by `value_and_grad`, the whole loop over the epochs compiled by `jit` as one.

That is JAX at its best: called from Python once per epoch, the small nets take longer.  The loop
is compiled for each shape and each number of epochs, before it is timed; where a page's table
includes compiling, it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.problems import EPSILON, Array, Problem

ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jnp.tanh}


def objective(parameters: Any, X: Any, T: Any, reg_lambda: Any, activation: str) -> Any:
    """J of one net; T is one-hot, (n, k), which JAX differentiates faster than class numbers."""
    A = X
    for W, b in parameters[:-1]:
        A = ACTIVATIONS[activation](A @ W + b)
    W, b = parameters[-1]
    cross_entropies = -jnp.sum(T * jax.nn.log_softmax(A @ W + b))
    penalty = reg_lambda / 2 * sum(jnp.sum(W * W) for W, _ in parameters)
    return (cross_entropies + penalty) / len(X)


def descend(
    parameters: Any, X: Any, T: Any, rate: Any, reg_lambda: Any, activation: str, epochs: int
) -> Any:
    """J before each of so many steps of gradient descent, (epochs,)."""
    J_and_gradient = jax.value_and_grad(objective)

    def step(parameters: Any, _: Any) -> Any:
        J, gradient = J_and_gradient(parameters, X, T, reg_lambda, activation)
        return jax.tree.map(lambda p, g: p - rate * g, parameters, gradient), J

    # The weights are returned too: else the compiler might leave out the last step.
    return jax.lax.scan(step, parameters, length=epochs)


compiled = partial(jax.jit, static_argnames=("activation", "epochs"))
descend_one = compiled(descend)


@compiled
def descend_stack(
    parameters: Any, X: Any, T: Any, rate: Any, reg_lambda: Any, activation: str, epochs: int
) -> Any:
    """K nets at once: every argument has a leading axis of K."""
    loop = partial(descend, activation=activation, epochs=epochs)
    return jax.vmap(loop)(parameters, X, T, rate, reg_lambda)


def arguments(problem: Problem) -> tuple[Any, ...]:
    """A problem as `descend` takes it, in NumPy arrays."""
    dtype = problem.X.dtype.type
    parameters = [(W[:, :-1].T, W[:, -1]) for W in problem.weights]
    T = (problem.y[:, None] == np.arange(len(problem.weights[-1]))).astype(dtype)
    return parameters, problem.X, T, dtype(problem.learning_rate), dtype(problem.reg_lambda)


def prepare(problem: Problem) -> Callable[[int], Array]:
    """The problem as arrays of JAX's."""
    on_device = jax.tree.map(jnp.asarray, arguments(problem))

    def train(epochs: int) -> Array:
        _, losses = descend_one(*on_device, activation=problem.activation, epochs=epochs)
        return np.asarray(losses)

    return train


def train_stack(problems: Sequence[Problem], epochs: int) -> Array:
    """Train nets of equal shape at once; J before each step, (K, epochs)."""
    stacked = jax.tree.map(lambda *parts: jnp.stack(parts), *map(arguments, problems))
    _, losses = descend_stack(*stacked, activation=problems[0].activation, epochs=epochs)
    return np.asarray(losses)


def forget_compiled() -> None:
    """Make the next call compile again."""
    jax.clear_caches()


@partial(jax.jit, static_argnames=("activation", "batch_size", "optimizer"))
def descend_batches(
    parameters: Any, X: Any, T: Any, rate: Any, reg_lambda: Any, orders: Any, activation: str,
    batch_size: int, optimizer: str,
) -> Any:
    """The parameters after a step for each batch of all epochs."""
    share = reg_lambda * batch_size / len(X)

    def step(state: Any, chosen: Any) -> Any:
        parameters, M, S, t = state
        G = jax.grad(objective)(parameters, X[chosen], T[chosen], share, activation)
        if optimizer == "SGD":
            return (jax.tree.map(lambda p, g: p - rate * g, parameters, G), M, S, t), None
        M = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, M, G)
        S = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, S, G)
        parameters = jax.tree.map(
            lambda p, m, s: p - rate * (m / (1 - 0.9**t))
            / (jnp.sqrt(s / (1 - 0.999**t)) + EPSILON),
            parameters, M, S)
        return (parameters, M, S, t + 1), None

    zeros = jax.tree.map(jnp.zeros_like, parameters)
    start = parameters, zeros, zeros, jnp.ones((), X.dtype)
    return jax.lax.scan(step, start, orders.reshape(-1, batch_size))[0][0]


def prepare_batches(
    problem: Problem, batch_size: int, optimizer: str, orders: Array
) -> Callable[[int], list[Array]]:
    """The problem as arrays of JAX's; the steps of all epochs are compiled as one loop."""
    on_device = jax.tree.map(jnp.asarray, arguments(problem))
    in_order = jnp.asarray(orders)

    def train(epochs: int) -> list[Array]:
        parameters = descend_batches(
            *on_device, in_order[:epochs], activation=problem.activation, batch_size=batch_size,
            optimizer=optimizer)
        return [np.hstack([W.T, b[:, None]]) for W, b in parameters]

    return train
