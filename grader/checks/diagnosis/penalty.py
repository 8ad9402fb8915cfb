"""Mistakes in the L2 penalty of a loss, and mistakes in what stands beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from grader.checks.diagnosis import values
from grader.checks.diagnosis.evidence import Array, Evidence, GradientsEvidence
from grader.model import Diagnosis

FEW = 3  # entries below which a multiple of the parameters proves nothing
FAR = (1e6, 1e7)  # times the parameters: where a penalty is all that is left of a loss
ISOTROPIC = 2e-3  # relative: how far such a loss may differ from a multiple of ‖x‖²
ROUND = 1e-4  # relative: how far a fitted constant may be from the one that people forget


def penalty(evidence: GradientsEvidence) -> Diagnosis | None:
    """A loss whose gradient lacks, or has too much of, a multiple of the parameters themselves.

    Far away the loss is the penalty alone, unless it is a quadratic itself: that tells how much is right.
    """
    if evidence.with_upstream or not evidence.measured:
        return None
    missing = [_multiple_of_parameter(evidence.params[a], one) for a, one in evidence.arrays.items()]
    if any(mu is None for mu in missing):
        return None
    mu, a = missing[0] or 0.0, evidence.wrong[0]
    whole = far_away(evidence, a)
    part = " differs by a multiple of the parameters: the gradient of the L2 penalty "
    if whole is None or not whole:
        if mu > 0:
            return Diagnosis("missing-l2", evidence.label() + part + "is missing, or too small")
        return Diagnosis("l2-factor", evidence.label() + part + "is too large")
    if abs(mu / whole - 1) <= 10 * ISOTROPIC:
        return Diagnosis("missing-l2", evidence.label() + part + "is missing")
    return Diagnosis("l2-factor", evidence.label() + part + "has the wrong factor or sign")


def _multiple_of_parameter(x: Array, one: Evidence) -> float | None:
    """The mu with got = expected - mu·x, where the sizes of x differ and got is no multiple of expected."""
    lacking = one.expected - one.got
    power = float(np.vdot(x, x))
    mu = float(np.vdot(x, lacking)) / power if power else 0.0
    if (
        mu == 0.0
        or x.size < FEW
        or not np.any(np.abs(one.expected) > one.slack)
        or not np.ptp(np.abs(x)) > 0.01 * np.max(np.abs(x))
    ):
        return None
    return mu if one.fits(one.expected - mu * x) and values.constant(one) is None else None


def far_away(evidence: GradientsEvidence, a: int) -> float | None:
    """2λ of a loss that tends to λ‖x‖² far away, the same along two directions; None where it tends to none."""
    x = evidence.params[a]
    scale = float(np.max(np.abs(x)))
    pattern = np.where(np.arange(x.size).reshape(x.shape) % 3 == 0, scale, -0.5 * scale)
    points = [t * v for v in (x, pattern) for t in FAR]
    there = [(*evidence.params[:a], y, *evidence.params[a + 1 :]) for y in points]
    found = [float(v) / float(np.vdot(y, y)) for v, y in zip(evidence.values_at(there), points, strict=True)]
    if not np.all(np.isfinite(found)) or np.ptp(found) > ISOTROPIC * abs(found[-1]):
        return None
    return 2 * found[1]


def factor_beside_penalty(evidence: GradientsEvidence) -> Diagnosis | None:
    """Got = c·expected + mu·x, with one c that people forget: the loss has a penalty, which was not multiplied."""
    if evidence.with_upstream or not evidence.measured:
        return None
    fitted = {a: _beside(evidence.params[a], one) for a, one in evidence.arrays.items()}
    first = next((c for c in fitted.values() if c is not None), None)
    if first is None or not all(
        _shares(first, fitted[a], evidence.params[a], one) for a, one in evidence.arrays.items()
    ):
        return None
    whole = replace(next(iter(evidence.arrays.values())), name=f"beside the L2 penalty {evidence.label()}")
    if abs(first + 1) <= ROUND:
        return whole.says("sign", "has the wrong sign")
    return values.named_factor(whole, first, several=_is_whole(first) or _is_whole(1 / first), equal=ROUND)


def _shares(c: float, fitted: float | None, x: Array, one: Evidence) -> bool:
    """Whether an array has this c: by its own fit, or with some mu where it is too small to fit both."""
    if fitted is not None:
        return abs(fitted / c - 1) <= ROUND
    rest, power = one.got - c * one.expected, float(np.vdot(x, x))
    mu = float(np.vdot(x, rest)) / power if power else 0.0
    return x.size >= FEW and one.fits(c * one.expected + mu * x, slack=abs(c) * one.slack)


def _is_whole(c: float) -> bool:
    return c > 1.5 and abs(c - round(c)) <= ROUND * c


def _beside(x: Array, one: Evidence) -> float | None:
    """The c of got = c·expected + mu·x, mu/(1 - c) > 0 as of a penalty, where there are entries enough to fit both."""
    columns = np.stack([one.expected[one.sharp], x[one.sharp]], axis=1)
    if columns.shape[0] < 2 * FEW or np.linalg.matrix_rank(columns, tol=1e-3 * np.linalg.norm(columns)) < 2:
        return None
    c, mu = (float(k) for k in np.linalg.lstsq(columns, one.got[one.sharp], rcond=None)[0])
    if c in (0.0, 1.0) or not mu / (1 - c) > 0 or abs(c) < values.SMALLEST:
        return None
    return c if one.fits(c * one.expected + mu * x, slack=abs(c) * one.slack) else None


def without_penalty(evidence: GradientsEvidence) -> GradientsEvidence | None:
    """The same loss without its penalty, as far as that can be told; None where there seems to be none."""
    if evidence.with_upstream or not evidence.measured:
        return None
    known = [far_away(evidence, a) for a in range(len(evidence.params))]
    extra = [
        None if twice is None or twice <= 0 else twice * x for twice, x in zip(known, evidence.params, strict=True)
    ]
    if any(extra[a] is None for a in evidence.wrong):
        return None

    def less(arrays: tuple[Array | None, ...]) -> tuple[Array | None, ...]:
        pairs = zip(arrays, extra, strict=True)
        return tuple(None if g is None or more is None else g - more for g, more in pairs)

    penalised = [(twice, x) for twice, x in zip(known, evidence.params, strict=True) if twice is not None]
    sizes = {a: ISOTROPIC * 1e-3 * np.abs(extra[a]) for a in evidence.wrong}  # type: ignore[arg-type]
    return replace(
        evidence,
        value=evidence.value - sum(twice * float(np.vdot(x, x)) / 2 for twice, x in penalised),
        got=less(evidence.got),
        expected=less(evidence.expected),
        error={a: evidence.error[a] + sizes[a] for a in evidence.wrong},
        ask=lambda params, upstream: less(evidence.ask(params, upstream)),
    )
