"""Which coordinates are wrong: all of them measured where there are few, otherwise found by halving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.arrays import Array
from grader.checks.gradient.groups import Group
from grader.checks.gradient.numeric import Numeric, differentiate
from grader.checks.gradient.point import Site
from grader.checks.gradient.probe import SAFETY, Status
from grader.checks.gradient.scan import look

PER_ENTRY = 4  # evaluations that measuring one coordinate costs at least
SAMPLE = 24  # single coordinates that are tried before halving
SPARSE = 2  # how many of them may be wrong for halving to pay
MEASURED = 1e-6  # relative: how far a measured coordinate must be off to be called wrong
SHOWN = 64  # coordinates that are measured where nearly all are wrong


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """The wrong coordinates of one array, as flat indices, and what was measured."""

    wrong: Array
    numeric: Numeric
    complete: bool  # whether every coordinate was measured


def locate(site: Site, a: int, group: Group, budget: int) -> Located:
    """The wrong coordinates of array `a`, in the order of their number; `group` is where an error showed.

    Takes about `budget` evaluations at most, and more only to measure what it has found.
    """
    x = site.point.params[a]
    if PER_ENTRY * x.size <= budget:
        index = np.arange(x.size)
        numeric = differentiate(site, a, index)
        return Located(index[_off(site, a, numeric)], numeric, complete=True)
    found = _halve(site, a, group, site.problem.evaluations + budget)
    shown = max(1, min(SHOWN, budget // PER_ENTRY))
    if found is None:
        found = np.sort(site.rng.choice(x.size, min(shown, x.size), replace=False))
    numeric = differentiate(site, a, found[:shown])
    return Located(numeric.index[_off(site, a, numeric)], numeric, complete=False)


def _off(site: Site, a: int, numeric: Numeric) -> Array:
    """Which of the measured coordinates are wrong for some upstream gradient; the worst where none is surely so."""
    excess = np.zeros(len(numeric.index))
    wrong = np.zeros(len(numeric.index), bool)
    for q, R in enumerate(site.point.upstreams):
        right, error = numeric.along(R)
        got = site.point.gradients[q][a].ravel()[numeric.index]
        off = np.abs(got - right)
        wrong |= off > SAFETY * error + MEASURED * np.abs(right)
        excess = np.maximum(excess, off)
    if not wrong.any() and len(excess):
        wrong[int(np.argmax(excess))] = True
    return wrong


def _halve(site: Site, a: int, group: Group, limit: int) -> Array | None:
    """Halve the group until single wrong entries remain; None where many are, or too little is spared."""
    if limit - site.problem.evaluations < PER_ENTRY * SAMPLE:
        return None
    hits = 0
    for i in site.rng.choice(group.index, min(SAMPLE, len(group)), replace=False):
        hits += _wrong(site, a, Group(np.array([i]), group.scale))
        if hits > SPARSE:
            return None
    waiting, found = [group], []
    while waiting and site.problem.evaluations < limit:
        part = waiting.pop()
        if not _wrong(site, a, part):
            continue
        if len(part) == 1:
            found.append(int(part.index[0]))
        else:
            half = len(part) // 2
            waiting += [part.part(slice(half, None)), part.part(slice(None, half))]
    return np.array(sorted(found), int) if found else None


def _wrong(site: Site, a: int, group: Group) -> bool:
    return any(p.status is Status.WRONG for p in look(site, a, group))
