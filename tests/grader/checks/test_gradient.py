"""assert_gradient: right gradients pass, wrong ones do not, and the form is checked before the values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckContext, assert_gradient
from grader.checks.context import running
from grader.model import CheckFailed, Finding

RNG = np.random.default_rng(0)
X, W, B = RNG.normal(size=(5, 3)), RNG.normal(size=(3, 4)), RNG.normal(size=4)
AT = {"x": X, "W": W, "b": B}
Function = Callable[..., Any]


def affine(x: Any, W: Any, b: Any) -> Any:
    return np.tanh(x @ W + b)


def affine_vjp(x: Any, W: Any, b: Any, g: Any) -> Any:
    d = g * (1 - np.tanh(x @ W + b) ** 2)
    return d @ W.T, x.T @ d, d.sum(0)


def loss(w: Any) -> float:
    return float(np.sum(np.log1p(np.exp(w))))


def sigmoid(w: Any) -> Any:
    return 1 / (1 + np.exp(-w))


def finding(gradient: Function, **options: Any) -> Finding:
    with pytest.raises(CheckFailed) as caught:
        assert_gradient(gradient, **options)
    return caught.value.finding


def test_right_gradients_of_an_array_pass_for_an_upstream_that_we_draw() -> None:
    assert_gradient(affine_vjp, of=affine, at=AT)


def test_a_right_gradient_of_a_scalar_is_a_bare_array() -> None:
    assert_gradient(sigmoid, of=loss, at={"w": W})


def test_one_of_several_arguments_may_be_asked_for() -> None:
    assert_gradient(lambda *a: affine_vjp(*a)[1], of=affine, at=AT, wrt="W")
    assert_gradient(lambda *a: affine_vjp(*a)[1:], of=affine, at=AT, wrt=["W", "b"])


def test_a_scalar_may_have_an_upstream_too() -> None:
    assert_gradient(lambda w, g: g * sigmoid(w), of=loss, at={"w": W}, upstream=True)


def test_labels_among_the_arguments_stay_integers() -> None:
    def picked(w: Any, labels: Any) -> float:
        return float(np.sum(w[np.arange(len(labels)), labels] ** 2))

    def gradient(w: Any, labels: Any) -> Any:
        g = np.zeros_like(w)
        rows = np.arange(len(labels))
        g[rows, labels] = 2 * w[rows, labels]
        return g

    assert_gradient(gradient, of=picked, at={"w": W, "labels": np.array([0, 3, 1])}, wrt="w")


def test_a_right_gradient_that_overwrites_its_inputs_passes() -> None:
    def vjp(x: Any, W: Any, b: Any, g: Any) -> Any:
        answer = affine_vjp(x, W, b, g)
        for array in (x, W, b, g):
            array[...] = 0
        return answer

    assert_gradient(vjp, of=affine, at=AT)


def test_float32_gradients_of_a_moderate_function_are_judged_by_the_same_bound() -> None:
    assert "is wrong" in finding(lambda w: (1.001 * sigmoid(w)).astype(np.float32), of=loss, at={"w": W}).says


@pytest.mark.parametrize(
    ("wrong", "says", "code"),
    [
        (lambda *a: affine_vjp(*a)[:2], "not 3 arrays", None),
        (lambda *a: affine_vjp(*a)[0], "not 3 arrays", None),
        (lambda *a: tuple(-g for g in affine_vjp(*a)), "the gradient by x is wrong", "sign"),
        (
            lambda *a: (affine_vjp(*a)[0], affine_vjp(*a)[1].T, affine_vjp(*a)[2]),
            "by W has the wrong shape",
            "transposed",
        ),
        (lambda *a: (*affine_vjp(*a)[:2], affine_vjp(*a)[2][None]), "by b has the wrong shape", "keepdims"),
        (lambda x, W, b, g: affine_vjp(x, W, b, np.ones_like(g)), "is wrong", None),
        (lambda *a: (*affine_vjp(*a)[:2], affine_vjp(*a)[2] / 5), "by b is wrong", "factor"),
        (lambda *a: (*affine_vjp(*a)[:2], np.full(4, np.nan)), "finite real", None),
        (lambda *a: (*affine_vjp(*a)[:2], affine_vjp(*a)[2] + 1j), "finite real", None),
        (lambda *a: (*affine_vjp(*a)[:2], "zeros"), "not an array of numbers", None),
    ],
)
def test_wrong_gradients_fail(wrong: Function, says: str, code: str | None) -> None:
    said = finding(wrong, of=affine, at=AT)
    assert says in said.says
    assert (said.diagnosis.code if said.diagnosis else None) == code


@pytest.mark.parametrize("relative_error", [1e-5, 1e-2])
def test_a_small_error_in_one_entry_fails(relative_error: float) -> None:
    def wrong(w: Any) -> Any:
        g = sigmoid(w)
        g[1, 2] *= 1 + relative_error
        return g

    assert finding(wrong, of=loss, at={"w": W + 2}).where is not None


def test_a_gradient_of_zero_where_it_is_zero_passes() -> None:
    assert_gradient(np.zeros_like, of=lambda w: 3.0, at={"w": W})


def test_the_students_own_forward_may_be_what_is_differentiated() -> None:
    said = finding(sigmoid, of=lambda w: "not a number", at={"w": W})
    assert "the function's value is not an array" in said.says
    calls = iter([np.ones(3)] + [np.ones(2)] * 100)
    said = finding(lambda w, g: w, of=lambda w: next(calls), at={"w": W})
    assert "changes its shape" in said.says


def test_the_same_seed_draws_the_same_upstream() -> None:
    seen = []

    def vjp(x: Any, W: Any, b: Any, g: Any) -> Any:
        seen.append(g)
        return affine_vjp(x, W, b, g)

    for seed in (1, 1, 2):
        with running(CheckContext(seed=seed)):
            assert_gradient(vjp, of=affine, at=AT)
    assert np.array_equal(seen[0], seen[1])
    assert not np.array_equal(seen[0], seen[2])
