"""Derivatives of functions: each of these takes a function of arrays and gives a function, or values, of the same kind.

Arguments may be numbers, arrays, or any nesting of dicts, lists, tuples and dataclasses of them; a gradient is built
like the argument that it belongs to. Control flow is Python's own. All nest: grad(grad(f)) is the second derivative.

    >>> import numpy as np
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(lambda w: np.sum(np.tanh(w["A"]) ** 2))({"A": np.zeros((2, 3))})["A"].shape
    (2, 3)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from reference.autodiff.errors import InPlaceWrite, NotDifferentiable
from reference.autodiff.reverse import pull_back
from reference.autodiff.rules import shape_of
from reference.autodiff.shapes import cast
from reference.autodiff.tensor import Level, Tensor
from reference.autodiff.trees import leaves, mapped, rebuild

Function = Callable[..., Any]
Which = int | tuple[int, ...]


_depth = ContextVar("depth", default=0)  # how many derivatives are being taken, one inside the other, in this thread


def traced(f: Function, args: Sequence[Any], which: tuple[int, ...], level: Level) -> tuple[list[Tensor], Any]:
    """Call f with the chosen arguments traced: where they begin, leaf by leaf, and the value."""
    begin: list[Tensor] = []

    def trace(leaf: Any) -> Tensor:
        x = Tensor(leaf, None, (), level)
        begin.append(x)
        return x

    given = list(args)
    for place in which:
        given[place] = mapped(trace, args[place])
    before = _depth.set(level.depth)
    try:
        return begin, f(*given)
    except ValueError as error:
        refuse_write(error)
        raise
    finally:
        _depth.reset(before)


def refuse_write(error: ValueError) -> None:
    """Say what was wrong where NumPy found that a traced value is no number for an array."""
    if isinstance(error.__cause__, NotDifferentiable):
        raise InPlaceWrite(
            "a[i] = x would put a traced value into a plain array: collect the values in a list and use np.stack"
        ) from error


def new_level(*, records: bool = True, graph: bool = False) -> Level:
    """A level above all that are in use."""
    return Level(_depth.get() + 1, records=records, graph=graph)


def untraced(y: Any, level: Level) -> Any:
    """The value that a Tensor of this level stands for."""
    return y.data if type(y) is Tensor and y.level is level else y


# ------------------------------------------------------------------------------------------------------- reverse mode


def value_and_grad(f: Function, which: Which = 0) -> Function:
    """The function that gives f's value, which is one number, and its gradient by an argument, or by several.

    Args:
        f: Whose result is a number.
        which: The argument, or a tuple of arguments, then the gradients come as a tuple. Each has its argument's shape.

    Raises:
        NotDifferentiable: f's result is no number, or f does something that has no rule.
    """
    chosen = (which,) if isinstance(which, int) else tuple(which)

    def run(*args: Any) -> tuple[Any, Any]:
        level = Level(_depth.get() + 1)
        begin, y = traced(f, args, chosen, level)
        value = y.data if type(y) is Tensor and y.level is level else y
        pull_back([y], [_one(value)], level, keep=False)
        found = iter(_gradients(begin))
        if isinstance(which, int):
            return value, rebuild(args[which], found)
        return value, tuple([rebuild(args[place], found) for place in which])

    return run


def grad(f: Function, which: Which = 0) -> Function:
    """The gradient alone; see value_and_grad."""
    both = value_and_grad(f, which)

    def run(*args: Any) -> Any:
        return both(*args)[1]

    return run


def vjp(f: Function, *args: Any) -> tuple[Any, Function]:
    """The value of f(*args), and the function that turns an upstream gradient into one gradient per argument.

    The upstream gradient is built like f's value; the function can be called many times.
    """
    level = new_level()
    begin, y = traced(f, args, tuple(range(len(args))), level)
    outputs = leaves(y)

    def pull(upstream: Any) -> tuple[Any, ...]:
        for x in begin:
            x.g = None
        given = leaves(upstream)
        shapes = [shape_of(untraced(out, level)) for out in outputs]
        if [shape_of(g) for g in given] != shapes:
            raise NotDifferentiable(f"the upstream gradient must have the value's shape: {', '.join(map(str, shapes))}")
        pull_back(outputs, given, level)
        found = iter(_gradients(begin, given))
        return tuple([rebuild(arg, found) for arg in args])

    return mapped(lambda leaf: untraced(leaf, level), y), pull


def elementwise_grad(f: Function, which: Which = 0) -> Function:
    """The derivative of each entry of f(x) by its own entry of x, for functions that act entry by entry."""
    return grad(lambda *args: np.sum(f(*args)), which)


# ------------------------------------------------------------------------------------------------------- forward mode


def jvp(f: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of f(*args), and its tangent where the arguments have these tangents: forward mode, one pass, no tape.

    Args:
        f: The function.
        args: Its arguments.
        tangents: One for each argument, built like it; None for one that is constant.
    """
    level = new_level(records=False)
    moving = tuple(place for place, tangent in enumerate(tangents) if tangent is not None)
    directions = iter([t for place in moving for t in leaves(tangents[place])])

    def begin(leaf: Any) -> Tensor:
        x = Tensor(leaf, level=level)
        x.tangent = next(directions)
        if shape_of(x.tangent) != x.shape:
            raise NotDifferentiable(f"the tangent of an argument of shape {x.shape} has shape {shape_of(x.tangent)}")
        return x

    given = [mapped(begin, arg) if place in moving else arg for place, arg in enumerate(args)]
    before = _depth.set(level.depth)
    try:
        y = f(*given)
    except ValueError as error:
        refuse_write(error)
        raise
    finally:
        _depth.reset(before)
    return mapped(lambda leaf: untraced(leaf, level), y), mapped(lambda leaf: _tangent(leaf, level), y)


