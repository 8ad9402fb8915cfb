"""Mistakes that students make, each a function from a node of the solution's syntax tree to what they write instead."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

# fmt: off
NOT_FORGOTTEN = frozenset((
    "array", "asarray", "bool", "float", "int", "len", "list", "print", "range", "set", "str", "super", "tuple", "type",
))
# fmt: on
MAKE_NUMBERS = frozenset(("bool", "float", "int", "item", "len", "str", "tuple"))
ORDERED = frozenset(("dot", "kron", "matmul", "outer"))
OTHER_AXES: dict[int, tuple[int, ...]] = {0: (1,), 1: (0,), -1: (0,)}
NEIGHBOURS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
}
OPPOSITE: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of the function around a node."""

    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # variable -> those of the same shape
    bound: frozenset[str] = frozenset()  # names that have a value before the node's line


Operator = Callable[[ast.AST, Place], Iterator[ast.AST]]


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
            if not is_product and not _is_transposed(value) and not _is_a_number(value):
                yield ast.Return(_transposed(value))
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            if not _is_transposed(left):
                yield ast.BinOp(_transposed(left), ast.MatMult(), right)
            if not _is_transposed(right):
                yield ast.BinOp(left, ast.MatMult(), _transposed(right))
            yield _transposed(node)


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
            for other in OTHER_AXES.get(_integer(keyword.value), ()):
                yield _with_keyword(node, k, ast.keyword("axis", _constant(other)))
            yield _with_keyword(node, k, None)


def drop_keepdims(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`keepdims=True` is left out."""
    yield from _without_keyword(node, "keepdims")


def drop_order(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`order="F"` is left out, so that rows are stacked."""
    yield from _without_keyword(node, "order")


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
            if not _is_number(left):
                yield left
            if not _is_number(right):
                yield right


def double_factor(node: ast.AST, _: Place) -> Iterator[ast.AST]:
    """`2 * a` becomes `4 * a`, and `a / 2` `a / 4`."""
    match node:
        case ast.BinOp(left=ast.Constant(value=int() | float() as number), op=ast.Mult() as op, right=right):
            yield ast.BinOp(_constant(2 * number), op, right)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=ast.Constant(value=int() | float() as number)):
            yield ast.BinOp(left, op, _constant(2 * number))


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


# ----------------------------------------------------------------------------------------------------- programming


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
            names = [name.id for target in targets for name in _stored(target)]
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
                for other in _neighbours(end):
                    yield ast.Call(function, [*args[:k], other, *args[k + 1 :]], [])
            if len(args) == 1:
                yield ast.Call(function, [_constant(1), *args], [])
        case ast.Subscript(value=value, slice=ast.Constant() | ast.UnaryOp() as index, ctx=ctx) if _has_integer(index):
            for other in _neighbours(index):
                yield ast.Subscript(value, other, ctx)
        case ast.Slice(lower=lower, upper=upper, step=step):
            if lower is not None and _has_integer(lower):
                yield from (ast.Slice(other, upper, step) for other in _neighbours(lower))
            if upper is not None:
                yield from (ast.Slice(lower, other, step) for other in _neighbours(upper))
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant() as right]) if _has_integer(right):
            yield from (ast.Compare(left, [op], [other]) for other in _neighbours(right))


# What a student who makes the mistake does, in the words of the reports.
# fmt: off
OPERATORS: dict[str, tuple[Operator, str]] = {
    "drop_transpose":   (drop_transpose,   "drops a transpose"),
    "add_transpose":    (add_transpose,    "adds a transpose"),
    "swap_operands":    (swap_operands,    "swaps two operands"),
    "change_axis":      (change_axis,      "takes another axis"),
    "drop_keepdims":    (drop_keepdims,    "leaves keepdims out"),
    "drop_order":       (drop_order,       "leaves order out"),
    "flip_sign":        (flip_sign,        "flips a sign"),
    "drop_term":        (drop_term,        "drops a term of a sum"),
    "drop_factor":      (drop_factor,      "drops a factor"),
    "double_factor":    (double_factor,    "doubles a constant factor"),
    "drop_division":    (drop_division,    "drops a division, such as 1/m"),
    "drop_power":       (drop_power,       "drops a power"),
    "sum_or_mean":      (sum_or_mean,      "takes mean for sum, or sum for mean"),
    "forget_call":      (forget_call,      "forgets to apply a function"),
    "overwrite":        (overwrite,        "overwrites where it should accumulate"),
    "skip_update":      (skip_update,      "skips a statement"),
    "shift_comparison": (shift_comparison, "takes > for >=, or < for <="),
    "wrong_variable":   (wrong_variable,   "takes another variable of the same shape"),
    "off_by_one":       (off_by_one,       "is off by one"),
}
# fmt: on


# ----------------------------------------------------------------------------------------------------------- parts


def _transposed(node: ast.expr) -> ast.expr:
    return ast.Attribute(node, "T", ast.Load())


def _is_transposed(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "T"


def _constant(value: float) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _integer(node: ast.expr) -> int:
    """The whole number that is written there; 99, which is no axis and no index of ours, for anything else."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
    return 99


def _has_integer(node: ast.expr) -> bool:
    return _integer(node) != 99


def _neighbours(node: ast.expr) -> Iterator[ast.expr]:
    """One more and one less. An index that is not negative does not become so: it would count from the other end."""
    if not _has_integer(node):
        yield ast.BinOp(node, ast.Add(), _constant(1))
        yield ast.BinOp(node, ast.Sub(), _constant(1))
        return
    value = _integer(node)
    for other in (value + 1, value - 1):
        if (other < 0) == (value < 0):
            yield _constant(other)


def _is_a_number(node: ast.expr) -> bool:
    """Whether a call makes a number, which has no transpose."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in MAKE_NUMBERS
    return False


def _without_keyword(node: ast.AST, name: str) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        for k, keyword in enumerate(node.keywords):
            if keyword.arg == name:
                yield _with_keyword(node, k, None)


def _with_keyword(call: ast.Call, k: int, keyword: ast.keyword | None) -> ast.Call:
    kept = [keyword] if keyword is not None else []
    return ast.Call(call.func, call.args, [*call.keywords[:k], *kept, *call.keywords[k + 1 :]])


def _stored(target: ast.expr) -> Iterator[ast.Name]:
    return (n for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
