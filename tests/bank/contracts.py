"""Mistakes that the first returned numbers may not show: state, what is modified, what is returned."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.bank.case import Array, Generator, Problem, cases, sizes


def tanh_layer(rng: Generator, mistake: str | None) -> Problem:
    """tanh(XW) behind an object that keeps things between calls."""
    N, D, H = sizes(rng, 3)
    X = rng.normal(size=(N, D))
    kept: dict[str, Array] = {}

    def f(W: Array) -> Array:
        a = np.tanh(X @ W)
        kept["output of the last call"] = a
        return a

    def vjp(W: Array, g: Array) -> Array:
        a = np.tanh(X @ W)
        match mistake:
            case "the first call's output kept":
                a = kept.setdefault("first", a)
            case "whatever was computed last":
                a = kept["output of the last call"]
        dW = X.T @ (g * (1 - a**2))
        if mistake == "added to the last gradient":
            dW = kept["gradient"] = kept.get("gradient", 0) + dW
        if mistake == "the first gradient again":
            dW = kept.setdefault("gradient", dW)
        return np.array(dW)

    return f, vjp, [rng.normal(size=(D, H)) / 2]


def tanh_layer_with_bias(rng: Generator, mistake: str | None) -> Problem:
    """tanh(XW + b): what is returned and what is modified."""
    N, D, H = sizes(rng, 3)
    X = rng.normal(size=(N, D))
    noise = np.random.default_rng(int(rng.integers(2**32)))

    def f(W: Array, b: Array) -> Array:
        return np.asarray(np.tanh(X @ W + b))

    def vjp(W: Array, b: Array, g: Array) -> Any:
        a = np.tanh(X @ W + b)
        if mistake == "g modified":
            g *= 1 - a**2
            return X.T @ g, g.sum(axis=0)
        d = g * (1 - a**2)
        dW, db = X.T @ d, d.sum(axis=0)
        match mistake:
            case "W modified":
                W -= 0.1 * dW
            case "g squared":
                return X.T @ (d * g), (d * g).sum(axis=0)
            case "g's mean":
                return X.T @ (g.mean() * (1 - a**2)), (g.mean() * (1 - a**2)).sum(axis=0)
            case "b's is missing":
                return (dW,)
            case "b's is None":
                return dW, None
            case "one too many":
                return dW, db, db
            case "not a number":
                dW[0, 0] = np.nan
            case "infinite":
                db[0] = np.inf
            case "a number for a vector":
                return dW, db.sum()
            case "flattened":
                return dW.ravel(), db
            case "text":
                return "dW", "db"
            case "integers":
                return np.round(dW).astype(int), np.round(db).astype(int)
            case "random noise":
                return dW * (1 + 0.01 * noise.normal()), db
        return dW, db

    return f, vjp, [rng.normal(size=(D, H)) / 2, rng.normal(size=H) / 2]


def dropout_of_a_new_mask(rng: Generator, mistake: str | None) -> Problem:
    """A mask drawn once; or on every call, so that f and its gradient do not belong together."""
    N, D = sizes(rng, 2, 5)
    masks = np.random.default_rng(int(rng.integers(2**32)))
    fixed = rng.random((N, D)) < 0.5

    def mask() -> Array:
        return masks.random((N, D)) < 0.5 if mistake == "drawn on every call" else fixed

    def f(X: Array) -> Array:
        return np.asarray(np.tanh(X) * mask())

    def vjp(X: Array, g: Array) -> Array:
        return np.asarray(g * (1 - np.tanh(X) ** 2) * mask())

    return f, vjp, [rng.normal(size=(N, D))]


# fmt: off
CASES = (
    *cases(tanh_layer, {
        "the first call's output kept": "stale-cache",
        "whatever was computed last": "stale-cache",
        "added to the last gradient": "not-zeroed",
        "the first gradient again": "stale-cache|upstream-ignored",
    }),
    *cases(tanh_layer_with_bias, {
        "g modified": "input-modified", "W modified": "input-modified",
        "g squared": None, "g's mean": None,
        "b's is missing": None, "b's is None": None, "one too many": None,
        "not a number": None, "infinite": None,
        "a number for a vector": None, "flattened": None, "text": None, "integers": None,
        "random noise": None,
    }),
    *cases(dropout_of_a_new_mask, {"drawn on every call": None}),
)
# fmt: on
