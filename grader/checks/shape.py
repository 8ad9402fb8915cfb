"""`assert_shape`: the answer has the shape asked for; a verdict of its own, apart from the values."""

from __future__ import annotations

from grader.checks import diagnosis
from grader.checks.arrays import as_numbers, fail
from grader.checks.context import context
from reference.layout import Derivative, Shape


def assert_shape(actual: object, shape: Shape | Derivative | tuple[int, ...], *, name: str = "the answer") -> None:
    """The answer is an array of numbers of exactly this shape: (1, C) is not (C,).

    Args:
        actual: The student's answer, whatever it is.
        shape: Sizes, a shape such as `draw.dims["N D"]`, or a derivative such as `draw.dims["m"] / draw.dims["n"]`.
        name: How messages call the answer.

    Raises:
        CheckFailed: It is not; a known layout mistake is named.
    """
    context().assertions.append("shape")
    derivative = shape if isinstance(shape, Derivative) else None
    named = shape.shape if isinstance(shape, Derivative) else shape
    sizes = named.sizes if isinstance(named, Shape) else named
    answer = as_numbers(actual, name=name, expected=f"shape {sizes}")
    if answer.shape != sizes:
        fail(
            f"{name} has the wrong shape, {answer.shape}",
            expected=f"shape {sizes}" + (f", that is {named}" if isinstance(named, Shape) else ""),
            got=f"shape {answer.shape}",
            diagnosis=diagnosis.of_shape(sizes, answer.shape, derivative),
        )
