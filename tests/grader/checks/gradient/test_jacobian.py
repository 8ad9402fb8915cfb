"""check_jacobian and assert_jacobian: shape, layout, every entry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader import assert_jacobian, check_jacobian
from grader.checks import CheckContext
from grader.checks.context import running
from grader.model import CheckFailed, Finding

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=5), RNG.normal(size=(5, 3))


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max())
    return e / e.sum()


def softmax_jacobian(x: Any) -> Any:
    p = softmax(x)
    return np.diag(p) - np.outer(p, p)


def linear(x: Any, W: Any) -> Any:
    return x @ W


def linear_jacobians(x: Any, W: Any) -> Any:
    return W, np.einsum("i,jk->ijk", x, np.eye(3))


def finding(jacobian: Any, **options: Any) -> Finding:
    with pytest.raises(CheckFailed) as caught:
        assert_jacobian(jacobian, **options)
    return caught.value.finding


def test_right_jacobians_pass_in_either_layout() -> None:
    assert_jacobian(softmax_jacobian, of=softmax, at={"x": X})
    assert_jacobian(linear_jacobians, of=linear, at={"x": X, "W": W})
    assert_jacobian(lambda x, W: W.T, of=linear, at={"x": X, "W": W}, wrt="x", layout="numerator")
    turned = np.einsum("i,jk->kij", X, np.eye(3))
    assert_jacobian(lambda x, W: turned, of=linear, at={"x": X, "W": W}, wrt="W", layout="numerator")


def test_of_a_scalar_it_is_the_gradient_and_by_a_number_it_has_the_values_shape() -> None:
    assert_jacobian(lambda x: 2 * x, of=lambda x: np.sum(x**2), at={"x": X})
    assert_jacobian(lambda a, x: x, of=lambda a, x: a * x, at={"a": 2.0, "x": X}, wrt="a")


def test_the_other_layout_is_named() -> None:
    said = finding(lambda x, W: W.T, of=linear, at={"x": X, "W": W}, wrt="x")
    assert said.says == "the Jacobian by x has the wrong shape, (3, 5)"
    assert said.diagnosis is not None
    assert said.diagnosis.code == "numerator-layout"


@pytest.mark.parametrize(
    ("wrong", "says", "code"),
    [
        (lambda x: np.diag(softmax(x) * (1 - softmax(x))), "is wrong", "softmax-diagonal"),
        (lambda x: -softmax_jacobian(x), "is wrong", "sign"),
        (lambda x: softmax_jacobian(x) * np.nan, "finite real", None),
        (lambda x: softmax_jacobian(x) + 0j, "finite real", None),
        (lambda x: "J", "not an array of numbers", None),
    ],
)
def test_wrong_jacobians_fail(wrong: Any, says: str, code: str | None) -> None:
    said = finding(wrong, of=softmax, at={"x": X})
    assert says in said.says
    assert (said.diagnosis.code if said.diagnosis else None) == code


def test_one_wrong_entry_is_named() -> None:
    def wrong(x: Any) -> Any:
        J = softmax_jacobian(x)
        J[1, 3] += 1e-6
        return J

    report = check_jacobian(softmax, wrong, {"x": X})
    assert [reason.code for reason in report.reasons] == ["wrong-value"]
    assert report.arrays[0].wrong == ((1, 3),)
    assert report.worst is not None
    assert report.worst.index == (1, 3)
    assert (finding(wrong, of=softmax, at={"x": X}).where or "").startswith("at [1, 3]: expected ")


@pytest.mark.parametrize(("at_zero", "passes"), [(0.0, True), (0.5, True), (1.0, True), (2.0, False), (-0.1, False)])
def test_at_a_kink_any_value_between_the_one_sided_derivatives_is_right(at_zero: float, passes: bool) -> None:
    x = np.array([0.0, 1e-7, -1e-7, 1.0, -2.0, 0.0])

    def relu_jacobian(x: Any) -> Any:
        return np.diag(np.where(x > 0, 1.0, np.where(x == 0, at_zero, 0.0)))

    report = check_jacobian(lambda x: np.maximum(x, 0), relu_jacobian, [x])
    assert report.passed is passes
    assert set(report.arrays[0].wrong) == (set() if passes else {(0, 0), (5, 5)})
    off = check_jacobian(lambda x: np.maximum(x, 0), lambda x: relu_jacobian(x) + 1e-3 * np.eye(6)[::-1], [x])
    assert not off.passed


def test_the_form_of_several_is_checked_first() -> None:
    assert "not 2 arrays" in finding(lambda x, W: W, of=linear, at={"x": X, "W": W}).says
    report = check_jacobian(linear, lambda x, W: None, [X, W])
    assert [reason.code for reason in report.reasons] == ["wrong-count"]


@pytest.mark.parametrize(
    ("of", "says"),
    [
        (lambda x: np.nan, "not made of finite real numbers"),
        (lambda x: "text", "not an array"),
        (lambda x: np.where(x == X, 1.0, np.inf), "not finite"),
        (lambda x: 1e12 + x, "rounding noise"),
    ],
)
def test_a_function_that_cannot_be_differentiated_is_the_authors_mistake(of: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        assert_jacobian(lambda x: np.eye(5), of=of, at={"x": X})


def test_arguments_that_do_not_fit_are_the_authors_mistake() -> None:
    with pytest.raises(ValueError, match="assert_jacobian: wrt names 'v'"):
        assert_jacobian(softmax_jacobian, of=softmax, at={"x": X}, wrt="v")


def test_the_check_asserts_and_notes_its_error() -> None:
    surroundings = CheckContext()
    with running(surroundings):
        assert_jacobian(softmax_jacobian, of=softmax, at={"x": X})
    assert surroundings.assertions == ["jacobian"]
    error = surroundings.evidence["the Jacobian by x: relative error"]
    assert isinstance(error, float)
    assert error < 1e-10
