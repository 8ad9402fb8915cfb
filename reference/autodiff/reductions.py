"""Derivative rules of sums, products, extremes and cumulated sums."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from reference.autodiff.rules import general, linear, one_like, shape_of

SMALL = 4096  # entries: to fill so many takes less time than to repeat one by strides
Axis = int | tuple[int, ...] | None


def spread(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """g, of the reduced shape, repeated over the axes of x that were reduced."""
    shape = shape_of(x)
    if type(g) in (float, np.float64) and math.prod(shape) < SMALL:
        full = np.empty(shape)  # np.full takes three times as long
        full.fill(g)
        return full
    return np.broadcast_to(kept(g, x, axis, keepdims), shape)


def kept(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """g with the reduced axes of x as axes of length 1."""
    if keepdims or axis is None:
        return g
    return np.expand_dims(g, axis)


def count(x: Any, axis: Axis) -> int:
    """How many entries of x go into one of the result."""
    shape = shape_of(x)
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return int(np.prod([shape[k] for k in axes]))


def _shares(y: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """1 over the number of entries that reach the extreme, at each of them."""
    reach = (x == kept(y, x, axis, keepdims)) * one_like(x)
    return reach / np.sum(reach, axis=axis, keepdims=True)


def _extreme_vjp(g: Any, y: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    return kept(g, x, axis, keepdims) * _shares(y, x, axis, keepdims)


def _extreme_jvp(t: Any, y: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    return np.sum(t * _shares(y, x, axis, keepdims), axis=axis, keepdims=keepdims)


def _others(x: Any, axis: Axis) -> Any:
    """At each entry the product of all others that are reduced with it, zeros among them or not."""
    axes = tuple(range(len(shape_of(x)))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    last = tuple(range(-len(axes), 0))
    moved = np.moveaxis(x, axes, last)
    shape = shape_of(moved)
    size = count(x, axis)
    flat = np.reshape(moved, (*shape[: len(shape) - len(axes)], size))
    # The product without entry i: that of a copy in which entry i is 1.
    copies = np.where(np.eye(size, dtype=bool), 1.0, np.expand_dims(flat, -2))
    return np.moveaxis(np.reshape(np.prod(copies, axis=-1), shape), last, axes)


def _prod_vjp(g: Any, y: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    return kept(g, x, axis, keepdims) * _others(x, axis)


def _prod_jvp(t: Any, y: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    return np.sum(t * _others(x, axis), axis=axis, keepdims=keepdims)


def _centred(x: Any, axis: Axis) -> Any:
    return x - np.mean(x, axis=axis, keepdims=True)


def _var_vjp(g: Any, y: Any, x: Any, axis: Axis = None, ddof: int = 0, keepdims: bool = False) -> Any:
    return kept(g, x, axis, keepdims) * _centred(x, axis) * (2.0 / (count(x, axis) - ddof))


def _var_jvp(t: Any, y: Any, x: Any, axis: Axis, ddof: int, keepdims: bool) -> Any:
    return np.sum(t * _centred(x, axis), axis=axis, keepdims=keepdims) * (2.0 / (count(x, axis) - ddof))


def _std_vjp(g: Any, y: Any, x: Any, axis: Axis = None, ddof: int = 0, keepdims: bool = False) -> Any:
    return _var_vjp(_halved(g, y), y, x, axis, ddof, keepdims)


def _std_jvp(t: Any, y: Any, x: Any, axis: Axis, ddof: int, keepdims: bool) -> Any:
    return _halved(_var_jvp(t, y, x, axis, ddof, keepdims), y)


def _halved(g: Any, y: Any) -> Any:
    """g / 2y; 0 where y is 0, as the standard deviation is of equal entries, where it has a kink."""
    return g / np.where(y == 0, 1.0, 2.0 * y) * (y != 0)


def _backwards(g: Any, y: Any, x: Any, axis: int | None = None) -> Any:
    """An entry goes into every sum from its own on."""
    if axis is None:
        return np.reshape(np.flip(np.cumsum(np.flip(g, 0), axis=0), 0), shape_of(x))
    return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


# fmt: off
SUM = linear(np.sum,  lambda g, y, x, axis=None, keepdims=False: spread(g, x, axis, keepdims))
linear(np.mean,       lambda g, y, x, axis=None, keepdims=False: spread(g / count(x, axis), x, axis, keepdims))
linear(np.cumsum,     _backwards)
general(np.max,       _extreme_vjp,  _extreme_jvp)
general(np.min,       _extreme_vjp,  _extreme_jvp)
general(np.prod,      _prod_vjp,     _prod_jvp)
general(np.var,       _var_vjp,      _var_jvp)
general(np.std,       _std_vjp,      _std_jvp)
# fmt: on
