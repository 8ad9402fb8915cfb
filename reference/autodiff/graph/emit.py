"""The source of a graph: plain NumPy, with buffers that are used again from call to call."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.autodiff.graph import render
from reference.autodiff.graph.record import Graph, Input, Step, identity


@dataclass(frozen=True, slots=True)
class Program:
    """`source` defines `compiled`; it uses the arrays in `constants`, and one buffer of each kind in `buffers`."""

    source: str
    constants: dict[str, Any]
    buffers: dict[str, np.ndarray[Any, Any]]


def emit(graph: Graph, args: Sequence[Any], name: str = "compiled") -> Program:
    """Write the function. It answers None where the arguments are built otherwise than those it was recorded with."""
    writer = _Writer(graph)
    body = [line for step in graph.steps for line in writer.statements(step)]
    parameters = ", ".join(f"a{k}" for k in range(len(args)))
    head = [f"def {name}({parameters}):", *(f"    {line}" for line in _unpack(args))]
    result = writer.tree(graph.tree, iter(graph.outputs))
    comments = [f"# {buffer} = np.empty({array.shape})" for buffer, array in writer.buffers.items()]
    comments += [f"# {constant}: {_described(value)}" for constant, value in writer.constants.items()]
    lines = [*comments, *head, *(f"    {line}" for line in body), f"    return ({result},)"]
    return Program("\n".join(lines) + "\n", writer.constants, writer.buffers)


class _Writer:
    """Names for steps, constants and buffers."""

    def __init__(self, graph: Graph) -> None:
        self.constants: dict[str, Any] = {}
        self.buffers: dict[str, np.ndarray[Any, Any]] = {}
        self._names: dict[int, str] = {id(one): f"x{one.place}" for one in graph.inputs}
        self._named: dict[Any, str] = {}
        self._root = _roots(graph)
        self._last_use = _last_uses(graph, self._root)
        self._kept = {self._root[id(y)] for y in graph.outputs if isinstance(y, Step | Input)}
        self._free: dict[tuple[Any, ...], list[str]] = {}
        self._buffer_of: dict[int, str] = {}  # by the identity of a root
        self._place = {id(step): place for place, step in enumerate(graph.steps)}

    def statements(self, step: Step) -> list[str]:
        """What computes a step."""
        place = self._place[id(step)]
        args = [self.argument(x) for x in step.args]
        lines = render.lines(step, args)
        over_itself = "np.matmul" not in lines[0]  # which may not write into what it reads
        if over_itself:
            self._release(step, place)
        out = self._buffer(step) if render.takes_buffer(lines) else ""
        if not over_itself:
            self._release(step, place)
        name = self._names[id(step)] = f"v{place}"
        return [line.replace("{out}", f", out={out}" if out else "").replace("{y}", name) for line in lines]

    def argument(self, x: Any) -> str:
        """How an argument is written."""
        if isinstance(x, Step | Input):
            return self._names[id(x)]
        if x is None or type(x) in (int, str, bool) or (type(x) is float and np.isfinite(x)):
            return repr(x)
        if _is_index(x):
            return f"np.s_[{self._index(x)}]"
        if type(x) is tuple:
            return f"({', '.join(map(self.argument, x))}{',' if len(x) == 1 else ''})"
        if type(x) is list:
            return f"[{', '.join(map(self.argument, x))}]"
        return self._constant(x)

    def _index(self, x: Any) -> str:
        """A key, as it stands in brackets."""
        if isinstance(x, slice):
            bounds = (x.start, x.stop) if x.step is None else (x.start, x.stop, x.step)
            return ":".join("" if one is None else str(one) for one in bounds)
        if type(x) is tuple:
            return ", ".join(map(self._index, x)) + ("," if len(x) == 1 else "")
        return "..." if x is Ellipsis else self.argument(x)

    def tree(self, tree: Any, outputs: Any) -> str:
        """How the result is put together."""
        if isinstance(tree, dict):
            return "{" + ", ".join(f"{key!r}: {self.tree(part, outputs)}" for key, part in tree.items()) + "}"
        if isinstance(tree, tuple) and hasattr(tree, "_fields"):
            return f"{self._constant(type(tree))}({', '.join(self.tree(part, outputs) for part in tree)})"
        if isinstance(tree, tuple):
            return "(" + "".join(f"{self.tree(part, outputs)}, " for part in tree) + ")"
        if isinstance(tree, list):
            return "[" + ", ".join(self.tree(part, outputs) for part in tree) + "]"
        if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
            parts = (f"{f.name}={self.tree(getattr(tree, f.name), outputs)}" for f in dataclasses.fields(tree))
            return f"{self._constant(type(tree))}({', '.join(parts)})"
        return "None" if tree is None else self._output(next(outputs))

    def _output(self, y: Any) -> str:
        name = self.argument(y)
        own = isinstance(y, Step) and self._root[id(y)] == id(y)
        return name if own or not isinstance(getattr(y, "value", y), np.ndarray) else f"{name}.copy()"

    def _constant(self, x: Any) -> str:
        key = identity(x)
        if key not in self._named:
            self._named[key] = f"c{len(self._named)}"
            self.constants[self._named[key]] = x
        return self._named[key]

    def _buffer(self, step: Step) -> str:
        value = step.value
        if not isinstance(value, np.ndarray) or value.ndim == 0 or id(step) in self._kept:
            return ""
        kind = (value.shape, value.dtype, value.strides)
        free = self._free.setdefault(kind, [])
        name = free.pop() if free else f"b{len(self.buffers)}"
        if name not in self.buffers:
            self.buffers[name] = np.empty_like(value)
        self._buffer_of[id(step)] = name
        return name

    def _release(self, step: Step, place: int) -> None:
        for x in step.args:
            root = self._root.get(id(x))
            if root in self._buffer_of and self._last_use.get(root) == place:
                name = self._buffer_of.pop(root)
                array = self.buffers[name]
                self._free.setdefault((array.shape, array.dtype, array.strides), []).append(name)


def _roots(graph: Graph) -> dict[int, int]:
    """Whose memory each node's value lies in: its own, or that of what it is a view of."""
    root = {id(one): id(one) for one in graph.inputs}
    for step in graph.steps:
        root[id(step)] = id(step)
        for x in step.args:
            if isinstance(x, Step | Input) and _shares(step.value, x.value):
                root[id(step)] = root[id(x)]
            elif isinstance(x, np.ndarray) and _shares(step.value, x):
                root[id(step)] = id(x)
    return root


