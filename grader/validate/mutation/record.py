"""What the checks ask of the solution: the calls, the answers, and the shapes of the variables meanwhile."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from grader.engine import from_texts
from grader.engine.attempt import Setting, attempt
from grader.engine.prepare import cargo_for
from grader.model import NoAnswer
from grader.sandbox import Guest

if TYPE_CHECKING:
    from grader.model import Assignment, Check, Limits
    from grader.sandbox import Child, Launcher
    from grader.sandbox.account import Spent

SHAPES = "gradgrader_shapes_of_variables"
# Runs in the guest, below the solution. A call that raises tells nothing: its variables may have any shape.
SPY = f"""
import sys


def {SHAPES}(seen=[]):
    told = seen[:200]
    seen.clear()
    return told


def gradgrader_spy(frame, event, answer, home=globals(), seen={SHAPES}.__defaults__[0]):
    if event != "return" or frame.f_globals is not home or frame.f_code.co_name.startswith("gradgrader_"):
        return
    shapes = {{}}
    for name, value in frame.f_locals.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            shapes[name] = ()
        elif isinstance(getattr(value, "shape", None), tuple):
            shapes[name] = tuple(map(int, value.shape))
    name = frame.f_code.co_qualname.replace("<locals>.", "")
    if name != "<module>" and "<" not in name:
        seen.append((name, shapes))


sys.setprofile(gradgrader_spy)
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One call into a guest."""

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    options: Mapping[str, Any]

    def on(self, child: Child) -> Answer:
        """What it comes to there."""
        try:
            return Answer(child.call(self.name, self.args, self.kwargs, self.options))
        except NoAnswer as error:
            return Answer(refused=(str(error.outcome), *error.kinds[:1]))


@dataclass(frozen=True, slots=True)
class Answer:
    """A value; or why there is none: the outcome and the exception's class."""

    value: Any = None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What one check asked with one seed, and what the solution answered."""

    check: str
    seed: int
    calls: tuple[Call, ...]
    answers: tuple[Answer, ...]


@dataclass(slots=True)
class Record:
    """What was asked, and for each function the shapes that its variables had, one entry for each time it ran."""

    asked: list[Asked] = field(default_factory=list)
    shapes: dict[str, list[dict[str, tuple[int, ...]]]] = field(default_factory=lambda: defaultdict(list))

    def names(self, check: str) -> frozenset[str]:
        """The functions that a check calls."""
        return frozenset(call.name for asked in self.asked if asked.check == check for call in asked.calls)


def record(
    assignment: Assignment, launcher: Launcher, checks: Sequence[Check], seeds: Sequence[int], *, spy: bool = False
) -> Record:
    """Run the checks on the solution and listen.

    Args:
        assignment: Whose solution.
        launcher: How guests are started.
        checks: The ones to run.
        seeds: The runs'.
        spy: Whether the shapes of variables are wanted, too.

    Raises:
        GuestLost: The machine cannot start guest processes.
    """
    manifest, found = assignment.manifest, Record()
    texts = {"solution.py": assignment.solution or ""} | ({"spy.py": SPY} if spy else {})
    guest = Guest(launcher, cargo_for(assignment, from_texts("solution", texts), seed=seeds[0]))
    try:
        for seed in seeds:
            setting = Setting(seed=seed, limits=manifest.limits, conventions=manifest.conventions)
            for check in checks:
                listening = _Listening(guest, found if spy else None)
                attempt(check, cast("Guest", listening), setting)
                found.asked.append(Asked(check.name, seed, tuple(listening.calls), tuple(listening.answers)))
    finally:
        guest.close()
    return found


class _Listening:
    """Stands before a guest for one check, and before the check's process."""

    def __init__(self, guest: Guest, found: Record | None) -> None:
        self._guest = guest
        self._found = found
        self._child: Child | None = None
        self.calls: list[Call] = []
        self.answers: list[Answer] = []

    @contextmanager
    def check(self, limits: Limits) -> Iterator[Any]:
        with self._guest.check(limits) as self._child:
            yield self

    def call(self, name: str, args: Sequence[object], kwargs: Mapping[str, object], options: Mapping[str, Any]) -> Any:
        assert self._child is not None, "a check calls within its process"
        self.calls.append(Call(name, copy.deepcopy(tuple(args)), copy.deepcopy(dict(kwargs)), dict(options)))
        refused: NoAnswer | None = None
        try:
            value = self._child.call(name, args, kwargs, options)
        except NoAnswer as error:
            refused = error
        answer = Answer(refused=(str(refused.outcome), *refused.kinds[:1])) if refused else Answer(copy.deepcopy(value))
        self.answers.append(answer)
        self._note_shapes(usable=refused is None)
        if refused is not None:
            raise refused
        return value

    def call_many(self, name: str, calls: Sequence[Sequence[object]], options: Mapping[str, Any]) -> list[Any]:
        """One by one: each is heard, and what a variable looks like is known after each."""
        return [self.call(name, args, {}, options) for args in calls]

    def spent(self) -> Spent | None:
        return self._child.spent() if self._child else None

    @property
    def seconds(self) -> float:
        return self._child.seconds if self._child else 0.0

    def _note_shapes(self, *, usable: bool) -> None:
        if self._found is None or self._child is None or self._child.fatal is not None:
            return
        told = self._child.call(SHAPES, (), {}, {})
        for name, shapes in told if usable else ():
            self._found.shapes[name].append(shapes)

    @property
    def fatal(self) -> NoAnswer | None:
        return self._child.fatal if self._child else None


def alike(shapes: Mapping[str, Sequence[Mapping[str, tuple[int, ...]]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    """For each function and variable the other variables that had the same shape whenever both had a value."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for function, runs in shapes.items():
        names = sorted({name for run in runs for name in run})
        found[function] = {
            name: tuple(other for other in names if other != name and _always_alike(name, other, runs))
            for name in names
        }
    return found


def _always_alike(one: str, other: str, runs: Sequence[Mapping[str, tuple[int, ...]]]) -> bool:
    both = [run for run in runs if one in run and other in run]
    return bool(both) and all(run[one] == run[other] for run in both)
