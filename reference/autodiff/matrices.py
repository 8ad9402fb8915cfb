"""Whole matrices of derivatives, and the Hessian's product with a vector, which needs no matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from reference.autodiff.functional import Function, grad, jvp, vjp
from reference.autodiff.rules import shape_of
from reference.autodiff.trees import leaves, rebuild


def jacobian(
    f: Function,
    which: int = 0,
    *,
    layout: Literal["denominator", "numerator"] = "denominator",
    mode: Literal["reverse", "forward"] = "reverse",
) -> Function:
    """All derivatives of f's value, of shape Y, by an argument, of shape X.

    Args:
        f: Whose result is a number or an array.
        which: The argument; if it is a container, the Jacobians by its leaves are put into one that is built alike.
        layout: What you differentiate by comes first, X + Y; or last, Y + X.
        mode: One pass for each entry of the value, or one for each entry of the argument. The result is the same.
    """

    def run(*args: Any) -> Any:
        rows = _by_reverse if mode == "reverse" else _by_forward
        found = rows(f, which, args)
        if layout == "denominator":
            return found
        sizes = [len(shape_of(leaf)) for leaf in leaves(args[which])]
        turned = [np.moveaxis(j, range(n), range(-n, 0)) if n else j for j, n in zip(leaves(found), sizes, strict=True)]
        return rebuild(found, iter(turned))

    return run


def hessian(f: Function, which: int = 0) -> Function:
    """All second derivatives of a number by one argument, of shape X + X: the gradient's tape is walked X times."""
    return jacobian(grad(f, which), which)


def hvp(f: Function, args: Sequence[Any], tangents: Sequence[Any], which: int = 0) -> Any:
    """The Hessian of a number times a vector, built like the argument, at the cost of a few gradients."""
    return jvp(grad(f, which), args, tangents)[1]


def _by_reverse(f: Function, which: int, args: Sequence[Any]) -> Any:
    others = list(args)

    def of_one(x: Any) -> Any:
        return f(*others[:which], x, *others[which + 1 :])

    y, pull = vjp(of_one, args[which])
    rows = [leaves(pull(direction)[0]) for direction in _directions(y)]
    columns = zip(*rows, strict=True) if rows else ([] for _ in leaves(args[which]))
    by_leaf = [_stacked(column, leaf, y, -1) for column, leaf in zip(columns, leaves(args[which]), strict=True)]
    return rebuild(args[which], iter(by_leaf))


def _by_forward(f: Function, which: int, args: Sequence[Any]) -> Any:
    flat = leaves(args[which])

    def push(place: int, direction: Any) -> tuple[Any, Any]:
        tangent = [direction if k == place else np.zeros(shape_of(one)) for k, one in enumerate(flat)]
        return jvp(f, args, [rebuild(arg, iter(tangent)) if k == which else None for k, arg in enumerate(args)])

    by_leaf = []
    for place, leaf in enumerate(flat):
        columns = [push(place, direction)[1] for direction in _directions(leaf)]
        y = columns[0] if columns else push(-1, None)[0]
        by_leaf.append(_stacked(columns, leaf, y, 0))
    return rebuild(args[which], iter(by_leaf))


def _directions(x: Any) -> list[Any]:
    """Every array of the shape and type of x that is 1 at one place and 0 elsewhere."""
    shape = shape_of(x)
    if shape == ():
        return [1.0]
    size = int(np.prod(shape))
    return list(np.eye(size, dtype=x.dtype).reshape(size, *shape))


def _stacked(parts: Sequence[Any], x: Any, y: Any, axis: int) -> Any:
    """The derivatives of y by x, of shape X + Y, from one part for each entry of x, or of y if `axis` is the last."""
    shape = (*shape_of(x), *shape_of(y))
    return np.reshape(np.stack(parts, axis), shape) if len(parts) else np.zeros(shape)
