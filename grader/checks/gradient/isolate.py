"""Entries on a kink: found by halving, and judged one by one, since two kinks of opposite sign hide each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.gradient.groups import Group
from grader.checks.gradient.point import Site
from grader.checks.gradient.probe import Probe, Status
from grader.checks.gradient.problem import changed
from grader.checks.gradient.scan import look

NUDGE = 1e-3  # of the group's scale: how far an entry is moved to see which outputs it reaches


@dataclass(frozen=True, slots=True)
class Isolated:
    """Probes that found an error, how many entries lie on a kink, and how many of them cannot be judged there."""

    wrong: tuple[Probe, ...] = ()
    kinks: int = 0
    unjudged: int = 0


def isolate(site: Site, a: int, group: Group) -> Isolated:
    """Halve the group until single entries remain that are on a kink.

    An entry that reaches one output alone is wrong where its gradient is outside the one-sided derivatives; where
    several outputs turn at once the hull proves nothing. What no evaluation is spared for is judged beside the point.
    """
    limit = site.problem.evaluations + site.problem.spare
    waiting, kinks, unjudged = [group], 0, 0
    while waiting and site.problem.evaluations < limit:
        part = waiting.pop()
        probes = look(site, a, part)
        wrong = [p for p in probes if p.status is Status.WRONG]
        if wrong:
            return Isolated(tuple(wrong), kinks, unjudged)
        if not any(p.status.at_kink for p in probes):
            continue
        if len(part) > 1:
            waiting += [part.part(slice(None, len(part) // 2)), part.part(slice(len(part) // 2, None))]
            continue
        kinks += 1
        outside = [p for p in probes if p.status is Status.OFF_HULL]
        if outside and _reaches_one_output(site, a, part):
            return Isolated(tuple(outside), kinks, unjudged)
        unjudged += bool(outside)
    return Isolated((), kinks, unjudged)


def _reaches_one_output(site: Site, a: int, entry: Group) -> bool:
    """Whether moving a single entry, up and down, changes no more than one entry of an array of values."""
    point = site.point
    if point.value.ndim == 0:
        return False
    x = point.params[a]
    step = np.zeros(x.size)
    step[entry.index] = NUDGE * entry.scale
    moved = [np.asarray(x + sign * step.reshape(x.shape)).astype(x.dtype) for sign in (1, -1)]
    values = site.problem.values([changed(point.params, a, array) for array in moved], point.value)
    reached = np.any([value.astype(np.float64) != point.value for value in values], axis=0)
    return int(np.sum(reached)) <= 1
