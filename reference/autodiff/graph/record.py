"""The graph of a function: what it computes for arguments of these shapes, recorded once and simplified.

The function runs once on traced arguments. What it does with constants alone is done then, for good; of the rest only
what the result needs is kept, and what is computed twice is kept once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.autodiff.elementwise import ADD, DIVIDE, MULTIPLY, NEGATIVE, POWER, SUBTRACT
from reference.autodiff.functional import new_level, traced
from reference.autodiff.reverse import ancestors
from reference.autodiff.rules import Rule, shape_of
from reference.autodiff.tensor import Level, Tensor
from reference.autodiff.trees import leaves

EXACT = {ADD, SUBTRACT, MULTIPLY, DIVIDE}  # of which a repeated constant may be written as one number


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One operation. `value`: what it came to while it was recorded, which tells shapes and what is a view of what."""

    rule: Rule
    args: tuple[Any, ...]  # steps, inputs and constants
    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """One leaf of the arguments."""

    place: int
    value: Any


Node = Step | Input


@dataclass(frozen=True, slots=True)
class Graph:
    """Steps in the order of computing; `outputs` are nodes or constants; `tree` is built like the result."""

    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Any, ...]
    tree: Any


def record(f: Callable[..., Any], args: Sequence[Any]) -> Graph:
    """Run f once and record what it does.

    Raises:
        ValueDependent: f branches on a value.
        NotDifferentiable: f does something that has no rule.
    """
    level = new_level(graph=True)
    begin, result = traced(f, args, tuple(range(len(args))), level)
    outputs = leaves(result)
    made = [y for y in outputs if type(y) is Tensor and y.level is level]
    inputs = tuple(Input(place, x.data) for place, x in enumerate(begin))
    known: dict[int, Any] = {id(x): one for x, one in zip(begin, inputs, strict=True)}
    _Simplifier(known, level).take(reversed(ancestors(made, level)))
    found = tuple(known.get(id(y), y) for y in outputs)
    return Graph(inputs, _needed(found), found, result)


class _Simplifier:
    """Turns Tensors into steps, equal ones into one, and multiplications by one into nothing."""

    def __init__(self, known: dict[int, Any], level: Level) -> None:
        self._known = known  # by the identity of the Tensor
        self._level = level
        self._steps: dict[tuple[Any, ...], Step] = {}
        self._alive: list[Any] = []  # an identity is one's own only as long as one lives

    def take(self, nodes: Any) -> None:
        for node in nodes:
            node.seen = False
            if node.rule is not None:
                self._known[id(node)] = self._step(node)

    def _step(self, node: Tensor) -> Any:
        assert node.rule is not None
        args = tuple(self._argument(x, node) for x in node.args)
        if simpler := _identity(node.rule, args):
            return simpler[0]
        key = (id(node.rule), *map(self._key, args))
        if key not in self._steps:
            self._steps[key] = Step(node.rule, args, node.data)
        return self._steps[key]

    def _argument(self, x: Any, node: Tensor) -> Any:
        if type(x) is Tensor and x.level is self._level:
            return self._known[id(x)]
        return _as_number(x) if node.rule in EXACT and _fills(node, x) else x

    def _key(self, x: Any) -> Any:
        if isinstance(x, float | int | str | type(None)) or (isinstance(x, tuple) and _is_plain(x)):
            return type(x), x
        self._alive.append(x)
        return identity(x)


def identity(x: Any) -> Any:
    """What tells constants apart as long as they live; the same memory, seen the same way, is the same one."""
    if isinstance(x, np.ndarray):
        return x.__array_interface__["data"], x.shape, x.strides, x.dtype.str
    return id(x)


def _identity(rule: Rule, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The argument that an operation gives back, if it does; nothing otherwise."""
    if rule is MULTIPLY and type(args[0]) is float and args[0] == 1.0:
        return (args[1],)
    if rule in (MULTIPLY, DIVIDE) and type(args[1]) is float and args[1] == 1.0:
        return (args[0],)
    if rule is POWER and type(args[1]) in (int, float) and args[1] == 1:
        return (args[0],)
    if rule is NEGATIVE and isinstance(args[0], Step) and args[0].rule is NEGATIVE:
        return (args[0].args[0],)
    return ()


def _fills(node: Tensor, constant: Any) -> bool:
    """Whether the other argument has the result's shape by itself."""
    others = [x for x in node.args if x is not constant]
    return any(shape_of(x) == shape_of(node.data) for x in others)


def _as_number(x: Any) -> Any:
    """One number in place of an array that repeats it, as the gradient of a mean is."""
    if type(x) is np.ndarray and x.size and x.dtype == float and np.all(x == x.flat[0]):
        return float(x.flat[0])
    return float(x) if type(x) is np.float64 else x


def _is_plain(x: tuple[Any, ...]) -> bool:
    return all(isinstance(one, float | int | str | type(None)) for one in x)


def _needed(outputs: Sequence[Any]) -> tuple[Step, ...]:
    """The steps that the outputs need, each after those that it needs itself; without recursion."""
    order: list[Step] = []
    done: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(y, False) for y in reversed(outputs)]
    while waiting:
        node, ready = waiting.pop()
        if not isinstance(node, Step) or id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
        else:
            waiting.append((node, True))
            waiting += [(x, False) for x in reversed(node.args)]
    return tuple(order)
