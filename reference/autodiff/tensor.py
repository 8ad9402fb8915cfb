"""The tape: a value that remembers how it was computed.

Every operation on a traced value makes a `Tensor`: the plain value, the rule that computed it and its arguments.
Tensors are numbered as they are made, and arguments come before results, so that the number alone gives the order in
which a derivative passes through them. Constants are never traced.

A derivative that is being taken is a `Level`. Within a nested derivative the value of a Tensor is itself a Tensor, of
the level outside, and the rules, which are written with operators, then are traced there: derivatives of any order, in
any mix of forward and reverse mode, need nothing else, and a perturbation can never be taken for another's.
"""

from __future__ import annotations

from functools import cache, partial
from itertools import count, repeat
from typing import Any

import numpy as np

from reference.autodiff.arraylike import ArrayLike, as_floats
from reference.autodiff.compositions import COMPOSED
from reference.autodiff.elementwise import ADD, DIVIDE, MULTIPLY, NEGATIVE, POWER, SUBTRACT
from reference.autodiff.errors import NotDifferentiable, ValueDependent, refuse_argument, refuse_ufunc
from reference.autodiff.indexing import GETITEM
from reference.autodiff.products import MATMUL
from reference.autodiff.reductions import SUM
from reference.autodiff.rules import CONSTANT, RULES, Rule, of_numpy, shape_of
from reference.autodiff.shapes import RESHAPE

OF_THE_SHAPE = {np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj}  # and of no value

FLOAT64 = np.dtype(np.float64)
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


class Tensor(ArrayLike):
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

    def __init__(self, data: Any, rule: Rule | None = None, args: tuple[Any, ...] = (), level: Level = OBJECTS) -> None:
        if rule is None and type(data) is not float and not (type(data) is np.ndarray and data.dtype is FLOAT64):
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

    def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """As of an array."""
        data = self.data
        if type(data) is np.ndarray and data.dtype.kind == "f":
            y = add_up(data, axis=axis, keepdims=keepdims)
        else:
            y = data if type(data) is float else data.sum(axis=axis, keepdims=keepdims)
        return Tensor(y, SUM, (self, axis, keepdims), self.level)

    def reshape(self, *shape: Any) -> Tensor:
        """As of an array."""
        new = shape[0] if len(shape) == 1 else shape
        data = self.data
        y = np.reshape(data, new) if type(data) is float else data.reshape(new)
        return Tensor(y, RESHAPE, (self, new, "C"), self.level)

    # -------------------------------------------------------------------------------------- what would lose the history

    def __bool__(self) -> bool:
        if self.level.graph:
            raise ValueDependent("a compiled function cannot branch on a value: write np.where(condition, a, b)")
        return bool(self.data)

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
                refuse_argument(rule.name, args, x)
            try:
                part = jvp(x.tangent, y, *values)
            except ZeroDivisionError:  # Python's numbers have no inf where NumPy's do
                part = jvp(*map(of_numpy, (x.tangent, y, *values)))
            total = part if total is None else total + part
    return total if shape_of(total) == shape_of(y) else np.broadcast_to(total, shape_of(y))
