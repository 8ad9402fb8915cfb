"""Mistakes in the programming, each a function from a node of the solution's syntax tree to what is written instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.validate.mutation.nodes import Place, constant, has_integer, neighbours, stored

NEIGHBOURS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
}


def overwrite(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`a += b` becomes `a = b`."""
    match node:
        case ast.AugAssign(target=target, op=ast.Add(), value=value):
            yield ast.Assign([target], value, lineno=node.lineno)


def skip_update(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """A statement that changes something which already has a value, or only calls something, is left out."""
    match node:
        case ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Assign(targets=targets):
            names = [name.id for target in targets for name in stored(target)]
            if all(name in place.bound for name in names):
                yield ast.Pass()


def shift_comparison(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`>` becomes `>=`, `<` becomes `<=`, and the other way round."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in NEIGHBOURS:
            yield ast.Compare(left, [NEIGHBOURS[type(op)]()], [right])


def wrong_variable(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """A variable becomes another one that has the same shape."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            for other in place.alike.get(name, ()):
                if other in place.bound:
                    yield ast.Name(other, ast.Load())


def off_by_one(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """One more or less: in `range`, in an index or a slice, where something is compared with a whole number."""
    match node:
        case ast.Call(func=ast.Name(id="range") as function, args=args, keywords=[]):
            for k, end in enumerate(args[:2]):
                for other in neighbours(end):
                    yield ast.Call(function, [*args[:k], other, *args[k + 1 :]], [])
            if len(args) == 1:
                yield ast.Call(function, [constant(1), *args], [])
        case ast.Subscript(value=value, slice=ast.Constant() | ast.UnaryOp() as index, ctx=ctx) if has_integer(index):
            for other in neighbours(index):
                yield ast.Subscript(value, other, ctx)
        case ast.Slice(lower=lower, upper=upper, step=step):
            if lower is not None and has_integer(lower):
                yield from (ast.Slice(other, upper, step) for other in neighbours(lower))
            if upper is not None:
                yield from (ast.Slice(lower, other, step) for other in neighbours(upper))
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant() as right]) if has_integer(right):
            yield from (ast.Compare(left, [op], [other]) for other in neighbours(right))
