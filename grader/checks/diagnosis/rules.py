"""The tables of rules, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks.diagnosis import (
    batch,
    behind,
    elementwise,
    flow,
    habits,
    hidden,
    layers,
    normalisation,
    penalty,
    transfer,
    units,
    values,
    whole,
)
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
    whole.one_coordinate, normalisation.normalisation, normalisation.normalisation_epsilon,
    elementwise.activation, elementwise.last_activation,
    habits.float32, flow.cancelled, flow.rows_taken, hidden.hidden_layer, behind.last_layer, behind.last_epsilon,
    transfer.transferred, flow.own_use_alone,
)
# Those that ask the function itself anew see its penalty again.
RULES_BESIDE_PENALTY = tuple(rule for rule in GRADIENT_RULES if rule is not transfer.transferred)
# Those whose formulas are not the same in other units.
RULES_OF_UNITS: tuple[GradientsRule, ...] = (
    layers.softmax_diagonal, layers.double_softmax, layers.missing_factor,
    elementwise.relu_threshold, elementwise.epsilon, normalisation.normalisation, normalisation.normalisation_epsilon,
    elementwise.activation, hidden.hidden_layer,
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
        return _first((_seen_otherwise,), evidence)


def _seen_otherwise(evidence: GradientsEvidence) -> Diagnosis | None:
    """What is said of a loss without its penalty, and of parameters in other units."""
    bare = penalty.without_penalty(evidence)
    found = None if bare is None else _first(RULES_BESIDE_PENALTY, bare)
    for one in (evidence, bare):
        for other in () if one is None or found else units.in_other_units(one):
            found = found or _first(RULES_OF_UNITS, other)
    return found


def _first(rules: Sequence[GradientsRule], evidence: GradientsEvidence) -> Diagnosis | None:
    for rule in rules:
        try:
            found = rule(evidence)
        except (np.linalg.LinAlgError, ArithmeticError):
            continue  # numbers with which an equation cannot be solved, or which are zero, prove nothing
        if found is not None:
            return found
    return None
