"""assert_gradient: right gradients pass, wrong ones do not, and the form is checked before the values."""

from __future__ import annotations

import math
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
            "by W has the wrong shape, (4, 3): a gradient looks like its argument",
            "transposed",
        ),
        (lambda *a: (*affine_vjp(*a)[:2], affine_vjp(*a)[2][None]), "by b has the wrong shape, (1, 4)", "keepdims"),
        (lambda x, W, b, g: affine_vjp(x, W, b, np.ones_like(g)), "is wrong", "upstream-ignored"),
        (lambda *a: (*affine_vjp(*a)[:2], affine_vjp(*a)[2] / 5), "by b is wrong", "averaged-bias"),
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


# ---------------------------------------------------------------------------------------- what is differentiated


class StudentFunction:
    """A callable with the words of `student.f`."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)

    def returns(self, *forms: Any) -> Any: ...

    def with_(self, **options: Any) -> Any: ...


def replies(*values: Any) -> Function:
    """A function that returns one after the other, the last for ever."""
    left = list(values)
    return lambda *args: left.pop(0) if len(left) > 1 else left[0]


UNUSABLE = [
    (lambda: replies("not a number"), {}, "the function's value is not an array"),
    (lambda: replies(None), {}, "the function's value is not an array"),
    (lambda: replies(np.ones(2, np.float16)), {}, "float16"),
    (lambda: replies(math.nan), {}, "the function's value is not made of finite real numbers"),
    (lambda: replies(1.0, math.inf), {}, "the function's value is not made of finite real numbers"),
    (lambda: replies(1j), {}, "the function's value is not made of finite real numbers"),
    (lambda: replies(np.ones(3), np.ones(2)), {}, "the function's value changes its shape"),
    (lambda: replies(np.ones(1)), {"upstream": False}, "the function's value is not a single number"),
    (lambda: replies(1.0, 2.0), {}, "another one in a second call"),
    (lambda: replies(1e12), {}, "differences are rounding noise"),
    (lambda: replies(1.7e308, 1.7e308, -1.7e308), {}, "differences of them, are not finite"),
]


@pytest.mark.parametrize(("forward", "options", "says"), UNUSABLE)
def test_a_forward_of_the_students_that_cannot_be_differentiated_fails(forward: Any, options: Any, says: str) -> None:
    said = finding(lambda w, *g: np.zeros_like(w), of=StudentFunction(forward()), at={"w": W}, **options)
    assert says in said.says


@pytest.mark.parametrize(("function", "options", "says"), UNUSABLE)
def test_another_function_that_cannot_be_differentiated_is_the_authors_mistake(
    function: Any, options: Any, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        assert_gradient(lambda w, *g: np.zeros_like(w), of=function(), at={"w": W}, **options)


def test_what_goes_wrong_inside_the_function_keeps_its_name() -> None:
    def forward(w: Any) -> Any:
        raise CheckFailed(Finding(says="the reply has another form"))

    assert finding(sigmoid, of=forward, at={"w": W}).says == "the reply has another form"


@pytest.mark.parametrize(
    ("at", "wrt", "says"),
    [
        ({"w": W}, "v", "wrt names 'v', but at has w"),
        ({"w": W}, ["w", "v"], "wrt names 'v'"),
        ({"w": W}, [], "no gradient"),
        ({}, None, "no gradient"),
        ({"w": W + 0j}, None, "by real numbers, but w is"),
        ({"w": [1.0, 2.0]}, None, "by real numbers, but w is"),
        ({"w": True}, None, "by real numbers, but w is True"),
    ],
)
def test_arguments_that_do_not_fit_are_the_authors_mistake(at: Any, wrt: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        assert_gradient(sigmoid, of=loss, at=at, wrt=wrt)


# --------------------------------------------------------------------------------------------------- arguments


def test_numbers_are_passed_as_numbers_and_may_be_differentiated_by() -> None:
    kinds = set()

    def scaled(a: Any, n: Any, x: Any) -> Any:
        kinds.add((type(a), type(n), type(x)))
        return float(a**3 * n * np.sum(x))

    def gradient(a: Any, n: Any, x: Any) -> Any:
        kinds.add((type(a), type(n), type(x)))
        return 3 * a**2 * n * np.sum(x), np.full(x.shape, a**3 * n)

    assert_gradient(gradient, of=scaled, at={"a": 1.5, "n": 2, "x": X}, wrt=["a", "x"])
    assert kinds == {(float, int, np.ndarray)}


def test_a_number_is_answered_by_a_number() -> None:
    assert_gradient(lambda a: 2 * a, of=lambda a: a**2, at={"a": 3})
    assert "wrong shape, (1,)" in finding(lambda a: [2 * a], of=lambda a: a**2, at={"a": 3.0}).says


def test_an_array_of_no_axes_stays_an_array() -> None:
    assert_gradient(lambda a: 2 * a[()], of=lambda a: a[()] ** 2, at={"a": np.array(3.0)})


@pytest.mark.parametrize("kind", [np.int64, np.uint8])
def test_integers_are_differentiated_by_in_float64(kind: Any) -> None:
    at = {"x": np.array([1, 2, 5], kind)}
    assert_gradient(lambda x: -1.0 / x.astype(float) ** 2, of=lambda x: float(np.sum(1 / x)), at=at)
    finding(lambda x: 1.0 / x.astype(float) ** 2, of=lambda x: float(np.sum(1 / x)), at=at)


# ------------------------------------------------------------------------------------------------------- noise


@pytest.mark.parametrize("seed", range(20))
def test_rounding_of_a_large_value_fails_no_right_gradient_and_passes_no_wrong_one(seed: int) -> None:
    def of(x: Any) -> Any:
        return 1e8 + np.sum(x**2)

    rng = np.random.default_rng(seed)
    at = {"x": rng.uniform(0.4, 0.8, 4) * rng.choice([-1, 1], 4)}
    assert_gradient(lambda x: 2 * x, of=of, at=at)
    for wrong in (-2.0, 0.0, 1.0, 3.0):
        finding(lambda x, c=wrong: c * x, of=of, at=at)


@pytest.mark.parametrize("seed", range(20))
def test_a_derivative_that_is_zero_but_for_rounding_passes(seed: int) -> None:
    def shifted(x: Any, c: Any) -> Any:
        e = np.exp(x + c - np.max(x))
        return 30 * e / e.sum()

    rng = np.random.default_rng(seed)
    at: dict[str, Any] = {"x": rng.normal(size=40), "c": float(rng.normal())}
    with running(CheckContext(seed=seed)):
        assert_gradient(lambda x, c, g: 0.0, of=shifted, at=at, wrt="c")
        finding(lambda x, c, g: 1e-5, of=shifted, at=at, wrt="c")


def test_a_value_in_float32_shows_errors_down_to_its_noise() -> None:
    def of(x: Any) -> Any:
        return np.float32(np.sum(x**2))

    surroundings = CheckContext()
    with running(surroundings):
        assert_gradient(lambda x: 2 * x, of=of, at={"x": X})
    shows = surroundings.evidence["the gradient by x: smallest error that shows"]
    assert isinstance(shows, float)
    assert 1e-6 < shows < 0.05
    assert "is wrong" in finding(lambda x: 2.1 * x, of=of, at={"x": X}).says


def test_a_value_that_hides_its_derivative_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="rounding noise"):
        assert_gradient(lambda x: 2 * x, of=lambda x: 1e8 + np.sum(x**2), at={"x": X * 1e-4})


# ---------------------------------------------------------------------------------------------------- upstream


def upstreams_of(seed: int, times: int) -> list[list[Any]]:
    """The upstream gradients that each of some assertions in one check draws."""
    seen: list[list[Any]] = []

    def vjp(x: Any, g: Any) -> Any:
        seen[-1].append(g)
        return 2 * x * g

    with running(CheckContext(seed=seed)):
        for _ in range(times):
            seen.append([])
            assert_gradient(vjp, of=lambda x: x**2, at={"x": X})
    return seen


def test_two_in_one_check_get_different_upstreams() -> None:
    first, second = upstreams_of(0, 2)
    assert not np.any(first[0] == second[0])


def test_the_same_seed_draws_the_same_upstream() -> None:
    first, again, other = (upstreams_of(seed, 1)[0] for seed in (1, 1, 2))
    assert len(first) == len(again)
    assert all(np.array_equal(one, same) for one, same in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
