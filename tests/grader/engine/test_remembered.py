"""What was asked once is not asked again, and what was not is asked where it would have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pytest

from grader.engine import remembered
from grader.engine.remembered import Memory, Remembered
from grader.model import Finding, NoAnswer, Outcome
from grader.sandbox import Child


class Process:
    """Counts its calls, and dies of the number 13."""

    def __init__(self) -> None:
        self.made: list[Any] = []

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], options: Mapping[str, Any]) -> Any:
        self.made.append(args[0])
        if np.array_equal(args[0], 13):
            raise NoAnswer(Outcome.CRASHED, Finding(says="died"))
        return [len(self.made), np.zeros(2)]

    def call_many(self, name: str, calls: Sequence[Sequence[Any]], options: Mapping[str, Any]) -> list[Any]:
        return [self.call(name, args, {}, options) for args in calls]


class Line:
    """One check after another, each with a process that is begun if need be."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.begun: list[Process] = []

    def check(self, start: str = "mutant") -> Remembered:
        def begin() -> Child:
            self.begun.append(Process())
            return cast("Child", self.begun[-1])

        return Remembered(self.memory, start, begin)


def put(process: Remembered, value: object) -> Any:
    return process.call("f", (value,), {}, {})


def test_what_was_answered_needs_no_process() -> None:
    line = Line()
    first = [put(process := line.check(), 1), put(process, 2)]
    again = [put(process := line.check(), 1), put(process, 2)]
    assert [a[0] for a in first] == [a[0] for a in again] == [1, 2]
    assert [process.made for process in line.begun] == [[1, 2]]


@pytest.mark.parametrize(
    "other", [2, 1.0, "1", [1], (1,), {"x": 1}, np.array(1), np.array([1]), np.array([1.0]), True, None]
)
def test_another_question_is_another(other: object) -> None:
    line = Line()
    put(line.check(), 1)
    put(line.check(), other)
    assert len(line.begun) == 2


def test_the_same_name_arguments_and_options_are_the_same_question() -> None:
    line = Line()
    line.check().call("f", (1,), {}, {})
    line.check().call("g", (1,), {}, {})
    line.check().call("f", (1,), {"k": 2}, {})
    line.check().call("f", (1,), {}, {"raise_warnings": True})
    line.check("another").call("f", (1,), {}, {})
    line.check().call_many("f", [(1,)], {})
    assert len(line.begun) == 6
    line.check().call_many("f", [(1,)], {})
    assert len(line.begun) == 6


def test_a_question_counts_together_with_those_before_it() -> None:
    line = Line()
    put(process := line.check(), 1), put(process, 3)
    assert put(line.check(), 3)[0] == 1
    assert [process.made for process in line.begun] == [[1, 3], [3]]


def test_a_new_question_is_put_after_those_that_came_before() -> None:
    line = Line()
    put(process := line.check(), 1), put(process, 2)
    later = line.check()
    assert [put(later, value)[0] for value in (1, 2, 3, 4)] == [1, 2, 3, 4]
    assert [process.made for process in line.begun] == [[1, 2], [1, 2, 3, 4]]


def test_what_kills_a_process_is_asked_once() -> None:
    line = Line()
    for _ in range(3):
        with pytest.raises(NoAnswer, match="died"):
            put(line.check(), 13)
    assert len(line.begun) == 1


def test_what_a_check_writes_into_its_answer_changes_nothing() -> None:
    line = Line()
    for _ in range(3):
        answer = put(line.check(), 1)
        assert answer[1].tolist() == [0.0, 0.0]
        answer[1] += 1


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 2)
    line = Line()
    for value in (1, 2, 1, 3, 1, 2):  # of 1, 2 and 3 the 2 was not used for the longest time
        put(line.check(), value)
    assert [process.made for process in line.begun] == [[1], [2], [3], [2]]
    monkeypatch.setattr(remembered, "LARGEST", 8)
    for _ in range(2):
        put(line.check(), 9)
    assert len(line.begun) == 6
