"""`assert_that`: a fact that is either so or not."""

from __future__ import annotations

import numpy as np

from grader.checks.arrays import fail
from grader.checks.context import context


def assert_that(holds: object, says: str) -> None:
    """`holds` is True, of Python or of NumPy; else the student reads `says`, as in "lists come back as tuples".

    For what no other assertion can ask: they show what is expected and what came.

    Raises:
        CheckFailed: It is False, or is no truth value at all.
    """
    context().assertions.append("that")
    if not (isinstance(holds, bool | np.bool_) and holds):
        fail(says)
