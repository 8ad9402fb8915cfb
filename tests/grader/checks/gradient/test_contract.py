"""What a gradient must keep to before its values are looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader import check_gradient, check_jacobian
from tests.grader.checks.gradient.cases import Function, layer_params, tanh_layer, tanh_layer_vjp

PARAMS = layer_params()


def reasons(vjp: Function, f: Function = tanh_layer, **options: Any) -> list[tuple[str, str | None]]:
    report = check_gradient(f, vjp, PARAMS, **options)
    return [(reason.code, reason.array) for reason in report.reasons]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda dx, dW, db: (dx, dW), [("wrong-count", None)]),
        (lambda dx, dW, db: dx, [("wrong-count", None)]),
        (lambda dx, dW, db: None, [("wrong-count", None)]),
        (lambda dx, dW, db: (dx, dW.T, db[None]), [("wrong-shape", "W"), ("wrong-shape", "b")]),
        (lambda dx, dW, db: (dx, "W", None), [("not-numbers", "W"), ("not-numbers", "b")]),
        (lambda dx, dW, db: (dx, dW, db.astype(np.float16)), [("not-numbers", "b")]),
        (lambda dx, dW, db: (dx, dW * np.nan, db + 1j), [("not-finite", "W"), ("not-finite", "b")]),
        (lambda dx, dW, db: {"x": dx, "W": dW, "c": db}, [("wrong-count", None)]),
        (lambda dx, dW, db: {"b": db, "W": dW, "x": dx}, []),
        (lambda dx, dW, db: [dx.tolist(), dW.tolist(), db.tolist()], []),
    ],
)
def test_the_form_of_the_answer(change: Function, expected: list[tuple[str, str | None]]) -> None:
    assert reasons(lambda *args: change(*tanh_layer_vjp(*args))) == expected


def test_a_wrong_layout_is_named() -> None:
    report = check_gradient(
        tanh_layer, lambda *a: (tanh_layer_vjp(*a)[0], tanh_layer_vjp(*a)[1].T, PARAMS["b"]), PARAMS
    )
    assert report.diagnosis is not None
    assert report.diagnosis.code == "transposed"


def test_a_gradient_that_adds_to_the_one_before_is_not_zeroed() -> None:
    kept = [np.zeros_like(x) for x in PARAMS.values()]

    def accumulating(*args: Any) -> Any:
        kept[:] = [old + new for old, new in zip(kept, tanh_layer_vjp(*args), strict=True)]
        return list(kept)

    assert reasons(accumulating)[0][0] == "not-zeroed"


def test_unseeded_dropout_is_not_repeatable() -> None:
    rng = np.random.default_rng(0)

    def dropped(x: Any, W: Any, b: Any, g: Any) -> Any:
        return [d * (rng.random(d.shape) < 0.5) for d in tanh_layer_vjp(x, W, b, g)]

    assert reasons(dropped)[0][0] == "not-repeatable"


def test_a_forward_with_unseeded_dropout_cannot_be_judged() -> None:
    rng = np.random.default_rng(0)
    assert reasons(tanh_layer_vjp, lambda *a: tanh_layer(*a) * (rng.random((5, 4)) < 0.5)) == [("not-repeatable", None)]


def test_a_gradient_that_ignores_or_clips_the_upstream_is_not_linear() -> None:
    assert reasons(lambda x, W, b, g: tanh_layer_vjp(x, W, b, np.ones_like(g)))[0][0] == "not-linear"
    assert reasons(lambda x, W, b, g: tanh_layer_vjp(x, W, b, np.clip(g, -1, 1)))[0][0] == "not-linear"
    assert reasons(lambda *a: [d + 1e-4 for d in tanh_layer_vjp(*a)])[0][0] == "not-linear"


def test_arguments_that_are_changed_in_place_are_named() -> None:
    def careless(x: Any, W: Any, b: Any, g: Any) -> Any:
        answer = tanh_layer_vjp(x, W, b, g)
        W *= 2
        g[0] = 0
        return answer

    assert reasons(careless) == [("input-modified", "W"), ("upstream-modified", None)]


def test_a_gradient_that_remembers_its_first_point_is_wrong_elsewhere() -> None:
    cache: list[Any] = []

    def stale(x: Any, W: Any, b: Any, g: Any) -> Any:
        cache.append(np.tanh(x @ W + b))
        d = g * (1 - cache[0] ** 2)
        return d @ W.T, x.T @ d, d.sum(0)

    found = reasons(stale)
    assert {code for code, _ in found} == {"wrong-elsewhere"}


def test_a_value_that_is_no_scalar_needs_an_upstream() -> None:
    assert reasons(lambda x, W, b: tanh_layer_vjp(x, W, b, 1.0), upstream=False) == [("not-scalar", None)]


def test_a_value_that_changes_its_shape_cannot_be_judged() -> None:
    shapes = iter([(2,), (2,), *[(3,)] * 8])
    report = check_gradient(lambda x: np.zeros(next(shapes)), lambda x, g: 0.0, [1.0])
    assert [reason.code for reason in report.reasons] == ["changing-shape"]


def test_no_upstream_is_ones_and_it_is_in_the_values_own_format() -> None:
    seen = []

    def vjp(x: Any, W: Any, b: Any, g: Any) -> Any:
        seen.append(g)
        return tanh_layer_vjp(x, W, b, g)

    reasons(vjp)
    assert all(g.shape == (5, 4) and g.dtype == np.float64 and np.ptp(g) > 0.5 for g in seen)

    def single_vjp(x: Any, g: Any) -> Any:
        seen.append(g)
        return g

    check_gradient(lambda x: x.astype(np.float32), single_vjp, [np.ones(3)])
    assert seen[-1].dtype == np.float32


@pytest.mark.parametrize("size", [1.7e308, 5e-324])
def test_numbers_at_the_edge_of_float64_are_wrong_and_nothing_else(size: float) -> None:
    found = reasons(lambda *a: [np.full_like(d, size) for d in tanh_layer_vjp(*a)])
    assert {code for code, _ in found} <= {"wrong-value", "not-linear"}
    assert found
    report = check_jacobian(np.sin, lambda x: np.full((3, 3), size), [np.ones(3)])
    assert [reason.code for reason in report.reasons] == ["wrong-value"]
