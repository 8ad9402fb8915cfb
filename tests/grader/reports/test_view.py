"""What a student may see: never more than visibility and feedback level allow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from grader.model import (
    Award,
    CellFailure,
    Diagnosis,
    Feedback,
    Finding,
    Loading,
    Outcome,
    Protection,
    Report,
    Result,
    Tally,
    Viewer,
    Visibility,
)
from grader.reports import from_json, points_line, seen_by, to_json, to_text, viewer_at, worth_repeating

SECRET = "4242.4242"


def finding(**fields: Any) -> Finding:
    said: dict[str, Any] = {
        "says": "the answer has wrong values",
        "expected": SECRET,
        "got": SECRET,
        "where": f"at [0]: expected {SECRET}",
        "traceback": "work.py, line 3, in f",
        "diagnosis": Diagnosis("sign", "the sign is wrong"),
    }
    return Finding(**said | fields)


def result(check: str, visibility: Visibility, outcome: Outcome = Outcome.FAILED, **fields: Any) -> Result:
    given: dict[str, Any] = {
        "check": check,
        "title": f"Title of {check}",
        "visibility": visibility,
        "points": Fraction(2),
        "earned": Fraction(2) if outcome is Outcome.PASSED else Fraction(0),
        "outcome": outcome,
        "finding": None if outcome is Outcome.PASSED else finding(),
        "evidence": {"largest error": 4242.4242},
    }
    return Result(**given | fields)


def report(*results: Result, **fields: Any) -> Report:
    given: dict[str, Any] = {
        "assignment": "small",
        "title": "Small",
        "assignment_digest": "1" * 64,
        "submission": "ada",
        "submission_digest": "2" * 64,
        "sources": ("work.py",),
        "protection": Protection("none", "no jail"),
        "versions": {"python": "3"},
        "seed": "987654321",
        "feedback_before_due": Feedback.HINT,
        "feedback_after_due": Feedback.FULL,
        "loading": Loading(outcome=Outcome.PASSED),
        "results": results,
    }
    return Report(**given | fields)


ALL = report(*(result(visibility.value, visibility) for visibility in Visibility))


@pytest.mark.parametrize(
    ("viewer", "shown"),
    [
        (Viewer.STUDENT, ["visible"]),
        (Viewer.STUDENT_AFTER_DUE, ["visible", "after_due_date"]),
        (Viewer.STUDENT_PUBLISHED, ["visible", "after_due_date", "after_published"]),
        (Viewer.STAFF, ["visible", "after_due_date", "after_published", "hidden"]),
    ],
)
def test_each_viewer_sees_the_checks_meant_for_them(viewer: Viewer, shown: list[str]) -> None:
    seen = seen_by(ALL, viewer)
    assert [result.check for result in seen.results] == shown
    assert seen.points == ALL.points
    assert seen.earned == ALL.earned
    assert (seen.withheld is None) == (viewer is Viewer.STAFF)


@pytest.mark.parametrize("viewer", [viewer for viewer in Viewer if viewer is not Viewer.STAFF])
def test_nothing_of_a_withheld_check_is_in_a_students_report(viewer: Viewer) -> None:
    seen = seen_by(ALL, viewer)
    written = to_json(seen).decode() + to_text(seen)
    for withheld in ALL.results:
        if withheld.check not in [result.check for result in seen.results]:
            assert withheld.title not in written
            assert f'"{withheld.check}"' not in written
    assert "987654321" not in written


def at(level: Feedback) -> tuple[Report, str]:
    seen = seen_by(report(result("a", Visibility.VISIBLE), feedback_before_due=level), Viewer.STUDENT)
    return seen, to_json(seen).decode() + to_text(seen)


def test_a_verdict_is_the_outcome_alone() -> None:
    seen, written = at(Feedback.VERDICT)
    assert seen.results[0].outcome is Outcome.FAILED
    assert seen.results[0].finding is None
    assert "wrong" not in written
    assert SECRET not in written


def test_a_hint_names_the_kind_of_mistake_and_never_a_value() -> None:
    _, written = at(Feedback.HINT)
    assert "the answer has wrong values" in written
    assert "the sign is wrong" in written
    assert SECRET not in written


def test_full_feedback_shows_values() -> None:
    _, written = at(Feedback.FULL)
    assert SECRET in written


def test_after_the_due_date_the_other_level_holds() -> None:
    one = report(result("a", Visibility.VISIBLE), feedback_before_due=Feedback.VERDICT)
    assert SECRET not in to_text(seen_by(one, Viewer.STUDENT))
    assert SECRET in to_text(seen_by(one, Viewer.STUDENT_AFTER_DUE))


def test_the_clock_decides_what_a_student_sees() -> None:
    due = datetime(2026, 10, 1, 21, 59, tzinfo=UTC)
    one = report(due="2026-10-01T23:59:00+02:00")
    assert viewer_at(one, due) is Viewer.STUDENT
    assert viewer_at(one, due + timedelta(seconds=1)) is Viewer.STUDENT_AFTER_DUE
    assert viewer_at(report(), due) is Viewer.STUDENT


@pytest.mark.parametrize("outcome", Outcome)
def test_inputs_are_worth_repeating_where_an_answer_to_them_was_wrong(outcome: Outcome) -> None:
    one = report(result("a", Visibility.VISIBLE, Outcome.PASSED), result("b", Visibility.VISIBLE, outcome))
    assert worth_repeating(one) == (outcome not in (Outcome.PASSED, Outcome.MISSING, Outcome.BLOCKED))


def test_what_a_hidden_check_is_called_is_not_given_away_by_another() -> None:
    hidden = result("secret", Visibility.HIDDEN)
    late = result("late", Visibility.AFTER_DUE_DATE, because=("secret",))
    seen = seen_by(report(hidden, late), Viewer.STUDENT_AFTER_DUE)
    assert seen.results[0].because == ()
    assert "Title of secret" not in to_text(seen)


def test_the_verdict_level_is_silent_on_why_loading_failed() -> None:
    failure = CellFailure(where="line 3", outcome=Outcome.RAISED, finding=finding(says="line 3 raised NameError"))
    loading = Loading(outcome=Outcome.RAISED, failures=(failure,))
    one = report(loading=loading, feedback_before_due=Feedback.VERDICT)
    assert seen_by(one, Viewer.STUDENT).loading.failures[0].finding == Finding(says="line 3 raised NameError")
    assert seen_by(one, Viewer.STUDENT_AFTER_DUE).loading.failures[0].finding.traceback is not None


# ---------------------------------------------------------------------------------------------- broken reports


@pytest.mark.parametrize("visibility", [Visibility.VISIBLE, Visibility.HIDDEN])
def test_a_broken_check_leaves_no_score_and_says_so(visibility: Visibility) -> None:
    ours = finding(says="the check itself failed", traceback="Traceback of ours", diagnosis=None)
    one = report(
        result("good", Visibility.VISIBLE, Outcome.PASSED), result("bad", visibility, Outcome.BROKEN, finding=ours)
    )
    for viewer in (Viewer.STUDENT, Viewer.STAFF):
        seen = seen_by(one, viewer)
        assert seen.earned is None
        assert not seen.final
        assert points_line(seen).startswith("not marked yet: a check is broken")
    student = seen_by(one, Viewer.STUDENT)
    assert "Traceback of ours" not in to_json(student).decode() + to_text(student)
    assert "Traceback of ours" in to_text(one)


# -------------------------------------------------------------------------------------------------- points line


def test_the_points_line() -> None:
    public = [result(f"p{k}", Visibility.VISIBLE, Outcome.PASSED) for k in range(7)] + [result("p", Visibility.VISIBLE)]
    not_run = Tally(checks=6, points=Fraction(9))
    assert points_line(report(*public, not_run=not_run)) == (
        "public checks: 14 of 16 points; 6 hidden checks were not run here"
    )
    assert points_line(report(*public, not_run=Tally(checks=1, points=Fraction(1)))).endswith(
        "; 1 hidden check was not run here"
    )
    hidden = result("h", Visibility.HIDDEN, earned=Fraction(1, 2))
    assert points_line(seen_by(report(*public, hidden), Viewer.STUDENT)) == (
        "14.5 of 18 points, hidden checks among them: 0.5 of 2"
    )
    assert points_line(report(*public)) == "14 of 16 points"


# ---------------------------------------------------------------------------------------------------- the text


def test_the_text_of_a_staff_report_reads_like_this() -> None:
    one = report(
        result("a", Visibility.VISIBLE, Outcome.PASSED),
        result("b", Visibility.VISIBLE, awards=(Award(Fraction(1, 2), "the shape"),), earned=Fraction(1, 2)),
        result("c", Visibility.HIDDEN, Outcome.MISSING, finding=Finding(says="`f` is not defined"), missing="f"),
        result(
            "d",
            Visibility.HIDDEN,
            Outcome.BLOCKED,
            finding=Finding(says="`f` is not defined"),
            because=("c",),
            missing="f",
        ),
        result("e", Visibility.VISIBLE, Outcome.RAISED, output="line one\nline two\n"),
        notes=("the file is named ada.py, the handout asks for work.py",),
        loading=Loading(
            outcome=Outcome.RAISED,
            failures=(
                CellFailure(where="cell 2", outcome=Outcome.RAISED, finding=finding(says="cell 2 raised NameError")),
            ),
            skipped=("!pip install torch",),
            output="printed while loading",
        ),
    )
    text = to_text(one)
    assert text.splitlines() == [
        "Small  ada (work.py)",
        "",
        "note: the file is named ada.py, the handout asks for work.py",
        "while loading: cell 2 raised NameError",
        "    work.py, line 3, in f",
        "the other cells ran, and what they defined was graded",
        "it printed:",
        "  │ printed while loading",
        "skipped here: !pip install torch",
        "",
        "   check       outcome   points",
        "✓  Title of a  passed     2 / 2",
        "✗  Title of b  failed   0.5 / 2",
        "–  Title of c  missing    0 / 2",
        "–  Title of d  blocked    0 / 2",
        "✗  Title of e  raised     0 / 2",
        "",
        "failed  Title of b",
        "    the answer has wrong values",
        f"    expected  {SECRET}",
        f"    got       {SECRET}",
        f"    where     at [0]: expected {SECRET}",
        "    hint      the sign is wrong",
        "    work.py, line 3, in f",
        "    0.5 of 2 points: the shape",
        "",
        "raised  Title of e",
        "    the answer has wrong values",
        f"    expected  {SECRET}",
        f"    got       {SECRET}",
        f"    where     at [0]: expected {SECRET}",
        "    hint      the sign is wrong",
        "    work.py, line 3, in f",
        "    it printed:",
        "      │ line one",
        "      │ line two",
        "",
        "missing  `f` is not defined: 1 check, 2 points; 1 more check cannot run without it: 2 points lost so",
        "",
        "2.5 of 10 points",
        "seed 987654321; protection: no jail",
    ]


def test_long_output_is_shown_in_part() -> None:
    text = to_text(report(result("a", Visibility.VISIBLE, output="\n".join(f"line {k}" for k in range(100)))))
    assert "line 11" in text
    assert "line 12" not in text
    assert "… 88 more lines" in text


def test_markup_of_a_students_stays_text() -> None:
    text = to_text(
        report(
            result("a", Visibility.VISIBLE, output="[bold red]hi[/]"),
            notes=("[link=http://x]y[/link]",),
            submission="[b]",
        )
    )
    assert "[bold red]hi[/]" in text
    assert "[link=http://x]y[/link]" in text
    assert "[b]" in text


# ----------------------------------------------------------------------------------------------------- the JSON


@pytest.mark.parametrize("viewer", Viewer)
def test_what_is_written_is_read_back(viewer: Viewer) -> None:
    seen = seen_by(ALL, viewer)
    assert from_json(to_json(seen)) == seen
