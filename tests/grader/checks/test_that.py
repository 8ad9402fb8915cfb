"""assert_that: true passes; all else fails with the sentence of the check."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import CheckContext, assert_that
from grader.checks.context import running
from grader.model import CheckFailed, Finding, Outcome
from grader.sandbox import Launcher
from tests.support import judged


@pytest.mark.parametrize("holds", [True, np.True_, np.array([2.0])[0] > 1])
def test_true_passes_and_counts_as_an_assertion(holds: object) -> None:
    surroundings = CheckContext()
    with running(surroundings):
        assert_that(holds, "it does not hold")
    assert surroundings.assertions == ["that"]


@pytest.mark.parametrize("holds", [False, np.False_, None, 1, "yes", np.ones(3, dtype=bool), [True]])
def test_all_else_fails_with_the_sentence_and_nothing_more(holds: object) -> None:
    with pytest.raises(CheckFailed) as caught:
        assert_that(holds, "lists come back as tuples")
    assert caught.value.finding == Finding(says="lists come back as tuples")


def test_a_students_own_truth_is_judged_through_the_wall(launcher: Launcher) -> None:
    def is_sorted(student: Any, draw: Any) -> None:
        assert_that(student.is_sorted([1, 2]), "a list that ascends is not called sorted")

    assert judged(launcher, is_sorted, "def is_sorted(x): return x == sorted(x)").outcome is Outcome.PASSED
    failed = judged(launcher, is_sorted, "def is_sorted(x): return 'of course'")
    assert failed.outcome is Outcome.FAILED
    assert failed.finding is not None and failed.finding.says == "a list that ascends is not called sorted"
