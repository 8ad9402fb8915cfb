"""Says what came of one check on one submission. Here alone is it decided who is to blame."""

from __future__ import annotations

import traceback
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.checks.diagnosis.known import nobody
from grader.engine.attempt import Attempt, Setting, Verdict, attempt, verdict
from grader.model import Check, Finding, Outcome, Result
from grader.sandbox import GuestLost
from grader.sandbox.capture import clean

if TYPE_CHECKING:
    from grader.engine.oracle import Oracle
    from grader.sandbox import Guest


def judge(check: Check, guest: Guest, setting: Setting, oracle: Oracle | None) -> Result:
    """The result of one check; without an `oracle` the submission is the solution itself, and nobody else is asked."""
    try:
        ended = attempt(check, guest, setting, oracle.known_mistakes(check, setting) if oracle else nobody)
        said = _blame(ended, verdict(ended), setting, oracle)
    except GuestLost as error:
        return broken(check, error)
    passed, final = said.outcome is Outcome.PASSED, said.outcome is not Outcome.BROKEN
    usage = ended.child.usage
    awards = tuple(ended.surroundings.awards) if final else ()
    return Result(
        check=check.name,
        title=check.title,
        visibility=check.visibility,
        points=check.points,
        earned=check.points if passed else sum((award.points for award in awards), Fraction(0)),
        outcome=said.outcome,
        finding=said.finding and _cleaned(said.finding),
        awards=awards,
        missing=said.missing,
        output=ended.child.output if check.public else "",  # it could carry hidden inputs out
        evidence=ended.surroundings.evidence,
        seconds=ended.child.seconds,
        cpu_seconds=usage.cpu_seconds if usage else None,
        memory_mb=usage.memory_mb if usage else None,
        unsettled=said.unsettled or (not passed and not guest.settled),
    )


def _blame(ended: Attempt, said: Verdict, setting: Setting, oracle: Oracle | None) -> Verdict:
    """The solution is asked about whatever was not passed: a check that it does not pass either is BROKEN."""
    certain = said.outcome is Outcome.PASSED or (said.outcome is Outcome.BROKEN and not said.stumbled)
    if certain or oracle is None:
        return said
    objection = oracle.objection(ended.check, setting)
    if objection is not None:
        return Verdict(outcome=Outcome.BROKEN, finding=objection)
    if said.stumbled:
        # The check works on right answers, so it is the form of this answer that it stumbled over.
        says = "the answer does not have the form that is asked for"
        got = _one_line(ended.error) if ended.error else "an answer with nothing in it to judge"
        return Verdict(outcome=Outcome.FAILED, finding=Finding(says=says, got=got))
    return said


def broken(check: Check, error: Exception) -> Result:
    """The result of a check that could not be run, through no fault of the submission."""
    lines = "".join(traceback.format_exception(error))
    return Result(
        check=check.name,
        title=check.title,
        visibility=check.visibility,
        points=check.points,
        earned=Fraction(0),
        outcome=Outcome.BROKEN,
        finding=_cleaned(Finding(says="the check could not be run", traceback=lines)),
    )


def _one_line(error: BaseException | None) -> str:
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
