"""Fixtures for all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox import Launcher, command, open_launcher
from tests.support import ROOT

# Where this run was started in the background Ctrl-C is ignored, also by all that it starts, and some tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """One way of starting guests for the whole session, as in a class."""
    source = open_launcher(("numpy",))
    yield source
    source.close()


@pytest.fixture(scope="module")
def measured_guests(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where coverage is measured, measure it in the guests too. They end slower, so not all tests ask for it."""
    if not request.config.getoption("--cov", default=None):
        yield
        return
    import coverage

    original, folder = command.command, str(Path(coverage.__file__).parents[1])
    scratch = str(tmp_path_factory.mktemp("coverage"))

    def measured(**options: Any) -> list[str]:
        *start, _boot, config = original(**options)
        return [*start, str(ROOT / "tests/covered_boot.py"), config, folder, str(ROOT / ".coverage"), scratch]

    command.command = measured
    yield
    command.command = original
