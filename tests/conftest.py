"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.sandbox import Launcher, open_launcher


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """One way of starting guests for the whole session, as in a class."""
    source = open_launcher(("numpy",))
    yield source
    source.close()
