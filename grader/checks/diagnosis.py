"""Names the likely mistake behind a wrong answer, and says nothing when it is not sure.

`CODES` is the closed list: a mutant may promise these and no others. The rules are tried in the order of `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import Diagnosis
from reference.layout import Derivative, diagnose_shape

Array = npt.NDArray[Any]

# fmt: off
CODES = {
    "numerator-layout":      "the derivative is in numerator layout",
    "transposed":            "the answer is the transpose of the right one",
    "row-for-column":        "a row where a column is expected, or the other way round",
    "keepdims":              "an axis of length 1 too many or too few",
    "not-summed-over-batch": "the first axis is not summed over",
    "sign":                  "the answer has the wrong sign",
    "missing-mean":          "a sum where a mean is expected: the 1/m is missing",
    "factor":                "the answer is a constant multiple of the right one",
    "softmax-diagonal":      "only the diagonal of a softmax Jacobian",
}
# fmt: on
NONE = "none"  # what a mutant promises when no diagnosis is expected
SURE = 1e-4  # relative; a check may tolerate more, but what agrees less closely than float32 does proves no mistake


@dataclass(frozen=True, slots=True)
class Evidence:
    """A wrong answer beside the right one, same shape, all finite; `sizes` are the named sizes that the check used."""

    expected: Array
    got: Array
    tolerance: float  # relative to the largest expected entry
    sizes: Mapping[str, int] = field(default_factory=dict)

    def close(self, one: Array, other: Array) -> bool:
        """Whether two arrays agree to the tolerance, and surely."""
        return bool(np.max(np.abs(one - other), initial=0.0) <= self.bound(other))

    def bound(self, right: Array) -> float:
        """The largest difference from `right` that counts as none."""
        return min(self.tolerance, SURE) * float(np.max(np.abs(right), initial=0.0))


def of_shape(expected: tuple[int, ...], got: tuple[int, ...], derivative: Derivative | None = None) -> Diagnosis | None:
    """The mistake behind a wrong shape."""
    by_axes = len(derivative.denominator) if derivative and derivative.layout == "denominator" else None
    mistake = diagnose_shape(expected, got, by_axes=by_axes)
    return Diagnosis(mistake.code, mistake.sentence) if mistake else None


def of_values(evidence: Evidence) -> Diagnosis | None:
    """The mistake behind wrong values of the right shape."""
    if not (np.all(np.isfinite(evidence.expected)) and np.all(np.isfinite(evidence.got))):
        return None
    with np.errstate(all="ignore"):  # a student's numbers may be near the largest there are
        return next((found for rule in RULES if (found := rule(evidence)) is not None), None)


def _transposed(evidence: Evidence) -> Diagnosis | None:
    got = evidence.got
    if got.ndim < 2 or got.T.shape != got.shape or not evidence.close(got.T, evidence.expected):
        return None
    return Diagnosis("transposed", "this is the transpose of the right answer")


def _sign(evidence: Evidence) -> Diagnosis | None:
    if not np.any(evidence.expected) or not evidence.close(-evidence.got, evidence.expected):
        return None
    return Diagnosis("sign", "the sign is wrong")


def _factor(evidence: Evidence) -> Diagnosis | None:
    """One constant c with got = c · expected; where one number says it all, only constants that people forget."""
    power = float(np.vdot(evidence.expected, evidence.expected).real)
    c = float(np.vdot(evidence.expected, evidence.got).real) / power if power else 0.0
    if c == 0.0 or not evidence.close(evidence.got / c, evidence.expected):
        return None
    for text, factor in (("half", 0.5), ("twice", 2.0)):  # also where a size is 2: this much is sure
        if _equal(c, factor):
            return Diagnosis("factor", f"this is {text} the right answer")
    for name, size in evidence.sizes.items():
        if _equal(c, size):
            return Diagnosis("missing-mean", f"this is {name} times too large: is a 1/{name} missing?")
        if _equal(c, 1 / size):
            return Diagnosis("factor", f"this is divided by {name} once too often")
    if not _several_numbers(evidence):
        return None
    return Diagnosis("factor", "this is a constant multiple of the right answer")


def _several_numbers(evidence: Evidence) -> bool:
    """Whether there are two sizes of entries: anything is a multiple of [0, 0, 3], and any constant of [2, 2]."""
    sizes, bound = np.abs(evidence.expected), 10 * evidence.bound(evidence.expected)
    return bool(np.ptp(sizes[sizes > bound]) > bound)


def _softmax_diagonal(evidence: Evidence) -> Diagnosis | None:
    expected, got = evidence.expected, evidence.got
    if expected.ndim != 2 or expected.shape[0] != expected.shape[1] or len(expected) < 2:
        return None
    rows_cancel = evidence.close(expected.sum(axis=1) + expected.diagonal(), expected.diagonal())
    if not rows_cancel or not evidence.close(got, np.diag(expected.diagonal())):
        return None
    return Diagnosis("softmax-diagonal", "only the diagonal is there: every output depends on every input")


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * abs(other)


RULES: tuple[Callable[[Evidence], Diagnosis | None], ...] = (_sign, _transposed, _softmax_diagonal, _factor)
