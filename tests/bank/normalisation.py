"""Batch and layer normalisation."""

from __future__ import annotations

import numpy as np

from tests.bank.case import Array, Generator, Problem, cases, sizes


def batch_norm(rng: Generator, mistake: str | None, *, offset: float = 1.0) -> Problem:
    """gamma·(X − mean)/√(variance + eps) + beta, over the batch."""
    N, D = sizes(rng, 2, 4)
    eps = 1e-5

    def f(X: Array, gamma: Array, beta: Array) -> Array:
        return np.asarray(gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta)

    def vjp(X: Array, gamma: Array, beta: Array, g: Array) -> tuple[Array, ...]:
        if mistake == "in float32":
            X = X.astype(np.float32)
        centred, s = X - X.mean(axis=0), 1 / np.sqrt(X.var(axis=0) + eps)
        hat, d = centred * s, g if mistake == "gamma forgotten" else g * gamma
        mean_path, variance_path = d.mean(axis=0), hat * (d * hat).mean(axis=0)
        match mistake:
            case "mean taken for a constant":
                mean_path = np.zeros_like(mean_path)
            case "variance taken for a constant":
                variance_path = np.zeros_like(variance_path)
            case "both taken for constants":
                mean_path, variance_path = np.zeros_like(mean_path), np.zeros_like(variance_path)
            case "variance path's sign":
                variance_path = -variance_path
            case "sums instead of means":
                mean_path, variance_path = mean_path * N, variance_path * N
            case "gamma not summed over the batch":
                return s * (d - mean_path - variance_path), g * hat, g.sum(axis=0)
            case "gamma's from X":
                return s * (d - mean_path - variance_path), (g * X).sum(axis=0), g.sum(axis=0)
        return s * (d - mean_path - variance_path), (g * hat).sum(axis=0), g.sum(axis=0)

    return f, vjp, [3 * rng.normal(size=(N, D)) + offset, rng.normal(size=D), rng.normal(size=D)]


def batch_norm_far_from_zero(rng: Generator, mistake: str | None) -> Problem:
    """Columns with a mean of 20,000: in float32 the centred column keeps three digits."""
    return batch_norm(rng, mistake, offset=2e4)


def layer_norm(rng: Generator, mistake: str | None) -> Problem:
    """gamma·(X − mean)/√(variance + eps) + beta, over each row."""
    N, D = sizes(rng, 2, 4)
    eps = 1e-3

    def f(X: Array, gamma: Array, beta: Array) -> Array:
        centred = X - X.mean(axis=1, keepdims=True)
        return np.asarray(gamma * centred / np.sqrt(X.var(axis=1, keepdims=True) + eps) + beta)

    def vjp(X: Array, gamma: Array, beta: Array, g: Array) -> tuple[Array, ...]:
        inside = 0.0 if mistake == "eps forgotten" else eps
        axis = 0 if mistake == "means over the batch" else 1
        s = 1 / np.sqrt(X.var(axis=1, keepdims=True) + inside)
        hat, d = (X - X.mean(axis=1, keepdims=True)) * s, g * gamma
        mean_path = d.mean(axis=axis, keepdims=True)
        variance_path = hat * (d * hat).mean(axis=axis, keepdims=True)
        if mistake == "variance taken for a constant":
            variance_path = np.zeros_like(variance_path)
        if mistake == "mean taken for a constant":
            mean_path = np.zeros_like(mean_path)
        return s * (d - mean_path - variance_path), (g * hat).sum(axis=0), g.sum(axis=0)

    return f, vjp, [rng.normal(size=(N, D)), rng.normal(size=D), rng.normal(size=D)]


def unit_rows(rng: Generator, mistake: str | None) -> Problem:
    """x/‖x‖ of each row."""
    N, D = sizes(rng, 2)

    def f(X: Array) -> Array:
        return np.asarray(X / np.linalg.norm(X, axis=1, keepdims=True))

    def vjp(X: Array, g: Array) -> Array:
        length = np.linalg.norm(X, axis=1, keepdims=True)
        U = X / length
        if mistake == "length taken for a constant":
            return np.asarray(g / length)
        return np.asarray((g - U * (g * U).sum(axis=1, keepdims=True)) / length)

    return f, vjp, [rng.normal(size=(N, D))]


# fmt: off
CASES = (
    *cases(batch_norm, {
        "mean taken for a constant": "batchnorm-mean-path",
        "variance taken for a constant": "batchnorm-variance-path",
        "both taken for constants": "batchnorm-mean-path|batchnorm-variance-path",
        "variance path's sign": "batchnorm-variance-path",
        "sums instead of means": "batchnorm-mean-path|batchnorm-variance-path|missing-mean",
        "gamma forgotten": "missing-factor",
        "gamma not summed over the batch": "not-summed-over-batch",
        "gamma's from X": None,
    }),
    *cases(batch_norm_far_from_zero, {"in float32": "float32"}),
    *cases(layer_norm, {
        "mean taken for a constant": "batchnorm-mean-path",
        "variance taken for a constant": "batchnorm-variance-path",
        "means over the batch": None,
        "eps forgotten": "epsilon",
    }),
    *cases(unit_rows, {"length taken for a constant": "batchnorm-variance-path"}),
)
# fmt: on
