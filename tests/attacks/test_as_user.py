"""The attacks once more as an ordinary user, where we are root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.attacks import as_user

MODULE = Path(__file__).with_name("test_attacks.py")
TESTS = {"A": "stopped[A", "B": "stopped[B", "no jail": "without_a_jail"}


@pytest.mark.skipif(os.getuid() != 0, reason="we are an ordinary user already")
@pytest.mark.parametrize("rung", TESTS)
def test_the_same_holds_for_an_ordinary_user(rung: str) -> None:
    try:
        ran = as_user.run("-q", "-rfEs", "--no-header", "--tb=short", str(MODULE), "-k", TESTS[rung])
    except RuntimeError as error:
        if os.environ.get("REQUIRE_RUNGS"):
            raise
        pytest.skip(str(error))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    if " passed" not in ran.stdout:
        pytest.skip(ran.stdout)
