"""The zygote: preloaded, knows no secret and no submission; forks one M per submission and buries it.

Each message on its socket is one packet: JSON, with descriptors beside it. `{"op": "spawn", "id": n, "folder": path,
"limits": {...}}` brings three descriptors (M's control socket, M's data socket, the pipe for what it prints) and is
answered by `{"spawned": n}`. `{"op": "end", "id": n, "grace": seconds}` kills M with its process group and is answered
by `{"ended": n, "status": code}`.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import warnings
from typing import Any

from . import processes, serve

MAX_PACKET = 1 << 16


def run(control: socket.socket) -> None:
    """Serve the grader until it hangs up; every M that is left is buried then."""
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    members: dict[int, int] = {}
    gc.collect()
    gc.freeze()  # the collector would otherwise write to, and so copy, every page the children share
    while True:
        packet, descriptors, _flags, _address = socket.recv_fds(control, MAX_PACKET, 8)
        if not packet:
            break
        message = json.loads(packet)
        reply = _spawn(message, descriptors, control, members) if message["op"] == "spawn" else _end(message, members)
        control.send(json.dumps(reply).encode())
    for pid in members.values():
        processes.bury(pid)


def _spawn(
    message: dict[str, Any], descriptors: list[int], control: socket.socket, members: dict[int, int]
) -> dict[str, Any]:
    try:
        pid = os.fork()
        if pid == 0:
            control.close()
            _become_member(message, descriptors)
    except OSError as error:
        return {"failed": message["id"], "why": str(error)}
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    members[message["id"]] = pid
    return {"spawned": message["id"]}


def _end(message: dict[str, Any], members: dict[int, int]) -> dict[str, Any]:
    return {"ended": message["id"], "status": processes.bury(members.pop(message["id"]), message["grace"])}


def _become_member(message: dict[str, Any], descriptors: list[int]) -> None:
    """What the new process does: shed what it inherits, take its limits, serve its submission, die."""
    try:
        control, data, output = descriptors
        os.setsid()
        processes.die_with_parent()
        processes.take_output(output)
        processes.limit_memory(message["limits"])
        serve.enter_folder(message["folder"])
        serve.run_member(socket.socket(fileno=control), socket.socket(fileno=data))
    finally:
        os._exit(0)
