"""Mistakes that show in whole arrays: constants, places, single coordinates."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from grader.checks.diagnosis import values
from grader.checks.diagnosis.evidence import Array, Evidence, GradientsEvidence, Rule
from grader.model import Diagnosis

MOST = 1000  # a count of samples that a constant may be the inverse of
ALONG = 1e-4  # relative: how closely the constants along several directions must agree
FEW = 3  # entries or rows below which "only this one" says nothing
KNOWN = 0.9  # the share of the entries that must be known for only some of them to be wrong
FLOWS = 0.5  # the share of the entries to which anything flows; where next to nothing does, few can be wrong
IS_ZERO = 1e-9  # of the largest entry


def one_for_all(evidence: GradientsEvidence, rule: Rule) -> Diagnosis | None:
    """What a rule says of every wrong array, if it says the same of all."""
    found = [rule(one) for one in evidence.arrays.values()]
    if not evidence.measured or len({one and one.code for one in found}) != 1 or found[0] is None:
        return None
    if len(found) == 1 or len({one and one.sentence.removeprefix(e.name) for one, e in
                               zip(found, evidence.arrays.values(), strict=True)}) > 1:  # fmt: skip
        return found[0]
    return rule(replace(next(iter(evidence.arrays.values())), name=evidence.label()))


def sign(evidence: GradientsEvidence) -> Diagnosis | None:
    """Every wrong array is minus the right one."""
    return one_for_all(evidence, values.sign)


def transposed(evidence: GradientsEvidence) -> Diagnosis | None:
    """Every wrong array is the transpose of the right one."""
    return one_for_all(evidence, values.transposed)


def swapped(evidence: GradientsEvidence) -> Diagnosis | None:
    """Two wrong arrays of one size, and each is the other one."""
    if len(evidence.wrong) != 2 or not evidence.measured:
        return None
    (a, one), (b, other) = evidence.arrays.items()
    if one.got.shape != other.got.shape or one.got.size < 2:
        return None
    if not (one.fits(other.expected, other.slack) and other.fits(one.expected, one.slack)):
        return None
    return Diagnosis(
        "swapped", f"the gradients by {evidence.names[a]} and {evidence.names[b]} are in each other's place"
    )


def averaged_bias(evidence: GradientsEvidence) -> Diagnosis | None:
    """Vectors are too small by a whole number that is a size of this problem, while other arrays are right."""
    if not evidence.measured or len(evidence.wrong) == len(evidence.names):
        return None
    lengths = {n for array in (evidence.value, *evidence.params) for n in array.shape} | set(evidence.sizes.values())
    for one in evidence.arrays.values():
        c = values.constant(one)
        times = round(1 / c) if c and 1 / MOST < c < 0.7 else 0
        vector = sum(n > 1 for n in one.got.shape) <= 1
        if not vector or times < 2 or not values.is_equal(1 / (c or 1), times):
            return None
        if times < FEW and (times not in lengths or not values.several_numbers(one)):
            return None
    return Diagnosis("averaged-bias", f"{evidence.label()} is averaged over the batch, where the sum is right")


def factor(evidence: GradientsEvidence) -> Diagnosis | None:
    """Every wrong array is a constant times the right one; for large ones, along every direction that is tried."""
    if evidence.measured:
        return _one_constant(evidence) or one_for_all(evidence, values.factor)
    if any(evidence.expected[a] is not None for a in evidence.wrong):
        return None
    constants = [_along_directions(evidence, a) for a in evidence.wrong]
    first = constants[0] if constants else None
    if first is None or any(c is None for c in constants):
        return None
    nothing = Evidence(np.zeros(0), np.zeros(0), 0.0, evidence.sizes, name=evidence.label())
    if any(not values.is_equal(c or 0, first, ALONG) for c in constants):
        return nothing.says("factor", "is a constant multiple of the right one")
    if values.is_equal(first, -1.0, ALONG):
        return nothing.says("sign", "has the wrong sign")
    vectors = all(evidence.params[a].ndim <= 1 for a in evidence.wrong)
    if vectors and len(evidence.wrong) < len(evidence.names) and _is_inverse(first):
        return nothing.says("averaged-bias", "is averaged over the batch, where the sum is right")
    return values.named_factor(nothing, first, several=True, equal=ALONG)


def _one_constant(evidence: GradientsEvidence) -> Diagnosis | None:
    """Several arrays with the same constant: what one number alone cannot prove, they do together."""
    found = [values.constant(one) for one in evidence.arrays.values()]
    first = found[0]
    if len(found) < 2 or first is None or any(c is None or not values.is_equal(c, first, ALONG) for c in found):
        return None
    several = any(values.several_numbers(one) for one in evidence.arrays.values())
    whole = replace(next(iter(evidence.arrays.values())), name=evidence.label())
    return values.named_factor(whole, first, several)


def _is_inverse(c: float) -> bool:
    return 1 / MOST < c < 0.4 and values.is_equal(1 / c, round(1 / c), ALONG)


def _along_directions(evidence: GradientsEvidence, a: int) -> float | None:
    """The one constant that all directions agree on, and that is not 1."""
    found = [(c, e) for c, e in evidence.ratios(a) if e <= ALONG]
    if len(found) < 3:
        return None
    constants = np.array([c for c, _ in found])
    middle = float(np.median(constants))
    if middle == 0.0 or np.ptp(constants) > ALONG * abs(middle) or np.ptp(constants) > 0.1 * abs(middle - 1):
        return None
    return middle


def one_coordinate(evidence: GradientsEvidence) -> Diagnosis | None:
    """One array, of which a single entry, row or column is wrong; a whole row must be a constant times the right one.

    Only where no other rule knows better.
    """
    if len(evidence.wrong) != 1:
        return _one_slice_of_all(evidence)
    a = evidence.wrong[0]
    one, shape = evidence.array(a), evidence.params[a].shape
    off = _off(evidence, a)
    if one is not None and np.mean(np.abs(one.expected) > 2 * one.slack) < FLOWS:
        return None
    if off is None or not 0 < len(off) < evidence.params[a].size or evidence.params[a].size <= FEW:
        return None
    if len(off) == 1 and _nothing_else(evidence, a, off):
        if one is not None and (_is_masked(one, off) or _next_to_threshold(evidence, a, int(off[0]))):
            return None
        return Diagnosis("one-coordinate", f"{evidence.label()} is wrong in a single entry")
    if len(shape) != 2 or (one is not None and not _scaled(one, off)):
        return None
    for axis, word in ((0, "row"), (1, "column")):
        lines = np.unique(np.unravel_index(off, shape)[axis])
        whole = np.flatnonzero(np.indices(shape)[axis].ravel() == lines[0])
        if len(lines) == 1 and shape[axis] >= FEW and _nothing_else(evidence, a, whole):
            return Diagnosis("one-coordinate", f"{evidence.label()} is wrong in a single {word}")
    return None


def _one_slice_of_all(evidence: GradientsEvidence) -> Diagnosis | None:
    """Every wrong array is so at one and the same place along its last axis: one class, one unit."""
    places: Counter[tuple[int, int]] = Counter()
    for a, one in evidence.arrays.items():
        off = _off(evidence, a)
        if off is None or not len(off) or not one.got.ndim:
            return None
        places.update({(one.got.shape[-1], int(k)) for k in np.unique(off % one.got.shape[-1])})
    if not evidence.measured or len(places) != 1 or next(iter(places))[0] < FEW:
        return None
    if not all(_scaled(one, np.flatnonzero(one.off)) for one in evidence.arrays.values()):
        return None
    return Diagnosis("one-coordinate", f"{evidence.label()} is wrong in a single column")


def _off(evidence: GradientsEvidence, a: int) -> Array | None:
    one = evidence.array(a)
    if one is None:
        return evidence.located.get(a)
    return np.flatnonzero(one.off & one.sharp) if one.sharp.mean() >= KNOWN else None


def _nothing_else(evidence: GradientsEvidence, a: int, entries: Array) -> bool:
    """Whether the others are right, as was seen where each was measured."""
    return a in evidence.error or evidence.right_but_for(a, entries)


def _scaled(one: Evidence, off: Array) -> bool:
    """Whether the wrong entries are one constant times the right ones, zero included."""
    right, got = one.expected.ravel()[off], one.got.ravel()[off]
    power = float(np.vdot(right, right))
    c = float(np.vdot(right, got)) / power if power else 0.0
    return power > 0 and bool(np.all(np.abs(got - c * right) <= 2 * one.slack.ravel()[off]))


def _is_masked(one: Evidence, off: Array) -> bool:
    """Whether nothing should come there: a mask that is missing would do the same."""
    return bool(np.all(np.abs(one.expected.ravel()[off]) <= one.slack.ravel()[off]))


def _next_to_threshold(evidence: GradientsEvidence, a: int, k: int) -> bool:
    """Whether a mask that is cut at the wrong place would do the same: the parameter is next to zero there."""
    x, right = evidence.params[a].ravel(), np.abs(evidence.expected[a]).ravel()  # type: ignore[arg-type]
    flows = right > IS_ZERO * right.max(initial=0.0)
    return bool(x[k] > 0 and not np.any(flows & (x <= 0)) and x[k] <= np.min(x[flows], initial=np.inf))
