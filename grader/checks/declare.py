"""How an author declares a check, and draws its inputs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.model import BadAssignment, Check, Visibility, parse_points
from reference.layout import Dims

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.checks.context import CheckContext


def check(
    *,
    points: int | str,
    needs: Sequence[Check] = (),
    visibility: str | None = None,
    dims: Dims | None = None,
    seconds: float | None = None,
) -> Callable[[Callable[..., object]], Check]:
    """Declare a check: a function `(student, draw)` whose docstring's first line is the title that students see.

    Args:
        points: An integer, or a decimal string such as "0.5".
        needs: Checks whose failure probably explains a failure of this one. They never cost points here.
        visibility: "visible", "after_due_date", "after_published" or "hidden"; by default what the manifest says.
        dims: Sizes for this check alone; otherwise the module's `dims`.
        seconds: Wall time for the student's code, where the assignment's own limit does not fit.

    Raises:
        BadAssignment: No docstring, bad points, or an unknown visibility; the message names file and line.
    """

    def declare(function: Callable[..., object]) -> Check:
        code = function.__code__
        where = f"{code.co_filename}:{code.co_firstlineno}: check {function.__name__}"
        title = (inspect.getdoc(function) or "").strip().partition("\n")[0].strip().removesuffix(".")
        if not title:
            raise BadAssignment(f"{where} has no docstring; its first line is the title that students see")
        earlier = function.__globals__.get(function.__name__)
        if isinstance(earlier, Check):
            raise BadAssignment(f"{where} is declared twice: there is one in line {earlier.line}")
        if code.co_argcount != 2:
            raise BadAssignment(f"{where} must take two arguments: (student, draw)")
        if not all(isinstance(need, Check) for need in needs):
            raise BadAssignment(f"{where} needs something that is not a check declared above it")
        try:
            return Check(
                name=function.__name__,
                title=title,
                points=parse_points(points),
                function=function,
                visibility=Visibility(visibility or Visibility.VISIBLE),
                inherits_visibility=visibility is None,
                needs=tuple(need.name for need in needs),
                dims=dims,
                seconds=seconds,
                line=code.co_firstlineno,
            )
        except ValueError as error:
            raise BadAssignment(f"{where}: {error}") from None

    return declare


class Draw:
    """Draws a check's inputs: `draw("N D")` is an (N, D) array. The same seed draws the same.

    The context learns which sizes are used, so that a diagnosis blames no 1/N where there is no N.
    """

    def __init__(self, dims: Dims | None, surroundings: CheckContext) -> None:
        self.rng = surroundings.rng("draw")
        self.dims = (dims or Dims()).sample(surroundings.rng("dims"))
        self._used = surroundings.sizes

    def __call__(self, shape: str, kind: str = "normal", **options: Any) -> Any:
        """An array whose shape names the sizes in `dims`; for "" a number.

        Kinds: `normal` (mean 0, variance 1), `uniform` (-1 to 1, or `low` to `high`), `positive` (0.5 to 2) and
        `labels` (integers below `classes`, a number or the name of a size).

        Raises:
            ValueError: An unknown kind or size.
        """
        sizes = self._use(shape)
        if kind not in KINDS:
            raise ValueError(f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
        drawn = KINDS[kind](self, sizes, **options)
        return drawn if sizes else drawn.item()

    def size(self, name: str) -> int:
        """The length that `name` has in this check.

        Raises:
            ValueError: Not the name of one size.
        """
        sizes = self._use(name)
        if len(sizes) != 1:
            raise ValueError(f"draw.size() takes one name, not {name!r}")
        return sizes[0]

    def _use(self, shape: str) -> tuple[int, ...]:
        named = self.dims[shape]
        sizes = named.sizes
        self._used.update(
            {axis.name: size for axis, size in zip(named.axes, sizes, strict=True) if axis.name in self.dims}
        )
        return sizes


def _normal(draw: Draw, sizes: tuple[int, ...]) -> np.ndarray[Any, Any]:
    return np.asarray(draw.rng.standard_normal(sizes))


def _uniform(draw: Draw, sizes: tuple[int, ...], low: float = -1.0, high: float = 1.0) -> np.ndarray[Any, Any]:
    return np.asarray(draw.rng.uniform(low, high, sizes))


def _positive(draw: Draw, sizes: tuple[int, ...]) -> np.ndarray[Any, Any]:
    return np.asarray(draw.rng.uniform(0.5, 2.0, sizes))


def _labels(draw: Draw, sizes: tuple[int, ...], classes: int | str) -> np.ndarray[Any, Any]:
    highest = draw.size(classes) if isinstance(classes, str) else classes
    return np.asarray(draw.rng.integers(0, highest, sizes))


KINDS: dict[str, Callable[..., np.ndarray[Any, Any]]] = {
    "normal": _normal,
    "uniform": _uniform,
    "positive": _positive,
    "labels": _labels,
}
