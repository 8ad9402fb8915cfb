"""A class: every submission gets its report, and nothing that one does costs another its grade."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.console import Console

from grader.assignment import load
from grader.classroom import ClassResult, run_class
from grader.model import Assignment, BadInput, BadSubmission, Submission, Viewer
from grader.reports import class_table, from_json
from grader.sandbox import NONE
from grader.submission import read_submission
from tests.support import write_assignment

CHECKS = '''
from grader import assert_close, check

@check(points=1)
def same(student, draw):
    """f returns what it gets."""
    x = draw("3")
    assert_close(student.f(x), x)

@check(points=2, visibility="hidden")
def secret(student, draw):
    """The title that nobody may see."""
    assert_close(student.f(4.0), 4.0)
'''
SUBMISSIONS = {
    "ada.py": "def f(x): return x",
    "bob.py": "def f(x): return -x",
    "eve.py": "import os\ndef f(x): os._exit(0)",
    "mal.ipynb": "not a notebook",
    "zoe/a.py": "x = 1",
    "zoe/b.py": "x = 1",
    "readme.txt": "hello",
}


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return load(write_assignment(tmp_path / "small", checks=CHECKS))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in SUBMISSIONS.items():
        path = tmp_path / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "class"


def scores(result: ClassResult) -> dict[str, str]:
    return {report.submission: str(report.earned) for report in result.reports}


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_submission_has_a_report_or_a_reason(
    assignment: Assignment, folder: Path, tmp_path: Path, jobs: int
) -> None:
    lines: list[str] = []
    out = tmp_path / "out"
    result = run_class(
        assignment,
        folder,
        out,
        rung=NONE,
        seed=3,
        jobs=jobs,
        progress=lambda done, of, line: lines.append(f"{done}/{of} {line}"),
    )
    assert scores(result) == {"ada": "3", "bob": "0", "eve": "0"}
    assert {name for name, _ in result.unread} == {"mal", "zoe"}
    assert result.ignored == ["readme.txt"]
    assert not result.broken
    assert len(lines) == 6
    assert lines[0] == "0/5 "
    assert lines[-1].startswith("5/5 eve")  # what died is run again, and so comes last
    report = from_json((out / "submissions/ada/staff.json").read_bytes())
    assert (report.submission, report.seed) == ("ada", "3")
    assert (
        "secret" in (out / "submissions/ada/staff.txt").read_text(encoding="utf-8")
        or report.results[1].check == "secret"
    )
    summary = json.loads((out / "class.json").read_bytes())
    assert [entry["earned"] for entry in summary["submissions"]] == ["3", "0", "0"]
    assert {entry["name"] for entry in summary["not_graded"]} == {"mal", "zoe"}


def test_the_students_files_hold_nothing_of_hidden_checks(assignment: Assignment, folder: Path, tmp_path: Path) -> None:
    run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)
    for path in (tmp_path / "out").rglob("student.*"):
        text = path.read_text(encoding="utf-8")
        assert "nobody may see" not in text
        assert "secret" not in text
    assert "nobody may see" in (tmp_path / "out/submissions/bob/staff.txt").read_text(encoding="utf-8")


def test_the_viewer_of_the_feedback_files_can_be_chosen(assignment: Assignment, folder: Path, tmp_path: Path) -> None:
    run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3, viewer=Viewer.STUDENT_AFTER_DUE)
    assert "expected" in (tmp_path / "out/submissions/bob/student.txt").read_text(encoding="utf-8")


def test_reports_of_an_earlier_run_are_replaced_whole(assignment: Assignment, folder: Path, tmp_path: Path) -> None:
    for _ in range(2):
        run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)
    assert not list((tmp_path / "out").rglob("*.part"))


def test_a_run_that_is_stopped_keeps_what_was_graded(assignment: Assignment, folder: Path, tmp_path: Path) -> None:
    def stop(done: int, of: int, line: str) -> None:
        if line.startswith("bob"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3, progress=stop)
    assert from_json((tmp_path / "out/submissions/ada/staff.json").read_bytes()).earned == 3
    summary = json.loads((tmp_path / "out/class.json").read_bytes())
    assert not summary["complete"]
    assert [entry["name"] for entry in summary["submissions"]] == ["ada", "bob"]


def test_a_fault_of_ours_in_reading_costs_no_other_its_grade(
    assignment: Assignment, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path, expected: tuple[str, ...], name: str, modules: Mapping[str, str]) -> Submission:
        if name == "bob":
            raise RuntimeError("a bug")
        return read_submission(path, expected, name, modules)

    monkeypatch.setattr("grader.classroom.run.read_submission", read)
    result = run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)
    assert scores(result) == {"ada": "3", "eve": "0"}
    assert result.faults == ["bob"]
    assert result.broken
    assert "Traceback" in (tmp_path / "out/submissions/bob/staff.txt").read_text(encoding="utf-8")
    assert "Traceback" not in (tmp_path / "out/submissions/bob/student.txt").read_text(encoding="utf-8")


def test_what_is_not_graded_says_why_in_place_of_an_older_report(
    assignment: Assignment, folder: Path, tmp_path: Path
) -> None:
    run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)
    (folder / "ada.py").write_bytes(b"\0")
    run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)
    assert sorted(path.name for path in (tmp_path / "out/submissions/ada").iterdir()) == ["staff.txt", "student.txt"]
    assert "not Python text" in (tmp_path / "out/submissions/ada/student.txt").read_text(encoding="utf-8")


def test_reports_of_an_earlier_run_that_this_one_does_not_have_are_named(
    assignment: Assignment, folder: Path, tmp_path: Path
) -> None:
    assert run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3).stale == []
    (folder / "ada.py").unlink()
    result = run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)
    assert result.stale == ["ada"]
    assert json.loads((tmp_path / "out/class.json").read_bytes())["stale"] == ["ada"]


def test_a_broken_check_is_seen_in_the_result(folder: Path, tmp_path: Path) -> None:
    checks = CHECKS.replace("student.f(4.0)", "student.f(undefined)")
    assignment = load(write_assignment(tmp_path / "broken", checks=checks))
    result = run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)
    assert result.broken
    assert json.loads((tmp_path / "out/class.json").read_bytes())["submissions"][0]["earned"] is None


def test_an_output_folder_that_cannot_be_made_is_refused(assignment: Assignment, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(BadInput, match=r"out.* cannot be made: .*; choose another --out"):
        run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)


def test_a_report_that_cannot_be_written_is_refused(
    assignment: Assignment, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BadInput, match="cannot be written: No space left on device"):
        run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)


def test_a_folder_without_submissions_is_refused_before_anything_is_written(
    assignment: Assignment, tmp_path: Path
) -> None:
    with pytest.raises(BadSubmission):
        run_class(assignment, tmp_path / "nowhere", tmp_path / "out", rung=NONE, seed=3)
    assert not (tmp_path / "out").exists()


HOSTILE_NAMES = ["[red]", "[bold]x", "a\x1b[2Jb", "new\nline", "\u202ereversed", "--out", "caf\udce9", "caf\udcea"]


def test_hostile_names_are_graded_shown_and_stored_apart(assignment: Assignment, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    for name in HOSTILE_NAMES:
        (tmp_path / "class" / f"{name}.py").write_text("def f(x): return x", encoding="utf-8")
    lines: list[str] = []
    result = run_class(
        assignment,
        tmp_path / "class",
        tmp_path / "out",
        rung=NONE,
        seed=3,
        progress=lambda done, of, line: lines.append(line),
    )
    assert len(scores(result)) == len(HOSTILE_NAMES)
    assert len(list((tmp_path / "out/submissions").iterdir())) == len(HOSTILE_NAMES)
    console = Console(record=True, width=200)
    console.print(class_table(result.reports, [("[/]", "[red]why")]))
    shown = console.export_text()
    for text in (shown, *lines, (tmp_path / "out/class.json").read_text(encoding="utf-8")):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert all(text in shown for text in ("[red]", "[bold]x", "[/]", "[red]why"))
    assert all("\n" not in line for line in lines)


def test_the_output_may_lie_among_the_submissions(assignment: Assignment, folder: Path) -> None:
    for _ in range(2):
        result = run_class(assignment, folder, folder / "graded", rung=NONE, seed=3)
        assert "graded" not in scores(result)
        assert "graded" not in dict(result.unread)


def test_the_submissions_own_folder_takes_no_reports(assignment: Assignment, folder: Path) -> None:
    with pytest.raises(BadInput, match="choose another --out"):
        run_class(assignment, folder, folder, rung=NONE, seed=3)
    assert not (folder / "class.json").exists()


def test_the_students_view_follows_the_due_date(folder: Path, tmp_path: Path) -> None:
    for due, level in (("2020-01-01T00:00:00Z", True), ("2999-01-01T00:00:00Z", False)):
        assignment = load(write_assignment(tmp_path / due[:4], checks=CHECKS, toml=f"due = {due}"))
        run_class(assignment, folder, tmp_path / "out", rung=NONE, seed=3)
        assert ("expected" in (tmp_path / "out/submissions/bob/student.txt").read_text(encoding="utf-8")) is level
