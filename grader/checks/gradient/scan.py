"""All arrays at one point: probes along a few directions for each group of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.checks.gradient.directions import Kind, at_random, direction
from grader.checks.gradient.groups import Group, groups, split
from grader.checks.gradient.point import Site
from grader.checks.gradient.probe import Probe, Status, probe

CLEAR = 100.0  # times its error: a residual that needs no second opinion
OPINIONS, AGREE = 3, 3  # further directions; how many of all must find a marginal error
DEPTH = 2  # how often a group is split by size


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The probes at one point."""

    site: Site
    probes: tuple[Probe, ...] = ()

    @property
    def wrong(self) -> list[int]:
        """The arrays with a probe that found an error."""
        return sorted({p.array for p in self.probes if p.status is Status.WRONG})

    @property
    def at_kinks(self) -> list[tuple[int, Group]]:
        """The groups where a kink left nothing but one-sided derivatives, with their array."""
        found = {(p.array, id(p.group)): p.group for p in self.probes if p.status.at_kink}
        return [(array, group) for (array, _), group in found.items()]


def scan(site: Site, kinds: Sequence[Kind], arrays: Sequence[int] | None = None) -> Scan:
    """Probe each array, or those numbered in `arrays`."""
    chosen = range(len(site.point.params)) if arrays is None else arrays
    found = [p for a in chosen for group in groups(site.point.params[a]) for p in scan_group(site, a, group, kinds)]
    return Scan(site, tuple(found))


def scan_group(site: Site, a: int, group: Group, kinds: Sequence[Kind], depth: int = 0) -> list[Probe]:
    """Probe one group along each kind of direction, until one finds an error.

    A group along which little could be seen is split by size, and its parts probed instead.
    """
    found: list[Probe] = []
    for kind in kinds:
        probes = look(site, a, group, kind)
        if depth < DEPTH and any(p.status in (Status.NOTHING, Status.WEAK) for p in probes):
            parts = split(group, site.point.params[a])
            if len(parts) > 1:
                return [p for part in parts for p in scan_group(site, a, part, kinds, depth + 1)]
        found += probes
        if any(p.status is Status.WRONG for p in probes):
            break
    return found


def look(site: Site, a: int, group: Group, kind: Kind = at_random) -> list[Probe]:
    """Probe along one direction; an error that is only marginal must be found along 3 of 4 directions."""
    v = direction(kind, site.point.params[a], site.point.gradients[0][a], group, site.rng)
    if v is None:
        return []
    probes = probe(site, a, v, group)
    wrong = [p for p in probes if p.status is Status.WRONG]
    if not wrong or any(abs(p.residual) >= CLEAR * p.error for p in wrong) or _confirmed(site, a, group):
        return probes
    return [p.as_status(Status.WEAK) if p.status is Status.WRONG else p for p in probes]


def _confirmed(site: Site, a: int, group: Group) -> bool:
    found = 1
    for _ in range(OPINIONS):
        shorter = Group(group.index, group.scale * site.rng.uniform(0.3, 1.0))
        v = direction(at_random, site.point.params[a], site.point.gradients[0][a], shorter, site.rng)
        assert v is not None, "there is always a random direction"
        found += any(p.status is Status.WRONG for p in probe(site, a, v, shorter))
    return found >= AGREE
