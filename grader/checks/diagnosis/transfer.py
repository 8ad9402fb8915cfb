"""Whether a mistake belongs to values or to places: both gradients are asked for again with the entries elsewhere."""

from __future__ import annotations

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.model import Diagnosis

STEPS = 1e-3  # of an array's size
MUCH = 100.0  # times its error
PROBED = 4  # entries that are looked at
AGREES = 1e-4  # relative
DISTINCT = 1e-2  # relative: how far ratios must differ
ROUNDING = 1e-6  # of the largest
DECIMALS = 6  # in which factors differ
WELL = 1e-3  # of the largest: what is known well


def transferred(evidence: GradientsEvidence) -> Diagnosis | None:
    """Got/right goes with each value to its new place: a function of every entry has another derivative.

    Or it stays where it was: a factor that is not the same everywhere is missing.
    """
    x = evidence.params[0]
    if not evidence.measured or 0 not in evidence.wrong or x.ndim < 2 or x.size < PROBED or evidence.vanishes:
        return None
    one = evidence.arrays[0]
    there = one.sharp & (np.abs(one.expected) > MUCH * one.slack)
    if np.sum(there & one.off) < PROBED:
        return None
    ratio = np.where(there, one.got / np.where(there, one.expected, 1.0), np.nan)
    rng = np.random.default_rng(0)
    everywhere = rng.permutation(x.size)
    found = _moved(evidence, ratio.ravel(), everywhere)
    if found is None and x.ndim == 2:  # a layer before may treat columns differently, as one that scales and shifts
        in_columns = rng.permuted(np.arange(x.size).reshape(x.shape), axis=0).ravel()
        found = "values" if _moved(evidence, ratio.ravel(), in_columns) == "values" else None
    if found == "values":
        says = "the derivative of a function of every entry is another one; does it take the argument or the value?"
        return Diagnosis("wrong-activation-derivative", f"{evidence.label()}: {says}")
    if found == "places":
        return Diagnosis("missing-factor", f"{evidence.label()}: a factor that differs from entry to entry is missing")
    return None


def _moved(evidence: GradientsEvidence, ratio: Array, order: Array) -> str | None:
    """Whether the ratios go with the "values", or stay at their "places", where the entries change theirs."""
    x = evidence.params[0]
    params = (x.ravel()[order].reshape(x.shape), *evidence.params[1:])
    values, places = ratio[order], ratio
    apart = np.abs(values - places) > DISTINCT * np.maximum(np.abs(values), np.abs(places))
    some = np.flatnonzero(apart)[:PROBED]
    got = evidence.ask(params, evidence.upstream)[0] if len(some) == PROBED else None
    if got is None:
        return None
    right, seen = _slopes(evidence, params, some), got.ravel()[some]
    known = np.abs(right) > WELL * float(np.max(np.abs(right)))
    if np.sum(known) < PROBED - 1 or not np.all(np.isfinite(right)):
        return None
    if _agree(seen[known], (values[some] * right)[known]):
        return "values"
    before = evidence.arrays[0].expected.ravel()[some]
    if np.any(np.abs(right - before) <= DISTINCT * np.abs(before)):
        return None  # where f is linear every ratio stays at its place
    if len(np.unique(np.round(places[some], DECIMALS))) < PROBED:
        return None  # factors of a layer differ; what a kink makes of its sides does not
    return "places" if _agree(seen[known], (places[some] * right)[known]) else None


def _agree(one: Array, other: Array) -> bool:
    return bool(np.all(np.abs(one - other) <= AGREES * np.abs(other) + ROUNDING * np.max(np.abs(other))))


def _slopes(evidence: GradientsEvidence, params: tuple[Array, ...], entries: Array) -> Array:
    """Of sum(R·f) by single entries of the first parameter: (8(f₁ - f₋₁) - (f₂ - f₋₂))/12h."""
    x = params[0]
    h = STEPS * float(np.sqrt(np.mean(np.square(x))))
    points = []
    for k in entries:
        for times in (1, -1, 2, -2):
            y = x.ravel().copy()
            y[k] += times * h
            points.append((y.reshape(x.shape), *params[1:]))
    f = np.array([float(np.sum(evidence.upstream * v)) for v in evidence.values_at(points)]).reshape(-1, 4)
    return np.asarray((8 * (f[:, 0] - f[:, 1]) - (f[:, 2] - f[:, 3])) / (12 * h))
