"""Activations and functions with kinks; some points lie near a kink or on one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from tests.bank.case import Array, Case, Generator, Problem, cases, sigmoid, sizes


def activation(
    rng: Generator, mistake: str | None, *, of: Callable[[Array], Array], slopes: dict[str | None, Callable[..., Array]]
) -> Problem:
    """One function of every entry; `slopes[None]` is its derivative, given x and the value at x."""
    N, D = sizes(rng, 2, 4)

    def vjp(x: Array, g: Array) -> Array:
        return np.asarray(g * slopes[mistake](x, of(x)))

    return of, vjp, [1.5 * rng.normal(size=(N, D))]


def activations() -> tuple[Case, ...]:
    """Smooth ones and piecewise linear ones, each with derivatives that people write instead."""
    wrong = "wrong-activation-derivative"
    table: dict[str, tuple[Callable[[Array], Array], Callable[..., Array], dict[str, tuple[str, Callable[..., Array]]]]]
    # fmt: off
    table = {
        "tanh": (np.tanh, lambda x, y: 1 - y**2, {
            "1 - x²": (wrong, lambda x, y: 1 - x**2),
            "1 - y": (wrong, lambda x, y: 1 - y),
            "of tanh x": (wrong, lambda x, y: 1 - np.tanh(y) ** 2),
            "forgotten": (wrong, lambda x, y: np.ones_like(x)),
        }),
        "sigmoid": (sigmoid, lambda x, y: y * (1 - y), {
            "x(1 - x)": (wrong, lambda x, y: x * (1 - x)),
            "1 - y": (wrong, lambda x, y: 1 - y),
            "of sigmoid x": (wrong, lambda x, y: sigmoid(y) * (1 - sigmoid(y))),
        }),
        "softplus": (lambda x: np.logaddexp(0, x), lambda x, y: sigmoid(x), {
            "its own derivative": (wrong, lambda x, y: sigmoid(x) * (1 - sigmoid(x))),
            "sigmoid of the value": (wrong, lambda x, y: sigmoid(y)),
        }),
        "swish": (lambda x: x * sigmoid(x), lambda x, y: sigmoid(x) * (1 + x * (1 - sigmoid(x))), {
            "sigmoid alone": (wrong, lambda x, y: sigmoid(x)),
        }),
        "exp": (np.exp, lambda x, y: y, {"x e^(x-1)": (wrong, lambda x, y: x * np.exp(x - 1))}),
        "square": (np.square, lambda x, y: 2 * x, {"2 forgotten": ("factor", lambda x, y: x)}),
        "relu": (lambda x: np.maximum(x, 0), lambda x, y: 1.0 * (x > 0), {
            "mask forgotten": ("missing-mask|" + wrong, lambda x, y: np.ones_like(x)),
            "mask of x < 0": (wrong, lambda x, y: 1.0 * (x < 0)),
            "the value instead of the mask": (wrong, lambda x, y: y),
            "mask of x > 1": ("relu-threshold", lambda x, y: 1.0 * (x > 1)),
        }),
        "leaky relu": (lambda x: np.where(x > 0, x, 0.1 * x), lambda x, y: np.where(x > 0, 1, 0.1), {
            "zero below zero": (wrong, lambda x, y: 1.0 * (x > 0)),
            "minus 0.1 below zero": (wrong, lambda x, y: np.where(x > 0, 1, -0.1)),
        }),
        "elu": (lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), lambda x, y: np.where(x > 0, 1, y + 1), {
            "y below zero": (wrong, lambda x, y: np.where(x > 0, 1, y)),
        }),
        "absolute value": (np.abs, lambda x, y: np.sign(x), {"one": (wrong, lambda x, y: np.ones_like(x))}),
        "clip": (lambda x: np.clip(x, -1, 1), lambda x, y: 1.0 * (np.abs(x) < 1), {
            "mask forgotten": ("missing-mask|" + wrong, lambda x, y: np.ones_like(x)),
        }),
        "rounding": (np.round, lambda x, y: np.zeros_like(x), {
            "straight through": (wrong, lambda x, y: np.ones_like(x)),
        }),
    }
    # fmt: on
    found: list[Case] = []
    for name, (of, slope, mistakes) in table.items():
        slopes = {None: slope} | {said: wrong_slope for said, (_, wrong_slope) in mistakes.items()}
        codes: dict[str, str | None] = {said: code for said, (code, _) in mistakes.items()}
        found += cases(_built(of, slopes), codes, name=name)
    return tuple(found)


def _built(of: Callable[[Array], Array], slopes: dict[str | None, Callable[..., Array]]) -> Callable[..., Problem]:
    def build(rng: Generator, mistake: str | None) -> Problem:
        return activation(rng, mistake, of=of, slopes=slopes)

    return build


def relu_near_its_kink(rng: Generator, mistake: str | None) -> Problem:
    """Six of the entries within 1e-6 of zero."""
    x = rng.normal(size=24)
    x[:6] = [1e-7, -1e-7, 3e-9, -3e-9, 1e-6, -2e-6]
    x[6:8] = [0.004, 0.0065]
    threshold = 0.01 if mistake == "mask of x > 0.01" else 0.0

    def f(x: Array) -> Array:
        return np.maximum(x, 0)

    def vjp(x: Array, g: Array) -> Array:
        return g * (x > threshold)

    return f, vjp, [x]


def relu_at_zero(rng: Generator, mistake: str | None, *, convention: float = 0.0) -> Problem:
    """Some entries exactly zero: any slope of the subgradient [0, 1] is right there."""
    x = rng.normal(size=20)
    x[:5] = 0

    def f(x: Array) -> Array:
        return np.maximum(x, 0)

    def vjp(x: Array, g: Array) -> Array:
        at_zero = {"2 at zero": 2.0, "-1 at zero": -1.0}.get(mistake or "", convention)
        return np.asarray(g * np.where(x == 0, at_zero, x > 0))

    return f, vjp, [x]


def relu_minus_its_mirror_at_zero(rng: Generator, mistake: str | None) -> Problem:
    """relu(x) − relu(−x) is x; where x is 0, automatic differentiation says 0, by convention, and that is accepted."""
    x = rng.normal(size=12)
    x[:3] = 0

    def f(x: Array) -> Array:
        return np.maximum(x, 0) - np.maximum(-x, 0)

    def vjp(x: Array, g: Array) -> Array:
        sign = -1.0 if mistake == "the mirror's sign" else 1.0
        return g * (1.0 * (x > 0) + sign * (x < 0))

    return f, vjp, [x]


def absolute_values_with_zeros(rng: Generator, mistake: str | None) -> Problem:
    """An L1 and an L2 penalty; some entries are 0 or nearly."""
    w = rng.normal(size=20)
    w[:6] = [0, 0, 0, 0, 1e-8, -1e-8]

    def f(w: Array) -> float:
        return float(0.1 * np.abs(w).sum() + 0.5 * (w**2).sum())

    def vjp(w: Array) -> Array:
        match mistake:
            case "|w|' as 1":
                return 0.1 + w
            case "L1 forgotten":
                return w
            case "L2 forgotten":
                return np.asarray(0.1 * np.sign(w))
        return np.asarray(0.1 * np.sign(w) + w)

    return f, vjp, [w]


def row_maximum(rng: Generator, mistake: str | None) -> Problem:
    """The largest of each row; in two rows the second largest is nearly as large."""
    N, D = 6, 5
    X = rng.normal(size=(N, D))
    X[0, 1], X[1, 2] = X[0].max() + 1e-7, X[1].max() + 1e-8

    def f(X: Array) -> Array:
        return np.asarray(X.max(axis=1))

    def vjp(X: Array, g: Array) -> Array:
        mask = np.zeros_like(X)
        mask[np.arange(N), X.argmax(axis=1)] = 1
        if mistake == "spread over the row":
            mask = np.full_like(X, 1 / D)
        if mistake == "to every entry":
            mask = np.ones_like(X)
        return mask * g[:, None]

    return f, vjp, [X]


def pooling(rng: Generator, mistake: str | None) -> Problem:
    """The maximum of each 2×2 square of X (N, 4, 6)."""
    N = 2

    def squares(X: Array) -> Array:
        return X.reshape(N, 2, 2, 3, 2).transpose(0, 1, 3, 2, 4).reshape(N, 2, 3, 4)

    def f(X: Array) -> Array:
        return np.asarray(squares(X).max(axis=-1))

    def vjp(X: Array, g: Array) -> Array:
        S = squares(X)
        mask = 1.0 * (S.max(axis=-1, keepdims=True) == S)
        if mistake == "spread over the square":
            mask = np.full_like(S, 1 / 4)
        if mistake == "to the square's first entry":
            mask = np.zeros_like(S)
            mask[..., 0] = 1
        back: Array = (mask * g[..., None]).reshape(N, 2, 3, 2, 2).transpose(0, 1, 3, 2, 4)
        return back.reshape(X.shape)

    return f, vjp, [rng.normal(size=(N, 4, 6))]


# fmt: off
CASES = (
    *activations(),
    *cases(relu_near_its_kink, {"mask of x > 0.01": "relu-threshold"}),
    *cases(relu_at_zero, {"2 at zero": "relu-threshold", "-1 at zero": "relu-threshold"}),
    *cases(partial(relu_at_zero, convention=1.0), name="relu with slope 1 at zero"),
    *cases(partial(relu_at_zero, convention=0.5), name="relu with slope ½ at zero"),
    *cases(relu_minus_its_mirror_at_zero, {"the mirror's sign": None}),
    *cases(absolute_values_with_zeros, {"|w|' as 1": None, "L1 forgotten": None, "L2 forgotten": "missing-l2"}),
    *cases(row_maximum, {"spread over the row": "max-spread", "to every entry": "max-spread"}),
    *cases(pooling, {"spread over the square": "max-spread", "to the square's first entry": None}),
)
# fmt: on
