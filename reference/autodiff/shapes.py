"""Derivative rules of functions that move entries and compute nothing: the vjp moves them back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from reference.autodiff.errors import NotDifferentiable
from reference.autodiff.indexing import scatter, taken
from reference.autodiff.rules import ForEach, Rule, enter, linear, primitive, shape_of, strictly, unbroadcast

GATHERING = ("edge", "reflect", "symmetric", "wrap")  # the ways of padding that copy entries


def _back(axes: Any, ndim: int) -> Any:
    """The permutation that undoes one."""
    return None if axes is None else tuple(np.argsort([axis % ndim for axis in axes]))


def _like(g: Any, x: Any) -> Any:
    return np.reshape(g, shape_of(x))


def _reshape(x: Any, shape: Any, order: Any = "C") -> Any:
    return np.reshape(x, shape, order=order)


def _reshaped_back(g: Any, y: Any, x: Any, shape: Any, order: Any = "C") -> Any:
    if type(g) is np.ndarray:  # np.reshape takes three times as long
        return g.reshape(shape_of(x), order=order)
    return np.reshape(g, shape_of(x), order=order)


def _bind_reshape(a: Any, shape: Any = None, order: Any = "C", *, newshape: Any = None) -> tuple[Any, ...]:
    """The parameter was called `newshape` in NumPy 1."""
    return a, newshape if shape is None else shape, order


def _sum_of_tiles(g: Any, y: Any, x: Any, reps: Any) -> Any:
    """x stands at every place of a grid of `reps`."""
    times = tuple(np.atleast_1d(reps))
    length = max(len(times), len(shape_of(x)))
    times = (1,) * (length - len(times)) + tuple(times)
    shape = (1,) * (length - len(shape_of(x))) + shape_of(x)
    grid = [size for pair in zip(times, shape, strict=True) for size in pair]
    return _like(np.sum(np.reshape(g, grid), axis=tuple(range(0, 2 * length, 2))), x)


def _sum_of_repeats(g: Any, y: Any, x: Any, repeats: Any, axis: int | None = None) -> Any:
    size = math.prod(shape_of(x)) if axis is None else shape_of(x)[axis]
    return taken(g, y, x, np.repeat(np.arange(size), repeats), axis)


def _bind_pad(array: Any, pad_width: Any, mode: str = "constant") -> tuple[Any, ...]:
    if mode not in ("constant", *GATHERING):
        raise NotDifferentiable(
            f"np.pad(mode={mode!r}) has no derivative rule: {', '.join(GATHERING)} and constant have"
        )
    return array, pad_width, mode


def _unpadded(g: Any, y: Any, x: Any, pad_width: Any, mode: str = "constant") -> Any:
    """Every entry collects from the places that it was copied to."""
    shape = shape_of(x)
    if mode == "constant":
        before = np.broadcast_to(np.asarray(pad_width), (len(shape), 2))[:, 0]
        return g[tuple(slice(start, start + size) for start, size in zip(before, shape, strict=True))]
    origin = np.pad(np.arange(math.prod(shape)).reshape(shape), pad_width, mode=mode)  # type: ignore[call-overload]
    return _like(scatter(g, origin, (math.prod(shape),)), x)


def _padded(x: Any, pad_width: Any, mode: str) -> Any:
    return np.pad(x, pad_width, mode=mode)  # type: ignore[call-overload]


def _rolled_back(g: Any, y: Any, x: Any, axis: int, start: int = 0) -> Any:
    ndim = len(shape_of(x))
    axis, start = axis % ndim, start + ndim if start < 0 else start
    return np.moveaxis(g, start - 1 if axis < start else start, axis)


def _along_diagonal(g: Any, x: Any, offset: int, axis1: int, axis2: int) -> Any:
    """A diagonal back in its place in a matrix of zeros, for every matrix that x is made of."""
    rows, columns = shape_of(x)[axis1], shape_of(x)[axis2]
    on = np.eye(rows, columns, offset, dtype=bool)
    place = np.nonzero(on)[0]
    rows_of_it = np.tensordot(g, place[:, None] == np.arange(rows), 1)
    return np.moveaxis(np.expand_dims(rows_of_it, -1) * on, (-2, -1), (axis1, axis2))


def _diag_vjp(g: Any, y: Any, v: Any, k: int = 0) -> Any:
    return np.diagonal(g, k) if len(shape_of(v)) == 1 else _along_diagonal(g, v, k, 0, 1)


def _trace_vjp(g: Any, y: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    on = np.eye(shape_of(a)[axis1], shape_of(a)[axis2], offset, dtype=bool)
    return np.moveaxis(np.expand_dims(g, (-2, -1)) * on, (-2, -1), (axis1, axis2))


# fmt: off
RESHAPE   = enter(np.reshape, Rule("reshape", _reshape,
    (_reshaped_back, None, None), (lambda t, y, x, *how: _reshape(t, *how), None, None),
    strictly(np.reshape, _bind_reshape), only_first=True))
TRANSPOSE = linear(np.transpose, lambda g, y, x, axes=None: np.transpose(g, _back(axes, len(shape_of(x)))))
linear(np.ravel,         lambda g, y, x, order="C": _reshaped_back(g, y, x, -1, order))
linear(np.copy,          lambda g, y, x: g)
linear(np.moveaxis,      lambda g, y, x, source, destination: np.moveaxis(g, destination, source))
linear(np.swapaxes,      lambda g, y, x, axis1, axis2: np.swapaxes(g, axis1, axis2))
linear(np.rollaxis,      _rolled_back)
linear(np.squeeze,       lambda g, y, x, axis=None: _like(g, x))
linear(np.expand_dims,   lambda g, y, x, axis: _like(g, x))
linear(np.broadcast_to,  lambda g, y, x, shape: unbroadcast(g, x))
linear(np.flip,          lambda g, y, x, axis=None: np.flip(g, axis))
linear(np.fliplr,        lambda g, y, x: np.fliplr(g))
linear(np.flipud,        lambda g, y, x: np.flipud(g))
linear(np.rot90,         lambda g, y, x, k=1, axes=(0, 1): np.rot90(g, -k, axes))
linear(np.roll,          lambda g, y, x, shift, axis=None: np.roll(g, np.negative(shift), axis))
linear(np.tile,          _sum_of_tiles)
linear(np.repeat,        _sum_of_repeats)
linear(np.diag,          _diag_vjp)
linear(np.diagonal,      lambda g, y, x, offset=0, axis1=0, axis2=1: _along_diagonal(g, x, offset, axis1, axis2))
linear(np.trace,         _trace_vjp)
linear(np.tril,          lambda g, y, x, k=0: np.tril(g, k))
linear(np.triu,          lambda g, y, x, k=0: np.triu(g, k))
enter(np.pad, Rule("pad", _padded,
    (_unpadded, None, None), (lambda t, y, x, *how: _padded(t, *how), None, None), strictly(np.pad, _bind_pad)))
# fmt: on


@primitive
def cast(x: Any, dtype: Any) -> Any:
    """x with entries of another type of floats.

    Raises:
        NotDifferentiable: They would be integers, truth values or complex numbers.
    """
    if np.dtype(dtype).kind != "f" or np.iscomplexobj(x):
        raise NotDifferentiable(
            f"there is no derivative from {np.asarray(x).dtype} to {np.dtype(dtype)}: keep to floats"
        )
    return np.asarray(x).astype(dtype)[()]


CAST = enter(
    cast,
    Rule(
        "cast",
        cast,
        (lambda g, y, x, dtype: cast(g, getattr(x, "dtype", float)), None),
        (lambda t, y, x, dtype: cast(t, dtype), None),
    ),
)


# ------------------------------------------------------------------------------------------- of several arrays, or into


def _joined(function: Any, vjp: Any) -> None:
    """A function of a sequence of arrays and an axis: as a rule it takes the arrays one by one, the axis last."""

    def value(*args: Any) -> Any:
        return function(args[:-1], axis=args[-1])

    def jvp(i: int, t: Any, y: Any, *args: Any) -> Any:
        nothing = getattr(t, "dtype", float)
        arrays = [t if k == i else np.zeros(shape_of(x), nothing) for k, x in enumerate(args[:-1])]
        return value(*arrays, args[-1])

    def bind(arrays: Any, axis: Any = 0) -> Any:
        return (*arrays, axis)

    enter(function, Rule(function.__name__, value, ForEach(vjp), ForEach(jvp), strictly(function, bind)))


def _part(i: int, g: Any, y: Any, *args: Any) -> Any:
    *arrays, axis = args
    if axis is None:
        sizes = [math.prod(shape_of(x)) for x in arrays]
        return _like(g[sum(sizes[:i]) : sum(sizes[: i + 1])], arrays[i])
    start = sum(shape_of(x)[axis] for x in arrays[:i])
    rest = (slice(None),) * (axis % len(shape_of(g)))
    return g[(*rest, slice(start, start + shape_of(arrays[i])[axis]))]


_joined(np.concatenate, _part)
_joined(np.stack, lambda i, g, y, *args: np.take(g, i, axis=args[-1]))
