"""Mistakes that show in a shape."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Diagnosis
from reference.layout import Derivative, diagnose_shape

Shape = tuple[int, ...]


def of_shape(expected: Shape, got: Shape, derivative: Derivative | None = None) -> Diagnosis | None:
    """The mistake behind a wrong shape."""
    by_axes = len(derivative.denominator) if derivative and derivative.layout == "denominator" else None
    mistake = diagnose_shape(expected, got, by_axes=by_axes)
    return Diagnosis(mistake.code, mistake.sentence) if mistake else None


def of_shapes(names: Sequence[str], expected: Sequence[Shape], got: Sequence[Shape | None]) -> Diagnosis | None:
    """The mistake behind the wrong shapes of several gradients: that of the first, or that two are swapped.

    Where a swap would explain the shapes and transposing each would as well, nothing is said.
    """
    wrong = [a for a, (right, came) in enumerate(zip(expected, got, strict=True)) if came is not None and came != right]
    if len(wrong) == 2:
        a, b = wrong
        if got[a] == expected[b] and got[b] == expected[a]:
            if expected[a] == expected[b][::-1]:
                return None
            return Diagnosis("swapped", f"the gradients by {names[a]} and {names[b]} are in each other's place")
    return _one(names[wrong[0]], expected[wrong[0]], got[wrong[0]]) if wrong else None


def _one(name: str, expected: Shape, got: Shape | None) -> Diagnosis | None:
    assert got is not None, "what is wrong has come"
    label = f"the gradient by {name}"
    if len(expected) > 1 and expected[0] == 1 and got[1:] == expected[1:] and got[0] > 1:
        return Diagnosis("not-summed-over-batch", f"{label} is not summed over its first axis, which was broadcast")
    found = of_shape(expected, got)
    return found and Diagnosis(found.code, f"{label}: {found.sentence}")
