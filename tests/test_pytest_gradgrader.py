"""pytest runs an assignment's checks: one test each, and nothing at all in everybody else's runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.assignment import load
from grader.release import write_kit
from tests.support import ROOT, write_assignment

CHECKS = '''
from grader import assert_close, check

@check(points=2)
def double(student, draw):
    """double(x) is 2x."""
    x = draw("3")
    assert_close(student.double(x), 2 * x)

@check(points=1)
def triple(student, draw):
    """triple(x) is 3x."""
    x = draw("3")
    assert_close(student.triple(x), 3 * x)

@check(points=1)
def quadruple(student, draw):
    """quadruple(x) is 4x."""
    x = draw("3")
    assert_close(student.quadruple(x), 4 * x)

@check(points=1)
def half(student, draw):
    """half(x) is x/2."""
    x = draw("3")
    assert_close(student.half(x), x / 2)

@check(points=1, visibility="hidden")
def large(student, draw):
    """double(x) for large x."""
    assert_close(student.double(1e6), 2e6)
'''
WORDS = "double", "triple", "quadruple", "half"
FACTORS = "2 *", "3 *", "4 *", "0.5 *"
SOLUTION = "".join(
    f"def {word}(x):\n    ### BEGIN SOLUTION\n    return {factor} x\n    ### END SOLUTION\n"
    for word, factor in zip(WORDS, FACTORS, strict=True)
)
WORK = "def double(x): return 2 * x\ndef triple(x): return -3 * x\ndef quadruple(x): return len(x) // 0\n"
BROKEN = '''
@check(points=1)
def broken(student, draw):
    """A check that asks for what is not there."""
    student.double(draw("3"))
    raise OSError("no such file of ours")
'''


@dataclass(frozen=True)
class Run:
    """What a run of pytest came to."""

    code: int
    output: str

    def outcomes(self) -> dict[str, str]:
        """Of each test, by the name of its check; as -v prints them."""
        return dict(re.findall(r"^\S*checks\.py::(\w+) (PASSED|FAILED|ERROR|SKIPPED)", self.output, re.MULTILINE))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what an installation says of our entry points, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [f"{name} = {target}\n" for name, target in project["entry-points"]["pytest11"].items()]
    folder = tmp_path_factory.mktemp("site")
    information = folder / "gradgrader-0.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: gradgrader\nVersion: 0.0\n", encoding="utf-8")
    (information / "entry_points.txt").write_text("[pytest11]\n" + "".join(lines), encoding="utf-8")
    return folder


def run(installed: Path, folder: Path, *arguments: str) -> Run:
    """`pytest -v` in a process of its own, where gradgrader is installed; as at a person's desk, whatever runs this.

    Where CI is set pytest shortens no line, and other variables colour them.
    """
    elsewhere = ("PYTEST", "COV", "CI", "BUILD_NUMBER", "PY_COLORS", "NO_COLOR", "FORCE_COLOR")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(elsewhere)}
    environment |= {"PYTHONPATH": f"{ROOT}{os.pathsep}{installed}", "COLUMNS": "100"}
    slow = ["cov", "hypothesispytest", "cacheprovider", *([] if "-n" in arguments else ["xdist"])]
    command = [sys.executable, "-m", "pytest", "-v", *(f"-pno:{name}" for name in slow), *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    return Run(done.returncode, done.stdout + done.stderr)


def write_course(folder: Path, *, checks: str = CHECKS, work: str = WORK, toml: str = "") -> Path:
    write_assignment(folder / "assignments/small", checks=checks, solution=SOLUTION, toml=toml)
    (folder / "mine.py").write_text(work, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    return folder


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return write_course(tmp_path)


@pytest.fixture(scope="module")
def shown(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Work with a bit of everything."""
    folder = write_course(tmp_path_factory.mktemp("course"), checks=CHECKS + BROKEN)
    return run(installed, folder, "--submission", "mine.py", "--submission-seed", "5", "assignments/small")


