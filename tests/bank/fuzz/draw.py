"""Labelled random cases: `draw(seed)` is one network, in half of the cases with one mistake; the same for one seed.

When is a mistake one? An array's gradient counts as wrong from a relative error of 1e-5, and as right up to 1e-7; a
case in between is drawn anew. So is a network whose value is not finite, or so large beside its gradient that 1e-9 of
what the largest gradient changes is lost: an array of which that little depends is measured against that 1e-9. A
mistake that changes nothing at the point that was drawn leaves a right gradient, and the case says so. Where float32
inside the function hides what is smaller, only errors of 5 per cent, in arrays on which at least 1 per cent of the
largest effect depends, count as wrong, and what is between is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.bank.case import Array, Case, Generator, Problem
from tests.bank.fuzz.network import Network, draw_network

WRONG, RIGHT, NEGLIGIBLE = 1e-5, 1e-7, 1e-9
WRONG_IN_FLOAT32, NEGLIGIBLE_IN_FLOAT32 = 0.05, 0.01
ALSO = {
    "missing-mean": ("factor",),
    "averaged-bias": ("factor", "missing-mean"),
    "missing-mask": ("wrong-activation-derivative",),
    "relu-threshold": ("wrong-activation-derivative",),
    "transposed": ("numerator-layout",),
    "numerator-layout": ("transposed",),
    "l2-factor": ("missing-l2",),
}
Gradients = Callable[[Sequence[Array], Array | None], Any]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, its code, and how: `make()` is a `gradients(params, g)` with a state of its own."""

    says: str
    code: str | None
    make: Callable[[], Gradients]
    shows: bool = True  # in the first returned numbers; else it is a mistake whatever they are


def draw(seed: int) -> Case:
    """The case of a seed."""
    rng = np.random.default_rng(seed)
    while True:
        case = _attempt(rng, seed)
        if case is not None:
            return case


def _attempt(rng: Generator, seed: int) -> Case | None:
    network, params = draw_network(rng)
    probe = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        value = np.asarray(network.value(*params))
        g = None if network.scalar else probe.normal(size=value.shape)
        if not _settled(network, params, value, g):
            return None
        mistake = _a_mistake(rng, network, params) if rng.random() < 0.55 else None
        right = mistake is None or (mistake.shows and _effect(network, params, mistake, g, value))
    if right is None:
        return None
    family = "float32 inside" if network.low else "float32" if params[0].dtype == np.float32 else "float64"
    says = f"{network.title} / {mistake.says if mistake else 'right'}" + (
        " (no effect here)" if mistake and right else ""
    )
    code = mistake.code if mistake and not right else None
    also = ALSO.get(code or "", ())
    return Case(f"fuzz {seed}: {says}", family, _maker(network, params, mistake), right, code, also)


def _maker(network: Network, params: list[Array], mistake: Mistake | None) -> Callable[[Generator], Problem]:
    def make(_: Generator) -> Problem:
        gradients = mistake.make() if mistake else network.gradients

        def vjp(*arguments: Array) -> Any:
            given, g = (arguments, None) if network.scalar else (arguments[:-1], arguments[-1])
            grads = gradients(given, g)
            return grads[0] if len(given) == 1 and len(grads) == 1 else grads

        return network.value, vjp, [p.copy() for p in params]

    return make


def _settled(network: Network, params: list[Array], value: Array, g: Array | None) -> bool:
    """Whether anything can be told about this network by differences at all."""
    grads = network.gradients(params, None if g is None else g.astype(value.dtype))
    finite = np.all(np.isfinite(value)) and all(np.all(np.isfinite(d)) for d in grads)
    weights = _weights(grads, params)
    return bool(finite and max(weights) > 1e-6 * np.linalg.norm(value) and max(weights) < 1e8)


def _weights(grads: Sequence[Array], params: Sequence[Array]) -> list[float]:
    """How much depends on each array: its gradient's norm times the size of its entries."""
    sizes = [np.sqrt(np.mean(np.square(p, dtype=np.float64))) for p in params]
    return [float(np.linalg.norm(np.asarray(d, np.float64)) * s) for d, s in zip(grads, sizes, strict=True)]


