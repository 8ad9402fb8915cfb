"""M, which holds one submission, and C, which answers the calls of one check.

M reads one `load` frame from its data socket and answers `{"loaded": ...}`, after a `{"unit": n, ...}` frame before
each unit that it runs. Then it takes packets from its control socket: `{"op": "fork"}` brings two descriptors (C's data
socket and the pipe for what it prints) and is answered by `{"forked": pid}`; `{"op": "end", "grace": seconds}` kills C
with its process group and is answered by `{"status": code}`; `{"op": "drop"}` kills it and is not answered.

C reads frames from its data socket, each a call or many calls of one function, and answers each with `value` (or
`values`, one per call), `missing`, `refused` or `raised`.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import random
import socket
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import course, legacy, load, processes, trace, wire
from .load import Namespace

MAX_PACKET = 1 << 12
MAX_TOLD = 100  # failures, and skipped lines, that are told of


# -------------------------------------------------------------------------------------------------------- M


def enter_folder(folder: str) -> None:
    """Make the folder that the grader gave the place where the submission lives."""
    os.chdir(folder)
    os.environ["HOME"] = os.environ["TMPDIR"] = folder


def run_member(control: socket.socket, data: socket.socket) -> None:
    """Load the submission, then fork one C per check until the grader hangs up."""
    answer_call = load_submission(data)
    data.close()
    child: int | None = None
    while packet := _packet(control):
        message, descriptors = packet
        if message["op"] == "fork":
            child, reply = _fork(control, message, descriptors, answer_call)
        elif message["op"] == "drop":
            if child is not None:
                processes.bury(child)
            child = None
            continue
        else:
            reply = {"status": None if child is None else processes.bury(child, message["grace"])}
            child = None
        control.send(json.dumps(reply).encode())


def run(data: socket.socket) -> None:
    """Without forks: one process loads the submission and answers the calls of one check."""
    start, _ = wire.read(_receiver(data))
    processes.die_with_parent()
    processes.limit_memory(start["limits"])
    enter_folder(start["folder"])
    answer_call = load_submission(data)
    processes.limit_cpu(start["limits"])
    _serve_calls(data, answer_call, start["limits"])


def _packet(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    packet, descriptors, _flags, _address = socket.recv_fds(control, MAX_PACKET, 4)
    return (json.loads(packet), descriptors) if packet else None


def _fork(
    control: socket.socket, message: dict[str, Any], descriptors: list[int], answer_call: Answer
) -> tuple[int | None, dict[str, Any]]:
    generator, member = random.getstate(), os.getpid()
    try:
        pid = os.fork()
        if pid == 0:
            random.setstate(generator)  # Python seeds it anew in every fork, and no grade would be repeatable
            control.close()
            become = functools.partial(_become_child, descriptors, answer_call, message["limits"], member)
            processes.run_to_the_end(become, silent=True)
    except OSError as error:
        return None, {"failed": str(error)}
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    return pid, {"forked": pid}


def _become_child(descriptors: list[int], answer_call: Answer, limits: dict[str, Any], member: int) -> None:
    """C begins from the state right after loading."""
    # A student who has closed the standard streams left their numbers free for what came after.
    data, output = (processes.above_standard(descriptor) for descriptor in descriptors)
    os.setpgid(0, 0)
    processes.take_output(output)
    processes.renew_streams()
    processes.die_with_parent(member)
    processes.limit_cpu(limits)
    _serve_calls(socket.socket(fileno=data), answer_call, limits)


# ------------------------------------------------------------------------------------------------------ load

Answer = Callable[[wire.Message, list[wire.Array], int], list[bytes | memoryview]]


def load_submission(data: socket.socket) -> Answer:
    """Read the `load` frame, run the sources and the probe, report, and return what answers calls."""
    message, arrays = wire.read(_receiver(data))
    for name, index in message["files"]:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(arrays[index].tobytes())
    trace.folder = str(Path.cwd())
    sys.path.append(trace.folder)  # last, so that a student's json.py shadows nothing
    random.seed(message["seed"])
    np.random.seed(message["seed"] % 2**32)
    units = _Units(data, frozenset(message["skip"]), message["beyond"])
    sources = [source | {"cells": json.loads(arrays[source["cells"]].tobytes())} for source in message["sources"]]
    course.surround(message["modules"], {name: arrays[index].tobytes().decode() for name, index in message["stubs"]})
    if message["legacy"]:
        legacy.install()
        sources = [source | {"cells": list(map(legacy.rewritten, source["cells"]))} for source in sources]
    namespace, failures, skipped = load.run_sources(sources, units)
    probe, probe_error = load.run_probe(message["probe"]) if message["probe"] else ({}, None)
    _flush()
    skipped = [trace.storable(line) for line in skipped]
    told = {"failures": failures[:MAX_TOLD], "skipped": skipped[:MAX_TOLD]}
    _send(data, wire.pack({"loaded": True}, [np.frombuffer(json.dumps(told).encode(), np.uint8)]))
    return _answer_with(probe, probe_error, namespace)


class _Units:
    """Announces each unit, and leaves out those where an earlier attempt hung or died."""

    def __init__(self, data: socket.socket, skip: frozenset[int], beyond: int | None) -> None:
        self.data, self.skip, self.beyond, self.number = data, skip, beyond, -1

    def __call__(self, label: str) -> bool:
        self.number += 1
        if self.number in self.skip or (self.beyond is not None and self.number >= self.beyond):
            return False
        _send(self.data, wire.pack({"unit": self.number, "label": label}))
        return True


# ------------------------------------------------------------------------------------------------------ calls


def _serve_calls(data: socket.socket, answer_call: Answer, limits: dict[str, Any]) -> None:
    receive, max_payload = _receiver(data), int(limits["reply_mb"]) << 20
    with contextlib.suppress(wire.PeerGone, BrokenPipeError, ConnectionResetError):
        while True:
            message, arrays = wire.read(receive)
            _send(data, answer_call(message, arrays, max_payload))


def _answer_with(probe: Namespace, probe_error: BaseException | None, namespace: Namespace) -> Answer:
    def answer_call(message: wire.Message, arrays: list[wire.Array], max_payload: int) -> list[bytes | memoryview]:
        try:
            function = _find(message["name"], probe, probe_error, namespace)
            reply = _call(function, message, arrays, max_payload)
        except wire.NotPlain as refusal:
            reply = wire.pack({"refused": str(refusal)})
        except _NotWritten as placeholder:
            reply = wire.pack({"missing": message["name"], "why": str(placeholder)})
        except BaseException as error:  # noqa: BLE001  (SystemExit too: C never comes back into M's code)
            missing = load.not_defined(error)
            said = {"raised": trace.describe(error)}
            reply = wire.pack(said if missing is None else {"missing": str(missing), "why": "is not defined"})
        _flush()
        return reply

    return answer_call


def _find(
    name: str, probe: Namespace, probe_error: BaseException | None, namespace: Namespace
) -> Callable[..., object]:
    """Names resolve first in the probe, then in the submission."""
    found = probe.get(name, namespace.get(name))
    if found is None:
        if probe_error is not None and name not in namespace:
            raise probe_error
        raise load.NotDefined(name)
    return found  # type: ignore[no-any-return]


def _call(
    function: Callable[..., object], message: wire.Message, arrays: list[wire.Array], max_payload: int
) -> list[bytes | memoryview]:
    decoder, out = wire.Decoder(arrays), list[wire.Array]()
    if "calls" not in message:
        arguments = [decoder.value(value) for value in message["args"]]
        named = {name: decoder.value(value) for name, value in message["kwargs"].items()}
        value = _apply(function, arguments, named, message)
        return wire.pack({"value": wire.encode(value, out)}, out, max_payload)
    encoded = []
    for args in message["calls"]:
        value, known = _apply(function, [decoder.value(arg) for arg in args], {}, message), len(out)
        encoded.append(wire.encode(value, out))
        out[known:] = [array.copy() for array in out[known:]]  # the next call may write into what this one returned
    return wire.pack({"values": encoded}, out, max_payload)


def _apply(function: Callable[..., object], args: list[Any], kwargs: dict[str, Any], message: wire.Message) -> object:
    with _options(message["options"]):
        value = function(*args, **kwargs)
    if value is Ellipsis or value is NotImplemented:
        raise _NotWritten(f"returns {value!r}")
    return value


class _NotWritten(Exception):
    """The starter's placeholder came back."""


@contextlib.contextmanager
def _options(options: dict[str, Any]) -> Any:
    """The state around a call that cannot be set from another process."""
    with contextlib.ExitStack() as stack:
        if options.get("raise_warnings"):
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("error", RuntimeWarning)  # not a library's deprecation
            stack.enter_context(np.errstate(all="raise", under="ignore"))  # an underflow to 0 is what is wanted
        yield


# ---------------------------------------------------------------------------------------------------- sockets


def _receiver(connection: socket.socket) -> Callable[[int], bytearray]:
    def receive(size: int) -> bytearray:
        buffer, got = bytearray(size), 0
        view = memoryview(buffer)
        while got < size:
            count = connection.recv_into(view[got:])
            if count == 0:
                raise wire.PeerGone
            got += count
        return buffer

    return receive


def _send(connection: socket.socket, pieces: list[bytes | memoryview]) -> None:
    wire.send_all(pieces, connection.send)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # a student may have replaced or closed it
            stream.flush()
