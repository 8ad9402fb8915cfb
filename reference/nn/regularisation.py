"""What keeps weights and steps small: the L2 penalty and gradient clipping, over trees of parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.autodiff.rules import shape_of
from reference.autodiff.trees import leaves, mapped

Tree = Any


def l2_penalty(params: Tree, strength: float, *, scale: float = 0.5, biases: bool = False) -> Any:
    """scale·strength·Σ w²: one number, to be added to a loss.

    Args:
        params: Arrays in any nesting.
        strength: λ.
        scale: ½, or the 1 that some lectures write.
        biases: Whether parameters of fewer than two axes count too; otherwise weight matrices alone do.
    """
    counted = [w for w in leaves(params) if biases or len(shape_of(w)) > 1]
    return scale * strength * sum((np.sum(w * w) for w in counted), 0.0)


def clip_by_value(gradients: Tree, bound: float) -> Tree:
    """Every entry brought into [−bound, bound]. The direction may change.

    Raises:
        ValueError: The bound is not above 0.
    """
    _positive(bound)
    return mapped(lambda g: np.clip(g, -bound, bound), gradients)


def clip_by_norm(gradients: Tree, bound: float) -> Tree:
    """All gradients times bound / norm where their common norm is above the bound. The direction stays.

    Raises:
        ValueError: The bound is not above 0.
    """
    _positive(bound)
    norm = global_norm(gradients)
    return gradients if norm <= bound else mapped(lambda g: g * (bound / norm), gradients)


def global_norm(tree: Tree) -> float:
    """The root of the sum of the squares of all entries, even where the squares would overflow."""
    largest = float(np.max([np.max(np.abs(w), initial=0.0) for w in leaves(tree)], initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(sum(np.sum((w / largest) ** 2) for w in leaves(tree))))


def _positive(bound: float) -> None:
    if not bound > 0:
        raise ValueError(f"gradients are clipped at a bound above 0, not {bound}")