def _shares(y: Any, x: Any) -> bool:
    return isinstance(y, np.ndarray) and isinstance(x, np.ndarray) and np.may_share_memory(y, x)


def _last_uses(graph: Graph, root: dict[int, int]) -> dict[int, int]:
    uses: dict[int, int] = {}
    for place, step in enumerate(graph.steps):
        for x in step.args:
            if id(x) in root:
                uses[root[id(x)]] = place
    return uses


def _is_index(x: Any) -> bool:
    """Whether it can stand in brackets alone."""
    return isinstance(x, slice) or x is Ellipsis or (type(x) is tuple and any(map(_is_index, x)))


def _unpack(args: Sequence[Any]) -> list[str]:
    """Statements that name the leaves of the arguments, and return where these are not built as recorded."""
    lines: list[str] = []
    conditions: list[str] = []

    def visit(tree: Any, path: str) -> None:
        if isinstance(tree, dict):
            lines.append(f"if type({path}) is not {_type(tree)} or [*{path}] != {list(tree)!r}: return None")
            parts = [(part, f"{path}[{key!r}]") for key, part in tree.items()]
        elif isinstance(tree, list | tuple):
            lines.append(f"if type({path}) is not {_type(tree)} or len({path}) != {len(tree)}: return None")
            parts = [(part, f"{path}[{k}]") for k, part in enumerate(tree)]
        elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
            lines.append(f"if type({path}).__name__ != {type(tree).__name__!r}: return None")
            parts = [(getattr(tree, field.name), f"{path}.{field.name}") for field in dataclasses.fields(tree)]
        elif tree is None:
            lines.append(f"if {path} is not None: return None")
            parts = []
        else:
            name = f"x{len(conditions)}"
            lines.append(f"{name} = {path}")
            conditions.append(_condition(name, tree))
            parts = []
        for part, way in parts:
            visit(part, way)

    for k, arg in enumerate(args):
        visit(arg, f"a{k}")
    return [*lines, *(f"if {condition}: return None" for condition in conditions)]


def _type(tree: Any) -> str:
    return type(tree).__name__ if type(tree) in (dict, list, tuple) else "type(None)"


def _condition(name: str, leaf: Any) -> str:
    """Whether a leaf is another kind of value than the one that was recorded."""
    if isinstance(leaf, np.ndarray):
        kind = f"{name}.shape != {leaf.shape} or {name}.dtype.char != {leaf.dtype.char!r}"
        return f"type({name}) is not np.ndarray or {kind}"
    return f"type({name}) is not {type(leaf).__name__ if type(leaf) in (float, int) else f'np.{type(leaf).__name__}'}"


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return repr(value)
