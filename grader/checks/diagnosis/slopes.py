"""Functions of every entry: their values, their derivatives, and what is written for these by mistake."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.checks.diagnosis.evidence import Array

Slope = Callable[[Array], Array]


def sigmoid(x: Array) -> Array:
    """Without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


# The right derivative, what it is called, and what is written for it by mistake.
# fmt: off
SLOPES: dict[str, tuple[Slope, tuple[Slope, ...]]] = {
    "tanh": (lambda x: 1 - np.tanh(x) ** 2, (
        lambda x: 1 - x**2, lambda x: 1 - np.tanh(x), np.ones_like, lambda x: 1 - np.tanh(np.tanh(x)) ** 2,
        np.tanh, lambda x: 1 + np.tanh(x) ** 2, lambda x: np.tanh(x) * (1 - np.tanh(x)))),
    "sigmoid": (lambda x: sigmoid(x) * (1 - sigmoid(x)), (
        lambda x: x * (1 - x), lambda x: 1 - sigmoid(x), sigmoid, np.ones_like,
        lambda x: sigmoid(sigmoid(x)) * (1 - sigmoid(sigmoid(x))), lambda x: 1 - sigmoid(x) ** 2)),
    "softplus": (sigmoid, (
        lambda x: sigmoid(x) * (1 - sigmoid(x)), lambda x: sigmoid(np.logaddexp(0, x)), np.ones_like)),
    "swish": (lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x))), (
        sigmoid, np.ones_like, lambda x: sigmoid(x) * (1 - sigmoid(x)))),
    "relu": (lambda x: 1.0 * (x > 0), (_relu, lambda x: 1.0 * (x < 0))),
    "leaky relu": (lambda x: np.where(x > 0, 1, 0.1), (lambda x: 1.0 * (x > 0), np.ones_like)),
    "leaky relu with 0.01": (lambda x: np.where(x > 0, 1, 0.01), (lambda x: 1.0 * (x > 0), np.ones_like)),
    "elu": (lambda x: np.where(x > 0, 1, np.exp(np.minimum(x, 0))), (
        lambda x: np.where(x > 0, 1, np.expm1(np.minimum(x, 0))), lambda x: 1.0 * (x > 0), np.ones_like)),
    "the absolute value": (np.sign, (np.ones_like,)),
    "exp": (np.exp, (np.ones_like, lambda x: x * np.exp(x - 1))),
    "square": (lambda x: 2 * x, (np.ones_like,)),
    "exp of a half": (lambda x: np.exp(x / 2) / 2, (lambda x: np.full_like(x, 0.5),)),
}
# The value of each.
VALUES: dict[str, Slope] = {
    "tanh": np.tanh, "sigmoid": sigmoid, "softplus": lambda x: np.logaddexp(0, x), "swish": lambda x: x * sigmoid(x),
    "relu": _relu, "leaky relu": lambda x: np.where(x > 0, x, 0.1 * x),
    "leaky relu with 0.01": lambda x: np.where(x > 0, x, 0.01 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), "the absolute value": np.abs, "exp": np.exp,
    "square": np.square, "exp of a half": lambda x: np.exp(x / 2),
}
# What an activation was given, from its value.
INVERSES: dict[str, Slope] = {
    "tanh": np.arctanh, "sigmoid": lambda y: np.log(y / (1 - y)), "softplus": lambda y: y + np.log(-np.expm1(-y)),
    "leaky relu": lambda y: np.where(y > 0, y, 10 * y), "leaky relu with 0.01": lambda y: np.where(y > 0, y, 100 * y),
    "elu": lambda y: np.where(y > 0, y, np.log1p(np.minimum(y, 0))), "exp": np.log,
    "exp of a half": lambda y: 2 * np.log(y),
}
# fmt: on
