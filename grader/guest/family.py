"""All that a zygote has forked: the Ms that serve, those that leave, and the one that waits for its submission."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import processes, spare
from .jail import rungs
from .spare import Spare

HANGING_UP = 0.05  # seconds for an M whose grader has gone, to bury its own
QUIET = 0.01  # seconds after an M was asked for, in which it loads: a fork would slow it down


@dataclass(frozen=True, slots=True)
class Member:
    """An M that serves a submission. `number`: what its rung knows it by."""

    pid: int
    number: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """An M whose grader has hung up: it ends by itself, with all that it has forked, or is killed at `until`."""

    member: Member
    handle: int  # readable when it has ended
    until: float


class Family:
    """Forks Ms and buries them. Whoever asks for one waits neither for its fork nor for the last one's end."""

    def __init__(self, rung: rungs.Rung, control: socket.socket) -> None:
        self.members: dict[int, Member] = {}  # by the grader's number
        self._rung = rung
        self._control = control  # the zygote's own
        self._leaving: list[Leaving] = []
        self._spare: Spare | None = None
        self._born = 0
        self._wanted: dict[str, Any] | None = None  # the limits of a spare that is to be forked
        self._asked = 0.0  # when an M was last asked for

    def folder(self, key: int) -> str | None:
        """Where an M's files lie, if they lie where the grader can see them."""
        return self._rung.folder(self.members[key].number)

    def spawn(self, key: int, limits: dict[str, Any], descriptors: Sequence[int]) -> int:
        """Have an M take these descriptors; a descriptor of its process.

        Raises:
            OSError: There is none to be had.
        """
        self._wanted, self._asked = limits if self._rung.ahead else None, time.monotonic()
        ready = self._hand_over(limits, descriptors)
        self.members[key] = Member(ready.pid, ready.number)
        self._await_leaving()
        return ready.handle

    def bury(self, key: int, grace: float) -> int:
        """End an M and all that it has started; its exit code."""
        return self._bury(self.members.pop(key), grace)

    def let_go(self, key: int) -> None:
        """End an M and all that it has started, when there is time for it."""
        member = self.members.pop(key)
        if self._rung.gathers:
            processes.kill(member.pid)
        try:
            handle = os.pidfd_open(member.pid)
        except OSError:  # there is no room for a descriptor
            self._bury(member, HANGING_UP)
        else:
            self._leaving.append(Leaving(member, handle, time.monotonic() + HANGING_UP))

    def handles(self) -> list[int]:
        """One of them becomes readable when there is something to tidy."""
        return [one.handle for one in self._leaving]

    def rest(self) -> float | None:
        """Seconds until there is something to tidy anyway."""
        until = [one.until for one in self._leaving]
        if self._wanted is not None:
            until.append(self._asked + QUIET)
        return self._patience(min(until)) if until else None

    def tidy(self) -> None:
        """Bury those that have left, or should have; fork the next M."""
        for one in list(self._leaving):
            if one.until <= time.monotonic() or select.select([one.handle], [], [], 0)[0]:
                self._bury_leaving(one)
        if self._wanted is not None and self._asked + QUIET <= time.monotonic():
            limits, self._wanted = self._wanted, None
            with contextlib.suppress(OSError):  # whoever asks for the next one tries again, and hears why
                self._spare = self._fork(limits)

    def close(self) -> None:
        """End them all."""
        self._drop_spare()
        for key in list(self.members):
            self.let_go(key)
        for one in list(self._leaving):
            self._bury_leaving(one, HANGING_UP)

    def _hand_over(self, limits: dict[str, Any], descriptors: Sequence[int]) -> Spare:
        """To the one that waits, if it is of any use, else to a new one."""
        if self._spare is not None and self._spare.limits == limits:
            with contextlib.suppress(OSError):  # without a jail a student can have killed it
                return self._hand_to_spare(self._spare, descriptors)
        self._drop_spare()
        self._await_leaving()
        self._spare = self._fork(limits)
        try:
            return self._hand_to_spare(self._spare, descriptors)
        except OSError:
            self._drop_spare()
            raise

    def _hand_to_spare(self, ready: Spare, descriptors: Sequence[int]) -> Spare:
        spare.hand_over(ready, descriptors)
        self._spare = None
        return ready

    def _fork(self, limits: dict[str, Any]) -> Spare:
        self._born += 1
        return spare.fork(self._rung, self._born, limits, self._control)

    def _drop_spare(self) -> None:
        idle, self._spare = self._spare, None
        if idle is not None:
            spare.release(idle)
            self._bury(Member(idle.pid, idle.number))

    def _await_leaving(self) -> None:
        """Bury all that leave: what they left running no longer counts when the next M begins."""
        while self._leaving:
            select.select([self._leaving[0].handle], [], [], self._patience(self._leaving[0].until))
            self._bury_leaving(self._leaving[0])

    def _bury_leaving(self, one: Leaving, grace: float = 0.0) -> None:
        self._leaving.remove(one)
        os.close(one.handle)
        self._bury(one.member, grace)

    def _bury(self, member: Member, grace: float = 0.0) -> int:
        status = processes.bury(member.pid, grace)
        others = [*self.members.values(), *(one.member for one in self._leaving)]
        waiting = [self._spare.pid] if self._spare is not None else []
        self._rung.clear(member.number, [*(one.pid for one in others), *waiting])
        return status

    @staticmethod
    def _patience(until: float) -> float:
        return max(until - time.monotonic(), 0.0)
