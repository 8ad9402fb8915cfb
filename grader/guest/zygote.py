"""The zygote: preloaded, knows no secret and no submission; forks one M per submission and buries it.

Each message on its socket is one packet: JSON, with descriptors beside it. `{"op": "spawn", "id": n, "folder": path,
"limits": {...}}` brings three descriptors (M's control socket, M's data socket, the pipe for what it prints) and is
answered by `{"spawned": n}`. `{"op": "end", "id": n, "grace": seconds}` kills M with its process group and is answered
by `{"ended": n, "status": code}`.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import socket
import warnings
from pathlib import Path
from typing import Any

from . import processes, serve

MAX_PACKET = 1 << 16


def run(control: socket.socket) -> None:
    """Serve the grader until it hangs up; every M that is left is buried then."""
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    members: dict[int, tuple[int, str]] = {}  # id to process and folder
    gc.collect()
    gc.freeze()  # the collector would otherwise write to, and so copy, every page the children share
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _serve(control, members)
    for pid, _folder in members.values():
        processes.bury(pid)
    for left in [str(Path.cwd()), *(folder for _pid, folder in members.values())]:
        shutil.rmtree(left, ignore_errors=True)  # a grader that was killed did not


def _serve(control: socket.socket, members: dict[int, tuple[int, str]]) -> None:
    while True:
        packet, descriptors, _flags, _address = socket.recv_fds(control, MAX_PACKET, 8)
        if not packet:
            break
        message = json.loads(packet)
        reply = _spawn(message, descriptors, control, members) if message["op"] == "spawn" else _end(message, members)
        control.send(json.dumps(reply).encode())


def _spawn(
    message: dict[str, Any], descriptors: list[int], control: socket.socket, members: dict[int, tuple[int, str]]
) -> dict[str, Any]:
    zygote = os.getpid()
    try:
        pid = os.fork()
        if pid == 0:
            control.close()
            processes.run_to_the_end(lambda: _become_member(message, descriptors, zygote))
    except OSError as error:
        return {"failed": message["id"], "why": str(error)}
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    members[message["id"]] = pid, message["folder"]
    return {"spawned": message["id"]}


def _end(message: dict[str, Any], members: dict[int, tuple[int, str]]) -> dict[str, Any]:
    pid, _folder = members.pop(message["id"])
    return {"ended": message["id"], "status": processes.bury(pid, message["grace"])}


def _become_member(message: dict[str, Any], descriptors: list[int], zygote: int) -> None:
    """What the new process does: shed what it inherits, take its limits, serve its submission."""
    control, data, output = descriptors
    os.setsid()
    processes.take_output(output)
    processes.die_with_parent(zygote)
    processes.limit_memory(message["limits"])
    serve.enter_folder(message["folder"])
    serve.run_member(socket.socket(fileno=control), socket.socket(fileno=data))
