"""What came of grading one submission. docs/report.md describes the JSON form field by field."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.model.outcome import Feedback, Finding, Outcome, Viewer, Visibility

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = "gradgrader/report/v1"
Evidence = float | list[float | list[float]]
UNSETTLED = frozenset({Outcome.TIMEOUT, Outcome.CRASHED})


@dataclass(frozen=True, slots=True)
class Award:
    """Part of a check's points, and what for."""

    points: Fraction
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one check."""

    check: str
    title: str
    visibility: Visibility
    points: Fraction
    earned: Fraction
    outcome: Outcome
    finding: Finding | None = None
    because: tuple[str, ...] = ()  # the needed checks that were not passed either, by name: look there first
    awards: tuple[Award, ...] = ()
    missing: str | None = None  # the name that a MISSING or BLOCKED result asked for
    output: str = ""  # what the student's code printed
    evidence: dict[str, Evidence] = field(default_factory=dict)  # numbers, and arrays of them to plot
    seconds: float = 0.0  # wall time in the student's code
    cpu_seconds: float | None = None  # of the submission's processes during the check, by the kernel's account
    memory_mb: float | None = None  # MiB that they held at once, likewise; None: nothing accounts for it here
    unsettled: bool = False  # a second run, alone on the machine, may end otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFailure:
    """One notebook cell, or the one statement of a module, that did not run to its end."""

    where: str  # "cell 3", "line 12"
    outcome: Outcome
    finding: Finding
    unsettled: bool = False  # it timed out, died or ran out of memory: a second run may end otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """What came of importing a module or running a notebook's cells; names bound before a failure are used."""

    outcome: Outcome
    failures: tuple[CellFailure, ...] = ()
    skipped: tuple[str, ...] = ()  # shell lines, installs and drive mounts, as the student wrote them
    output: str = ""
    seconds: float = 0.0

    @property
    def unsettled(self) -> bool:
        """Whether a second run may end otherwise."""
        return any(failure.unsettled for failure in self.failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A number of checks that stand in a report as one line."""

    checks: int
    points: Fraction
    earned: Fraction | None = None  # None: not run, or not final


@dataclass(frozen=True, slots=True)
class Protection:
    """Which rung of protection the guest ran under, and what that means."""

    rung: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of grading one submission; the staff's view holds all, `reports.view` cuts it for students."""

    schema: str = SCHEMA
    viewer: Viewer = Viewer.STAFF
    assignment: str
    title: str
    assignment_digest: str
    submission: str
    submission_digest: str
    sources: tuple[str, ...]
    protection: Protection
    versions: dict[str, str]
    seed: str | None  # decimal, since 64 bits do not fit a JSON number everywhere; the staff's view alone has it
    feedback_before_due: Feedback
    feedback_after_due: Feedback
    due: str | None = None  # ISO 8601 with an offset
    loading: Loading
    hidden_loading: Loading | None = None  # in the guest of the hidden checks; the staff's view alone has it
    results: tuple[Result, ...]
    withheld: Tally | None = None  # checks that ran, but that this viewer does not see one by one
    not_run: Tally | None = None  # hidden checks that a self-check does not have
    repeated: tuple[str, ...] = ()  # checks that were run again, alone, since they had timed out or died
    notes: tuple[str, ...] = ()
    started: str = ""  # ISO 8601, UTC
    seconds: float = 0.0

    @property
    def points(self) -> Fraction:
        """The points of all checks that ran."""
        return _total(result.points for result in self.results) + (self.withheld.points if self.withheld else 0)

    @property
    def earned(self) -> Fraction | None:
        """The score; None while a check is BROKEN, for then no score is final."""
        withheld = self.withheld.earned if self.withheld else Fraction(0)
        if withheld is None or any(result.outcome is Outcome.BROKEN for result in self.results):
            return None
        return _total(result.earned for result in self.results) + withheld

    @property
    def final(self) -> bool:
        """Whether the score may be used."""
        return self.earned is not None

    @property
    def unsettled(self) -> frozenset[str]:
        """The checks to run once more, alone, before what they say is believed."""
        return frozenset(result.check for result in self.results if result.unsettled)


def _total(points: Iterable[Fraction]) -> Fraction:
    return sum(points, Fraction(0))
