"""The tape: a value that remembers how it was computed.

Every operation on a traced value makes a `Tensor`: the plain value, the rule that computed it and its arguments.
Tensors are numbered as they are made, and arguments come before results, so that the number alone gives the order in
which a derivative passes through them. Constants are never traced.

A derivative that is being taken is a `Level`. Within a nested derivative the value of a Tensor is itself a Tensor, of
the level outside, and the rules, which are written with operators, then are traced there: derivatives of any order, in
any mix of forward and reverse mode, need nothing else, and a perturbation can never be taken for another's.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import count, repeat
from typing import Any, NoReturn

import numpy as np

from reference.autodiff.compositions import COMPOSED
from reference.autodiff.elementwise import ADD, DIVIDE, MULTIPLY, NEGATIVE, POWER, SUBTRACT
from reference.autodiff.errors import InPlaceWrite, NotDifferentiable, ValueDependent
from reference.autodiff.indexing import GETITEM
from reference.autodiff.products import MATMUL
from reference.autodiff.reductions import SUM
from reference.autodiff.rules import CONSTANT, RULES, Rule, shape_of

OF_THE_SHAPE = {np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj}  # and of no value

next_number = count().__next__
add_up: Any = np.add.reduce  # what an array's sum calls in the end


class Level:
    """One derivative that is being taken.

    Attributes:
        depth: A derivative inside another one lies higher.
        records: A Tensor keeps its rule and its arguments, for reverse mode. Otherwise its tangent is computed at once.
        graph: Comparisons are recorded too, and nothing may branch on one.
    """

    __slots__ = ("depth", "graph", "records")

    def __init__(self, depth: int, *, records: bool = True, graph: bool = False) -> None:
        self.depth = depth
        self.records = records
        self.graph = graph


OBJECTS = Level(0)  # that of Tensors which somebody makes, to call backward() on what comes of them


class Tensor:
    """A traced value.

    Args:
        data: A number or an array; what begins a derivative is made of floats.
        rule: What computed it; None where a derivative begins.
        args: The rule's arguments, traced or not.
        level: The derivative that traces it.

    Raises:
        NotDifferentiable: `data` is neither floats nor integers.
    """

    __slots__ = ("args", "data", "g", "grad", "level", "number", "own", "rule", "seen", "tangent")
    own: bool  # whether g is an array that nobody else has
    __hash__ = object.__hash__

    def __init__(self, data: Any, rule: Rule | None = None, args: tuple[Any, ...] = (), level: Level = OBJECTS) -> None:
        if rule is None:
            data = as_floats(data)
        self.data = data
        self.rule = rule
        self.level = level
        self.number = next_number()
        self.g: Any = None  # the upstream gradient, while a reverse pass collects it
        self.seen = False
        self.grad: Any = None
        if level.records:
            self.args = args
        else:
            self.rule, self.args = None, ()
            self.tangent = tangent_of(data, rule, args, level) if rule is not None and level is not OBJECTS else None

    # ------------------------------------------------------------------------------------- arithmetic, by the short way

    def __add__(a, b: Any) -> Tensor:  # noqa: N805  (here, x is no more than one of two operands)
        if type(b) is not Tensor:
            return Tensor(a.data + b, ADD, (a, b), a.level)
        return Tensor(a.data + b.data, ADD, (a, b), a.level) if b.level is a.level else apply(ADD, a, b)

    def __radd__(a, b: Any) -> Tensor:  # noqa: N805
        return Tensor(b + a.data, ADD, (b, a), a.level)

    def __sub__(a, b: Any) -> Tensor:  # noqa: N805
        if type(b) is not Tensor:
            return Tensor(a.data - b, SUBTRACT, (a, b), a.level)
        return Tensor(a.data - b.data, SUBTRACT, (a, b), a.level) if b.level is a.level else apply(SUBTRACT, a, b)

    def __rsub__(a, b: Any) -> Tensor:  # noqa: N805
        return Tensor(b - a.data, SUBTRACT, (b, a), a.level)

    def __mul__(a, b: Any) -> Tensor:  # noqa: N805
        if type(b) is not Tensor:
            return Tensor(a.data * b, MULTIPLY, (a, b), a.level)
        return Tensor(a.data * b.data, MULTIPLY, (a, b), a.level) if b.level is a.level else apply(MULTIPLY, a, b)

    def __rmul__(a, b: Any) -> Tensor:  # noqa: N805
        return Tensor(b * a.data, MULTIPLY, (b, a), a.level)

    def __truediv__(a, b: Any) -> Tensor:  # noqa: N805
        if type(b) is not Tensor:
            return Tensor(a.data / b, DIVIDE, (a, b), a.level)
        return Tensor(a.data / b.data, DIVIDE, (a, b), a.level) if b.level is a.level else apply(DIVIDE, a, b)

    def __rtruediv__(a, b: Any) -> Tensor:  # noqa: N805
        return Tensor(b / a.data, DIVIDE, (b, a), a.level)

    def __matmul__(a, b: Any) -> Tensor:  # noqa: N805
        if type(b) is not Tensor:
            return Tensor(a.data @ b, MATMUL, (a, b), a.level)
        return Tensor(a.data @ b.data, MATMUL, (a, b), a.level) if b.level is a.level else apply(MATMUL, a, b)

    def __rmatmul__(a, b: Any) -> Tensor:  # noqa: N805
        return Tensor(b @ a.data, MATMUL, (b, a), a.level)

    def __pow__(a, b: Any) -> Tensor:  # noqa: N805
        return Tensor(a.data**b, POWER, (a, b), a.level) if type(b) is not Tensor else apply(POWER, a, b)

    def __rpow__(a, b: Any) -> Tensor:  # noqa: N805
        return Tensor(b**a.data, POWER, (b, a), a.level)

    def __neg__(self) -> Tensor:
        return Tensor(-self.data, NEGATIVE, (self,), self.level)

    def __getitem__(self, key: Any) -> Tensor:
        if type(key) is Tensor and key.level.graph:
            raise ValueDependent("a compiled function cannot pick entries by values: write np.where(condition, a, b)")
        return Tensor(self.data[key], GETITEM, (self, key), self.level)

    # --------------------------------------------------------------------------------------------- by NumPy's protocols

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        rule = RULES.get(ufunc)
        if rule is None and ufunc in CONSTANT and method == "__call__":
            return constant(ufunc, *inputs, **kwargs)
        if ufunc in COMPOSED and method == "__call__" and not kwargs:
            return COMPOSED[ufunc](*inputs)
        if rule is None or kwargs or method != "__call__":
            refuse_ufunc(ufunc, method, kwargs)
        return apply(rule, *inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        rule = RULES.get(function)
        if rule is not None:
            return apply(rule, *(args if rule.bind is None else rule.bind(*args, **kwargs)))
        if function in COMPOSED:
            return COMPOSED[function](*args, **kwargs)
        if function in CONSTANT:
            return constant(function, *args, **kwargs)
        name = f"{getattr(function, '__module__', 'numpy')}.{function.__name__}"
        raise NotDifferentiable(f"{name} has no derivative rule: write it with functions that have one")

    def __gt__(self, other: Any) -> Any:
        return constant(np.greater, self, other)

    def __ge__(self, other: Any) -> Any:
        return constant(np.greater_equal, self, other)

    def __lt__(self, other: Any) -> Any:
        return constant(np.less, self, other)

    def __le__(self, other: Any) -> Any:
        return constant(np.less_equal, self, other)

    def __eq__(self, other: object) -> Any:
        return constant(np.equal, self, other)

    def __ne__(self, other: object) -> Any:
        return constant(np.not_equal, self, other)

    def __and__(self, other: Any) -> Any:
        return constant(np.logical_and, self, other)

    def __or__(self, other: Any) -> Any:
        return constant(np.logical_or, self, other)

    def __invert__(self) -> Any:
        return constant(np.logical_not, self)

    def __abs__(self) -> Any:
        return np.absolute(self)

    def __mod__(self, other: Any) -> Any:
        return np.remainder(self, other)

    def __rmod__(self, other: Any) -> Any:
        return np.remainder(other, self)

    def __floordiv__(self, other: Any) -> Any:
        return constant(np.floor_divide, self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return constant(np.floor_divide, other, self)

    def __pos__(self) -> Any:
        return np.positive(self)

    # -------------------------------------------------------------------------------------- what would lose the history

    def __bool__(self) -> bool:
        if self.level.graph:
            raise ValueDependent("a compiled function cannot branch on a value: write np.where(condition, a, b)")
        return bool(self.data)

    def __float__(self) -> NoReturn:
        raise NotDifferentiable("float(x) would lose the derivative: use NumPy's functions instead of math's")

    __int__ = __complex__ = __float__

    def __index__(self) -> NoReturn:
        raise NotDifferentiable("an index has no derivative: count with plain integers")

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise NotDifferentiable("np.array of traced values would lose the derivative: use np.stack or np.concatenate")

    def __reduce__(self) -> Any:
        if self._has_history():
            raise NotDifferentiable("a pickled value would lose its derivative: pass the value itself on")
        return Tensor, (self.data,)

    def __copy__(self) -> Tensor:
        return self if self._has_history() else Tensor(self.data)

    def __deepcopy__(self, memo: Any) -> Tensor:
        return self if self._has_history() else Tensor(np.copy(self.data)[()])

    def _has_history(self) -> bool:
        return self.level is not OBJECTS or self.rule is not None

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise InPlaceWrite("x[i] = v would change a traced value: make a new one with np.where or np.concatenate")

    # ------------------------------------------------------------------------------------------------ what an array has

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

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """As of an array."""
        data = self.data
        if type(data) is np.ndarray and data.dtype.kind == "f":
            y = add_up(data, axis=axis, keepdims=keepdims)
        else:
            y = data if type(data) is float else data.sum(axis=axis, keepdims=keepdims)
        return Tensor(y, SUM, (self, axis, keepdims), self.level)

    def reshape(self, *shape: Any) -> Any:
        """As of an array."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def flatten(self, order: Any = "C") -> Any:
        """As of an array."""
        return np.ravel(self, order)

    def transpose(self, *axes: Any) -> Any:
        """As of an array."""
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) if axes else None)

    def __repr__(self) -> str:
        return f"Tensor({self.data!r})"

    # ------------------------------------------------------------------------- for those who differentiate objects

    @property
    def grad_fn(self) -> Rule | None:
        """The rule that computed it; None where somebody made it."""
        return self.rule

    def backward(self, gradient: Any = None) -> None:
        """Add the gradient of this value to `grad` of every Tensor that somebody made and that it was computed from.

        Args:
            gradient: The upstream gradient, of this value's shape; for one number it is 1 if it is left out.

        Raises:
            NotDifferentiable: There is no such derivative.
        """
        from reference.autodiff.objects import backward

        backward(self, gradient)

    def zero_grad(self) -> None:
        """Forget the gradient: the next one is not added to it."""
        self.grad = None

    def detach(self) -> Tensor:
        """The same value, as if somebody had made it."""
        return Tensor(self.data)

    def item(self) -> Any:
        """The number, without its history."""
        if self.level is not OBJECTS:
            raise NotDifferentiable("x.item() would lose the derivative: compute with x itself")
        return self.data if type(self.data) is float else self.data.item()


