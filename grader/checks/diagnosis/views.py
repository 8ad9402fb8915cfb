"""What a network's first operation is given, and the gradients by it: a parameter, or what a dense layer makes of it.

A mistake in the first operation is seen there whatever comes after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.checks.diagnosis.evidence import Array, Evidence, GradientsEvidence

CONDITION = 1e4  # of a matrix that may be divided by
CONSISTENT = 1e-5  # relative: how closely what a dense layer implies must hold


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """An input x of the first operation, and the gradients by it beside the right ones.

    `array` is the parameter's number where x is one, `rest` are the parameters that may belong to the operation, and
    `mine` the wrong arrays that the view explains.
    """

    x: Array
    one: Evidence
    rest: tuple[Array, ...]
    array: int | None
    mine: tuple[int, ...]


def views(evidence: GradientsEvidence) -> Iterator[View]:
    """Every wrong array by itself where it is the only one; and a dense layer's output where the layer is the first."""
    if not evidence.measured:
        return
    first = evidence.wrong[0]
    if len(evidence.wrong) == 1:
        one = evidence.arrays[first]
        rest = (*evidence.params[:first], *evidence.params[first + 1 :])
        yield View(evidence.params[first], one, rest, first, evidence.wrong)
    yield from _behind_dense(evidence)


def _behind_dense(evidence: GradientsEvidence) -> Iterator[View]:
    """XW + b, where the gradients by X, W and b are wrong, and both the right and the wrong ones come from one by it.

    The gradient by z is solved from that by X or by W, and must give all three.
    """
    for a in range(len(evidence.params) - 2):
        X, W, b = evidence.params[a : a + 3]
        if X.ndim != 2 or W.ndim != 2 or b.shape != W.shape[1:] or X.shape[1] != W.shape[0]:
            continue
        mine = tuple(k for k in (a, a + 1, a + 2) if k in evidence.wrong)
        right = _by_output(X, W, evidence.expected[a : a + 3])
        got = _by_output(X, W, evidence.got[a : a + 3])
        if len(mine) < 2 or mine != evidence.wrong or right is None or got is None:
            continue
        size = float(np.max(np.abs(right), initial=0.0))
        error = np.full(right.shape, CONSISTENT * size)
        one = Evidence(right, got, evidence.tolerance, evidence.sizes, error, evidence.label())
        yield View(X @ W + b, one, evidence.params[a + 3 :], None, mine)


def _by_output(X: Array, W: Array, gradients: tuple[Array | None, ...]) -> Array | None:
    dX, dW, db = gradients
    if dX is None or dW is None or db is None:
        return None
    if W.shape[1] <= W.shape[0] and np.linalg.cond(W) < CONDITION:
        dz = dX @ np.linalg.pinv(W.T)
    elif X.shape[0] <= X.shape[1] and np.linalg.cond(X) < CONDITION:
        dz = np.linalg.pinv(X.T) @ dW
    else:
        return None
    implied = ((dz @ W.T, dX), (X.T @ dz, dW), (dz.sum(axis=0), db))
    return dz if all(_agree(one, other) for one, other in implied) else None


def _agree(one: Array, other: Array) -> bool:
    return bool(np.max(np.abs(one - other)) <= CONSISTENT * max(float(np.max(np.abs(other))), 1e-300))
