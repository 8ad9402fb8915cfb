"""One submission behind the wall: loaded with the grader's clock running, then a process for each check."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from grader.guest import wire
from grader.model import CellFailure, Finding, Limits, Loading, NoAnswer, Outcome, Submission
from grader.sandbox import replies
from grader.sandbox.capture import clean
from grader.sandbox.channel import Channel, Late
from grader.sandbox.child import Child
from grader.sandbox.member import GRACE, GuestLost, Launcher, Member

MAX_RESTARTS = 3  # without a cell that hung or died


@dataclass(frozen=True, slots=True)
class Avoid:
    """Units that hung or died in an earlier attempt; from `beyond` on nothing is run."""

    units: frozenset[int] = frozenset()
    beyond: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """What goes into a guest. It holds no answer, no hidden check and no seed of a check."""

    submission: Submission
    probe: str | None = None
    packages: tuple[str, ...] = ("numpy",)
    limits: Limits = field(default_factory=Limits)
    seed: int = 0
    avoid: Avoid = Avoid()

    @property
    def preload(self) -> tuple[str, ...]:
        """What the zygote should have imported already, by what the sources import."""
        heavy = ["numpy"]
        if self.submission.notebook:
            heavy.append("IPython")
        if "matplotlib" in self.packages and "matplotlib" in self.submission.imports:
            heavy.append("matplotlib")
        return tuple(heavy)


class Guest:
    """M, restarted where it must be. `loading` says what came of the submission's own code."""

    def __init__(self, launcher: Launcher, cargo: Cargo) -> None:
        self._launcher = launcher
        self._cargo = cargo
        self._folders: list[str] = []
        self._member: Member | None = None
        self.avoid = cargo.avoid
        try:
            self.loading = self._load_with_restarts()
        except GuestLost:
            self.close()
            raise

    def check(self, limits: Limits) -> Child:
        """A process for one check; if none can be had, a child whose every call says so."""
        for _ in range(2):
            if self._member is None:
                again = self._load_with_restarts()
                if self._member is None:
                    return Child(None, None, limits, _not_loaded(again))
            try:
                return Child(self, self._member.begin_check(limits), limits, None)
            except GuestLost:
                self._end_member()
        says = "the submission's process died or hangs, also after a new start"
        return Child(None, None, limits, NoAnswer(Outcome.CRASHED, Finding(says=says)))

    def end_check(self, grace: float = 0.0) -> int | None:
        """Kill the process of the check that ran last; its exit code."""
        if self._member is None:
            return None
        status = self._member.end_check(grace)
        if not self._member.reusable:
            self._end_member()
        return status

    def close(self) -> None:
        """End the processes and remove their folders."""
        self._end_member()
        while self._folders:
            shutil.rmtree(self._folders.pop(), ignore_errors=True)

    def _end_member(self, grace: float = 0.0) -> int | None:
        member, self._member = self._member, None
        return member.end(grace) if member else None

    def _load_with_restarts(self) -> Loading:
        """Load; after a hang or a death begin again without that unit, and at last without all that follows it."""
        lost: list[CellFailure] = []
        began = time.monotonic()
        for attempt in range(MAX_RESTARTS + 2):
            folder = tempfile.mkdtemp(prefix="gradgrader-")
            self._folders.append(folder)
            self._member = self._launcher.start(self._cargo.preload, folder, self._cargo.limits)
            loader = _Loader(self._member.data, self._cargo, self.avoid)
            outcome = loader.load()
            if isinstance(outcome, replies.Loaded):
                return self._loading(outcome, lost, time.monotonic() - began)
            status = self._end_member(GRACE if isinstance(outcome, wire.PeerGone) else 0.0)
            lost.append(loader.failure(outcome, status))
            if loader.unit is None:
                break
            self.avoid = (
                replace(self.avoid, units=self.avoid.units | {loader.unit.unit})
                if attempt < MAX_RESTARTS
                else replace(self.avoid, beyond=loader.unit.unit)
            )
        return Loading(outcome=lost[0].outcome, failures=tuple(lost), seconds=time.monotonic() - began)

    def _loading(self, loaded: replies.Loaded, lost: Sequence[CellFailure], seconds: float) -> Loading:
        assert self._member is not None
        failures = [*lost, *(self._failure(failure) for failure in loaded.failures)]
        failures.sort(key=lambda failure: [int(word) if word.isdecimal() else word for word in failure.where.split()])
        return Loading(
            outcome=failures[0].outcome if failures else Outcome.PASSED,
            failures=tuple(failures),
            skipped=tuple(clean(line) for line in loaded.skipped),
            output=self._member.data.take_output(),
            seconds=seconds,
        )

    def _failure(self, failure: replies.LoadFailure) -> CellFailure:
        answer = replies.raised(clean(failure.where), failure.raised)
        finding = answer.finding
        if "ModuleNotFoundError" in answer.kinds:
            finding = replace(finding, says=f"{finding.says}: this assignment allows {', '.join(self._cargo.packages)}")
        return CellFailure(where=clean(failure.where), outcome=answer.outcome, finding=finding)


