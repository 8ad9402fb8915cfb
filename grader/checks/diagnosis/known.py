"""Wrong gradients that an assignment knows beforehand: what its mutants answer for the same arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.model import Diagnosis

SAME = 1e-9  # of the largest entry: what the same formula leaves when it sums in another order


@dataclass(frozen=True, slots=True, eq=False)
class KnownWrong:
    """What a known mistake answers: one array per parameter, for the parameters and the upstream gradient at hand."""

    code: str
    sentence: str
    gradients: tuple[Array, ...]


def of_known(evidence: GradientsEvidence, known: Sequence[KnownWrong]) -> Diagnosis | None:
    """The known mistake whose gradients these are; nothing where two that say different things both are."""
    found = {Diagnosis(one.code, one.sentence) for one in known if _same(evidence, one.gradients)}
    return found.pop() if len(found) == 1 else None


def _same(evidence: GradientsEvidence, gradients: tuple[Array, ...]) -> bool:
    if len(gradients) != len(evidence.got) or not evidence.got:
        return False
    return all(_agree(got, wrong) for got, wrong in zip(evidence.got, gradients, strict=True))


def _agree(got: Array | None, wrong: Array) -> bool:
    if got is None or got.shape != wrong.shape or not np.all(np.isfinite(wrong)):
        return False
    return bool(np.max(np.abs(got - wrong), initial=0.0) <= SAME * np.max(np.abs(wrong), initial=0.0))
