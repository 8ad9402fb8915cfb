"""Arguments and results in containers; what is not used; long chains; memory that is let go."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from reference.autodiff import Tensor, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from reference.autodiff.elementwise import ADD
from reference.autodiff.rules import RULES, elementwise, primitive

LONG = 100_000


class Layer(NamedTuple):
    W: Any
    b: Any


@dataclass(frozen=True)
class Network:
    layers: list[Layer]
    scale: Any
    extra: dict[str, Any]
    nothing: None = None


def network() -> Network:
    rng = np.random.default_rng(0)
    first = Layer(rng.standard_normal((2, 3)), rng.standard_normal(3))
    second = Layer(rng.standard_normal((3, 1)), rng.standard_normal(1))
    return Network([first, second], 1.5, {"unused": np.ones((2, 2)), "shift": (0.5, [2.0])})


def loss(net: Any, x: Any) -> Any:
    assert net.nothing is None
    for layer in net.layers:
        x = np.tanh(x @ layer.W + layer.b)
    return net.scale * np.sum(x * x) + net.extra["shift"][0] * net.extra["shift"][1][0]


X = np.random.default_rng(1).standard_normal((4, 2))


def test_a_gradient_is_built_like_its_argument() -> None:
    net = network()
    g = grad(loss)(net, X)
    assert type(g) is Network
    assert type(g.layers) is list
    assert [type(layer) for layer in g.layers] == [Layer, Layer]
    assert [[one.shape for one in layer] for layer in g.layers] == [[(2, 3), (3,)], [(3, 1), (1,)]]
    assert isinstance(g.scale, float)
    assert g.nothing is None
    assert list(g.extra) == ["unused", "shift"]
    assert g.extra["shift"] == (2.0, [0.5])
    np.testing.assert_array_equal(g.extra["unused"], np.zeros((2, 2)))
    step = 1e-6
    net.layers[0].W[1, 2] += step
    more = loss(net, X)
    net.layers[0].W[1, 2] -= 2 * step
    less = loss(net, X)
    np.testing.assert_allclose(g.layers[0].W[1, 2], (more - less) / (2 * step), rtol=1e-6, atol=1e-9)


def test_forward_mode_and_products_with_the_hessian_take_containers_too() -> None:
    net, g = network(), grad(loss)(network(), X)
    tangent = jvp(loss, [net, X], [g, None])[1]
    squares = [np.sum(one * one) for layer in g.layers for one in layer] + [g.scale**2, 2.0**2, 0.5**2]
    np.testing.assert_allclose(tangent, sum(squares), rtol=1e-12)
    moved = hvp(loss, [net, X], [g, None])
    assert type(moved) is Network
    twice = grad(lambda net: jvp(loss, [net, X], [g, None])[1])(net)
    np.testing.assert_allclose(moved.layers[0].W, twice.layers[0].W, rtol=1e-10)


def test_results_in_containers() -> None:
    def f(x: Any) -> Any:
        return {"a": x * x, "b": [np.sum(x), None], "c": 3.0}

    x = np.array([1.0, 2.0])
    y, pull = vjp(f, x)
    np.testing.assert_array_equal(y["a"], x * x)
    assert (y["b"], y["c"]) == ([3.0, None], 3.0)
    np.testing.assert_array_equal(pull({"a": np.ones(2), "b": [10.0, None], "c": 5.0})[0], [12.0, 14.0])
    value, tangent = jvp(f, [x], [np.ones(2)])
    np.testing.assert_array_equal(tangent["a"], 2 * x)
    assert (tangent["b"], tangent["c"], value["c"]) == ([2.0, None], 0.0, 3.0)


def test_a_jacobian_by_a_container_is_built_like_it() -> None:
    for mode in ("reverse", "forward"):
        point = {"A": np.ones((2, 3)), "s": 2.0}
        j = jacobian(lambda p: p["A"] @ np.arange(3.0) * p["s"], mode=mode)(point)
        assert j["A"].shape == (2, 3, 2)
        np.testing.assert_array_equal(j["s"], [3.0, 3.0])


def test_what_is_not_used_has_a_gradient_of_zeros() -> None:
    a, b = np.ones((2, 3), np.float32), np.ones(2)
    _, (da, db, dc) = value_and_grad(lambda a, b, c: np.sum(b), (0, 1, 2))(a, b, 1.0)
    np.testing.assert_array_equal(da, np.zeros((2, 3)))
    assert (da.dtype, dc) == (np.float32, 0.0)
    np.testing.assert_array_equal(db, [1.0, 1.0])
    assert grad(lambda x: 3.0)(2.0) == 0.0
    np.testing.assert_array_equal(hessian(np.sum)(b), np.zeros((2, 2)))
    da[0, 0] = 1.0  # they can be written to


def test_one_argument_that_is_used_twice() -> None:
    x = np.array([1.0, 2.0])
    da, db = grad(lambda a, b: np.sum(a + b), (0, 1))(x, x)
    da[0] = 7.0
    np.testing.assert_array_equal(db, [1.0, 1.0])
    np.testing.assert_array_equal(grad(lambda x: np.sum(x * x + x))(x), 2 * x + 1)
    np.testing.assert_array_equal(grad(lambda x: np.sum(sum(x for _ in range(5))))(x), [5.0, 5.0])


def test_a_long_chain() -> None:
    def chain(x: Any) -> Any:
        for _ in range(LONG):
            x = x + 1.0
        return x * x

    assert grad(chain)(1.0) == 2.0 * (LONG + 1.0)
    assert jvp(chain, [1.0], [1.0])[1] == 2.0 * (LONG + 1.0)


def test_a_long_chain_in_the_second_derivative() -> None:
    def chain(x: Any) -> Any:
        y = x
        for _ in range(LONG // 20):
            y = y + 1.0
        return y * y * y

    assert grad(grad(chain))(1.0) == 6.0 * (LONG // 20 + 1.0)


def test_a_long_tape_that_nobody_walks_is_let_go() -> None:
    x = Tensor(1.0)
    for _ in range(LONG):
        x = x + 1.0
    del x  # would overflow the stack where freeing recurs


class Watched:
    """Counts the values of one operation that are alive."""

    def __init__(self) -> None:
        self.alive: list[weakref.ref[Any]] = []
        self.seen: list[int] = []

    def count(self) -> int:
        return sum(one() is not None for one in self.alive)


def test_values_are_let_go_as_the_walk_back_passes_them() -> None:
    watched = Watched()

    @primitive
    def step(x: Any) -> Any:
        y = x + 1.0
        watched.alive.append(weakref.ref(y))
        return y

    def slope(g: Any, y: Any, x: Any) -> Any:
        watched.seen.append(watched.count())
        return g

    elementwise(step, slope)
    try:

        def f(x: Any) -> Any:
            for _ in range(20):
                x = step(x)
            return np.sum(x)

        grad(f)(np.ones(3))
        assert watched.seen[0] == 20
        assert all(after < before for before, after in zip(watched.seen, watched.seen[1:], strict=False))
        assert watched.seen[-1] <= 2
        assert watched.count() == 0
        watched.seen.clear()
        jvp(f, [np.ones(3)], [np.ones(3)])
        assert max(watched.seen) <= 2 + 1  # forward mode has no tape
    finally:
        del RULES[step]


def test_a_rule_names_itself() -> None:
    assert repr(ADD) == "add"
