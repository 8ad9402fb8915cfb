"""Mistakes in functions of every entry: activations, masks, denominators."""

from __future__ import annotations

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.checks.diagnosis.slopes import INVERSES, SLOPES, Slope
from grader.checks.diagnosis.views import View, views
from grader.model import Diagnosis

ZERO = 1e-7  # of the largest entry: smaller gradients are none
FEW = 3  # entries that must agree before a pattern is one
SAME = 1e-5  # relative: how closely the slopes for two upstream gradients agree
EPSILON = 1e-2  # relative: how closely the small number must be the same in every entry
NEAR = 0.5  # of the largest entry: a threshold beyond is no threshold
DIFFER = 1e-3  # relative: slopes that are a constant times the right ones are a factor, not another function
SMALL = 0.1  # of the middle of what it is added to
CLOSELY = 1e-4  # of the largest mistake: how sharply entries must be known for two numbers to be fitted
DIAGONAL = 1e-9  # of the largest entry of a Jacobian


def relu_threshold(evidence: GradientsEvidence) -> Diagnosis | None:
    """Nothing flows below zero, all is right above a threshold, nothing came in between; or wrong at a kink alone."""
    for view in views(evidence):
        x, right, got, off = view.x, view.one.expected, view.one.got, view.one.off & view.one.sharp
        size = float(np.max(np.abs(right), initial=0.0))
        if evidence.reasons[0] == "wrong-at-kink" and view.array is not None:
            there = off | ~np.isfinite(view.one.slack)
            if len(np.unique(x[there])) == 1 and is_pure(evidence, view):
                return Diagnosis("relu-threshold", f"{view.one.name} is wrong exactly where the function has its kink")
            continue
        if not np.any(off) or not np.all(x[off] > 0) or np.max(x[off]) > NEAR * np.max(np.abs(x)):
            continue
        stops = np.abs(right[(x <= 0) & view.one.sharp]) <= ZERO * size
        flows = np.abs(right) > ZERO * size
        band = flows & (x > 0) & (x <= np.max(x[off]))
        is_relu = np.sum(stops) >= FEW and np.all(stops) and np.sum(flows & ~off) >= FEW
        is_cut = np.all(np.abs(got[off]) <= ZERO * size) and np.array_equal(band & view.one.sharp, off)
        if is_relu and is_cut and (np.sum(off) >= 2 or is_pure(evidence, view)):
            says = f"{view.one.name} is zero for small positive inputs: is the mask cut at another place than zero?"
            return Diagnosis("relu-threshold", says)
    return None


def missing_mask(evidence: GradientsEvidence) -> Diagnosis | None:
    """Right wherever anything should flow, in several entries, and not zero in several where it should be.

    A value that is as large as the input: what selects some of the entries for an output of fewer is no mask.
    """
    for view in views(evidence):
        right, got, off = view.one.expected, view.one.got, view.one.off
        if view.array is not None and evidence.value.ndim and evidence.value.shape != view.x.shape and view.x.ndim < 2:
            continue
        if view.array is not None and _selects_fewer(evidence, view):
            continue
        size = float(np.max(np.abs(got), initial=0.0))
        stops = np.abs(right) <= np.maximum(ZERO * size, view.one.slack)
        flowed = np.all(stops[off]) and np.all(got[off] != 0) and np.sum(~stops & ~off) >= FEW
        if flowed and (np.sum(off) >= FEW or (np.sum(off) == 2 and np.sum(stops) == 2)):
            return Diagnosis("missing-mask", f"{view.one.name} is not zero where the function does not change")
    return None


def masked(view: View) -> str | None:
    """Right wherever anything should flow, in several entries, and not zero in several where it should be."""
    right, got, off = view.one.expected, view.one.got, view.one.off
    stops = np.abs(right) <= np.maximum(ZERO * float(np.max(np.abs(got), initial=0.0)), view.one.slack)
    known = np.isfinite(view.one.slack)
    flowed = np.all(stops[off]) and np.all(got[off] != 0) and np.sum(~stops & ~off & known) >= FEW
    return "missing-mask" if flowed and np.sum(off) > FEW else None


