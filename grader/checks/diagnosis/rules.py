"""The tables of rules, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks.diagnosis import batch, elementwise, habits, layers, penalty, values, whole
from grader.checks.diagnosis.evidence import Evidence, GradientsEvidence, GradientsRule, Rule
from grader.checks.diagnosis.known import KnownWrong, of_known
from grader.model import Diagnosis

RULES: tuple[Rule, ...] = (values.sign, values.transposed, values.softmax_jacobian, values.factor)
# fmt: off
HABIT_RULES: tuple[GradientsRule, ...] = (
    habits.not_zeroed, habits.input_modified, habits.upstream_ignored, habits.stale_cache,
)
GRADIENT_RULES: tuple[GradientsRule, ...] = (
    whole.sign, whole.swapped, whole.transposed, whole.averaged_bias, whole.factor,
    penalty.penalty, penalty.factor_beside_penalty,
    layers.softmax_diagonal, layers.double_softmax, layers.operand_not_transposed, layers.missing_factor,
    elementwise.relu_threshold, elementwise.missing_mask, elementwise.epsilon,
    batch.overwritten, batch.one_sample, batch.max_spread,
    whole.one_coordinate, layers.normalisation, layers.normalisation_epsilon,
    elementwise.activation, elementwise.last_activation,
    habits.float32,
)
# fmt: on


def of_values(evidence: Evidence) -> Diagnosis | None:
    """The mistake behind wrong values of the right shape."""
    if not (np.all(np.isfinite(evidence.expected)) and np.all(np.isfinite(evidence.got))):
        return None
    with np.errstate(all="ignore"):  # a student's numbers may be near the largest there are
        return next((found for rule in RULES if (found := rule(evidence)) is not None), None)


def of_gradients(evidence: GradientsEvidence, known: Sequence[KnownWrong] = ()) -> Diagnosis | None:
    """The mistake behind wrong gradients; `known` are those that an assignment brings, which know best."""
    if (found := of_known(evidence, known)) is not None:
        return found
    rules = (*HABIT_RULES, *GRADIENT_RULES) if evidence.wrong else HABIT_RULES
    with np.errstate(all="ignore"):
        if (found := _first(rules, evidence)) is not None:
            return found
        return _first((_without_penalty,), evidence)


def _without_penalty(evidence: GradientsEvidence) -> Diagnosis | None:
    """What is wrong beside a penalty that is."""
    bare = penalty.without_penalty(evidence)
    return None if bare is None else _first(GRADIENT_RULES, bare)


def _first(rules: Sequence[GradientsRule], evidence: GradientsEvidence) -> Diagnosis | None:
    for rule in rules:
        try:
            found = rule(evidence)
        except (np.linalg.LinAlgError, ArithmeticError):
            continue  # numbers with which an equation cannot be solved, or which are zero, prove nothing
        if found is not None:
            return found
    return None
