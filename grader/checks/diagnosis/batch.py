"""Mistakes in adding up: samples of a batch, several uses of one value, entries of a maximum."""

from __future__ import annotations

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.model import Diagnosis

REACHES = 1e-9  # of the largest contribution: below it there is none
RANK = 1e-6  # of the largest singular value
PARALLEL = 1e-6  # relative
SLOPE = 1e-6  # how far a slope may be from 0 or 1
PUSH = 1e3  # times the largest entry: enough to make any entry the maximum
MOST_ENTRIES = 400  # that are pushed one by one


def contributions(evidence: GradientsEvidence, a: int) -> Array | None:
    """What each sample contributes to the right gradient by parameter `a`: (samples, *shape); None without a batch."""
    if a not in evidence.rows or evidence.value.ndim == 0 or len(evidence.value) < 2:
        return None
    parts = evidence.rows[a] * evidence.upstream
    samples = np.moveaxis(parts, 1, 0).reshape(len(evidence.value), evidence.params[a].size, -1).sum(axis=2)
    return np.asarray(samples.reshape(-1, *evidence.params[a].shape))


def one_sample(evidence: GradientsEvidence) -> Diagnosis | None:
    """Every wrong array is what one sample contributes, perhaps times their number; all of them the same sample."""
    known = {a: contributions(evidence, a) for a in evidence.wrong}
    if evidence.measured and all(parts is not None and _all_reach(parts) for parts in known.values()):
        for j in range(len(evidence.value)):
            for times in (1, len(evidence.value)):
                if evidence.all_fit(lambda a, j=j, times=times: times * known[a][j]):  # type: ignore[index, misc]
                    place = {0: "first", len(evidence.value) - 1: "last"}.get(j)
                    which = f"the {place} sample" if place else "one sample"
                    return Diagnosis("one-sample", f"{evidence.label()} comes from {which} of the batch alone")
    return _of_rank_one(evidence)


def _all_reach(parts: Array) -> bool:
    """Whether at least two samples contribute to the same entry, and the array is not a batch itself, partly unused."""
    reach = (np.abs(parts) > REACHES * np.max(np.abs(parts), initial=0.0)).sum(axis=0)
    batch = reach.ndim > 1 and len(reach) == len(parts)
    return bool(np.any(reach > 1) and not (batch and np.any(reach == 0)))


def _of_rank_one(evidence: GradientsEvidence) -> Diagnosis | None:
    """A loss whose wrong matrices have rank one, as x gᵀ of one sample has, and the right ones more.

    Not where gᵀ is the right gradient of a bias, as it is where sums are multiplied; nor where it is constant.
    """
    matrices = {a: one for a, one in evidence.arrays.items() if one.got.ndim == 2 and min(one.got.shape) > 1}
    if evidence.with_upstream or not evidence.measured or not matrices:
        return None
    vectors = [g for g in evidence.expected if g is not None and sum(n > 1 for n in g.shape) == 1]
    for one in matrices.values():
        if not (one.sharp.all() and _rank(one.got, RANK) == 1 and _rank(one.expected, 1e-3) > 1):
            return None
        left, _, right = np.linalg.svd(one.got)
        for v in (left[:, 0], right[0]):
            known = [np.ones_like(v), *(g.ravel() for g in vectors if g.size == v.size)]
            if v.size == one.got.shape[1] and len(known) == 1:
                return None  # without a bias there is nothing to compare with
            if any(_parallel(v, w) for w in known) or np.count_nonzero(np.abs(v) > REACHES) < 2:
                return None
    others = [one for a, one in evidence.arrays.items() if a not in matrices]
    rows = [np.linalg.svd(one.got)[2][0] for one in matrices.values()]
    if any(not any(v.size == o.got.size and _parallel(v, o.got.ravel()) for v in rows) for o in others):
        return None
    return Diagnosis("one-sample", f"{evidence.label()} looks like that of a single sample: is the batch summed over?")


