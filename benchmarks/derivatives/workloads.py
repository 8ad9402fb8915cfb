"""What is differentiated: three networks, a function of two numbers, a chain, a Hessian, and a product with one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from reference.autodiff import compile, hessian, hvp, ops, value_and_grad  # noqa: A004
from reference.autodiff.trees import leaves

RNG = np.random.default_rng(0)
CHAIN = 1000  # operations
CLOSE = 1e-9


@dataclass(frozen=True)
class Workload:
    """One derivative. `ways` has "hand", "eager" and "graph"; `bounds`, by way, what the ratio to "hand" may be."""

    name: str
    title: str
    ways: Mapping[str, Callable[[], Any]]
    bounds: Mapping[str, float] = field(default_factory=dict)

    def check(self, ways: Mapping[str, Callable[[], Any]]) -> None:
        """Every way gives the same numbers.

        Raises:
            AssertionError: One does not.
        """
        expected = leaves(ways["hand"]())
        for name, way in ways.items():
            for got, one in zip(leaves(way()), expected, strict=True):
                error = np.max(np.abs(np.asarray(got) - one))
                assert error <= CLOSE * max(1.0, float(np.max(np.abs(one)))), f"{self.name}, {name}: off by {error}"


# ----------------------------------------------------------------------------------------------------------- networks


def parameters(*sizes: int) -> list[Any]:
    """W, b of every layer, in a row."""
    return [
        one for D, H in pairwise(sizes) for one in (RNG.normal(size=(D, H)) / math.sqrt(D), 0.1 * RNG.normal(size=H))
    ]


HINGE = parameters(2, 16, 16, 1)
HINGE_X, HINGE_Y = RNG.normal(size=(100, 2)), np.sign(RNG.normal(size=100))
SMALL, LARGE = parameters(64, 128, 10), parameters(784, 256, 128, 10)
SMALL_X, LARGE_X = RNG.normal(size=(128, 64)), RNG.normal(size=(128, 784))
LABELS = np.eye(10)[RNG.integers(0, 10, 128)]


def hinge_by_hand(params: list[Any]) -> tuple[Any, list[Any]]:
    """2-16-16-1 with relu, and the hinge of it."""
    W1, b1, W2, b2, W3, b3 = params
    x, y = HINGE_X, HINGE_Y
    z1 = x @ W1 + b1
    h1 = np.maximum(z1, 0)
    z2 = h1 @ W2 + b2
    h2 = np.maximum(z2, 0)
    margin = 1 - y * (h2 @ W3 + b3)[:, 0]
    value = np.maximum(margin, 0).mean()
    d3 = (-y * (margin > 0) / len(y))[:, None]
    d2 = d3 @ W3.T * (z2 > 0)
    d1 = d2 @ W2.T * (z1 > 0)
    return value, [x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0)]


def hinge(params: list[Any]) -> Any:
    """The same, by our functions."""
    W1, b1, W2, b2, W3, b3 = params
    h = ops.relu(ops.affine(HINGE_X, W1, b1))
    h = ops.relu(ops.affine(h, W2, b2))
    scores = ops.affine(h, W3, b3).reshape(-1)
    return ops.relu(1.0 - scores * HINGE_Y).sum() * (1 / len(HINGE_Y))


def network_by_hand(params: list[Any], x: Any, tanh: bool) -> tuple[Any, list[Any]]:
    """Layers with tanh or relu between them, and the cross-entropy of a softmax."""
    hidden = [x]
    for k in range(0, len(params) - 2, 2):
        z = hidden[-1] @ params[k] + params[k + 1]
        hidden.append(np.tanh(z) if tanh else np.maximum(z, 0))
    z = hidden[-1] @ params[-2] + params[-1]
    d = z - z.max(1, keepdims=True)
    e = np.exp(d)
    s = e.sum(1, keepdims=True)
    value = (np.log(s).sum() - np.vdot(LABELS, d)) / len(x)
    g = (e / s - LABELS) / len(x)
    gradients: list[Any] = [None] * len(params)
    for k in range(len(params) - 2, -1, -2):
        h = hidden[k // 2]
        gradients[k], gradients[k + 1] = h.T @ g, g.sum(0)
        if k:
            g = g @ params[k].T
            g = g * (1 - h * h) if tanh else g * (h > 0)
    return value, gradients


def network(params: list[Any], x: Any, tanh: bool) -> Any:
    """The same, by our functions."""
    h = x
    act = ops.tanh if tanh else ops.relu
    for k in range(0, len(params) - 2, 2):
        h = act(ops.affine(h, params[k], params[k + 1]))
    return ops.softmax_cross_entropy(ops.affine(h, params[-2], params[-1]), LABELS)


def _of_network(name: str, title: str, params: list[Any], x: Any, tanh: bool, eager: float) -> Workload:
    both = value_and_grad(lambda p: network(p, x, tanh))
    compiled = compile(both)
    ways = {
        "hand": lambda: network_by_hand(params, x, tanh),
        "eager": lambda: both(params),
        "graph": lambda: compiled(params),
    }
    return Workload(name, title, ways, {"eager": eager, "graph": 1.0})


# ---------------------------------------------------------------------------------------------------------- the others


def two_by_hand(a: float, b: float) -> tuple[float, tuple[float, float]]:
    """ln a + a·b − sin b."""
    return math.log(a) + a * b - math.sin(b), (1 / a + b, a - math.cos(b))


def two(a: Any, b: Any) -> Any:
    """The same, by our functions."""
    return ops.log(a) + a * b - ops.sin(b)


def chain(x: Any) -> Any:
    """A thousand operations on one number, one after the other."""
    for _ in range(CHAIN // 4):
        x = x * 1.0001
        x = x + 0.001
        x = x * x
        x = x / 1.1
    return x


def chain_by_hand(x: float) -> tuple[float, float]:
    """The same, with its derivative carried along."""
    d = 1.0
    for _ in range(CHAIN // 4):
        x = x * 1.0001
        d = d * 1.0001
        x = x + 0.001
        d = 2.0 * x * d
        x = x * x
        x = x / 1.1
        d = d / 1.1
    return x, d


A = RNG.normal(size=(50, 50)) / 7
POINT = RNG.normal(size=50)


def curved(x: Any) -> Any:
    """Σ tanh(Ax)²."""
    h = ops.tanh(A @ x)
    return (h * h).sum()


def curved_by_hand(x: Any) -> Any:
    """Its Hessian: Aᵀ diag(2(1 − h²)(1 − 3h²)) A."""
    h = np.tanh(A @ x)
    return (A.T * (2 * (1 - h * h) * (1 - 3 * h * h))) @ A


DIRECTION = [RNG.normal(size=p.shape) for p in SMALL]


def product_by_hand() -> list[Any]:
    """The Hessian of the network 64-128-10 times a vector, by the derivative of the gradient along it."""
    W1, b1, W2, b2 = SMALL
    V1, c1, V2, c2 = DIRECTION
    x, n = SMALL_X, len(SMALL_X)
    h = np.tanh(x @ W1 + b1)
    s = 1 - h * h
    dh = s * (x @ V1 + c1)
    z = h @ W2 + b2
    e = np.exp(z - z.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    dz = dh @ W2 + h @ V2 + c2
    g, dg = (p - LABELS) / n, p * (dz - (p * dz).sum(1, keepdims=True)) / n
    back, dback = g @ W2.T, dg @ W2.T + g @ V2.T
    d1 = dback * s - 2 * back * h * dh
    return [x.T @ d1, d1.sum(0), dh.T @ g + h.T @ dg, dg.sum(0)]


def _workloads() -> list[Workload]:
    both, compiled = value_and_grad(hinge), compile(value_and_grad(hinge))
    of_two, graph_of_two = value_and_grad(two, (0, 1)), compile(value_and_grad(two, (0, 1)))
    of_chain, graph_of_chain = value_and_grad(chain), compile(value_and_grad(chain))
    curves, graph_curves = hessian(curved), compile(hessian(curved))

    def product(params: list[Any], direction: list[Any]) -> Any:
        return hvp(lambda p: network(p, SMALL_X, True), [params], [direction])

    graph_product = compile(product)

    def ways(hand: Any, eager: Any, graph: Any, *args: Any) -> dict[str, Callable[[], Any]]:
        return {"hand": lambda: hand(*args), "eager": lambda: eager(*args), "graph": lambda: graph(*args)}

    of_the_product = ways(lambda p, v: product_by_hand(), product, graph_product, SMALL, DIRECTION)
    # fmt: off
    return [
        Workload("hinge", "2-16-16-1, batch 100, relu, hinge", ways(hinge_by_hand, both, compiled, HINGE),
                 {"eager": 1.5, "graph": 1.1}),
        _of_network("small", "64-128-10, batch 128, tanh", SMALL, SMALL_X, True, 1.15),
        _of_network("large", "784-256-128-10, batch 128, relu", LARGE, LARGE_X, False, 1.05),
        Workload("two", "ln a + ab - sin b", ways(two_by_hand, of_two, graph_of_two, 2.0, 5.0)),
        Workload("chain", f"{CHAIN} operations on a number", ways(chain_by_hand, of_chain, graph_of_chain, 0.1),
                 {"graph": 3.0}),
        Workload("hessian", "Hessian, 50 numbers", ways(curved_by_hand, curves, graph_curves, POINT)),
        Workload("hvp", "Hessian of 64-128-10 by a vector", of_the_product, {"eager": 2.0}),
    ]
    # fmt: on


WORKLOADS = _workloads()
