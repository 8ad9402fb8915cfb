"""The command: what it prints, and how it exits."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from grader.reports import from_json
from grader.sandbox import A, B, Trial
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


@pytest.mark.parametrize("command", ["list", "new", "check", "run", "validate", "demo"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = grade(command, "--help")
    assert result.exit_code == 0
    assert f"Example: grade {command}" in result.output


def test_help_reads_as_it_was_written() -> None:
    lines = grade("--help").output.splitlines()
    assert "  grade check my_work.ipynb                              check your own file" in lines
    assert "  grade demo                                             see a class graded" in lines
    assert not any(line.endswith("...") or "\\" in line or "\b" in line for line in lines if line.startswith("  "))


@pytest.mark.parametrize("command", ["list", "new", "check", "run", "validate", "demo"])
def test_help_has_no_range_that_only_a_machine_reads(command: str) -> None:
    output = grade(command, "--help").output
    assert "<=" not in output
    assert output.isascii()


@pytest.mark.parametrize(
    ("option", "value"), [("--jobs", "0"), ("--jobs", "two"), ("--seed", "-1"), ("--seeds", "1.5")]
)
def test_a_number_that_makes_no_sense_is_refused_in_a_sentence(option: str, value: str) -> None:
    result = grade("validate", "small", option, value)
    assert result.exit_code == 2
    assert f"{value} is not a whole number from" in result.stderr


def test_usage_errors_exit_with_two() -> None:
    assert grade("run", "small").exit_code == 2
    assert grade("chekc").exit_code == 2
    assert grade("validate", "small", "--seeds", "0").exit_code == 2


# ------------------------------------------------------------------------------------------------------- list


def test_list(course: Path) -> None:
    result = grade("list")
    assert result.exit_code == 0
    assert result.output.split()[-8:] == ["small", "1", "1", "3", "Written", "for", "a", "test"]
    assert json.loads(grade("list", "--json").output) == {
        "schema": "gradgrader/list/v1",
        "assignments": [
            {"assignment": "small", "title": "Written for a test", "public": 1, "hidden": 1, "points": "3"}
        ],
    }


def test_list_shows_names_whole(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "stochastic_gradient_descent"
    write_assignment(course / "assignments" / name, checks=CHECKS, solution=SOLUTION)
    for width in ("30", "50", "60"):
        monkeypatch.setenv("COLUMNS", width)
        words = grade("list").output.split()
        assert name in words
        assert words[words.index(name) + 1 :][:3] == ["1", "1", "3"]


def test_list_shows_the_good_ones_and_says_what_is_wrong_with_the_others(course: Path) -> None:
    write(course / "assignments/other/assignment.toml", "colour = 1")
    result = grade("list")
    assert result.exit_code == 2
    assert "Written for a test" in result.stdout
    assert result.stderr.startswith("grade: assignments/other/assignment.toml:1: unknown key `colour`")
    assert [row["assignment"] for row in json.loads(grade("list", "--json").stdout)["assignments"]] == ["small"]


# -------------------------------------------------------------------------------------------------------- new


def test_a_new_assignment_is_sound_and_the_command_that_says_so_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begun = grade("new", "my_layers")
    assert begun.exit_code == 0
    assert "assignments/my_layers/checks.py\n" in begun.output
    next_command = begun.output.splitlines()[-1].split()
    assert next_command == ["grade", "validate", "my_layers"]
    tested = grade(*next_command[1:], "--seeds", "2")
    assert "my_layers: 7 points, 2 mutants and" in tested.stdout
    assert tested.exit_code == 0


def test_a_new_assignment_can_lie_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "a course"
    begun = grade("new", "my_layers", "--assignments", str(folder))
    assert shlex.split(begun.output.splitlines()[-1])[1:] == ["validate", "my_layers", "--assignments", str(folder)]
    assert json.loads(grade("list", "--assignments", str(folder), "--json").output)["assignments"][0]["points"] == "7"
    assert grade("new", "more_layers", "--assignments", str(folder), "--quiet").output == ""


def test_nothing_is_overwritten_by_a_new_assignment(course: Path) -> None:
    result = grade("new", "small")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "grade: assignments/small is there already: choose another name, or remove it\n"
    assert (course / "assignments/small/checks.py").read_text(encoding="utf-8") == CHECKS


@pytest.mark.parametrize("name", ["2layers", "my-layers", "class", "a/b", "..", "", "schön"])
def test_a_new_assignments_name_is_one_that_python_has(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = grade("new", name)
    assert result.exit_code == 2
    assert f"{name!r} cannot be an assignment's name" in result.stderr
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_written_a_new_assignment_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "file", "")
    result = grade("new", "my_layers", "--assignments", str(tmp_path / "file"))
    assert result.exit_code == 2
    assert re.search(r"^grade: \S+/file\S* cannot be written: ", result.stderr)


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


def test_check_prints_json_or_the_score_alone(course: Path) -> None:
    path = write(course / "work.py", WRONG)
    report = from_json(grade("check", path, "--json", "--seed", "5").stdout_bytes)
    assert report.seed is None
    assert report.earned == 0
    result = grade("check", path, "--quiet")
    assert (result.exit_code, result.output) == (1, "public checks: 0 of 2 points; 1 hidden check was not run here\n")


def test_a_failing_check_says_how_to_repeat_it(course: Path) -> None:
    path = write(course / "my work/work.py", "print = None\ndef double(x): return 2 * x + abs(x).sum()")
    shown = grade("check", path, "--assignment", "small", "--assignments", "assignments", "--viewer", "staff").output
    line = shown.splitlines()[-1]
    assert line.startswith("repeat with the same inputs: grade check '")
    arguments = shlex.split(line.partition(": grade ")[2])
    assert arguments[:2] == ["check", path]
    again = grade(*arguments, "--viewer", "staff").output
    assert again + line + "\n" == shown
    assert "repeat" not in again, "who gave the seed knows it"


@pytest.mark.parametrize("code", [RIGHT, "", "def double(x: ..."])
def test_what_no_input_decides_is_not_offered_for_repetition(course: Path, code: str) -> None:
    assert "repeat" not in grade("check", write(course / "work.py", code)).output


@pytest.mark.parametrize(("due", "values"), [("2001-01-01T00:00:00Z", True), ("2999-01-01T00:00:00Z", False)])
def test_check_shows_what_the_date_allows(course: Path, due: str, values: bool) -> None:
    with (course / "assignments/small/assignment.toml").open("a", encoding="utf-8") as manifest:
        manifest.write(f"due = {due}\n")
    path = write(course / "work.py", WRONG)
    assert ("expected" in grade("check", path).output) == values
    assert "expected" not in grade("check", path, "--viewer", "student").output


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


def test_what_nobody_foresaw_is_ours(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("grader.classroom.one.check_one", fail)
    result = grade("check", write(course / "work.py", RIGHT))
    assert result.exit_code == 70
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-2:] == [
        "ZeroDivisionError: of ours",
        "grade: a fault of ours: please report it with the lines above",
    ]


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
    assert result.stderr.startswith(("protection A: ", "protection B: ", "protection none: "))
    assert "[2/2] bob: 0 of 3" in result.stderr
    assert result.stdout.startswith("submission")
    assert result.stdout.endswith(
        "\nreports: out/submissions/NAME/ holds staff.txt, staff.json, student.txt, student.json\n"
    )
    assert from_json((course / "out/submissions/ada/staff.json").read_bytes()).protection.rung in ("A", "B", "none")


def test_run_with_one_unreadable_submission_grades_the_others(course: Path, submissions: str) -> None:
    write(course / "class/mal.ipynb", "{")
    write(course / "class/notes.txt", "hello")
    result = grade("run", "small", submissions, "--out", "out")
    assert result.exit_code == 2
    assert "mal: class/mal.ipynb is not a notebook" in result.stdout
    assert "not a submission, and left out: notes.txt" in result.stdout
    assert (course / "out/submissions/bob/staff.json").exists()


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_run_on_a_bad_folder_says_that_alone(course: Path, folder: str) -> None:
    (course / "empty").mkdir()
    result = grade("run", "small", folder, "--out", "out")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"grade: {folder}")
    assert result.stderr.count("\n") == 1


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
    assert "small: 3 points, 0 mutants and 3 generated, 2 seeds: every promise holds" in result.stdout
    write(course / "assignments/small/solution.py", SOLUTION.replace("2 * x", "3 * x"))
    result = grade("validate", "small", "--seeds", "2", "--seed", "1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["sound"] is False


def test_validate_is_quiet_only_when_all_is_well(course: Path) -> None:
    assert grade("validate", "small", "--seeds", "1", "--quiet").output == ""
    write(course / "assignments/small/solution.py", SOLUTION.replace("2 * x", "3 * x"))
    assert "not sound yet" in grade("validate", "small", "--seeds", "1", "--quiet").stdout


# ---------------------------------------------------------------------------------------------------- terminal


COMMAND = [sys.executable, "-m", "cli"]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    return kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "100"} | more


def on_a_terminal(*arguments: str, **more: str) -> tuple[int, bytes]:
    """Exit code, and all that a terminal gets."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen([*COMMAND, *arguments], env=environment(**more), stdout=theirs, stderr=theirs) as run:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:
                break
    os.close(ours)
    return run.returncode, shown


