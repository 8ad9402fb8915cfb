"""Wrong gradients that an assignment knows beforehand: what its mutants answer for the same arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.model import Diagnosis

SAME = 1e-9  # of the largest entry: what the same formula leaves when it sums in another order
RIGHT = 1e-7  # of the largest entry: what no check calls wrong

Answer = tuple[Array | None, ...]  # one array per parameter; None for what is not numbers


@dataclass(frozen=True, slots=True, eq=False)
class KnownWrong:
    """What a known mistake answers: one array per parameter, for the parameters and the upstream gradient at hand."""

    code: str
    sentence: str
    gradients: tuple[Array, ...]


Ask = Callable[[], Answer]  # asks what the student was asked, whoever answers now
AskKnown = Callable[[Ask], Sequence[KnownWrong]]  # has it asked of whoever is known to be wrong


def nobody(ask: Ask) -> Sequence[KnownWrong]:
    """Where no assignment is graded, no mistake is known."""
    return ()


def of_known(evidence: GradientsEvidence, known: Sequence[KnownWrong]) -> Diagnosis | None:
    """The known mistake whose gradients these are."""
    return of_answer(evidence.got, known)


def of_answer(got: Answer, known: Sequence[KnownWrong]) -> Diagnosis | None:
    """The known mistake whose answer this is; nothing where two that say different things both are."""
    found = {Diagnosis(one.code, one.sentence) for one in known if _same(got, one.gradients, SAME)}
    return found.pop() if len(found) == 1 else None


def is_right(gradients: tuple[Array, ...], right: tuple[Array, ...]) -> bool:
    """Whether they are the right ones, or so close that no check tells them apart: then they show no mistake."""
    return _same(gradients, right, RIGHT)


def _same(got: Answer, gradients: tuple[Array, ...], tolerance: float) -> bool:
    if len(gradients) != len(got) or not got:
        return False
    return all(_agree(one, other, tolerance) for one, other in zip(got, gradients, strict=True))


@np.errstate(all="ignore")  # a student's numbers may be near the largest there are
def _agree(got: Array | None, other: Array, tolerance: float) -> bool:
    if got is None or got.shape != other.shape or not np.all(np.isfinite(other)):
        return False
    return bool(np.max(np.abs(got - other), initial=0.0) <= tolerance * np.max(np.abs(other), initial=0.0))