def _as_method(function: Any) -> Any:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__doc__ = f"As of an array: np.{function.__name__}."
    return method


for _name in (
    *("all", "any", "argmax", "argmin", "argsort", "clip", "copy", "cumsum", "diagonal", "dot", "max", "mean", "min"),
    *("prod", "ravel", "repeat", "round", "squeeze", "std", "swapaxes", "take", "trace", "var"),
):
    setattr(Tensor, _name, _as_method(getattr(np, _name)))


def apply(rule: Rule, *args: Any) -> Tensor:
    """Compute by a rule, traced by the innermost of the derivatives that its arguments belong to."""
    level = innermost(args)
    values = [x.data if type(x) is Tensor and x.level is level else x for x in args]
    compute = rule.scalar if rule.scalar is not None and type(values[0]) is float else rule.value
    try:
        y = compute(*values)
    except (ValueError, OverflowError):  # of math's, where NumPy warns, and goes on with inf or nan
        y = rule.value(*values)
    return Tensor(y, rule, args, level)


def innermost(args: tuple[Any, ...]) -> Level:
    """The highest of the levels that the arguments belong to."""
    level = OBJECTS
    for x in args:
        if type(x) is Tensor and x.level.depth > level.depth:
            level = x.level
    return level


def constant(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Compute what has no derivative; where a graph is made it is recorded all the same."""
    if any(type(x) is Tensor for x in kwargs.values()):
        raise NotDifferentiable(
            f"np.{function.__name__} takes a traced value by its place: leave the argument's name out"
        )
    level = innermost(args)
    values = [x.data if type(x) is Tensor and x.level is level else x for x in args]
    y = function(*values, **kwargs)
    if not level.graph or function in OF_THE_SHAPE:
        return y
    return Tensor(y, without_derivative(function, tuple(kwargs.items())), args, level)


@cache
def without_derivative(function: Any, keywords: tuple[tuple[str, Any], ...]) -> Rule:
    """The rule by which a graph holds what has no derivative."""
    return Rule(function.__name__, partial(function, **dict(keywords)), repeat(None), repeat(None))


def tangent_of(y: Any, rule: Rule, args: tuple[Any, ...], level: Level) -> Any:
    """The tangent of y = rule(args): each argument's tangent, carried forward by the rule, and their sum."""
    values = [x.data if type(x) is Tensor and x.level is level else x for x in args]
    total: Any = None
    for x, jvp in zip(args, rule.jvps, strict=False):
        if type(x) is Tensor and x.level is level:
            if jvp is None:
                refuse_argument(rule, args, x)
            part = jvp(x.tangent, y, *values)
            total = part if total is None else total + part
    return total if shape_of(total) == shape_of(y) else np.broadcast_to(total, shape_of(y))


def as_floats(data: Any) -> Any:
    """A number or an array of floats, as it is; integers become floats.

    Raises:
        NotDifferentiable: It is something else.
    """
    if type(data) is float or type(data) is Tensor or (type(data) is np.ndarray and data.dtype.kind == "f"):
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


def refuse_ufunc(ufunc: Any, method: str, kwargs: Any) -> NoReturn:
    """Say why a call of a ufunc is not traced."""
    if "out" in kwargs:
        raise InPlaceWrite(
            f"np.{ufunc.__name__}(..., out=...) would write a traced value into an array: leave `out` out"
        )
    what = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    what += f"(..., {min(kwargs)}=...)" if kwargs else ""
    raise NotDifferentiable(f"{what} has no derivative rule: write it with functions that have one")


def refuse_argument(rule: Rule, args: tuple[Any, ...], x: Any) -> NoReturn:
    """Say that an argument may not be traced."""
    place = next(i for i, one in enumerate(args, 1) if one is x)
    raise NotDifferentiable(f"np.{rule.name} has no derivative rule for its argument number {place}: keep it constant")
