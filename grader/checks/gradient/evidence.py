"""What is known of a gradient that failed, and what may still be asked: the material of a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from grader.checks import diagnosis
from grader.checks.arrays import Array
from grader.checks.gradient.contract import read
from grader.checks.gradient.point import Site
from grader.checks.gradient.problem import Params, Problem, copies
from grader.checks.gradient.report import Reason
from grader.model import Diagnosis

TOLERANCE = 1e-5  # relative to the largest expected entry


@dataclass(frozen=True, slots=True, eq=False)
class GradientEvidence:
    """A gradient that failed, beside the right one as far as that is known.

    Per parameter, in order: `names`, `params`, `got` (for the first upstream gradient; None where no numbers came) and
    `numeric` (None where it was not measured in full; NaN nowhere else). `value` and `upstream` belong to them.
    """

    problem: Problem
    reasons: tuple[Reason, ...]
    params: Params
    value: Array
    upstream: Array
    got: tuple[Array | None, ...] = ()
    numeric: tuple[Array | None, ...] = ()
    wrong: tuple[int, ...] = ()  # the numbers of the wrong arrays
    site: Site | None = None  # for probes along directions; None where the form was wrong
    sizes: Mapping[str, int] = field(default_factory=dict)  # the named sizes that the check used

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names."""
        return self.problem.names

    def gradients_at(self, params: Params, upstream: Array) -> tuple[Array | None, ...]:
        """What the gradient function answers elsewhere; None for what is not numbers of the right shape."""
        reply = self.problem.answer(copies(params), upstream.copy() if self.problem.with_upstream else None)
        answer = read(reply, self.names, params)
        return answer.gradients if not answer.reasons else tuple(None for _ in params)

    def values_at(self, points: list[Params]) -> list[Array]:
        """The function's values elsewhere."""
        return self.problem.values(points, self.value)


def diagnose(evidence: GradientEvidence) -> Diagnosis | None:
    """The likely mistake, where a rule is sure of one."""
    first = evidence.reasons[0]
    if first.code == "wrong-shape":
        a = evidence.names.index(first.array or "")
        got = evidence.got[a]
        return None if got is None else diagnosis.of_shape(evidence.params[a].shape, got.shape)
    for a in evidence.wrong:
        numeric, answer = evidence.numeric[a], evidence.got[a]
        if numeric is None or answer is None:
            continue
        known = diagnosis.Evidence(numeric, answer.astype(np.float64), TOLERANCE, evidence.sizes)
        if (found := diagnosis.of_values(known)) is not None:
            return found
    return None
