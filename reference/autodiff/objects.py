"""Derivatives of objects: make Tensors, compute with them, call backward(), and read what came into `grad`.

>>> import numpy as np
>>> w = Tensor(np.array([1.0, 2.0]))
>>> (w * w).sum().backward()
>>> w.grad
array([2., 4.])
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from reference.autodiff.errors import NotDifferentiable
from reference.autodiff.reverse import accumulate, ancestors, walk_back
from reference.autodiff.rules import shape_of
from reference.autodiff.tensor import OBJECTS, Tensor


def backward(y: Tensor, gradient: Any = None) -> None:
    """What Tensor.backward does."""
    if y.level is not OBJECTS:
        raise NotDifferentiable("backward() is for Tensors that somebody made: within grad and its like, nest those")
    if gradient is None:
        if y.shape != ():
            raise NotDifferentiable(f"backward() of a value of shape {y.shape} needs the upstream gradient")
        gradient = 1.0
    if shape_of(gradient) != y.shape:
        raise NotDifferentiable(f"the upstream gradient has shape {shape_of(gradient)}, and the value {y.shape}")
    nodes = ancestors([y], OBJECTS)
    beginnings = _beginnings(y, nodes)
    accumulate(y, gradient)
    try:
        walk_back(nodes, OBJECTS)
    except BaseException:
        for x in (*nodes, *beginnings):  # a walk that was broken off leaves no trace
            x.seen, x.g = False, None
        raise
    for x in beginnings:
        part, x.g = x.g, None
        x.grad = np.array(part) if x.grad is None and x.shape else part if x.grad is None else x.grad + part


@contextlib.contextmanager
def no_grad() -> Iterator[None]:
    """Within it, what is computed with Tensors keeps no history. It holds for all threads."""
    before, OBJECTS.records = OBJECTS.records, False
    try:
        yield
    finally:
        OBJECTS.records = before


def _beginnings(y: Tensor, nodes: list[Tensor]) -> list[Tensor]:
    """What somebody made, and y was computed from."""
    if y.rule is None:
        return [y]
    return list({id(x): x for node in nodes for x in node.args if _is_beginning(x)}.values())


def _is_beginning(x: Any) -> bool:
    return type(x) is Tensor and x.level is OBJECTS and x.rule is None
