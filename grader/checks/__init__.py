"""What a check can say: how it is declared, what it can assert, and what its failures are called.

One file per kind of assertion. An assertion raises `CheckFailed` with a `Finding`; it never returns a verdict, and no
value of a student's makes it raise anything else.
"""

from grader.checks.close import assert_close
from grader.checks.context import CheckContext, award, context
from grader.checks.converge import Training, assert_converges
from grader.checks.cost import assert_cost
from grader.checks.declare import check
from grader.checks.draw import Draw
from grader.checks.gradient import assert_gradient, assert_jacobian, check_gradient, check_jacobian
from grader.checks.raises import assert_raises
from grader.checks.shape import assert_shape
from grader.checks.that import assert_that
from grader.checks.training import assert_same_trajectory

__all__ = [
    "CheckContext",
    "Draw",
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
