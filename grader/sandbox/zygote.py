"""Guests by fork (Linux): a preloaded zygote forks one M per submission, and M one C per check.

About 7 ms per submission and 4 ms per check, where a fresh interpreter with NumPy takes 100 ms.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grader.guest import trees
from grader.model import Limits
from grader.sandbox import command
from grader.sandbox.capture import Capture
from grader.sandbox.channel import Channel
from grader.sandbox.member import GuestLost
from grader.sandbox.packages import Table, table
from grader.sandbox.rung import NONE, Rung
from grader.sandbox.watch import Watch

START_SECONDS = 60.0  # the first answer waits for the preload, and matplotlib may have to list its fonts
ANSWER_SECONDS = 2.0
ZYGOTE_SECONDS = 10.0  # it runs nothing of a student's, but removing thousands of files takes a busy disk a while
MAX_PACKET = 1 << 16
STATUSES = range(-64, 256)  # what a process can end with


class Zygotes:
    """One zygote per set of preloaded packages, each started when it is first needed."""

    def __init__(self, packages: tuple[str, ...], rung: Rung = NONE) -> None:
        self.protection = rung.protection
        self._packages = packages
        self._rung = rung
        self._running: dict[tuple[str, ...], Zygote] = {}

    def warm(self, preload: Sequence[str]) -> None:
        """Start a zygote now, without waiting for it.

        Raises:
            GuestLost: The machine has no room for one.
        """
        key = tuple(preload)
        if key not in self._running:
            try:
                self._running[key] = Zygote(table((*self._packages, *key)), key, self._rung)
            except OSError as error:
                raise GuestLost(f"the process that starts all others cannot be started: {error}") from error

    def start(self, preload: Sequence[str], limits: Limits) -> ForkedMember:
        """A new M. A zygote that died (without a jail a student can kill it) is replaced once."""
        for last in (False, True):
            self.warm(preload)
            try:
                return self._running[tuple(preload)].spawn(limits)
            except GuestLost:
                self._running.pop(tuple(preload)).close()
                if last:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End every zygote, and with it whatever it forked."""
        while self._running:
            self._running.popitem()[1].close()


