"""What the tests of networks share: our gradients, judged by our own gradient checker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader import check_gradient
from reference.autodiff import vjp


def assert_differentiates(f: Callable[..., Any], **params: np.ndarray) -> None:
    """The gradients that automatic differentiation takes of f, by every one of its arguments, are right."""
    report = check_gradient(f, lambda *args: _gradients(f, args, len(params)), params)
    assert report.passed, str(report)


def _gradients(f: Callable[..., Any], args: tuple[Any, ...], count: int) -> Any:
    """What a check asks for: one gradient per argument, bare if there is one; the upstream gradient comes last."""
    _, pull = vjp(f, *args[:count])
    gradients = pull(args[count] if len(args) > count else 1.0)
    return gradients if count > 1 else gradients[0]


def assert_finite(tree: Mapping[str, Any] | tuple[Any, ...] | np.ndarray) -> None:
    """No entry of an array, or of any array of a container, is infinite or no number."""
    parts = tree.values() if isinstance(tree, Mapping) else tree if isinstance(tree, tuple) else (tree,)
    assert all(np.all(np.isfinite(part)) for part in parts)
