"""Automatic differentiation of plain NumPy code: reverse and forward mode, of any order."""

from reference.autodiff import linalg, more_compositions, shapes  # noqa: F401  (their rules enter the table)
from reference.autodiff.errors import InPlaceWrite, NotDifferentiable, ValueDependent
from reference.autodiff.functional import (
    elementwise_grad,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from reference.autodiff.tensor import Tensor

__all__ = [
    "InPlaceWrite",
    "NotDifferentiable",
    "Tensor",
    "ValueDependent",
    "elementwise_grad",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "value_and_grad",
    "vjp",
]
