"""Where hostile submissions are run, and the oracles that tell whether an attack has worked.

No oracle believes the student's words: a secret is searched for in all that came back, listeners count who connects,
folders, processes and ourselves are looked at from outside, the score is what the engine says, and a good submission is
graded right after. An attack whose effect cannot be seen from outside answers rightly only where it has worked.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader import assert_close
from grader.engine import Oracle, grade
from grader.engine.prepare import cargo_for
from grader.model import Assignment, Check, Limits, Outcome, Report, Submission
from grader.reports import to_json
from grader.sandbox import Launcher
from grader.sandbox.zygote import Zygotes
from tests.attacks import oracles, processes
from tests.attacks.baits import Bait, baits
from tests.attacks.oracles import MIB
from tests.support import LIMITS, assignment, module, one_check

__all__ = ["POINTS", "TIGHT", "Attack", "Bait", "Ran", "baits", "bound", "run"]

TIGHT = replace(
    LIMITS, wall_seconds=1.0, cpu_seconds=2.0, load_seconds=2.0, cell_seconds=2.0, memory_mb=512, reply_mb=8, disk_mb=16
)
PATIENT = replace(TIGHT, wall_seconds=6.0, cpu_seconds=6.0)  # what a control shows must not depend on how busy it is
POINTS = 3
MAX_TASKS = 48  # what may be seen at once: the limit on an M, with the zygotes, the oracle's M and a margin
MAX_MEMORY = 2 * TIGHT.memory_mb * MIB  # likewise; a watchdog looks every 25 ms
MAX_GROWTH = 64 * MIB  # of the grader, while it grades one submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One hostile submission.

    `code` defines `f(x)`, which is asked for 2·x; what it returns, prints and raises is searched for secrets. In it
    `{place}` stands for the fields of `Bait`. `honest` is what the submission earns by right of 3 points: an attack
    whose f also answers rightly earns them. `control` is the text run without a jail to show that the oracle can see
    the attack work (None: `code` itself; a harmless smaller version where the attack would harm this machine; "" where
    none can be run, and `why` says why). `privileged`: without a jail, too, root alone can do it.
    """

    name: str
    family: str
    code: str | Submission
    honest: int = 0
    least: int | None = None  # that it earns where it is stopped early, which is a matter of chance
    control: str | None = None
    why: str = ""
    privileged: bool = False

    def is_due(self, earned: float | Fraction | None) -> bool:
        """Whether a submission that was stopped may earn this."""
        least = self.honest if self.least is None else self.least
        return earned is not None and least <= earned <= self.honest


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of an attack: what it reached, nothing if it was stopped; and the report."""

    reached: tuple[str, ...]
    report: Report

    @property
    def stopped_by(self) -> str:
        """What the first check that was not passed, or the loading, says: the last line of it."""
        findings = [failure.finding for failure in self.report.loading.failures]
        findings += [one.finding for one in self.report.results if one.finding and one.outcome is not Outcome.PASSED]
        if not findings:
            return "nothing: it does no harm"
        return (findings[0].traceback or findings[0].says).splitlines()[-1]


def _asked(name: str, **declared: Any) -> Check:
    def doubles(student: Any, draw: Any) -> None:
        """f(x) is 2·x."""
        x = draw("5")
        assert_close(student.f(x), 2 * x)

    return one_check(doubles, name, **declared)


def small(bait: Bait, limits: Limits) -> Assignment:
    """Two public checks and a hidden one, for one point each; the solution holds a secret."""
    checks = [_asked("first"), _asked("second"), _asked("hidden", visibility="hidden")]
    solution = f"kept = '{bait.tokens[3]}'\ndef f(x): return 2 * x"
    return assignment(*checks, solution=solution, limits=limits)


def _afterwards(bait: Bait) -> Assignment:
    """For the good submission, which earns by one check what an attack may earn by three."""
    return replace(small(bait, LIMITS), checks=(_asked("first", points=POINTS),))


def run(attack: Attack, launcher: Launcher, solutions: Launcher, bait: Bait, *, control: bool = False) -> Ran:
    """Run one attack, then a good submission, and say what was reached. `solutions` starts the guest of the key."""
    given, submission = small(bait, PATIENT if control else TIGHT), filled(attack, bait, control=control)
    preload = cargo_for(given, submission, seed=1).preload
    launcher.start(preload, TIGHT).end()  # so that the zygote is there, and ready
    bait.contacts.clear()
    ours, zygotes = oracles.ours(bait), processes.zygotes()
    before, memory = oracles.seen(bait), oracles.forget_peak()
    with processes.Meter() as meter, Oracle(given, solutions) as oracle:
        began = time.monotonic()
        report = grade(given, submission, launcher, seed=1, oracle=oracle)
        seconds, over = time.monotonic() - began, processes.now()
    good = grade(_afterwards(bait), module("def f(x): return 2 * x"), launcher, seed=2, oracle=None)
    for one in (launcher, solutions):
        _use_what_waits(one)
    reached = [
        *_reached(attack, bait, report, good, seconds),
        *_held(meter, oracles.peak() - memory),
        *(f"it changed our {name}" for name in oracles.changes(ours, oracles.ours(bait))),
    ]
    if zygotes - processes.zygotes():
        reached.append("it ended a zygote")
    if not (control and reached):
        reached += oracles.left(bait, before, over, expected=control)
    os.sched_setaffinity(0, ours.processors)
    oracles.clean(bait, over)
    return Ran(tuple(reached), report)


def _use_what_waits(launcher: Launcher) -> None:
    """Whatever waits for a submission then has begun after the attack."""
    assert isinstance(launcher, Zygotes)
    for preload in list(launcher._running):
        launcher.start(preload, TIGHT).end()


def filled(attack: Attack, bait: Bait, *, control: bool = False) -> Submission:
    """What is handed in, with the places of the baits in it."""
    code = attack.control if control and attack.control is not None else attack.code
    if isinstance(code, str):
        return module(bait.fill(code))
    sources = [replace(source, cells=tuple(map(bait.fill, source.cells))) for source in code.sources]
    return replace(code, sources=tuple(sources))


def _reached(attack: Attack, bait: Bait, report: Report, good: Report, seconds: float) -> Iterator[str]:
    said = to_json(report).decode() + to_json(good).decode()
    if any(token in said for token in bait.tokens):
        yield "a secret came back"
    if bait.contacts:
        yield f"it reached {', '.join(sorted(set(bait.contacts)))}"
    if found := sorted(path.name for path in Path(bait.folder).iterdir()):
        yield f"it wrote {', '.join(found)} outside"
    if report.earned is None:
        yield "it made a check BROKEN"
    elif not attack.is_due(report.earned):
        yield f"it earned {report.earned} where {attack.honest} is due"
    if good.earned != POINTS:
        yield "it spoilt the grade of the next submission"
    if seconds > bound():
        yield f"it took {seconds:.1f} s"


def _held(meter: processes.Meter, growth: int) -> Iterator[str]:
    if meter.tasks > MAX_TASKS:
        yield f"it ran {meter.tasks} tasks at once"
    if meter.memory > MAX_MEMORY:
        yield f"it held {meter.memory // MIB} MiB at once"
    if growth > MAX_GROWTH:
        yield f"the grader grew by {growth // MIB} MiB"


def bound() -> float:
    """Seconds that a hostile submission may take: loading in both guests with restarts, and each check's deadline."""
    return 2 * (2 * TIGHT.load_seconds + 3) + 3 * (TIGHT.wall_seconds + 3)
