"""What the wall stops is believed by judges without one: the controls of all forgeries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.model import Submission
from grader.sandbox import NONE, Launcher
from tests.attacks.arena import POINTS, Attack
from tests.attacks.bank import ATTACKS
from tests.attacks.believers import IN_GUEST, IN_PROCESS, judged_in_guest, judged_in_process
from tests.rungs import launcher_on
from tests.support import module


@pytest.fixture(scope="module")
def unjailed() -> Iterator[Launcher]:
    launcher = launcher_on(NONE)
    yield launcher
    launcher.close()


def the_submission(attack: Attack) -> Submission:
    return attack.code if isinstance(attack.code, Submission) else module(attack.code)


def those(why: str) -> list[Attack]:
    return [attack for attack in ATTACKS if attack.why == why]


@pytest.mark.parametrize("attack", those(IN_PROCESS), ids=lambda attack: attack.name)
def test_a_judge_in_the_students_process_is_fooled(attack: Attack) -> None:
    points = judged_in_process(the_submission(attack))
    assert points is None or points > attack.honest


@pytest.mark.parametrize("attack", those(IN_GUEST), ids=lambda attack: attack.name)
def test_a_judge_in_the_guest_is_fooled(attack: Attack, unjailed: Launcher) -> None:
    assert judged_in_guest(the_submission(attack), unjailed) > attack.honest


@pytest.mark.parametrize(("factor", "points"), [(2, POINTS), (3, 0)])
def test_both_judge_what_is_honest_rightly(factor: int, points: int, unjailed: Launcher) -> None:
    honest = module(f"def f(x): return {factor} * x")
    assert judged_in_process(honest) == points
    assert judged_in_guest(honest, unjailed) == points


def test_every_attack_has_a_control_or_says_why_not() -> None:
    assert [attack.name for attack in ATTACKS if attack.control == "" and not attack.why] == []
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
