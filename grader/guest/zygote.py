"""The zygote: preloaded, knows no secret and no submission; forks one M per submission and buries it.

The next M is forked and confined as soon as one is asked for, with the same limits, and waits for its submission.

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
import select
import socket
import warnings
from pathlib import Path
from typing import Any

from . import trees
from .family import Family
from .jail import nameless, rungs

MAX_PACKET = 1 << 16


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
    family = Family(rung, control)
    gc.collect()
    gc.freeze()  # the collector would otherwise write to, and so copy, every page the children share
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _serve(control, family)
    family.close()
    trees.remove(str(Path.cwd()))  # a grader that was killed does not


def _serve(control: socket.socket, family: Family) -> None:
    while True:
        _await_request(control, family)
        packet, descriptors, _flags, _address = socket.recv_fds(control, MAX_PACKET, 8)
        if not packet:
            break
        message = json.loads(packet)
        if message["op"] == "spawn":
            _spawn(message, descriptors, control, family)
        elif message["op"] == "look":
            pid, folder = family.members[message["id"]].pid, family.folder(message["id"])
            size = nameless.held(pid, folder) if folder else 0
            control.send(json.dumps({"nameless": size}).encode())
        elif message["op"] == "drop":
            family.let_go(message["id"])
        else:
            status = family.bury(message["id"], message["grace"])
            control.send(json.dumps({"ended": message["id"], "status": status}).encode())


def _await_request(control: socket.socket, family: Family) -> None:
    """Do what has time until there is one."""
    while True:
        handles = [control.fileno(), *family.handles()]
        ready = select.select(handles, [], [], family.rest())[0]
        if control.fileno() in ready:
            return
        family.tidy()


def _spawn(message: dict[str, Any], descriptors: list[int], control: socket.socket, family: Family) -> None:
    key = message["id"]
    try:
        handle = family.spawn(key, message["limits"], descriptors)
    except OSError as error:
        control.send(json.dumps({"failed": key, "why": str(error)}).encode())
        return
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    socket.send_fds(control, [json.dumps({"spawned": key, "folder": family.folder(key)}).encode()], [handle])
    os.close(handle)
