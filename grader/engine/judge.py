"""Runs one check against one guest and says what came of it. Here alone is it decided who is to blame."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.checks import CheckContext, Draw
from grader.checks.context import derive_seed, running
from grader.engine.student import Student
from grader.model import Check, CheckFailed, Finding, NoAnswer, Outcome, Result
from grader.model.report import UNSETTLED
from grader.sandbox.capture import clean
from grader.sandbox.replies import OUT_OF_MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction

    from grader.model import Limits
    from grader.sandbox import Child, Guest


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a check's function ended: it returned (no `error`), or an exception came out of it."""

    error: Exception | None
    child: Child
    surroundings: CheckContext


def judge(check: Check, guest: Guest, limits: Limits, *, seed: int, solution: Callable[[], Guest | None]) -> Result:
    """The result of one check. `solution` gives a guest that holds the solution, or None where there is none."""
    attempt = _attempt(check, guest, limits, seed)
    outcome, finding, missing = _verdict(attempt)
    if outcome is Outcome.BROKEN and attempt.child.replied and _passes_on(solution, check, limits, seed):
        # The check works on right answers, so it is the form of this answer that it stumbled over.
        outcome = Outcome.FAILED
        finding = Finding(says="the answer does not have the form that is asked for", got=_one_line(attempt.error))
    return Result(
        check=check.name,
        title=check.title,
        visibility=check.visibility,
        points=check.points,
        earned=check.points if outcome is Outcome.PASSED else _awarded(outcome, attempt),
        outcome=outcome,
        finding=finding and _cleaned(finding),
        awards=tuple(attempt.surroundings.awards),
        missing=missing,
        output=attempt.child.output if check.public else "",  # it could carry hidden inputs out
        evidence=attempt.surroundings.evidence,
        seconds=attempt.child.seconds,
        unsettled=outcome in UNSETTLED or _out_of_memory(attempt),
    )


def _attempt(check: Check, guest: Guest, limits: Limits, seed: int) -> Attempt:
    own_seed = derive_seed(seed, check.name)
    with guest.check(limits.within(check.seconds)) as child:
        surroundings = CheckContext(seed=own_seed, points=check.points)
        error: Exception | None = None
        try:
            draw = Draw(check.dims, surroundings)
            with running(surroundings):
                check.function(Student(child, draw), draw)
        except Exception as raised:  # noqa: BLE001  (the one edge where a check's own exceptions are met)
            error = raised
    return Attempt(error, child, surroundings)


def _verdict(attempt: Attempt) -> tuple[Outcome, Finding | None, str | None]:
    """Outcome, what there is to say, and the name that is missing."""
    # What ended the guest decides, even if the check caught the exception that said so.
    error = attempt.child.fatal or attempt.error
    if error is None:
        if not attempt.child.replied:
            return Outcome.BROKEN, Finding(says="the check never asked the submission anything"), None
        return Outcome.PASSED, None, None
    if isinstance(error, NoAnswer):
        return error.outcome, error.finding, error.missing or None
    if isinstance(error, CheckFailed):
        return Outcome.FAILED, error.finding, None
    lines = traceback.format_exception(error)
    return Outcome.BROKEN, Finding(says="the check itself failed", traceback="".join(lines)), None


def _passes_on(solution: Callable[[], Guest | None], check: Check, limits: Limits, seed: int) -> bool:
    """Whether the same check and seed pass on the solution; in a kit without one, `grade validate` has seen to it."""
    guest = solution()
    if guest is None:
        return True
    outcome = _verdict(_attempt(check, guest, limits, seed))[0]
    if outcome in UNSETTLED:  # it may be the machine that is busy
        outcome = _verdict(_attempt(check, guest, limits, seed))[0]
    return outcome is Outcome.PASSED


def _awarded(outcome: Outcome, attempt: Attempt) -> Fraction:
    awarded = attempt.surroundings.awarded
    return awarded if outcome is not Outcome.BROKEN else awarded * 0


def _out_of_memory(attempt: Attempt) -> bool:
    return isinstance(attempt.error, NoAnswer) and OUT_OF_MEMORY in attempt.error.kinds


def _one_line(error: Exception | None) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _cleaned(finding: Finding) -> Finding:
    """Every text that may hold something of the student's, safe to show."""

    def cleaned(text: str | None) -> str | None:
        return text and clean(text)

    return replace(
        finding,
        says=clean(finding.says),
        expected=cleaned(finding.expected),
        got=cleaned(finding.got),
        where=cleaned(finding.where),
        traceback=cleaned(finding.traceback),
    )


def explain(checks: Sequence[Check], results: Mapping[str, Result]) -> dict[str, Result]:
    """Say of each failure which unmet need probably explains it, and tell BLOCKED from MISSING; in order."""
    explained: dict[str, Result] = {}
    for check in checks:
        if check.name in results:
            needed = [explained[name] for name in check.needs if name in explained]
            explained[check.name] = _explain(results[check.name], needed)
    return explained


def _explain(result: Result, needed: Sequence[Result]) -> Result:
    unmet = [need for need in needed if need.outcome is not Outcome.PASSED]
    if not unmet or result.outcome in (Outcome.PASSED, Outcome.BROKEN):
        return result
    if result.outcome in (Outcome.MISSING, Outcome.BLOCKED):
        return _blocked(result, unmet)
    return replace(result, because=tuple(need.check for need in unmet))


def _blocked(result: Result, unmet: Sequence[Result]) -> Result:
    """Something is missing: what this check itself asks for, or what it needs."""
    blocking = [need for need in unmet if need.missing is not None and need.missing == result.missing]
    if not blocking:
        return result
    return replace(result, outcome=Outcome.BLOCKED, because=(blocking[0].check,))
