"""grade calibrate: the solution's losses become a file, the same each time, that the checks then believe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cli
from grader.assignment import load
from grader.engine import Task, from_texts, grade_all
from grader.model import Assignment, BadAssignment, Outcome
from grader.validate.calibrate import Calibrated, calibrate
from tests.grader.checks.logistic import CHECKS, SOLUTION
from tests.support import write_assignment

RUNS = 99  # as few as tell the 99 % quantile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_assignment(tmp_path / "logistic", checks=CHECKS, solution=SOLUTION)


def outcome(folder: Path, code: str, seed: int = 1) -> tuple[Outcome, str]:
    """Of the one check of an assignment."""
    work = from_texts("work", {"work.py": code})
    (done,) = grade_all(load(folder), [Task(work, seed)])
    (result,) = done.report.results
    return result.outcome, result.finding.says if result.finding else ""


def test_the_file_states_what_it_stands_for_and_is_the_same_each_time(folder: Path) -> None:
    (found,) = calibrate(load(folder), runs=RUNS, seed=3)
    file = folder / "calibration.json"
    text = file.read_text(encoding="utf-8")
    said = json.loads(text)
    assert found.file == file
    assert said["schema"] == "gradgrader/calibration/v1"
    assert said["seed"] == "3"
    (loss,) = said["losses"].values()
    assert loss["runs"] == RUNS
    assert loss["check"] == "learns"
    assert loss["rule"] == "2 of 3 seeds within the 99 % quantile of the solution"
    assert loss["false_fail"]["low"] < loss["false_fail"]["rate"] < loss["false_fail"]["high"]
    quantiles = list(loss["quantiles"].values())
    assert quantiles == sorted(quantiles)
    assert 0 < quantiles[0] < quantiles[-1] < 0.6
    calibrate(load(folder), runs=RUNS, seed=3, jobs=2)
    assert file.read_text(encoding="utf-8") == text
    calibrate(load(folder), runs=RUNS, seed=4)
    assert file.read_text(encoding="utf-8") != text


def test_a_check_is_broken_until_it_is_calibrated_and_again_when_the_solution_changes(folder: Path) -> None:
    assert outcome(folder, SOLUTION)[0] is Outcome.BROKEN
    calibrate(load(folder), runs=RUNS, seed=0)
    assert outcome(folder, SOLUTION)[0] is Outcome.PASSED
    assert outcome(folder, SOLUTION.replace("w - lr", "w + lr"))[0] is Outcome.FAILED
    still = SOLUTION.replace("return w, b", "return 0 * w, 0.0")
    assert outcome(folder, still)[1].startswith("training is no better than the trivial baseline")
    assert outcome(folder, SOLUTION.replace("return w, b, losses", "return w"))[0] is Outcome.FAILED
    (folder / "solution.py").write_text(SOLUTION + "\n# changed\n", encoding="utf-8")
    assert outcome(folder, SOLUTION)[0] is Outcome.BROKEN


TWICE = (
    CHECKS
    + '''

@check(points=1)
def learns_again(student, draw):
    """train learns it once more."""
    assert_converges(student.train, training, calibration=CALIBRATION)
'''
)
NO_TRAINING = CHECKS.partition("    assert_converges(")[0] + "    student.train.returns(None)"
ELSEWHERE = CHECKS.replace("with_name(", "parent.with_name(")


@pytest.mark.parametrize(
    ("checks", "solution", "says"),
    [
        (
            CHECKS.partition("    assert_converges(")[0] + "    student.train.returns(None)",
            SOLUTION,
            "no check of .* calls assert",
        ),
        (
            CHECKS,
            SOLUTION.replace("return w, b", "return 0 * w, 0.0"),
            "hardly below the trivial 0.6931: train it longer",
        ),
        (CHECKS, SOLUTION.replace("return w, b", "return w / 0.0, b"), "99 of 99 runs of the solution end in NaN"),
        (CHECKS, SOLUTION.replace("return w, b, losses", "return w"), "the solution does not pass learns"),
        (
            CHECKS.replace("with_name(", "parent.with_name("),
            SOLUTION,
            "learns: .*calibration.json does not lie in .*logistic",
        ),
        (TWICE, SOLUTION, "learns and learns_again both call their loss 'loss'"),
        (CHECKS, "", "has no solution.py"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(checks: str, solution: str, says: str, tmp_path: Path) -> None:
    folder = write_assignment(tmp_path / "logistic", checks=checks, solution=solution)
    with pytest.raises((BadAssignment, ValueError), match=says):
        calibrate(load(folder), runs=RUNS, seed=0)
    assert not (folder / "calibration.json").exists()


def test_the_command_writes_the_file_and_says_what_it_stands_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_fewer(assignment: Assignment, *, runs: int, **options: Any) -> list[Calibrated]:
        assert runs == 1000
        return calibrate(assignment, runs=RUNS, **options)

    monkeypatch.chdir(folder.parent)
    monkeypatch.setattr("grader.validate.calibrate.calibrate", with_fewer)
    result = CliRunner().invoke(cli.main, ["calibrate", str(folder), "--seed", "5"])
    assert result.exit_code == 0
    assert (
        f"{RUNS} runs of the solution\n  passes: 2 of 3 seeds within the 99 % quantile of the solution\n"
        in result.output
    )
    assert "right training fails with probability 0.0003 (95 % confidence: " in result.output
    assert result.output.endswith("written: logistic/calibration.json\n")
    assert json.loads((folder / "calibration.json").read_text(encoding="utf-8"))["seed"] == "5"


def test_the_command_asks_for_a_thousand_runs(folder: Path) -> None:
    result = CliRunner().invoke(cli.main, ["calibrate", str(folder), "--runs", "999"])
    assert result.exit_code == 2
    assert "not a whole number from 1000" in result.output
