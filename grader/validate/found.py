"""What a validation finds: of each subject, and of the assignment as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(slots=True)
class Problem:
    """One thing that does not hold."""

    says: str
    finding: str = ""  # what the first report that shows it has to say
    where: str = ""  # the file and line to look at
    seeds: list[int] = field(default_factory=list)  # that show it


@dataclass(slots=True)
class Subject:
    """What was seen of one of the things that are run, over all seeds."""

    name: str
    promise: str
    runs: int = 0
    judged: bool = False  # not if it was not run, or its promise is about a check that the solution does not pass
    earned: set[Fraction] = field(default_factory=set)
    problems: dict[str, Problem] = field(default_factory=dict)  # by what they say

    def add(self, problem: Problem, seed: int) -> None:
        """Note what does not hold with a seed."""
        self.problems.setdefault(problem.says, problem).seeds.append(seed)


@dataclass(frozen=True, slots=True)
class Validation:
    """What validating an assignment came to."""

    assignment: str
    called: str  # how a command says which assignment: its name, or the path of its folder
    seeds: int
    points: Fraction
    subjects: list[Subject]
    problems: list[str]  # of the assignment as a whole
    notes: list[str]  # worth knowing, and no mistake

    @property
    def sound(self) -> bool:
        """Whether all promises hold."""
        return not self.problems and not any(subject.problems for subject in self.subjects)
