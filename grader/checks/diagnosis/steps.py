"""The layers that a course writes: what each makes of its input, the way back, and what people write instead.

`back(h, G)` gives the gradient by the input h (N, D) from that by the output, G (..., N, D'), over any leading axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from grader.checks.diagnosis.evidence import Array
from grader.checks.diagnosis.slopes import SLOPES, VALUES

EPSILONS = (1e-3, 1e-5, 1e-8)  # beside the variance, as libraries have them
OTHER_EPSILONS = (0.1, 1e-2, 1e-3, 1e-5, 1e-8, 0.0)
SAME_EPSILON = 1e-12
STOPPED = 3  # entries that a relu must have cut off before anything is said of its mask

Back = Callable[[Array], tuple[Array, ...]]  # from G to the gradients by h and by the layer's own parameters


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One layer at its input: its value, the way back, and mistaken ways with what they are called."""

    name: str
    value: Array
    back: Back
    mistakes: tuple[tuple[str, Back], ...] = ()
    own: int = 0  # how many parameters it has
    diagonal: Array | None = None  # the slopes of a function of every entry
    cancels: int | None = None  # an axis along which the gradient by the input sums to zero
    slopes: Mapping[str, tuple[Array, ...]] = field(default_factory=dict)  # the mistaken ones, by code


