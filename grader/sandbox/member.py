"""What the two ways of starting guests have in common: a process that holds one submission."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from grader.model import Limits, Protection
from grader.sandbox.channel import Channel

GRACE = 0.5  # seconds for a process that has hung up, to be dead


class GuestLost(Exception):
    """A guest process does not answer: it is no more, it hangs, or the machine has no room for another."""


class Member(Protocol):
    """One process with one submission in it (M)."""

    data: Channel  # for loading

    def begin_check(self, limits: Limits) -> Channel:
        """A channel to a process for one check (C).

        Raises:
            GuestLost: There is none to be had from this member.
        """
        ...

    def end_check(self, grace: float = 0.0) -> int | None:
        """Kill C; its exit code (negative: a signal), or None where it cannot be told.

        A process that is about to end by itself gets `grace` seconds for it, so that its own exit code is told.
        """
        ...

    def end(self, grace: float = 0.0) -> int | None:
        """Kill M; likewise."""
        ...

    @property
    def reusable(self) -> bool:
        """Whether another check may begin after one has ended."""
        ...


class Launcher(Protocol):
    """Starts members."""

    def warm(self, preload: Sequence[str]) -> None:
        """Prepare, without waiting, for members that preload these packages."""
        ...

    protection: Protection

    def start(self, preload: Sequence[str], limits: Limits) -> Member:
        """A new member, in a folder of its own, with nothing loaded yet.

        Raises:
            GuestLost: None can be started.
        """
        ...

    def close(self) -> None:
        """End whatever is left."""
        ...
