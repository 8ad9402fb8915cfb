"""What is kept between two checks of a notebook: the submission, loaded, and what is known of cells that hang."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.engine import Live
from grader.model import Assignment, CellFailure, Manifest, Submission
from grader.notebook.document import Cell, needed
from grader.sandbox import Avoid
from grader.submission import read_submission

SHARE = 2  # of the time that is left, what loading the cells may take once
MORE = 1.2  # times as much: from when on it is worth a new attempt


@dataclass(slots=True)
class Kept:
    """The submission that was checked last, loaded; and what is known of cells that hung or died."""

    key: bytes = b""
    now: Live | None = None
    seed: int = 0  # with which it was loaded
    seconds: float = 0.0  # that its cells had
    hung: dict[bytes, CellFailure] = field(default_factory=dict)  # by the text of the cell and of those that it needs
    avoided: tuple[CellFailure, ...] = ()
    registered: bool = False

    def live(
        self, given: Assignment, cells: Sequence[Cell], saved: Path | None, *, seed: int, exact: bool, until: float
    ) -> tuple[Live, tuple[CellFailure, ...]]:
        """The submission, loaded; and the failures of cells that were not run again since they hung before.

        Unless the seed has to be this very one, what was loaded with another is as good.

        Raises:
            BadSubmission: It is too long.
            GuestLost: The machine cannot start guest processes.
        """
        key = _digest(given, [cell.text for cell in cells])
        seconds = min(given.manifest.limits.notebook_seconds, max(until - time.monotonic(), 1.0) / SHARE)
        if self.now is None or self.key != key or (exact and seed != self.seed) or self._had_too_little(seconds):
            self.close()
            self._load(given, cells, saved, seed, seconds)
            self.key, self.seed, self.seconds = key, seed, seconds
        assert self.now is not None, "it has been loaded"
        return self.now, self.avoided

    def _had_too_little(self, seconds: float) -> bool:
        """Whether its cells were cut short, and would have more time now."""
        return self.now is not None and self.now.guest.avoid.beyond is not None and seconds > MORE * self.seconds

    def _load(self, given: Assignment, cells: Sequence[Cell], saved: Path | None, seed: int, seconds: float) -> None:
        """Run the cells, but for those that hung before and would do the same again."""
        does = [_digest(given, _with_what_it_needs(cells, unit)) for unit in range(len(cells))]
        known = {unit: self.hung[one] for unit, one in enumerate(does) if cells[unit].text and one in self.hung}
        manifest = replace(given.manifest, limits=replace(given.manifest.limits, notebook_seconds=seconds))
        given = replace(given, manifest=manifest)
        avoid = Avoid(units=frozenset(known))
        self.now = Live(given, _submission(manifest, cells, saved), seed=seed, avoid=avoid)
        self.avoided = tuple(_not_again(failure) for failure in known.values())
        failed = {failure.where: failure for failure in self.now.guest.loading.failures}
        for unit in self.now.guest.avoid.units - set(known):
            self.hung[does[unit]] = failed[f"cell {unit + 1}"]
        if not self.registered:
            atexit.register(_at_exit, self, os.getpid())
            self.registered = True

    def forget(self) -> None:
        """End the processes, and let every cell be tried again."""
        self.close()
        self.hung.clear()

    def close(self) -> None:
        """End the processes. What is known of hanging cells stays known."""
        now, self.now = self.now, None
        if now is not None:
            now.close()


def _with_what_it_needs(cells: Sequence[Cell], unit: int) -> list[str]:
    """The text of a cell, and before it of those above that it needs: all of them where it cannot be read."""
    cell = cells[unit]
    above = needed(cells[:unit], cell.names.uses | cell.names.touches if cell.names.readable else None)
    return [one.text for one in (*above, cell) if one.text]


def _at_exit(kept: Kept, process: int) -> None:
    """A process that the session has forked ends its own affairs alone."""
    if os.getpid() == process:
        kept.close()


def _digest(given: Assignment, texts: Sequence[str]) -> bytes:
    whole = "\0".join((str(given.folder.resolve()), given.digest, *texts))
    return hashlib.sha256(whole.encode("utf-8", "replace")).digest()


def _not_again(failure: CellFailure) -> CellFailure:
    says = f"{failure.finding.says} in an earlier check, and has not changed: it was not run again"
    return replace(failure, finding=replace(failure.finding, says=says))


def _submission(manifest: Manifest, kept: Sequence[Cell], saved: Path | None) -> Submission:
    """The cells as the file that would be handed in, read as that would be."""
    name = saved.name if saved else next((one for one in manifest.files if one.endswith(".ipynb")), "notebook.ipynb")
    cells = [{"cell_type": "code", "source": cell.text} for cell in kept]
    with tempfile.TemporaryDirectory(prefix="gradgrader-notebook-") as folder:
        path = Path(folder, name)
        path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}), "utf-8")
        submission = read_submission(path, manifest.files, modules=manifest.modules)
    return replace(submission, notes=())
