"""Many gradings on one machine: in this process, or in worker processes with a launcher each.

Whatever fails of ours costs one submission its grade for now, is told in its report, and never the others theirs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import connection
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from grader.assignment import load
from grader.engine.grading import grade, not_graded, repeat
from grader.engine.oracle import Oracle
from grader.sandbox import NONE, Launcher, Rung, open_launcher, prove

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Assignment, Report, Submission

AHEAD = 2  # tasks that wait per worker, so that none idles and no queue holds a whole class
LAST_PRIORITY = 10


@dataclass(frozen=True, slots=True)
class Task:
    """One submission to grade with one seed."""

    submission: Submission
    seed: int
    is_solution: bool = False  # so that nobody else is asked about what it does not pass
    only: Mapping[str, float | None] | None = None  # the checks to run, each with its own limit of seconds; None: all
    silent: frozenset[str] | None = frozenset()  # the mutants that are no rules for this submission; None: all


@dataclass(frozen=True, slots=True)
class Done:
    """A task and its report."""

    task: Task
    report: Report


@dataclass(frozen=True, slots=True)
class Bench:
    """What a process needs to grade one submission after another.

    The solution is asked in processes of its own, started without the jail: nothing that a student starts or uses up
    may come near it.
    """

    assignment: Assignment
    launcher: Launcher
    solutions: Launcher
    oracle: Oracle

    def grade(self, task: Task) -> Report:
        """The report; BROKEN throughout if the grading itself fails."""
        try:
            return grade(
                self._asked(task), task.submission, self.launcher, seed=task.seed, oracle=self._oracle_for(task)
            )
        except Exception as error:  # noqa: BLE001  (the edge at which one submission's trouble ends)
            return self.not_graded(task, error)

    def repeat(self, done: Done) -> Report:
        """The report with its unsettled checks run again; BROKEN throughout if that fails."""
        submission = done.task.submission
        try:
            oracle = self._oracle_for(done.task)
            return repeat(self._asked(done.task), submission, self.launcher, done.report, oracle=oracle)
        except Exception as error:  # noqa: BLE001  (the same edge)
            return self.not_graded(done.task, error)

    def not_graded(self, task: Task, error: Exception) -> Report:
        """The report of a task whose grading failed."""
        protection = self.launcher.protection
        return not_graded(self._asked(task), task.submission, error, seed=task.seed, protection=protection)

    def _oracle_for(self, task: Task) -> Oracle | None:
        return None if task.is_solution else self.oracle.without(task.silent)

    def _asked(self, task: Task) -> Assignment:
        """The assignment with the checks that the task is about."""
        if task.only is None:
            return self.assignment
        checks = [check for check in self.assignment.checks if check.name in task.only]
        return replace(self.assignment, checks=tuple(replace(c, seconds=task.only[c.name]) for c in checks))

    def close(self) -> None:
        """End all processes."""
        self.oracle.close()
        self.solutions.close()
        self.launcher.close()


def open_bench(assignment: Assignment, rung: Rung) -> Bench:
    """A bench for one assignment; nothing is started before it is needed.

    Raises:
        BadAssignment: A package that the assignment allows is not installed.
    """
    packages = assignment.manifest.packages
    launcher, solutions = open_launcher(packages, rung), open_launcher(packages)
    return Bench(assignment, launcher, solutions, Oracle(assignment, solutions))


def grade_all(assignment: Assignment, tasks: Iterable[Task], *, jobs: int = 1, rung: Rung = NONE) -> Iterator[Done]:
    """Grade every task, each report as soon as it is final; what timed out or died comes last.

    It is repeated when nothing else runs, since a busy machine makes right code slow. Each worker process proves the
    `rung` of protection before it grades; whoever asks for one has proved it here.
    """
    bench = open_bench(assignment, rung)
    unsettled: list[Done] = []
    try:
        for done in _in_this_process(bench, tasks) if jobs == 1 else _in_workers(bench, rung, tasks, jobs):
            if done.report.unsettled:
                unsettled.append(done)
            else:
                yield done
        for done in unsettled:
            yield Done(done.task, bench.repeat(done))
    finally:
        bench.close()


def _in_this_process(bench: Bench, tasks: Iterable[Task]) -> Iterator[Done]:
    for task in tasks:
        yield Done(task, bench.grade(task))


def _in_workers(bench: Bench, rung: Rung, tasks: Iterable[Task], jobs: int) -> Iterator[Done]:
    """A worker that dies takes those in flight with it; each of them is then graded in a worker of its own."""
    waiting = iter(tasks)
    folder = bench.assignment.folder
    while suspects := (yield from _until_one_dies(folder, rung, waiting, jobs)):
        for task in suspects:
            if (yield from _until_one_dies(folder, rung, iter([task]), 1)):
                error = BrokenProcessPool("the process that graded this submission died twice")
                yield Done(task, bench.not_graded(task, error))


def _until_one_dies(folder: Path, rung: Rung, tasks: Iterator[Task], jobs: int) -> Generator[Done, None, list[Task]]:
    """Grade in a pool of `jobs` workers; the tasks that were in flight when one of them died, else none."""
    spawn = multiprocessing.get_context("spawn")  # a fork of this process would copy its threads' locks
    pool = ProcessPoolExecutor(jobs, spawn, _begin_worker, (folder, rung))
    flying: dict[Future[Report], Task] = {}
    ended = False
    try:
        for task in tasks:
            _hold_interrupts(signal.SIG_BLOCK)  # this may start a worker
            try:
                flying[pool.submit(_work, task)] = task
            except BrokenProcessPool:
                return [*flying.values(), task]
            finally:
                _hold_interrupts(signal.SIG_UNBLOCK)
            if len(flying) >= AHEAD * jobs:
                yield from _finished(flying)
        while flying:
            yield from _finished(flying)
        ended = True
    except BrokenProcessPool:
        return list(flying.values())
    finally:
        if not ended:  # stopped, or broken: whoever is left has nothing to finish
            for process in multiprocessing.active_children():
                process.terminate()
        pool.shutdown(cancel_futures=True)
    return []


def _finished(flying: dict[Future[Report], Task]) -> Iterator[Done]:
    for future in wait(flying, return_when=FIRST_COMPLETED).done:
        report = future.result()
        yield Done(flying.pop(future), report)


_worker: list[Bench] = []


def _begin_worker(folder: Path, rung: Rung) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of a terminal's processes; ours ends the workers
    _hold_interrupts(signal.SIG_UNBLOCK)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if rung != NONE and not prove(rung).holds:
        raise RuntimeError(f"protection {rung.name} does not hold in a worker process")
    bench = open_bench(load(folder), rung)
    Finalize(None, bench.close, exitpriority=LAST_PRIORITY)
    _worker.append(bench)


def _end_with_parent() -> None:
    """A parent that was killed cannot end its workers; their guests end with them."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker has one"
    connection.wait([parent.sentinel])
    os._exit(1)


def _hold_interrupts(how: int) -> None:
    """A process that starts while they are blocked cannot be interrupted before it says that it ignores them."""
    signal.pthread_sigmask(how, {signal.SIGINT})


def _work(task: Task) -> Report:
    return _worker[0].grade(task)
