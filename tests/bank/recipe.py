"""A training loop put together from parts: a network, 2-24-24-2 with tanh, trained by cross-entropy on two spirals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Params = dict[str, Array]
Batch = tuple[Array, Array]
Train = Callable[..., Params]
Update = Callable[[Params, Params], Params]

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
HYPER = {
    "sgd": {"rate": 0.3},
    "momentum": {"rate": 0.03, "momentum": 0.9},
    "adam": {"rate": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
}


def problem(
    seed: int, optimiser: str = "sgd", *, steps: int = 5, m: int = 32
) -> tuple[Params, list[Batch], dict[str, float]]:
    """Initial parameters, `steps` batches of `m` samples (X (m, 2), y (m,) of classes), hyperparameters."""
    rng = np.random.default_rng(seed)
    sizes = ((2, 24), (24, 24), (24, 2))
    params: Params = {}
    for layer, (fan_in, fan_out) in enumerate(sizes, start=1):
        params[f"W{layer}"] = rng.normal(size=(fan_in, fan_out)) / np.sqrt(fan_in)
        params[f"b{layer}"] = np.zeros(fan_out)
    return params, [spirals(m, rng) for _ in range(steps)], dict(HYPER[optimiser])


def spirals(m: int, rng: np.random.Generator) -> Batch:
    """Points of two spirals (m, 2), and of which each is (m,)."""
    turn, y = np.sqrt(rng.random(m)) * 2.2 * np.pi, rng.integers(0, 2, m)
    angle = turn + y * np.pi
    return np.stack([turn * np.cos(angle), turn * np.sin(angle)], axis=1) / 6 + 0.03 * rng.normal(size=(m, 2)), y


# ---------------------------------------------------------------- the right parts


def softmax(z: Array) -> Array:
    """Of each row."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def logits_gradient(z: Array, y: Array) -> Array:
    """Of the mean cross-entropy, by the logits: (softmax − one-hot)/m."""
    p = softmax(z)
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


def tanh_slope(a: Array) -> Array:
    """The derivative of tanh, from its value."""
    return 1 - a**2


def to_inputs(g: Array, W: Array) -> Array:
    """The gradient by a layer's inputs, from that by its outputs."""
    return g @ W.T


def bias_gradient(g: Array) -> Array:
    """A bias is broadcast over the batch, so its gradient is summed over it."""
    return np.asarray(g.sum(axis=0))


def as_they_are(grads: Params) -> Params:
    """The gradients, not changed."""
    return grads


def sgd(*, rate: float) -> Update:
    """θ ← θ − rate·g."""
    return lambda params, g: {k: p - rate * g[k] for k, p in params.items()}


def momentum(*, rate: float, momentum: float) -> Update:
    """v ← momentum·v + g, θ ← θ − rate·v."""
    v: Params = {}

    def update(params: Params, g: Params) -> Params:
        v.update({k: momentum * v.get(k, 0 * g[k]) + g[k] for k in g})
        return {k: p - rate * v[k] for k, p in params.items()}

    return update


def adam(*, rate: float, beta1: float, beta2: float, eps: float) -> Update:
    """Adam (Kingma and Ba, 2015) with its bias correction."""
    m: Params = {}
    v: Params = {}
    t = 0

    def update(params: Params, g: Params) -> Params:
        nonlocal t
        t += 1
        m.update({k: beta1 * m.get(k, 0 * g[k]) + (1 - beta1) * g[k] for k in g})
        v.update({k: beta2 * v.get(k, 0 * g[k]) + (1 - beta2) * g[k] ** 2 for k in g})
        c1, c2 = 1 - beta1**t, 1 - beta2**t
        return {k: p - rate * (m[k] / c1) / (np.sqrt(v[k] / c2) + eps) for k, p in params.items()}

    return update


@dataclass(frozen=True, slots=True)
class Recipe:
    """The parts of a training loop; called, it trains."""

    optimiser: Callable[..., Update] = sgd
    logits_gradient: Callable[[Array, Array], Array] = logits_gradient
    slope: Callable[[Array], Array] = tanh_slope
    to_inputs: Callable[[Array, Array], Array] = to_inputs
    bias_gradient: Callable[[Array], Array] = bias_gradient
    finish: Callable[[Params], Params] = as_they_are  # what is done to the gradients of a batch
    across: Callable[[], Callable[[Params], Params]] = lambda: as_they_are  # the same, with a memory of earlier batches
    order: Callable[[int], Array] = np.arange  # in which a batch's samples are added up
    dtype: npt.DTypeLike = np.float64

    def __call__(self, params: Params, batches: Sequence[Batch], **hyper: float) -> Params:
        """The parameters after one step for each batch."""
        params = {k: np.array(p, dtype=self.dtype) for k, p in params.items()}
        across, update = self.across(), self.optimiser(**hyper)
        for X, y in batches:
            order = self.order(len(y))
            params = update(params, across(self.finish(self.backward(params, X[order].astype(self.dtype), y[order]))))
        return params

    def backward(self, params: Params, X: Array, y: Array) -> Params:
        """The gradient of the mean cross-entropy of a batch, by every parameter."""
        W1, b1, W2, b2, W3, b3 = (params[k] for k in NAMES)
        a1 = np.tanh(X @ W1 + b1)
        a2 = np.tanh(a1 @ W2 + b2)
        g3 = self.logits_gradient(a2 @ W3 + b3, y)
        g2 = self.to_inputs(g3, W3) * self.slope(a2)
        g1 = self.to_inputs(g2, W2) * self.slope(a1)
        pairs = ((X, g1), (a1, g2), (a2, g3))
        grads = [grad for a, g in pairs for grad in (a.T @ g, self.bias_gradient(g))]
        return dict(zip(NAMES, grads, strict=True))
