"""Chooses the strongest rung of protection that this machine has, by trying: a submission of ours attempts escapes."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.model import Limits, NoAnswer, Source, Submission
from grader.sandbox.guest import Cargo, Guest
from grader.sandbox.member import GuestLost
from grader.sandbox.rung import A, B, Rung
from grader.sandbox.zygote import Zygotes

LIMITS = Limits(wall_seconds=10.0, cpu_seconds=10.0, memory_mb=512, disk_mb=8)

# What student code could do if a probe succeeded.
# fmt: off
PROBES = {
    "reads_a_file":      "read files of the user who grades",
    "reads_our_code":    "read the course's code",
    "reads_a_process":   "look into other processes",
    "writes_a_file":     "write files outside its own folder",
    "makes_a_socket":    "use the network",
    "connects":          "reach programs on this machine",
    "signals":           "send signals to the grader",
    "traces":            "trace the grader",
    "starts_a_program":  "start programs",
    "makes_a_namespace": "make namespaces, from which the kernel is easier to attack",
    "raises_a_limit":    "raise its own limits",
    "forks_on":          "start processes without end",
    "takes_memory":      "take more memory than it may",
    "fills_the_disk":    "fill the disk",
}
# fmt: on

# The modules are those that every guest has loaded: where the interpreter cannot be read, no other can be imported.
CODE = """
import ctypes, os, resource, socket
import numpy as np

libc = ctypes.CDLL(None)

def connect(port):
    with socket.socket() as client:
        client.connect((b"127.0.0.1", port))
    return True

def fork_on():
    for _ in range(64):
        if os.fork() == 0:
            libc.pause()
            os._exit(0)
    return True

def fill():
    with open("large", "wb", buffering=0) as stream:
        for _ in range(64):
            stream.write(bytes(1 << 20))
    return os.stat("large").st_size == 64 << 20

def works():
    import colorsys
    import numpy.ma
    return True

def probe(name, file, code, pid, folder, port):
    actions = {
        "works": works,
        "reads_a_file": lambda: open(file).read(),
        "reads_our_code": lambda: open(code).read(),
        "reads_a_process": lambda: open(f"/proc/{pid}/status").read(),
        "writes_a_file": lambda: open(folder + "/mine", "w").write("x"),
        "makes_a_socket": lambda: socket.socket(),
        "connects": lambda: connect(port),
        "signals": lambda: os.kill(pid, 0) is None,
        "traces": lambda: libc.ptrace(0x4206, pid, 0, 0) == 0,
        "starts_a_program": lambda: os.spawnv(os.P_WAIT, "/bin/true", ["true"]) == 0,
        "makes_a_namespace": lambda: libc.unshare(0x10000000) == 0,
        "raises_a_limit": lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40)) is None,
        "forks_on": fork_on,
        "takes_memory": lambda: np.ones(100_000_000).any(),
        "fills_the_disk": fill,
    }
    try:
        return bool(actions[name]())
    except Exception:
        return False
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """One rung that was tried. `reached`: what the canary could do; `why`: why it could not even be started."""

    rung: Rung
    reached: tuple[str, ...] = ()
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether the rung may be relied on."""
        return not self.reached and not self.why


@cache
def trials() -> tuple[Trial, ...]:
    """The rungs from the strongest down to the first that holds, or all."""
    tried: list[Trial] = []
    for rung in (A, B):
        tried.append(prove(rung))
        if tried[-1].holds:
            break
    return tuple(tried)


def best() -> Rung | None:
    """The strongest rung that holds here; None: there is none."""
    return trials()[-1].rung if trials()[-1].holds else None


def prove(rung: Rung) -> Trial:
    """Start a guest on this rung, and have the canary try everything that must not work."""
    launcher = Zygotes(("numpy",), rung)
    try:
        with _baits() as baits:
            if not _succeeds(launcher, "works", baits):
                return Trial(rung, why=f"nobody but you can read Python itself, in {sys.base_prefix}")
            return Trial(rung, tuple(name for name in PROBES if _succeeds(launcher, name, baits)))
    except (GuestLost, OSError) as error:
        return Trial(rung, why=str(error).splitlines()[0])
    finally:
        launcher.close()


def _succeeds(launcher: Zygotes, name: str, baits: Mapping[str, object]) -> bool:
    """Each probe gets a guest of its own, for one that is stopped for what it does is no failure of the next."""
    guest = Guest(launcher, Cargo(submission=_canary(), limits=LIMITS))
    try:
        with guest.check(LIMITS) as child:
            try:
                return bool(child.call("probe", [name], baits, {}))
            except NoAnswer:  # it was stopped for what it did
                return False
    finally:
        guest.close()


def _canary() -> Submission:
    return Submission(name="canary", sources=(Source(name="canary.py", cells=(CODE,)),), files={}, digest="")


@contextmanager
def _baits() -> Iterator[dict[str, object]]:
    """A file, a folder, a process and a server that only the grader may reach."""
    with tempfile.TemporaryDirectory(prefix="gradgrader-canary-") as folder, socket.socket() as server:
        file = Path(folder, "key")
        file.write_text(secrets.token_hex())
        file.chmod(0o600)
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield {
            "file": str(file),
            "code": str(Path(__file__).resolve()),
            "pid": os.getpid(),
            "folder": folder,
            "port": server.getsockname()[1],
        }
