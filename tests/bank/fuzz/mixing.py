"""Layers that mix entries, with or without parameters: (N, D) to (N', D')."""

from __future__ import annotations

import numpy as np

from tests.bank.case import Array, Generator, softmax
from tests.bank.fuzz.layer import Layer, like

BIAS = {"b not summed": "not-summed-over-batch", "b averaged": "averaged-bias", "b from the last sample": "one-sample"}
BIAS |= {"b keeps its axis": "keepdims"}


def bias(mistake: str | None, g: Array) -> Array:
    """The gradient of what is broadcast over the batch."""
    match mistake:
        case "b not summed":
            return g
        case "b averaged":
            return np.asarray(g.mean(axis=0))
        case "b from the last sample":
            return np.asarray(g[-1])
    return np.asarray(g.sum(axis=0, keepdims=mistake == "b keeps its axis"))


def dense(rng: Generator, N: int, D: int) -> Layer:
    """hW + b."""
    H = D if rng.random() < 0.3 else int(rng.integers(3, 9))

    def backward(mistake: str | None, h: Array, g: Array, W: Array, b: Array) -> tuple[Array, ...]:
        dh, dW = g @ W.T, h.T @ g
        match mistake:
            case "W not transposed":
                dh = g @ W
            case "dW transposed":
                dW = dW.T
            case "dW from the last sample":
                dW = h[-1:].T @ g[-1:]
        return dh, dW, bias(mistake, g)

    mistakes = BIAS | {"dW from the last sample": "one-sample"}
    mistakes |= {"W not transposed": "operand-not-transposed", "dW transposed": "transposed"} if H == D else {}
    params = rng.normal(size=(D, H)) / np.sqrt(D), rng.normal(size=H) / 2
    return Layer("dense", lambda h, W, b: h @ W + b, backward, params, mistakes)


def residual(rng: Generator, N: int, D: int) -> Layer:
    """h + tanh(hW)."""

    def backward(mistake: str | None, h: Array, g: Array, W: Array) -> tuple[Array, ...]:
        dz = g * (1 - np.tanh(h @ W) ** 2)
        inner = dz @ (W if mistake == "W not transposed" else W.T)
        return (inner if mistake == "skip forgotten" else g + inner), h.T @ dz

    mistakes = {"skip forgotten": "overwritten", "W not transposed": "operand-not-transposed"}
    return Layer("residual", lambda h, W: h + np.tanh(h @ W), backward, (rng.normal(size=(D, D)) / D,), mistakes)


def scale_and_shift(rng: Generator, N: int, D: int) -> Layer:
    """gamma·h + b."""

    def backward(mistake: str | None, h: Array, g: Array, gamma: Array, b: Array) -> tuple[Array, ...]:
        dgamma = (g * h).mean(axis=0) if mistake == "gamma averaged" else (g * h).sum(axis=0)
        return (g if mistake == "gamma forgotten" else g * gamma), dgamma, bias(mistake, g)

    mistakes = BIAS | {"gamma forgotten": "missing-factor", "gamma averaged": "averaged-bias"}
    params = 1 + rng.normal(size=D) / 2, rng.normal(size=D)
    return Layer("scale and shift", lambda h, gamma, b: gamma * h + b, backward, params, mistakes)


def normalise(axis: int) -> Layer:
    """(h − mean)/√(variance + 1e-3) along an axis."""

    def forward(h: Array) -> Array:
        centred = h - h.mean(axis=axis, keepdims=True)
        return np.asarray(centred / np.sqrt(h.var(axis=axis, keepdims=True) + like(np.array(1e-3), h)))

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        eps = like(np.array(0.1 if mistake == "another eps" else 1e-3), h)
        s, hat = 1 / np.sqrt(h.var(axis=axis, keepdims=True) + eps), forward(h)
        mean_path, variance_path = g.mean(axis=axis, keepdims=True), hat * (g * hat).mean(axis=axis, keepdims=True)
        mean_path = 0 * mean_path if mistake == "mean constant" else mean_path
        variance_path = 0 * variance_path if mistake == "variance constant" else variance_path
        return (s * (g - mean_path - variance_path),)

    mistakes = {"mean constant": "batchnorm-mean-path", "variance constant": "batchnorm-variance-path"}
    name = "layer norm" if axis else "batch norm"
    return Layer(name, forward, backward, mistakes=mistakes | {"another eps": "epsilon"})


