"""What operators know of a node and its place, and the nodes that they make."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

MAKE_NUMBERS = frozenset(("bool", "float", "int", "item", "len", "str", "tuple"))


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of the function around a node."""

    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # variable -> those of the same shape
    bound: frozenset[str] = frozenset()  # names that have a value before the node's line


Operator = Callable[[ast.AST, Place], Iterator[ast.AST]]


def transposed(node: ast.expr) -> ast.expr:
    """`node.T`."""
    return ast.Attribute(node, "T", ast.Load())


def is_transposed(node: ast.expr) -> bool:
    """Whether it is `something.T`."""
    return isinstance(node, ast.Attribute) and node.attr == "T"


def constant(value: float) -> ast.expr:
    """The number as it is written."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def is_number(node: ast.expr) -> bool:
    """Whether a number is written there."""
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def integer(node: ast.expr) -> int | None:
    """The whole number that is written there, if there is one."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
    return None


def has_integer(node: ast.expr) -> bool:
    """Whether a whole number is written there."""
    return integer(node) is not None


def neighbours(node: ast.expr) -> Iterator[ast.expr]:
    """One more and one less. An index that is not negative does not become so: it would count from the other end."""
    value = integer(node)
    if value is None:
        yield ast.BinOp(node, ast.Add(), constant(1))
        yield ast.BinOp(node, ast.Sub(), constant(1))
        return
    for other in (value + 1, value - 1):
        if (other < 0) == (value < 0):
            yield constant(other)


def makes_number(node: ast.expr) -> bool:
    """Whether a call makes a number, which has no transpose."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in MAKE_NUMBERS
    return False


def without_keyword(node: ast.AST, name: str) -> Iterator[ast.AST]:
    """The call without a keyword that it has."""
    if isinstance(node, ast.Call):
        for k, keyword in enumerate(node.keywords):
            if keyword.arg == name:
                yield with_keyword(node, k, None)


def with_keyword(call: ast.Call, k: int, keyword: ast.keyword | None) -> ast.Call:
    """The call with another k-th keyword, or without it."""
    kept = [keyword] if keyword is not None else []
    return ast.Call(call.func, call.args, [*call.keywords[:k], *kept, *call.keywords[k + 1 :]])


def stored(target: ast.expr) -> Iterator[ast.Name]:
    """The names that are given a value."""
    return (n for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
