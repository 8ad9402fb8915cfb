"""What a layer and a head of a random network are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.bank.case import Array


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer, or the loss at the end.

    `forward(h, *params)` takes h (N, D); `backward(mistake, h, g, *params)` gives the gradients by h and by each
    parameter. A loss gives a number, and its g is 1. `mistakes` maps what `backward` knows to do wrong to the code of
    it. All compute in the dtype of h.
    """

    name: str
    forward: Callable[..., Any]
    backward: Callable[..., tuple[Any, ...]]
    params: tuple[Array, ...] = ()
    mistakes: Mapping[str, str | None] = field(default_factory=dict)


def like(constant: Array, h: Array) -> Array:
    """A constant in the dtype of h."""
    return np.asarray(constant, dtype=h.dtype)
