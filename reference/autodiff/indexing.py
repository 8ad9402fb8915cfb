"""Derivative rules of picking entries: what is picked twice gets both gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.autodiff.rules import Rule, enter, linear, primitive, shape_of, strictly

PLAIN_INDEX = (int, slice, type(None), type(Ellipsis))


@primitive
def scatter(g: Any, key: Any, shape: tuple[int, ...]) -> Any:
    """An array of zeros of this shape, to which g is added at `key`: getitem, read backwards."""
    out = np.zeros(shape, dtype=getattr(g, "dtype", float))
    if type(key) in PLAIN_INDEX or _picks_once(key):
        out[key] = g
    else:
        np.add.at(out, key, g)
    return out


def _picks_once(key: Any) -> bool:
    """Whether no entry can be picked twice: true of plain indices and of masks."""
    keys = key if isinstance(key, tuple) else (key,)
    return all(isinstance(one, PLAIN_INDEX) or getattr(one, "dtype", None) == np.bool_ for one in keys)


def _getitem(x: Any, key: Any) -> Any:
    return x[key]


def _key_along(indices: Any, axis: int, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """The key for which x[key] is np.take_along_axis(x, indices, axis), for x of this shape."""
    grids = np.ix_(*(np.arange(size) for size in shape))
    return tuple(indices if k == axis % len(shape) else grid for k, grid in enumerate(grids))


def _along(g: Any, y: Any, x: Any, indices: Any, axis: int | None = -1) -> Any:
    if axis is None:
        return np.reshape(scatter(g, indices, (int(np.prod(shape_of(x))),)), shape_of(x))
    return scatter(g, _key_along(indices, axis, shape_of(x)), shape_of(x))


def taken(g: Any, y: Any, x: Any, indices: Any, axis: int | None = None) -> Any:
    """The vjp of np.take."""
    if axis is None:
        return np.reshape(scatter(g, indices, (int(np.prod(shape_of(x))),)), shape_of(x))
    return scatter(g, (slice(None),) * (axis % len(shape_of(x))) + (indices,), shape_of(x))


def _order(x: Any, axis: int | None) -> Any:
    return np.argsort(x, axis=axis, kind="stable")


def _sort_vjp(g: Any, y: Any, x: Any, axis: int | None = -1) -> Any:
    if axis is None:
        return np.reshape(_sort_vjp(g, y, np.reshape(x, (-1,)), 0), shape_of(x))
    return np.take_along_axis(g, _order(_order(x, axis), axis), axis)  # to the places that the entries came from


def _sort_jvp(t: Any, y: Any, x: Any, axis: int | None) -> Any:
    return np.take_along_axis(t, _order(x, axis), axis)


def _bind_sort(a: Any, axis: int | None = -1, kind: Any = None) -> tuple[Any, ...]:
    return a, axis


def _sort(x: Any, axis: int | None = -1) -> Any:
    return np.sort(x, axis=axis)


GETITEM = enter(
    _getitem,
    Rule(
        "getitem",
        _getitem,
        (lambda g, y, x, key: scatter(g, key, shape_of(x)), None),
        (lambda t, y, x, key: t[key], None),
        only_first=True,
    ),
)
SCATTER = enter(
    scatter, Rule("scatter", scatter, (lambda g, y, x, key, _: g[key],), (lambda t, y, x, key, s: scatter(t, key, s),))
)
linear(np.take, taken)
enter(
    np.take_along_axis,
    Rule(
        "take_along_axis",
        np.take_along_axis,
        (_along, None, None),
        (lambda t, y, x, i, axis: np.take_along_axis(t, i, axis), None, None),
        strictly(np.take_along_axis, lambda arr, indices, axis=-1: (arr, indices, axis)),
    ),
)
enter(np.sort, Rule("sort", _sort, (_sort_vjp, None), (_sort_jvp, None), strictly(np.sort, _bind_sort)))