# ---------------------------------------------------------------------------------------------------------- small parts


def _one(value: Any) -> Any:
    """The gradient of a number by itself; what is no number has none: an array, a container, nothing at all."""
    if type(value) in (np.float64, float):
        return 1.0
    if not isinstance(value, float | int | np.ndarray | np.number | Tensor):
        raise NotDifferentiable(f"grad is of one number, and this function returns {type(value).__name__}: return one")
    if shape_of(value) != ():
        raise NotDifferentiable(
            f"grad is of one number, and this has shape {shape_of(value)}: take jacobian, vjp or elementwise_grad"
        )
    kind: Any = getattr(value, "dtype", np.float64)
    return 1.0 if kind == np.float64 else kind.type(1)


def _tangent(y: Any, level: Level) -> Any:
    if type(y) is Tensor and y.level is level:
        tangent: Any = y.tangent
        if np.iscomplexobj(tangent):
            raise NotDifferentiable("a derivative of complex numbers is not defined here: keep to real ones")
        return tangent
    return np.zeros(shape_of(y)) if shape_of(y) else 0.0


def _gradients(begin: Sequence[Tensor], given: Sequence[Any] = ()) -> list[Any]:
    """What was collected: arrays that can be written to, none of them a part of another or of what was given."""
    result = []
    for x in begin:
        g, data = x.g, x.data
        plain = type(g) is np.ndarray and type(data) is np.ndarray and g.base is None
        if not plain or g.shape != data.shape or g.dtype is not data.dtype:
            g = _fitted(g, x)
        result.append(g)
    if given or len(set(map(id, result))) < len(result):
        taken = set(map(id, given))
        for place, g in enumerate(result):
            if id(g) in taken and type(g) is np.ndarray:
                result[place] = g.copy()
            taken.add(id(g))
    return result


def _fitted(g: Any, x: Tensor) -> Any:
    """A gradient of the shape and type of x, in an array of its own; zeros where nothing depends on x."""
    if type(g) is float and type(x.data) is float:
        return g
    if g is None:
        return 0.0 if type(x.data) is float else np.zeros(x.shape, x.dtype)
    if getattr(g, "dtype", None) != x.dtype:
        g = cast(g, x.dtype)
    if shape_of(g) != x.shape:
        g = np.broadcast_to(g, x.shape)
    return g.copy() if type(g) is np.ndarray and g.base is not None else g
