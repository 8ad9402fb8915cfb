"""Draws a check's inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reference.layout import Dims

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.checks.context import CheckContext


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
