"""An M that waits: forked and confined ahead of time, so that a submission finds its process ready."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import processes, serve
from .jail import rungs

MAX_PACKET = 1 << 12
DESCRIPTORS = 3  # M's control socket, its data socket, and the pipe for what it prints


@dataclass(frozen=True, slots=True)
class Spare:
    """An M without a submission. `number`: what its rung knows it by; `line`: where it hears of its submission."""

    number: int
    pid: int
    handle: int  # a descriptor of the process
    limits: dict[str, Any]
    line: socket.socket


def fork(rung: rungs.Rung, number: int, limits: dict[str, Any], control: socket.socket) -> Spare:
    """Fork one, which confines itself while we go on.

    Args:
        rung: How.
        number: No other M of this zygote has had it.
        limits: Of the submission to come.
        control: The zygote's own socket, which no M may have.

    Raises:
        OSError: No process can be forked.
    """
    zygote = os.getpid()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        pid = rung.fork()
        if pid == 0:
            control.close()
            ours.close()
            processes.run_to_the_end(lambda: _wait(rung, number, limits, theirs, zygote))
        return Spare(number, pid, _handle(pid), limits, ours)
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()


def _handle(pid: int) -> int:
    try:
        return os.pidfd_open(pid)
    except OSError:
        processes.bury(pid)
        raise


def hand_over(spare: Spare, descriptors: Sequence[int]) -> None:
    """Give it its submission's descriptors; from then on it hears the grader alone.

    Raises:
        OSError: It could not be confined, or has died.
    """
    with spare.line:
        said = spare.line.recv(MAX_PACKET)
        why = json.loads(said)["failed"] if said else "it has died"
        if why is not None:
            raise OSError(why)
        socket.send_fds(spare.line, [b"\0"], list(descriptors))


def release(spare: Spare) -> None:
    """Let go of one that nobody needs: it ends, and whoever forked it buries it."""
    spare.line.close()
    os.close(spare.handle)


def _wait(rung: rungs.Rung, number: int, limits: dict[str, Any], line: socket.socket, zygote: int) -> None:
    """In the new process: shed what it inherits, give up its rights, wait for a submission and serve it."""
    os.setsid()
    processes.die_with_parent(zygote)
    why = None
    try:
        rung.settle(number, limits, (0, 1, 2, line.fileno()))
    except OSError as error:
        why = str(error)
    descriptors: list[int] = []
    with line, contextlib.suppress(BrokenPipeError, ConnectionResetError):  # nobody needs it any more
        line.send(json.dumps({"failed": why}).encode())
        _packet, descriptors, _flags, _address = socket.recv_fds(line, 1, DESCRIPTORS)
    if why is None and len(descriptors) == DESCRIPTORS:
        control, data, output = descriptors
        processes.take_output(output)
        serve.run_member(socket.socket(fileno=control), socket.socket(fileno=data))
