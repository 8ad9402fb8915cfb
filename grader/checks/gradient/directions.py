"""Where to look: a few directions per group of entries, each of the size of the group's own entries.

The gradient's own direction raises an error of scale over the noise by the square root of the number of entries. A
random one is bounded away from zero in every entry, so that it sees any single one. The parameters' own finds a missing
L2 term.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.checks.arrays import Array
from grader.checks.gradient.groups import Group

LONGEST = 5.0  # an entry of a direction, in units of the group's scale


def along_gradient(x: Array, gradient: Array, group: Group, rng: np.random.Generator) -> Array | None:
    """s·√n·g/‖g‖ on the group, no entry above 5 s; None where the gradient is zero there."""
    return _unit(gradient, group)


def along_parameters(x: Array, gradient: Array, group: Group, rng: np.random.Generator) -> Array | None:
    """The parameters themselves; None where they are zero, or there is only one."""
    return _unit(x, group) if len(group) > 1 else None


def at_random(x: Array, gradient: Array, group: Group, rng: np.random.Generator) -> Array | None:
    """Signs and sizes from 0.5 s to 1.5 s at random."""
    signs = rng.choice([-1.0, 1.0], size=len(group))
    return signs * rng.uniform(0.5, 1.5, size=len(group))


Kind = Callable[[Array, Array, Group, np.random.Generator], Array | None]
AT_THE_POINT: tuple[Kind, ...] = (along_gradient, at_random, along_parameters)
BESIDE: tuple[Kind, ...] = (along_gradient, at_random, at_random)
PROBING: tuple[Kind, ...] = (along_gradient, at_random)


def direction(kind: Kind, x: Array, gradient: Array, group: Group, rng: np.random.Generator) -> Array | None:
    """A direction of `x`'s shape, zero outside the group; None where this kind has none."""
    entries = kind(x, gradient, group, rng)
    if entries is None:
        return None
    v = np.zeros(x.size)
    v[group.index] = group.scale * entries
    return v.reshape(x.shape)


def _unit(array: Array, group: Group) -> Array | None:
    entries = array.astype(np.float64).ravel()[group.index]
    largest = float(np.max(np.abs(entries), initial=0.0))
    if largest == 0.0:
        return None
    entries = entries / largest  # so that squares neither vanish nor overflow
    entries = entries / np.linalg.norm(entries) * np.sqrt(len(group))
    longest = float(np.max(np.abs(entries)))
    return np.asarray(entries * (LONGEST / longest) if longest > LONGEST else entries)
