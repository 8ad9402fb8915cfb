"""Nested containers of numbers and arrays: dicts, lists, tuples, named tuples and dataclasses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from reference.autodiff.tensor import Tensor

PLAIN = {np.ndarray, float, Tensor}  # the leaves that are met most often


def leaves(tree: Any) -> list[Any]:
    """All that is in it and is no container itself, in order; a dict's by its keys, as they were put in."""
    if type(tree) in PLAIN:
        return [tree]
    if isinstance(tree, dict):
        return [leaf for part in tree.values() for leaf in leaves(part)]
    if isinstance(tree, list | tuple):
        return [leaf for part in tree for leaf in leaves(part)]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return [leaf for field in dataclasses.fields(tree) for leaf in leaves(getattr(tree, field.name))]
    return [] if tree is None else [tree]


def rebuild(tree: Any, values: Iterator[Any]) -> Any:
    """The same containers with other leaves, taken one after another from `values`."""
    if type(tree) in PLAIN:
        return next(values)
    if type(tree) is list:
        return [next(values) if type(part) in PLAIN else rebuild(part, values) for part in tree]
    if isinstance(tree, dict):
        return type(tree)((key, rebuild(part, values)) for key, part in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(rebuild(part, values) for part in tree))
    if isinstance(tree, list | tuple):
        return type(tree)(rebuild(part, values) for part in tree)
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return dataclasses.replace(
            tree, **{f.name: rebuild(getattr(tree, f.name), values) for f in dataclasses.fields(tree)}
        )
    return None if tree is None else next(values)


def mapped(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """The tree of function(leaf, ...), for the leaves of one tree or of several that are built alike."""
    if others:
        return rebuild(tree, map(function, *map(leaves, (tree, *others))))
    kind = type(tree)
    if kind in PLAIN:
        return function(tree)
    if kind is list:
        return [function(part) if type(part) in PLAIN else mapped(function, part) for part in tree]
    if kind is tuple:
        return tuple([mapped(function, part) for part in tree])
    if kind is dict:
        return {key: mapped(function, part) for key, part in tree.items()}
    return rebuild(tree, map(function, leaves(tree)))
