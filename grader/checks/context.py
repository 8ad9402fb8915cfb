"""What surrounds a running check: its seed, its sizes, the points awarded so far, and the evidence to keep."""

from __future__ import annotations

import hashlib
import math
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from grader.model import Award, Evidence, parse_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Assertions find here what they are not passed. `seed` is the check's own; outside a check it is 0."""

    seed: int = 0
    evidence: dict[str, Evidence] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    points: Fraction | None = None
    awards: list[Award] = field(default_factory=list)

    @property
    def awarded(self) -> Fraction:
        """The sum of the awards."""
        return sum((award.points for award in self.awards), Fraction(0))

    def note(self, name: str, value: float) -> None:
        """Keep a number as evidence; one that is not finite says nothing and has no place in JSON."""
        if math.isfinite(value):
            self.evidence[name] = value

    def rng(self, purpose: str) -> np.random.Generator:
        """A generator for one purpose, the same for the same seed whatever else was drawn."""
        return np.random.default_rng(derive_seed(self.seed, purpose))


_current: ContextVar[CheckContext | None] = ContextVar("check context", default=None)


def context() -> CheckContext:
    """The context of the check that runs; outside a check a fresh one."""
    return _current.get() or CheckContext()


@contextmanager
def running(surroundings: CheckContext) -> Iterator[CheckContext]:
    """Make `surroundings` the context."""
    token = _current.set(surroundings)
    try:
        yield surroundings
    finally:
        _current.reset(token)


def award(points: int | str, reason: str) -> None:
    """Give part of the check's points now, kept even if the check fails later.

    A check that passes earns all its points, whatever was awarded.

    Raises:
        ValueError: Not points, or more than the check has.
    """
    surroundings = context()
    given = Award(parse_points(points), reason)
    if surroundings.points is not None and surroundings.awarded + given.points > surroundings.points:
        raise ValueError(f"award({points!r}, {reason!r}) exceeds the check's points")
    surroundings.awards.append(given)


def derive_seed(seed: int, purpose: str) -> int:
    """64 bits for one purpose: the same pair gives the same, and nothing is learnt of one from another."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{purpose}".encode()).digest()[:8], "big")
