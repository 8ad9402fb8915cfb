"""What is kept between two checks of a notebook: the submission, loaded, and what is known of cells that hang."""

from __future__ import annotations

import atexit
import hashlib
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.engine import Live
from grader.model import Assignment, CellFailure, Manifest, Outcome, Submission
from grader.notebook.document import Cell
from grader.sandbox import Avoid
from grader.submission import read_submission

SHARE = 2  # of the time that is left, what loading the cells may take once
HUNG = (Outcome.TIMEOUT, Outcome.CRASHED)


@dataclass(slots=True)
class Kept:
    """The submission that was checked last, loaded; and what is known of cells that hung or died."""

    key: bytes = b""
    now: Live | None = None
    hung: dict[bytes, CellFailure] = field(default_factory=dict)  # by all the cells until then
    avoided: tuple[CellFailure, ...] = ()
    registered: bool = False

    def live(
        self, given: Assignment, kept: Sequence[Cell], saved: Path | None, *, seed: int, again: bool, until: float
    ) -> tuple[Live, tuple[CellFailure, ...]]:
        """The submission, loaded; and the failures of cells that were not run again since they hung before."""
        digests = _digests(given, kept)
        if self.now is not None and self.key == digests[-1] and not again:
            return self.now, self.avoided
        self.close()
        if again:
            self.hung.clear()
        known = {unit: self.hung[digest] for unit, digest in enumerate(digests[1:]) if digest in self.hung}
        left = max(until - time.monotonic(), 1.0)
        limits = given.manifest.limits
        limits = replace(limits, notebook_seconds=min(limits.notebook_seconds, left / SHARE))
        given = replace(given, manifest=replace(given.manifest, limits=limits))
        submission = _submission(given.manifest, kept, saved)
        self.now = Live(given, submission, seed=seed, avoid=Avoid(units=frozenset(known)))
        self.key, self.avoided = digests[-1], tuple(_not_again(failure) for failure in known.values())
        for unit in self.now.guest.avoid.units - set(known):
            for failure in self.now.guest.loading.failures:
                if failure.where == f"cell {unit + 1}" and failure.outcome in HUNG:
                    self.hung[digests[unit + 1]] = failure
        if not self.registered:
            atexit.register(self.close)
            self.registered = True
        return self.now, self.avoided

    def close(self) -> None:
        """End the processes. What is known of hanging cells stays known."""
        now, self.now = self.now, None
        if now is not None:
            now.close()


def _digests(given: Assignment, kept: Sequence[Cell]) -> list[bytes]:
    """Of the assignment, and of it with the first cell, the first two, and so on."""
    whole = hashlib.sha256(f"{given.folder.resolve()}\0{given.digest}".encode())
    digests = [whole.digest()]
    for cell in kept:
        whole.update(b"\0" + cell.text.encode("utf-8", "replace"))
        digests.append(whole.digest())
    return digests


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
