"""What a derivative rule is, and how a table of them is written.

A rule knows one NumPy function y = f(x_0, x_1, ...) by three things: how to compute it; for each argument, the vjp,
which turns the upstream gradient g (of y's shape) into the gradient of that argument; and for each argument the jvp,
which turns a tangent t of that argument into the tangent of y. All are written with operators and NumPy functions, so
they work on arrays and on traced values alike: that is how derivatives of any order come about.

A vjp is called as vjp(g, y, x_0, x_1, ...), a jvp as jvp(t, y, x_0, x_1, ...), with the arguments in the order of the
rule, an axis or a shape among them; an argument that has no derivative has None.

Where a function has a kink, its derivative is the element of least norm of Clarke's generalised gradient: abs and relu
have 0 at 0, and arguments that tie for a maximum share its gradient equally. (Sorting alone keeps entries that tie in
the order in which they stand, and so do their gradients.)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, partial, wraps
from itertools import count, islice
from typing import Any

import numpy as np

from reference.autodiff.errors import NotDifferentiable

Function = Callable[..., Any]

MANY = 1 << 16  # rows of a matrix: a vector of ones for more is too large to keep
RULES: dict[Function, Rule] = {}  # by the NumPy function
CONSTANT: set[Function] = set()  # derivative 0 wherever there is one, or no number at all


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """How one function is computed and differentiated; see the module's docstring."""

    name: str
    value: Function
    vjps: Iterable[Function | None]
    jvps: Iterable[Function | None]
    bind: Function | None = None  # brings a call's arguments in the order of the rule; None: they are in that order
    scalar: Function | None = None  # the same function of one Python float, five times as fast
    broadcasts: bool = False  # the walk sums what a vjp gives over the axes along which the argument was repeated
    only_first: bool = False  # the other arguments are never traced: an axis, a shape
    back: Function | None = None  # (node, rule, level): a shorter way back than by the vjps one after another
    first: Any = None  # the vjps of the first two arguments once more, where there are any
    second: Any = None
    takes: int = 0  # how many arguments the walk looks at: the first one, two, or 0 for as many as there are

    def __post_init__(self) -> None:
        first, second, *_ = (*islice(self.vjps, 2), None, None)
        object.__setattr__(self, "first", first)
        object.__setattr__(self, "second", second)
        two = isinstance(self.vjps, tuple) and len(self.vjps) == 2
        object.__setattr__(self, "takes", 1 if self.only_first else 2 if two else 0)

    def __repr__(self) -> str:
        return self.name


class ForEach:
    """The vjps or jvps of a function of any number of arrays: `derivative` is told first which one is meant."""

    def __init__(self, derivative: Function) -> None:
        self.derivative = derivative

    def __iter__(self) -> Iterator[Function]:
        return (partial(self.derivative, i) for i in count())


def elementwise(function: Function, *derivatives: Function, scalar: Function | None = None) -> Rule:
    """A function of corresponding entries. Each derivative is (g, y, *x) -> g·∂y/∂x_i, and serves both ways."""
    unary = len(derivatives) == 1
    rule = Rule(function.__name__, function, derivatives, derivatives, None, scalar, not unary, unary)
    return enter(function, rule)


def linear(function: Function, vjp: Function) -> Rule:
    """A function that is linear in its first argument, so that its jvp is the function itself.

    The parameters of `vjp` after g and y are those of the function that may be given, by the names that NumPy uses.
    """
    bind, value = by_name(function, vjp)
    return enter(
        function,
        Rule(function.__name__, value, (vjp,), (lambda t, y, x, *rest: value(t, *rest),), bind, only_first=True),
    )


def general(function: Function, vjp: Function, jvp: Function) -> Rule:
    """A function with a derivative for its first argument alone; parameters as in `linear`."""
    bind, value = by_name(function, vjp)
    return enter(function, Rule(function.__name__, value, (vjp,), (jvp,), bind, only_first=True))


def enter(function: Function, rule: Rule) -> Rule:
    """Put a rule into the table."""
    if function in RULES:
        raise ValueError(f"{function.__name__} has a rule already")
    RULES[function] = rule
    return rule


