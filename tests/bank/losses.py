"""Losses: f is a number, so there is no upstream gradient; and softmax as a layer."""

from __future__ import annotations

import numpy as np

from tests.bank.case import Array, Generator, Problem, cases, labels, logsumexp, one_hot, sigmoid, sizes, softmax


def mean_squares(rng: Generator, mistake: str | None) -> Problem:
    """‖XW + b − Y‖² / 2m, W (D, K), b (K,)."""
    m, D, K = sizes(rng, 3, 4, 12)
    X, Y = rng.normal(size=(m, D)), rng.normal(size=(m, K))

    def f(W: Array, b: Array) -> float:
        return float(((X @ W + b - Y) ** 2).sum() / (2 * m))

    def vjp(W: Array, b: Array) -> tuple[Array, ...]:
        E = (X @ W + b - Y) / m
        dW, db = X.T @ E, E.sum(axis=0)
        match mistake:
            case "climbs":
                return -dW, -db
            case "b's sign":
                return dW, -db
            case "1/m forgotten":
                return dW * m, db * m
            case "1/m twice":
                return dW / m, db / m
            case "½ forgotten":
                return 2 * dW, 2 * db
            case "a thousandth too large":
                return 1.001 * dW, 1.001 * db
            case "a hundred-thousandth too large":
                return 1.00002 * dW, 1.00002 * db
            case "b not summed":
                return dW, E
            case "b averaged":
                return dW, E.mean(axis=0)
            case "b as a row":
                return dW, db[None, :]
            case "numerator layout":
                return dW.T, db
            case "only the last sample":
                return X[-1:].T @ E[-1:], E[-1]
            case "target forgotten":
                P = (X @ W + b) / m
                return X.T @ P, P.sum(axis=0)
            case "dW's columns reversed":
                return dW[:, ::-1], db
        return dW, db

    return f, vjp, [rng.normal(size=(D, K)), rng.normal(size=K)]


def cross_entropy(rng: Generator, mistake: str | None, *, spread: float = 1.0, decay: float = 0.0) -> Problem:
    """Mean cross-entropy of XW + b, with decay·‖W‖² if asked for."""
    m, D, K = 16, *sizes(rng, 2, 5, 10)
    X, y = rng.normal(size=(m, D)), labels(rng, m, K)
    W, b = rng.normal(size=(D, K)) * spread, rng.normal(size=K) / 10
    Y = one_hot(y, K)

    def f(W: Array, b: Array) -> float:
        Z = X @ W + b
        if mistake == "softmax twice on the way forward":
            Z = softmax(Z)
        return float((logsumexp(Z) - Z[np.arange(m), y]).mean() + decay * (W**2).sum())

    def vjp(W: Array, b: Array) -> tuple[Array, ...]:
        P = softmax(X @ W + b)
        penalty = {"penalty forgotten": 0.0, "penalty halved": decay, "penalty's sign": -2 * decay}
        G = (P - Y) / m
        match mistake:
            case "softmax twice on the way back" | "softmax twice on the way forward":
                G = (softmax(P) - Y) / m
            case "one class halved":
                G[:, 2] /= 2
            case "labels off by one":
                G = (P - np.roll(Y, 1, axis=1)) / m
            case "labels forgotten":
                G = P / m
            case "1/m forgotten":
                G = P - Y
        return X.T @ G + penalty.get(mistake or "", 2 * decay) * W, G.sum(axis=0)

    return f, vjp, [W, b]


def cross_entropy_with_penalty(rng: Generator, mistake: str | None) -> Problem:
    """With an L2 penalty of 1e-3."""
    return cross_entropy(rng, mistake, decay=1e-3)


def cross_entropy_of_large_logits(rng: Generator, mistake: str | None) -> Problem:
    """Logits of several hundred."""
    return cross_entropy(rng, mistake, spread=300.0)


def softmax_layer(rng: Generator, mistake: str | None) -> Problem:
    """Softmax of each row."""
    N, K = sizes(rng, 2)

    def vjp(Z: Array, g: Array) -> Array:
        P = softmax(Z)
        match mistake:
            case "the Jacobian's diagonal":
                return np.asarray(g * P * (1 - P))
            case "summed over the wrong axis":
                return np.asarray(P * (g - (g * P).sum(axis=0, keepdims=True)))
            case "g·P":
                return np.asarray(g * P)
        return np.asarray(P * (g - (g * P).sum(axis=1, keepdims=True)))

    return softmax, vjp, [rng.normal(size=(N, K))]


