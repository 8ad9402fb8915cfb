"""Losses at the end of a random network: (N, D) to a number."""

from __future__ import annotations

import numpy as np

from tests.bank.case import Array, Generator, labels, logsumexp, one_hot, softmax
from tests.bank.fuzz.layer import Layer, like


def mean_squares(rng: Generator, N: int, D: int) -> Layer:
    """‖h − T‖² / 2N."""
    T = rng.normal(size=(N, D))

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        E = (h - like(T, h)) / N
        factor = {"1/N forgotten": N, "½ forgotten": 2, "sign": -1}.get(mistake or "", 1)
        return (factor * E,)

    mistakes = {"1/N forgotten": "missing-mean", "½ forgotten": "factor", "sign": "sign"}
    return Layer("mean squares", lambda h: ((h - like(T, h)) ** 2).sum() / (2 * N), backward, mistakes=mistakes)


def cross_entropy(rng: Generator, N: int, D: int) -> Layer:
    """Mean cross-entropy of the logits h."""
    y = labels(rng, N, D)

    def forward(h: Array) -> Array:
        return np.asarray((logsumexp(h) - h[np.arange(N), y]).mean())

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        P, Y = softmax(h), like(one_hot(y, D), h)
        match mistake:
            case "softmax twice":
                P = softmax(P)
            case "labels forgotten":
                Y = 0 * Y
            case "one class":
                Y = Y * (np.arange(D) != y[0])
        return ((P - Y) / (1 if mistake == "1/N forgotten" else N),)

    mistakes: dict[str, str | None] = {"softmax twice": "double-softmax", "1/N forgotten": "missing-mean"}
    return Layer("cross entropy", forward, backward, mistakes=mistakes | {"labels forgotten": None, "one class": None})


def hinge(rng: Generator, N: int, D: int) -> Layer:
    """The mean multi-class hinge loss."""
    y = labels(rng, N, D)

    def margins(h: Array) -> Array:
        M: Array = np.maximum(0, h - h[np.arange(N), y][:, None] + 1)
        M[np.arange(N), y] = 0
        return M

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        over = (margins(h) > 0).astype(h.dtype)
        if mistake != "right class forgotten":
            over[np.arange(N), y] = -over.sum(axis=1)
        return (over / N,)

    mistakes = {"right class forgotten": None}
    return Layer("hinge", lambda h: margins(h).sum() / N, backward, mistakes=mistakes)


def weighted_sum(rng: Generator, N: int, D: int) -> Layer:
    """Σ c·h."""
    c = rng.normal(size=(N, D))

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        return (like(np.ones_like(c) if mistake == "weights forgotten" else c, h),)

    mistakes = {"weights forgotten": "missing-factor"}
    return Layer("weighted sum", lambda h: (like(c, h) * h).sum(), backward, mistakes=mistakes)


LAYERS = (mean_squares, cross_entropy, hinge, weighted_sum)
