"""Mistakes in layers that mix entries: softmax, products of matrices and of factors."""

from __future__ import annotations

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.checks.diagnosis.steps import softmax
from grader.checks.diagnosis.values import softmax_jacobian
from grader.checks.diagnosis.views import views
from grader.checks.diagnosis.whole import one_for_all
from grader.model import Diagnosis

SYMMETRIC = 1e-3  # relative: a matrix that is its own transpose this closely proves nothing
CONDITION = 1e6  # of a matrix that may be divided by
FEW = 3  # entries of which all are one


def softmax_diagonal(evidence: GradientsEvidence) -> Diagnosis | None:
    """P∘u came where P∘(u - ΣPu) is right, u being what came over P(1 - P): whatever follows the softmax."""
    found = one_for_all(evidence, softmax_jacobian)
    if found is not None:
        return found
    for view in views(evidence):
        if view.x.ndim == 0 or view.x.shape[-1] < 2:
            continue
        P = softmax(view.x)
        with np.errstate(all="ignore"):
            u = view.one.got / (P * (1 - P))
        # Read the other way round: expected has to follow from what came.
        right = P * (u - (P * u).sum(axis=-1, keepdims=True))
        if np.all(np.isfinite(right)) and view.one.fits(view.one.got + view.one.expected - right):
            says = (
                f"{view.one.name}: of the softmax's Jacobian there is only the diagonal, but each output depends on all"
            )
            return Diagnosis("softmax-diagonal", says)
    return None


def double_softmax(evidence: GradientsEvidence) -> Diagnosis | None:
    """softmax(softmax(z)) - y came where softmax(z) - y is right, times 1 or 1/m."""
    if evidence.with_upstream:
        return None
    for view in views(evidence):
        if view.x.ndim == 0 or view.x.shape[-1] < 2:
            continue
        P = softmax(view.x)
        extra = softmax(P) - P
        if any(view.one.fits(view.one.expected + extra / m) for m in (1, view.x.shape[0], view.x.size)):
            says = f"{view.one.name}: softmax is taken of what is a softmax already"
            return Diagnosis("double-softmax", says)
    return None


def operand_not_transposed(evidence: GradientsEvidence) -> Diagnosis | None:
    """F ends with a product by a square parameter V, and what came is right for the upstream gradient R·V·V⁻ᵀ.

    For then R·V was taken back where R·Vᵀ is right, whatever lies before. Or f begins with the product, x·V, and what
    came by x is what is right times V⁻ᵀ·V, perhaps beside what goes around the layer.
    """
    R = evidence.upstream
    for k, V in enumerate(evidence.params):
        if V.ndim != 2 or V.shape[0] != V.shape[1] or k in evidence.wrong:
            continue
        if np.max(np.abs(V - V.T)) <= SYMMETRIC * np.max(np.abs(V)) or np.linalg.cond(V) > CONDITION:
            continue
        ends = evidence.with_upstream and R.ndim > 1 and R.shape[-1] == len(V)
        if (ends and evidence.right_for(_turned(R, V))) or _begins_with(evidence, V):
            says = f"{evidence.label()}: {evidence.names[k]} has to be transposed there"
            return Diagnosis("operand-not-transposed", says)
    return None


def _turned(R: Array, V: Array) -> Array:
    """R V V⁻ᵀ: what times V's transpose is R V."""
    return np.asarray(np.linalg.solve(V, (R @ V).T).T)


def _begins_with(evidence: GradientsEvidence, V: Array) -> bool:
    one = evidence.array(evidence.wrong[0]) if len(evidence.wrong) == 1 else None
    if one is None or one.got.ndim < 2 or one.got.shape[-1] != len(V) or not np.all(np.isfinite(one.slack)):
        return False
    R = evidence.upstream
    around = [np.zeros_like(one.got)] + ([R] if R.shape == one.got.shape else [])
    error = float(np.linalg.cond(V) * np.max(one.slack))
    return any(one.fits(np.linalg.solve(V, (one.expected - s).T).T @ V + s, slack=error) for s in around)


def missing_factor(evidence: GradientsEvidence) -> Diagnosis | None:
    """F ends, or begins, with a product by another argument, and what came is right when divided by it.

    Or f is a sum of products, and what came is the upstream gradient alone, summed to the parameter's shape.
    """
    label = evidence.label()
    right = [(evidence.names[k], p) for k, p in enumerate(evidence.params) if k not in evidence.wrong]
    for name, p in (*right, *evidence.fixed.items()):
        if p.size < 2 or np.ptp(p) == 0 or np.any(p == 0):
            continue
        says = Diagnosis("missing-factor", f"{label}: by the product rule {name} is a factor of it")
        if _fits_shape(p, evidence.value.shape) and evidence.with_upstream:
            if evidence.right_for(evidence.upstream / p):
                return says
            if evidence.all_fit(lambda a, p=p: _alone(evidence, a, p)):  # type: ignore[misc]
                return says
        for view in views(evidence):
            if _fits_shape(p, view.x.shape) and view.one.fits(view.one.expected / p):
                return says
    return _ones(evidence)


def _ones(evidence: GradientsEvidence) -> Diagnosis | None:
    """A sum that is linear in its argument has other slopes than one, and ones came."""
    one = evidence.array(evidence.wrong[0]) if len(evidence.wrong) == 1 else None
    if one is None or evidence.with_upstream or one.got.size < FEW or not np.all(one.got == 1.0):
        return None
    x, a = evidence.params[evidence.wrong[0]], evidence.wrong[0]
    points = [(*evidence.params[:a], t * x, *evidence.params[a + 1 :]) for t in (0.0, 2.0)]
    nothing, twice = (float(v) for v in evidence.values_at(points))
    linear = abs(twice - 2 * float(evidence.value) + nothing) <= 1e-9 * max(abs(twice), abs(nothing))
    if not linear or not np.ptp(one.expected) > 1e-3 * np.max(np.abs(one.expected)):
        return None
    return Diagnosis("missing-factor", f"{one.name} is one everywhere: the terms of the sum have weights")


def _alone(evidence: GradientsEvidence, a: int, p: Array) -> Array | None:
    """Σ R for a parameter whose right gradient is Σ R·p, over the axes that it lacks."""
    one, R = evidence.array(a), evidence.upstream
    if one is None or not _fits_shape(evidence.params[a], R.shape) or p.shape != R.shape:
        return None
    product = _summed(R * p, one.got.shape)
    return _summed(R, one.got.shape) if np.all(np.abs(product - one.expected) <= 10 * one.slack) else None


def _summed(R: Array, shape: tuple[int, ...]) -> Array:
    """R summed over what was broadcast from this shape."""
    R = R.sum(axis=tuple(range(R.ndim - len(shape))))
    axes = tuple(k for k, n in enumerate(shape) if n == 1 and R.shape[k] != 1)
    return np.asarray(R.sum(axis=axes, keepdims=True))


def _fits_shape(p: Array, shape: tuple[int, ...]) -> bool:
    """Whether p is broadcast to this shape."""
    return p.ndim <= len(shape) and all(n in (1, m) for n, m in zip(p.shape[::-1], shape[::-1], strict=False))
