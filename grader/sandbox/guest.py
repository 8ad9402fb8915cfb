"""One submission behind the wall: loaded with the grader's clock running, then a process for each check."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.guest import wire
from grader.model import CellFailure, Finding, Limits, Loading, NoAnswer, Outcome, Submission
from grader.sandbox import replies
from grader.sandbox.capture import clean
from grader.sandbox.child import Child
from grader.sandbox.loader import Loader
from grader.sandbox.member import GRACE, GuestLost, Launcher, Member

MAX_RESTARTS = 3  # without a cell that hung or died
MAX_LOST = 3  # times that a submission is loaded anew since its process died or fell silent between checks
MIB = 1 << 20
STARTS = 2  # of a process that ends before it has run anything of the student's


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
    modules: tuple[str, ...] = ()  # dotted names that submissions may import each other's files by
    stubs: Mapping[str, str] = field(default_factory=dict, repr=False)  # text by dotted name
    legacy: bool = False

    @property
    def room(self) -> Limits:
        """The limits for its processes: what was handed in does not count as written."""
        handed_in = sum(map(len, self.submission.files.values()))
        return replace(self.limits, disk_mb=self.limits.disk_mb + -(-handed_in // MIB))

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
    """M, restarted where it must be. `loading` says what came of the submission's own code, when it was loaded last."""

    def __init__(self, launcher: Launcher, cargo: Cargo) -> None:
        self._launcher = launcher
        self._cargo = cargo
        self._member: Member | None = None
        self._lost = 0  # how often it died or fell silent after it was loaded
        self._given_up = False
        self.avoid = cargo.avoid
        try:
            self.loading = self._load_with_restarts()
        except BaseException:
            self.close()
            raise

    @property
    def settled(self) -> bool:
        """Whether a second loading would leave the same names: nothing hung, died or was avoided for it."""
        return self.avoid == Avoid() and not self.loading.unsettled

    def check(self, limits: Limits) -> Child:
        """A process for one check; if none can be had, a child whose every call says so.

        Raises:
            GuestLost: The machine has no room for one.
        """
        for _ in range(2):
            if self._member is None and not self._given_up:
                self.loading = self._load_with_restarts()
            if self._member is None:
                break
            try:
                return Child(self, self._member.begin_check(limits), limits, None)
            except GuestLost:
                self._end_member()
                self._lost += 1
                self._given_up = self._lost >= MAX_LOST
            except OSError as error:
                raise GuestLost(f"the machine has no room for another process: {error}") from error
        return Child(None, None, limits, self._why_none())

    def end_check(self, grace: float = 0.0) -> int | None:
        """Kill the process of the check that ran last; its exit code."""
        if self._member is None:
            return None
        status = self._member.end_check(grace)
        if not self._member.reusable:
            self._end_member()
        return status

    def drop(self) -> None:
        """Kill every process of the submission; the next check has it loaded anew."""
        self._end_member()

    def close(self) -> None:
        """End the processes."""
        self._end_member()

    def _end_member(self, grace: float = 0.0) -> int | None:
        member, self._member = self._member, None
        return member.end(grace) if member else None

    def _load_with_restarts(self) -> Loading:
        """Load; after a hang or a death begin again without that unit, and at last without all that follows it."""
        lost: list[tuple[int, CellFailure]] = []
        began = time.monotonic()
        for attempt in range(MAX_RESTARTS + 2):
            loader, outcome = self._load()
            if isinstance(outcome, replies.Loaded):
                return self._loading(outcome, lost, time.monotonic() - began)
            status = self._end_member(GRACE if isinstance(outcome, wire.PeerGone) else 0.0)
            unit = loader.unit
            assert unit is not None, "an attempt that came to nothing is repeated in _load"
            lost.append((unit.unit, loader.failure(outcome, status)))
            if attempt < MAX_RESTARTS and not loader.over_time:
                self.avoid = replace(self.avoid, units=self.avoid.units | {unit.unit})
            else:
                self.avoid = replace(self.avoid, beyond=unit.unit)
        self._given_up = True
        failures = tuple(failure for _unit, failure in lost)
        return Loading(outcome=lost[0][1].outcome, failures=failures, seconds=time.monotonic() - began)

    def _load(self) -> tuple[Loader, replies.Loaded | Exception]:
        """One attempt. A process that ends before anything of the student's has run is no fault of theirs."""
        for _ in range(STARTS):
            member = self._member = self._start()
            loader = Loader(member.data, self._cargo, self.avoid.units, self.avoid.beyond)
            outcome = loader.load()
            if loader.unit is not None or isinstance(outcome, replies.Loaded):
                return loader, outcome
            self._end_member(GRACE)
        printed = member.data.take_output().strip()
        raise GuestLost(f"a guest process ended before it ran anything: {outcome!r}\n{printed}".strip())

    def _why_none(self) -> NoAnswer:
        """What the calls of a check say for which there is no process."""
        if self._lost or not self.loading.failures:
            says = "the submission's process died or hangs, also after a new start"
            return NoAnswer(Outcome.CRASHED, Finding(says=says))
        failure = self.loading.failures[-1]
        return NoAnswer(failure.outcome, Finding(says=f"the submission could not be loaded: {failure.finding.says}"))

    def _start(self) -> Member:
        try:
            return self._launcher.start(self._cargo.preload, self._cargo.room)
        except OSError as error:
            raise GuestLost(f"the machine has no room for another process: {error}") from error

    def _loading(self, loaded: replies.Loaded, lost: Sequence[tuple[int, CellFailure]], seconds: float) -> Loading:
        assert self._member is not None
        found = [*lost, *((failure.unit, self._failure(failure)) for failure in loaded.failures)]
        failures = tuple(failure for _unit, failure in sorted(found, key=lambda entry: entry[0]))
        return Loading(
            outcome=failures[0].outcome if failures else Outcome.PASSED,
            failures=failures,
            skipped=tuple(clean(line)[: replies.MAX_SKIPPED] for line in loaded.skipped),
            output=self._member.data.take_output(),
            seconds=seconds,
        )

    def _failure(self, failure: replies.LoadFailure) -> CellFailure:
        where = clean(failure.where)[: replies.MAX_KIND]
        answer = replies.raised(where, failure.raised)
        finding = answer.finding
        if "ModuleNotFoundError" in answer.kinds and answer.outcome is Outcome.RAISED:
            finding = replace(
                finding, says=f"{finding.says}; beside your own files this assignment allows {self._allowed()}"
            )
        memory = replies.OUT_OF_MEMORY in answer.kinds
        return CellFailure(where=where, outcome=answer.outcome, finding=finding, unsettled=memory)

    def _allowed(self) -> str:
        return ", ".join(("the standard library", *self._cargo.packages))
