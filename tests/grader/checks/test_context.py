"""What surrounds a running check: seeds, evidence, awards, and what was asserted."""

from __future__ import annotations

import contextlib
import math
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.checks import CheckContext, assert_close, assert_gradient, assert_raises, assert_shape, award, context
from grader.checks.context import derive_seed, running
from grader.model import CheckFailed, Evidence, Finding, NoAnswer, Outcome


def test_outside_a_check_the_seed_is_zero() -> None:
    assert context().seed == 0


def test_awards_add_up_to_the_checks_points_and_no_further() -> None:
    with running(CheckContext(points=Fraction(1))) as surroundings:
        award("0.5", "the shape is right")
        award("0.5", "so is the sign")
        with pytest.raises(ValueError, match="exceeds"):
            award("0.001", "one more")
    assert surroundings.awarded == 1
    assert [given.reason for given in surroundings.awards] == ["the shape is right", "so is the sign"]


@pytest.mark.parametrize("points", [0, -1, 0.5, "1/3"])
def test_an_award_is_points(points: Any) -> None:
    with running(CheckContext(points=Fraction(1))), pytest.raises(ValueError, match="points"):
        award(points, "no")


def test_seeds_for_different_purposes_are_unrelated() -> None:
    seeds = {derive_seed(seed, purpose) for seed in range(50) for purpose in ("a", "b", "dims", "draw")}
    assert len(seeds) == 200
    assert all(0 <= seed < 2**64 for seed in seeds)


# ------------------------------------------------------------------------------------------------------- seeds


def test_a_purpose_goes_on_where_it_stopped_and_minds_no_other() -> None:
    one, other = CheckContext(seed=3), CheckContext(seed=3)
    first, second = one.rng("upstream").normal(), one.rng("upstream").normal()
    other.rng("draw").normal(size=5)
    assert first != second
    assert [other.rng("upstream").normal(), other.rng("upstream").normal()] == [first, second]


def test_conventions_are_there_to_be_read() -> None:
    assert context().conventions == {}
    with running(CheckContext(conventions={"layout": "denominator"})):
        assert context().conventions["layout"] == "denominator"


# ----------------------------------------------------------------------------------------------------- evidence


def kept(value: Any) -> Evidence | None:
    surroundings = CheckContext()
    surroundings.note("value", value)
    return surroundings.evidence.get("value")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (1.5, 1.5),
        (2, 2.0),
        (True, 1.0),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3.0),
        (np.array(2.5), 2.5),
        (np.array([1, 2], np.uint8), [1.0, 2.0]),
        ([1, np.float32(0.5), np.array(2.0)], [1.0, 0.5, 2.0]),
        (np.arange(6).reshape(2, 3), [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]),
        ([[1.0], (2,)], [[1.0], [2.0]]),
    ],
)
def test_evidence_is_stored_as_plain_floats(value: Any, plain: Evidence) -> None:
    stored = kept(value)
    assert stored == plain
    flat = [stored] if isinstance(stored, float) else np.ravel(np.array(stored, dtype=object)).tolist()
    assert {type(number) for number in flat} == {float}
    assert msgspec.json.decode(msgspec.json.encode(stored), type=Evidence) == stored


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, np.float32(np.nan), np.array(-np.inf), np.longdouble("1e4000"), [], [math.nan, 1.0]]
)
def test_what_holds_no_finite_number_is_not_kept(value: Any) -> None:
    assert kept(value) is None


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ([3.0, 1.0, math.inf, 2.0], [3.0, 1.0]),
        (np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 6.0]]), [[1.0, 2.0]]),
    ],
)
def test_a_series_ends_where_it_stops_being_finite(value: Any, plain: Evidence) -> None:
    assert kept(value) == plain


@pytest.mark.parametrize(
    "value", ["text", None, 1j, [1, "a"], [[1], [1, 2]], np.zeros((2, 2, 2)), {"a": 1}, 10**400, np.zeros(10_001)]
)
def test_what_is_no_evidence_is_a_mistake_of_the_check(value: Any) -> None:
    with pytest.raises(ValueError, match=r"note\('value', \.\.\.\) keeps"):
        kept(value)


def test_ten_thousand_numbers_are_kept() -> None:
    assert kept(np.zeros((100, 100))) == [[0.0] * 100] * 100


# --------------------------------------------------------------------------------------------------- assertions


def unanswered(*args: object) -> Any:
    raise NoAnswer(Outcome.TIMEOUT, Finding(says="late"))


@pytest.mark.parametrize(
    ("assertion", "name"),
    [
        (lambda: assert_close(1.0, 1.0), "close"),
        (lambda: assert_close(1.0, 2.0), "close"),
        (lambda: assert_close((1.0, 2.0), {"a": 1.0, "b": 2.0}), "close"),
        (lambda: assert_shape(np.zeros(2), (2,)), "shape"),
        (lambda: assert_shape(np.zeros(2), (3,)), "shape"),
        (lambda: assert_raises(ValueError, unanswered), "raises"),
        (lambda: assert_raises(ValueError, float, 1), "raises"),
        (lambda: assert_gradient(unanswered, of=float, at={"x": 1.0}), "gradient"),
        (lambda: assert_gradient(float, of=unanswered, at={"x": 1.0}), "gradient"),
    ],
)
def test_an_assertion_is_recorded_once_when_it_begins_however_it_ends(assertion: Any, name: str) -> None:
    with running(CheckContext()) as surroundings:
        with contextlib.suppress(CheckFailed, NoAnswer):
            assertion()
        assert surroundings.assertions == [name]
