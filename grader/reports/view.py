"""Cuts a staff's report down to what a student may see. Every format writes what is left, and decides nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from grader.model import (
    CellFailure,
    Feedback,
    Finding,
    Outcome,
    Report,
    Result,
    Tally,
    Viewer,
    Visibility,
    format_points,
)

# fmt: off
SEES = {
    Viewer.STUDENT:           {Visibility.VISIBLE},
    Viewer.STUDENT_AFTER_DUE: {Visibility.VISIBLE, Visibility.AFTER_DUE_DATE},
    Viewer.STUDENT_PUBLISHED: {Visibility.VISIBLE, Visibility.AFTER_DUE_DATE, Visibility.AFTER_PUBLISHED},
    Viewer.STAFF:             set(Visibility),
}
# fmt: on
NOT_THERE = frozenset({Outcome.MISSING, Outcome.BLOCKED})
OURS = Finding(says="this check is broken: a fault of the course's, not yours; please tell the staff")


def viewer_at(report: Report, now: datetime) -> Viewer:
    """The student before or after the due date. `now` has a time zone."""
    after = report.due is not None and now > datetime.fromisoformat(report.due)
    return Viewer.STUDENT_AFTER_DUE if after else Viewer.STUDENT


def worth_repeating(report: Report) -> bool:
    """Whether the random inputs had a part in what was not passed: what is not there yet fails on any."""
    return any(result.outcome is not Outcome.PASSED and result.outcome not in NOT_THERE for result in report.results)


def seen_by(report: Report, viewer: Viewer) -> Report:
    """The report as `viewer` may see it. Hidden checks become one line that still counts in the total."""
    if viewer is Viewer.STAFF:
        return report
    feedback = report.feedback_before_due if viewer is Viewer.STUDENT else report.feedback_after_due
    shown = [result for result in report.results if result.visibility in SEES[viewer]]
    withheld = [result for result in report.results if result.visibility not in SEES[viewer]]
    names = frozenset(result.check for result in shown)
    return replace(
        report,
        viewer=viewer,
        seed=None,
        hidden_loading=None,
        loading=replace(report.loading, failures=tuple(_cut_failure(f, feedback) for f in report.loading.failures)),
        results=tuple(_cut(result, feedback, names) for result in shown),
        withheld=_tally(withheld) if withheld else None,
        repeated=tuple(name for name in report.repeated if name in names),
        # The whole time would tell how long the hidden checks took, and so whatever a submission lets that depend on.
        seconds=report.loading.seconds + sum(result.seconds for result in shown),
    )


def _cut(result: Result, feedback: Feedback, shown: frozenset[str]) -> Result:
    because = tuple(name for name in result.because if name in shown)
    cut = replace(result, finding=result.finding and _cut_finding(result, feedback), because=because)
    if feedback is Feedback.FULL and result.outcome is not Outcome.BROKEN:
        return cut
    return replace(cut, evidence={}, because=() if feedback is Feedback.VERDICT else because)


def _cut_finding(result: Result, feedback: Feedback) -> Finding | None:
    if result.outcome is Outcome.BROKEN:
        return OURS
    if feedback is Feedback.FULL:
        return result.finding
    if feedback is Feedback.VERDICT or result.finding is None:
        return None
    # A hint names the kind of mistake. The traceback is of the student's own code and shows nothing of ours.
    return Finding(says=result.finding.says, traceback=result.finding.traceback, diagnosis=result.finding.diagnosis)


def _cut_failure(failure: CellFailure, feedback: Feedback) -> CellFailure:
    """What happened while loading is the student's own at every level; only the verdict level is silent on why."""
    if feedback is not Feedback.VERDICT:
        return failure
    return replace(failure, finding=Finding(says=failure.finding.says))


def _tally(results: list[Result]) -> Tally:
    broken = any(result.outcome is Outcome.BROKEN for result in results)
    return Tally(
        checks=len(results),
        points=sum((result.points for result in results), Fraction(0)),
        earned=None if broken else sum((result.earned for result in results), Fraction(0)),
    )


def points_line(report: Report) -> str:
    """The score in words, as in "public checks: 14 of 16 points; 6 hidden checks were not run here"."""
    if not report.final:
        says = "not marked yet: a check is broken"
        return says if report.viewer is Viewer.STAFF else f"{says}, which is a fault of the course's and not yours"
    earned = report.earned
    assert earned is not None, "a final report has a score"
    total = f"{format_points(earned)} of {format_points(report.points)} points"
    if report.not_run is not None:
        checks = f"{report.not_run.checks} hidden check" + ("s" if report.not_run.checks != 1 else "")
        return f"public checks: {total}; {checks} {'were' if report.not_run.checks != 1 else 'was'} not run here"
    if report.withheld is not None and report.withheld.earned is not None:
        hidden = f"{format_points(report.withheld.earned)} of {format_points(report.withheld.points)}"
        return f"{total}, hidden checks among them: {hidden}"
    return total
