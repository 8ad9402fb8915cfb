"""Mistakes in the mathematics, each a function from a node of the solution's syntax tree to what is written instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.validate.mutation.nodes import (
    Place,
    constant,
    integer,
    is_number,
    is_transposed,
    makes_number,
    transposed,
    with_keyword,
    without_keyword,
)

# fmt: off
NOT_FORGOTTEN = frozenset((
    "array", "asarray", "bool", "float", "int", "len", "list", "print", "range", "set", "str", "super", "tuple", "type",
))
# fmt: on
ORDERED = frozenset(("dot", "kron", "matmul", "outer"))
OTHER_AXES: dict[int | None, tuple[int, ...]] = {0: (1,), 1: (0,), -1: (0,)}
OPPOSITE: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}


# ------------------------------------------------------------------------------------------------- linear algebra


def drop_transpose(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`A.T` becomes `A`."""
    match node:
        case ast.Attribute(value=matrix, attr="T", ctx=ast.Load()):
            yield matrix
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="transpose"), args=[matrix]):
            yield matrix
        case ast.Call(func=ast.Attribute(value=matrix, attr="transpose"), args=[]):
            yield matrix


def add_transpose(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`A @ B` becomes `A.T @ B`, `A @ B.T` or `(A @ B).T`, and `return A` `return A.T`."""
    match node:
        case ast.Return(value=ast.Name() | ast.Call() | ast.BinOp() as value):
            is_product = isinstance(value, ast.BinOp) and isinstance(value.op, ast.MatMult)
            if not is_product and not is_transposed(value) and not makes_number(value):
                yield ast.Return(transposed(value))
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            if not is_transposed(left):
                yield ast.BinOp(transposed(left), ast.MatMult(), right)
            if not is_transposed(right):
                yield ast.BinOp(left, ast.MatMult(), transposed(right))
            yield transposed(node)


def swap_operands(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`A @ B` becomes `B @ A`, and `a / b` `b / a`; likewise for np.kron, np.outer, np.dot."""
    match node:
        case ast.BinOp(left=left, op=ast.MatMult() | ast.Div() as op, right=right):
            yield ast.BinOp(right, op, left)
        case ast.Call(func=ast.Attribute(attr=name) as function, args=[first, second], keywords=[]) if name in ORDERED:
            yield ast.Call(function, [second, first], [])


def change_axis(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`axis=0` becomes `axis=1`, and the other way round; or it is left out."""
    if not isinstance(node, ast.Call):
        return
    for k, keyword in enumerate(node.keywords):
        if keyword.arg == "axis":
            for other in OTHER_AXES.get(integer(keyword.value), ()):
                yield with_keyword(node, k, ast.keyword("axis", constant(other)))
            yield with_keyword(node, k, None)


def drop_keepdims(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`keepdims=True` is left out."""
    yield from without_keyword(node, "keepdims")


def drop_order(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`order="F"` is left out, so that rows are stacked."""
    yield from without_keyword(node, "order")


# ------------------------------------------------------------------------------------------------------ arithmetic


def flip_sign(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`a + b` becomes `a - b`, `a - b` `a + b`, `-a` `a`, and `a -= b` `a += b`."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield ast.BinOp(left, OPPOSITE[type(op)](), right)
        case ast.AugAssign(target=target, op=ast.Add() | ast.Sub() as op, value=value):
            yield ast.AugAssign(target, OPPOSITE[type(op)](), value)
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            yield operand


def drop_term(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`a + b` becomes `a` or `b`, and `a - b` `a` or `-b`."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from (left, right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield from (left, ast.UnaryOp(ast.USub(), right))


def drop_factor(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`2 * a` becomes `a`, and `a * b` `a` or `b`."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            if not is_number(left):
                yield left
            if not is_number(right):
                yield right


def double_factor(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`2 * a` becomes `4 * a`, and `a / 2` `a / 4`."""
    match node:
        case ast.BinOp(left=ast.Constant(value=int() | float() as number), op=ast.Mult() as op, right=right):
            yield ast.BinOp(constant(2 * number), op, right)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=ast.Constant(value=int() | float() as number)):
            yield ast.BinOp(left, op, constant(2 * number))


def drop_division(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`a / m` becomes `a`."""
    match node:
        case ast.BinOp(left=left, op=ast.Div()):
            yield left


def drop_power(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`a ** 2` becomes `a`."""
    match node:
        case ast.BinOp(left=left, op=ast.Pow()):
            yield left


def sum_or_mean(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`np.sum` becomes `np.mean`, and the other way round; likewise the methods."""
    other = {"sum": "mean", "mean": "sum"}
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="sum" | "mean" as name), args=args, keywords=keywords):
            yield ast.Call(ast.Attribute(value, other[name], ast.Load()), args, keywords)


def forget_call(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`np.abs(a)` becomes `a`, and `column(a, "a")`, too: what should be applied to it is not."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[argument, *rest], keywords=[]) if (
            name not in NOT_FORGOTTEN
            and not isinstance(argument, ast.Constant | ast.Starred | ast.GeneratorExp)
            and all(isinstance(other, ast.Constant) and isinstance(other.value, str) for other in rest)
        ):
            yield argument
