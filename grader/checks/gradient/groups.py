"""Entries of one size go together: a step that suits 1e6 is nothing to 1e-6, and the other way round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.checks.arrays import Array

SMALL = 1e-3  # of the largest, the size below which entries want a step of their own
FEW = 0.05  # a share of small entries that is worth no group of its own
DECADES = 2  # the width of a tier


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Some entries of one array, as flat indices, and the size of step that suits them."""

    index: Array
    scale: float

    def __len__(self) -> int:
        return len(self.index)

    def part(self, chosen: slice | Array) -> Group:
        """Some of its entries, with the same step."""
        return Group(self.index[chosen], self.scale)


def scale_of(x: Array) -> float:
    """The root mean square of the entries that are not zero; 1 where all are."""
    sizes = np.abs(x.astype(np.float64)).ravel()
    sizes = sizes[sizes > 0]
    if not sizes.size:
        return 1.0
    largest = float(sizes.max())
    return largest * float(np.sqrt(np.mean((sizes / largest) ** 2)))


def whole(x: Array) -> Group:
    """All entries as one group."""
    return Group(np.arange(x.size), scale_of(x))


def groups(x: Array) -> list[Group]:
    """One group, or tiers where at least 5 % of the entries are below 1e-3 of the 95 % quantile."""
    sizes = np.abs(x.astype(np.float64)).ravel()
    if not sizes.size:
        return []
    there = sizes[sizes > 0]
    if not there.size:
        return [whole(x)]
    large = float(np.quantile(there, 0.95)) if there.size > 1 else float(there[0])
    if np.sum(there < SMALL * large) >= max(1.0, FEW * sizes.size):
        return tiers(x)
    return [Group(np.arange(x.size), scale_of(np.minimum(there, large)))]


def tiers(x: Array) -> list[Group]:
    """Groups two decades wide; entries that are zero apart, with the scale of the others."""
    sizes = np.abs(x.astype(np.float64)).ravel()
    there = sizes > 0
    tier = np.floor(np.log10(np.where(there, sizes, 1.0)) / DECADES)
    found = [np.flatnonzero(there & (tier == k)) for k in np.unique(tier[there])]
    made = [Group(index, scale_of(sizes[index])) for index in found]
    zeros = np.flatnonzero(~there)
    return [*made, Group(zeros, scale_of(x))] if zeros.size else made


def split(group: Group, x: Array) -> list[Group]:
    """The group's entries by tiers; itself alone where they are all in one."""
    parts = [Group(np.intersect1d(tier.index, group.index), tier.scale) for tier in tiers(x)]
    parts = [part for part in parts if len(part)]
    return parts if len(parts) > 1 else [group]
