"""Functions of NumPy's that need no rule: written with others that have one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from reference.autodiff.errors import NotDifferentiable
from reference.autodiff.linalg import log_abs_det, root, sign_of_det
from reference.autodiff.rules import shape_of, strictly

F = TypeVar("F", bound=Callable[..., Any])

COMPOSED: dict[Callable[..., Any], Callable[..., Any]] = {}


def of(function: Callable[..., Any]) -> Callable[[F], F]:
    """Say what a function is written with; the parameters are NumPy's that may be given."""

    def enter(composition: F) -> F:
        COMPOSED[function] = strictly(function, composition)
        return composition

    return enter


@of(np.dot)
def _dot(a: Any, b: Any) -> Any:
    if not shape_of(a) or not shape_of(b):
        return a * b
    if len(shape_of(b)) == 1:
        return np.tensordot(a, b, 1)
    return np.tensordot(a, b, (-1, len(shape_of(b)) - 2))


@of(np.inner)
def _inner(a: Any, b: Any) -> Any:
    return np.tensordot(a, b, (-1, -1)) if shape_of(a) and shape_of(b) else a * b


@of(np.outer)
def outer(a: Any, b: Any) -> Any:
    """The product of every entry of a with every entry of b."""
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@of(np.kron)
def _kron(a: Any, b: Any) -> Any:
    length = max(len(shape_of(a)), len(shape_of(b)))
    a = np.reshape(a, (1,) * (length - len(shape_of(a))) + shape_of(a))
    b = np.reshape(b, (1,) * (length - len(shape_of(b))) + shape_of(b))
    pairs = np.tensordot(a, b, 0)
    order = [k for axis in range(length) for k in (axis, length + axis)]
    sizes = [m * n for m, n in zip(shape_of(a), shape_of(b), strict=True)]
    return np.reshape(np.transpose(pairs, order), sizes)


@of(np.cross)
def cross(a: Any, b: Any) -> Any:
    """The vector product along the last axis."""
    if shape_of(a)[-1] != 3 or shape_of(b)[-1] != 3:
        raise NotDifferentiable("np.cross has no derivative rule for vectors of two entries: give them a third")
    after, before = [1, 2, 0], [2, 0, 1]
    return a[..., after] * b[..., before] - a[..., before] * b[..., after]


def _at_least(ndim: int, x: Any) -> Any:
    """x with that many axes: a vector becomes a row, a matrix one whose entries are vectors of one."""
    shape = shape_of(x)
    if len(shape) >= ndim:
        return x
    before = 0 if len(shape) == 2 else 1 if ndim > 1 else 0
    return np.reshape(x, {0: (1,) * ndim, 1: (1,) * before + shape + (1,) * (ndim - 2), 2: (*shape, 1)}[len(shape)])


def _each(ndim: int) -> Callable[..., Any]:
    def at_least(*arys: Any) -> Any:
        parts = tuple(_at_least(ndim, x) for x in arys)
        return parts[0] if len(parts) == 1 else parts

    return at_least


of(np.atleast_1d)(_each(1))
of(np.atleast_2d)(_each(2))
of(np.atleast_3d)(_each(3))


@of(np.vstack)
def _vstack(tup: Any) -> Any:
    return np.concatenate([x if len(shape_of(x)) > 1 else np.reshape(x, (1, -1)) for x in tup], 0)


@of(np.hstack)
def _hstack(tup: Any) -> Any:
    parts = [_at_least(1, x) for x in tup]
    return np.concatenate(parts, 0 if len(shape_of(parts[0])) == 1 else 1)


@of(np.dstack)
def _dstack(tup: Any) -> Any:
    return np.concatenate([_at_least(3, x) for x in tup], 2)


@of(np.column_stack)
def _column_stack(tup: Any) -> Any:
    return np.concatenate([x if len(shape_of(x)) > 1 else np.reshape(x, (-1, 1)) for x in tup], 1)


@of(np.append)
def _append(arr: Any, values: Any, axis: int | None = None) -> Any:
    return np.concatenate([arr, values] if axis is not None else [np.ravel(arr), np.ravel(values)], axis or 0)


@of(np.array_split)
def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    pieces = np.array_split(np.arange(shape_of(ary)[axis]), indices_or_sections)
    before = (slice(None),) * (axis % len(shape_of(ary)))
    return [ary[(*before, slice(piece[0], piece[-1] + 1) if piece.size else slice(0, 0))] for piece in pieces]


@of(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Equal parts, or those between the indices."""
    if isinstance(indices_or_sections, int) and shape_of(ary)[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return _array_split(ary, indices_or_sections, axis)


@of(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """n times, the differences of neighbours."""
    before = (slice(None),) * (axis % len(shape_of(a)))
    for _ in range(n):
        a = a[(*before, slice(1, None))] - a[(*before, slice(None, -1))]
    return a


@of(np.ptp)
def _ptp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@of(np.average)
def _average(a: Any, axis: Any = None, weights: Any = None) -> Any:
    if weights is None:
        return np.mean(a, axis=axis)
    shape = shape_of(a)
    if shape_of(weights) != shape:
        if not isinstance(axis, int) or shape_of(weights) != (shape[axis],):
            raise NotDifferentiable(
                "np.average has no derivative rule for these weights: give them a's shape, or the length of the axis"
            )
        weights = np.reshape(weights, [-1 if k == axis % len(shape) else 1 for k in range(len(shape))])
    return np.sum(a * weights, axis=axis) / np.sum(np.broadcast_to(weights, shape), axis=axis)


_SIGN_AND_LOG: Any = type(np.linalg.slogdet(np.eye(1)))
if _SIGN_AND_LOG is tuple:  # NumPy 1
    _SIGN_AND_LOG = lambda *pair: pair  # noqa: E731


@of(np.linalg.slogdet)
def _slogdet(a: Any) -> Any:
    return _SIGN_AND_LOG(sign_of_det(a), log_abs_det(a))


@of(np.linalg.norm)
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002
    """The root of the sum of squares, with derivative 0 at 0; a vector's norms 1 and inf too."""
    vector = (len(shape_of(x)) == 1 and axis is None) or isinstance(axis, int)
    if ord in (None, "fro") or (ord == 2 and vector):
        return root(np.sum(x * x, axis=axis, keepdims=keepdims))
    if vector and ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if vector and ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    raise NotDifferentiable(
        f"np.linalg.norm(ord={ord!r}) has no derivative rule: orders 1, 2, inf of a vector have, and fro"
    )
