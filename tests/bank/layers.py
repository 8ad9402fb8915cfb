"""Layers with a vector output: the upstream gradient g comes from outside."""

from __future__ import annotations

import numpy as np

from tests.bank.case import Array, Generator, Problem, cases, labels, sizes


def linear(rng: Generator, mistake: str | None) -> Problem:
    """XW + b, X (N, D), W (D, H), b (H,)."""
    N, D, H = sizes(rng, 3)

    def f(X: Array, W: Array, b: Array) -> Array:
        return X @ W + b

    def vjp(X: Array, W: Array, b: Array, g: Array) -> tuple[Array, ...]:
        dX, dW, db = g @ W.T, X.T @ g, g.sum(axis=0)
        match mistake:
            case "dW in numerator layout":
                dW = dW.T
            case "dW's numbers in the order of its transpose":
                dW = dW.T.reshape(W.shape)
            case "b not summed over the batch":
                db = g
            case "b averaged over the batch":
                db = g.mean(axis=0)
            case "b keeps the batch's axis":
                db = g.sum(axis=0, keepdims=True)
            case "b from the last sample":
                db = g[-1]
            case "b from the first sample, N times":
                db = g[0] * N
            case "b forgotten":
                db = np.zeros_like(b)
            case "dX forgotten in one row":
                dX = np.where(np.arange(N)[:, None] == 1, 0, dX)
            case "b's sign":
                db = -db
            case "upstream taken as ones":
                one = np.ones_like(g)
                return one @ W.T, X.T @ one, one.sum(axis=0)
            case "sign of the upstream alone":
                return np.sign(g) @ W.T, X.T @ np.sign(g), np.sign(g).sum(axis=0)
        return dX, dW, db

    return f, vjp, [rng.normal(size=(N, D)), rng.normal(size=(D, H)), rng.normal(size=H)]


def linear_square(rng: Generator, mistake: str | None) -> Problem:
    """XW with W (D, D): what forgets a transpose runs."""
    N, D = sizes(rng, 2)

    def f(X: Array, W: Array) -> Array:
        return X @ W

    def vjp(X: Array, W: Array, g: Array) -> tuple[Array, ...]:
        match mistake:
            case "W not transposed":
                return g @ W, X.T @ g
            case "dW transposed":
                return g @ W.T, g.T @ X
        return g @ W.T, X.T @ g

    return f, vjp, [rng.normal(size=(N, D)), rng.normal(size=(D, D))]


def gated(rng: Generator, mistake: str | None) -> Problem:
    """tanh(XA) * XB: two parameters of one shape."""
    N, D, H = sizes(rng, 3)
    X = rng.normal(size=(N, D))

    def f(A: Array, B: Array) -> Array:
        return np.asarray(np.tanh(X @ A) * (X @ B))

    def vjp(A: Array, B: Array, g: Array) -> tuple[Array, ...]:
        t = np.tanh(X @ A)
        dA, dB = X.T @ (g * (X @ B) * (1 - t**2)), X.T @ (g * t)
        match mistake:
            case "the gradients in the other order":
                return dB, dA
            case "the other factor forgotten":
                return X.T @ (g * (1 - t**2)), dB
        return dA, dB

    return f, vjp, [rng.normal(size=(D, H)) / 2, rng.normal(size=(D, H))]


def two_layers(rng: Generator, mistake: str | None) -> Problem:
    """tanh(XW)V with square W and V."""
    N, D = sizes(rng, 2)
    X = rng.normal(size=(N, D))

    def f(W: Array, V: Array) -> Array:
        return np.asarray(np.tanh(X @ W) @ V)

    def vjp(W: Array, V: Array, g: Array) -> tuple[Array, ...]:
        a = np.tanh(X @ W)
        match mistake:
            case "back through W instead of V":
                da = g @ W.T
            case "back through V not transposed":
                da = g @ V
            case _:
                da = g @ V.T
        slope = 1 - (X @ W) ** 2 if mistake == "tanh' from its argument" else 1 - a**2
        return X.T @ (da * slope), a.T @ g

    return f, vjp, [rng.normal(size=(D, D)) / 2, rng.normal(size=(D, D))]


