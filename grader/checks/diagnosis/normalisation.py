"""Mistakes in a normalisation: a path is forgotten, or the small number beside the variance is another one."""

from __future__ import annotations

import numpy as np

from grader.checks.diagnosis.evidence import Array, GradientsEvidence
from grader.checks.diagnosis.views import View, views
from grader.model import Diagnosis

KEEPS = 1e-6  # relative: a sum of gradients that a shift leaves at zero
NEARLY = 0.05  # relative: the same of a scaling, for there is an eps beside the variance; if large, it must show
LITTLE = 1e-3  # of the largest: slices where less is lost say nothing
KNOWN = 0.9  # the share of the entries that must be known sharply
EQUAL = 1e-6  # relative: multiples that do not differ are one factor
CLOSELY = 1e-3  # relative: how closely two small numbers must explain all slices
SLICES = 3  # along which a normalisation must show


def normalisation(evidence: GradientsEvidence) -> Diagnosis | None:
    """The right gradient does not change when slices of x are shifted and scaled, what came does.

    That is: along the axis it sums to zero, and so does its product with x. What follows a normalisation has no part
    in that. A gradient along which only the scaling is lost has its variance, or length, taken for a constant.
    """
    for view in views(evidence):
        for axis in range(view.x.ndim):
            code = _lost_path(view, axis)
            if code is None:
                continue
            what = "mean" if code == "batchnorm-mean-path" else "variance, or length,"
            return Diagnosis(code, f"{view.one.name}: the {what} depends on the inputs too, and a path goes through it")
    return None


def lost_path(view: View) -> str | None:
    """The same in one view: its code.

    Only of what is shifted too: a guessed exponential makes a softmax of what is divided by its length.
    """
    axes = [axis for axis in range(view.x.ndim) if _share(view.one.expected, axis) <= KEEPS]
    return next((code for axis in axes if (code := _lost_path(view, axis)) is not None), None)


def _lost_path(view: View, axis: int) -> str | None:
    """Which path is missing: what came is off by a constant along the axis, by a multiple of x there, or by both."""
    x, one = view.x, view.one
    if x.shape[axis] < SLICES or x.size < SLICES * x.shape[axis] or not one.sharp.mean() >= KNOWN:
        return None
    centred, lack = x - x.mean(axis=axis, keepdims=True), one.got - one.expected
    if _share(one.expected, axis) > KEEPS:
        if _share(one.expected * x, axis) > KEEPS or not one.fits(one.expected + _along(lack, x, axis)):
            return None
        return "batchnorm-variance-path" if _in_most(lack, axis) else None
    if not _in_most(lack, axis):
        return None
    mean = lack.mean(axis=axis, keepdims=True)
    constant, scaled = np.broadcast_to(mean, lack.shape), _along(lack, centred, axis)
    is_scaled = _share(one.expected * centred, axis) <= NEARLY
    if (is_scaled or np.ptp(mean) > CLOSELY * np.max(np.abs(mean))) and one.fits(one.expected + constant):
        return "batchnorm-mean-path"
    if not is_scaled and not _has_one_epsilon(one.expected, scaled, centred, axis):
        return None
    if one.fits(one.expected + scaled):
        return "batchnorm-variance-path"
    both = x.shape[axis] > SLICES and one.fits(one.expected + constant + scaled)
    return "batchnorm-mean-path" if both else None


def _has_one_epsilon(right: Array, lost: Array, centred: Array, axis: int) -> bool:
    """Whether x·right/x·lost, the share of the path that ε takes away, is ε/v for one ε beside all variances v."""
    kept, gone, v = (centred * right).sum(axis=axis), (centred * lost).sum(axis=axis), centred.var(axis=axis)
    there = np.abs(gone) > LITTLE * np.max(np.abs(gone), initial=0.0)
    epsilons, v = v[there] * kept[there] / gone[there], v[there]
    if np.sum(there) < SLICES:
        return False
    middle = float(np.median(epsilons))
    return bool(middle >= 0 and np.all(np.abs(epsilons - middle) <= CLOSELY * v))


def _along(lack: Array, x: Array, axis: int) -> Array:
    """The multiple of x in each slice that is nearest to what is lacking."""
    power = (x * x).sum(axis=axis, keepdims=True)
    return np.asarray(x * (lack * x).sum(axis=axis, keepdims=True) / np.where(power > 0, power, 1.0))


def _in_most(lack: Array, axis: int) -> bool:
    """Whether most slices are off."""
    sizes = np.abs(lack).max(axis=axis)
    return bool(np.mean(sizes > 1e-3 * np.max(sizes)) > 0.5)


def _share(numbers: Array, axis: int) -> float:
    """The largest sum along the axis, of what it would be without signs."""
    whole = np.abs(numbers).sum(axis=axis)
    there = whole > 1e-6 * np.max(whole, initial=0.0)
    if not np.any(there):
        return 1.0
    return float(np.max(np.abs(numbers.sum(axis=axis))[there] / whole[there]))


def normalisation_epsilon(evidence: GradientsEvidence) -> Diagnosis | None:
    """A normalisation where each slice of what came is a multiple c of the right one, as another ε would have it.

    With the variances v of the slices, c² (v + ε') = v + ε for one ε and one ε'.
    """
    for view in views(evidence):
        if another_epsilon(view):
            says = f"{view.one.name}: the small number beside the variance is another one than in the function"
            return Diagnosis("epsilon", says)
    return None


def another_epsilon(view: View) -> str | None:
    """The same in one view: its code."""
    axes = (axis for axis in range(view.x.ndim) if _has_another_epsilon(view, axis))
    return "epsilon" if next(axes, None) is not None else None


def _has_another_epsilon(view: View, axis: int) -> bool:
    x, one = view.x, view.one
    if x.shape[axis] < SLICES or x.size < (SLICES + 1) * x.shape[axis] or not one.sharp.all():
        return False
    if _share(one.expected, axis) > KEEPS:
        return False
    power = (one.expected**2).sum(axis=axis, keepdims=True)
    c = (one.expected * one.got).sum(axis=axis, keepdims=True) / power
    if not one.fits(c * one.expected, slack=np.abs(c) * one.slack) or np.ptp(c) <= EQUAL * np.max(np.abs(c)):
        return False
    v, square = x.var(axis=axis).ravel(), c.ravel() ** 2
    if not np.all(np.isfinite(square)):
        return False
    columns = np.stack([square, -np.ones_like(v)], axis=1)
    epsilons = np.linalg.lstsq(columns, v * (1 - square), rcond=None)[0]
    left = np.abs(columns @ epsilons - v * (1 - square))
    close = np.max(left) <= CLOSELY * np.max(np.abs(v * (1 - square)))
    return bool(close and np.all(epsilons > -CLOSELY))
