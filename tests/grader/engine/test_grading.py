"""A whole submission: public and hidden apart, what is repeated, and the same report for the same seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import assert_close
from grader.engine import Scope
from grader.model import Outcome
from grader.sandbox import Launcher, open_launcher
from tests.support import LIMITS, graded, notebook, one_check, without_times


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


def test_a_guest_of_hidden_checks_that_dies_while_loading_makes_no_zeros(launcher: Launcher, tmp_path: Path) -> None:
    code = f"""
    import os, pathlib
    mark = pathlib.Path({str(tmp_path)!r}) / str(len(os.listdir({str(tmp_path)!r})))
    mark.touch()
    if mark.name == "1":
        os.abort()
    def f(x): return x
    def g(x): return x
    """
    first = graded(launcher, CHECKS, code)
    assert [result.outcome for result in first.results] == [Outcome.PASSED, Outcome.MISSING, Outcome.MISSING]
    assert first.hidden_loading is not None
    assert first.hidden_loading.outcome is Outcome.CRASHED
    assert first.unsettled == {"unseen", "late"}
    for path in tmp_path.iterdir():
        path.unlink()
    settled = graded(launcher, CHECKS, code, settle=True)
    assert settled.earned == 7
    assert settled.repeated == ("unseen", "late")


def test_a_repetition_takes_no_points_that_were_earned(launcher: Launcher, tmp_path: Path) -> None:
    code = f"""
    import os, pathlib, time
    loads = len(os.listdir({str(tmp_path)!r}))
    (pathlib.Path({str(tmp_path)!r}) / str(loads)).touch()
    def f(x):
        if loads > 1:
            time.sleep(3)
        return x
    def g(x):
        time.sleep(3)
    """
    checks = [one_check(asks_f, "f"), one_check(asks_g, "g")]
    report = graded(launcher, checks, code, settle=True, limits=replace(LIMITS, wall_seconds=0.5))
    assert [result.outcome for result in report.results] == [Outcome.PASSED, Outcome.TIMEOUT]
    assert report.repeated == ("g",)


def test_what_was_blocked_is_explained_anew_after_a_repetition(launcher: Launcher, tmp_path: Path) -> None:
    code = f"""
    import os, pathlib
    mark = pathlib.Path({str(tmp_path)!r}) / "loaded"
    if not mark.exists():
        mark.touch()
        os.abort()
    def f(x): return x
    def g(x): return f(x)
    """
    first = one_check(asks_f, "first")
    second = one_check(asks_f, "second", needs=[first])
    report = graded(launcher, [first, second], code, settle=True)
    assert [(result.outcome, result.because) for result in report.results] == [(Outcome.PASSED, ())] * 2


# ------------------------------------------------------------------------------------------------- determinism


@pytest.mark.parametrize(
    "code",
    [
        RIGHT,
        "import random, numpy as np\ndef f(x): return x * random.random()\ndef g(x): return x + np.random.randn(2)",
        "def f(x):\n    print(object(), {'a', 'b'})\n    raise ValueError(object())\ndef g(x): return id",
        "import os\ndef f(x): os._exit(3)\ndef g(x): os.abort()",
        "1 / 0",
        "import os\ndef f(x):\n    print(os.getcwd())\n    open('none')\ndef g(x): return os.path.abspath('x')",
    ],
)
def test_the_same_seed_gives_the_same_report_but_for_times(launcher: Launcher, code: str) -> None:
    reports = {without_times(graded(launcher, CHECKS, code, seed=7))}
    for _ in range(2):
        another = open_launcher(("numpy",))
        reports.add(without_times(graded(another, CHECKS, code, seed=7)))
        another.close()
    assert len(reports) == 1


def test_one_launcher_serves_many_submissions_without_growing() -> None:
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
