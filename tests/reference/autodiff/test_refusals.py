"""What has no derivative, or would silently lose one, is refused in one sentence that names it and the way out."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.autodiff import InPlaceWrite, NotDifferentiable, Tensor, grad, jacobian, jvp, value_and_grad, vjp

X = np.array([[2.0, 0.5], [0.3, 1.5]])


def _write(x: Any) -> Any:
    x[0] = 1.0
    return np.sum(x)


def _write_more(x: Any) -> Any:
    x[0] += 1.0
    return np.sum(x)


def _collect(x: Any) -> Any:
    a = np.zeros(2)
    a[0] = x[0, 0]
    return np.sum(a)


def _collect_rows(x: Any) -> Any:
    a = np.zeros((2, 2))
    a[0] = x[0]
    return np.sum(a)


def _add_into(x: Any) -> Any:
    a = np.zeros((2, 2))
    a += x
    return np.sum(a)


def _add_at(x: Any) -> Any:
    a = np.zeros(2)
    np.add.at(a, [0, 0], x[0])
    return np.sum(a)


def _copy_to(x: Any) -> Any:
    a = np.zeros((2, 2))
    np.copyto(a, x)
    return np.sum(a)


# fmt: off
REFUSED: list[tuple[str, Callable[[Any], Any]]] = [
    # without a rule
    ("numpy.fft.fft",          np.fft.fft),
    ("numpy.unwrap",           np.unwrap),
    ("numpy.linalg.eig",       lambda x: np.linalg.eig(x)[0]),
    ("numpy.partition",        lambda x: np.partition(x, 1)),
    ("np.nextafter",           lambda x: np.nextafter(x, 3.0)),
    ("np.add.reduce",          np.add.reduce),
    ("np.multiply.outer",      lambda x: np.multiply.outer(x, x)),
    ("np.bitwise_and",         lambda x: np.bitwise_and(x, 1)),
    # by these options
    ("np.sum(..., where=",     lambda x: np.sum(x, where=[True, False])),
    ("np.sum(..., dtype=",     lambda x: np.sum(x, dtype=np.float32)),
    ("np.sum(..., initial=",   lambda x: np.sum(x, initial=3.0)),
    ("np.max(..., initial=",   lambda x: np.max(x, initial=3.0)),
    ("np.var(..., where=",     lambda x: np.var(x, where=[True, False])),
    ("np.exp(..., where=",     lambda x: np.exp(x, where=[True, False])),
    ("np.clip(..., dtype=",    lambda x: np.clip(x, 0.0, 1.0, dtype=float)),
    ("np.concatenate(..., dtype=", lambda x: np.concatenate([x, x], dtype=np.float32)),
    ("np.linalg.norm(ord=2)",  lambda x: np.linalg.norm(x, ord=2)),
    ("np.linalg.norm(ord='nuc')", lambda x: np.linalg.norm(x, "nuc")),
    ("np.pad(mode='maximum')", lambda x: np.pad(x, 1, mode="maximum")),
    ("np.pad(..., constant_values=", lambda x: np.pad(x, 1, constant_values=3.0)),
    ("np.einsum",              lambda x: np.einsum(x, [0, 1], [1, 0])),
    ("np.diff(..., prepend=",  lambda x: np.diff(x, prepend=0.0)),
    ("np.average(..., returned=", lambda x: np.average(x, returned=True)),
    ("np.average",             lambda x: np.average(x, weights=[1.0, 2.0])),
    ("np.cross",               lambda x: np.cross(np.append(x, x, 1), np.append(x, x, 1))),
    # an argument that is not differentiated by
    ("np.clip",                lambda x: np.clip(np.ones((2, 2)), x, 3.0)),
    ("np.clip",                lambda x: np.clip(np.ones((2, 2)), 0.0, x)),
    ("np.where",               lambda x: np.where(x, 1.0, 2.0) * x),
    ("np.array",               lambda x: np.arange(9.0)[x[0, 0]]),
    ("np.array",               lambda x: x[x[0, 0]]),
    # loses the history
    ("float(x)",               lambda x: float(x[0, 0])),
    ("float(x)",               lambda x: int(x[0, 0])),
    ("float(x)",               lambda x: complex(x[0, 0])),
    ("float(x)",               lambda x: math.sin(x[0, 0])),
    ("np.array",               lambda x: np.array([x[0, 0], x[0, 1]])),
    ("pickled",                lambda x: pickle.loads(pickle.dumps(x))),
    ("np.argmax",              lambda x: np.argmax(a=x) * x),
    ("np.linalg.inv(..., a=",  lambda x: np.linalg.inv(a=x)),
    ("np.array",               np.asarray),
    ("np.array",               lambda x: np.array(x, dtype=float)),
    ("np.array",               lambda x: np.sum([x[0], x[1]])),
    ("np.array",               lambda x: np.full(3, x[0, 0]) + np.array([x[0, 0]])),
    ("np.array",               lambda x: np.full((2, 2), x[0, 0])),
    ("np.array",               np.vectorize(lambda one: one + 1)),
]
if np.__version__ >= "2":
    REFUSED.append(("np.linalg.cholesky(..., upper=", lambda x: np.linalg.cholesky(x, upper=True)))
WRITES: list[tuple[str, Callable[[Any], Any]]] = [
    ("x[i] = v",               _write),
    ("x[i] = v",               _write_more),
    ("np.add(..., out=",       _add_into),
    ("np.exp(..., out=",       lambda x: np.exp(x, out=np.zeros((2, 2)))),
    ("a[i] = x",               _collect),
]
LOST: list[tuple[str, Callable[[Any], Any]]] = [
    ("np.array",               _collect_rows),
    ("np.add.at",              _add_at),
    ("numpy.copyto",           _copy_to),
]
# fmt: on


def _one(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: np.sum(f(x))


def _assert_one_sentence(message: str, names: str) -> None:
    assert names in message
    assert "\n" not in message
    assert ":" in message or ";" in message  # what, and after it the way out
    assert len(message) < 200


@pytest.mark.parametrize(("names", "f"), REFUSED + WRITES + LOST)
def test_it_is_refused_in_one_sentence(names: str, f: Callable[[Any], Any]) -> None:
    with pytest.raises(NotDifferentiable) as backward:
        grad(_one(f))(X)
    _assert_one_sentence(str(backward.value), names)
    with pytest.raises(NotDifferentiable):
        jvp(f, [X], [X])


@pytest.mark.parametrize(("names", "f"), WRITES)
def test_a_write_is_called_one(names: str, f: Callable[[Any], Any]) -> None:
    with pytest.raises(InPlaceWrite):
        grad(_one(f))(X)


@pytest.mark.parametrize(
    "point", [2.0 + 1.0j, np.ones(2, complex), True, np.array([True, False]), "2.0", np.array(["a"]), np.array([None])]
)
def test_only_floats_and_integers_are_differentiated_by(point: Any) -> None:
    for derive in (lambda: grad(np.sum)(point), lambda: vjp(np.sum, point), lambda: jvp(np.sum, [point], [point])):
        with pytest.raises(NotDifferentiable, match="use floats"):
            derive()


def _through_complex(x: Any) -> Any:
    return np.abs(x * 1j)


@pytest.mark.parametrize("f", [_through_complex, lambda x: x * 1j, lambda x: x * 1j * 1j, lambda x: (-x) ** 0.5])
def test_complex_numbers_on_the_way_are_refused(f: Callable[[Any], Any]) -> None:
    with pytest.raises(NotDifferentiable):
        grad(f)(2.0)
    with pytest.raises(NotDifferentiable):
        jvp(f, [2.0], [1.0])


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_keeps_its_history(copied: Callable[[Any], Any]) -> None:
    assert grad(lambda x: copied(x) * copied([x])[0])(3.0) == 6.0
    assert jvp(lambda x: copied(x) * x, [3.0], [1.0])[1] == 6.0


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_of_what_somebody_made_is_another_one(copied: Callable[[Any], Any]) -> None:
    x = Tensor(np.ones(2))
    other = copied(x)
    assert other is not x
    assert other.level is x.level
    np.testing.assert_array_equal(other.data, x.data)
    assert np.shares_memory(other.data, x.data) == (copied is copy.copy)


def test_operators_of_python() -> None:
    x = np.array([2.0, 0.5, -1.5])
    np.testing.assert_array_equal(grad(lambda x: np.sum(x // 2.0 * x))(x), x // 2.0)
    np.testing.assert_array_equal(grad(lambda x: np.sum(2.0 // x * x))(x), 2.0 // x)
    np.testing.assert_array_equal(grad(lambda x: np.sum(3.2 % x))(x), -(3.2 // x))
    np.testing.assert_array_equal(grad(lambda x: np.sum(x % 0.7))(x), np.ones(3))
    np.testing.assert_array_equal(grad(lambda x: np.sum(+x + abs(-x)))(x), 1 + np.sign(x))
    np.testing.assert_array_equal(grad(lambda x: np.sum(x.reshape(1, 3).flatten() ** 2))(x), 2 * x)


def test_integers_count_as_floats() -> None:
    assert grad(lambda x: x * x)(3) == 6.0
    g = grad(lambda x: np.sum(x * x))(np.array([1, 2]))
    np.testing.assert_array_equal(g, [2.0, 4.0])
    assert g.dtype == float


@pytest.mark.parametrize("result", [None, "3", {"loss": 1.0}, [1.0, 2.0], (1.0,), np.ones(1), np.ones(3)])
def test_a_gradient_is_of_one_number(result: Any) -> None:
    with pytest.raises(NotDifferentiable, match="grad is of one number"):
        value_and_grad(lambda x: result)(2.0)


def test_a_container_of_traced_values_is_no_number() -> None:
    for f in (lambda x: [x], lambda x: (x, x), lambda x: {"loss": x}):
        with pytest.raises(NotDifferentiable, match="grad is of one number"):
            grad(f)(2.0)


def test_shapes_that_do_not_fit_are_told() -> None:
    with pytest.raises(NotDifferentiable, match=r"\(3,\)"):
        vjp(lambda x: x * 2, np.ones(3))[1](np.ones(2))
    with pytest.raises(NotDifferentiable, match=r"shape \(3,\)"):
        jvp(lambda x: x * 2, [np.ones(3)], [np.ones(2)])
    with pytest.raises(NotDifferentiable, match=r"\(2,\)"):
        grad(lambda x: x * np.ones(2))(1.0)


def test_a_function_that_numpy_lets_nobody_take_over_is_refused_too() -> None:
    with pytest.raises(NotDifferentiable):
        jacobian(np.asarray_chkfinite)(np.ones(2))


def test_a_refused_call_names_what_is_wrong_where_numpy_would_too() -> None:
    with pytest.raises(ValueError, match="matmul"):
        grad(lambda x: np.sum(x @ np.ones((3, 3))))(X)
    with pytest.raises(IndexError):
        grad(lambda x: x[7, 0])(X)