def test_a_terminal_gets_a_bar_and_colour(course: Path, submissions: str) -> None:
    write(course / "class/[red]odd.py", RIGHT)  # names are text, never markup
    code, shown = on_a_terminal("run", "small", submissions, "--out", "out", "--seed", "4")
    assert code == 0
    assert b"grading" in shown
    assert b"\x1b[" in shown
    assert b"[2/2]" not in shown


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_escape_sequence_where_none_is_wanted(course: Path, submissions: str, wish: dict[str, str]) -> None:
    code, shown = on_a_terminal("run", "small", submissions, "--out", "out", "--seed", "4", **wish)
    assert code == 0
    assert b"[2/2]" in shown
    assert b"\x1b" not in shown
    _, shown = on_a_terminal("check", write(course / "work.py", WRONG), **wish)
    assert b"failed" in shown
    assert b"\x1b" not in shown


def test_an_ascii_terminal_gets_marks_that_it_can_show(course: Path) -> None:
    command = [*COMMAND, "check", write(course / "work.py", WRONG)]
    done = subprocess.run(command, env=environment(PYTHONIOENCODING="ascii"), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"\nx  double(x) is 2x  failed    0 / 2\n" in done.stdout


@pytest.mark.parametrize(("closed", "code"), [("<&-", 0), ("2>&-", 0), (">&-", 70), ("<&- 2>&-", 0)])
def test_a_stream_that_is_closed_costs_no_grade(course: Path, closed: str, code: int) -> None:
    write(course / "work.py", RIGHT)
    script = f"{shlex.join([*COMMAND, 'check', 'work.py'])} {closed}"
    done = subprocess.run(["/bin/sh", "-c", script], env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert code or "2 of 2 points" in done.stdout
    assert not code or done.stderr == "grade: standard output cannot be written: it is closed\n"


COMMANDS = [
    ("list",),
    ("list", "--json"),
    ("check", "work.py"),
    ("check", "work.py", "--json"),
    ("check", "work.py", "-q"),
]
HELP = [("--help",), ("check", "--help")]


@pytest.mark.parametrize("arguments", [*COMMANDS, *HELP])
def test_a_reader_that_has_gone_is_no_fault(course: Path, arguments: tuple[str, ...]) -> None:
    write(course / "work.py", WRONG)
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run([*COMMAND, *arguments], env=environment(), stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (1 if arguments in HELP else 141, b"")  # help is click's own


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [*COMMANDS, *HELP])
def test_output_that_cannot_be_written_is_said_in_a_sentence(course: Path, arguments: tuple[str, ...]) -> None:
    write(course / "work.py", WRONG)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    says = b"grade: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (70, says)


# ---------------------------------------------------------------------------------------------------- protection


def tried(*trials: Trial) -> Callable[[], tuple[Trial, ...]]:
    return lambda: trials


NOT_HERE = (Trial(A, why="unshare: Operation not permitted"), Trial(B, reached=("signals",)))


def test_doctor_says_what_holds_and_how_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.trials", tried(Trial(A, why="refused"), Trial(B)))
    result = grade("doctor")
    assert result.exit_code == 0
    assert "A (namespaces): not to be had here: refused" in result.stdout
    assert "B (Landlock and seccomp): holds; our own submission tried 14 escapes, and none worked" in result.stdout
    assert json.loads(grade("doctor", "--json").stdout)["rung"] == "B"


def test_doctor_says_what_is_missing_and_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.sandbox.trials", tried(*NOT_HERE))
    result = grade("doctor")
    assert result.exit_code == 1
    assert "what would help: " in result.stdout
    assert "B (Landlock and seccomp): does not hold: 1 of 14 escapes worked" in result.stdout
    assert "student code can send signals to the grader" in result.stdout
    assert "`grade run` refuses to grade here" in result.stdout


def test_run_refuses_without_protection_unless_students_are_trusted(
    course: Path, submissions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.classroom.run.best", lambda: None)
    result = grade("run", "small", submissions, "--out", "out")
    assert result.exit_code == 2
    assert "`grade doctor` says why" in result.stderr
    assert not (course / "out").exists()
    result = grade("run", "small", submissions, "--out", "out", "--trust-students")
    assert result.exit_code == 0
    assert result.stderr.startswith("protection none: no jail")
