"""Every attack is stopped, on every rung, as root and as an ordinary user; and without a jail the oracles see it work.

A rung that this machine does not have is skipped, with the reason; the environment's REQUIRE_RUNGS=A,B makes it a
failure. Where we are root, `test_as_user` runs this module once more as an ordinary user.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from grader.sandbox import NONE, A, B, Launcher
from tests.attacks.arena import Attack, Bait, baits, run
from tests.attacks.bank import ATTACKS
from tests.rungs import launcher_on

IS_ROOT = os.getuid() == 0


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    tmp_path_factory.getbasetemp()  # decided now, since temporary folders lie among the baits for a while
    with baits() as laid:
        yield laid


@pytest.fixture(scope="module", params=[A, B], ids=["A", "B"])
def jailed(request: pytest.FixtureRequest, bait: Bait) -> Iterator[Launcher]:
    launcher = launcher_on(request.param)
    yield launcher
    launcher.close()


@pytest.fixture(scope="module")
def unjailed(bait: Bait) -> Iterator[Launcher]:
    launcher = launcher_on(NONE)
    yield launcher
    launcher.close()


@pytest.fixture(scope="module")
def solutions(bait: Bait) -> Iterator[Launcher]:
    """As in a class run: outside the jail, in a zygote that has never run a student's code."""
    launcher = launcher_on(NONE)
    yield launcher
    launcher.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_stopped(attack: Attack, jailed: Launcher, solutions: Launcher, bait: Bait) -> None:
    assert run(attack, jailed, solutions, bait).reached == ()


@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.control != ""], ids=lambda attack: attack.name)
def test_without_a_jail_the_attack_is_seen_to_work(
    attack: Attack, unjailed: Launcher, solutions: Launcher, bait: Bait
) -> None:
    if attack.privileged and not IS_ROOT:
        pytest.skip("without a jail, too, root alone can do this")
    ran = run(attack, unjailed, solutions, bait, control=True)
    assert ran.reached != (), ran.stopped_by


def test_an_attack_has_a_control_or_says_why_not() -> None:
    assert [attack.name for attack in ATTACKS if (attack.control == "") != bool(attack.why)] == []


def test_no_two_attacks_have_the_same_name() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
