"""What is said of generated mutants, in every form of output."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.model import format_points
from grader.validate.promises import percent

if TYPE_CHECKING:
    from grader.validate.mutation.score import Ambiguity, Mutants, Tried


def summary(mutants: Mutants) -> str:
    """The score in one line."""
    if mutants.score is None:
        return "no mistake could be generated from the solution"
    left_out = len(mutants.tested) - len(mutants.mistakes)
    return (
        f"generated mutants: {mutants.killed} of {len(mutants.mistakes)} killed ({percent(mutants.score)}), "
        f"{left_out} equivalent left out; points at risk: {format_points(mutants.at_risk)}"
    )


def headline(each: Tried, kept: Fraction) -> str:
    """One survivor: what the student does, and what they keep."""
    where = each.mutation.function or "the top level"
    if not each.reached:
        return f"{each.mutation.name}: in {where} the student {each.mutation.does}: no check reaches it"
    says = f"{each.mutation.name}: in {where} the student {each.mutation.does}, and keeps {format_points(kept)} points"
    return f"{says} with some seeds" if each.by_luck else says


def notes(mutants: Mutants) -> Iterator[str]:
    """What an author may want to change, and need not."""
    lucky: dict[str, list[str]] = defaultdict(list)
    for each in mutants.mistakes:
        for check in each.by_luck if each.killed else ():
            lucky[check].append(each.mutation.name)
    for check, names in lucky.items():
        yield f"{check} notices {', '.join(names)} with some seeds only: draw inputs that always show it"
    blind = _by_check([each for each in mutants.ambiguous if each.symmetric])
    if blind:
        listed = ", ".join(f"{check} ({', '.join(what)})" for check, what in blind.items())
        yield f"symmetric with every seed, so that a transpose cannot be seen: {listed}"


def square(mutants: Mutants) -> str:
    """The matrices whose transpose differs in values alone; "" if there is none."""
    listed = _by_check([each for each in mutants.ambiguous if not each.symmetric])
    return "; ".join(f"{check}: {', '.join(what)}" for check, what in listed.items())


def _by_check(ambiguous: Sequence[Ambiguity]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for each in ambiguous:
        found[each.check].append(each.what)
    return found
