"""The staff's guests outlast a submission, but not the run's seed, and are never too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine import kept
from grader.engine.kept import Kept
from grader.sandbox import Launcher
from tests.support import assignment, module

if TYPE_CHECKING:
    import pytest


def test_a_guest_is_kept_until_the_seed_is_another_one(launcher: Launcher) -> None:
    guests = Kept(assignment(), launcher)
    one, other = module("x = 1", "one"), module("x = 1", "other")
    first = guests.guest(one, 1)
    assert guests.guest(other, 1) is not first
    assert guests.guest(one, 1) is first
    assert guests.guest(one, 2) is not first
    guests.close()


def test_the_one_that_was_not_asked_for_the_longest_time_makes_room(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    guests = Kept(assignment(), launcher)
    works = [module("x = 1", f"work{k}") for k in range(3)]
    first, second = guests.guest(works[0], 1), guests.guest(works[1], 1)
    assert guests.guest(works[0], 1) is first
    guests.guest(works[2], 1)
    assert guests.guest(works[0], 1) is first
    assert guests.guest(works[1], 1) is not second
    guests.close()
