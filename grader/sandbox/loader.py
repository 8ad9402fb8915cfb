"""One attempt to load a submission in a guest, with a deadline for each of its parts."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from grader.guest import wire
from grader.model import CellFailure, Finding, Outcome
from grader.sandbox import replies
from grader.sandbox.capture import clean
from grader.sandbox.channel import Channel, Late
from grader.sandbox.watch import OverLimit

if TYPE_CHECKING:
    from grader.sandbox.guest import Cargo

START_SECONDS = 60.0  # until the first unit: nothing of the student's runs, so a busy machine gets time


class Loader:
    """One attempt. `unit` is what began to run last, None before the first; `over_time`: all cells took too long."""

    def __init__(self, data: Channel, cargo: Cargo, skip: Collection[int], beyond: int | None) -> None:
        self.unit: replies.Unit | None = None
        self.over_time = False
        self._data = data
        self._cargo = cargo
        self._skip = skip
        self._beyond = beyond
        self._cells = sum(len(source.cells) for source in cargo.submission.sources if source.notebook)

    def load(self) -> replies.Loaded | Late | OverLimit | wire.PeerGone | wire.BadFrame:
        """What loading came to, or why there is no answer."""
        deadline = time.monotonic() + START_SECONDS
        end: float | None = None
        try:
            self._data.send(*self._request(), deadline)
            while True:
                message, arrays = self._data.receive(deadline)
                loaded = replies.loaded(message, arrays)
                if loaded is not None:
                    return loaded
                first = self.unit is None
                self.unit = replies.typed(message, replies.Unit)
                end = end or time.monotonic() + self._whole_seconds()
                deadline = self._deadline(deadline, end, first)
        except Late as error:
            self.over_time = end is not None and time.monotonic() >= end
            return error
        except (OverLimit, wire.PeerGone, wire.BadFrame) as error:
            return error

    def _whole_seconds(self) -> float:
        limits = self._cargo.limits
        return limits.notebook_seconds if self._cargo.submission.notebook else limits.load_seconds

    def _deadline(self, before: float, end: float, first: bool) -> float:
        """As many deadlines as there are cells, whatever the guest announces; a module has one."""
        if self._cells > 0:
            self._cells -= 1
            return min(time.monotonic() + self._cargo.limits.cell_seconds, end)
        return end if first else before

    def _request(self) -> tuple[wire.Message, list[wire.Array]]:
        submission = self._cargo.submission
        contents = list(submission.files.values())
        sources = []
        for source in submission.sources:
            said = {"name": source.name, "notebook": source.notebook, "module": source.module}
            sources.append(said | {"cells": len(contents)})
            contents.append(json.dumps(source.cells).encode())
        stubs = [[name, len(contents) + number] for number, name in enumerate(self._cargo.stubs)]
        contents += [text.encode() for text in self._cargo.stubs.values()]
        message = {
            "sources": sources,
            "files": [[name, index] for index, name in enumerate(submission.files)],
            "probe": self._cargo.probe,
            "modules": list(self._cargo.modules),
            "stubs": stubs,
            "legacy": self._cargo.legacy,
            "seed": self._cargo.seed,
            "skip": sorted(self._skip),
            "beyond": self._beyond,
        }
        return message, [np.frombuffer(content, np.uint8) for content in contents]

    def failure(self, error: Exception, status: int | None) -> CellFailure:
        """The line of the report for a unit that hung, died, or broke the protocol."""
        assert self.unit is not None, "only what has begun can fail"
        label = clean(self.unit.label)[: replies.MAX_KIND]
        if isinstance(error, Late):
            outcome, what = Outcome.TIMEOUT, self._too_late()
        elif isinstance(error, OverLimit):
            outcome, what = Outcome.CRASHED, str(error)
        elif isinstance(error, wire.BadFrame):
            outcome, what = Outcome.CRASHED, "wrote to the grader's own connection"
        else:
            outcome, what = replies.ended(status)
        return CellFailure(where=label, outcome=outcome, finding=Finding(says=f"{label} {what}"), unsettled=True)

    def _too_late(self) -> str:
        limits = self._cargo.limits
        if not self._cargo.submission.notebook:
            return f"did not end within {limits.load_seconds:g} s"
        if self.over_time:
            return f"was running when the notebook's {limits.notebook_seconds:g} s for all cells had passed"
        return f"did not end within {limits.cell_seconds:g} s"
