"""Runs a check's function once against one guest, and says how that ended; who is to blame is not decided here."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.assignment import declared_at
from grader.checks import CheckContext, Draw
from grader.checks.context import derive_seed, running
from grader.checks.diagnosis.known import AskKnown, nobody
from grader.engine.student import Student
from grader.model import Check, CheckFailed, Finding, Limits, NoAnswer, Outcome
from grader.model.report import UNSETTLED
from grader.sandbox.replies import OUT_OF_MEMORY

if TYPE_CHECKING:
    from grader.sandbox import Child, Guest

Conventions = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is the same for all checks of a grading."""

    seed: int
    limits: Limits
    conventions: Conventions = field(default_factory=dict)
    alone: bool = False  # nothing else of ours runs, so that what is slow is slow by itself


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a check's function ended: it returned something (no `error`), or an exception came out of it."""

    check: Check
    error: BaseException | None
    returned: object
    child: Child
    surroundings: CheckContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an attempt comes to. `stumbled`: the check raised something of its own, over this answer or over any."""

    outcome: Outcome
    finding: Finding | None = None
    missing: str | None = None  # the name that is MISSING
    unsettled: bool = False  # a second run may end otherwise
    stumbled: bool = False


def attempt(check: Check, guest: Guest, setting: Setting, ask_known: AskKnown = nobody) -> Attempt:
    """Run the check. What it prints goes to standard error, since standard output may be read by a program.

    After a gradient that is wrong, `ask_known` is asked which known mistakes answer the same.

    Raises:
        GuestLost: There is no process to be had.
    """
    surroundings = CheckContext(
        seed=derive_seed(setting.seed, check.name),
        points=check.points,
        conventions=setting.conventions,
        ask_known=ask_known,
    )
    error: BaseException | None = None
    returned: object = None
    with guest.check(setting.limits.within(check.seconds)) as child:
        try:
            draw = Draw(check.dims, surroundings)
            with running(surroundings), contextlib.redirect_stdout(sys.stderr):
                returned = check.function(Student(child, draw), draw)
        except KeyboardInterrupt:
            raise
        except BaseException as raised:  # noqa: BLE001  (the one edge where a check's own exceptions are met)
            error = raised
    return Attempt(check, error, returned, child, surroundings)


def verdict(ended: Attempt) -> Verdict:
    """What the attempt comes to, as far as one attempt can tell."""
    # What ended the guest decides, even if the check caught the exception that said so.
    error = ended.child.fatal or ended.error
    if error is None:
        fault = _fault_of_a_passing_check(ended)
        if fault is None:
            return Verdict(outcome=Outcome.PASSED)
        finding = Finding(says=fault, where=declared_at(ended.check))
        asked = ended.child.replied and ended.returned is None  # an empty answer may have left nothing to assert
        return Verdict(outcome=Outcome.BROKEN, finding=finding, stumbled=asked)
    if isinstance(error, NoAnswer):
        unsettled = error.outcome in UNSETTLED or OUT_OF_MEMORY in error.kinds
        missing = error.missing or None
        return Verdict(outcome=error.outcome, finding=error.finding, missing=missing, unsettled=unsettled)
    if isinstance(error, CheckFailed):
        return Verdict(outcome=Outcome.FAILED, finding=error.finding)
    lines = traceback.format_exception(error)
    finding = Finding(says="the check itself failed", where=declared_at(ended.check), traceback="".join(lines))
    return Verdict(outcome=Outcome.BROKEN, finding=finding, stumbled=ended.child.replied)


def _fault_of_a_passing_check(ended: Attempt) -> str | None:
    if not ended.child.replied:
        return "the check never asked the submission anything"
    if not ended.surroundings.assertions:
        return "the check asserts nothing: it needs assert_close or another assertion, or student.f.returns(...)"
    if ended.returned is not None:
        return "the check returns something: what it asserts decides, so it returns nothing"
    return None