def by_name(function: Function, vjp: Function) -> tuple[Function, Function]:
    """How a call is brought in the order of the vjp's parameters, and how the function is called with them.

    A parameter of NumPy's that the vjp does not have may not be given: the answer would not be the function's.
    """

    def bind(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
        names, defaults, positional = _parameters(function, vjp)
        first_name = next(iter(inspect.signature(function).parameters)) if not args or len(args) > positional else ""
        if not args:
            args = (kwargs.pop(first_name),)
        if len(args) > positional:
            given = dict(inspect.signature(function).bind(*args, **kwargs).arguments)
            first = given.pop(first_name)
            args, kwargs = (first,), {name: value for name, value in given.items() if value is not None}
        if unknown := kwargs.keys() - set(names):
            raise NotDifferentiable(
                f"np.{function.__name__}(..., {min(unknown)}=...) has no derivative rule: leave it out"
            )
        rest = zip(names[len(args) :], defaults[len(args) :], strict=True)
        return (*args, *(kwargs.get(name, default) for name, default in rest))

    def value(x: Any, *rest: Any) -> Any:
        return function(x, **dict(zip(_parameters(function, vjp)[0][1:], rest, strict=False)))

    return bind, value


@cache  # and not when a rule is made: signatures take a third of the time of an import
def _parameters(function: Function, vjp: Function) -> tuple[tuple[str, ...], tuple[Any, ...], int]:
    """The names and defaults of the vjp's parameters, and how many of them stand where the function has them."""
    ours = list(inspect.signature(vjp).parameters.values())[2:]
    names, defaults = tuple(one.name for one in ours), tuple(one.default for one in ours)
    positional = 1
    for name, known in zip(names[1:], list(inspect.signature(function).parameters)[1:], strict=False):
        if name != known:
            break
        positional += 1
    return names, defaults, positional


def strictly(function: Function, ours: Function) -> Function:
    """`ours` in the place of `function`, which may have options that `ours` does not: these are refused by name."""

    @wraps(ours)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return ours(*args, **kwargs)
        except TypeError:
            parameters = inspect.signature(ours)
            try:
                parameters.bind(*args, **kwargs)
            except TypeError as why:
                unknown = sorted(kwargs.keys() - parameters.parameters.keys())
                what = f"np.{name_of(function)}" + (f"(..., {unknown[0]}=...)" if unknown else "")
                way = "leave it out" if unknown else f"it takes arguments as NumPy's does, but {why}"
                raise NotDifferentiable(f"{what} has no derivative rule: {way}") from None
            raise

    return call


def in_order(function: Function) -> Function:
    """The binding of a function whose arguments come in order, and which may have options that have no rule."""
    return strictly(function, lambda *args: args)


def name_of(function: Function) -> str:
    """As one writes it after `np.`."""
    return ("linalg." if "linalg" in str(getattr(function, "__module__", "")) else "") + function.__name__


def primitive(plain: Function) -> Function:
    """A function of ours that traced values take over, as they take over NumPy's own. Its arguments are positional."""

    @wraps(plain)
    def function(*args: Any) -> Any:
        for x in args:
            if hasattr(x, "level"):
                return x.__array_function__(function, (), args, {})
        return plain(*args)

    return function


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of a number, an array or a traced value; np.shape of a number takes ten times as long."""
    if type(x) is float:
        return ()
    shape: tuple[int, ...] | None = getattr(x, "shape", None)
    return np.shape(x) if shape is None else shape


def plain(x: Any) -> Any:
    """The number or array that a traced value stands for, however many derivatives are taken."""
    while hasattr(x, "level"):
        x = x.data
    return x


def of_numpy(x: Any) -> Any:
    """A Python float as NumPy's, for which a division by zero is inf, with a warning; the rest as it is."""
    return np.float64(x) if type(x) is float else x


def one_like(x: Any) -> Any:
    """The number 1 of the type of x's entries: what is true or false, times it, does not turn float32 into float64."""
    return 1.0 if type(x) is float else x.dtype.type(1)


def column_sums(g: Any) -> Any:
    """The sums of a matrix' columns, (N, H) -> (H,), as the product 1ᵀg: in half of the time of np.sum."""
    N = g.shape[0]
    return _ones(N, g.dtype) @ g if N <= MANY else g.sum(axis=0)


@lru_cache(maxsize=16)
def _ones(N: int, dtype: Any) -> Any:
    ones = np.ones(N, dtype)
    ones.flags.writeable = False
    return ones


def unbroadcast(g: Any, x: Any) -> Any:
    """The sum of g over the axes along which x was repeated: what broadcasting does, read backwards."""
    if type(g) is float or (type(g) is np.ndarray and type(x) is np.ndarray and g.shape == x.shape):
        return g
    shape, wanted = g.shape, shape_of(x)
    if shape == wanted:
        return g
    if len(shape) == 2 and shape[1:] == wanted:
        return column_sums(g)
    if len(shape) > len(wanted):
        g = g.sum(axis=tuple(range(len(shape) - len(wanted))))
        shape = shape_of(g)
    repeated = tuple(axis for axis, size in enumerate(wanted) if size == 1 and shape[axis] != 1)
    return g.sum(axis=repeated, keepdims=True) if repeated else g
