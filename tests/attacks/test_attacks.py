"""Every attack is stopped, on every rung; and without a jail the oracles see it work."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from grader.sandbox import NONE, A, B, GuestLost, Launcher, Rung, open_launcher
from tests.attacks.arena import Attack, Bait, baits, run
from tests.attacks.bank import ATTACKS
from tests.support import LIMITS

RUNGS = {"A": A, "B": B}


@pytest.fixture(scope="module", params=list(RUNGS.values()), ids=list(RUNGS))
def jailed(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    launcher = _open(request.param)
    yield launcher
    launcher.close()


def _open(rung: Rung) -> Launcher:
    """A launcher whose rung is to be had here; REQUIRE_RUNGS=A,B in the environment makes its want a failure."""
    launcher = open_launcher(("numpy",), rung)
    try:
        launcher.start(("numpy",), LIMITS).end()
    except GuestLost as error:
        launcher.close()
        says = f"rung {rung.name} is not to be had here: {error}"
        if rung.name in os.environ.get("REQUIRE_RUNGS", "").split(","):
            pytest.fail(says)
        pytest.skip(says)
    return launcher


@pytest.fixture(scope="module")
def unjailed() -> Iterator[Launcher]:
    launcher = open_launcher(("numpy",), NONE)
    yield launcher
    launcher.close()


@pytest.fixture(scope="module")
def bait() -> Iterator[Bait]:
    with baits() as laid:
        yield laid


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_stopped(attack: Attack, jailed: Launcher, bait: Bait) -> None:
    assert run(attack, jailed, bait).reached == ()


@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.control != ""], ids=lambda attack: attack.name)
def test_without_a_jail_the_attack_is_seen_to_work(attack: Attack, unjailed: Launcher, bait: Bait) -> None:
    assert run(attack, unjailed, bait, control=True).reached != ()
