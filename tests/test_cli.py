"""The command: what it prints, and how it exits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from grader.reports import from_json
from tests.support import ROOT, write_assignment

CHECKS = '''
from grader import assert_close, check

@check(points=2)
def double(student, draw):
    """double(x) is 2x."""
    x = draw("3")
    assert_close(student.double(x), 2 * x)

@check(points=1, visibility="hidden")
def large(student, draw):
    """double(x) for large x."""
    assert_close(student.double(1e6), 2e6)
'''
SOLUTION = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n"
RIGHT, WRONG = "def double(x): return 2 * x", "def double(x): return -2 * x"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_assignment(tmp_path / "assignments/small", checks=CHECKS, solution=SOLUTION)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def grade(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments, catch_exceptions=False)


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


# ------------------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("command", ["list", "check", "run", "validate", "demo"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = grade(command, "--help")
    assert result.exit_code == 0
    assert f"Example: grade {command}" in result.output


def test_usage_errors_exit_with_two() -> None:
    assert grade("run", "small").exit_code == 2
    assert grade("chekc").exit_code == 2
    assert grade("validate", "small", "--seeds", "0").exit_code == 2


# ------------------------------------------------------------------------------------------------------- list


def test_list(course: Path) -> None:
    result = grade("list")
    assert result.exit_code == 0
    assert result.output.split()[-8:] == ["small", "Written", "for", "a", "test", "1", "1", "3"]
    rows = json.loads(grade("list", "--json").output)
    assert rows == [{"assignment": "small", "title": "Written for a test", "public": 1, "hidden": 1, "points": "3"}]


def test_list_shows_the_good_ones_and_says_what_is_wrong_with_the_others(course: Path) -> None:
    write(course / "assignments/other/assignment.toml", "colour = 1")
    result = grade("list")
    assert result.exit_code == 2
    assert "Written for a test" in result.stdout
    assert result.stderr.startswith("grade: assignments/other/assignment.toml:1: unknown key `colour`")
    assert [row["assignment"] for row in json.loads(grade("list", "--json").stdout)] == ["small"]


# ------------------------------------------------------------------------------------------------------ check


def test_check_of_right_work(course: Path) -> None:
    result = grade("check", write(course / "work.py", RIGHT))
    assert result.exit_code == 0
    assert "public checks: 2 of 2 points; 1 hidden check was not run here" in result.output


def test_check_of_wrong_work_gives_a_hint_and_no_value(course: Path) -> None:
    result = grade("check", write(course / "work.py", WRONG))
    assert result.exit_code == 1
    assert "the sign is wrong" in result.output
    assert "expected" not in result.output
    assert "expected" in grade("check", "work.py", "--viewer", "staff").output


@pytest.mark.parametrize("code", ["def double(x:", "", "1 / 0\n" + RIGHT, RIGHT + "\n1 / 0"])
def test_check_of_work_that_does_not_load_is_the_students_fault(course: Path, code: str) -> None:
    assert grade("check", write(course / "work.py", code)).exit_code == 1


def test_check_prints_json_or_nothing(course: Path) -> None:
    path = write(course / "work.py", WRONG)
    report = from_json(grade("check", path, "--json", "--seed", "5").stdout_bytes)
    assert report.seed is None
    assert report.earned == 0
    result = grade("check", path, "--quiet")
    assert (result.exit_code, result.output) == (1, "")


def test_a_seed_makes_a_check_repeatable(course: Path) -> None:
    path = write(course / "work.py", WRONG)
    shown = [grade("check", path, "--viewer", "staff", *seed).output for seed in (["--seed", "5"], ["--seed", "5"], [])]
    assert shown[0] == shown[1] != shown[2]


def test_a_broken_check_is_ours(course: Path) -> None:
    write(course / "assignments/small/checks.py", CHECKS.replace("2 * x)", "2 * y)"))
    result = grade("check", write(course / "work.py", RIGHT))
    assert result.exit_code == 70
    assert "not marked yet" in result.output


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nowhere.py", "grade: nowhere.py does not exist: check the path"),
        ("empty", "grade: empty holds no .py or .ipynb file: hand in work.py or work.ipynb"),
        ("broken.ipynb", "grade: broken.ipynb is not a notebook (broken JSON): download it again as .ipynb"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_two(course: Path, path: str, says: str) -> None:
    (course / "empty").mkdir()
    write(course / "broken.ipynb", "{")
    result = grade("check", path)
    assert (result.exit_code, result.stderr, result.stdout) == (2, says + "\n", "")


def test_an_unknown_assignment_is_bad_input(course: Path) -> None:
    result = grade("check", write(course / "work.py", RIGHT), "--assignment", "smal")
    assert (result.exit_code, result.stderr) == (2, "grade: there is no assignment 'smal'; did you mean small?\n")


def test_outside_a_course_the_way_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = grade("list")
    assert result.exit_code == 2
    assert "run this in the course's checkout, or say --assignments DIR" in result.stderr


def test_a_machine_that_cannot_start_guests_is_ours(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.command.BOOT", "/nonexistent/boot.py")
    result = grade("check", write(course / "work.py", RIGHT))
    assert result.exit_code == 70
    assert "cannot start the process for student code" in result.stderr


# -------------------------------------------------------------------------------------------------------- run


@pytest.fixture
def submissions(course: Path) -> str:
    write(course / "class/ada.py", RIGHT)
    write(course / "class/bob.py", WRONG)
    return "class"


def test_run_grades_a_class(course: Path, submissions: str) -> None:
    result = grade("run", "small", submissions, "--out", "out", "--seed", "4")
    assert result.exit_code == 0
    assert result.stderr.startswith("protection none: no jail")
    assert "[2/2] bob: 0 of 3" in result.stderr
    assert "ada" in result.stdout
    assert "out/submissions/<name>/staff.txt" in result.stdout.replace("\n", "")
    assert from_json((course / "out/submissions/ada/staff.json").read_bytes()).protection.rung == "none"


def test_run_with_one_unreadable_submission_grades_the_others(course: Path, submissions: str) -> None:
    write(course / "class/mal.ipynb", "{")
    write(course / "class/notes.txt", "hello")
    result = grade("run", "small", submissions, "--out", "out")
    assert result.exit_code == 2
    assert "not graded" in result.stdout
    assert "not a submission, and left out: notes.txt" in result.stdout
    assert (course / "out/submissions/bob/staff.json").exists()


def test_run_with_a_broken_check_says_seventy(course: Path, submissions: str) -> None:
    write(course / "assignments/small/checks.py", CHECKS.replace("2 * x)", "2 * y)"))
    result = grade("run", "small", submissions, "--out", "out")
    assert result.exit_code == 70
    assert "not marked" in result.stdout


def test_run_prints_json_for_programs(course: Path, submissions: str) -> None:
    result = grade("run", "small", submissions, "--out", "out", "--json", "--seed", "4")
    assert json.loads(result.stdout) == json.loads((course / "out/class.json").read_bytes())
    assert grade("run", "small", submissions, "--out", "out", "--quiet").stdout == ""


def test_ctrl_c_stops_cleanly_and_keeps_what_was_written(course: Path) -> None:
    write(course / "class/ada.py", RIGHT)
    write(course / "class/bob.py", "def double(x):\n    while True: pass")
    command = [sys.executable, "-m", "cli", "run", "small", "class", "--out", "out"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=course, env=environment, stderr=subprocess.PIPE, text=True) as run:
        for _ in range(600):
            if (course / "out/submissions/ada/staff.json").exists():
                break
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in errors
    assert "reports that were written stay where they are" in errors


# --------------------------------------------------------------------------------------------------- validate


def test_validate_exits_with_nought_or_one(course: Path) -> None:
    result = grade("validate", "small", "--seeds", "2", "--seed", "1")
    assert result.exit_code == 0
    assert "small: 3 points, 0 mutants, 2 seeds: every promise holds" in result.stdout
    write(course / "assignments/small/solution.py", SOLUTION.replace("2 * x", "3 * x"))
    result = grade("validate", "small", "--seeds", "2", "--seed", "1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["sound"] is False


def test_validate_is_quiet_only_when_all_is_well(course: Path) -> None:
    assert grade("validate", "small", "--seeds", "1", "--quiet").output == ""
    write(course / "assignments/small/solution.py", SOLUTION.replace("2 * x", "3 * x"))
    assert "not sound yet" in grade("validate", "small", "--seeds", "1", "--quiet").stdout


# ---------------------------------------------------------------------------------------------------- terminal


def test_a_terminal_gets_a_bar_and_colour(course: Path, submissions: str) -> None:
    write(course / "class/[red]odd.py", RIGHT)  # names are text, never markup
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cli", "run", "small", submissions, "--out", "out", "--seed", "4"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(command, cwd=course, env=environment, stdout=theirs, stderr=theirs) as run:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break
    os.close(ours)
    assert run.returncode == 0
    assert b"grading" in shown
    assert b"\x1b[" in shown
    assert b"[2/2]" not in shown
