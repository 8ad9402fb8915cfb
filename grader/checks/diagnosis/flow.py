"""Where a gradient flows: rows taken by index, largest entries, entries of which only the own use counts."""

from __future__ import annotations

import numpy as np

from grader.checks.diagnosis.evidence import GradientsEvidence
from grader.checks.diagnosis.views import View
from grader.model import Diagnosis

NOTHING = 1e-11  # relative: what cancels but for rounding
FEW = 3  # entries from which on a pattern is one
MULTIPLE = 100.0  # times the error: how far a row must be from a multiple of the right one
CONDITION = 1e6  # of a Jacobian that is not singular
LARGEST = 64  # entries: a Jacobian of more takes too many questions
COUPLED = 1e-3  # of the largest entry of a Jacobian: what is not zero


def spread(view: View) -> str | None:
    """Along an axis sums are kept, but what the largest entries should get goes partly to others, which get nothing.

    The largest entry of a slice is chosen by all windows it lies in, the smallest by none.
    """
    x, one = view.x, view.one
    right, got = one.expected, one.got
    for axis in range(x.ndim):
        if x.shape[axis] < 2 or x.size < 2 * x.shape[axis] or not one.sharp.all():
            continue
        nothing = np.abs(right) <= one.slack
        smallest = np.expand_dims(np.argmin(x, axis=axis), axis)
        kept = np.abs((got - right).sum(axis=axis)) <= one.slack.sum(axis=axis)
        low = np.take_along_axis(nothing, smallest, axis)
        moved = np.sum(nothing & one.off)
        if np.all(kept) and np.all(low) and moved > FEW and np.sum(one.off & ~nothing) > FEW:
            return "max-spread"
    return None


def cancelled(evidence: GradientsEvidence) -> Diagnosis | None:
    """What came is zero but for rounding: it cancels, as a constant does behind a softmax or a normalisation."""
    if not evidence.measured:
        return None
    for one in evidence.arrays.values():
        if not np.any(one.got) or np.max(np.abs(one.got)) > NOTHING * np.max(np.abs(one.expected)):
            return None
    if not evidence.with_upstream:
        return Diagnosis("missing-factor", f"{evidence.label()} is that of equal weights")
    return Diagnosis("upstream-ignored", f"{evidence.label()} is that of a constant upstream gradient")


def rows_taken(evidence: GradientsEvidence) -> Diagnosis | None:
    """Of a batch, some rows are not used at all, and others have a gradient that is no multiple of the right one."""
    if evidence.wrong != (0,) or not evidence.measured or evidence.params[0].ndim != 2:
        return None
    one, x = evidence.arrays[0], evidence.params[0]
    nothing = np.all((one.expected == 0) | (np.abs(one.expected) <= one.slack), axis=1) & np.all(one.got == 0, axis=1)
    wrong = np.any(one.off, axis=1)
    if (
        evidence.vanishes
        or not np.any(nothing)
        or np.all(nothing | wrong)
        or not 0 < np.sum(wrong) <= np.sum(nothing)
        or not one.sharp.all()
    ):
        return None
    for k in np.flatnonzero(wrong):
        right, got = one.expected[k], one.got[k]
        c = float(right @ got) / max(float(right @ right), 1e-300)
        if x.shape[1] < 2 or np.all(np.abs(got - c * right) <= MULTIPLE * one.slack[k]):
            return None
    moved = np.where(nothing[:, None], -3 * x + np.max(np.abs(x)), x)
    if not np.array_equal(evidence.values_at([(moved, *evidence.params[1:])])[0], evidence.value):
        return None
    says = f"{evidence.label()}: a row is taken several times, and the gradients of all of its uses must be added"
    return Diagnosis("overwritten", says)


def own_use_alone(evidence: GradientsEvidence) -> Diagnosis | None:
    """Each entry gets what its own output passes back, though it is used for others too.

    The Jacobian that came is diagonal; the right one is not, and is far from singular, as that of a softmax or of a
    normalisation is not.
    """
    if evidence.wrong != (0,) or not evidence.measured or 0 not in evidence.rows:
        return None
    x, n = evidence.params[0], evidence.params[0].size
    if evidence.value.shape != x.shape or n < 2 or n > LARGEST or not evidence.with_upstream:
        return None
    J = evidence.rows[0].reshape(n, n)
    if np.linalg.cond(J) > CONDITION or np.sum(np.abs(J) > COUPLED * np.max(np.abs(J))) < n + n // 2:
        return None
    flowed = False
    for bit in range(int(n - 1).bit_length()):
        for on in (0, 1):
            there = (np.arange(n) >> bit & 1) == on
            got = evidence.ask(evidence.params, np.where(there.reshape(x.shape), evidence.upstream, 0.0))[0]
            if got is None or np.any(got.ravel()[~there]):
                return None
            flowed = flowed or bool(np.all(got.ravel()[there]))
    says = f"{evidence.label()}: an entry is used for several outputs, and only one of them counts"
    return Diagnosis("overwritten", says) if flowed else None
