"""How a gradient becomes a step, and how long steps are as training goes on.

An optimizer is a description, such as ``Momentum(0.9)``: immutable, printable, and safe to share
between nets.  Each fit asks it for a fresh stepper, which keeps what the optimizer remembers from
step to step.  The stepper overwrites the gradient with what is to be subtracted from the weights.

A schedule is a function of the step, 0, 1, 2, ..., which gives what the learning rate is
multiplied with.

Examples
--------
>>> from nnlib import ThreeLayerNet, datasets
>>> from nnlib.optimizers import Adam, CosineDecay
>>> X, y = datasets.moons(200, noise=0.1, random_state=0)
>>> net = ThreeLayerNet(optimizer=Adam(), learning_rate=0.01, reduction="mean", batch_size=20,
...                     schedule=CosineDecay(steps=500), max_epochs=50, random_state=0)
>>> net.fit(X, y).score(X, y) > 0.95
True
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlib.validation import check_count, check_real, shown

Array = npt.NDArray[Any]

MAX_STEPS = 2**63 - 1
SMALLEST_EPSILON = 1e-30

# Overwrites a gradient, (*nets, number of parameters), with the step to subtract.
Stepper = Callable[[Array], None]


def _keep(description: object, **numbers: float) -> None:
    for name, number in numbers.items():
        object.__setattr__(description, name, number)  # it is frozen, but not made yet


class Optimizer(ABC):
    """What every optimizer can do."""

    @abstractmethod
    def stepper(self, theta: Array, learning_rate: Any, m: Any) -> Stepper:
        """A fresh stepper for one fit, to be shown gradients of m·J.

        Parameters
        ----------
        theta : ndarray, shape (*nets, number of parameters)
            The weights that the gradients are for.
        learning_rate : float or ndarray, shape (*nets,)
            Of steps along the gradient of J.
        m : int or ndarray, shape (*nets,)
        """


def _for_each_weight(number: Any, theta: Array) -> Array:
    """A number for every net, spread over its weights: of one shape, NumPy multiplies fastest."""
    spread = np.empty_like(theta)
    spread[...] = np.asarray(number)[..., None]
    return spread


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Step down the gradient: W ← W - r G.  What a net does that is given no optimizer."""

    def stepper(self, theta: Array, learning_rate: Any, m: Any) -> Stepper:
        """A fresh stepper for one fit."""
        rate = _for_each_weight(learning_rate / m, theta)

        def step(G: Array) -> None:
            G *= rate

        return step