def denominator(view: View) -> str | None:
    """Got·(c + q) = expected·(a + q) for two numbers a, c, where q is x, |x| or x²: 1/(a + q) is wrong by its a."""
    one, x = view.one, view.x
    worst = float(np.max(np.abs(one.got - one.expected), initial=0.0))
    there = (one.slack <= CLOSELY * worst) & (np.abs(one.expected) > one.slack)
    if np.sum(there) < 2 * FEW or np.sum(one.off & there) <= FEW:
        return None
    e, g = one.expected[there], one.got[there]
    for q in (x[there], np.abs(x[there]), x[there] ** 2):
        columns = np.stack([g / e, -np.ones_like(e)], axis=1)
        (c, a), _, rank, _ = np.linalg.lstsq(columns, q * (1 - g / e), rcond=1e-9)
        ratio = np.where(there, 1.0, 0.0)
        ratio[there] = (a + q) / (c + q)
        small = -ZERO <= min(a, c) < SMALL * float(np.median(q)) and np.ptp(ratio[there]) > DIFFER * np.max(ratio)
        numerator = np.abs(e / (c + q)), np.abs(e / (a + q))  # where it is a sum instead that lacks a part
        small = small and not any(np.ptp(n) <= DIFFER * np.max(n) for n in numerator)
        predicted = np.where(there, one.expected * ratio, one.got)
        if rank == 2 and small and one.fits(predicted, slack=one.slack * np.abs(ratio)):
            return "epsilon"
    return None


def _selects_fewer(evidence: GradientsEvidence, view: View) -> bool:
    return bool(evidence.value.ndim and evidence.value.size < view.x.size)


def epsilon(evidence: GradientsEvidence) -> Diagnosis | None:
    """Got = expected · x/(x + ε) with one small ε for all that is wrong; or both are R·x/(d + ε) with an ε each."""
    for view in views(evidence):
        one, off = view.one, view.one.off & view.one.sharp
        if denominator(view):
            return Diagnosis("epsilon", f"{one.name} has another number in a denominator than the function")
        if np.sum(off) < FEW or view.array is None:
            continue
        x, right, got = view.x, one.expected, one.got
        with np.errstate(all="ignore"):
            small = (right / got - 1) * x
            shifted = right * x / (x + np.median(small[off]))
            other = evidence.upstream * x * (1 / got - 1 / right) if evidence.upstream.shape == x.shape else None
        size = float(np.max(np.abs(x), initial=0.0))
        if _constant(small[off]) and abs(float(np.median(small[off]))) < 0.1 * size and one.fits(shifted):
            return Diagnosis("epsilon", f"{one.name} has a small number in a denominator that the function has not")
        if other is not None and np.sum(off) > FEW and _constant(other[off]) and is_pure(evidence, view):
            return Diagnosis("epsilon", f"{one.name} has another number in a denominator than the function")
    return None


def _constant(numbers: Array) -> bool:
    middle = float(np.median(numbers))
    return bool(np.all(np.isfinite(numbers)) and middle != 0 and np.all(np.abs(numbers / middle - 1) <= EPSILON))


def activation(evidence: GradientsEvidence) -> Diagnosis | None:
    """The first operation is an activation whose derivative is a known wrong one, or f is nothing but an activation.

    It is one if its Jacobian and what came are diagonal, and f does not care for the order of the entries.
    """
    for view in views(evidence):
        if view.array is not None and is_pure(evidence, view) and _is_local(evidence, view):
            says = f"{view.one.name}: the function's derivative is another one, in each entry by itself"
            return Diagnosis("wrong-activation-derivative", says)
        for name, (right, mistakes) in SLOPES.items():
            if any(_is_mistaken(view, right, wrong) for wrong in mistakes):
                says = (
                    f"{view.one.name}: the derivative of {name} is another one; does it take the argument or the value?"
                )
                return Diagnosis("wrong-activation-derivative", says)
    return None


