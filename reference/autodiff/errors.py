"""What automatic differentiation refuses, always with the way out."""

from __future__ import annotations

from typing import Any, NoReturn


class NotDifferentiable(TypeError):
    """A derivative is asked for that there is no rule for, or that would silently be wrong."""


class InPlaceWrite(NotDifferentiable):
    """A traced value would be changed, or lose its history."""


class ValueDependent(NotDifferentiable):
    """A compiled function takes a branch that depends on a value."""


def refuse_ufunc(ufunc: Any, method: str, kwargs: Any) -> NoReturn:
    """Say why a call of a ufunc is not traced."""
    if "out" in kwargs:
        raise InPlaceWrite(
            f"np.{ufunc.__name__}(..., out=...) would write a traced value into an array: leave `out` out"
        )
    what = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    what += f"(..., {min(kwargs)}=...)" if kwargs else ""
    raise NotDifferentiable(f"{what} has no derivative rule: write it with functions that have one")


def refuse_argument(name: str, args: tuple[Any, ...], x: Any) -> NoReturn:
    """Say that an argument of the function of this name may not be traced."""
    place = next(i for i, one in enumerate(args, 1) if one is x)
    raise NotDifferentiable(f"np.{name} has no derivative rule for its argument number {place}: keep it constant")
