"""assert_raises: the exception that the handout names, or a subclass."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks import assert_raises
from grader.model import CheckFailed, Finding, NoAnswer, Outcome


def raising(*kinds: str, outcome: Outcome = Outcome.RAISED) -> Any:
    def function(*args: object) -> None:
        raise NoAnswer(outcome, Finding(says="said"), kinds=kinds)

    return function


@pytest.mark.parametrize("kinds", [("ValueError",), ("ShapeError", "ValueError", "Exception")])
def test_the_exception_or_a_subclass_passes(kinds: tuple[str, ...]) -> None:
    assert_raises(ValueError, raising(*kinds), 1)


def test_another_exception_fails_and_both_are_named() -> None:
    with pytest.raises(CheckFailed, match="raises TypeError where ValueError is asked for"):
        assert_raises(ValueError, raising("TypeError", "Exception"))


def test_an_answer_fails() -> None:
    with pytest.raises(CheckFailed, match="accepted") as caught:
        assert_raises(ValueError, lambda x: x + 1, 1)
    assert caught.value.finding.got == "2"


@pytest.mark.parametrize("outcome", [Outcome.MISSING, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.REFUSED])
def test_what_is_no_exception_of_the_students_keeps_its_name(outcome: Outcome) -> None:
    with pytest.raises(NoAnswer) as caught:
        assert_raises(ValueError, raising("ValueError", outcome=outcome))
    assert caught.value.outcome is outcome
