"""Many gradings on one machine: in this process, or in worker processes with a launcher each."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.assignment import load
from grader.engine.grading import Scope, grade, repeat
from grader.sandbox import Launcher, open_launcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from grader.model import Assignment, Report, Submission

AHEAD = 2  # tasks that wait per worker, so that none idles and no queue holds a whole class


@dataclass(frozen=True, slots=True)
class Task:
    """One submission to grade with one seed."""

    submission: Submission
    seed: int


@dataclass(frozen=True, slots=True)
class Done:
    """A task and its report."""

    task: Task
    report: Report


def grade_all(assignment: Assignment, tasks: Iterable[Task], *, jobs: int = 1) -> Iterator[Done]:
    """Grade every task, each report as soon as it is final; what timed out or died comes last.

    It is repeated when nothing else runs, since a busy machine makes right code slow.

    Raises:
        GuestLost: The machine cannot start guests.
    """
    launcher = open_launcher(assignment.manifest.packages)
    unsettled: list[Done] = []
    try:
        for done in (
            _in_this_process(assignment, tasks, launcher) if jobs == 1 else _in_workers(assignment, tasks, jobs)
        ):
            if done.report.unsettled:
                unsettled.append(done)
            else:
                yield done
        for done in unsettled:
            yield Done(done.task, repeat(assignment, done.task.submission, launcher, done.report))
    finally:
        launcher.close()


def _in_this_process(assignment: Assignment, tasks: Iterable[Task], launcher: Launcher) -> Iterator[Done]:
    for task in tasks:
        yield Done(task, grade(assignment, task.submission, launcher, seed=task.seed))


def _in_workers(assignment: Assignment, tasks: Iterable[Task], jobs: int) -> Iterator[Done]:
    spawn = multiprocessing.get_context("spawn")  # a fork of this process would copy its threads' locks
    with ProcessPoolExecutor(jobs, spawn, _begin_worker, (assignment.folder,)) as pool:
        waiting: dict[Future[Report], Task] = {}
        for task in tasks:
            if len(waiting) >= AHEAD * jobs:
                yield from _finished(waiting)
            waiting[pool.submit(_work, task)] = task
        while waiting:
            yield from _finished(waiting)


def _finished(waiting: dict[Future[Report], Task]) -> Iterator[Done]:
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        yield Done(waiting.pop(future), future.result())


_worker: list[tuple[Assignment, Launcher]] = []


def _begin_worker(folder: Path) -> None:
    assignment = load(folder)
    _worker.append((assignment, open_launcher(assignment.manifest.packages)))


def _work(task: Task) -> Report:
    assignment, launcher = _worker[0]
    return grade(assignment, task.submission, launcher, seed=task.seed, scope=Scope.ALL)
