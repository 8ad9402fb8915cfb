"""Many gradings: in one process or several, the same reports; and whatever fails of ours costs nobody else a grade."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import load
from grader.engine import Task, grade_all
from grader.engine import grade as real_grade
from grader.model import Outcome
from grader.sandbox import GuestLost
from tests.support import ROOT, module, without_times, write_assignment

RIGHT = "def f(x): return x"
FOLDER_CHECKS = '''
import numpy as np
from grader import assert_close, check

@check(points=1)
def same(student, draw):
    """f returns what it gets."""
    x = draw("3")
    assert_close(student.f(x), x)
'''


@pytest.fixture
def tasks() -> list[Task]:
    codes = [RIGHT, "def f(x): return -x", "import os\ndef f(x): os._exit(1)", "1 / 0", ""]
    return [Task(module(code, f"s{k}"), seed) for seed in (1, 2) for k, code in enumerate(codes)]


def summary(assignment_folder: Path, tasks: list[Task], jobs: int) -> dict[tuple[str, int], tuple[Any, ...]]:
    done = list(grade_all(load(assignment_folder), tasks, jobs=jobs))
    assert len(done) == len(tasks)
    return {(one.task.submission.name, one.task.seed): (one.report.earned, without_times(one.report)) for one in done}


def test_two_workers_give_the_reports_of_one(tmp_path: Path, tasks: list[Task]) -> None:
    folder = write_assignment(tmp_path / "small", checks=FOLDER_CHECKS)
    alone, together = summary(folder, tasks, 1), summary(folder, tasks, 2)
    assert alone == together
    assert [alone[f"s{k}", 1][0] for k in range(5)] == [1, 0, 0, 0, 0]


def test_the_unsettled_come_last(tmp_path: Path, tasks: list[Task]) -> None:
    folder = write_assignment(tmp_path / "small", checks=FOLDER_CHECKS)
    names = [one.task.submission.name for one in grade_all(load(folder), tasks)]
    assert names[-2:] == ["s2", "s2"]


TWO_CHECKS = (
    FOLDER_CHECKS
    + '''
@check(points=1)
def other(student, draw):
    """f is asked again."""
    assert_close(student.f(draw("3")), np.zeros(3))
'''
)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_may_be_about_some_of_the_checks_with_limits_of_its_own(tmp_path: Path, jobs: int) -> None:
    loaded = load(write_assignment(tmp_path / "small", checks=TWO_CHECKS))
    name = loaded.checks[0].name
    slow = module("import time\ndef f(x):\n    time.sleep(1.0)\n    return x")
    tasks = [Task(slow, 1, only={name: limit}) for limit in (None, 0.2)]
    found = {one.task.only[name]: one.report for one in grade_all(loaded, tasks, jobs=jobs) if one.task.only}
    assert [[result.check for result in report.results] for report in found.values()] == [[name]] * 2
    assert [found[limit].results[0].outcome for limit in (None, 0.2)] == [Outcome.PASSED, Outcome.TIMEOUT]
    assert found[0.2].repeated == (name,)


# ------------------------------------------------------------------------------------------------ faults of ours


@pytest.mark.parametrize("error", [RuntimeError("a bug"), GuestLost("no room")])
def test_a_grading_that_fails_is_told_in_its_report_and_costs_no_other(
    tmp_path: Path, tasks: list[Task], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def grade(assignment: Any, submission: Any, *args: Any, **kwargs: Any) -> Any:
        if submission.name == "s1":
            raise error
        return real_grade(assignment, submission, *args, **kwargs)

    monkeypatch.setattr("grader.engine.workers.grade", grade)
    folder = write_assignment(tmp_path / "small", checks=FOLDER_CHECKS)
    reports = {one.task.submission.name: one.report for one in grade_all(load(folder), tasks[:5])}
    assert len(reports) == 5
    assert reports["s0"].earned == 1
    assert reports["s1"].earned is None
    (result,) = reports["s1"].results
    assert result.outcome is Outcome.BROKEN
    assert result.finding is not None
    assert str(error) in (result.finding.traceback or "")


def test_a_repetition_that_fails_is_told_in_its_report(
    tmp_path: Path, tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    def repeat(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr("grader.engine.workers.repeat", repeat)
    folder = write_assignment(tmp_path / "small", checks=FOLDER_CHECKS)
    reports = {one.task.submission.name: one.report for one in grade_all(load(folder), tasks[:5])}
    assert [name for name, report in reports.items() if not report.final] == ["s2"]


KILLS_ITS_GRADER = """
import os, signal
zygote = os.getppid()
stat = open(f"/proc/{zygote}/stat").read().rpartition(")")[2].split()
worker = int(stat[1])
if worker != UNTOUCHABLE:
    os.kill(worker, signal.SIGKILL)
def f(x): return x
"""


def test_a_worker_that_is_killed_costs_nobody_else_a_grade(tmp_path: Path) -> None:
    """Without a jail, student code can do it."""
    code = KILLS_ITS_GRADER.replace("UNTOUCHABLE", str(os.getpid()))
    tasks = [Task(module(code if k == 3 else RIGHT, f"s{k}"), 1) for k in range(8)]
    folder = write_assignment(tmp_path / "small", checks=FOLDER_CHECKS)
    reports = {one.task.submission.name: one.report for one in grade_all(load(folder), tasks, jobs=2)}
    assert {name: report.earned for name, report in reports.items()} == {
        f"s{k}": None if k == 3 else 1 for k in range(8)
    }


def test_a_run_that_is_stopped_leaves_no_process_and_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_assignment(tmp_path / "small", checks=FOLDER_CHECKS)
    (scratch := tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, pathlib\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from grader.assignment import load\n"
        "from grader.engine import Task, grade_all\n"
        "from tests.support import module\n"
        "if __name__ == '__main__':\n"
        f"    slow = 'import time\\nprint(1)\\ntime.sleep(5)\\ndef f(x): return x'\n"
        "    tasks = [Task(module('def f(x): return x', 'a'), 1)] + [Task(module(slow, str(k)), 1) for k in range(9)]\n"
        f"    for done in grade_all(load(pathlib.Path({str(folder)!r})), tasks, jobs=2):\n"
        "        print(done.task.submission.name, flush=True)\n"
    )
    command = [sys.executable, str(script)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline() == "a\n"
        os.killpg(run.pid, signal.SIGINT)
        said = run.stderr.read()
    assert said.count("Traceback") == 1  # the script's own KeyboardInterrupt, and nothing of a worker's
    for _ in range(100):
        if not list(scratch.glob("gradgrader-*")):
            return
        time.sleep(0.1)
    pytest.fail(f"left behind: {list(scratch.iterdir())}")


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_assignment(tmp_path / "small", checks=FOLDER_CHECKS)
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, pathlib\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from grader.assignment import load\n"
        "from grader.engine import Task, grade_all\n"
        "from tests.support import module\n"
        "if __name__ == '__main__':\n"
        "    slow = 'import time\\ndef f(x): time.sleep(60)'\n"
        "    tasks = [Task(module('def f(x): return x', 'a'), 1)] + [Task(module(slow, str(k)), 1) for k in range(9)]\n"
        f"    for done in grade_all(load(pathlib.Path({str(folder)!r})), tasks, jobs=2):\n"
        "        print(done.task.submission.name, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "a\n"
        run.kill()
        assert run.stdout.read() is not None  # the end of the stream: nobody who could write to it is left