def section(output: str, name: str) -> str:
    """What is said of one test, without what stands around it."""
    found = re.search(rf"^_+ (?:ERROR at setup of )?{name} _+\n(.*?)^[_=-]{{5}}", output, re.MULTILINE | re.DOTALL)
    assert found is not None, output
    return found[1]


# --------------------------------------------------------------------------------------------------- with a submission


def test_each_visible_check_is_a_test_and_what_is_broken_is_an_error(shown: Run) -> None:
    assert shown.outcomes() == {
        "double": "PASSED",
        "triple": "FAILED",
        "quadruple": "FAILED",
        "half": "FAILED",
        "broken": "ERROR",
    }
    assert shown.code == 1


def test_a_failure_reads_as_grade_check_tells_it_to_a_student(shown: Run) -> None:
    says = section(shown.output, "triple")
    assert says.startswith("triple(x) is 3x: failed\n")
    assert "the sign is wrong" in says
    assert "expected" not in says  # no value before the due date


def test_what_the_student_raised_is_shown_and_nothing_of_ours(shown: Run) -> None:
    says = section(shown.output, "quadruple")
    assert "ZeroDivisionError" in says
    assert "mine.py" in says
    assert not [ours for ours in ("pytest_gradgrader", "grader/", "checks.py", "assert_close") if ours in says]


def test_a_missing_function_is_named(shown: Run) -> None:
    assert "half" in section(shown.output, "half").partition("\n")[2]


def test_a_broken_check_is_not_the_students_fault(shown: Run) -> None:
    assert "a fault of the course's, not yours" in section(shown.output, "broken")


def test_the_seed_is_shown_and_so_is_the_state_of_the_score(shown: Run) -> None:
    assert "submission: mine.py, seed 5\n" in shown.output
    assert "repeat with the same inputs: --submission-seed 5\n" in shown.output
    assert "not marked yet: a check is broken" in shown.output


def test_one_check_can_be_run_alone(installed: Path, course: Path) -> None:
    done = run(installed, course, "--submission", "mine.py", "assignments/small/checks.py::double")
    assert done.outcomes() == {"double": "PASSED"}
    assert "repeat with" not in done.output  # nothing to look into
    assert "public checks: 2 of 2 points; 1 hidden check was not run here" in done.output
    assert done.code == 0


def test_what_stopped_the_loading_is_told_where_a_function_is_missing_for_it(installed: Path, tmp_path: Path) -> None:
    course = write_course(tmp_path, work="1 / 0\n" + WORK)
    done = run(installed, course, "--submission", "mine.py", "assignments/small", "-k", "double")
    assert "while loading: line 1 raised ZeroDivisionError" in section(done.output, "double")


@pytest.mark.parametrize(
    ("given", "says"), [("yours.py", "does not exist"), ("pytest.ini", "holds no .py or .ipynb file")]
)
def test_what_cannot_be_read_is_refused_in_a_sentence(installed: Path, course: Path, given: str, says: str) -> None:
    done = run(installed, course, "--submission", given, "assignments/small")
    assert re.search(rf"^\S*{given} {says}", done.output, re.MULTILINE)
    assert "Traceback" not in done.output
    assert not done.outcomes()
    assert done.code == 2


def test_an_assignment_that_cannot_be_used_is_refused_in_a_sentence(installed: Path, course: Path) -> None:
    (course / "assignments/small/checks.py").write_text("1 / 0\n", encoding="utf-8")
    done = run(installed, course, "--submission", "mine.py", "assignments/small")
    assert re.search(r"^assignments/small/checks\.py:1: ZeroDivisionError", done.output, re.MULTILINE)
    assert "Traceback" not in done.output
    assert done.code == 2


def test_a_package_that_is_not_installed_is_named_in_a_sentence(installed: Path, tmp_path: Path) -> None:
    course = write_course(tmp_path, toml='packages = ["no_such_package"]\n')
    done = run(installed, course, "--submission", "mine.py", "assignments/small", "-k", "double or half")
    assert done.outcomes() == {"double": "ERROR", "half": "ERROR"}
    assert "no_such_package" in section(done.output, "double")
    assert section(done.output, "double") == section(done.output, "half")
    assert "Traceback" not in done.output