class Zygote:
    """Our side of one zygote process."""

    def __init__(self, packages: Table, preload: Sequence[str], rung: Rung) -> None:
        self._scratch = tempfile.mkdtemp(prefix="gradgrader-zygote-")
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._next = 0
        self._answered = False
        with theirs:
            self._process = subprocess.Popen(
                command.command(packages=packages, preload=preload, jail=rung.config(packages), where=theirs.fileno()),
                env=command.environment(self._scratch),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=self._scratch,
                start_new_session=True,
            )

    def spawn(self, limits: Limits) -> ForkedMember:
        """Fork one M."""
        self._next += 1
        key = self._next
        (control, data), theirs = _sockets_and_pipe()
        try:
            answer, handles = self._ask({"op": "spawn", "id": key, "limits": asdict(limits)}, theirs)
            if answer.get("spawned") != key or len(handles) != 1:
                raise GuestLost(f"no process could be forked: {answer.get('why') or answer.get('refused')}")
        except GuestLost:
            control.close()
            data.close()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        self._answered = True
        data.watch = Watch(handles[0], answer.get("folder"), limits, lambda: self._nameless(key))
        return ForkedMember(self, key, control, data)

    def end(self, key: int, grace: float) -> int | None:
        """Kill and bury one M; its exit code, for which one that is about to end by itself gets `grace` seconds.

        Without grace nobody waits for it: the next request finds it done.
        """
        if not grace:
            tell(self._control, {"op": "drop", "id": key})
            return None
        try:
            status = self._ask({"op": "end", "id": key, "grace": grace})[0].get("status")
        except GuestLost:
            return None
        return status if isinstance(status, int) else None

    def _nameless(self, key: int) -> int:
        """Bytes that one M and its descendants hold on disk in files without a name."""
        try:
            size = self._ask({"op": "look", "id": key})[0].get("nameless")
        except GuestLost:  # without a jail; the next request finds out
            return 0
        return size if isinstance(size, int) else 0

    def _ask(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> tuple[dict[str, Any], list[int]]:
        seconds = ZYGOTE_SECONDS if self._answered else START_SECONDS
        return ask(self._control, message, descriptors, seconds=seconds, trusted=True)

    def close(self) -> None:
        """Hang up; the zygote then buries its members and ends."""
        self._control.close()
        try:
            self._process.wait(ZYGOTE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        trees.remove(self._scratch)


class ForkedMember:
    """One M, forked by a zygote."""

    reusable = True

    def __init__(self, zygote: Zygote, key: int, control: socket.socket, data: Channel) -> None:
        self.data = data
        self._zygote = zygote
        self._key = key
        self._control = control
        self._silent = False  # it did not answer once, so it is not asked again

    def begin_check(self, limits: Limits) -> Channel:
        """Have M fork one C."""
        if self._silent:
            raise GuestLost("the submission does not answer")
        if self.data.watch is not None:
            self.data.watch.begin_check()
        connection, theirs = socket.socketpair()
        output, their_output = os.pipe()
        with theirs:
            try:
                message = {"op": "fork", "limits": asdict(limits)}
                answer, _none = ask(self._control, message, [theirs.fileno(), their_output], seconds=ANSWER_SECONDS)
            except GuestLost:
                answer = {}
            finally:
                os.close(their_output)
        if "forked" not in answer:
            connection.close()
            os.close(output)
            raise GuestLost(f"no process could be forked: {answer.get('failed', 'the submission does not answer')}")
        channel = Channel(connection, output, Capture())
        channel.watch = self.data.watch
        return channel

    def end_check(self, grace: float = 0.0) -> int | None:
        """Have M kill and bury its C; its exit code where it gets `grace`, else nobody waits for that."""
        if not grace:
            tell(self._control, {"op": "drop"})
            return None
        try:
            message = {"op": "end", "grace": grace}
            status = ask(self._control, message, seconds=ANSWER_SECONDS + grace)[0].get("status")
        except GuestLost:
            self._silent = True
            return None
        return status if type(status) is int and status in STATUSES else None  # M may say anything

    def end(self, grace: float = 0.0) -> int | None:
        """Have the zygote kill and bury M."""
        self._control.close()
        status = self._zygote.end(self._key, grace)
        self.data.close()
        if self.data.watch is not None:
            self.data.watch.close()
            self.data.watch = None
        return status


def tell(control: socket.socket, message: dict[str, Any]) -> None:
    """One packet there. Whether somebody hears it shows at the next question."""
    with contextlib.suppress(OSError):
        control.settimeout(ANSWER_SECONDS)
        control.send(json.dumps(message).encode())


def ask(
    control: socket.socket,
    message: dict[str, Any],
    descriptors: Sequence[int] = (),
    *,
    seconds: float,
    trusted: bool = False,
) -> tuple[dict[str, Any], list[int]]:
    """One packet there and one back, with the descriptors that came along: none are taken but from a `trusted` peer.

    Raises:
        GuestLost: No answer in time, or none that is an object.
    """
    try:
        control.settimeout(seconds)
        socket.send_fds(control, [json.dumps(message).encode()], list(descriptors))
        packet, handles, _flags, _address = socket.recv_fds(control, MAX_PACKET, 1 if trusted else 0)
        answer = json.loads(packet)
    except (OSError, ValueError, RecursionError) as error:
        raise GuestLost(f"a guest process does not answer: {error}") from error
    if not isinstance(answer, dict):
        raise GuestLost("a guest process answers with something else")
    return answer, list(handles)


def _sockets_and_pipe() -> tuple[tuple[socket.socket, Channel], list[int]]:
    """A control socket, a data socket and a pipe: our ends, and the descriptors of theirs."""
    control, their_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    data, their_data = socket.socketpair()
    output, their_output = os.pipe()
    return (control, Channel(data, output, Capture())), [their_control.detach(), their_data.detach(), their_output]
