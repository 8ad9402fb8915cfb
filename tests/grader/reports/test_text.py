"""How a report reads."""

from __future__ import annotations

from dataclasses import replace
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
    Report,
    Tally,
    Viewer,
    Visibility,
)
from grader.reports import failure_text, seen_by, summary_text, to_text
from tests.grader.reports.test_view import finding, report, result

VISIBLE = Visibility.VISIBLE


def missing(check: str, name: str, outcome: Outcome = Outcome.MISSING, **fields: Any) -> Any:
    says = Finding(says=f"`{name}` is not written yet")
    return result(check, VISIBLE, outcome, finding=says, missing=name, **fields)


def loading(*failures: tuple[str, str], **fields: Any) -> Loading:
    made = tuple(
        CellFailure(where=where, outcome=Outcome.RAISED, finding=Finding(says=f"{where} raised NameError", traceback=t))
        for where, t in failures
    )
    return Loading(outcome=Outcome.RAISED if made else Outcome.PASSED, failures=made, **fields)


def lines(one: Report, viewer: Viewer = Viewer.STAFF) -> list[str]:
    return to_text(seen_by(one, viewer)).splitlines()


# ------------------------------------------------------------------------------------------- what is not there yet


def test_what_is_missing_is_told_by_function() -> None:
    one = report(
        missing("a", "f", points=Fraction(1, 2)),
        missing("b", "f", points=Fraction(1, 2)),
        missing("c", "f", Outcome.BLOCKED, because=("a",), points=Fraction(1)),
        missing("d", "f", Outcome.BLOCKED, because=("a",)),
        missing("e", "g"),
        missing("h", "h", Outcome.BLOCKED, because=()),
    )
    assert lines(one)[-6:-3] == [
        "missing  `f` is not written yet: 2 checks, 1 point; 2 more checks cannot run without it: 3 points lost so",
        "missing  `g` is not written yet: 1 check, 2 points",
        "blocked  `h` is not written yet: 1 check cannot run without it: 2 points lost so",
    ]


def test_what_is_missing_has_a_name_at_the_verdict_level_too() -> None:
    one = report(missing("a", "f"), feedback_before_due=Feedback.VERDICT)
    assert "missing  `f` is missing: 1 check, 2 points" in lines(one, Viewer.STUDENT)


# ----------------------------------------------------------------------------------------------------- one failure


def test_a_failure_with_a_diagnosis_of_its_own_does_not_point_elsewhere() -> None:
    need = result("need", VISIBLE)
    told = result("told", VISIBLE, because=("need",))
    untold = result("untold", VISIBLE, because=("need",), finding=finding(diagnosis=None))
    text = to_text(report(need, told, untold))
    assert text.count("“Title of need” failed too: look there first") == 1


def test_an_award_says_of_how_many_points_it_is_a_part() -> None:
    part = result("a", VISIBLE, points=Fraction(3), earned=Fraction(1), awards=(Award(Fraction(1), "the shape"),))
    assert "    1 of 3 points: the shape" in lines(report(part))


@pytest.mark.parametrize("traceback", ["EOFError", "work.py, line 3, in f: input()\nEOFError: EOF when reading a line"])
def test_who_asks_for_input_is_told_that_nobody_answers(traceback: str) -> None:
    says = "`input()` has nobody to answer it here: give the value in the code"
    asked = finding(says="`f` raised EOFError", traceback=traceback, diagnosis=None)
    assert f"    hint      {says}" in lines(report(result("a", VISIBLE, Outcome.RAISED, finding=asked)))
    assert f"    hint      {says}" in lines(report(loading=loading(("cell 1", traceback))))
    other = finding(says="`f` raised NameError", traceback="EOFError\nNameError: EOFError", diagnosis=None)
    assert says not in to_text(report(result("a", VISIBLE, Outcome.RAISED, finding=other)))


# --------------------------------------------------------------------------------------------------------- loading


def test_a_module_that_fails_says_what_was_graded() -> None:
    failed = loading(("line 7", "NameError: x"))
    some = lines(report(result("a", VISIBLE, Outcome.PASSED), missing("b", "f"), loading=failed))
    assert some[1:5] == [
        "",
        "while loading: line 7 raised NameError",
        "    NameError: x",
        "what was defined before line 7 was graded",
    ]
    assert some[5] == ""
    none = lines(report(missing("b", "f"), loading=failed))
    assert "nothing that is asked for was defined before line 7" in none
    failure = CellFailure(
        where="line 7", outcome=Outcome.RAISED, finding=Finding(says="line 7 raised IndentationError")
    )
    unreadable = Loading(outcome=Outcome.RAISED, failures=(failure,))
    said = lines(report(missing("b", "f"), loading=unreadable))
    assert "Python cannot read the file as it is, so nothing in it was graded" in said


