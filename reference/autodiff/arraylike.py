"""What a traced value has in common with an array: the operators, attributes and methods that say nothing new.

Each of them is a NumPy function, which comes back to the value by NumPy's protocols. Conversions to plain numbers are
refused, for they would lose the history.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from reference.autodiff.errors import InPlaceWrite, NotDifferentiable
from reference.autodiff.rules import shape_of


class ArrayLike:
    """The part of a Tensor that knows nothing of derivatives. `data`: its plain value."""

    __slots__ = ()
    data: Any
    __hash__ = object.__hash__

    # --------------------------------------------------------------------------------------------------- operators

    def __gt__(self, other: Any) -> Any:
        return np.greater(self, other)

    def __ge__(self, other: Any) -> Any:
        return np.greater_equal(self, other)

    def __lt__(self, other: Any) -> Any:
        return np.less(self, other)

    def __le__(self, other: Any) -> Any:
        return np.less_equal(self, other)

    def __eq__(self, other: object) -> Any:
        return np.equal(self, other)  # type: ignore[call-overload]

    def __ne__(self, other: object) -> Any:
        return np.not_equal(self, other)  # type: ignore[call-overload]

    def __and__(self, other: Any) -> Any:
        return np.logical_and(self, other)

    def __or__(self, other: Any) -> Any:
        return np.logical_or(self, other)

    def __invert__(self) -> Any:
        return np.logical_not(self)

    def __abs__(self) -> Any:
        return np.absolute(self)

    def __pos__(self) -> Any:
        return np.positive(self)

    def __mod__(self, other: Any) -> Any:
        return np.remainder(self, other)

    def __rmod__(self, other: Any) -> Any:
        return np.remainder(other, self)

    def __floordiv__(self, other: Any) -> Any:
        return np.floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return np.floor_divide(other, self)

    # -------------------------------------------------------------------------------------- attributes and methods

    @property
    def T(self) -> Any:
        """As of an array."""
        return np.transpose(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""
        return shape_of(self.data)

    @property
    def ndim(self) -> int:
        """As of an array."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """As of an array."""
        return int(np.prod(self.shape))

    @property
    def dtype(self) -> Any:
        """As of an array."""
        return np.dtype(float) if type(self.data) is float else self.data.dtype

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a number has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))  # type: ignore[index]

    def flatten(self, order: Any = "C") -> Any:
        """As of an array."""
        return np.ravel(self, order)

    def transpose(self, *axes: Any) -> Any:
        """As of an array."""
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) if axes else None)

    def __repr__(self) -> str:
        return f"Tensor({self.data!r})"

    # --------------------------------------------------------------------------------- what would lose the history

    def __float__(self) -> NoReturn:
        raise NotDifferentiable("float(x) would lose the derivative: use NumPy's functions instead of math's")

    __int__ = __complex__ = __float__

    def __index__(self) -> NoReturn:
        raise NotDifferentiable("an index has no derivative: count with plain integers")

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise NotDifferentiable("np.array of traced values would lose the derivative: use np.stack or np.concatenate")

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise InPlaceWrite("x[i] = v would change a traced value: make a new one with np.where or np.concatenate")


def as_floats(data: Any) -> Any:
    """A number or an array of floats, as it is; integers become floats.

    Raises:
        NotDifferentiable: It is something else.
    """
    if (type(data) is np.ndarray and data.dtype.kind == "f") or isinstance(data, ArrayLike | float):
        return data
    if type(data) is int:
        return float(data)
    array = np.asarray(data)
    if array.dtype.kind == "f":
        return data if isinstance(data, np.ndarray | np.floating) else array
    if array.dtype.kind in "iu":
        return array.astype(float)
    kind = "complex numbers" if array.dtype.kind == "c" else f"values of type {array.dtype}"
    raise NotDifferentiable(f"a derivative with respect to {kind} is not defined here: use floats")


def _as_method(function: Any) -> Any:
    def method(self: ArrayLike, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__doc__ = f"As of an array: np.{function.__name__}."
    return method


for _name in (
    *("all", "any", "argmax", "argmin", "argsort", "clip", "copy", "cumsum", "diagonal", "dot", "max", "mean", "min"),
    *("prod", "ravel", "repeat", "round", "squeeze", "std", "swapaxes", "take", "trace", "var"),
):
    setattr(ArrayLike, _name, _as_method(getattr(np, _name)))
