"""What can come of a check, who may see it, and the exceptions that carry it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What came of one check, or of loading a submission."""

    PASSED = "passed"
    FAILED = "failed"  # wrong answer, or an answer of the wrong form
    RAISED = "raised"  # an exception in the student's code
    OUTDATED = "outdated"  # an exception since it was written for Python 2 or NumPy 1
    MISSING = "missing"  # not defined, or still as the starter has it
    TIMEOUT = "timeout"
    CRASHED = "crashed"  # the process died
    REFUSED = "refused"  # the reply was too large, or not plain data
    BLOCKED = "blocked"  # cannot run without something that is missing
    BROKEN = "broken"  # a bug in the check or in us: no student input may cause it


class Visibility(StrEnum):
    """When a student may see a check and its result."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    HIDDEN = "hidden"


class Feedback(StrEnum):
    """How much a student is told of a failure."""

    VERDICT = "verdict"  # the outcome
    HINT = "hint"  # and the kind of mistake, never a value
    FULL = "full"  # and expected, got, where


class Viewer(StrEnum):
    """For whose eyes a report is written."""

    STUDENT = "student"
    STUDENT_AFTER_DUE = "student-after-due"
    STUDENT_PUBLISHED = "student-published"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The likely cause of a failure: a code from the closed list in `checks.diagnosis`, and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check that was not passed has to say. `says` and `diagnosis` hold no value; the other fields may."""

    says: str
    expected: str | None = None
    got: str | None = None
    where: str | None = None
    traceback: str | None = None
    diagnosis: Diagnosis | None = None


class CheckFailed(Exception):
    """Raised by an assertion: the student's answer is wrong."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.says)
        self.finding = finding


class NoAnswer(Exception):
    """Raised by a call into the guest that brought no value back; the outcome says why."""

    def __init__(
        self,
        outcome: Outcome,
        finding: Finding,
        *,
        missing: str = "",
        kinds: tuple[str, ...] = (),
        returned: bool = False,
    ) -> None:
        super().__init__(finding.says)
        self.outcome = outcome
        self.finding = finding
        self.missing = missing  # the name that is MISSING
        self.returned = returned  # it did return, though nothing: None
        self.kinds = kinds  # of what was RAISED: the names of the exception's class and its bases


class BadInput(Exception):
    """Something that a user gave us cannot be used; the message is one sentence that says what to do."""

    exit_code = 2


class BadAssignment(BadInput):
    """An assignment's folder, manifest, checks, solution or mutants cannot be used."""


class BadSubmission(BadInput):
    """A submission cannot be read."""
