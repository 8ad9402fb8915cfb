"""Reverse mode: one walk back over the tape turns an upstream gradient into the gradients of all that went in."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from reference.autodiff.errors import refuse_argument
from reference.autodiff.rules import of_numpy, shape_of, unbroadcast
from reference.autodiff.tensor import Level, Tensor

by_number = attrgetter("number")


def pull_back(outputs: Sequence[Any], upstream: Sequence[Any], level: Level, *, keep: bool = True) -> None:
    """Walk back from the outputs; then `g` of each Tensor where the derivative began holds its gradient.

    Args:
        outputs: Of this level or not; those that are not depend on nothing that is traced.
        upstream: The gradient of each output, of its shape.
        level: The derivative that is being taken.
        keep: Whether the tape is walked again. If not, every value is let go as soon as it has been passed.
    """
    begin = []
    for y, g in zip(outputs, upstream, strict=True):
        if type(y) is Tensor and y.level is level:
            begin.append(y)
            accumulate(y, g)
    walk_back(ancestors(begin, level), level, keep=keep)


def walk_back(nodes: Sequence[Tensor], level: Level, *, keep: bool = True) -> None:
    """Pass gradients on from one Tensor to the next, the last made first.

    A Tensor was numbered after all that it is computed from. So when the walk, from the highest number down, comes to
    one, all that it has gone into has been passed, and its gradient is complete. There is no recursion, and a gradient
    is made when its first contribution comes: nothing is filled with zeros to be added to.
    """
    for node in nodes:
        node.seen = False
        rule: Any = node.rule
        try:
            (rule.back or PASS[rule.takes])(node, rule, level)
        except ZeroDivisionError:  # Python's numbers have no inf where NumPy's do
            _pass_all(node, rule, level, of_numpy)
        node.g = None
        if not keep:
            node.args, node.data = (), None


def pass_on(node: Tensor, level: Level) -> None:
    """Add to the gradients of the arguments of a Tensor what its own, which is complete, gives them by its rule."""
    rule: Any = node.rule
    (rule.back or PASS[rule.takes])(node, rule, level)


def _pass_one(node: Tensor, rule: Any, level: Level) -> None:
    """To the first argument alone."""
    args = node.args
    x = args[0]
    part = rule.first(node.g, node.data, x.data, *args[1:])
    if x.g is None:
        x.g = part
        x.own = False
    else:
        accumulate(x, part)


def _pass_two(node: Tensor, rule: Any, level: Level) -> None:
    """To both of two arguments, of which one may be a constant."""
    a, b = node.args
    b_counts = type(b) is Tensor and b.level is level
    v = b.data if b_counts else b
    if not b_counts or (type(a) is Tensor and a.level is level):
        u = a.data
        to_a = rule.first(node.g, node.data, u, v)
        if rule.broadcasts and type(to_a) is not float:
            to_a = unbroadcast(to_a, u)
    else:
        u = a
    if b_counts:
        if rule.second is None:
            refuse_argument(rule.name, node.args, b)
        to_b = rule.second(node.g, node.data, u, v)
        accumulate(b, unbroadcast(to_b, v) if rule.broadcasts and type(to_b) is not float else to_b)
    if u is not a:
        if a.g is None:
            a.g = to_a
            a.own = False
        else:
            accumulate(a, to_a)


def _pass_all(node: Tensor, rule: Any, level: Level, read: Any = None) -> None:
    """To any number of arguments. `read`: how numbers are taken, if not as they are."""
    g, y, args = node.g, node.data, node.args
    values = [x.data if type(x) is Tensor and x.level is level else x for x in args]
    given = values
    if read is not None:
        g, y, *given = map(read, (g, y, *values))
    for x, value, vjp in zip(args, values, rule.vjps, strict=False):
        if x is not value:
            if vjp is None:
                refuse_argument(rule.name, args, x)
            part = vjp(g, y, *given)
            if rule.broadcasts:
                part = unbroadcast(part, value)
            if x.g is None:
                x.g = part
                x.own = False
            else:
                accumulate(x, part)


PASS = (_pass_all, _pass_one, _pass_two)  # by how many arguments a rule takes


def ancestors(outputs: Sequence[Tensor], level: Level) -> list[Tensor]:
    """All Tensors of this level that were computed on the way to the outputs, and these, the last made first.

    Those where the derivative began are not among them.
    """
    found = []
    for y in outputs:
        if y.rule is not None and not y.seen:
            y.seen = True
            found.append(y)
    for node in found:  # which grows as it is read
        for x in node.args:
            if type(x) is Tensor and x.rule is not None and x.level is level and not x.seen:
                x.seen = True
                found.append(x)
    found.sort(key=by_number, reverse=True)
    return found


def accumulate(x: Tensor, part: Any) -> None:
    """Add to the gradient of x; in place from the third contribution on, when the sum is an array of our own."""
    if x.g is None:
        x.g = part
        x.own = False
    elif x.own:
        x.g += part
    else:
        x.g = x.g + part
        x.own = type(x.g) is np.ndarray


def ones_like(y: Any) -> Any:
    """The gradient of a number by itself, of the shape of y."""
    return 1.0 if type(y) is float or not shape_of(y) else np.ones(shape_of(y))
