"""An assignment is tested before students see it: each promise that does not hold is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.assignment import load
from grader.model import BadAssignment
from grader.validate import Validation, read_mutants, validate
from grader.validate.show import as_dict, write
from tests.support import write_assignment

CHECKS = '''
import numpy as np
from grader import assert_close, check

@check(points=2)
def double(student, draw):
    """double(x) is 2x."""
    x = draw("3")
    assert_close(student.double(x), 2 * x)

@check(points="0.5", visibility="hidden")
def large(student, draw):
    """double(x) for large x."""
    x = 1e6 * draw("3")
    assert_close(student.double(x), 2 * x)
'''
SOLUTION = """
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""
SIGN = '''"""The sign is wrong.

fails: double, large
diagnosis: sign
"""

def double(x): return -2 * x
'''


def validated(folder: Path, *, seeds: int = 2, **files: str) -> Validation:
    given: dict[str, Any] = {"checks": CHECKS, "solution": SOLUTION, "mutants__sign": SIGN} | files
    return validate(load(write_assignment(folder / "small", **given)), seeds=range(seeds))


def problems(folder: Path, **files: str) -> list[str]:
    result = validated(folder, seeds=2, **files)
    assert result.sound == (not any(subject.problems for subject in result.subjects) and not result.problems)
    return [
        f"{subject.name} {problem}" for subject in result.subjects for problem in subject.problems
    ] + result.problems


def test_a_sound_assignment_is_found_sound(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    folder = write_assignment(tmp_path / "small", checks=CHECKS, solution=SOLUTION, mutants__sign=SIGN)
    result = validate(load(folder), seeds=[1, 2], progress=lambda done, of: calls.append((done, of)))
    assert result.sound
    assert [(subject.name, subject.runs) for subject in result.subjects] == [
        ("solution", 2),
        ("starter", 2),
        ("mutant sign", 2),
    ]
    assert calls[-1] == (6, 6)
    shown = Console(record=True, width=100)
    write(result, shown)
    assert "small: 2.5 points, 1 mutants, 2 seeds: every promise holds" in shown.export_text()
    assert json.loads(json.dumps(as_dict(result)))["subjects"][0]["earned"] == ["2.5"]


def test_a_solution_that_loses_points(tmp_path: Path) -> None:
    found = problems(tmp_path, solution=SOLUTION.replace("2 * x", "2 * x + 1"))
    assert "solution loses double (failed)" in found


def test_a_check_that_fails_only_sometimes(tmp_path: Path) -> None:
    checks = CHECKS.replace('x = draw("3")', 'x = draw("3")\n    x[0] = 1 if x[0] > 0 else np.nan', 1)
    result = validated(tmp_path, seeds=20, checks=checks)
    counts = [n for subject in result.subjects for problem, n in subject.problems.items() if "double" in problem]
    assert not result.sound
    assert all(0 < count < 20 for count in counts)


def test_a_starter_that_earns_points(tmp_path: Path) -> None:
    solution = "def double(x):\n    return 2 * x\n"
    assert "starter earns 2 for double" in problems(tmp_path, solution=solution)


def test_a_broken_check_is_told_with_its_last_line(tmp_path: Path) -> None:
    checks = CHECKS.replace("assert_close(student.double(x), 2 * x)", "assert_close(student.double(x), 2 * y)", 1)
    found = problems(tmp_path, checks=checks)
    assert "solution double is BROKEN: NameError: name 'y' is not defined" in found


def test_a_starter_that_does_not_load(tmp_path: Path) -> None:
    solution = SOLUTION + "\n### BEGIN SOLUTION\nFACTOR = 2\n### END SOLUTION\nTWICE = 2 * FACTOR\n"
    assert any("starter does not load: line" in problem for problem in problems(tmp_path, solution=solution))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("fails: double, large", "fails: double", "mutant sign fails large, which it does not promise"),
        ("-2 * x", "2 * x if abs(x).max() > 1000 else -2 * x", "mutant sign passes large, which it promises to fail"),
        ("diagnosis: sign", "diagnosis: factor", "mutant sign is diagnosed as sign, and promises factor"),
        ("diagnosis: sign", "diagnosis: none", "mutant sign is diagnosed as sign, and promises no diagnosis"),
        ("-2 * x", "x - 3", "mutant sign is diagnosed as nothing, and promises sign"),
    ],
)
def test_a_mutant_that_breaks_its_promise(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in problems(tmp_path, mutants__sign=SIGN.replace(old, new))


def test_a_limit_that_is_too_tight(tmp_path: Path) -> None:
    slow = SOLUTION.replace("return 2 * x", "import time; time.sleep(0.3)\n    return 2 * x")
    found = problems(tmp_path, solution=slow, toml="[limits]\nwall_seconds = 1.0\n")
    assert any("double: the solution needs 0.3" in problem and "at least 5 times" in problem for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("fails: double, large", "", "must have a line `fails: ...`"),
        ("diagnosis: sign", "", "must have a line `diagnosis: ...`"),
        ("fails: double, large", "fails:", "names no check"),
        ("fails: double, large", "fails: triple", "names triple, and there is no such check"),
        ("diagnosis: sign", "diagnosis: typo", "`diagnosis: typo` is not one of"),
        ('"""The sign', "def (", r"sign.py:\d+: "),
    ],
)
def test_a_mutant_that_promises_nothing_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(BadAssignment, match=says):
        validated(tmp_path, mutants__sign=SIGN.replace(old, new))


def test_a_promise_may_run_over_several_lines(tmp_path: Path) -> None:
    folder = write_assignment(
        tmp_path / "small", checks=CHECKS, mutants__sign=SIGN.replace("double, large", "double,\n    large")
    )
    (mutant,) = read_mutants(load(folder))
    assert mutant.fails == {"double", "large"}
    assert mutant.sentence == "The sign is wrong."


def test_without_a_solution_nothing_can_be_validated(tmp_path: Path) -> None:
    with pytest.raises(BadAssignment, match=r"has no solution\.py"):
        validated(tmp_path, solution="")