def _effect(network: Network, params: list[Array], mistake: Mistake, g: Array | None, value: Array) -> bool | None:
    """True if the mistake changes nothing, False if it makes the gradient wrong, None in between."""
    sharp = replace(network, low=False)
    doubles = [p.astype(np.float64) for p in params]
    right, got = sharp.gradients(doubles, g), mistake.make()(doubles, None if g is None else g.copy())
    if [d.shape for d in got] != [p.shape for p in params]:
        return False
    weights = _weights(right, params)
    errors = _weights([a - b for a, b in zip(got, right, strict=True)], params)
    least = (NEGLIGIBLE_IN_FLOAT32 if network.low else NEGLIGIBLE) * max(*weights, float(np.linalg.norm(value)))
    worst = max(error / max(weight, least) for error, weight in zip(errors, weights, strict=True))
    if not worst <= (WRONG_IN_FLOAT32 if network.low else WRONG):
        return False
    return True if worst <= RIGHT else None


# ---------------------------------------------------------------- mistakes


def _a_mistake(rng: Generator, network: Network, params: list[Array]) -> Mistake:
    in_layers = [(k, says) for k, layer in enumerate(network.layers) for says in layer.mistakes]
    if in_layers and rng.random() < 0.75:
        k, says = in_layers[int(rng.integers(len(in_layers)))]
        layer = network.layers[k]
        return Mistake(f"{layer.name}: {says}", layer.mistakes[says], lambda: _in_layer(network, k, says))
    of_any = [*_of_one_array(rng, params, network), *_of_all(network, params)]
    return of_any[int(rng.integers(len(of_any)))]


def _in_layer(network: Network, k: int, says: str) -> Gradients:
    return lambda params, g: network.gradients(params, g, wrong=(k, says))


def _of_one_array(rng: Generator, params: list[Array], network: Network) -> list[Mistake]:
    at = int(rng.integers(len(params)))
    p, flat = params[at], int(rng.integers(params[at].size))
    percent = 1.1 if network.low else 1.01

    def changed(change: Callable[[Array], Array]) -> Callable[[], Gradients]:
        def gradients(given: Sequence[Array], g: Array | None) -> list[Array]:
            grads = network.gradients(given, g)
            grads[at] = np.asarray(change(grads[at])).astype(grads[at].dtype)
            return grads

        return lambda: gradients

    coordinate = np.ones(p.size)
    coordinate[flat] = 0
    row = 1.0 * (np.arange(len(p)) != flat % len(p)).reshape(-1, *([1] * (p.ndim - 1)))
    found = [
        Mistake(f"array {at}, {percent} times", "factor", changed(lambda d: d * percent)),
        Mistake(f"array {at}, twice", "factor", changed(lambda d: 2 * d)),
        Mistake(f"array {at}, sign", "sign", changed(lambda d: -d)),
        Mistake(f"array {at}, zero", None, changed(np.zeros_like)),
        Mistake(f"array {at}, one coordinate", "one-coordinate", changed(lambda d: d * coordinate.reshape(d.shape))),
        Mistake(f"array {at}, one row", "one-coordinate", changed(lambda d: d * row)),
    ]
    if p.ndim == 2:
        code = "transposed" if p.shape[0] == p.shape[1] else "numerator-layout"
        found.append(Mistake(f"array {at}, transposed", code, changed(lambda d: d.T)))
    return found


def _of_all(network: Network, params: list[Array]) -> list[Mistake]:
    def not_zeroed() -> Gradients:
        total: list[Any] = [0] * len(params)

        def gradients(given: Sequence[Array], g: Array | None) -> list[Array]:
            total[:] = [t + d for t, d in zip(total, network.gradients(given, g), strict=True)]
            return list(total)

        return gradients

    def modifies(given: Sequence[Array], g: Array | None) -> list[Array]:
        grads = network.gradients(given, g)
        for p in given:
            np.multiply(p, p.dtype.type(1.001), out=p)
        return grads

    def ones(given: Sequence[Array], g: Array | None) -> list[Array]:
        return network.gradients(given, None if g is None else np.ones_like(g))

    found = [
        Mistake("not zeroed", "not-zeroed", not_zeroed, shows=False),
        Mistake("arguments modified", "input-modified", lambda: modifies, shows=False),
    ]
    if not network.scalar:
        found.append(Mistake("upstream ignored", "upstream-ignored", lambda: ones))
    same = [(i, k) for i, p in enumerate(params) for k, q in enumerate(params[:i]) if p.shape == q.shape]
    if same:
        i, k = same[0]

        def swapped(given: Sequence[Array], g: Array | None) -> list[Array]:
            grads = network.gradients(given, g)
            grads[i], grads[k] = grads[k], grads[i]
            return grads

        found.append(Mistake(f"arrays {k} and {i} swapped", "swapped", lambda: swapped))
    return found
