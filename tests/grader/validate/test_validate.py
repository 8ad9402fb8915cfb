"""An assignment is tested before students see it: each promise that does not hold is found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.assignment import load, locate
from grader.engine import Done, Task, grade_all
from grader.model import Assignment, BadAssignment
from grader.validate import Validation, read_mutants, validate
from grader.validate.show import as_dict, write
from tests.support import ROOT, write_assignment

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


def told(result: Validation) -> list[str]:
    found = [f"{subject.name} {problem}" for subject in result.subjects for problem in subject.problems]
    assert result.sound == (not found and not result.problems)
    return found + result.problems


def problems(folder: Path, **files: str) -> list[str]:
    return told(validated(folder, seeds=2, **files))


def shown(result: Validation, width: int = 200) -> str:
    console = Console(record=True, width=width)
    write(result, console)
    return console.export_text()


def test_a_sound_assignment_is_found_sound(tmp_path: Path) -> None:
    calls: list[tuple[int, int, str]] = []
    folder = write_assignment(tmp_path / "small", checks=CHECKS, solution=SOLUTION, mutants__sign=SIGN)
    result = validate(load(folder), seeds=[1, 2], progress=lambda *call: calls.append(call))
    assert result.sound
    assert [(subject.name, subject.runs) for subject in result.subjects] == [
        ("solution", 2),
        ("starter", 2),
        ("mutant sign", 2),
    ]
    assert [call[:2] for call in calls] == [(k, 7) for k in range(8)]  # the solution once more than the others
    assert "small: 2.5 points, 1 mutant, 2 seeds: every promise holds" in shown(result)
    whole = json.loads(json.dumps(as_dict(result)))
    assert whole["schema"] == "gradgrader/validation/v1"
    assert whole["subjects"][0] == {
        "name": "solution", "promise": "earns everything", "seeds": 2, "judged": True, "earned": ["2.5"], "problems": []
    }  # fmt: skip
    assert whole["problems"] == whole["notes"] == []


def test_progress_says_a_line_at_every_tenth(tmp_path: Path) -> None:
    lines: list[tuple[int, str]] = []
    folder = write_assignment(tmp_path / "small", checks=CHECKS, solution=SOLUTION, mutants__sign=SIGN)
    validate(load(folder), seeds=range(13), progress=lambda done, of, line: lines.append((done, line)))
    assert [done for done, line in lines if line] == [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]
    assert dict(lines)[4] == "solution with seed 3"
    assert dict(lines)[40] == "mutant sign with seed 12"


def test_a_solution_that_loses_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cause is told once; the mutants, which lose the same points, are not held to what cannot be judged."""
    monkeypatch.chdir(tmp_path)
    result = validated(tmp_path, solution=SOLUTION.replace("2 * x", "2 * x + (abs(x).max() < 100)"))
    assert told(result) == ["solution loses double (failed)"]
    (problem,) = result.subjects[0].problems.values()
    assert problem.says == "loses double (failed)"
    assert problem.finding == "the answer has wrong values: 3 of 3 entries differ"
    assert problem.where == "small/checks.py:5"
    assert problem.seeds == [0, 1]
    assert [subject.judged for subject in result.subjects] == [True, False, False]
    text = shown(result)
    assert (
        "solution loses double (failed): the answer has wrong values: 3 of 3 entries differ "
        "[small/checks.py:5; 2 of 2 seeds: grade validate small --seeds 1 --seed 0]"
    ) in text
    assert as_dict(result)["subjects"][0]["problems"] == [
        {
            "says": "loses double (failed)",
            "finding": "the answer has wrong values: 3 of 3 entries differ",
            "where": "small/checks.py:5",
            "seeds": ["0", "1"],
        }
    ]


def test_the_command_that_shows_a_problem_again_finds_the_assignment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, called in (("assignments", "small"), ("course/fall", "course/fall/small")):
        monkeypatch.chdir(tmp_path)
        (tmp_path / place).mkdir(parents=True)
        result = validated(tmp_path / place, solution=SOLUTION.replace("2 * x", "x"))
        assert result.called == called
        assert locate(called).resolve() == tmp_path / place / "small"