def softmax(z: Array) -> Array:
    """Along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def steps(h: Array, params: tuple[Array, ...]) -> Iterator[Step]:
    """Every layer that could take h (N, D) and begin with these parameters, the next ones of the network."""
    for name in SLOPES:
        yield _elementwise(name, h)
    yield _softmax(h)
    for axis in (0, 1):
        if h.shape[axis] > 2:
            yield from (_normalise(h, axis, eps) for eps in EPSILONS)
    yield _running_sum(h)
    yield _attention(h)
    if params and params[0].shape == (h.shape[1],) * 2:
        yield _residual(h, params[0])
    if len(params) > 1 and params[0].shape[:1] == h.shape[1:] and params[1].shape == params[0].shape[1:]:
        yield _dense(h, *params[:2])
    if len(params) > 1 and params[0].shape == h.shape[1:] == params[1].shape:
        yield _scale_and_shift(h, *params[:2])


def _elementwise(name: str, h: Array) -> Step:
    right, mistakes = SLOPES[name]
    wrong: dict[str, tuple[Array, ...]] = {"wrong-activation-derivative": tuple(one(h) for one in mistakes)}
    if name == "relu" and np.sum(h <= 0) >= STOPPED:
        wrong["missing-mask"] = (np.ones_like(h),)
        cuts = np.sort(h[(h > 0) & (h < 0.5 * np.max(np.abs(h)))])
        wrong["relu-threshold"] = tuple(1.0 * (h > cut) for cut in cuts)
    slope = right(h)
    return Step(name, VALUES[name](h), lambda G: (G * slope,), diagonal=slope, slopes=wrong)


def _softmax(h: Array) -> Step:
    P = softmax(h)
    mistakes = (("softmax-diagonal", lambda G: (G * P * (1 - P),)),)
    return Step("softmax", P, lambda G: (P * (G - (G * P).sum(axis=-1, keepdims=True)),), mistakes, cancels=-1)


def _normalise(h: Array, axis: int, eps: float) -> Step:
    """(h - mean)/√(variance + ε) along an axis of (N, D)."""
    v, along = h.var(axis=axis, keepdims=True), axis - 2
    s = 1 / np.sqrt(v + eps)
    hat = (h - h.mean(axis=axis, keepdims=True)) * s

    def back(G: Array, mean: float = 1.0, variance: float = 1.0, scale: Array = s) -> tuple[Array, ...]:
        through_mean = mean * G.mean(axis=along, keepdims=True)
        return (scale * (G - through_mean - variance * hat * (G * hat).mean(axis=along, keepdims=True)),)

    mistakes: list[tuple[str, Back]] = [
        ("batchnorm-mean-path", lambda G: back(G, mean=0.0)),
        ("batchnorm-variance-path", lambda G: back(G, variance=0.0)),
        ("batchnorm-mean-path", lambda G: back(G, 0.0, 0.0)),
    ]
    for other in OTHER_EPSILONS:
        if abs(other - eps) > SAME_EPSILON:
            mistakes.append(("epsilon", lambda G, other=other: back(G, scale=1 / np.sqrt(v + other))))  # type: ignore[misc]
    mistakes.append(("epsilon", lambda G: back(G, scale=1 / (np.sqrt(v) + eps))))
    return Step("layer norm" if axis else "batch norm", hat, back, tuple(mistakes), cancels=axis)


def _running_sum(h: Array) -> Step:
    return Step("running sum", np.cumsum(h, axis=1), lambda G: (np.cumsum(G[..., ::-1], axis=-1)[..., ::-1],))


def _attention(h: Array) -> Step:
    """softmax(hhᵀ/√D)h: every row asks every row."""
    scale = 1 / np.sqrt(h.shape[1])
    P = softmax(h @ h.T * scale)

    def back(G: Array, values: Array | None = P.T, diagonal: bool = False) -> tuple[Array, ...]:
        dP = G @ h.T
        dS = dP * P * (1 - P) if diagonal else P * (dP - (dP * P).sum(axis=-1, keepdims=True))
        dS = dS * scale
        by_scores = dS @ h + np.swapaxes(dS, -1, -2) @ h
        return (by_scores if values is None else by_scores + values @ G,)

    mistakes: tuple[tuple[str, Back], ...] = (
        ("softmax-diagonal", lambda G: back(G, diagonal=True)),
        ("operand-not-transposed", lambda G: back(G, values=P)),
        ("overwritten", lambda G: back(G, values=None)),
        ("overwritten", lambda G: (P.T @ G,)),
    )
    return Step("attention", P @ h, back, mistakes)


def _residual(h: Array, W: Array) -> Step:
    """What goes around a layer, and through it: h + tanh(hW)."""
    y = np.tanh(h @ W)

    def back(G: Array, V: Array = W.T, around: float = 1.0, through: float = 1.0) -> tuple[Array, ...]:
        d = G * (1 - y * y)
        return around * G + through * (d @ V), h.T @ d

    mistakes: tuple[tuple[str, Back], ...] = (
        ("overwritten", lambda G: back(G, around=0.0)),
        ("overwritten", lambda G: back(G, through=0.0)),
        ("operand-not-transposed", lambda G: back(G, W)),
    )
    return Step("residual", h + y, back, mistakes, own=1)


def _dense(h: Array, W: Array, b: Array) -> Step:
    """The affine hW + b."""

    def back(G: Array, last: Array = h.T, biases: Callable[[Array], Array] = _summed) -> tuple[Array, ...]:
        return G @ W.T, last @ G, biases(G)

    def of_one(G: Array, k: int) -> tuple[Array, ...]:
        return G @ W.T, h[k][:, None] * G[..., k, None, :], _summed(G)

    mistakes = _of_bias(back, len(h))
    mistakes += [("one-sample", lambda G, k=k: of_one(G, k)) for k in (0, -1)]  # type: ignore[misc]
    if W.shape[0] == W.shape[1]:
        mistakes.append(("operand-not-transposed", lambda G: (G @ W, *back(G)[1:])))
        mistakes.append(("transposed", lambda G: (G @ W.T, np.swapaxes(h.T @ G, -1, -2), _summed(G))))
    return Step("dense", h @ W + b, back, tuple(mistakes), own=2)


def _scale_and_shift(h: Array, gamma: Array, b: Array) -> Step:
    """Each column by itself: gamma·h + b."""

    def back(G: Array, scale: Array = gamma, biases: Callable[[Array], Array] = _summed) -> tuple[Array, ...]:
        return G * scale, (G * h).sum(axis=-2), biases(G)

    mistakes = _of_bias(back, len(h))
    mistakes.append(("missing-factor", lambda G: back(G, np.ones_like(gamma))))
    return Step("scale and shift", gamma * h + b, back, tuple(mistakes), own=2)


def _summed(G: Array) -> Array:
    return np.asarray(G.sum(axis=-2))


def _of_bias(back: Callable[..., tuple[Array, ...]], m: int) -> list[tuple[str, Back]]:
    return [
        ("averaged-bias", lambda G: back(G, biases=lambda G: G.mean(axis=-2))),
        ("one-sample", lambda G: back(G, biases=lambda G: G[..., -1, :])),
        ("one-sample", lambda G: back(G, biases=lambda G: G[..., 0, :])),
    ]
