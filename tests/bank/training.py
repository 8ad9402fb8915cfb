"""Right training loops in several styles, and the same loop with one mistake each.

All train one network, 2-24-24-2 with tanh, by cross-entropy on two spirals. A training loop is
`train(params, batches, **hyper) -> params`: `params` maps names to arrays, `batches` is a list of (X, y), and what is
passed in is not changed. Which optimiser a loop is, and so which hyperparameters it takes, says `OPTIMISER[name]`:

    params, batches, hyper = problem(seed, OPTIMISER[name])
    got, expected = BUGS[name](params, batches, **hyper), REFERENCE[OPTIMISER[name]](params, batches, **hyper)

A loop is put together from the parts of a `Recipe`; each bug replaces one part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tests.bank.recipe import (
    NAMES,
    Array,
    Params,
    Recipe,
    Train,
    Update,
    adam,
    logits_gradient,
    momentum,
    problem,
    softmax,
)

__all__ = ["BUGS", "OPTIMISER", "REFERENCE", "RIGHT", "Train", "problem"]

# ---------------------------------------------------------------- right in another style


def sum_then_divide(g: Array) -> Array:
    """Adds the samples up one by one, from the last to the first."""
    total: Array = np.zeros_like(g[0])
    for row in g[::-1]:
        total = total + row
    return total


def unshifted_logits_gradient(z: Array, y: Array) -> Array:
    """By a one-hot matrix, and without the shift that keeps exp from overflowing: these logits are small."""
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return np.asarray((p - np.eye(z.shape[1], dtype=z.dtype)[y]) / len(y))


def sgd_in_place(*, rate: float) -> Update:
    """θ −= rate·g, in the loop's own copy."""

    def update(params: Params, g: Params) -> Params:
        for k in params:
            params[k] -= rate * g[k]
        return params

    return update


def momentum_as_velocity(*, rate: float, momentum: float) -> Update:
    """v ← momentum·v − rate·g, θ ← θ + v: the same steps as long as the rate is constant."""
    v: Params = {}

    def update(params: Params, g: Params) -> Params:
        for k in g:
            v[k] = momentum * v.get(k, 0 * g[k]) - rate * g[k]
        return {k: p + v[k] for k, p in params.items()}

    return update


def adam_corrected_rate(*, rate: float, beta1: float, beta2: float, eps: float) -> Update:
    """The bias correction taken into the rate and eps, as the paper's section 2 ends."""
    m: Params = {}
    v: Params = {}
    steps: list[int] = []

    def update(params: Params, g: Params) -> Params:
        steps.append(1)
        root = np.sqrt(1 - beta2 ** len(steps)).item()
        now = rate * root / (1 - beta1 ** len(steps))
        for k in g:
            m[k] = m.get(k, 0 * g[k]) * beta1 + (1 - beta1) * g[k]
            v[k] = v.get(k, 0 * g[k]) * beta2 + (1 - beta2) * g[k] * g[k]
        return {k: p - now * m[k] / (np.sqrt(v[k]) + eps * root) for k, p in params.items()}

    return update


def einsum_to_inputs(g: Array, W: Array) -> Array:
    """By index instead of by transposing."""
    return np.asarray(np.einsum("nh,dh->nd", g, W))


def backwards(n: int) -> Array:
    """The samples of a batch from the last to the first."""
    return np.arange(n)[::-1]


def shuffled(n: int) -> Array:
    """The samples of a batch in another order."""
    return np.random.default_rng(n).permutation(n)


SGD, MOMENTUM, ADAM = Recipe(), Recipe(optimiser=momentum), Recipe(optimiser=adam)
REFERENCE: dict[str, Train] = {"sgd": SGD, "momentum": MOMENTUM, "adam": ADAM}

# fmt: off
RIGHT: dict[str, Train] = {
    "sgd": SGD,
    "sgd, samples shuffled":            replace(SGD, order=shuffled),
    "sgd, in a loop":                   replace(SGD, bias_gradient=sum_then_divide, order=backwards),
    "sgd, in place":                    replace(SGD, optimiser=sgd_in_place),
    "sgd, by einsum":                   replace(SGD, to_inputs=einsum_to_inputs),
    "sgd, by one-hot":                  replace(SGD, logits_gradient=unshifted_logits_gradient),
    "sgd, float32":                     replace(SGD, dtype=np.float32),
    "momentum": MOMENTUM,
    "momentum, samples shuffled":       replace(MOMENTUM, order=shuffled),
    "momentum, as velocity":            replace(MOMENTUM, optimiser=momentum_as_velocity),
    "momentum, float32":                replace(MOMENTUM, dtype=np.float32),
    "adam": ADAM,
    "adam, samples shuffled":           replace(ADAM, order=shuffled),
    "adam, corrected rate":             replace(ADAM, optimiser=adam_corrected_rate),
    "adam, float32":                    replace(ADAM, dtype=np.float32),
}
# fmt: on


