"""The algebra of derivative shapes: which shape dy/dx has, how shapes chain, and what is wrong with a wrong one.

What you differentiate by comes first: for y of shape Y and x of shape X, dy/dx has shape X + Y. In this
*denominator layout* a loss gradient looks like its argument, and the chain rule reads in path order,
dz/dx = dy/dx · dz/dy, contracting the axes that meet. *Numerator layout*, shape Y + X, has it the other way round.

    >>> dims = Dims(N=8, D=5, H=9)
    >>> loss, X, W, Y = dims[""], dims["N D"], dims["D H"], dims["N H"]
    >>> (loss / W).shape == W
    True
    >>> (Y / X).shape == X + Y
    True
    >>> (Y / X) @ (loss / Y) == loss / X
    True
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

Layout = Literal["denominator", "numerator"]
Sizes = tuple[int, ...]

SMALLEST_SIZE = 2  # an axis of length 1 broadcasts, and so hides mistakes


@dataclass(frozen=True, slots=True)
class Axis:
    """One named axis; `size` is None while only the name is known."""

    name: str
    size: int | None = None

    def __str__(self) -> str:
        if self.size is None or self.name == str(self.size):
            return self.name
        return f"{self.name}={self.size}"


@dataclass(frozen=True, slots=True)
class Shape:
    """A tuple of named axes. `+` joins shapes, `/` differentiates: `Y / X` is dy/dx."""

    axes: tuple[Axis, ...] = ()

    def __add__(self, other: Shape) -> Shape:
        return Shape(self.axes + other.axes)

    def __truediv__(self, denominator: Shape) -> Derivative:
        return Derivative(self, denominator)

    def __len__(self) -> int:
        return len(self.axes)

    def __str__(self) -> str:
        inside = ", ".join(map(str, self.axes))
        return f"({inside},)" if len(self.axes) == 1 else f"({inside})"

    @property
    def sizes(self) -> Sizes:
        """The lengths, as `ndarray.shape` has them.

        Raises:
            ValueError: An axis has a name only.
        """
        lengths = tuple(axis.size for axis in self.axes if axis.size is not None)
        if len(lengths) < len(self.axes):
            raise ValueError(f"the sizes of {self} are not sampled yet")
        return lengths


@dataclass(frozen=True, slots=True)
class Derivative:
    """The derivative of something of shape `numerator` by something of shape `denominator`."""

    numerator: Shape
    denominator: Shape
    layout: Layout = "denominator"

    @property
    def shape(self) -> Shape:
        """X + Y in denominator layout, Y + X in numerator layout."""
        if self.layout == "denominator":
            return self.denominator + self.numerator
        return self.numerator + self.denominator

    def in_layout(self, layout: Layout) -> Derivative:
        """The same derivative, written in `layout`."""
        return Derivative(self.numerator, self.denominator, layout)

    def __matmul__(self, other: Derivative) -> Derivative:
        """The chain rule: (Y/X) @ (Z/Y) is Z/X; in numerator layout it is (Z/Y) @ (Y/X).

        Raises:
            ValueError: The layouts differ, or the axes that should meet do not.
        """
        if self.layout != other.layout:
            raise ValueError(f"a derivative in {self.layout} layout does not chain with one in {other.layout} layout")
        inner, outer = (self, other) if self.layout == "denominator" else (other, self)
        if inner.numerator != outer.denominator:
            raise ValueError(
                f"these do not chain: one is a derivative of {inner.numerator}, the other by {outer.denominator}; "
                f"in {self.layout} layout write "
                + ("dy/dx · dz/dy" if self.layout == "denominator" else "dz/dy · dy/dx")
            )
        return Derivative(outer.numerator, inner.denominator, self.layout)


@dataclass(frozen=True, slots=True, init=False)
class Dims:
    """Named sizes: `dims["N D"]` is a shape; a range such as `N=(4, 8)` is sampled, always unequal to the others.

    Unequal, because a square matrix proves nothing: it hides a transpose. A number in the text, as in `"n 1"`,
    stands for itself.

    Raises:
        ValueError: A size is below 2, a range is empty, or no choice makes all sizes differ.
    """

    ranges: Mapping[str, tuple[int, int]]

    def __init__(self, **sizes: int | tuple[int, int]) -> None:
        ranges = {name: (size, size) if isinstance(size, int) else size for name, size in sizes.items()}
        for name, (low, high) in ranges.items():
            if low < SMALLEST_SIZE:
                raise ValueError(f"{name}={sizes[name]} allows a size below {SMALLEST_SIZE}")
            if low > high:
                raise ValueError(f"{name}={sizes[name]} is an empty range")
        object.__setattr__(self, "ranges", ranges)
        if _choose_unequal(self._choices()) is None:
            raise ValueError(f"no choice makes all of these sizes differ: {sizes}")

    def __getitem__(self, text: str) -> Shape:
        return Shape(tuple(map(self._axis, text.split())))

    def _axis(self, word: str) -> Axis:
        if word.isdecimal():
            return Axis(word, int(word))
        if word not in self.ranges:
            raise ValueError(f"no size is named {word!r}; there are {', '.join(self.ranges) or 'none'}")
        low, high = self.ranges[word]
        return Axis(word, low if low == high else None)

    def _choices(self) -> dict[str, list[int]]:
        return {name: list(range(low, high + 1)) for name, (low, high) in self.ranges.items()}

    def sample(self, rng: np.random.Generator) -> Dims:
        """Fix every size, all different, by `rng`."""
        choices = {name: [int(k) for k in rng.permutation(sizes)] for name, sizes in self._choices().items()}
        chosen = _choose_unequal(choices)
        assert chosen is not None, "the constructor has seen that one exists"
        return Dims(**{name: chosen[name] for name in self.ranges})

    def __iter__(self) -> Iterator[str]:
        return iter(self.ranges)


def _choose_unequal(choices: dict[str, list[int]], taken: frozenset[int] = frozenset()) -> dict[str, int] | None:
    """One size per name, all different, the narrowest choice first; None if there is no such choice."""
    if not choices:
        return {}
    name = min(choices, key=lambda n: len(choices[n]))
    rest = {n: sizes for n, sizes in choices.items() if n != name}
    for size in choices[name]:
        if size not in taken:
            others = _choose_unequal(rest, taken | {size})
            if others is not None:
                return {name: size, **others}
    return None


def derivative_shape(
    numerator: Sizes, denominator: Sizes, *, layout: Layout = "denominator", columns: bool = False
) -> Sizes:
    """The shape of d(numerator)/d(denominator).

    With `columns`, (n, 1) counts as a vector, as in courses that write vectors as columns: an m-vector by an
    n-vector is (n, m), and an m-vector by a scalar is 1 x m (numerator layout: (m, n) and m x 1).

    Raises:
        ValueError: With `columns`, pairs without a rule: matrix by vector, vector by matrix, matrix by matrix,
            and anything that is not (), (n, 1) or (m, n).
    """
    if columns:
        return _column_shape(numerator, denominator, layout)
    return denominator + numerator if layout == "denominator" else numerator + denominator


def _column_shape(numerator: Sizes, denominator: Sizes, layout: Layout) -> Sizes:
    """Scalars, columns and matrices; a matrix by a scalar keeps its shape in either layout."""
    kinds = (_kind(numerator), _kind(denominator))
    if kinds == ("matrix", "scalar"):
        return numerator
    if kinds == ("scalar", "matrix"):
        return denominator if layout == "denominator" else denominator[::-1]
    if "matrix" in kinds:
        raise ValueError(f"the course has no rule for a {kinds[0]} by a {kinds[1]}: {numerator} by {denominator}")
    if kinds == ("scalar", "scalar"):
        return ()
    by, of = (shape[0] if shape else 1 for shape in (denominator, numerator))
    return (by, of) if layout == "denominator" else (of, by)


def _kind(shape: Sizes) -> Literal["scalar", "vector", "matrix"]:
    if shape == ():
        return "scalar"
    if len(shape) != 2:
        raise ValueError(f"with columns a shape is (), (n, 1) or (m, n), not {shape}")
    return "vector" if shape[1] == 1 else "matrix"


@dataclass(frozen=True, slots=True)
class ShapeMistake:
    """What is wrong with a shape: a stable code and a sentence for a student."""

    code: str
    sentence: str


def diagnose_shape(expected: Sizes, got: Sizes, *, by_axes: int | None = None) -> ShapeMistake | None:
    """Name the mistake behind a wrong shape, or None where it has no likely name.

    `by_axes` says that the value is a derivative in denominator layout whose first `by_axes` axes are those of what
    it is differentiated by; only then can numerator layout be told from a plain transpose.
    """
    if got == expected:
        return None
    if by_axes is not None and 0 < by_axes < len(expected) and got == expected[by_axes:] + expected[:by_axes]:
        return ShapeMistake(
            "numerator-layout",
            "this is the numerator layout: in denominator layout what you differentiate by comes first",
        )
    if len(expected) == 2 and 1 in expected and got == expected[::-1]:
        one, other = ("a row", "a column") if expected[1] == 1 else ("a column", "a row")
        return ShapeMistake("row-for-column", f"this is {one} where {other} is expected")
    if len(expected) > 1 and got == expected[::-1]:
        return ShapeMistake("transposed", "this is transposed")
    if without_ones(got) == without_ones(expected):
        what = "there is an axis of length 1 too many" if len(got) > len(expected) else "an axis of length 1 is missing"
        return ShapeMistake("keepdims", what + " (see keepdims and reshape)")
    if len(got) == len(expected) + 1 and got[1:] == expected:
        return ShapeMistake("not-summed-over-batch", "the first axis is not summed over")
    return None


def without_ones(shape: Sizes) -> Sizes:
    """The shape without its axes of length 1."""
    return tuple(size for size in shape if size != 1)
