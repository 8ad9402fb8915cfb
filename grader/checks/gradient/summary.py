"""Adds up probes to a report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from grader.checks.arrays import Array, show
from grader.checks.gradient.contract import label
from grader.checks.gradient.localise import Located
from grader.checks.gradient.point import Site
from grader.checks.gradient.probe import Probe, Status
from grader.checks.gradient.problem import Problem
from grader.checks.gradient.report import ArrayReport, GradientReport, Reason, Worst
from grader.checks.gradient.scan import Scan
from grader.model import Diagnosis

# Where errors of a tenth of a gradient could hide in rounding nothing is judged, but for gradients that do not matter:
# a thousandth of the largest one, or as small per entry as what calls itself zero.
SWAMPED = 0.1
MATTERS = 1e-3
ZERO = 1e-6
LISTED = 1000  # coordinates in a report


def rejected(problem: Problem, reasons: tuple[Reason, ...], diagnosis: Diagnosis | None) -> GradientReport:
    """The report where values were not looked at."""
    return GradientReport(passed=False, reasons=reasons, diagnosis=diagnosis, evaluations=problem.evaluations)


def passed(
    problem: Problem, scans: Sequence[Scan], notes: tuple[str, ...], unseen: Reason | None
) -> GradientReport:  # fmt: skip
    """The report where nothing wrong was found; it does not pass where too little was seen."""
    arrays = _arrays(scans, {})
    return GradientReport(
        passed=unseen is None,
        reasons=(unseen,) if unseen else (),
        resolution=_coarsest(arrays),
        evaluations=problem.evaluations,
        arrays=arrays,
        notes=notes,
    )


def failed(
    problem: Problem,
    scans: Sequence[Scan],
    located: Mapping[int, Located],
    reasons: tuple[Reason, ...],
    diagnosis: Diagnosis | None,
    notes: tuple[str, ...],
) -> GradientReport:
    """The report where arrays are wrong."""
    arrays = _arrays(scans, located)
    return GradientReport(
        passed=False,
        reasons=reasons,
        diagnosis=diagnosis,
        resolution=_coarsest(arrays),
        evaluations=problem.evaluations,
        arrays=arrays,
        worst=worst(scans[-1].site, located),
        notes=notes,
    )


def unseen(scans: Sequence[Scan]) -> Reason | None:
    """Why the function says too little to judge by, if so: an array where nothing but noise is to be seen.

    Where all gradients are zero there is nothing to be relative to, and what counts is the absolute bound alone.
    """
    for (array, _), probes in _by_group(scans).items():
        name = scans[0].site.problem.names[array]
        if all(p.status is Status.NOTHING for p in probes):
            return Reason(
                "not-finite-nearby",
                "the function's values, or differences of them, are not finite around the point",
                name,
            )
    largest = max((p.size for s in scans for p in s.probes), default=0.0)
    for (array, _), probes in _by_group(scans).items():
        best = min(probes, key=_resolution)
        per_entry = best.bound / (best.group.scale * np.sqrt(len(best.group)))
        if _resolution(best) > SWAMPED and best.size >= MATTERS * largest and per_entry > ZERO:
            says = "the function's value is so large beside its derivative that differences are rounding noise"
            return Reason("too-coarse", says, scans[0].site.problem.names[array])
    return None


def _by_group(scans: Sequence[Scan]) -> dict[tuple[int, int], list[Probe]]:
    """The probes of each group, told apart by its first entry."""
    found: dict[tuple[int, int], list[Probe]] = defaultdict(list)
    for one in scans:
        for p in one.probes:
            found[p.array, int(p.group.index[0])].append(p)
    return found


def _resolution(p: Probe) -> float:
    if p.status in (Status.WRONG, Status.NOTHING) or p.status.at_kink or p.size == 0:
        return float("inf")
    return p.bound / p.size


def _arrays(scans: Sequence[Scan], located: Mapping[int, Located]) -> tuple[ArrayReport, ...]:
    site = scans[-1].site
    groups = _by_group(scans)
    return tuple(
        _array(site, a, [probes for (array, _), probes in groups.items() if array == a], located.get(a))
        for a in range(len(site.problem.names))
    )


def _array(site: Site, a: int, groups: list[list[Probe]], found: Located | None) -> ArrayReport:
    """The error is the largest, the resolution that of the group seen worst, leaving out those that do not matter."""
    probes = [p for group in groups for p in group]
    largest = max((p.size for p in probes), default=0.0)
    seen = [min(map(_resolution, group)) for group in groups if max(p.size for p in group) > MATTERS * largest]
    seen = [one for one in seen if np.isfinite(one)]
    shape = site.point.params[a].shape
    judged = [p for p in probes if p.status is not Status.NOTHING and not p.status.at_kink]
    return ArrayReport(
        name=site.problem.names[a],
        shape=shape,
        passed=not any(p.status is Status.WRONG for p in probes),
        error=max((p.relative for p in judged), default=0.0),
        resolution=max(seen) if seen else None,
        wrong=tuple(_index(i, shape) for i in found.wrong[:LISTED]) if found else (),
        errors=_errors(site, a, found) if found and found.complete else None,
    )


def _errors(site: Site, a: int, found: Located) -> tuple[float, ...]:
    right, _ = found.numeric.along(site.point.upstreams[0])
    return tuple(float(e) for e in np.abs(site.point.gradients[0][a].ravel() - right))


def _coarsest(arrays: Sequence[ArrayReport]) -> float | None:
    return max((one.resolution for one in arrays if one.resolution is not None), default=None)


def full(site: Site, a: int, found: Located | None) -> Array | None:
    """The numeric gradient of array `a` for the first upstream gradient, where all of it was measured."""
    if found is None or not found.complete:
        return None
    right, _ = found.numeric.along(site.point.upstreams[0])
    return right.reshape(site.point.params[a].shape) if np.all(np.isfinite(right)) else None


def reasons(found: Scan, located: Mapping[int, Located], code: str) -> tuple[Reason, ...]:
    """One per wrong array, with what was expected there."""
    return tuple(_reason(found.site, a, located[a], code) for a in found.wrong)


SAYS = {
    "wrong-value": "{} is wrong",
    "wrong-at-kink": "{} is wrong at a kink: it lies outside the derivatives to the left and to the right",
    "wrong-elsewhere": "{} is wrong at a second point, though right at the first: does it remember an earlier call?",
}


def _reason(site: Site, a: int, found: Located, code: str) -> Reason:
    name, got = site.problem.names[a], site.point.gradients[0][a]
    numeric, at = full(site, a, found), worst(site, {a: found})
    where = None
    if at is not None and at.index:
        where = f"at {list(at.index)}: expected {at.expected:.6g}, got {at.got:.6g}"
    return Reason(
        code,
        SAYS[code].format(label(name)),
        name,
        expected=show(numeric) + " (by differences)" if numeric is not None else None,
        got=show(got),
        where=where,
    )


def worst(site: Site, located: Mapping[int, Located]) -> Worst | None:
    """The coordinate that is furthest off beside the size of its array's gradient."""
    best: tuple[float, Worst] | None = None
    for a, found in located.items():
        right, _ = found.numeric.along(site.point.upstreams[0])
        got = site.point.gradients[0][a].ravel()[found.numeric.index]
        off = np.where(np.isfinite(right), np.abs(got - right), -1.0)
        if not off.size or off.max() < 0:
            continue
        k = int(np.argmax(off))
        relative = float(off[k]) / (float(np.nanmax(np.abs(right))) or 1.0)
        if best is None or relative > best[0]:
            index = _index(int(found.numeric.index[k]), site.point.params[a].shape)
            best = relative, Worst(site.problem.names[a], index, float(right[k]), float(got[k]))
    return best[1] if best else None


def _index(i: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(k) for k in np.unravel_index(int(i), shape))
