"""What goes into a guest: the submission with the course's probe, and the solution packed like a submission."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from grader.checks.context import derive_seed
from grader.model import Source, Submission
from grader.sandbox import Avoid, Cargo

if TYPE_CHECKING:
    from grader.assignment import Mutant
    from grader.model import Assignment


def cargo_for(assignment: Assignment, submission: Submission, *, seed: int, avoid: Avoid | None = None) -> Cargo:
    """The cargo. The guest's own seed tells nothing of the checks' seeds."""
    return Cargo(
        submission=submission,
        probe=assignment.probe,
        packages=assignment.manifest.packages,
        limits=assignment.manifest.limits,
        seed=derive_seed(seed, "guest:student"),
        avoid=avoid or Avoid(),
        modules=tuple(assignment.manifest.modules.values()),
        stubs=assignment.stubs,
        legacy=assignment.manifest.legacy,
    )


def solution_of(assignment: Assignment) -> Submission | None:
    """The assignment's solution as a submission; None in a student's kit, which has none."""
    if assignment.solution is None:
        return None
    return from_texts("solution", {"solution.py": assignment.solution})


def mutant_of(assignment: Assignment, mutant: Mutant) -> Submission:
    """A mutant as a submission: the functions that differ, loaded over the solution."""
    assert assignment.solution is not None, "a mutant is one of a solution"
    return from_texts(f"mutant {mutant.name}", {"solution.py": assignment.solution, f"{mutant.name}.py": mutant.text})


def from_texts(name: str, texts: dict[str, str]) -> Submission:
    """Modules that run one after another in one namespace, as a submission."""
    joined = "\0".join(texts.values()).encode()
    return Submission(
        name=name,
        sources=tuple(Source(name=file, cells=(text,)) for file, text in texts.items()),
        files={},
        digest=hashlib.sha256(joined).hexdigest(),
    )