def log_softmax_layer(rng: Generator, mistake: str | None) -> Problem:
    """log softmax of each row."""
    N, K = sizes(rng, 2)

    def f(Z: Array) -> Array:
        return np.asarray(Z - logsumexp(Z)[:, None])

    def vjp(Z: Array, g: Array) -> Array:
        if mistake == "as if g summed to one":
            return np.asarray(g - softmax(Z))
        return np.asarray(g - softmax(Z) * g.sum(axis=1, keepdims=True))

    return f, vjp, [rng.normal(size=(N, K))]


def binary_cross_entropy(rng: Generator, mistake: str | None) -> Problem:
    """Of sigmoid(Xw + b), mean over the samples."""
    m, D = sizes(rng, 2, 5, 12)
    X, y = rng.normal(size=(m, D)), np.arange(m) % 2

    def f(w: Array, b: Array) -> float:
        z = X @ w + b
        return float((np.logaddexp(0, z) - y * z).mean())

    def vjp(w: Array, b: Array) -> tuple[Array, Array]:
        p = sigmoid(X @ w + b)
        e = (p - y) / m
        match mistake:
            case "the squared loss' gradient":
                e = (p - y) * p * (1 - p) / m
            case "1/m forgotten":
                e = p - y
            case "y − p":
                e = (y - p) / m
        db = e[-1] if mistake == "b from the last sample" else e.sum()
        return X.T @ e, np.asarray(db)

    return f, vjp, [rng.normal(size=D), np.asarray(rng.normal())]


def hinge(rng: Generator, mistake: str | None) -> Problem:
    """The mean multi-class hinge loss of XW, with ½·decay·‖W‖²."""
    m, D, K = sizes(rng, 3, 4, 10)
    X, y, decay = rng.normal(size=(m, D)), labels(rng, m, K), 0.05

    def f(W: Array) -> float:
        S = X @ W
        margins = np.maximum(0, S - S[np.arange(m), y][:, None] + 1)
        margins[np.arange(m), y] = 0
        return float(margins.sum() / m + decay * (W**2).sum() / 2)

    def vjp(W: Array) -> Array:
        S = X @ W
        over = (S - S[np.arange(m), y][:, None] + 1 > 0).astype(float)
        over[np.arange(m), y] = 0
        if mistake != "the right class forgotten":
            over[np.arange(m), y] = -over.sum(axis=1)
        factor = {"penalty forgotten": 0.0, "penalty doubled": 2.0}.get(mistake or "", 1.0)
        grad = X.T @ over / (1 if mistake == "1/m forgotten" else m)
        return np.asarray(grad + factor * decay * W)

    return f, vjp, [rng.normal(size=(D, K))]


# fmt: off
CASES = (
    *cases(mean_squares, {
        "climbs": "sign", "b's sign": "sign",
        "1/m forgotten": "missing-mean|factor", "1/m twice": "factor", "½ forgotten": "factor",
        "a thousandth too large": "factor", "a hundred-thousandth too large": "factor",
        "b not summed": "not-summed-over-batch", "b averaged": "averaged-bias|factor", "b as a row": "keepdims",
        "numerator layout": "numerator-layout|transposed",
        "only the last sample": "one-sample", "target forgotten": None, "dW's columns reversed": None,
    }),
    *cases(cross_entropy, {
        "softmax twice on the way forward": "double-softmax",
        "softmax twice on the way back": "double-softmax",
        "one class halved": "one-coordinate",
        "labels off by one": None, "labels forgotten": None,
        "1/m forgotten": "missing-mean|factor",
    }),
    *cases(cross_entropy_with_penalty, {
        "penalty forgotten": "missing-l2", "penalty halved": "l2-factor", "penalty's sign": "l2-factor|missing-l2",
    }),
    *cases(cross_entropy_of_large_logits, {"labels off by one": None}),
    *cases(softmax_layer, {
        "the Jacobian's diagonal": "softmax-diagonal", "summed over the wrong axis": None, "g·P": None,
    }),
    *cases(log_softmax_layer, {"as if g summed to one": "upstream-ignored"}),
    *cases(binary_cross_entropy, {
        "the squared loss' gradient": None, "1/m forgotten": "missing-mean|factor", "y − p": "sign",
        "b from the last sample": "one-sample",
    }),
    *cases(hinge, {
        "the right class forgotten": None, "1/m forgotten": None,
        "penalty forgotten": "missing-l2", "penalty doubled": "l2-factor",
    }),
)
# fmt: on
