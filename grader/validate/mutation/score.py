"""What the checks make of the generated mutants: scores, survivors, points at risk. Arithmetic alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.model import Assignment
    from grader.validate.mutation.generate import Mutation


LOOPING = 5  # times what the solution needs: a mutant that needs more has lost its way
LEAST_SECONDS = 1.0  # on a busy machine anything may take so long


def allowed(seconds: float, limit: float) -> float:
    """The seconds that a mutant gets for what takes the solution `seconds`."""
    return min(limit, max(LEAST_SECONDS, LOOPING * seconds))


@dataclass(slots=True)
class Tried:
    """One mutant, and what was seen of it."""

    mutation: Mutation
    reached: tuple[str, ...]  # the checks that can notice it
    kills: dict[int, frozenset[str]] = field(default_factory=dict)  # seed -> the checks that were not passed
    equivalent: bool = False  # probably no mistake: it answers like the solution

    @property
    def killers(self) -> frozenset[str]:
        """The checks that notice it with every seed."""
        return frozenset.intersection(*self.kills.values()) if self.kills else frozenset()

    @property
    def killed(self) -> bool:
        """Whether with every seed some check notices it: a student is graded with one."""
        return bool(self.kills) and all(self.kills.values())

    @property
    def fate(self) -> str:
        """What came of it, in one word."""
        return "equivalent" if self.equivalent else "killed" if self.killed else "survived"

    @property
    def by_luck(self) -> frozenset[str]:
        """The checks whose verdict depends on the seed."""
        return frozenset[str]().union(*self.kills.values()) - self.killers


@dataclass(frozen=True, slots=True)
class CheckScore:
    """What one check does."""

    check: str
    points: Fraction
    reached: int  # mutants that it can notice, equivalent ones left out
    killed: int  # of these
    alone: int  # mutants that no other check kills

    @property
    def score(self) -> Fraction | None:
        """The share that it kills; None if it reaches none."""
        return Fraction(self.killed, self.reached) if self.reached else None


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A matrix in a check that has the shape of its transpose, whatever the seed."""

    check: str
    what: str  # "answer of d_softmax", "argument 1 of d_quadratic"
    shape: str
    symmetric: bool  # so that its transpose has the same values, too


@dataclass(frozen=True, slots=True)
class Mutants:
    """What came of all generated mutants."""

    tested: Sequence[Tried]
    checks: Sequence[CheckScore]
    at_risk: Fraction  # the points of checks that let a mistake pass
    ambiguous: Sequence[Ambiguity] = ()
    broken: Mapping[str, str] = field(default_factory=dict)  # check -> the mutant that makes it BROKEN, and how

    @property
    def mistakes(self) -> list[Tried]:
        """The mutants that are not equivalent."""
        return [each for each in self.tested if not each.equivalent]

    @property
    def survivors(self) -> list[Tried]:
        """The mistakes that pass with some seed."""
        return [each for each in self.mistakes if not each.killed]

    @property
    def killed(self) -> int:
        """How many mistakes are noticed with every seed."""
        return len(self.mistakes) - len(self.survivors)

    @property
    def score(self) -> Fraction | None:
        """The share of mistakes that are noticed; None where there is none to notice."""
        return Fraction(self.killed, len(self.mistakes)) if self.mistakes else None


def scored(
    assignment: Assignment, tested: Sequence[Tried], *, ambiguous: Iterable[Ambiguity], broken: Mapping[str, str]
) -> Mutants:
    """Count."""
    mistakes = [each for each in tested if not each.equivalent]
    checks = [_of_check(check.name, check.points, mistakes) for check in assignment.checks]
    risky = {name for each in mistakes if not each.killed for name in each.reached}
    at_risk = sum((check.points for check in assignment.checks if check.name in risky), Fraction(0))
    return Mutants(tuple(tested), checks, at_risk, tuple(ambiguous), dict(broken))


def _of_check(name: str, points: Fraction, mistakes: Sequence[Tried]) -> CheckScore:
    reached = [each for each in mistakes if name in each.reached]
    killed = [each for each in reached if name in each.killers]
    return CheckScore(name, points, len(reached), len(killed), sum(each.killers == {name} for each in killed))


def points_kept(each: Tried, points: Mapping[str, Fraction]) -> Fraction:
    """The points that a student keeps who makes this mistake, of those that are given for the function."""
    caught = min(each.kills.values(), key=len, default=frozenset[str]())
    return sum((points[name] for name in each.reached if name not in caught), Fraction(0))
