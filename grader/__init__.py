"""gradgrader: the words with which an author writes an assignment.

    from grader import Dims, assert_close, assert_gradient, assert_raises, assert_shape, award, check

They are looked up when first used, so that `import grader` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.checks import (
        Training,
        assert_close,
        assert_converges,
        assert_cost,
        assert_gradient,
        assert_jacobian,
        assert_raises,
        assert_same_trajectory,
        assert_shape,
        assert_that,
        award,
        check,
        check_gradient,
        check_jacobian,
        context,
    )
    from reference.layout import Dims

__version__ = "0.1.0"
__all__ = [
    "Dims",
    "Training",
    "assert_close",
    "assert_converges",
    "assert_cost",
    "assert_gradient",
    "assert_jacobian",
    "assert_raises",
    "assert_same_trajectory",
    "assert_shape",
    "assert_that",
    "award",
    "check",
    "check_gradient",
    "check_jacobian",
    "context",
]


def __getattr__(name: str) -> Any:
    if name == "notebook":  # what students import, in theirs
        return importlib.import_module("grader.notebook")
    if name in __all__:
        return getattr(importlib.import_module("reference.layout" if name == "Dims" else "grader.checks"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
