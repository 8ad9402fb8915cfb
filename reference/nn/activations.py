"""Activation functions, of plain arrays and of traced values, stable at any size of x in value and in gradient.

>>> import numpy as np
>>> sigmoid(np.array([-1e3, 0.0, 1e3]))
array([0. , 0.5, 1. ])
>>> softmax(np.array([[1e3, 1e3]]))
array([[0.5, 0.5]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.autodiff import ops
from reference.autodiff.ops import peak, relu, sigmoid, softmax, tanh

__all__ = ["log_softmax", "relu", "sigmoid", "softmax", "softplus", "tanh"]


def softplus(x: Any, beta: float = 1.0) -> Any:
    """ln(1 + exp(beta·x)) / beta, entry by entry: a smooth relu, the closer to it the larger beta is.

    Args:
        x: Any shape, which is the result's too.
        beta: How sharp the bend is; its derivative is sigmoid(beta·x).

    Raises:
        ValueError: beta is not above 0.
    """
    if not beta > 0:
        raise ValueError(f"softplus needs a beta above 0, not {beta}")
    return ops.softplus(x) if beta == 1.0 else ops.softplus(beta * x) / beta


def log_softmax(z: Any, axis: int = -1) -> Any:
    """ln softmax(z) = z − ln Σ exp(z) along an axis: finite where softmax(z) is rounded to 0. The shape is z's."""
    below = z - peak(z, axis)
    return below - np.log(np.exp(below).sum(axis=axis, keepdims=True))
