"""What automatic differentiation refuses, always with the way out."""

from __future__ import annotations


class NotDifferentiable(TypeError):
    """A derivative is asked for that there is no rule for, or that would silently be wrong."""


class InPlaceWrite(NotDifferentiable):
    """A traced value would be changed, or lose its history."""


class ValueDependent(NotDifferentiable):
    """A compiled function takes a branch that depends on a value."""
