"""What surrounds a running check: its seed, its sizes, what it asserted and awarded, and the evidence to keep."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from grader.checks.diagnosis.known import AskKnown, nobody
from grader.model import Award, Evidence, parse_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_NOTED = 10_000  # numbers in one note: more than any plot shows, and reports are kept for years


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Assertions find here what they are not passed. `seed` is the check's own; outside a check it is 0.

    `conventions` is the manifest's table of that name. `ask_known(ask)` says which of the assignment's mutants are
    wrong where `ask()` asks the student's functions, and what they answer. The rest is filled while the check runs:
    `sizes` with the named sizes that it has drawn or asked for, `assertions` with what it has begun to judge.
    """

    seed: int = 0
    conventions: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    points: Fraction | None = None
    ask_known: AskKnown = field(default=nobody, repr=False, compare=False)
    awards: list[Award] = field(default_factory=list)
    assertions: list[str] = field(default_factory=list)
    _generators: dict[str, np.random.Generator] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def awarded(self) -> Fraction:
        """The sum of the awards."""
        return sum((award.points for award in self.awards), Fraction(0))

    def note(self, name: str, value: object) -> None:
        """Keep a number, a series of numbers or a table of numbers as evidence, as plain floats.

        JSON has no NaN and no infinity: such a number is not kept, and a series or table ends before its first entry
        or row that holds one.

        Raises:
            ValueError: Not real numbers, more than two axes, or more than 10,000 numbers: a bug of the check.
        """
        plain = _plain(name, value)
        if plain is not None:
            self.evidence[name] = plain

    def rng(self, purpose: str) -> np.random.Generator:
        """The generator for one purpose. It gives the same for the same seed, whatever is drawn for other purposes."""
        if purpose not in self._generators:
            self._generators[purpose] = np.random.default_rng(derive_seed(self.seed, purpose))
        return self._generators[purpose]


def _plain(name: str, value: object) -> Evidence | None:
    """The finite part as a float or lists of floats; None if there is none."""
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):  # ragged
        array = np.asarray(None)
    if array.dtype.kind not in "buif" or array.ndim > 2 or array.size > MAX_NOTED:
        raise ValueError(
            f"note({name!r}, ...) keeps at most {MAX_NOTED} real numbers: one, a list of them, or a list of equal lists"
        )
    with np.errstate(over="ignore"):
        array = array.astype(np.float64)
    finite = np.isfinite(array)
    if not finite.all() and array.ndim:
        array = array[: int(np.argmin(finite.reshape(len(array), -1).all(axis=1)))]
    return array.tolist() if array.size and np.isfinite(array).all() else None


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
