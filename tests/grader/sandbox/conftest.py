"""A launcher whose guests are measured: these tests run nearly every line of the guest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.sandbox import Launcher, open_launcher


@pytest.fixture(scope="module")
def launcher(measured_guests: None) -> Iterator[Launcher]:
    """In place of the session's own."""
    mine = open_launcher(("numpy",))
    yield mine
    mine.close()
