"""Says of each failure which unmet need probably explains it, and tells BLOCKED from MISSING."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.model import Check, Outcome, Result


def explain(checks: Sequence[Check], results: Mapping[str, Result]) -> tuple[Result, ...]:
    """The results in the assignment's order, each with what explains it; an earlier explanation is forgotten."""
    explained: dict[str, Result] = {}
    for check in checks:
        if check.name in results:
            needed = [explained[name] for name in check.needs if name in explained]
            explained[check.name] = _explain(_forget(results[check.name]), needed)
    return tuple(explained.values())


def _forget(result: Result) -> Result:
    outcome = Outcome.MISSING if result.outcome is Outcome.BLOCKED else result.outcome
    return replace(result, because=(), outcome=outcome)


def _explain(result: Result, needed: Sequence[Result]) -> Result:
    unmet = [need for need in needed if need.outcome is not Outcome.PASSED]
    if not unmet or result.outcome in (Outcome.PASSED, Outcome.BROKEN):
        return result
    if result.outcome is Outcome.MISSING:
        return _blocked(result, unmet)
    return replace(result, because=tuple(need.check for need in unmet))


def _blocked(result: Result, unmet: Sequence[Result]) -> Result:
    """Something is missing: what this check itself asks for, or what it needs."""
    blocking = [need for need in unmet if need.missing is not None and need.missing == result.missing]
    if not blocking:
        return result
    return replace(result, outcome=Outcome.BLOCKED, because=(blocking[0].check,))