def _not_loaded(loading: Loading) -> NoAnswer:
    failure = loading.failures[-1]
    return NoAnswer(failure.outcome, Finding(says=f"the submission could not be loaded: {failure.finding.says}"))


class _Loader:
    """One attempt to load a submission."""

    def __init__(self, data: Channel, cargo: Cargo, avoid: Avoid) -> None:
        self.unit: replies.Unit | None = None
        self._data = data
        self._cargo = cargo
        self._avoid = avoid
        self._cells = sum(len(source.cells) for source in cargo.submission.sources if source.notebook)

    def load(self) -> replies.Loaded | Late | wire.PeerGone | wire.BadFrame:
        """What loading came to, or why there is no answer; `unit` is then what ran last."""
        deadline = time.monotonic() + self._cargo.limits.load_seconds
        try:
            self._data.send(*self._request(), deadline)
            while True:
                message, _ = self._data.receive(deadline)
                if "loaded" in message:
                    return replies.typed(message["loaded"], replies.Loaded)
                self.unit = replies.typed(message, replies.Unit)
                if self._cells > 0:  # as many deadlines as there are cells, whatever the guest announces
                    self._cells -= 1
                    deadline = time.monotonic() + self._cargo.limits.cell_seconds
        except (Late, wire.PeerGone, wire.BadFrame) as error:
            return error

    def _request(self) -> tuple[wire.Message, list[wire.Array]]:
        submission = self._cargo.submission
        contents = list(submission.files.values())
        sources = []
        for source in submission.sources:
            sources.append({"name": source.name, "notebook": source.notebook, "cells": len(contents)})
            contents.append(json.dumps(source.cells).encode())
        message = {
            "sources": sources,
            "files": [[name, index] for index, name in enumerate(submission.files)],
            "probe": self._cargo.probe,
            "seed": self._cargo.seed,
            "skip": sorted(self._avoid.units),
            "beyond": self._avoid.beyond,
        }
        return message, [np.frombuffer(content, np.uint8) for content in contents]

    def failure(self, error: Exception, status: int | None) -> CellFailure:
        """The line of the report for a unit that hung, died, or broke the protocol."""
        label = clean(self.unit.label) if self.unit else "start"
        if isinstance(error, Late):
            limits = self._cargo.limits
            seconds = limits.cell_seconds if self._cargo.submission.notebook else limits.load_seconds
            outcome, what = Outcome.TIMEOUT, f"did not end within {seconds:g} s"
        elif isinstance(error, wire.BadFrame):
            outcome, what = Outcome.CRASHED, "wrote to the grader's own connection"
        else:
            outcome, what = replies.ended(status)
        return CellFailure(where=label, outcome=outcome, finding=Finding(says=f"{label} {what}"))
