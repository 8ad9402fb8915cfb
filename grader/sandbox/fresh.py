"""Guests by fresh interpreter, where a process cannot be forked safely: macOS and Windows.

Each check starts a process that loads the submission anew. The Windows branch is untested.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grader.guest import wire
from grader.model import Limits
from grader.sandbox import command
from grader.sandbox.capture import Capture
from grader.sandbox.channel import Channel, Late
from grader.sandbox.member import GuestLost
from grader.sandbox.packages import Table, table

START_SECONDS = 60.0
END_SECONDS = 5.0


class FreshProcesses:
    """Starts one interpreter per member."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._packages = packages
        self._scratch = tempfile.mkdtemp(prefix="gradgrader-fresh-")

    def warm(self, preload: Sequence[str]) -> None:
        """Nothing can be prepared."""

    def start(self, preload: Sequence[str], folder: str, limits: Limits) -> FreshMember:
        """A new process with nothing loaded yet."""
        return FreshMember(table((*self._packages, *preload)), preload, self._scratch, folder, limits)

    def close(self) -> None:
        """Remove what the processes left."""
        shutil.rmtree(self._scratch, ignore_errors=True)


class FreshMember:
    """One process that loads a submission and then answers the calls of one check: M and C in one."""

    reusable = False

    def __init__(self, packages: Table, preload: Sequence[str], scratch: str, folder: str, limits: Limits) -> None:
        ours, theirs = socket.socketpair()
        windows = sys.platform == "win32"
        inherit: dict[str, Any] = {} if windows else {"pass_fds": [theirs.fileno()], "start_new_session": True}
        where: int | str = "stdin" if windows else theirs.fileno()
        self._process = subprocess.Popen(
            command.command(packages=packages, preload=preload, zygote=False, where=where),
            env=command.environment(scratch),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=scratch,
            **inherit,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        with theirs, self._process.stdin as stdin:
            if windows:
                stdin.write(theirs.share(self._process.pid))  # type: ignore[attr-defined]
        capture = Capture()
        self._reader = capture.follow(os.dup(self._process.stdout.fileno()))
        self._process.stdout.close()
        self.data = Channel(ours, None, capture)
        try:
            self.data.send({"folder": folder, "limits": asdict(limits)}, (), time.monotonic() + START_SECONDS)
        except (Late, wire.PeerGone) as error:
            self.end()
            raise GuestLost("a guest process does not start") from error

    def begin_check(self, limits: Limits) -> Channel:
        """This process itself."""
        if self._process.poll() is not None:
            raise GuestLost("the guest process is no more")
        return self.data

    def end_check(self, grace: float = 0.0) -> int | None:
        """This process itself."""
        return self.end(grace)

    def end(self, grace: float = 0.0) -> int | None:
        """Kill the process and everything in its session."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        if self._process.poll() is None:
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        status = self._process.wait(END_SECONDS)
        self._reader.join(END_SECONDS)
        self.data.close()
        return status