def test_a_seed_that_makes_no_sense_is_refused(installed: Path, course: Path) -> None:
    done = run(installed, course, "--submission-seed", "-1", "assignments/small")
    assert "-1 is not a whole number from 0 to" in done.output
    assert done.code == 4


def test_workers_of_xdist_draw_the_inputs_that_the_seed_in_the_header_draws(installed: Path, tmp_path: Path) -> None:
    toml = "due = 2020-01-01T00:00:00Z\n"  # since when the values are shown
    course = write_course(tmp_path, work=WORK + "def half(x): return x\n", toml=toml)
    arguments = "--submission", "mine.py", "assignments/small"
    spread = run(installed, course, *arguments, "-n", "2")
    assert spread.code == 1
    seed = re.search(r"--submission-seed (\d+)", spread.output)
    assert seed is not None
    assert spread.output.count("public checks: 2 of 5 points") == 1
    alone = run(installed, course, *arguments, *seed[0].split())
    for name in ("triple", "half"):
        told = section(alone.output, name)
        assert "expected" in told
        assert told == re.sub(r"^\[gw\d\].*\n", "", section(spread.output, name), flags=re.MULTILINE)


def test_a_students_kit_needs_no_path(installed: Path, tmp_path: Path) -> None:
    kit = write_kit(load(write_assignment(tmp_path / "small", checks=CHECKS, solution=SOLUTION)), tmp_path / "kits")
    (kit / "work.py").write_text(WORK, encoding="utf-8")
    done = run(installed, kit, "--submission", "work.py")
    assert done.outcomes() == {"double": "PASSED", "triple": "FAILED", "quadruple": "FAILED", "half": "FAILED"}


def test_the_page_about_pytest_shows_what_it_prints(installed: Path) -> None:
    page = (ROOT / "docs/pytest.md").read_text(encoding="utf-8")
    shown = re.search(r"^\$ pytest (.*)\n\.\.\.\n(.*?)^=+ (.*) in [\d.]+s =+\n```", page, re.MULTILINE | re.DOTALL)
    assert shown is not None
    done = run(installed, ROOT, "-q", "--submission-seed", "3", *shlex.split(shown[1]))
    assert shown[2] in done.output
    assert shown[3] in done.output


# ------------------------------------------------------------------------------------------------------ without one


def test_without_a_submission_the_checks_are_there_and_a_sentence_says_what_to_do(
    installed: Path, course: Path
) -> None:
    done = run(installed, course, "assignments/small", "--doctest-modules", "-rs")
    assert done.outcomes() == dict.fromkeys(WORDS, "SKIPPED")
    assert re.search(r"^SKIPPED .* pytest --submission FILE assignments/small$", done.output, re.MULTILINE)
    assert "checks are skipped: no submission is given" in done.output
    assert done.code == 0


def test_a_folder_that_is_not_named_is_left_alone_and_that_is_said(installed: Path, course: Path) -> None:
    done = run(installed, course, "--submission", "mine.py", "assignments")
    assert "mine.py is not looked at: name an assignment's folder" in done.output
    assert not done.outcomes()


def test_other_runs_are_as_they_were(installed: Path, course: Path) -> None:
    """Nothing of ours is imported; a checks.py is what the project says that it is."""
    (course / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\npython_files = checks.py\n", encoding="utf-8")
    (course / "theirs").mkdir()
    test = (
        "def test_it():\n    import sys\n    assert not {'numpy', 'grader', 'reference', 'rich'} & set(sys.modules)\n"
    )
    (course / "theirs/checks.py").write_text(test, encoding="utf-8")
    done = run(installed, course, "theirs")
    assert done.outcomes() == {"test_it": "PASSED"}
    assert "submission" not in done.output
    assert "gradgrader" in run(installed, course, "theirs", "--trace-config").output  # it was there
