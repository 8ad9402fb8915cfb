"""Looking at processes that end while they are looked at."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from grader.guest.jail import nameless
from grader.sandbox import watch


@pytest.mark.parametrize("look", [watch.memory, lambda pid: nameless.held(pid, "/nowhere")])
@pytest.mark.filterwarnings("error")
def test_a_process_that_ends_while_it_is_looked_at_leaves_no_folder_open(
    look: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, read = len(list(Path("/proc/self/fd").iterdir())), Path.read_text

    def gone(self: Path, *arguments: object, **named: object) -> str:
        if self.name == "children":
            raise ProcessLookupError
        return read(self)

    monkeypatch.setattr(Path, "read_text", gone)
    assert callable(look)
    assert look(os.getpid()) >= 0
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    gc.collect()
