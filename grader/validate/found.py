"""What a validation finds: of each subject, and of the assignment as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.model import Report
    from grader.validate.mutation.score import Mutants

MIN_SCORE = Fraction("0.95")


class Kinds(StrEnum):
    """Which mutants are run."""

    ALL = "all"
    WRITTEN = "written"  # those of the assignment's folder
    GENERATED = "generated"


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

    def count(self, report: Report) -> None:
        """Note that it was run once more, and what it earned."""
        self.runs += 1
        if report.earned is not None:
            self.earned.add(report.earned)


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
    mutants: Mutants | None = None  # the generated ones, if they were asked for and the solution could be run
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether all promises hold, and the checks notice enough."""
        return not self.problems and not any(subject.problems for subject in self.subjects)
