"""What answers like the solution is no mistake; what differs for some input is one, though no check may ask it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from grader.assignment import load
from grader.sandbox import Launcher
from grader.validate.mutation.equivalent import equivalent, same
from grader.validate.mutation.generate import Mutation
from grader.validate.mutation.record import Answer, alike, record
from tests.support import write_assignment

CHECKS = '''
import numpy as np
from grader import Dims, assert_close, assert_raises, check

dims = Dims(n=(3, 5), m=(6, 8))

@check(points=1)
def added(student, draw):
    """added(A, x) is 2 (A + x)."""
    A, x = draw("m n"), draw("m 1")
    assert student.added(A, x) is not None
    assert_close(student.added(A, np.ones_like(x)), 2 * (A + 1))
    assert_raises(ValueError, student.added, A, x.ravel())
'''
SOLUTION = """
import numpy as np
def added(A, x):
    if x.ndim != 2:
        raise ValueError("a column is needed")
    return 2 * (A + x)
"""


@pytest.mark.parametrize(
    ("old", "new", "is_equivalent"),
    [
        ("2 * (A + x)", "A + x + A + x", True),
        ("2 * (A + x)", "2 * (x.T + A.T).T", True),
        ("2 * (A + x)", "3 * (A + x)", False),
        ("2 * (A + x)", "2 * (A + x ** 2)", False),  # the check compares at ones alone
        ("2 * (A + x)", "(2 * (A + x)).ravel()", False),
        ('raise ValueError("a column is needed")', "raise TypeError()", False),
        ("x.ndim != 2", "False", False),  # NumPy refuses what is flat, but not if all lengths are equal
        ("    return", "    while x[0, 0] > 0: pass\n    return", False),
    ],
)
def test_a_mutant_is_asked_behind_the_wall(
    tmp_path: Path, launcher: Launcher, old: str, new: str, is_equivalent: bool
) -> None:
    assert old in SOLUTION
    loaded = load(write_assignment(tmp_path / "small", checks=CHECKS, solution=SOLUTION))
    mutation = Mutation("m", "flip_sign", "added", "added", 1, "", SOLUTION.replace(old, new))
    found = equivalent(loaded, launcher, {mutation: ("added",)}, seeds=[1, 2])
    assert (mutation in found) == is_equivalent


def test_a_refusal_by_accident_is_not_asked_for(tmp_path: Path, launcher: Launcher) -> None:
    """The solution refuses a flat array because lengths do not fit; where they do, no answer to it is right."""
    solution = "def added(A, x):\n    return 2 * (A + x)\n"
    other = solution.replace("2 *", "(2 if x.ndim == 2 else 3) *")
    loaded = load(write_assignment(tmp_path / "small", checks=CHECKS, solution=solution))
    mutation = Mutation("m", "flip_sign", "added", "added", 1, "", other)
    assert equivalent(loaded, launcher, {mutation: ("added",)}, seeds=[1])


def test_what_the_checks_ask_is_recorded(tmp_path: Path, launcher: Launcher) -> None:
    loaded = load(write_assignment(tmp_path / "small", checks=CHECKS, solution=SOLUTION))
    found = record(loaded, launcher, loaded.checks, [1, 2], spy=True)
    assert [(each.check, each.seed, len(each.calls)) for each in found.asked] == [("added", 1, 3), ("added", 2, 3)]
    assert found.names("added") == {"added"}
    first = found.asked[0]
    assert [answer.refused for answer in first.answers] == [(), (), ("raised", "ValueError")]
    A, x = first.calls[0].args
    assert np.allclose(first.answers[0].value, 2 * (A + x))
    assert [set(run) for run in found.shapes["added"]] == [{"A", "x"}] * 4  # the refused calls tell no shapes
    assert found.shapes["added"][0] == {"A": A.shape, "x": x.shape}


def test_calls_in_one_message_and_what_they_cost_are_recorded_too(tmp_path: Path, launcher: Launcher) -> None:
    checks = """
    from grader import assert_close, check


    @check(points=1)
    def many(student, draw):
        \"\"\"doubled, several times.\"\"\"
        assert_close(student.doubled.returns("").many([(1.0,), (2.0,)]), [2.0, 4.0])


    @check(points=1)
    def cost(student, draw):
        \"\"\"doubled, with its cost.\"\"\"
        assert_close(student.doubled.cost(3.0)[0], 6.0)
    """
    solution = "def doubled(x):\n    return 2 * x\n"
    loaded = load(write_assignment(tmp_path / "small", checks=checks, solution=solution))
    found = record(loaded, launcher, loaded.checks, [1], spy=True)
    assert [[call.args for call in each.calls] for each in found.asked] == [[(1.0,), (2.0,)], [(3.0,)]]
    assert [answer.value for each in found.asked for answer in each.answers] == [2.0, 4.0, 6.0]
    assert len(found.shapes["doubled"]) == 3


def test_variables_are_alike_that_always_have_the_same_shape() -> None:
    runs: list[dict[str, tuple[int, ...]]] = [
        {"u": (3, 1), "v": (3, 1), "w": (3, 1), "k": ()},
        {"u": (4, 1), "v": (4, 1), "w": (3, 1)},
    ]
    assert alike({"f": runs}) == {"f": {"k": (), "u": ("v",), "v": ("u",), "w": ()}}


NAN = np.array([math.nan, 1.0])


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (1.0, 1.0 + 1e-12, True),
        (1.0, 1.0 + 1e-6, False),
        (2, 2.0, True),
        (np.ones(3), np.ones((3, 1)), False),
        (np.array([1e6, 1e-9]), np.array([1e6, 0.0]), True),
        (NAN, NAN.copy(), True),
        (NAN, np.array([0.0, 1.0]), False),
        (np.array([math.inf]), np.array([-math.inf]), False),
        ((1.0, np.ones(2)), (1.0, np.ones(2)), True),
        ((1.0, 2.0), [1.0, 2.0], False),
        ((1.0, 2.0), (1.0,), False),
        ({"a": 1.0}, {"a": 1.0}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
        ("relu", "relu", True),
        ("relu", "tanh", False),
        (None, 0.0, False),
        (None, None, True),
    ],
)
def test_answers_are_the_same_up_to_rounding(one: object, other: object, agree: bool) -> None:
    assert same(Answer(one), Answer(other)) is agree
    assert same(Answer(other), Answer(one)) is agree


def test_refusals_are_the_same_if_they_name_the_same() -> None:
    assert same(Answer(refused=("raised", "ValueError")), Answer(refused=("raised", "ValueError")))
    assert not same(Answer(refused=("raised", "ValueError")), Answer(refused=("raised", "TypeError")))
    assert not same(Answer(refused=("raised", "ValueError")), Answer(None))
