"""Automatic differentiation of plain NumPy code: reverse and forward mode, of any order, and graphs.

To follow one gradient: `grad` in functional.py calls the function with traced arguments; each operation on one makes a
Tensor (tensor.py); the tables, elementwise.py first, say how each is differentiated; and reverse.py walks back.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from reference.autodiff import linalg, more_compositions, shapes  # noqa: F401  (their rules enter the table)
from reference.autodiff.errors import InPlaceWrite, NotDifferentiable, ValueDependent
from reference.autodiff.functional import (
    elementwise_grad,
    grad,
    jvp,
    value_and_grad,
    vjp,
)
from reference.autodiff.matrices import hessian, hvp, jacobian
from reference.autodiff.objects import no_grad
from reference.autodiff.tensor import Tensor

if TYPE_CHECKING:
    from reference.autodiff.cost import ChainCost, chain_cost
    from reference.autodiff.evaluation import Trace, trace
    from reference.autodiff.graph import Compiled, compile  # noqa: A004
    from reference.autodiff.picture import to_svg

LATER = {  # what is not needed for a derivative is imported when it is asked for
    "ChainCost": "cost",
    "Compiled": "graph",
    "Trace": "evaluation",
    "chain_cost": "cost",
    "compile": "graph",
    "to_svg": "picture",
    "trace": "evaluation",
}

__all__ = [
    "ChainCost",
    "Compiled",
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


def __getattr__(name: str) -> Any:
    if name in LATER:
        return getattr(import_module(f"reference.autodiff.{LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
