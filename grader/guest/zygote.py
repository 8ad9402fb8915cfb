"""The zygote: preloaded, knows no secret and no submission; forks one M per submission and buries it.

Each message on its socket is one packet: JSON, with descriptors beside it. `{"op": "spawn", "id": n, "limits": {...}}`
brings three descriptors (M's control socket, M's data socket, the pipe for what it prints) and is answered by
`{"spawned": n, "folder": path}` with a descriptor of the process. `{"op": "end", "id": n, "grace": seconds}` kills M
with all that it has started, and is answered by `{"ended": n, "status": code}`. `{"op": "look", "id": n}` is answered
by `{"nameless": bytes}`, what M and its descendants hold on disk without a name. `{"op": "drop", "id": n}` ends M
likewise, and is not answered. Where the rung that is asked for is
not to be had, `{"refused": why}` is all that ever comes.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import socket
import warnings
from pathlib import Path
from typing import Any

from . import processes, serve, trees
from .jail import nameless, rungs

MAX_PACKET = 1 << 16
HANGING_UP = 0.05  # seconds for an M whose grader has gone, to bury its own

Members = dict[int, int]  # the grader's number of an M, and its process


def run(control: socket.socket, jail: dict[str, Any]) -> None:
    """Serve the grader until it hangs up; every M that is left is buried then."""
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    try:
        rung = rungs.enter(jail)
    except OSError as error:
        control.send(json.dumps({"refused": str(error)}).encode())
        # To end with a request unread would reset the connection, and the refusal would not be heard.
        while control.recv(MAX_PACKET):
            continue
        return
    members: Members = {}
    gc.collect()
    gc.freeze()  # the collector would otherwise write to, and so copy, every page the children share
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _serve(control, rung, members)
    for key in list(members):
        _bury(rung, members, key, HANGING_UP)
    trees.remove(str(Path.cwd()))  # a grader that was killed does not


def _serve(control: socket.socket, rung: rungs.Rung, members: Members) -> None:
    while True:
        packet, descriptors, _flags, _address = socket.recv_fds(control, MAX_PACKET, 8)
        if not packet:
            break
        message = json.loads(packet)
        if message["op"] == "spawn":
            _spawn(message, descriptors, control, rung, members)
        elif message["op"] == "look":
            key = message["id"]
            folder = rung.folder(key)
            size = nameless.held(members[key], folder) if folder else 0
            control.send(json.dumps({"nameless": size}).encode())
        elif message["op"] == "drop":
            _bury(rung, members, message["id"], HANGING_UP)
        else:
            status = _bury(rung, members, message["id"], message["grace"])
            control.send(json.dumps({"ended": message["id"], "status": status}).encode())


def _spawn(
    message: dict[str, Any], descriptors: list[int], control: socket.socket, rung: rungs.Rung, members: Members
) -> None:
    zygote = os.getpid()
    key = message["id"]
    try:
        pid = rung.fork()
        if pid == 0:
            control.close()
            processes.run_to_the_end(lambda: _become_member(message, descriptors, rung, zygote))
        handle = os.pidfd_open(pid)
    except OSError as error:
        control.send(json.dumps({"failed": key, "why": str(error)}).encode())
        return
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    members[key] = pid
    socket.send_fds(control, [json.dumps({"spawned": key, "folder": rung.folder(key)}).encode()], [handle])
    os.close(handle)


def _bury(rung: rungs.Rung, members: Members, key: int, grace: float = 0.0) -> int:
    status = processes.bury(members.pop(key), grace)
    rung.clear(key, members.values())
    return status


def _become_member(message: dict[str, Any], descriptors: list[int], rung: rungs.Rung, zygote: int) -> None:
    """What the new process does: shed what it inherits, take its limits, serve its submission."""
    control, data, output = descriptors
    os.setsid()
    processes.take_output(output)
    processes.die_with_parent(zygote)
    rung.settle(message["id"], message["limits"], (0, 1, 2, control, data))
    serve.run_member(socket.socket(fileno=control), socket.socket(fileno=data))