def test_a_check_that_fails_only_sometimes(tmp_path: Path) -> None:
    checks = CHECKS.replace("2 * x)", "2 * x + (x[0] > 0))", 1)
    result = validated(tmp_path, seeds=20, checks=checks)
    (problem,) = result.subjects[0].problems.values()
    assert problem.says.startswith("loses double")
    assert 0 < len(problem.seeds) < 20
    first = problem.seeds[0]
    again = validate(load(tmp_path / "small"), seeds=[first])
    assert [p.seeds for p in again.subjects[0].problems.values()] == [[first]]


def test_a_starter_that_earns_points(tmp_path: Path) -> None:
    solution = "def double(x):\n    return 2 * x\n" + SOLUTION.replace("double", "triple")
    assert "starter earns 2 for double" in problems(tmp_path, solution=solution)


def test_a_broken_check_is_told_once_with_its_last_line(tmp_path: Path) -> None:
    checks = CHECKS.replace("assert_close(student.double(x), 2 * x)", "assert_close(student.double(x), 2 * y)", 1)
    result = validated(tmp_path, checks=checks)
    assert told(result) == ["solution has a check that is BROKEN: double"]
    (problem,) = result.subjects[0].problems.values()
    assert problem.finding == "NameError: name 'y' is not defined"
    assert [subject.judged for subject in result.subjects] == [True, False, False]


def test_a_solution_that_does_not_load_is_told_once(tmp_path: Path) -> None:
    result = validated(tmp_path, solution="1 / 0\n" + SOLUTION)
    assert told(result) == ["solution does not load"]
    assert [subject.runs for subject in result.subjects] == [2, 0, 0]
    (problem,) = result.subjects[0].problems.values()
    assert problem.finding == "ZeroDivisionError: division by zero"
    assert problem.where == f"{tmp_path}/small/solution.py:1"
    assert "not run" in shown(result)


def test_a_starter_that_does_not_load_is_told_once(tmp_path: Path) -> None:
    solution = SOLUTION + "\n### BEGIN SOLUTION\nFACTOR = 2\n### END SOLUTION\nTWICE = 2 * FACTOR\n"
    result = validated(tmp_path, solution=solution)
    assert told(result) == ["starter does not load"]
    assert "NameError" in next(iter(result.subjects[1].problems.values())).finding


def test_a_mutant_that_does_not_load_is_told_once(tmp_path: Path) -> None:
    result = validated(tmp_path, mutants__sign=SIGN + "\n1 / 0\n")
    assert told(result) == ["mutant sign does not load"]
    (problem,) = result.subjects[2].problems.values()
    assert (problem.finding, problem.where) == (
        "ZeroDivisionError: division by zero",
        f"{tmp_path}/small/mutants/sign.py:9",
    )


def test_a_check_that_is_not_repeatable(tmp_path: Path) -> None:
    checks = CHECKS.replace("import numpy as np", "import numpy as np\nruns = []").replace(
        "    assert_close(student.double(x), 2 * x)",
        "    runs.append(1)\n    assert_close(student.double(x), (3 if len(runs) > 1 else 2) * x)",
        1,
    )
    folder = write_assignment(tmp_path / "small", checks=checks, solution=SOLUTION)
    assert validate(load(folder), seeds=[3]).problems == [
        f"{folder}/checks.py:6: check double is not repeatable: two runs of the solution with seed 3 differ in "
        "earned, outcome, finding and evidence; draw every input with `draw`"
    ]


def test_inputs_that_come_from_elsewhere_are_not_repeatable(tmp_path: Path) -> None:
    checks = CHECKS.replace(
        'x = 1e6 * draw("3")', "x = np.random.default_rng().normal(size=3)\n    context().note('x', x[0])"
    )
    found = problems(tmp_path, checks=checks.replace("import assert_close", "import context, assert_close"))
    assert any("check large is not repeatable" in problem and "differ in evidence;" in problem for problem in found)


