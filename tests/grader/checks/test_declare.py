"""Declaring checks, and drawing their inputs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckContext, Draw, check
from grader.model import BadAssignment, Visibility
from reference.layout import Dims
from tests.support import one_check


def titled(student: Any, draw: Any) -> None:
    """A title.

    More of it.
    """


def untitled(student: Any, draw: Any) -> None:
    pass


def test_the_first_line_of_the_docstring_is_the_title() -> None:
    declared = check(points="0.5", visibility="hidden", seconds=3)(titled)
    assert (declared.name, declared.title) == ("titled", "A title")
    assert declared.points == Fraction(1, 2)
    assert declared.visibility is Visibility.HIDDEN
    assert not declared.public
    assert declared.seconds == 3


@pytest.mark.parametrize(
    ("function", "options", "says"),
    [
        (untitled, {"points": 1}, r"test_declare.py:\d+: check untitled has no docstring"),
        (titled, {"points": 0}, "above zero"),
        (titled, {"points": 0.5}, "decimal string"),
        (titled, {"points": 1, "visibility": "secret"}, "secret"),
        (titled, {"points": 1, "needs": [titled]}, "not a check"),
        (lambda student: 1, {"points": 1}, "no docstring"),
    ],
)
def test_a_bad_declaration_names_file_and_line(function: Any, options: Any, says: str) -> None:
    with pytest.raises(BadAssignment, match=says):
        check(**options)(function)


def test_a_check_takes_student_and_draw() -> None:
    def lonely(student: Any) -> None:
        """Takes one argument."""

    with pytest.raises(BadAssignment, match="two arguments"):
        check(points=1)(lonely)


def test_a_name_is_declared_once() -> None:
    space: dict[str, Any] = {"check": check}
    code = '@check(points=1)\ndef a(student, draw):\n    "A."\n' * 2
    with pytest.raises(BadAssignment, match="declared twice: there is one in line 1"):
        exec(code, space)


def test_needs_are_kept_by_name() -> None:
    first = one_check(titled, "first")
    assert one_check(titled, "second", needs=[first]).needs == ("first",)


# ------------------------------------------------------------------------------------------------------- draws


def drawing(seed: int = 1) -> Draw:
    return Draw(Dims(N=(4, 8), D=(2, 5)), CheckContext(seed=seed))


def test_the_same_seed_draws_the_same_sizes_and_numbers() -> None:
    one, same, other = drawing(), drawing(), drawing(2)
    assert one.dims == same.dims
    assert np.array_equal(one("N D"), same("N D"))
    assert one("").hex() != other("").hex()


def test_numbers_have_the_shape_that_is_named() -> None:
    draw = drawing()
    assert draw("N D 1").shape == (draw.size("N"), draw.size("D"), 1)
    assert isinstance(draw(""), float)


def test_the_kinds_of_numbers() -> None:
    draw = Draw(Dims(N=5000, C=4), CheckContext())
    assert abs(draw("N").std() - 1) < 0.1
    uniform, positive, labels = draw("N", "uniform"), draw("N", "positive"), draw("N", "labels", classes="C")
    assert (uniform.min(), uniform.max()) == (pytest.approx(-1, abs=0.1), pytest.approx(1, abs=0.1))
    assert positive.min() >= 0.5
    assert positive.max() <= 2
    assert set(labels.tolist()) == {0, 1, 2, 3}
    assert labels.dtype.kind == "i"
    assert draw("N", "uniform", low=3, high=4).min() >= 3
    assert set(draw("N", "labels", classes=2).tolist()) == {0, 1}


def test_an_unknown_kind_is_named_with_what_there_is() -> None:
    with pytest.raises(ValueError, match="no kind 'gaussian'; there are normal"):
        drawing()("N", "gaussian")


def test_the_context_learns_which_sizes_are_drawn() -> None:
    surroundings = CheckContext(seed=1)
    draw = Draw(Dims(N=(4, 8), D=(2, 5), C=3, H=9), surroundings)
    assert surroundings.sizes == {}
    draw("700 N 1")
    assert surroundings.sizes == {"N": draw.dims["N"].sizes[0]}
    draw("N", "labels", classes="C")
    assert draw.size("D") == surroundings.sizes["D"]
    draw.size("700")
    assert set(surroundings.sizes) == {"N", "C", "D"}
    assert draw.dims["H"].sizes == (9,)
    assert "H" not in surroundings.sizes


@pytest.mark.parametrize("name", ["N D", ""])
def test_a_size_is_asked_for_by_one_name(name: str) -> None:
    with pytest.raises(ValueError, match="takes one name"):
        drawing().size(name)
