"""Numbers that are very small, very large, or both at once."""

from __future__ import annotations

from functools import partial

import numpy as np

from tests.bank.case import Array, Generator, Problem, cases, sigmoid


def logarithms(rng: Generator, mistake: str | None, *, scales: tuple[float, ...]) -> Problem:
    """Σ c·log x with x of the given scales."""
    x = np.concatenate([scale * (0.3 + np.abs(rng.normal(size=10))) for scale in scales])
    c = rng.normal(size=x.size)

    def f(x: Array) -> float:
        return float((c * np.log(x)).sum())

    def vjp(x: Array) -> Array:
        match mistake:
            case "c/(x + 1e-3)":
                return np.asarray(c / (x + 1e-3))
            case "c forgotten":
                return 1 / x
            case "small x get nothing":
                return np.where(x < 1, 0, c / x)
            case "large x get nothing":
                return np.where(x > 1, 0, c / x)
            case "half as much":
                return np.asarray(c / x / 2)
        return np.asarray(c / x)

    return f, vjp, [x]


def large_inputs(rng: Generator, mistake: str | None) -> Problem:
    """Σ log(1 + x²) at a million."""

    def f(x: Array) -> float:
        return float(np.log1p(x * x).sum())

    def vjp(x: Array) -> Array:
        grad = 2 * x / (1 + x**2)
        match mistake:
            case "sign":
                return np.asarray(-grad)
            case "2 forgotten":
                return np.asarray(grad / 2)
            case "nothing":
                return np.zeros_like(x)
        return np.asarray(grad)

    return f, vjp, [1e6 * rng.normal(size=15)]


def small_probabilities(rng: Generator, mistake: str | None) -> Problem:
    """Binary cross-entropy of probabilities down to 1e-9."""
    y = np.arange(24) % 2

    def f(p: Array) -> float:
        return float(-(y * np.log(p) + (1 - y) * np.log1p(-p)).mean())

    def vjp(p: Array) -> Array:
        one, other = y / p, (1 - y) / (1 - p)
        match mistake:
            case "the other term's sign":
                return np.asarray(-(one + other) / p.size)
            case "the other term forgotten":
                return np.asarray(-one / p.size)
            case "y/(p + 1e-8)":
                return np.asarray(-(y / (p + 1e-8) - other) / p.size)
        return np.asarray(-(one - other) / p.size)

    return f, vjp, [10.0 ** rng.uniform(-9, -1, size=24)]


def beside_a_large_constant(rng: Generator, mistake: str | None) -> Problem:
    """A loss of 1e7 of which next to nothing depends on w."""
    X = rng.normal(size=(50, 4))

    def f(w: Array) -> float:
        return float(1e7 + (np.tanh(X @ w) ** 2).sum())

    def vjp(w: Array) -> Array:
        t = np.tanh(X @ w)
        grad = X.T @ (2 * t * (1 - t**2))
        if mistake == "one per cent too large":
            grad = 1.01 * grad
        if mistake == "2 forgotten":
            grad = grad / 2
        return np.asarray(grad)

    return f, vjp, [rng.normal(size=4)]


def fourier_features(rng: Generator, mistake: str | None) -> Problem:
    """Sines with a frequency of 300: a step that is small elsewhere spans several periods."""
    B, t = 300 * rng.normal(size=(12, 6)), rng.normal(size=6)

    def f(x: Array) -> float:
        return float(np.sin(x @ B) @ t)

    def vjp(x: Array) -> Array:
        grad = B @ (np.cos(x @ B) * t)
        match mistake:
            case "a thousandth too large":
                return np.asarray(1.001 * grad)
            case "cos for its sign":
                return np.asarray(B @ (-np.cos(x @ B) * t))
        return np.asarray(grad)

    return f, vjp, [rng.normal(size=12)]


