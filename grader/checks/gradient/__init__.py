"""Whether a gradient is right, by differences of its function: no tolerance but the differences' own error.

`check_gradient` is a library function that returns a report; `assert_gradient` is a check's assertion.
"""

from grader.checks.gradient.assertion import assert_gradient
from grader.checks.gradient.jacobian import assert_jacobian, check_jacobian
from grader.checks.gradient.method import check_gradient
from grader.checks.gradient.report import ArrayReport, GradientReport, Reason, Worst

__all__ = [
    "ArrayReport",
    "GradientReport",
    "Reason",
    "Worst",
    "assert_gradient",
    "assert_jacobian",
    "check_gradient",
    "check_jacobian",
]
