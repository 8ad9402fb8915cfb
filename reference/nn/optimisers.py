"""Optimisers: pure functions from parameters, gradients and a state to new parameters and a new state.

Parameters are an array or any nesting of dicts, lists and tuples of arrays, and gradients are built alike. Nothing is
changed in place. w stands for a parameter, g for its gradient, η for the learning rate.

    >>> descend = sgd(0.1)
    >>> descend.step(2.0, 3.0, descend.init(2.0))[0]
    1.7
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.autodiff.trees import mapped

Tree = Any


@dataclass(frozen=True, slots=True)
class Optimiser:
    """A way of descending.

    Attributes:
        init: params -> state, before the first step.
        step: (params, gradients, state) -> (params, state).
    """

    init: Callable[[Tree], Tree]
    step: Callable[[Tree, Tree, Tree], tuple[Tree, Tree]]


def sgd(learning_rate: float) -> Optimiser:
    """w ← w − η·g."""

    def step(params: Tree, gradients: Tree, state: Tree) -> tuple[Tree, Tree]:
        return mapped(lambda w, g: w - learning_rate * g, params, gradients), state

    return Optimiser(lambda params: (), step)


def momentum(learning_rate: float, decay: float = 0.9) -> Optimiser:
    """v ← decay·v − η·g, w ← w + v, from v = 0. The state is v."""

    def step(params: Tree, gradients: Tree, velocity: Tree) -> tuple[Tree, Tree]:
        velocity = mapped(lambda v, g: decay * v - learning_rate * g, velocity, gradients)
        return mapped(lambda w, v: w + v, params, velocity), velocity

    return Optimiser(_zeros, step)


def nesterov(learning_rate: float, decay: float = 0.9) -> Optimiser:
    """v ← decay·v − η·g, w ← w + decay·v − η·g, from v = 0. The state is v.

    This is Nesterov's momentum with the gradient at the point looked ahead to: w is that point itself.
    """

    def step(params: Tree, gradients: Tree, velocity: Tree) -> tuple[Tree, Tree]:
        velocity = mapped(lambda v, g: decay * v - learning_rate * g, velocity, gradients)
        return mapped(lambda w, v, g: w + decay * v - learning_rate * g, params, velocity, gradients), velocity

    return Optimiser(_zeros, step)


def adam(learning_rate: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> Optimiser:
    """w ← w − η·m̂ / (√v̂ + epsilon), with bias-corrected averages (Kingma and Ba 2015).

    m ← beta1·m + (1 − beta1)·g, v ← beta2·v + (1 − beta2)·g², both from 0, and at step t = 1, 2, ...
    m̂ = m / (1 − beta1^t), v̂ = v / (1 − beta2^t). The state is {"t", "m", "v"}, t being the steps taken.
    """

    def step(params: Tree, gradients: Tree, state: Tree) -> tuple[Tree, Tree]:
        t = state["t"] + 1
        m = mapped(lambda m, g: beta1 * m + (1.0 - beta1) * g, state["m"], gradients)
        v = mapped(lambda v, g: beta2 * v + (1.0 - beta2) * g * g, state["v"], gradients)
        correct1, correct2 = 1.0 - beta1**t, 1.0 - beta2**t

        def moved(w: Any, m: Any, v: Any) -> Any:
            return w - learning_rate * (m / correct1) / (np.sqrt(v / correct2) + epsilon)

        return mapped(moved, params, m, v), {"t": t, "m": m, "v": v}

    return Optimiser(lambda params: {"t": 0, "m": _zeros(params), "v": _zeros(params)}, step)


def _zeros(params: Tree) -> Tree:
    return mapped(lambda w: 0.0 if isinstance(w, float) else np.zeros_like(w), params)
