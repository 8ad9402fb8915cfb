"""A mistake that no general rule names, from the student's file to what the student reads; and `grade validate`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from tests.grader.engine.tanh import CHECKS, MISTAKE, SENTENCE, SOLUTION, STUDENT, mutant
from tests.support import write_assignment


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_assignment(tmp_path / "assignments/tanh", checks=CHECKS, solution=SOLUTION, mutants__fourth=mutant())
    for name, text in {"ada": SOLUTION, "bob": STUDENT, "cyd": STUDENT.replace("- t * t *", "+ t * t *")}.items():
        (tmp_path / "class").mkdir(exist_ok=True)
        (tmp_path / f"class/{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def grade(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments, catch_exceptions=False)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_class_reads_the_mutants_sentence_where_it_is_true(course: Path, jobs: str) -> None:
    result = grade("run", "tanh", "class", "--out", "out", "--seed", "4", "--jobs", jobs, "--trust-students")
    assert result.exit_code == 0
    for viewer, times in (("staff", 2), ("student", 1)):  # one of the two checks is hidden
        said = {
            name: words(course / f"out/submissions/{name}/{viewer}.txt").count(SENTENCE)
            for name in ("ada", "bob", "cyd")
        }
        assert said == {"ada": 0, "bob": times, "cyd": 0}


def test_a_student_reads_it_in_a_check_where_the_mutants_are_there(course: Path) -> None:
    assert SENTENCE in " ".join(grade("check", "class/bob.py", "--seed", "4").output.split())
    (course / "assignments/tanh/mutants/fourth.py").unlink()
    result = grade("check", "class/bob.py", "--seed", "4")
    assert result.exit_code == 1
    assert SENTENCE not in " ".join(result.output.split())


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_validate_does_not_let_a_mutant_be_its_own_rule(course: Path, jobs: str) -> None:
    """The mutant's code would be known-mistake where it promises none, and whatever it promises would come true."""
    arguments = ("validate", "tanh", "--seeds", "2", "--seed", "1", "--mutants", "written", "--jobs", jobs)
    result = grade(*arguments)
    assert result.exit_code == 0, result.output
    (course / "assignments/tanh/mutants/fourth.py").write_text(mutant(is_="transposed"), encoding="utf-8")
    result = grade(*arguments)
    assert result.exit_code == 1
    assert "mutant fourth is diagnosed as nothing, and promises transposed" in words(result.output)


def test_validate_tells_of_two_mutants_that_are_one_mistake(course: Path) -> None:
    (course / "assignments/tanh/mutants/again.py").write_text(mutant(MISTAKE, "It is not."), encoding="utf-8")
    result = grade("validate", "tanh", "--seeds", "1", "--seed", "1", "--mutants", "written")
    assert result.exit_code == 1
    said = words(result.output)
    assert f"mutant again is diagnosed as known-mistake, and promises no diagnosis: {SENTENCE}" in said
    assert "mutant fourth is diagnosed as known-mistake, and promises no diagnosis: It is not." in said


def words(text: str | Path) -> str:
    return " ".join((text if isinstance(text, str) else text.read_text(encoding="utf-8")).split())
