"""Mistakes that show in the values of one array beside the right ones."""

from __future__ import annotations

import numpy as np

from grader.checks.diagnosis.evidence import Evidence
from grader.model import Diagnosis

EQUAL = 1e-6  # relative: how far two constants may be apart that are taken for one
SMALLEST = 1e-6  # a constant below is zero
DISTINCT = 10.0  # times what counts as none: how far two sizes of entries must be apart


def sign(evidence: Evidence) -> Diagnosis | None:
    """Got = -expected."""
    if not np.any(evidence.expected) or not evidence.fits(-evidence.expected):
        return None
    return Diagnosis("sign", "the sign is wrong" if evidence.name == "this" else f"{evidence.name} has the wrong sign")


def transposed(evidence: Evidence) -> Diagnosis | None:
    """Got is the transpose of what is expected, or holds its numbers in the transpose's order."""
    right = evidence.expected
    if right.ndim < 2 or not (evidence.fits(right.T) or evidence.fits(right.T.reshape(right.shape))):
        return None
    return evidence.says("transposed", "is the transpose of the right one")


def softmax_jacobian(evidence: Evidence) -> Diagnosis | None:
    """A square matrix whose rows cancel, as those of diag(s) - ssᵀ do, and only its diagonal came."""
    right = evidence.expected
    if right.ndim != 2 or right.shape[0] != right.shape[1] or len(right) < 2:
        return None
    cancel = np.abs(right.sum(axis=1)) <= evidence.slack.sum(axis=1)
    if not np.all(cancel) or not evidence.fits(np.diag(right.diagonal())):
        return None
    return evidence.says("softmax-diagonal", "has its diagonal only: every output depends on every input")


def factor(evidence: Evidence) -> Diagnosis | None:
    """One constant c with got = c·expected; where one number says it all, only constants that people forget."""
    c = constant(evidence)
    return None if c is None else named_factor(evidence, c, several_numbers(evidence))


def constant(evidence: Evidence) -> float | None:
    """The c that fits best, if it explains what came."""
    right, got, weight = evidence.expected, evidence.got, np.where(evidence.sharp, 1.0, 0.0)
    power = float(np.vdot(right, weight * right).real)
    c = float(np.vdot(right, weight * got).real) / power if power else 0.0
    # Fitting moves c by the error of expected, and so what is predicted by as much.
    more = (abs(c) - 1) * evidence.slack if abs(c) > 1 else 0.0
    return c if abs(c) > SMALLEST and evidence.fits(c * right, more) else None


def named_factor(evidence: Evidence, c: float, several: bool, equal: float = EQUAL) -> Diagnosis | None:
    """What to say of a factor; `several` numbers prove that it is one."""
    for text, known in (("half", 0.5), ("twice", 2.0)):  # also where a size is 2: this much is sure
        if is_equal(c, known, equal):
            return evidence.says("factor", f"is {text} the right one")
    for name, size in evidence.sizes.items():
        if is_equal(c, size, equal):
            return evidence.says("missing-mean", f"is {name} times too large: is a 1/{name} missing?")
        if is_equal(c, 1 / size, equal):
            return evidence.says("factor", f"is divided by {name} once too often")
    return evidence.says("factor", "is a constant multiple of the right one") if several else None


def several_numbers(evidence: Evidence) -> bool:
    """Whether there are two sizes of entries: anything is a multiple of [0, 0, 3], and any constant of [2, 2]."""
    sizes = np.abs(evidence.expected)[evidence.sharp]
    bound = DISTINCT * float(np.max(evidence.slack[evidence.sharp], initial=0.0))
    return bool(np.ptp(sizes[sizes > bound]) > bound) if np.any(sizes > bound) else False


def is_equal(one: float, other: float, equal: float = EQUAL) -> bool:
    """Whether two constants are one."""
    return abs(one - other) <= equal * abs(other)
