"""Networks of two layers with a mean cross-entropy: small, near kinks, of 100,000 parameters, in low precision."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from tests.bank.case import Array, Generator, Problem, cases, labels, logsumexp, one_hot, sigmoid, softmax

ACTIVATIONS: dict[str, Callable[[Array], Array]]
ACTIVATIONS = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh, "sigmoid": sigmoid}
SLOPES: dict[str, Callable[[Array, Array], Array]]
SLOPES = {"relu": lambda z, a: 1 * (z > 0), "tanh": lambda z, a: 1 - a * a, "sigmoid": lambda z, a: a * (1 - a)}


def network(
    rng: Generator,
    mistake: str | None,
    *,
    activation: str = "relu",
    widths: tuple[int, int, int] = (10, 16, 4),
    dtype: npt.DTypeLike = np.float64,
    at_kinks: bool = False,
    zeros: bool = False,
) -> Problem:
    """Eight samples X (8, D); W1 (D, H), b1, W2 (H, K), b2. All in `dtype`, unless f is given another."""
    m, (D, H, K) = 8, widths
    X, y = rng.normal(size=(m, D)), labels(rng, m, K)
    Y, act, slope = one_hot(y, K), ACTIVATIONS[activation], SLOPES[activation]
    W1, b1 = rng.normal(size=(D, H)) * np.sqrt(2 / D), rng.normal(size=H) / 10
    W2, b2 = rng.normal(size=(H, K)) * np.sqrt(1 / H), np.full(K, 0.01)
    if at_kinks:  # every other unit is 1e-7 above or below zero for the first sample
        b1[::2] -= (X[0] @ W1 + b1)[::2] - 1e-7 * np.where(np.arange(H)[::2] % 4, 1, -1)
    if zeros:
        W2, b1, b2 = W2 * 0, b1 * 0, b2 * 0

    def f(W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
        Z = act(X.astype(W1.dtype) @ W1 + b1) @ W2 + b2
        return np.asarray((logsumexp(Z) - Z[np.arange(m), y]).mean())

    def vjp(W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, ...]:
        x = X.astype(W1.dtype)
        z = x @ W1 + b1
        a = act(z)
        G = (softmax(a @ W2 + b2) - Y.astype(W1.dtype)) / m
        dz = G @ W2.T * slope(z, a)
        match mistake:
            case "slope from the argument":
                dz = G @ W2.T * slope(z, z)
            case "slope of the slope's argument":
                dz = G @ W2.T * slope(a, act(a))
            case "slope forgotten":
                dz = G @ W2.T
        dW1, db1, dW2, db2 = x.T @ dz, dz.sum(axis=0), a.T @ G, G.sum(axis=0)
        match mistake:
            case "one coordinate zero":
                dW1[np.unravel_index(np.argsort(np.abs(dW1), axis=None)[int(0.6 * dW1.size)], dW1.shape)] = 0
            case "one row zero":
                dW1[np.abs(dW1).max(axis=1).argmax()] = 0
            case "one column zero":
                dW1[:, np.abs(dW1).max(axis=0).argmax()] = 0
            case "b1 averaged":
                db1 = dz.mean(axis=0)
            case "W1 one per cent too large":
                dW1 = dW1 * dW1.dtype.type(1.01)
            case "all a thousandth too large":
                return tuple(d * d.dtype.type(1.001) for d in (dW1, db1, dW2, db2))
            case "W1 transposed":
                dW1 = dW1.T
            case "the last sample only":
                return x[-1:].T @ dz[-1:], dz[-1], a[-1:].T @ G[-1:], G[-1]
        return dW1, db1, dW2, db2

    return f, vjp, [p.astype(dtype) for p in (W1, b1, W2, b2)]


def float32_inside(rng: Generator, mistake: str | None, *, dtype: type = np.float32) -> Problem:
    """Computes in low precision whatever it is given, so nothing sharper than that can be told. Returns float32."""
    low = partial(np.asarray, dtype=dtype)
    X, T = low(rng.normal(size=(10, 8))), low(rng.normal(size=(10, 3)))

    def f(W: Array) -> Array:
        return np.asarray(((np.tanh(X @ low(W)) - T) ** 2).mean(), dtype=np.float32)

    def vjp(W: Array) -> Array:
        out = np.tanh(X @ low(W))
        dW = X.T @ (2 * (out - T) / dtype(out.size) * (1 - out * out))
        factor = {"five per cent too large": 1.05, "twice": 2, "sign": -1}.get(mistake or "", 1)
        return np.asarray(dW * dtype(factor), dtype=np.float32)

    return f, vjp, [rng.normal(size=(8, 3)) / 2]


def sum_of_many(rng: Generator, mistake: str | None) -> Problem:
    """A sum of 200,000 terms, whose rounding errors add up."""
    x, y = rng.normal(size=200_000), rng.normal(size=200_000)

    def f(w: Array) -> float:
        return float(((w[0] * x + w[1] - y) ** 2).sum())

    def vjp(w: Array) -> Array:
        e = 2 * (w[0] * x + w[1] - y)
        if mistake == "one sample twice":
            e[0] *= 2e3
        if mistake == "the last tenth of the samples forgotten":
            e[180_000:] = 0
        return np.array([e @ x, e.sum()])

    return f, vjp, [rng.normal(size=2)]


tanh, sigmoids = partial(network, activation="tanh"), partial(network, activation="sigmoid")
single = partial(network, activation="tanh", dtype=np.float32)
large = partial(network, widths=(784, 128, 10))

# fmt: off
CASES = (
    *cases(network, {
        "slope forgotten": "missing-mask|wrong-activation-derivative", "one row zero": "one-coordinate",
        "one column zero": "one-coordinate", "one coordinate zero": "one-coordinate",
        "the last sample only": "one-sample",
        "W1 transposed": "numerator-layout|transposed",
    }, name="relu network"),
    *cases(partial(network, at_kinks=True), {"W1 one per cent too large": "factor"}, name="relu network near kinks"),
    *cases(partial(network, zeros=True), {"the last sample only": "one-sample"},
           name="relu network that starts at zero"),
    *cases(tanh, {
        "slope from the argument": "wrong-activation-derivative", "b1 averaged": "averaged-bias|missing-mean|factor",
        "all a thousandth too large": "factor",
    }, name="tanh network"),
    *cases(sigmoids, {"slope of the slope's argument": "wrong-activation-derivative"}, name="sigmoid network"),
    *cases(single, {"W1 one per cent too large": "factor", "all a thousandth too large": "factor"},
           name="tanh network in float32"),
    *cases(partial(network, dtype=np.float32, widths=(20, 32, 4)), {"b1 averaged": "averaged-bias|missing-mean|factor"},
           name="relu network in float32"),
    *cases(float32_inside, {"five per cent too large": "factor", "sign": "sign"}),
    *cases(partial(float32_inside, dtype=np.float16), {"twice": "factor"}, name="float16 inside"),
    *cases(sum_of_many, {"one sample twice": None, "the last tenth of the samples forgotten": None}),
    *cases(large, {
        "one coordinate zero": "one-coordinate", "one row zero": "one-coordinate",
        "b1 averaged": "averaged-bias|missing-mean|factor",
    }, name="relu network of 784-128-10", large=True),
)
# fmt: on