def test_what_a_cost_is_measured_to_be_may_differ(tmp_path: Path) -> None:
    checks = CHECKS.replace("import assert_close", "import assert_close, assert_cost").replace(
        "    assert_close(student.double(x), 2 * x)",
        "    assert_cost(student.double, of=lambda x: float(x @ x), at=draw.rng.standard_normal)",
        1,
    )
    assert "assert_cost(student" in checks
    folder = write_assignment(tmp_path / "small", checks=checks, solution=SOLUTION)
    assert validate(load(folder), seeds=[3]).problems == []


def test_checks_that_no_mutant_fails_are_noted(tmp_path: Path) -> None:
    once = SIGN.replace("double, large", "large").replace("-2 * x", "-2 * x if abs(x).max() > 1000 else 2 * x")
    result = validated(tmp_path, mutants__sign=once)
    assert result.sound
    assert result.notes == ["no mutant fails double"]
    assert "note: no mutant fails double" in shown(result)
    assert as_dict(result)["notes"] == result.notes
    folder = write_assignment(tmp_path / "none", checks=CHECKS, solution=SOLUTION)
    assert validate(load(folder), seeds=[1]).notes == ["there is no mutant, so nothing shows what the checks catch"]


def test_with_later_seeds_a_mutant_meets_only_what_can_notice_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it earns is counted as if it had met all."""
    asked: dict[tuple[str, int], set[str] | None] = {}

    def listened(assignment: Assignment, tasks: Iterable[Task], *, jobs: int = 1) -> Iterator[Done]:
        for done in grade_all(assignment, tasks, jobs=jobs):
            only = done.task.only
            asked[done.task.submission.name, done.task.seed] = None if only is None else set(only)
            yield done

    monkeypatch.setattr("grader.validate.run.grade_all", listened)
    more = '\n@check(points=3)\ndef other(student, draw):\n    """Another."""\n    assert_close(student.other(), 1)\n'
    also = "\ndef other():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    result = validated(tmp_path, checks=CHECKS + more, solution=SOLUTION + also)
    assert asked == {
        ("starter", 0): None,
        ("starter", 1): None,
        ("mutant sign", 0): None,
        ("mutant sign", 1): {"double", "large"},
    }
    assert result.sound
    assert result.subjects[2].earned == {3}


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
    assert len(found) == 2
    assert re.search(
        r"checks\.py:5: check double: the solution needs [\d.]+ s and the limit is 1 s; allow at least 5 times",
        found[0],
    )


def test_a_machine_that_was_busy_for_once_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What seemed slow is timed again, alone."""
    calls: list[list[int]] = []

    def busy_at_first(assignment: Assignment, tasks: Iterable[Task], *, jobs: int = 1) -> Iterator[Done]:
        given = list(tasks)
        calls.append([task.seed for task in given])
        for done in grade_all(assignment, given, jobs=jobs):
            seconds = 4.0 if len(calls) == 1 and done.task.seed == 2 else 0.0
            loading = replace(done.report.loading, seconds=0.0 if done.task.seed == 1 else 19.0)
            results = tuple(replace(result, seconds=seconds) for result in done.report.results)
            yield Done(done.task, replace(done.report, loading=loading, results=results))

    for module in ("run", "trial"):
        monkeypatch.setattr(f"grader.validate.{module}.grade_all", busy_at_first)
    folder = write_assignment(tmp_path / "small", checks=CHECKS, solution=SOLUTION)
    assert validate(load(folder), seeds=[1, 2, 3]).sound
    assert calls == [[1, 2, 3, 1], [2], [1, 2, 3]]


def test_a_machine_that_is_busy_twice_is_no_problem_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def busy_twice(assignment: Assignment, tasks: Iterable[Task], *, jobs: int = 1) -> Iterator[Done]:
        calls.append(1)
        for done in grade_all(assignment, tasks, jobs=jobs):
            loading = replace(done.report.loading, seconds=0.0)
            seconds = 4.0 if len(calls) <= 2 else 0.0
            results = tuple(replace(result, seconds=seconds) for result in done.report.results)
            yield Done(done.task, replace(done.report, loading=loading, results=results))

    monkeypatch.setattr("grader.validate.trial.grade_all", busy_twice)
    assert validate(load(write_assignment(tmp_path / "small", checks=CHECKS, solution=SOLUTION)), seeds=[1]).sound
    assert len(calls) == 3


