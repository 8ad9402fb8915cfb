"""Tells a mutant that is probably no mistake: it answers like the solution whatever the checks may ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.checks.context import derive_seed
from grader.engine import from_texts
from grader.engine.prepare import cargo_for
from grader.sandbox import Guest
from grader.validate.mutation.record import Answer, Call, record
from grader.validate.mutation.score import allowed

if TYPE_CHECKING:
    from grader.model import Assignment, Limits
    from grader.sandbox import Launcher
    from grader.validate.mutation.generate import Mutation

ROUNDING = 1e-9  # of the largest entry: the same formula in another order differs by less, a mistake by far more
EXTRA_SEEDS = 5  # beside the run's own
TOGETHER = 32  # mutants, each in processes of its own
PATIENCE = 2.0  # seconds for one call of the solution's
LOW, HIGH = 0.5, 1.5  # by which entries are multiplied where inputs are drawn anew: signs stay what they are
Suspects = Mapping["Mutation", tuple[str, ...]]


def equivalent(
    assignment: Assignment, launcher: Launcher, suspects: Suspects, *, seeds: Sequence[int]
) -> frozenset[Mutation]:
    """The mutants whose answers are the solution's, behind the wall, to every call.

    They are asked what their checks ask with each seed and with a few more, and then the same with arrays whose
    entries are drawn anew: in another order, each multiplied by a random factor.

    Args:
        assignment: Whose solution.
        launcher: How guests are started.
        suspects: Mutants that no check notices, each with the checks that can reach it.
        seeds: The run's.

    Raises:
        GuestLost: The machine cannot start guest processes.
    """
    left: set[Mutation] = set()
    waiting = list(suspects)
    while waiting:
        batch, waiting = waiting[:TOGETHER], waiting[TOGETHER:]
        left |= _equivalent(assignment, launcher, {mutation: suspects[mutation] for mutation in batch}, seeds)
    return frozenset(left)


def _equivalent(assignment: Assignment, launcher: Launcher, suspects: Suspects, seeds: Sequence[int]) -> set[Mutation]:
    left = set(suspects)
    texts = {mutation: mutation.text for mutation in suspects}
    with _guests(assignment, launcher, texts, seeds[0]) as (solution, guests):
        for seed in [*seeds, *(derive_seed(seeds[0], f"extra:{k}") for k in range(EXTRA_SEEDS))]:
            groups: dict[tuple[str, ...], list[Mutation]] = defaultdict(list)
            for mutation in left:
                groups[suspects[mutation]].append(mutation)
            for checks, group in groups.items():
                calls = _calls(assignment, launcher, checks, seed)
                limits = assignment.manifest.limits.within(PATIENCE * len(calls) + 1)
                right, seconds = _answers(solution, calls, limits)
                limits = limits.within(allowed(seconds, limits.wall_seconds))
                for mutation in group:
                    if not all(map(same, _answers(guests[mutation], calls, limits)[0], right)):
                        left.remove(mutation)
    return left


@contextmanager
def _guests(
    assignment: Assignment, launcher: Launcher, texts: Mapping[Mutation, str], seed: int
) -> Iterator[tuple[Guest, dict[Mutation, Guest]]]:
    opened: list[Guest] = []

    def guest(text: str) -> Guest:
        opened.append(Guest(launcher, cargo_for(assignment, from_texts("suspect", {"solution.py": text}), seed=seed)))
        return opened[-1]

    try:
        yield guest(assignment.solution or ""), {mutation: guest(text) for mutation, text in texts.items()}
    finally:
        for each in opened:
            each.close()


def _calls(assignment: Assignment, launcher: Launcher, checks: Iterable[str], seed: int) -> list[Call]:
    """What the checks ask, and the same with inputs drawn anew where the solution has an answer."""
    rng = np.random.default_rng(derive_seed(seed, "drawn anew"))
    asked = record(assignment, launcher, [assignment.check(name) for name in checks], [seed]).asked
    pairs = [pair for each in asked for pair in zip(each.calls, each.answers, strict=True)]
    anew = [
        Call(call.name, redrawn(call.args, rng), redrawn(call.kwargs, rng), call.options)
        for call, answer in pairs
        if not answer.refused
    ]
    return [call for call, _ in pairs] + anew


def _answers(guest: Guest, calls: Sequence[Call], limits: Limits) -> tuple[list[Answer], float]:
    """The answers, and the seconds that they took.

    All come from one process, so that whatever one call leaves behind meets the next, in a mutant as in the solution.
    """
    with guest.check(limits) as child:
        return [call.on(child) for call in calls], child.seconds


def redrawn(value: Any, rng: np.random.Generator) -> Any:
    """The same form with other real numbers: entries change places and size. What counts or names something stays."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        moved = rng.permutation(value.ravel()).reshape(value.shape)
        return (moved * rng.uniform(LOW, HIGH, value.shape)).astype(value.dtype)
    if isinstance(value, float):
        return value * float(rng.uniform(LOW, HIGH))
    if isinstance(value, tuple | list):
        return type(value)(redrawn(item, rng) for item in value)
    if isinstance(value, dict):
        return {key: redrawn(item, rng) for key, item in value.items()}
    return value


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers differ by no more than rounding."""
    return one.refused == other.refused and _same(one.value, other.value)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return type(one) is type(other) and len(one) == len(other) and all(map(_same, one, other))
    if _is_number(one) and _is_number(other):
        return _close(np.asarray(one), np.asarray(other))
    return type(one) is type(other) and bool(one == other)


def _is_number(value: object) -> bool:
    return isinstance(value, np.ndarray | int | float | complex)


def _close(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    if one.shape != other.shape:
        return False
    finite = np.isfinite(one) & np.isfinite(other)
    if not np.array_equal(np.where(finite, 0, one), np.where(finite, 0, other), equal_nan=True):
        return False
    one, other = np.where(finite, one, 0), np.where(finite, other, 0)
    bound = ROUNDING * max(np.abs(one).max(initial=0), np.abs(other).max(initial=0))
    return bool((np.abs(one.astype(complex) - other.astype(complex)) <= bound).all())
