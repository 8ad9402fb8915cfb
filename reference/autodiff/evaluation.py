"""The evaluation trace: every step of a computation with its value and its derivative, as one does it by hand.

The n inputs are v_(1−n), ..., v_0, the steps are v_1, v_2, ... in the order in which they were computed, and y is the
result: the notation of A. G. Baydin et al., Automatic differentiation in machine learning: a survey, JMLR 18 (2018),
tables 2 and 3. What the result does not depend on is left out.

    >>> import numpy as np
    >>> print(trace(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2, 5))
    reverse mode: the adjoints, from the last row up
                       value     adjoint
    v_-1 = x1          2         5.5
    v_0  = x2          5         1.7163
    v_1  = log(v_-1)   0.69315   1
    v_2  = v_-1 * v_0  10        1
    v_3  = v_1 + v_2   10.693    1
    v_4  = sin(v_0)    -0.95892  -1
    v_5  = v_3 - v_4   11.652    1
    y    = v_5         11.652    1
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from reference.autodiff.arraylike import as_floats
from reference.autodiff.errors import NotDifferentiable
from reference.autodiff.functional import new_level, traced
from reference.autodiff.notation import DIGITS, argument_names, as_code, expression, paths_in, shown
from reference.autodiff.reverse import ancestors, pass_on
from reference.autodiff.rules import shape_of
from reference.autodiff.tensor import Level, Tensor, tangent_of
from reference.autodiff.trees import leaves

Mode = Literal["forward", "reverse"]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One value of a trace.

    Attributes:
        name: v_-1, v_0, v_1, ...
        expression: What computes it, with the names of others; of an input, which argument it is.
        value: A number or an array.
        derivative: Its tangent in forward mode, its adjoint in reverse mode, of the value's shape.
        parents: Which rows it is computed from, each once.
    """

    name: str
    expression: str
    value: Any
    derivative: Any
    parents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """All rows of a computation; it prints as a table.

    Attributes:
        rows: The inputs, then the steps, each after those that it is computed from.
        inputs: How many rows are inputs.
        result: Which row is the result: the last one, or an input where nothing is computed.
        mode: Which derivative the rows have.
        along: In forward mode the name of the argument that moves.
    """

    rows: tuple[Row, ...]
    inputs: int
    result: int
    mode: Mode
    along: str

    @property
    def value(self) -> Any:
        """The result's value."""
        return self.rows[self.result].value

    @property
    def derivative(self) -> Any:
        """In forward mode the result's tangent; in reverse mode the tuple of the inputs' adjoints."""
        if self.mode == "forward":
            return self.rows[self.result].derivative
        return tuple(row.derivative for row in self.rows[: self.inputs])

    @property
    def kind(self) -> str:
        """What a derivative is called in this mode."""
        return "tangent" if self.mode == "forward" else "adjoint"

    @property
    def title(self) -> str:
        """What the derivatives are, in one line."""
        if self.mode == "forward":
            return f"forward mode: the tangents along {self.along}, from the first row down"
        return "reverse mode: the adjoints, from the last row up"

    def cells(self, digits: int = DIGITS) -> list[tuple[str, str, str, str]]:
        """Name, expression, value and derivative of each row, and of y, as text."""
        last = self.rows[self.result]
        rows = [*self.rows, Row("y", last.name, last.value, last.derivative)]
        return [(r.name, r.expression, shown(r.value, digits), shown(r.derivative, digits)) for r in rows]

    def to_text(self, digits: int = DIGITS) -> str:
        """A table in plain text, with numbers of so many significant digits."""
        cells = self.cells(digits)
        width = max(len(name) for name, *_ in cells)
        table = [("", "value", self.kind), *((f"{name:{width}} = {what}", *numbers) for name, what, *numbers in cells)]
        widths = [max(len(row[k]) for row in table) for k in range(3)]
        lines = ["  ".join(cell.ljust(n) for cell, n in zip(row, widths, strict=True)).rstrip() for row in table]
        return "\n".join([self.title, *lines])

    def to_markdown(self, digits: int = DIGITS) -> str:
        """The same table in Markdown."""
        head = [f"| | expression | value | {self.kind} |", "|---|---|---|---|"]
        rows = [f"| {' | '.join(map(as_code, row))} |" for row in self.cells(digits)]
        return "\n".join([*head, *rows])

    def __str__(self) -> str:
        return self.to_text()