def test_a_notebook_that_fails_says_that_the_other_cells_ran() -> None:
    failed = loading(("cell 7", "NameError: x"), ("cell 9", "NameError: y"))
    assert "the other cells ran, and what they defined was graded" in lines(report(loading=failed))


def test_staff_see_how_loading_went_in_the_guest_of_the_hidden_checks_if_it_went_otherwise() -> None:
    one, other = loading(("cell 1", "NameError: x")), loading(("cell 2", "NameError: y"))
    assert "hidden checks' guest" not in to_text(report(loading=one, hidden_loading=replace(one, seconds=3.0)))
    differs = report(loading=one, hidden_loading=other)
    assert "in the hidden checks' guest: cell 2 raised NameError" in lines(differs)
    assert "hidden checks' guest" not in to_text(seen_by(differs, Viewer.STUDENT_AFTER_DUE))
    well = report(loading=one, hidden_loading=loading())
    assert "in the hidden checks' guest: it loaded to its end" in lines(well)


# --------------------------------------------------------------------------------------------------------- endings


def test_staff_see_which_checks_were_run_twice_and_why() -> None:
    two = (result("a", VISIBLE, Outcome.PASSED), result("b", VISIBLE, Outcome.TIMEOUT))
    why = "run twice, since it had timed out or died:"
    assert f"{why} “Title of b”" in lines(report(*two, repeated=("b",)))
    all_of_them = "every check was run twice, since something had timed out or died"
    assert all_of_them in lines(report(*two, repeated=("a", "b")))
    assert "twice" not in to_text(seen_by(report(*two, repeated=("b",)), Viewer.STUDENT))
    assert "twice" not in to_text(report(*two))


def test_a_broken_check_is_not_the_students_fault_and_they_can_tell_somebody() -> None:
    broken = result("a", VISIBLE, Outcome.BROKEN, finding=finding(says="the check itself failed"))
    one = report(broken, not_run=Tally(checks=1, points=Fraction(1)))
    said = lines(one, Viewer.STUDENT)
    assert "    this check is broken: a fault of the course's, not yours; please tell the staff" in said
    assert said[-1] == "not marked yet: a check is broken, which is a fault of the course's and not yours"
    assert "not marked yet: a check is broken" in lines(one)


def test_a_hint_of_the_courses_stands_beside_its_label() -> None:
    long = result("a", VISIBLE, finding=Finding(says="wrong", diagnosis=Diagnosis("sign", "word " * 40)))
    hint = [line for line in lines(report(long)) if "word" in line]
    assert len(hint) > 1
    assert all(line.startswith("    hint      word") or line.startswith(" " * 14 + "word") for line in hint)


# ------------------------------------------------------------------------------------------------ one check by itself


def test_a_failure_by_itself_begins_with_its_title_and_ends_without_a_line_end() -> None:
    one = report(
        result("a", VISIBLE, Outcome.FAILED, finding=finding(), title="The title of a"),
        result("b", VISIBLE, Outcome.FAILED, finding=finding(), title="The title of b", because=("a",)),
    )
    first, *rest = failure_text(one, "a").split("\n")
    assert first == "The title of a: failed"
    assert rest[0] == finding().says
    assert rest[-1]
    assert "The title of b" not in "".join(rest)


def test_only_what_is_not_there_is_told_by_itself_with_what_stopped_the_loading() -> None:
    one = report(
        missing("a", "f"),
        result("b", VISIBLE, Outcome.FAILED, finding=finding()),
        loading=loading(("line 3", "NameError: name 'g' is not defined")),
    )
    assert "while loading: line 3 raised NameError" in failure_text(one, "a")
    assert "while loading" not in failure_text(one, "b")


def test_a_summary_tells_how_loading_went_and_the_score_and_no_check() -> None:
    one = report(result("a", VISIBLE, title="The title of a"), loading=loading(("line 3", "NameError")), notes=("odd",))
    said = summary_text(seen_by(one, Viewer.STUDENT))
    assert said.startswith("note: odd\nwhile loading: line 3 raised NameError\n")
    assert said.splitlines()[-1].endswith(" points")
    assert "The title of a" not in said