GRADIENT_DESCENT = GradientDescent()


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Step along a velocity that each gradient pushes: V ← μ V + G, W ← W - r V.

    Gradients that agree add up to a step 1 / (1 - μ) times as long; those that alternate cancel
    (Polyak 1964).

    Parameters
    ----------
    mu : float
        What is left of the velocity after a step; at least 0 and below 1.
    """

    mu: float = 0.9

    def __post_init__(self) -> None:
        _keep(self, mu=check_real("mu", self.mu, at_least=0, below=1))

    def stepper(self, theta: Array, learning_rate: Any, m: Any) -> Stepper:
        """A fresh stepper for one fit."""
        rate = _for_each_weight(learning_rate / m, theta)
        V = np.zeros_like(theta)

        def step(G: Array) -> None:
            nonlocal V
            V *= self.mu
            V += G
            np.multiply(rate, V, out=G)

        return step


@dataclass(frozen=True)
class Adam(Optimizer):
    """Divide each weight's mean gradient by the root of its mean square (Kingma and Ba 2015).

    M ← β₁ M + (1 - β₁) G and S ← β₂ S + (1 - β₂) G² begin at 0, so both are divided by what they
    lack: W ← W - r (M / (1 - β₁ᵗ)) / (√(S / (1 - β₂ᵗ)) + ε) at step t = 1, 2, ...

    Parameters
    ----------
    beta_1, beta_2 : float
        What is left of the means after a step; at least 0 and below 1.
    epsilon : float
        Keeps a weight from moving by leaps when its gradients are next to nothing; at least
        1e-30, which 32 bits can hold.
    """

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        _keep(self, beta_1=check_real("beta_1", self.beta_1, at_least=0, below=1))
        _keep(self, beta_2=check_real("beta_2", self.beta_2, at_least=0, below=1))
        _keep(self, epsilon=check_real("epsilon", self.epsilon, at_least=SMALLEST_EPSILON))

    def stepper(self, theta: Array, learning_rate: Any, m: Any) -> Stepper:
        """A fresh stepper for one fit."""
        rate = _for_each_weight(learning_rate, theta)
        # M / (√S + m ε) of gradients of m·J is M / (√S + ε) of those of J.
        epsilon = _for_each_weight(m * self.epsilon, theta)
        M, S, scratch = np.zeros((3, *theta.shape), theta.dtype)
        t = 0

        def step(G: Array) -> None:
            nonlocal M, S, t
            t += 1
            M *= self.beta_1
            M += np.multiply(1 - self.beta_1, G, out=scratch)
            S *= self.beta_2
            np.multiply(G, G, out=G)
            S += np.multiply(1 - self.beta_2, G, out=G)
            np.sqrt(S, out=G)
            G /= math.sqrt(1 - self.beta_2**t)
            G += epsilon
            np.divide(M, G, out=G)
            G *= rate
            G /= 1 - self.beta_1**t

        return step


class Schedule(ABC):
    """What every schedule can do."""

    @abstractmethod
    def __call__(self, step: int) -> float:
        """What to multiply the learning rate with at step 0, 1, 2, ...; at least 0."""


@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    """Halve the rate every so many steps.

    Parameters
    ----------
    half_life : float
        In steps; above 0.
    """

    half_life: float

    def __post_init__(self) -> None:
        _keep(self, half_life=check_real("half_life", self.half_life, above=0))

    def __call__(self, step: int) -> float:
        """½ to the power of step / half_life."""
        return float(0.5 ** (step / self.half_life))


@dataclass(frozen=True)
class CosineDecay(Schedule):
    """Rise in a straight line from next to 0 to 1, then fall to 0 along half a cosine.

    (Loshchilov and Hutter 2017, without restarts.)

    Parameters
    ----------
    steps : int
        After which the rate is, and stays, 0; at least 1.
    warmup : int
        The first of them, on which the rate rises; at least 0 and below `steps`.
    """

    steps: int
    warmup: int = 0

    def __post_init__(self) -> None:
        _keep(self, steps=check_count("steps", self.steps, at_most=MAX_STEPS))
        _keep(self, warmup=check_count("warmup", self.warmup, at_least=0, at_most=self.steps - 1))

    def __call__(self, step: int) -> float:
        """(step + 1) / warmup at first, then (1 + cos(π x)) / 2 as x goes from 0 to 1."""
        if step < self.warmup:
            return (step + 1) / self.warmup
        x = min(1.0, (step - self.warmup) / (self.steps - self.warmup))
        return (1 + math.cos(math.pi * x)) / 2


_BY_NAME: dict[str, type] = {
    kind.__name__: kind
    for kind in (GradientDescent, Momentum, Adam, ExponentialDecay, CosineDecay)
}


def to_settings(name: str, description: Optimizer | Schedule | None) -> dict[str, Any] | None:
    """An optimizer or schedule in a form that JSON can hold.

    Raises
    ------
    TypeError
        If it is not one of this module; `name` names it.
    """
    if description is None:
        return None
    kind = type(description)
    if kind not in _BY_NAME.values():
        raise TypeError(f"{name} must be one of nnlib's own to be saved, got {shown(description)}")
    return {"kind": kind.__name__, **vars(description)}


def from_settings(settings: dict[str, Any] | None) -> Any:
    """The optimizer or schedule that `to_settings` described.

    Raises
    ------
    KeyError, TypeError, ValueError
        If the description is not one that `to_settings` makes.
    """
    if settings is None:
        return None
    arguments = dict(settings)
    return _BY_NAME[arguments.pop("kind")](**arguments)
