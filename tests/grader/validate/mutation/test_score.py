"""The arithmetic of mutants: what counts as killed, by which check, and which points are at risk."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from grader.validate.mutation.generate import Mutation
from grader.validate.mutation.score import Mutants, Tried, allowed, points_kept, scored
from tests.support import assignment, one_check

ASSIGNMENT = assignment(
    *(one_check(lambda student, draw: None, name, points=points) for name, points in (("a", 1), ("b", 2), ("c", "0.5")))
)


def tried(name: str, reached: str, *kills: str) -> Tried:
    """`kills` are the checks that are not passed, a text for each seed; "=" says that it is equivalent."""
    mutation = Mutation(name, "flip_sign", "f", "f", 1, "", name)
    seen = {seed: frozenset(checks.split()) - {"="} for seed, checks in enumerate(kills)}
    return Tried(mutation, tuple(reached.split()), seen, equivalent="=" in kills)


def counted(*each: Tried) -> Mutants:
    return scored(ASSIGNMENT, each, ambiguous=(), broken={})


def names(found: Sequence[Tried]) -> list[str]:
    return [each.mutation.name for each in found]


def test_a_mutant_is_killed_if_some_check_notices_it_with_every_seed() -> None:
    always, in_turns, by_luck = tried("1", "a b", "a", "a b"), tried("2", "a b", "a", "b"), tried("3", "a", "a", "")
    assert [each.killed for each in (always, in_turns, by_luck)] == [True, True, False]
    assert [sorted(each.killers) for each in (always, in_turns, by_luck)] == [["a"], [], []]
    assert [sorted(each.by_luck) for each in (always, in_turns, by_luck)] == [["b"], ["a", "b"], ["a"]]
    assert not tried("4", "").killed
    assert [each.fate for each in (always, by_luck, tried("5", "a", "="))] == [
        "killed",
        "survived",
        "equivalent",
    ]


def test_the_score_leaves_equivalent_mutants_out() -> None:
    found = counted(
        tried("1", "a b", "a", "a"),
        tried("2", "a b", "a b", "a b"),
        tried("3", "a", "", ""),
        tried("4", "a", "="),
    )
    assert found.score == Fraction(2, 3)
    assert (found.killed, names(found.survivors), len(found.mistakes)) == (2, ["3"], 3)
    by_name = {each.check: each for each in found.checks}
    assert [(c.reached, c.killed, c.alone, c.score) for c in by_name.values()] == [
        (3, 2, 1, Fraction(2, 3)),
        (2, 1, 0, Fraction(1, 2)),
        (0, 0, 0, None),
    ]


def test_points_are_at_risk_where_a_mistake_passes() -> None:
    assert counted(tried("1", "a b", "a"), tried("2", "c", "")).at_risk == Fraction("0.5")
    assert counted(tried("1", "a b", ""), tried("2", "b c", "")).at_risk == Fraction("3.5")
    assert counted(tried("1", "a", "a")).at_risk == 0


def test_without_a_mistake_there_is_no_score() -> None:
    assert counted().score is None
    assert counted(tried("1", "a", "=")).score is None


def test_who_makes_a_mistake_keeps_the_points_of_the_checks_that_pass() -> None:
    points = {check.name: check.points for check in ASSIGNMENT.checks}
    assert points_kept(tried("1", "a b c", "", ""), points) == Fraction("3.5")
    assert points_kept(tried("2", "a b", "b", "b"), points) == 1
    assert points_kept(tried("3", "a b", "b", ""), points) == 3  # with the seed that is kindest to the student


@pytest.mark.parametrize(
    ("seconds", "limit", "given"), [(0.001, 2.0, 1.0), (0.3, 2.0, 1.5), (1.0, 2.0, 2.0), (0, 0.5, 0.5)]
)
def test_a_mutant_gets_five_times_the_solutions_time_within_bounds(seconds: float, limit: float, given: float) -> None:
    assert allowed(seconds, limit) == given
