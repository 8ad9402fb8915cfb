"""More functions of NumPy's that are written with others: those of several results, those that pick, other names.

Those that not every version of NumPy has are entered where it has them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from reference.autodiff.compositions import COMPOSED, cross, diff, of, outer, split
from reference.autodiff.linalg import root
from reference.autodiff.rules import RULES, shape_of
from reference.autodiff.shapes import cast

# ---------------------------------------------------------------------------------------------- of more than one result


@of(np.divmod)
def _divmod(a: Any, b: Any) -> Any:
    return np.floor_divide(a, b), np.remainder(a, b)


@of(np.modf)
def _modf(x: Any) -> Any:
    whole = np.trunc(x)
    return x - whole, whole


@of(np.broadcast_arrays)
def _broadcast_arrays(*args: Any) -> Any:
    shape = np.broadcast_shapes(*(shape_of(x) for x in args))
    return tuple(np.broadcast_to(x, shape) for x in args)


@of(np.meshgrid)
def _meshgrid(*xi: Any, indexing: str = "xy") -> Any:
    xi = tuple(np.ravel(x) for x in xi)
    order = [1, 0, *range(2, len(xi))] if indexing == "xy" and len(xi) > 1 else list(range(len(xi)))
    shape = [shape_of(xi[k])[0] for k in order]
    return tuple(
        np.broadcast_to(np.reshape(x, [-1 if order[axis] == k else 1 for axis in range(len(xi))]), shape)
        for k, x in enumerate(xi)
    )


def _split_along(function: Any, axis: int) -> None:
    def along(ary: Any, indices_or_sections: Any) -> Any:
        return split(ary, indices_or_sections, 0 if len(shape_of(ary)) == 1 else axis)

    of(function)(along)


_split_along(np.vsplit, 0)
_split_along(np.hsplit, 1)
_split_along(np.dsplit, 2)


# ------------------------------------------------------------------------------------------------ reductions, and more


@of(np.full_like)
def _full_like(a: Any, fill_value: Any) -> Any:
    return np.broadcast_to(fill_value, shape_of(a))


@of(np.nansum)
def _nansum(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.sum(np.where(np.isnan(a), 0.0, a), axis=axis, keepdims=keepdims)


@of(np.nanprod)
def _nanprod(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.prod(np.where(np.isnan(a), 1.0, a), axis=axis, keepdims=keepdims)


@of(np.nancumsum)
def _nancumsum(a: Any, axis: int | None = None) -> Any:
    return np.cumsum(np.where(np.isnan(a), 0.0, a), axis=axis)


@of(np.nanmax)
def _nanmax(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.max(np.where(np.isnan(a), -np.inf, a), axis=axis, keepdims=keepdims)


@of(np.nanmin)
def _nanmin(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.min(np.where(np.isnan(a), np.inf, a), axis=axis, keepdims=keepdims)


@of(np.nanmean)
def _nanmean(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    there = np.logical_not(np.isnan(a)) * 1.0
    return _nansum(a, axis, keepdims) / np.sum(there, axis=axis, keepdims=keepdims)


@of(np.median)
def _median(a: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    size = math.prod(shape_of(a)) if axis is None else shape_of(a)[axis]
    middle = np.sort(a, axis=axis), [(size - 1) // 2, size // 2], 0 if axis is None else axis
    y = np.mean(np.take(*middle), axis=middle[2], keepdims=keepdims and axis is not None)
    return np.reshape(y, (1,) * len(shape_of(a))) if keepdims and axis is None else y


@of(np.cumprod)
def _cumprod(a: Any, axis: int | None = None) -> Any:
    a, axis = (np.ravel(a), 0) if axis is None else (a, axis)
    last = np.moveaxis(a, axis, -1)
    so_far = np.tri(shape_of(last)[-1], dtype=bool)
    return np.moveaxis(np.prod(np.where(so_far, np.expand_dims(last, -2), 1.0), axis=-1), -1, axis)


@of(getattr(np, "trapezoid", None) or np.trapz)  # type: ignore[attr-defined,unused-ignore]
def _trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    before = (slice(None),) * (axis % len(shape_of(y)))
    if x is not None and len(shape_of(x)) == 1:
        dx = np.reshape(diff(x), [-1 if k == axis % len(shape_of(y)) else 1 for k in range(len(shape_of(y)))])
    elif x is not None:
        dx = diff(x, 1, axis)
    return np.sum(dx * (y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]) * 0.5, axis=axis)


@of(np.ediff1d)
def _ediff1d(ary: Any) -> Any:
    return diff(np.ravel(ary))


@of(np.compress)
def _compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    return np.take(a, np.flatnonzero(condition), axis=axis)


@of(np.extract)
def _extract(condition: Any, arr: Any) -> Any:
    return np.take(arr, np.flatnonzero(condition))


@of(np.delete)
def _delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    size = math.prod(shape_of(arr)) if axis is None else shape_of(arr)[axis]
    return np.take(arr, np.delete(np.arange(size), obj), axis=axis)


@of(np.select)
def _select(condlist: Any, choicelist: Any, default: Any = 0.0) -> Any:
    y = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        y = np.where(condition, choice, y)
    return y


@of(np.polyval)
def _polyval(p: Any, x: Any) -> Any:
    y = 0.0 * x
    for k in range(shape_of(p)[0]):
        y = y * x + p[k]
    return y


@of(np.diagflat)
def _diagflat(v: Any, k: int = 0) -> Any:
    return np.diag(np.ravel(v), k)


@of(np.real)
def _real(val: Any) -> Any:
    return np.positive(val)


@of(np.linalg.matrix_power)
def _matrix_power(a: Any, n: int) -> Any:
    if n == 0:
        return np.broadcast_to(np.eye(shape_of(a)[-1], dtype=a.dtype), shape_of(a))
    y = base = np.linalg.inv(a) if n < 0 else a
    for _ in range(abs(n) - 1):
        y = y @ base
    return y


@of(np.linalg.multi_dot)
def _multi_dot(arrays: Any) -> Any:
    y = arrays[0]
    for factor in arrays[1:]:
        y = y @ factor
    return y


# --------------------------------------------------------------------------------------- the same under another name

# fmt: off
_ALIASES: dict[str, Callable[..., Any]] = {
    "amax":                    lambda a, axis=None, keepdims=False: np.max(a, axis=axis, keepdims=keepdims),
    "astype":                  cast,
    "amin":                    lambda a, axis=None, keepdims=False: np.min(a, axis=axis, keepdims=keepdims),
    "cumulative_sum":          lambda x, axis=None: np.cumsum(x, axis=axis),
    "cumulative_prod":         lambda x, axis=None: _cumprod(x, axis),
    "matrix_transpose":        lambda x: np.swapaxes(x, -1, -2),
    "vecdot":                  lambda x1, x2: np.sum(x1 * x2, axis=-1),
    "matvec":                  lambda x1, x2: (x1 @ np.expand_dims(x2, -1))[..., 0],
    "vecmat":                  lambda x1, x2: (np.expand_dims(x1, -2) @ x2)[..., 0, :],
    "unstack":                 lambda x, axis=0: tuple(np.take(x, i, axis=axis) for i in range(shape_of(x)[axis])),
    "linalg.matmul":           lambda x1, x2: x1 @ x2,
    "linalg.outer":            outer,
    "linalg.cross":            cross,
    "linalg.vecdot":           lambda x1, x2: np.sum(x1 * x2, axis=-1),
    "linalg.tensordot":        lambda x1, x2, axes=2: np.tensordot(x1, x2, axes),
    "linalg.trace":            lambda x, offset=0: np.trace(x, offset, -2, -1),
    "linalg.diagonal":         lambda x, offset=0: np.diagonal(x, offset, -2, -1),
    "linalg.matrix_transpose": lambda x: np.swapaxes(x, -1, -2),
    "linalg.vector_norm":      lambda x, axis=None, keepdims=False: root(np.sum(x * x, axis=axis, keepdims=keepdims)),
    "linalg.matrix_norm":      lambda x, keepdims=False: root(np.sum(x * x, axis=(-2, -1), keepdims=keepdims)),
}
# fmt: on

for _name, _composition in _ALIASES.items():
    _module = np.linalg if _name.startswith("linalg.") else np
    _function = getattr(_module, _name.removeprefix("linalg."), None)
    if _function is not None and _function not in RULES and _function not in COMPOSED:
        of(_function)(_composition)