def scale_and_shift(rng: Generator, mistake: str | None) -> Problem:
    """gamma * x + beta along the last axis."""
    N, D = sizes(rng, 2)

    def f(x: Array, gamma: Array, beta: Array) -> Array:
        return gamma * x + beta

    def vjp(x: Array, gamma: Array, beta: Array, g: Array) -> tuple[Array, ...]:
        match mistake:
            case "gamma forgotten":
                return g, (g * x).sum(axis=0), g.sum(axis=0)
            case "x forgotten":
                return g * gamma, g.sum(axis=0), g.sum(axis=0)
            case "gamma not summed over the batch":
                return g * gamma, g * x, g.sum(axis=0)
        return g * gamma, (g * x).sum(axis=0), g.sum(axis=0)

    return f, vjp, [rng.normal(size=(N, D)), rng.normal(size=D), rng.normal(size=D)]


def dropout(rng: Generator, mistake: str | None) -> Problem:
    """tanh(X) with a fixed mask, scaled by 1/keep."""
    N, D = sizes(rng, 2, 5)
    keep = 0.5
    mask = rng.permutation(np.arange(N * D) % 2).reshape(N, D)

    def f(X: Array) -> Array:
        return np.asarray(np.tanh(X) * mask / keep)

    def vjp(X: Array, g: Array) -> Array:
        slope = 1 - np.tanh(X) ** 2
        match mistake:
            case "mask forgotten":
                return np.asarray(g * slope / keep)
            case "1/keep forgotten":
                return np.asarray(g * slope * mask)
        return np.asarray(g * slope * mask / keep)

    return f, vjp, [rng.normal(size=(N, D))]


def bilinear(rng: Generator, mistake: str | None) -> Problem:
    """xᵀAx, a number: its gradient is (A + Aᵀ)x."""
    (n,) = sizes(rng, 1)

    def f(x: Array, A: Array) -> Array:
        return np.asarray(x @ A @ x)

    def vjp(x: Array, A: Array) -> tuple[Array, ...]:
        match mistake:
            case "as if A were symmetric":
                return 2 * A @ x, np.outer(x, x)
            case "Ax alone":
                return A @ x, np.outer(x, x)
        return (A + A.T) @ x, np.outer(x, x)

    return f, vjp, [rng.normal(size=n), rng.normal(size=(n, n))]


def mean_of_rows(rng: Generator, mistake: str | None) -> Problem:
    """The mean of the squares of each row."""
    N, D = sizes(rng, 2)

    def f(X: Array) -> Array:
        return np.asarray((X**2).mean(axis=1))

    def vjp(X: Array, g: Array) -> Array:
        return g[:, None] * 2 * X / (1 if mistake == "mean taken as a sum" else D)

    return f, vjp, [rng.normal(size=(N, D))]


def picked(rng: Generator, mistake: str | None) -> Problem:
    """The entry of each row that its label names."""
    N, D = sizes(rng, 2)
    y = labels(rng, N, D)

    def f(X: Array) -> Array:
        return X[np.arange(N), y]

    def vjp(X: Array, g: Array) -> Array:
        dX = np.zeros_like(X)
        dX[np.arange(N), (y + 1) % D if mistake == "labels off by one" else y] = g
        return dX

    return f, vjp, [rng.normal(size=(N, D))]


# fmt: off
CASES = (
    *cases(linear, {
        "dW in numerator layout": "numerator-layout|transposed",
        "dW's numbers in the order of its transpose": "transposed|numerator-layout",
        "b not summed over the batch": "not-summed-over-batch",
        "b averaged over the batch": "averaged-bias|missing-mean|factor",
        "b keeps the batch's axis": "keepdims",
        "b from the last sample": "one-sample",
        "b from the first sample, N times": "one-sample",
        "b forgotten": None,
        "dX forgotten in one row": "one-coordinate|one-sample",
        "b's sign": "sign",
        "upstream taken as ones": "upstream-ignored",
        "sign of the upstream alone": "upstream-ignored",
    }),
    *cases(linear_square, {"W not transposed": "operand-not-transposed", "dW transposed": "transposed"}),
    *cases(gated, {"the gradients in the other order": "swapped", "the other factor forgotten": "missing-factor"}),
    *cases(two_layers, {
        "back through W instead of V": None,
        "back through V not transposed": "operand-not-transposed",
        "tanh' from its argument": "wrong-activation-derivative",
    }),
    *cases(scale_and_shift, {
        "gamma forgotten": "missing-factor",
        "x forgotten": "missing-factor",
        "gamma not summed over the batch": "not-summed-over-batch",
    }),
    *cases(dropout, {"mask forgotten": "missing-mask", "1/keep forgotten": "factor"}),
    *cases(bilinear, {"as if A were symmetric": None, "Ax alone": None}),
    *cases(mean_of_rows, {"mean taken as a sum": "missing-mean|factor"}),
    *cases(picked, {"labels off by one": None}),
)
# fmt: on