def _rank(matrix: Array, relative: float) -> int:
    sizes = np.linalg.svd(matrix, compute_uv=False)
    return int(np.sum(sizes > relative * sizes[0]))


def _parallel(v: Array, w: Array) -> bool:
    cosine = abs(float(v @ w)) / max(float(np.linalg.norm(v) * np.linalg.norm(w)), 1e-300)
    return cosine >= 1 - PARALLEL


def overwritten(evidence: GradientsEvidence) -> Diagnosis | None:
    """Of an entry that several samples use only the last use counts; or the way around a layer is forgotten."""
    found = f"{evidence.label()}: a value is used several times, and the gradients of all of its uses must be added"
    one = evidence.array(evidence.wrong[0]) if len(evidence.wrong) == 1 and evidence.with_upstream else None
    if one and one.got.shape == evidence.upstream.shape and one.fits(one.expected - evidence.upstream):
        return Diagnosis("overwritten", found)
    last = {a: _last_contribution(evidence, a) for a in evidence.wrong}
    if all(guess is not None for guess in last.values()) and evidence.all_fit(lambda a: last[a]):
        return Diagnosis("overwritten", found)
    return None


def _last_contribution(evidence: GradientsEvidence, a: int) -> Array | None:
    """For each entry what the last sample that reaches it contributes, where that is not the same sample for all."""
    parts = contributions(evidence, a)
    if parts is None:
        return None
    reach = np.abs(parts) > REACHES * np.max(np.abs(parts), initial=0.0)
    last = len(parts) - 1 - np.argmax(reach[::-1], axis=0)
    if not np.any(reach.sum(axis=0) > 1) or len(np.unique(last[reach.any(axis=0)])) < 2:
        return None
    return np.asarray(np.take_along_axis(parts, last[None], axis=0)[0])


def max_spread(evidence: GradientsEvidence) -> Diagnosis | None:
    """Every output is one of the inputs, and the gradient goes to all that could have been it, shared or in full."""
    if not evidence.with_upstream or len(evidence.wrong) != 1:
        return None
    a = evidence.wrong[0]
    one = evidence.array(a)
    if one is None or a not in evidence.rows or evidence.params[a].size > MOST_ENTRIES or not _selects(evidence, a):
        return None
    reached = _reached(evidence, a)
    candidates = reached.sum(axis=0)
    if not np.all(candidates > 1):
        return None
    R = evidence.upstream.ravel()
    for weights in (1 / candidates, np.ones_like(R)):
        if one.fits((reached @ (weights * R)).reshape(one.got.shape)):
            says = f"{one.name} is spread: it belongs to the largest entry alone"
            return Diagnosis("max-spread", says)
    return None


def _selects(evidence: GradientsEvidence, a: int) -> bool:
    """Whether every output changes by as much as exactly one entry of the parameter does."""
    rows = np.abs(evidence.rows[a].reshape(evidence.params[a].size, -1))
    known = np.isfinite(evidence.error[a]).ravel()
    rows = rows[:, np.all(rows[~known] == 0, axis=0)]  # without those outputs that are next to a tie
    ones = np.abs(rows - 1) < SLOPE
    return bool(rows.shape[1] and np.all(ones.sum(axis=0) == 1) and np.all(rows[~ones] < SLOPE))


def _reached(evidence: GradientsEvidence, a: int) -> Array:
    """(entries, outputs): which outputs an entry becomes when it is the largest by far."""
    x = evidence.params[a]
    push = PUSH * float(np.max(np.abs(x), initial=1.0))
    points = []
    for k in range(x.size):
        y = x.ravel().copy()
        y[k] = push
        points.append((*evidence.params[:a], y.reshape(x.shape), *evidence.params[a + 1 :]))
    values = evidence.values_at(points)
    return np.array([(np.abs(v - push) <= 1e-9 * push).ravel() for v in values], float)
