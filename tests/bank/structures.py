"""Values that are used more than once, by index, in time or in a window: their gradients add up."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.bank.case import Array, Generator, Problem, cases, sizes, softmax


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


# fmt: off
CASES = (
    *cases(used_three_times, {
        # As x·x + x·b + sin x is a function of every entry, so is any wrong derivative of it: f and vjp are the same.
        "only its last use counts": "overwritten|wrong-activation-derivative",
        "x·x counts once": None,
        "b not summed": "not-summed-over-batch",
        "b from the first sample": "one-sample",
    }),
    *cases(residual, {"the way around the layer forgotten": "overwritten"}),
    *cases(embedding, {"dE[i] = g": "overwritten", "dE[i] += g": "overwritten"}),
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
)
# fmt: on
