"""Layers that are one function of every entry."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.bank.case import Array, Generator, sigmoid
from tests.bank.fuzz.layer import Layer

WRONG = "wrong-activation-derivative"
MASK = "missing-mask"
Slope = Callable[[Array, Array], Array]  # given the argument and the value

# fmt: off
TABLE: dict[str, tuple[Callable[[Array], Array], Slope, dict[str, tuple[str | None, Slope]]]] = {
    "tanh": (np.tanh, lambda x, y: 1 - y * y, {
        "1 - x²":        (WRONG, lambda x, y: 1 - x * x),
        "1 - y":         (WRONG, lambda x, y: 1 - y),
        "forgotten":     (WRONG, lambda x, y: 1 + 0 * x),
    }),
    "sigmoid": (sigmoid, lambda x, y: y * (1 - y), {
        "x(1 - x)":      (WRONG, lambda x, y: x * (1 - x)),
        "y":             (WRONG, lambda x, y: y),
    }),
    "softplus": (lambda x: np.logaddexp(0 * x, x), lambda x, y: sigmoid(x), {
        "of the value":  (WRONG, lambda x, y: sigmoid(y)),
    }),
    "swish": (lambda x: x * sigmoid(x), lambda x, y: sigmoid(x) * (1 + x * (1 - sigmoid(x))), {
        "sigmoid alone": (WRONG, lambda x, y: sigmoid(x)),
    }),
    "relu": (lambda x: np.maximum(x, 0), lambda x, y: (x > 0).astype(x.dtype), {
        "mask forgotten": (MASK, lambda x, y: 1 + 0 * x),
        "x > 0.3":       ("relu-threshold", lambda x, y: (x > 0.3).astype(x.dtype)),
    }),
    "leaky relu": (lambda x: np.where(x > 0, x, x / 10), lambda x, y: np.where(x > 0, 1 + 0 * x, 0 * x + 0.1), {
        "zero below":    (WRONG, lambda x, y: (x > 0).astype(x.dtype)),
    }),
    "elu": (lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), lambda x, y: np.where(x > 0, 1 + 0 * x, y + 1), {
        "y below":       (WRONG, lambda x, y: np.where(x > 0, 1 + 0 * x, y)),
    }),
    "absolute value": (np.abs, lambda x, y: np.sign(x), {"one": (WRONG, lambda x, y: 1 + 0 * x)}),
    "clip": (lambda x: np.clip(x, -0.9, 0.9), lambda x, y: (np.abs(x) < 0.9).astype(x.dtype), {
        "mask forgotten": (MASK, lambda x, y: 1 + 0 * x),
    }),
    "square": (np.square, lambda x, y: 2 * x, {"x": ("factor", lambda x, y: x)}),
    "exponential": (lambda x: np.exp(x / 2), lambda x, y: y / 2, {
        "½ forgotten":   ("factor", lambda x, y: y),
        "one half":      (WRONG, lambda x, y: 0 * x + 0.5),
    }),
    "logarithm": (lambda x: np.log(1 + x * x), lambda x, y: 2 * x / (1 + x * x), {
        "1 forgotten":   ("epsilon", lambda x, y: 2 * x / (1e-3 + x * x)),
    }),
}
# fmt: on


def elementwise(name: str) -> Callable[[Generator, int, int], Layer]:
    """The layer of that name of the table."""
    of, right, mistakes = TABLE[name]

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        slope = mistakes[mistake][1] if mistake else right
        return (g * slope(h, of(h)),)

    return lambda rng, N, D: Layer(name, of, backward, mistakes={said: code for said, (code, _) in mistakes.items()})


LAYERS = tuple(elementwise(name) for name in TABLE)
