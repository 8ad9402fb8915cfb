"""Derivative rules of linear algebra, for one matrix or a stack of them.

Source of the formulas: M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic
differentiation, 2008. T stands for the transpose of the last two axes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.autodiff.rules import (
    CONSTANT,
    Rule,
    elementwise,
    enter,
    in_order,
    plain,
    primitive,
    shape_of,
    unbroadcast,
)


def _t(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


def _stacked(g: Any) -> Any:
    """A number for each matrix, to be multiplied with it."""
    return np.expand_dims(g, (-2, -1))


def _diagonal_sum(a: Any) -> Any:
    return np.trace(a, axis1=-2, axis2=-1)


def _is_vector(a: Any, b: Any) -> bool:
    """Whether solve(a, b) reads b as vectors: NumPy 2 where b has one axis, NumPy 1 where it has one less than a."""
    return len(shape_of(b)) == (len(shape_of(a)) - 1 if np.__version__ < "2" else 1)


def _solve_any(a: Any, b: Any, vector: bool) -> Any:
    """np.linalg.solve, of one vector for each matrix of a stack too."""
    if vector and len(shape_of(a)) > 2:
        return np.linalg.solve(a, np.expand_dims(b, -1))[..., 0]
    return np.linalg.solve(a, b)


def _solve_vjp_a(g: Any, y: Any, a: Any, b: Any) -> Any:
    vector = _is_vector(a, b)
    back = _solve_any(_t(a), g, vector)
    if vector:
        return unbroadcast(-np.expand_dims(back, -1) * np.expand_dims(y, -2), a)
    return unbroadcast(-back @ _t(y), a)


def _solve_vjp_b(g: Any, y: Any, a: Any, b: Any) -> Any:
    return unbroadcast(_solve_any(_t(a), g, _is_vector(a, b)), b)


def _solve_jvp_a(t: Any, y: Any, a: Any, b: Any) -> Any:
    if _is_vector(a, b):
        return -_solve_any(a, (t @ np.expand_dims(y, -1))[..., 0], True)
    return -np.linalg.solve(a, t @ y)


def _cholesky_vjp(g: Any, y: Any, a: Any) -> Any:
    """With P the lower half of yᵀg, its diagonal halved: the symmetric part of y⁻ᵀ P y⁻¹."""
    p = _lower_half(_t(y) @ g)
    s = np.linalg.solve(_t(y), _t(np.linalg.solve(_t(y), _t(p))))
    return 0.5 * (s + _t(s))


def _cholesky_jvp(t: Any, y: Any, a: Any) -> Any:
    symmetric = 0.5 * (t + _t(t))
    inner = np.linalg.solve(y, _t(np.linalg.solve(y, symmetric)))
    return y @ _lower_half(inner)


def _lower_half(a: Any) -> Any:
    size = shape_of(a)[-1]
    return np.tril(a) - (0.5 * a) * np.eye(size, dtype=bool)


def _cholesky(a: Any) -> Any:
    """Of the symmetric part: NumPy's reads the lower half alone, and its derivative would depend on that."""
    return np.linalg.cholesky(0.5 * (a + _t(a)))


@primitive
def log_abs_det(a: Any) -> Any:
    """The logarithm of the determinant's size."""
    return np.linalg.slogdet(a)[1]


@primitive
def sign_of_det(a: Any) -> Any:
    """The determinant's sign, where the determinant itself would be too small or too large for a float."""
    return np.linalg.slogdet(a)[0]


CONSTANT.add(sign_of_det)


@primitive
def root(x: Any) -> Any:
    """The square root, with derivative 0 at 0: what a norm, which has a kink there, is made of."""
    return np.sqrt(x)


def _cofactors(y: Any, a: Any) -> Any:
    """The derivative of the determinant y by each entry of a: y·a⁻ᵀ.

    Where a matrix is singular, entry i, j is the determinant of a copy whose row i is 1 at j and 0 elsewhere, which is
    true of every matrix, but takes n² determinants.
    """
    if np.all(plain(y) != 0):
        return _stacked(y) * _t(np.linalg.inv(a))
    n = shape_of(a)[-1]
    units = np.eye(n, dtype=bool)
    row, unit = units[:, None, :, None], units[None, :, None, :]  # of copy i, j: row i, which is unit vector j
    return np.linalg.det(np.where(row, unit * 1.0, np.expand_dims(a, (-4, -3))))


# fmt: off
ROOT = elementwise(root, lambda g, y, x: g / np.where(y == 0, 1.0, 2.0 * y) * (y != 0))
enter(np.linalg.inv, Rule("linalg.inv", np.linalg.inv,
    (lambda g, y, a: -_t(y) @ g @ _t(y),),
    (lambda t, y, a: -y @ t @ y,), in_order(np.linalg.inv)))
enter(np.linalg.det, Rule("linalg.det", np.linalg.det,
    (lambda g, y, a: _stacked(g) * _cofactors(y, a),),
    (lambda t, y, a: np.sum(_cofactors(y, a) * t, axis=(-2, -1)),), in_order(np.linalg.det)))
LOG_ABS_DET = enter(log_abs_det, Rule("log_abs_det", log_abs_det,
    (lambda g, y, a: _stacked(g) * _t(np.linalg.inv(a)),),
    (lambda t, y, a: _diagonal_sum(np.linalg.solve(a, t)),)))
enter(np.linalg.solve, Rule("linalg.solve", np.linalg.solve,
    (_solve_vjp_a, _solve_vjp_b),
    (_solve_jvp_a, lambda t, y, a, b: np.linalg.solve(a, t)), in_order(np.linalg.solve)))
CHOLESKY = enter(np.linalg.cholesky, Rule("linalg.cholesky", _cholesky,
    (_cholesky_vjp,), (_cholesky_jvp,), in_order(np.linalg.cholesky)))
# fmt: on