def deep_sigmoids(rng: Generator, mistake: str | None) -> Problem:
    """Twelve layers of sigmoids: the first layers' gradients are some 1e-9."""
    depth, N, D = 12, 5, 6
    X, Y = rng.normal(size=(N, D)), rng.normal(size=(N, D))

    def outputs(Ws: tuple[Array, ...]) -> list[Array]:
        a = [X]
        for W in Ws:
            a.append(sigmoid(a[-1] @ W))
        return a

    def f(*Ws: Array) -> float:
        return float(((outputs(Ws)[-1] - Y) ** 2).mean())

    def vjp(*Ws: Array) -> list[Array]:
        a = outputs(Ws)
        d, grads = 2 * (a[-1] - Y) / Y.size, list(Ws)
        for k in reversed(range(depth)):
            d = d * a[k + 1] * (1 - a[k + 1])
            grads[k] = a[k].T @ d
            d = d @ Ws[k].T
        match mistake:
            case "first layer gets nothing":
                grads[0] = np.zeros_like(grads[0])
            case "first layer twice":
                grads[0] = 2 * grads[0]
            case "first layer one per cent too large":
                grads[0] = 1.01 * grads[0]
            case "first layer's sign":
                grads[0] = -grads[0]
            case "one coordinate of the first layer":
                grads[0][0, 0] = 0
        return grads

    return f, vjp, [rng.normal(size=(D, D)) / 2 for _ in range(depth)]


def constant(rng: Generator, mistake: str | None) -> Problem:
    """A function that does not depend on its argument."""

    def f(x: Array) -> float:
        return 3.0

    def vjp(x: Array) -> Array:
        return x if mistake == "a gradient of x" else np.zeros_like(x)

    return f, vjp, [rng.normal(size=10)]


def one_parameter_unused(rng: Generator, mistake: str | None) -> Problem:
    """The second parameter is not used; its gradient is zero."""

    def f(x: Array, unused: Array) -> Array:
        return np.asarray(np.exp(x) + 0 * unused.sum())

    def vjp(x: Array, unused: Array, g: Array) -> tuple[Array, Array]:
        other = np.full_like(unused, 1e-3) if mistake == "a thousandth for what is unused" else np.zeros_like(unused)
        return g * np.exp(x), other

    return f, vjp, [rng.normal(size=5), rng.normal(size=4)]


def linear_at_zero(rng: Generator, mistake: str | None) -> Problem:
    """All parameters start at zero, as for logistic regression."""
    X, y = rng.normal(size=(11, 4)), np.arange(11) % 2

    def f(w: Array, b: Array) -> float:
        z = X @ w + b
        return float((np.logaddexp(0, z) - y * z).sum())

    def vjp(w: Array, b: Array) -> tuple[Array, Array]:
        e = sigmoid(X @ w + b) - y
        return X.T @ e, np.asarray(e.mean() if mistake == "b averaged" else e.sum()).reshape(1)

    return f, vjp, [np.zeros(4), np.zeros(1)]


# fmt: off
TINY, BOTH, ONE = (1e-6,), (1e-6, 1e6), (1.0,)
CASES = (
    *cases(partial(logarithms, scales=ONE), {"c/(x + 1e-3)": "epsilon", "c forgotten": None}, name="logarithms"),
    *cases(partial(logarithms, scales=TINY), {"half as much": "factor"}, name="logarithms of millionths"),
    *cases(partial(logarithms, scales=BOTH), {"small x get nothing": None, "large x get nothing": None},
           name="logarithms of millionths and millions"),
    *cases(large_inputs, {"sign": "sign", "2 forgotten": "factor", "nothing": None}),
    *cases(small_probabilities, {
        "the other term's sign": None, "the other term forgotten": None, "y/(p + 1e-8)": "epsilon",
    }),
    *cases(beside_a_large_constant, {"one per cent too large": "factor", "2 forgotten": "factor"}),
    *cases(fourier_features, {"a thousandth too large": "factor", "cos for its sign": "sign"}),
    *cases(deep_sigmoids, {
        "first layer gets nothing": None, "first layer twice": "factor", "first layer one per cent too large": "factor",
        "first layer's sign": "sign", "one coordinate of the first layer": "one-coordinate",
    }),
    *cases(constant, {"a gradient of x": None}),
    *cases(one_parameter_unused, {"a thousandth for what is unused": None}),
    *cases(linear_at_zero, {"b averaged": "averaged-bias|missing-mean|factor"}),
)
# fmt: on
