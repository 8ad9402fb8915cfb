"""A function that is recorded once for each kind of arguments, and then is plain NumPy."""

from __future__ import annotations

import builtins
import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from reference.autodiff.functional import value_and_grad
from reference.autodiff.graph.emit import Program, emit
from reference.autodiff.graph.record import record
from reference.autodiff.indexing import scatter
from reference.autodiff.rules import shape_of
from reference.autodiff.trees import leaves

Key = tuple[Any, ...]


class Compiled:
    """The compiled form of a function: call it like the function itself.

    What is recorded holds for arguments built alike, of these shapes and types; others are recorded when they come.
    Numbers that are not arguments are constants for good. Results are new arrays at each call.
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        self._f = f
        self._programs: dict[Key, Program] = {}
        self._local = threading.local()  # buffers belong to one thread

    def __call__(self, *args: Any) -> Any:
        """The function's value."""
        latest = getattr(self._local, "latest", None)
        result = latest(*args) if latest is not None else None
        return result[0] if result is not None else self._other(args)

    @property
    def source(self) -> str:
        """The NumPy source of what was recorded last."""
        if not self._programs:
            raise ValueError("nothing is recorded yet: call the function once")
        return next(reversed(self._programs.values())).source

    @property
    def value_and_grad(self) -> Compiled:
        """The compiled function that gives the value and the gradient by the first argument."""
        return Compiled(value_and_grad(self._f))

    def _other(self, args: tuple[Any, ...]) -> Any:
        """Look for what was recorded for such arguments, or record it."""
        key = _kind(args)
        if key not in self._programs:
            self._programs[key] = emit(record(self._f, args), args)
        functions = self._local.__dict__.setdefault("functions", {})
        if key not in functions:
            functions[key] = _build(self._programs[key])
        self._local.latest = functions[key]
        result = functions[key](*args)
        assert result is not None, "it was recorded for these arguments"
        return result[0]


def compile(f: Callable[..., Any]) -> Compiled:  # noqa: A001  (what everybody calls it)
    """A function that does what f does, recorded and simplified; `.source` shows it.

    Raises, when it is called:
        ValueDependent: f branches on a value.
    """
    return Compiled(f)


def _kind(args: tuple[Any, ...]) -> Key:
    flat = leaves(args)
    return (str(_outline(args)), *((shape_of(x), str(getattr(x, "dtype", type(x)))) for x in flat))


def _outline(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _outline(part) for key, part in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree).__name__, [_outline(part) for part in tree]
    return None if isinstance(tree, np.ndarray | float | int) else type(tree).__name__


def _build(program: Program) -> Callable[..., Any]:
    buffers = {name: np.empty_like(array) for name, array in program.buffers.items()}
    namespace: dict[str, Any] = {"np": np, "math": math, "scatter": scatter, **program.constants, **buffers}
    exec(builtins.compile(program.source, "<compiled>", "exec"), namespace)  # noqa: S102  (source of our own making, from our own table)
    compiled: Callable[..., Any] = namespace["compiled"]
    return compiled
