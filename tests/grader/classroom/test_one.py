"""Finding out which assignment a file answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.classroom.one import check_one
from grader.model import BadAssignment, BadSubmission
from tests.support import write_assignment

CHECKS = '''
from grader import assert_close, check

@check(points=1)
def same(student, draw):
    """f returns what it gets."""
    assert_close(student.f(1.0), 1.0)
'''


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("alpha", "beta"):
        folder = write_assignment(tmp_path / "assignments" / name, checks=CHECKS)
        (folder / "assignment.toml").write_text(f'title = "{name}"\nfiles = ["{name}.py"]\n', encoding="utf-8")
    return tmp_path / "assignments"


def work(tmp_path: Path, name: str) -> Path:
    path = tmp_path / name
    path.write_text("def f(x): return x", encoding="utf-8")
    return path


def test_the_files_name_tells(course: Path, tmp_path: Path) -> None:
    report = check_one(work(tmp_path, "beta.py"), None, course, 1)
    assert (report.assignment, report.earned) == ("beta", 1)


def test_the_user_may_tell(course: Path, tmp_path: Path) -> None:
    assert check_one(work(tmp_path, "mine.py"), "alpha", course, 1).assignment == "alpha"


def test_the_only_assignment_needs_no_telling(tmp_path: Path) -> None:
    write_assignment(tmp_path / "assignments/gamma", checks=CHECKS)
    assert check_one(work(tmp_path, "mine.py"), None, tmp_path / "assignments", 1).assignment == "gamma"


def test_otherwise_the_user_is_asked(course: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSubmission, match=r"mine.py does not tell .*: say --assignment alpha or beta"):
        check_one(work(tmp_path, "mine.py"), None, course, 1)


def test_another_assignments_mistake_does_not_matter(course: Path, tmp_path: Path) -> None:
    (course / "alpha/assignment.toml").write_text("colour = 1", encoding="utf-8")
    assert check_one(work(tmp_path, "beta.py"), None, course, 1).assignment == "beta"
    with pytest.raises(BadAssignment, match=r"alpha/assignment\.toml:1: unknown key `colour`"):
        check_one(work(tmp_path, "alpha.py"), None, course, 1)