def trace(f: Callable[..., Any], *args: Any, mode: Mode = "reverse", which: int = 0, seed: Any = None) -> Trace:
    """The evaluation trace of f(*args), which is one number or one array.

    Args:
        f: Any function of traced values. What it uses beside its arguments appears as numbers.
        args: Numbers, arrays or containers of them; each number or array is an input.
        mode: Whether each row has its tangent or its adjoint.
        which: In forward mode, the argument that moves.
        seed: In forward mode the tangent of that argument, built like it; in reverse mode the adjoint of the result, of
            its shape. Where that is one number the seed is 1.

    Raises:
        NotDifferentiable: The result is not one traced value; the seed is missing or has another shape; or f does
            something that has no rule.
        ValueError: There is no such mode, or no such argument.
    """
    if mode not in ("forward", "reverse"):
        raise ValueError(f"the mode of a trace is 'forward' or 'reverse', not {mode!r}")
    if not 0 <= which < len(args):
        raise ValueError(f"which={which}, and the function is traced with {len(args)} arguments")
    level = new_level()
    begin, y = traced(f, args, tuple(range(len(args))), level)
    if type(y) is not Tensor or y.level is not level:
        raise NotDifferentiable("a trace ends in one number or array that depends on the arguments, and this does not")
    nodes = begin + [node for node in reversed(ancestors([y], level)) if node.rule is not None]
    names = argument_names(f, len(args))
    if mode == "forward":
        found = _forward(nodes, _directions(args, which, seed, names[which]), level)
    else:
        found = _reverse(nodes, y, seed, level)
    paths = [path for name, arg in zip(names, args, strict=True) for path in paths_in(name, arg)]
    result = next(k for k, node in enumerate(nodes) if node is y)
    return Trace(_rows(nodes, paths, found), len(begin), result, mode, names[which])


def _rows(nodes: list[Tensor], paths: list[str], derivatives: list[Any]) -> tuple[Row, ...]:
    place = {id(node): k for k, node in enumerate(nodes)}
    names = {key: f"v_{k - len(paths) + 1}" for key, k in place.items()}
    rows = []
    for k, (node, derivative) in enumerate(zip(nodes, derivatives, strict=True)):
        what = paths[k] if node.rule is None else expression(node.rule, node.args, names)
        parents = tuple(dict.fromkeys(place[id(x)] for x in node.args if id(x) in place))
        rows.append(Row(names[id(node)], what, _frozen(node.data), _frozen(derivative), parents))
    return tuple(rows)


# ---------------------------------------------------------------------------------------------------- the derivatives


def _forward(nodes: list[Tensor], directions: Iterator[Any], level: Level) -> list[Any]:
    """The tangent of every node, from the first to the last; `directions` has those of the inputs."""
    for node in nodes:
        if node.rule is None:
            node.tangent = next(directions)
            _same_shape(node.tangent, node.data, "the tangent of an argument")
        else:
            node.tangent = tangent_of(node.data, node.rule, node.args, level)
    return [node.tangent for node in nodes]


def _reverse(nodes: list[Tensor], y: Tensor, seed: Any, level: Level) -> list[Any]:
    """The adjoint of every node, found from the last to the first."""
    if seed is None and y.shape != ():
        raise NotDifferentiable(f"the result has shape {y.shape}: give its adjoint, of this shape, as seed")
    y.g = 1.0 if seed is None else as_floats(seed)
    y.own = False
    _same_shape(y.g, y.data, "the adjoint of a result")
    found = []
    for node in reversed(nodes):
        found.append(np.broadcast_to(0.0 if node.g is None else node.g, node.shape))
        if node.rule is not None:
            pass_on(node, level)
    return found[::-1]


def _directions(args: Sequence[Any], which: int, seed: Any, name: str) -> Iterator[Any]:
    """The tangent of every input: the seed's for those of the chosen argument, zeros for the others."""
    moving = leaves(args[which])
    if seed is None and (len(moving) != 1 or shape_of(moving[0]) != ()):
        raise NotDifferentiable(f"{name} is not one number: give its tangent, built like it, as seed")
    given = [1.0] if seed is None else [as_floats(leaf) for leaf in leaves(seed)]
    if len(given) != len(moving):
        raise NotDifferentiable(f"the tangent of {name} must be built like it")
    for place, arg in enumerate(args):
        yield from given if place == which else [np.zeros(shape_of(leaf)) for leaf in leaves(arg)]


def _same_shape(derivative: Any, value: Any, what: str) -> None:
    if shape_of(derivative) != shape_of(value):
        raise NotDifferentiable(f"{what} of shape {shape_of(value)} has shape {shape_of(derivative)}: give it as seed")


def _frozen(x: Any) -> Any:
    """A copy that cannot be written to."""
    if shape_of(x) == ():
        return float(x)
    x = np.array(x)
    x.flags.writeable = False
    return x
