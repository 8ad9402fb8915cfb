"""Graph mode: the same numbers as eagerly, from source that can be read; and what it cannot do it refuses."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest

from reference.autodiff import ValueDependent, compile, grad, hvp, jacobian, ops, value_and_grad  # noqa: A004
from reference.autodiff.trees import leaves

ULPS = 8  # a sum may run in another order


def same(got: Any, expected: Any) -> None:
    pairs = list(zip(leaves(got), leaves(expected), strict=True))
    assert pairs
    for one, other in pairs:
        assert np.shape(one) == np.shape(other)
        scale = np.spacing(np.max(np.abs(other), initial=1e-300))
        assert np.all(np.abs(np.asarray(one) - other) <= ULPS * scale)


def network(rng: np.random.Generator, *sizes: int) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for k, (D, H) in enumerate(pairwise(sizes), 1):
        params |= {f"W{k}": rng.normal(size=(D, H)), f"b{k}": rng.normal(size=H)}
    return params


def loss(params: dict[str, Any], x: Any, targets: Any) -> Any:
    h = x
    for k in range(1, len(params) // 2):
        h = np.tanh(h @ params[f"W{k}"] + params[f"b{k}"])
    k = len(params) // 2
    return ops.softmax_cross_entropy(ops.affine(h, params[f"W{k}"], params[f"b{k}"]), targets)


@pytest.mark.parametrize("sizes", [(3, 2), (3, 4, 2), (5, 7, 6, 3)])
def test_value_and_gradient_of_a_network_are_those_that_come_eagerly(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(sizes))
    compiled = compile(value_and_grad(loss))
    for _ in range(3):  # buffers are used again
        params, x = network(rng, *sizes), rng.normal(size=(8, sizes[0]))
        targets = np.eye(sizes[-1])[rng.integers(0, sizes[-1], 8)]
        same(compiled(params, x, targets), value_and_grad(loss)(params, x, targets))


def test_a_function_of_numbers_is_plain_arithmetic() -> None:
    compiled = compile(grad(lambda x: x**2 + np.abs(x)))
    assert [compiled(7.0), compiled(-7.0)] == [15.0, -15.0]
    assert "np.sign(x0)" in compiled.source


def test_the_source_is_numpy_that_runs_by_itself() -> None:
    compiled = compile(value_and_grad(lambda x: np.log(x[0]) + x[0] * x[1] - np.sin(x[1])))
    x = np.array([2.0, 5.0])
    expected = compiled(x)
    names: dict[str, Any] = {"np": np}
    exec("from reference.autodiff.indexing import scatter\n" + compiled.source, names)
    names["b0"] = np.empty(2)
    same(names["compiled"](x)[0], expected)


def test_what_is_not_needed_or_said_twice_is_computed_once_or_not_at_all() -> None:
    def f(x: Any) -> Any:
        np.cosh(x)
        return np.sum(np.exp(x) * 3.0 + np.exp(x) * 1.0)

    compiled = compile(f)
    compiled(np.ones(3))
    assert compiled.source.count("np.exp(") == 1
    assert "cosh" not in compiled.source
    assert "1.0" not in compiled.source.split("def ")[1]


def test_a_buffer_serves_again_when_its_value_has_been_used() -> None:
    compiled = compile(lambda x: np.sum(np.exp(np.sin(np.cos(np.tanh(x))))))
    compiled(np.ones((4, 5)))
    assert compiled.source.count("np.empty(") == 1


def test_results_stay_what_they_are_when_the_function_is_called_again() -> None:
    compiled = compile(lambda x: (x * 2.0, x.T, x))
    first = compiled(np.ones((2, 3)))
    compiled(np.zeros((2, 3)))
    same(first, (np.full((2, 3), 2.0), np.ones((3, 2)), np.ones((2, 3))))


def test_a_result_that_is_the_argument_is_a_copy() -> None:
    x = np.ones(3)
    y = compile(lambda x: x)(x)
    x[0] = 5.0
    assert y.tolist() == [1.0, 1.0, 1.0]


def test_other_shapes_types_and_containers_are_recorded_anew() -> None:
    compiled = compile(lambda p: np.sum(p["a"] * 2.0))
    assert compiled({"a": np.ones(3)}) == 6.0
    assert compiled({"a": np.ones((2, 2))}) == 8.0
    assert compiled({"a": np.ones(3)}) == 6.0
    assert compiled({"a": np.ones(3, np.float32)}).dtype == np.float32
    assert compiled({"a": 1.5}) == 3.0


class Pair(NamedTuple):
    left: Any
    right: Any


def test_results_are_built_like_what_the_function_gives() -> None:
    result = compile(lambda x: Pair([x + 1.0], {"twice": (2.0 * x, None)}))(np.zeros(2))
    assert isinstance(result, Pair)
    assert result.left[0].tolist() == [1.0, 1.0]
    assert result.right["twice"][0].tolist() == [0.0, 0.0]
    assert result.right["twice"][1] is None


def test_a_branch_that_depends_on_a_value_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValueDependent, match=r"np\.where"):
        compile(lambda x: x if x > 0 else -x)(2.0)
    with pytest.raises(ValueDependent, match=r"np\.where"):
        compile(grad(lambda x: x * x if np.all(x > 0) else x))(2.0)


def test_where_and_maximum_follow_the_values_of_each_call() -> None:
    compiled = compile(grad(lambda x: np.sum(np.where(x > 1, x**2, 3.0 * x) + np.maximum(x, 0.0))))
    for x in (np.array([0.5, 2.0, -3.0]), np.array([4.0, -1.0, 1.5])):
        same(compiled(x), grad(lambda x: np.sum(np.where(x > 1, x**2, 3.0 * x) + np.maximum(x, 0.0)))(x))


def test_sort_and_extremes_follow_the_values_of_each_call() -> None:
    weights = np.arange(1.0, 5.0)

    def f(x: Any) -> Any:
        return np.sum(np.sort(x) * weights) + np.max(x) * np.min(x)

    compiled = compile(grad(f))
    for x in (np.array([3.0, 1.0, 2.0, 5.0]), np.array([1.0, 4.0, 9.0, -2.0])):
        same(compiled(x), grad(f)(x))


def test_jacobians_and_products_with_hessians_can_be_compiled() -> None:
    A = np.random.default_rng(0).normal(size=(4, 3))

    def f(x: Any) -> Any:
        return np.sum(np.exp(np.sin(A @ x)))

    x, v = np.array([0.1, 0.2, 0.3]), np.array([1.0, -1.0, 2.0])
    same(compile(jacobian(lambda x: np.tanh(A @ x)))(x), jacobian(lambda x: np.tanh(A @ x))(x))
    same(compile(lambda x, v: hvp(f, [x], [v]))(x, v), hvp(f, [x], [v]))


def test_a_compiled_function_has_buffers_for_each_thread() -> None:
    compiled = compile(lambda x: np.sum(np.exp(np.sin(x))))
    inputs = [np.full(50_000, float(k)) for k in range(4)]
    expected = [float(np.sum(np.exp(np.sin(x)))) for x in inputs]
    wrong: list[int] = []

    def work(k: int) -> None:
        for _ in range(50):
            if abs(compiled(inputs[k]) - expected[k]) > 1e-6:
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []


def test_the_source_of_what_was_never_called_is_not_there() -> None:
    with pytest.raises(ValueError, match="call the function once"):
        _ = compile(lambda x: x).source


def test_the_gradient_of_a_compiled_function_is_compiled() -> None:
    both = compile(lambda x: np.sum(x**3)).value_and_grad
    value, gradient = both(np.array([1.0, 2.0]))
    assert (value, gradient.tolist()) == (9.0, [3.0, 12.0])
