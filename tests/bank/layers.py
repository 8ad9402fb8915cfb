"""Layers with a vector output: the upstream gradient g comes from outside."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.bank.case import Array, Generator, Problem, cases, labels, sizes, softmax


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


def used_three_times(rng: Generator, mistake: str | None) -> Problem:
    """x·x + x·b + sin x: a node that is used more than once."""
    N, D = sizes(rng, 2)

    def f(x: Array, b: Array) -> Array:
        return np.asarray(x * x + x * b + np.sin(x))

    def vjp(x: Array, b: Array, g: Array) -> tuple[Array, ...]:
        dx, db = g * (2 * x + b + np.cos(x)), (g * x).sum(axis=0)
        match mistake:
            case "only its last use counts":
                dx = g * np.cos(x)
            case "x·x counts once":
                dx = g * (x + b + np.cos(x))
            case "b not summed":
                db = g * x
            case "b from the first sample":
                db = (g * x)[0]
        return dx, db

    return f, vjp, [rng.normal(size=(N, D)), rng.normal(size=D)]


def residual(rng: Generator, mistake: str | None) -> Problem:
    """h + tanh(hW)."""
    N, D = sizes(rng, 2)

    def f(h: Array, W: Array) -> Array:
        return np.asarray(h + np.tanh(h @ W))

    def vjp(h: Array, W: Array, g: Array) -> tuple[Array, ...]:
        dz = g * (1 - np.tanh(h @ W) ** 2)
        skip = 0 if mistake == "the way around the layer forgotten" else g
        return skip + dz @ W.T, h.T @ dz

    return f, vjp, [rng.normal(size=(N, D)), rng.normal(size=(D, D)) / 2]


def embedding(rng: Generator, mistake: str | None) -> Problem:
    """tanh(E[i]) where indices repeat."""
    rows, D = 10, 4
    index = np.array([1, 3, 3, 7, 1, 1])

    def f(E: Array) -> Array:
        return np.asarray(np.tanh(E[index]))

    def vjp(E: Array, g: Array) -> Array:
        dE = np.zeros_like(E)
        rows_gradient = g * (1 - np.tanh(E[index]) ** 2)
        if mistake == "dE[i] = g":
            dE[index] = rows_gradient
        elif mistake == "dE[i] += g":
            dE[index] += rows_gradient
        else:
            np.add.at(dE, index, rows_gradient)
        return dE

    return f, vjp, [rng.normal(size=(rows, D))]


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


def attention(rng: Generator, mistake: str | None) -> Problem:
    """softmax(QKᵀ/√d)V."""
    T, d = 5, 3

    def f(Q: Array, K: Array, V: Array) -> Array:
        return softmax(Q @ K.T / np.sqrt(d)) @ V

    def vjp(Q: Array, K: Array, V: Array, g: Array) -> tuple[Array, ...]:
        P = softmax(Q @ K.T / np.sqrt(d))
        dP = g @ V.T
        dS = P * (dP - (dP * P).sum(axis=1, keepdims=True))
        match mistake:
            case "softmax' from its diagonal":
                dS = dP * P * (1 - P)
            case "dK and dQ in the other order":
                return dS.T @ Q / np.sqrt(d), dS @ K / np.sqrt(d), P.T @ g
            case "1/√d forgotten":
                return dS @ K, dS.T @ Q, P.T @ g
            case "P not transposed":
                return dS @ K / np.sqrt(d), dS.T @ Q / np.sqrt(d), P @ g
        return dS @ K / np.sqrt(d), dS.T @ Q / np.sqrt(d), P.T @ g

    return f, vjp, [rng.normal(size=(T, d)) for _ in range(3)]


def recurrent(rng: Generator, mistake: str | None) -> Problem:
    """The last state of twenty steps h ← tanh(xV + hW + b)."""
    steps, (N, D, H) = 20, (3, 4, 5)
    X = rng.normal(size=(steps, N, D))

    def states(V: Array, W: Array, b: Array) -> list[Array]:
        h = [np.zeros((N, H))]
        for x in X:
            h.append(np.tanh(x @ V + h[-1] @ W + b))
        return h

    def f(V: Array, W: Array, b: Array) -> Array:
        return states(V, W, b)[-1]

    def vjp(V: Array, W: Array, b: Array, g: Array) -> tuple[Array, ...]:
        h, dV, dW, db, dh = states(V, W, b), 0 * V, 0 * W, 0 * b, g
        back = {"the last step only": 1, "truncated after five steps": 5}.get(mistake or "", steps)
        for t in range(steps - 1, steps - 1 - back, -1):
            dz = dh * (1 - h[t + 1] ** 2)
            dV, dW, db = dV + X[t].T @ dz, dW + h[t].T @ dz, db + dz.sum(axis=0)
            if mistake == "the gradient of each step replaces that of the one after":
                dV, dW, db = X[t].T @ dz, h[t].T @ dz, dz.sum(axis=0)
            dh = dz @ W.T
        return dV, dW, db

    return f, vjp, [rng.normal(size=(D, H)) / 2, rng.normal(size=(H, H)) / 2, rng.normal(size=H) / 5]


def convolution(rng: Generator, mistake: str | None) -> Problem:
    """A valid cross-correlation of X (N, C, 6, 6) with K (F, C, 3, 3)."""

    def f(X: Array, K: Array) -> Array:
        return np.asarray(np.einsum("ncijkl,fckl->nfij", sliding_window_view(X, (3, 3), (2, 3)), K))

    def vjp(X: Array, K: Array, g: Array) -> tuple[Array, ...]:
        dK = np.einsum("ncijkl,nfij->fckl", sliding_window_view(X, (3, 3), (2, 3)), g)
        padded = np.pad(g, ((0, 0), (0, 0), (2, 2), (2, 2)))
        kernel = K if mistake == "kernel not flipped" else K[:, :, ::-1, ::-1]
        if mistake == "one sample's kernel":
            dK = np.einsum("cijkl,fij->fckl", sliding_window_view(X[0], (3, 3), (1, 2)), g[0])
        return np.einsum("nfijkl,fckl->ncij", sliding_window_view(padded, (3, 3), (2, 3)), kernel), dK

    return f, vjp, [rng.normal(size=(2, 2, 6, 6)), rng.normal(size=(3, 2, 3, 3))]


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
    *cases(used_three_times, {
        "only its last use counts": "overwritten",
        "x·x counts once": None,
        "b not summed": "not-summed-over-batch",
        "b from the first sample": "one-sample",
    }),
    *cases(residual, {"the way around the layer forgotten": "overwritten"}),
    *cases(embedding, {"dE[i] = g": "overwritten", "dE[i] += g": "overwritten"}),
    *cases(dropout, {"mask forgotten": "missing-mask", "1/keep forgotten": "factor"}),
    *cases(attention, {
        "softmax' from its diagonal": "softmax-diagonal",
        "dK and dQ in the other order": "swapped",
        "1/√d forgotten": "factor",
        "P not transposed": "operand-not-transposed",
    }),
    *cases(recurrent, {
        "the last step only": None,
        "truncated after five steps": None,
        "the gradient of each step replaces that of the one after": "overwritten",
    }),
    *cases(convolution, {"kernel not flipped": None, "one sample's kernel": "one-sample"}),
    *cases(bilinear, {"as if A were symmetric": None, "Ax alone": None}),
    *cases(mean_of_rows, {"mean taken as a sum": "missing-mean|factor"}),
    *cases(picked, {"labels off by one": None}),
)
# fmt: on
