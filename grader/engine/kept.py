"""The staff's own code behind the wall: the solution and the mutants, in guests that outlast a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.engine.prepare import cargo_for
from grader.sandbox import Guest

if TYPE_CHECKING:
    from grader.model import Assignment, Submission
    from grader.sandbox import Launcher

MOST = 32  # guests at a time


class Kept:
    """Guests by name, each started when it is first asked for, and ended when the run's seed is another one."""

    def __init__(self, assignment: Assignment, launcher: Launcher) -> None:
        self._assignment = assignment
        self._launcher = launcher
        self._guests: dict[str, Guest] = {}  # the one that was asked for last is last
        self._seed: int | None = None

    def guest(self, submission: Submission, seed: int) -> Guest:
        """The guest of the submission of that name, loaded with that seed.

        Raises:
            GuestLost: Its process cannot be started.
        """
        if seed != self._seed:
            self.close()
            self._seed = seed
        guest = self._guests.pop(submission.name, None)
        if guest is None:
            guest = Guest(self._launcher, cargo_for(self._assignment, submission, seed=seed))
        self._guests[submission.name] = guest
        if len(self._guests) > MOST:
            self._guests.pop(next(iter(self._guests))).close()
        return guest

    def close(self) -> None:
        """End them all."""
        while self._guests:
            self._guests.popitem()[1].close()
