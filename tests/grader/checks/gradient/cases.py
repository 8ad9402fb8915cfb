"""Functions with their gradients, right ones and wrong ones, that several tests use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.checks.gradient.contract import visit
from grader.checks.gradient.noise import estimate
from grader.checks.gradient.point import Site
from grader.checks.gradient.problem import Problem

Function = Callable[..., Any]


def tanh_layer(x: Any, W: Any, b: Any) -> Any:
    """An (N, H) array."""
    return np.tanh(x @ W + b)


def tanh_layer_vjp(x: Any, W: Any, b: Any, g: Any) -> Any:
    """Its gradients by x, W, b."""
    d = g * (1 - np.tanh(x @ W + b) ** 2)
    return d @ W.T, x.T @ d, d.sum(0)


def layer_params(seed: int = 0) -> dict[str, Any]:
    """x (5, 3), W (3, 4), b (4,)."""
    rng = np.random.default_rng(seed)
    return {"x": rng.normal(size=(5, 3)), "W": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}


def network(inputs: int, hidden: int, outputs: int, seed: int = 0) -> tuple[Function, Function, dict[str, Any]]:
    """The mean cross-entropy of a relu network on 8 examples, its gradients, its parameters."""
    rng = np.random.default_rng(seed)
    X, labels = rng.normal(size=(8, inputs)), rng.integers(0, outputs, 8)
    params = {
        "W1": rng.normal(size=(inputs, hidden)) * np.sqrt(2 / inputs),
        "b1": rng.normal(size=hidden) * 0.1,
        "W2": rng.normal(size=(hidden, outputs)) / np.sqrt(hidden),
        "b2": rng.normal(size=outputs) * 0.1,
    }

    def scores(W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        z = np.maximum(X @ W1 + b1, 0) @ W2 + b2
        return z - z.max(1, keepdims=True)

    def loss(*given: Any) -> Any:
        z = scores(*given)
        return np.mean(np.log(np.exp(z).sum(1)) - z[np.arange(8), labels])

    def gradients(W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        z, a = scores(W1, b1, W2, b2), np.maximum(X @ W1 + b1, 0)
        d = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        d[np.arange(8), labels] -= 1
        d /= 8
        dz = (d @ W2.T) * (a > 0)
        return X.T @ dz, dz.sum(0), a.T @ d, d.sum(0)

    return loss, gradients, params


def site_of(f: Function, vjp: Function, *params: Any, seed: int = 0) -> Site:
    """A point with its noise, as the method makes it."""
    names = tuple(f"x{k}" for k in range(len(params)))
    problem, rng = Problem(f, vjp, names), np.random.default_rng(seed)
    point = visit(problem, tuple(np.array(x, float) for x in params), rng)
    return Site(problem, point, estimate(problem, point, rng), rng)
