"""Mistakes that show in how the gradient function behaves: state, arguments, the upstream gradient, precision."""

from __future__ import annotations

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.model import Diagnosis

FEW = 3  # entries that rounding must move each in its own way
MOVED = 1e-6  # relative: some units of rounding of float32
UNSTEADY = frozenset({"not-repeatable", "float32-differs", "not-linear"})  # what accumulating may look like too
STEADY = 1e-4  # relative: how closely the amounts that are added agree, in float32 at least
ROUNDING = 1e-9  # relative: what repeats agrees as closely


def not_zeroed(evidence: GradientsEvidence) -> Diagnosis | None:
    """Each further call adds the same amount, as the checker has seen, or as three more calls show."""
    grows = evidence.reasons[0] == "not-zeroed"
    if not grows and (evidence.reasons[0] not in UNSTEADY or not _grows(evidence)):
        return None
    return Diagnosis("not-zeroed", "each call adds to the gradient of the call before: set it to zero first")


def _grows(evidence: GradientsEvidence) -> bool:
    """Whether three calls with the same arguments differ by one amount, which is not zero."""
    first, second, third = (evidence.ask(evidence.params, evidence.upstream) for _ in range(3))
    steps = [
        (b - a, c - b)
        for a, b, c in zip(first, second, third, strict=True)
        if a is not None and b is not None and c is not None
    ]
    return len(steps) == len(first) and any(np.any(one) for one, _ in steps) and not any(_apart(*two) for two in steps)


def _apart(one: Array, other: Array) -> bool:
    return not bool(np.max(np.abs(one - other), initial=0.0) <= STEADY * np.max(np.abs(other), initial=0.0))


def input_modified(evidence: GradientsEvidence) -> Diagnosis | None:
    """An argument is another one after the call, as the checker has seen."""
    if evidence.reasons[0] not in ("input-modified", "upstream-modified"):
        return None
    return Diagnosis("input-modified", "an argument is changed in place: write x = x * y where x *= y stands")


def upstream_ignored(evidence: GradientsEvidence) -> Diagnosis | None:
    """Not linear: vjp(2R) = vjp(R) for some array, or vjp(0) is not zero and not an L2 penalty's gradient."""
    if evidence.reasons[0] != "not-linear":
        return None
    once = evidence.ask(evidence.params, evidence.upstream)
    twice = evidence.ask(evidence.params, 2 * evidence.upstream)
    nothing = evidence.ask(evidence.params, np.zeros_like(evidence.upstream))
    for a in range(len(evidence.names)):
        one, two, none = once[a], twice[a], nothing[a]
        if one is None or two is None or none is None:
            continue
        if not _differs(one, two) and np.any(one) and _matters(evidence, a):
            return Diagnosis("upstream-ignored", f"{evidence.label(a)} does not depend on the upstream gradient's size")
        if not _multiple(none, evidence.params[a]) and _matters(evidence, a):
            return Diagnosis("upstream-ignored", f"a part of {evidence.label(a)} is not multiplied by the upstream one")
    return None


def stale_cache(evidence: GradientsEvidence) -> Diagnosis | None:
    """Right at the first point, and at the second one still what it was at the first, for every wrong array.

    Or another one after the function was asked elsewhere, and the same again after it was asked here.
    """
    if evidence.reasons[0] == "not-repeatable":
        return _follows_the_last_call(evidence)
    if evidence.reasons[0] != "wrong-elsewhere" or not any(np.ptp(x) > 0 for x in evidence.params if x.size > 1):
        return None
    beside = evidence.ask(tuple(1.01 * x + 0.01 for x in evidence.params), evidence.upstream)
    for a in evidence.wrong:
        here, there = evidence.got[a], beside[a]
        if here is None or there is None or _differs(here, there):
            return None
    return Diagnosis(
        "stale-cache", f"{evidence.label()} does not follow its arguments: is an earlier call's value kept?"
    )


def _follows_the_last_call(evidence: GradientsEvidence) -> Diagnosis | None:
    elsewhere = tuple(1.1 * x + 0.1 for x in evidence.params)
    answers = []
    for point in (evidence.params, elsewhere, evidence.params):
        evidence.values_at([point])
        answers.append(evidence.ask(evidence.params, evidence.upstream))
    for here, there, again in zip(*answers, strict=True):
        if here is None or there is None or again is None:
            continue
        if np.array_equal(here, again) and _differs(there, here):
            says = "the gradient is that of whatever the function was last called with, not of its own arguments"
            return Diagnosis("stale-cache", says)
    return None


def float32(evidence: GradientsEvidence) -> Diagnosis | None:
    """A parameter rounded to float32 gives the very same gradient, bit by bit, though not the same value of f.

    A parameter that is moved by more than rounding gives another.
    """
    wrong = [a for a in evidence.wrong if evidence.got[a] is not None]
    if evidence.reasons[0] not in ("wrong-value", "wrong-elsewhere") or not wrong:
        return None
    for k, x in enumerate(evidence.params):
        rounded = x.astype(np.float32).astype(np.float64)
        moved = x * (1 + MOVED * np.where(np.arange(x.size).reshape(x.shape) % 2 == 0, 1, -0.5))
        if len(np.unique(rounded - x)) < FEW or not np.all(np.isfinite(rounded)):
            continue  # one shift of all entries may change nothing, as of the logits of a softmax
        same, other = (
            evidence.ask((*evidence.params[:k], y, *evidence.params[k + 1 :]), evidence.upstream)
            for y in (rounded, moved)
        )
        there = evidence.values_at([(*evidence.params[:k], rounded, *evidence.params[k + 1 :])])[0]
        kept = all(_is(same[a], evidence.got[a]) for a in wrong) and not np.array_equal(there, evidence.value)
        if kept and all(not _is(other[a], evidence.got[a]) for a in wrong):
            return Diagnosis("float32", f"{evidence.label()}: {evidence.names[k]} is rounded to float32 first")
    return None


def _matters(evidence: GradientsEvidence, a: int) -> bool:
    """Whether the function depends on a parameter at all."""
    x = evidence.params[a]
    moved = x + 0.1 * np.max(np.abs(x), initial=0.0) * np.cos(np.arange(x.size)).reshape(x.shape)
    there = evidence.values_at([(*evidence.params[:a], moved, *evidence.params[a + 1 :])])[0]
    return not np.array_equal(there, evidence.value)


def _is(one: Array | None, other: Array | None) -> bool:
    return one is not None and other is not None and bool(np.array_equal(one, other))


def _differs(one: Array, other: Array) -> bool:
    return not bool(np.max(np.abs(one - other), initial=0.0) <= ROUNDING * np.max(np.abs(other), initial=0.0))


def _multiple(one: Array, x: Array) -> bool:
    """Whether `one` is a constant times x, zero included."""
    power = float(np.vdot(x, x))
    return not _differs(one, x * (float(np.vdot(x, one)) / power)) if power and np.any(one) else not np.any(one)
