"""Launchers on the rungs of protection: where this machine has none, the tests that need one say so."""

from __future__ import annotations

import os

import pytest

from grader.sandbox import GuestLost, Launcher, Rung, open_launcher
from tests.support import LIMITS

REQUIRED = os.environ.get("REQUIRE_RUNGS", "").replace(",", " ").split()


def launcher_on(rung: Rung, packages: tuple[str, ...] = ("numpy",)) -> Launcher:
    """A launcher that has started one guest.

    Where the rung is not to be had the test is skipped, with the reason; the environment's REQUIRE_RUNGS=A,B makes it
    a failure, so that nothing goes untried in silence.
    """
    launcher = open_launcher(packages, rung)
    try:
        launcher.start(("numpy",), LIMITS).end()
    except GuestLost as error:
        launcher.close()
        says = f"rung {rung.name} is not to be had here: {error}"
        if rung.name in REQUIRED:
            pytest.fail(says)
        pytest.skip(says)
    return launcher
