"""Guests by fresh interpreter, where a process cannot be forked safely: macOS and Windows.

Each check starts a process that loads the submission anew. The Windows branch is untested.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grader.guest import trees, wire
from grader.model import Limits
from grader.sandbox import command
from grader.sandbox.capture import Capture
from grader.sandbox.channel import Channel, Late
from grader.sandbox.member import GuestLost
from grader.sandbox.packages import Table, table
from grader.sandbox.rung import NONE

WINDOWS = sys.platform == "win32"
START_SECONDS = 60.0
END_SECONDS = 5.0
LOOK_SECONDS = 0.002


class FreshProcesses:
    """Starts one interpreter per member."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self.protection = NONE.protection
        self._packages = packages
        self._scratch = tempfile.mkdtemp(prefix="gradgrader-fresh-")

    def warm(self, preload: Sequence[str]) -> None:
        """Nothing can be prepared."""

    def start(self, preload: Sequence[str], limits: Limits) -> FreshMember:
        """A new process with nothing loaded yet."""
        return FreshMember(table((*self._packages, *preload)), preload, self._scratch, limits)

    def close(self) -> None:
        """Remove what the processes left."""
        trees.remove(self._scratch)


class FreshMember:
    """One process that loads a submission and then answers the calls of one check: M and C in one."""

    reusable = False

    def __init__(self, packages: Table, preload: Sequence[str], scratch: str, limits: Limits) -> None:
        ours, theirs = socket.socketpair()
        where: int | str = "stdin" if WINDOWS else theirs.fileno()
        inherit: dict[str, Any] = {} if WINDOWS else {"pass_fds": [theirs.fileno()], "start_new_session": True}
        with theirs:
            self._process = subprocess.Popen(
                command.command(packages=packages, preload=preload, jail=None, where=where),
                env=command.environment(scratch),
                stdin=subprocess.PIPE if WINDOWS else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=scratch,
                **inherit,
            )
            if self._process.stdin is not None:
                with self._process.stdin as stdin:
                    stdin.write(theirs.share(self._process.pid))  # type: ignore[attr-defined]  # Windows
        self._status: int | None = None
        self._folder = tempfile.mkdtemp(dir=scratch)
        self.data = self._channel(ours)
        try:
            self.data.send({"folder": self._folder, "limits": asdict(limits)}, (), time.monotonic() + START_SECONDS)
        except (Late, wire.PeerGone) as error:
            self.end()
            raise GuestLost("a guest process does not start") from error

    def _channel(self, ours: socket.socket) -> Channel:
        """What is printed is polled for with the socket, or read by a thread where pipes cannot be polled."""
        assert self._process.stdout is not None
        output, capture = os.dup(self._process.stdout.fileno()), Capture()
        self._process.stdout.close()
        if WINDOWS:
            self._reader = capture.follow(output)
            return Channel(ours, None, capture)
        return Channel(ours, output, capture)

    def begin_check(self, limits: Limits) -> Channel:
        """This process itself; what loading printed is not the check's."""
        if self._status is not None or self._process.poll() is not None:
            raise GuestLost("the guest process is no more")
        self.data.take_output()
        self.data.capture.restart()
        return self.data

    def end_check(self, grace: float = 0.0) -> int | None:
        """This process itself."""
        return self.end(grace)

    def end(self, grace: float = 0.0) -> int | None:
        """Kill the process and everything in its session; again, only its exit code."""
        if self._status is None:
            self._status = self._kill(grace)
            if WINDOWS:
                self._reader.join(END_SECONDS)
            self.data.close()
            trees.remove(self._folder)
        return self._status

    def _kill(self, grace: float) -> int:
        if sys.platform == "win32":
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
            self._process.kill()
            return self._process.wait(END_SECONDS)
        until = time.monotonic() + grace
        while time.monotonic() < until and not self._has_ended():
            time.sleep(LOOK_SECONDS)
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says so of a group of the dead
            os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait(END_SECONDS)

    def _has_ended(self) -> bool:
        """Whether it is dead and not yet buried: until then nobody else has its number, nor its group's."""
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
