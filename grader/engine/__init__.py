"""Runs an assignment's checks on one submission. The only part that knows both sides of the wall."""

from grader.engine.grading import Scope, grade, grade_settled, repeat
from grader.engine.live import Live, LiveReport
from grader.engine.oracle import Oracle
from grader.engine.prepare import from_texts
from grader.engine.workers import Done, Task, grade_all

__all__ = [
    "Done",
    "Live",
    "LiveReport",
    "Oracle",
    "Scope",
    "Task",
    "from_texts",
    "grade",
    "grade_all",
    "grade_settled",
    "repeat",
]