# ---------------------------------------------------------------- mistakes


def softmax_of_softmax(z: Array, y: Array) -> Array:
    """The network's output is taken for logits when it has been through softmax already."""
    p = softmax(softmax(z))
    p[np.arange(len(y)), y] -= 1
    return p / len(y)


def half_of_one_class(z: Array, y: Array) -> Array:
    """The logits of class 1 get half their gradient."""
    return np.asarray(logits_gradient(z, y) * np.array([1.0, 0.5]))


def not_zeroed() -> Callable[[Params], Params]:
    """The gradients of earlier batches are still there."""
    total: Params = {}

    def across(grads: Params) -> Params:
        total.update({k: total.get(k, 0) + g for k, g in grads.items()})
        return dict(total)

    return across


def one_batch_late() -> Callable[[Params], Params]:
    """Each step is taken with the gradient of the batch before (the first with its own)."""
    kept: list[Params] = []

    def across(grads: Params) -> Params:
        kept.append(grads)
        return kept[-2] if len(kept) > 1 else grads

    return across


def scaled(factors: dict[str, float]) -> Callable[[Params], Params]:
    """Some gradients times a factor."""
    return lambda grads: {k: factors.get(k, 1.0) * g for k, g in grads.items()}


def transposed_W2(grads: Params) -> Params:
    """Runs, for W2 is square."""
    return grads | {"W2": grads["W2"].T}


def damped_momentum(*, rate: float, momentum: float) -> Update:
    """v ← momentum·v + (1 − momentum)·g."""
    v: Params = {}

    def update(params: Params, g: Params) -> Params:
        v.update({k: momentum * v.get(k, 0 * g[k]) + (1 - momentum) * g[k] for k in g})
        return {k: p - rate * v[k] for k, p in params.items()}

    return update


def adam_uncorrected(*, rate: float, beta1: float, beta2: float, eps: float) -> Update:
    """Without the bias correction."""
    m: Params = {}
    v: Params = {}

    def update(params: Params, g: Params) -> Params:
        m.update({k: beta1 * m.get(k, 0 * g[k]) + (1 - beta1) * g[k] for k in g})
        v.update({k: beta2 * v.get(k, 0 * g[k]) + (1 - beta2) * g[k] ** 2 for k in g})
        return {k: p - rate * m[k] / (np.sqrt(v[k]) + eps) for k, p in params.items()}

    return update


# fmt: off
BUGS: dict[str, Train] = {
    "missing 1/m":                  replace(SGD, logits_gradient=lambda z, y: logits_gradient(z, y) * len(y)),
    "one per cent too large":       replace(SGD, finish=scaled(dict.fromkeys(NAMES, 1.01))),
    "biases averaged":              replace(SGD, bias_gradient=lambda g: g.mean(axis=0)),
    "double softmax":               replace(SGD, logits_gradient=softmax_of_softmax),
    "half of one class":            replace(SGD, logits_gradient=half_of_one_class),
    "no activation derivative":     replace(SGD, slope=np.ones_like),
    "tanh' as 1 - y":               replace(SGD, slope=lambda a: 1 - a),
    "W not transposed":             replace(SGD, to_inputs=lambda g, W: g @ W if W.shape[0] == W.shape[1] else g @ W.T),
    "first layer gets zero":        replace(SGD, finish=scaled({"W1": 0.0, "b1": 0.0})),
    "W2's gradient transposed":     replace(SGD, finish=transposed_W2),
    "W1's sign":                    replace(SGD, finish=scaled({"W1": -1.0})),
    "gradients not zeroed":         replace(SGD, across=not_zeroed),
    "gradients one batch late":     replace(SGD, across=one_batch_late),
    "biases never updated":         replace(SGD, finish=scaled({"b1": 0.0, "b2": 0.0, "b3": 0.0})),
    "climbs":                       replace(SGD, finish=scaled(dict.fromkeys(NAMES, -1.0))),
    "only the last layer learns":   replace(SGD, finish=scaled(dict.fromkeys(NAMES[:4], 0.0))),
    "momentum times 1 - beta":      replace(MOMENTUM, optimiser=damped_momentum),
    "adam without bias correction": replace(ADAM, optimiser=adam_uncorrected),
}
# fmt: on

OPTIMISER: dict[str, str] = {
    name: next(key for key in ("momentum", "adam", "sgd") if name.startswith(key) or key == "sgd")
    for name in (*RIGHT, *BUGS)
}
