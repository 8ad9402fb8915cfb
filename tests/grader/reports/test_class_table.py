"""The table of a class."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from rich.console import Console

from grader.model import CellFailure, Finding, Loading, Outcome, Report, Visibility
from grader.reports import class_table
from tests.grader.reports.test_view import report, result


def shown(reports: Sequence[Report], unread: Sequence[tuple[str, str]] = (), width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    with console.capture() as captured:
        console.print(class_table(reports, unread))
    return [line.rstrip() for line in captured.get().splitlines()]


def graded(name: str, *failures: str, **fields: Any) -> Report:
    made = tuple(
        CellFailure(where="cell 1", outcome=Outcome.RAISED, finding=Finding(says=f"{failure} raised NameError"))
        for failure in failures
    )
    loading = Loading(outcome=Outcome.RAISED if made else Outcome.PASSED, failures=made)
    checks = (result("a", Visibility.VISIBLE, Outcome.PASSED), result("b", Visibility.HIDDEN))
    return report(*checks, submission=name, loading=loading, **fields)


def test_names_are_in_the_order_of_a_list_of_people() -> None:
    rows = shown([graded("bob"), graded("Zoe"), graded("ada"), graded("Bea")])
    assert [row.split()[0] for row in rows[1:]] == ["ada", "Bea", "bob", "Zoe"]


def test_loading_shows_the_first_failure_and_how_many_more() -> None:
    rows = shown([graded("ada", "cell 1"), graded("bob", "cell 2", "cell 3", "cell 4"), graded("cem")])
    assert rows == [
        "submission  points  of  checks              loading",
        "ada              2   4  1 passed, 1 failed  cell 1 raised NameError",
        "bob              2   4  1 passed, 1 failed  cell 2 raised NameError, +2 more",
        "cem              2   4  1 passed, 1 failed",
    ]


def test_what_could_not_be_read_stands_below_in_a_sentence() -> None:
    why = "mal.ipynb is not a notebook (broken JSON): download it again as .ipynb"
    rows = shown([graded("ada")], [("mal", why), ("Eve", "it is empty")])
    assert rows[1].startswith("ada")
    assert rows[2:] == [
        "",
        "2 submissions could not be read and are not graded:",
        "  Eve: it is empty",
        f"  mal: {why}",
    ]
    assert "1 submission could not be read and is not graded:" in shown([graded("ada")], [("mal", why)])


def test_a_class_of_which_nothing_could_be_read_has_no_table() -> None:
    assert shown([], [("mal", "it is empty")]) == [
        "1 submission could not be read and is not graded:",
        "  mal: it is empty",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_long_names_are_folded_where_a_reader_would(width: int) -> None:
    name = "lovelace_ada_late_123456_7890123_matrix_calculus_final_version"
    rows = shown([graded(name, "cell 1"), graded("x" * 90)], width=width)
    parts = [row.split()[0] for row in rows[1:]]
    assert all(len(row) <= width for row in rows)
    folded = parts[: next(k for k, part in enumerate(parts) if part.startswith("xxx"))]
    names = [part for part in folded if part in name and part]
    assert "".join(names).startswith("lovelace_ada_late_123456_")
    assert all(part.endswith("_") for part in names[:-1])
    assert "".join(part for part in parts if set(part) == {"x"}) == "x" * 90


def test_the_checks_that_are_broken_are_named_with_how_often() -> None:
    def broken(name: str, *checks: str) -> Report:
        return report(*(result(check, Visibility.VISIBLE, Outcome.BROKEN) for check in checks), submission=name)

    says = shown([broken("ada", "b", "a"), broken("bob", "b"), graded("cem")])[-3:]
    assert says == [
        "2 checks are broken, a fault of the course's or ours: the staff reports say how",
        "  a: in 1 submission",
        "  b: in 2 submissions",
    ]
