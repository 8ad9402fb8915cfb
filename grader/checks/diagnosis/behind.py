"""Mistakes in the last layers of a function of arrays: what the last one was given follows from its value.

The right gradient is Mᵀ·Kᵀ·R, of which the Jacobian K·M is known, and K, the last layer's own, follows from the value.
A mistaken K' gives Mᵀ·K'ᵀ·R. Where K is singular, M is known but for what K loses, which further questions settle.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.checks.diagnosis.slopes import INVERSES, SLOPES
from grader.model import Diagnosis

LARGEST = 100  # entries of a value
NORMALISED = 1e-7  # how closely a softmax sums to one, a normalisation to zero
AGREES = 1e-6  # of the largest entry
RANK = 1e-9
SPARE = 3  # questions beyond those that settle what is open
MOST = 16  # questions
TOLD = 1e-3  # of the largest right gradient: a mistake that is smaller proves nothing

SAYS = {
    "softmax-diagonal": "of the last softmax's Jacobian there is only the diagonal, but each output depends on all",
    "batchnorm-mean-path": "the last normalisation's mean depends on the inputs too, and a path goes through it",
    "batchnorm-variance-path": "the last normalisation's variance depends on the inputs too, and a path goes on",
}

Way = tuple[str, Array, Array]  # a code, K and K'


def last_layer(evidence: GradientsEvidence) -> Diagnosis | None:
    """The last layer is a softmax or a normalisation with a mistake, perhaps with an activation behind it."""
    y = evidence.value
    if not evidence.with_upstream or y.ndim != 2 or not 1 < y.size <= LARGEST or not evidence.measured:
        return None
    if evidence.vanishes:
        return None
    if any(a not in evidence.rows for a in evidence.wrong):
        return None
    asked: list[tuple[Array, Array]] = []
    for z, slope in _before(y):
        for code, K, wrong in _ways(z):  # the first that fits: the last of them leaves most open
            asked = asked or _asked(evidence)
            D = slope.ravel()[:, None]
            if asked and _is(evidence, D * K, D * wrong, asked):
                return Diagnosis(code, f"{evidence.label()}: {SAYS[code]}")
    return None


def last_epsilon(evidence: GradientsEvidence) -> Diagnosis | None:
    """The last layer is a normalisation y, and what came is right for c·R with one c in each slice.

    With variances v, c² (v + ε') = v + ε, and the mean of y² is v/(v + ε): so 1/c² - 1 is a multiple of 1 less that.
    """
    y, R = evidence.value, evidence.upstream
    if not evidence.with_upstream or y.ndim != 2 or y.size > LARGEST or not evidence.measured:
        return None
    for z, _ in _before(y):
        for axis in (0, 1):
            if not _is_normalised(z, axis) or z.shape[1 - axis] < 3:
                continue
            slices = np.eye(z.shape[1 - axis])
            parts = [R * (one[None, :] if axis == 0 else one[:, None]) for one in slices]
            a = evidence.wrong[0]
            columns = [evidence.along(a, part) for part in parts]
            if any(column is None for column in columns):
                continue
            matrix = np.array([column.ravel() for column in columns if column is not None]).T
            c = np.linalg.lstsq(matrix, np.asarray(evidence.got[a]).ravel(), rcond=RANK)[0]
            short, lack = 1 - (z * z).mean(axis=axis), 1 / c**2 - 1
            kappa = float(short @ lack) / float(short @ short)
            if np.ptp(c) <= TOLD or np.max(np.abs(lack - kappa * short)) > 1e-3 * np.max(np.abs(lack)):
                continue
            if evidence.right_for(R * (c[None, :] if axis == 0 else c[:, None])):
                says = "the small number beside the last variance is another one than in the function"
                return Diagnosis("epsilon", f"{evidence.label()}: {says}")
    return None


def _is_normalised(y: Array, axis: int) -> bool:
    power = (y * y).mean(axis=axis)
    if y.shape[axis] < 3 or np.any(np.abs(y.mean(axis=axis)) > NORMALISED):
        return False
    return bool(np.all(power <= 1 + NORMALISED) and np.min(power) >= 0.5)


def _before(y: Array) -> Iterator[tuple[Array, Array]]:
    """What the last activation may have been given, and its slopes; first none."""
    yield y, np.ones_like(y)
    for name, inverse in INVERSES.items():
        z = inverse(y)
        if np.all(np.isfinite(z)):
            yield z, SLOPES[name][0](z)


def _ways(y: Array) -> Iterator[Way]:
    n = y.size
    eye = np.eye(n).reshape(n, *y.shape)
    if np.all(y > 0) and np.all(np.abs(y.sum(axis=1) - 1) <= NORMALISED):
        right = y * (eye - (eye * y).sum(axis=-1, keepdims=True))
        yield "softmax-diagonal", right.reshape(n, n).T, np.diag((y * (1 - y)).ravel())
    for axis in (0, 1):
        if not _is_normalised(y, axis):
            continue
        mean, along = eye.mean(axis=axis + 1, keepdims=True), y * (eye * y).mean(axis=axis + 1, keepdims=True)
        right = (eye - mean - along).reshape(n, n).T
        yield "batchnorm-mean-path", right, (eye - along).reshape(n, n).T
        yield "batchnorm-variance-path", right, (eye - mean).reshape(n, n).T
        yield "batchnorm-mean-path", right, eye.reshape(n, n).T


def _asked(evidence: GradientsEvidence) -> list[tuple[Array, Array]]:
    """Upstream gradients, and what came for each by all wrong arrays."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(min(MOST, max(evidence.value.shape) + SPARE)):
        R = rng.normal(size=evidence.value.shape)
        grads = evidence.ask(evidence.params, R)
        answer = [grads[a] for a in evidence.wrong]
        if any(g is None or not np.all(np.isfinite(g)) for g in answer):
            return []
        found.append((R.ravel(), np.concatenate([g.ravel() for g in answer if g is not None])))
    return found


def _is(evidence: GradientsEvidence, K: Array, wrong: Array, asked: list[tuple[Array, Array]]) -> bool:
    """Whether one M has K·M as the right Jacobian and Mᵀ·K'ᵀ·R as what came."""
    J = np.concatenate([evidence.rows[a].reshape(evidence.params[a].size, -1) for a in evidence.wrong]).T
    sizes = np.max(np.abs(J), axis=0)
    J, n = J / np.where(sizes > 0, sizes, 1.0), len(K)
    U, S, Vt = np.linalg.svd(K)
    rank = int(np.sum(S / S[0] > RANK))
    M = (Vt[:rank].T / S[:rank]) @ (U[:, :rank].T @ J)
    if np.max(np.abs(K @ M - J)) > AGREES or n - rank > len(asked) - SPARE:
        return False
    R = np.array([one for one, _ in asked])
    came = np.array([got for _, got in asked]) / np.where(sizes > 0, sizes, 1.0)
    right, predicted, free = R @ J, R @ wrong @ M, R @ wrong @ Vt[rank:].T
    if rank < n:
        c = np.linalg.lstsq(free, came - predicted, rcond=RANK)[0]
        predicted = predicted + free @ c
    size = float(np.max(np.abs(right)))
    mistake = float(np.max(np.abs(came - right)))
    return bool(mistake > TOLD * size and np.max(np.abs(predicted - came)) <= TOLD * mistake)