def test_a_loading_limit_that_is_too_tight(tmp_path: Path) -> None:
    found = problems(
        tmp_path, solution="import time; time.sleep(0.9)\n" + SOLUTION, toml="[limits]\nload_seconds = 4\n"
    )
    (problem,) = found
    assert re.search(r"the solution needs [\d.]+ s to load and load_seconds is 4; allow at least 5 times", problem)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("fails: double, large", "", "must have a line `fails: ...`"),
        ("diagnosis: sign", "", "must have a line `diagnosis: ...`"),
        ("fails: double, large", "fails:", "names no check"),
        ("fails: double, large", "fails: triple", "names triple, and there is no such check"),
        ("diagnosis: sign", "diagnosis: typo", "`diagnosis: typo` is not one of"),
        ("diagnosis: sign", "diagnosis: known-mistake", "`diagnosis: known-mistake` is not one of"),
        ("The sign is wrong.", "", "must begin with a sentence for the student who makes this mistake"),
        ('"""The sign', "def f(:\n" + '"""The sign', r"sign\.py:1: "),
        ("return -2 * x", "return -2 * x\nreturn 1", r"sign\.py:8: 'return' outside function"),
        (
            "def double",
            "def duoble",
            r"sign\.py:7: duoble is not defined in solution\.py, so nothing changes; did you mean dou",
        ),
        (
            "def double(x): ",
            "def zzz(x): return zzz(x)\ndef double(x): ",
            r"sign\.py:7: zzz is not defined in solution\.py",
        ),
        ("def double", "class Double: pass\ndef double", r"sign\.py:7: Double is not defined"),
        (
            "def double",
            "FACTOR = 3\ndef double",
            r"sign\.py:7: FACTOR is not defined in solution\.py, so nothing changes$",
        ),
    ],
)
def test_a_mutant_that_promises_nothing_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(BadAssignment, match=says):
        validated(tmp_path, mutants__sign=SIGN.replace(old, new))


def test_a_mutant_may_define_what_it_uses_and_what_the_solution_has(tmp_path: Path) -> None:
    solution = "import math\nTWO = 2\nif TWO:\n    THREE = 3\n" + SOLUTION
    parts = "import os\nTWO = THREE = math = 3\nMINUS = -2\ndef helper(x): return MINUS * x\ndef double"
    folder = write_assignment(
        tmp_path / "small",
        checks=CHECKS,
        solution=solution,
        mutants__sign=SIGN.replace("def double", parts).replace("-2 * x", "helper(x)"),
    )
    assert validate(load(folder), seeds=[1]).sound


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


def test_a_solution_without_regions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAssignment, match=r"small/solution\.py has no ### BEGIN SOLUTION"):
        validated(tmp_path, solution="def double(x):\n    return 2 * x\n")


def test_every_field_of_the_json_is_on_the_page(tmp_path: Path) -> None:
    page = (ROOT / "docs/write-an-assignment.md").read_text(encoding="utf-8")
    whole = as_dict(validated(tmp_path, solution=SOLUTION.replace("2 * x", "x")))
    subject = whole["subjects"][0]
    for name in [*whole, *subject, *subject["problems"][0]]:
        assert re.search(rf"^\|.*[`.]{name}`.*\|.*\|$", page, re.MULTILINE), name
    assert f'`"{whole["schema"]}"`' in page


@pytest.mark.parametrize("body", ["return undefined", "pass", "raise NotImplementedError"])
def test_a_mutant_that_gives_no_wrong_answer_shows_nothing(tmp_path: Path, body: str) -> None:
    mutant = f'"""A slip.\n\nfails: double, large\ndiagnosis: none\n"""\ndef double(x):\n    {body}\n'
    assert any("gives no wrong answer" in problem for problem in problems(tmp_path, mutants__slip=mutant))
