"""A whole submission: public and hidden apart, what is repeated, and the same report for the same seed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import assert_close
from grader.assignment import load
from grader.engine import Scope, Task, grade_all
from grader.model import Outcome, Report
from grader.reports import to_json
from grader.sandbox import Launcher, open_launcher
from tests.support import LIMITS, graded, module, notebook, one_check, write_assignment


def asks_f(student: Any, draw: Any) -> None:
    assert_close(student.f(np.ones(2)), np.ones(2))


def asks_g(student: Any, draw: Any) -> None:
    assert_close(student.g(np.ones(2)), np.ones(2))


CHECKS = [
    one_check(asks_f, "seen"),
    one_check(asks_f, "unseen", visibility="hidden", points=2),
    one_check(asks_g, "late", visibility="after_due_date", points=4),
]
RIGHT = "def f(x): return x\ndef g(x): return x"


def test_all_checks_run_in_the_order_in_which_they_are_declared(launcher: Launcher) -> None:
    report = graded(launcher, CHECKS, RIGHT)
    assert [result.check for result in report.results] == ["seen", "unseen", "late"]
    assert (report.earned, report.points) == (7, 7)
    assert report.not_run is None


def test_a_self_check_runs_the_public_checks_alone_and_counts_the_others(launcher: Launcher) -> None:
    report = graded(launcher, CHECKS, RIGHT, scope=Scope.PUBLIC)
    assert [result.check for result in report.results] == ["seen"]
    assert report.not_run is not None
    assert (report.not_run.checks, report.not_run.points, report.not_run.earned) == (2, 6, None)


def test_public_and_hidden_checks_share_no_process(launcher: Launcher) -> None:
    """What a public check could leave behind in its M is not there for a hidden one."""
    code = """
    import os, time
    born = [os.getpid(), time.time_ns()]
    def f(x): return [os.getppid(), *born]
    """
    seen = []

    def watch(student: Any, draw: Any) -> None:
        seen.append(student.f(1))

    graded(launcher, [one_check(watch, "a"), one_check(watch, "b"), one_check(watch, "c", visibility="hidden")], code)
    assert seen[0] == seen[1]
    assert seen[0][:2] != seen[2][:2]


def test_a_hanging_cell_costs_no_check_its_points(launcher: Launcher) -> None:
    work = notebook("def f(x): return x", "while True: pass", "def g(x): return x")
    report = graded(launcher, CHECKS, work, limits=replace(LIMITS, cell_seconds=1.0))
    assert report.earned == 7
    assert [failure.where for failure in report.loading.failures] == ["cell 2"]


# ---------------------------------------------------------------------------------------------------- repeats


def once_slow(tmp_path: Path) -> str:
    """Slow the first time that each function is called, quick after that: as on a machine that was busy."""
    return f"""
    import pathlib, time
    def f(x):
        mark = pathlib.Path({str(tmp_path)!r}) / "called"
        if not mark.exists():
            mark.touch()
            time.sleep(3)
        return x
    def g(x): return x
    """


def test_what_timed_out_is_run_once_more_before_it_is_believed(launcher: Launcher, tmp_path: Path) -> None:
    limits = replace(LIMITS, wall_seconds=1.0)
    first = graded(launcher, CHECKS, once_slow(tmp_path), limits=limits)
    assert first.results[0].outcome is Outcome.TIMEOUT
    (tmp_path / "called").unlink()
    settled = graded(launcher, CHECKS, once_slow(tmp_path), limits=limits, settle=True)
    assert settled.results[0].outcome is Outcome.PASSED
    assert settled.earned == 7
    assert settled.repeated == ("seen",)


def test_what_times_out_twice_has_timed_out(launcher: Launcher) -> None:
    limits = replace(LIMITS, wall_seconds=0.5)
    code = "def f(x):\n    while True: pass\ndef g(x): return x"
    report = graded(launcher, CHECKS, code, limits=limits, settle=True)
    assert [result.outcome for result in report.results] == [Outcome.TIMEOUT, Outcome.TIMEOUT, Outcome.PASSED]
    assert report.repeated == ("seen", "unseen")
    assert report.unsettled == frozenset()


def test_loading_that_died_is_tried_again_with_all_checks(launcher: Launcher, tmp_path: Path) -> None:
    code = f"""
    import os, pathlib
    mark = pathlib.Path({str(tmp_path)!r}) / "loaded"
    if not mark.exists():
        mark.touch()
        os.abort()
    def f(x): return x
    def g(x): return x
    """
    report = graded(launcher, CHECKS, code, settle=True)
    assert report.loading.outcome is Outcome.PASSED
    assert report.earned == 7


# ------------------------------------------------------------------------------------------------- determinism


def without_times(report: Report) -> str:
    return re.sub(r'"(seconds|started)": [^,\n]+', "", to_json(report).decode())


@pytest.mark.parametrize(
    "code",
    [
        RIGHT,
        "import random, numpy as np\ndef f(x): return x * random.random()\ndef g(x): return x + np.random.randn(2)",
        "def f(x):\n    print(object(), {'a', 'b'})\n    raise ValueError(object())\ndef g(x): return id",
        "import os\ndef f(x): os._exit(3)\ndef g(x): os.abort()",
        "1 / 0",
    ],
)
def test_the_same_seed_gives_the_same_report_but_for_times(launcher: Launcher, code: str) -> None:
    reports = {without_times(graded(launcher, CHECKS, code, seed=seed)) for seed in (7, 7, 7)}
    assert len(reports) == 1


# ----------------------------------------------------------------------------------------------------- workers

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


def test_one_launcher_serves_many_submissions_without_growing(tmp_path: Path) -> None:
    launcher = open_launcher(("numpy",))
    try:
        before = None
        for k in range(30):
            graded(launcher, CHECKS, f"def f(x): return x + {k}\ndef g(x): return x")
            count = len(list(Path("/proc/self/fd").iterdir()))
            before = before or count
            assert count == before
    finally:
        launcher.close()