def last_activation(evidence: GradientsEvidence) -> Diagnosis | None:
    """F ends with an activation whose derivative is a known wrong one: what came is right for R times wrong over right.

    What the activation was given follows from its value.
    """
    if not evidence.with_upstream or sum(int(np.sum(one.off)) for one in evidence.arrays.values()) <= FEW:
        return None
    for name, inverse in INVERSES.items():
        x = inverse(evidence.value)
        right, mistakes = SLOPES[name]
        if any(_right_for(evidence, wrong(x) / right(x)) for wrong in mistakes):
            says = f"{evidence.label()}: the derivative of {name} at the end is another one"
            return Diagnosis("wrong-activation-derivative", says)
    return None


def _right_for(evidence: GradientsEvidence, ratio: Array) -> bool:
    """Whether what came is right for the upstream gradient times these ratios, which differ."""
    if not np.all(np.isfinite(ratio)) or np.ptp(ratio) <= DIFFER * np.max(np.abs(ratio)):
        return False
    return evidence.right_for(evidence.upstream * ratio)


def _is_mistaken(view: View, right: Slope, wrong: Slope) -> bool:
    """Whether got · right slope = expected · wrong slope, and enough entries tell the two apart."""
    with np.errstate(all="ignore"):
        slope, mistake = right(view.x), wrong(view.x)
        there = (np.abs(slope) > 1e-6) & np.isfinite(slope) & np.isfinite(mistake)
        predicted = view.one.expected * mistake / np.where(there, slope, 1.0)
    ratios = np.where(there, mistake / np.where(there, slope, 1.0), 1.0)
    told = view.one.off & view.one.sharp & there
    if np.sum(told) <= FEW or not np.ptp(ratios[there]) > DIFFER * np.max(np.abs(ratios)):
        return False
    if np.any(np.abs(view.one.expected)[~there & view.one.sharp] > ZERO * np.max(np.abs(view.one.expected))):
        return False
    predicted = np.where(there, predicted, view.one.got)  # where nothing flows back, nothing can be said of d
    return view.one.fits(predicted, slack=view.one.slack * np.abs(ratios))


def is_pure(evidence: GradientsEvidence, view: View) -> bool:
    """Whether f is one function of every entry: its Jacobian is diagonal, and permuting x permutes the value."""
    a, x = view.array, view.x
    if a is None or evidence.value.shape != x.shape or a not in evidence.rows or x.size < 2:
        return False
    rows = evidence.rows[a].reshape(x.size, -1)
    if np.any(np.abs(rows - np.diag(rows.diagonal())) > DIAGONAL * np.max(np.abs(rows), initial=0.0)):
        return False
    order = np.roll(np.arange(x.size)[::-1], 1)
    moved = x.ravel()[order].reshape(x.shape)
    value = evidence.values_at([(*evidence.params[:a], moved, *evidence.params[a + 1 :])])[0]
    return bool(np.allclose(value.ravel(), evidence.value.ravel()[order], rtol=1e-9, atol=0))


def _is_local(evidence: GradientsEvidence, view: View) -> bool:
    """Whether what is answered for another upstream gradient has the same slopes."""
    assert view.array is not None, "only parameters are asked for"
    R = evidence.upstream
    other = np.where(np.arange(R.size).reshape(R.shape) % 2 == 0, 2 * R, -0.5 * R)
    again = evidence.ask(evidence.params, other)[view.array]
    if again is None or np.any(R == 0):
        return False
    slopes, same = view.one.got / R, again / other
    return bool(np.any(slopes) and np.max(np.abs(slopes - same)) <= SAME * np.max(np.abs(slopes)))
