"""The attacks once more as an ordinary user, where we are root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.attacks import as_user
from tests.rungs import REQUIRED

BANK = ["test_attacks.py"]
TESTS = {
    "A": [*BANK, "-k", "stopped[A"],
    "B": [*BANK, "-k", "stopped[B"],
    "no jail": [*BANK, "-k", "without_a_jail"],
    "hiding": ["test_hiding.py"],
    "the wire": ["test_wire_attacks.py"],
}
HERE = Path(__file__).parent


@pytest.mark.skipif(os.getuid() != 0, reason="we are an ordinary user already")
@pytest.mark.parametrize("tests", TESTS)
def test_the_same_holds_for_an_ordinary_user(tests: str) -> None:
    arguments = [str(HERE / word) if word.endswith(".py") else word for word in TESTS[tests]]
    try:
        ran = as_user.run("pytest", "-p", "no:cacheprovider", "-q", "-rfEs", "--no-header", "--tb=short", *arguments)
    except RuntimeError as error:
        if REQUIRED:
            raise
        pytest.skip(str(error))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    if " passed" not in ran.stdout:
        pytest.skip(ran.stdout)
