"""Tells a mutant that is probably no mistake: it answers like the solution whatever the checks may ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.checks.context import derive_seed
from grader.engine import from_texts
from grader.engine.prepare import cargo_for
from grader.sandbox import Guest
from grader.validate.mutation.record import Answer, Asked, Call, record
from grader.validate.mutation.score import allowed

if TYPE_CHECKING:
    from grader.model import Assignment, Limits
    from grader.sandbox import Launcher
    from grader.validate.mutation.generate import Mutation

ROUNDING = 1e-9  # of the largest entry: the same formula in another order differs by less, a mistake by far more
EXTRA_SEEDS = 5  # beside the run's own
CHANGED_SEEDS = 8  # of all these, with which inputs are changed, too
TOGETHER = 32  # mutants, each in processes of its own
LARGE = 10_000  # entries: a check of costs asks the same with less
LENGTH = 3
PATIENCE = 2.0  # seconds for one call of the solution's
LOW, HIGH = 0.5, 1.5  # by which entries are multiplied where inputs are drawn anew: signs stay what they are
Suspects = Mapping["Mutation", tuple[str, ...]]


def equivalent(
    assignment: Assignment, launcher: Launcher, suspects: Suspects, *, seeds: Sequence[int]
) -> frozenset[Mutation]:
    """The mutants whose answers are the solution's, behind the wall, to every call.

    They are asked what their checks ask with each seed and with a few more. With some of these, too, the same with
    arrays whose entries are drawn anew: in another order, each multiplied by a random factor. And, as checks draw
    lengths that differ, with arrays whose lengths are all the same: there a forgotten test of an argument's form is not
    made up for by shapes that happen not to fit.

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
    extra = [derive_seed(seeds[0], f"extra:{k}") for k in range(EXTRA_SEEDS)]
    with _guests(assignment, launcher, texts, seeds[0]) as (solution, guests):
        for k, seed in enumerate([*extra, *seeds]):
            groups: dict[tuple[str, ...], list[Mutation]] = defaultdict(list)
            for mutation in left:
                groups[suspects[mutation]].append(mutation)
            asked = _asked(assignment, launcher, groups, seed)
            for checks, group in groups.items():
                rng = np.random.default_rng(derive_seed(seed, "drawn anew"))
                questions = _questions([asked[check] for check in checks], rng if k < CHANGED_SEEDS else None)
                calls = [question.call for question in questions]
                limits = assignment.manifest.limits.within(PATIENCE * len(calls) + 1)
                right, seconds = _answers(solution, calls, limits)
                limits = limits.within(allowed(seconds, limits.wall_seconds))
                for mutation in group:
                    if not _agree(_answers(guests[mutation], calls, limits)[0], right, questions):
                        left.remove(mutation)
    return left


def _asked(assignment: Assignment, launcher: Launcher, groups: Iterable[Iterable[str]], seed: int) -> dict[str, Asked]:
    """What the checks of all groups ask."""
    names = {name for checks in groups for name in checks}
    checks = [check for check in assignment.checks if check.name in names]
    return {each.check: each for each in record(assignment, launcher, checks, [seed]).asked} if checks else {}


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


@dataclass(frozen=True, slots=True)
class _Question:
    """A call, and whether it counts only if the solution refuses it."""

    call: Call
    if_refused: bool = False


def _questions(asked: Sequence[Asked], rng: np.random.Generator | None) -> list[_Question]:
    """What the checks ask, and, if there is a generator to draw them, the same with other inputs.

    Inputs that the solution refuses are made equally long only. It may have refused them by accident, since lengths did
    not fit, and then no answer to them is right.
    """
    found: list[_Question] = []
    for each in asked:
        for call, answer in zip(each.calls, each.answers, strict=True):
            found.append(_Question(call))
            if rng is None or max(_sizes((call.args, call.kwargs)), default=0) > LARGE:
                continue
            found.append(_Question(_changed(call, partial(_equally_long, rng=rng)), bool(answer.refused)))
            if not answer.refused:
                found.append(_Question(_changed(call, partial(_drawn_anew, rng=rng))))
    return found


def _agree(mutant: Sequence[Answer], solution: Sequence[Answer], questions: Sequence[_Question]) -> bool:
    return all(
        same(one, other) or (question.if_refused and not other.refused)
        for one, other, question in zip(mutant, solution, questions, strict=True)
    )


def _answers(guest: Guest, calls: Sequence[Call], limits: Limits) -> tuple[list[Answer], float]:
    """The answers, and the seconds that they took.

    All come from one process, so that whatever one call leaves behind meets the next, in a mutant as in the solution.
    """
    with guest.check(limits) as child:
        return [call.on(child) for call in calls], child.seconds


def _changed(call: Call, change: Callable[[Any], Any]) -> Call:
    return Call(call.name, changed(call.args, change), changed(call.kwargs, change), call.options)


def changed(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same form with `change` made to every array and every float in it."""
    if isinstance(value, np.ndarray | float):
        return change(value)
    if isinstance(value, tuple | list):
        return type(value)(changed(item, change) for item in value)
    if isinstance(value, dict):
        return {key: changed(item, change) for key, item in value.items()}
    return value


def _drawn_anew(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, float):
        return value * float(rng.uniform(LOW, HIGH))
    if value.dtype.kind != "f":
        return value  # it counts or names something
    moved = rng.permutation(value.ravel()).reshape(value.shape)
    return (moved * rng.uniform(LOW, HIGH, value.shape)).astype(value.dtype)


def _equally_long(value: Any, rng: np.random.Generator) -> Any:
    """Every axis longer than one becomes LENGTH long; the entries are some of those that were there."""
    if isinstance(value, float) or not value.size:
        return value
    return rng.choice(value.ravel(), tuple(LENGTH if length > 1 else 1 for length in value.shape))


def _sizes(value: Any) -> Iterator[int]:
    sizes: list[int] = []

    def note(leaf: Any) -> Any:
        sizes.append(np.size(leaf))
        return leaf

    changed(value, note)
    return iter(sizes)


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
