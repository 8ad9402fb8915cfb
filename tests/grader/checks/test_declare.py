"""Declaring checks, and drawing their inputs."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckContext, Draw, check
from grader.model import BadAssignment, Check, Visibility
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


def yielding(student: Any, draw: Any) -> Any:
    """A generator, whose body would never run."""
    yield


@pytest.mark.parametrize(
    ("function", "options", "says"),
    [
        (untitled, {"points": 1}, "has no docstring"),
        (titled, {}, r"write @check(points=...)"),
        (titled, {"points": 0}, "above zero"),
        (titled, {"points": 0.5}, "decimal string"),
        (titled, {"points": 1, "visibility": "secret"}, "hidden, not 'secret'"),
        (titled, {"points": 1, "visibility": ""}, "hidden, not ''"),
        (titled, {"points": 1, "visibility": ["hidden"]}, "hidden, not ['hidden']"),
        (titled, {"points": 1, "needs": [titled]}, "is not a check"),
        (titled, {"points": 1, "needs": [None]}, "None is not a check"),
        (titled, {"points": 1, "needs": ["first"]}, "the checks themselves, not their names"),
        (titled, {"points": 1, "needs": "first"}, "the checks themselves, not their names"),
        (titled, {"points": 1, "needs": check(points=1)(titled)}, "a list of checks: needs=[...]"),
        (titled, {"points": 1, "needs": None}, "a list of checks: needs=[...]"),
        (titled, {"points": 1, "needs": {}}, "a list of checks: needs=[...]"),
        (titled, {"points": 1, "seconds": 0}, "seconds is a number above zero, not 0"),
        (titled, {"points": 1, "seconds": -1.5}, "above zero, not -1.5"),
        (titled, {"points": 1, "seconds": math.nan}, "above zero, not nan"),
        (titled, {"points": 1, "seconds": math.inf}, "above zero, not inf"),
        (titled, {"points": 1, "seconds": "2"}, "above zero, not '2'"),
        (titled, {"points": 1, "seconds": True}, "above zero, not True"),
        (titled, {"points": 1, "dims": {"N": 3}}, "dims is not a Dims but a dict"),
        (titled, {"points": 1, "hidden": True, "tags": []}, "takes no hidden, tags; it takes points, needs"),
        (lambda student: 1, {"points": 1}, "no docstring"),
        (yielding, {"points": 1}, "plain function"),
    ],
)
def test_a_bad_declaration_names_file_and_line(function: Any, options: Any, says: str) -> None:
    where = r"^tests/grader/checks/test_declare.py:\d+: check \S+.*"
    with pytest.raises(BadAssignment, match=where + re.escape(says)):
        check(**options)(function)


@pytest.mark.parametrize("given", [titled, 2, "0.5", type("Class", (), {}), check(points=1)(titled)])
def test_a_declaration_without_its_brackets_is_refused(given: Any) -> None:
    with pytest.raises(BadAssignment, match=r"^tests/grader/checks/test_declare.py:\d+:.* write @check\(points=...\)$"):
        check(given)


@pytest.mark.parametrize(
    ("thing", "kind"), [(check(points=1)(titled), "Check"), (type("C", (), {}), "type"), (7, "int")]
)
def test_what_is_no_function_cannot_be_a_check(thing: Any, kind: str) -> None:
    where = r"^tests/grader/checks/test_declare.py:\d+: "
    with pytest.raises(BadAssignment, match=where + f"@check decorates a function, not a {kind}$"):
        check(points=1)(thing)


def test_a_file_elsewhere_is_named_in_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadAssignment, match="^" + re.escape(f"{__file__}:")):
        check(points=1)(untitled)


CHECK = '@check(points=1)\ndef a(student, draw):\n    "A."\n'


def declared_in(path: Path, *parts: str) -> Check:
    """The check called `a` of a module that is written to a file."""
    path.write_text("".join(parts), encoding="utf-8")
    space: dict[str, Any] = {"check": check, "Dims": Dims}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), space)
    declared = space["a"]
    assert isinstance(declared, Check)
    return declared


def test_the_modules_sizes_are_those_that_stand_above_the_check(tmp_path: Path) -> None:
    path = tmp_path / "checks.py"
    assert declared_in(path, "dims = Dims(N=3)\n", CHECK, "dims = Dims(N=4)\n").dims == Dims(N=3)
    assert declared_in(path, CHECK).dims is None
    own = CHECK.replace("points=1", "points=1, dims=Dims(D=2)")
    assert declared_in(path, "dims = Dims(N=3)\n", own).dims == Dims(D=2)
    assert declared_in(path, own, "dims = Dims(N=3)\n").dims == Dims(D=2)


@pytest.mark.parametrize("assigned", ["dims = Dims(N=3)\n", "dims: Dims = Dims(N=3)\n", "x = dims = Dims(N=3)\n"])
def test_sizes_below_the_check_are_refused(tmp_path: Path, assigned: str) -> None:
    with pytest.raises(BadAssignment, match=r"checks.py:1: check a: dims is assigned in line 4, below the check"):
        declared_in(tmp_path / "checks.py", CHECK, assigned)


def test_a_file_that_is_no_longer_what_runs_is_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "checks.py"
    path.write_text("dims = (\n", encoding="utf-8")
    space: dict[str, Any] = {"check": check}
    exec(compile(CHECK, str(path), "exec"), space)
    assert space["a"].dims is None


def test_sizes_that_are_no_dims_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAssignment, match=r"checks.py:2: check a: dims is not a Dims but a dict"):
        declared_in(tmp_path / "checks.py", 'dims = {"N": 3}\n', CHECK)


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
