"""Automatic differentiation of plain NumPy code: reverse and forward mode, of any order."""

from reference.autodiff import compositions, linalg, shapes  # noqa: F401  (their rules enter the table)
from reference.autodiff.cost import ChainCost, chain_cost
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
from reference.autodiff.graph import compile  # noqa: A004
from reference.autodiff.objects import no_grad
from reference.autodiff.picture import to_svg
from reference.autodiff.tensor import Tensor
from reference.autodiff.trace import Trace, trace

__all__ = [
    "ChainCost",
    "InPlaceWrite",
    "NotDifferentiable",
    "Tensor",
    "Trace",
    "ValueDependent",
    "chain_cost",
    "compile",
    "elementwise_grad",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "to_svg",
    "trace",
    "value_and_grad",
    "vjp",
]