def softmax_rows(rng: Generator, N: int, D: int) -> Layer:
    """Softmax of each row."""

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        P = softmax(h)
        if mistake == "diagonal":
            return (g * P * (1 - P),)
        return (P * (g - (g * P).sum(axis=0 if mistake == "wrong axis" else 1, keepdims=True)),)

    return Layer("softmax", softmax, backward, mistakes={"diagonal": "softmax-diagonal", "wrong axis": None})


def used_twice(rng: Generator, N: int, D: int) -> Layer:
    """sin h + h·reversed h: every entry has three uses."""

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        product = 0 if mistake == "last use only" else (g + g[:, ::-1]) * h[:, ::-1]
        return (g * np.cos(h) + product,)

    mistakes = {"last use only": "overwritten"}
    return Layer("used twice", lambda h: np.sin(h) + h * h[:, ::-1], backward, mistakes=mistakes)


def maxout(rng: Generator, N: int, D: int) -> Layer:
    """The larger of each entry and its right neighbour, round the row."""

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        mine = (h > np.roll(h, -1, axis=1)).astype(h.dtype)
        if mistake == "spread":
            mine = 0 * mine + like(np.array(0.5), h)
        return (g * mine + np.roll(g * (1 - mine), 1, axis=1),)

    forward = lambda h: np.maximum(h, np.roll(h, -1, axis=1))  # noqa: E731
    return Layer("maxout", forward, backward, mistakes={"spread": "max-spread"})


def dropout(rng: Generator, N: int, D: int) -> Layer:
    """A fixed mask with keep 2/3."""
    mask = (rng.random((N, D)) < 2 / 3) * 1.5

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        factor = {"mask forgotten": 0 * mask + 1.5, "scale forgotten": mask / 1.5}.get(mistake or "", mask)
        return (g * like(factor, h),)

    mistakes = {"mask forgotten": "missing-mask", "scale forgotten": "factor"}
    return Layer("dropout", lambda h: h * like(mask, h), backward, mistakes=mistakes)


def gather(rng: Generator, N: int, D: int) -> Layer:
    """N rows by index, some of them twice."""
    index = rng.integers(0, N, size=N)
    index[1] = index[0]

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        dh = np.zeros_like(h)
        if mistake == "overwrites":
            dh[index] = g
        else:
            np.add.at(dh, index, g)
        return (dh,)

    return Layer("gather", lambda h: h[index], backward, mistakes={"overwrites": "overwritten"})


def running_sum(rng: Generator, N: int, D: int) -> Layer:
    """Sums along the row, up to each entry."""

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        return (np.cumsum(g, axis=1) if mistake == "not reversed" else np.cumsum(g[:, ::-1], axis=1)[:, ::-1],)

    return Layer("running sum", lambda h: np.cumsum(h, axis=1), backward, mistakes={"not reversed": None})


def attention(rng: Generator, N: int, D: int) -> Layer:
    """softmax(hhᵀ/√D)h."""
    scale = np.array(1 / np.sqrt(D))

    def backward(mistake: str | None, h: Array, g: Array) -> tuple[Array, ...]:
        s = like(scale, h)
        P = softmax(h @ h.T * s)
        dP = g @ h.T
        dS = dP * P * (1 - P) if mistake == "diagonal" else P * (dP - (dP * P).sum(axis=1, keepdims=True))
        dS = dS if mistake == "scale forgotten" else dS * s
        values = 0 if mistake == "values forgotten" else (P if mistake == "P not transposed" else P.T) @ g
        return (values + dS @ h + dS.T @ h,)

    mistakes = {"diagonal": "softmax-diagonal", "P not transposed": "operand-not-transposed"}
    mistakes |= {"values forgotten": "overwritten"}
    forward = lambda h: softmax(h @ h.T * like(scale, h)) @ h  # noqa: E731
    return Layer("attention", forward, backward, mistakes={**mistakes, "scale forgotten": None})


LAYERS = (
    *(dense, dense, dense, residual, scale_and_shift, softmax_rows, used_twice, maxout, dropout, gather),
    *(running_sum, attention, lambda rng, N, D: normalise(0), lambda rng, N, D: normalise(1)),
)
